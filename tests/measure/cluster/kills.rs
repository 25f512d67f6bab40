use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use bole_tests::{Balancer, Brokers, Fleet, Pipeline, Report, restart, until};
use serde_json::{Value, json};

use crate::clients::{Clients, Seen, Stall, slowest};
use crate::portal::PortalSide;
use crate::{Options, pipeline};

const N_SERVERS: usize = 3;
const N_WORKERS: usize = 4;
/// Connections over which resumes are handed in, and recruiters.
const N_POSTING: usize = 4;
const N_LOOKING: usize = 2;
/// How long what was killed stays away.
const AWAY: Duration = Duration::from_secs(5);
/// Before something happens, and after all is well again.
const CALM: Duration = Duration::from_secs(5);

/// What happens to a cluster.
#[derive(Clone, Copy, Debug)]
enum Event {
    Server,
    Worker,
    /// The node that leads the queue of the portal.
    Leader,
    /// Another one.
    Follower,
    Database,
    /// A server is ended in order.
    Ended,
}

impl Event {
    const ALL: [Self; 6] =
        [Self::Server, Self::Worker, Self::Leader, Self::Follower, Self::Database, Self::Ended];

    fn name(self) -> &'static str {
        match self {
            Self::Server => "kill -9 of a server",
            Self::Worker => "kill -9 of a worker",
            Self::Leader => "kill -9 of the queue's leader",
            Self::Follower => "kill -9 of another broker node",
            Self::Database => "restart of PostgreSQL",
            Self::Ended => "orderly end of a server",
        }
    }
}

pub(crate) fn measure(brokers: &Brokers, options: &Options) -> Result<Value> {
    let pipeline = pipeline(brokers, &["live", "web"])?.with("BOLE_WORK_BATCH", "8");
    let pipeline = pipeline.with("BOLE_LOG", "warn,bole_engine=debug");
    let mut fleet = Fleet::start(&pipeline, N_SERVERS, N_WORKERS)?;
    let balancer = Balancer::before(&fleet.addresses())?;
    let mut portal = PortalSide::open_at(&pipeline, "live", &brokers.url()?)?;
    let (seen, stop, next) = (Seen::default(), AtomicBool::new(false), AtomicUsize::new(0));
    let clients = Clients {
        address: balancer.address().to_string(),
        web: pipeline.installation.keys().bearer("web"),
        recruiter: format!("Bearer {}", pipeline.installation.key(&["recruiter"])?),
        stop: &stop,
        seen: &seen,
    };
    let store = pipeline.installation.variable("BOLE_STORE_URL").context("a store")?;
    println!(
        "{N_SERVERS} servers behind a proxy, {N_WORKERS} workers, 3 nodes of RabbitMQ, PostgreSQL; what is killed is away for {} s\n\
         seconds: the longest without a submission decided, without one taken in, without a query answered; the slowest confirm\n\
         of eight messages; until all is whole again. In brackets the answers that were not right, by status, 0 for none",
        AWAY.as_secs()
    );
    println!("{:<32} decided taken in  queries  confirm    whole", "");
    let (struck, posted, n_sent) = thread::scope(|scope| {
        let posting: Vec<_> = (0..N_POSTING).map(|_| scope.spawn(|| clients.post(&next))).collect();
        let looking: Vec<_> = (0..N_LOOKING).map(|_| scope.spawn(|| clients.look())).collect();
        let sending = scope.spawn(|| clients.send(&mut portal));
        let watching = scope.spawn(|| clients.watch(&store));
        let struck = strike_all(brokers, &pipeline, &balancer, &mut fleet, &seen, options.n_rounds);
        stop.store(true, Ordering::SeqCst);
        let panicked = |_| anyhow!("a client panicked");
        let mut posted = Vec::new();
        for it in posting {
            posted.extend(it.join().map_err(panicked)?);
        }
        for it in looking {
            it.join().map_err(panicked)?;
        }
        let n_sent = sending.join().map_err(panicked)??;
        watching.join().map_err(panicked)??;
        Ok::<_, anyhow::Error>((struck, posted, n_sent))
    })?;
    let rows = struck?;

    let mut acked: Vec<_> = portal.acked.values().cloned().collect();
    acked.extend(posted.iter().cloned());
    let server = fleet.servers().first().context("a server")?;
    let mut report = Report::of(&pipeline, server, n_sent + posted.len(), &acked)?;
    let logs = fleet.logs();
    report.redelivered = logs.matches("decided before").count() + logs.matches("redelivered=true").count();
    println!("{report}");
    report.check()?;
    println!("receipts {}", portal.wait_for_receipts()?);
    for server in fleet.servers() {
        until("the same on every server", || {
            Ok((server.metric("bole_searchable_resumes")? as usize == report.searchable).then_some(()))
        })?;
        ensure!(server.metric("bole_ledger_law_holds")? > 0.0, "the law is broken");
    }
    Ok(json!({
        "servers": N_SERVERS,
        "workers": N_WORKERS,
        "events": rows,
        "issued": report.issued,
        "acked": report.acked,
        "searchable": report.searchable,
        "lost": report.lost,
        "dup": report.dup,
        "quarantined": report.quarantined,
        "redelivered": report.redelivered,
    }))
}

