use axum::extract::State as Shared;
use axum::response::Response;
use bole_engine::{Mistake, RankingProfile};
use maud::{Markup, html};

use super::super::form::{Fields, Posted};
use super::super::frame::{Room, page, token};
use super::super::named::field_name;
use super::super::session::View;
use super::{changes, outline};
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::Problem;
use crate::recruiters::profiles;

/// What messages call the text.
pub(super) const NAME: &str = "profile";

/// An empty form, or one with the profile `profile`.
pub(super) async fn form(
    caller: AsRecruiter,
    view: View,
    Shared(state): Shared<State>,
    fields: Fields,
) -> Result<Response, Problem> {
    let toml = match fields.get("profile") {
        Some(name) => profiles::shown(&state, &caller, name)?.toml,
        None => String::new(),
    };
    Ok(told(&view, &state, &caller, &toml, None))
}

/// Is this profile right, and what does it ask for?
pub(super) async fn answer(
    caller: AsRecruiter,
    view: View,
    Shared(state): Shared<State>,
    Posted(fields): Posted,
) -> Response {
    let toml = text_of(&fields, "toml");
    let checked = state.server.engine.knowledge().parse_profile(NAME, &toml);
    told(&view, &state, &caller, &toml, Some(&checked))
}

/// The lines of a text in a form, which browsers send with ends of their own: a file that is not changed keeps its hash.
pub(super) fn text_of(fields: &Fields, name: &str) -> String {
    let lines = fields.get(name).unwrap_or_default().lines();
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The form with the text, and what came of it.
pub(super) fn told(
    view: &View,
    state: &State,
    caller: &AsRecruiter,
    toml: &str,
    checked: Option<&Result<RankingProfile, Vec<Mistake>>>,
) -> Response {
    let title = view.say("Check a profile", "检查画像文件");
    let body = html! {
        div.title {
            h1 { (title) }
            p.soft { (view.say(
                "Nothing is changed here: administrators put profiles into the configuration.",
                "此处不会更改任何配置：画像由管理员放入配置目录。",
            )) }
        }
        div.both {
            (editor(view, toml))
            div #checked aria-live="polite" {
                @match checked {
                    None => { div.card.empty {
                        h2 { (view.say("Paste a profile", "粘贴画像文件")) }
                        p { (view.say(
                            "You are told every mistake by its line, what it asks for, and what it changes against the one in force.",
                            "将逐行指出全部错误，并列出其要求以及与当前画像的差异。",
                        )) }
                    } }
                    Some(Err(mistakes)) => { (wrong(view, mistakes)) }
                    Some(Ok(profile)) => { (right(view, state, caller, profile)) }
                }
            }
        }
    };
    page(view, Room::Profiles, title, &body)
}

/// The text of a profile, to be changed, checked and ranked by.
pub(super) fn editor(view: &View, toml: &str) -> Markup {
    html! {
        form.card.stack method="post" action="/profiles/check" {
            (token(view))
            label for="toml" { (view.say("The profile, as TOML", "画像（TOML）")) }
            textarea.file #toml name="toml" required spellcheck="false" autocomplete="off" wrap="off" rows="34" { "\n" (toml) }
            div.row {
                button.main type="submit" { (view.say("Check", "检查")) }
                button type="submit" formaction="/profiles/rank" { (view.say("Rank by it", "按此匹配")) }
            }
        }
    }
}

fn wrong(view: &View, mistakes: &[Mistake]) -> Markup {
    let number = mistakes.len();
    html! {
        section.notice.bad role="alert" {
            h2 { (view.say(
                if number == 1 { "1 mistake".to_owned() } else { format!("{number} mistakes") },
                format!("{number} 处错误"),
            )) }
            ol.mistakes { @for mistake in mistakes {
                li {
                    span.soft { @match mistake.line {
                        Some(line) => { (view.say(format!("line {line}"), format!("第 {line} 行"))) }
                        None => { (view.say("whole file", "整个文件")) }
                    } }
                    div lang="en" {
                        @if !mistake.key.is_empty() { code { (mistake.key) } " " }
                        (mistake.message)
                        div.soft { (mistake.hint) }
                    }
                }
            } }
        }
    }
}

fn right(view: &View, state: &State, caller: &AsRecruiter, profile: &RankingProfile) -> Markup {
    let knowledge = state.server.engine.knowledge();
    let outline = knowledge.outline(profile);
    // The one that it would take the place of, or else that of its field.
    let known = knowledge.profiles();
    let in_force = known.get(profile.id()).or_else(|| known.get(&profile.field().0));
    let in_force = in_force.filter(|known| caller.scope.has(known.field()));
    html! {
        p.notice.good role="status" {
            strong { (view.say("It is right.", "没有错误。")) } " "
            (view.say(&outline.name_en, &outline.name_zh)) " · "
            (view.say("field", "领域")) " " (field_name(view, state, &outline.field.0)) " · "
            span.code { (outline.id) "@" (outline::short(&outline.hash)) }
        }
        @if let Some(in_force) = in_force {
            section.card {
                h2 {
                    (view.say("What it changes against ", "与当前画像的差异：")) (view.say(in_force.name_en(), in_force.name_zh()))
                    @if in_force.id() == outline.id { (view.say(" as in force", "")) }
                }
                (changes::between(view, state, in_force, profile))
            }
        }
        (outline::whole(view, state, &outline))
    }
}
