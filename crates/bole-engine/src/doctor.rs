//! Looks an installation over and tells what is wrong with it and what to do, without changing it: no folder is made,
//! nothing is declared at the broker, and no table is brought to a newer form.
//!
//! Each check is independent of the others as far as it can be, and waited for five seconds at most, the start of a reader
//! for twenty. What another check has to find first is told as not checked, with which.

mod broker;
mod configuration;
mod flow;
mod folder;
mod index;
mod machine;
mod store;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use bole_core::{Chain, Portal};
use bole_rank::Problem;
use serde::Serialize;
use tokio::time::timeout;

use crate::{CpuPool, DataFolder, Knowledge, Panicked, ReaderProgram, Settings};

/// How long a check is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a reader may take to start: a process, on a machine that may be busy.
const START: Duration = Duration::from_secs(20);
/// How long a server may take for one answer, so that its silence is told by the check and not by the end of patience.
const CALL_TIME: Duration = Duration::from_millis(3500);

/// What is looked over.
#[derive(Debug)]
pub struct Subject {
    /// The folder of the configuration; none for what is built in.
    pub config: Option<PathBuf>,
    /// The settings, with the default in the place of each that is wrong.
    pub settings: Settings,
    /// All mistakes in settings, lexicon, profiles and levels.
    pub problems: Vec<Problem>,
    /// Lexicon, profiles and levels; none if they have mistakes.
    pub knowledge: Option<Knowledge>,
    /// How to start a reader.
    pub reader: ReaderProgram,
}

/// What came of it all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The worst of all.
    pub verdict: Verdict,
    /// All checks, always in the same order.
    pub checks: Vec<Examination>,
}

/// What came of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// Which.
    pub check: Check,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// What was found, at least one thing.
    pub findings: Vec<Finding>,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub verdict: Verdict,
    /// What was seen.
    pub seen: String,
    /// What to do about it.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The check that has to be well before this one can be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Check>,
}

/// How bad it is, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It could not be looked at, because of another check.
    NotChecked,
    /// As it should be.
    Ok,
    /// It works, and may not for long, or not as safely as it should.
    Warning,
    /// It does not work, or something is lost if nobody acts.
    Trouble,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Settings, lexicon, profiles, levels, and the files that they name.
    Configuration,
    /// The server's certificate and key.
    Certificate,
    /// The data folder.
    DataFolder,
    /// The room on its disk.
    Disk,
    /// The store.
    Store,
    /// Where originals are kept, if not in the store.
    Originals,
    /// The clock of this machine.
    Clock,
    /// The queue.
    Queue,
    /// What is declared at the broker.
    Declared,
    /// What the broker lets us do.
    Permissions,
    /// The search index.
    Index,
    /// The processes that read documents, and their fence.
    Readers,
    /// The font of page pictures.
    Font,
    /// The audit log.
    Audit,
    /// What becomes of submissions.
    Submissions,
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Configuration => "configuration",
            Self::Certificate => "certificate",
            Self::DataFolder => "data folder",
            Self::Disk => "disk",
            Self::Store => "store",
            Self::Originals => "originals",
            Self::Clock => "clock",
            Self::Queue => "queue",
            Self::Declared => "declared",
            Self::Permissions => "permissions",
            Self::Index => "index",
            Self::Readers => "readers",
            Self::Font => "font",
            Self::Audit => "audit log",
            Self::Submissions => "submissions",
        })
    }
}

impl Finding {
    fn ok(seen: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, seen: seen.into(), advice: None, because: None }
    }

    fn warning(seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, seen: seen.into(), advice: Some(advice.into()), because: None }
    }

    fn trouble(seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { verdict: Verdict::Trouble, seen: seen.into(), advice: Some(advice.into()), because: None }
    }

    /// It cannot be looked at.
    fn not_checked(because: Check, seen: impl Into<String>) -> Self {
        Self { verdict: Verdict::NotChecked, seen: seen.into(), advice: None, because: Some(because) }
    }
}

