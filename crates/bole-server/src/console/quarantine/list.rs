use axum::extract::State as Shared;
use axum::response::Response;
use bole_core::{Ledger, LedgerLine, Reason, SubmissionId};
use bole_engine::SubmissionRecord;
use maud::{Markup, html};

use super::outcome::Outcome;
use super::{Wanted, address};
use crate::State;
use crate::access::AsOps;
use crate::console::form::Fields;
use crate::console::frame::{self, Room, token};
use crate::console::session::View;
use crate::console::words;
use crate::cursor;
use crate::problem::Problem;

const N_PAGE: u32 = 50;
/// Longer ids are cut; their page has them whole.
const N_ID: usize = 20;

pub(super) async fn page(
    _caller: AsOps,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (wanted, outcome) = (Wanted::read(&fields)?, Outcome::read(&fields)?);
    let after = fields.get("cursor").map(cursor::read::<SubmissionId>).transpose()?;
    let engine = &state.server.engine;
    let ledger = bole_engine::ledger(engine).await?;
    let records = bole_engine::quarantined(engine, &wanted.filter(), after.as_ref(), N_PAGE).await?;
    let next = records.last().filter(|_| records.len() == N_PAGE as usize);
    let next = next.and_then(|last| cursor::write(&last.submission));
    let listed = Listed { wanted, ledger, records, is_first: after.is_none(), next };
    let n_all = words::count(listed.ledger.total().n_quarantined());
    let title = view.say(format!("Quarantine · {n_all}"), format!("隔离区 · {n_all}"));
    let body = html! {
        div #trouble {}
        div.title {
            h1 { (view.say("Quarantine", "隔离区")) }
            p.soft { (view.say(format!("{n_all} set aside"), format!("共 {n_all} 份"))) }
        }
        @if let Some(outcome) = outcome { (outcome.told(&view)) }
        (listed.filters(&view))
        @if listed.records.is_empty() { (listed.empty(&view)) } @else { (listed.form(&view)) }
    };
    Ok(frame::page(&view, Room::Quarantine, &title, &body))
}

struct Listed {
    wanted: Wanted,
    ledger: Ledger,
    records: Vec<SubmissionRecord>,
    is_first: bool,
    next: Option<String>,
}

impl Listed {
    /// The portal that is looked at, or all.
    fn line(&self) -> LedgerLine {
        match &self.wanted.portal {
            Some(portal) => self.ledger.portals.get(portal.as_str()).cloned().unwrap_or_default(),
            None => self.ledger.total(),
        }
    }

    /// How many the filter lets through.
    fn n_found(&self) -> u64 {
        let line = self.line();
        match self.wanted.reason {
            Some(reason) => line.quarantined.get(&reason).copied().unwrap_or_default(),
            None => line.n_quarantined(),
        }
    }

