//! What was decided and written about somebody.

use bole_core::{Decision, Note};
use maud::{Markup, html};

use super::super::frame::token;
use super::super::session::View;
use super::super::words;
use super::Seen;
use super::head::chosen;

pub(super) fn noted(seen: &Seen, view: &View) -> Markup {
    let n_notes = words::count(seen.noted.n_notes);
    let withheld = view.say(
        format!("Notes: {n_notes}. They tend to name people: switch blind mode off to read or write them."),
        format!("备注 {n_notes} 条。备注常含姓名：关闭盲选后可查看与填写。"),
    );
    html! {
        section.card #noted aria-labelledby="notes" {
            h2 #notes { (view.say("Notes", "备注")) }
            @if view.is_blind() {
                p.soft.small { (withheld) }
            } @else {
                @for note in &seen.noted.notes { (one(seen, view, note)) }
                (write(seen, view))
            }
            (decisions(seen, view, &seen.noted.decisions))
        }
    }
}

fn one(seen: &Seen, view: &View, note: &Note) -> Markup {
    let action = format!("/candidates/{}/notes/delete", note.resume);
    html! {
        article.note {
            p.note-text { (note.text) }
            form.row.note-foot method="post" action=(action) hx-post=(action) hx-target="#noted" hx-select="#noted" hx-swap="outerMorph"
                data-sure=(view.say("Delete this note? It cannot be brought back.", "删除此备注？无法恢复。")) {
                (token(view))
                input type="hidden" name="note" value=(note.id);
                input type="hidden" name="back" value=(view.here);
                span.soft.small {
                    (note.by) " · " (words::moment(note.at))
                    @if note.resume != seen.candidate.resume { " · " (view.say("on another version", "针对另一版本")) }
                }
                button.plain.danger type="submit" { (view.say("Delete", "删除")) }
            }
        }
    }
}

fn write(seen: &Seen, view: &View) -> Markup {
    let action = format!("/candidates/{}/notes", seen.candidate.resume);
    html! {
        form.stack method="post" action=(action) hx-post=(action) hx-target="#noted" hx-select="#noted" hx-swap="outerHTML" {
            (token(view))
            input type="hidden" name="back" value=(view.here);
            label for="note" { (view.say("A note for everybody who sees this person", "备注（所有能看到此人的人可见）")) }
            // Bytes are what is bounded: of Chinese a third of this many characters fits.
            textarea #note name="text" rows="3" maxlength="16384" required {}
            div { button type="submit" { (view.say("Write it down", "保存备注")) } }
        }
    }
}

fn decisions(seen: &Seen, view: &View, decisions: &[Decision]) -> Markup {
    html! {
        div #decisions {
            h3.later { (view.say("Decisions", "决定记录")) }
            @if decisions.is_empty() {
                p.soft.small { (view.say("None yet. A person decides: nothing is declined by itself.", "暂无。由人决定，系统不会自动淘汰。")) }
            } @else {
                ol.plain.log {
                    @for decision in decisions.iter().rev() {
                        li.row.small {
                            span.chip.(chosen(decision.choice)) { (words::choice(view, decision.choice)) }
                            span { (decision.profile) }
                            span.soft { (decision.by) " · " (words::moment(decision.at)) }
                            @if decision.resume != seen.candidate.resume { span.soft { (view.say("on another version", "针对另一版本")) } }
                        }
                    }
                }
            }
        }
    }
}
