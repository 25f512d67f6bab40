//! The queue: in the data folder, or at a broker.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bole_core::Portal;
use bole_queue::{
    Action, BrokerVisit, DeclaredState, DeclaredThing, LocalQueue, Permissions, QueueError, RabbitOptions,
};
use tokio::time::timeout;

use super::{CALL_TIME, Check, Examination, Finding, PATIENCE, Subject, silent, told};
use crate::DataFolder;
use crate::connect::rabbit;
use crate::settings::Remote;

/// What the queue holds; each none if it could not be learnt.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Messages that wait for a worker.
    pub(super) n_waiting: Option<u64>,
    /// Messages that workers hold, as far as the queue knows.
    pub(super) n_with_workers: Option<u64>,
    /// Whether somebody takes from it.
    pub(super) has_worker: Option<bool>,
    /// Messages whose key is no portal's.
    pub(super) n_unroutable: Option<u64>,
    /// Messages that were handed out too often.
    pub(super) n_dead: Option<u64>,
}

pub(super) async fn examine(
    subject: &Subject,
    data: &DataFolder,
    portals: &[Portal],
    found: &mut Vec<Examination>,
) -> Held {
    if subject.is_wrong("queue") || subject.is_wrong("data") {
        found.extend(
            [Check::Queue, Check::Declared, Check::Permissions]
                .map(|check| check.waits_for(Check::Configuration)),
        );
        return Held::default();
    }
    match &subject.settings.queue.remote {
        Some(remote) => remote_queue(subject, remote, portals, found).await,
        None => local_queue(data, found).await,
    }
}

async fn local_queue(data: &DataFolder, found: &mut Vec<Examination>) -> Held {
    let path = data.queue();
    let own = [Check::Declared, Check::Permissions]
        .map(|check| check.found(vec![Finding::ok("the queue lies in the data folder: there is no broker")]));
    found.extend(own);
    if !path.exists() {
        let seen = format!("nothing was taken in yet: there is no `{}`", path.display());
        found.push(Check::Queue.found(vec![Finding::ok(seen)]));
        return Held { n_waiting: Some(0), n_with_workers: Some(0), ..Held::default() };
    }
    let depths = match timeout(PATIENCE, LocalQueue::look(&path)).await {
        Ok(Ok(depths)) => depths,
        Ok(Err(error)) => {
            found.push(Check::Queue.found(vec![of(&error)]));
            return Held::default();
        }
        Err(_) => {
            found.push(Check::Queue.found(vec![silent(PATIENCE)]));
            return Held::default();
        }
    };
    found.push(Check::Queue.found(vec![Finding::ok(format!("`{}`", path.display()))]));
    Held {
        n_waiting: Some(depths.iter().map(|depth| depth.n_ready).sum()),
        n_with_workers: depths.iter().map(|depth| depth.n_held).sum(),
        has_worker: Some(super::index::holder(&data.worker_lock()).is_some()),
        n_unroutable: Some(0),
        n_dead: Some(0),
    }
}

async fn remote_queue(
    subject: &Subject,
    remote: &Remote,
    portals: &[Portal],
    found: &mut Vec<Examination>,
) -> Held {
    let options = match options(subject, remote, portals) {
        Ok(options) => options,
        Err(finding) => {
            found.push(Check::Queue.found(vec![finding]));
            found.extend([Check::Declared, Check::Permissions].map(|check| check.waits_for(Check::Queue)));
            return Held::default();
        }
    };
    let opened = match timeout(PATIENCE, BrokerVisit::open(&options)).await {
        Ok(opened) => opened.map_err(|error| of(&error)),
        Err(_) => Err(silent(PATIENCE)),
    };
    let visit = match opened {
        Ok(visit) => visit,
        Err(finding) => {
            found.push(Check::Queue.found(vec![finding]));
            found.extend([Check::Declared, Check::Permissions].map(|check| check.waits_for(Check::Queue)));
            return Held::default();
        }
    };
    let version =
        visit.version().map_or_else(|| "a broker".to_owned(), |version| format!("RabbitMQ {version}"));
    let host = &options.broker.virtual_host;
    let mut of_queue =
        vec![Finding::ok(format!("{version}, virtual host `{host}`, as user `{}`", options.broker.user))];
    let things = match timeout(PATIENCE, visit.declared(portals)).await {
        Ok(Ok(things)) => {
            found.push(Check::Declared.found(declared(&things)));
            things
        }
        Ok(Err(error)) => {
            found.push(Check::Declared.found(vec![of(&error)]));
            Vec::new()
        }
        Err(_) => {
            found.push(Check::Declared.found(vec![silent(PATIENCE)]));
            Vec::new()
        }
    };
    match timeout(PATIENCE, visit.permissions(&things, portals)).await {
        Ok(Ok(permissions)) => {
            if permissions.is_blocked {
                of_queue = vec![of(&QueueError::Blocked)];
            }
            found.push(Check::Permissions.found(allowed(&things, &permissions)));
        }
        Ok(Err(error)) => found.push(Check::Permissions.found(vec![of(&error)])),
        Err(_) => found.push(Check::Permissions.found(vec![silent(PATIENCE)])),
    }
    found.push(Check::Queue.found(of_queue));
    // Whatever is left of the visit ends with the process.
    drop(timeout(Duration::from_secs(1), visit.close()).await);
    held(&things, &options, portals)
}

