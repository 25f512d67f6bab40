//! Two servers behind a proxy and two workers, as on machines of their own: killed, replaced and ended under load.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use bole_tests::{
    Backends, Balancer, Fleet, Pipeline, Program, Report, Submission, demo_resumes, load, request, until,
    wait_for_empty_queues,
};
use serde_json::{Value, json};

use crate::console::Visitor;
use crate::faults::PortalSide;

/// What happens goes on when so many more were taken in by HTTP.
const N_BETWEEN: usize = 15;
/// What a client leaves between two requests.
const BETWEEN_REQUESTS: Duration = Duration::from_millis(50);
/// Submissions that the other portal sends together, and how long it waits between.
const N_TOGETHER: usize = 8;
const BETWEEN_SENDS: Duration = Duration::from_millis(1500);
/// Only resumes of the demo have this word, and all of them are there before anything happens.
const OF_DEMO: &str = "%E5%82%A8%E8%83%BD";

/// What clients do while servers and workers come and go.
struct Clients {
    address: String,
    web: String,
    recruiter: String,
    n_of_demo: u64,
    stop: AtomicBool,
    /// Odd while a server was killed and the proxy does not know it yet.
    phase: AtomicUsize,
    n_posted: AtomicUsize,
}

impl Clients {
    /// Asks; nothing, if it was under way while a server died. In between every answer has to be one of those `expected`.
    fn ask(
        &self,
        what: &str,
        expected: &[u16],
        ask: impl FnOnce() -> Result<(u16, Value)>,
    ) -> Result<Option<Value>> {
        let before = self.phase.load(Ordering::SeqCst);
        let answer = ask();
        let is_calm = before.is_multiple_of(2) && self.phase.load(Ordering::SeqCst) == before;
        match answer {
            Ok((status, value)) if expected.contains(&status) => Ok(Some(value)),
            answer if is_calm => {
                Err(anyhow!("{what} in phase {before}, while no server was dying: {answer:?}"))
            }
            _ => Ok(None),
        }
    }

    /// Does what a client does; if it fails, everything ends.
    fn run<T>(&self, client: impl FnOnce() -> Result<T>) -> Result<T> {
        let done = client();
        self.stop.store(true, Ordering::SeqCst);
        done
    }

    /// Hands resumes in one after the other, each until it is taken in, and gives them.
    fn post(&self) -> Result<Vec<Submission>> {
        let mut taken = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let submission = Submission::resume("web", taken.len());
            let post = || {
                let answer = submission.post_to(&self.address, &self.web)?;
                Ok((answer.status, answer.json()))
            };
            // The second time it may be known: the first answer was lost.
            while self.ask("a submission", &[200, 202], post)?.is_none() {}
            taken.push(submission);
            self.n_posted.fetch_add(1, Ordering::SeqCst);
            thread::sleep(BETWEEN_REQUESTS);
        }
        Ok(taken)
    }

    /// Looks for people again and again: nobody who was there is ever missing, whichever server answers.
    fn look(&self) -> Result<usize> {
        let (mut n_looks, mut last) = (0, (0, 0));
        while !self.stop.load(Ordering::SeqCst) {
            if let Some(ranking) =
                self.ask("a match", &[200], || matched(&self.address, &self.recruiter, &[]))?
            {
                let number = |path| ranking.pointer(path).and_then(Value::as_u64).context("a number");
                let next = (number("/position")?, number("/census/people")?);
                ensure!(next >= last, "{next:?} after {last:?}");
                last = next;
            }
            let bearer = [("Authorization", self.recruiter.as_str())];
            let search = || {
                let answer =
                    request(&self.address, &format!("GET /v1/search?q={OF_DEMO}&limit=1"), &bearer, "")?;
                Ok((answer.status, answer.json()))
            };
            if let Some(found) = self.ask("a search", &[200], search)? {
                ensure!(found["n_found"] == self.n_of_demo, "{found}");
            }
            n_looks += 1;
            thread::sleep(BETWEEN_REQUESTS);
        }
        Ok(n_looks)
    }

    fn wait_for_more(&self) -> Result<()> {
        let n_posted = self.n_posted.load(Ordering::SeqCst) + N_BETWEEN;
        let is_stopped = || self.stop.load(Ordering::SeqCst);
        until("submissions", || {
            Ok((self.n_posted.load(Ordering::SeqCst) >= n_posted || is_stopped()).then_some(()))
        })?;
        ensure!(!is_stopped(), "a client failed");
        Ok(())
    }
}

