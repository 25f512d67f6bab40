use super::*;
use crate::content::path::Path;
use crate::geometry::Matrix;

fn coat(paint: Paint) -> Coat {
    Coat { paint, alpha: 1.0, blends: false, n_glyphs: 0 }
}

fn add(backdrop: &mut Backdrop, corners: [f32; 4], coat: Coat) {
    let [x0, y0, x1, y1] = corners;
    backdrop.add(&Rect::from_corners(x0, y0, x1, y1), Shape::Rectangle, Clip::NONE, coat);
}

#[test]
fn colours_against_what_lies_behind() {
    let dark = Paint::Known([0.1, 0.1, 0.3]);
    let white = Paint::Known(Paint::WHITE);
    let mut backdrop = Backdrop::default();
    add(&mut backdrop, [0.0, 0.0, 100.0, 800.0], coat(dark));
    add(&mut backdrop, [200.0, 0.0, 300.0, 50.0], Coat { blends: true, ..coat(dark) });
    add(&mut backdrop, [400.0, 0.0, 500.0, 50.0], coat(Paint::Unknown));
    add(&mut backdrop, [0.0, 700.0, 600.0, 700.5], coat(dark));
    add(&mut backdrop, [0.0, 100.0, 50.0, 150.0], coat(Paint::Nothing));
    add(&mut backdrop, [200.0, 100.0, 300.0, 150.0], Coat { alpha: 0.05, ..coat(Paint::BLACK) });
    add(&mut backdrop, [200.0, 200.0, 300.0, 250.0], Coat { alpha: 0.5, ..coat(Paint::BLACK) });
    for (x, y, paint, expected) in [
        (50.0, 50.0, white, Sight::Visible),
        (50.0, 50.0, dark, Sight::NoContrast),
        (25.0, 125.0, dark, Sight::NoContrast),
        (150.0, 50.0, white, Sight::NoContrast),
        (150.0, 700.2, white, Sight::NoContrast),
        (150.0, 50.0, Paint::BLACK, Sight::Visible),
        (150.0, 50.0, Paint::Known([0.9; 3]), Sight::Visible),
        (250.0, 20.0, white, Sight::Undecided),
        (250.0, 20.0, Paint::BLACK, Sight::Visible),
        (450.0, 20.0, white, Sight::Undecided),
        (150.0, 50.0, Paint::Unknown, Sight::Undecided),
        (250.0, 125.0, white, Sight::NoContrast),
        (250.0, 225.0, white, Sight::Visible),
        (250.0, 225.0, Paint::Known([0.5; 3]), Sight::NoContrast),
    ] {
        assert_eq!(backdrop.sight((x, y), paint, 1.0), expected, "{paint:?} at {x} {y}");
    }
    assert_eq!(backdrop.sight((150.0, 50.0), Paint::BLACK, 0.06), Sight::NoContrast);
    assert_eq!(backdrop.sight((150.0, 50.0), Paint::BLACK, 0.2), Sight::Visible);
}

#[test]
fn shapes_and_clips_are_backgrounds_where_they_are() {
    let mut triangle = Path::EMPTY;
    for (x, y) in [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)] {
        triangle.line_to(&Matrix::IDENTITY, x, y);
    }
    let white = Paint::Known(Paint::WHITE);
    let mut painted = Backdrop::default();
    painted.add(&triangle.bounds, triangle.shape(false), Clip::NONE, coat(Paint::BLACK));
    let mut clipped = Backdrop::default();
    let clip = clipped.clip(Clip::NONE, &triangle.bounds, triangle.shape(false));
    clipped.add(&Rect::from_corners(0.0, 0.0, 200.0, 200.0), Shape::Rectangle, clip, coat(Paint::BLACK));
    for backdrop in [painted, clipped] {
        assert_eq!(backdrop.sight((20.0, 20.0), white, 1.0), Sight::Visible);
        assert_eq!(backdrop.sight((80.0, 80.0), white, 1.0), Sight::NoContrast);
    }
    let mut unknown = Backdrop::default();
    unknown.add(&triangle.bounds, Shape::Unknown, Clip::NONE, coat(Paint::BLACK));
    assert_eq!(unknown.sight((80.0, 80.0), white, 1.0), Sight::Undecided);
}