fn strike_all(
    brokers: &Brokers,
    pipeline: &Pipeline,
    balancer: &Balancer,
    fleet: &mut Fleet<'_>,
    seen: &Seen,
    n_rounds: usize,
) -> Result<Vec<Value>> {
    let queue =
        pipeline.installation.variable("BOLE_QUEUE_PREFIX").context("a prefix")? + ".submissions.live";
    let mut rows = Vec::new();
    for round in 0..n_rounds {
        for event in Event::ALL {
            thread::sleep(CALM);
            let from = Instant::now();
            strike(event, round, &queue, brokers, balancer, fleet)?;
            let whole = from.elapsed();
            thread::sleep(CALM);
            rows.push(told(event, seen, from, Instant::now(), whole));
        }
    }
    Ok(rows)
}

/// Has it happen, and returns when all is whole again.
fn strike(
    event: Event,
    round: usize,
    queue: &str,
    brokers: &Brokers,
    balancer: &Balancer,
    fleet: &mut Fleet<'_>,
) -> Result<()> {
    let (server, worker) = (round % N_SERVERS, round % N_WORKERS);
    match event {
        Event::Server | Event::Ended => {
            if matches!(event, Event::Server) {
                fleet.kill_server(server)?;
            } else {
                let code = fleet.stop_server(server)?;
                ensure!(code == Some(0), "{code:?}");
            }
            thread::sleep(AWAY);
            fleet.replace_server(server)?;
            balancer.wait_until(server, true)
        }
        Event::Worker => {
            fleet.kill_worker(worker)?;
            thread::sleep(AWAY);
            fleet.replace_worker(worker)
        }
        Event::Leader | Event::Follower => {
            let leader = brokers.leader(queue)?;
            let is_it = |node: &usize| (*node == leader) == matches!(event, Event::Leader);
            brokers.kill(Brokers::NODES.into_iter().find(is_it).context("a node")?)?;
            thread::sleep(AWAY);
            brokers.start_missing()?;
            brokers.wait_until_whole()
        }
        Event::Database => restart("postgres"),
    }
}

fn told(event: Event, seen: &Seen, from: Instant, to: Instant, whole: Duration) -> Value {
    let decided = Stall::of_decisions(&seen.decided, from, to);
    let posts = Stall::of_answers(&seen.posts, from, to);
    let queries = Stall::of_answers(&seen.queries, from, to);
    let confirm = slowest(&seen.sends, from, to);
    println!(
        "{:<32} {:>7.2} {:>8.2} {:>8.2} {:>8.2} {:>8.1}  submissions {:?} queries {:?}",
        event.name(),
        decided.as_secs_f64(),
        posts.longest.as_secs_f64(),
        queries.longest.as_secs_f64(),
        confirm.as_secs_f64(),
        whole.as_secs_f64(),
        posts.wrong,
        queries.wrong,
    );
    json!({
        "event": event.name(),
        "decided_stall_s": decided.as_secs_f64(),
        "submissions_stall_s": posts.longest.as_secs_f64(),
        "submissions_wrong": posts.wrong,
        "queries_stall_s": queries.longest.as_secs_f64(),
        "queries_wrong": queries.wrong,
        "slowest_confirm_s": confirm.as_secs_f64(),
        "whole_s": whole.as_secs_f64(),
    })
}
