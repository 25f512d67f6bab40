use bole_core::{Diagnostic, Page, Pages, Quality};

use crate::content::interpreter::{Interpreter, Session};
use crate::file::{File, PageNode};
use crate::geometry::{Matrix, Rect};
use crate::layout::accents::compose_accents;
use crate::layout::assemble::{assemble, assemble_hidden};
use crate::limits::Budget;
use crate::stage::Observer;
use crate::{Limits, ReadError, Stage, quality, sniff};

/// An image over at least this part of a page makes it a page of image.
const IMAGE_PAGE_SHARE: f32 = 0.6;

/// What a program that recognises text leaves on a scanned page. It should say what the scan shows, but only the scan
/// is seen, and what is not seen could say anything.
const UNUSED_LAYER: &str = "the invisible text over a scanned page was not used";

/// Reads the pages of a PDF.
///
/// Costs no I/O and at most what `limits` allow. A file without text, or with garbled text, is not an error: its
/// [verdict](bole_core::Verdict) says so. A font or page that cannot be read costs only itself: it leaves a
/// diagnostic, and the quality is `partial`.
///
/// # Errors
///
/// [`ReadError`], when the bytes are no PDF, cannot be opened, or are over a limit. The document is to be quarantined
/// with the error's [reason](ReadError::reason); another attempt would end the same.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Pages, ReadError> {
    read_observed(bytes, limits, &mut |_| ())
}

/// Reads as [`read()`] does, and calls `observe` at the beginning of each stage; a stage lasts until the next begins.
/// The crate knows no clock: who wants to know where the time goes brings one.
///
/// # Errors
///
/// As [`read()`].
pub fn read_observed(
    bytes: &[u8],
    limits: &Limits,
    observe: &mut dyn FnMut(Stage),
) -> Result<Pages, ReadError> {
    let mut observer = Observer(observe);
    observer.begin(Stage::Open);
    if bytes.len() > limits.file_bytes {
        return Err(ReadError::OverLimit { what: "bytes of the file", limit: limits.file_bytes });
    }
    sniff::require_pdf(bytes)?;
    let file = File::open(bytes, limits)?;
    let tree = file.pages(limits)?;
    if tree.pages.is_empty() {
        return Err(ReadError::NotADocument { detail: "no pages" });
    }
    let mut session = Session::new(&file, Budget::new(limits), observer);
    let mut pages = Vec::with_capacity(tree.pages.len());
    let mut diagnostics = Vec::new();
    let mut quality = Quality::default();
    if tree.n_lost > 0 {
        quality.partial = true;
        diagnostics.push(Diagnostic { page: None, message: "pages are missing".to_owned() });
    }
    for (index, node) in tree.pages.iter().enumerate() {
        let (page, findings) = read_page(&mut session, node)?;
        quality.undecided_visibility |= findings.is_undecided;
        quality.n_pages_of_image += u32::from(findings.is_image);
        quality.partial |= !findings.troubles.is_empty();
        diagnostics.extend(
            findings
                .troubles
                .into_iter()
                .map(|message| Diagnostic { page: Some(index as u32 + 1), message: message.to_owned() }),
        );
        pages.push(page);
    }
    session.observer.begin(Stage::Judge);
    let quality = quality::judge(&mut pages, quality, &mut diagnostics);
    Ok(Pages { pages, quality, diagnostics })
}

struct Findings {
    is_undecided: bool,
    is_image: bool,
    troubles: std::collections::BTreeSet<&'static str>,
}

fn read_page<'f>(session: &mut Session<'f>, node: &PageNode<'f>) -> Result<(Page, Findings), ReadError> {
    let (matrix, page_rect) = display(&node.displayed, node.quarter_turns);
    let mut interpreter = Interpreter::new(session, matrix, page_rect);
    let content = interpreter.page_content(node.dictionary)?;
    interpreter.run(&content, node.resources, 0)?;
    interpreter.leave_content(matrix);
    interpreter.run_annotations(node.dictionary)?;
    interpreter.sort_out_covered();
    let is_image = interpreter.image_area >= IMAGE_PAGE_SHARE * page_rect.area();
    if is_image && interpreter.has_unused_layer() {
        interpreter.troubles.insert(UNUSED_LAYER);
    }
    interpreter.session.budget.check_fonts()?;
    interpreter.session.observer.begin(Stage::Layout);
    compose_accents(&mut interpreter.page.visible, &interpreter.page.styles);
    let assembled = assemble(&interpreter.page, &page_rect);
    let bounds = page_rect.to_bounds();
    let page = Page {
        width: bounds.right,
        height: bounds.bottom,
        text: assembled.text,
        runs: assembled.runs,
        hidden: assemble_hidden(&interpreter.page),
    };
    let is_undecided = interpreter.is_undecided || interpreter.session.layers.is_undecided();
    let findings = Findings { is_undecided, is_image, troubles: interpreter.troubles };
    Ok((page, findings))
}

/// The map from default user space to the page as displayed, with its rectangle: origin top left, y down.
pub(crate) fn display(displayed: &Rect, quarter_turns: u8) -> (Matrix, Rect) {
    let Rect { x0, y0, x1, y1 } = *displayed;
    let (width, height) = (displayed.width(), displayed.height());
    let (matrix, width, height) = match quarter_turns {
        1 => (Matrix::new([0.0, 1.0, 1.0, 0.0, -y0, -x0]), height, width),
        2 => (Matrix::new([-1.0, 0.0, 0.0, 1.0, x1, -y0]), width, height),
        3 => (Matrix::new([0.0, -1.0, -1.0, 0.0, y1, x1]), height, width),
        _ => (Matrix::new([1.0, 0.0, 0.0, -1.0, -x0, y1]), width, height),
    };
    (matrix, Rect::from_corners(0.0, 0.0, width, height))
}
