//! Text without measure: what comes after the reader (the resume, its evidence, what is stored, the index) has to bear
//! it too.

use std::fmt::Write;

use crate::hostile::Hostile;
use crate::pdf::{FONT, Pdf, deflate};

/// A little less than the reader's limit on characters.
const N_CHARACTERS: usize = 1_900_000;

pub(crate) const CASES: &[Hostile] = &[
    Hostile::new("one word of sixty thousand letters", || latin_word(60_000), "read"),
    Hostile::new("one word of sixty thousand ideographs", || chinese_word(60_000), "read"),
    Hostile::new("sixty thousand words of one letter", || letters(60_000), "read"),
    Hostile::new("sixty thousand changes of size", || sizes(60_000), "read"),
    Hostile::new("ten thousand mail addresses", || addresses(10_000), "read"),
];

pub(crate) const CASES_AT_FULL_SIZE: &[Hostile] = &[
    Hostile::new("one word as long as text may be", || latin_word(N_CHARACTERS), "read"),
    // The place of each takes more than a reading may.
    Hostile::new(
        "one word of ideographs as long as text may be",
        || chinese_word(N_CHARACTERS),
        "over_limit",
    ),
    Hostile::new("words of one letter as many as may be", || letters(N_CHARACTERS / 2), "read"),
    Hostile::new("changes of size as many as may be", || sizes(N_CHARACTERS), "read"),
    Hostile::new("mail addresses as many as may be", || addresses(N_CHARACTERS / 20), "read"),
    Hostile::new("sixteen megabytes of text without a space", || latin_word(16_000_000), "over_limit"),
    Hostile::new("eight million ideographs without a space", || chinese_word(8_000_000), "over_limit"),
];

/// As they stand in many a resume: a text of rare ones would be taken for garbled.
const IDEOGRAPHS: &str = "负责储能电池管理系统的设计与开发在清华大学学习材料科学与工程熟悉项目管理和质量体系";

/// How many lines a page has, and how many characters a line.
const PAGE: (usize, usize) = (100, 100);

/// One line, all of it on a page of its length.
fn latin_word(n_letters: usize) -> Vec<u8> {
    let word: String = ('a'..='z').cycle().take(n_letters).collect();
    one_line(n_letters, FONT, &format!("({word})"))
}

/// One line of ideographs that only a map to Unicode tells: each code is the ideograph that it shows.
fn chinese_word(n_ideographs: usize) -> Vec<u8> {
    let mut word = String::from("<");
    for ideograph in IDEOGRAPHS.chars().cycle().take(n_ideographs) {
        write!(word, "{:04x}", u32::from(ideograph)).unwrap();
    }
    let font = "/Font<</F<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 3 0 R/DescendantFonts\
                [<</Type/Font/Subtype/CIDFontType2/BaseFont/A/DW 1000/CIDSystemInfo<</Registry(Adobe)\
                /Ordering(Identity)/Supplement 0>>>>]>>>>";
    one_line(n_ideographs, font, &(word + ">"))
}

fn one_line(n_characters: usize, font: &str, string: &str) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let ranges = "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <4e00> <9fff> <4e00> endbfrange";
    pdf.stream("", format!("begincmap {ranges} endcmap"));
    let content = format!("BT /F 2 Tf 9 9 Td {string} Tj ET");
    let content = pdf.stream("/Filter/FlateDecode", deflate(content));
    pdf.page_of(content, font, &format!("/MediaBox[0 0 {} 100]", 2 * n_characters + 100));
    pdf.finish()
}

fn letters(n_letters: usize) -> Vec<u8> {
    pages((0..n_letters).map(letter), PAGE.1 / 2, |line| format!("({})Tj ", line.join(" ")))
}

/// Each letter a run of its own.
fn sizes(n_letters: usize) -> Vec<u8> {
    pages((0..n_letters).map(letter), PAGE.1, |line| {
        let mut shown = String::new();
        for (index, letter) in line.iter().enumerate() {
            write!(shown, "/F {} Tf({letter})Tj ", 6 + index % 2).unwrap();
        }
        shown
    })
}

fn letter(index: usize) -> String {
    char::from(b'a' + (index % 26) as u8).to_string()
}

fn addresses(n_addresses: usize) -> Vec<u8> {
    let addresses = (0..n_addresses).map(|index| format!("a{index}@example.org"));
    pages(addresses, PAGE.1 / 20, |line| format!("({})Tj ", line.join(" ")))
}

/// Words on full pages, each line as `show` shows it.
fn pages(words: impl Iterator<Item = String>, n_on_line: usize, show: fn(&[String]) -> String) -> Vec<u8> {
    let mut pdf = Pdf::default();
    let words: Vec<_> = words.collect();
    for page in words.chunks(PAGE.0 * n_on_line) {
        let mut content = String::from("BT /F 7 Tf 7.5 TL 20 790 Td ");
        for line in page.chunks(n_on_line) {
            content += &show(line);
            content += "T* ";
        }
        let content = pdf.stream("/Filter/FlateDecode", deflate(content + "ET"));
        pdf.page_of(content, FONT, "/MediaBox[0 0 900 800]");
    }
    pdf.finish()
}
