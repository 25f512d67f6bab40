use std::fmt;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// What a server answered.
#[derive(Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text; what is no UTF-8 is replaced.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, headers, body, bytes: _ } = self;
        write!(formatter, "{status} {headers:?} {body}")
    }
}

impl Answer {
    /// The first header of this name, in lower case; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Reads an answer to its end.
    pub fn read(mut stream: &TcpStream) -> Result<Self> {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.with_context(|| format!("no answer: `{}`", String::from_utf8_lossy(&bytes)))?;
        let body = bytes.split_off(end + 4);
        let head = String::from_utf8(bytes)?;
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        };
        let text = String::from_utf8_lossy(&body).into_owned();
        Ok(Self { status, headers: lines.filter_map(header).collect(), body: text, bytes: body })
    }
}

/// One request on a connection of its own, the length of the body told.
pub fn request(
    address: &str,
    line: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Result<Answer> {
    let body = body.as_ref();
    let length = body.len().to_string();
    let told = [headers, &[("Content-Length", &length)]].concat();
    exchange(address, &[head(line, &told).as_bytes(), body].concat())
}

/// The head of a request whose connection closes after the answer.
pub fn head(line: &str, headers: &[(&str, &str)]) -> String {
    let headers = headers.iter().fold(String::new(), |all, (name, value)| all + name + ": " + value + "\r\n");
    format!("{line} HTTP/1.1\r\nHost: bole\r\nConnection: close\r\n{headers}\r\n")
}

/// Sends bytes as they are and reads the answer.
pub fn exchange(address: &str, bytes: &[u8]) -> Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(SILENCE))?;
    // A server that has heard enough may answer and close before all is sent.
    stream.write_all(bytes).ok();
    Answer::read(&stream)
}
