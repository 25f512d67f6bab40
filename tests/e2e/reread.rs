//! Documents that an older reader read, and a lexicon that has changed.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bole_core::message::v1::Submitted;
use bole_core::{
    AsOf, ContentHash, DocumentId, EncodedEvidence, EncodedReading, Evidence, LogPosition, MatchKeys,
    ReaderVersion, ReadingId, Reason, SubmissionId,
};
use bole_document::READER_VERSION;
use bole_engine::{
    DataFolder, Engine, ErrorKind, Knowledge, ReaderProgram, RereadOptions, RereadProgress, Settings, reread,
};
use bole_sandbox::{StageTimes, read_document};
use bole_store::{Decided, Decision, Keep, SqliteOptions, SqliteStore, Store};
use bole_tests::{Installation, Running, image_only_pdf, text_pdf, until};
use bytes::Bytes;
use jiff::Timestamp;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Read by an older reader, besides one document that today's reader refuses and one that it read itself.
const N_OLDER: u64 = 240;
const N_PEOPLE: u64 = N_OLDER + 2;
/// The same, where the server does it in the background.
const N_FEW: u64 = 10;
const OLDER: ReaderVersion = ReaderVersion(0);

/// What the older reader made of a document: `seen` is what it would have to be for today's reader to see the same.
pub(crate) fn by_older_reader(
    number: u64,
    lexicon: ContentHash,
    bytes: Vec<u8>,
    seen: &[u8],
) -> Result<Decided> {
    let document = DocumentId::of(&bytes);
    let reading = ReadingId { document, reader: OLDER };
    let mut read = read_document(document, seen, &mut StageTimes::default())
        .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    read.reader = OLDER;
    let evidence = Evidence {
        reading,
        lexicon,
        mentions: Vec::new(),
        degrees: Vec::new(),
        jobs: Vec::new(),
        claimed_months: None,
        achievements: Vec::new(),
        partial: false,
    };
    let submission = SubmissionId { portal: "live".parse()?, message_id: number.to_string().parse()? };
    Ok(Decided {
        submitted: Submitted {
            submission,
            document,
            document_date: AsOf("2026-11-21".parse()?),
            candidate_ref: None,
            field: None,
            consent: None,
            traceparent: None,
            source_name: None,
        },
        original: Keep::InCommit(Bytes::from(bytes)),
        decision: Decision::Read {
            reading: (reading, EncodedReading::encode(&read)?),
            evidence: (lexicon, EncodedEvidence::encode(&evidence)?),
            keys: MatchKeys::of(&read.resume),
            partial: false,
        },
    })
}

/// The lines of a resume; the older reader overlooked the last.
pub(crate) fn lines(number: u64) -> Vec<String> {
    let mut lines = vec!["Ann Example".to_owned(), format!("Battery engineer number {number}")];
    lines.extend((0..40).map(|line| format!("Cell {line} of {number}: formation, ageing, teardown")));
    lines.push("Quartz polishing of lithium iron phosphate cells".to_owned());
    lines
}

