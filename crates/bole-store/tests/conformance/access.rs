//! Keys, sessions, and the log of who did what.

use std::collections::BTreeSet;

use bole_core::{
    Actor, AuditAction, AuditRecord, ContentHash, FieldId, KeyId, KeyRecord, Role, SessionRecord,
};
use bole_store::{KeptAudit, NewAudit, StoreError};
use uuid::Uuid;

use super::Database;
use super::fixture::{at, check, document, refused_by};

fn key(number: u8, role: Role, second: i64) -> KeyRecord {
    KeyRecord {
        id: KeyId::from_bytes([number; 8]),
        name: format!("控制台 {number}"),
        role,
        secret: ContentHash::of(&[number]),
        created_at: at(second),
        expires_at: None,
        revoked_at: None,
    }
}

pub(crate) async fn keys_are_kept_and_taken_back(database: &dyn Database) {
    let store = database.open().await;
    assert!(store.keys().await.unwrap().is_empty());
    let fields = ["finance", "aerospace"].map(|field| FieldId(field.to_owned())).into();
    let mut keys = [
        key(2, Role::Portal { portal: "live".parse().unwrap() }, 1),
        KeyRecord { expires_at: Some(at(99)), ..key(3, Role::Recruiter { fields: Some(fields) }, 1) },
        key(1, Role::Recruiter { fields: None }, 2),
        key(9, Role::Recruiter { fields: Some(BTreeSet::new()) }, 3),
        KeyRecord { revoked_at: Some(at(4)), ..key(4, Role::Ops, 4) },
        key(5, Role::Admin, 5),
    ];
    for key in keys.iter().rev() {
        store.add_key(key).await.unwrap();
    }
    let store = database.open().await;
    assert_eq!(store.keys().await.unwrap(), keys);
    for key in &keys {
        assert_eq!(store.key(key.id).await.unwrap().as_ref(), Some(key));
    }
    let [portal, .., ops, admin] = &mut keys;
    assert!(store.revoke_key(portal.id, at(7)).await.unwrap());
    assert!(!store.revoke_key(portal.id, at(8)).await.unwrap(), "once");
    assert!(!store.revoke_key(ops.id, at(8)).await.unwrap(), "revoked when it came");
    assert!(!store.revoke_key(KeyId::from_bytes([77; 8]), at(8)).await.unwrap(), "unknown");
    assert_eq!(store.key(KeyId::from_bytes([77; 8])).await.unwrap(), None);
    portal.revoked_at = Some(at(7));
    // An id is given once, whatever became of its key.
    let again = store.add_key(&KeyRecord { role: Role::Admin, ..portal.clone() }).await;
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    let nameless = KeyRecord { id: KeyId::from_bytes([6; 8]), name: "名".repeat(67), ..admin.clone() };
    refused_by(store.add_key(&nameless).await, "key_name_size");
    assert_eq!(store.keys().await.unwrap(), keys);
    check(&*store).await;
}

pub(crate) async fn sessions_begin_and_end(database: &dyn Database) {
    let store = database.open().await;
    let session = |number: u8, ends: i64| SessionRecord {
        token: ContentHash::of(&[number]),
        key: Some(KeyId::from_bytes([number; 8])),
        blind: false,
        began_at: at(1),
        expires_at: at(ends),
    };
    let mut ours = session(1, 50);
    let local = SessionRecord { key: None, blind: true, ..session(2, 60) };
    let theirs = session(3, 50);
    for session in [&ours, &local, &theirs] {
        store.add_session(session).await.unwrap();
    }
    let again = store.add_session(&SessionRecord { key: None, ..ours }).await;
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    let store = database.open().await;
    for session in [&ours, &local, &theirs] {
        assert_eq!(store.session(session.token).await.unwrap().as_ref(), Some(session));
    }
    let unknown = ContentHash::of(b"unknown");
    assert_eq!(store.session(unknown).await.unwrap(), None);

    for is_blind in [true, true, false, true] {
        assert!(store.set_session_blind(ours.token, is_blind).await.unwrap());
        ours.blind = is_blind;
        assert_eq!(store.session(ours.token).await.unwrap(), Some(ours));
    }
    assert!(!store.set_session_blind(unknown, true).await.unwrap());
    assert_eq!(store.session(theirs.token).await.unwrap(), Some(theirs), "of itself only");

    store.end_session(theirs.token).await.unwrap();
    store.end_session(theirs.token).await.unwrap();
    assert_eq!(store.session(theirs.token).await.unwrap(), None);
    assert!(!store.set_session_blind(theirs.token, false).await.unwrap());

    assert_eq!(store.sweep_sessions(at(49)).await.unwrap(), 0);
    assert_eq!(store.session(ours.token).await.unwrap(), Some(ours));
    assert_eq!(store.sweep_sessions(at(50)).await.unwrap(), 1, "what has expired at that moment");
    assert_eq!(store.session(ours.token).await.unwrap(), None);
    assert_eq!(store.session(local.token).await.unwrap(), Some(local));
    assert_eq!(store.sweep_sessions(at(99)).await.unwrap(), 1);
    assert_eq!(store.sweep_sessions(at(99)).await.unwrap(), 0);
    check(&*store).await;
}

