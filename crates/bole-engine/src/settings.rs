mod bucket;
mod files;
mod keys;
mod reference;
mod remote;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bole_rank::Problem;
use bole_sandbox::{FontFile, Limits};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::EngineError;
pub use bucket::{Bucket, OriginalsSettings};
use keys::{KEYS, Key};
pub use reference::settings_reference;
pub use remote::Remote;
use remote::without_password;

/// All settings, valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The data folder.
    pub data: PathBuf,
    /// The readers.
    pub reader: ReaderSettings,
    /// The queue.
    pub queue: QueueSettings,
    /// The store.
    pub store: StoreSettings,
    /// Where originals are kept.
    pub originals: OriginalsSettings,
    /// The door.
    pub intake: IntakeSettings,
    /// The worker.
    pub work: WorkSettings,
    /// What `bole serve` and `bole work` offer by HTTP.
    pub server: ServerSettings,
    /// What the pages for recruiters show.
    pub console: ConsoleSettings,
    /// Traces.
    pub trace: TraceSettings,
    /// New readings.
    pub reread: RereadSettings,
    /// Ranking.
    pub rank: RankSettings,
    /// Which log lines are written, as a `tracing` filter.
    pub log: String,
}

/// The readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderSettings {
    /// Processes at once, at least 1.
    pub n_processes: usize,
    /// What each may use.
    pub limits: Limits,
}

/// The queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSettings {
    /// RabbitMQ; none for the queue in the data folder.
    pub remote: Option<Remote>,
    /// What the names of the broker's exchanges and queues begin with.
    pub prefix: String,
    /// How long a worker may be silent before others get what it holds.
    pub lease: Duration,
    /// Bytes of documents that a worker holds at once.
    pub held_bytes: usize,
    /// Documents that a worker holds at once.
    pub n_held: usize,
    /// The largest document.
    pub limit_bytes: usize,
}

/// The store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// PostgreSQL; none for the store in the data folder.
    pub remote: Option<Remote>,
    /// Queries at once.
    pub n_readers: u32,
    /// How long a write waits for other processes.
    pub busy_timeout: Duration,
    /// The size that the store may grow to; none for as much as the disk holds.
    pub limit_bytes: Option<u64>,
}

/// The door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntakeSettings {
    /// How many submissions may wait before the door refuses more.
    pub n_backlog: u64,
}

/// The worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkSettings {
    /// Documents in one transaction.
    pub n_batch: usize,
    /// Where `bole work` tells its metrics and health; none for nowhere.
    pub listen: Option<SocketAddr>,
}

/// What `bole serve` offers by HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its certificate; none for plain HTTP.
    pub certificate: Option<CertificateFiles>,
    /// Requests from this machine need no key.
    pub open_loopback: bool,
    /// `/metrics` needs no key.
    pub open_metrics: bool,
    /// Connections at once.
    pub n_connections: usize,
    /// Requests a second of a key, but for those of portals.
    pub n_requests: u32,
    /// Requests a second of a portal's key.
    pub n_portal_requests: u32,
    /// Requests of a key at once.
    pub n_concurrent: usize,
    /// How long a request may take to answer, without its body.
    pub request_time: Duration,
    /// How long the body of a submission may take to arrive.
    pub body_time: Duration,
    /// How long it goes on taking requests when it is to end.
    pub drain: Duration,
    /// How long an orderly end may take.
    pub shutdown: Duration,
}

/// Where a certificate and its key lie, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate, with those between it and the root behind it.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What the pages for recruiters show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// What Chinese, Japanese and Korean text is drawn in whose own font is not in the document; none for the first that
    /// is found.
    pub font: Option<FontFile>,
}

/// Traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceSettings {
    /// The collector that takes them in, by OTLP over HTTP; empty for none.
    pub endpoint: String,
}

/// New readings of what an older reader read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RereadSettings {
    /// `bole serve` makes them in the background.
    pub background: bool,
}

/// Ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankSettings {
    /// Threads; 0 is one a core.
    pub n_threads: usize,
}

/// A setting as given, and by whom.
struct Given {
    text: String,
    by: String,
    line: Option<usize>,
}

const FILE: &str = "bole.toml";
/// The file with every key, its default and its meaning.
const CONFIG: &str = include_str!("../../../config/bole.toml");
/// Names the configuration's folder; it is read before there are settings.
const CONFIG_VARIABLE: &str = "BOLE_CONFIG";

impl Settings {
    /// Puts the settings together: `flags` before `environment` before the file before the defaults.
    ///
    /// `file` is the text of `bole.toml`, if there is one; the environment's names are `BOLE_` and the key in capitals
    /// with `_`, such as `BOLE_READER_PROCESSES`; flags are named as keys, such as `rank.threads`.
    ///
    /// # Errors
    /// Every mistake at once, with line and hint.
    pub fn resolve(
        file: Option<&str>,
        environment: &BTreeMap<String, String>,
        flags: &BTreeMap<&str, String>,
    ) -> Result<Self, EngineError> {
        let (settings, problems) = Self::resolve_anyway(file, environment, flags);
        if problems.is_empty() { Ok(settings) } else { Err(EngineError::Configuration(problems)) }
    }

    /// The same for who goes on looking: every mistake, and the default in the place of each value that is wrong.
    pub fn resolve_anyway(
        file: Option<&str>,
        environment: &BTreeMap<String, String>,
        flags: &BTreeMap<&str, String>,
    ) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut given = file.map(|text| from_file(text, &mut problems)).unwrap_or_default();
        problems.extend(environment.keys().filter_map(|name| unknown_variable(name)));
        for key in &KEYS {
            if let Some(text) = environment.get(&key.variable()) {
                given.insert(key.path(), Given { text: text.clone(), by: key.variable(), line: None });
            }
            if let Some(text) = flags.get(key.path().as_str()) {
                let by = format!("--{}", key.name);
                given.insert(key.path(), Given { text: text.clone(), by, line: None });
            }
        }
        let mut settings = Self::undecided();
        for key in &KEYS {
            let found = given.get(&key.path());
            let text = found.map_or(key.default, |given| given.text.as_str());
            if let Err(hint) = (key.apply)(&mut settings, text) {
                // A default may need what another key says, and then stays away with it.
                (key.apply)(&mut settings, key.default).ok();
                problems.push(Problem {
                    file: found.map_or_else(|| "default".to_owned(), |given| given.by.clone()),
                    line: found.and_then(|given| given.line),
                    key: key.path(),
                    message: format!("`{}` is not a value for it", without_password(text)),
                    hint,
                });
            }
        }
        (settings, problems)
    }

    /// Reads `bole.toml` of a configuration folder; none if there is no such file.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn read_file(config: &Path) -> Result<Option<String>, EngineError> {
        let path = config.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(EngineError::Path { path, source }),
        }
    }

    /// A value that `resolve` overwrites key by key.
    fn undecided() -> Self {
        Self {
            data: PathBuf::new(),
            reader: ReaderSettings { n_processes: 1, limits: Limits::STANDARD },
            queue: QueueSettings {
                remote: None,
                prefix: String::new(),
                lease: Duration::ZERO,
                held_bytes: 0,
                n_held: 0,
                limit_bytes: 0,
            },
            store: StoreSettings {
                remote: None,
                n_readers: 1,
                busy_timeout: Duration::ZERO,
                limit_bytes: None,
            },
            originals: OriginalsSettings { bucket: None },
            intake: IntakeSettings { n_backlog: 1 },
            work: WorkSettings { n_batch: 1, listen: None },
            server: ServerSettings {
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                certificate: None,
                open_loopback: false,
                open_metrics: false,
                n_connections: 1,
                n_requests: 1,
                n_portal_requests: 1,
                n_concurrent: 1,
                request_time: Duration::ZERO,
                body_time: Duration::ZERO,
                drain: Duration::ZERO,
                shutdown: Duration::ZERO,
            },
            console: ConsoleSettings { font: None },
            trace: TraceSettings { endpoint: String::new() },
            reread: RereadSettings { background: false },
            rank: RankSettings { n_threads: 0 },
            log: String::new(),
        }
    }
}