#[test]
fn servers_behind_a_proxy_and_workers_are_killed_replaced_and_ended_under_load() -> Result<()> {
    let pipeline = Pipeline::new(Backends::BOTH, &["live", "web"])?
        .with("BOLE_WORK_BATCH", "8")
        .with("BOLE_SERVER_DRAIN", "4 s");
    let installation = &pipeline.installation;
    let mut fleet = Fleet::start(&pipeline, 2, 2)?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    let recruiter = format!("Bearer {}", installation.key(&["recruiter"])?);
    let mut n_of_demo = Vec::new();
    for server in fleet.servers() {
        n_of_demo.push(until("resumes of the demo", || found_of_demo(server, &recruiter))?);
    }
    assert_eq!(n_of_demo[0], n_of_demo[1]);
    let balancer = Balancer::before(&fleet.addresses())?;
    let clients = Clients {
        address: balancer.address().to_string(),
        web: installation.keys().bearer("web"),
        recruiter,
        n_of_demo: n_of_demo[0],
        stop: AtomicBool::new(false),
        phase: AtomicUsize::new(0),
        n_posted: AtomicUsize::new(0),
    };
    let mut portal = PortalSide::open(&pipeline, "live")?;
    let (posted, n_sent, n_looks) = thread::scope(|scope| {
        let posting = scope.spawn(|| clients.run(|| clients.post()));
        let looking = scope.spawn(|| clients.run(|| clients.look()));
        let sending = scope.spawn(|| clients.run(|| send(&clients.stop, &mut portal)));
        let struck = strike(&clients, &balancer, &mut fleet);
        clients.stop.store(true, Ordering::SeqCst);
        let panicked = |_| anyhow!("a client panicked");
        let posted = posting.join().map_err(panicked)??;
        let n_sent = sending.join().map_err(panicked)??;
        let n_looks = looking.join().map_err(panicked)??;
        struck?;
        Ok::<_, anyhow::Error>((posted, n_sent, n_looks))
    })?;
    assert!(n_looks > N_BETWEEN, "{n_looks} looks");

    let (first, second) = (&fleet.servers()[0], &fleet.servers()[1]);
    let mut acked: Vec<_> = portal.acked.values().cloned().collect();
    acked.extend(posted.iter().cloned());
    let report = Report::of(&pipeline, first, n_sent + posted.len(), &acked)?;
    println!("{report}");
    report.check()?;
    portal.wait_for_receipts()?;
    wait_for_empty_queues(&pipeline)?;
    until("all of it on the other server", || {
        let n_searchable = |server: &Program| server.metric("bole_searchable_resumes");
        Ok((n_searchable(second)? - n_searchable(first)?).abs().lt(&0.5).then_some(()))
    })?;
    answers_do_not_depend_on_the_server(first, second, &clients.recruiter)?;
    a_session_is_the_same_on_both(first, second, &clients.recruiter)
}

/// Kills a server and a worker after the other and puts new ones in their places; then ends a server in order.
fn strike(clients: &Clients, balancer: &Balancer, fleet: &mut Fleet<'_>) -> Result<()> {
    for number in 0..2 {
        clients.wait_for_more()?;
        clients.phase.fetch_add(1, Ordering::SeqCst);
        fleet.kill_server(number)?;
        fleet.kill_worker(number)?;
        balancer.wait_until(number, false)?;
        clients.phase.fetch_add(1, Ordering::SeqCst);
        clients.wait_for_more()?;
        fleet.replace_worker(number)?;
        fleet.replace_server(number)?;
        balancer.wait_until(number, true)?;
    }
    clients.wait_for_more()?;
    // Nobody notices this one.
    clients.phase.fetch_add(2, Ordering::SeqCst);
    assert_eq!(fleet.stop_server(0)?, Some(0), "{}", fleet.servers()[0].log());
    clients.wait_for_more()?;
    fleet.replace_server(0)?;
    balancer.wait_until(0, true)?;
    clients.wait_for_more()
}

