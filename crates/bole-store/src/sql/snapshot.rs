//! What the store knows of the submissions and documents of a batch, loaded in a few queries.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, Attempt, ContentHash, DocumentFields, DocumentId, FieldId, MessageId, Reason, State, SubmissionId,
};

use super::codes;
use super::columns::Columns;
use super::session::{Column, Session};
use crate::{Standing, StoreError, SubmissionRecord};

/// A row of `submission`.
#[derive(Clone)]
pub(super) struct SubmissionRow {
    pub(super) number: i64,
    pub(super) document_number: i64,
    /// The number of the submission that `record.duplicate_of` names.
    pub(super) first: Option<i64>,
    pub(super) record: SubmissionRecord,
}

/// A row of `document`, and where it stands now.
#[derive(Clone, Debug)]
pub(super) struct DocumentRow {
    pub(super) number: i64,
    /// The submission by which the content was decided.
    pub(super) first: Option<(i64, SubmissionId)>,
    pub(super) told: Option<Told>,
    pub(super) has_original: bool,
    pub(super) standing: Option<Standing>,
}

/// What messages tell of a document, and whether those that do kept the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) as_of: AsOf,
    pub(super) fields: DocumentFields,
    pub(super) is_sound: bool,
}

/// The rows that a batch touches.
pub(super) struct Snapshot {
    pub(super) submissions: BTreeMap<SubmissionId, SubmissionRow>,
    pub(super) documents: BTreeMap<DocumentId, DocumentRow>,
    last_submission: i64,
    last_document: i64,
}

/// Where a submission belongs.
pub(super) struct Place<'a> {
    /// Its id; not the sender's if that was used before for other bytes.
    pub(super) id: SubmissionId,
    /// The sender's id stands for other bytes.
    pub(super) is_reused: bool,
    /// Its row, if it has one.
    pub(super) row: Option<&'a SubmissionRow>,
}

impl Snapshot {
    /// Loads the rows of these submissions, under every id that they may have, and of their documents.
    pub(super) async fn load<S: Session>(
        session: &mut S,
        submitted: &[&Submitted],
    ) -> Result<Self, StoreError> {
        let ids: BTreeSet<SubmissionId> = submitted.iter().copied().flat_map(ids_of).collect();
        let documents = submitted.iter().map(|submitted| submitted.document).collect();
        let submissions = load_submissions(session, &ids).await?;
        Self::with_documents(session, submissions, documents).await
    }

    /// Loads the rows of submissions by the ids under which they stand, and of their documents.
    pub(super) async fn load_ids<S: Session>(
        session: &mut S,
        ids: &[SubmissionId],
    ) -> Result<Self, StoreError> {
        let submissions = load_submissions(session, &ids.iter().cloned().collect()).await?;
        let documents = submissions.values().map(|row| row.record.document).collect();
        Self::with_documents(session, submissions, documents).await
    }

    async fn with_documents<S: Session>(
        session: &mut S,
        submissions: BTreeMap<SubmissionId, SubmissionRow>,
        ids: BTreeSet<DocumentId>,
    ) -> Result<Self, StoreError> {
        let documents = documents(session, &ids).await?;
        let last = session.fetch(S::SQL.last_numbers, &[], &[]).await?;
        let last = last.first().ok_or(StoreError::damaged("the numbers"))?;
        Ok(Self { submissions, documents, last_submission: last.number(0)?, last_document: last.number(1)? })
    }

    /// Where a submission belongs: under its own id, or, where that stands for other bytes, under the id of a reuse.
    pub(super) fn place(&self, submitted: &Submitted) -> Place<'_> {
        let mut is_reused = false;
        let [own, reused, derived] = ids_of(submitted);
        for id in [own, reused] {
            match self.submissions.get(&id) {
                Some(row) if row.record.document != submitted.document => is_reused = true,
                row => return Place { id, is_reused, row },
            }
        }
        let row = self.submissions.get(&derived);
        Place { id: derived, is_reused, row }
    }

    /// The document's row, made if it is new.
    pub(super) fn document(&mut self, id: DocumentId) -> &mut DocumentRow {
        let last = &mut self.last_document;
        self.documents.entry(id).or_insert_with(|| {
            *last += 1;
            DocumentRow { number: *last, first: None, told: None, has_original: false, standing: None }
        })
    }

    /// The number for a new submission.
    pub(super) fn next_submission(&mut self) -> i64 {
        self.last_submission += 1;
        self.last_submission
    }
}

impl DocumentRow {
    /// Whether it stands as read.
    pub(super) fn is_indexed(&self) -> bool {
        self.standing.as_ref().is_some_and(|standing| standing.indexed().is_some())
    }
}

impl Told {
    /// Takes in what another message tells: the earlier date, and its fields. What a broken message tells only counts as
    /// long as there is no other.
    pub(super) fn merge(&mut self, other: Self) {
        match (self.is_sound, other.is_sound) {
            (true, false) => {}
            (false, true) => *self = other,
            _ => {
                self.as_of = self.as_of.min(other.as_of);
                self.fields.merge(&other.fields);
            }
        }
    }
}

