//! Search: what is sought, how many are found by degree, language, field and year, and who.

mod clause;
mod help;
mod mistake;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use bole_core::Degree;
use bole_engine::{EngineError, Facets, Hit, SearchOptions, SearchReport};
use maud::{Markup, html};

use super::form::Fields;
use super::frame::{Room, page};
use super::named::field_name;
use super::session::{View, encoded};
use super::{paging, words};
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::Problem;
use crate::recruiters::search;
use crate::request::RequestId;

/// So many hits a page.
const PAGE: usize = 20;
/// So many values of a facet are shown at first.
const N_VALUES: usize = 8;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/search", get(show))
}

/// What came of a query.
enum Outcome {
    /// Nothing is sought yet.
    Nothing,
    Found(SearchReport),
    /// What it cannot be answered for, for who wrote it.
    Refused(Markup),
}

async fn show(
    caller: AsRecruiter,
    request: RequestId,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let query = fields.get("q").unwrap_or_default();
    let from = fields.number("from")?.unwrap_or_default() as usize;
    let from = from.min(SearchOptions::MAX_DEPTH - PAGE);
    let outcome = outcome(&view, &state, &caller, request, query, from).await?;
    let title = view.say("Search", "搜索");
    let body = html! {
        h1.hidden-text { (title) }
        form.seek role="search" method="get" action="/search" hx-get="/search"
            hx-trigger="input changed delay:200ms from:#q, submit" hx-target="#found" hx-select="#found" hx-select-oob="#trouble"
            hx-swap="outerMorph" hx-replace-url="true" hx-sync="this:replace" {
            label.hidden-text for="q" { (view.say("What to search for", "搜索内容")) }
            input #q type="search" name="q" value=(query) maxlength="512" autofocus data-search autocomplete="off"
                spellcheck="false" placeholder=(view.say("Words, “phrases”, degree:master …", "关键词、“短语”、学历:硕士 …"));
            button.main type="submit" { (title) }
        }
        (help::folded(&view, matches!(outcome, Outcome::Nothing)))
        div #trouble {}
        (found(&view, &state, query, from, &outcome))
    };
    let title = if query.is_empty() { title.to_owned() } else { format!("{query} · {title}") };
    Ok(page(&view, Room::Search, &title, &body))
}

async fn outcome(
    view: &View,
    state: &State,
    caller: &AsRecruiter,
    request: RequestId,
    query: &str,
    from: usize,
) -> Result<Outcome, Problem> {
    if query.is_empty() {
        return Ok(Outcome::Nothing);
    }
    let options = SearchOptions { offset: from, limit: PAGE, facets: true, scope: caller.scope.clone() };
    match bole_engine::search(&state.server.engine, query, &options).await {
        Ok(report) => {
            search::note(state, caller, request, &report).await?;
            Ok(Outcome::Found(report))
        }
        Err(EngineError::Query(error)) => Ok(Outcome::Refused(mistake::told(view, error))),
        Err(error) => {
            let problem = Problem::from(error);
            let (_, status, ..) = problem.code().row();
            // What the query asks for is not for this caller; everything else is no matter of the query.
            if status.is_client_error() {
                Ok(Outcome::Refused(mistake::refused(view, &problem)))
            } else {
                Err(problem)
            }
        }
    }
}

fn found(view: &View, state: &State, query: &str, from: usize, outcome: &Outcome) -> Markup {
    html! {
        div #found {
            @match outcome {
                Outcome::Nothing => {}
                Outcome::Refused(told) => { div.notice.warn role="alert" { (told) } }
                Outcome::Found(report) if report.n_found == 0 => { (nobody(view, state, query)) }
                Outcome::Found(report) => {
                    div.split {
                        aside.facets aria-label=(view.say("Narrow down", "筛选")) {
                            @if let Some(facets) = &report.facets { (narrowed(view, state, query, facets)) }
                        }
                        section { (hits(view, state, query, from, report)) }
                    }
                }
            }
        }
    }
}

