//! Clients of a cluster in which something dies: each asks again until it is answered, and what it had to go through is
//! kept.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use bole_store::{PostgresOptions, PostgresStore, Store as _};
use bole_tests::{Submission, load, request};
use serde_json::json;
use tokio::time::timeout;

use crate::PROFILE;
use crate::portal::PortalSide;

/// What each client leaves between two of its requests.
const BETWEEN_POSTS: Duration = Duration::from_millis(100);
const BETWEEN_QUERIES: Duration = Duration::from_millis(100);
const BETWEEN_SENDS: Duration = Duration::from_millis(300);
/// How long it waits before it asks again.
const AGAIN: Duration = Duration::from_millis(50);
/// Submissions that the portal at the broker sends together.
const N_TOGETHER: usize = 8;
/// How often it is looked how many submissions are decided.
const LEDGER_POLL: Duration = Duration::from_millis(50);

/// One request and how it went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    /// The status; 0 is no answer.
    pub(crate) status: u16,
}

/// What happened, by who saw it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) posts: Mutex<Vec<Attempt>>,
    pub(crate) queries: Mutex<Vec<Attempt>>,
    /// Rounds of the portal at the broker, until they were confirmed.
    pub(crate) sends: Mutex<Vec<Attempt>>,
    /// Whenever more submissions were decided.
    pub(crate) decided: Mutex<Vec<Instant>>,
}

/// Where they ask, and until when.
pub(crate) struct Clients<'a> {
    pub(crate) address: String,
    pub(crate) web: String,
    pub(crate) recruiter: String,
    pub(crate) stop: &'a AtomicBool,
    pub(crate) seen: &'a Seen,
}

/// The longest time without what is hoped for, and what came instead.
#[derive(Debug)]
pub(crate) struct Stall {
    pub(crate) longest: Duration,
    pub(crate) wrong: BTreeMap<u16, usize>,
}

impl Clients<'_> {
    /// Hands in one resume after the other, each until it is taken in.
    pub(crate) fn post(&self, next: &AtomicUsize) -> Vec<Submission> {
        let mut taken = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let submission = Submission::resume("web", next.fetch_add(1, Ordering::SeqCst));
            let post = || submission.post_to(&self.address, &self.web).map(|answer| answer.status);
            while !matches!(attempt(&self.seen.posts, post), 200 | 202) {
                thread::sleep(AGAIN);
            }
            taken.push(submission);
            thread::sleep(BETWEEN_POSTS);
        }
        taken
    }

    /// Ranks and searches by turns.
    pub(crate) fn look(&self) {
        let headers = [("Authorization", self.recruiter.as_str()), ("Content-Type", "application/json")];
        let body = json!({ "profile": PROFILE, "limit": 5 }).to_string();
        let asked = [("POST /v1/matches", body.as_str()), ("GET /v1/search?q=quartzite", "")];
        for (line, body) in asked.into_iter().cycle() {
            let ask = || request(&self.address, line, &headers, body).map(|answer| answer.status);
            while attempt(&self.seen.queries, ask) != 200 {
                thread::sleep(AGAIN);
            }
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            thread::sleep(BETWEEN_QUERIES);
        }
    }

    /// Sends by the broker, and gives how many.
    pub(crate) fn send(&self, portal: &mut PortalSide) -> Result<usize> {
        let mut n_sent = 0;
        while !self.stop.load(Ordering::SeqCst) {
            let submissions = load(portal.name(), n_sent..n_sent + N_TOGETHER);
            let mut sent = Ok(());
            attempt(&self.seen.sends, || {
                sent = portal.send(&submissions);
                Ok(200)
            });
            sent?;
            n_sent += N_TOGETHER;
            thread::sleep(BETWEEN_SENDS);
        }
        Ok(n_sent)
    }

    /// Watches the ledger in the store.
    pub(crate) fn watch(&self, store: &str) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let patience = Duration::from_secs(1);
            let store = PostgresStore::open(&PostgresOptions {
                url: store.to_owned(),
                password: None,
                n_connections: 2,
                acquire_timeout: patience,
                statement_timeout: patience,
                lock_timeout: patience,
            })
            .await?;
            let mut last = 0;
            while !self.stop.load(Ordering::SeqCst) {
                if let Ok(Ok(ledger)) = timeout(patience, store.ledger()).await {
                    let total = ledger.total();
                    let n_decided = total.received - total.queued;
                    if n_decided > last {
                        last = n_decided;
                        keep(&self.seen.decided, Instant::now());
                    }
                }
                tokio::time::sleep(LEDGER_POLL).await;
            }
            Ok(())
        })
    }
}

/// Asks, and keeps how it went.
fn attempt(attempts: &Mutex<Vec<Attempt>>, ask: impl FnOnce() -> Result<u16>) -> u16 {
    let began = Instant::now();
    let status = ask().unwrap_or(0);
    keep(attempts, Attempt { began, ended: Instant::now(), status });
    status
}

fn keep<T>(all: &Mutex<Vec<T>>, new: T) {
    all.lock().unwrap_or_else(PoisonError::into_inner).push(new);
}

impl Stall {
    /// Of answers: the longest time between two that were right, and those that were wrong, from `from` to `to`.
    pub(crate) fn of_answers(attempts: &Mutex<Vec<Attempt>>, from: Instant, to: Instant) -> Self {
        let attempts = attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = |attempt: &&Attempt| matches!(attempt.status, 200 | 202);
        let right = attempts.iter().filter(is_right).map(|attempt| attempt.ended).collect();
        let mut wrong = BTreeMap::new();
        let here = attempts.iter().filter(|attempt| attempt.ended >= from && attempt.began <= to);
        for attempt in here.filter(|attempt| !is_right(attempt)) {
            *wrong.entry(attempt.status).or_default() += 1;
        }
        Self { longest: longest_gap(right, from, to), wrong }
    }

    /// Of what was decided.
    pub(crate) fn of_decisions(decided: &Mutex<Vec<Instant>>, from: Instant, to: Instant) -> Duration {
        longest_gap(decided.lock().unwrap_or_else(PoisonError::into_inner).clone(), from, to)
    }
}

/// The longest time in which nothing happened, of the times that reach into the window.
fn longest_gap(mut moments: Vec<Instant>, from: Instant, to: Instant) -> Duration {
    moments.sort_unstable();
    let before = moments.iter().rev().find(|moment| **moment <= from).copied().unwrap_or(from);
    let after = moments.iter().find(|moment| **moment >= to).copied().unwrap_or(to);
    let within = moments.into_iter().filter(|moment| *moment > from && *moment < to);
    let (mut last, mut longest) = (before, Duration::ZERO);
    for moment in within.chain([after]) {
        longest = longest.max(moment.duration_since(last));
        last = moment;
    }
    longest
}

/// The longest that one of these took, of those that reach into the window.
pub(crate) fn slowest(attempts: &Mutex<Vec<Attempt>>, from: Instant, to: Instant) -> Duration {
    let attempts = attempts.lock().unwrap_or_else(PoisonError::into_inner);
    let here = attempts.iter().filter(|attempt| attempt.ended >= from && attempt.began <= to);
    here.map(|attempt| attempt.ended.duration_since(attempt.began)).max().unwrap_or_default()
}
