//! Clients that are slow, huge or hostile: the server says no, lives on, and answers the others.

mod input;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bole_tests::{Installation, Running, head, request, resume_pdf};
use nix::sys::socket::{setsockopt, sockopt};
use serde_json::json;

const POST: &str = "POST /v1/submissions";
const MIB: usize = 1 << 20;

/// A server, and what its keys are sent as.
struct Besieged {
    server: Running,
    installation: Installation,
    portal: String,
    other_portal: String,
    recruiter: String,
    ops: String,
}

impl Besieged {
    /// With these settings in its environment.
    fn begin(settings: &[(&str, &str)]) -> Result<Self> {
        let installation = settings
            .iter()
            .fold(Installation::new()?, |installation, (name, value)| installation.with(name, *value));
        installation.add_portal("live")?;
        installation.add_portal("fair")?;
        let key = |role: &str| installation.key(&[role]).map(|key| format!("Bearer {key}"));
        let (recruiter, ops) = (key("recruiter")?, key("ops")?);
        let (portal, other_portal) = (installation.keys().bearer("live"), installation.keys().bearer("fair"));
        let server = Running::start(&mut installation.command([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--no-workers",
        ])?)?;
        Ok(Self { server, installation, portal, other_portal, recruiter, ops })
    }

    /// As few limits as the settings allow.
    fn open() -> Result<Self> {
        Self::begin(&[
            ("BOLE_SERVER_REQUESTS", "100000"),
            ("BOLE_SERVER_PORTAL_REQUESTS", "100000"),
            ("BOLE_SERVER_CONCURRENT", "1000"),
            ("BOLE_SERVER_BODY_TIME", "2 s"),
        ])
    }

    fn at(&self) -> &str {
        self.server.address()
    }

    /// Somebody who does nothing wrong is answered.
    fn answers_others(&self) -> Result<()> {
        let key = ("Authorization", self.other_portal.as_str());
        let answer = request(self.at(), "GET /v1/submissions", &[key], "")?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(())
    }

    /// The most memory that the server had, in bytes.
    fn most_memory(&self) -> Result<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no high-water mark")?;
        let kib: usize = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib << 10)
    }

    /// It lives, had less than 512 MiB at any time, answers, and stops in order.
    fn end(self) -> Result<()> {
        self.answers_others()?;
        let most = self.most_memory()?;
        ensure!(most < 512 * MIB, "it had {most} bytes");
        let run = self.server.stop()?;
        ensure!(run.code == Some(0), "{run:?}");
        ensure!(!run.stderr.contains("panicked"), "{}", run.stderr);
        drop(self.installation);
        Ok(())
    }
}

/// What came back until the end, whatever became of what was sent.
fn heard(mut stream: &TcpStream) -> Vec<u8> {
    let (mut all, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return all,
            Ok(n_bytes) => all.extend_from_slice(chunk.get(..n_bytes).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return all,
        }
    }
}

fn connect(at: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    Ok(stream)
}

/// Sends bytes as they are; gives the answers' text, empty if the connection was closed without one.
fn tell(at: &str, bytes: &[u8]) -> Result<String> {
    let mut stream = connect(at)?;
    // A server that has heard enough closes.
    stream.write_all(bytes).ok();
    Ok(String::from_utf8_lossy(&heard(&stream)).into_owned())
}

