//! The right column: the ranking.

use std::collections::BTreeMap;

use bole_core::{Choice, DocumentId, Shortlist};
use bole_engine::MatchReport;
use maud::{Markup, html};

use super::asked::LIMIT;
use super::sift::filter_name;
use super::{Desk, census, decided, person, shortlists};
use crate::console::frame;
use crate::console::session::encoded;
use crate::console::wanted::{GATE, WEIGHT};
use crate::console::words::count;
use crate::problem::Problem;
use crate::recruiters::exports::Format;

/// A page of a ranking with what is shown beside it.
pub(super) struct Ranking {
    report: MatchReport,
    /// Whether a page comes after it.
    has_more: bool,
    decided: BTreeMap<DocumentId, Choice>,
    lists: Vec<Shortlist>,
}

impl Ranking {
    pub(super) async fn of(desk: &Desk<'_>, report: MatchReport, has_more: bool) -> Result<Self, Problem> {
        let resumes: Vec<_> = report.results.iter().map(|placed| placed.resume).collect();
        let (decided, lists) = tokio::try_join!(
            decided(desk.state, &report.profile, &resumes, &desk.caller.scope),
            shortlists(desk.state, desk.caller, &report)
        )?;
        Ok(Self { report, has_more, decided, lists })
    }

    pub(super) fn shown(&self, desk: &Desk<'_>) -> Markup {
        let Self { report, .. } = self;
        html! {
            section #ranking aria-label=(desk.view.say("Ranking", "排名")) {
                div #trouble {}
                @if report.census.people == 0 {
                    (nobody_yet(desk))
                } @else {
                    div.card.over {
                        (self.head(desk))
                        (chips(desk))
                        (census::shown(desk, &report.census, &report.run))
                    }
                    @if desk.asked.run.is_some() { (replayed(desk, &report.run)) }
                    @if report.results.is_empty() { (nobody(desk, report)) } @else { (self.list(desk)) }
                }
            }
        }
    }

    fn head(&self, desk: &Desk<'_>) -> Markup {
        let (view, report) = (desk.view, &self.report);
        let (ranked, people) = (count(report.census.ranked), count(report.census.people));
        let name = desk
            .profile
            .map_or(report.profile.as_str(), |profile| desk.named(profile.name_zh(), profile.name_en()));
        let run = desk.asked.address(Some(&report.run), 0);
        html! {
            div.title {
                h2 { (name) }
                p.tally { b { (ranked) } " " (view.say("ranked of", "人入列，共")) " " (people) " " (view.say("people", "人")) }
                p.soft.small { (view.say("Run", "记录")) " " a.code href=(run) { (report.run) } }
                div.exports.row {
                    span.soft.small { (view.say("Export", "导出")) }
                    @for format in Format::ALL {
                        a.button href=(format!("/matches/export?run={}&format={}", encoded(&report.run), format.code())) download {
                            (format_name(format))
                        }
                    }
                }
            }
        }
    }

    /// The list, in the form that compares and puts on shortlists.
    fn list(&self, desk: &Desk<'_>) -> Markup {
        let (view, report) = (desk.view, &self.report);
        let asked = desk.asked;
        html! {
            form #chosen method="post" action="/compare" autocomplete="off" {
                (frame::token(view))
                input type="hidden" name="profile" value=(asked.wanted.profile);
                @for (group, weight) in &asked.wanted.overrides.weights {
                    input type="hidden" name=(format!("{WEIGHT}{group}")) value=(weight);
                }
                @for gate in &asked.wanted.overrides.gates {
                    input type="hidden" name=(GATE) value=(String::from(gate.clone()));
                }
                input type="hidden" name="run" value=(report.run);
                input type="hidden" name="back" value=(asked.address(asked.run.as_deref(), asked.from));
                ol.plain.people start=(asked.from + 1) {
                    @for placed in &report.results {
                        (person::card(desk, &report.run, placed, self.decided.get(&placed.resume).copied()))
                    }
                }
                (self.pages(desk))
                (self.chosen(desk))
            }
        }
    }

    fn pages(&self, desk: &Desk<'_>) -> Markup {
        let (view, asked, report) = (desk.view, desk.asked, &self.report);
        let (from, to) = (asked.from, asked.from + report.results.len());
        let shown = usize::try_from(report.census.ranked).unwrap_or(usize::MAX);
        html! {
            nav.pages.row aria-label=(view.say("Pages", "翻页")) {
                @if from > 0 {
                    a.button href=(asked.address(Some(&report.run), from.saturating_sub(LIMIT))) rel="prev" { (view.say("← Previous", "← 上一页")) }
                }
                span.soft { (from + 1) "–" (to) " / " (count(report.census.ranked)) }
                @if self.has_more {
                    a.button href=(asked.address(Some(&report.run), to)) rel="next" { (view.say("Next →", "下一页 →")) }
                } @else if to < shown {
                    span.soft.small {
                        (view.say(
                            "Here ends what a ranking of the console names. The API names up to 10,000; a filter brings others up.",
                            "控制台的排名到此为止。API 最多给出前 10,000 名；也可用筛选查看其他人。",
                        ))
                    }
                }
            }
        }
    }

    /// What can be done with those who are chosen.
    fn chosen(&self, desk: &Desk<'_>) -> Markup {
        let view = desk.view;
        html! {
            div.chosen.row role="group" aria-label=(view.say("With who is chosen", "对所选人选")) {
                span.n-chosen { (view.say("chosen", "已选")) " " }
                button.main.two-to-four type="submit" formaction="/compare" { (view.say("Compare", "对比")) }
                span.soft.small.compare-help { (view.say("Compare two to four", "可对比二至四人")) }
                span.lists.row {
                    @if self.lists.is_empty() {
                        a href="/shortlists" { (view.say("Make a shortlist to put people on", "新建候选名单后可加入")) }
                    } @else {
                        label for="shortlist" { (view.say("Shortlist", "候选名单")) }
                        select #shortlist name="shortlist" {
                            @for list in &self.lists { option value=(list.id) { (list.name) } }
                        }
                        button type="submit" formaction="/shortlists/add" { (view.say("Put on it", "加入")) }
                    }
                }
            }
        }
    }
}

