//! The portal's side: submitting files over AMQP with the portal's own user, and waiting for the receipts. Needs a
//! broker, and neither store nor data folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bole_core::message::v1::{
    HEADER_CANDIDATE_REF, HEADER_DOCUMENT_DATE, HEADER_FIELD, Message, Properties, Receipt, SUBMITTED,
};
use bole_core::{AsOf, ContentHash, DocumentId, FieldId, MessageId, Portal, State};
use bole_queue::{PortalClient, QueueError, ReceivedReceipt};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::connect::portal_client;
use crate::files::{FileError, read_file};
use crate::ingest::date_of;
use crate::{EngineError, Settings};

/// What to submit, and as which portal.
#[derive(Clone, Debug)]
pub struct PortalSubmission {
    /// The portal.
    pub portal: Portal,
    /// The files, absolute.
    pub files: Vec<PathBuf>,
    /// The id of the one file; else each file's is the SHA-256 over its name, a zero byte, and its bytes.
    pub message_id: Option<MessageId>,
    /// The date that all of them speak from; else each file's modification date.
    pub document_date: Option<AsOf>,
    /// What the portal calls the candidate.
    pub candidate_ref: Option<String>,
    /// The field applied for.
    pub field: Option<FieldId>,
    /// How long to wait for the outcomes; none for not at all.
    pub wait: Option<Duration>,
}

/// News of one file.
#[derive(Clone, Debug)]
pub enum PortalNews {
    /// The broker has stored it.
    Sent {
        /// The file.
        path: PathBuf,
        /// Under which id.
        message_id: MessageId,
    },
    /// It is decided.
    Outcome {
        /// The file.
        path: PathBuf,
        /// What Bole tells the portal.
        receipt: Box<Receipt>,
    },
    /// Larger than the limit: not sent.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        n_bytes: u64,
        /// The limit in force.
        limit_bytes: usize,
    },
    /// It could not be read from the disk: not sent.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: String,
    },
}

/// How it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortalSubmitted {
    /// Files that the broker has stored.
    pub n_sent: u64,
    /// Files that were unreadable, or too large.
    pub n_not_taken: u64,
    /// Files whose outcome was waited for and did not come.
    pub n_waiting: u64,
    /// It was stopped before all files were sent, or had their outcome.
    pub interrupted: bool,
}

/// Files in one round of publishing.
const N_ROUND: usize = 32;
/// Bytes in one round of publishing.
const ROUND_BYTES: usize = 16 << 20;
/// How long receipts of other submissions are kept from whoever else fetches them.
const HOLD: Duration = Duration::from_secs(5);
/// How long to wait after an outage of the broker.
const PAUSE: Duration = Duration::from_secs(1);

/// Submits files as a portal does, and waits for their receipts if asked to.
///
/// Receipts of other submissions stay in the queue: somebody else may wait for them.
///
/// # Errors
/// [`EngineError::NoBroker`] without `queue.url`; the broker refuses, or is away: the same call again sends what is
/// missing under the same ids.
pub async fn submit_as_portal(
    settings: &Settings,
    submission: PortalSubmission,
    stop: &CancellationToken,
    mut report: impl FnMut(PortalNews) + Send,
) -> Result<PortalSubmitted, EngineError> {
    if submission.portal == Portal::local() {
        return Err(EngineError::ReservedPortal);
    }
    if submission.message_id.is_some() && submission.files.len() > 1 {
        return Err(EngineError::OneIdForMany(submission.files.len()));
    }
    let client = portal_client(settings, submission.portal.clone()).await?;
    if !client.is_known().await? {
        return Err(EngineError::NotKnownAtBroker(submission.portal));
    }
    let mut done = PortalSubmitted::default();
    let mut waiting = Waiting::default();
    let mut files = submission.files.iter();
    while files.len() > 0 && !stop.is_cancelled() {
        let mut round = Vec::new();
        let mut n_bytes = 0;
        while round.len() < N_ROUND && n_bytes < ROUND_BYTES {
            let Some(path) = files.next() else { break };
            match message(&submission, path, settings.queue.limit_bytes).await {
                Ok((message_id, message)) => {
                    n_bytes += message.body.len();
                    round.push((path.clone(), message_id, message));
                }
                Err(news) => {
                    done.n_not_taken += 1;
                    report(news);
                }
            }
        }
        let messages: Vec<_> = round.iter().map(|(_, _, message)| message.clone()).collect();
        client.publish(&messages).await?;
        for (path, message_id, message) in round {
            done.n_sent += 1;
            waiting.add(&message_id, DocumentId::of(&message.body), &path);
            report(PortalNews::Sent { path, message_id });
        }
    }
    if let Some(patience) = submission.wait {
        let until = Instant::now() + patience;
        tokio::select! {
            fetched = fetch(&client, &mut waiting, &mut report, until) => fetched?,
            () = stop.cancelled() => {}
        }
        done.n_waiting = waiting.n_files();
    }
    done.interrupted = stop.is_cancelled() && (files.len() > 0 || done.n_waiting > 0);
    Ok(done)
}

