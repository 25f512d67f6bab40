//! Pages drawn with the boxes that the reader found, for people who look after the reader.

use std::fs;
use std::path::{Path, PathBuf};

use bole_core::{Bounds, Page};
use bole_document::{Limits, read};

use crate::listing::{BenchError, Listing, flat_name};

/// The box around a line or a block, with what it spans of the text.
struct Group {
    end: u32,
    bounds: Bounds,
}

/// Writes one SVG a page to `folder`: words, lines, numbered blocks in reading order, hidden text with its reason.
/// A picture of the page that lies beside it under the same name, with the ending `png`, shows through.
///
/// Returns the files written; a document that cannot be read has none.
///
/// # Errors
/// If a document cannot be opened, or a drawing cannot be written.
pub fn draw_boxes(listing: &Listing, folder: &Path) -> Result<Vec<PathBuf>, BenchError> {
    fs::create_dir_all(folder).map_err(BenchError::path(folder))?;
    let mut written = Vec::new();
    for path in &listing.paths {
        let document = fs::read(path).map_err(BenchError::path(path))?;
        let Ok(pages) = read(&document, &Limits::STANDARD) else {
            continue;
        };
        for (number, page) in (1..).zip(&pages.pages) {
            let name = format!("{}-{number}", flat_name(path));
            let file = folder.join(format!("{name}.svg"));
            fs::write(&file, drawing(page, &name)).map_err(BenchError::path(&file))?;
            written.push(file);
        }
    }
    Ok(written)
}

fn drawing(page: &Page, name: &str) -> String {
    let (width, height) = (points(page.width), points(page.height));
    let picture = escaped(name);
    let mut parts = vec![format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <image href=\"{picture}.png\" width=\"{width}\" height=\"{height}\" opacity=\"0.6\"/>\n"
    )];
    parts.extend(page.runs.iter().map(|run| outline(&run.bounds, "stroke=\"#2a7\" stroke-width=\"0.4\"")));
    for line in groups(page, "\n") {
        parts.push(outline(&line.bounds, "stroke=\"#36c\" stroke-width=\"0.6\""));
    }
    for (number, block) in (1..).zip(groups(page, "\n\n")) {
        parts.push(outline(&block.bounds, "stroke=\"#d22\" stroke-width=\"1\""));
        parts.push(label(&block.bounds, "#d22", &number.to_string()));
    }
    for hidden in &page.hidden {
        parts.push(outline(&hidden.bounds, "stroke=\"#a0a\" stroke-width=\"0.6\" stroke-dasharray=\"2\""));
        parts.push(label(&hidden.bounds, "#a0a", &format!("{:?}", hidden.reason)));
    }
    parts.push("</svg>\n".to_owned());
    parts.concat()
}

/// The boxes of what lies between two of `separator`: lines end with one line feed, blocks with two.
fn groups(page: &Page, separator: &str) -> Vec<Group> {
    let mut start = 0;
    let mut groups: Vec<Group> = page
        .text
        .split(separator)
        .map(|part| {
            let end = start + part.chars().count() as u32;
            start = end + separator.len() as u32;
            Group { end, bounds: NOTHING }
        })
        .collect();
    let mut runs = page.runs.iter().peekable();
    for group in &mut groups {
        while let Some(run) = runs.next_if(|run| run.end <= group.end) {
            group.bounds = around(&group.bounds, &run.bounds);
        }
    }
    groups.retain(|group| group.bounds.left <= group.bounds.right);
    groups
}

const NOTHING: Bounds = Bounds { left: i32::MAX, top: i32::MAX, right: i32::MIN, bottom: i32::MIN };

fn around(one: &Bounds, other: &Bounds) -> Bounds {
    Bounds {
        left: one.left.min(other.left),
        top: one.top.min(other.top),
        right: one.right.max(other.right),
        bottom: one.bottom.max(other.bottom),
    }
}

fn outline(bounds: &Bounds, style: &str) -> String {
    let (x, y) = (points(bounds.left), points(bounds.top));
    let (width, height) = (points(bounds.right - bounds.left), points(bounds.bottom - bounds.top));
    format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"none\" {style}/>\n")
}

fn label(bounds: &Bounds, color: &str, text: &str) -> String {
    let (x, y) = (points(bounds.left), points(bounds.top));
    let style = format!("font-size=\"8\" font-family=\"sans-serif\" fill=\"{color}\"");
    format!("<text x=\"{x}\" y=\"{y}\" {style}>{text}</text>\n")
}

fn points(hundredths: i32) -> f64 {
    f64::from(hundredths) / 100.0
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use bole_core::Run;

    use super::*;

    #[test]
    fn lines_and_blocks_by_their_words() {
        let run = |start, end, left, top| Run {
            start,
            end,
            bounds: Bounds { left, top, right: left + 1000, bottom: top + 1000 },
        };
        let page = Page {
            width: 60_000,
            height: 80_000,
            text: "姓名 Li\nb\n\nc".to_owned(),
            runs: vec![run(0, 2, 0, 0), run(3, 5, 2000, 0), run(6, 7, 0, 2000), run(9, 10, 0, 9000)],
            hidden: Vec::new(),
        };
        let bounds = |groups: Vec<Group>| -> Vec<[i32; 4]> {
            groups.iter().map(|group| group.bounds.into()).collect()
        };
        assert_eq!(
            bounds(groups(&page, "\n")),
            [[0, 0, 3000, 1000], [0, 2000, 1000, 3000], [0, 9000, 1000, 10_000]]
        );
        assert_eq!(bounds(groups(&page, "\n\n")), [[0, 0, 3000, 3000], [0, 9000, 1000, 10_000]]);
        assert!(drawing(&page, "a\"b").contains("href=\"a&quot;b.png\""));
    }
}
