//! Cells that stay what they are. Text from a resume is hostile in a spreadsheet too.

use std::borrow::Cow;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Text, whatever it looks like.
    Text(String),
    /// A whole number.
    Count(u64),
    /// Thousandths of a point.
    Points(u32),
    /// Nothing.
    Empty,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn count(number: Option<u64>) -> Self {
        number.map_or(Self::Empty, Self::Count)
    }

    pub(super) fn points(thousandths: Option<u32>) -> Self {
        thousandths.map_or(Self::Empty, Self::Points)
    }

    /// As it stands in a CSV: numbers as they are, text with `'` before what would begin a formula.
    pub(super) fn in_csv(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => safe_text(text).into(),
            Self::Count(number) => number.to_string().into(),
            Self::Points(thousandths) => points(*thousandths).into(),
            Self::Empty => "".into(),
        }
    }
}

/// Thousandths of a point as points: `61.250`.
pub fn points(thousandths: u32) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// Text from a resume or a file name with everything taken out that could steer a terminal: control characters,
/// escape sequences, and marks that turn the direction of writing.
pub fn printable(text: &str) -> String {
    let steers = |scalar: &char| {
        let turns = matches!(scalar, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let breaks = matches!(scalar, '\u{2028}' | '\u{2029}' | '\u{feff}');
        scalar.is_control() || turns || breaks
    };
    text.chars()
        .map(|scalar| if scalar == '\t' { ' ' } else { scalar })
        .filter(|scalar| !steers(scalar))
        .collect()
}

/// Text that a spreadsheet takes for text: `'` before what would begin a formula, as it was written or as it is left when
/// what steers a terminal is taken out.
pub(super) fn safe_text(text: &str) -> String {
    const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];
    let starts_formula =
        |text: &str| text.starts_with(STARTS) || text.trim_start_matches(is_blank).starts_with(STARTS);
    let shown = printable(text);
    if starts_formula(text) || starts_formula(&shown) { format!("'{shown}") } else { shown }
}

/// White space, but not what is looked for.
fn is_blank(scalar: char) -> bool {
    scalar.is_whitespace() && !matches!(scalar, '\t' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula() {
        for formula in ["=cmd()", "+1", "-1", "@x", "  =1", "＝1", "\u{3000}＋1", "\u{a0}－1", " ＠x"] {
            assert_eq!(safe_text(formula), format!("'{formula}"));
        }
        assert_eq!(safe_text("\t=1\r\u{1b}"), "' =1");
        assert_eq!(safe_text("\rcmd"), "'cmd");
        assert_eq!(safe_text(" \n\0cmd"), "' cmd");
        assert_eq!(safe_text("\u{202e}\u{7}=1"), "'=1");
        assert_eq!(safe_text("李明 = 1"), "李明 = 1");
    }

    #[test]
    fn numbers_stay_numbers() {
        assert_eq!(Cell::Points(61_025).in_csv(), "61.025");
        assert_eq!(Cell::Count(7).in_csv(), "7");
        assert_eq!(Cell::text("-7").in_csv(), "'-7");
        assert_eq!(Cell::points(None).in_csv(), "");
    }

    #[test]
    fn points_have_three_places() {
        assert_eq!(points(61_025), "61.025");
        assert_eq!(points(100_000), "100.000");
    }

    #[test]
    fn nothing_from_a_resume_steers_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mred\u{7}\t李\u{202e}明\r\n"), "a[31mred 李明");
    }
}
