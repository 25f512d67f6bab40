//! What a batch makes of its submissions and documents: decided in memory, row by row, before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use bole_core::{
    Attempt, ContentHash, DocumentFields, DocumentId, EncodedEvidence, EncodedReading, FieldId, MatchKeys,
    ReadingId, Reason, State, SubmissionId,
};
use jiff::Timestamp;

use super::codes;
use super::snapshot::{Snapshot, SubmissionRow, Told};
use crate::originals::can_be_kept;
use crate::{Committed, Decided, Decision, Keep, SubmissionRecord};

const MAX_DETAIL_CHARS: usize = 500;
/// Names and contacts that are longer are none.
const MAX_KEY_BYTES: usize = 512;
/// A document that gives more contacts is a list of people; it counts for none of them.
const MAX_CONTACTS: usize = 64;

/// What is to be written for a part of a batch. The rows themselves stand in the snapshot.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// In the order of the part.
    pub(super) committed: Vec<Committed>,
    /// The submissions that changed, in the order in which they did.
    pub(super) submissions: Vec<SubmissionId>,
    pub(super) documents: BTreeSet<DocumentId>,
    /// How many were received, by portal.
    pub(super) received: BTreeMap<String, u64>,
    pub(super) readings: Vec<Read<'a>>,
    /// Portal, candidate-ref and document.
    pub(super) candidates: Vec<(&'a str, &'a str, i64)>,
    /// Where documents stand from now on, if not where they stood.
    pub(super) stands: BTreeMap<DocumentId, Stands>,
    /// Documents whose person has to be looked for.
    pub(super) grouped: BTreeSet<DocumentId>,
}

/// A document that was read.
pub(super) struct Read<'a> {
    pub(super) document_number: i64,
    pub(super) reading: (ReadingId, &'a EncodedReading),
    pub(super) evidence: (ContentHash, &'a EncodedEvidence),
    pub(super) name: Option<&'a str>,
    pub(super) contacts: Vec<&'a str>,
}

/// Where a document is to stand; its person is looked for later.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stands {
    Indexed(ReadingId),
    Quarantined(Reason),
}

enum Outcome<'a> {
    Read(Read<'a>, Reason),
    Document(Reason),
    Message(Reason),
    Duplicate(i64, SubmissionId),
}

/// Decides the rows of `part` in their order, each knowing what those before it did.
pub(super) fn decide<'a>(snapshot: &mut Snapshot, part: &[&'a Decided], now: Timestamp) -> Plan<'a> {
    let mut plan = Plan::default();
    for decided in part {
        let committed = decide_one(snapshot, &mut plan, decided, now);
        plan.committed.push(committed);
    }
    plan
}

fn decide_one<'a>(
    snapshot: &mut Snapshot,
    plan: &mut Plan<'a>,
    decided: &'a Decided,
    now: Timestamp,
) -> Committed {
    let submitted = &decided.submitted;
    let place = snapshot.place(submitted);
    let row = place.row.cloned();
    // Whoever replays a reuse wants it read, also where the sender's own message is what arrives.
    let is_replayed = row.as_ref().is_some_and(|row| row.record.reason == Reason::Replayed);
    let (id, is_reused) = (place.id, place.is_reused && !is_replayed);
    if let Some(row) = row.as_ref().filter(|row| row.record.state.is_settled()) {
        return Committed::Settled { record: Box::new(row.record.clone()), redelivered: true };
    }
    let first = snapshot
        .documents
        .get(&submitted.document)
        .and_then(|document| document.first.clone())
        .filter(|(number, _)| row.as_ref().is_none_or(|row| row.number != *number));
    if matches!(decided.decision, Decision::Copy) && first.is_none() && !is_reused {
        return Committed::ReadFirst;
    }
    let document_number = snapshot.document(submitted.document).number;
    let outcome = outcome(decided, is_reused, first, document_number);
    let number = row.as_ref().map_or_else(|| snapshot.next_submission(), |row| row.number);
    let record = record(decided, &id, &outcome, row.as_ref(), now);
    settle(snapshot, plan, decided, (number, &id), outcome);

    if row.as_ref().is_none_or(|row| row.record.state == State::Accepting) {
        *plan.received.entry(id.portal.as_str().to_owned()).or_default() += 1;
    }
    plan.submissions.push(id.clone());
    plan.documents.insert(submitted.document);
    let committed = Committed::Settled { record: Box::new(record.0.clone()), redelivered: false };
    let row = SubmissionRow { number, document_number, first: record.1, record: record.0 };
    snapshot.submissions.insert(id, row);
    committed
}

fn outcome(
    decided: &Decided,
    is_reused: bool,
    first: Option<(i64, SubmissionId)>,
    document_number: i64,
) -> Outcome<'_> {
    if is_reused {
        return Outcome::Message(Reason::MessageIdReused);
    }
    match (&decided.decision, first) {
        (Decision::Refused { reason, .. }, _) if !concerns_document(*reason, &decided.original) => {
            Outcome::Message(*reason)
        }
        (_, Some((number, id))) => Outcome::Duplicate(number, id),
        (Decision::Refused { reason, .. }, None) => Outcome::Document(*reason),
        (Decision::Read { reading, evidence, keys, partial }, None) => {
            let (name, contacts) = usable(keys);
            let read = Read {
                document_number,
                reading: (reading.0, &reading.1),
                evidence: (evidence.0, &evidence.1),
                name,
                contacts,
            };
            let reason = if *partial { Reason::ReadInPart } else { Reason::Read };
            Outcome::Read(read, reason)
        }
        // Answered with `ReadFirst` before.
        (Decision::Copy, None) => Outcome::Message(Reason::StoreRefused),
    }
}

