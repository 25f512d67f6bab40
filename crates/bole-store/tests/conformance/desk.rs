//! What recruiters note: decisions, notes, shortlists.

use bole_core::{Choice, Decision, DocumentId, FieldId, Note, Shortlist, ShortlistEntry};
use bole_store::StoreError;
use uuid::Uuid;

use super::Database;
use super::fixture::{at, check, document, refused_by};

pub(crate) async fn decisions_stay_in_order(database: &dyn Database) {
    let store = database.open().await;
    // None of these resumes is in the store: they may be noted about before, and after, they are.
    let (a, b) = (document("a"), document("b"));
    assert_eq!(store.decisions_of(&[a, b]).await.unwrap(), []);
    let decided = |resume, choice, second| Decision {
        resume,
        profile: "energy-storage".to_owned(),
        choice,
        by: "招聘 1".to_owned(),
        at: at(second),
    };
    // In the order in which they came, whatever the clocks of the servers said.
    let of_a = [
        decided(a, Choice::Hold, 5),
        decided(a, Choice::Advance, 3),
        decided(a, Choice::Decline, 3),
        decided(a, Choice::Open, 4),
    ];
    let of_b = [decided(b, Choice::Advance, 1)];
    for decision in of_a.iter().take(2).chain(&of_b).chain(&of_a[2..]) {
        store.add_decision(decision).await.unwrap();
    }
    let store = database.open().await;
    let found = store.decisions_of(&[b, document("c"), a]).await.unwrap();
    assert_eq!(found, [&of_b[..], &of_a[..]].concat());
    assert_eq!(store.decisions_of(&[]).await.unwrap(), []);
    let long = Decision { by: "名".repeat(67), ..of_b[0].clone() };
    refused_by(store.add_decision(&long).await, "decision_author_size");
    let long = Decision { profile: "p".repeat(201), ..of_b[0].clone() };
    refused_by(store.add_decision(&long).await, "decision_profile_size");
    assert_eq!(store.decisions_of(&[b]).await.unwrap(), of_b);
    check(&*store).await;
}

pub(crate) async fn notes_are_written_and_deleted(database: &dyn Database) {
    let store = database.open().await;
    let (a, b) = (document("a"), document("b"));
    let note = |id, resume, text: &str, second| Note {
        id: Uuid::from_u128(id),
        resume,
        text: text.to_owned(),
        by: "console".to_owned(),
        at: at(second),
    };
    let notes = [note(9, a, "电池\n'\"", 7), note(1, a, "", 6), note(5, b, &"b".repeat(16 << 10), 5)];
    for note in &notes {
        store.add_note(note).await.unwrap();
    }
    store.add_note(&note(2, a, "a\0b", 8)).await.unwrap();
    let store = database.open().await;
    let found = store.notes_of(&[b, a]).await.unwrap();
    assert_eq!(found[0], notes[2]);
    assert_eq!(found[1..3], notes[..2]);
    assert_eq!(found[3].text, "a\u{fffd}b");
    assert_eq!(found.len(), 4);
    let again = store.add_note(&note(9, b, "of an id that is given", 9)).await;
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    refused_by(store.add_note(&note(3, a, &"字".repeat(5462), 9)).await, "note_size");
    let id = notes[0].id;
    assert!(!store.delete_note(b, id).await.unwrap(), "of another resume");
    assert!(store.delete_note(a, id).await.unwrap());
    assert!(!store.delete_note(a, id).await.unwrap(), "once");
    assert_eq!(store.notes_of(&[a]).await.unwrap(), found[2..]);
    check(&*store).await;
}

fn list(id: u128, name: &str, second: i64) -> Shortlist {
    Shortlist {
        id: Uuid::from_u128(id),
        name: name.to_owned(),
        profile: "energy-storage".to_owned(),
        field: FieldId("energy-storage".to_owned()),
        by: "console".to_owned(),
        created_at: at(second),
        n_entries: 0,
    }
}

fn entry(resume: DocumentId, second: i64) -> ShortlistEntry {
    ShortlistEntry { resume, run: None, place: None, score: None, by: "console".to_owned(), at: at(second) }
}

pub(crate) async fn shortlists_are_kept_page_by_page(database: &dyn Database) {
    let store = database.open().await;
    assert_eq!(store.shortlists(None, 9).await.unwrap(), []);
    let mut lists = [list(7, "一月", 1), list(8, "", 1), list(2, "three", 2), list(u128::MAX, "four", 2)];
    for list in lists.iter().rev() {
        store.add_shortlist(&Shortlist { n_entries: 9, ..list.clone() }).await.unwrap();
    }
    let store = database.open().await;
    assert_eq!(store.shortlists(None, 9).await.unwrap(), lists);
    for list in &lists {
        assert_eq!(store.shortlist(list.id).await.unwrap().as_ref(), Some(list));
    }
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = store.shortlists(after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.id));
        pages.push(page);
    }
    assert_eq!(pages, [&lists[..3], &lists[3..]]);
    assert!(store.rename_shortlist(lists[1].id, "二月").await.unwrap());
    "二月".clone_into(&mut lists[1].name);
    let unknown = Uuid::from_u128(77);
    assert!(!store.rename_shortlist(unknown, "nothing").await.unwrap());
    assert_eq!(store.shortlist(unknown).await.unwrap(), None);
    refused_by(store.rename_shortlist(lists[1].id, &"名".repeat(67)).await, "shortlist_name_size");
    refused_by(store.add_shortlist(&list(77, &"名".repeat(67), 3)).await, "shortlist_name_size");
    let again = store.add_shortlist(&list(7, "of an id that is given", 3)).await;
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    assert_eq!(store.shortlists(None, 9).await.unwrap(), lists);
    check(&*store).await;
}

