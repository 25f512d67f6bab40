use std::collections::BTreeSet;

use bole_core::{DocumentFields, FieldId, MessageId, Reading};
use bole_index::Query;
use bole_rank::Profile;
use bole_resume::blinded;
use bole_store::SubmissionRecord;

use crate::{Engine, EngineError, Knowledge, ProfileChoice};

/// Whose resumes somebody may see: everybody's, or those that were sent for some fields. What was sent without a field
/// is for all of them.
///
/// What is out of scope answers as what does not exist.
///
/// A [blind](Self::blind) scope sees the same people, and does not see who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// None for all.
    fields: Option<BTreeSet<FieldId>>,
    /// The query that finds what is in scope.
    query: Option<String>,
    is_blind: bool,
}

impl Scope {
    /// Everybody's.
    pub fn all() -> Self {
        Self { fields: None, query: None, is_blind: false }
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
            Ok(_) => Ok(Self { fields: Some(fields), query: Some(query), is_blind: false }),
            Err(_) => Err(EngineError::ScopeTooLarge { n_fields: fields.len() }),
        }
    }

    /// The same people in blind mode: scores, places and runs stay as they are, and nothing is shown that tells who
    /// somebody is. Names, contacts, sources, notes, gendered schools and words are left out, files are not handed out, and
    /// nobody is sought by name or source.
    ///
    /// A name in the text can still be guessed at: who is found by a word of it is found, without a line that shows it.
    #[must_use]
    pub fn blind(self) -> Self {
        Self { is_blind: true, ..self }
    }

    /// Whether it is in blind mode.
    pub fn is_blind(&self) -> bool {
        self.is_blind
    }

    /// Whether files may be handed out as they were sent.
    ///
    /// # Errors
    /// [`EngineError::HiddenInBlindMode`].
    pub fn allows_files(&self) -> Result<(), EngineError> {
        if self.is_blind { Err(EngineError::HiddenInBlindMode) } else { Ok(()) }
    }

    /// Whether people may be sought by a query.
    ///
    /// # Errors
    /// [`EngineError::HiddenInBlindMode`] in blind mode if it asks for a name or for where something came from.
    pub(crate) fn allows_query(&self, query: &Query) -> Result<(), EngineError> {
        let is_of_somebody = query.uses_name() || query.uses_source();
        if self.is_blind && is_of_somebody { Err(EngineError::HiddenInBlindMode) } else { Ok(()) }
    }

    /// What of a reading may be shown.
    pub(crate) async fn shown(&self, engine: &Engine, reading: Reading) -> Result<Reading, EngineError> {
        if !self.is_blind {
            return Ok(reading);
        }
        Ok(engine.cpu().run(move || blinded(reading)).await?)
    }

    /// What of a submission may be shown: what the portal calls it and the candidate, and where it came from, often hold
    /// a name.
    pub(crate) fn shown_record(&self, record: SubmissionRecord) -> SubmissionRecord {
        if !self.is_blind {
            return record;
        }
        let withheld =
            |text: String| if text.is_empty() { text } else { MessageId::withheld().as_str().to_owned() };
        let mut record = SubmissionRecord {
            source_name: None,
            candidate_ref: None,
            traceparent: None,
            consent: record.consent.map(withheld),
            ..record
        };
        record.submission.message_id = MessageId::withheld();
        if let Some(first) = &mut record.duplicate_of {
            first.message_id = MessageId::withheld();
        }
        record
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
mod leaks;
#[cfg(test)]
mod tests;
