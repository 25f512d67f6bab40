use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::servers::{amqp, script};
use crate::{Run, servers};

/// A virtual host of its own at the broker that `tests/servers` starts, gone with the value.
#[derive(Debug)]
pub struct VirtualHost {
    name: String,
    users: Vec<String>,
}

impl VirtualHost {
    /// Makes it, for the user of the tests to do anything in.
    pub fn new(name: &str) -> Result<Self> {
        let name = format!("{name}-{}", std::process::id());
        servers(&["rabbitmqctl", "-q", "add_vhost", &name])?;
        let host = Self { name, users: Vec::new() };
        servers(&["rabbitmqctl", "-q", "set_permissions", "-p", &host.name, "bole", ".*", ".*", ".*"])?;
        Ok(host)
    }

    /// The broker's address for the user of the tests.
    pub fn url(&self) -> String {
        self.url_of("bole", "bole")
    }

    /// The broker's address for another user.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        let address = amqp();
        let host = address.split('@').nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        format!("amqp://{user}:{password}@{host}/{}", self.name)
    }

    /// Runs the lines that `bole portal add` prints for the broker's administrator, with this password for the
    /// portal's user, and gives the broker's address for that user.
    pub fn let_in(&mut self, printed: &str, password: &str) -> Result<String> {
        let lines: Vec<_> = printed.lines().filter(|line| line.starts_with("rabbitmqctl ")).collect();
        ensure!(lines.len() == 3, "there are no three lines for the administrator in: {printed}");
        let user = lines.first().and_then(|line| line.split_whitespace().nth(2)).context("a user")?;
        self.users.push(user.to_owned());
        for line in lines {
            let line = line.replace("PASSWORD", password);
            let script = script().to_str().context("a path in UTF-8")?.to_owned();
            // As the administrator would: by a shell, which takes the quotes away.
            let run = Run::of(Command::new("sh").args(["-c", &format!("'{script}' {line}")]))?;
            ensure!(run.code == Some(0), "{line}: {}{}", run.stdout, run.stderr);
        }
        Ok(self.url_of(user, password))
    }
}

impl Drop for VirtualHost {
    fn drop(&mut self) {
        servers(&["rabbitmqctl", "-q", "delete_vhost", &self.name]).ok();
        for user in &self.users {
            servers(&["rabbitmqctl", "-q", "delete_user", user]).ok();
        }
    }
}
