//! The same resume by several producers, with planted words hidden in the ways that each can express: what is
//! visible is what its clean twin shows, and what is hidden is told with its reason.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop")]

use std::path::Path;

use bole_core::HiddenReason::{
    self, Clipped, Covered, Invisible, LayerOff, NoContrast, OffPage, Tiny, Transparent,
};
use bole_core::{Pages, Verdict};
use bole_document::{Limits, read};

const PLANTED: &str = "expert kubernetes quantum blockchain";

const FILES: [(&str, &[(&str, HiddenReason)]); 7] = [
    ("cairo", &[("white", NoContrast), ("covered", Covered), ("group", Transparent), ("gradient", Covered)]),
    (
        "chromium",
        &[
            ("white", NoContrast),
            ("bar", NoContrast),
            ("tiny", Tiny),
            ("clear", Transparent),
            ("covered", Covered),
            ("behind", Covered),
        ],
    ),
    (
        "fpdf2",
        &[
            ("invisible", Invisible),
            ("white", NoContrast),
            ("clear", Transparent),
            ("clipped", Clipped),
            ("offpage", OffPage),
        ],
    ),
    ("libreoffice", &[("white", NoContrast), ("bar", NoContrast), ("near", NoContrast)]),
    (
        "reportlab",
        &[
            ("invisible", Invisible),
            ("white", NoContrast),
            ("cmyk", NoContrast),
            ("spot", NoContrast),
            ("clear", Transparent),
            ("stroke", NoContrast),
            ("squeezed", Tiny),
            ("covered", Covered),
            ("image", Covered),
        ],
    ),
    (
        "typst",
        &[
            ("white", NoContrast),
            ("near", NoContrast),
            ("bar", NoContrast),
            ("tiny", Tiny),
            ("clear", Transparent),
            ("offpage", OffPage),
            ("clipped", Clipped),
            ("covered", Covered),
            ("rounded", Covered),
        ],
    ),
    (
        "xelatex",
        &[
            ("white", NoContrast),
            ("invisible", Invisible),
            ("tiny", Tiny),
            ("covered", Covered),
            ("layer", LayerOff),
        ],
    ),
];

fn pages(producer: &str, way: &str) -> Pages {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hidden");
    let bytes = std::fs::read(folder.join(format!("{producer}-{way}.pdf"))).unwrap();
    let pages = read(&bytes, &Limits::STANDARD).unwrap();
    assert_eq!(pages.quality.verdict, Verdict::Readable, "{producer}-{way}");
    assert!(!pages.quality.undecided_visibility, "{producer}-{way}");
    pages
}

/// The words of all pages: how far lines stand apart is not the subject.
fn words(pages: &Pages) -> Vec<&str> {
    pages.pages.iter().flat_map(|page| page.text.split_whitespace()).collect()
}

#[test]
fn what_is_hidden_is_told_apart_with_its_reason() {
    for (producer, ways) in FILES {
        let clean = pages(producer, "clean");
        assert!(words(&clean).len() > 20, "{producer}");
        assert_eq!(clean.quality.n_hidden, 0, "{producer}");
        for (way, reason) in ways {
            let pages = pages(producer, way);
            assert_eq!(words(&pages), words(&clean), "{producer}-{way}");
            let hidden: Vec<_> = pages
                .pages
                .iter()
                .flat_map(|page| &page.hidden)
                .map(|hidden| (hidden.text.as_str(), hidden.reason))
                .collect();
            assert_eq!(hidden, [(PLANTED, *reason)], "{producer}-{way}");
        }
    }
}

#[test]
fn every_file_is_tested() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hidden");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let n_files = names.filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "pdf")).count();
    let n_tested: usize = FILES.iter().map(|(_, ways)| ways.len() + 1).sum();
    assert_eq!(n_files, n_tested);
}
