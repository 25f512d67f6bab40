//! Statements and their parameters.

use async_trait::async_trait;

use super::columns::Columns;
use crate::StoreError;

/// A connection that runs statements.
#[async_trait]
pub(crate) trait Session: Send {
    /// What it answers.
    type Row: Columns;

    /// Its dialect.
    const SQL: Statements;

    /// Runs a statement without parameters.
    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError>;

    /// Runs statements without parameters, with one round trip, and answers the rows of all.
    async fn run_all(&mut self, statements: &'static str) -> Result<Vec<Self::Row>, StoreError>;

    /// Runs a statement for a table of parameters, given by its columns, and single values.
    async fn execute(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<(), StoreError>;

    /// The rows that a statement answers.
    async fn fetch(
        &mut self,
        statement: &'static str,
        table: &[Column<'_>],
        values: &[Value<'_>],
    ) -> Result<Vec<Self::Row>, StoreError>;
}

/// Parameters of many rows, column by column; all columns of a statement are equally long.
pub(crate) enum Column<'a> {
    Numbers(Vec<Option<i64>>),
    Texts(Vec<Option<&'a str>>),
    /// Hashes and ids.
    Keys(Vec<Option<Vec<u8>>>),
    /// Whole documents and what was read in them.
    Blobs(Vec<&'a [u8]>),
}

/// One parameter.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Column<'a> {
    pub(super) fn numbers(numbers: impl IntoIterator<Item = i64>) -> Self {
        Self::Numbers(numbers.into_iter().map(Some).collect())
    }

    pub(super) fn texts(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Texts(texts.into_iter().map(Some).collect())
    }

    pub(super) fn keys<K: AsRef<[u8]>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self::Keys(keys.into_iter().map(|key| Some(key.as_ref().to_vec())).collect())
    }

    /// How many rows it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
            Self::Keys(keys) => keys.len(),
            Self::Blobs(blobs) => blobs.len(),
        }
    }
}

/// The text of all statements. Parameters and answered columns come in the order that their one caller gives.
pub(crate) struct Statements {
    /// Table: portals, message ids. Answers rows of `submission_record`.
    pub(crate) submissions_by_id: &'static str,
    /// Table: ids. Answers id, number, first, its portal and message id, as-of, fields, whether these are sound,
    /// whether the original is kept, then as-of, fields, reason, reader and person of the standing.
    pub(crate) documents_by_id: &'static str,
    /// Answers the last numbers of submissions and documents.
    pub(crate) last_numbers: &'static str,
    /// Table: ids. Answers id and number.
    pub(crate) document_numbers: &'static str,

    /// Table: number, id, first, as-of, fields, whether these are sound.
    pub(crate) put_documents: &'static str,
    /// Table: the first 16 columns of `submission_record`, but the document after the message id; traceparent.
    pub(crate) put_submissions: &'static str,
    /// Table: submission, state, reason, attempt, time.
    pub(crate) add_transitions: &'static str,
    /// Table: portal, how many more were received.
    pub(crate) add_received: &'static str,
    /// Table: document ids, bytes.
    pub(crate) add_originals: &'static str,
    /// Table: document, reader, bytes.
    pub(crate) add_readings: &'static str,
    /// Table: lexicon, document, reader, bytes.
    pub(crate) add_evidence: &'static str,
    /// Table: contact, name, document.
    pub(crate) add_contacts: &'static str,
    /// Table: portal, candidate-ref, document.
    pub(crate) add_candidates: &'static str,
    /// Table: document, position.
    pub(crate) close_standings: &'static str,
    /// Table: document, position, as-of, reason, reader, person. The fields are those of the document.
    pub(crate) open_standings: &'static str,
    /// Table: position, time, event.
    pub(crate) add_changes: &'static str,
    /// Values: kind, hash, text, time.
    pub(crate) add_artifact: &'static str,
    /// Values: kind, hash.
    pub(crate) remove_artifact: &'static str,

