//! Who may be the same person as another, for a recruiter to decide: nobody is merged by this.

use std::fmt;

use bole_core::{AsOf, DocumentId, PersonId};
use bole_store::{Alike, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use crate::show::resolve;
use crate::shown::parts_of;
use crate::{Engine, EngineError, Scope};

/// So many are listed; and a name that more than these have says nothing.
const MAX_LISTED: usize = 50;
/// So many are looked at, those that share a contact first.
const MAX_LOOKED_AT: u32 = 10_000;

/// Resumes of others that may be of the same person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PossiblySame {
    /// Those that share a contact first, then by resume; 50 at most.
    pub people: Vec<Likeness>,
    /// How many more share the name alone. If over 50 share it, none of them is listed; counted up to 10,000.
    pub n_only_by_name_left_out: u64,
}

/// A resume of somebody who may be the same person.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Likeness {
    /// The resume.
    pub resume: DocumentId,
    /// The person that it is of so far.
    pub person: PersonId,
    /// The name as written, if it was read.
    pub name: Option<String>,
    /// The date that it speaks from.
    pub as_of: AsOf,
    /// An e-mail address or telephone number is the same.
    pub by_contact: bool,
    /// The name is the same.
    pub by_name: bool,
}

/// Names nobody: logs hold ids only.
impl fmt::Debug for Likeness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resume, by_contact, by_name, .. } = self;
        write!(formatter, "Likeness({resume}, by contact: {by_contact}, by name: {by_name})")
    }
}

/// The resumes in `scope` that share the name or a contact with this one and are of other persons so far. None if it was
/// not read.
///
/// # Errors
/// As [`resolve`].
pub async fn possibly_same(
    engine: &Engine,
    resume: &str,
    scope: &Scope,
) -> Result<PossiblySame, EngineError> {
    let document = resolve(engine, resume, scope).await?;
    let alike = engine.store().alike(document, MAX_LOOKED_AT).await?;
    let (listed, n_only_by_name_left_out) = listed(alike, scope);
    let indexed = |alike: &Alike| alike.standing.indexed();
    let (readings, persons): (Vec<_>, Vec<PersonId>) = listed.iter().filter_map(indexed).unzip();
    let parts = parts_of(engine, engine.knowledge(), &readings, scope).await?;
    let people = listed.into_iter().zip(persons).zip(parts).map(|((alike, person), parts)| {
        let Alike { standing: Standing { document, as_of, .. }, by_contact, by_name } = alike;
        let name = parts.and_then(|parts| parts.name.clone());
        Likeness { resume: document, person, name, as_of, by_contact, by_name }
    });
    Ok(PossiblySame { people: people.collect(), n_only_by_name_left_out })
}

/// Those that are listed, and how many more share the name alone.
fn listed(mut alike: Vec<Alike>, scope: &Scope) -> (Vec<Alike>, u64) {
    // Before anything is counted: numbers tell of what is out of scope, too.
    alike.retain(|alike| alike.standing.indexed().is_some() && scope.sees(&alike.standing.fields));
    let only_by_name = |alike: &[Alike]| alike.iter().filter(|alike| !alike.by_contact).count();
    let n_only_by_name = only_by_name(&alike);
    if alike.iter().filter(|alike| alike.by_name).count() > MAX_LISTED {
        alike.retain(|alike| alike.by_contact);
    }
    alike.truncate(MAX_LISTED);
    let n_left_out = n_only_by_name - only_by_name(&alike);
    (alike, n_left_out as u64)
}

#[cfg(test)]
mod tests {
    use bole_core::{FieldId, ReaderVersion, ReadingId};
    use bole_store::Condition;
    use uuid::Uuid;

    use super::*;

    /// In the order of the store: `n_contact` that share a contact, `n_both` that share the name too, `n_name` that
    /// share the name alone.
    fn alike(n_contact: usize, n_both: usize, n_name: usize, field: Option<&str>) -> Vec<Alike> {
        let kinds = [(n_contact, true, false), (n_both, true, true), (n_name, false, true)];
        let mut all = Vec::new();
        for (n, by_contact, by_name) in kinds {
            for _ in 0..n {
                let document = DocumentId::of(&all.len().to_be_bytes());
                let reading = ReadingId { document, reader: ReaderVersion(1) };
                let person = PersonId(Uuid::from_u128(all.len() as u128));
                let fields = [field.map(|field| FieldId(field.to_owned()))].into_iter().collect();
                let condition = Condition::Indexed { reading, person };
                let as_of = AsOf("2026-11-21".parse().unwrap());
                let standing = Standing { document, as_of, fields, condition };
                all.push(Alike { standing, by_contact, by_name });
            }
        }
        all
    }

    fn counts(alike: Vec<Alike>, scope: &Scope) -> (usize, usize, u64) {
        let (listed, n_left_out) = listed(alike, scope);
        let n_by_contact = listed.iter().filter(|alike| alike.by_contact).count();
        (n_by_contact, listed.len() - n_by_contact, n_left_out)
    }

    #[test]
    fn a_name_that_very_many_share_says_nothing() {
        let all = Scope::all();
        assert_eq!(counts(Vec::new(), &all), (0, 0, 0));
        assert_eq!(counts(alike(1, 2, 3, None), &all), (3, 3, 0));
        assert_eq!(counts(alike(0, 0, 50, None), &all), (0, 50, 0));
        assert_eq!(counts(alike(0, 0, 51, None), &all), (0, 0, 51));
        assert_eq!(counts(alike(2, 1, 49, None), &all), (3, 47, 2), "who has no room is counted");
        assert_eq!(counts(alike(2, 1, 50, None), &all), (3, 0, 50));
        assert_eq!(counts(alike(60, 0, 7, None), &all), (50, 0, 7));
    }

    #[test]
    fn what_is_out_of_scope_is_neither_listed_nor_counted() {
        let finance = Scope::only(&[FieldId("finance".to_owned())].into()).unwrap();
        for n_name in [3, 60] {
            assert_eq!(counts(alike(1, 1, n_name, Some("aerospace")), &finance), (0, 0, 0));
        }
        let mut mixed = alike(1, 0, 60, Some("aerospace"));
        mixed.extend(alike(0, 0, 5, Some("finance")));
        mixed.extend(alike(0, 0, 1, None));
        assert_eq!(counts(mixed.clone(), &finance), (0, 6, 0), "many elsewhere are not many here");
        assert_eq!(counts(mixed, &Scope::all()), (1, 0, 66));
    }

    #[test]
    fn names_stay_out_of_what_is_printed() {
        let likeness = Likeness {
            resume: DocumentId::of(b"a"),
            person: PersonId(Uuid::nil()),
            name: Some("Ruoning An".to_owned()),
            as_of: AsOf("2026-11-21".parse().unwrap()),
            by_contact: true,
            by_name: false,
        };
        let printed = format!("{likeness:?}");
        assert!(!printed.contains("Ruoning") && printed.contains("by contact: true"), "{printed}");
    }
}
