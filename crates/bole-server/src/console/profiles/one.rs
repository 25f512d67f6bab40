use axum::extract::State as Shared;
use axum::response::Response;
use bole_engine::{ProfileVersion, profile_version};
use maud::{Markup, html};

use super::super::form::Fields;
use super::super::frame::{Room, page};
use super::super::named::field_name;
use super::super::session::{View, encoded};
use super::super::words;
use super::{changes, outline};
use crate::State;
use crate::access::AsRecruiter;
use crate::problem::Problem;
use crate::recruiters::profiles;
use crate::take::At;

/// A profile: what it asks for, how it was before, and its file.
pub(super) async fn show(
    caller: AsRecruiter,
    view: View,
    Shared(state): Shared<State>,
    At(name): At<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let shown = profiles::shown(&state, &caller, &name)?;
    let versions = profiles::kept(&state, &caller, &name).await?;
    let outline = &shown.outline;
    let compared = compared(&view, &state, &caller, &name, &fields).await?;
    let title = view.say(&outline.name_en, &outline.name_zh);
    let body = html! {
        div.title {
            h1 { (title) }
            p.soft {
                (view.say(&outline.name_zh, &outline.name_en)) " · "
                (view.say("field", "领域")) " " (field_name(&view, &state, &outline.field.0)) " · "
                span.code title=(outline.hash) { (outline.id) "@" (outline::short(&outline.hash)) }
            }
            div.row.end {
                a.button.main href={ "/matches?profile=" (encoded(&outline.id)) } { (view.say("Rank by it", "按此匹配")) }
                a.button href={ "/profiles/check?profile=" (encoded(&outline.id)) } { (view.say("Change a copy", "修改副本")) }
            }
        }
        (outline::whole(&view, &state, outline))
        (history(&view, &outline.id, &versions, &fields))
        @if let Some(compared) = compared { (compared) }
        details.card {
            summary { (view.say("The file", "画像文件")) }
            pre.file tabindex="0" aria-label=(view.say("The file", "画像文件")) { (shown.toml) }
        }
    };
    Ok(page(&view, Room::Profiles, title, &body))
}

/// The versions that are kept, the newest first, to be compared.
fn history(view: &View, id: &str, versions: &[ProfileVersion], fields: &Fields) -> Markup {
    let option = |version: &ProfileVersion| {
        let hash = outline::short(&version.hash);
        let kept = version.kept_at.map(|at| at.strftime("%F").to_string()).unwrap_or_default();
        let is_today = if version.in_force { view.say("in force", "当前") } else { "" };
        (version.hash.to_string(), format!("{hash} {kept} {is_today}").trim().to_owned())
    };
    let all: Vec<_> = versions.iter().rev().map(option).collect();
    // At first: what the profile in force changed of the one before, or of the last that somebody tried.
    let after = versions.iter().find(|version| version.in_force).or(versions.last());
    let before = versions.iter().rev().find(|version| after.is_none_or(|after| after.hash != version.hash));
    let [before, after] =
        [before, after].map(|version| version.map_or_else(String::new, |it| it.hash.to_string()));
    html! {
        section.card #versions {
            h2 { (view.say("Versions", "历史版本")) }
            @if versions.is_empty() {
                p.soft { (view.say("None is kept yet: one is when somebody is first ranked by it.", "尚无保存的版本：首次用其匹配时会保存。")) }
            } @else {
                div.scroll tabindex="0" role="region" aria-label=(view.say("Versions", "历史版本")) { table {
                    thead { tr {
                        th scope="col" { (view.say("Version", "版本")) }
                        th scope="col" { (view.say("First kept", "首次保存")) }
                        th scope="col" { (view.say("State", "状态")) }
                    } }
                    tbody { @for version in versions.iter().rev() { tr {
                        th scope="row" { span.code title=(version.hash) { (outline::short(&version.hash)) } }
                        td { @if let Some(at) = version.kept_at { (words::moment(at)) } @else { span.soft { "–" } } }
                        td { @if version.in_force { span.chip.good { (view.say("in force", "当前使用")) } } @else { span.soft { (view.say("earlier", "以往")) } } }
                    } } }
                } }
            }
            @if versions.len() > 1 {
                form.row.compare method="get" action={ "/profiles/" (encoded(id)) "#versions" } {
                    @for (name, label, chosen) in [
                        ("before", view.say("From", "从"), fields.get("before").unwrap_or(&before)),
                        ("after", view.say("to", "到"), fields.get("after").unwrap_or(&after)),
                    ] {
                        label for=(name) { (label) }
                        select.version #(name) name=(name) { @for (hash, told) in &all {
                            option value=(hash) selected[hash == chosen] { (told) }
                        } }
                    }
                    button type="submit" { (view.say("What changed?", "对比差异")) }
                }
            }
        }
    }
}

async fn compared(
    view: &View,
    state: &State,
    caller: &AsRecruiter,
    name: &str,
    fields: &Fields,
) -> Result<Option<Markup>, Problem> {
    let (Some(before), Some(after)) = (fields.get("before"), fields.get("after")) else { return Ok(None) };
    let engine = &state.server.engine;
    let id = caller.scope.profile(engine.knowledge(), name)?.id();
    let before = profile_version(engine, &format!("{id}@{before}")).await?;
    let after = profile_version(engine, &format!("{id}@{after}")).await?;
    Ok(Some(html! {
        section.card {
            h2 { (view.say("What changed", "差异")) }
            (changes::between(view, state, &before, &after))
        }
    }))
}
