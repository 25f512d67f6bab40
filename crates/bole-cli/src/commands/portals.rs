use std::borrow::Cow;

use bole_engine::{PortalStanding, add_portal, broker_permissions, pause_portal, portals, remove_portal};
use serde_json::json;

use crate::arguments::{Output, Portals};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Portals) -> anyhow::Result<Exit> {
    let engine = session.create().await?;
    match command {
        Portals::Add { portal } => {
            add_portal(&engine, &portal).await?;
            print_line(format_args!("{portal}: open"))?;
            print_permissions(&broker_permissions(engine.settings(), &portal)?)?;
        }
        Portals::Pause { portal } => {
            pause_portal(&engine, &portal).await?;
            print_line(format_args!("{portal}: paused; what it sends waits"))?;
        }
        Portals::List(output) => list(&portals(&engine).await?, &output)?,
        Portals::Remove { portal } => {
            remove_portal(&engine, &portal).await?;
            print_line(format_args!("{portal}: removed; its submissions stay"))?;
        }
    }
    Ok(Exit::Done)
}

fn print_permissions(calls: &[Vec<String>]) -> anyhow::Result<()> {
    if calls.is_empty() {
        return Ok(());
    }
    print_line("\nHave an administrator of the broker let the portal's own user in:")?;
    for call in calls {
        let quoted: Vec<_> = call.iter().map(|argument| quoted(argument)).collect();
        print_line(format_args!("rabbitmqctl {}", quoted.join(" ")))?;
    }
    Ok(())
}

/// For a shell.
fn quoted(argument: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(is_plain) {
        return argument.into();
    }
    format!("'{}'", argument.replace('\'', r"'\''")).into()
}

fn list(portals: &[PortalStanding], output: &Output) -> anyhow::Result<()> {
    if is_json(output) {
        let rows = portals.iter().map(|it| {
            json!({
                "portal": it.row.portal,
                "paused": it.row.is_paused,
                "added_at": it.row.added_at,
                "waiting": it.n_waiting,
                "ledger": it.ledger,
            })
        });
        return print_json(&rows.collect::<Vec<_>>());
    }
    if portals.is_empty() {
        return print_line("no portals yet: `bole portal add NAME` adds one");
    }
    let mut table = table(&["portal", "", "waiting", "received", "indexed", "duplicate", "quarantined"]);
    for PortalStanding { row, n_waiting, ledger } in portals {
        let state = if row.is_paused { "paused" } else { "open" };
        let mut cells = vec![row.portal.to_string(), state.to_owned()];
        let counts = [*n_waiting, ledger.received, ledger.indexed, ledger.duplicate, ledger.n_quarantined()];
        cells.extend(counts.map(|count| count.to_string()));
        table.add_row(cells);
    }
    print_line(table)
}
