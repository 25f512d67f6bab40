//! Every key of the configuration, and how its text becomes a setting.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bole_queue::BrokerAddress;
use bole_sandbox::FontFile;
use bytesize::ByteSize;
use jiff::SignedDuration;

use super::{CertificateFiles, Remote, Settings};
use crate::Traces;
use crate::pictures::usual_face;

/// One key of `bole.toml`: its name, its default as written there, and how its text becomes a setting.
pub(super) struct Key {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    pub(super) apply: fn(&mut Settings, &str) -> Result<(), String>,
}

/// Every key there is. The file, the environment, `bole config show` and the documentation follow from it.
pub(super) const KEYS: [Key; 50] = [
    Key {
        section: "",
        name: "data",
        default: "./bole-data",
        apply: |to, text| {
            to.data = PathBuf::from(text);
            Ok(())
        },
    },
    Key {
        section: "",
        name: "log",
        default: "warn",
        apply: |to, text| {
            text.clone_into(&mut to.log);
            Ok(())
        },
    },
    Key {
        section: "reader",
        name: "processes",
        default: "0",
        apply: |to, text| {
            to.reader.n_processes = match number(text, 0, 256)? {
                0 => std::thread::available_parallelism().map_or(1, usize::from),
                n_processes => n_processes,
            };
            Ok(())
        },
    },
    Key {
        section: "reader",
        name: "memory",
        default: "1 GiB",
        apply: |to, text| {
            bytes(text, 128 << 20, 64 << 30).map(|bytes| to.reader.limits.address_space_bytes = bytes as u64)
        },
    },
    Key {
        section: "reader",
        name: "processor-time",
        default: "10 s",
        apply: |to, text| duration(text, 1, 600).map(|cpu| to.reader.limits.cpu = cpu),
    },
    Key {
        section: "reader",
        name: "time",
        default: "15 s",
        apply: |to, text| duration(text, 1, 600).map(|wall| to.reader.limits.wall = wall),
    },
    Key {
        section: "reader",
        name: "answer",
        default: "16 MiB",
        apply: |to, text| bytes(text, 1 << 20, 64 << 20).map(|bytes| to.reader.limits.answer_bytes = bytes),
    },
    Key {
        section: "reader",
        name: "documents",
        default: "2000",
        apply: |to, text| {
            number(text, 1, 1_000_000).map(|n_documents| to.reader.limits.n_documents = n_documents as u32)
        },
    },
    Key {
        section: "queue",
        name: "url",
        default: "",
        apply: |to, text| {
            to.queue.remote = remote(text, &["amqp://", "amqps://"])?;
            if !text.is_empty() {
                BrokerAddress::parse(text).map_err(|error| error.to_string())?;
            }
            Ok(())
        },
    },
    Key {
        section: "queue",
        name: "password",
        default: "",
        apply: |to, text| {
            if let Some(remote) = to.queue.remote.as_mut().filter(|_| !text.is_empty()) {
                remote.password = Some(text.to_owned());
            }
            Ok(())
        },
    },
    Key {
        section: "queue",
        name: "password-file",
        default: "",
        apply: |to, text| password_file(to.queue.remote.as_mut(), text),
    },
    Key {
        section: "queue",
        name: "ca-file",
        default: "",
        apply: |to, text| {
            if let Some(remote) = to.queue.remote.as_mut().filter(|_| !text.is_empty()) {
                remote.ca_file = Some(PathBuf::from(text));
            }
            Ok(())
        },
    },
    Key {
        section: "queue",
        name: "prefix",
        default: "bole",
        apply: |to, text| {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            if text.is_empty() || text.len() > 100 || !text.bytes().all(is_name) {
                return Err("use letters, digits, `.`, `_` and `-`, at most 100 of them".to_owned());
            }
            text.clone_into(&mut to.queue.prefix);
            Ok(())
        },
    },
    Key {
        section: "queue",
        name: "lease",
        default: "15 s",
        apply: |to, text| duration(text, 2, 3600).map(|lease| to.queue.lease = lease),
    },
    Key {
        section: "queue",
        name: "held",
        default: "64 MiB",
        apply: |to, text| bytes(text, 16 << 20, 16 << 30).map(|bytes| to.queue.held_bytes = bytes),
    },
    Key {
        section: "queue",
        name: "largest-document",
        default: "16 MiB",
        apply: |to, text| bytes(text, 1 << 10, 16 << 20).map(|bytes| to.queue.limit_bytes = bytes),
    },
    Key {
        section: "store",
        name: "url",
        default: "",
        apply: |to, text| {
            to.store.remote = remote(text, &["postgres://", "postgresql://"])?;
            check_port(text)
        },
    },
    Key {
        section: "store",
        name: "password",
        default: "",
        apply: |to, text| {
            if let Some(remote) = to.store.remote.as_mut().filter(|_| !text.is_empty()) {
                remote.password = Some(text.to_owned());
            }
            Ok(())
        },
    },
    Key {
        section: "store",
        name: "password-file",
        default: "",
        apply: |to, text| password_file(to.store.remote.as_mut(), text),
    },
    Key {
        section: "store",
        name: "readers",
        default: "4",
        apply: |to, text| number(text, 1, 64).map(|n_readers| to.store.n_readers = n_readers as u32),
    },
    Key {
        section: "store",
        name: "wait",
        default: "30 s",
        apply: |to, text| duration(text, 1, 600).map(|wait| to.store.busy_timeout = wait),
    },
    Key {
        section: "store",
        name: "limit",
        default: "0",
        apply: |to, text| {
            let is_unlimited = text.trim() == "0";
            to.store.limit_bytes =
                if is_unlimited { None } else { Some(bytes(text, 1 << 20, 1 << 50)? as u64) };
            Ok(())
        },
    },
    Key { section: "originals", name: "url", default: "", apply: |to, text| to.originals.set_url(text) },
    Key {
        section: "originals",
        name: "endpoint",
        default: "",
        apply: |to, text| to.originals.set_endpoint(text),
    },
    Key {
        section: "originals",
        name: "region",
        default: "us-east-1",
        apply: |to, text| to.originals.set_region(text),
    },
    Key {
        section: "originals",
        name: "key-id",
        default: "",
        apply: |to, text| to.originals.set_key_id(text),
    },
    Key {
        section: "originals",
        name: "secret",
        default: "",
        apply: |to, text| {
            to.originals.set_secret(text);
            Ok(())
        },
    },
    Key {
        section: "originals",
        name: "secret-file",
        default: "",
        apply: |to, text| to.originals.set_secret_file(text),
    },
    Key {
        section: "originals",
        name: "path-style",
        default: "false",
        apply: |to, text| to.originals.set_path_style(text),
    },
    Key {
        section: "originals",
        name: "ca-file",
        default: "",
        apply: |to, text| {
            to.originals.set_ca_file(text);
            Ok(())
        },
    },
    Key {
        section: "intake",
        name: "backlog",
        default: "100000",
        apply: |to, text| {
            number(text, 1, 1_000_000_000).map(|n_backlog| to.intake.n_backlog = n_backlog as u64)
        },
    },
    Key {
        section: "work",
        name: "batch",
        default: "64",
        apply: |to, text| {
            let n_batch = number(text, 1, 1000)?;
            to.work.n_batch = n_batch;
            // Two are committed while a third is read.
            to.queue.n_held = 3 * n_batch;
            Ok(())
        },
    },
    Key {
        section: "work",
        name: "listen",
        default: "",
        apply: |to, text| {
            to.work.listen = if text.is_empty() { None } else { Some(address(text)?) };
            Ok(())
        },
    },
    Key {
        section: "server",
        name: "listen",
        default: "127.0.0.1:8080",
        apply: |to, text| address(text).map(|address| to.server.listen = address),
    },
    Key {
        section: "server",
        name: "certificate",
        default: "",
        apply: |to, text| {
            if !text.is_empty() {
                to.server.certificate = Some(CertificateFiles { chain: text.into(), key: PathBuf::new() });
            }
            Ok(())
        },
    },
    Key {
        section: "server",
        name: "certificate-key",
        default: "",
        apply: |to, text| match to.server.certificate.as_mut() {
            Some(files) if !text.is_empty() => {
                files.key = text.into();
                Ok(())
            }
            Some(_) => Err("name the file with the private key of `server.certificate`".to_owned()),
            None if text.is_empty() => Ok(()),
            None => Err("name the certificate that it belongs to in `server.certificate`".to_owned()),
        },
    },
    Key {
        section: "server",
        name: "open-loopback",
        default: "false",
        apply: |to, text| yes_or_no(text).map(|is_open| to.server.open_loopback = is_open),
    },
    Key {
        section: "server",
        name: "open-metrics",
        default: "false",
        apply: |to, text| yes_or_no(text).map(|is_open| to.server.open_metrics = is_open),
    },
    Key {
        section: "server",
        name: "connections",
        default: "2000",
        apply: |to, text| {
            number(text, 1, 100_000).map(|n_connections| to.server.n_connections = n_connections)
        },
    },
    Key {
        section: "server",
        name: "requests",
        default: "100",
        apply: |to, text| number(text, 1, 1_000_000).map(|number| to.server.n_requests = number as u32),
    },
    Key {
        section: "server",
        name: "portal-requests",
        default: "2000",
        apply: |to, text| {
            number(text, 1, 1_000_000).map(|number| to.server.n_portal_requests = number as u32)
        },
    },
    Key {
        section: "server",
        name: "concurrent",
        default: "128",
        apply: |to, text| number(text, 1, 100_000).map(|n_concurrent| to.server.n_concurrent = n_concurrent),
    },
    Key {
        section: "server",
        name: "request-time",
        default: "10 s",
        apply: |to, text| duration(text, 1, 600).map(|time| to.server.request_time = time),
    },
    Key {
        section: "server",
        name: "body-time",
        default: "60 s",
        apply: |to, text| duration(text, 1, 3600).map(|time| to.server.body_time = time),
    },
    Key {
        section: "server",
        name: "drain",
        default: "0 s",
        apply: |to, text| duration(text, 0, 600).map(|drain| to.server.drain = drain),
    },
    Key {
        section: "server",
        name: "shutdown",
        default: "30 s",
        apply: |to, text| duration(text, 1, 3600).map(|shutdown| to.server.shutdown = shutdown),
    },
    Key {
        section: "console",
        name: "font",
        default: "",
        apply: |to, text| {
            to.console.font = font(text)?;
            Ok(())
        },
    },
    Key {
        section: "trace",
        name: "endpoint",
        default: "",
        apply: |to, text| {
            if !text.is_empty() {
                let hint = "use an address by HTTP such as http://localhost:4318/v1/traces";
                Traces::check(text).map_err(|_| hint.to_owned())?;
            }
            text.clone_into(&mut to.trace.endpoint);
            Ok(())
        },
    },
    Key {
        section: "reread",
        name: "background",
        default: "true",
        apply: |to, text| yes_or_no(text).map(|background| to.reread.background = background),
    },
    Key {
        section: "rank",
        name: "threads",
        default: "0",
        apply: |to, text| number(text, 0, 1024).map(|n_threads| to.rank.n_threads = n_threads),
    },
];

