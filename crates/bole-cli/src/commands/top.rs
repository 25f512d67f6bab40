//! `bole top`: a burst in a terminal, or a line of JSON a second in a pipe.

mod page;
mod screen;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use bole_core::Chain;
use bole_engine::{DataFolder, Engine, EngineError, ErrorKind, Knowledge, ReaderProgram, Sampler, Settings};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::arguments::{Output, Top};
use crate::exit::Exit;
use crate::output::is_json;
use crate::session::{Session, reader_program};
use crate::signals::stop_on_signal;
use page::View;
use screen::{Screen, Wish};

/// An answer is waited for so long.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn run(session: Session, command: Top) -> anyhow::Result<Exit> {
    let Top { every, count, format } = command;
    let mut watch = Watch::new(session)?;
    if is_json(&Output { format }) {
        lines(&mut watch, every, count).await
    } else {
        page(&mut watch, every, count).await
    }
}

/// What is watched. It is opened when it is there, and anew after an outage at the start.
struct Watch {
    settings: Settings,
    config: Option<PathBuf>,
    data: DataFolder,
    reader: ReaderProgram,
    engine: Option<Engine>,
    sampler: Sampler,
}

impl Watch {
    fn new(session: Session) -> anyhow::Result<Self> {
        let settings = session.settings.clone();
        let data = match &settings.store.remote {
            Some(_) => DataFolder::at(&settings.data),
            None => DataFolder::existing(&settings.data)?,
        };
        let (config, reader) = (session.config, reader_program()?);
        Ok(Self { settings, config, data, reader, engine: None, sampler: Sampler::default() })
    }

    /// Takes a sample; why there is none is told, unless it does not pass by itself.
    async fn look(&mut self) -> anyhow::Result<Option<String>> {
        // Not waited for: it takes what it takes, and is there from then on.
        let knowledge = match self.engine {
            Some(_) => None,
            None => Some(Knowledge::load(self.config.as_deref())?),
        };
        let Ok(looked) = timeout(PATIENCE, self.try_to_look(knowledge)).await else {
            return Ok(Some(format!("no answer within {} s", PATIENCE.as_secs())));
        };
        match looked {
            Ok(()) => Ok(None),
            Err(error) if passes(&error) => Ok(Some(Chain(&error).to_string().replace('\n', ", "))),
            Err(error) => Err(error.into()),
        }
    }

    /// With the knowledge to open it by, if it is not open.
    async fn try_to_look(&mut self, knowledge: Option<Knowledge>) -> Result<(), EngineError> {
        if let Some(knowledge) = knowledge {
            let (settings, data, reader) = (self.settings.clone(), self.data.clone(), self.reader.clone());
            self.engine = Some(Engine::open_to_watch(settings, knowledge, data, reader).await?);
        }
        let Some(engine) = &self.engine else { return Ok(()) };
        self.sampler.look(engine).await.map(drop)
    }
}

/// Whether it may be otherwise at the next look.
fn passes(error: &EngineError) -> bool {
    matches!(error.kind(), ErrorKind::Outage | ErrorKind::Busy)
}

/// A line of JSON a look.
async fn lines(watch: &mut Watch, every: Duration, count: Option<u64>) -> anyhow::Result<Exit> {
    let stop = stop_on_signal()?;
    let mut ticks = ticks(every);
    let mut n_looks = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(Exit::Done),
            _ = ticks.tick() => {}
        }
        let trouble = watch.look().await?;
        let line = match (&trouble, &watch.sampler.course().latest) {
            (None, Some(sample)) => serde_json::to_string(sample.as_ref())?,
            (trouble, _) => json!({ "at": Timestamp::now(), "trouble": trouble }).to_string(),
        };
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{line}")?;
        stdout.flush()?;
        n_looks += 1;
        if count.is_some_and(|count| n_looks >= count) {
            return Ok(if trouble.is_some() { Exit::Outage } else { Exit::Done });
        }
    }
}

/// A page that changes.
async fn page(watch: &mut Watch, every: Duration, count: Option<u64>) -> anyhow::Result<Exit> {
    let stop = stop_on_signal()?;
    let place = match &watch.settings.store.remote {
        Some(remote) => remote.shown(),
        None => watch.data.path().display().to_string(),
    };
    let mut screen = Screen::open()?;
    let mut ticks = ticks(every);
    let mut n_looks = 0;
    let mut view = View { place, ..View::default() };
    loop {
        screen.draw(|frame| page::draw(frame, &view))?;
        tokio::select! {
            () = stop.cancelled() => return Ok(Exit::Done),
            _ = ticks.tick(), if !view.is_held => {
                view.trouble = watch.look().await?;
                view.course = watch.sampler.course().clone();
                view.now = Timestamp::now();
                n_looks += 1;
            }
            wish = screen.wish() => match wish? {
                Wish::Leave => return Ok(Exit::Done),
                Wish::Hold => view.is_held = !view.is_held,
                Wish::Help => view.is_help_shown = !view.is_help_shown,
                Wish::Nothing => {}
            },
        }
        if count.is_some_and(|count| n_looks >= count) {
            screen.draw(|frame| page::draw(frame, &view))?;
            return Ok(if view.trouble.is_some() { Exit::Outage } else { Exit::Done });
        }
    }
}

/// When to look; after a look that took long, at the next time that is due.
fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks
}