/// As `bole config show` prints them: a `bole.toml` with every value in force.
impl fmt::Display for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            data,
            reader,
            queue,
            store,
            originals,
            intake,
            work,
            server,
            console,
            trace,
            reread,
            rank,
            log,
        } = self;
        let Limits { address_space_bytes, cpu, wall, answer_bytes, n_documents } = reader.limits;
        let size = |n_bytes: u64| match n_bytes {
            _ if n_bytes.is_multiple_of(1 << 20) => format!("{} MiB", n_bytes >> 20),
            _ if n_bytes.is_multiple_of(1 << 10) => format!("{} KiB", n_bytes >> 10),
            _ => format!("{n_bytes} B"),
        };
        let seconds = |duration: Duration| match duration.subsec_millis() {
            0 => format!("{} s", duration.as_secs()),
            _ => format!("{} ms", duration.as_millis()),
        };
        writeln!(formatter, "data = {:?}", data.display().to_string())?;
        writeln!(formatter, "log = {log:?}")?;
        writeln!(formatter, "\n[reader]\nprocesses = {}", reader.n_processes)?;
        writeln!(formatter, "memory = {:?}", size(address_space_bytes))?;
        writeln!(formatter, "processor-time = {:?}", seconds(cpu))?;
        writeln!(formatter, "time = {:?}", seconds(wall))?;
        writeln!(formatter, "answer = {:?}", size(answer_bytes as u64))?;
        writeln!(formatter, "documents = {n_documents}")?;
        writeln!(formatter, "\n[queue]")?;
        Remote::show(queue.remote.as_ref(), formatter)?;
        writeln!(formatter, "prefix = {:?}", queue.prefix)?;
        writeln!(formatter, "lease = {:?}", seconds(queue.lease))?;
        writeln!(formatter, "held = {:?}", size(queue.held_bytes as u64))?;
        writeln!(formatter, "largest-document = {:?}", size(queue.limit_bytes as u64))?;
        writeln!(formatter, "\n[store]")?;
        Remote::show(store.remote.as_ref(), formatter)?;
        writeln!(formatter, "readers = {}", store.n_readers)?;
        writeln!(formatter, "wait = {:?}", seconds(store.busy_timeout))?;
        writeln!(formatter, "limit = {:?}", store.limit_bytes.map_or_else(|| "0".to_owned(), size))?;
        write!(formatter, "\n[originals]\n{originals}")?;
        writeln!(formatter, "\n[intake]\nbacklog = {}", intake.n_backlog)?;
        writeln!(formatter, "\n[work]\nbatch = {}", work.n_batch)?;
        let listen = work.listen.map(|listen| listen.to_string()).unwrap_or_default();
        writeln!(formatter, "listen = {listen:?}")?;
        writeln!(formatter, "\n[server]\nlisten = {:?}", server.listen.to_string())?;
        let file = |path: fn(&CertificateFiles) -> &PathBuf| {
            server.certificate.as_ref().map(|files| path(files).display().to_string()).unwrap_or_default()
        };
        writeln!(formatter, "certificate = {:?}", file(|files| &files.chain))?;
        writeln!(formatter, "certificate-key = {:?}", file(|files| &files.key))?;
        writeln!(formatter, "open-loopback = {}", server.open_loopback)?;
        writeln!(formatter, "open-metrics = {}", server.open_metrics)?;
        writeln!(formatter, "connections = {}", server.n_connections)?;
        writeln!(formatter, "requests = {}", server.n_requests)?;
        writeln!(formatter, "portal-requests = {}", server.n_portal_requests)?;
        writeln!(formatter, "concurrent = {}", server.n_concurrent)?;
        writeln!(formatter, "request-time = {:?}", seconds(server.request_time))?;
        writeln!(formatter, "body-time = {:?}", seconds(server.body_time))?;
        writeln!(formatter, "drain = {:?}", seconds(server.drain))?;
        writeln!(formatter, "shutdown = {:?}", seconds(server.shutdown))?;
        let font = console.font.as_ref().map(|font| format!("{}#{}", font.path.display(), font.face));
        writeln!(formatter, "\n[console]\nfont = {:?}", font.unwrap_or_default())?;
        writeln!(formatter, "\n[trace]\nendpoint = {:?}", trace.endpoint)?;
        writeln!(formatter, "\n[reread]\nbackground = {}", reread.background)?;
        writeln!(formatter, "\n[rank]\nthreads = {}", rank.n_threads)
    }
}