/// What is asked besides the profile; each can be taken back.
fn chips(desk: &Desk<'_>) -> Markup {
    let (view, asked) = (desk.view, desk.asked);
    let wanted = &asked.wanted;
    let chip = |href: String, text: &str| {
        html! {
            li { a.chip href=(href) { bdi { (text) } span aria-hidden="true" { "×" } span.hidden-text { (view.say("take back", "移除")) } } }
        }
    };
    let (weights, gates) = (wanted.overrides.weights.len(), wanted.overrides.gates.len());
    html! {
        @if weights + gates + wanted.filters.len() > 0 {
            ul.plain.chips aria-label=(view.say("Asked for besides", "已设条件")) {
                @for filter in &wanted.filters { (chip(asked.without_filter(filter), &filter_name(desk, filter))) }
                @if weights > 0 {
                    (chip(asked.without(true, false), &view.say(format!("weights changed: {weights}"), format!("已改 {weights} 项权重"))))
                }
                @if gates > 0 {
                    (chip(asked.without(false, true), &view.say(format!("must-haves changed: {gates}"), format!("已改 {gates} 项必备条件"))))
                }
            }
        }
    }
}

/// That the ranking is one of before.
fn replayed(desk: &Desk<'_>, run: &str) -> Markup {
    let (view, asked) = (desk.view, desk.asked);
    html! {
        div.notice.replayed {
            p {
                (view.say("This is run", "这是排名记录")) " " span.code { (run) } " "
                (view.say("as it was made; what came later is not in it.", "当时的结果，不含此后的变化。")) " "
                a href=(asked.address(None, 0)) { (view.say("Rank anew", "重新排名")) }
            }
            @if !asked.fits {
                p { (view.say(
                    "It was made with other weights or must-haves than the form shows.",
                    "其权重或必备条件与左侧表单不同。",
                )) }
            }
        }
    }
}

/// Nobody passes, or the page is beyond the end.
fn nobody(desk: &Desk<'_>, report: &MatchReport) -> Markup {
    let (view, asked) = (desk.view, desk.asked);
    html! {
        div.card.empty {
            @if report.census.ranked == 0 {
                h2 { (view.say("Nobody passes", "没有符合条件的人")) }
                p { (view.say(
                    "The bar above says where everybody went. Take a filter or a must-have back.",
                    "上方的统计说明了每个人的去向。请移除部分筛选或必备条件。",
                )) }
                p { a.button href=(format!("/matches?profile={}", encoded(&asked.wanted.profile))) { (view.say("The profile alone", "仅按画像排名")) } }
            } @else {
                h2 { (view.say("The list ends before this page", "此页已超出列表")) }
                p { a.button href=(asked.address(Some(&report.run), 0)) { (view.say("To its start", "回到开头")) } }
            }
        }
    }
}

/// An installation without a resume.
fn nobody_yet(desk: &Desk<'_>) -> Markup {
    let view = desk.view;
    html! {
        div.card.empty {
            h2 { (view.say("No resumes yet", "还没有简历")) }
            p { (view.say("Send a folder of them from this machine, or let a portal send them:", "从本机导入一个文件夹，或由门户发送：")) }
            p { code { "bole ingest FOLDER" } }
            p { (view.say("They are ranked here as soon as they are read.", "读取后即在此排名。")) }
        }
    }
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Csv => "CSV",
        Format::Xlsx => "XLSX",
        Format::Jsonl => "JSON Lines",
        Format::JsonResume => "JSON Resume",
    }
}
