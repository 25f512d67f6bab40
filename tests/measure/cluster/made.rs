//! Resumes that are made, and portals that send them as fast as they are taken.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use bole_bench::{keep_resumes, made_path};
use bole_tests::{Brokers, Fleet, Pipeline, Submission};
use tempfile::TempDir;

use crate::portal::PortalSide;
use crate::{Options, PORTALS};

/// Messages that are published together.
const N_WINDOW: usize = 64;
/// How often servers are asked how much they find.
const POLL: Duration = Duration::from_millis(250);
/// Nothing moved for so long: something is stuck.
const STUCK: Duration = Duration::from_mins(3);

/// A folder of them, gone with the value unless it was named.
pub(crate) struct Made {
    path: PathBuf,
    _folder: Option<TempDir>,
}

impl Made {
    pub(crate) fn new(options: &Options, n_resumes: u32) -> Result<Self> {
        let (path, folder) = if let Some(path) = &options.folder {
            (path.clone(), None)
        } else {
            let folder = tempfile::tempdir()?;
            (folder.path().to_owned(), Some(folder))
        };
        keep_resumes(&path, options.seed, n_resumes, &|_| {})?;
        Ok(Self { path, _folder: folder })
    }

    /// Sends these by the broker, each portal its share, and returns when all are confirmed.
    pub(crate) fn publish(&self, pipeline: &Pipeline, brokers: &Brokers, numbers: Range<u32>) -> Result<()> {
        let url = brokers.url()?;
        thread::scope(|scope| {
            let share = |number: usize, name: &'static str| {
                let own = numbers.clone().skip(number).step_by(PORTALS.len()).collect::<Vec<_>>();
                let url = &url;
                scope.spawn(move || {
                    let portal = PortalSide::open_at(pipeline, name, url)?;
                    own.chunks(N_WINDOW).try_for_each(|window| send(&portal, &self.path, window))
                })
            };
            let sending: Vec<_> =
                PORTALS.into_iter().enumerate().map(|(number, name)| share(number, name)).collect();
            sending.into_iter().try_for_each(|it| it.join().map_err(|_| anyhow!("a portal panicked"))?)
        })
    }
}

fn send(portal: &PortalSide, folder: &Path, window: &[u32]) -> Result<()> {
    let message = |number: &u32| {
        let body = std::fs::read(made_path(folder, *number))?;
        Ok(Submission::new(portal.name(), format!("resume-{number}"), body, "read").message())
    };
    portal.publish(&window.iter().map(message).collect::<Result<Vec<_>>>()?)
}

/// Waits until every server finds so many, and gives when that was.
pub(crate) fn wait_for_all(fleet: &Fleet<'_>, n_resumes: u32) -> Result<Instant> {
    let (mut last, mut moved) = (Vec::new(), Instant::now());
    loop {
        // One that is too busy to answer has moved nothing.
        let found: Vec<_> =
            fleet.servers().iter().map(|it| it.metric("bole_searchable_resumes").ok()).collect();
        let now = Instant::now();
        if found.iter().all(|found| found.is_some_and(|found| found as u32 >= n_resumes)) {
            return Ok(now);
        }
        if found != last {
            (last, moved) = (found, now);
        } else if now.duration_since(moved) > STUCK {
            return Err(anyhow!("{last:?} of {n_resumes} are searchable, and nothing moves"));
        }
        thread::sleep(POLL);
    }
}
