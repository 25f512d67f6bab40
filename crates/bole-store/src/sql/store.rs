//! The store over any database of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bole_core::message::v1::Submitted;
use bole_core::{
    Change, ContentHash, Decision, DocumentId, EncodedEvidence, EncodedReading, HistoryId, KeyId, KeyRecord,
    Ledger, LogPosition, MessageId, Note, PersonId, Portal, ReaderVersion, ReadingId, SessionRecord,
    Shortlist, ShortlistEntry, State, SubmissionId,
};
use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::backend::Backend;
use super::session::{Column, Session};
use super::write::Found;
use super::{
    Columns, artifacts, audit, codes, commit, desk, error, followers, intake, keys, portals, probe,
    quarantine, read, reread, sessions, sweep, write,
};
use crate::originals::checked;
use crate::{
    Alike, Committed, CopyError, Decided, Discard, Intake, Keep, KeptArtifact, KeptAudit, Known, Moment,
    NewAudit, NewReading, Originals, Overdue, PortalRow, QuarantineFilter, Replay, Reread, Standing, Store,
    StoreError, SubmissionRecord, Told, Transition,
};

/// How often a transaction is tried that loses against others.
const N_TRIES: usize = 5;

/// Calls again as long as the call loses against other transactions, a few times at most.
async fn again<T, F>(call: impl Fn() -> F + Send) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>> + Send,
{
    for _ in 1..N_TRIES {
        match call().await {
            Err(error) if error::lost_against_another(&error) => {}
            done => return done,
        }
    }
    call().await
}

#[async_trait]
impl<B: Backend> Store for B {
    async fn accept(&self, submitted: &[Submitted], now: Timestamp) -> Result<Vec<Intake>, StoreError> {
        again(|| intake::accept(self, submitted, now)).await
    }

    async fn confirm(&self, submitted: &[Submitted], now: Timestamp) -> Result<(), StoreError> {
        again(|| intake::confirm(self, submitted, now)).await
    }

    async fn known(&self, submitted: &[Submitted]) -> Result<Vec<Known>, StoreError> {
        intake::known(self, submitted).await
    }

    async fn commit(&self, batch: &[Decided], now: Timestamp) -> Result<Vec<Committed>, StoreError> {
        again(|| commit::commit(self, batch, now)).await
    }

    async fn history(&self) -> Result<HistoryId, StoreError> {
        read::history(&mut self.read().await?).await
    }

    async fn head(&self) -> Result<LogPosition, StoreError> {
        write::head(&mut self.read().await?).await.map(LogPosition)
    }

    async fn changes(&self, after: LogPosition, limit: u32) -> Result<Vec<Change>, StoreError> {
        read::changes(&mut self.read().await?, after, limit).await
    }

    async fn standings(&self, at: LogPosition) -> Result<Vec<Standing>, StoreError> {
        read::standings(&mut self.read().await?, at).await
    }

    async fn standings_of(&self, documents: &[DocumentId]) -> Result<Vec<Option<Standing>>, StoreError> {
        read::standings_of(&mut self.read().await?, documents).await
    }

    async fn standings_of_at(
        &self,
        documents: &[DocumentId],
        at: LogPosition,
    ) -> Result<Vec<Option<Standing>>, StoreError> {
        read::standings_of_at(&mut self.read().await?, documents, at).await
    }

    async fn readings(&self, readings: &[ReadingId]) -> Result<Vec<Option<EncodedReading>>, StoreError> {
        let blobs = read::blobs(&mut self.read().await?, None, readings).await?;
        Ok(blobs.into_iter().map(|blob| blob.map(EncodedReading::from_bytes)).collect())
    }

    async fn evidence(
        &self,
        lexicon: ContentHash,
        readings: &[ReadingId],
    ) -> Result<Vec<Option<EncodedEvidence>>, StoreError> {
        let blobs = read::blobs(&mut self.read().await?, Some(lexicon), readings).await?;
        Ok(blobs.into_iter().map(|blob| blob.map(EncodedEvidence::from_bytes)).collect())
    }

    async fn keep_evidence(
        &self,
        lexicon: ContentHash,
        evidence: &[(ReadingId, EncodedEvidence)],
    ) -> Result<(), StoreError> {
        again(|| keep_evidence(self, lexicon, evidence)).await
    }

