//! A PostgreSQL server of their own for tests that stop it, start it again, and let it ask for passwords.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bole_store::{PostgresOptions, PostgresStore, Store, StoreError};
use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _};
use tempfile::TempDir;

/// A server in a folder of its own, stopped at the end.
struct Server {
    folder: TempDir,
    port: u16,
}

const PASSWORD: &str = "a secret/of@ours";

impl Server {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Free now, and with luck still so when the server starts.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port };
        // PostgreSQL refuses to run as root, and needs a folder that is its own.
        if is_root() {
            run("chown", &["postgres", server.path(".").to_str().unwrap()]);
        }
        std::fs::write(server.path("password"), PASSWORD).unwrap();
        let (data, password) = (server.path("data"), server.path("password"));
        run_postgres(
            "initdb",
            &[
                "-D",
                data.to_str().unwrap(),
                "--username=bole",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                &format!("--pwfile={}", password.to_str().unwrap()),
            ],
        );
        server
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, settings: &str) {
        let (data, log) = (self.path("data"), self.path("data/log"));
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off {settings}",
            self.port
        );
        run_postgres(
            "pg_ctl",
            &["-D", data.to_str().unwrap(), "-l", log.to_str().unwrap(), "-o", &options, "-w", "start"],
        );
    }

    fn stop(&self) {
        run_postgres("pg_ctl", &["-D", self.path("data").to_str().unwrap(), "-m", "immediate", "-w", "stop"]);
    }

    /// The server, and then all processes that serve connections.
    fn processes(&self) -> Vec<String> {
        let file = std::fs::read_to_string(self.path("data/postmaster.pid")).unwrap();
        let server = file.lines().next().unwrap().to_owned();
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap();
        std::iter::once(server.clone()).chain(children.split_whitespace().map(str::to_owned)).collect()
    }

    fn signal(&self, signal: &str) {
        for process in self.processes() {
            // One that has ended in the meantime needs no signal.
            let status =
                Command::new("kill").args([signal, &process]).stderr(std::process::Stdio::null()).status();
            assert!(status.unwrap().success() || !Path::new(&format!("/proc/{process}")).exists());
        }
    }

    fn options(&self) -> PostgresOptions {
        PostgresOptions {
            url: format!("postgres://bole@127.0.0.1:{}/postgres", self.port),
            password: None,
            n_connections: 8,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_millis(500),
            lock_timeout: Duration::from_secs(30),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.path("data/postmaster.pid").exists() {
            self.signal("-CONT");
            self.stop();
        }
    }
}

