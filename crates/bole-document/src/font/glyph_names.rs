use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// The Adobe Glyph List, with its licence.
static GLYPH_LIST: &str = include_str!("../../data/glyphlist.txt");

fn glyph_list() -> &'static FxHashMap<&'static [u8], &'static str> {
    static MAP: OnceLock<FxHashMap<&'static [u8], &'static str>> = OnceLock::new();
    MAP.get_or_init(|| {
        GLYPH_LIST
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(';'))
            .map(|(name, scalars)| (name.as_bytes(), scalars))
            .collect()
    })
}

/// Loads the list.
pub(crate) fn warm() {
    glyph_list();
}

/// The scalars that a glyph name stands for, by the rules of the Adobe Glyph List specification: a suffix after a
/// point is dropped, parts between underscores are taken one by one.
pub(crate) fn scalars(name: &[u8]) -> Option<Vec<char>> {
    let base = name.split(|byte| *byte == b'.').next().filter(|base| !base.is_empty())?;
    if let Some(scalars) = part_scalars(base) {
        return Some(scalars);
    }
    let mut scalars = Vec::new();
    for part in base.split(|byte| *byte == b'_') {
        scalars.extend(part_scalars(part)?);
    }
    Some(scalars)
}

/// Names that are not in the list, as the fonts of TeX and some drawing programs have them.
const OTHER_NAMES: [(&[u8], &str); 9] = [
    (b"SS", "SS"),
    (b"compwordmark", ""),
    (b"cwm", ""),
    (b"dotlessj", "ȷ"),
    (b"square", "□"),
    (b"star", "⋆"),
    (b"triangle", "△"),
    (b"visiblespace", " "),
    (b"threequartersemdash", "—"),
];
/// How names of variants end which the list knows only for private use: old-style figures, small capitals and such.
const VARIANTS: [&[u8]; 5] = [b"oldstyle", b"small", b"superior", b"inferior", b"fitted"];

fn part_scalars(part: &[u8]) -> Option<Vec<char>> {
    if let Some((_, scalars)) = OTHER_NAMES.iter().find(|(name, _)| *name == part) {
        return Some(scalars.chars().collect());
    }
    if let Some(listed) = glyph_list().get(part) {
        let scalars: Option<Vec<char>> = listed.split(' ').map(scalar_of).collect();
        let is_private =
            scalars.as_ref().is_some_and(|all| matches!(all.as_slice(), ['\u{e000}'..='\u{f8ff}']));
        return if is_private { plain_scalars(part).or(scalars) } else { scalars };
    }
    if let Some(digits) = part.strip_prefix(b"uni")
        && digits.len() >= 4
        && digits.len().is_multiple_of(4)
        && let Some(scalars) = digits.chunks(4).map(hex_scalar).collect::<Option<Vec<char>>>()
    {
        return Some(scalars);
    }
    let digits = part.strip_prefix(b"u")?;
    (4..=6).contains(&digits.len()).then(|| hex_scalar(digits)).flatten().map(|scalar| vec![scalar])
}

/// The scalars of what a name is a variant of.
fn plain_scalars(part: &[u8]) -> Option<Vec<char>> {
    let (variant, plain) =
        VARIANTS.iter().find_map(|variant| Some((*variant, part.strip_suffix(*variant)?)))?;
    let scalars: Vec<char> = glyph_list().get(plain)?.split(' ').map(scalar_of).collect::<Option<_>>()?;
    if variant != b"small" {
        return Some(scalars);
    }
    // A small capital stands for a small letter, and is named by the capital.
    Some(scalars.into_iter().flat_map(char::to_lowercase).collect())
}

fn hex_scalar(digits: &[u8]) -> Option<char> {
    std::str::from_utf8(digits).ok().and_then(scalar_of)
}

fn scalar_of(digits: &str) -> Option<char> {
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_the_rules() {
        for (name, expected) in [
            ("A", Some("A")),
            ("eacute", Some("é")),
            ("bullet", Some("•")),
            ("a.sc", Some("a")),
            ("f_f_i", Some("ffi")),
            ("uni4E00", Some("一")),
            ("uni00410042", Some("AB")),
            ("u1F600", Some("😀")),
            ("oneoldstyle", Some("1")),
            ("Asmall", Some("a")),
            ("Eacutesmall", Some("é")),
            ("ampersandsmall", Some("&")),
            ("onesuperior", Some("¹")),
            ("triangle", Some("△")),
            ("g123", None),
            (".notdef", None),
            ("uniD800", None),
        ] {
            let text = scalars(name.as_bytes()).map(|scalars| scalars.into_iter().collect::<String>());
            assert_eq!(text.as_deref(), expected, "{name}");
        }
    }
}
