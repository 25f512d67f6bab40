//! Who may ask what: every operation of the description, by every kind of key.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bole_tests::{Installation, head, resume_pdf, until};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Client, leaks, serve};

const DESCRIPTION: &str = include_str!("../../../deploy/openapi.json");

/// What is sent along.
enum Body {
    None,
    Json(&'static str),
    File,
    Text,
}
use Body::{File, Json, None as Nothing, Text};

const PORTAL: &[&str] = &["portal"];
const RECRUITER: &[&str] = &["recruiter"];
const OPS: &[&str] = &["ops", "admin"];
const ADMIN: &[&str] = &["admin"];
const NOBODY_CHOSEN: &str = r#"{"submissions": []}"#;
const BY_FINANCE: &str = r#"{"profile": "finance"}"#;

/// Every operation, the roles it is for, and a body that it understands. One that is not here was not thought about.
const EXPECTED: [(&str, &[&str], Body); 46] = [
    ("post_submissions", PORTAL, File),
    ("get_submissions", PORTAL, Nothing),
    ("get_submissions_id", PORTAL, Nothing),
    ("post_check", PORTAL, File),
    ("post_portals_me_reconcile", PORTAL, Json(r#"{"ids": ["a"]}"#)),
    ("get_profiles", RECRUITER, Nothing),
    ("get_profiles_profile", RECRUITER, Nothing),
    ("get_profiles_profile_versions", RECRUITER, Nothing),
    ("post_profiles_check", RECRUITER, Json(r#"{"toml": ""}"#)),
    ("post_profiles_draft", RECRUITER, Text),
    ("post_matches", RECRUITER, Json(BY_FINANCE)),
    ("get_matches_run", RECRUITER, Nothing),
    ("get_matches_run_unreadable", RECRUITER, Nothing),
    ("get_matches_run_older_versions", RECRUITER, Nothing),
    ("get_matches_run_export", RECRUITER, Nothing),
    ("get_search", RECRUITER, Nothing),
    ("get_candidates_resume", RECRUITER, Nothing),
    ("post_candidates_resume_evidence", RECRUITER, Json(BY_FINANCE)),
    ("get_candidates_resume_original", RECRUITER, Nothing),
    ("post_candidates_resume_decisions", RECRUITER, Json(r#"{"profile": "finance", "choice": "hold"}"#)),
    ("post_candidates_resume_notes", RECRUITER, Json(r#"{"text": "a note"}"#)),
    ("delete_candidates_resume_notes_note", RECRUITER, Nothing),
    ("post_compare", RECRUITER, Json(r#"{"profile": "finance", "resumes": ["01234567", "89abcdef"]}"#)),
    ("get_shortlists", RECRUITER, Nothing),
    ("post_shortlists", RECRUITER, Json(r#"{"name": "a list", "profile": "finance"}"#)),
    ("get_shortlists_shortlist", RECRUITER, Nothing),
    ("patch_shortlists_shortlist", RECRUITER, Json(r#"{"name": "a list"}"#)),
    ("delete_shortlists_shortlist", RECRUITER, Nothing),
    ("post_shortlists_shortlist_entries", RECRUITER, Json(r#"{"entries": []}"#)),
    ("delete_shortlists_shortlist_entries_resume", RECRUITER, Nothing),
    ("get_shortlists_shortlist_export", RECRUITER, Nothing),
    ("get_ops_ledger", OPS, Nothing),
    ("get_ops_events", OPS, Nothing),
    ("get_ops_quarantine", OPS, Nothing),
    ("get_ops_submissions_portal_id", OPS, Nothing),
    ("get_ops_submissions_portal_id_original", OPS, Nothing),
    ("post_ops_quarantine_replay", OPS, Json(NOBODY_CHOSEN)),
    ("post_ops_quarantine_discard", OPS, Json(NOBODY_CHOSEN)),
    ("get_ops_portals", OPS, Nothing),
    ("put_ops_portals_portal", OPS, Json("{}")),
    ("delete_ops_portals_portal", OPS, Nothing),
    ("get_admin_keys", ADMIN, Nothing),
    ("post_admin_keys", ADMIN, Json(r#"{"name": "made by a test", "role": "ops"}"#)),
    ("delete_admin_keys_key", ADMIN, Nothing),
    ("get_admin_audit", ADMIN, Nothing),
    ("get_admin_audit_verify", ADMIN, Nothing),
];

/// Somebody who asks: the role of their key, or the code of the problem that they get.
struct Asking {
    name: &'static str,
    client: Client,
    stands: Result<&'static str, &'static str>,
}

#[test]
#[allow(clippy::print_stdout, reason = "what was asked is told beside the result")]
fn every_operation_opens_to_its_roles_only_and_nothing_leaks() -> Result<()> {
    let installation = Installation::new()?.with("BOLE_SERVER_REQUESTS", "100000");
    for portal in ["a", "b"] {
        installation.add_portal(portal)?;
    }
    let server = serve(&installation)?;
    let at = server.address();
    let asking = everybody(&installation, &server)?;

    let description: Value = serde_json::from_str(DESCRIPTION)?;
    let mut seen = BTreeSet::new();
    let (mut n_cells, mut wrong) = (0, Vec::new());
    for (path, item) in description["paths"].as_object().context("addresses")? {
        for (method, operation) in item.as_object().context("operations")? {
            let id = operation["operationId"].as_str().context("an id")?;
            let expected = EXPECTED.iter().find(|(name, ..)| *name == id);
            let (_, roles, body) =
                expected.with_context(|| format!("`{id}` is not in the table: which roles may do it?"))?;
            assert_eq!(operation["security"], json!([{ "key": roles }]), "{id}");
            seen.insert(id.to_owned());
            let line = format!("{} {}", method.to_uppercase(), address_of(path));
            for Asking { name, client, stands } in &asking {
                n_cells += 1;
                let (status, code) = cell(at, client, id, &line, body)?;
                let is_right = match stands {
                    Err(problem) => (status, code.as_str()) == (401, *problem),
                    Ok(role) if roles.contains(role) => !matches!(status, 401 | 403 | 405 | 500..),
                    Ok(_) => (status, code.as_str()) == (403, "not_allowed"),
                };
                if !is_right {
                    wrong.push(format!("{id} by {name}: {status} {code}"));
                }
            }
        }
    }
    let n_operations = seen.len();
    let absent: Vec<_> = EXPECTED.iter().filter(|(id, ..)| !seen.contains(*id)).map(|(id, ..)| id).collect();
    assert!(absent.is_empty(), "not in the description: {absent:?}");
    metrics_are_for_operators(&asking)?;
    let leaks = leaks::find(&installation, &server)?;
    println!("operations {n_operations} roles {} cells {n_cells} leaks {}", asking.len(), leaks.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(leaks.is_empty(), "{leaks:#?}");
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}

fn everybody(installation: &Installation, server: &bole_tests::Running) -> Result<Vec<Asking>> {
    let at = server.address();
    let admin = Client::of(installation, server, &["admin"])?;
    let soon = Timestamp::now() + SignedDuration::from_secs(1);
    let wanted = json!({ "name": "soon over", "role": "admin", "expires_at": soon.to_string() });
    let expired = admin.done("POST /v1/admin/keys", &wanted)?;
    let expired = Client::new(at, format!("Bearer {}", expired["key"].as_str().context("a key")?));
    let revoked = admin.done("POST /v1/admin/keys", &json!({ "name": "taken back", "role": "admin" }))?;
    let id = revoked["record"]["id"].as_str().context("its id")?;
    let revoked = Client::new(at, format!("Bearer {}", revoked["key"].as_str().context("a key")?));
    assert_eq!(revoked.get("/v1/admin/keys")?.status, 200);
    assert_eq!(admin.ask(&format!("DELETE /v1/admin/keys/{id}"), &[], "")?.status, 204);
    let asking = vec![
        Asking { name: "nobody", client: Client::new(at, ""), stands: Err("no_key") },
        Asking {
            name: "a malformed key",
            client: Client::new(at, "Bearer bole_1_2"),
            stands: Err("wrong_key"),
        },
        Asking { name: "a revoked key", client: revoked, stands: Err("wrong_key") },
        Asking { name: "an expired key", client: expired.clone(), stands: Err("wrong_key") },
        Asking {
            name: "portal a",
            client: Client::new(at, installation.keys().bearer("a")),
            stands: Ok("portal"),
        },
        Asking {
            name: "portal b",
            client: Client::new(at, installation.keys().bearer("b")),
            stands: Ok("portal"),
        },
        Asking {
            name: "a recruiter of all",
            client: Client::of(installation, server, &["recruiter"])?,
            stands: Ok("recruiter"),
        },
        Asking {
            name: "a recruiter of finance",
            client: Client::of(installation, server, &["recruiter", "--field", "finance"])?,
            stands: Ok("recruiter"),
        },
        Asking { name: "ops", client: Client::of(installation, server, &["ops"])?, stands: Ok("ops") },
        Asking { name: "an admin", client: admin, stands: Ok("admin") },
    ];
    until("end of the key", || Ok((expired.get("/v1/admin/keys")?.status == 401).then_some(())))?;
    Ok(asking)
}

/// What one operation answers one key: the status, and the code of the problem if it is one.
fn cell(at: &str, client: &Client, id: &str, line: &str, body: &Body) -> Result<(u16, String)> {
    if id == "get_ops_events" {
        // Its answer does not end.
        let status = status_of(at, client, line)?;
        if status == 200 {
            return Ok((status, String::new()));
        }
    }
    let answer = match body {
        Nothing => client.ask(line, &[], "")?,
        Json(body) => client.ask(line, &[("Content-Type", "application/json")], body)?,
        File => client.ask(line, &[("Content-Type", "application/pdf")], resume_pdf(1))?,
        Text => client.ask(line, &[("Content-Type", "text/plain")], "Auditor, bachelor, audit and tax")?,
    };
    if answer.status == 401 {
        ensure!(answer.header("www-authenticate") == "Bearer", "{answer:?}");
    }
    Ok((answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned()))
}

fn status_of(at: &str, client: &Client, line: &str) -> Result<u16> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let authorization = [("Authorization", client.authorization.as_str())];
    stream.write_all(head(line, &authorization).as_bytes())?;
    let mut first = String::new();
    BufReader::new(&stream).read_line(&mut first)?;
    Ok(first.split(' ').nth(1).context("a status")?.parse()?)
}

/// An address with ids that are ids and name nothing.
fn address_of(path: &str) -> String {
    const NO_UUID: &str = "00000000-0000-4000-8000-000000000000";
    let ids = [
        ("{id}", "absent"),
        ("{portal}", "spare"),
        ("{profile}", "finance"),
        ("{run}", "0123456789abcdef"),
        ("{resume}", "0123456789abcdef"),
        ("{shortlist}", NO_UUID),
        ("{note}", NO_UUID),
        ("{key}", "0123456789abcdef"),
    ];
    let path = ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id));
    assert!(!path.contains('{'), "{path}: give it an id");
    if path.ends_with("/export") { path + "?format=csv" } else { path.replace("/search", "/search?q=audit") }
}

fn metrics_are_for_operators(asking: &[Asking]) -> Result<()> {
    for Asking { name, client, stands } in asking {
        let expected = match stands {
            Err(_) => 401,
            Ok("ops" | "admin") => 200,
            Ok(_) => 403,
        };
        assert_eq!(client.get("/metrics")?.status, expected, "{name}");
    }
    Ok(())
}
