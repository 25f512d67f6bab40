use std::time::Duration;

use bole_bench::{AnswerTimes, QueryLoad, SubmissionLoad, Target, bench_queries, bench_submissions};

use crate::arguments::{BenchQueries, BenchServer, BenchSubmissions};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, table};

/// `bole bench queries`.
pub(crate) fn queries(command: &BenchQueries) -> anyhow::Result<Exit> {
    let load = QueryLoad {
        n_users: usize::from(command.users),
        time: Duration::from_secs(u64::from(command.seconds)),
        profile: command.profile.clone(),
    };
    let found = bench_queries(&target(&command.server), &load)?;
    let asked = [("match", &found.matches), ("candidate", &found.candidate), ("search", &found.search)];
    if is_json(&command.output) {
        print_json(&found)?;
    } else {
        print_line(format_args!("{} users for {} s, a request a second each", found.n_users, found.seconds))?;
        print_times(&asked)?;
    }
    Ok(if asked.iter().all(|(_, times)| times.n_wrong.is_empty()) { Exit::Done } else { Exit::Failure })
}

/// `bole bench submissions`.
pub(crate) fn submissions(command: &BenchSubmissions) -> anyhow::Result<Exit> {
    let load = SubmissionLoad {
        n_connections: usize::from(command.connections),
        resumes: command.resumes.clone(),
        n_resumes: command.count as usize,
        promised: command.promised.clone(),
    };
    let found = bench_submissions(&target(&command.server), &load)?;
    if is_json(&command.output) {
        print_json(&found)?;
    } else {
        print_line(format_args!(
            "{} durable in {:.1} s over {} connections: {:.0} a second",
            found.n_promised, found.seconds, found.n_connections, found.per_s
        ))?;
        print_times(&[("submission", &found.times)])?;
    }
    Ok(if found.times.n_wrong.is_empty() { Exit::Done } else { Exit::Failure })
}

fn target(server: &BenchServer) -> Target {
    Target { url: server.url.clone(), key: server.key.clone() }
}

fn print_times(asked: &[(&str, &AnswerTimes)]) -> anyhow::Result<()> {
    let mut shown = table(&["ms an answer", "n", "p50", "p95", "p99", "max", "not as it should be"]);
    for (name, times) in asked {
        let wrong: Vec<_> = times.n_wrong.iter().map(|(status, n)| format!("{status}: {n}")).collect();
        let ms = [times.p50_ms, times.p95_ms, times.p99_ms, times.max_ms].map(|ms| format!("{ms:.1}"));
        let cells = [(*name).to_owned(), times.n.to_string()].into_iter().chain(ms);
        shown.add_row(cells.chain([wrong.join(", ")]));
    }
    print_line(shown)
}
