//! The portals: rows of the store, and at the broker a queue each.

use std::collections::BTreeSet;

use bole_core::{LedgerLine, Portal};
use bole_store::{PortalRow, Store};
use jiff::Timestamp;

use crate::connect::broker;
use crate::door::BACKLOG_POLL;
use crate::{Engine, EngineError, Settings};

/// A portal and how it stands.
#[derive(Clone, Debug)]
pub struct PortalStanding {
    /// The portal.
    pub row: PortalRow,
    /// Messages of it that no worker holds.
    pub n_waiting: u64,
    /// Its submissions.
    pub ledger: LedgerLine,
}

/// All portals, paused ones too, and the files of machines.
pub(crate) async fn all_portals(store: &dyn Store) -> Result<BTreeSet<Portal>, EngineError> {
    let all = store.portals().await?.into_iter().map(|row| row.portal);
    Ok(all.chain([Portal::local()]).collect())
}

/// The portals that workers take from: all that are not paused, and the files of machines.
pub(crate) async fn open_portals(store: &dyn Store) -> Result<BTreeSet<Portal>, EngineError> {
    let open = store.portals().await?.into_iter().filter(|row| !row.is_paused).map(|row| row.portal);
    Ok(open.chain([Portal::local()]).collect())
}

/// All portals, ordered by name.
///
/// # Errors
/// An outage.
pub async fn portals(engine: &Engine) -> Result<Vec<PortalStanding>, EngineError> {
    let rows = engine.store().portals().await?;
    let depths = engine.queue().depth().await?;
    let mut ledger = engine.store().ledger().await?;
    let standing = |row: PortalRow| {
        let depth = depths.iter().find(|depth| depth.portal == row.portal);
        let ledger = ledger.portals.remove(row.portal.as_str()).unwrap_or_default();
        PortalStanding { n_waiting: depth.map_or(0, |depth| depth.n_ready), ledger, row }
    };
    Ok(rows.into_iter().map(standing).collect())
}

/// Adds a portal, or opens one again that was paused: its queue and binding are declared, and workers take from it
/// within seconds.
///
/// # Errors
/// An outage: call again.
pub async fn add_portal(engine: &Engine, portal: &Portal) -> Result<(), EngineError> {
    if *portal == Portal::local() {
        return Err(EngineError::ReservedPortal);
    }
    engine.store().put_portal(portal, false, Timestamp::now()).await?;
    let open = open_portals(engine.store()).await?;
    Ok(engine.queue().set_portals(open.into_iter().collect()).await?)
}

/// Has workers take nothing more from a portal within seconds. What it sends waits; nothing is refused.
///
/// # Errors
/// [`EngineError::UnknownPortal`]; an outage.
pub async fn pause_portal(engine: &Engine, portal: &Portal) -> Result<(), EngineError> {
    known(engine, portal).await?;
    Ok(engine.store().put_portal(portal, true, Timestamp::now()).await?)
}

/// Removes a portal that nothing waits of; its submissions stay in the ledger.
///
/// # Errors
/// [`EngineError::UnknownPortal`]; [`EngineError::PortalInUse`] while something of it is in flight; an outage.
pub async fn remove_portal(engine: &Engine, portal: &Portal) -> Result<(), EngineError> {
    let found = portals(engine).await?.into_iter().find(|it| it.row.portal == *portal);
    let standing = found.ok_or_else(|| EngineError::UnknownPortal(portal.clone()))?;
    let n_waiting = standing.n_waiting.max(standing.ledger.queued);
    let in_use = |n_waiting| EngineError::PortalInUse { portal: portal.clone(), n_waiting };
    if n_waiting > 0 {
        return Err(in_use(n_waiting));
    }
    // First the row: when every door has seen that it is gone, nothing more comes that way.
    engine.store().remove_portal(portal).await?;
    tokio::time::sleep(2 * BACKLOG_POLL).await;
    if engine.queue().remove_portal(portal).await? {
        return Ok(());
    }
    engine.store().put_portal(portal, standing.row.is_paused, Timestamp::now()).await?;
    Err(in_use(1))
}

/// What an administrator of the broker does so that a portal's own user may submit as it, and read its receipts: calls
/// of `rabbitmqctl`, with PASSWORD where a password goes. AMQP has no way to give permissions. None without a broker.
///
/// # Errors
/// If the broker's address is wrong.
pub fn broker_permissions(settings: &Settings, portal: &Portal) -> Result<Vec<Vec<String>>, EngineError> {
    let Some(remote) = &settings.queue.remote else { return Ok(Vec::new()) };
    let host = broker(remote)?.virtual_host;
    let prefix = &settings.queue.prefix;
    let pattern = |name: String| format!("^{}$", name.replace('.', r"\."));
    let (submissions, receipts) = (format!("{prefix}.submissions"), format!("{prefix}.receipts.{portal}"));
    let nothing = "^$".to_owned();
    // Users are those of all virtual hosts: one of the mere name of a portal may be there for something else.
    let user = format!("{prefix}-portal-{portal}");
    let with = |name: &str, rest: [String; 4]| {
        let host = (host != "/").then(|| ["-p".to_owned(), host.clone()]);
        [name.to_owned()].into_iter().chain(host.into_iter().flatten()).chain(rest).collect::<Vec<_>>()
    };
    Ok(vec![
        vec!["add_user".to_owned(), user.clone(), "PASSWORD".to_owned()],
        with(
            "set_permissions",
            [user.clone(), nothing.clone(), pattern(submissions.clone()), pattern(receipts)],
        ),
        with("set_topic_permissions", [user.clone(), submissions, pattern(portal.to_string()), nothing]),
    ])
}

async fn known(engine: &Engine, portal: &Portal) -> Result<(), EngineError> {
    let rows = engine.store().portals().await?;
    let is_known = rows.iter().any(|row| row.portal == *portal);
    if is_known { Ok(()) } else { Err(EngineError::UnknownPortal(portal.clone())) }
}