/// Sends by the broker until told to stop, and gives how many.
fn send(stop: &AtomicBool, portal: &mut PortalSide) -> Result<usize> {
    let mut n_sent = 0;
    while !stop.load(Ordering::SeqCst) {
        portal.send(&load("live", n_sent..n_sent + N_TOGETHER))?;
        n_sent += N_TOGETHER;
        thread::sleep(BETWEEN_SENDS);
    }
    Ok(n_sent)
}

fn found_of_demo(server: &Program, recruiter: &str) -> Result<Option<u64>> {
    if server.metric("bole_follower_lag_changes")? > 0.0 {
        return Ok(None);
    }
    let path = format!("GET /v1/search?q={OF_DEMO}&limit=1");
    let answer = request(&server.address().to_string(), &path, &[("Authorization", recruiter)], "")?;
    ensure!(answer.status == 200, "{answer:?}");
    Ok(answer.json()["n_found"].as_u64().filter(|n_found| *n_found > 0))
}

/// A ranking of the first five.
fn matched(address: &str, recruiter: &str, filters: &[&str]) -> Result<(u16, Value)> {
    let body = json!({ "profile": "energy-storage", "filters": filters, "limit": 5 }).to_string();
    let headers = [("Authorization", recruiter), ("Content-Type", "application/json")];
    let answer = request(address, "POST /v1/matches", &headers, body)?;
    Ok((answer.status, answer.json()))
}

fn answers_do_not_depend_on_the_server(first: &Program, second: &Program, recruiter: &str) -> Result<()> {
    let headers = [("Authorization", recruiter), ("Content-Type", "application/json")];
    for filters in [json!([]), json!(["battery OR 储能", "year:2026"])] {
        let body =
            json!({ "profile": "energy-storage", "filters": filters, "top": 40, "limit": 5 }).to_string();
        let ask =
            |server: &Program| request(&server.address().to_string(), "POST /v1/matches", &headers, &body);
        let (here, there) = (ask(first)?, ask(second)?);
        assert_eq!((here.status, there.status), (200, 200), "{here:?} {there:?}");
        assert_eq!(here.body, there.body);
        let page = here.json();
        let results = page["results"].as_array().context("results")?;
        assert_eq!(results.len(), 5, "{page}");

        // The next page from a server that has never seen the run, and one that neither has in memory.
        let run = page["run"].as_str().context("a run")?;
        let next = page["next"].as_str().context("a next page")?;
        let path = format!("GET /v1/matches/{run}?limit=5&cursor={next}");
        let pages =
            [first, second].map(|server| request(&server.address().to_string(), &path, &headers[..1], ""));
        let [here, there] = pages;
        let (here, there) = (here?, there?);
        assert_eq!((here.status, &here.body), (200, &there.body));
    }
    // Of one alone.
    let body = json!({ "profile": "energy-storage", "top": 41, "limit": 5 }).to_string();
    let page = request(&first.address().to_string(), "POST /v1/matches", &headers, &body)?;
    assert_eq!(page.status, 200, "{page:?}");
    let page = page.json();
    let path = format!(
        "GET /v1/matches/{}?limit=5&cursor={}",
        page["run"].as_str().context("a run")?,
        page["next"].as_str().context("a next page")?
    );
    let there = request(&second.address().to_string(), &path, &headers[..1], "")?;
    let here = request(&first.address().to_string(), &path, &headers[..1], "")?;
    assert_eq!((there.status, &there.body), (200, &here.body));
    Ok(())
}

fn a_session_is_the_same_on_both(first: &Program, second: &Program, recruiter: &str) -> Result<()> {
    let (first, second) = (first.address().to_string(), second.address().to_string());
    let (_, ranking) = matched(&first, recruiter, &[])?;
    let name = ranking["results"][0]["name"].as_str().context("a name")?;
    let page = "/matches?profile=energy-storage";
    let here = Visitor::enter(&first, recruiter.trim_start_matches("Bearer "))?;
    let there = here.at(&second);
    for blind in ["on", "off", "on"] {
        assert_eq!(here.post("/blind", &[("blind", blind), ("back", "/matches")])?.status, 303);
        for visitor in [&there, &here] {
            let answer = visitor.get(page)?;
            assert_eq!((answer.status, answer.body.contains(name)), (200, blind == "off"), "{blind}");
        }
    }
    assert_eq!(there.post("/sign-out", &[])?.status, 303);
    assert_eq!(here.get(page)?.status, 303, "nobody is signed in any more");
    Ok(())
}
