//! What lies under `deploy`, tried: with the program, with PostgreSQL, and with the proxies that stand before it.

mod proxies;
mod settings;
mod store;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use bole_tests::Run;

/// A file under `deploy`.
fn text(path: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(path);
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// An authority, and what it vouches for: a server by the names that the files of `deploy` use.
struct Certificates {
    authority: PathBuf,
    server: PathBuf,
    key: PathBuf,
    /// Certificate and key in one file.
    both: PathBuf,
}

impl Certificates {
    fn make(folder: &Path) -> Result<Self> {
        let script = "
            key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
            openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj '/CN=authority' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
            openssl req $key -keyout server.key -out server.csr -subj /CN=bole
            printf 'subjectAltName=DNS:bole,DNS:localhost,IP:127.0.0.1\\nextendedKeyUsage=serverAuth\\n' >server.ext
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.pem
            cat server.pem server.key >both.pem";
        let run = Run::of(Command::new("bash").args(["-euc", script]).current_dir(folder))?;
        ensure!(run.code == Some(0), "{}", run.stderr);
        let path = |name: &str| folder.join(name);
        Ok(Self {
            authority: path("ca.pem"),
            server: path("server.pem"),
            key: path("server.key"),
            both: path("both.pem"),
        })
    }
}

/// A port that nobody listens on.
fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
