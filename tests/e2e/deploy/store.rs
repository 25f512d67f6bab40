use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use bole_tests::{Installation, Run};
use tempfile::TempDir;

use super::{Certificates, free_port, text};

/// PostgreSQL with the files of `deploy/postgresql` and nothing else, stopped with the value.
struct Database {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
}

impl Database {
    fn start(password: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let found = std::fs::read_dir("/usr/lib/postgresql").context("install postgresql")?;
        let newest = found.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).max();
        let database = Self { folder, bin: newest.context("install postgresql")?, port: free_port()? };
        let path = |name: &str| database.folder.path().join(name);
        Certificates::make(database.folder.path())?;
        let conf = text("postgresql/postgresql.conf")?;
        let conf = conf.replace("/etc/postgresql/tls", &database.folder.path().display().to_string());
        std::fs::write(path("postgresql.conf"), conf)?;
        // The administrator of this server is whoever runs the test.
        let rights = text("postgresql/pg_hba.conf")?;
        ensure!(rights.contains(" peer\n"), "the administrator is known by the machine");
        std::fs::write(path("pg_hba.conf"), rights.replace(" peer\n", " trust\n"))?;
        std::fs::write(path("password"), password)?;
        let role = text("postgresql/role.sql")?;
        let role = role.replace("/run/secrets/store-password", &path("password").display().to_string());
        std::fs::write(path("role.sql"), role)?;
        if is_root()? {
            let owned = Run::of(Command::new("chown").args(["-R", "postgres"]).arg(database.folder.path()))?;
            ensure!(owned.code == Some(0), "{}", owned.stderr);
        }
        database.run(
            "initdb",
            &["-D", "data", "-U", "postgres", "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8"],
        )?;
        let options = format!(
            "-c config_file={} -c hba_file={} -c unix_socket_directories={} -p {}",
            path("postgresql.conf").display(),
            path("pg_hba.conf").display(),
            database.folder.path().display(),
            database.port
        );
        database.run("pg_ctl", &["-D", "data", "-l", "log", "-o", &options, "-w", "start"])?;
        let role = path("role.sql").display().to_string();
        database.psql(&["-f", &role])?;
        Ok(database)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let program = self.bin.join(program);
        // PostgreSQL refuses to run as root.
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let run = Run::of(
            command.args(arguments).current_dir(self.folder.path()).stdin(std::process::Stdio::null()),
        )?;
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        ensure!(run.code == Some(0), "{arguments:?}: {}{}{log}", run.stdout, run.stderr);
        Ok(run.stdout)
    }

    fn psql(&self, arguments: &[&str]) -> Result<String> {
        let (folder, port) = (self.folder.path().display().to_string(), self.port.to_string());
        let by = [
            "-X",
            "-qtA",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            &folder,
            "-p",
            &port,
            "-U",
            "postgres",
            "-d",
            "postgres",
        ];
        self.run("psql", &[&by, arguments].concat())
    }

    fn url(&self, mode: &str) -> String {
        let authority = self.folder.path().join("ca.pem");
        format!(
            "postgres://bole@localhost:{}/bole?sslmode={mode}&sslrootcert={}",
            self.port,
            authority.display()
        )
    }
}

/// Whether this process is root's.
fn is_root() -> Result<bool> {
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}

impl Drop for Database {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", "data", "-m", "immediate", "-w", "stop"]).ok();
    }
}

/// As the guide sets it up: the settings are understood, Bole gets in by TLS with its password, and nobody else does.
#[test]
fn the_database_is_set_up_as_its_files_say() -> Result<()> {
    let database = Database::start("a password with 'quotes'\n")?;
    let installation = |mode: &str, password: &str| -> Result<Installation> {
        let installation = Installation::new()?.with("BOLE_STORE_URL", database.url(mode));
        Ok(installation.with("BOLE_STORE_PASSWORD", password).with("BOLE_STORE_WAIT", "5 s"))
    };
    let right = installation("verify-full", "a password with 'quotes'")?;
    right.succeed(["portal", "add", "live"])?;
    ensure!(right.json(["status"])?["law_holds"] == true);
    for (mode, password) in [("verify-full", "another"), ("disable", "a password with 'quotes'")] {
        let refused = installation(mode, password)?.run(["status"])?;
        ensure!(refused.code != Some(0), "{mode} {password}: let in");
    }
    // What is in force, and that no value was in vain.
    for (name, value) in
        [("max_connections", "200"), ("wal_compression", "pglz"), ("log_error_verbosity", "terse")]
    {
        ensure!(database.psql(&["-c", &format!("SHOW {name}")])?.trim() == value, "{name}");
    }
    let wrong =
        database.psql(&["-c", "SELECT name || error FROM pg_file_settings WHERE error IS NOT NULL"])?;
    ensure!(wrong.is_empty(), "{wrong}");
    let lines = database.psql(&["-c", "SELECT error FROM pg_hba_file_rules WHERE error IS NOT NULL"])?;
    ensure!(lines.is_empty(), "{lines}");
    // No person in its log: not what a row that is there twice holds.
    database.psql(&[
        "-c",
        "CREATE TABLE person (name text UNIQUE); INSERT INTO person VALUES ('Planted Name')",
    ])?;
    database
        .psql(&[
            "-c",
            "PREPARE again AS INSERT INTO person VALUES ($1)",
            "-c",
            "EXECUTE again('Planted ' || 'Name')",
        ])
        .unwrap_err();
    let log = std::fs::read_to_string(database.folder.path().join("log"))?;
    ensure!(log.contains("person_name_key") && !log.contains("Planted Name"), "{log}");
    Ok(())
}