/// The message for one file.
async fn message(
    submission: &PortalSubmission,
    path: &Path,
    limit_bytes: usize,
) -> Result<(MessageId, Message), PortalNews> {
    let named = || path.to_owned();
    let (body, metadata) = match read_file(path, limit_bytes).await {
        Ok(read) => read,
        Err(FileError::TooLarge { n_bytes }) => {
            return Err(PortalNews::TooLarge { path: named(), n_bytes, limit_bytes });
        }
        Err(FileError::Unreadable(error)) => {
            return Err(PortalNews::Unreadable { path: named(), error: error.to_string() });
        }
    };
    let message_id = submission.message_id.clone().unwrap_or_else(|| message_id(path, &body));
    let date = submission.document_date.unwrap_or_else(|| date_of(&metadata));
    let headers = [
        (HEADER_DOCUMENT_DATE, Some(date.to_string())),
        (HEADER_CANDIDATE_REF, submission.candidate_ref.clone()),
        (HEADER_FIELD, submission.field.as_ref().map(|field| field.0.clone())),
    ];
    let given = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let properties = Properties {
        message_id: Some(message_id.to_string()),
        kind: Some(SUBMITTED.to_owned()),
        headers: given.collect(),
        ..Properties::default()
    };
    Ok((message_id, Message { portal: submission.portal.clone(), properties, body }))
}

/// The same for the same file, so that it may be sent again; as `deploy/examples/portal.py` makes it.
fn message_id(path: &Path, body: &[u8]) -> MessageId {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let hash = ContentHash::of(&[name, b"\0", body].concat()).to_string();
    hash.parse().unwrap_or_else(|_| unreachable!("64 hex digits are a message id"))
}

/// The files that have no outcome yet.
#[derive(Debug, Default)]
struct Waiting {
    files: BTreeMap<MessageId, Sent>,
    /// The id of a file by the one that it gets if the portal used its id before for other bytes.
    reused: BTreeMap<MessageId, MessageId>,
}

#[derive(Debug)]
struct Sent {
    document: DocumentId,
    /// The same file may lie in several folders.
    paths: Vec<PathBuf>,
}

impl Waiting {
    fn add(&mut self, message_id: &MessageId, document: DocumentId, path: &Path) {
        self.reused.insert(message_id.reused_by(document), message_id.clone());
        let sent = self.files.entry(message_id.clone()).or_insert(Sent { document, paths: Vec::new() });
        sent.paths.push(path.to_owned());
    }

    fn n_files(&self) -> u64 {
        self.files.values().map(|sent| sent.paths.len() as u64).sum()
    }

    /// Under which id it was sent what a receipt is about; none if that is another submission.
    fn id_of(&self, receipt: &Receipt) -> Option<MessageId> {
        let ids = [Some(&receipt.message_id), self.reused.get(&receipt.message_id)];
        let is_sent = |id: &&MessageId| {
            // Without a content it was set aside before anybody looked at it.
            let is_its = |sent: &Sent| receipt.sha256.is_none_or(|sha256| sha256 == sent.document);
            self.files.get(*id).is_some_and(is_its)
        };
        ids.into_iter().flatten().find(is_sent).cloned()
    }
}

/// Fetches receipts until each file has its outcome, or until then.
async fn fetch(
    client: &PortalClient,
    waiting: &mut Waiting,
    report: &mut (impl FnMut(PortalNews) + Send),
    until: Instant,
) -> Result<(), EngineError> {
    // Given back at once they would come at once. Held for a while, they let ours pass by.
    let mut others: Vec<ReceivedReceipt> = Vec::new();
    let mut give_back = Instant::now() + HOLD;
    while !waiting.files.is_empty() {
        let next = tokio::select! {
            next = client.next_receipt() => next,
            () = sleep_until(give_back.min(until)) => {
                release(&mut others).await?;
                if Instant::now() >= until {
                    break;
                }
                give_back = Instant::now() + HOLD;
                continue;
            }
        };
        let received = match next {
            Ok(received) => received,
            Err(QueueError::Unavailable(_)) => {
                // What was out is with the broker again.
                others.clear();
                sleep_until(until.min(Instant::now() + PAUSE)).await;
                continue;
            }
            // It is of another release, and stays.
            Err(QueueError::NotAReceipt(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let Some(id) = waiting.id_of(received.receipt()) else {
            others.push(received);
            continue;
        };
        let receipt = received.receipt().clone();
        received.ack().await?;
        if receipt.state == State::Queued {
            continue;
        }
        for path in waiting.files.remove(&id).map(|sent| sent.paths).unwrap_or_default() {
            report(PortalNews::Outcome { path, receipt: Box::new(receipt.clone()) });
        }
    }
    release(&mut others).await
}

async fn release(others: &mut Vec<ReceivedReceipt>) -> Result<(), EngineError> {
    for received in others.drain(..) {
        received.release().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bole_core::{Attempt, Reason};

    use super::*;

    #[test]
    fn a_receipt_is_found_by_its_id_and_content() {
        let id: MessageId = "a-17".parse().unwrap();
        let (ours, other) = (DocumentId::of(b"ours"), DocumentId::of(b"other"));
        let mut waiting = Waiting::default();
        waiting.add(&id, ours, Path::new("/a/x.pdf"));
        waiting.add(&id, ours, Path::new("/b/x.pdf"));
        assert_eq!(waiting.n_files(), 2);
        let id_of = |message_id: MessageId, sha256| {
            waiting.id_of(&Receipt {
                portal: "live".parse().unwrap(),
                message_id,
                sha256,
                state: State::Indexed,
                reason: Reason::Read,
                advice: String::new(),
                attempt: Attempt(1),
                at: "2026-11-21T10:00:00Z".parse().unwrap(),
            })
        };
        assert!(id_of(id.clone(), Some(ours)).is_some());
        assert!(id_of(id.clone(), None).is_some());
        assert!(id_of(id.reused_by(ours), Some(ours)).is_some());
        assert!(id_of(id.clone(), Some(other)).is_none(), "the id was used before, for other bytes");
        assert!(id_of("a-18".parse().unwrap(), Some(ours)).is_none());
    }
}