#[test]
fn strips_make_a_background_and_a_rule_does_not() {
    let style =
        Style { cos: 1.0, sin: 0.0, degrees: 0, size: 10.0, ascent: 8.0, descent: 2.0, word_gap: 1.5 };
    let glyph = Glyph { scalar: 'x', style: 0, x: 50.0, y: 50.0, width: 6.0, pen: 6.0 };
    let places = places(&glyph, &style);
    let white = Paint::Known(Paint::WHITE);
    let mut strips = Backdrop::default();
    for y in 30..60_u8 {
        add(&mut strips, [0.0, f32::from(y), 100.0, f32::from(y) + 1.0], coat(Paint::BLACK));
    }
    assert_eq!(strips.sight_of(&places, white, 1.0), Sight::Undecided);
    let mut rule = Backdrop::default();
    add(&mut rule, [0.0, 46.5, 100.0, 49.5], coat(Paint::BLACK));
    assert_eq!(rule.sight_of(&places, white, 1.0), Sight::NoContrast);
}

#[test]
fn what_is_not_kept_is_not_decided() {
    let style =
        Style { cos: 1.0, sin: 0.0, degrees: 0, size: 10.0, ascent: 8.0, descent: 2.0, word_gap: 1.5 };
    let glyph = Glyph { scalar: 'x', style: 0, x: 50.0, y: 50.0, width: 6.0, pen: 6.0 };
    let white = Paint::Known(Paint::WHITE);
    let mut backdrop = Backdrop::default();
    for _ in 0..MAX_AREAS {
        add(&mut backdrop, [0.0, 700.0, 100.0, 701.0], coat(Paint::BLACK));
    }
    let places = places(&glyph, &style);
    assert_eq!(backdrop.sight_of(&places, white, 1.0), Sight::NoContrast);
    assert_eq!(backdrop.covered(&[glyph], &[style]), (vec![], false));
    for y in 30..60_u8 {
        let strip = [0.0, f32::from(y), 100.0, f32::from(y) + 1.0];
        add(&mut backdrop, strip, Coat { n_glyphs: 1, ..coat(Paint::BLACK) });
    }
    assert_eq!(backdrop.sight_of(&places, white, 1.0), Sight::Undecided);
    assert_eq!(backdrop.covered(&[glyph], &[style]), (vec![], true));
    // The colours last asked about are not remembered beyond.
    let mut backdrop = Backdrop::default();
    for _ in 0..MAX_AREAS {
        add(&mut backdrop, [0.0, 700.0, 100.0, 790.0], coat(white));
    }
    assert!(!backdrop.doubtful(Paint::BLACK).contains(50.0, 50.0));
    add(&mut backdrop, [0.0, 0.0, 100.0, 90.0], coat(Paint::BLACK));
    assert!(backdrop.doubtful(Paint::BLACK).contains(50.0, 50.0));
}

#[test]
fn covers_hide_what_was_painted_before() {
    let style =
        Style { cos: 1.0, sin: 0.0, degrees: 0, size: 10.0, ascent: 8.0, descent: 2.0, word_gap: 1.5 };
    let at = |x: f32| Glyph { scalar: 'x', style: 0, x, y: 50.0, width: 6.0, pen: 6.0 };
    let glyphs = [at(50.0), at(80.0), at(120.0), at(50.0)];
    let covered = |corners: &[[f32; 4]], coat: Coat| {
        let mut backdrop = Backdrop::default();
        for corners in corners {
            add(&mut backdrop, *corners, coat);
        }
        backdrop.covered(&glyphs, &[style])
    };
    let white = Coat { n_glyphs: 3, ..coat(Paint::Known(Paint::WHITE)) };
    assert_eq!(covered(&[[40.0, 40.0, 90.0, 60.0]], white), (vec![true, true, false, false], false));
    let halves = [[40.0, 40.0, 90.0, 46.0], [40.0, 46.0, 90.0, 60.0]];
    assert_eq!(covered(&halves, white).0, [true, true, false, false]);
    assert_eq!(covered(&[[40.0, 46.0, 90.0, 60.0]], white).0, [false; 4]);
    assert_eq!(covered(&[[40.0, 40.0, 90.0, 60.0]], Coat { blends: true, ..white }).0, [false; 0]);
    assert_eq!(covered(&[[40.0, 40.0, 90.0, 60.0]], Coat { alpha: 0.5, ..white }).0, [false; 0]);
    let pattern = Coat { paint: Paint::Pattern, ..white };
    assert_eq!(covered(&[[40.0, 40.0, 90.0, 60.0]], pattern), (vec![false; 4], true));
}
