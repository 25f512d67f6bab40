use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Result, ensure};
use bole_tests::{Installation, Run, Running, until};

use super::{Certificates, free_port, text};

/// A proxy that runs, killed with the value.
struct Proxy {
    child: Child,
    plain: u16,
    encrypted: u16,
    authority: String,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // nginx has children that only go with it when it is asked.
        let pid = nix::unistd::Pid::from_raw(self.child.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).ok();
        self.child.wait().ok();
    }
}

impl Proxy {
    fn haproxy(folder: &Path, certificates: &Certificates, server: &Running) -> Result<Self> {
        let (plain, encrypted) = (free_port()?, free_port()?);
        let conf = text("proxy/haproxy.cfg")?
            .replace("bind :80\n", &format!("bind 127.0.0.1:{plain}\n"))
            .replace("bind :443 ", &format!("bind 127.0.0.1:{encrypted} "))
            .replace("/etc/haproxy/bole.pem", &certificates.both.display().to_string())
            .replace("/etc/haproxy/bole-ca.pem", &certificates.authority.display().to_string())
            .replace("serve-1:8080", server.address())
            // Machines that are down.
            .replace("serve-2:8080", "127.0.0.1:9")
            .replace("serve-3:8080", "127.0.0.1:9");
        let path = folder.join("haproxy.cfg");
        std::fs::write(&path, conf)?;
        let checked = Run::of(Command::new("haproxy").args(["-c", "-f"]).arg(&path))?;
        ensure!(
            checked.code == Some(0) && !checked.stderr.contains("WARNING"),
            "{}{}",
            checked.stdout,
            checked.stderr
        );
        let mut command = Command::new("haproxy");
        command.arg("-f").arg(&path).arg("-db");
        Self::start(command.stdout(File::create(folder.join("bole.log"))?), plain, encrypted, certificates)
    }

    fn nginx(folder: &Path, certificates: &Certificates, server: &Running) -> Result<Self> {
        let (plain, encrypted) = (free_port()?, free_port()?);
        let conf = text("proxy/nginx.conf")?
            .replace("listen 80;", &format!("listen 127.0.0.1:{plain};"))
            .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{encrypted} ssl;"))
            .replace("/etc/nginx/tls/bole-ca.pem", &certificates.authority.display().to_string())
            .replace("/etc/nginx/tls/server.pem", &certificates.server.display().to_string())
            .replace("/etc/nginx/tls/server.key", &certificates.key.display().to_string())
            .replace("/run/nginx.pid", &folder.join("nginx.pid").display().to_string())
            .replace("/var/log/nginx", &folder.display().to_string())
            .replace("serve-1:8080", server.address())
            .replace("serve-2:8080", "127.0.0.1:9")
            .replace("serve-3:8080", "127.0.0.1:9");
        let path = folder.join("nginx.conf");
        std::fs::write(&path, conf)?;
        let mut command = Command::new("nginx");
        let checked = Run::of(command.args(["-e", "stderr", "-t", "-c"]).arg(&path))?;
        ensure!(checked.code == Some(0) && !checked.stderr.contains("[warn]"), "{}", checked.stderr);
        let mut command = Command::new("nginx");
        command.args(["-e", "stderr", "-g", "daemon off;", "-c"]).arg(&path);
        Self::start(command.stdout(Stdio::null()), plain, encrypted, certificates)
    }

    fn start(command: &mut Command, plain: u16, encrypted: u16, certificates: &Certificates) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let authority = certificates.authority.display().to_string();
        let proxy = Self { child, plain, encrypted, authority };
        until("the proxy's first answer", || {
            Ok(proxy.curl("/v1/openapi.json", &["-o", "/dev/null"])?.starts_with("200").then_some(()))
        })?;
        Ok(proxy)
    }

    /// The status, the type and the cookies of an answer, and after them what the options have printed.
    fn curl(&self, path: &str, options: &[&str]) -> Result<String> {
        let address = format!("https://localhost:{}{path}", self.encrypted);
        let told = "%{stderr}%{http_code} %{content_type} %header{set-cookie}";
        let mut curl = Command::new("curl");
        curl.args(["-s", "--noproxy", "*", "--cacert", &self.authority, "-w", told])
            .args(options)
            .arg(address);
        let run = Run::of(&mut curl)?;
        Ok(run.stderr + &run.stdout)
    }
}

/// A server with a certificate, which lets its own machine in without a key: by way of a proxy nobody is of that machine.
fn server(certificates: &Certificates) -> Result<(Installation, Running)> {
    let installation = Installation::new()?
        .with("BOLE_SERVER_CERTIFICATE", certificates.server.display().to_string())
        .with("BOLE_SERVER_CERTIFICATE_KEY", certificates.key.display().to_string())
        .with("BOLE_SERVER_OPEN_LOOPBACK", "true");
    installation.add_portal("live")?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    Ok((installation, server))
}

