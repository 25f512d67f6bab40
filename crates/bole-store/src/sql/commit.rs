//! A worker's commit: one transaction, bisected where the database refuses a row.

use bole_core::{DocumentId, Event, Reason, State, SubmissionId};
use jiff::Timestamp;

use super::backend::{Backend, Write};
use super::decide::decide;
use super::people::{self, Touched};
use super::session::Session;
use super::snapshot::Snapshot;
use super::{codes, originals, standing, write};
use crate::{Committed, Decided, Decision, Keep, Standing, StoreError};

/// Commits a batch, sorted by submission and document.
pub(super) async fn commit<B: Backend>(
    backend: &B,
    batch: &[Decided],
    now: Timestamp,
) -> Result<Vec<Committed>, StoreError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let now = codes::stored_time(now);
    let mut write = backend.write_aside().await?;
    let refused = originals::keep(&mut write, batch).await?;
    let kept = |decided: &Decided| {
        let constraint = refused.get(&decided.submitted.document)?;
        tracing::warn!(submission = %decided.submitted.submission, constraint, "an original is refused");
        Some(without(decided, Cut::Original, constraint))
    };
    let cut: Vec<Option<Decided>> = batch.iter().map(kept).collect();
    let rows = batch.iter().zip(&cut).map(|(decided, cut)| cut.as_ref().unwrap_or(decided));
    let mut sorted: Vec<(usize, &Decided)> = rows.enumerate().collect();
    sorted.sort_by_key(|(_, decided)| (&decided.submitted.submission, decided.submitted.document));
    let mut committed: Vec<(usize, Committed)> = Vec::with_capacity(batch.len());
    backend.enter_log(&mut write).await?;
    let before = write::head(write.session()).await?;
    let mut head = before;
    // A stack, so that what is left of a split is done before what is right of it.
    let mut parts: Vec<&[(usize, &Decided)]> = vec![&sorted];
    while let Some(part) = parts.pop() {
        let rows: Vec<&Decided> = part.iter().map(|(_, decided)| *decided).collect();
        let answers = match try_apply(&mut write, &rows, now, &mut head).await {
            Ok(answers) => answers,
            Err(error @ StoreError::Refused { .. }) => {
                if let [row] = rows.as_slice() {
                    tracing::warn!(submission = %row.submitted.submission, %error, "row set aside");
                    set_aside(&mut write, row, error, now, &mut head).await?
                } else {
                    let (left, right) = part.split_at(part.len() / 2);
                    parts.extend([right, left]);
                    continue;
                }
            }
            Err(error) => return Err(error),
        };
        committed.extend(part.iter().map(|(index, _)| *index).zip(answers));
    }
    committed.sort_by_key(|(index, _)| *index);
    let committed: Vec<Committed> = committed.into_iter().map(|(_, committed)| committed).collect();
    write::forget_originals(write.session(), &originals::unnamed(batch, &committed)).await?;
    write.commit().await?;
    backend.has_grown(before, head).await;
    Ok(committed)
}

/// Applies a part of the batch, or leaves no trace of it; `head` moves only with a part that is applied.
async fn try_apply<DB: sqlx::Database<Connection: Session>>(
    write: &mut Write<DB>,
    part: &[&Decided],
    now: Timestamp,
    head: &mut u64,
) -> Result<Vec<Committed>, StoreError> {
    write.savepoint().await?;
    match apply(write, part, now, head).await {
        Ok(answers) => {
            write.release().await?;
            Ok(answers)
        }
        Err(error @ StoreError::Refused { .. }) => {
            write.undo().await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Quarantines a row that the database refuses, with as much of it as it takes.
async fn set_aside<DB: sqlx::Database<Connection: Session>>(
    write: &mut Write<DB>,
    row: &Decided,
    mut error: StoreError,
    now: Timestamp,
    head: &mut u64,
) -> Result<Vec<Committed>, StoreError> {
    for cut in [Cut::Reading, Cut::Headers] {
        let StoreError::Refused { constraint, .. } = &error else {
            return Err(error);
        };
        let rest = without(row, cut, constraint);
        match try_apply(write, &[&rest], now, head).await {
            Ok(answers) => return Ok(answers),
            Err(next) => error = next,
        }
    }
    Err(error)
}

/// How much of a refused row is given up.
#[derive(Clone, Copy)]
enum Cut {
    Reading,
    Headers,
    Original,
}

impl Cut {
    fn lost(self) -> &'static str {
        match self {
            Self::Reading => "its reading",
            Self::Headers => "its reading and headers",
            Self::Original => "its reading and bytes",
        }
    }
}

fn without(row: &Decided, cut: Cut, constraint: &str) -> Decided {
    let detail = format!("{constraint}; kept without {}", cut.lost());
    let mut rest = Decided {
        submitted: row.submitted.clone(),
        original: row.original.clone(),
        decision: Decision::Refused { reason: Reason::StoreRefused, detail },
    };
    if matches!(cut, Cut::Headers) {
        rest.submitted.source_name = None;
        rest.submitted.candidate_ref = None;
        rest.submitted.field = None;
        rest.submitted.consent = None;
        rest.submitted.traceparent = None;
    }
    if matches!(cut, Cut::Original) {
        rest.original = Keep::Elsewhere;
    }
    rest
}

async fn apply<DB: sqlx::Database<Connection: Session>>(
    write: &mut Write<DB>,
    part: &[&Decided],
    now: Timestamp,
    head: &mut u64,
) -> Result<Vec<Committed>, StoreError> {
    let submitted: Vec<_> = part.iter().map(|decided| &decided.submitted).collect();
    let session = write.session();
    let mut snapshot = Snapshot::load(session, &submitted).await?;
    let plan = decide(&mut snapshot, part, now);

    write::documents(session, &snapshot, &plan.documents).await?;
    write::submissions(session, &snapshot, &plan.submissions).await?;
    write::received(session, &plan.received).await?;
    write::readings(session, plan.readings.iter()).await?;
    write::candidates(session, &plan.candidates).await?;

    let touched: Vec<Touched> = plan
        .grouped
        .iter()
        .filter_map(|id| {
            let document = snapshot.documents.get(id)?;
            let standing = document.standing.as_ref();
            let person = standing.and_then(Standing::indexed).map(|(_, person)| person);
            Some(Touched { number: document.number, id: *id, person })
        })
        .collect();
    let grouping = people::regroup(session, &touched).await?;
    let moved = standing::moved(&snapshot, &plan, &grouping)?;

    let mut events = submission_events(&snapshot, &plan.submissions);
    events.extend(moved.keys().map(|document| Event::Document { document: *document }));
    let documents_from = *head + plan.submissions.len() as u64 + 1;
    standing::write(session, &moved, documents_from).await?;
    *head = write::changes(session, *head, now, &events).await?;
    Ok(plan.committed)
}

/// The changes of these submissions, as the log names them; `accepting` is outside the log.
pub(super) fn submission_events(snapshot: &Snapshot, submissions: &[SubmissionId]) -> Vec<Event> {
    submissions
        .iter()
        .filter_map(|id| snapshot.submissions.get(id))
        .filter(|row| row.record.state != State::Accepting)
        .map(|row| Event::Submission {
            submission: row.record.submission.clone(),
            document: Some::<DocumentId>(row.record.document),
            reason: row.record.reason,
            attempt: row.record.attempt,
        })
        .collect()
}
