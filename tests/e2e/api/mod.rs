//! The HTTP API as portals, recruiters, operators and administrators use it.

mod keeping;
mod leaks;
mod matrix;
mod recruiting;
mod reference;
mod watched;

use std::io::Read;

use anyhow::{Context, Result, ensure};
use bole_tests::{Answer, Installation, Running, request, until};
use flate2::read::DeflateDecoder;
use serde_json::Value;

/// The server as one key sees it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    address: String,
    /// What it sends as `Authorization`; nothing if empty.
    authorization: String,
}

impl Client {
    pub(crate) fn new(address: &str, authorization: impl Into<String>) -> Self {
        Self { address: address.to_owned(), authorization: authorization.into() }
    }

    /// With a key that is made for it.
    pub(crate) fn of(installation: &Installation, server: &Running, role: &[&str]) -> Result<Self> {
        Ok(Self::new(server.address(), format!("Bearer {}", installation.key(role)?)))
    }

    pub(crate) fn ask(&self, line: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Result<Answer> {
        let own = ("Authorization", self.authorization.as_str());
        let own = (!self.authorization.is_empty()).then_some(own);
        let headers: Vec<_> = own.into_iter().chain(headers.iter().copied()).collect();
        request(&self.address, line, &headers, body)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        self.ask(&format!("GET {path}"), &[], "")
    }

    pub(crate) fn send(&self, line: &str, body: &Value) -> Result<Answer> {
        self.ask(line, &[("Content-Type", "application/json")], body.to_string())
    }

    /// What is there, as JSON.
    pub(crate) fn read(&self, path: &str) -> Result<Value> {
        told(path, &self.get(path)?)
    }

    /// What comes of a request, as JSON.
    pub(crate) fn done(&self, line: &str, body: &Value) -> Result<Value> {
        told(line, &self.send(line, body)?)
    }

    /// Submits a file and waits until it is decided; gives its document id.
    pub(crate) fn submit(&self, id: &str, headers: &[(&str, &str)], file: &[u8]) -> Result<String> {
        let headers = [headers, &[("Idempotency-Key", id)]].concat();
        let answer = self.ask("POST /v1/submissions", &headers, file)?;
        ensure!(answer.status == 202, "{id}: {answer:?}");
        until("decision", || {
            let found = self.read(&format!("/v1/submissions/{id}"))?;
            let is_decided = found["state"] != "queued";
            Ok(is_decided.then(|| found["sha256"].as_str().unwrap_or_default().to_owned()))
        })
    }
}

fn told(what: &str, answer: &Answer) -> Result<Value> {
    ensure!(matches!(answer.status, 200..=202), "{what}: {answer:?}");
    serde_json::from_str(&answer.body).with_context(|| format!("{what}: {}", answer.body))
}

/// Starts a server on a port of its own.
pub(crate) fn serve(installation: &Installation) -> Result<Running> {
    Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)
}

/// Texts of a list of JSON by key.
pub(crate) fn column(list: &Value, key: &str) -> Vec<String> {
    bole_tests::texts(list, key)
}

/// Waits until a search finds so many resumes.
pub(crate) fn wait_until_found(client: &Client, query: &str, n_found: u64) -> Result<()> {
    let path = format!("/v1/search?limit=1&q={}", escaped(query));
    until("resumes in the search", || {
        let found = client.read(&path)?["n_found"].as_u64();
        ensure!(found <= Some(n_found), "{found:?} were found");
        Ok((found == Some(n_found)).then_some(()))
    })
}

/// As it stands in an address.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => all + &char::from(byte).to_string(),
        _ => all + &format!("%{byte:02X}"),
    })
}

/// The files of a ZIP archive, by name, from its central directory
/// (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, 4.3.12).
pub(crate) fn unzipped(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    let number = |at: usize, n_bytes: usize| {
        bytes[at..at + n_bytes].iter().rev().fold(0_usize, |all, byte| all << 8 | usize::from(*byte))
    };
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").context("no end of an archive")?;
    let mut at = number(end + 16, 4);
    let mut files = Vec::new();
    while bytes[at..].starts_with(ENTRY) {
        let (method, n_packed, n_name) = (number(at + 10, 2), number(at + 20, 4), number(at + 28, 2));
        let name = String::from_utf8(bytes[at + 46..at + 46 + n_name].to_vec())?;
        let local = number(at + 42, 4);
        let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let packed = &bytes[start..start + n_packed];
        let mut file = Vec::new();
        match method {
            0 => file.extend_from_slice(packed),
            _ => drop(DeflateDecoder::new(packed).read_to_end(&mut file)?),
        }
        files.push((name, file));
        at += 46 + n_name + number(at + 30, 2) + number(at + 32, 2);
    }
    Ok(files)
}
