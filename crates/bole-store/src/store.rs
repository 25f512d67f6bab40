use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bole_core::message::v1::Submitted;
use bole_core::{
    Change, ContentHash, Decision, DocumentId, EncodedEvidence, EncodedReading, HistoryId, KeyId, KeyRecord,
    Ledger, LogPosition, MessageId, Note, PersonId, Portal, ReaderVersion, ReadingId, SessionRecord,
    Shortlist, ShortlistEntry, State, SubmissionId,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Alike, Committed, CopyError, Decided, Discard, Intake, KeptArtifact, KeptAudit, Known, Moment, NewAudit,
    NewReading, Overdue, PortalRow, QuarantineFilter, Replay, Reread, Standing, StoreError, SubmissionRecord,
    Told, Transition,
};

/// The truth and its change log.
///
/// All methods may be called from any number of tasks and processes. An error of any method leaves the store as it
/// was before the call, and so does dropping the call: it is done wholly or not at all. Times are kept to the
/// microsecond, text with U+FFFD for every U+0000.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Notes submissions that are about to be published, before they are: rows in state `accepting`.
    ///
    /// Answers in the order of `submitted`. Calling it again for the same submissions is harmless. A submission whose
    /// id stands for other bytes gets a row under the [id of a reuse](bole_core::MessageId::reused_by).
    ///
    /// # Errors
    /// [`StoreError::Refused`] if one of them cannot be stored as it is; else outages.
    async fn accept(&self, submitted: &[Submitted], now: Timestamp) -> Result<Vec<Intake>, StoreError>;

    /// The queue has confirmed these: `accepting` → `queued`; they count as received from here on. Rows that are
    /// further on already stay as they are. One without a row, because it was swept as stale, gets it: the queue has
    /// it, so it counts.
    async fn confirm(&self, submitted: &[Submitted], now: Timestamp) -> Result<(), StoreError>;

    /// What is known of messages before anything is read, so that a redelivery or a copy costs no reading.
    ///
    /// Answers in the order of `submitted`.
    async fn known(&self, submitted: &[Submitted]) -> Result<Vec<Known>, StoreError>;

    /// Commits what a worker decided, in one transaction; only then may the deliveries be acknowledged.
    ///
    /// Rows are decided in the order of portal, message id and document:
    /// - its id stands for other bytes: quarantined as `message_id_reused`, under an id of its own;
    /// - decided before: nothing changes;
    /// - its content was decided by another submission, read or set aside: a duplicate of that one, whatever the
    ///   decision. A message at fault (`bad_message`, `poison_suspect`, `store_refused`, and `over_limit` where the
    ///   bytes are too many to keep) is quarantined all the same, and never decides for its content: the next good
    ///   submission of the same bytes is read;
    /// - else as decided.
    ///
    /// The as-of date of a document is the earliest of all its submissions, its fields are those of all of them; what a
    /// `bad_message` says counts only as long as there is no other. Persons are the same whatever the order of the commits.
    ///
    /// Answers in the order of `batch`. Calling it again with the same batch changes nothing and answers
    /// [`Committed::Settled`] as redelivered. A row that the database refuses is quarantined as `store_refused`, found by
    /// bisection; its neighbours go in.
    ///
    /// # Errors
    /// Only outages: nothing of the batch was committed. Release the deliveries, probe, go on.
    async fn commit(&self, batch: &[Decided], now: Timestamp) -> Result<Vec<Committed>, StoreError>;

    /// Which history the positions of the change log are of: another after the store was restored from a backup. What is
    /// derived from the log and has read another history must be made anew.
    async fn history(&self) -> Result<HistoryId, StoreError>;

    /// The newest position of the change log.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] once a newer binary has changed the store, as all that writes; else outages.
    async fn head(&self) -> Result<LogPosition, StoreError>;

    /// At most `limit` changes after `after`, in order and without gaps.
    async fn changes(&self, after: LogPosition, limit: u32) -> Result<Vec<Change>, StoreError>;

    /// Where every document stood at `at`, ordered by document.
    async fn standings(&self, at: LogPosition) -> Result<Vec<Standing>, StoreError>;

    /// Where these documents stand now, in their order; none for a document that stands nowhere.
    async fn standings_of(&self, documents: &[DocumentId]) -> Result<Vec<Option<Standing>>, StoreError>;

    /// Where these documents stood at `at`, in their order; none for a document that stood nowhere then.
    async fn standings_of_at(
        &self,
        documents: &[DocumentId],
        at: LogPosition,
    ) -> Result<Vec<Option<Standing>>, StoreError>;

    /// The stored readings, in the order of `readings`.
    async fn readings(&self, readings: &[ReadingId]) -> Result<Vec<Option<EncodedReading>>, StoreError>;

    /// The evidence found with `lexicon`, in the order of `readings`; none where it has still to be derived.
    async fn evidence(
        &self,
        lexicon: ContentHash,
        readings: &[ReadingId],
    ) -> Result<Vec<Option<EncodedEvidence>>, StoreError>;

    /// Keeps evidence derived anew; a second time for the same reading and lexicon changes nothing.
    async fn keep_evidence(
        &self,
        lexicon: ContentHash,
        evidence: &[(ReadingId, EncodedEvidence)],
    ) -> Result<(), StoreError>;

    /// Keeps the text of a lexicon, a profile, levels or a run under its hash, for ever; a second time changes nothing.
    async fn keep_artifact(
        &self,
        kind: &str,
        hash: ContentHash,
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The text that was kept; none if there is none.
    async fn artifact(&self, kind: &str, hash: ContentHash) -> Result<Option<String>, StoreError>;

    /// At most `limit` of what was kept of a kind, the oldest first, equally old ones by hash.
    async fn artifacts(&self, kind: &str, limit: u32) -> Result<Vec<KeptArtifact>, StoreError>;

    /// Of a kind those whose hash begins with `prefix` (lower-case hex), at most `limit`, in order.
    async fn artifacts_by_prefix(
        &self,
        kind: &str,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<ContentHash>, StoreError>;

    /// The ledger now.
    async fn ledger(&self) -> Result<Ledger, StoreError>;

    /// One submission.
    async fn submission(&self, submission: &SubmissionId) -> Result<Option<SubmissionRecord>, StoreError>;

    /// These submissions, in their order; none for one that is not there. For some thousands at most: one statement.
    async fn submissions(&self, ids: &[SubmissionId]) -> Result<Vec<Option<SubmissionRecord>>, StoreError>;

    /// At most `limit` submissions of a portal, in one state or in any, by message id, of those after `after`. One in
    /// state `accepting` does not count yet, and is never among them.
    async fn submissions_of_portal(
        &self,
        portal: &Portal,
        state: Option<State>,
        after: Option<&MessageId>,
        limit: u32,
    ) -> Result<Vec<SubmissionRecord>, StoreError>;

    /// All changes of one submission's state, oldest first.
    async fn timeline(&self, submission: &SubmissionId) -> Result<Vec<Transition>, StoreError>;

    /// All submissions of these documents, the first of each document first, then by portal and id.
    async fn submissions_of(&self, documents: &[DocumentId]) -> Result<Vec<SubmissionRecord>, StoreError>;

    /// The documents that stand as read for this person now, ordered by document; none of a person who is not there.
    async fn documents_of(&self, person: PersonId) -> Result<Vec<DocumentId>, StoreError>;

    /// Documents whose hash begins with `prefix` (lower-case hex), at most `limit`, in order.
    async fn documents_by_prefix(&self, prefix: &str, limit: u32) -> Result<Vec<DocumentId>, StoreError>;

    /// Documents that were ingested from this source path, newest submission first.
    async fn documents_by_source(&self, source_name: &str) -> Result<Vec<DocumentId>, StoreError>;

    /// When the submission that has been `queued` longest was queued; none if none is.
    async fn oldest_queued(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Documents that stand as read, are of other persons than `document`, and give the same name or one of the same
    /// contacts, those with a contact first, then by id; `limit` at most. None if `document` does not stand as read.
    ///
    /// Documents that were read by a release without this are found by a name only if they gave a contact too, until they
    /// are read anew.
    async fn alike(&self, document: DocumentId, limit: u32) -> Result<Vec<Alike>, StoreError>;

    /// The portals whose messages are consumed, by name. A submission of another portal is stored all the same.
    async fn portals(&self) -> Result<Vec<PortalRow>, StoreError>;

    /// Adds a portal, or pauses or resumes one that is there; `now` counts only for a new one.
    async fn put_portal(&self, portal: &Portal, is_paused: bool, now: Timestamp) -> Result<(), StoreError>;

    /// Removes a portal; whether it was there. Its submissions stay.
    async fn remove_portal(&self, portal: &Portal) -> Result<bool, StoreError>;

    /// Keeps a new key.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if there is one of this id, or its name has more than 200 bytes; else outages.
    async fn add_key(&self, key: &KeyRecord) -> Result<(), StoreError>;

    /// The key of this id, whether or not it is still valid; none if there never was one.
    async fn key(&self, id: KeyId) -> Result<Option<KeyRecord>, StoreError>;

    /// All keys, ordered by when they were made, then by id.
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// Takes a key back; whether there was such a key that was not taken back before.
    async fn revoke_key(&self, id: KeyId, now: Timestamp) -> Result<bool, StoreError>;

    /// Keeps a session that begins.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if there is one of this token; else outages.
    async fn add_session(&self, session: &SessionRecord) -> Result<(), StoreError>;

    /// The session of which this is the hash of the token, whether or not it has expired; none if there never was one,
    /// or it was ended or swept.
    async fn session(&self, token: ContentHash) -> Result<Option<SessionRecord>, StoreError>;

    /// Has a session be blind or not; whether there is such a session.
    async fn set_session_blind(&self, token: ContentHash, is_blind: bool) -> Result<bool, StoreError>;

    /// Ends a session: there is none of this token from here on.
    async fn end_session(&self, token: ContentHash) -> Result<(), StoreError>;

    /// Deletes sessions that have expired by `now`; answers how many.
    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Appends to the audit log in this order, without gaps, each entry chained to the one before; durable when it is
    /// answered. Answers the last number of the log, 0 for an empty one.
    ///
    /// The log has a lock of its own, so that on PostgreSQL it waits for no commit; a SQLite file has one lock for all.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if a record or its text has more than 64 KiB; else outages. None of them was appended.
    async fn add_audit(&self, entries: &[NewAudit]) -> Result<u64, StoreError>;

    /// At most `limit` entries of the audit log after number `after`, in order; neither decoded nor checked.
    async fn audit(&self, after: u64, limit: u32) -> Result<Vec<KeptAudit>, StoreError>;

    /// At most `limit` entries of the audit log before number `before`, or the newest if there is none, newest first;
    /// neither decoded nor checked.
    async fn audit_back(&self, before: Option<u64>, limit: u32) -> Result<Vec<KeptAudit>, StoreError>;

    /// Deletes the personal text of these entries of the audit log; the chain holds all the same. Answers how many had
    /// one.
    async fn forget_audit_texts(&self, numbers: &[u64]) -> Result<u64, StoreError>;

    /// Keeps a decision, as the newest of its resume.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the name of the profile or of the author has more than 200 bytes; else outages.
    async fn add_decision(&self, decision: &Decision) -> Result<(), StoreError>;

    /// All decisions about these resumes, by resume in the order given, then in the order in which they were added.
    async fn decisions_of(&self, resumes: &[DocumentId]) -> Result<Vec<Decision>, StoreError>;

    /// Keeps a note.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if there is one of this id, its text has more than 16 KiB, or the author's name more than
    /// 200 bytes; else outages.
    async fn add_note(&self, note: &Note) -> Result<(), StoreError>;

    /// All notes on these resumes, by resume in the order given, then in the order in which they were added.
    async fn notes_of(&self, resumes: &[DocumentId]) -> Result<Vec<Note>, StoreError>;

    /// Deletes a note on this resume; whether it was there.
    async fn delete_note(&self, resume: DocumentId, note: Uuid) -> Result<bool, StoreError>;

    /// Keeps a new shortlist, empty whatever its `n_entries` says: entries are counted.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if there is one of this id, or a name in it has more than 200 bytes; else outages.
    async fn add_shortlist(&self, shortlist: &Shortlist) -> Result<(), StoreError>;

    /// Gives a shortlist another name; whether there is such a list.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the name has more than 200 bytes; else outages.
    async fn rename_shortlist(&self, id: Uuid, name: &str) -> Result<bool, StoreError>;

    /// Deletes a shortlist with its entries; whether it was there.
    async fn delete_shortlist(&self, id: Uuid) -> Result<bool, StoreError>;

    /// One shortlist.
    async fn shortlist(&self, id: Uuid) -> Result<Option<Shortlist>, StoreError>;

    /// At most `limit` shortlists, the oldest first, equally old ones by id, of those after `after`.
    async fn shortlists(
        &self,
        after: Option<(Timestamp, Uuid)>,
        limit: u32,
    ) -> Result<Vec<Shortlist>, StoreError>;

    /// Puts resumes on a shortlist; whether there is such a list. One that is there already keeps its place in the
    /// order, and all else is as given now.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if an author's name has more than 200 bytes; else outages. None of them was put there.
    async fn put_entries(&self, id: Uuid, entries: &[ShortlistEntry]) -> Result<bool, StoreError>;

    /// Takes resumes off a shortlist; answers how many were on it.
    async fn remove_entries(&self, id: Uuid, resumes: &[DocumentId]) -> Result<u64, StoreError>;

    /// The entries of a shortlist, ordered by when they were first put there, then by document.
    async fn entries(&self, id: Uuid) -> Result<Vec<ShortlistEntry>, StoreError>;

    /// Takes or renews the lease of a follower of the change log, for `time` by the clock of the database.
    ///
    /// Answers how far the follower is if `holder` has the lease now, none if another has it. A new follower is at 0.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a name that is empty or longer than 255 bytes; else outages.
    async fn lease(
        &self,
        follower: &str,
        holder: Uuid,
        time: Duration,
    ) -> Result<Option<LogPosition>, StoreError>;

    /// Moves a follower forward to `to`, never backwards. Answers whether the lease is the holder's and has not run
    /// out; if not, nothing has moved, and another may be following.
    async fn advance(&self, follower: &str, holder: Uuid, to: LogPosition) -> Result<bool, StoreError>;

    /// Ends the lease if it is the holder's, so that another need not wait for it to run out.
    async fn give_up_lease(&self, follower: &str, holder: Uuid) -> Result<(), StoreError>;

    /// How far a follower with a lease is, whoever has it; 0 for one that never was.
    async fn position_of(&self, follower: &str) -> Result<LogPosition, StoreError>;

    /// Whether the store takes something in: writes a megabyte durably and takes it away again. For the end of an
    /// outage, so that nothing is begun that could not be kept.
    async fn probe(&self) -> Result<(), StoreError>;

    /// At most `limit` submissions in quarantine, by portal and message id, those after `after`.
    async fn quarantined(
        &self,
        filter: &QuarantineFilter,
        after: Option<&SubmissionId>,
        limit: u32,
    ) -> Result<Vec<SubmissionRecord>, StoreError>;

    /// Sends submissions round again: `quarantined` → `queued`, the next attempt begins. Answers in their order.
    ///
    /// It is for the caller to publish what [`Store::to_publish`] then names; a crash in between loses nothing. Until
    /// it is decided again the document stands nowhere, unless it is read or another submission of it is in
    /// quarantine. Copies stay duplicates, whatever comes of it; one that is sent meanwhile is a duplicate too. Whatever
    /// delivery of it comes first decides it, one from before the replay too.
    ///
    /// `elsewhere` names those of their documents whose bytes are kept outside the database, as [`Originals::elsewhere`]
    /// told: without bytes there is nothing to read again.
    ///
    /// [`Originals::elsewhere`]: crate::Originals::elsewhere
    async fn replay(
        &self,
        submissions: &[SubmissionId],
        elsewhere: &[DocumentId],
        now: Timestamp,
    ) -> Result<Vec<Replay>, StoreError>;

    /// At most `limit` messages of replayed submissions that the queue may not have yet, the oldest submission first:
    /// under the id under which the submission stands, with what is kept of their headers.
    async fn to_publish(&self, limit: u32) -> Result<Vec<Submitted>, StoreError>;

    /// The queue has the messages of these, which [`Store::to_publish`] named. One that was replayed again since then
    /// will be named again.
    async fn published(&self, submissions: &[SubmissionId]) -> Result<(), StoreError>;

    /// Gives submissions up: `quarantined` → `discarded`. Answers in their order.
    ///
    /// Copies stay duplicates, and so does each that still comes of content that was decided. The document stands
    /// nowhere from here on, unless it is read or another submission of it is in quarantine.
    async fn discard(&self, submissions: &[SubmissionId], now: Timestamp)
    -> Result<Vec<Discard>, StoreError>;

    /// At most `limit` readings that serve, are of a reader older than `reader` and are not [kept](Self::keep_older),
    /// ordered by document, of those after `after`. Goes through the documents in their order until it has found as many.
    async fn older_readings(
        &self,
        reader: ReaderVersion,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<ReadingId>, StoreError>;

    /// At most `limit` readings that serve and have no evidence by `lexicon`, ordered by document, of those after
    /// `after`. Goes through the documents in their order until it has found as many.
    async fn without_evidence(
        &self,
        lexicon: ContentHash,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<ReadingId>, StoreError>;

    /// Notes that `reader`, and every one before it, can make no better reading of these documents: those that serve
    /// are kept, and no longer listed as older. For a newer reader they are. A second time nothing changes.
    async fn keep_older(&self, reader: ReaderVersion, documents: &[DocumentId]) -> Result<(), StoreError>;

    /// How many there are of both, and how many are kept. Goes through all documents: not for what asks often.
    async fn overdue(&self, reader: ReaderVersion, lexicon: ContentHash) -> Result<Overdue, StoreError>;

    /// Has new readings serve in the place of those of an older reader, in one transaction. Answers in the order of
    /// `batch`.
    ///
    /// The older readings and their evidence stay: a ranking of before still sees them. A name or contacts that are
    /// understood otherwise may join persons or part them; persons are the same whatever the order of commits and
    /// new readings. Each document that stands otherwise is an entry of the log; submissions stay as they are. Only
    /// documents that stand as read by an older reader are touched, so that calling it again changes nothing. A
    /// reading that the database refuses is found by bisection; its neighbours go in.
    ///
    /// # Errors
    /// Only outages: nothing of the batch was done.
    async fn reread(&self, batch: &[NewReading], now: Timestamp) -> Result<Vec<Reread>, StoreError>;

    /// Deletes submissions that have been `accepting` since before `before`, and documents that no other submission is
    /// of; answers how many submissions. One of which the queue holds the message after all gets its row again when it
    /// is confirmed or decided.
    async fn sweep_accepting(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Copies all rows, as of one moment, into a new file: a [`CopyFile`](crate::CopyFile), which is a store of its own.
    ///
    /// `moment` is awaited at that moment, and nothing is committed meanwhile: it should take no time. While rows are
    /// copied nobody waits. The file is not synced, and of no use before all is done.
    async fn copy_to(&self, path: &Path, moment: Moment<'_>, told: Told<'_>) -> Result<(), CopyError>;
}