pub(crate) fn pdf_of(lines: &[String]) -> Vec<u8> {
    text_pdf(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Opens the store of an installation as a process of its own would.
pub(crate) async fn open(installation: &Installation) -> Result<SqliteStore> {
    let options = SqliteOptions {
        path: installation.data().join("store.sqlite"),
        n_readers: 2,
        busy_timeout: Duration::from_secs(30),
        max_file_bytes: None,
    };
    Ok(SqliteStore::open(&options).await?)
}

/// Fills an installation as an older release would have left it.
pub(crate) async fn fill(
    installation: &Installation,
    n_older: u64,
    lexicon: ContentHash,
) -> Result<SqliteStore> {
    let own = installation.write("own.pdf", &text_pdf(&["Bob Sample", "Accountant, audit and tax"]))?;
    installation.succeed(["ingest".as_ref(), own.as_os_str()])?;
    let store = open(installation).await?;
    let mut batch = Vec::new();
    for number in 0..n_older {
        let lines = lines(number);
        let overlooked = lines.split_last().map(|(_, seen)| seen).context("a last line")?;
        batch.push(by_older_reader(number, lexicon, pdf_of(&lines), &pdf_of(overlooked))?);
    }
    let scan = text_pdf(&["Cid Tester", "Marble, read off a picture by the older reader"]);
    batch.push(by_older_reader(n_older, lexicon, image_only_pdf(), &scan)?);
    store.commit(&batch, Timestamp::now()).await?;
    Ok(store)
}

/// Ranks everybody, and checks that everybody is seen once.
fn match_all(installation: &Installation, config: &[&str]) -> Result<Value> {
    let arguments = ["match", "energy-storage", "--format", "json", "--top", "5"];
    let report = installation.json(arguments.iter().chain(config))?;
    let census = &report["census"];
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let sum = |key: &str| {
        census[key].as_object().into_iter().flatten().map(|(_, count)| number(count)).sum::<u64>()
    };
    ensure!(census["people"] == N_PEOPLE, "{census}");
    ensure!(
        number(&census["ranked"]) + sum("filtered_out") + sum("gate_failed") + sum("unreadable") == N_PEOPLE,
        "{census}"
    );
    ensure!(census["older_versions"] == 0, "{census}");
    Ok(report)
}

fn readings(installation: &Installation, config: &[&str]) -> Result<Value> {
    let status = installation.json(["status"].iter().chain(config))?;
    ensure!(status["law_holds"] == true, "{status}");
    Ok(status["readings"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_reader_takes_over_while_the_older_serves() -> Result<()> {
    let installation = Installation::new()?;
    let lexicon = Knowledge::load(None)?.lexicon().hash();
    let store = fill(&installation, N_OLDER, lexicon).await?;
    let overdue = async || anyhow::Ok(store.overdue(READER_VERSION, lexicon).await?.n_older_readings);
    assert_eq!(overdue().await?, N_OLDER + 1);
    assert_eq!(readings(&installation, &[])?["older_reader"], N_OLDER + 1);
    assert_eq!(installation.json(["search", "quartz"])?["n_found"], 0, "the older reader overlooked it");
    assert_eq!(installation.json(["search", "marble"])?["n_found"], 1);
    let before = store.head().await?;
    let seen_before = store.standings(before).await?;

    // While another process does it, this one says so.
    let other = Uuid::new_v4();
    store.lease("reread", other, Duration::from_mins(1)).await?.context("the lease")?;
    let refused = installation.run(["reread"])?;
    assert_eq!(refused.code, Some(5), "{}", refused.stderr);
    assert!(refused.stderr.contains("another `bole` process"), "{}", refused.stderr);
    store.give_up_lease("reread", other).await?;

    // One reader, so that there is a while left after the first batch.
    let begin = async || {
        let mut command = installation.command(["reread"])?;
        let mut child = command.env("BOLE_READER_PROCESSES", "1").stdout(Stdio::piped()).spawn()?;
        let before = overdue().await?;
        while overdue().await? == before {
            ensure!(child.try_wait()?.is_none(), "it ended without a new reading");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        anyhow::Ok(child)
    };
    // Interrupted, it ends in order and tells what it did.
    let interrupted = begin().await?;
    kill(Pid::from_raw(interrupted.id().try_into()?), Signal::SIGTERM)?;
    let interrupted = interrupted.wait_with_output()?;
    let left = overdue().await?;
    let told: Value = serde_json::from_slice(&interrupted.stdout)?;
    assert_eq!((interrupted.status.code(), &told["interrupted"]), (Some(130), &true.into()), "{told}");
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    assert_eq!(number(&told["reread"]) + number(&told["kept"]["no_text"]), N_OLDER + 1 - left, "{told}");
    // Killed, it leaves what was committed.
    let mut killed = begin().await?;
    killed.kill()?;
    killed.wait()?;
    assert!(1 < overdue().await? && overdue().await? < left, "the kill came too late to test anything");
    let left = overdue().await?;
    match_all(&installation, &[])?;

    // The same command goes on, and everybody is seen once at any moment.
    let is_over = AtomicBool::new(false);
    let (reread, n_matches) = std::thread::scope(|scope| {
        let matching = scope.spawn(|| {
            let mut n_matches = 0;
            while !is_over.load(Ordering::Relaxed) {
                match_all(&installation, &[])?;
                n_matches += 1;
            }
            anyhow::Ok(n_matches)
        });
        let reread = installation.json(["reread"]);
        is_over.store(true, Ordering::Relaxed);
        (reread, matching.join())
    });
    let reread = reread?;
    let n_matches = n_matches.map_err(|_| anyhow::anyhow!("a match panicked"))??;
    assert!(n_matches > 0);
    // The one that is refused may have come before the kill.
    let n_refused = reread["kept"]["no_text"].as_u64().unwrap_or(0);
    assert_eq!(reread["reread"], left - n_refused, "{reread}");
    assert_eq!((&reread["left_alone"], &reread["interrupted"]), (&0.into(), &false.into()));

    let after = store.overdue(READER_VERSION, lexicon).await?;
    assert_eq!(
        (after.n_older_readings, after.n_kept),
        (0, 1),
        "what today's reader refuses keeps its reading"
    );
    assert_eq!(readings(&installation, &[])?["kept"], 1);
    for standing in store.standings(store.head().await?).await? {
        let (reading, _) = standing.indexed().context("it is set aside")?;
        let is_refused = reading.document == DocumentId::of(&image_only_pdf());
        assert_eq!(reading.reader, if is_refused { OLDER } else { READER_VERSION });
    }
    // The log is gapless, which reading it checks, and one entry a document longer.
    let head = store.head().await?;
    assert_eq!(head, LogPosition(before.0 + N_OLDER));
    assert_eq!(store.changes(LogPosition(0), u32::MAX).await?.len() as u64, head.0);
    assert_eq!(store.standings(before).await?, seen_before, "a replay of before sees what was then");
    let old: Vec<_> = seen_before.iter().filter_map(|standing| Some(standing.indexed()?.0)).collect();
    assert!(store.readings(&old).await?.iter().all(Option::is_some));
    assert!(store.evidence(lexicon, &old).await?.iter().all(Option::is_some));
    let found = installation.json(["search", "quartz", "--top", "1000"])?;
    let hits = found["hits"].as_array().cloned().unwrap_or_default();
    let resumes: std::collections::BTreeSet<_> =
        hits.iter().filter_map(|hit| hit["resume"].as_str()).collect();
    assert_eq!((&found["n_found"], resumes.len() as u64), (&N_OLDER.into(), N_OLDER));
    assert_eq!(installation.json(["search", "marble"])?["n_found"], 1);

    // Nothing is left, and what is kept is tried again only by name.
    let again = installation.json(["reread"])?;
    assert_eq!((&again["reread"], &again["kept"]), (&0.into(), &serde_json::json!({})), "{again}");
    let refused = DocumentId::of(&image_only_pdf()).to_string();
    let again = installation.json(["reread", "--documents", &refused])?;
    assert_eq!((&again["reread"], &again["kept"]["no_text"]), (&0.into(), &1.into()), "{again}");
    assert_eq!(store.head().await?, head);
    changed_lexicon(&installation, &store).await
}

/// Readers that cannot be started end it, and nothing is lost; one that a document kills leaves that document as it was.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_anew_stays_as_it_was() -> Result<()> {
    let installation = Installation::new()?;
    let knowledge = || Knowledge::load(None);
    let lexicon = knowledge()?.lexicon().hash();
    let store = fill(&installation, N_FEW, lexicon).await?;
    let seen = text_pdf(&["Dan Pattern", "Slate, read by an older reader that nothing killed"]);
    let deadly = by_older_reader(N_FEW + 1, lexicon, b"%PDF-1.7\n%MOCK abort\n".to_vec(), &seen)?;
    let mut lost =
        by_older_reader(N_FEW + 2, lexicon, b"%PDF-1.7\n%of which the bytes are gone".to_vec(), &seen)?;
    lost.original = Keep::Elsewhere;
    store.commit(&[deadly, lost], Timestamp::now()).await?;
    let head = store.head().await?;
    let open = async |program: &str| {
        let settings = Settings::resolve(None, &BTreeMap::new(), &BTreeMap::new())?;
        let reader = ReaderProgram { program: program.into(), arguments: Vec::new() };
        let data = DataFolder::existing(&installation.data())?;
        anyhow::Ok(Engine::open(settings, knowledge()?, data, reader).await?)
    };
    let never = CancellationToken::new();
    let failed = reread(&open("/bin/false").await?, RereadOptions::default(), &never, |_| {}).await;
    assert!(matches!(&failed, Err(error) if error.kind() == ErrorKind::Outage), "{failed:?}");
    assert_eq!(store.head().await?, head);
    // The lease is free: the next begins at once.
    let mut told = Vec::new();
    let mock = open(env!("CARGO_BIN_EXE_mock-reader")).await?;
    let done = reread(&mock, RereadOptions::default(), &never, |progress| told.push(progress)).await?;
    assert_eq!((done.n_reread, done.n_without_original, done.interrupted), (N_FEW, 1, false));
    let kept = BTreeMap::from([(Reason::NoText, 1), (Reason::CrashedExtractor, 1)]);
    assert_eq!((done.kept, done.n_left_alone), (kept, 0));
    let n_read = told.iter().filter(|progress| **progress == RereadProgress::Read).count() as u64;
    assert_eq!((told[0], n_read), (RereadProgress::ToRead(N_FEW + 3), N_FEW + 3));
    assert_eq!(store.head().await?, LogPosition(head.0 + N_FEW));
    // What killed a reader is tried again by the next run, the others are not.
    let overdue = store.overdue(READER_VERSION, lexicon).await?;
    assert_eq!((overdue.n_older_readings, overdue.n_kept), (1, 2));
    let standings = store.standings(store.head().await?).await?;
    assert!(standings.len() as u64 == N_FEW + 4 && standings.iter().all(|it| it.indexed().is_some()));
    Ok(())
}

/// A server does it by itself, but not while a submission waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_rereads_in_the_background() -> Result<()> {
    let installation = Installation::new()?;
    let lexicon = Knowledge::load(None)?.lexicon().hash();
    let store = fill(&installation, N_FEW, lexicon).await?;
    let overdue = async || anyhow::Ok(store.overdue(READER_VERSION, lexicon).await?.n_older_readings);
    // One whose message some worker elsewhere holds.
    let text = pdf_of(&lines(N_FEW + 1));
    let mut waiting = by_older_reader(N_FEW + 1, lexicon, text.clone(), &text)?;
    let submitted = std::slice::from_ref(&waiting.submitted);
    store.accept(submitted, Timestamp::now()).await?;
    store.confirm(submitted, Timestamp::now()).await?;
    let head = store.head().await?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    // It has the lease, and has found all that there is to do.
    until("a server that rereads", || {
        let taken = tokio::task::block_in_place(|| {
            Handle::current().block_on(store.lease("reread", Uuid::new_v4(), Duration::ZERO))
        });
        Ok(taken?.is_none().then_some(()))
    })?;
    assert_eq!((store.head().await?, overdue().await?), (head, N_FEW + 1));
    // The worker decides it: nothing waits any more.
    waiting.decision = Decision::Refused { reason: Reason::GarbledText, detail: String::new() };
    store.commit(&[waiting], Timestamp::now()).await?;
    while overdue().await? > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stopped = server.stop()?;
    assert_eq!(stopped.code, Some(0), "{}", stopped.stderr);
    assert_eq!(store.head().await?, LogPosition(head.0 + 2 + N_FEW));
    assert_eq!(installation.json(["search", "quartz", "--top", "100"])?["n_found"], N_FEW);
    Ok(())
}

/// A lexicon with one concept more: evidence is derived once, and a match then derives none.
async fn changed_lexicon(installation: &Installation, store: &SqliteStore) -> Result<()> {
    let config = installation.files()?.join("config");
    let lexicon = config.join("lexicon");
    std::fs::create_dir_all(&lexicon)?;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/lexicon"))? {
        let entry = entry?;
        std::fs::copy(entry.path(), lexicon.join(entry.file_name()))?;
    }
    let concept = "field = \"general\"\n\n[concept.quartz-polishing]\nzh = [\"石英抛光\"]\nen = [\"quartz polishing\"]\n";
    std::fs::write(lexicon.join("zz-quartz.toml"), concept)?;
    let changed = Knowledge::load(Some(&config))?.lexicon().hash();
    let config = ["--config", config.to_str().context("a path in UTF-8")?];
    let head = store.head().await?;
    assert_eq!(readings(installation, &config)?["without_evidence"], N_PEOPLE);
    assert_eq!(readings(installation, &[])?["without_evidence"], 0);

    // One by name first.
    let own = installation.files()?.join("own.pdf");
    let mut command = installation.command(["reread", "--documents"])?;
    let one = bole_tests::Run::of(command.arg(own).args(config))?;
    let one: Value = serde_json::from_str(&one.stdout).context(one.stderr)?;
    assert_eq!((&one["evidence_derived"], &one["reread"]), (&1.into(), &0.into()), "{one}");
    let rest = installation.json(["reread"].iter().chain(&config))?;
    assert_eq!(rest["evidence_derived"], N_PEOPLE - 1, "{rest}");
    assert_eq!(rest["damaged"], 0, "{rest}");
    assert_eq!(store.overdue(READER_VERSION, changed).await?.n_without_evidence, 0, "a match derives none");
    let report = match_all(installation, &config)?;
    assert_eq!(report["lexicon"], changed.to_string());
    assert_eq!(store.head().await?, head, "evidence is not in the log");
    Ok(())
}
