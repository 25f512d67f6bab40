//! A store as an older binary left it.

use bole_core::{FieldId, LogPosition, ReaderVersion, ReadingId, Reason, State};
use bole_store::Store;

use super::fixture::{
    at, check, commit_one, copy, document, id, lexicon, read, read_as, standing, submitted,
};

/// Rows of schema 1: a document that was read, with a copy and a broken message, and one that is queued. `bytes` is how
/// the dialect writes the bytes that hex digits name.
pub(crate) fn rows_of_schema_1(bytes: impl Fn(&str) -> String) -> String {
    let hex = |content: &[u8]| bytes(&hex::encode(content));
    let (a, b) = (hex(document("a").as_bytes()), hex(document("b").as_bytes()));
    let time = at(0).as_microsecond();
    let person = hex(&[7; 16]);
    format!(
        "INSERT INTO document (number, id, first, as_of, as_of_sound) VALUES (1, {a}, NULL, 20261121, 1), \
         (2, {b}, NULL, NULL, 0); \
         INSERT INTO submission (number, portal, message_id, document, state, reason, detail, attempt, \
         duplicate_of, document_date, source_name, candidate_ref, field, consent, received_at, changed_at) VALUES \
         (1, 'live', '1', 1, 'indexed', 'read', NULL, 1, NULL, 20261121, '/in/a.pdf', NULL, 'Finance', 'c', {time}, {time}), \
         (2, 'live', '2', 1, 'duplicate', 'same_content', NULL, 1, 1, 20261121, NULL, NULL, 'a \\ \"b', NULL, {time}, {time}), \
         (3, 'live', '3', 1, 'quarantined', 'bad_message', 'd', 1, NULL, 20261121, NULL, NULL, 'aerospace', NULL, {time}, {time}), \
         (4, 'live', '4', 2, 'queued', 'received', NULL, 1, NULL, 20261121, NULL, NULL, NULL, NULL, {time}, {time}); \
         UPDATE document SET first = 1 WHERE number = 1; \
         INSERT INTO transition (submission, sequence, state, reason, attempt, at) \
         SELECT number, 1, state, reason, attempt, changed_at FROM submission; \
         INSERT INTO ledger (portal, received) VALUES ('live', 4); \
         INSERT INTO change (position, at, event) SELECT number, changed_at, \
         '{{\"kind\":\"submission\",\"submission\":{{\"portal\":\"live\",\"message_id\":\"' || message_id || \
         '\"}},\"document\":\"' || CASE document WHEN 1 THEN '{a_hex}' ELSE '{b_hex}' END || '\",\"reason\":\"' || \
         reason || '\",\"attempt\":1}}' FROM submission; \
         INSERT INTO change (position, at, event) VALUES (5, {time}, \
         '{{\"kind\":\"document\",\"document\":\"{a_hex}\"}}'); \
         INSERT INTO contact (contact, name, document) VALUES ('mail:a@x', 'li', 1), ('tel:1', 'li', 1); \
         INSERT INTO original (document, bytes) VALUES (1, {content}); \
         INSERT INTO reading (document, reader, bytes) VALUES (1, 1, {content}); \
         INSERT INTO evidence (lexicon, document, reader, bytes) VALUES ({lexicon}, 1, 1, {content}); \
         INSERT INTO standing (document, from_position, to_position, as_of, reason, reader, person) \
         VALUES (1, 5, NULL, 20261121, NULL, 1, {person});",
        a_hex = document("a"),
        b_hex = document("b"),
        content = hex(b"a"),
        lexicon = hex(lexicon().as_bytes()),
    )
}

/// Checks that all of it is there, and that the store goes on.
pub(crate) async fn check_rows_of_schema_1(store: &(impl Store + bole_store::Originals)) {
    check(store).await;
    assert_eq!(store.head().await.unwrap(), LogPosition(5));
    let first = store.submission(&id("live", "1")).await.unwrap().unwrap();
    assert_eq!((first.state, first.source_name.as_deref()), (State::Indexed, Some("/in/a.pdf")));
    assert_eq!((first.consent.as_deref(), first.traceparent), (Some("c"), None));
    let broken = store.submission(&id("live", "3")).await.unwrap().unwrap();
    assert_eq!((broken.reason, broken.detail.as_deref()), (Reason::BadMessage, Some("d")));
    assert_eq!(store.original(document("a")).await.unwrap().as_deref(), Some(b"a".as_slice()));
    assert_eq!(store.original(document("b")).await.unwrap(), None);
    let reading = ReadingId { document: document("a"), reader: ReaderVersion(1) };
    assert_eq!(store.readings(&[reading]).await.unwrap()[0].as_ref().unwrap().as_bytes(), b"a");
    assert!(store.evidence(lexicon(), &[reading]).await.unwrap()[0].is_some());
    // Those of what was decided and kept the contract.
    let fields = ["finance", "a-b"].map(|name| Some(FieldId(name.to_owned()))).into_iter().collect();
    for standing in
        [standing(store, "a").await.unwrap(), store.standings(LogPosition(5)).await.unwrap().remove(0)]
    {
        assert_eq!(standing.fields, fields);
    }
    assert!(store.portals().await.unwrap().is_empty());
    assert_eq!(commit_one(store, read(submitted("4", "b"), "b")).await.state, State::Indexed);
    assert_eq!(store.original(document("b")).await.unwrap().as_deref(), Some(b"b".as_slice()));
    assert!(!standing(store, "a").await.unwrap().fields.any());
    assert_eq!(commit_one(store, copy(submitted("5", "a"), "a")).await.duplicate_of, Some(id("live", "1")));
    assert!(standing(store, "a").await.unwrap().fields.any());
    commit_one(store, read_as(submitted("6", "c"), "c", "li", &[])).await;
    let alike = store.alike(document("c"), 9).await.unwrap();
    let alike: Vec<_> = alike.iter().map(|it| (it.standing.document, it.by_contact, it.by_name)).collect();
    assert_eq!(alike, [(document("a"), false, true)]);
    check(store).await;
}
