//! Whether the burst is being held: one look tells.

mod chart;
mod portals;

use std::sync::Arc;

use axum::Router;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use bole_engine::{Course, Pace, Sample, Stage, StageTime, sample_now};
use jiff::Timestamp;
use maud::{Markup, html};

use super::frame::{self, Room};
use super::session::View;
use super::words;
use crate::State;
use crate::access::AsOps;
use crate::problem::Problem;

pub(super) fn routes() -> Router<State> {
    Router::new().route("/burst", get(page)).route("/burst/now", get(now))
}

async fn page(_caller: AsOps, view: View, Shared(state): Shared<State>) -> Result<Response, Problem> {
    let shown = Shown::of(&state).await?;
    let body = html! {
        (shown.body(&view))
        p.without-script { a href="/burst" { (view.say("Look again", "刷新")) } }
    };
    Ok(frame::page(&view, Room::Burst, &shown.title(&view), &body))
}

/// What changes of it, every second.
async fn now(_caller: AsOps, view: View, Shared(state): Shared<State>) -> Result<Response, Problem> {
    let shown = Shown::of(&state).await?;
    let title = shown.title(&view);
    Ok(frame::part(&html! { title { (title) " · Bole 伯乐" } (shown.body(&view)) }))
}

/// What the page shows.
struct Shown {
    course: Course,
    sample: Arc<Sample>,
    standing: Pace,
    stages: Vec<StageTime>,
    now: Timestamp,
}

impl Shown {
    async fn of(state: &State) -> Result<Self, Problem> {
        let course = state.live.look();
        let sample = match &course.latest {
            Some(sample) => sample.clone(),
            // Nobody watched until now.
            None => Arc::new(sample_now(&state.server.engine).await?),
        };
        let now = Timestamp::now();
        let standing = Pace::of(&course, &sample, now);
        Ok(Self { course, standing, stages: state.server.metrics.stages(), sample, now })
    }

    /// It carries the backlog, to be seen in a tab behind others.
    fn title(&self, view: &View) -> String {
        let n_waiting = words::count(self.sample.total.queued);
        let name = view.say("Burst", "流量");
        match self.standing {
            Pace::Broken | Pace::Unknown { .. } | Pace::Still { .. } => {
                format!("⚠ {n_waiting} · {name}")
            }
            _ => format!("{n_waiting} · {name}"),
        }
    }