/// The rows of these documents, as far as they have one.
pub(super) async fn documents<S: Session>(
    session: &mut S,
    ids: &BTreeSet<DocumentId>,
) -> Result<BTreeMap<DocumentId, DocumentRow>, StoreError> {
    let table = [Column::keys(ids.iter().map(DocumentId::as_bytes))];
    let rows = session.fetch(S::SQL.documents_by_id, &table, &[]).await?;
    rows.iter().map(document).collect()
}

/// The rows of these submissions, by the ids under which they stand, as far as they have one.
pub(super) async fn load_submissions<S: Session>(
    session: &mut S,
    ids: &BTreeSet<SubmissionId>,
) -> Result<BTreeMap<SubmissionId, SubmissionRow>, StoreError> {
    let table = [
        Column::texts(ids.iter().map(|id| id.portal.as_str())),
        Column::texts(ids.iter().map(|id| id.message_id.as_str())),
    ];
    let mut submissions = BTreeMap::new();
    for row in &session.fetch(S::SQL.submissions_by_id, &table, &[]).await? {
        let row = submission(row)?;
        submissions.insert(row.record.submission.clone(), row);
    }
    Ok(submissions)
}

/// The ids under which a submission may stand: its own, the one of a reuse, and, where even that is taken, one over
/// all that tells it apart.
fn ids_of(submitted: &Submitted) -> [SubmissionId; 3] {
    let SubmissionId { portal, message_id } = &submitted.submission;
    let parts = [portal.as_str().as_bytes(), message_id.as_str().as_bytes(), submitted.document.as_bytes()];
    let derived = ContentHash::of_parts(parts).to_string();
    let reused = message_id.reused_by(submitted.document);
    let derived = derived.parse::<MessageId>().unwrap_or_else(|_| reused.clone());
    [message_id.clone(), reused, derived]
        .map(|message_id| SubmissionId { portal: portal.clone(), message_id })
}

/// Reads a row of the view `submission_record`, whose columns come in this order.
pub(super) fn submission(row: &impl Columns) -> Result<SubmissionRow, StoreError> {
    let record = SubmissionRecord {
        submission: submission_id(row.text(2)?, row.text(3)?)?,
        document: codes::document(row.bytes(16)?)?,
        state: codes::code::<State>(row.text(4)?, "a state")?,
        reason: codes::code::<Reason>(row.text(5)?, "a reason")?,
        detail: row.owned_or_none(6)?,
        attempt: Attempt(row.small_number(7)?),
        duplicate_of: match (row.text_or_none(17)?, row.text_or_none(18)?) {
            (Some(portal), Some(message_id)) => Some(submission_id(portal, message_id)?),
            _ => None,
        },
        document_date: codes::date(row.number(9)?)?,
        source_name: row.owned_or_none(10)?,
        candidate_ref: row.owned_or_none(11)?,
        field: row.owned_or_none(12)?.map(FieldId),
        consent: row.owned_or_none(13)?,
        traceparent: row.owned_or_none(19)?,
        received_at: codes::time(row.number(14)?)?,
        changed_at: codes::time(row.number(15)?)?,
    };
    Ok(SubmissionRow {
        number: row.number(0)?,
        document_number: row.number(1)?,
        first: row.number_or_none(8)?,
        record,
    })
}

fn submission_id(portal: &str, message_id: &str) -> Result<SubmissionId, StoreError> {
    Ok(SubmissionId {
        portal: codes::code(portal, "a portal")?,
        message_id: codes::code(message_id, "a message id")?,
    })
}

fn document(row: &impl Columns) -> Result<(DocumentId, DocumentRow), StoreError> {
    let id = codes::document(row.bytes(0)?)?;
    let first = match (row.number_or_none(2)?, row.text_or_none(3)?, row.text_or_none(4)?) {
        (Some(number), Some(portal), Some(message_id)) => Some((number, submission_id(portal, message_id)?)),
        _ => None,
    };
    let told = match (row.number_or_none(5)?, row.text_or_none(6)?) {
        (Some(as_of), Some(fields)) => {
            let (as_of, fields) = (codes::date(as_of)?, codes::fields(fields)?);
            Some(Told { as_of, fields, is_sound: row.flag(7)? })
        }
        _ => None,
    };
    let standing = match (row.number_or_none(9)?, row.text_or_none(10)?) {
        (Some(as_of), Some(fields)) => Some(Standing {
            document: id,
            as_of: codes::date(as_of)?,
            fields: codes::fields(fields)?,
            condition: codes::condition(
                id,
                row.text_or_none(11)?,
                row.number_or_none(12)?,
                row.bytes_or_none(13)?,
            )?,
        }),
        _ => None,
    };
    Ok((id, DocumentRow { number: row.number(1)?, first, told, has_original: row.flag(8)?, standing }))
}