    /// Table: document numbers. Answers document, portal or none, candidate-ref or contact.
    pub(crate) keys_of: &'static str,
    /// Table: contacts. Answers contact, its first and last name, the same among documents that have a person, one
    /// such person.
    pub(crate) contacts: &'static str,
    /// Table: portals, candidate-refs. Answers both and one person, or none.
    pub(crate) persons_of_candidates: &'static str,
    /// Table: document numbers. Answers document, contact, name.
    pub(crate) contacts_of: &'static str,
    /// Table: document numbers, whose contacts go.
    pub(crate) remove_contacts: &'static str,
    /// Table: contacts. Answers the persons of all documents that have one of them.
    pub(crate) persons_of_contacts: &'static str,
    /// Table: clue, document.
    pub(crate) add_clues: &'static str,
    /// Table: document numbers, whose clues go.
    pub(crate) remove_clues: &'static str,
    /// Values: document id, limit. Answers id, as-of, reason, reader, person, fields, whether a contact is shared,
    /// whether the name is.
    pub(crate) alike: &'static str,
    /// Table: persons. Answers person, document id, its number, as-of, reader.
    pub(crate) members: &'static str,
    /// Table: persons. Answers person and the smallest id of its documents.
    pub(crate) eldest: &'static str,

    /// Values: kind, hash. Answers text.
    pub(crate) artifact: &'static str,
    /// Values: kind, limit. Answers hash and time, or none.
    pub(crate) artifacts: &'static str,
    /// Values: kind, the first and the last hash in hex, limit. Answers hashes.
    pub(crate) artifacts_between: &'static str,

    /// Answers the id of the history.
    pub(crate) history: &'static str,
    /// Answers the newest position, and the schema.
    pub(crate) head: &'static str,
    /// Values: position, limit. Answers position, time, event.
    pub(crate) changes: &'static str,
    /// Values: position. Answers id, as-of, reason, reader, person, fields.
    pub(crate) standings_at: &'static str,
    /// Table: ids. Answers the same, and the place in the table from 0.
    pub(crate) standings_of: &'static str,
    /// Table: ids. Values: position. Answers the same.
    pub(crate) standings_of_at: &'static str,
    /// Table: document ids, readers. Answers the place in the table, bytes.
    pub(crate) readings: &'static str,
    /// Table: document ids, readers. Values: lexicon. Answers the place in the table, bytes.
    pub(crate) evidence: &'static str,
    /// Values: reader, document id after which to go on, limit. Answers document id, reader.
    pub(crate) older_readings: &'static str,
    /// Values: lexicon, document id after which to go on, limit. Answers document id, reader.
    pub(crate) without_evidence: &'static str,
    /// Values: reader, lexicon. Answers how many readings are older and to be bettered, how many are older and kept,
    /// and how many have no evidence.
    pub(crate) n_overdue: &'static str,
    /// Table: document ids. Values: reader.
    pub(crate) keep_older: &'static str,
    /// Values: document id. Answers bytes.
    pub(crate) original: &'static str,
    /// Answers portal, state, reason, count; without state and reason what was received.
    pub(crate) ledger: &'static str,
    /// Values: portal, message id. Answers state, reason, attempt, time.
    pub(crate) timeline: &'static str,
    /// Table: document ids. Answers rows of `submission_record`.
    pub(crate) submissions_of: &'static str,
    /// Values: portal, message id after which to go on, limit. Answers rows of `submission_record`.
    pub(crate) submissions_of_portal: &'static str,
    /// Values: portal, state, message id after which to go on, limit. Answers the same.
    pub(crate) submissions_in_state: &'static str,
    /// Values: the first and the last id in hex, limit. Answers ids.
    pub(crate) documents_between: &'static str,
    /// Values: source name. Answers ids.
    pub(crate) documents_by_source: &'static str,
    /// Answers a time, or none.
    pub(crate) oldest_queued: &'static str,

    /// Answers name, whether it is paused, when it was added.
    pub(crate) portals: &'static str,
    /// Values: name, whether it is paused, time.
    pub(crate) put_portal: &'static str,
    /// Values: name. Answers a row if there was one.
    pub(crate) remove_portal: &'static str,

    /// Table: id, name, role, portal or none, fields or none, hash of the secret, when it was made, expires, was
    /// revoked.
    pub(crate) add_key: &'static str,
    /// Values: id. Answers the same columns.
    pub(crate) key: &'static str,
    /// Answers the same columns, the oldest first.
    pub(crate) keys: &'static str,
    /// Values: id, time. Answers a row if it was not revoked before.
    pub(crate) revoke_key: &'static str,

