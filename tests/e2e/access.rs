//! Keys, and the log of who did what.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Result, ensure};
use bole_core::{Actor, AuditAction, AuditRecord, ContentHash, DocumentId, KeyRecord, Role};
use bole_engine::{
    AuditFault, AuditFilter, Engine, EngineError, KeyError, NewAudit, NewKey, audit_page, create_key, keys,
    note, revoke_key, verify_audit, verify_key,
};
use bole_tests::Installation;
use jiff::Timestamp;
use uuid::Uuid;

use crate::exporting::engine_of;

#[tokio::test]
async fn a_key_opens_until_it_is_taken_back_or_expires() -> Result<()> {
    let installation = Installation::new()?;
    let refused =
        installation.run(["key", "create", "--role", "portal", "--portal", "shop", "--name", "shop"])?;
    assert!(refused.code == Some(2) && refused.stderr.contains("no portal `shop`"), "{refused:?}");
    for wrong in [
        &["--role", "portal"][..],
        &["--role", "ops", "--field", "finance"],
        &["--role", "admin", "--portal", "a"],
    ] {
        let refused = installation.run(["key", "create", "--name", "a"].iter().chain(wrong))?;
        assert!(refused.code == Some(2) && refused.stdout.is_empty(), "{refused:?}");
    }
    installation.succeed(["portal", "add", "shop"])?;
    let made = installation
        .succeed(["key", "create", "--role", "portal", "--portal", "shop", "--name", "the shop"])?;
    let shown = made.stdout.trim_end();
    let engine = engine_of(&installation).await?;
    let key = verify_key(&engine, shown).await?.unwrap();
    assert_eq!((key.name.as_str(), &key.role), ("the shop", &Role::Portal { portal: "shop".parse()? }));
    assert!(
        shown.starts_with(&format!("bole_{}_", key.id)) && !made.stderr.contains(shown),
        "{}",
        made.stderr
    );
    let year = key.expires_at.unwrap().duration_since(key.created_at).as_hours();
    // From before it was made.
    assert!((365 * 24 - 1..=365 * 24).contains(&year), "{year}");

    // Nothing that is kept opens anything, and nothing else does.
    let (before, secret) = shown.rsplit_once('_').unwrap();
    let other = if secret.starts_with('0') { "1" } else { "0" };
    let rest: String = secret.chars().skip(1).collect();
    let wrong = format!("{before}_{other}{rest}");
    let hashed = format!("{before}_{}", key.secret);
    let unknown = format!("bole_0123456789abcdef_{secret}");
    for wrong in [wrong.as_str(), &hashed, &unknown, before, secret, "", "bole_", "Bearer x"] {
        assert_eq!(verify_key(&engine, wrong).await?, None, "{wrong}");
    }
    let listed = installation.json(["key", "list"])?;
    assert_eq!(listed[0]["id"], key.id.to_string());
    assert!(!listed.to_string().contains(secret) && !listed.to_string().contains(&key.secret.to_string()));

    // By another process: it ends here too, once what was kept is too old.
    installation.succeed(["key", "revoke", &key.id.to_string()])?;
    while verify_key(&engine, shown).await?.is_some() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let again = installation.run(["key", "revoke", &key.id.to_string()])?;
    assert!(again.code == Some(4) && again.stderr.contains(&key.id.to_string()), "{again:?}");
    let entries = installation.json(["audit", "list"])?;
    let said: Vec<_> =
        entries.as_array().unwrap().iter().map(|entry| entry["record"]["subject"].clone()).collect();
    assert_eq!(said, [format!("{} taken back", key.id), format!("{} made for portal", key.id)]);
    Ok(())
}

#[tokio::test]
async fn a_key_names_what_there_is_and_ends_when_it_says() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    let recruiter = |fields: &[&str]| Role::Recruiter {
        fields: Some(
            fields.iter().map(|field| bole_core::FieldId((*field).to_owned())).collect::<BTreeSet<_>>(),
        ),
    };
    let make = async |role: Role, expires_at: Option<Timestamp>| {
        create_key(&engine, NewKey { name: "a".to_owned(), role, expires_at }).await
    };
    let refused = make(recruiter(&["finance", "finanec"]), None).await;
    assert!(
        matches!(refused, Err(EngineError::Key(KeyError::UnknownField { ref field, .. })) if field.0 == "finanec")
    );
    let refused = make(recruiter(&[]), None).await;
    assert!(matches!(refused, Err(EngineError::Key(KeyError::NoField))), "{refused:?}");
    let refused = make(Role::Ops, Some(Timestamp::UNIX_EPOCH)).await;
    assert!(matches!(refused, Err(EngineError::Key(KeyError::Expired(_)))), "{refused:?}");

    let (record, secret) = make(recruiter(&["finance"]), None).await?;
    assert_eq!(format!("{secret:?}"), "bole_…");
    let shown = secret.reveal().to_string();
    assert_eq!(verify_key(&engine, &shown).await?.map(|key| key.id), Some(record.id));
    // What is taken back here ends here at once.
    revoke_key(&engine, record.id).await?;
    assert_eq!(verify_key(&engine, &shown).await?, None);

    let soon = Timestamp::now() + jiff::SignedDuration::from_millis(300);
    let (_, secret) = make(Role::Admin, Some(soon)).await?;
    let shown = secret.reveal().to_string();
    while verify_key(&engine, &shown).await?.is_some() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(Timestamp::now() >= soon);
    let made: Vec<KeyRecord> = keys(&engine).await?;
    assert_eq!(made.len(), 2, "refused keys are not kept");
    Ok(())
}