/// Notes what follows for the document.
fn settle<'a>(
    snapshot: &mut Snapshot,
    plan: &mut Plan<'a>,
    decided: &'a Decided,
    (number, id): (i64, &SubmissionId),
    outcome: Outcome<'a>,
) {
    let submitted = &decided.submitted;
    let document_id = submitted.document;
    let document = snapshot.document(document_id);
    let told = Told {
        as_of: submitted.document_date,
        fields: DocumentFields::of(submitted.field.as_ref()),
        is_sound: !matches!(outcome, Outcome::Message(Reason::BadMessage)),
    };
    match &mut document.told {
        Some(known) => known.merge(told),
        none => *none = Some(told),
    }
    let is_indexed = match plan.stands.get(&document_id) {
        Some(stands) => matches!(stands, Stands::Indexed(_)),
        None => document.is_indexed(),
    };
    let has_standing = document.standing.is_some() || plan.stands.contains_key(&document_id);
    match outcome {
        Outcome::Read(read, _) => {
            document.first = Some((number, id.clone()));
            plan.stands.insert(document_id, Stands::Indexed(read.reading.0));
            plan.readings.push(read);
            plan.grouped.insert(document_id);
        }
        Outcome::Document(reason) => {
            document.first = Some((number, id.clone()));
            if !is_indexed {
                plan.stands.insert(document_id, Stands::Quarantined(reason));
            }
            return;
        }
        Outcome::Message(reason) => {
            // Decided before it was replayed, and not any more: the next good submission is read.
            if document.first.as_ref().is_some_and(|(first, _)| *first == number) {
                document.first = None;
            }
            if !has_standing {
                plan.stands.insert(document_id, Stands::Quarantined(reason));
            }
            return;
        }
        Outcome::Duplicate(..) => {}
    }
    if let Some(candidate_ref) = submitted.candidate_ref.as_deref().filter(|text| is_key(text)) {
        let portal = submitted.submission.portal.as_str();
        plan.candidates.push((portal, candidate_ref, document.number));
        if is_indexed {
            plan.grouped.insert(document_id);
        }
    }
}

fn record(
    decided: &Decided,
    id: &SubmissionId,
    outcome: &Outcome<'_>,
    row: Option<&SubmissionRow>,
    now: Timestamp,
) -> (SubmissionRecord, Option<i64>) {
    let (reason, first) = match outcome {
        Outcome::Read(_, reason) | Outcome::Document(reason) | Outcome::Message(reason) => (*reason, None),
        Outcome::Duplicate(number, first) => (Reason::SameContent, Some((*number, first.clone()))),
    };
    let detail = match &decided.decision {
        Decision::Refused { reason: given, detail } if *given == reason && !detail.is_empty() => {
            Some(codes::text(detail).chars().take(MAX_DETAIL_CHARS).collect())
        }
        _ => None,
    };
    let submitted = &decided.submitted;
    let (first, duplicate_of) = first.unzip();
    let record = SubmissionRecord {
        submission: id.clone(),
        document: submitted.document,
        state: reason.state(),
        reason,
        detail,
        attempt: row.map_or(Attempt::FIRST, |row| row.record.attempt),
        duplicate_of,
        document_date: submitted.document_date,
        source_name: codes::text_or_none(submitted.source_name.as_ref()),
        candidate_ref: codes::text_or_none(submitted.candidate_ref.as_ref()),
        field: codes::text_or_none(submitted.field.as_ref().map(|field| &field.0)).map(FieldId),
        consent: codes::text_or_none(submitted.consent.as_ref()),
        traceparent: codes::text_or_none(submitted.traceparent.as_ref()),
        received_at: row.map_or(now, |row| row.record.received_at),
        changed_at: now,
    };
    (record, first)
}

/// Whether it is the document that is at fault, so that every copy of it would be; else only this message.
fn concerns_document(reason: Reason, original: &Keep) -> bool {
    match reason {
        Reason::NotADocument
        | Reason::UnsupportedType
        | Reason::Encrypted
        | Reason::NoText
        | Reason::GarbledText
        | Reason::CrashedExtractor
        | Reason::SandboxViolation => true,
        // Bytes too many to keep cannot be replayed: they decide nothing for a copy sent under another limit.
        Reason::OverLimit => match original {
            Keep::InCommit(bytes) => can_be_kept(bytes),
            Keep::Elsewhere => true,
        },
        Reason::PoisonSuspect
        | Reason::BadMessage
        | Reason::MessageIdReused
        | Reason::StoreRefused
        | Reason::Received
        | Reason::Replayed
        | Reason::Read
        | Reason::ReadInPart
        | Reason::SameContent
        | Reason::ByOperator
        | Reason::ByRequest => false,
    }
}

/// The name and the contacts that can be keys or clues. A contact without a name is a clue only.
pub(super) fn usable(keys: &MatchKeys) -> (Option<&str>, Vec<&str>) {
    let name = keys.name.as_deref().filter(|name| is_key(name));
    let contacts = keys.contacts.iter().map(String::as_str).filter(|contact| is_key(contact));
    if keys.contacts.len() > MAX_CONTACTS {
        return (name, Vec::new());
    }
    (name, contacts.collect())
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_KEY_BYTES && !text.chars().any(char::is_control)
}
