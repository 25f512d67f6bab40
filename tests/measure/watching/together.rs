//! Two servers and a worker on RabbitMQ and PostgreSQL.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bole_tests::{
    Backends, Pipeline, Program, Prometheus, Proxy, Submission, Watch, postgres, psql, request, servers,
    start, stop, until,
};
use nix::sys::signal::Signal;

use crate::servers::{children, give_back, post, publish, signal};
use crate::short;
use crate::table::{Again, Table};

/// More than the broker hands one message out.
const N_HANDED_OUT: usize = 21;
/// What a portal sends at once in a burst, how often, and in how many turns.
const N_TOGETHER: usize = 16;
const BETWEEN: Duration = Duration::from_millis(30);
const N_TURNS: usize = 300;
/// Of a hundred turns, those in which slow readers run.
const N_RUNNING: usize = 3;

/// What is watched.
struct City {
    pipeline: Pipeline,
    key: String,
    first: Program,
    /// With an index of its own, and a way to the database that can be disturbed.
    second: Program,
    way: Arc<Proxy>,
    second_has: Vec<(&'static str, String)>,
    worker: Program,
    prometheus: Prometheus,
}

impl City {
    fn start() -> Result<Self> {
        let pipeline = Pipeline::new(Backends::BOTH, &["live", "web", "idle"])?;
        let key = pipeline.installation.key(&["ops"])?;
        let place = postgres();
        let (user, host) = place.split_once('@').context("a user")?;
        let (host, database) = host.split_once('/').context("a database")?;
        let way = Arc::new(Proxy::to(host.parse()?)?);
        let store = format!(
            "{user}@{}/{database}?options[search_path]={}",
            way.address(),
            pipeline.installation.prefix()
        );
        let folder = pipeline.installation.files()?.join("second");
        let second_has = vec![("BOLE_DATA", folder.display().to_string()), ("BOLE_STORE_URL", store)];
        let first = pipeline.serve(&["--no-workers"])?;
        let second = serve_second(&pipeline, "127.0.0.1:0", &second_has)?;
        let worker = pipeline.work()?;
        for program in [&first, &second, &worker] {
            // The first reader takes longer to start than Prometheus waits for an answer here.
            program.wait_until_ready()?;
        }
        let address = |program: &Program| program.address().to_string();
        let nodes = vec![
            ("bole-serve", vec![address(&first), address(&second)]),
            ("bole-work", vec![address(&worker)]),
        ];
        let watch = Watch { rules: short::rules()?, ..Watch::of(nodes, key.as_str())? };
        let prometheus = watch.start()?;
        let city = Self { pipeline, key, first, second, way, second_has, worker, prometheus };
        until("look at all three", || Ok((city.prometheus.query("up == 1")?.len() == 3).then_some(())))?;
        // What counters count first is seen only if they were there before.
        post(&city.address(), &city.first.bearer("web"), &letter(0));
        post(&city.address(), &city.first.bearer("live"), &Submission::resume("live", 0));
        sleep(Duration::from_secs(15));
        Ok(city)
    }

    fn address(&self) -> String {
        self.first.address().to_string()
    }

    /// Resumes come by HTTP until stopped, so many milliseconds apart.
    fn resumes_come(&self, from: usize, pause_ms: u64) -> Again {
        let (address, bearer) = (self.address(), self.first.bearer("live"));
        Again::and_again(move |number| {
            post(&address, &bearer, &Submission::resume("live", from + number));
            sleep(Duration::from_millis(pause_ms));
            Ok(())
        })
    }

