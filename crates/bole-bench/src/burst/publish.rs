//! Three portals that send everything they have as fast as it is taken.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use bole_core::Portal;
use bole_core::message::v1::{HEADER_DOCUMENT_DATE, Message, Properties, SUBMITTED};
use bole_engine::{Door, RefusedAtDoor, Settings, portal_client};
use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::BurstError;
use crate::resumes::made_path;

/// Messages in one call of a portal.
const N_WINDOW: usize = 64;
/// Calls of one portal at the door at the same time.
const N_AT_DOOR: usize = 64;
/// How long a door that refuses is left alone.
const PAUSE: Duration = Duration::from_millis(200);

/// When submissions were confirmed.
#[derive(Debug, Default)]
pub(super) struct Confirms {
    state: Mutex<ConfirmState>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ConfirmState {
    pub(super) n_confirmed: u32,
    pub(super) first: Option<Instant>,
    pub(super) last: Option<Instant>,
}

impl Confirms {
    fn add(&self, n_more: usize) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.n_confirmed += n_more as u32;
        state.first.get_or_insert(now);
        state.last = Some(now);
    }

    pub(super) fn state(&self) -> ConfirmState {
        *self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What one portal sends: every `step`-th resume from `start` on.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) portal: Portal,
    pub(super) folder: PathBuf,
    pub(super) start: u32,
    pub(super) step: usize,
    pub(super) count: u32,
}

impl Share {
    fn indices(&self) -> impl Iterator<Item = u32> + Send + use<> {
        (self.start..self.count).step_by(self.step)
    }

    async fn message(&self, index: u32) -> Result<Message, BurstError> {
        let path = made_path(&self.folder, index);
        let body = read(&path).await?;
        let properties = Properties {
            message_id: Some(format!("resume-{index}")),
            content_type: Some("application/pdf".to_owned()),
            kind: Some(SUBMITTED.to_owned()),
            headers: [(HEADER_DOCUMENT_DATE.to_owned(), "2026-11-21".to_owned())].into(),
            ..Properties::default()
        };
        Ok(Message { portal: self.portal.clone(), properties, body })
    }
}

async fn read(path: &Path) -> Result<Bytes, BurstError> {
    let read = tokio::fs::read(path).await;
    Ok(read.map(Bytes::from).map_err(crate::BenchError::path(path))?)
}

/// Publishes to the broker as the portal itself.
pub(super) async fn by_broker(
    share: Share,
    settings: &Settings,
    confirms: &Confirms,
) -> Result<(), BurstError> {
    let client = portal_client(settings, share.portal.clone()).await?;
    let indices: Vec<_> = share.indices().collect();
    for window in indices.chunks(N_WINDOW) {
        let mut messages = Vec::with_capacity(window.len());
        for index in window {
            messages.push(share.message(*index).await?);
        }
        client.publish(&messages).await?;
        confirms.add(messages.len());
    }
    Ok(())
}

/// Hands in at the door, as a portal's requests do.
pub(super) async fn by_door(share: Share, door: Door, confirms: &Confirms) -> Result<(), BurstError> {
    let mut under_way = JoinSet::new();
    for index in share.indices() {
        let message = share.message(index).await?;
        if under_way.len() >= N_AT_DOOR
            && let Some(done) = under_way.join_next().await
        {
            done.map_err(|_| BurstError::Panicked)??;
            confirms.add(1);
        }
        let door = door.clone();
        under_way.spawn(async move {
            loop {
                match door.submit(message.clone()).await {
                    Ok(_) => return Ok(()),
                    Err(RefusedAtDoor::Backlog { .. }) => tokio::time::sleep(PAUSE).await,
                    Err(error) => return Err(BurstError::Door(error)),
                }
            }
        });
    }
    while let Some(done) = under_way.join_next().await {
        done.map_err(|_| BurstError::Panicked)??;
        confirms.add(1);
    }
    Ok(())
}