fn nobody(view: &View, state: &State, query: &str) -> Markup {
    html! {
        (active(view, state, query))
        div.card.empty {
            h2 { (view.say("Nobody is found", "没有找到")) }
            p { (view.say(
                "Leave a word or a condition out, join words with OR, or write the other language’s word: what a resume says is sought as it stands there.",
                "可减少关键词或条件，用 OR 连接同义词，或换用另一种语言的写法：搜索按简历原文进行。",
            )) }
        }
    }
}

/// How many, and who of them.
fn hits(view: &View, state: &State, query: &str, from: usize, report: &SearchReport) -> Markup {
    let number = words::count(report.n_found as u64);
    let sought = report.n_found.min(SearchOptions::MAX_DEPTH);
    let address = address(query);
    html! {
        div.title.found {
            div role="status" { h2 { (view.say(format!("{number} found"), format!("找到 {number} 份"))) } }
            a href={ "/matches?filter=" (encoded(query)) } { (view.say("Rank them by a profile", "按画像对其匹配")) }
        }
        (active(view, state, query))
        ol.plain.hits start=(from + 1) { @for hit in &report.hits { (one(view, hit)) } }
        (paging::links(view, &format!("{address}&"), from, PAGE, sought))
        @if sought < report.n_found && from + PAGE >= sought {
            p.notice { (view.say(
                format!("A search goes {} deep. Narrow it down by what stands beside it, or rank who is found by a profile: that looks at all of them.", words::count(sought as u64)),
                format!("搜索最多显示前 {} 份。请用左侧条件缩小范围，或按画像匹配：匹配会考虑全部人选。", words::count(sought as u64)),
            )) }
        }
    }
}

fn one(view: &View, hit: &Hit) -> Markup {
    html! {
        li.card.hit data-row {
            div.row {
                a href={ "/candidates/" (hit.resume) } { (words::person(view, hit.name.as_deref(), hit.resume)) }
                @if !view.is_blind() && !hit.source.is_empty() { span.soft.small.source { (hit.source) } }
            }
            @for snippet in &hit.snippets {
                p.snippet {
                    span.soft.small { (view.say(format!("p. {}", snippet.page), format!("第 {} 页", snippet.page))) }
                    span { (marked(&snippet.text, &snippet.highlights)) }
                }
            }
        }
    }
}

/// A text with what was found in it marked: half-open ranges of scalars, in order.
fn marked(text: &str, places: &[(u32, u32)]) -> Markup {
    let mut scalars = text.chars();
    let mut at = 0;
    let mut take = |to: u32| -> String {
        let n_taken = to.saturating_sub(at);
        at = at.max(to);
        scalars.by_ref().take(n_taken as usize).collect()
    };
    html! {
        @for &(start, end) in places { (take(start)) mark { (take(end)) } }
        (take(u32::MAX))
    }
}

fn address(query: &str) -> String {
    format!("/search?q={}", encoded(query))
}

/// The conditions that the query has already, to be taken out.
fn active(view: &View, state: &State, query: &str) -> Markup {
    let clauses = clause::of(query);
    html! {
        @if !clauses.is_empty() {
            ul.plain.row.active aria-label=(view.say("Conditions", "已选条件")) {
                @for clause in &clauses {
                    @let name = value(view, state, clause.facet, &clause.value);
                    li { a.chip.level href=(to(&clause::without(query, clause)))
                        aria-label=(view.say(format!("Leave out {name}"), format!("去掉 {name}"))) { (name) span aria-hidden="true" { "×" } } }
                }
            }
        }
    }
}

/// A query that has nothing left is none.
fn to(query: &str) -> String {
    if query.is_empty() { "/search".to_owned() } else { address(query) }
}

