//! The pool of readers against children that behave as hostile documents make them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use bole_core::{DocumentId, Reason};
use bole_sandbox::{Limits, Outcome, Pool, PoolError, PoolOptions};
use bole_tests::{program, text_pdf};
use bytes::Bytes;

/// Takes some of the setup and says that it is ready, as a child does first.
const READY: &str = r#"head -c 60 > /dev/null; printf '\007\000\000\000"ready"'; "#;

fn pool(program: PathBuf, arguments: &[&str], limits: Limits) -> Pool {
    let arguments = arguments.iter().map(OsString::from).collect();
    Pool::new(PoolOptions { program, arguments, n_children: 1, limits, lexicon: Vec::new() })
}

/// A child that is a shell script.
fn script(script: &str, limits: Limits) -> Pool {
    pool("/bin/sh".into(), &["-c", script], limits)
}

async fn refusal(pool: &Pool) -> Result<(Reason, String)> {
    let bytes = Bytes::from_static(b"%PDF-1.7");
    match pool.read(DocumentId::of(&bytes), &bytes).await? {
        Outcome::Refused { reason, detail } => Ok((reason, detail)),
        Outcome::Read { .. } => anyhow::bail!("a script read a document"),
    }
}

#[tokio::test]
async fn whatever_kills_a_reader_is_a_reason_of_its_document() -> Result<()> {
    let cases = [
        ("exit 0", Reason::CrashedExtractor),
        ("exit 3", Reason::CrashedExtractor),
        ("kill -KILL $$", Reason::CrashedExtractor),
        ("kill -SEGV $$", Reason::CrashedExtractor),
        ("kill -ABRT $$", Reason::CrashedExtractor),
        ("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$", Reason::OverLimit),
        ("kill -XCPU $$", Reason::OverLimit),
        ("kill -SYS $$", Reason::SandboxViolation),
        ("yes", Reason::OverLimit),
        (r"printf '\003\000\000\000{;}'; sleep 60", Reason::CrashedExtractor),
    ];
    for (behaviour, expected) in cases {
        let pool = script(&format!("{READY} {behaviour}"), Limits::STANDARD);
        let (reason, detail) = refusal(&pool).await?;
        assert_eq!(reason, expected, "{behaviour}: {detail}");
    }
    Ok(())
}

#[tokio::test]
async fn a_reader_that_hangs_is_ended() -> Result<()> {
    let limits = Limits { wall: Duration::from_secs(1), ..Limits::STANDARD };
    for behaviour in ["sleep 60", "while :; do printf x; sleep 0.01; done"] {
        let (reason, detail) = refusal(&script(&format!("{READY} {behaviour}"), limits)).await?;
        assert_eq!(reason, Reason::OverLimit, "{behaviour}: {detail}");
    }
    Ok(())
}

#[tokio::test]
async fn a_program_that_is_no_reader_is_our_fault_not_the_documents() {
    let bytes = Bytes::from_static(b"%PDF-1.7");
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
        let bytes =
            Bytes::from(text_pdf(&["Ann Example", "Battery engineer", &format!("Cell number {number}")]));
        let document = DocumentId::of(&bytes);
        let Outcome::Read { reading, .. } = pool.read(document, &bytes).await? else {
            anyhow::bail!("document {number} was refused")
        };
        let reading = reading.decode()?;
        assert_eq!(reading.document, document);
        assert!(reading.content.pages[0].text.contains(&format!("Cell number {number}")));
    }
    Ok(())
}

#[tokio::test]
async fn a_reader_without_memory_tells_so() -> Result<()> {
    // Enough to start, far too little for a document of thirty megabytes of text.
    let limits = Limits { address_space_bytes: 192 << 20, ..Limits::STANDARD };
    let lines = vec!["word ".repeat(200); 15_000];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let bytes = Bytes::from(text_pdf(&lines));
    let read = pool(program()?, &["reader"], limits).read(DocumentId::of(&bytes), &bytes).await?;
    assert!(matches!(read, Outcome::Refused { reason: Reason::OverLimit, .. }), "{read:?}");
    Ok(())
}
