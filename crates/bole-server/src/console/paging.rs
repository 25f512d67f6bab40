//! The way through a list that is longer than a page.

use maud::{Markup, html};

use super::session::View;
use super::words;

/// Which of `n_all` are shown, and the pages before and after: `address`, which ends in `?` or `&`, with `from=…`. Nothing if
/// all fit on one page.
pub(super) fn links(view: &View, address: &str, from: usize, n_page: usize, n_all: usize) -> Markup {
    if from == 0 && n_all <= n_page {
        return html! {};
    }
    let (before, after) = (from.saturating_sub(n_page), from.saturating_add(n_page));
    let number = |number: usize| words::count(number as u64);
    let shown = format!("{}–{}", number((from + 1).min(n_all)), number(after.min(n_all)));
    let all = number(n_all);
    html! {
        nav.pages aria-label=(view.say("Pages", "分页")) {
            @if from > 0 {
                a.button rel="prev" href={ (address) "from=" (before) } { "← " (view.say("Previous", "上一页")) }
            }
            span.soft { (view.say(format!("{shown} of {all}"), format!("第 {shown} 条，共 {all} 条"))) }
            @if after < n_all {
                a.button rel="next" href={ (address) "from=" (after) } { (view.say("Next", "下一页")) " →" }
            }
        }
    }
}