    async fn keep_artifact(
        &self,
        kind: &str,
        hash: ContentHash,
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        again(|| artifacts::keep(self, kind, hash, text, now)).await
    }

    async fn artifact(&self, kind: &str, hash: ContentHash) -> Result<Option<String>, StoreError> {
        artifacts::artifact(&mut self.read().await?, kind, hash).await
    }

    async fn artifacts(&self, kind: &str, limit: u32) -> Result<Vec<KeptArtifact>, StoreError> {
        artifacts::artifacts(&mut self.read().await?, kind, limit).await
    }

    async fn artifacts_by_prefix(
        &self,
        kind: &str,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<ContentHash>, StoreError> {
        artifacts::by_prefix(&mut self.read().await?, kind, prefix, limit).await
    }

    async fn ledger(&self) -> Result<Ledger, StoreError> {
        read::ledger(&mut self.read().await?).await
    }

    async fn submission(&self, submission: &SubmissionId) -> Result<Option<SubmissionRecord>, StoreError> {
        read::submission(&mut self.read().await?, submission).await
    }

    async fn submissions(&self, ids: &[SubmissionId]) -> Result<Vec<Option<SubmissionRecord>>, StoreError> {
        read::submissions(&mut self.read().await?, ids).await
    }

    async fn submissions_of_portal(
        &self,
        portal: &Portal,
        state: Option<State>,
        after: Option<&MessageId>,
        limit: u32,
    ) -> Result<Vec<SubmissionRecord>, StoreError> {
        read::submissions_of_portal(&mut self.read().await?, portal, state, after, limit).await
    }

    async fn timeline(&self, submission: &SubmissionId) -> Result<Vec<Transition>, StoreError> {
        read::timeline(&mut self.read().await?, submission).await
    }

    async fn submissions_of(&self, documents: &[DocumentId]) -> Result<Vec<SubmissionRecord>, StoreError> {
        read::submissions_of(&mut self.read().await?, documents).await
    }

    async fn documents_of(&self, person: PersonId) -> Result<Vec<DocumentId>, StoreError> {
        read::documents_of(&mut self.read().await?, person).await
    }

    async fn documents_by_prefix(&self, prefix: &str, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        read::documents_by_prefix(&mut self.read().await?, prefix, limit).await
    }

    async fn documents_by_source(&self, source_name: &str) -> Result<Vec<DocumentId>, StoreError> {
        read::documents_by_source(&mut self.read().await?, source_name).await
    }

    async fn oldest_queued(&self) -> Result<Option<Timestamp>, StoreError> {
        read::oldest_queued(&mut self.read().await?).await
    }

    async fn alike(&self, document: DocumentId, limit: u32) -> Result<Vec<Alike>, StoreError> {
        read::alike(&mut self.read().await?, document, limit).await
    }

    async fn portals(&self) -> Result<Vec<PortalRow>, StoreError> {
        portals::portals(&mut self.read().await?).await
    }

    async fn put_portal(&self, portal: &Portal, is_paused: bool, now: Timestamp) -> Result<(), StoreError> {
        portals::put(self, portal, is_paused, now).await
    }

    async fn remove_portal(&self, portal: &Portal) -> Result<bool, StoreError> {
        portals::remove(self, portal).await
    }

    async fn add_key(&self, key: &KeyRecord) -> Result<(), StoreError> {
        again(|| keys::add(self, key)).await
    }

    async fn key(&self, id: KeyId) -> Result<Option<KeyRecord>, StoreError> {
        keys::key(&mut self.read().await?, id).await
    }

    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        keys::keys(&mut self.read().await?).await
    }

    async fn revoke_key(&self, id: KeyId, now: Timestamp) -> Result<bool, StoreError> {
        again(|| keys::revoke(self, id, now)).await
    }

    async fn add_session(&self, session: &SessionRecord) -> Result<(), StoreError> {
        again(|| sessions::add(self, session)).await
    }

    async fn session(&self, token: ContentHash) -> Result<Option<SessionRecord>, StoreError> {
        sessions::session(&mut self.read().await?, token).await
    }

    async fn set_session_blind(&self, token: ContentHash, is_blind: bool) -> Result<bool, StoreError> {
        again(|| sessions::set_blind(self, token, is_blind)).await
    }