/// The values that a file gives, by the path of their key; what is unknown becomes a problem.
fn from_file(text: &str, problems: &mut Vec<Problem>) -> BTreeMap<String, Given> {
    let mut given = BTreeMap::new();
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = error.span().map(|span| line_of(text, span.start));
        let message = error.message().replace('\n', ", ");
        problems.push(problem(line, String::new(), message, "write it as TOML".to_owned()));
    }
    for (name, value) in root.get_ref() {
        let section = name.get_ref().as_ref();
        match value.get_ref() {
            DeValue::Table(table) if KEYS.iter().any(|key| key.section == section) => {
                for (name, value) in table {
                    take(
                        &format!("{section}.{}", name.get_ref()),
                        name.span().start,
                        value,
                        text,
                        &mut given,
                        problems,
                    );
                }
            }
            _ => take(section, name.span().start, value, text, &mut given, problems),
        }
    }
    given
}

fn take(
    path: &str,
    offset: usize,
    value: &Spanned<DeValue<'_>>,
    text: &str,
    given: &mut BTreeMap<String, Given>,
    problems: &mut Vec<Problem>,
) {
    let line = Some(line_of(text, offset));
    if !KEYS.iter().any(|key| key.path() == path) {
        let known: Vec<_> = KEYS.iter().map(Key::path).collect();
        let hint =
            bole_rank::suggest(path, known.iter().map(String::as_str), "see `bole config show` for all keys");
        problems.push(problem(line, path.to_owned(), "is not a known key".to_owned(), hint));
        return;
    }
    let written = match value.get_ref() {
        DeValue::String(written) => Some(written.to_string()),
        DeValue::Integer(integer) => Some(integer.to_string()),
        DeValue::Boolean(boolean) => Some(boolean.to_string()),
        _ => None,
    };
    match written {
        Some(text) => {
            given.insert(path.to_owned(), Given { text, by: FILE.to_owned(), line });
        }
        None => problems.push(problem(
            line,
            path.to_owned(),
            "is neither a text, a whole number, nor true or false".to_owned(),
            "write a text in double quotes, a whole number, true or false".to_owned(),
        )),
    }
}

/// A variable of ours that means nothing.
fn unknown_variable(name: &str) -> Option<Problem> {
    let mut known: Vec<_> = KEYS.iter().map(Key::variable).collect();
    known.push(CONFIG_VARIABLE.to_owned());
    if known.iter().any(|known| known == name) {
        return None;
    }
    let hint = bole_rank::suggest(name, known.iter().map(String::as_str), "unset it");
    let message = "is not a known variable".to_owned();
    Some(Problem { file: "environment".to_owned(), line: None, key: name.to_owned(), message, hint })
}

fn problem(line: Option<usize>, key: String, message: String, hint: String) -> Problem {
    Problem { file: FILE.to_owned(), line, key, message, hint }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