fn entry(number: u64) -> NewAudit {
    NewAudit {
        at: Timestamp::UNIX_EPOCH,
        actor: Actor { key: None, name: format!("recruiter {number}"), role: "recruiter".to_owned() },
        action: if number.is_multiple_of(2) { AuditAction::Candidate } else { AuditAction::Search },
        request: Uuid::from_u128(number.into()),
        resumes: vec![DocumentId::of(&number.to_le_bytes())],
        subject: None,
        text: Some(format!("name: Ruoning An {number}")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_that_come_together_are_all_kept_whoever_leaves() -> Result<()> {
    const N_NOTES: u64 = 600;
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    let noting: Vec<_> = (0..N_NOTES)
        .map(|number| {
            let engine = engine.clone();
            tokio::spawn(async move { note(&engine, entry(number)).await })
        })
        .collect();
    let mut waited_for = BTreeSet::new();
    for (number, noting) in (0..).zip(noting) {
        // One of three goes away, perhaps while it writes for the others.
        if number % 3 == 0 {
            noting.abort();
        } else {
            waited_for.insert(Uuid::from_u128(number));
            noting.await??;
        }
    }
    // One that nobody left waiting is noted all the same.
    note(&engine, entry(N_NOTES)).await?;
    waited_for.insert(Uuid::from_u128(N_NOTES.into()));
    let mut there = BTreeSet::new();
    let mut before = None;
    loop {
        let page = audit_page(&engine, &AuditFilter::default(), before, 250).await?;
        there.extend(page.entries.iter().map(|entry| entry.record.as_ref().unwrap().request));
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    assert!(there.is_superset(&waited_for), "{} of {}", there.len(), waited_for.len());
    let verdict = verify_audit(&engine, None).await?;
    assert_eq!(verdict.broken, None);
    assert!(verdict.n_entries >= waited_for.len() as u64);
    Ok(())
}

#[tokio::test]
async fn entries_are_found_by_what_they_are_about() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    for number in 1..=10 {
        note(&engine, entry(number)).await?;
    }
    let many = (0..1200_u64).map(|number| DocumentId::of(&number.to_be_bytes())).collect();
    let long = Some("安".repeat(50_000));
    note(&engine, NewAudit { resumes: many, text: long.clone(), subject: long, ..entry(11) }).await?;
    let numbers = async |filter: AuditFilter, before, limit| -> Result<(Vec<u64>, Option<u64>)> {
        let page = audit_page(&engine, &filter, before, limit).await?;
        Ok((page.entries.iter().map(|entry| entry.number).collect(), page.before))
    };
    let all = AuditFilter::default;
    // The last note names so many resumes that it makes three entries.
    assert_eq!(numbers(all(), None, 4).await?, (vec![13, 12, 11, 10], Some(10)));
    assert_eq!(numbers(all(), Some(3), 4).await?, (vec![2, 1], None));
    let resume = Some(DocumentId::of(&7_u64.to_le_bytes()));
    assert_eq!(numbers(AuditFilter { resume, ..all() }, None, 4).await?, (vec![7], None));
    let resume = Some(DocumentId::of(&1199_u64.to_be_bytes()));
    assert_eq!(numbers(AuditFilter { resume, ..all() }, None, 4).await?, (vec![13], None));
    let actor = Some("recruiter 4".to_owned());
    assert_eq!(numbers(AuditFilter { actor, ..all() }, None, 4).await?, (vec![4], None));
    let action = Some(AuditAction::Candidate);
    assert_eq!(numbers(AuditFilter { action, ..all() }, None, 2).await?, (vec![10, 8], Some(8)));
    let page = audit_page(&engine, &all(), None, 3).await?;
    assert!(page.entries[2].text.as_ref().unwrap().ends_with('…') && page.entries[0].text.is_none());
    assert!(!format!("{page:?}").contains("安"), "names stay out of what is printed for a log");
    Ok(())
}

/// Runs statements on the store's file, as somebody with the file would.
fn tamper(installation: &Installation, statements: &str) -> Result<()> {
    // The constraints call a function that an older SQLite lacks.
    let script = "import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
size = lambda value: None if value is None else len(value if isinstance(value, bytes) else value.encode())
db.create_function('octet_length', 1, size, deterministic=True)
db.executescript(sys.argv[2])
db.commit()";
    let mut python = Command::new("/usr/bin/python3");
    let output =
        python.args(["-c", script]).arg(installation.data().join("store.sqlite")).arg(statements).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[tokio::test]
async fn an_audit_log_that_was_tampered_with_is_found_out() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    for number in 1..=450 {
        note(&engine, entry(number)).await?;
    }
    let whole = verify_audit(&engine, None).await?;
    let head = whole.head.unwrap();
    assert_eq!((whole.n_entries, head.number, whole.broken), (450, 450, None));
    let printed = installation.succeed(["audit", "verify", "--format", "text"])?.stdout;
    assert_eq!(printed.trim_end(), format!("450:{}", head.hash));
    assert_eq!(verify_audit(&engine, Some(head)).await?, whole);

    // Text that was deleted leaves the chain as it was.
    tamper(&installation, "DELETE FROM audit_text WHERE number = 5")?;
    assert_eq!(verify_audit(&engine, Some(head)).await?, whole);

    let same =
        "CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_text AS SELECT * FROM audit_text;";
    tamper(&installation, same)?;
    let number_30 = page_record(&engine, 30).await?;
    let rewritten = number_30.replace("recruiter 30", "somebody else");
    let before = hash_of(&engine, 29).await?;
    let rehashed = AuditRecord::chained(Some(before), &rewritten);
    let quoted = rewritten.replace('\'', "''");
    for (statements, number, fault) in [
        ("UPDATE audit SET record = replace(record, 'recruiter 217', 'recruiter 218') WHERE number = 217".to_owned(), 217, AuditFault::Changed),
        // With the right hash of its own it is the next one that does not fit.
        (format!("UPDATE audit SET record = '{quoted}', hash = x'{rehashed}' WHERE number = 30"), 31, AuditFault::Changed),
        ("UPDATE audit SET hash = x'00000000000000000000000000000000000000000000000000000000000000aa' WHERE number = 450".to_owned(), 450, AuditFault::Changed),
        ("DELETE FROM audit_text WHERE number = 201; DELETE FROM audit WHERE number = 201".to_owned(), 201, AuditFault::Missing),
        ("DELETE FROM audit_text WHERE number = 1; DELETE FROM audit WHERE number = 1".to_owned(), 1, AuditFault::Missing),
        ("UPDATE audit_text SET text = 'name: somebody else' WHERE number = 44".to_owned(), 44, AuditFault::TextChanged),
        ("INSERT INTO audit_text VALUES (5, zeroblob(16), 'made up')".to_owned(), 5, AuditFault::TextChanged),
    ] {
        tamper(&installation, &statements)?;
        let verdict = verify_audit(&engine, None).await?;
        let broken = verdict.broken.unwrap();
        assert_eq!((broken.number, broken.fault, verdict.n_entries), (number, fault, number - 1), "{statements}");
        let told = installation.run(["audit", "verify", "--format", "text"])?;
        assert!(told.code == Some(9) && told.stderr.contains(&format!("entry {number}:")), "{told:?}");
        restore(&installation)?;
    }

    // A log that was cut off, or written anew from before a head, passes alone, and not against the head.
    tamper(&installation, "DELETE FROM audit_text WHERE number > 440; DELETE FROM audit WHERE number > 440")?;
    assert_eq!(verify_audit(&engine, None).await?.broken, None);
    let broken = verify_audit(&engine, Some(head)).await?.broken.unwrap();
    assert_eq!((broken.number, broken.fault), (441, AuditFault::Missing));
    for number in 441..=451 {
        note(&engine, entry(number)).await?;
    }
    assert_eq!(verify_audit(&engine, None).await?.broken, None);
    let broken = verify_audit(&engine, Some(head)).await?.broken.unwrap();
    assert_eq!((broken.number, broken.fault), (450, AuditFault::NotTheKnown));
    let known = format!("450:{}", head.hash);
    assert_eq!(installation.run(["audit", "verify", "--known", &known])?.code, Some(9));

    // Whoever has to forget may: the chain holds, and that it was done is noted.
    let forgotten = installation.succeed(["audit", "forget", "6", "7", "9999"])?.stdout;
    assert_eq!(forgotten, "2 of 3 entries had a text; it is gone\n");
    assert_eq!(verify_audit(&engine, None).await?.broken, None);
    let page = audit_page(&engine, &AuditFilter::default(), Some(8), 2).await?;
    assert!(page.entries.iter().all(|entry| entry.text.is_none() && entry.record.is_some()), "{page:?}");
    Ok(())
}

fn restore(installation: &Installation) -> Result<()> {
    let back = "DELETE FROM audit_text; DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; \
                INSERT INTO audit_text SELECT * FROM kept_text;";
    tamper(installation, back)
}

/// The hash of an entry.
async fn hash_of(engine: &Engine, number: u64) -> Result<ContentHash> {
    Ok(audit_page(engine, &AuditFilter::default(), Some(number + 1), 1).await?.entries[0].hash)
}

/// The record of an entry, as it is stored.
async fn page_record(engine: &Engine, number: u64) -> Result<String> {
    let page = audit_page(engine, &AuditFilter::default(), Some(number + 1), 1).await?;
    ensure!(page.entries[0].number == number, "entry {}", page.entries[0].number);
    Ok(page.entries[0].record.as_ref().unwrap().encode()?)
}
