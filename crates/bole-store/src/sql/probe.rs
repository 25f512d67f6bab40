//! Whether the store takes something in.

use bole_core::ContentHash;

use super::backend::Backend;
use super::session::{Session, Value};
use crate::StoreError;

/// About as much as a small batch writes, and of a kind that no database packs well.
const N_HASHES: u32 = 16 << 10;
const KIND: &str = "probe";

/// Writes a megabyte durably, and takes it away again.
pub(super) async fn probe<B: Backend>(backend: &B) -> Result<(), StoreError> {
    let hash = |number: u32| ContentHash::of_parts([&number.to_be_bytes()[..]]);
    let text: String = (0..N_HASHES).map(|number| hash(number).to_string()).collect();
    let mut write = backend.write_aside().await?;
    put(write.session(), hash(0), &text).await?;
    write.commit().await?;
    let mut write = backend.write_aside().await?;
    take_away(write.session(), hash(0)).await?;
    write.commit().await
}

async fn put<S: Session>(session: &mut S, hash: ContentHash, text: &str) -> Result<(), StoreError> {
    let values = [Value::Text(KIND), Value::Bytes(hash.as_bytes()), Value::Text(text), Value::Number(0)];
    session.execute(S::SQL.add_artifact, &[], &values).await
}

async fn take_away<S: Session>(session: &mut S, hash: ContentHash) -> Result<(), StoreError> {
    session.execute(S::SQL.remove_artifact, &[], &[Value::Text(KIND), Value::Bytes(hash.as_bytes())]).await
}