    fn body(&self, view: &View) -> Markup {
        html! {
            div #burst hx-get="/burst/now" hx-trigger="every 1s" hx-swap="outerMorph" hx-status:5xx="swap:none" data-polls {
                div #trouble {}
                div.title {
                    h1 { (view.say("Burst", "流量")) }
                    p.soft.small { (view.say("as of ", "截至 ")) (words::moment(self.sample.at)) }
                }
                (self.status(view))
                (self.rates(view))
                (self.followers(view))
                (portals::table(view, &self.sample))
                (self.stage_times(view))
            }
        }
    }

    fn status(&self, view: &View) -> Markup {
        let Sample { total, drain_s, .. } = &*self.sample;
        let waiting = words::count(total.queued);
        let long = |since: std::time::Duration| words::span(view, since.as_secs_f64());
        let drained = drain_s.map(|seconds| words::span(view, seconds));
        let (kind, sign, word, more) = match self.standing {
            Pace::Broken => (
                "bad",
                "✕",
                view.say("The ledger does not add up", "账目不平"),
                view.say("Report this; the row that is wrong is marked below.", "请立即上报；下表已标出出错的行。").to_owned(),
            ),
            Pace::Unknown { since } => (
                "bad",
                "✕",
                view.say("No numbers come", "没有数据"),
                view.say(
                    format!("for {}: the database or the broker does not answer. What you see is old.", long(since)),
                    format!("已 {}：数据库或消息队列没有响应，以下为旧数据。", long(since)),
                ),
            ),
            Pace::Still { since } => (
                "bad",
                "✕",
                view.say("Standing still", "停滞"),
                view.say(
                    format!("for {}: {waiting} wait and none is decided. Look at the workers and at paused portals.", long(since)),
                    format!("已 {}：{waiting} 份等待，无一完成。请检查工作进程与已暂停的门户。", long(since)),
                ),
            ),
            Pace::Growing => (
                "warn",
                "▲",
                view.say("Growing", "积压增长"),
                match drained {
                    Some(drained) => view.say(
                        format!("{waiting} wait, {drained} to drain if nothing more came."),
                        format!("{waiting} 份等待；若不再有新到达，需 {drained} 处理完。"),
                    ),
                    None => view.say(format!("{waiting} wait."), format!("{waiting} 份等待。")),
                },
            ),
            Pace::Measuring => (
                "plain",
                "…",
                view.say("Measuring", "测量中"),
                view.say(
                    format!("{waiting} in flight; how it goes is known within ten seconds."),
                    format!("{waiting} 份处理中；十秒内可知进展。"),
                ),
            ),
            Pace::Held => (
                "good",
                "✓",
                view.say("Held: completions keep up", "平稳：完成跟得上到达"),
                match drained {
                    Some(drained) => view.say(
                        format!("{waiting} in flight, {drained} to drain."),
                        format!("{waiting} 份处理中，{drained} 可处理完。"),
                    ),
                    None => view.say(format!("{waiting} in flight."), format!("{waiting} 份处理中。")),
                },
            ),
            Pace::Idle => (
                "good",
                "✓",
                view.say("Nothing waits", "没有等待"),
                view.say(
                    "All that was received is decided.".to_owned(),
                    "收到的全部已有结果。".to_owned(),
                ),
            ),
        };
        html! {
            div.standing.(kind) {
                span.sign aria-hidden="true" { (sign) }
                p {
                    // What is read out changes with the standing, and not with every number.
                    strong role="status" { (word) }
                    " " span { (more) }
                }
            }
        }
    }

    fn rates(&self, view: &View) -> Markup {
        let Sample { total, arrivals_per_s, completions_per_s, oldest_waiting_s, drain_s, .. } =
            &*self.sample;
        let unknown = || "–".to_owned();
        let oldest = match oldest_waiting_s {
            Some(seconds) => {
                let age = words::span(view, *seconds);
                view.say(format!("the oldest waits for {age}"), format!("最早的已等待 {age}"))
            }
            None => view.say("none waits", "无等待").to_owned(),
        };
        let drain = drain_s.map_or_else(unknown, |seconds| {
            if total.queued == 0 { view.say("0 s", "0 秒").to_owned() } else { words::span(view, seconds) }
        });
        html! {
            section.card.flow aria-labelledby="flow" {
                h2 #flow.hidden-text { (view.say("Arrivals and completions", "到达与完成")) }
                dl.tiles {
                    (tile(
                        &html! { span.key.arrivals {} (view.say("arrivals a second", "每秒到达")) },
                        &arrivals_per_s.map_or_else(unknown, rate), view.say("over ten seconds", "十秒均值"),
                    ))
                    (tile(
                        &html! { span.key.completions {} (view.say("completions a second", "每秒完成")) },
                        &completions_per_s.map_or_else(unknown, rate), view.say("over ten seconds", "十秒均值"),
                    ))
                    (tile(&html! { (view.say("in flight", "处理中")) }, &words::count(total.queued), &oldest))
                    (tile(
                        &html! { (view.say("to drain", "处理完需")) }, &drain,
                        view.say("at the rate of now", "按当前速率"),
                    ))
                }
                (chart::chart(view, &self.course, self.now))
            }
        }
    }

    /// What comes before and after the decisions.
    fn followers(&self, view: &View) -> Markup {
        let Sample { n_in_queue, n_searchable, index_lag, receipts_lag, .. } = &*self.sample;
        let behind = |lag: u64| match lag {
            0 => view.say("up to date", "已同步").to_owned(),
            _ => view.say(format!("{} behind", words::count(lag)), format!("落后 {}", words::count(lag))),
        };
        let (receipts, about) = match receipts_lag {
            Some(lag) => (behind(*lag), view.say("of the change log", "相对变更日志")),
            None => {
                ("–".to_owned(), view.say("no broker: portals ask by HTTP", "无消息队列：门户通过 HTTP 查询"))
            }
        };
        html! {
            dl.tiles.small-tiles.card {
                (tile(&html! { (view.say("in the queue", "队列中的消息")) }, &words::count(*n_in_queue), view.say("with no worker yet", "尚无进程领取")))
                (tile(&html! { (view.say("searchable", "可搜索")) }, &words::count(*n_searchable), view.say("resumes", "份简历")))
                (tile(&html! { (view.say("search index", "搜索索引")) }, &behind(*index_lag), view.say("of the change log", "相对变更日志")))
                (tile(&html! { (view.say("receipts to portals", "门户回执")) }, &receipts, about))
            }
        }
    }

    fn stage_times(&self, view: &View) -> Markup {
        html! {
            section.card aria-labelledby="stages" {
                h2 #stages { (view.say("Stages of this process", "本进程各阶段耗时")) }
                @if self.stages.is_empty() {
                    p.soft {
                        (view.say(
                            "Nothing went through this process since it began. Workers that run apart tell theirs at their own /metrics.",
                            "本进程启动以来没有处理过简历。独立运行的工作进程请看各自的 /metrics。",
                        ))
                    }
                } @else {
                    div.scroll tabindex="0" role="region" aria-label=(view.say("Times by stage", "各阶段时间")) {
                        table.ledger {
                            thead {
                                tr {
                                    th scope="col" { (view.say("stage", "阶段")) }
                                    th.number scope="col" { (view.say("went through", "次数")) }
                                    th.number scope="col" { (view.say("mean", "平均")) }
                                    th.number scope="col" { "p50" }
                                    th.number scope="col" { "p95" }
                                }
                            }
                            tbody { @for time in &self.stages { (stage_row(view, time)) } }
                        }
                    }
                    p.soft.small.under {
                        (view.say(
                            "Since this process began, for what it did itself; p50 and p95 are right within a quarter. Workers that run apart tell theirs at their own /metrics.",
                            "自本进程启动起，仅限其自身；p50 与 p95 误差在四分之一以内。独立运行的工作进程请看各自的 /metrics。",
                        ))
                    }
                }
            }
        }
    }
}