impl Key {
    pub(super) fn path(&self) -> String {
        if self.section.is_empty() { self.name.to_owned() } else { format!("{}.{}", self.section, self.name) }
    }

    pub(super) fn variable(&self) -> String {
        format!("BOLE_{}", self.path().replace(['.', '-'], "_").to_uppercase())
    }
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    text.trim().parse().map_err(|_| "use true or false".to_owned())
}

fn number(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let value = text.trim().parse().ok().filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| format!("use a whole number from {least} to {most}"))
}

fn bytes(text: &str, least: u64, most: u64) -> Result<usize, String> {
    let value = text.trim().parse::<ByteSize>().ok().filter(|value| (least..=most).contains(&value.as_u64()));
    let shown = |n_bytes| ByteSize::b(n_bytes).display().iec().to_string();
    let value =
        value.ok_or_else(|| format!("use a size from \"{}\" to \"{}\"", shown(least), shown(most)))?;
    Ok(value.as_u64() as usize)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.trim().parse().map_err(|_| "use an address and port such as 127.0.0.1:8080".to_owned())
}

/// A server by its address; none for the empty text.
fn remote(text: &str, schemes: &[&str]) -> Result<Option<Remote>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if schemes.iter().any(|scheme| text.starts_with(scheme)) {
        return Ok(Some(Remote { url: text.to_owned(), password: None, password_file: None, ca_file: None }));
    }
    let hints: Vec<_> = schemes.iter().map(|scheme| format!("{scheme}user@host/name")).collect();
    Err(format!("use an address such as {}", hints.join(" or ")))
}

