use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use bole_core::{DocumentId, EncodedEvidence, EncodedReading, MatchKeys, Pages, Reading, Reason, Verdict};
use bole_document::READER_VERSION;
use bole_rank::{Lexicon, Source};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};

use crate::Limits;
use crate::protocol::{Answer, Request, Setup, read_frame, write_frame};

/// Why a child ends before its parent closes the pipe.
#[derive(Debug, thiserror::Error)]
enum ChildError {
    #[error("pipe to the parent")]
    Pipe(#[from] io::Error),
    #[error("JSON from or for the parent")]
    Json(#[from] serde_json::Error),
    #[error("encoding")]
    Encode(#[from] bole_core::StoredError),
    #[error("the parent broke the protocol")]
    Protocol,
}

/// Runs a child: reads documents from standard input and answers on standard output until the input ends.
///
/// Limits itself before the first document: address space, processor time, no files written, no core, no new
/// privileges, and it dies with its parent. A limit that the system refuses is left out.
pub fn run_child() -> ExitCode {
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(from: &mut impl Read, to: &mut impl Write) -> Result<(), ChildError> {
    let Some(setup) = read_frame(from)? else { return Ok(()) };
    let setup: Setup = serde_json::from_slice(&setup)?;
    let sources: Vec<_> =
        setup.lexicon.iter().map(|file| Source { name: &file.name, text: &file.text }).collect();
    let lexicon = Lexicon::parse(&sources).map_err(|_| ChildError::Protocol)?;
    // The first document should pay no more than the hundredth.
    bole_document::warm();
    restrict(&setup.limits);
    write_frame(to, &serde_json::to_vec(&Answer::Ready)?)?;
    while let Some(request) = read_frame(from)? {
        let (request, document, bytes) = split_request(&request).ok_or(ChildError::Protocol)?;
        arm_processor_limit(setup.limits.cpu);
        match request {
            Request::Read => answer_read(document, bytes, &lexicon, to)?,
            Request::Inspect => {
                let answer = match read(document, bytes) {
                    Ok(reading) => Answer::Inspected(Box::new(reading)),
                    Err((reason, detail)) => Answer::Refused { reason, detail },
                };
                write_frame(to, &serde_json::to_vec(&answer)?)?;
            }
        }
    }
    Ok(())
}

fn split_request(frame: &[u8]) -> Option<(Request, DocumentId, &[u8])> {
    let (request, rest) = frame.split_first()?;
    let (document, bytes) = rest.split_first_chunk::<32>()?;
    Some((Request::from_byte(*request)?, DocumentId::from_bytes(*document), bytes))
}

fn answer_read(
    document: DocumentId,
    bytes: &[u8],
    lexicon: &Lexicon,
    to: &mut impl Write,
) -> Result<(), ChildError> {
    let reading = match read(document, bytes).and_then(refuse_poor) {
        Ok(reading) => reading,
        Err((reason, detail)) => {
            write_frame(to, &serde_json::to_vec(&Answer::Refused { reason, detail })?)?;
            return Ok(());
        }
    };
    let evidence = bole_rank::collect(&reading, lexicon);
    let keys = MatchKeys::of(&reading.resume);
    let partial = reading.content.quality.partial;
    let encoded_reading = EncodedReading::encode(&reading)?;
    let encoded_evidence = EncodedEvidence::encode(&evidence)?;
    write_frame(to, &serde_json::to_vec(&Answer::Read { keys, partial })?)?;
    write_frame(to, encoded_reading.as_bytes())?;
    write_frame(to, encoded_evidence.as_bytes())?;
    Ok(())
}

fn read(document: DocumentId, bytes: &[u8]) -> Result<Reading, (Reason, String)> {
    let content = bole_document::read(bytes, &bole_document::Limits::STANDARD)
        .map_err(|error| (error.reason(), error.to_string()))?;
    let resume = bole_resume::understand(&content);
    Ok(Reading { document, reader: READER_VERSION, content, resume })
}

/// A reading whose text is missing or wrong is not stored: it could only be scored wrongly.
fn refuse_poor(reading: Reading) -> Result<Reading, (Reason, String)> {
    let Pages { quality, diagnostics, .. } = &reading.content;
    match quality.verdict {
        Verdict::Readable => Ok(reading),
        Verdict::NoText => {
            let mut detail = format!(
                "{} visible characters on {} pages, {} of them images",
                quality.n_characters, quality.n_pages, quality.n_pages_of_image
            );
            // Why there is so little, where that is known.
            if let Some(diagnostic) = diagnostics.first() {
                detail = format!("{detail}; {}", diagnostic.message);
            }
            Err((Reason::NoText, detail))
        }
        Verdict::Garbled => {
            let detail = format!(
                "of {} characters {} have no mapping, {} are private, {} unlikely",
                quality.n_characters, quality.n_unmapped, quality.n_private, quality.n_unlikely
            );
            Err((Reason::GarbledText, detail))
        }
    }
}

/// Gives up what a reader never needs. Each step that the system refuses is skipped: the parent's own limits hold.
fn restrict(limits: &Limits) {
    let fixed = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    let steps = [
        (Resource::As, fixed(limits.address_space_bytes)),
        (Resource::Core, fixed(0)),
        (Resource::Fsize, fixed(0)),
        (Resource::Nofile, fixed(16)),
    ];
    for (resource, limit) in steps {
        setrlimit(resource, limit).ok();
    }
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).ok();
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).ok();
    rustix::thread::set_no_new_privs(true).ok();
}

/// Processor limits count from the start of the process, so each document gets what was used plus its own share.
fn arm_processor_limit(cpu: Duration) {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let maximum = getrlimit(Resource::Cpu).maximum;
    let current = Some(used + cpu.as_secs().max(1) + 1);
    setrlimit(Resource::Cpu, Rlimit { current, maximum }).ok();
}
