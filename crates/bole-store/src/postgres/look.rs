//! What a server says of itself.

use jiff::Timestamp;

use super::connection::Pools;
use super::schema;
use crate::sql::{Columns as _, SCHEMA, Session as _};
use crate::{Look, LookError, StoreError};

/// Settings by which a server forgets what it has answered. Ours is what the database gives a session, not what this
/// session sets for itself.
const LOOK: &str = "SELECT current_setting('server_version'), current_setting('server_version_num')::bigint, \
    current_setting('server_encoding'), current_schema() IS NULL, pg_is_in_recovery(), \
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
const RISKS: &str = "SELECT name || ' = ' || reset_val FROM pg_settings \
    WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes') AND reset_val = 'off' ORDER BY name";

pub(super) async fn look(pools: &Pools) -> Result<Look, LookError> {
    let mut session = pools.read().await?;
    let rows = session.fetch(LOOK, &[], &[]).await?;
    let row = rows.first().ok_or(StoreError::damaged("the answer of the server"))?;
    if row.flag(3)? {
        return Err(LookError::NoSchema);
    }
    // `15.8 (Debian 15.8-0+deb12u1)`
    let version = row.text(0)?.split(' ').next().unwrap_or_default();
    let risks = session.fetch(RISKS, &[], &[]).await?;
    let risks = risks.iter().map(|row| Ok(row.text(0)?.to_owned())).collect::<Result<_, StoreError>>()?;
    Ok(Look {
        product: format!("PostgreSQL {version}"),
        major_version: u32::try_from(row.number(1)? / 10_000).unwrap_or_default(),
        encoding: row.text(2)?.to_owned(),
        schema: schema::version(&mut session).await?,
        known_schema: SCHEMA,
        clock: Timestamp::from_microsecond(row.number(5)?).ok(),
        only_reads: row.flag(4)?,
        risks,
    })
}
