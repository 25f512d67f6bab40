//! Pages as pictures, drawn by children and kept for those who ask again.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bole_core::DocumentId;
use bole_sandbox::{Drawn, FontFile, Picture};
use bytes::Bytes;
use tokio::sync::OnceCell;

use crate::quarantine::original_of;
use crate::show::resolve_file;
use crate::{Engine, EngineError, Scope, metrics};

/// A page as it is displayed, as PNG.
#[derive(Clone, PartialEq, Eq)]
pub struct PageImage {
    /// The file. Its shape is that of the [`Page`](bole_core::Page), whose boxes lie over it when they are scaled.
    pub png: Bytes,
    /// Its width in pixels.
    pub width_px: u32,
    /// Its height in pixels.
    pub height_px: u32,
    /// Text in Chinese, Japanese or Korean is missing, because its font is neither in the document nor on this machine.
    pub lacks_font: bool,
}

/// Tells sizes: a picture shows a resume.
impl fmt::Debug for PageImage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { png, width_px, height_px, lacks_font } = self;
        formatter
            .debug_struct("PageImage")
            .field("png_bytes", &png.len())
            .field("width_px", width_px)
            .field("height_px", height_px)
            .field("lacks_font", lacks_font)
            .finish()
    }
}

/// The one width that pages are drawn in: A4 at 150 dpi. Text of six points can be read in it.
const WIDTH_PX: u32 = 1240;
/// How many pictures are kept; both are the bound.
const MAX_PICTURES: usize = 2000;
/// And in bytes.
const MAX_BYTES: usize = 64 << 20;
/// What a picture takes besides.
const OVERHEAD_BYTES: usize = 256;
/// For how long a page that could not be drawn is not tried again: a machine may have been out of memory or time.
const GIVEN_UP: Duration = Duration::from_mins(10);

/// A page of a resume as a picture, `page` counted from 1.
///
/// Those who ask for the same page at once have it drawn once, and it is kept for a while.
///
/// # Errors
/// As [`resolve_file`], so that there is none in blind mode; [`EngineError::NoSuchPage`];
/// [`EngineError::NotDrawn`], also for whatever the page did to those who
/// drew it; an outage.
pub async fn page_image(
    engine: &Engine,
    resume: &str,
    page: u32,
    scope: &Scope,
) -> Result<Arc<PageImage>, EngineError> {
    let document = resolve_file(engine, resume, scope).await?;
    let found = engine.pictures().get((document, page), || draw(engine, document, page)).await?;
    found.map_err(|detail| EngineError::NotDrawn { detail: detail.to_string() })
}

async fn draw(engine: &Engine, document: DocumentId, page: u32) -> Result<Found, EngineError> {
    let Some(bytes) = original_of(engine, document).await? else {
        return Ok(Err("the document itself is not kept".into()));
    };
    let begun = Instant::now();
    let drawn = engine.painters().draw(document, &bytes, page, WIDTH_PX).await?;
    metrics::drawn(begun.elapsed());
    match drawn {
        Drawn::Picture(Picture { png, width_px, height_px, lacks_font }) => {
            Ok(Ok(Arc::new(PageImage { png: png.into(), width_px, height_px, lacks_font })))
        }
        Drawn::NoSuchPage { n_pages } => Err(EngineError::NoSuchPage { page, n_pages }),
        Drawn::Refused(refusal) => Ok(Err(refusal.detail.into())),
    }
}

type Key = (DocumentId, u32);

/// A picture, or why there is none.
type Found = Result<Arc<PageImage>, Arc<str>>;

/// The pictures that were asked for last, the last one at the end.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    key: Key,
    since: Instant,
    /// Empty while it is drawn.
    found: Arc<OnceCell<Found>>,
}

impl Kept {
    fn n_bytes(&self) -> usize {
        let png = self.found.get().and_then(|found| found.as_ref().ok()).map_or(0, |image| image.png.len());
        OVERHEAD_BYTES + png
    }

    fn is_stale(&self) -> bool {
        self.found.get().is_some_and(Result::is_err) && self.since.elapsed() > GIVEN_UP
    }
}

impl Pictures {
    /// What is kept, or what `draw` gives. Of those who ask at once one draws and the others wait; errors are for who
    /// drew, the next one tries again.
    async fn get<F>(&self, key: Key, draw: impl FnOnce() -> F) -> Result<Found, EngineError>
    where
        F: Future<Output = Result<Found, EngineError>>,
    {
        let place = self.place(key);
        match place.get_or_try_init(draw).await {
            Ok(found) => {
                let found = found.clone();
                self.shrink();
                Ok(found)
            }
            Err(error) => {
                // Pages that are none would push out those that are.
                self.lock().retain(|kept| !Arc::ptr_eq(&kept.found, &place));
                Err(error)
            }
        }
    }

    /// The place of a page, at the end now.
    fn place(&self, key: Key) -> Arc<OnceCell<Found>> {
        let mut kept = self.lock();
        kept.retain(|kept| !kept.is_stale());
        let place = kept.iter().position(|kept| kept.key == key);
        let place = place.and_then(|place| kept.remove(place));
        let place = place.unwrap_or_else(|| Kept { key, since: Instant::now(), found: Arc::default() });
        let found = place.found.clone();
        kept.push_back(place);
        found
    }

    fn shrink(&self) {
        let mut kept = self.lock();
        let mut n_bytes: usize = kept.iter().map(Kept::n_bytes).sum();
        while (kept.len() > MAX_PICTURES || n_bytes > MAX_BYTES)
            && let Some(oldest) = kept.pop_front()
        {
            n_bytes -= oldest.n_bytes();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where packages of Linux distributions put fonts with Chinese characters, and which face of them is simplified
/// Chinese.
const KNOWN_FONTS: [(&str, u32); 8] = [
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    ("/usr/share/fonts/truetype/arphic/ukai.ttc", 0),
];

/// The font of the settings, or else the first of the known ones that is there.
pub(crate) fn font(named: Option<&FontFile>) -> Option<FontFile> {
    let known = || {
        let found = KNOWN_FONTS.into_iter().find(|(path, _)| Path::new(path).is_file());
        found.map(|(path, face)| FontFile { path: path.into(), face })
    };
    named.cloned().or_else(known)
}

/// The face of a font file that is simplified Chinese where that is known by its name, else the first.
pub(crate) fn usual_face(path: &Path) -> u32 {
    let known = KNOWN_FONTS.into_iter().find(|(known, _)| Path::new(known).file_name() == path.file_name());
    known.map_or(0, |(_, face)| face)
}

#[cfg(test)]
mod tests;
