//! The pool of readers against documents that misbehave in a fenced reader, and against programs that are none.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use bole_core::{DocumentId, ReadingId, Reason};
use bole_document::READER_VERSION;
use bole_engine::{DataFolder, Engine, Knowledge, ReaderProgram, Settings, readiness};
use bole_sandbox::{Guard, Limits, Outcome, Pool, PoolError, PoolOptions, Refusal};
use bole_tests::{Installation, Pdf, program, text_pdf};
use bytes::Bytes;

use crate::log::Log;

/// Takes some of the setup and says that it is ready, as a child does first.
const READY: &str = r#"head -c 60 > /dev/null; printf '\030\000\000\000{"ready":{"missing":[]}}'; "#;
const MOCK: &str = env!("CARGO_BIN_EXE_mock-reader");

fn pool(program: PathBuf, arguments: &[&str], limits: Limits) -> Pool {
    let arguments = arguments.iter().map(OsString::from).collect();
    Pool::new(PoolOptions { program, arguments, n_children: 1, limits, lexicon: Vec::new() })
}

/// A child that is a shell script.
fn script(script: &str, limits: Limits) -> Pool {
    pool("/bin/sh".into(), &["-c", script], limits)
}

fn good(number: usize) -> Bytes {
    Bytes::from(text_pdf(&["Ann Example", "Battery engineer", &format!("Cell number {number}")]))
}

/// A document that has the mock reader misbehave.
fn bad(mode: &str) -> Bytes {
    Bytes::from(format!("%PDF-1.7\n%MOCK {mode}\n"))
}

async fn refusal(pool: &Pool, bytes: &Bytes) -> Result<Refusal> {
    match pool.read(DocumentId::of(bytes), bytes).await? {
        Outcome::Refused(refusal) => Ok(refusal),
        Outcome::Read { .. } => anyhow::bail!("it was read"),
    }
}

async fn expect_read(pool: &Pool, number: usize) -> Result<()> {
    let bytes = good(number);
    let document = DocumentId::of(&bytes);
    let Outcome::Read { reading, .. } = pool.read(document, &bytes).await? else {
        anyhow::bail!("document {number} was refused")
    };
    let reading = reading.decode(ReadingId { document, reader: READER_VERSION })?;
    assert!(reading.content.text().contains(&format!("Cell number {number}")));
    Ok(())
}

#[tokio::test]
async fn whatever_a_document_does_is_a_reason_and_its_neighbours_are_read() -> Result<()> {
    let log = Log::start()?;
    // Wall times are short only where they are waited for: a machine may be busy.
    let patient = Limits {
        cpu: Duration::from_secs(1),
        wall: Duration::from_mins(2),
        address_space_bytes: 256 << 20,
        ..Limits::STANDARD
    };
    let hurried = Limits { wall: Duration::from_secs(3), cpu: Limits::STANDARD.cpu, ..patient };
    let hurried = pool(MOCK.into(), &[], hurried);
    for mode in ["sleep", "drip"] {
        let refusal = refusal(&hurried, &bad(mode)).await?;
        assert!(refusal.detail.ends_with("limit on time"), "{mode}: {refusal:?}");
    }
    let pool = pool(MOCK.into(), &[], patient);
    let cases = [
        ("spin", Reason::OverLimit, "processor time"),
        ("endless", Reason::OverLimit, "answer size"),
        ("allocate", Reason::OverLimit, "memory"),
        ("overflow", Reason::CrashedExtractor, "stack overflow"),
        ("panic", Reason::CrashedExtractor, "101"),
        ("exit", Reason::CrashedExtractor, "exit status: 0"),
        ("abort", Reason::CrashedExtractor, "SIGABRT"),
        ("open", Reason::SandboxViolation, "forbidden"),
        ("create", Reason::SandboxViolation, "forbidden"),
        ("connect", Reason::SandboxViolation, "forbidden"),
        ("datagram", Reason::SandboxViolation, "forbidden"),
        ("exec", Reason::SandboxViolation, "forbidden"),
        ("ptrace", Reason::SandboxViolation, "forbidden"),
        ("signal", Reason::SandboxViolation, "forbidden"),
    ];
    for (number, (mode, reason, detail)) in cases.into_iter().enumerate() {
        let refusal = refusal(&pool, &bad(mode)).await?;
        assert!(refusal.reason == reason && refusal.detail.contains(detail), "{mode}: {refusal:?}");
        expect_read(&pool, number).await?;
    }
    assert!(!std::path::Path::new("/tmp/made-by-a-reader").exists());
    let n_violations = cases.iter().filter(|(_, reason, _)| *reason == Reason::SandboxViolation).count();
    let alarms = log.lines("ALARM")?;
    assert_eq!(alarms.len(), n_violations);
    assert!(alarms.iter().all(|alarm| alarm["level"] == "ERROR"), "{alarms:?}");
    Ok(())
}

