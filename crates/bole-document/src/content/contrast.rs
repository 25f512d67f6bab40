//! Which colours a person can tell apart.

/// Text must be lighter or darker than its background by this ratio of luminances, as the Web Content Accessibility
/// Guidelines define it (1 for the same, 21 for black on white; 4.5 is recommended for reading). #EFEFEF on white
/// is just below, #EEEEEE just above.
const MIN_RATIO: f32 = 1.15;
/// Or differ in hue by this distance in CIE L*a*b*, of which 2.3 is just noticed side by side and letters need
/// more: yellow on white, of a ratio of 1.07, is 97 away and seen.
const MIN_DISTANCE: f32 = 10.0;
/// A difference of one component that is seen without more ado.
const PLAIN_DIFFERENCE: f32 = 0.25;

/// Whether `color` can be told from what lies behind it; both are sRGB, 0 to 1.
pub(crate) fn stands_out(color: [f32; 3], behind: [f32; 3]) -> bool {
    let differs = |(one, other): (&f32, f32)| (one - other).abs() > PLAIN_DIFFERENCE;
    if color.iter().zip(behind).any(differs) {
        return true;
    }
    let (color, behind) = (linear(color), linear(behind));
    let (one, other) = (luminance(color), luminance(behind));
    if (one.max(other) + 0.05) / (one.min(other) + 0.05) >= MIN_RATIO {
        return true;
    }
    let squares = lab(color).into_iter().zip(lab(behind)).map(|(one, other)| (one - other) * (one - other));
    squares.sum::<f32>() >= MIN_DISTANCE * MIN_DISTANCE
}

fn linear(color: [f32; 3]) -> [f32; 3] {
    color.map(
        |component| {
            if component <= 0.040_45 { component / 12.92 } else { ((component + 0.055) / 1.055).powf(2.4) }
        },
    )
}

fn luminance([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// CIE L*a*b* for the white of sRGB.
fn lab(linear: [f32; 3]) -> [f32; 3] {
    let [red, green, blue] = linear;
    let fold = |value: f32| if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 };
    let x = fold((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
    let y = fold(luminance(linear));
    let z = fold((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_tells_apart() {
        let rgb = |hex: u32| [hex >> 16, hex >> 8 & 0xff, hex & 0xff].map(|byte| byte as f32 / 255.0);
        for (color, behind, expected) in [
            (0xff_ff_ff, 0xff_ff_ff, false),
            (0xfe_fe_fe, 0xff_ff_ff, false),
            (0xf5_f5_f5, 0xff_ff_ff, false),
            (0xf0_f0_f0, 0xff_ff_ff, false),
            (0xff_ff_f5, 0xff_ff_ff, false),
            (0xee_ee_ee, 0xff_ff_ff, true),
            (0xd0_d0_d0, 0xff_ff_ff, true),
            (0xff_ff_00, 0xff_ff_ff, true),
            (0x0a_0a_0a, 0x00_00_00, false),
            (0x20_20_20, 0x00_00_00, true),
            (0x00_00_80, 0x00_00_00, true),
            (0x2b_3a_55, 0x2b_3a_55, false),
            (0x2d_3c_57, 0x2b_3a_55, false),
            (0xff_ff_ff, 0x2b_3a_55, true),
            (0xff_00_00, 0x00_94_00, true),
        ] {
            assert_eq!(stands_out(rgb(color), rgb(behind)), expected, "{color:06x} on {behind:06x}");
        }
    }
}