/// The status of the only answer; none if there was no answer.
#[track_caller]
fn status(answer: &str) -> Option<u16> {
    assert!(answer.matches("HTTP/1.1 ").count() <= 1, "more than one answer: {answer}");
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

#[track_caller]
fn assert_refused(answer: &str, what: &str) {
    let status = status(answer);
    assert!(status.is_none_or(|status| (400..500).contains(&status)), "{what}: {answer}");
}

#[test]
fn who_is_slow_is_given_up_and_keeps_nobody_waiting() -> Result<()> {
    let besieged = Besieged::open()?;
    let at = besieged.at();
    let connections = |n: usize| (0..n).map(|_| connect(at)).collect::<Result<Vec<_>>>();
    let (heads, bodies) = (connections(150)?, connections(150)?);
    for mut stream in &bodies {
        let headers = [("Authorization", besieged.portal.as_str()), ("Content-Length", "1000")];
        stream.write_all(head(POST, &headers).as_bytes())?;
        stream.write_all(b"%PDF")?;
    }
    let over = AtomicBool::new(false);
    scope(|scope| -> Result<()> {
        scope.spawn(|| {
            for byte in head("GET /livez", &[("Padding", &"x".repeat(500))]).bytes() {
                // Those that were closed cannot be written to.
                for mut stream in &heads {
                    drop(stream.write(&[byte]));
                }
                if over.load(Ordering::Relaxed) {
                    break;
                }
                sleep(Duration::from_secs(1));
            }
        });
        for _ in 0..20 {
            besieged.answers_others()?;
        }
        for stream in &bodies {
            let answer = String::from_utf8_lossy(&heard(stream)).into_owned();
            ensure!(status(&answer) == Some(408), "a body that stalls: {answer}");
        }
        for stream in &heads {
            let answer = String::from_utf8_lossy(&heard(stream)).into_owned();
            ensure!(status(&answer).is_none_or(|status| status == 408), "a slow head: {answer}");
        }
        over.store(true, Ordering::Relaxed);
        Ok(())
    })?;
    besieged.end()
}

#[test]
fn bodies_that_break_off_or_never_end_take_no_room_for_long() -> Result<()> {
    let besieged = Besieged::open()?;
    let at = besieged.at();
    let key = ("Authorization", besieged.portal.as_str());
    let part = vec![b'x'; 256 << 10];
    for _ in 0..100 {
        let mut stream = connect(at)?;
        stream.write_all(head(POST, &[key, ("Content-Length", "16777216")]).as_bytes())?;
        // Those that wait for room take nothing yet.
        stream.set_write_timeout(Some(Duration::from_millis(100)))?;
        stream.write_all(&part).ok();
        setsockopt(&stream, sockopt::Linger, &libc::linger { l_onoff: 1, l_linger: 0 })?;
    }
    let mut largest = resume_pdf(1);
    largest.resize(15 * MIB, b'\n');
    let answer = request(at, POST, &[key], &largest)?;
    ensure!(answer.status == 202, "{answer:?}");

    let told = head(POST, &[key, ("Content-Length", "104857600")]);
    ensure!(status(&tell(at, told.as_bytes())?) == Some(413));
    scope(|scope| {
        let endless = || -> Result<()> {
            let mut stream = connect(at)?;
            stream.write_all(head(POST, &[key, ("Transfer-Encoding", "chunked")]).as_bytes())?;
            let chunk = [format!("{:x}\r\n", part.len()).as_bytes(), &part, b"\r\n"].concat();
            let sent = (0..400).try_for_each(|_| stream.write_all(&chunk));
            ensure!(sent.is_err(), "it took 100 MiB");
            let answer = String::from_utf8_lossy(&heard(&stream)).into_owned();
            ensure!(status(&answer) == Some(413), "{answer}");
            Ok(())
        };
        let clients: Vec<_> = (0..8).map(|_| scope.spawn(endless)).collect();
        clients.into_iter().try_for_each(|client| client.join().unwrap())
    })?;
    besieged.end()
}

#[test]
fn addresses_lead_nowhere_else() -> Result<()> {
    let besieged = Besieged::open()?;
    let long = format!("/v1/{}", "a".repeat(64 << 10));
    let deep = "/a".repeat(20_000);
    let paths = [
        "/v1/../metrics",
        "/v1/%2e%2e/metrics",
        "/v1/%2e%2e%2f%2e%2e%2fmetrics",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/../../../../etc/passwd",
        "//etc/passwd",
        "//metrics",
        "/v1//submissions",
        "/v1/submissions/%00",
        "/v1/submissions/a\0b",
        "/v1/submissions/%c0%ae%c0%ae%c0%af",
        "/v1/submissions/%",
        "/v1/submissions/%zz",
        "/v1/submissions/%ED%A0%80",
        "/v1/submissions/a%0d%0aSet-Cookie:%20a=b",
        "/v1/submissions?cursor=%0d%0aSet-Cookie:%20a=b",
        "/v1/submissions\\..\\metrics",
        "http://elsewhere.example/etc/passwd",
        "http://elsewhere.example/v1/../metrics",
        "elsewhere.example:443",
        "*",
        "",
        &long,
        &deep,
    ];
    for path in paths {
        for headers in [&[][..], &[("Authorization", besieged.portal.as_str())]] {
            let answer = tell(besieged.at(), head(&format!("GET {path}"), headers).as_bytes())?;
            assert_refused(&answer, path.get(..60).unwrap_or(path));
            let lower = answer.to_lowercase();
            for told in ["\nset-cookie", "root:", "# help"] {
                ensure!(!lower.contains(told), "{path}: {answer}");
            }
        }
    }
    // An address may be whole: it is the path that counts.
    let answer = tell(besieged.at(), head("GET http://elsewhere.example/livez", &[]).as_bytes())?;
    ensure!(status(&answer) == Some(200), "{answer}");
    besieged.end()
}

#[test]
fn requests_that_two_could_read_differently_are_not_read() -> Result<()> {
    let besieged = Besieged::open()?;
    let key = format!("Authorization: {}\r\n", besieged.portal);
    let hidden = "GET /livez HTTP/1.1\r\nHost: bole\r\n\r\n";
    let start = format!("{POST} HTTP/1.1\r\nHost: bole\r\n{key}");
    let refused = [
        format!("{start}Content-Length: 4\r\nContent-Length: 5\r\n\r\n%PDF{hidden}"),
        format!("{start}Content-Length: 4, 5\r\n\r\n%PDF{hidden}"),
        format!("{start}Content-Length: +4\r\n\r\n%PDF{hidden}"),
        format!("{start}Content-Length: -1\r\n\r\n{hidden}"),
        format!("{start}Content-Length: 99999999999999999999999\r\n\r\n{hidden}"),
        format!("{start}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{start}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{start}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{start}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{start}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{hidden}"),
        format!("{start}Transfer-Encoding: chunked\r\n\r\n-1\r\n{hidden}"),
        format!("{start}Padding: a\r\n b\r\nContent-Length: 0\r\n\r\n{hidden}"),
        format!("{start}Padding: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(MIB)),
        format!("{start}{}Content-Length: 0\r\n\r\n", "Padding: x\r\n".repeat(1000)),
        format!("{start}Pad\0ding: x\r\nContent-Length: 0\r\n\r\n"),
    ];
    for bytes in refused {
        let shown: String = bytes.chars().skip(start.len()).take(80).collect();
        let answer = tell(besieged.at(), bytes.as_bytes())?;
        assert_refused(&answer, &shown);
        ensure!(!answer.ends_with("ok\n"), "{shown}: what was hidden was answered");
    }
    besieged.end()
}

#[test]
fn watchers_over_the_limit_are_told_so_and_the_others_let_go_at_the_end() -> Result<()> {
    let besieged = Besieged::open()?;
    let watch = head("GET /v1/ops/events", &[("Authorization", &besieged.ops)]);
    let mut watchers = Vec::new();
    let (mut n_watching, mut n_refused) = (0, 0);
    for _ in 0..200 {
        let mut stream = connect(besieged.at())?;
        stream.write_all(watch.as_bytes())?;
        let mut first = [0; 12];
        stream.read_exact(&mut first)?;
        match &first[9..] {
            b"200" => n_watching += 1,
            b"429" => n_refused += 1,
            other => anyhow::bail!("{}", String::from_utf8_lossy(other)),
        }
        watchers.push(stream);
    }
    ensure!((n_watching, n_refused) == (64, 136), "{n_watching} watch, {n_refused} do not");
    besieged.end()?;
    for stream in &watchers {
        heard(stream);
        stream.shutdown(Shutdown::Both).ok();
    }
    Ok(())
}

#[test]
fn many_at_once_are_slowed_down_each_for_themselves() -> Result<()> {
    let besieged = Besieged::begin(&[("BOLE_SERVER_REQUESTS", "20"), ("BOLE_SERVER_CONCURRENT", "8")])?;
    let keys: Vec<_> = (0..10)
        .map(|_| besieged.installation.key(&["recruiter"]).map(|key| format!("Bearer {key}")))
        .collect::<Result<_>>()?;
    let body = json!({ "profile": "finance" }).to_string();
    for keys in [keys.get(..1).unwrap_or_default(), &keys] {
        let length = body.len().to_string();
        let headers = [("Content-Type", "application/json"), ("Content-Length", length.as_str())];
        // As many at once as a process may have open, twice.
        for _ in 0..2 {
            let open = (0..500).map(|_| connect(besieged.at())).collect::<Result<Vec<_>>>()?;
            for (mut stream, key) in open.iter().zip(keys.iter().cycle()) {
                let headers = [&headers[..], &[("Authorization", key.as_str())]].concat();
                stream.write_all((head("POST /v1/matches", &headers) + &body).as_bytes())?;
            }
            besieged.answers_others()?;
            let mut n_refused = 0;
            for stream in &open {
                let answer = String::from_utf8_lossy(&heard(stream)).into_owned();
                match status(&answer) {
                    Some(200) => {}
                    Some(429 | 503) => {
                        ensure!(answer.to_lowercase().contains("\nretry-after: "), "{answer}");
                        n_refused += 1;
                    }
                    _ => anyhow::bail!("{answer}"),
                }
            }
            ensure!(n_refused > 0, "nobody was slowed down");
        }
    }
    besieged.end()
}