/// Whether the port in a database's address is one. The rest is for the driver to understand.
fn check_port(url: &str) -> Result<(), String> {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    // An IP address of version 6 stands in brackets.
    let port = host.rsplit(']').next().and_then(|host| host.split_once(':')).map(|(_, port)| port);
    match port.filter(|port| port.parse::<u16>().is_err()) {
        Some(port) => Err(format!("`{port}` is not a port; in the password write `/` as `%2F`")),
        None => Ok(()),
    }
}

/// A font by its path, with the number of its face behind a `#` if it is a collection; none for the empty text.
fn font(text: &str) -> Result<Option<FontFile>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let numbered = text.rsplit_once('#').and_then(|(path, face)| Some((path, face.parse().ok()?)));
    let (path, face) = numbered.unwrap_or_else(|| (text, usual_face(Path::new(text))));
    let font = FontFile { path: PathBuf::from(path), face };
    let hint = "name a .ttf, .otf or .ttc file that is there; a face of a .ttc as in `FONT.ttc#2`";
    if font.path.is_file() { Ok(Some(font)) } else { Err(hint.to_owned()) }
}

/// Reads a password from a file, without the line's end.
fn password_file(remote: Option<&mut Remote>, text: &str) -> Result<(), String> {
    let Some(remote) = remote.filter(|_| !text.is_empty()) else { return Ok(()) };
    remote.password = Some(secret_in(text, "the password")?);
    remote.password_file = Some(PathBuf::from(text));
    Ok(())
}

/// What is secret in a file, without the line's end.
pub(super) fn secret_in(file: &str, what: &str) -> Result<String, String> {
    let read = std::fs::read_to_string(file).map_err(|error| format!("name a file with {what}: {error}"))?;
    Ok(read.trim_end_matches(['\r', '\n']).to_owned())
}

fn duration(text: &str, least_seconds: u64, most_seconds: u64) -> Result<Duration, String> {
    let value = text.trim().parse::<SignedDuration>().ok().and_then(|value| Duration::try_from(value).ok());
    let value = value.filter(|value| (least_seconds..=most_seconds).contains(&value.as_secs()));
    value.ok_or_else(|| format!("use a time from \"{least_seconds} s\" to \"{most_seconds} s\""))
}
