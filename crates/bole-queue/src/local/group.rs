//! What is said to SQLite, one function a sentence. Whoever calls holds the transaction.

use bole_core::message::v1::{Message, Properties};
use bole_core::{IdError, Portal};
use bytes::Bytes;
use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::lease::Token;
use super::process::Process;
use crate::{Depth, QueueError};

/// A message that was claimed and not yet handed over.
pub(super) struct Claimed {
    pub(super) token: Token,
    pub(super) n_bytes: usize,
    pub(super) message: Message,
}

/// A consumer as the file knows it.
pub(super) struct Owner {
    pub(super) id: i64,
    pub(super) process: Process,
    pub(super) until_ms: i64,
}

pub(super) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Adds a message, unless the very same is ready already: a publisher that died before it had its answer comes again.
pub(super) async fn publish(connection: &mut SqliteConnection, message: &Message) -> Result<(), QueueError> {
    let properties = serde_json::to_string(&message.properties)
        .unwrap_or_else(|_| unreachable!("properties are text and numbers under text keys"));
    if is_ready(connection, message, &properties).await? {
        return Ok(());
    }
    let inserted =
        sqlx::query("INSERT INTO message (portal, properties, n_bytes, published_ms) VALUES (?, ?, ?, ?)")
            .bind(message.portal.as_str())
            .bind(properties)
            .bind(message.body.len() as i64)
            .bind(now_ms())
            .execute(&mut *connection)
            .await?;
    sqlx::query("INSERT INTO body (id, bytes) VALUES (?, ?)")
        .bind(inserted.last_insert_rowid())
        .bind(message.body.to_vec())
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether the same message, to the last byte, waits to be handed out. One that is held does not count: it may be about
/// to be acknowledged for what was decided before.
async fn is_ready(
    connection: &mut SqliteConnection,
    message: &Message,
    properties: &str,
) -> Result<bool, QueueError> {
    let Some(message_id) = &message.properties.message_id else { return Ok(false) };
    let bytes = sqlx::query_scalar::<_, Vec<u8>>(
        "SELECT bytes FROM message JOIN body USING (id)
         WHERE portal = ? AND json_extract(properties, '$.message_id') = ? AND properties = ? AND n_bytes = ?
             AND owner IS NULL",
    )
    .bind(message.portal.as_str())
    .bind(message_id)
    .bind(properties)
    .bind(message.body.len() as i64)
    .fetch_all(connection)
    .await?;
    Ok(bytes.iter().any(|bytes| *bytes == message.body))
}

/// Removes a message; false if it is held no longer.
pub(super) async fn remove(connection: &mut SqliteConnection, token: Token) -> Result<bool, QueueError> {
    let deleted = sqlx::query("DELETE FROM message WHERE id = ? AND owner = ? AND n_deliveries = ?")
        .bind(token.id)
        .bind(token.owner)
        .bind(token.n_deliveries)
        .execute(&mut *connection)
        .await?;
    if deleted.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("DELETE FROM body WHERE id = ?").bind(token.id).execute(connection).await?;
    Ok(true)
}

/// Makes a message ready again; false if it is held no longer.
pub(super) async fn release(connection: &mut SqliteConnection, token: Token) -> Result<bool, QueueError> {
    let updated =
        sqlx::query("UPDATE message SET owner = NULL WHERE id = ? AND owner = ? AND n_deliveries = ?")
            .bind(token.id)
            .bind(token.owner)
            .bind(token.n_deliveries)
            .execute(connection)
            .await?;
    Ok(updated.rows_affected() > 0)
}

/// The oldest ready message of the portal after `portal`, round robin by name, of those in `portals`: a JSON array of
/// names, none for all.
pub(super) async fn next_ready(
    connection: &mut SqliteConnection,
    portal: &str,
    portals: Option<&str>,
) -> Result<Option<i64>, QueueError> {
    const OF_ALL: &str = "
        SELECT COALESCE(
            (SELECT id FROM message WHERE owner IS NULL AND portal > ?1 ORDER BY portal, id LIMIT 1),
            (SELECT id FROM message WHERE owner IS NULL ORDER BY portal, id LIMIT 1)
        )";
    // One look into the index a portal: what fills up in a portal that is left out costs nothing.
    const OF_THESE: &str = "
        SELECT next FROM (
            SELECT value AS portal, (
                SELECT id FROM message WHERE owner IS NULL AND portal = value ORDER BY id LIMIT 1
            ) AS next
            FROM json_each(?2)
        ) WHERE next IS NOT NULL ORDER BY portal <= ?1, portal LIMIT 1";
    let statement = if portals.is_some() { OF_THESE } else { OF_ALL };
    let id = sqlx::query_scalar::<_, Option<i64>>(statement)
        .bind(portal)
        .bind(portals)
        .fetch_optional(connection)
        .await?;
    Ok(id.flatten())
}

/// Claims a ready message; none if it is larger than `room`.
pub(super) async fn claim(
    connection: &mut SqliteConnection,
    owner: i64,
    id: i64,
    room: i64,
) -> Result<Option<Claimed>, QueueError> {
    const CLAIM: &str = "
        UPDATE message SET owner = ?1, n_deliveries = n_deliveries + 1
        WHERE id = ?2 AND owner IS NULL AND n_bytes <= ?3
        RETURNING id, n_deliveries, n_bytes, portal, properties,
            (SELECT bytes FROM body WHERE body.id = message.id)";
    let row = sqlx::query_as::<_, (i64, i64, i64, String, String, Vec<u8>)>(CLAIM)
        .bind(owner)
        .bind(id)
        .bind(room)
        .fetch_optional(connection)
        .await?;
    let Some((id, n_deliveries, n_bytes, portal, properties, body)) = row else {
        return Ok(None);
    };
    let properties = serde_json::from_str(&properties).unwrap_or_else(|_| {
        // Handed out all the same: it is set aside as a bad message, and does not stop the queue.
        tracing::error!(message = id, "the properties of a message are damaged");
        Properties::default()
    });
    let message = Message { portal: portal_of(&portal)?, properties, body: Bytes::from(body) };
    Ok(Some(Claimed { token: Token { id, owner, n_deliveries }, n_bytes: n_bytes as usize, message }))
}

/// Registers a consumer. Its number was never given before.
pub(super) async fn register(
    connection: &mut SqliteConnection,
    process: &Process,
    until_ms: i64,
) -> Result<i64, QueueError> {
    let inserted = sqlx::query("INSERT INTO owner (realm, pid, started, until_ms) VALUES (?, ?, ?, ?)")
        .bind(&process.realm)
        .bind(process.pid)
        .bind(process.started)
        .bind(until_ms)
        .execute(connection)
        .await?;
    Ok(inserted.last_insert_rowid())
}

/// Renews all leases of a consumer; false if it has lost them.
pub(super) async fn renew(
    connection: &mut SqliteConnection,
    owner: i64,
    until_ms: i64,
) -> Result<bool, QueueError> {
    let updated = sqlx::query("UPDATE owner SET until_ms = ? WHERE id = ?")
        .bind(until_ms)
        .bind(owner)
        .execute(connection)
        .await?;
    Ok(updated.rows_affected() > 0)
}

pub(super) async fn owners(connection: &mut SqliteConnection) -> Result<Vec<Owner>, QueueError> {
    let rows = sqlx::query_as::<_, (i64, String, i64, i64, i64)>(
        "SELECT id, realm, pid, started, until_ms FROM owner",
    )
    .fetch_all(connection)
    .await?;
    let owner = |(id, realm, pid, started, until_ms)| Owner {
        id,
        process: Process { realm, pid, started },
        until_ms,
    };
    Ok(rows.into_iter().map(owner).collect())
}

/// Strikes a consumer off, unless it has shown life since `owner` was read.
pub(super) async fn strike(connection: &mut SqliteConnection, owner: &Owner) -> Result<(), QueueError> {
    sqlx::query("DELETE FROM owner WHERE id = ? AND until_ms = ?")
        .bind(owner.id)
        .bind(owner.until_ms)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn unregister(connection: &mut SqliteConnection, owner: i64) -> Result<(), QueueError> {
    sqlx::query("DELETE FROM owner WHERE id = ?").bind(owner).execute(connection).await?;
    Ok(())
}

pub(super) async fn is_any_orphaned(connection: &mut SqliteConnection) -> Result<bool, QueueError> {
    let found = sqlx::query_scalar::<_, i64>(
        "SELECT EXISTS (SELECT 1 FROM message WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM owner))",
    )
    .fetch_one(connection)
    .await?;
    Ok(found == 1)
}

/// Makes every message ready whose consumer was struck off; answers how many.
pub(super) async fn free_orphans(connection: &mut SqliteConnection) -> Result<u64, QueueError> {
    let updated = sqlx::query(
        "UPDATE message SET owner = NULL WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM owner)",
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected())
}

pub(super) async fn depth(connection: &mut SqliteConnection) -> Result<Vec<Depth>, QueueError> {
    // The inner query reads the index only; the outer one, one row a portal.
    const DEPTH: &str = "
        SELECT counted.portal, n_ready, n_held, published_ms
        FROM (
            SELECT portal, SUM(owner IS NULL) AS n_ready, SUM(owner IS NOT NULL) AS n_held, MIN(id) AS oldest
            FROM message GROUP BY portal
        ) AS counted JOIN message ON message.id = counted.oldest
        ORDER BY counted.portal";
    let rows = sqlx::query_as::<_, (String, i64, i64, i64)>(DEPTH).fetch_all(connection).await?;
    let depth = |(portal, n_ready, n_held, published_ms): (String, i64, i64, i64)| {
        Ok(Depth {
            portal: portal_of(&portal)?,
            n_ready: n_ready as u64,
            n_held: Some(n_held as u64),
            n_held_at_most: n_held as u64,
            oldest: Timestamp::from_millisecond(published_ms).ok(),
        })
    };
    rows.into_iter().map(depth).collect()
}

/// Gives some thousand free pages back to the file system.
pub(super) async fn shrink(connection: &mut SqliteConnection) -> Result<(), QueueError> {
    sqlx::raw_sql("PRAGMA incremental_vacuum(4096)").execute(connection).await?;
    Ok(())
}

/// Sets whether a commit waits for the disk. Not inside a transaction.
pub(super) async fn set_durable(
    connection: &mut SqliteConnection,
    is_durable: bool,
) -> Result<(), QueueError> {
    let pragma = if is_durable { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = NORMAL" };
    sqlx::raw_sql(pragma).execute(connection).await?;
    Ok(())
}

fn portal_of(text: &str) -> Result<Portal, QueueError> {
    text.parse().map_err(|error: IdError| {
        QueueError::Damaged(std::sync::Arc::new(sqlx::Error::Decode(Box::new(error))))
    })
}
