use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::pipeline::until;

/// HAProxy in front of servers, by `deploy/proxy/haproxy.cfg` without TLS. Gone with the value.
#[derive(Debug)]
pub struct Balancer {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
    n_servers: usize,
}

impl Balancer {
    /// Starts it and waits until it sends requests to all of these.
    pub fn before(servers: &[SocketAddr]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("stats").to_string_lossy().into_owned();
        let path = folder.path().join("haproxy.cfg");
        std::fs::write(&path, configuration(servers, &socket)?)?;
        // It is given the listener, so that nobody takes the port before it does.
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let mut command = Command::new("/usr/sbin/haproxy");
        command.arg("-db").arg("-f").arg(&path).stdin(Stdio::from(OwnedFd::from(listener)));
        let log = folder.path().join("log");
        let child = command.stdout(Stdio::null()).stderr(File::create(&log)?).spawn();
        let child = child.context("haproxy: install the package haproxy")?;
        let mut balancer = Self { child, address, folder, n_servers: servers.len() };
        until("a proxy", || {
            Ok((balancer.child.try_wait()?.is_some() || balancer.up().is_ok()).then_some(()))
        })?;
        if balancer.child.try_wait()?.is_some() {
            bail!("haproxy: {}", std::fs::read_to_string(log)?);
        }
        until("servers behind the proxy", || {
            Ok(balancer.up()?.into_iter().all(|is_up| is_up).then_some(()))
        })?;
        Ok(balancer)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Which servers it sends requests to, in their order.
    pub fn up(&self) -> Result<Vec<bool>> {
        let mut stats = UnixStream::connect(self.socket())?;
        stats.write_all(b"show stat\n")?;
        let mut text = String::new();
        stats.read_to_string(&mut text)?;
        let status = |line: &str| {
            let fields: Vec<_> = line.split(',').collect();
            let is_server =
                fields.first() == Some(&"bole-ready") && fields.get(1).is_some_and(|name| is_server(name));
            is_server.then(|| fields.get(17).is_some_and(|status| status.starts_with("UP")))
        };
        let up: Vec<_> = text.lines().filter_map(status).collect();
        ensure!(up.len() == self.n_servers, "{text}");
        Ok(up)
    }

    /// Waits until it does, or does no longer, send requests to a server.
    pub fn wait_until(&self, number: usize, is_up: bool) -> Result<()> {
        until("switch of the proxy", || Ok((self.up()?.get(number) == Some(&is_up)).then_some(())))
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("stats")
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The one that is shipped, for servers of this machine that speak plain HTTP.
fn configuration(servers: &[SocketAddr], socket: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/proxy/haproxy.cfg");
    let shipped = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let (mut text, mut n_changed) = (String::new(), 0);
    for line in shipped.lines() {
        let (word, rest) = line.trim_start().split_once(' ').unwrap_or((line.trim_start(), ""));
        n_changed += 1;
        match (word, rest) {
            ("global", _) => writeln!(text, "global\n    stats socket {socket} mode 600")?,
            ("bind", ":80") => writeln!(text, "    bind fd@0")?,
            ("http-request", rest) if rest.starts_with("redirect") => {}
            ("default-server", _) => writeln!(text, "    default-server check inter 500ms fall 2 rise 1")?,
            ("server", rest) if rest.starts_with("serve-1 ") => {
                for (number, server) in servers.iter().enumerate() {
                    writeln!(text, "    server s{number} {server}")?;
                }
            }
            ("bind" | "server", _) => {}
            _ => {
                n_changed -= 1;
                writeln!(text, "{line}")?;
            }
        }
    }
    // One of each kind, but what stands in both of its backends.
    ensure!(n_changed == 4 + 2 * 4, "`{}` is not as it was: {n_changed} lines", path.display());
    Ok(text)
}

/// As the configuration calls them; the other lines are of the proxy itself.
fn is_server(name: &str) -> bool {
    name.strip_prefix('s').is_some_and(|number| number.parse::<usize>().is_ok())
}