impl Check {
    /// What was found by this check.
    fn found(self, findings: Vec<Finding>) -> Examination {
        let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok);
        Examination { check: self, verdict, findings }
    }

    /// This check waits for another.
    fn waits_for(self, because: Check) -> Examination {
        self.found(vec![Finding::not_checked(because, format!("it needs the {because}"))])
    }

    /// What a check finds, if it does in time.
    async fn within(self, found: impl Future<Output = Vec<Finding>>) -> Examination {
        self.within_time(PATIENCE, found).await
    }

    async fn within_time(self, time: Duration, found: impl Future<Output = Vec<Finding>>) -> Examination {
        match timeout(time, found).await {
            Ok(findings) => self.found(findings),
            Err(_) => self.found(vec![silent(time)]),
        }
    }

    /// The same of a check that blocks its thread.
    async fn blocking(
        self,
        cpu: &CpuPool,
        find: impl FnOnce() -> Vec<Finding> + Send + 'static,
    ) -> Examination {
        let found = async { cpu.run(find).await.unwrap_or_else(|error| vec![bug(&error)]) };
        self.within(found).await
    }
}

/// Of what did not answer in time.
fn silent(time: Duration) -> Finding {
    Finding::trouble(
        format!("no answer within {} s", time.as_secs()),
        "look whether what it is on, a disk or a server, stands still",
    )
}

fn bug(error: &Panicked) -> Finding {
    Finding::trouble(error.to_string(), "report it with this output")
}

/// An error with its causes, on one line.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    Chain(error).to_string().replace('\n', ", ")
}

impl Subject {
    /// Whether a setting of this section is wrong, so that what it says is not what was meant.
    fn is_wrong(&self, section: &str) -> bool {
        self.problems.iter().any(|problem| {
            problem.key == section
                || problem.key.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

/// Looks an installation over.
///
/// # Errors
/// If the system gives no threads.
pub async fn examine(subject: &Subject) -> Result<Diagnosis, rayon::ThreadPoolBuildError> {
    // Enough that one that stands still does not keep others from beginning.
    let cpu = CpuPool::new(6)?;
    let data = DataFolder::at(&subject.settings.data);
    let told_wrong = configuration::examine(subject);
    let certificate = {
        let server = subject.settings.server.clone();
        let is_wrong = subject.is_wrong("server");
        Check::Certificate.blocking(&cpu, move || configuration::certificate(&server, is_wrong))
    };
    let needs_store_file = subject.settings.store.remote.is_none();
    let folder = {
        let data = data.clone();
        Check::DataFolder.blocking(&cpu, move || folder::examine(&data, needs_store_file))
    };
    let disk = {
        let data = data.clone();
        Check::Disk.blocking(&cpu, move || folder::disk(&data))
    };
    let pool = subject
        .knowledge
        .as_ref()
        .map(|knowledge| crate::engine::pool(&subject.settings, knowledge, subject.reader.clone()));
    let readers = async {
        match &pool {
            Some(pool) => Check::Readers.within_time(START, machine::readers(pool)).await,
            None => Check::Readers.waits_for(Check::Configuration),
        }
    };
    let font = async { Check::Font.found(machine::font(&subject.settings)) };
    let parts = look_at_parts(subject, &data, &cpu);
    let (certificate, folder, disk, readers, font, parts) =
        tokio::join!(certificate, folder, disk, readers, font, parts);
    let mut checks = vec![Check::Configuration.found(told_wrong), certificate, folder, disk, readers, font];
    checks.extend(parts);
    checks.sort_by_key(|examination| examination.check);
    let verdict = checks.iter().map(|examination| examination.verdict).max().unwrap_or(Verdict::Ok);
    Ok(Diagnosis { verdict, checks })
}

/// Store, queue, and what is in them.
async fn look_at_parts(subject: &Subject, data: &DataFolder, cpu: &CpuPool) -> Vec<Examination> {
    let mut found = Vec::new();
    let truth = store::examine(subject, data, &mut found).await;
    found.push(store::originals(subject, truth.as_ref()).await);
    let store = truth.as_ref().map(|truth| truth.store.as_ref());
    let mut portals: Vec<Portal> = Vec::new();
    if let Some(store) = store
        && let Ok(Ok(rows)) = timeout(PATIENCE, store.portals()).await
    {
        portals.extend(rows.into_iter().map(|row| row.portal));
    }
    portals.push(Portal::local());
    let queue = broker::examine(subject, data, &portals, &mut found).await;
    if let Some(store) = store {
        let (index, audit, flow) = tokio::join!(
            index::examine(data, Some(store), cpu),
            Check::Audit.within(flow::audit(store)),
            Check::Submissions.within(flow::examine(store, &queue)),
        );
        found.extend([index, audit, flow]);
    } else {
        found.push(index::examine(data, None, cpu).await);
        found.extend([Check::Audit, Check::Submissions].map(|check| check.waits_for(Check::Store)));
    }
    found
}
