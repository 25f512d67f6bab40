//! The pages of a resume, with the places of its evidence.

use bole_core::Bounds;
use bole_engine::{PageImage, PageShown};
use maud::{Markup, html};

use super::super::session::View;
use super::super::words;
use super::Seen;
use super::places::Place;

/// Pages whose pictures are fetched with the page; the others when they come into sight.
const N_AT_ONCE: u32 = 2;
/// Hidden texts that are listed at once.
const N_HIDDEN: usize = 3;
/// Of a hidden text this many characters are shown at once.
const N_HIDDEN_SHOWN: usize = 160;

pub(super) fn sheets(seen: &Seen, view: &View) -> Markup {
    let pages = &seen.candidate.pages;
    html! {
        aside.sheets tabindex="0" aria-label=(view.say("The pages", "原页")) {
            div.sheets-head {
                h2 { (view.say("Pages", "原页")) " " span.soft { (words::count(pages.len() as u64)) } }
                @if view.is_blind() {
                    span.soft.small { (view.say("as text: a picture would show who it is", "仅文字：盲选时不显示图像")) }
                } @else if seen.as_text {
                    a.small href=(seen.address(seen.candidate.resume, "")) { (view.say("as pictures", "显示图像")) }
                } @else {
                    a.small href=(seen.address(seen.candidate.resume, "&pages=text")) { (view.say("as text", "显示文字")) }
                }
            }
            @for page in pages { (sheet(seen, view, page)) }
        }
    }
}

fn sheet(seen: &Seen, view: &View, page: &PageShown) -> Markup {
    let caption = view.say(format!("Page {}", page.number), format!("第 {} 页", page.number));
    html! {
        figure.sheet {
            @if seen.as_text { (as_text(seen, page)) } @else { (outline(seen, view, page)) }
            figcaption.soft.small { (caption) }
            @if !page.hidden.is_empty() { (hidden(view, page)) }
        }
    }
}

/// The shape of the page with a box at each place. It has its height before anything is loaded.
fn outline(seen: &Seen, view: &View, page: &PageShown) -> Markup {
    let size = format!("0 0 {} {}", at(page.width.max(1)), at(page.height.max(1)));
    let name = view.say(
        format!("Page {}: where evidence stands", page.number),
        format!("第 {} 页：依据所在位置", page.number),
    );
    let alternative = view.say(
        format!("Page {} as a picture. Where there is none, the original file shows it.", page.number),
        format!("第 {} 页图像；若未显示，请查看原文件。", page.number),
    );
    html! {
        @let address = format!("/candidates/{}/pages/{}", seen.candidate.resume, page.number);
        div.paper {
            img src=(format!("{address}.png")) alt=(alternative) decoding="async" loading=[(page.number > N_AT_ONCE).then_some("lazy")];
            svg viewBox=(size) role="group" aria-label=(name) {
                @for hidden in &page.hidden { (frame("hidden-box", hidden.bounds, words::hidden(view, hidden.reason))) }
                @for (_, place) in seen.places.on_page(page.number) { (boxes(place)) }
            }
            div.picture-note hx-get=(address) hx-trigger="revealed" hx-swap="innerHTML" {}
        }
    }
}

/// What there is to say about the picture of a page; nothing if it is as it should be. `found` tells why there is none.
pub(super) fn about_picture(view: &View, found: Result<&PageImage, &str>) -> Markup {
    html! {
        @match found {
            Ok(image) if !image.lacks_font => {},
            Ok(_) => div.notice.warn.small.incomplete {
                p { (view.say("Chinese, Japanese or Korean text is missing in this picture.", "此图像缺少中日韩文字。")) }
                p.soft { (view.say(
                    "Its font is neither in the file nor on this machine: operators can name one as `font` under `[console]`. What was read is complete, and the boxes are where it stands.",
                    "文件未嵌入字体，本机也没有：运维可在 `[console]` 下用 `font` 指定。读取的内容完整，方框位置正确。",
                )) }
            },
            Err(detail) => div.notice.warn.small {
                p { (view.say("There is no picture of this page.", "无法显示此页的图像。")) }
                p.soft { (view.say(
                    "The boxes show where its evidence stands. To see the page itself, download the original file.",
                    "方框仍标出依据所在位置。如需查看页面，请下载原文件。",
                )) }
                p.detail lang="en" { (detail) }
            },
        }
    }
}

