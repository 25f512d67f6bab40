use anyhow::{Context, Result, ensure};

use crate::pipeline::until;
use crate::servers::{amqp, command, servers};

/// RabbitMQ on three nodes, as `tests/servers start cluster` has it. Stopped with the value, with all that is in it.
#[derive(Debug)]
pub struct Brokers(());

impl Brokers {
    /// The nodes.
    pub const NODES: [usize; 3] = [1, 2, 3];

    /// Begins a cluster anew.
    pub fn start() -> Result<Self> {
        command(&["stop", "cluster"])?;
        command(&["start", "cluster"])?;
        Ok(Self(()))
    }

    /// Where it is, as the user of the tests; all nodes in one address.
    pub fn url(&self) -> Result<String> {
        let one = amqp();
        let (user, place) = one.split_once('@').context("a user")?;
        let (host, virtual_host) = place.split_once('/').context("a virtual host")?;
        let (name, port) = host.split_once(':').context("a port")?;
        let port: usize = port.parse()?;
        let hosts = Self::NODES.map(|node| format!("{name}:{}", port + 100 + 10 * node));
        Ok(format!("{user}@{}/{virtual_host}", hosts.join(",")))
    }

    /// Kills a node as a power cut would.
    pub fn kill(&self, node: usize) -> Result<()> {
        command(&["kill", &node.to_string()])
    }

    /// Starts the nodes that do not run, and waits until they are part of the cluster.
    pub fn start_missing(&self) -> Result<()> {
        command(&["start", "cluster"])
    }

    /// The node that leads a queue.
    pub fn leader(&self, queue: &str) -> Result<usize> {
        let listed = Self::list("leader")?;
        let line = listed.lines().find_map(|line| line.strip_prefix(queue)?.strip_prefix('\t'));
        let leader = line.with_context(|| format!("no queue `{queue}` in {listed}"))?;
        let number = leader.trim().strip_prefix("bole-").and_then(|rest| rest.split('@').next());
        Ok(number.with_context(|| leader.to_owned())?.parse()?)
    }

    /// Waits until every queue has its three members again. Before that, another node that dies may take a queue's majority
    /// with it.
    pub fn wait_until_whole(&self) -> Result<()> {
        until("members of each queue", || {
            let listed = Self::list("online")?;
            let lacking: Vec<_> = listed.lines().filter(|line| line.matches("bole-").count() < 3).collect();
            ensure!(lacking.is_empty(), "{lacking:?}");
            Ok(Some(()))
        })
    }

    fn list(column: &str) -> Result<String> {
        // Any node that runs tells of all.
        let mut trouble = None;
        for node in Self::NODES {
            let arguments =
                ["clusterctl", &node.to_string(), "-q", "list_queues", "--no-table-headers", "name", column];
            match servers(&arguments) {
                Ok(listed) => return Ok(listed),
                Err(error) => trouble = Some(error),
            }
        }
        Err(trouble.context("a node")?)
    }
}

impl Drop for Brokers {
    fn drop(&mut self) {
        command(&["stop", "cluster"]).ok();
    }
}