fn options(subject: &Subject, remote: &Remote, portals: &[Portal]) -> Result<RabbitOptions, Finding> {
    rabbit(&subject.settings, remote, portals.to_vec(), CALL_TIME).map_err(|error| {
        Finding::trouble(told(&error), "write `queue.url` as amqp://USER@HOST:5672/VIRTUAL-HOST")
    })
}

fn of(error: &QueueError) -> Finding {
    Finding::trouble(told(error), error.hint())
}

fn declared(things: &[DeclaredThing]) -> Vec<Finding> {
    let mut found = Vec::new();
    let kind = |thing: &DeclaredThing| if thing.is_queue { "queue" } else { "exchange" };
    for thing in things {
        if let DeclaredState::Otherwise(error) = &thing.state {
            found.push(Finding::trouble(format!("the {} {}", kind(thing), told(error)), error.hint()));
        }
    }
    let missing: Vec<_> =
        things.iter().filter(|thing| matches!(thing.state, DeclaredState::Missing)).collect();
    if missing.len() == things.len() {
        found.push(Finding::ok("nothing yet: the first `bole serve` or `bole portal add` declares it"));
    } else if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|thing| format!("{} `{}`", kind(thing), thing.name)).collect();
        found.push(Finding::warning(
            format!("missing: {}", names.join(", ")),
            "start `bole serve` or `bole work`, which declare what is missing; what portals sent meanwhile went nowhere \
             or lies among the unroutable",
        ));
    }
    if found.is_empty() {
        let n_queues = things.iter().filter(|thing| thing.is_queue).count();
        found.push(Finding::ok(format!(
            "{n_queues} queues and {} exchanges, as they should be",
            things.len() - n_queues
        )));
    }
    found
}

fn allowed(things: &[DeclaredThing], permissions: &Permissions) -> Vec<Finding> {
    const ADVICE: &str = "give the user all permissions on names that begin with the prefix: `rabbitmqctl set_permissions`; \
        on topics: `set_topic_permissions` or `clear_topic_permissions`";
    let not_declared = things.iter().filter_map(|thing| match &thing.state {
        DeclaredState::Forbidden(error) => Some(("declare", &thing.name, error)),
        _ => None,
    });
    let refused = permissions.not_allowed.iter().map(|it| {
        let what = match it.what {
            Action::Publish => "publish to",
            Action::Take => "take from",
        };
        (what, &it.name, &it.error)
    });
    // One finding for each thing that is not allowed: it is usually one pattern that is wrong.
    let mut by_action: BTreeMap<&str, (BTreeSet<&str>, &QueueError)> = BTreeMap::new();
    for (what, name, error) in not_declared.chain(refused) {
        by_action.entry(what).or_insert((BTreeSet::new(), error)).0.insert(name);
    }
    let mut found: Vec<_> = by_action
        .into_iter()
        .map(|(what, (names, error))| {
            let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
            Finding::trouble(format!("may not {what} {}: {}", names.join(", "), cause(error)), ADVICE)
        })
        .collect();
    if found.is_empty() && permissions.is_blocked {
        found.push(Finding::not_checked(Check::Queue, "the broker takes nothing in that could be tried"));
    }
    if found.is_empty() {
        let is_any = things.iter().any(|thing| !matches!(thing.state, DeclaredState::Missing));
        found.push(if is_any {
            Finding::ok("may declare, publish and take")
        } else {
            Finding::not_checked(Check::Declared, "nothing is declared yet that could be tried")
        });
    }
    found
}

/// What the broker says, without what we make of it.
fn cause(error: &QueueError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), told)
}

fn held(things: &[DeclaredThing], options: &RabbitOptions, portals: &[Portal]) -> Held {
    if things.is_empty() {
        return Held::default();
    }
    let prefix = &options.prefix;
    let named = |name: String| things.iter().find(move |thing| thing.is_queue && thing.name == name);
    let of_portals: Vec<_> =
        portals.iter().filter_map(|portal| named(format!("{prefix}.submissions.{portal}"))).collect();
    Held {
        n_waiting: Some(of_portals.iter().map(|thing| thing.n_messages).sum()),
        n_with_workers: None,
        has_worker: Some(of_portals.iter().any(|thing| thing.n_consumers > 0)),
        n_unroutable: named(format!("{prefix}.unroutable")).map(|thing| thing.n_messages),
        n_dead: named(format!("{prefix}.dead")).map(|thing| thing.n_messages),
    }
}