    async fn end_session(&self, token: ContentHash) -> Result<(), StoreError> {
        again(|| sessions::end(self, token)).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        again(|| sessions::sweep(self, now)).await
    }

    async fn add_audit(&self, entries: &[NewAudit]) -> Result<u64, StoreError> {
        again(|| audit::add(self, entries)).await
    }

    async fn audit(&self, after: u64, limit: u32) -> Result<Vec<KeptAudit>, StoreError> {
        audit::after(&mut self.read().await?, after, limit).await
    }

    async fn audit_back(&self, before: Option<u64>, limit: u32) -> Result<Vec<KeptAudit>, StoreError> {
        audit::back(&mut self.read().await?, before, limit).await
    }

    async fn forget_audit_texts(&self, numbers: &[u64]) -> Result<u64, StoreError> {
        again(|| audit::forget_texts(self, numbers)).await
    }

    async fn add_decision(&self, decision: &Decision) -> Result<(), StoreError> {
        again(|| desk::add_decision(self, decision)).await
    }

    async fn decisions_of(&self, resumes: &[DocumentId]) -> Result<Vec<Decision>, StoreError> {
        desk::decisions_of(&mut self.read().await?, resumes).await
    }

    async fn add_note(&self, note: &Note) -> Result<(), StoreError> {
        again(|| desk::add_note(self, note)).await
    }

    async fn notes_of(&self, resumes: &[DocumentId]) -> Result<Vec<Note>, StoreError> {
        desk::notes_of(&mut self.read().await?, resumes).await
    }

    async fn delete_note(&self, resume: DocumentId, note: Uuid) -> Result<bool, StoreError> {
        again(|| desk::delete_note(self, resume, note)).await
    }

    async fn add_shortlist(&self, shortlist: &Shortlist) -> Result<(), StoreError> {
        again(|| desk::add_shortlist(self, shortlist)).await
    }

    async fn rename_shortlist(&self, id: Uuid, name: &str) -> Result<bool, StoreError> {
        again(|| desk::rename_shortlist(self, id, name)).await
    }

    async fn delete_shortlist(&self, id: Uuid) -> Result<bool, StoreError> {
        again(|| desk::delete_shortlist(self, id)).await
    }

    async fn shortlist(&self, id: Uuid) -> Result<Option<Shortlist>, StoreError> {
        desk::shortlist(&mut self.read().await?, id).await
    }

    async fn shortlists(
        &self,
        after: Option<(Timestamp, Uuid)>,
        limit: u32,
    ) -> Result<Vec<Shortlist>, StoreError> {
        desk::shortlists(&mut self.read().await?, after, limit).await
    }

    async fn put_entries(&self, id: Uuid, entries: &[ShortlistEntry]) -> Result<bool, StoreError> {
        again(|| desk::put_entries(self, id, entries)).await
    }

    async fn remove_entries(&self, id: Uuid, resumes: &[DocumentId]) -> Result<u64, StoreError> {
        again(|| desk::remove_entries(self, id, resumes)).await
    }

    async fn entries(&self, id: Uuid) -> Result<Vec<ShortlistEntry>, StoreError> {
        desk::entries(&mut self.read().await?, id).await
    }

    async fn lease(
        &self,
        follower: &str,
        holder: Uuid,
        time: Duration,
    ) -> Result<Option<LogPosition>, StoreError> {
        again(|| followers::lease(self, follower, holder, time)).await
    }

    async fn advance(&self, follower: &str, holder: Uuid, to: LogPosition) -> Result<bool, StoreError> {
        again(|| followers::advance(self, follower, holder, to)).await
    }

    async fn give_up_lease(&self, follower: &str, holder: Uuid) -> Result<(), StoreError> {
        again(|| followers::give_up(self, follower, holder)).await
    }

    async fn position_of(&self, follower: &str) -> Result<LogPosition, StoreError> {
        followers::position_of(&mut self.read().await?, follower).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        again(|| probe::probe(self)).await
    }

    async fn quarantined(
        &self,
        filter: &QuarantineFilter,
        after: Option<&SubmissionId>,
        limit: u32,
    ) -> Result<Vec<SubmissionRecord>, StoreError> {
        quarantine::quarantined(&mut self.read().await?, filter, after, limit).await
    }

