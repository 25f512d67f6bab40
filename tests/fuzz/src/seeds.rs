//! Valid inputs of every target, taken out of the files that the repository has.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bole_document::{Limits, read};
use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object};

use crate::fonts::KINDS;
use crate::layout::THING_BYTES;
use crate::mutate::Random;
use crate::page::{N_FONTS, N_OBJECTS, N_SETTINGS, N_SIMPLE_FONTS};
use crate::{LEXICON, unpacked};

/// Folders of files of invented people.
const FOLDERS: [&str; 3] = [
    "crates/bole-document/tests/fidelity",
    "crates/bole-document/tests/hidden",
    "crates/bole-cli/demo/resumes",
];
/// What a fuzzer changes has to be small.
const MAX_BYTES: usize = 64 << 10;
const SEED: u64 = 0x0b01_e5ee;

/// An input and the name of what it was taken from.
pub type Seed = (String, Vec<u8>);

/// The files of the repository, by name, in order.
pub fn fixtures() -> Result<Vec<Seed>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(root.join(folder)).context(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "pdf") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    ensure!(paths.len() > 150, "{} files", paths.len());
    paths.into_iter().map(|path| Ok((stem(&path), std::fs::read(path)?))).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The inputs of the target of that name; none of a target that does not exist.
pub fn seeds(target: &str, fixtures: &[Seed]) -> Vec<Seed> {
    let mut seeds = match target {
        "content" => of_documents(fixtures, contents),
        "cmap" => of_documents(fixtures, maps),
        "font" => of_documents(fixtures, programs),
        "layout" => layouts(),
        "file" => files(fixtures),
        "resume" => texts(fixtures),
        _ => Vec::new(),
    };
    seeds.retain(|(_, bytes)| bytes.len() <= MAX_BYTES);
    seeds
}

/// What `taken` takes out of each fixture that opens.
fn of_documents(fixtures: &[Seed], taken: fn(&Document) -> Vec<Vec<u8>>) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, bytes) in fixtures {
        let Ok(document) = Document::load_mem(bytes) else { continue };
        let numbered = taken(&document).into_iter().enumerate();
        seeds.extend(numbered.map(|(index, bytes)| (format!("{name}-{index}"), bytes)));
    }
    seeds
}

fn files(fixtures: &[Seed]) -> Vec<Seed> {
    let mut files = fixtures.to_vec();
    files.extend(
        fixtures.iter().filter_map(|(name, bytes)| Some((format!("{name}-unpacked"), unpacked(bytes)?))),
    );
    files
}

/// The content of each page, with names that the page of the target knows.
fn contents(document: &Document) -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    for page in document.get_pages().into_values() {
        let Ok(mut content) = document.get_and_decode_page_content(page) else { continue };
        let fonts = document.get_page_fonts(page).unwrap_or_default();
        rename(&mut content, |font| {
            fonts.get(font).is_some_and(|font| font.get(b"Subtype").is_ok_and(|kind| *kind == "Type0".into()))
        });
        contents.extend(content.encode());
    }
    contents
}

fn rename(content: &mut Content, is_composite: impl Fn(&[u8]) -> bool) {
    for operation in &mut content.operations {
        let Some(Object::Name(name)) = operation.operands.first_mut() else { continue };
        let sum = name.iter().map(|byte| usize::from(*byte)).sum::<usize>();
        let renamed = match operation.operator.as_str() {
            // The maps of other fonts do not fit, but their codes are as long.
            "Tf" if is_composite(name) => format!("F{}", N_SIMPLE_FONTS + sum % (N_FONTS - N_SIMPLE_FONTS)),
            "Tf" => format!("F{}", sum % N_SIMPLE_FONTS),
            "gs" => format!("G{}", sum % N_SETTINGS),
            "Do" => format!("X{}", sum % N_OBJECTS),
            _ => continue,
        };
        *name = renamed.into_bytes();
    }
}

/// Character maps: those to Unicode, and those of codes.
fn maps(document: &Document) -> Vec<Vec<u8>> {
    let streams =
        fonts(document).into_iter().flat_map(|font| [font.get(b"ToUnicode"), font.get(b"Encoding")]);
    streams.flatten().filter_map(|object| stream(document, object)).collect()
}

/// Font programs, each after the byte of its kind.
fn programs(document: &Document) -> Vec<Vec<u8>> {
    let mut programs = Vec::new();
    for font in fonts(document) {
        let subtype = font.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
        let Ok(descriptor) = font.get_deref(b"FontDescriptor", document).and_then(Object::as_dict) else {
            continue;
        };
        for (kind, (of, key, entries)) in (0_u8..).zip(KINDS) {
            let Ok(object) = descriptor.get(key.as_bytes()) else { continue };
            if of.as_bytes() != subtype {
                continue;
            }
            let told = document.dereference(object).and_then(|(_, object)| object.as_stream());
            let told = told.and_then(|stream| stream.dict.get(b"Subtype")).and_then(Object::as_name);
            if told.is_ok_and(|told| !entries.as_bytes().ends_with(told)) {
                continue;
            }
            programs.extend(stream(document, object).map(|bytes| [&[kind], bytes.as_slice()].concat()));
        }
    }
    programs
}

fn fonts(document: &Document) -> Vec<&Dictionary> {
    let dictionaries = document.objects.values().filter_map(|object| object.as_dict().ok());
    dictionaries.filter(|dictionary| dictionary.has_type(b"Font")).collect()
}

fn stream(document: &Document, object: &Object) -> Option<Vec<u8>> {
    let (_, object) = document.dereference(object).ok()?;
    let stream = object.as_stream().ok()?;
    Some(stream.decompressed_content().unwrap_or_else(|_| stream.content.clone()))
}

/// Columns, a table, and things anywhere.
fn layouts() -> Vec<Seed> {
    let mut random = Random::new(SEED);
    let mut text = |column: u8, row: u8| [0, column, row, random.below(256) as u8, 0, 0];
    let mut columns = Vec::new();
    for column in [10, 120] {
        for row in 0..40 {
            for word in 0..3 {
                columns.extend(text(column + 25 * word, 20 + 4 * row));
            }
        }
    }
    let mut table = Vec::new();
    for row in 0..12 {
        table.extend([6, 10, 20 + 12 * row, 105, 0, 0]);
        for column in 0..4 {
            table.extend([7, 10 + 21 * column, 20 + 12 * row, 14, 0, 0]);
            table.extend(text(12 + 21 * column, 26 + 12 * row));
            table.extend(text(12 + 21 * column, 22 + 12 * row));
        }
    }
    let mut seeds = vec![("columns".to_owned(), columns), ("table".to_owned(), table)];
    for index in 0..12 {
        let things = (0..THING_BYTES * (20 + 30 * index)).map(|_| random.number() as u8).collect();
        seeds.push((format!("anywhere-{index}"), things));
    }
    seeds
}

/// Texts as read, and the lexicon's own, which names every concept.
fn texts(fixtures: &[Seed]) -> Vec<Seed> {
    let mut texts = Vec::new();
    for (name, bytes) in fixtures {
        let Ok(pages) = read(bytes, &Limits::STANDARD) else { continue };
        let text = pages.pages.iter().map(|page| page.text.as_str()).collect::<Vec<_>>().join("\u{c}");
        texts.push((name.clone(), text.into_bytes()));
    }
    texts.extend(LEXICON.iter().map(|source| (source.name.to_owned(), source.text.as_bytes().to_vec())));
    texts
}
