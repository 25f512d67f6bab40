//! What several causes need: signals, messages that no portal of ours would send, submissions.

use std::process::Command;

use anyhow::{Result, ensure};
use bole_tests::{Run, Submission, amqp, request};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Sends a process a signal.
pub(crate) fn signal(id: u32, signal: Signal) -> Result<()> {
    Ok(kill(Pid::from_raw(id.try_into()?), signal)?)
}

/// The children of a process.
pub(crate) fn children(id: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
        let listed = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(listed.split(' ').filter_map(|id| id.trim().parse::<u32>().ok()));
    }
    children
}

/// Hands a submission in; what the server answers is nobody's concern here.
pub(crate) fn post(address: &str, bearer: &str, submission: &Submission) {
    let headers = [
        ("Authorization", bearer),
        ("Idempotency-Key", &submission.id),
        ("Bole-Document-Date", &submission.date),
    ];
    request(address, "POST /v1/submissions", &headers, &submission.body).ok();
}

/// Publishes a message with any key.
pub(crate) fn publish(exchange: &str, key: &str) -> Result<()> {
    let script = "import pika, sys\n\
        channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
        channel.confirm_delivery()\n\
        channel.basic_publish(sys.argv[2], sys.argv[3], b'%PDF-1.7', pika.BasicProperties(message_id='stray'))\n";
    python(script, &[exchange, key])
}

/// Takes the first message of a queue and gives it back, so many times.
pub(crate) fn give_back(queue: &str, n_times: usize) -> Result<()> {
    let script = "import pika, sys, time\n\
        channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
        n_left = int(sys.argv[3])\n\
        while n_left:\n\
        \x20   method, _, _ = channel.basic_get(sys.argv[2])\n\
        \x20   if method:\n\
        \x20       channel.basic_nack(method.delivery_tag, requeue=True)\n\
        \x20       n_left -= 1\n\
        \x20   else:\n\
        \x20       time.sleep(0.05)\n";
    python(script, &[queue, &n_times.to_string()])
}

fn python(script: &str, arguments: &[&str]) -> Result<()> {
    let run = Run::of(Command::new("/usr/bin/python3").args(["-c", script, &amqp()]).args(arguments))?;
    ensure!(run.code == Some(0), "{}", run.stderr);
    Ok(())
}
