use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};
use bole_tests::{Balancer, Brokers, Fleet};
use serde_json::{Value, json};

use crate::made::{Made, wait_for_all};
use crate::{Options, PORTALS, ask, pipeline, told};

pub(crate) fn measure(brokers: &Brokers, options: &Options) -> Result<Value> {
    let made = Made::new(options, 2 * options.n_resumes)?;
    println!(
        "{} resumes by three portals until all servers find them; {} users, each a query a second by turns, {} s\n\
         queries in ms: match p50 and p99, search p50 and p99, answers that were not right",
        options.n_resumes,
        options.n_users,
        options.time.as_secs()
    );
    println!(
        "servers workers  resumes/s | {:^41} | {:^41} | resumes/s meanwhile",
        "idle", "while resumes come in"
    );
    let mut rows = Vec::new();
    for shape in &options.shapes {
        rows.push(of_shape(brokers, options, &made, *shape)?);
    }
    Ok(json!({ "resumes": options.n_resumes, "nodes": rows }))
}

fn of_shape(
    brokers: &Brokers,
    options: &Options,
    made: &Made,
    (n_servers, n_workers): (usize, usize),
) -> Result<Value> {
    let pipeline = pipeline(brokers, &PORTALS)?;
    let key = pipeline.installation.key(&["recruiter"])?;
    let fleet = Fleet::start(&pipeline, n_servers, n_workers)?;
    let balancer = Balancer::before(&fleet.addresses())?;
    let address = balancer.address().to_string();
    let n_resumes = options.n_resumes;
    let rate = |seconds: f64| f64::from(n_resumes) / seconds;

    let began = Instant::now();
    made.publish(&pipeline, brokers, 0..n_resumes)?;
    let seconds_to_publish = began.elapsed().as_secs_f64();
    let seconds = wait_for_all(&fleet, n_resumes)?.duration_since(began).as_secs_f64();
    let idle = ask(options, &address, &key)?;
    let (busy, seconds_busy) = thread::scope(|scope| {
        let asking = scope.spawn(|| ask(options, &address, &key));
        let began = Instant::now();
        made.publish(&pipeline, brokers, n_resumes..2 * n_resumes)?;
        let done = wait_for_all(&fleet, 2 * n_resumes)?;
        let busy = asking.join().map_err(|_| anyhow!("the users panicked"))??;
        Ok::<_, anyhow::Error>((busy, done.duration_since(began).as_secs_f64()))
    })?;
    let ((idle, idle_line), (busy, busy_line)) = (told(&idle)?, told(&busy)?);
    let (per_s, per_s_busy) = (rate(seconds), rate(seconds_busy));
    println!("{n_servers:>7} {n_workers:>7} {per_s:>10.1} | {idle_line} | {busy_line} | {per_s_busy:>9.1}");
    Ok(json!({
        "servers": n_servers,
        "workers": n_workers,
        "seconds": seconds,
        "seconds_to_publish": seconds_to_publish,
        "per_s": per_s,
        "idle": idle,
        "busy": busy,
        "per_s_busy": per_s_busy,
    }))
}
