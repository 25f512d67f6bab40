//! `bole doctor` on installations that are well, and on such as people break.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use bole_tests::{Backends, Installation, Run, amqp, psql, resume_pdf, servers};
use serde_json::Value;

use crate::bad_input::assert_told;

/// What the doctor found, with its exit code.
struct Seen {
    code: Option<i32>,
    diagnosis: Value,
}

impl Seen {
    fn of(command: &mut Command) -> Result<Self> {
        let run = Run::of(command)?;
        let diagnosis =
            serde_json::from_str(&run.stdout).with_context(|| format!("{}{}", run.stdout, run.stderr))?;
        Ok(Self { code: run.code, diagnosis })
    }

    fn verdict(&self, check: &str) -> &str {
        self.check(check)["verdict"].as_str().unwrap()
    }

    #[track_caller]
    fn check(&self, check: &str) -> &Value {
        let checks = self.diagnosis["checks"].as_array().unwrap();
        checks.iter().find(|it| it["check"] == check).unwrap_or_else(|| panic!("no check `{check}`"))
    }

    /// One of the findings of a check has this verdict, and tells this and what to do.
    #[track_caller]
    fn assert_found(&self, check: &str, verdict: &str, seen: &str, advice: &str) {
        let findings = self.check(check)["findings"].as_array().unwrap();
        let holds = |finding: &Value, key: &str, word: &str| {
            finding[key].as_str().is_some_and(|it| it.contains(word))
        };
        let is_it = |finding: &&Value| {
            finding["verdict"] == verdict && holds(finding, "seen", seen) && holds(finding, "do", advice)
        };
        assert!(findings.iter().any(|finding| is_it(&finding)), "{verdict}: {seen}: {advice}: {findings:#?}");
        let code = if self.diagnosis["verdict"] == "trouble" { 10 } else { 0 };
        assert_eq!(self.code, Some(code), "{}", self.diagnosis);
    }

    /// All is as it should be, but for what depends on the machine that the tests run on.
    #[track_caller]
    fn assert_well(&self, checks: &[&str]) {
        assert_eq!(self.code, Some(0), "{:#}", self.diagnosis);
        for check in checks {
            assert_eq!(self.verdict(check), "ok", "{check}: {:#}", self.diagnosis);
        }
    }
}

fn doctor(installation: &Installation, environment: &[(&str, &str)]) -> Result<Seen> {
    Seen::of(installation.command(["doctor"])?.envs(environment.iter().copied()))
}

fn ingest_one(installation: &Installation) -> Result<()> {
    let path = installation.write("a.pdf", &resume_pdf(1))?;
    installation.succeed(["ingest".as_ref(), path.as_os_str()])?;
    Ok(())
}

/// Files with their sizes, without what SQLite keeps beside its files while they are open.
fn files(folder: &Path) -> Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let (entry, name) =
            entry.map(|entry| (entry.path(), entry.file_name().to_string_lossy().into_owned()))?;
        if entry.is_dir() {
            found.extend(files(&entry)?);
        } else if !name.ends_with("-wal") && !name.ends_with("-shm") {
            found.push((name, entry.metadata()?.len()));
        }
    }
    found.sort();
    Ok(found)
}

const LOCAL: [&str; 9] = [
    "configuration",
    "certificate",
    "store",
    "clock",
    "queue",
    "declared",
    "permissions",
    "audit",
    "submissions",
];

#[test]
fn an_installation_that_is_well_is_told_so_and_stays_as_it_is() -> Result<()> {
    let installation = Installation::new()?;
    let seen = doctor(&installation, &[])?;
    seen.assert_well(&["configuration", "data_folder", "store", "queue", "index"]);
    assert_eq!(seen.check("audit")["findings"][0]["because"], "store");
    assert!(!installation.data().exists(), "looking makes no folder");

    ingest_one(&installation)?;
    // The first look ends with what was left in the logs of SQLite.
    doctor(&installation, &[])?.assert_well(&LOCAL);
    let before = files(&installation.data())?;
    let seen = doctor(&installation, &[])?;
    seen.assert_well(&LOCAL);
    seen.assert_well(&["index"]);
    assert_eq!(files(&installation.data())?, before);

    let text = installation.succeed(["doctor", "--format", "text"])?.stdout;
    for word in ["data folder", "1 received, 0 in flight", "1 resumes, all its checksums are right"] {
        assert!(text.contains(word), "`{word}` is missing in {text}");
    }
    Ok(())
}

