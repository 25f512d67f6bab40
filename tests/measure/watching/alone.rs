//! One server, all in its data folder, and a worker of this process whose readers do what they are told.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use bole_engine::{DataFolder, Engine, Knowledge, Metrics, ReaderProgram, Settings, workers};
use bole_server::{Ready, Server, run};
use bole_tests::{
    Backends, Pipeline, Proxy, Run, Running, Submission, TestBucket, Watch, program, request, until,
};
use tokio_util::sync::CancellationToken;

use crate::servers::post;
use crate::short;
use crate::table::Table;

/// A worker that runs in this process.
struct Worker {
    address: String,
    stop: CancellationToken,
    thread: JoinHandle<Result<()>>,
}

impl Worker {
    /// At an address, with a reader that lies beside this program. The mock reader makes a forbidden call when a document asks
    /// for one.
    fn start(data: &Path, reader: &'static str, listen: &str) -> Result<Self> {
        let listen = listen.to_owned();
        let (data, stop) = (data.to_owned(), CancellationToken::new());
        let (told, address) = mpsc::channel();
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(async {
                let settings = Settings::resolve(None, &[].into(), &[].into())?;
                let program = program()?.with_file_name(reader);
                let reader = ReaderProgram { program, arguments: Vec::new() };
                let data = DataFolder::create(&data)?;
                let engine = Engine::open(settings, Knowledge::load(None)?, data, reader).await?;
                let metrics = Metrics::install()?;
                let listener = tokio::net::TcpListener::bind(listen).await?;
                told.send(listener.local_addr()?.to_string())?;
                let ending = stopped.clone();
                let server = Server { engine: engine.clone(), door: None, metrics, ending };
                let ready = Ready::new(server, listener)?;
                let (worked, ()) = tokio::join!(workers(&engine, &stopped), run(ready, stopped.clone()));
                Ok(worked?)
            })
        });
        let address = address.recv_timeout(Duration::from_secs(20)).context("the address of the worker")?;
        Ok(Self { address, stop, thread })
    }

    fn stop(self) -> Result<()> {
        self.stop.cancel();
        self.thread.join().map_err(|_| anyhow!("the worker panicked"))?
    }
}

/// A server whose originals lie in a bucket.
pub(crate) fn with_a_bucket(table: &mut Table) -> Result<()> {
    if !table.wants(&["BoleBucketAway"]) {
        return Ok(());
    }
    let bucket = TestBucket::new()?;
    let way = Proxy::to(bucket.address)?;
    let bucket = bucket.at(way.address()).environment();
    let pipeline =
        bucket.into_iter().fold(Pipeline::new(Backends::LOCAL, &["live"])?, |pipeline, (name, value)| {
            pipeline.with(name, value)
        });
    let server = pipeline.serve(&[])?;
    server.wait_until_ready()?;
    let key = pipeline.installation.key(&["ops"])?;
    let nodes = vec![("bole-serve", vec![server.address().to_string()])];
    let prometheus = Watch { rules: short::rules()?, ..Watch::of(nodes, key.as_str())? }.start()?;
    sleep(Duration::from_secs(5));
    table.see(&prometheus, &["BoleBucketAway"], "the way to the bucket was cut", || {
        way.go_away();
        Ok(|| {
            way.come_back();
            Ok(())
        })
    })
}

/// A server, and a worker of another version on its data.
pub(crate) fn beside_another_release(table: &mut Table, program: Option<&Path>) -> Result<()> {
    const ALERT: &str = "BoleVersionsDiffer";
    if !table.wants(&[ALERT]) {
        return Ok(());
    }
    let Some(program) = program else {
        table.leave_out(ALERT, "not brought about: no program of another version was named");
        return Ok(());
    };
    let pipeline = Pipeline::new(Backends::LOCAL, &["live"])?;
    let server = pipeline.serve(&["--no-workers"])?;
    server.wait_until_ready()?;
    let key = pipeline.installation.key(&["ops"])?;
    let place = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let nodes = vec![("bole-serve", vec![server.address().to_string()]), ("bole-work", vec![place.clone()])];
    let prometheus = Watch { rules: short::rules()?, ..Watch::of(nodes, key.as_str())? }.start()?;
    sleep(Duration::from_secs(5));
    table.see(&prometheus, &[ALERT], "a worker of another version runs beside the server", || {
        let ours = pipeline.installation.command(["work", "--listen", &place])?;
        let mut command = Command::new(program);
        command.args(ours.get_args());
        for (name, value) in ours.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let worker = Running::start(&mut command)?;
        Ok(|| worker.stop().map(drop))
    })
}