    fn queue(&self, name: &str) -> String {
        format!("{}.{name}", self.pipeline.installation.prefix())
    }
}

fn serve_second(pipeline: &Pipeline, listen: &str, has: &[(&'static str, String)]) -> Result<Program> {
    let has: Vec<_> = has.iter().map(|(name, value)| (*name, value.as_str())).collect();
    pipeline.serve_with(&["--no-workers", "--listen", listen], &has)
}

/// Nothing that can be read.
fn letter(number: usize) -> Submission {
    let body = format!("a letter, number {number}").into_bytes();
    Submission { body, ..Submission::resume("web", 500_000 + number) }
}

pub(crate) fn all(table: &mut Table) -> Result<()> {
    let mut city = City::start()?;
    // It takes minutes: the others meanwhile.
    let paused = Instant::now();
    if table.wants(&["BolePortalForgotten"]) {
        city.pipeline.installation.succeed(["portal", "pause", "idle"])?;
        sleep(Duration::from_secs(3));
        publish(&city.queue("submissions"), "idle")?;
    }
    messages(table, &mut city)?;
    nodes(table, &mut city)?;
    work(table, &city)?;
    outages(table, &mut city)?;
    requests(table, &city)?;
    if table.wants(&["BolePortalForgotten"]) {
        let cause = "a portal was paused, and what it sends waits";
        table.see_since(&city.prometheus, &["BolePortalForgotten"], cause, paused, || {
            city.pipeline.installation.succeed(["portal", "add", "idle"]).map(drop)
        })?;
    }
    Ok(())
}

fn messages(table: &mut Table, city: &mut City) -> Result<()> {
    let (exchange, stray) = (city.queue("submissions"), city.queue("unroutable"));
    table.see(&city.prometheus, &["BoleUnroutable"], "a message came with the key of no portal", || {
        publish(&exchange, "nobody")?;
        Ok(|| servers(&["rabbitmqctl", "-q", "purge_queue", &stray]).map(drop))
    })?;

    let (address, bearer) = (city.address(), city.first.bearer("web"));
    table.see(
        &city.prometheus,
        &["BoleQuarantineHigh"],
        "a portal sends one letter for each two resumes",
        || {
            let sending = Again::and_again(move |number| {
                post(&address, &bearer, &letter(1 + number));
                post(&address, &bearer, &Submission::resume("web", 2 * number));
                post(&address, &bearer, &Submission::resume("web", 2 * number + 1));
                sleep(Duration::from_millis(150));
                Ok(())
            });
            Ok(|| sending.stop())
        },
    )?;

    let City { pipeline, worker, prometheus, .. } = city;
    let queue = format!("{}.submissions.live", pipeline.installation.prefix());
    let place = worker.address().to_string();
    let mut again = None;
    let cause = "a consumer gave a message back 21 times, and no worker runs";
    table.see(prometheus, &["BoleDeadLetters"], cause, || {
        worker.stop()?;
        publish(&format!("{}.submissions", pipeline.installation.prefix()), "live")?;
        give_back(&queue, N_HANDED_OUT)?;
        Ok(|| {
            again = Some(pipeline.work_at(&place)?);
            Ok(())
        })
    })?;
    if let Some(started) = again {
        *worker = started;
    }
    Ok(())
}

fn nodes(table: &mut Table, city: &mut City) -> Result<()> {
    let City { pipeline, second, second_has, way, prometheus, .. } = city;
    let place = second.address().to_string();
    let mut again = None;
    table.see(prometheus, &["BoleNodeDown"], "a server was killed", || {
        second.kill()?;
        Ok(|| {
            again = Some(serve_second(pipeline, &place, second_has)?);
            Ok(())
        })
    })?;
    if let Some(started) = again {
        *second = started;
    }

    table.see(prometheus, &["BoleNodeCutOff"], "one server does not reach the database any more", || {
        way.go_away();
        Ok(|| {
            way.come_back();
            Ok(())
        })
    })?;

    if table.wants(&["BoleSearchBehind"]) {
        // It takes the index of the second's folder before the second does.
        second.stop()?;
        let folder = [("BOLE_DATA", second_has[0].1.as_str())];
        let mut holder = pipeline.serve_with(&["--no-workers"], &folder)?;
        sleep(Duration::from_secs(2));
        *second = serve_second(pipeline, &place, second_has)?;
        sleep(Duration::from_secs(5));
        let (address, bearer) = (city.address(), city.first.bearer("live"));
        let cause = "another process holds the index of the data folder, and hangs";
        table.see(&city.prometheus, &["BoleSearchBehind"], cause, || {
            signal(holder.id(), Signal::SIGSTOP)?;
            for number in 0..5 {
                post(&address, &bearer, &Submission::resume("live", 10_000 + number));
            }
            Ok(|| {
                signal(holder.id(), Signal::SIGCONT)?;
                holder.stop().map(drop)
            })
        })?;
    }

    let (place, bearer) = (place, format!("Bearer {}", city.key));
    let way = &city.way;
    let cause = "what one server asks the database stands still for seconds, again and again";
    table.see(&city.prometheus, &["BoleHttpSlow", "BoleSearchStale"], cause, || {
        let resumes = city.resumes_come(20_000, 100);
        let asking: Vec<_> = (0..3)
            .map(|_| {
                let (place, bearer) = (place.clone(), bearer.clone());
                Again::and_again(move |_| {
                    request(&place, "GET /v1/ops/ledger", &[("Authorization", &bearer)], "").ok();
                    Ok(())
                })
            })
            .collect();
        let orders = Arc::clone(way);
        let standing = Again::and_again(move |_| {
            orders.hold();
            sleep(Duration::from_millis(2600));
            orders.go_on();
            sleep(Duration::from_millis(600));
            Ok(())
        });
        Ok(|| {
            standing.stop()?;
            resumes.stop()?;
            asking.into_iter().try_for_each(Again::stop)
        })
    })
}

fn work(table: &mut Table, city: &City) -> Result<()> {
    let worker = city.worker.id();
    let cause = "thousands of resumes at once, and readers that get a thirtieth of a processor";
    table.see(&city.prometheus, &["BoleBurst", "BoleDrainSlow"], cause, || {
        let portal = burst_comes(city)?;
        // Readers are replaced by new ones, who are to be as slow: all are looked for again and again.
        let slow = Again::and_again(move |turn| {
            let order = if turn % 100 < N_RUNNING { Signal::SIGCONT } else { Signal::SIGSTOP };
            for reader in children(worker) {
                signal(reader, order).ok();
            }
            sleep(Duration::from_millis(10));
            Ok(())
        });
        Ok(move || {
            slow.stop()?;
            for reader in children(worker) {
                signal(reader, Signal::SIGCONT).ok();
            }
            portal.stop()
        })
    })?;

    let (address, bearer) = (city.address(), city.first.bearer("live"));
    let cause = "the only worker hangs, and five resumes wait";
    table.see(&city.prometheus, &["BoleNothingDone", "BoleBacklogOld"], cause, || {
        signal(worker, Signal::SIGSTOP)?;
        for number in 0..5 {
            post(&address, &bearer, &Submission::resume("live", 30_000 + number));
        }
        Ok(|| signal(worker, Signal::SIGCONT))
    })
}

/// A burst by AMQP.
fn burst_comes(city: &City) -> Result<Again> {
    let portal = crate::portal::PortalSide::open(&city.pipeline, "live")?;
    Ok(Again::and_again(move |turn| {
        if turn < N_TURNS {
            let resumes = (0..N_TOGETHER)
                .map(|number| Submission::resume("live", 100_000 + N_TOGETHER * turn + number));
            let messages: Vec<_> = resumes.map(|resume| resume.message()).collect();
            portal.publish(&messages)?;
        }
        sleep(BETWEEN);
        Ok(())
    }))
}

fn outages(table: &mut Table, city: &mut City) -> Result<()> {
    if table.wants(&["BoleReceiptsBehind"]) || table.wants(&["BoleFlapping"]) {
        // Two would take turns, and each stop half as often.
        city.second.stop()?;
    }
    let city = &*city;
    let (address, bearer) = (city.address(), city.first.bearer("live"));
    let permit = |write: &str| -> Result<()> {
        servers(&["rabbitmqctl", "-q", "set_permissions", "-p", "/", "bole", ".*", write, ".*"])?;
        // What a connection may do is asked once.
        servers(&["rabbitmqctl", "-q", "close_all_connections", "permissions have changed"]).map(drop)
    };
    let cause = "the broker's user may not write to the exchange of receipts";
    table.see(&city.prometheus, &["BoleReceiptsBehind", "BoleFlapping"], cause, || {
        permit("^(?!.*receipts$).*$")?;
        let resumes = city.resumes_come(40_000, 500);
        Ok(move || {
            resumes.stop()?;
            permit(".*")
        })
    })?;
    for (alert, server, cause) in [
        ("BoleStoreAway", "postgres", "PostgreSQL was stopped"),
        ("BoleBrokerAway", "rabbitmq", "RabbitMQ was stopped"),
    ] {
        table.see(&city.prometheus, &[alert], cause, || {
            stop(server)?;
            Ok(|| start(server))
        })?;
    }
    post(&address, &bearer, &Submission::resume("live", 50_000));
    Ok(())
}

fn requests(table: &mut Table, city: &City) -> Result<()> {
    let schema = city.pipeline.installation.prefix();
    let document = Submission::resume("live", 0).sha256();
    let key = city.pipeline.installation.key(&["recruiter"])?;
    let (address, bearer) = (city.address(), format!("Bearer {key}"));
    let which = format!("document = (SELECT number FROM {schema}.document WHERE id = '\\x{document}')");
    table.see(&city.prometheus, &["BoleHttpErrors"], "a reading was damaged in the database by hand", || {
        psql(&format!("CREATE TABLE {schema}.kept AS SELECT * FROM {schema}.reading WHERE {which}"))?;
        psql(&format!("UPDATE {schema}.reading SET bytes = '\\x00' WHERE {which}"))?;
        let asking = Again::and_again(move |_| {
            let line = format!("GET /v1/candidates/{document}");
            request(&address, &line, &[("Authorization", &bearer)], "").ok();
            sleep(Duration::from_millis(100));
            Ok(())
        });
        Ok(|| {
            asking.stop()?;
            let kept = format!("(SELECT bytes FROM {schema}.kept LIMIT 1)");
            psql(&format!("UPDATE {schema}.reading SET bytes = {kept} WHERE {which}")).map(drop)
        })
    })
}