#[test]
fn a_data_folder_that_is_broken_is_told_part_by_part() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let installation = Installation::new()?;
    let file = installation.write("in-its-place", b"a file")?;
    let seen = doctor(&installation, &[("BOLE_DATA", file.to_str().unwrap())])?;
    seen.assert_found("data_folder", "trouble", "is not a folder", "name another folder");

    ingest_one(&installation)?;
    doctor(&installation, &[])?.assert_well(&LOCAL);
    std::fs::set_permissions(installation.data(), PermissionsExt::from_mode(0o755))?;
    doctor(&installation, &[])?.assert_found("data_folder", "warning", "mode 0755", "chmod 700");
    std::fs::set_permissions(installation.data(), PermissionsExt::from_mode(0o700))?;

    let index = installation.data().join("index");
    let segment = std::fs::read_dir(&index)?.filter_map(Result::ok).map(|entry| entry.path());
    let segment = segment.into_iter().find(|path| path.extension().is_some_and(|it| it == "store"));
    let segment = segment.context("a segment")?;
    let good = std::fs::read(&segment)?;
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 0x55;
    std::fs::write(&segment, &bad)?;
    doctor(&installation, &[])?.assert_found("index", "trouble", "is damaged", "bole reindex");
    std::fs::write(&segment, &good)?;
    std::fs::rename(index.join("meta.json"), installation.files()?.join("meta.json"))?;
    doctor(&installation, &[])?.assert_found("index", "trouble", "meta.json", "bole reindex");
    std::fs::rename(installation.files()?.join("meta.json"), index.join("meta.json"))?;
    doctor(&installation, &[])?.assert_well(&["index"]);

    sqlite(&installation, "PRAGMA user_version = 99")?;
    let seen = doctor(&installation, &[])?;
    seen.assert_found("store", "trouble", "schema 99", "upgrade this program");
    assert_eq!(seen.check("submissions")["findings"][0]["because"], "store");
    Ok(())
}

/// Runs a statement in the store of the data folder.
fn sqlite(installation: &Installation, statement: &str) -> Result<()> {
    const SCRIPT: &str = "import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute(sys.argv[2])
db.commit()";
    let store = installation.data().join("store.sqlite");
    let mut python = Command::new("/usr/bin/python3");
    let run = Run::of(python.args(["-c", SCRIPT]).arg(store).arg(statement))?;
    ensure!(run.code == Some(0), "{}", run.stderr);
    Ok(())
}

#[test]
fn what_was_lost_or_comes_from_the_future_is_told() -> Result<()> {
    let installation = Installation::new()?;
    ingest_one(&installation)?;
    // As after the file of the queue was deleted while something was in it.
    sqlite(&installation, "UPDATE submission SET state = 'queued', reason = 'received'")?;
    let seen = doctor(&installation, &[])?;
    seen.assert_found("submissions", "warning", "the queue has lost them", "the same `bole ingest`");
    sqlite(&installation, "UPDATE change SET at = at + 86400000000")?;
    doctor(&installation, &[])?.assert_found("clock", "trouble", "written at", "NTP");
    Ok(())
}

#[test]
fn disks_that_are_full_or_only_read_are_told() -> Result<()> {
    let installation = Installation::new()?;
    ingest_one(&installation)?;
    doctor(&installation, &[])?.assert_well(&LOCAL);
    let disk = installation.files()?.join("disk");
    std::fs::create_dir_all(&disk)?;
    // A disk of eight megabytes that exists for this one process.
    let on_disk = |then: &str| -> Result<Seen> {
        let script = format!(
            "mount -t tmpfs -o size=8m bole \"$2\" && cp -r \"$3\" \"$2/data\" && {{ {then}; }} && \
             BOLE_DATA=\"$2/data\" \"$1\" doctor"
        );
        let program = installation.command(["x"])?.get_program().to_owned();
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"]);
        unshare.arg(program).arg(&disk).arg(installation.data()).env_clear();
        Seen::of(unshare.env("PATH", std::env::var_os("PATH").unwrap_or_default()))
    };
    let full = on_disk("head -c 9000000 /dev/zero >\"$2/filler\" 2>/dev/null || true")?;
    full.assert_found("disk", "trouble", "free of", "make room");
    full.assert_found("data_folder", "warning", "tmpfs", "on a disk of this machine");
    full.assert_found("store", "trouble", "full", "make room");
    let read_only = on_disk("mount -o remount,ro \"$2\"")?;
    read_only.assert_found("data_folder", "trouble", "for reading only", "for writing");
    Ok(())
}