    async fn replay(
        &self,
        submissions: &[SubmissionId],
        elsewhere: &[DocumentId],
        now: Timestamp,
    ) -> Result<Vec<Replay>, StoreError> {
        again(|| quarantine::replay(self, submissions, elsewhere, now)).await
    }

    async fn to_publish(&self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        again(|| quarantine::to_publish(self, limit)).await
    }

    async fn published(&self, submissions: &[SubmissionId]) -> Result<(), StoreError> {
        again(|| quarantine::published(self, submissions)).await
    }

    async fn discard(
        &self,
        submissions: &[SubmissionId],
        now: Timestamp,
    ) -> Result<Vec<Discard>, StoreError> {
        again(|| quarantine::discard(self, submissions, now)).await
    }

    async fn older_readings(
        &self,
        reader: ReaderVersion,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<ReadingId>, StoreError> {
        reread::older_readings(&mut self.read().await?, reader, after, limit).await
    }

    async fn without_evidence(
        &self,
        lexicon: ContentHash,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<ReadingId>, StoreError> {
        reread::without_evidence(&mut self.read().await?, lexicon, after, limit).await
    }

    async fn keep_older(&self, reader: ReaderVersion, documents: &[DocumentId]) -> Result<(), StoreError> {
        again(|| reread::keep_older(self, reader, documents)).await
    }

    async fn overdue(&self, reader: ReaderVersion, lexicon: ContentHash) -> Result<Overdue, StoreError> {
        reread::overdue(&mut self.read().await?, reader, lexicon).await
    }

    async fn reread(&self, batch: &[NewReading], now: Timestamp) -> Result<Vec<Reread>, StoreError> {
        again(|| reread::reread(self, batch, now)).await
    }

    async fn copy_to(&self, path: &Path, moment: Moment<'_>, told: Told<'_>) -> Result<(), CopyError> {
        self.copy(path, moment, told).await
    }

    async fn sweep_accepting(&self, before: Timestamp) -> Result<u64, StoreError> {
        again(|| sweep::sweep_accepting(self, before)).await
    }
}

#[async_trait]
impl<B: Backend> Originals for B {
    async fn keep(&self, _document: DocumentId, bytes: Bytes) -> Result<Keep, StoreError> {
        Ok(Keep::InCommit(bytes))
    }

    async fn original(&self, document: DocumentId) -> Result<Option<Bytes>, StoreError> {
        let found = read::original(&mut self.read().await?, document).await?;
        found.map(|bytes| checked(document, bytes.into())).transpose()
    }

    async fn elsewhere(&self, _documents: &[DocumentId]) -> Result<Vec<DocumentId>, StoreError> {
        Ok(Vec::new())
    }

    async fn probe(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

async fn keep_evidence<B: Backend>(
    backend: &B,
    lexicon: ContentHash,
    evidence: &[(ReadingId, EncodedEvidence)],
) -> Result<(), StoreError> {
    let mut write = backend.write_aside().await?;
    let numbers = numbers_of(write.session(), evidence.iter().map(|(reading, _)| reading.document)).await?;
    // In one order for all, so that two that keep the same do not wait for each other. One without a number was
    // erased in the meantime.
    let mut found: Vec<Found<'_>> = evidence
        .iter()
        .filter_map(|(reading, evidence)| {
            let document_number = *numbers.get(&reading.document)?;
            Some(Found { lexicon, document_number, reading: *reading, evidence })
        })
        .collect();
    found.sort_by_key(|found| (found.document_number, found.reading.reader));
    write::evidence(write.session(), &found).await?;
    write.commit().await
}

async fn numbers_of<S: Session>(
    session: &mut S,
    documents: impl Iterator<Item = DocumentId> + Send,
) -> Result<BTreeMap<DocumentId, i64>, StoreError> {
    let ids: BTreeSet<DocumentId> = documents.collect();
    let table = [Column::keys(ids.iter().map(DocumentId::as_bytes))];
    let rows = session.fetch(S::SQL.document_numbers, &table, &[]).await?;
    rows.iter().map(|row| Ok((codes::document(row.bytes(0)?)?, row.number(1)?))).collect()
}
