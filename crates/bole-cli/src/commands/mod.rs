mod audit;
mod backup;
mod bench;
mod changes;
mod demo;
mod doctor;
mod explain;
mod extract;
mod files;
mod ingest;
mod keys;
mod matching;
mod portals;
mod profiles;
mod quarantine;
mod reread;
mod search;
mod serve;
mod settings;
mod show;
mod status;
mod submit;
mod top;
mod versions;

use std::collections::BTreeMap;
use std::future::Future;

use anyhow::Context;

use crate::arguments::{Arguments, Command, Config, Profile, ProfileList, Serve, Topic, Work};
use crate::exit::Exit;
use crate::output::{print_json, print_line};
use crate::session::{Care, Configured, Session};

/// Runs one command.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let Arguments { global, command } = arguments;
    let mut flags = BTreeMap::new();
    if let Command::Match(command) = &command
        && let Some(threads) = command.threads
    {
        flags.insert("rank.threads", threads.to_string());
    }
    if let Command::Serve(Serve { listen: Some(listen), .. }) = &command {
        flags.insert("server.listen", listen.to_string());
    }
    if let Command::Work(Work { listen: Some(listen) }) = &command {
        flags.insert("work.listen", listen.to_string());
    }
    if let Command::Doctor(output) = command {
        return wait_for(doctor::run(Configured::read(&global, &flags)?, output));
    }
    // Who runs for long, or asks for it, is told every mistake before anything is begun.
    let care = match command {
        Command::Serve(_) | Command::Config(Config::Check) => Care::Server,
        Command::Work(_) => Care::Worker,
        _ => Care::Settings,
    };
    let session = Session::new(&global, &flags, care)?;
    match command {
        Command::Doctor(_) => unreachable!("it has no session"),
        Command::Top(command) => wait_for(top::run(session, command)),
        Command::Demo(command) => wait_for(demo::run(session, command)),
        Command::Serve(command) => wait_for(serve::serve(session, command)),
        Command::Work(_) => wait_for(serve::work(session)),
        Command::Portal(command) => wait_for(portals::run(session, command)),
        Command::Key(command) => wait_for(keys::run(session, command)),
        Command::Audit(command) => wait_for(audit::run(session, command)),
        Command::Backup(command) => wait_for(backup::run(session, command)),
        Command::Quarantine(command) => wait_for(quarantine::run(session, command)),
        Command::Ingest(command) => wait_for(ingest::run(session, command)),
        Command::Submit(command) => wait_for(submit::run(session, command)),
        Command::Match(command) => wait_for(matching::run(session, command)),
        Command::Replay(command) => wait_for(matching::replay(session, command)),
        Command::Explain(command) => wait_for(explain::run(session, command)),
        Command::Search(command) => wait_for(search::run(session, command)),
        Command::Show(command) => wait_for(show::run(session, command)),
        Command::Extract(command) => wait_for(extract::run(session, command)),
        Command::Status(output) => wait_for(status::run(session, output)),
        Command::Profile(Profile::List(ProfileList { versions: true, output })) => {
            wait_for(versions::run(session, output))
        }
        Command::Profile(command) => wait_for(profiles::run(session, command)),
        Command::Config(command) => settings::config(&session, &command),
        Command::Bench(command) => bench::run(&session, command),
        Command::Reread(command) => wait_for(reread::run(session, command)),
        Command::Reindex => wait_for(reindex(session)),
        Command::Openapi => {
            print_json(&bole_server::openapi())?;
            Ok(Exit::Done)
        }
        Command::Reference { topic } => reference(topic),
        Command::Reader => anyhow::bail!("a reader is started by its parent"),
    }
}

/// Runs a command on a runtime of two threads: they wait, they do not compute.
pub(crate) fn wait_for(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.context("the system gives no threads")?.block_on(command)
}

fn reference(topic: Topic) -> anyhow::Result<Exit> {
    let text = match topic {
        Topic::Settings => bole_engine::settings_reference(),
        Topic::Metrics => bole_engine::metrics_reference(),
        Topic::Reasons => bole_engine::reasons_reference(),
        Topic::ExitCodes => Exit::reference(),
    };
    print_line(text.trim_end())?;
    Ok(Exit::Done)
}

async fn reindex(session: Session) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    let n_resumes = bole_engine::reindex(&engine).await?;
    print_line(format_args!("the search index is built anew: {n_resumes} resumes"))?;
    Ok(Exit::Done)
}
