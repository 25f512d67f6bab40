use std::collections::BTreeSet;

use bole_core::{DocumentFields, FieldId};
use bole_index::Query;
use bole_rank::Profile;

use crate::{EngineError, Knowledge, ProfileChoice};

/// Whose resumes somebody may see: everybody's, or those that were sent for some fields. What was sent without a field
/// is for all of them.
///
/// What is out of scope answers as what does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// None for all.
    fields: Option<BTreeSet<FieldId>>,
    /// The query that finds what is in scope.
    query: Option<String>,
}

impl Scope {
    /// Everybody's.
    pub fn all() -> Self {
        Self { fields: None, query: None }
    }

    /// Those that were sent for one of `fields`, or without a field. A name that no field can have gives nothing.
    ///
    /// # Errors
    /// [`EngineError::ScopeTooLarge`] if there are more fields than a query can ask for.
    pub fn only(fields: &BTreeSet<FieldId>) -> Result<Self, EngineError> {
        let fields: BTreeSet<_> = fields.iter().filter_map(|field| FieldId::normal(&field.0)).collect();
        let named = fields.iter().map(|field| field.0.as_str());
        let clauses: Vec<_> =
            std::iter::once(FieldId::ANY).chain(named).map(|name| format!("field:{name}")).collect();
        let query = clauses.join(" OR ");
        match Query::parse(&query) {
            Ok(_) => Ok(Self { fields: Some(fields), query: Some(query) }),
            Err(_) => Err(EngineError::ScopeTooLarge { n_fields: fields.len() }),
        }
    }

    /// The query that finds what is in scope, such as `field:any OR field:finance`; none if everything is.
    pub fn query(&self) -> Option<String> {
        self.query.clone()
    }

    /// Whether a document that was sent for `fields` is in scope.
    pub fn sees(&self, fields: &DocumentFields) -> bool {
        self.fields.as_ref().is_none_or(|own| fields.any() || !fields.named().is_disjoint(own))
    }

    /// Whether a field is one of them.
    pub fn has(&self, field: &FieldId) -> bool {
        self.fields.as_ref().is_none_or(|own| own.contains(field))
    }

    /// A profile by id, if it is of one of the fields.
    ///
    /// # Errors
    /// [`EngineError::UnknownProfile`], with the names there are.
    pub fn profile<'a>(&self, knowledge: &'a Knowledge, name: &str) -> Result<&'a Profile, EngineError> {
        match knowledge.profile(name) {
            Ok(profile) if self.has(profile.field()) => Ok(profile),
            _ => {
                let seen = knowledge.profiles().values().filter(|profile| self.has(profile.field()));
                let known = seen.map(|profile| profile.id().to_owned()).collect();
                Err(EngineError::UnknownProfile { name: name.chars().take(200).collect(), known })
            }
        }
    }

    /// Whether a profile is of one of the fields, wherever it comes from.
    ///
    /// # Errors
    /// As [`Scope::profile`], or every mistake in the text of a profile.
    pub fn check(&self, knowledge: &Knowledge, profile: &ProfileChoice) -> Result<(), EngineError> {
        match profile {
            ProfileChoice::Named(name) => self.profile(knowledge, name).map(drop),
            ProfileChoice::Text { name, text } => {
                let profile = knowledge.parse_profile(name, text).map_err(EngineError::Configuration)?;
                let field = profile.field();
                if self.has(field) { Ok(()) } else { Err(EngineError::FieldOutOfScope(field.clone())) }
            }
        }
    }

    /// Whether there is anything that is out of scope.
    pub(crate) fn is_limited(&self) -> bool {
        self.fields.is_some()
    }
}

#[cfg(test)]
mod tests;
