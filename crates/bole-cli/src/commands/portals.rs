use bole_core::Portal;
use bole_engine::{PortalStanding, add_portal, pause_portal, portals, remove_portal};
use serde_json::json;

use crate::arguments::{Output, Portals};
use crate::exit::Exit;
use crate::output::{is_json, print_json, print_line, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Portals) -> anyhow::Result<Exit> {
    let prefix = session.settings.queue.prefix.clone();
    let has_broker = session.settings.queue.remote.is_some();
    let engine = session.create().await?;
    match command {
        Portals::Add { portal } => {
            add_portal(&engine, &portal).await?;
            print_line(format_args!("{portal}: open"))?;
            if has_broker {
                print_permissions(&prefix, &portal)?;
            }
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

/// AMQP cannot give permissions: this is how an administrator of the broker does.
fn print_permissions(prefix: &str, portal: &Portal) -> anyhow::Result<()> {
    let quoted = |name: &str| name.replace('.', r"\.");
    let (prefix_quoted, portal_quoted) = (quoted(prefix), quoted(portal.as_str()));
    print_line(format_args!(
        "\nLet the portal's user in (add -p VHOST for another virtual host):\n\
         rabbitmqctl add_user {portal} PASSWORD\n\
         rabbitmqctl set_permissions {portal} '^$' '^{prefix_quoted}\\.submissions$' \
         '^{prefix_quoted}\\.receipts\\.{portal_quoted}$'\n\
         rabbitmqctl set_topic_permissions {portal} {prefix}.submissions '^{portal_quoted}$' '^$'"
    ))
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
