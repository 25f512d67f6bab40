//! `bole profile list --versions`.

use crate::arguments::Output;
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, output: Output) -> anyhow::Result<Exit> {
    let engine = session.open().await?;
    let versions = bole_engine::profile_versions(&engine).await?;
    if is_json(&output) {
        print_json(&versions)?;
        return Ok(Exit::Done);
    }
    let mut table = table(&["profile", "hash", "first kept", "in force"]);
    for version in &versions {
        table.add_row([
            version.profile.clone(),
            version.hash.to_string().chars().take(12).collect(),
            version.kept_at.map_or_else(|| "before this was noted".to_owned(), |at| at.to_string()),
            if version.in_force { "yes" } else { "" }.to_owned(),
        ]);
    }
    print_line(table)?;
    Ok(Exit::Done)
}