#[tokio::test]
async fn a_reader_tells_where_its_time_went_and_cannot_claim_more_than_has_passed() -> Result<()> {
    let bytes = good(1);
    for arguments in [[].as_slice(), &["--boasts"]] {
        let (pool, begun) = (pool(MOCK.into(), arguments, Limits::STANDARD), Instant::now());
        let Outcome::Read { times, .. } = pool.read(DocumentId::of(&bytes), &bytes).await? else {
            anyhow::bail!("it was refused")
        };
        // Told, and of the stretch between asking and hearing: true however slow the machine is.
        assert!(times.document > Duration::ZERO && times.total() <= begun.elapsed(), "{times:?}");
    }
    Ok(())
}

#[tokio::test]
async fn each_part_of_the_fence_holds_alone_and_what_is_missing_is_told() -> Result<()> {
    let both = pool(MOCK.into(), &[], Limits::STANDARD);
    // Kernels older than 6.12 lack the rest.
    let recent = [Guard::Network, Guard::Signals];
    let missing =
        |guards: &[Guard]| guards.iter().copied().filter(|it| !recent.contains(it)).collect::<Vec<_>>();
    assert_eq!(missing(both.missing_guards().await?), []);

    let landlock = [Guard::FileSystem, Guard::Network, Guard::Signals];
    let without_landlock = pool(MOCK.into(), &["--without", "landlock"], Limits::STANDARD);
    assert_eq!(without_landlock.missing_guards().await?, landlock);
    assert_eq!(refusal(&without_landlock, &bad("open")).await?.reason, Reason::SandboxViolation);
    expect_read(&without_landlock, 1).await?;

    let without_seccomp = pool(MOCK.into(), &["--without", "seccomp"], Limits::STANDARD);
    assert_eq!(missing(without_seccomp.missing_guards().await?), [Guard::SystemCalls]);
    for mode in ["open", "create", "connect", "exec", "ptrace", "signal"] {
        let refusal = refusal(&without_seccomp, &bad(mode)).await?;
        let is_stopped = ["denied", "not permitted", "temporarily unavailable"];
        assert!(is_stopped.iter().any(|error| refusal.detail.contains(error)), "{mode}: {refusal:?}");
    }
    expect_read(&without_seccomp, 2).await?;

    let without_both = pool(MOCK.into(), &["--without", "landlock,seccomp"], Limits::STANDARD);
    let missing: BTreeSet<_> = without_both.missing_guards().await?.iter().copied().collect();
    assert_eq!(missing, landlock.into_iter().chain([Guard::SystemCalls]).collect());
    expect_read(&without_both, 3).await
}

