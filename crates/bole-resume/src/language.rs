//! Which language a document is written in.

use bole_core::Language;

use crate::text::{Text, is_han};

/// Letters below which nothing is said.
const MIN_LETTERS: usize = 20;

/// A Chinese character says about as much as this many Latin letters.
const LETTERS_PER_HAN: usize = 3;

/// Chinese if at least half of what is said is in Han script, English if at most a tenth, and a bilingual document
/// between the two.
pub(crate) fn language_of(text: &Text) -> Language {
    let mut n_han = 0_usize;
    let mut n_latin = 0_usize;
    let mut n_other = 0_usize;
    for &scalar in text.folded(text.whole()) {
        if scalar.is_ascii_alphabetic() || matches!(scalar, '\u{c0}'..='\u{24f}') {
            n_latin += 1;
        } else if is_han(scalar) {
            n_han += 1;
        } else if scalar.is_alphabetic() {
            n_other += 1;
        }
    }
    let han = n_han * LETTERS_PER_HAN;
    let known = han + n_latin;
    if known < MIN_LETTERS || n_other * 2 > known {
        return Language::Unknown;
    }
    match han * 100 / known {
        0..=9 => Language::English,
        10..=49 => Language::Mixed,
        _ => Language::Chinese,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pages_of;

    #[test]
    fn shares_of_scripts_decide() {
        let cases = [
            ("", Language::Unknown),
            ("2018-2020", Language::Unknown),
            ("从事固态电池与 BMS 的研发工作，熟悉 MATLAB", Language::Chinese),
            ("Responsible for the battery management system", Language::English),
            ("从事固态电池研发 Research on solid-state batteries and their interfaces", Language::Mixed),
            ("Специалист по банковскому делу и аудиту", Language::Unknown),
        ];
        for (text, expected) in cases {
            assert_eq!(language_of(&Text::of(&pages_of(&[text]))), expected, "{text}");
        }
    }
}
