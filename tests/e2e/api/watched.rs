//! Every look at a person is kept, and none is told to the log.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use bole_tests::{Installation, text_pdf};
use serde_json::{Value, json};

use super::{Client, column, escaped, serve, wait_until_found};

/// What is nobody's business in a log: a name, parts of it, a mail, words that were searched, what was noted.
const PERSONAL: [&str; 7] =
    ["Quillfeather", "quillfeather", "Ophelia", "zymurgy", "Whispered", "leasehold", "Shortlisted-Once"];

#[test]
fn every_look_is_in_the_audit_log_and_no_name_in_the_log() -> Result<()> {
    let installation = Installation::new()?.with("BOLE_LOG", "trace,sqlx=debug");
    installation.add_portal("live")?;
    let server = serve(&installation)?;
    let portal = Client::new(server.address(), installation.keys().bearer("live"));
    let (recruiter_key, admin_key) = (installation.key(&["recruiter"])?, installation.key(&["admin"])?);
    let recruiter = Client::new(server.address(), format!("Bearer {recruiter_key}"));
    let admin = Client::new(server.address(), format!("Bearer {admin_key}"));
    let mut resumes = Vec::new();
    for (id, name) in [("a-1", "Ophelia Quillfeather"), ("a-2", "Ned Quillfeather")] {
        let mail = format!("{id}.quillfeather@example.org");
        let lines =
            [name, &mail, "Work experience", "2018.03 - 2024.08  Auditor, Zymurgy Ltd", "IFRS, zymurgy"];
        resumes.push(portal.submit(id, &[("Bole-Candidate-Ref", name)], &text_pdf(&lines))?);
    }
    wait_until_found(&recruiter, "field:any", 2)?;
    let [first, second] = [&resumes[0], &resumes[1]];

    // What is asked, as what it is kept, of whom.
    let by = json!({ "profile": "finance" });
    let matched =
        recruiter.done("POST /v1/matches", &json!({ "profile": "finance", "filters": ["zymurgy"] }))?;
    let run = matched["run"].as_str().context("a run")?;
    assert_eq!(column(&matched["results"], "resume").len(), 2);
    recruiter.read(&format!("/v1/search?q={}", escaped("zymurgy AND name:ophelia")))?;
    recruiter.read(&format!("/v1/candidates/{first}"))?;
    recruiter.done(&format!("POST /v1/candidates/{first}/evidence"), &by)?;
    assert_eq!(recruiter.get(&format!("/v1/candidates/{second}/original"))?.status, 200);
    recruiter.done("POST /v1/compare", &json!({ "profile": "finance", "resumes": resumes }))?;
    assert_eq!(recruiter.get(&format!("/v1/matches/{run}/export?format=csv"))?.status, 200);
    let decision = json!({ "profile": "finance", "choice": "hold" });
    recruiter.done(&format!("POST /v1/candidates/{second}/decisions"), &decision)?;
    let note = json!({ "text": "Whispered of a leasehold" });
    recruiter.done(&format!("POST /v1/candidates/{first}/notes"), &note)?;
    let list = json!({ "name": "Shortlisted-Once", "profile": "finance" });
    let list = recruiter.done("POST /v1/shortlists", &list)?;
    let list = list["id"].as_str().context("an id")?;
    let entries = json!({ "entries": [{ "resume": second }] });
    recruiter.done(&format!("POST /v1/shortlists/{list}/entries"), &entries)?;
    let original = "/v1/ops/submissions/live/a-1/original";
    assert_eq!(admin.get(original)?.status, 200);

    let both: &[&String] = &[first, second];
    let expected: [(&str, &[&String]); 11] = [
        ("match", both),
        ("search", &[first]),
        ("candidate", &[first]),
        ("evidence", &[first]),
        ("original", &[second]),
        ("compare", both),
        ("export", both),
        ("decision", &[second]),
        ("note", &[first]),
        ("shortlist", &[second]),
        ("quarantine", &[first]),
    ];
    let key_id = |key: &str| key.split('_').nth(1).unwrap_or_default().to_owned();
    for (action, of) in expected {
        let log = admin.read(&format!("/v1/admin/audit?action={action}"))?;
        let entries = log["entries"].as_array().context("entries")?;
        let key = if action == "quarantine" { &admin_key } else { &recruiter_key };
        let of: BTreeSet<_> = of.iter().map(|id| (*id).clone()).collect();
        let found = entries.iter().any(|entry| {
            let record = &entry["record"];
            let resumes = record["resumes"].as_array().into_iter().flatten();
            let resumes: BTreeSet<_> = resumes.filter_map(Value::as_str).map(str::to_owned).collect();
            record["actor"]["key"] == key_id(key) && record["action"] == action && resumes == of
        });
        assert!(found, "no entry of `{action}` on {of:?}: {log}");
    }
    let looks = admin.read(&format!("/v1/admin/audit?resume={first}"))?;
    assert!(looks["entries"].as_array().context("entries")?.len() >= 8, "{looks}");
    let asked = admin.read("/v1/admin/audit?action=search&limit=1")?;
    assert_eq!(asked["entries"][0]["text"], "zymurgy AND name:ophelia", "the query can be looked up");
    let verdict = admin.read("/v1/admin/audit/verify")?;
    assert_eq!(verdict["broken"], Value::Null, "{verdict}");
    // The id of the request leads from the one log to the other.
    let request = asked["entries"][0]["record"]["request"].as_str().context("a request")?.replace('-', "");

    let ended = server.stop()?;
    assert_eq!(ended.code, Some(0));
    let log = ended.stderr;
    assert!(log.contains(&request), "the log does not name the request {request}");
    assert!(log.contains("/v1/candidates/{resume}"), "the log tells the route");
    let secret = |key: &str| key.rsplit('_').next().unwrap_or_default().to_owned();
    let portal_key = installation.keys().bearer("live");
    let keys = [&recruiter_key, &admin_key, &portal_key].map(|key| secret(key));
    for personal in PERSONAL.into_iter().chain(keys.iter().map(String::as_str)) {
        let line = log.lines().find(|line| line.contains(personal));
        assert_eq!(line, None, "`{personal}` is in the log");
    }
    Ok(())
}