#[tokio::test]
async fn slow_documents_do_not_hold_up_the_others() -> Result<()> {
    let pool = pool(MOCK.into(), &[], Limits { wall: Duration::from_mins(10), ..Limits::STANDARD });
    let (slow, is_done) = (pool.clone(), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let done = is_done.clone();
    let hanging = tokio::spawn(async move {
        let refused = refusal(&slow, &bad("sleep")).await;
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        refused
    });
    tokio::task::yield_now().await;
    for number in 0..20 {
        expect_read(&pool, number).await?;
    }
    assert!(!is_done.load(std::sync::atomic::Ordering::SeqCst), "the only turn was held all the time");
    hanging.abort();
    Ok(())
}

#[tokio::test]
async fn however_a_process_ends_is_a_reason_of_its_document() -> Result<()> {
    let cases = [
        ("exit 3", Reason::CrashedExtractor),
        ("kill -KILL $$", Reason::CrashedExtractor),
        ("kill -SEGV $$", Reason::CrashedExtractor),
        ("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$", Reason::OverLimit),
        ("kill -XCPU $$", Reason::OverLimit),
        ("kill -SYS $$", Reason::SandboxViolation),
        (r"printf '\003\000\000\000{;}'; sleep 60", Reason::CrashedExtractor),
        (r"printf '\000\000\000\000'; sleep 60", Reason::CrashedExtractor),
        (
            r#"printf '\070\000\000\000{"refused":{"reason":"sandbox_violation","detail":"me"}}'; sleep 60"#,
            Reason::CrashedExtractor,
        ),
    ];
    for (behaviour, expected) in cases {
        let pool = script(&format!("{READY} {behaviour}"), Limits::STANDARD);
        let refusal = refusal(&pool, &bad("nothing")).await?;
        assert_eq!(refusal.reason, expected, "{behaviour}: {refusal:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_program_that_is_no_reader_is_our_fault_not_the_documents() {
    let bytes = good(1);
    for program in ["/bin/true", "/bin/cat", "/no/such/program"] {
        let limits = Limits { wall: Duration::from_secs(5), ..Limits::STANDARD };
        let read = pool(program.into(), &[], limits).read(DocumentId::of(&bytes), &bytes).await;
        assert!(matches!(read, Err(PoolError::Start(_))), "{program}: {read:?}");
    }
}

#[tokio::test]
async fn good_documents_are_read_by_one_reader_after_another() -> Result<()> {
    let limits = Limits { n_documents: 3, ..Limits::STANDARD };
    let pool = pool(program()?, &["reader"], limits);
    for number in 0..8 {
        expect_read(&pool, number).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_reader_without_memory_tells_so() -> Result<()> {
    // Enough to start, too little for two million numbers.
    let limits = Limits { address_space_bytes: 192 << 20, wall: Duration::from_mins(2), ..Limits::STANDARD };
    let mut pdf = Pdf::default();
    pdf.page("BT ET");
    pdf.add(format!("[{}]", "0 ".repeat(2_000_000)));
    let bytes = Bytes::from(pdf.finish());
    let pool = pool(program()?, &["reader"], limits);
    let refusal = refusal(&pool, &bytes).await?;
    assert!(refusal.detail.contains("memory"), "{refusal:?}");
    Ok(())
}

/// Whoever asks has less patience than the start takes, and asks again.
#[tokio::test]
async fn a_reader_that_starts_slowly_is_there_in_the_end() -> Result<()> {
    let installation = Installation::new()?;
    let settings = Settings::resolve(None, &BTreeMap::new(), &BTreeMap::new())?;
    let data = DataFolder::create(&installation.data())?;
    let slow = ["-c".to_owned(), format!("sleep 1; exec {MOCK}")];
    let reader = ReaderProgram { program: "/bin/sh".into(), arguments: slow.map(OsString::from).to_vec() };
    let engine = Engine::open(settings, Knowledge::load(None)?, data, reader).await?;
    for _ in 0..600 {
        let parts = readiness(&engine, Duration::from_millis(100)).await;
        if parts.iter().all(|part| part.trouble.is_none()) {
            return Ok(());
        }
    }
    anyhow::bail!("it never is there")
}