fn narrowed(view: &View, state: &State, query: &str, facets: &Facets) -> Markup {
    let all = [
        ("degree", view.say("Degree", "学历"), &facets.degree),
        ("language", view.say("Language", "语言"), &facets.language),
        ("field", view.say("Sent for", "投递领域"), &facets.field),
        ("year", view.say("Year", "年份"), &facets.year),
    ];
    html! {
        @for (facet, name, counts) in all {
            @if !counts.is_empty() {
                section.card.facet {
                    h2 { (name) }
                    @let values = in_order(facet, counts);
                    @let (first, more) = values.split_at(values.len().min(N_VALUES));
                    (values_of(view, state, query, facet, first))
                    @if !more.is_empty() {
                        details {
                            summary { (view.say(format!("{} more", more.len()), format!("其余 {} 项", more.len()))) }
                            (values_of(view, state, query, facet, more))
                        }
                    }
                }
            }
        }
    }
}

/// Degrees from high to low, years from new to old, all else by how many there are.
fn in_order<'a>(facet: &str, counts: &'a BTreeMap<String, u64>) -> Vec<(&'a str, u64)> {
    let mut values: Vec<_> = counts.iter().map(|(value, count)| (value.as_str(), *count)).collect();
    values.sort_by_key(|&(value, count)| match facet {
        "degree" => Reverse(degree(value).map_or(0, |degree| degree as u64 + 1)),
        "year" => Reverse(value.parse().unwrap_or_default()),
        _ => Reverse(count),
    });
    values
}

fn values_of(view: &View, state: &State, query: &str, facet: &'static str, values: &[(&str, u64)]) -> Markup {
    let active = clause::of(query);
    html! {
        ul.plain { @for &(code, count) in values {
            @let chosen = active.iter().find(|clause| clause.facet == facet && clause.value == code);
            @let next = chosen.map_or_else(|| clause::with(query, facet, code), |chosen| clause::without(query, chosen));
            li { a href=(to(&next)) aria-current=[chosen.is_some().then_some("true")] {
                span { (value(view, state, facet, code)) }
                span.soft { (words::count(count)) }
            } }
        } }
    }
}

/// What a value of a facet is called.
fn value(view: &View, state: &State, facet: &str, code: &str) -> String {
    match (facet, code) {
        ("degree", _) => degree(code).map_or(code, |degree| words::degree(view, degree)).to_owned(),
        ("language", "chinese") => view.say("Chinese", "中文").to_owned(),
        ("language", "english") => view.say("English", "英文").to_owned(),
        ("language", "mixed") => view.say("both", "中英文").to_owned(),
        ("language", "unknown") => view.say("unknown", "未知").to_owned(),
        ("field", "any") => view.say("no field named", "未指定领域").to_owned(),
        ("field", _) => field_name(view, state, code).to_owned(),
        _ => code.to_owned(),
    }
}

/// The degree that a query calls so.
fn degree(code: &str) -> Option<Degree> {
    Some(match code {
        "secondary" => Degree::Secondary,
        "associate" => Degree::Associate,
        "bachelor" => Degree::Bachelor,
        "master" => Degree::Master,
        "doctor" => Degree::Doctor,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_marked_where_it_stands() {
        let shown = |text: &str, places: &[(u32, u32)]| marked(text, places).into_string();
        assert_eq!(
            shown("从事固态电池 & 研发", &[(2, 6), (9, 11)]),
            "从事<mark>固态电池</mark> &amp; <mark>研发</mark>"
        );
        assert_eq!(shown("<b>", &[]), "&lt;b&gt;");
        assert_eq!(shown("ab", &[(1, 9)]), "a<mark>b</mark>");
    }

    #[test]
    fn facets_stand_in_an_order_that_says_something() {
        let counts = |values: &[(&str, u64)]| {
            values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect::<BTreeMap<_, _>>()
        };
        let order = |facet: &str, values: &[(&str, u64)]| -> Vec<String> {
            in_order(facet, &counts(values)).into_iter().map(|(value, _)| value.to_owned()).collect()
        };
        assert_eq!(
            order("degree", &[("bachelor", 9), ("doctor", 1), ("master", 4)]),
            ["doctor", "master", "bachelor"]
        );
        assert_eq!(order("year", &[("2024", 9), ("999", 1), ("2026", 4)]), ["2026", "2024", "999"]);
        assert_eq!(order("field", &[("any", 2), ("finance", 7)]), ["finance", "any"]);
    }
}
