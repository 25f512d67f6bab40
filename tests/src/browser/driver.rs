use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getpgid};

/// A `chromedriver` on a free port of its own. It and the browser that it started are killed with the value.
#[derive(Debug)]
pub(super) struct Driver {
    child: Child,
    port: u16,
    /// Kept open, so that it may go on talking.
    _stdout: BufReader<ChildStdout>,
    /// The browser leads a process group of its own.
    browser: Option<Pid>,
}

impl Driver {
    /// Starts it and waits until it listens. `folder` takes the place of the home folder.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("HOME", folder).env("TMPDIR", folder);
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn().context("no `chromedriver`: `tests/run` installs it")?;
        let mut stdout = BufReader::new(child.stdout.take().context("its standard output")?);
        let mut said = String::new();
        let port = loop {
            let began = said.len();
            if stdout.read_line(&mut said)? == 0 {
                bail!("chromedriver ended with {:?}: {said}", child.wait()?.code());
            }
            let line = said.get(began..).unwrap_or_default();
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end().trim_end_matches('.').parse()?;
            }
        };
        Ok(Self { child, port, _stdout: stdout, browser: None })
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Tells it which process is the browser.
    pub(super) fn started(&mut self, browser: i32) {
        self.browser = Some(Pid::from_raw(browser));
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            killpg(Pid::from_raw(id), Signal::SIGKILL).ok();
        }
        self.child.wait().ok();
        // Only a group that the browser leads: a number that is free again may be anybody's.
        if let Some(browser) = self.browser.filter(|id| getpgid(Some(*id)) == Ok(*id)) {
            killpg(browser, Signal::SIGKILL).ok();
        }
    }
}