    /// Table: hash of the token, key or none, whether it is blind, when it began, expires.
    pub(crate) add_session: &'static str,
    /// Values: hash of the token. Answers the same columns.
    pub(crate) session: &'static str,
    /// Values: hash of the token, whether it is blind. Answers a row if there is one.
    pub(crate) blind_session: &'static str,
    /// Values: hash of the token.
    pub(crate) end_session: &'static str,
    /// Values: time. Answers a row if a session has expired by then.
    pub(crate) any_expired_session: &'static str,
    /// Values: time. Answers a row for each session that had expired by then.
    pub(crate) remove_expired_sessions: &'static str,

    /// Answers the last number and its hash.
    pub(crate) last_audit: &'static str,
    /// Table: number, record, hash.
    pub(crate) add_audit: &'static str,
    /// Table: number, salt, text.
    pub(crate) add_audit_texts: &'static str,
    /// Values: number, limit. Answers number, record, hash, salt or none, text or none.
    pub(crate) audit_after: &'static str,
    /// Values: number, limit. Answers the same, the newest first.
    pub(crate) audit_before: &'static str,
    /// Table: numbers. Answers those that had a text.
    pub(crate) remove_audit_texts: &'static str,

    /// Values: resume, profile, choice, author, time.
    pub(crate) add_decision: &'static str,
    /// Table: resumes. Answers the same columns, by place in the table, then the oldest first.
    pub(crate) decisions_of: &'static str,
    /// Values: id, resume, text, author, time.
    pub(crate) add_note: &'static str,
    /// Table: resumes. Answers the same columns, by place in the table, then the oldest first.
    pub(crate) notes_of: &'static str,
    /// Values: resume, id. Answers a row if there was one.
    pub(crate) remove_note: &'static str,
    /// Values: id, name, profile, field, author, time.
    pub(crate) add_shortlist: &'static str,
    /// Values: id, name. Answers a row if there is one.
    pub(crate) rename_shortlist: &'static str,
    /// Values: id. Answers a row if there was one.
    pub(crate) remove_shortlist: &'static str,
    /// Values: id. Answers a row, locked against deletion, if there is one.
    pub(crate) hold_shortlist: &'static str,
    /// Values: id. Answers id, name, profile, field, author, time, how many entries.
    pub(crate) shortlist: &'static str,
    /// Values: time and id after which to go on, limit. Answers the same, the oldest first.
    pub(crate) shortlists: &'static str,
    /// Table: resume, first time, run or none, place or none, score or none, author, time. Values: shortlist.
    pub(crate) put_entries: &'static str,
    /// Table: resumes. Values: shortlist. Answers those that were there.
    pub(crate) remove_entries: &'static str,
    /// Values: shortlist. Answers resume, run, place, score, author, time.
    pub(crate) entries: &'static str,

    /// Values: follower, holder, microseconds. Answers the position if the lease is the holder's now.
    pub(crate) lease: &'static str,
    /// Values: follower. Answers its position.
    pub(crate) position_of: &'static str,
    /// Values: follower, holder, position. Answers a row if the lease is the holder's.
    pub(crate) advance: &'static str,
    /// Values: follower, holder.
    pub(crate) give_up_lease: &'static str,

    /// Values: portal or nothing, reason or nothing, portal and message id after which to go on, limit. Answers rows of
    /// `submission_record`.
    pub(crate) quarantined: &'static str,
    /// Table: document numbers. Answers document number, whether it was decided by this submission, its reason; the
    /// oldest submission of each document first.
    pub(crate) quarantined_of: &'static str,
    /// Table: submissions by number.
    pub(crate) add_publications: &'static str,
    /// Values: limit.
    pub(crate) take_publications: &'static str,
    /// Values: limit. Answers rows of `submission_record`, the oldest first.
    pub(crate) publications: &'static str,
    /// Table: portals, message ids.
    pub(crate) remove_publications: &'static str,

    /// Values: time. Answers the numbers of submissions that have been `accepting` since before, and of their documents.
    pub(crate) stale: &'static str,
    /// Table: submissions by number.
    pub(crate) delete_transitions: &'static str,
    /// Table: submissions by number.
    pub(crate) delete_submissions: &'static str,
    /// Table: documents by number, of which those go that no submission is of. Answers their ids.
    pub(crate) delete_unnamed_documents: &'static str,
    /// Table: document ids, whose bytes go unless there is such a document.
    pub(crate) delete_unnamed_originals: &'static str,
}