pub(crate) fn all(table: &mut Table) -> Result<()> {
    const ALERTS: [&str; 4] =
        ["BoleSandboxViolation", "BoleLawBroken", "BoleNoServer", "BoleReadersCannotStart"];
    if !ALERTS.iter().any(|alert| table.wants(&[alert])) {
        return Ok(());
    }
    let pipeline = Pipeline::new(Backends::LOCAL, &["live"])?;
    let key = pipeline.installation.key(&["ops"])?;
    let mut server = pipeline.serve(&["--no-workers"])?;
    let place = server.address().to_string();
    let data = pipeline.installation.data();
    let worker = Worker::start(&data, "mock-reader", "127.0.0.1:0")?;
    server.wait_until_ready()?;
    until("readers of the worker", || {
        Ok((request(&worker.address, "GET /readyz", &[], "")?.status == 200).then_some(()))
    })?;
    let nodes = vec![("bole-serve", vec![place.clone()]), ("bole-work", vec![worker.address.clone()])];
    let prometheus = Watch { rules: short::rules()?, ..Watch::of(nodes, key.as_str())? }.start()?;
    // What a counter counts before it is looked at for the first time is not seen.
    until("look at both", || Ok((prometheus.query("up == 1")?.len() == 2).then_some(())))?;
    let bearer = server.bearer("live");
    post(&place, &bearer, &Submission::resume("live", 1));
    sleep(Duration::from_secs(5));

    let cause = "a document had its reader open a file";
    table.see(&prometheus, &["BoleSandboxViolation"], cause, || {
        let body = b"%PDF-1.7\n%MOCK open\n".to_vec();
        post(&place, &bearer, &Submission::new("live", "hostile", body, "sandbox_violation"));
        // It is over by itself when it is an hour ago.
        Ok(|| Ok(()))
    })?;
    worker.stop()?;

    let ledger = |change: &str| {
        let script = "import sqlite3, sys\n\
            store = sqlite3.connect(sys.argv[1], timeout=30)\n\
            store.execute('UPDATE ledger SET received = received + ' + sys.argv[2])\n\
            store.commit()\n";
        let store = pipeline.installation.data().join("store.sqlite");
        ensure!(store.exists(), "{} is not there", store.display());
        let run = Run::of(Command::new("/usr/bin/python3").args(["-c", script]).arg(store).arg(change))?;
        ensure!(run.code == Some(0), "{}", run.stderr);
        Ok(())
    };
    let cause = "the count of what was received was changed in the database by hand";
    table.see(&prometheus, &["BoleLawBroken"], cause, || {
        ledger("1")?;
        Ok(|| ledger("-1"))
    })?;

    let mut again = None;
    table.see(&prometheus, &["BoleNoServer"], "the only server was killed", || {
        server.kill()?;
        Ok(|| {
            again = Some(pipeline.serve(&["--no-workers", "--listen", &place])?);
            Ok(())
        })
    })?;
    if let Some(started) = again.take() {
        server = started;
    }

    server.stop()?;
    let cause = "the program of the readers is not there any more";
    let worker = Worker::start(&data, "no-reader", "127.0.0.1:0")?;
    let place = worker.address.clone();
    let nodes = vec![("bole-work", vec![place.clone()])];
    let prometheus = Watch { rules: short::rules()?, ..Watch::of(nodes, key.as_str())? }.start()?;
    let mut again = None;
    table.see(&prometheus, &["BoleReadersCannotStart"], cause, || {
        Ok(|| {
            worker.stop()?;
            again = Some(Worker::start(&data, "mock-reader", &place)?);
            Ok(())
        })
    })?;
    again.map_or(Ok(()), Worker::stop)
}