fn tile(name: &Markup, value: &str, more: &str) -> Markup {
    html! {
        div {
            dt { (name) }
            dd.value { (value) }
            dd.small.soft { (more) }
        }
    }
}

fn stage_row(view: &View, time: &StageTime) -> Markup {
    let (name, is_within) = stage_name(view, time.stage);
    let ms = |time: std::time::Duration| {
        let ms = time.as_secs_f64() * 1e3;
        match ms {
            _ if ms < 10.0 => format!("{ms:.2} ms"),
            _ if ms < 1000.0 => format!("{ms:.0} ms"),
            _ => format!("{:.1} s", ms / 1e3),
        }
    };
    html! {
        tr {
            th.within[is_within] scope="row" { (name) }
            td.number { (words::count(time.n)) }
            td.number { (ms(time.mean)) }
            td.number { (ms(time.median)) }
            td.number { (ms(time.p95)) }
        }
    }
}

/// What a stage is called, and whether it is a part of reading.
fn stage_name(view: &View, stage: Stage) -> (&'static str, bool) {
    match stage {
        Stage::Known => (view.say("look whether it is known", "查重"), false),
        Stage::Read => (view.say("read, waiting for a reader included", "读取（含等待读取进程）"), false),
        Stage::Document => (view.say("the document", "解析文档"), true),
        Stage::Resume => (view.say("understand the resume", "理解简历"), true),
        Stage::Evidence => (view.say("collect evidence", "收集依据"), true),
        Stage::Encoding => (view.say("encode", "编码"), true),
        Stage::Batch => (view.say("wait for the commit", "等待提交"), false),
        Stage::Commit => (view.say("commit to the store", "写入数据库"), false),
        Stage::Acknowledge => (view.say("acknowledge to the queue", "向队列确认"), false),
        Stage::Index => (view.say("until it can be searched", "直到可搜索"), false),
    }
}

/// A rate, with a tenth where that tells something.
fn rate(per_s: f64) -> String {
    if per_s > 0.0 && per_s < 10.0 { format!("{per_s:.1}") } else { words::count(per_s.round() as u64) }
}