pub(crate) async fn the_audit_log_is_one_chain(database: &dyn Database) {
    const N_ROUNDS: u64 = 12;
    let (left, right) = (database.open().await, database.open().await);
    assert_eq!(left.add_audit(&[]).await.unwrap(), 0);
    assert_eq!(left.audit(0, 9).await.unwrap(), []);
    assert_eq!(left.audit_back(None, 9).await.unwrap(), []);
    // Two that append at once: each slice stays together and in order.
    for round in 0..N_ROUNDS {
        let (ours, theirs) = (slice("left", round), slice("right", round));
        let (ours, theirs) = tokio::join!(left.add_audit(&ours), right.add_audit(&theirs));
        let mut lasts = [ours.unwrap(), theirs.unwrap()];
        lasts.sort_unstable();
        assert_eq!(lasts, [round * 6 + 3, round * 6 + 6]);
    }
    assert_eq!(left.add_audit(&[]).await.unwrap(), N_ROUNDS * 6);
    let kept = left.audit(0, u32::MAX).await.unwrap();
    let records = chained(&kept);
    assert_eq!(records.len() as u64, N_ROUNDS * 6);
    for (slice_of, kept) in records.chunks(3).zip(kept.chunks(3)) {
        let name = slice_of[0].actor.name.clone();
        let round = slice_of[0].at.as_second() - at(0).as_second();
        for ((record, kept), entry) in slice_of.iter().zip(kept).zip(slice(&name, round as u64)) {
            assert_eq!(
                (record.at, record.actor.clone(), record.action),
                (entry.at, entry.actor, entry.action)
            );
            assert_eq!((record.request, &record.resumes), (entry.request, &entry.resumes));
            assert_eq!(record.subject, entry.subject.map(|subject| subject.replace('\0', "\u{fffd}")));
            assert_eq!(kept.text.as_ref().map(|(_, text)| text.clone()), entry.text);
        }
    }
    let salts: BTreeSet<[u8; 16]> = kept.iter().filter_map(|kept| Some(kept.text.as_ref()?.0)).collect();
    assert_eq!(salts.len() as u64, N_ROUNDS * 2, "each its own");
    // Page by page, on and back.
    assert_eq!(right.audit(70, 1).await.unwrap(), kept[70..71]);
    assert_eq!(right.audit(70, 9).await.unwrap(), kept[70..]);
    assert_eq!(right.audit(72, 9).await.unwrap(), []);
    assert_eq!(right.audit(u64::MAX, 9).await.unwrap(), []);
    let back: Vec<KeptAudit> = kept.iter().rev().cloned().collect();
    assert_eq!(right.audit_back(None, 5).await.unwrap(), back[..5]);
    assert_eq!(right.audit_back(Some(68), 5).await.unwrap(), back[5..10]);
    assert_eq!(right.audit_back(Some(u64::MAX), 100).await.unwrap(), back);
    assert_eq!(right.audit_back(Some(1), 9).await.unwrap(), []);
    check(&*left).await;
}

