//! `bole key`.

use std::io::Write;

use bole_core::{AuditAction, FieldId, KeyRecord, Role};
use bole_engine::{Engine, NewKey, create_key, keys, revoke_key};
use jiff::Timestamp;

use crate::arguments::{KeyCreate, Keys, Output, RoleName};
use crate::commands::audit::note;
use crate::exit::Exit;
use crate::output::{is_json, print_error, print_json, print_line, printable, table};
use crate::session::Session;

pub(crate) async fn run(session: Session, command: Keys) -> anyhow::Result<Exit> {
    match command {
        Keys::Create(command) => {
            let expires_at = command.expires.at(Timestamp::now());
            match role(&command) {
                Ok(role) => {
                    let engine = session.create().await?;
                    create(&engine, NewKey { name: command.name, role, expires_at }).await?;
                }
                Err(problem) => {
                    print_error(&anyhow::anyhow!(problem));
                    return Ok(Exit::Usage);
                }
            }
        }
        Keys::List(output) => list(&keys(&session.open().await?).await?, &output)?,
        Keys::Revoke { id } => {
            let engine = session.open().await?;
            revoke_key(&engine, id).await?;
            note(&engine, AuditAction::Key, Vec::new(), Some(format!("{id} taken back"))).await?;
            print_line(format_args!(
                "{id}: taken back; a server that is running forgets it within two seconds"
            ))?;
        }
    }
    Ok(Exit::Done)
}

/// What the arguments ask for; what goes with another role is a mistake, and not passed over.
fn role(command: &KeyCreate) -> Result<Role, &'static str> {
    let KeyCreate { role, portal, fields, .. } = command;
    if portal.is_some() && *role != RoleName::Portal {
        return Err("`--portal` goes with `--role portal`");
    }
    if !fields.is_empty() && *role != RoleName::Recruiter {
        return Err("`--field` goes with `--role recruiter`");
    }
    Ok(match role {
        RoleName::Portal => {
            Role::Portal { portal: portal.clone().ok_or("`--role portal` needs `--portal`")? }
        }
        RoleName::Recruiter => {
            let fields = (!fields.is_empty()).then(|| fields.iter().cloned().map(FieldId).collect());
            Role::Recruiter { fields }
        }
        RoleName::Ops => Role::Ops,
        RoleName::Admin => Role::Admin,
    })
}

/// The key goes to standard output alone, so that it can be piped to where it is kept.
async fn create(engine: &Engine, new: NewKey) -> anyhow::Result<()> {
    let (key, secret) = create_key(engine, new).await?;
    note(engine, AuditAction::Key, Vec::new(), Some(format!("{} made for {}", key.id, key.role.code())))
        .await?;
    print_line(secret.reveal())?;
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "key {} of {}: {}, {}", key.id, printable(&key.name), allows(&key.role), ends(&key))?;
    writeln!(stderr, "keep it like a password: it is not shown again, and only its hash is stored")?;
    writeln!(stderr, "`bole key revoke {}` takes it back", key.id)?;
    Ok(())
}

fn allows(role: &Role) -> String {
    match role {
        Role::Portal { portal } => format!("portal {portal}"),
        Role::Recruiter { fields: None } => "recruiter of all fields".to_owned(),
        Role::Recruiter { fields: Some(fields) } => {
            let fields: Vec<_> = fields.iter().map(ToString::to_string).collect();
            format!("recruiter of {}", printable(&fields.join(", ")))
        }
        Role::Ops | Role::Admin => role.code().to_owned(),
    }
}

fn ends(key: &KeyRecord) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("taken back {at:.0}"),
        (None, Some(at)) if at <= Timestamp::now() => format!("expired {at:.0}"),
        (None, Some(at)) => format!("until {at:.0}"),
        (None, None) => "for ever".to_owned(),
    }
}

fn list(keys: &[KeyRecord], output: &Output) -> anyhow::Result<()> {
    if is_json(output) {
        return print_json(&keys);
    }
    if keys.is_empty() {
        return print_line("no keys yet: `bole key create` makes one");
    }
    let mut table = table(&["key", "name", "allows", "made", ""]);
    for key in keys {
        let made = format!("{:.0}", key.created_at);
        table.add_row([key.id.to_string(), printable(&key.name), allows(&key.role), made, ends(key)]);
    }
    print_line(table)
}