#[test]
fn every_mistake_and_every_unfit_file_is_told_at_once() -> Result<()> {
    let installation = Installation::new()?;
    let path = |name: &str| -> Result<String> { Ok(installation.files()?.join(name).display().to_string()) };
    for name in ["good", "other"] {
        certificate(&installation, name, "20200101000000Z", "20990101000000Z")?;
    }
    certificate(&installation, "expired", "20200101000000Z", "20210101000000Z")?;
    let shown = |chain: &str, key: &str| -> Result<Seen> {
        let (chain, key) = (path(&format!("{chain}.pem"))?, path(&format!("{key}.key"))?);
        doctor(&installation, &[("BOLE_SERVER_CERTIFICATE", &chain), ("BOLE_SERVER_CERTIFICATE_KEY", &key)])
    };
    shown("good", "good")?.assert_well(&["certificate", "configuration"]);
    shown("good", "other")?.assert_found("certificate", "trouble", "belong together", "its own key");
    shown("expired", "expired")?.assert_found("certificate", "trouble", "expired on 2021-01-01", "renew");
    shown("missing", "good")?.assert_found("certificate", "trouble", "missing.pem", "PEM");
    let open = doctor(&installation, &[("BOLE_SERVER_LISTEN", "0.0.0.0:8080")])?;
    open.assert_found("certificate", "warning", "in the clear", "server.certificate");

    installation.write("config/bole.toml", b"[raeder]\nprocesses = 1\n[queue]\nlease = \"0 s\"\n")?;
    installation.write("config/profiles/wrong.toml", b"field = \"finance\"\ncolour = 1\n")?;
    let config = path("config")?;
    let seen = doctor(&installation, &[("BOLE_CONFIG", &config), ("BOLE_LOG", "!!")])?;
    for (seen_is, advice) in [
        ("raeder", "bole config show"),
        ("queue.lease", "2 s"),
        ("colour", ""),
        ("`!!` is not a filter", "debug"),
    ] {
        seen.assert_found("configuration", "trouble", seen_is, advice);
    }
    assert_eq!(seen.check("queue")["findings"][0]["because"], "configuration");
    seen.check("store");

    // A server tells the same before it begins with anything.
    let mut serve = installation.command(["serve", "--listen", "127.0.0.1:0"])?;
    serve.env("BOLE_CONFIG", &config).env("BOLE_LOG", "!!").env("BOLE_SERVER_CERTIFICATE", path("good.pem")?);
    let run = Run::of(serve.env("BOLE_SERVER_CERTIFICATE_KEY", path("other.key")?))?;
    assert_told(
        &run,
        3,
        &["raeder", "queue.lease", "colour", "`!!`", "server.certificate", "belong together"],
    );
    assert!(!installation.data().exists(), "nothing was begun");

    installation.write("config/profiles/wrong.toml", b"id = [\n")?;
    installation.write("config/lexicon/wrong.toml", b"concepts = 1\n")?;
    installation.write("config/levels.toml", b"levels = \n")?;
    let run = Run::of(installation.command(["config", "check"])?.env("BOLE_CONFIG", &config))?;
    assert_told(&run, 3, &["raeder", "concepts", "wrong.toml:1", "levels.toml:1"]);

    let secret = installation.write("password", b"secret\n")?;
    std::fs::remove_dir_all(path("config")?)?;
    let file = secret.to_str().unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    let url = "amqp://nobody@127.0.0.1:1/%2f";
    let seen = doctor(&installation, &[("BOLE_QUEUE_URL", url), ("BOLE_QUEUE_PASSWORD_FILE", file)])?;
    let findings = seen.check("configuration").to_string();
    assert!(
        findings.contains("everybody on this machine can read") && !findings.contains("secret"),
        "{findings}"
    );
    seen.assert_found("queue", "trouble", "not available", "the broker");
    Ok(())
}

/// A key and a certificate of itself that counts from one time to another.
fn certificate(installation: &Installation, name: &str, from: &str, until: &str) -> Result<()> {
    let folder = installation.files()?;
    let config = "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nnew_certs_dir = .\nrand_serial = yes\n\
                  default_md = sha256\npolicy = any\nunique_subject = no\nx509_extensions = server\n\
                  [server]\nbasicConstraints = CA:FALSE\n[any]\ncommonName = supplied\n";
    std::fs::write(folder.join("ca.conf"), config)?;
    std::fs::write(folder.join("index.txt"), "")?;
    let script = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=bole.test \
                  -keyout \"$1.key\" -out \"$1.csr\" && openssl ca -batch -config ca.conf -selfsign -keyfile \"$1.key\" \
                  -in \"$1.csr\" -notext -startdate \"$2\" -enddate \"$3\" -out \"$1.pem\"";
    let run = Run::of(Command::new("sh").args(["-c", script, "sh", name, from, until]).current_dir(folder))?;
    ensure!(run.code == Some(0), "{}", run.stderr);
    Ok(())
}