pub(crate) async fn a_forgotten_text_leaves_the_chain(database: &dyn Database) {
    let store = database.open().await;
    store.add_audit(&slice("console", 1)).await.unwrap();
    store.add_audit(&slice("console", 2)).await.unwrap();
    let before = store.audit(0, 9).await.unwrap();
    assert_eq!(store.forget_audit_texts(&[]).await.unwrap(), 0);
    // 1 and 4 have a text, 3 has none, and there is no 9.
    assert_eq!(store.forget_audit_texts(&[1, 3, 9, 1]).await.unwrap(), 1);
    assert_eq!(store.forget_audit_texts(&[1, u64::MAX]).await.unwrap(), 0);
    let store = database.open().await;
    let after = store.audit(0, 9).await.unwrap();
    chained(&after);
    assert!(after[0].text.is_none() && after[3].text.is_some());
    let mut expected = before;
    expected[0].text = None;
    assert_eq!(after, expected);
    assert_eq!(store.add_audit(&slice("console", 3)).await.unwrap(), 9);
    chained(&store.audit(0, 9).await.unwrap());
}

pub(crate) async fn a_refused_entry_takes_its_slice_along(database: &dyn Database) {
    let store = database.open().await;
    store.add_audit(&slice("console", 1)).await.unwrap();
    let mut entries = slice("console", 2);
    entries[1].text = Some("字".repeat(30_000));
    refused_by(store.add_audit(&entries).await, "audit_text_size");
    let mut entries = slice("console", 2);
    entries[2].resumes = vec![document("a"); 1000];
    refused_by(store.add_audit(&entries).await, "audit_record_size");
    assert_eq!(store.audit(0, 9).await.unwrap().len(), 3);
    assert_eq!(store.add_audit(&slice("console", 2)).await.unwrap(), 6);
    chained(&store.audit(0, 9).await.unwrap());
}

/// A record that was overwritten by something else, as `overwrite` does with the second one.
pub(crate) async fn a_damaged_record_is_shown_as_it_is(
    database: &dyn Database,
    overwrite: impl AsyncFnOnce(),
) {
    let store = database.open().await;
    store.add_audit(&slice("console", 1)).await.unwrap();
    let before = store.audit(0, 9).await.unwrap();
    overwrite().await;
    let after = store.audit(0, 9).await.unwrap();
    assert_eq!(after[1].record, "nothing of ours");
    assert_ne!(AuditRecord::chained(Some(after[0].hash), &after[1].record), after[1].hash);
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    // The log goes on from the hash that is kept.
    assert_eq!(store.add_audit(&slice("console", 2)).await.unwrap(), 6);
    let last = store.audit_back(None, 3).await.unwrap();
    assert_eq!(last[2].hash, AuditRecord::chained(Some(after[2].hash), &last[2].record));
}

/// Three entries; the first has a text, and all kinds of characters.
fn slice(name: &str, round: u64) -> Vec<NewAudit> {
    let entry = |action, text: Option<&str>, subject: Option<&str>| NewAudit {
        at: at(round as i64),
        actor: Actor {
            key: (name == "left").then(|| KeyId::from_bytes([7; 8])),
            name: name.to_owned(),
            role: "recruiter".to_owned(),
        },
        action,
        request: Uuid::from_u128(u128::from(round)),
        resumes: if action == AuditAction::Match { vec![document("b"), document("a")] } else { Vec::new() },
        subject: subject.map(str::to_owned),
        text: text.map(str::to_owned),
    };
    vec![
        entry(AuditAction::Search, Some("李 \"电池\" \\u0000\n'"), None),
        entry(AuditAction::Match, None, Some("run\0 '\"\\u0000")),
        entry(AuditAction::Export, None, None),
    ]
}

/// Checks numbers, hashes and the hashes of texts from the first entry on; answers what was logged.
fn chained(kept: &[KeptAudit]) -> Vec<AuditRecord> {
    let mut before = None;
    let mut records = Vec::new();
    for (number, kept) in (1..).zip(kept) {
        let record = AuditRecord::decode(&kept.record).unwrap();
        assert_eq!((record.number, kept.number), (number, number));
        assert_eq!(kept.hash, AuditRecord::chained(before, &kept.record), "{number}");
        if let Some((salt, text)) = &kept.text {
            assert_eq!(record.text, Some(AuditRecord::text_hash(*salt, text)));
        }
        before = Some(kept.hash);
        records.push(record);
    }
    records
}
