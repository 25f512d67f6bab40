//! How long reading takes, by kind of document: `cargo bench -p bole-document`, or with `-- chinese` one kind.
//!
//! Each kind is a handful of the fixtures of `tests/fidelity`, read one after the other; the throughput is in bytes of
//! their files. Fixtures are small, so this shows what a document costs before its length counts, and whether a change
//! made a kind slower. What whole resumes cost is measured over a corpus.

#![allow(clippy::unwrap_used, reason = "a panic fails the benchmark")]

use std::path::Path;

use bole_document::{Limits, read};
use divan::Bencher;
use divan::counter::BytesCount;

/// A kind of document, and its fixtures.
struct Kind {
    name: &'static str,
    fixtures: &'static [&'static str],
}

const KINDS: [Kind; 9] = [
    Kind {
        name: "browser-english",
        fixtures: &["chromium-columns", "chromium-flex", "chromium-tracking", "qt-mixed"],
    },
    Kind { name: "browser-chinese", fixtures: &["chromium-zh", "chromium-grid", "weasyprint-zh"] },
    Kind { name: "xelatex-chinese", fixtures: &["xelatex-zh", "xelatex-fandol", "no-tounicode-gb1"] },
    Kind {
        name: "named-chinese",
        fixtures: &["reportlab-stsong", "cid-gbk-euc", "cid-utf16", "cid-identity-gb1"],
    },
    Kind {
        name: "form-table",
        fixtures: &["libreoffice-form", "chromium-form", "typst-table", "pdf-lib-form"],
    },
    Kind { name: "many-fonts", fixtures: &["pdflatex-cjk", "pdflatex-cm", "jspdf-en", "reportlab-en"] },
    Kind { name: "photo", fixtures: &["chromium-photo"] },
    Kind { name: "encrypted", fixtures: &["qpdf-aes-256", "qpdf-aes-128", "qpdf-rc4-128"] },
    Kind {
        name: "damaged",
        fixtures: &["damaged-xref", "damaged-endobj", "damaged-length", "damaged-prefix"],
    },
];

impl std::fmt::Display for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

fn main() {
    divan::main();
}

#[divan::bench(args = &KINDS)]
fn read_kind(bencher: Bencher<'_, '_>, kind: &Kind) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fidelity");
    let files: Vec<Vec<u8>> =
        kind.fixtures.iter().map(|name| std::fs::read(folder.join(format!("{name}.pdf"))).unwrap()).collect();
    let n_bytes: usize = files.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(n_bytes)).bench(|| {
        for bytes in &files {
            divan::black_box(read(divan::black_box(bytes), &Limits::STANDARD).unwrap());
        }
    });
}
