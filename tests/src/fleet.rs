use std::net::SocketAddr;

use anyhow::{Context, Result};

use crate::pipeline::{Pipeline, Program, until};

/// Servers and workers on one store and one queue, as on machines of their own: each server has its own data folder, so
/// its own search index. Workers keep nothing.
#[derive(Debug)]
pub struct Fleet<'a> {
    pipeline: &'a Pipeline,
    servers: Vec<Program>,
    workers: Vec<Program>,
    n_folders: usize,
    /// Of those that were killed.
    logs: String,
}

impl<'a> Fleet<'a> {
    /// Starts so many, and waits until all servers may be sent queries.
    pub fn start(pipeline: &'a Pipeline, n_servers: usize, n_workers: usize) -> Result<Self> {
        let mut fleet =
            Self { pipeline, servers: Vec::new(), workers: Vec::new(), n_folders: 0, logs: String::new() };
        for _ in 0..n_servers {
            let server = fleet.new_server("127.0.0.1:0")?;
            fleet.servers.push(server);
        }
        for _ in 0..n_workers {
            fleet.workers.push(pipeline.work()?);
        }
        for server in &fleet.servers {
            server.wait_until_ready()?;
        }
        Ok(fleet)
    }

    /// The servers that answer by HTTP.
    pub fn servers(&self) -> &[Program] {
        &self.servers
    }

    /// The workers.
    pub fn workers(&self) -> &[Program] {
        &self.workers
    }

    /// Where the servers listen: a new one takes the address of the one that it replaces.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.servers.iter().map(Program::address).collect()
    }

    /// Kills a server as a power cut would. Its machine is gone with all that is on it.
    pub fn kill_server(&mut self, number: usize) -> Result<()> {
        let server = self.servers.get_mut(number).context("a server")?;
        server.kill()?;
        self.logs.push_str(&server.log());
        Ok(())
    }

    /// Puts a new server with an empty data folder in the place of one that was killed or has ended.
    pub fn replace_server(&mut self, number: usize) -> Result<()> {
        let address = self.servers.get(number).context("a server")?.address().to_string();
        // While the database or the broker are away nothing starts: whoever looks after it starts it again.
        let new = until("start of a server", || self.new_server(&address).map(Some))?;
        *self.servers.get_mut(number).context("a server")? = new;
        Ok(())
    }

    /// Adds a server with an empty data folder.
    pub fn add_server(&mut self) -> Result<&Program> {
        let new = self.new_server("127.0.0.1:0")?;
        self.servers.push(new);
        self.servers.last().context("a server")
    }

    /// Ends a server in order.
    pub fn stop_server(&mut self, number: usize) -> Result<Option<i32>> {
        let server = self.servers.get_mut(number).context("a server")?;
        let code = server.stop()?;
        self.logs.push_str(&server.log());
        Ok(code)
    }

    /// Kills a worker as a power cut would.
    pub fn kill_worker(&mut self, number: usize) -> Result<()> {
        let worker = self.workers.get_mut(number).context("a worker")?;
        worker.kill()?;
        self.logs.push_str(&worker.log());
        Ok(())
    }

    /// Puts a new worker in the place of one that was killed.
    pub fn replace_worker(&mut self, number: usize) -> Result<()> {
        let new = until("start of a worker", || self.pipeline.work().map(Some))?;
        *self.workers.get_mut(number).context("a worker")? = new;
        Ok(())
    }

    /// What all of them wrote to standard error, those that were killed included.
    pub fn logs(&self) -> String {
        let living = self.servers.iter().chain(&self.workers).map(Program::log);
        living.fold(self.logs.clone(), |all, log| all + &log)
    }

    fn new_server(&mut self, address: &str) -> Result<Program> {
        self.n_folders += 1;
        let folder = self.pipeline.installation.files()?.join(format!("machine-{}", self.n_folders));
        let folder = folder.to_str().context("a path in UTF-8")?.to_owned();
        self.pipeline.serve_with(&["--no-workers", "--listen", address], &[("BOLE_DATA", &folder)])
    }
}
