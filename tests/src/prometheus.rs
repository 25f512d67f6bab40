use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{exchange, request};
use crate::pipeline::until;
use crate::watching::{deploy, read_yaml};

/// A Prometheus that watches as `deploy/prometheus` says; what differs is where the nodes are, and how often it looks. Killed with
/// the value.
#[derive(Debug)]
pub struct Prometheus {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

/// How often it looks, waits at most, and goes through its rules.
const INTERVAL: &str = "1s";

/// How it watches.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The addresses of the nodes, by job.
    pub nodes: Vec<(&'static str, Vec<String>)>,
    /// The key that it shows, of the role `ops`.
    pub key: String,
    /// The rules.
    pub rules: Value,
}

impl Watch {
    /// By the rules as they are.
    pub fn of(nodes: Vec<(&'static str, Vec<String>)>, key: impl Into<String>) -> Result<Self> {
        let rules = read_yaml("prometheus/rules.yml")?;
        Ok(Self { nodes, key: key.into(), rules })
    }

    /// The configuration, by `deploy/prometheus/prometheus.yml`.
    fn configuration(&self) -> Result<Value> {
        let mut configuration = read_yaml("prometheus/prometheus.yml")?;
        for key in ["scrape_interval", "scrape_timeout", "evaluation_interval"] {
            let value = configuration["global"].get_mut(key).with_context(|| key.to_owned())?;
            *value = json!(INTERVAL);
        }
        for job in configuration["scrape_configs"].as_array_mut().context("jobs")? {
            let name = job["job_name"].as_str().context("a name")?.to_owned();
            let nodes = self.nodes.iter().find(|(job, _)| *job == name).map(|(_, nodes)| nodes.clone());
            let job = job.as_object_mut().context("a job")?;
            ensure!(job.remove("dns_sd_configs").is_some(), "{name} is found in another way");
            job.insert("static_configs".to_owned(), json!([{ "targets": nodes.unwrap_or_default() }]));
        }
        Ok(configuration)
    }

    /// Starts it and waits until it answers.
    pub fn start(&self) -> Result<Prometheus> {
        let folder = tempfile::tempdir()?;
        // JSON is YAML too.
        std::fs::write(folder.path().join("prometheus.yml"), self.configuration()?.to_string())?;
        std::fs::write(folder.path().join("rules.yml"), self.rules.to_string())?;
        std::fs::write(folder.path().join("bole-ops.key"), &self.key)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", folder.path().join("prometheus.yml").display()));
        command.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
        command.arg(format!("--web.listen-address={address}"));
        let log = File::create(folder.path().join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().context("prometheus, which `tests/run` installs")?;
        let mut prometheus = Prometheus { child, address, folder };
        until("Prometheus", || {
            if let Some(status) = prometheus.child.try_wait()? {
                return Ok(Some(Err(status)));
            }
            Ok((request(&address.to_string(), "GET /-/ready", &[], "")?.status == 200).then_some(Ok(())))
        })?
        .map_err(|status| anyhow::anyhow!("{status}: {}", prometheus.log()))?;
        Ok(prometheus)
    }
}

impl Prometheus {
    /// What an expression gives now: for each series its labels and its value.
    ///
    /// # Errors
    /// If it is not understood, or no vector.
    pub fn query(&self, expression: &str) -> Result<Vec<(Value, f64)>> {
        let body = format!("query={}", encoded(expression));
        // To such an old client it sends long answers in one piece.
        let head = format!(
            "POST /api/v1/query HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = exchange(&self.address.to_string(), (head + &body).as_bytes())?.json();
        if answer["status"] != "success" {
            bail!("`{expression}`: {answer}");
        }
        let series = answer["data"]["result"].as_array().context("a vector")?;
        let value = |one: &Value| {
            let value = one["value"][1].as_str().context("a value")?.parse()?;
            Ok((one["metric"].clone(), value))
        };
        series.iter().map(value).collect()
    }

    /// The names of the alerts that fire.
    pub fn firing(&self) -> Result<Vec<String>> {
        let firing = self.query("count by (alertname) (ALERTS{alertstate=\"firing\"})")?;
        let mut names: Vec<_> =
            firing.iter().filter_map(|(labels, _)| labels["alertname"].as_str().map(str::to_owned)).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Calls promtool beside the files of `deploy/prometheus`, and gives what it complains of.
pub fn promtool(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("promtool");
    let output = command.args(arguments).current_dir(deploy("prometheus")).output();
    let output = output.context("promtool, which `tests/run` installs")?;
    let said = String::from_utf8([output.stdout, output.stderr].concat())?;
    ensure!(output.status.success(), "promtool {arguments:?}: {said}");
    Ok(())
}

/// As a form has it.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
