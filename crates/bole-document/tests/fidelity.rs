//! The reader against texts that are known: resumes of invented people, made by many producers, each with the text
//! that its author wrote beside it. `fidelity/README.md` says what each file stands for.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use bole_core::Pages;
use bole_document::{Limits, ReadError, read};

/// A folder of many producers is what makes the test; it must not shrink unseen.
const MIN_FIXTURES: usize = 90;

/// Opens with a password only, so that there is no text to expect.
const LOCKED: &str = "qpdf-user-password";

/// Where white space between an ideograph and another letter is not compared: these producers set the same gap of
/// about a quarter of the size there whether or not the author wrote a space.
const FREE_BESIDE_IDEOGRAPHS: [&str; 4] =
    ["ghostscript-zh", "no-tounicode-gb1", "xelatex-fandol", "xelatex-zh"];

#[test]
fn every_fixture_reads_as_its_author_wrote_it() {
    let mut report = String::new();
    let names = names("pdf");
    assert!(names.len() >= MIN_FIXTURES, "{} fixtures", names.len());
    for name in names.iter().filter(|name| *name != LOCKED) {
        let expected = std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
        let read = match read(&bytes_of(name), &Limits::STANDARD) {
            Ok(pages) => text_of(&pages),
            Err(error) => format!("[{error}]"),
        };
        let fold =
            if FREE_BESIDE_IDEOGRAPHS.contains(&name.as_str()) { fold_beside_ideographs } else { fold };
        if fold(&read) != fold(&expected) {
            writeln!(report, "\n{name}:\n{}", diff(&fold(&expected), &fold(&read))).unwrap();
        }
    }
    assert!(report.is_empty(), "other than expected (- expected, + read):\n{report}");
}

#[test]
fn every_text_has_its_fixture() {
    let mut pdfs = names("pdf");
    assert!(pdfs.remove(LOCKED));
    assert_eq!(pdfs, names("txt"));
    for name in FREE_BESIDE_IDEOGRAPHS {
        assert!(pdfs.contains(name), "{name}");
    }
    let table = std::fs::read_to_string(folder().join("README.md")).unwrap();
    for name in names("pdf") {
        assert!(table.contains(&format!("| `{name}` |")), "README.md does not tell of {name}");
    }
}

#[test]
fn a_user_password_keeps_a_file_closed() {
    let error = read(&bytes_of(LOCKED), &Limits::STANDARD).unwrap_err();
    assert_eq!(error, ReadError::Encrypted);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fidelity")
}

fn names(extension: &str) -> BTreeSet<String> {
    let paths = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let of_kind = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    of_kind.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{name}.pdf"))).unwrap()
}

fn text_of(pages: &Pages) -> String {
    pages.pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// White space of any kind and length is one space: how wide a gap is, is not what is tested here. Nor is whether a
/// word that was broken with a typographic hyphen is put together: both are what a person reads.
fn fold(text: &str) -> String {
    text.replace("\u{2010}\n", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// [`fold`], and no space beside an ideograph.
fn fold_beside_ideographs(text: &str) -> String {
    let folded: Vec<char> = fold(text).chars().collect();
    let is_ideograph = |index: Option<usize>| {
        index
            .and_then(|index| folded.get(index))
            .is_some_and(|scalar| ('\u{4E00}'..='\u{9FFF}').contains(scalar))
    };
    let kept = folded.iter().enumerate().filter(|&(index, &scalar)| {
        scalar != ' ' || is_ideograph(index.checked_sub(1)) == is_ideograph(Some(index + 1))
    });
    kept.map(|(_, scalar)| scalar).collect()
}

/// The words that differ, with two words of context on either side.
fn diff(expected: &str, read: &str) -> String {
    let (expected, read): (Vec<&str>, Vec<&str>) = (expected.split(' ').collect(), read.split(' ').collect());
    // The longest common subsequence of words; fixtures are small.
    let mut common = vec![vec![0_usize; read.len() + 1]; expected.len() + 1];
    for left in (0..expected.len()).rev() {
        for right in (0..read.len()).rev() {
            common[left][right] = if expected[left] == read[right] {
                common[left + 1][right + 1] + 1
            } else {
                common[left + 1][right].max(common[left][right + 1])
            };
        }
    }
    let (mut left, mut right, mut words) = (0, 0, Vec::new());
    while left < expected.len() || right < read.len() {
        if left < expected.len() && right < read.len() && expected[left] == read[right] {
            words.push((' ', expected[left]));
            (left, right) = (left + 1, right + 1);
        } else if left < expected.len()
            && (right == read.len() || common[left + 1][right] >= common[left][right + 1])
        {
            words.push(('-', expected[left]));
            left += 1;
        } else {
            words.push(('+', read[right]));
            right += 1;
        }
    }
    let is_near = |index: usize| {
        words[index.saturating_sub(2)..words.len().min(index + 3)].iter().any(|(mark, _)| *mark != ' ')
    };
    let mut lines = String::new();
    for (index, (mark, word)) in words.iter().enumerate().filter(|(index, _)| is_near(*index)) {
        if index > 0 && !is_near(index - 1) {
            lines.push_str("  …\n");
        }
        writeln!(lines, "{mark} {word}").unwrap();
    }
    lines
}

#[test]
fn what_is_compared() {
    assert_eq!(fold(" a\n\n b\u{3000}c "), "a b c");
    assert_ne!(fold("ab c"), fold("a bc"));
    assert_eq!(fold("bro\u{2010}\nken well-\nknown"), "broken well- known");
    assert_eq!(fold_beside_ideographs("用 Rust 写 成 a b"), "用Rust写 成a b");
    assert_eq!(diff("a b c d e f g", "a b c x e f g"), "  …\n  b\n  c\n- d\n+ x\n  e\n  f\n");
}