/// Runs a program of PostgreSQL as the user that it wants.
fn run_postgres(program: &str, arguments: &[&str]) {
    let programs =
        std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL; `tests/servers start` installs it");
    let newest = programs
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    let program = newest.unwrap().join("bin").join(program);
    let program = program.to_str().unwrap();
    if is_root() {
        run("runuser", &[&["-u", "postgres", "--", program], arguments].concat());
    } else {
        run(program, arguments);
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

fn run(program: &str, arguments: &[&str]) {
    // A server that is started keeps what it inherits open.
    let output = tempfile::tempfile().unwrap();
    let status = Command::new(program)
        .args(arguments)
        .current_dir("/")
        .stdin(std::process::Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .status()
        .unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

async fn works(store: &PostgresStore, name: &str) {
    store.put_portal(&name.parse().unwrap(), false, Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(store.portals().await.unwrap().iter().any(|row| row.portal.as_str() == name));
}

fn assert_away<T: std::fmt::Debug>(answer: &Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{answer:?}");
}

#[tokio::test]
async fn calls_go_on_when_the_server_is_back() {
    let server = Server::new();
    server.start("");
    let store = PostgresStore::open(&server.options()).await.unwrap();
    works(&store, "before").await;
    server.stop();
    assert_away(&store.head().await);
    assert_away(&store.put_portal(&"away".parse().unwrap(), false, Timestamp::UNIX_EPOCH).await);
    server.start("");
    works(&store, "after").await;
    assert_eq!(store.portals().await.unwrap().len(), 2);
}

/// It neither answers nor closes its connections; no call waits for ever.
#[tokio::test]
async fn a_server_that_stands_still_is_away() {
    let server = Server::new();
    server.start("");
    let mut options = server.options();
    // The server itself gives nothing up while it waits for the table.
    options.statement_timeout = Duration::from_secs(2);
    let store = std::sync::Arc::new(PostgresStore::open(&options).await.unwrap());
    works(&store, "before").await;
    let mut other = options.url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    other.execute("BEGIN; LOCK TABLE portal IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let [reading, writing] = [false, true].map(|is_write| {
        let store = store.clone();
        tokio::spawn(async move {
            if is_write {
                return store.put_portal(&"away".parse().unwrap(), false, Timestamp::UNIX_EPOCH).await;
            }
            store.portals().await.map(drop)
        })
    });
    let mut n_waiting = 0_i64;
    while n_waiting < 2 {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'portal'::regclass";
        n_waiting = sqlx::query_scalar(waiting).fetch_one(&mut other).await.unwrap();
    }
    server.signal("-STOP");
    assert_away(&reading.await.unwrap());
    assert_away(&writing.await.unwrap());
    // Connections that were idle, and new ones.
    assert_away(&store.head().await);
    assert_away(&PostgresStore::open(&options).await);
    server.signal("-CONT");
    drop(other);
    works(&store, "after").await;
    let names: Vec<String> =
        store.portals().await.unwrap().into_iter().map(|row| row.portal.to_string()).collect();
    assert_eq!(names, ["after", "before"]);
}

#[tokio::test]
async fn a_password_and_certificates_are_asked_for() {
    let server = Server::new();
    let (ca, other_ca) = (certificates(&server, "ours"), certificates(&server, "others"));
    std::fs::write(server.path("data/pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n").unwrap();
    server.start(&format!(
        "-c ssl=on -c ssl_cert_file={} -c ssl_key_file={}",
        server.path("ours.pem").display(),
        server.path("ours.key").display()
    ));
    let mut options = server.options();
    let plain = options.url.clone();
    options.url = format!("{plain}?sslmode=verify-full&sslrootcert={}", ca.display());
    options.password = Some(PASSWORD.to_owned());
    assert!(!format!("{options:?}").contains("secret"));
    works(&PostgresStore::open(&options).await.unwrap(), "secure").await;
    let refused = [
        (format!("{plain}?sslmode=disable"), Some(PASSWORD)),
        (format!("{plain}?sslmode=verify-full&sslrootcert={}", other_ca.display()), Some(PASSWORD)),
        // Whom nobody on this system vouches for.
        (format!("{plain}?sslmode=verify-full"), Some(PASSWORD)),
        (options.url.clone(), Some("another")),
        (options.url.clone(), None),
    ];
    for (url, password) in refused {
        let options = PostgresOptions { url, password: password.map(str::to_owned), ..options.clone() };
        let error = PostgresStore::open(&options).await.unwrap_err();
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        assert_away(&Err::<(), _>(error));
    }
    // In the URL, as URLs write it.
    let inside = options.url.replace("bole@", "bole:a%20secret%2Fof%40ours@");
    let options = PostgresOptions { url: inside, password: None, ..options };
    works(&PostgresStore::open(&options).await.unwrap(), "inside").await;
}

/// An authority, and a certificate by it for the server; answers where the authority's is.
fn certificates(server: &Server, name: &str) -> PathBuf {
    let path = |end: &str| server.path(&format!("{name}{end}"));
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (ca, ca_key) = (text(&path("-ca.pem")), text(&path("-ca.key")));
    let (request, key, certificate) = (text(&path(".csr")), text(&path(".key")), text(&path(".pem")));
    let extension = text(&path(".cnf"));
    std::fs::write(&extension, "subjectAltName=IP:127.0.0.1\n").unwrap();
    let new = ["-newkey", "rsa:2048", "-nodes", "-batch"];
    run(
        "openssl",
        &[
            &["req", "-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", &ca_key, "-out", &ca][..],
            &new,
        ]
        .concat(),
    );
    run("openssl", &[&["req", "-subj", "/CN=server", "-keyout", &key, "-out", &request][..], &new].concat());
    run(
        "openssl",
        &[
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            &request,
            "-CA",
            &ca,
            "-CAkey",
            &ca_key,
            "-set_serial",
            "1",
            "-extfile",
            &extension,
            "-out",
            &certificate,
        ],
    );
    run("chmod", &["600", &key]);
    if is_root() {
        run("chown", &["postgres", &key]);
    }
    PathBuf::from(ca)
}
