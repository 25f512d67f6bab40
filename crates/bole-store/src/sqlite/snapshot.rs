//! What the store knows of the submissions and documents of a batch, loaded in a few queries.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::message::v1::Submitted;
use bole_core::{AsOf, Attempt, ContentHash, DocumentId, FieldId, MessageId, Reason, State, SubmissionId};
use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::codes;
use crate::{Condition, StoreError, SubmissionRecord};

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
    pub(super) as_of: Option<DatedBy>,
    pub(super) has_original: bool,
    pub(super) standing: Option<(AsOf, Condition)>,
}

/// A date, and whether the message that gave it kept the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DatedBy {
    pub(super) as_of: AsOf,
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
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        submitted: &[&Submitted],
    ) -> Result<Self, StoreError> {
        let ids: BTreeSet<SubmissionId> = submitted.iter().copied().flat_map(ids_of).collect();
        let ids = codes::rows(ids.iter().map(|id| json!([id.portal.as_str(), id.message_id.as_str()])));
        let found = sqlx::query(
            "SELECT r.* FROM json_each(?1) j CROSS JOIN submission_record r \
             ON r.portal = j.value ->> 0 AND r.message_id = j.value ->> 1",
        )
        .bind(ids)
        .fetch_all(&mut *connection)
        .await?;
        let mut submissions = BTreeMap::new();
        for row in &found {
            let row = submission(row)?;
            submissions.insert(row.record.submission.clone(), row);
        }
        let documents: BTreeSet<DocumentId> = submitted.iter().map(|submitted| submitted.document).collect();
        let found = sqlx::query(
            "SELECT d.id, d.number, d.first, f.portal, f.message_id, d.as_of, d.as_of_sound, \
             EXISTS (SELECT 1 FROM original o WHERE o.document = d.number), s.as_of, s.reason, s.reader, s.person \
             FROM json_each(?1) j CROSS JOIN document d ON d.id = unhex(j.value) \
             LEFT JOIN submission f ON f.number = d.first \
             LEFT JOIN standing s ON s.document = d.number AND s.to_position IS NULL",
        )
        .bind(codes::rows(documents.iter().map(|id| json!(id.to_string()))))
        .fetch_all(&mut *connection)
        .await?;
        let mut documents = BTreeMap::new();
        for row in &found {
            let (id, row) = document(row)?;
            documents.insert(id, row);
        }
        let last = sqlx::query(
            "SELECT (SELECT coalesce(max(number), 0) FROM submission), \
             (SELECT coalesce(max(number), 0) FROM document)",
        )
        .fetch_one(&mut *connection)
        .await?;
        Ok(Self {
            submissions,
            documents,
            last_submission: last.try_get(0)?,
            last_document: last.try_get(1)?,
        })
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
            DocumentRow { number: *last, first: None, as_of: None, has_original: false, standing: None }
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
        matches!(self.standing, Some((_, Condition::Indexed { .. })))
    }
}

impl DatedBy {
    /// The earlier one; a date from a broken message only counts as long as there is no other.
    pub(super) fn earlier(self, other: Self) -> Self {
        match (self.is_sound, other.is_sound) {
            (true, false) => self,
            (false, true) => other,
            _ if other.as_of < self.as_of => other,
            _ => self,
        }
    }
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

/// Reads a row of `submission_record`.
pub(super) fn submission(row: &SqliteRow) -> Result<SubmissionRow, StoreError> {
    let id = |portal: &str, message_id: &str| -> Result<SubmissionId, StoreError> {
        Ok(SubmissionId {
            portal: codes::code(portal, "a portal")?,
            message_id: codes::code(message_id, "a message id")?,
        })
    };
    let duplicate_of = match (
        row.try_get::<Option<&str>, _>("first_portal")?,
        row.try_get::<Option<&str>, _>("first_message_id")?,
    ) {
        (Some(portal), Some(message_id)) => Some(id(portal, message_id)?),
        _ => None,
    };
    let record = SubmissionRecord {
        submission: id(row.try_get("portal")?, row.try_get("message_id")?)?,
        document: codes::document(row.try_get("document_id")?)?,
        state: codes::code::<State>(row.try_get("state")?, "a state")?,
        reason: codes::code::<Reason>(row.try_get("reason")?, "a reason")?,
        detail: row.try_get("detail")?,
        attempt: Attempt(row.try_get("attempt")?),
        duplicate_of,
        document_date: codes::date(row.try_get("document_date")?)?,
        source_name: row.try_get("source_name")?,
        candidate_ref: row.try_get("candidate_ref")?,
        field: row.try_get::<Option<String>, _>("field")?.map(FieldId),
        consent: row.try_get("consent")?,
        received_at: codes::time(row.try_get("received_at")?)?,
        changed_at: codes::time(row.try_get("changed_at")?)?,
    };
    Ok(SubmissionRow {
        number: row.try_get("number")?,
        document_number: row.try_get("document")?,
        first: row.try_get("duplicate_of")?,
        record,
    })
}

fn document(row: &SqliteRow) -> Result<(DocumentId, DocumentRow), StoreError> {
    let id = codes::document(row.try_get(0)?)?;
    let first = match (
        row.try_get::<Option<i64>, _>(2)?,
        row.try_get::<Option<&str>, _>(3)?,
        row.try_get::<Option<&str>, _>(4)?,
    ) {
        (Some(number), Some(portal), Some(message_id)) => Some((
            number,
            SubmissionId {
                portal: codes::code(portal, "a portal")?,
                message_id: codes::code(message_id, "a message id")?,
            },
        )),
        _ => None,
    };
    let as_of = match row.try_get::<Option<i64>, _>(5)? {
        Some(number) => Some(DatedBy { as_of: codes::date(number)?, is_sound: row.try_get(6)? }),
        None => None,
    };
    let standing = match row.try_get::<Option<i64>, _>(8)? {
        Some(as_of) => {
            let condition = codes::condition(id, row.try_get(9)?, row.try_get(10)?, row.try_get(11)?)?;
            Some((codes::date(as_of)?, condition))
        }
        None => None,
    };
    let document =
        DocumentRow { number: row.try_get(1)?, first, as_of, has_original: row.try_get(7)?, standing };
    Ok((id, document))
}