#[test]
fn servers_that_are_well_or_broken_are_told() -> Result<()> {
    let installation = Installation::on(Backends::BOTH)?;
    for _ in 0..2 {
        // The second look shows that the first declared nothing and made no table.
        let seen = doctor(&installation, &[])?;
        seen.assert_well(&["store", "clock", "queue", "declared"]);
        let told = seen.check("declared").to_string() + &seen.check("store").to_string();
        assert!(told.contains("nothing yet") && told.contains("empty"), "{told}");
    }
    assert!(!installation.data().exists(), "looking makes no folder");
    installation.add_portal("live")?;
    doctor(&installation, &[])?.assert_well(&LOCAL);

    // The store.
    let prefix = installation.prefix();
    let store = |url: &str| doctor(&installation, &[("BOLE_STORE_URL", url)]);
    let url = bole_tests::postgres();
    let away = store("postgres://bole@127.0.0.1:1/bole")?;
    away.assert_found("store", "trouble", "nobody answers", "PostgreSQL runs");
    away.assert_found("store", "trouble", "refused", "");
    assert_eq!(away.verdict("queue"), "ok", "one that is away does not stop the others");
    let nobody = store(&url.replace("bole@", "nobody-of-that-name@"))?;
    nobody.assert_found("store", "trouble", "does not let us in", "BOLE_STORE_PASSWORD");
    store(&format!("{url}-x"))?.assert_found("store", "trouble", "no such database", "createdb");
    let no_schema = store(&format!("{url}?options[search_path]=missing"))?;
    no_schema.assert_found("store", "trouble", "no schema", "CREATE SCHEMA");
    let risky = store(&format!("{url}?options[search_path]={prefix}&options[synchronous_commit]=off"))?;
    risky.assert_found("store", "warning", "synchronous_commit = off", "switch it on");
    psql(&format!("UPDATE {prefix}.bole_schema SET version = version + 1"))?;
    doctor(&installation, &[])?.assert_found("store", "trouble", "this release knows", "upgrade");
    psql(&format!("UPDATE {prefix}.bole_schema SET version = version - 2"))?;
    doctor(&installation, &[])?.assert_found("store", "warning", "the next command brings it", "back it up");
    psql(&format!("UPDATE {prefix}.bole_schema SET version = version + 1"))?;

    // The broker.
    let broker = |url: &str| doctor(&installation, &[("BOLE_QUEUE_URL", url)]);
    let wrong = broker(&amqp().replace("bole:bole@", "bole:wrong@"))?;
    wrong.assert_found("queue", "trouble", "the broker refuses", "password");
    assert_eq!(wrong.check("declared")["findings"][0]["because"], "queue");
    broker("amqp://bole:bole@127.0.0.1:1/%2f")?.assert_found(
        "queue",
        "trouble",
        "not available",
        "the broker",
    );
    let poor = format!("poor-{prefix}");
    servers(&["rabbitmqctl", "-q", "add_user", &poor, "poor"])?;
    let url = amqp().replace("bole:bole@", &format!("{poor}:poor@"));
    let outside = broker(&url)?;
    outside.assert_found("queue", "trouble", "refuses", "list_permissions");
    let nothing = format!("^{prefix}.submissions$");
    servers(&["rabbitmqctl", "-q", "set_permissions", &poor, "^$", &nothing, "^$"])?;
    let seen = broker(&url)?;
    seen.assert_found("permissions", "trouble", "may not declare", "set_permissions");
    seen.assert_found("permissions", "trouble", "may not publish to", "set_permissions");
    seen.assert_found("permissions", "trouble", "may not take from", "set_permissions");
    servers(&["rabbitmqctl", "-q", "delete_user", &poor])?;

    // What is declared there, by somebody else or not at all.
    let dead = format!("{{resource,<<\"/\">>,queue,<<\"{prefix}.dead\">>}}");
    let delete = format!(
        "{{ok,Q}} = rabbit_amqqueue:lookup({dead}), rabbit_amqqueue:delete(Q, false, false, <<\"t\">>)"
    );
    servers(&["rabbitmqctl", "-q", "eval", &format!("{delete}, ok.")])?;
    doctor(&installation, &[])?.assert_found("declared", "warning", &format!("{prefix}.dead"), "bole serve");
    let declare = format!("rabbit_amqqueue:declare({dead}, true, false, [], none, <<\"t\">>), ok.");
    servers(&["rabbitmqctl", "-q", "eval", &declare])?;
    let otherwise = doctor(&installation, &[])?;
    otherwise.assert_found("declared", "trouble", "x-queue-type", "declared anew");
    servers(&["rabbitmqctl", "-q", "eval", &format!("{delete}, ok.")])?;

    installation.succeed(["portal", "pause", "live"])?;
    doctor(&installation, &[])?.assert_found("submissions", "warning", "paused: live", "bole portal add");
    Ok(())
}