fn boxes(place: &Place) -> Markup {
    let class = format!("place {}", place.kind.class());
    html! {
        g id=(format!("place-{}", place.number)) class=(class) data-place=(place.number) {
            a href=(format!("#{}", place.line)) tabindex="-1" {
            title { (place.title()) }
            @for bounds in &place.boxes {
                rect x=(at(bounds.left)) y=(at(bounds.top)) width=(length(bounds.left, bounds.right))
                    height=(length(bounds.top, bounds.bottom)) rx="1.5" {}
            } }
        }
    }
}

fn frame(class: &str, bounds: Bounds, title: &str) -> Markup {
    html! {
        rect class=(class) x=(at(bounds.left)) y=(at(bounds.top)) width=(length(bounds.left, bounds.right))
            height=(length(bounds.top, bounds.bottom)) { title { (title) } }
    }
}

/// The text of the page, what is evidence marked in it.
fn as_text(seen: &Seen, page: &PageShown) -> Markup {
    let text: Vec<char> = page.lines.join("\n").chars().collect();
    let places: Vec<_> = seen.places.on_page(page.number).collect();
    // Places may overlap: the text is cut wherever one begins or ends.
    let ends = places.iter().flat_map(|(span, _)| [span.start as usize, span.end as usize]);
    let mut cuts: Vec<usize> = ends.filter(|end| *end < text.len()).chain([0, text.len()]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).filter_map(|ends| {
        let &[start, end] = ends else { return None };
        let piece: String = text.get(start..end)?.iter().collect();
        let here = places.iter().filter(|(span, _)| span.start as usize <= start && end <= span.end as usize);
        Some((start, piece, here.collect::<Vec<_>>()))
    });
    html! {
        div.paper.text {
            @for (start, piece, here) in pieces {
                @match here.first() {
                    Some((_, place)) => {
                        // The anchor of each place is where it begins.
                        @for (_, place) in here.iter().filter(|(span, _)| span.start as usize == start) {
                            a.anchor id=(format!("place-{}", place.number)) {}
                        }
                        mark.place.(place.kind.class()) data-place=(numbers(&here)) title=(place.title()) { (piece) }
                    }
                    None => (piece),
                }
            }
        }
    }
}

fn numbers(places: &[&(bole_core::Span, &Place)]) -> String {
    places.iter().map(|(_, place)| place.number.to_string()).collect::<Vec<_>>().join(" ")
}

/// What a page holds and does not show.
fn hidden(view: &View, page: &PageShown) -> Markup {
    let (first, rest) = page.hidden.split_at(page.hidden.len().min(N_HIDDEN));
    let item = |hidden: &bole_core::Hidden| {
        let text = hidden.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = text.chars().take(N_HIDDEN_SHOWN).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        html! { li { span.chip.bad { (words::hidden(view, hidden.reason)) } " " span.hidden-words { (shown) (more) } } }
    };
    html! {
        div.hidden-list {
            p.small { strong { (view.say("Not counted, not seen:", "不可见，未计分：")) } }
            ul.plain.small {
                @for hidden in first { (item(hidden)) }
            }
            @if !rest.is_empty() {
                details.small {
                    summary { (view.say(format!("{} more", rest.len()), format!("另有 {} 处", rest.len()))) }
                    ul.plain { @for hidden in rest { (item(hidden)) } }
                }
            }
        }
    }
}

/// Hundredths of a point as points.
fn at(hundredths: i32) -> String {
    let points = f64::from(hundredths) / 100.0;
    format!("{points}")
}

fn length(from: i32, to: i32) -> String {
    at(to.saturating_sub(from).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_points() {
        assert_eq!((at(59_532), at(-50), at(700)), ("595.32".into(), "-0.5".into(), "7".into()));
        assert_eq!((length(100, 250), length(250, 100)), ("1.5".into(), "0".into()));
    }
}
