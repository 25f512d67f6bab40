//! The store, and the clock, by what the store remembers.

use std::sync::Arc;
use std::time::Duration;

use bole_core::LogPosition;
use bole_store::{
    Look, LookError, Originals, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore, Store, StoreError,
};
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use super::{CALL_TIME, Check, Examination, Finding, PATIENCE, Subject, silent, told};
use crate::DataFolder;
use crate::connect::{Truth, originals_in, postgres, sqlite};

/// The oldest PostgreSQL that its makers still look after.
const OLDEST_POSTGRES: u32 = 14;
/// How far two clocks may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(2);

/// What was seen of a store, when, and itself if it is of use.
struct Seen {
    look: Look,
    /// Before and after it was asked for its clock.
    asked: (Timestamp, Timestamp),
    truth: Truth,
}

/// Looks at the store and the clock. The store is of use if its schema is the one that is known.
pub(super) async fn examine(
    subject: &Subject,
    data: &DataFolder,
    found: &mut Vec<Examination>,
) -> Option<Truth> {
    if subject.is_wrong("store") || subject.is_wrong("data") {
        found.push(Check::Store.waits_for(Check::Configuration));
        found.push(Check::Clock.waits_for(Check::Store));
        return None;
    }
    let began = Timestamp::now();
    let looked = match timeout(PATIENCE, look(subject, data)).await {
        Ok(looked) => looked,
        Err(_) => Err(vec![silent(PATIENCE)]),
    };
    let (look, truth) = match looked {
        Ok(seen) => seen,
        Err(findings) => {
            found.push(Check::Store.found(findings));
            found.push(Check::Clock.waits_for(Check::Store));
            return None;
        }
    };
    let seen = Seen { look, asked: (began, Timestamp::now()), truth };
    let mut findings = findings(&seen.look);
    let is_known = seen.look.schema == seen.look.known_schema;
    if is_known && !seen.look.only_reads {
        findings.extend(writes(seen.truth.store.as_ref()).await);
    }
    // The last entry of the log is looked up whatever else is wrong with the store.
    let newest = if is_known { newest_change(seen.truth.store.as_ref()).await } else { None };
    found.push(Check::Store.found(findings));
    found.push(Check::Clock.found(vec![clock(&seen, newest)]));
    is_known.then_some(seen.truth)
}

async fn look(subject: &Subject, data: &DataFolder) -> Result<(Look, Truth), Vec<Finding>> {
    if let Some(remote) = &subject.settings.store.remote {
        let options = PostgresOptions {
            statement_timeout: CALL_TIME,
            lock_timeout: CALL_TIME,
            ..postgres(&subject.settings, remote, CALL_TIME)
        };
        let looked = PostgresStore::look(&options).await;
        return looked.map(|(store, look)| (look, of(store))).map_err(|error| vec![away(&error)]);
    }
    let path = data.store();
    match path.try_exists() {
        Ok(true) => {}
        Ok(false) => {
            let seen = format!("nothing was taken in yet: there is no `{}`", path.display());
            return Err(vec![Finding::ok(seen)]);
        }
        Err(error) => {
            let seen = format!("`{}` cannot be looked at: {error}", path.display());
            return Err(vec![Finding::trouble(seen, "look at the data folder")]);
        }
    }
    let options = SqliteOptions { busy_timeout: CALL_TIME, ..sqlite(&subject.settings, data) };
    let looked = SqliteStore::look(&options).await;
    looked.map(|(store, look)| (look, of(store))).map_err(|error| vec![away(&error)])
}

fn of<S: Store + Originals + 'static>(store: S) -> Truth {
    let store = Arc::new(store);
    Truth { store: store.clone(), originals: store, postgres: None }
}

/// Looks at the bucket of originals, if there is one.
pub(super) async fn originals(subject: &Subject, truth: Option<&Truth>) -> Examination {
    let check = Check::Originals;
    if subject.is_wrong("originals") {
        return check.waits_for(Check::Configuration);
    }
    let Some(bucket) = &subject.settings.originals.bucket else {
        return check.found(vec![Finding::ok("in the store's database")]);
    };
    // What the bucket lacks is looked for in the database.
    let Some(truth) = truth else { return check.waits_for(Check::Store) };
    let probed = async {
        let originals = originals_in(bucket, truth.originals.clone(), CALL_TIME)?;
        originals.probe().await
    };
    let found = async {
        vec![match probed.await {
            Ok(()) => Finding::ok(format!("bucket `{}`", bucket.name)),
            Err(error) => Finding::trouble(told(&error), advice(&error)),
        }]
    };
    check.within(found).await
}

/// Why there is no store to look at.
fn away(error: &LookError) -> Finding {
    let advice = match error {
        LookError::Address(_) => "write `store.url` as postgres://USER@HOST:5432/DATABASE",
        LookError::Away(_) => {
            "look whether PostgreSQL runs, at host and port in `store.url`, and at the network in between"
        }
        LookError::NotLetIn(_) => {
            "look at the user in `store.url`, at the password in BOLE_STORE_PASSWORD or `store.password-file`, and at \
             the server's pg_hba.conf"
        }
        LookError::NoDatabase(_) => {
            "make it with `createdb`, owned by the user in `store.url`, or name another"
        }
        LookError::NoSchema => "make it with CREATE SCHEMA, or look at `search_path` in `store.url`",
        LookError::Tls(_) => {
            "look at `sslmode` and `sslrootcert` in `store.url`, and whether the server's certificate has its host name"
        }
        LookError::Store(error) => advice(error),
    };
    Finding::trouble(told(error), advice)
}

