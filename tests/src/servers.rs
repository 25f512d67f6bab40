use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};

use crate::Run;

/// Where an installation keeps its queue and its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backends {
    /// The queue on RabbitMQ instead of the data folder.
    pub rabbitmq: bool,
    /// The store on PostgreSQL instead of the data folder.
    pub postgres: bool,
}

impl Backends {
    /// All in the data folder.
    pub const LOCAL: Self = Self { rabbitmq: false, postgres: false };
    /// The store in the data folder.
    pub const RABBITMQ: Self = Self { rabbitmq: true, postgres: false };
    /// For several machines.
    pub const BOTH: Self = Self { rabbitmq: true, postgres: true };
}

/// Names of its own on the servers that `tests/servers` starts: a prefix at the broker, a schema in the database.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) backends: Backends,
    name: String,
}

impl Place {
    pub(crate) fn new(backends: Backends) -> Result<Self> {
        static N_PLACES: AtomicU32 = AtomicU32::new(0);
        let number = N_PLACES.fetch_add(1, Ordering::Relaxed);
        let place = Self { backends, name: format!("e2e_{}_{number}", std::process::id()) };
        if backends.postgres {
            psql(&format!("CREATE SCHEMA {}", place.name))?;
        }
        Ok(place)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The environment that leads the program there.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = Vec::new();
        if self.backends.rabbitmq {
            environment.push(("BOLE_QUEUE_URL", amqp()));
            environment.push(("BOLE_QUEUE_PREFIX", self.name.clone()));
        }
        if self.backends.postgres {
            let url = format!("{}?options[search_path]={}", postgres(), self.name);
            environment.push(("BOLE_STORE_URL", url));
        }
        environment
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.backends.postgres {
            psql(&format!("DROP SCHEMA {} CASCADE", self.name)).ok();
        }
        if self.backends.rabbitmq {
            // One call for all: each starts a machine of Erlang's.
            let name = &self.name;
            let delete = format!(
                "[rabbit_amqqueue:delete(Q, false, false, <<\"tests\">>) || Q <- rabbit_amqqueue:list(), \
                 binary:match(element(4, amqqueue:get_name(Q)), <<\"{name}.\">>) =:= {{0, {}}}], ok.",
                name.len() + 1
            );
            servers(&["rabbitmqctl", "-q", "eval", &delete]).ok();
        }
    }
}

/// RabbitMQ as `tests/servers` starts it.
pub fn amqp() -> String {
    let port = std::env::var("BOLE_TEST_AMQP_PORT").unwrap_or_else(|_| "56729".to_owned());
    format!("amqp://bole:bole@127.0.0.1:{port}/%2f")
}

/// PostgreSQL as `tests/servers` starts it.
pub fn postgres() -> String {
    let port = std::env::var("BOLE_TEST_POSTGRES_PORT").unwrap_or_else(|_| "54329".to_owned());
    format!("postgres://bole@127.0.0.1:{port}/bole")
}

/// A folder of its own in the bucket that `tests/servers` starts.
#[derive(Clone, Debug)]
pub struct TestBucket {
    /// Where the bucket is reached.
    pub address: SocketAddr,
    /// What its keys begin with.
    pub prefix: String,
    /// The id of the key that opens it.
    pub key_id: String,
    /// The key's secret.
    pub secret: String,
}

impl TestBucket {
    /// A new folder. What the servers keep is gone when they stop, and the key with it.
    pub fn new() -> Result<Self> {
        static N_FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = N_FOLDERS.fetch_add(1, Ordering::Relaxed);
        let port = std::env::var("BOLE_TEST_BUCKET_PORT").unwrap_or_else(|_| "56739".to_owned());
        let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/servers");
        let servers = std::env::var_os("BOLE_TEST_SERVERS").map_or_else(usual, PathBuf::from);
        let key = std::fs::read_to_string(servers.join("bucket/key"));
        let key = key.context("start the servers with `tests/servers start`")?;
        let (key_id, secret) = key.trim_end().split_once(' ').context("a key and its secret")?;
        let since = std::time::UNIX_EPOCH.elapsed()?.as_nanos();
        Ok(Self {
            address: format!("127.0.0.1:{port}").parse()?,
            prefix: format!("e2e/{since}-{}-{number}", std::process::id()),
            key_id: key_id.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// The same, reached at another address.
    #[must_use]
    pub fn at(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// The environment that leads the program there.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("BOLE_ORIGINALS_URL", format!("s3://bole-tests/{}", self.prefix)),
            ("BOLE_ORIGINALS_ENDPOINT", format!("http://{}", self.address)),
            ("BOLE_ORIGINALS_PATH_STYLE", "true".to_owned()),
            ("BOLE_ORIGINALS_KEY_ID", self.key_id.clone()),
            ("BOLE_ORIGINALS_SECRET", self.secret.clone()),
        ]
    }
}

/// Stops and starts one of the servers; `postgres` or `rabbitmq`.
pub fn restart(server: &str) -> Result<()> {
    stop(server)?;
    start(server)
}

/// Stops one of the servers.
pub fn stop(server: &str) -> Result<()> {
    command(&["stop", server])
}

/// Starts one of the servers.
pub fn start(server: &str) -> Result<()> {
    command(&["start", server])
}

/// Calls `tests/servers` for what goes on after it: such a process would keep a pipe open.
pub(crate) fn command(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(script());
    let status =
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(status.success(), "tests/servers {arguments:?}: {status}");
    Ok(())
}

/// Calls `tests/servers`, which knows where the servers are.
pub fn servers(arguments: &[&str]) -> Result<String> {
    let run = Run::of(Command::new(script()).args(arguments))?;
    ensure!(run.code == Some(0), "tests/servers {arguments:?}: {}{}", run.stdout, run.stderr);
    Ok(run.stdout)
}

pub(crate) fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("servers")
}

/// Runs a statement in the database of the tests.
pub fn psql(statement: &str) -> Result<String> {
    servers(&["psql", "-qtA", "-c", statement]).context("start the servers with `tests/servers start`")
}