/// What people and portals do goes through as if nothing stood between.
fn passes_everything_on(proxy: &Proxy, installation: &Installation) -> Result<()> {
    let bearer = |key: &str| format!("Authorization: Bearer {}", key.trim_start_matches("Bearer "));
    let portal = bearer(&installation.keys().bearer("live"));
    let ops_key = installation.key(&["ops"])?;
    let recruiter_key = installation.key(&["recruiter"])?;

    // Plain HTTP is sent to where it is encrypted.
    let run = Run::of(
        Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"])
            .arg(format!("http://localhost:{}/search?q=x", proxy.plain)),
    )?;
    ensure!(run.stdout.starts_with("308 https://localhost"), "{}", run.stdout);

    // The largest document, and one that is too large.
    let body = |name: &str, n_bytes: u64| -> Result<String> {
        let path = installation.write(name, b"%PDF-1.7\n")?;
        File::options().write(true).open(&path)?.set_len(n_bytes)?;
        Ok(format!("@{}", path.display()))
    };
    let (largest, larger) = (body("largest.pdf", 16 << 20)?, body("larger.pdf", 17 << 20)?);
    let submit = |body: &str| {
        let options = [
            "-H",
            &portal,
            "-H",
            "Content-Type: application/pdf",
            "-H",
            "Idempotency-Key: a",
            "--data-binary",
            body,
        ];
        proxy.curl("/v1/submissions", &options)
    };
    let answer = submit(&largest)?;
    ensure!(answer.starts_with("202 application/json"), "{answer}");
    let answer = submit(&larger)?;
    ensure!(answer.starts_with("413 application/problem+json"), "{answer}");

    // Events come while the connection is open: whoever waits for its end waits for ever.
    let address = format!("https://localhost:{}/v1/ops/events", proxy.encrypted);
    let first = "curl -sN --noproxy '*' --max-time 60 --cacert \"$0\" -H \"$1\" \"$2\" | grep --max-count 1 '^event: sample'";
    let run =
        Run::of(Command::new("bash").args(["-c", first, &proxy.authority, &bearer(&ops_key), &address]))?;
    ensure!(run.code == Some(0), "no event: {}", run.stderr);

    // Through a proxy nobody is on this machine, and a key is needed.
    let answer = proxy.curl("/v1/ops/ledger", &[])?;
    ensure!(answer.starts_with("401 application/problem+json"), "{answer}");
    for path in ["/metrics", "/readyz", "/livez"] {
        let answer = proxy.curl(path, &["-H", &bearer(&ops_key)])?;
        ensure!(answer.starts_with("403 "), "{path}: {answer}");
    }

    // A form is from the page it was on, and the session's cookie stays on encrypted ways.
    let origin = format!("Origin: https://localhost:{}", proxy.encrypted);
    let key = format!("key={recruiter_key}");
    let answer = proxy.curl("/sign-in", &["-H", &origin, "--data-urlencode", &key])?;
    ensure!(
        answer.starts_with("303") && answer.contains("bole_session=") && answer.contains("; Secure"),
        "{answer}"
    );
    let answer =
        proxy.curl("/sign-in", &["-H", "Origin: https://elsewhere.example", "--data-urlencode", &key])?;
    ensure!(answer.starts_with("403"), "{answer}");
    Ok(())
}

/// What recruiters search for is in no log, also where a server does not answer: two of three are down.
fn logs_no_query(proxy: &Proxy, folder: &Path) -> Result<()> {
    for _ in 0..3 {
        proxy.curl("/search?q=planted-word", &["-o", "/dev/null"])?;
    }
    let log = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    until("a line of the log", || Ok(log("bole.log").contains("GET /search").then_some(())))?;
    let logs = log("bole.log") + &log("error.log");
    ensure!(!logs.contains("planted-word"), "{logs}");
    Ok(())
}

#[test]
fn haproxy_passes_everything_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let certificates = Certificates::make(folder.path())?;
    let (installation, server) = server(&certificates)?;
    let proxy = Proxy::haproxy(folder.path(), &certificates, &server)?;
    passes_everything_on(&proxy, &installation)?;
    logs_no_query(&proxy, folder.path())
}

#[test]
fn nginx_passes_everything_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let certificates = Certificates::make(folder.path())?;
    let (installation, server) = server(&certificates)?;
    let proxy = Proxy::nginx(folder.path(), &certificates, &server)?;
    passes_everything_on(&proxy, &installation)?;
    logs_no_query(&proxy, folder.path())
}