fn advice(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unavailable { .. } => "look at its disk or server, and at the rights of the user",
        StoreError::DiskFull { .. } => "make room on the disk of the store; nothing is lost",
        StoreError::Corrupt { .. } => "stop all of Bole, keep a copy of the files, and restore a backup",
        StoreError::NewerSchema { .. } => "use the release that wrote it, or a newer one",
        StoreError::NotAStore => "name another database, or another data folder",
        StoreError::BucketAway { .. } => {
            "look at the bucket, at `originals.endpoint` and at the network in between; nothing is lost"
        }
        StoreError::BucketRefused { .. } => "mend the keys of `[originals]` that are named",
        StoreError::DamagedOriginal { .. } => "bring the original back from a backup",
        StoreError::Refused { .. } => "report it with this output",
    }
}

fn findings(look: &Look) -> Vec<Finding> {
    let Look { product, major_version, encoding, schema, known_schema, clock: _, only_reads, risks } = look;
    let mut found = Vec::new();
    if product.starts_with("PostgreSQL") && *major_version < OLDEST_POSTGRES {
        found.push(Finding::warning(
            format!("{product} gets no repairs any more"),
            format!("upgrade to PostgreSQL {OLDEST_POSTGRES} or newer"),
        ));
    }
    if !encoding.eq_ignore_ascii_case("UTF8") && !encoding.eq_ignore_ascii_case("UTF-8") {
        found.push(Finding::trouble(
            format!("it keeps text as {encoding}: Chinese text cannot be stored"),
            "make a database with ENCODING 'UTF8' TEMPLATE template0, and name that one",
        ));
    }
    if *only_reads {
        found.push(Finding::trouble(
            "the server is a standby: it only reads",
            "name the primary in `store.url`, or promote this one",
        ));
    }
    for risk in risks {
        found.push(Finding::warning(
            format!("the server has `{risk}`: a power cut there loses what was confirmed"),
            "switch it on in postgresql.conf, or for this database and user",
        ));
    }
    if schema > known_schema {
        found.push(Finding::trouble(
            format!("it has schema {schema}, this release knows {known_schema}"),
            "upgrade this program to the release that the others here have",
        ));
    } else if *schema == 0 {
        found.push(Finding::ok(format!("{product}, empty: the first `bole serve` makes its tables")));
    } else if schema < known_schema {
        found.push(Finding::warning(
            format!("it has schema {schema}: the next command brings it to {known_schema}, and older releases then refuse it"),
            "back it up first, and upgrade all processes that work on it",
        ));
    } else if found.is_empty() {
        found.push(Finding::ok(format!("{product}, schema {schema}")));
    }
    found
}

/// Whether it takes something in.
async fn writes(store: &dyn Store) -> Option<Finding> {
    match timeout(PATIENCE, store.probe()).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            Some(Finding::trouble(format!("it takes nothing in: {}", told(&error)), advice(&error)))
        }
        Err(_) => Some(Finding::trouble(
            "it takes nothing in: another process holds it, or its disk stands still",
            "look for a process that works on it and does not go on",
        )),
    }
}

async fn newest_change(store: &dyn Store) -> Option<Timestamp> {
    let newest = async {
        let before = store.head().await.ok()?.0.checked_sub(1)?;
        store.changes(LogPosition(before), 1).await.ok()?.first().map(|change| change.at)
    };
    timeout(Duration::from_secs(2), newest).await.ok()?
}

/// The clock against the store's, and against the newest that was written.
fn clock(seen: &Seen, newest: Option<Timestamp>) -> Finding {
    let (before, after) = seen.asked;
    if let Some(newest) = newest.filter(|newest| newest.duration_since(after) > CLOCKS_APART) {
        return Finding::trouble(
            format!("it is {after:.0} here, and something was written at {newest:.0} already"),
            "set the clock of this machine, or of the one that wrote it, by NTP",
        );
    }
    let Some(clock) = seen.look.clock else {
        return Finding::ok(format!("it is {after:.0}, later than all that was written"));
    };
    // Asked between the two: what lies there cannot be told from right.
    let apart = if clock < before {
        before.duration_since(clock)
    } else if clock > after {
        clock.duration_since(after)
    } else {
        SignedDuration::ZERO
    };
    if apart > CLOCKS_APART {
        let which = if clock > after { "behind" } else { "ahead of" };
        return Finding::warning(
            format!("the clock of this machine is {} s {which} that of the store", apart.as_secs()),
            "have NTP set the clocks of all machines",
        );
    }
    Finding::ok("within 2 s of the store's")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn look() -> Look {
        Look {
            product: "PostgreSQL 15.8".to_owned(),
            major_version: 15,
            encoding: "UTF8".to_owned(),
            schema: 8,
            known_schema: 8,
            clock: None,
            only_reads: false,
            risks: Vec::new(),
        }
    }

    fn verdict(look: &Look) -> Verdict {
        Check::Store.found(findings(look)).verdict
    }

    #[test]
    fn a_server_is_judged_by_what_it_says() {
        assert_eq!(verdict(&look()), Verdict::Ok);
        assert_eq!(verdict(&Look { schema: 0, ..look() }), Verdict::Ok);
        assert_eq!(verdict(&Look { schema: 7, ..look() }), Verdict::Warning);
        assert_eq!(verdict(&Look { schema: 9, ..look() }), Verdict::Trouble);
        assert_eq!(verdict(&Look { major_version: 13, ..look() }), Verdict::Warning);
        assert_eq!(verdict(&Look { encoding: "SQL_ASCII".to_owned(), ..look() }), Verdict::Trouble);
        assert_eq!(verdict(&Look { only_reads: true, ..look() }), Verdict::Trouble);
        assert_eq!(verdict(&Look { risks: vec!["fsync = off".to_owned()], ..look() }), Verdict::Warning);
    }
}
