use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use bole_tests::{Installation, Run, Running, program};
use serde_json::Value;

use super::{Certificates, text};

fn yaml(path: &str) -> Result<Vec<Value>> {
    Ok(serde_saphyr::from_multiple(&text(path)?)?)
}

/// The words of a list.
fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Every command line of the program that a file has.
fn commands() -> Result<Vec<Vec<String>>> {
    let mut found = Vec::new();
    let compose = yaml("compose/compose.yaml")?.remove(0);
    found.extend(["serve", "work"].map(|service| words(&compose["services"][service]["command"])));
    for file in ["kubernetes/serve.yaml", "kubernetes/work.yaml"] {
        let documents = yaml(file)?;
        found.push(words(&documents[0]["spec"]["template"]["spec"]["containers"][0]["args"]));
    }
    let container = text("container/Containerfile")?;
    let command = container.lines().find_map(|line| line.strip_prefix("CMD ")).context("CMD")?;
    found.push(words(&serde_json::from_str(command)?));
    for unit in ["bole-serve.service", "bole-work@.service", "bole-backup.service"] {
        let unit = text(&format!("systemd/{unit}"))?;
        let started = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).context("ExecStart")?;
        let started = started.replace("%i", "9464").replace(['\'', '"'], "");
        for command in started.split(';') {
            let mut words = command
                .split_whitespace()
                .skip_while(|word| !matches!(*word, "bole" | "/usr/local/bin/bole"));
            if words.next().is_some() {
                found.push(words.map(str::to_owned).collect());
            }
        }
    }
    Ok(found)
}

#[test]
fn every_command_line_is_understood() -> Result<()> {
    let installation = Installation::new()?;
    let commands = commands()?;
    ensure!(commands.len() >= 7 && commands.iter().all(|words| !words.is_empty()), "{commands:?}");
    for command in commands {
        let asked: Vec<_> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let run = installation.run(&asked)?;
        let usage = format!("Usage: bole {}", command[0]);
        ensure!(
            run.code == Some(0) && run.stdout.contains(&usage),
            "{command:?}: {}{}",
            run.stdout,
            run.stderr
        );
    }
    let wrong = installation.run(["serve", "--without-workers", "--help"])?;
    ensure!(wrong.code == Some(2), "a wrong flag is not found");
    Ok(())
}

/// `bole config check` in a folder for settings, with an environment.
fn check(folder: &Path, environment: &[(String, String)]) -> Result<()> {
    let mut command = Command::new(program()?);
    command.args(["config", "check"]).env_clear().current_dir(folder);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let run = Run::of(&mut command)?;
    ensure!(run.code == Some(0), "{environment:?}: {}", run.stderr);
    Ok(())
}

#[test]
fn every_installation_has_right_settings() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let certificates = Certificates::make(folder.path())?;
    let password = folder.path().join("password");
    std::fs::write(&password, "secret\n")?;
    let password = password.to_str().context("a path")?;
    let given = |name: &str, value: &str| {
        let value = if name.ends_with("_PASSWORD_FILE") { password } else { value };
        (name.to_owned(), value.to_owned())
    };

    let compose = yaml("compose/compose.yaml")?.remove(0);
    for service in ["serve", "work"] {
        let variables = compose["services"][service]["environment"].as_object().context("environment")?;
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| given(name, value.as_str().unwrap())).collect();
        ensure!(variables.iter().any(|(name, _)| name == "BOLE_QUEUE_URL"));
        check(folder.path(), &variables)?;
    }

    let settings = folder.path().join("kubernetes");
    std::fs::create_dir(&settings)?;
    let authority = certificates.authority.to_str().context("a path")?;
    let file = text("kubernetes/bole.toml")?.replace("/etc/bole-authority/ca.crt", authority);
    ensure!(file.matches(authority).count() == 2, "the authority of broker and database");
    std::fs::write(settings.join("bole.toml"), file)?;
    for file in ["kubernetes/serve.yaml", "kubernetes/work.yaml"] {
        let variables = yaml(file)?[0]["spec"]["template"]["spec"]["containers"][0]["env"].clone();
        let mut variables: Vec<_> = variables
            .as_array()
            .context("env")?
            .iter()
            .map(|variable| given(variable["name"].as_str().unwrap(), variable["value"].as_str().unwrap()))
            .collect();
        for (name, value) in &mut variables {
            if name == "BOLE_CONFIG" {
                *value = settings.display().to_string();
            }
        }
        check(folder.path(), &variables)?;
    }

    // As the units start it: with the settings that are shipped, where the guide puts them.
    let settings = folder.path().join("etc");
    std::fs::create_dir(&settings)?;
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/bole.toml"), settings.join("bole.toml"))?;
    let passwords = text("systemd/servers.conf")?;
    let passwords =
        passwords.lines().find_map(|line| line.strip_prefix("Environment=")).context("Environment")?;
    let mut variables: Vec<_> = passwords
        .split(' ')
        .filter_map(|variable| variable.split_once('='))
        .map(|(name, value)| given(name, value))
        .collect();
    variables.push(("BOLE_CONFIG".to_owned(), settings.display().to_string()));
    check(folder.path(), &variables)
}

/// The question that containers are asked, by what the image has.
#[test]
fn a_container_knows_whether_it_is_ready() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let port = server.address().rsplit(':').next().context("a port")?.to_owned();
    let ask = || {
        Run::of(Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/container/is-ready")).arg(&port))
    };
    bole_tests::until("readiness", || Ok((ask()?.code == Some(0)).then_some(())))?;
    server.stop()?;
    ensure!(ask()?.code != Some(0), "it is gone and ready");
    Ok(())
}
