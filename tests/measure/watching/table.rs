//! What fired, and when.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use bole_tests::Prometheus;
use bole_tests::watching::rules;

const POLL: Duration = Duration::from_millis(200);
/// How long an alert is waited for.
const PATIENCE: Duration = Duration::from_mins(3);

/// What was seen of all alerts.
#[derive(Debug)]
pub(crate) struct Table {
    only: Option<String>,
    rows: Vec<Row>,
    /// What could not be brought about, and why.
    left_out: Vec<(&'static str, &'static str)>,
}

#[derive(Debug)]
struct Row {
    alert: &'static str,
    cause: &'static str,
    fired_s: Option<f64>,
    over_s: Option<f64>,
    /// What else fired meanwhile.
    others: BTreeSet<String>,
}

impl Table {
    pub(crate) fn new(only: Option<String>) -> Self {
        Self { only, rows: Vec::new(), left_out: Vec::new() }
    }

    /// Whether one of these is asked for.
    pub(crate) fn wants(&self, alerts: &[&str]) -> bool {
        self.only.as_ref().is_none_or(|word| alerts.iter().any(|alert| alert.contains(word)))
    }

    /// Does not bring about what this alert is for.
    pub(crate) fn leave_out(&mut self, alert: &'static str, why: &'static str) {
        self.left_out.push((alert, why));
    }

    /// Brings about what these alerts are for, waits until they fire, mends it, and waits until they are over.
    pub(crate) fn see<M: FnOnce() -> Result<()>>(
        &mut self,
        prometheus: &Prometheus,
        alerts: &[&'static str],
        cause: &'static str,
        bring_about: impl FnOnce() -> Result<M>,
    ) -> Result<()> {
        if !self.wants(alerts) {
            return Ok(());
        }
        println!("{cause}");
        // What was brought about before may still be told.
        watch(prometheus, alerts, Instant::now(), false, &mut BTreeSet::new());
        let began = Instant::now();
        let mend = bring_about()?;
        self.see_since(prometheus, alerts, cause, began, mend)
    }

    /// The same of what was brought about before.
    pub(crate) fn see_since(
        &mut self,
        prometheus: &Prometheus,
        alerts: &[&'static str],
        cause: &'static str,
        began: Instant,
        mend: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let mut others = BTreeSet::new();
        let fired = watch(prometheus, alerts, began, true, &mut others);
        let mended = Instant::now();
        mend()?;
        let over = watch(prometheus, alerts, mended, false, &mut others);
        for ((alert, fired_s), over_s) in alerts.iter().zip(fired).zip(over) {
            let time =
                |time: Option<f64>| time.map_or("never".to_owned(), |time| format!("after {time:.1} s"));
            println!("  {alert} fired {}, over {}", time(fired_s), time(over_s));
            self.rows.push(Row { alert, cause, fired_s, over_s, others: others.clone() });
        }
        Ok(())
    }

    /// The alerts that did not fire, or never ended, of those that were asked for.
    pub(crate) fn silent(&self) -> Result<Vec<String>> {
        let is_seen = |name: &str| {
            let row = self.rows.iter().find(|row| row.alert == name);
            row.is_some_and(|row| row.fired_s.is_some() && row.over_s.is_some())
        };
        let names = rules()?.into_iter().filter(|rule| rule.is_alert).map(|rule| rule.name);
        let is_made = |name: &String| !self.left_out.iter().any(|(alert, _)| alert == name);
        Ok(names.filter(is_made).filter(|name| self.wants(&[name]) && !is_seen(name)).collect())
    }
}

/// Waits until all of these fire, or none does any more; gives when, since `began`.
fn watch(
    prometheus: &Prometheus,
    alerts: &[&'static str],
    began: Instant,
    fires: bool,
    others: &mut BTreeSet<String>,
) -> Vec<Option<f64>> {
    let (start, mut when) = (Instant::now(), vec![None; alerts.len()]);
    while start.elapsed() < PATIENCE && when.iter().any(Option::is_none) {
        if let Ok(firing) = prometheus.firing() {
            for (alert, when) in alerts.iter().zip(&mut when) {
                if firing.iter().any(|name| name == alert) == fires {
                    when.get_or_insert(began.elapsed().as_secs_f64());
                }
            }
            others.extend(firing.into_iter().filter(|name| !alerts.contains(&name.as_str())));
        }
        thread::sleep(POLL);
    }
    when
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: Option<f64>| time.map_or("never".to_owned(), |time| format!("{time:.1} s"));
        writeln!(formatter, "\n{:<24} {:>9} {:>9}  cause, and what else fired", "alert", "fired", "over")?;
        for Row { alert, cause, fired_s, over_s, others } in &self.rows {
            write!(formatter, "{alert:<24} {:>9} {:>9}  {cause}", time(*fired_s), time(*over_s))?;
            let others: Vec<_> = others.iter().map(String::as_str).collect();
            writeln!(formatter, "{}{}", if others.is_empty() { "" } else { "; " }, others.join(", "))?;
        }
        for (alert, why) in &self.left_out {
            writeln!(formatter, "{alert:<24} {:>9} {:>9}  {why}", "-", "-")?;
        }
        Ok(())
    }
}

/// Does something again and again until it is stopped.
#[derive(Debug)]
pub(crate) struct Again {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Again {
    pub(crate) fn and_again(mut what: impl FnMut(usize) -> Result<()> + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            for number in 0.. {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                what(number)?;
            }
            Ok(())
        });
        Self { stop, thread }
    }

    pub(crate) fn stop(self) -> Result<()> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().map_err(|_| anyhow!("it panicked"))?
    }
}