pub(crate) async fn resumes_are_put_on_shortlists_and_taken_off(database: &dyn Database) {
    let store = database.open().await;
    let (one, two) = (list(1, "one", 1), list(2, "two", 2));
    store.add_shortlist(&one).await.unwrap();
    store.add_shortlist(&two).await.unwrap();
    let mut resumes = ["a", "b", "c"].map(document);
    resumes.sort_unstable();
    let [a, b, c] = resumes;
    let run = "0123456789abcdef".parse().unwrap();
    let ranked = ShortlistEntry { run: Some(run), place: Some(3), score: Some(71_250), ..entry(c, 1) };
    assert!(store.put_entries(one.id, &[entry(b, 2), ranked.clone(), entry(a, 2)]).await.unwrap());
    assert!(store.put_entries(two.id, &[entry(a, 9)]).await.unwrap());
    assert_eq!(store.entries(one.id).await.unwrap(), [ranked, entry(a, 2), entry(b, 2)]);
    // What is there already is as given now, where it was; of one that is given twice the last counts.
    let again = ShortlistEntry { place: Some(1), by: "other".to_owned(), ..entry(c, 5) };
    let twice = [entry(a, 3), again.clone(), entry(a, 4)];
    assert!(store.put_entries(one.id, &twice).await.unwrap());
    assert!(store.put_entries(one.id, &[]).await.unwrap());
    let store = database.open().await;
    assert_eq!(store.entries(one.id).await.unwrap(), [again.clone(), entry(a, 4), entry(b, 2)]);
    let counts: Vec<u64> =
        store.shortlists(None, 9).await.unwrap().iter().map(|list| list.n_entries).collect();
    assert_eq!(counts, [3, 1]);
    // All or none.
    let nameless = ShortlistEntry { by: "名".repeat(67), ..entry(b, 6) };
    refused_by(store.put_entries(two.id, &[entry(c, 6), nameless]).await, "entry_author_size");
    assert_eq!(store.entries(two.id).await.unwrap(), [entry(a, 9)]);
    assert_eq!(store.remove_entries(one.id, &[a, document("x"), c, a]).await.unwrap(), 2);
    assert_eq!(store.remove_entries(one.id, &[a]).await.unwrap(), 0);
    assert_eq!(store.entries(one.id).await.unwrap(), [entry(b, 2)]);
    let unknown = Uuid::from_u128(77);
    assert!(!store.put_entries(unknown, &[entry(a, 1)]).await.unwrap());
    assert!(!store.put_entries(unknown, &[]).await.unwrap());
    assert_eq!(store.remove_entries(unknown, &[a]).await.unwrap(), 0);
    assert_eq!(store.entries(unknown).await.unwrap(), []);
    // A list goes with its entries, the other stays.
    assert!(store.delete_shortlist(one.id).await.unwrap());
    assert!(!store.delete_shortlist(one.id).await.unwrap(), "once");
    assert_eq!(store.entries(one.id).await.unwrap(), []);
    let left = store.shortlists(None, 9).await.unwrap();
    assert_eq!(left, [Shortlist { n_entries: 1, ..two.clone() }]);
    store.add_shortlist(&one).await.unwrap();
    assert_eq!(store.shortlist(one.id).await.unwrap(), Some(one));
    check(&*store).await;
}

pub(crate) async fn several_may_put_and_delete_at_once(database: &dyn Database) {
    let (left, right) = (database.open().await, database.open().await);
    let [a, b] = ["a", "b"].map(document);
    for round in 0..8 {
        let list = list(round, "list", 1);
        left.add_shortlist(&list).await.unwrap();
        let (forth, back) = ([entry(a, 1), entry(b, 1)], [entry(b, 2), entry(a, 2)]);
        let (one, two) = tokio::join!(left.put_entries(list.id, &forth), right.put_entries(list.id, &back));
        assert!(one.unwrap() && two.unwrap());
        assert_eq!(left.entries(list.id).await.unwrap().len(), 2);
        let more = [entry(a, 3)];
        let (put, deleted) = tokio::join!(left.put_entries(list.id, &more), right.delete_shortlist(list.id));
        // Whoever came first: the list is gone, with all that was on it.
        put.unwrap();
        assert!(deleted.unwrap());
        assert_eq!(left.entries(list.id).await.unwrap(), []);
        assert_eq!(left.shortlist(list.id).await.unwrap(), None);
    }
}
