//! What profiles and fields are called in the language of a page.

use maud::{Markup, html};

use super::session::View;
use crate::State;
use crate::access::AsRecruiter;

/// The profiles that the caller sees, to choose from.
pub(super) fn profile_options(view: &View, state: &State, caller: &AsRecruiter) -> Markup {
    let profiles = state.server.engine.knowledge().profiles().values();
    html! {
        @for profile in profiles.filter(|profile| caller.scope.has(profile.field())) {
            option value=(profile.id()) {
                (view.say(profile.name_en(), profile.name_zh()))
            }
        }
    }
}

/// What a profile is called; its id if it is not in force any more.
pub(super) fn profile_name<'a>(view: &View, state: &'a State, id: &'a str) -> &'a str {
    let profile = state.server.engine.knowledge().profiles().get(id);
    profile.map_or(id, |profile| view.say(profile.name_en(), profile.name_zh()))
}

/// What a field is called: as its profile of the same name is, or else by its id.
pub(super) fn field_name<'a>(view: &View, state: &'a State, field: &'a str) -> &'a str {
    let profile = state.server.engine.knowledge().profiles().get(field);
    let profile = profile.filter(|profile| profile.field().0 == field);
    profile.map_or(field, |profile| view.say(profile.name_en(), profile.name_zh()))
}
