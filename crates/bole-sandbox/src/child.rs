use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use bole_core::{DocumentId, EncodedEvidence, EncodedReading, MatchKeys, Reading, Reason, StoredError};
use bole_document::Fonts;
use bole_rank::{Lexicon, Source};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::document::refuse_poor;
use crate::guard::restrict;
use crate::painter::{draw, fonts};
use crate::protocol::{Answer, Duty, Request, Setup, push_frame, read_frame};
use crate::times::timed;
use crate::{Outcome, Refusal, StageTimes};

/// Why a child ends before its parent closes the pipe.
#[derive(Debug, thiserror::Error)]
enum ChildError {
    #[error("pipe to the parent")]
    Pipe(#[from] io::Error),
    #[error("JSON from or for the parent")]
    Json(#[from] serde_json::Error),
    #[error("encoding")]
    Encode(#[from] StoredError),
    #[error("the parent broke the protocol")]
    Protocol,
}

/// Runs a child: reads documents from standard input by `read` and answers on standard output until the input ends.
/// `read` writes into its last argument how long its parts took.
///
/// Fences itself in before the first document: see [`Guard`](crate::Guard). A part that the system lacks is left
/// out, and the parent is told.
pub fn run_child(read: impl Fn(DocumentId, &[u8], &mut StageTimes) -> Result<Reading, Refusal>) -> ExitCode {
    match serve(&read, &mut io::stdin().lock(), &mut Pipe) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(
    read: &impl Fn(DocumentId, &[u8], &mut StageTimes) -> Result<Reading, Refusal>,
    from: &mut impl Read,
    to: &mut impl Write,
) -> Result<(), ChildError> {
    let mut buffer = Vec::new();
    let Some(setup) = read_frame(from, &mut buffer)? else { return Ok(()) };
    let mut setup: Setup = serde_json::from_slice(setup)?;
    let trade = Trade::learn(setup.duty)?;
    setup.limits.address_space_bytes += trade.n_bytes();
    // The first look at the clock asks the system where the clock is; later ones may not.
    arm_processor_limit(setup.limits.cpu);
    let missing = restrict(&setup.limits);
    send(to, &[&serde_json::to_vec(&Answer::Ready { missing })?])?;
    while let Some(frame) = read_frame(from, &mut buffer)? {
        let (request, document, bytes) = Request::split(frame).ok_or(ChildError::Protocol)?;
        arm_processor_limit(setup.limits.cpu);
        match (&trade, request) {
            (Trade::Reader { lexicon }, Request::Read | Request::Inspect) => {
                let mut times = StageTimes::default();
                let mut reading = read(document, bytes, &mut times);
                if request == Request::Read {
                    reading = reading.and_then(refuse_poor);
                }
                answer(outcome_of(reading, lexicon, times)?, to)?;
            }
            (Trade::Painter { fonts }, Request::Draw { page, width_px }) => {
                let (head, png) = draw(bytes, page, width_px, fonts);
                let head = serde_json::to_vec(&head)?;
                match png {
                    Some(png) => send(to, &[&head, &png])?,
                    None => send(to, &[&head])?,
                }
            }
            _ => return Err(ChildError::Protocol),
        }
    }
    Ok(())
}

/// What a child has learned before it is fenced in.
enum Trade {
    Reader { lexicon: Lexicon },
    Painter { fonts: Fonts },
}

impl Trade {
    fn learn(duty: Duty) -> Result<Self, ChildError> {
        match duty {
            Duty::Read { lexicon } => {
                let sources: Vec<_> =
                    lexicon.iter().map(|file| Source { name: &file.name, text: &file.text }).collect();
                let lexicon = Lexicon::parse(&sources).map_err(|_| ChildError::Protocol)?;
                // The first document should pay no more than the hundredth.
                bole_document::warm();
                Ok(Self::Reader { lexicon })
            }
            Duty::Draw { font } => Ok(Self::Painter { fonts: fonts(font.as_ref()) }),
        }
    }

    /// What it holds that is as large as the operator's choice, in bytes.
    fn n_bytes(&self) -> u64 {
        match self {
            Self::Reader { .. } => 0,
            Self::Painter { fonts } => fonts.n_bytes() as u64,
        }
    }
}

/// What is stored of a reading: itself and its evidence, encoded, unless they are too large. `times` is where the time
/// went so far.
///
/// # Errors
/// None in practice: only if memory for the compressor is refused.
pub fn outcome_of(
    read: Result<Reading, Refusal>,
    lexicon: &Lexicon,
    mut times: StageTimes,
) -> Result<Outcome, StoredError> {
    let reading = match read {
        Ok(reading) => reading,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let (evidence, time) = timed(|| bole_rank::collect(&reading, lexicon));
    times.evidence = time;
    let (encoded, time) = timed(|| {
        let encoded = EncodedReading::encode(&reading)?;
        Ok((encoded, EncodedEvidence::encode(&evidence)?))
    });
    times.encoding = time;
    match encoded {
        Ok((encoded, evidence)) => Ok(Outcome::Read {
            reading: encoded,
            evidence,
            keys: MatchKeys::of(&reading.resume),
            partial: reading.content.quality.partial,
            times,
        }),
        Err(error @ StoredError::TooLarge { .. }) => {
            Ok(Outcome::Refused(Refusal { reason: Reason::OverLimit, detail: error.to_string() }))
        }
        Err(error) => Err(error),
    }
}

fn answer(outcome: Outcome, to: &mut impl Write) -> Result<(), ChildError> {
    match outcome {
        Outcome::Refused(refusal) => send(to, &[&serde_json::to_vec(&Answer::Refused(refusal))?]),
        Outcome::Read { reading, evidence, keys, partial, times } => {
            let head = serde_json::to_vec(&Answer::Read { keys, partial, times_us: times.to_wire() })?;
            send(to, &[&head, reading.as_bytes(), evidence.as_bytes()])
        }
    }
}

/// Sends frames in one piece, so that the parent is woken once.
fn send(to: &mut impl Write, frames: &[&[u8]]) -> Result<(), ChildError> {
    let mut bytes = Vec::new();
    for frame in frames {
        push_frame(&mut bytes, frame)?;
    }
    Ok(to.write_all(&bytes)?)
}

/// Standard output without the buffer that the standard library puts before it: it splits at line ends.
struct Pipe;

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Processor limits count from the start of the process, so each document gets what was used plus its own share.
fn arm_processor_limit(cpu: Duration) {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let maximum = getrlimit(Resource::Cpu).maximum;
    let current = Some(used + cpu.as_secs().max(1) + 1);
    setrlimit(Resource::Cpu, Rlimit { current, maximum }).ok();
}
