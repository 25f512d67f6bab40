//! Bars of parts that stand one after the other.

use maud::{Markup, html};

/// A part of a bar.
pub(crate) struct Segment {
    /// Shown where it is pointed at.
    pub(crate) title: String,
    /// How much of `whole`.
    pub(crate) part: u64,
    pub(crate) class: &'static str,
}

/// All points that there are, in thousandths.
pub(crate) const ALL_POINTS: u64 = 100_000;
const CLASSES: [&str; 8] = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"];

/// The colour of the part at this place, everywhere; after eight they begin anew.
pub(crate) fn class(place: usize) -> &'static str {
    CLASSES.get(place % CLASSES.len()).copied().unwrap_or("c8")
}

/// A bar that is full at `whole`. What is in it is told by `label`, for who does not see it; where it stands beside, that is empty.
pub(crate) fn bar(label: &str, segments: &[Segment], whole: u64) -> Markup {
    let is_told = !label.is_empty();
    let (mut drawn, mut at) = (Vec::new(), 0);
    for segment in segments.iter().filter(|segment| segment.part > 0) {
        drawn.push((hundredths(at, whole), hundredths(segment.part, whole), segment));
        at += segment.part;
    }
    html! {
        svg.bar role=[is_told.then_some("img")] aria-label=[is_told.then_some(label)] aria-hidden=[(!is_told).then_some("true")]
            viewBox="0 0 100 6" preserveAspectRatio="none" {
            @for (x, width, segment) in drawn {
                rect class=(segment.class) x=(x) width=(width) height="6" {
                    @if !segment.title.is_empty() { title { (segment.title) } }
                }
            }
        }
    }
}

/// A share in percent, with two digits at most.
fn hundredths(part: u64, whole: u64) -> String {
    let shares = (u128::from(part) * 10_000 + u128::from(whole) / 2)
        .checked_div(u128::from(whole))
        .unwrap_or_default();
    match (shares / 100, shares % 100) {
        (percent, 0) => percent.to_string(),
        (percent, rest) => format!("{percent}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_one_after_the_other_and_nothing_is_drawn_of_nothing() {
        let segment = |part, class| Segment { title: "x".to_owned(), part, class };
        let shown = bar("all", &[segment(1, "c1"), segment(0, "c2"), segment(3, "c3")], 8).into_string();
        assert!(shown.contains(r#"<rect class="c1" x="0" width="12.50""#), "{shown}");
        assert!(
            shown.contains(r#"<rect class="c3" x="12.50" width="37.50""#) && !shown.contains("c2"),
            "{shown}"
        );
        assert_eq!(
            (hundredths(1, 3), hundredths(2, 2), hundredths(1, 0)),
            ("33.33".into(), "100".into(), "0".into())
        );
        assert_eq!((class(0), class(8)), ("c1", "c1"));
    }
}