    fn filters(&self, view: &View) -> Markup {
        let line = self.line();
        let mut reasons = line.quarantined;
        // What is chosen is shown, of nothing too.
        reasons.extend(self.wanted.reason.filter(|_| self.n_found() == 0).map(|reason| (reason, 0)));
        reasons.retain(|reason, n| *n > 0 || self.wanted.reason == Some(*reason));
        let n_all: u64 = reasons.values().sum();
        let chosen = self.wanted.portal.as_ref().map(bole_core::Portal::as_str);
        let portals = self
            .ledger
            .portals
            .iter()
            .filter(|(name, line)| line.n_quarantined() > 0 || chosen == Some(name.as_str()));
        html! {
            div.sieve {
                form.row method="get" action="/quarantine" {
                    @if let Some(reason) = self.wanted.reason { input type="hidden" name="reason" value=(reason.code()); }
                    label for="portal" { (view.say("Portal", "门户")) }
                    select #portal name="portal" data-submits data-search {
                        option value="" selected[chosen.is_none()] { (view.say("all portals", "全部门户")) }
                        @for (name, line) in portals {
                            option value=(name) selected[chosen == Some(name.as_str())] {
                                (name) " (" (words::count(line.n_quarantined())) ")"
                            }
                        }
                    }
                    button.without-script type="submit" { (view.say("Show", "显示")) }
                }
                nav.row.reasons aria-label=(view.say("Reasons", "原因")) {
                    (self.chip(view.say("all reasons", "全部原因"), None, n_all))
                    @for (reason, n) in reasons { (self.chip(words::reason(view, reason), Some(reason), n)) }
                }
            }
        }
    }

    fn chip(&self, name: &str, reason: Option<Reason>, n: u64) -> Markup {
        let there = Wanted { reason, ..self.wanted.clone() }.address();
        let is_here = self.wanted.reason == reason;
        html! {
            a.chip.level[is_here] href=(there) aria-current=[is_here.then_some("true")] {
                (name) " " b { (words::count(n)) }
            }
        }
    }

    fn empty(&self, view: &View) -> Markup {
        let is_filtered = self.wanted != Wanted::default();
        html! {
            div.card.empty {
                @if !self.is_first {
                    h2 { (view.say("The list ends here", "列表到此为止")) }
                    p { a href=(self.wanted.address()) { (view.say("To its beginning", "回到开头")) } }
                } @else if is_filtered {
                    h2 { (view.say("Nothing in quarantine that this filter shows", "筛选结果为空")) }
                    p { a href="/quarantine" { (view.say("Show all", "显示全部")) } }
                } @else {
                    h2 { (view.say("Nothing is in quarantine", "隔离区为空")) }
                    p {
                        (view.say(
                            "What cannot be read is set aside here, with the reason and what to do about it.",
                            "无法读取的投递会放到这里，并注明原因与处理办法。",
                        ))
                    }
                }
            }
        }
    }

    fn form(&self, view: &View) -> Markup {
        let n_found = words::count(self.n_found());
        let sure = view.say(
            "Discard for good what is chosen? Only the portal can send it again.",
            "确定永久放弃所选投递？之后只能由门户重新发送。",
        );
        html! {
            form.card.set-aside method="post" action="/quarantine/do" {
                (token(view))
                @if let Some(portal) = &self.wanted.portal { input type="hidden" name="portal" value=(portal); }
                @if let Some(reason) = self.wanted.reason { input type="hidden" name="reason" value=(reason.code()); }
                div.row.doing {
                    button type="submit" name="do" value="replay" { (view.say("Replay", "重放")) }
                    button.danger type="submit" name="do" value="discard" data-sure=(sure) { (view.say("Discard", "放弃")) }
                    label.row.all for="all" {
                        input #all type="checkbox" name="all" value="yes";
                        (view.say(
                            format!("all {n_found} that are shown by the filter, not only those ticked"),
                            format!("筛选出的全部 {n_found} 份，而不仅是勾选的"),
                        ))
                    }
                }
                (self.table(view))
            }
            (self.turn(view))
        }
    }

    fn table(&self, view: &View) -> Markup {
        html! {
            div.scroll tabindex="0" role="region" aria-label=(view.say("Submissions in quarantine", "隔离区的投递")) {
                table {
                    thead {
                        tr {
                            th scope="col" { span.hidden-text { (view.say("choose", "选择")) } }
                            th scope="col" { (view.say("submission", "投递")) }
                            th scope="col" { (view.say("why, and what to do", "原因与处理办法")) }
                            th scope="col" { (view.say("detail", "详情")) }
                            th scope="col" { (view.say("since", "时间")) }
                            th.number scope="col" { (view.say("attempt", "次数")) }
                        }
                    }
                    tbody { @for record in &self.records { (row(view, record)) } }
                }
            }
        }
    }

    fn turn(&self, view: &View) -> Markup {
        html! {
            @if !self.is_first || self.next.is_some() {
                nav.row.turn aria-label=(view.say("Pages", "分页")) {
                    @if !self.is_first {
                        a.button href=(self.wanted.address()) { (view.say("« To the beginning", "« 回到开头")) }
                    }
                    @if let Some(next) = &self.next {
                        @let query = self.wanted.query();
                        @let and = if query.is_empty() { "" } else { "&" };
                        a.button href=(format!("/quarantine?{query}{and}cursor={next}")) { (view.say("Next »", "下一页 »")) }
                    }
                }
            }
        }
    }
}

fn row(view: &View, record: &SubmissionRecord) -> Markup {
    let id = record.submission.to_string();
    let name = record.submission.message_id.as_str();
    let short: String = name.chars().take(N_ID).collect();
    let is_cut = short.len() < name.len();
    html! {
        tr data-row {
            td.tick {
                input type="checkbox" name="submission" value=(id) aria-label=(view.say(format!("choose {id}"), format!("选择 {id}")));
            }
            th scope="row" {
                a.code href=(address(&record.submission)) title=[is_cut.then_some(name)] { (short) @if is_cut { "…" } }
                br;
                span.soft.small { (record.submission.portal) }
            }
            td.why {
                strong { (words::reason(view, record.reason)) }
                br;
                span.soft { (words::advice(view, record.reason)) }
            }
            td.detail lang="en" { (record.detail.as_deref().unwrap_or_default()) }
            td.when { (words::moment(record.changed_at)) }
            td.number { (record.attempt.0) }
        }
    }
}
