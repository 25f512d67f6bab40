//! What is looked up of submissions and people.

use bole_core::{DocumentId, MessageId, PersonId, Portal, Reason, State, SubmissionId};
use bole_store::Store;
use uuid::Uuid;

use super::Database;
use super::fixture::{at, check, commit_one, copy, document, id, person, read, read_as, refused, submitted};

pub(crate) async fn submissions_are_found_in_their_order(database: &dyn Database) {
    let store = database.open().await;
    store.accept(&[submitted("0", "waiting")], at(0)).await.unwrap();
    commit_one(&*store, read(submitted("2", "a"), "a")).await;
    commit_one(&*store, copy(submitted("1", "a"), "a")).await;
    let ids = [id("live", "1"), id("other", "1"), id("live", "2"), id("live", "0"), id("live", "1")];
    let found = store.submissions(&ids).await.unwrap();
    let mut expected = Vec::new();
    for id in &ids {
        expected.push(store.submission(id).await.unwrap());
    }
    assert_eq!(found, expected);
    let states: Vec<_> = found.iter().map(|record| record.as_ref().map(|record| record.state)).collect();
    let [duplicate, indexed] = [Some(State::Duplicate), Some(State::Indexed)];
    assert_eq!(states, [duplicate, None, indexed, Some(State::Accepting), duplicate]);
    assert_eq!(store.submissions(&[]).await.unwrap(), []);
    // Some thousands at once.
    let many: Vec<SubmissionId> = (0..3000).map(|number| id("live", &number.to_string())).collect();
    let found = store.submissions(&many).await.unwrap();
    assert_eq!(found.len(), many.len());
    assert_eq!(found.iter().flatten().count(), 3);
    check(&*store).await;
}

pub(crate) async fn a_portal_lists_its_submissions_page_by_page(database: &dyn Database) {
    let store = database.open().await;
    let live: Portal = "live".parse().unwrap();
    assert_eq!(store.submissions_of_portal(&live, None, None, 9).await.unwrap(), []);
    let mut foreign = submitted("c", "foreign");
    foreign.submission = id("other", "c");
    commit_one(&*store, read(foreign, "foreign")).await;
    // `accepting` does not count yet; of the others each stands elsewhere.
    store.accept(&[submitted("b", "b"), submitted("e", "e")], at(0)).await.unwrap();
    store.confirm(&[submitted("e", "e")], at(0)).await.unwrap();
    commit_one(&*store, read(submitted("g", "a"), "a")).await;
    commit_one(&*store, copy(submitted("C", "a"), "a")).await;
    commit_one(&*store, copy(submitted("é", "a"), "a")).await;
    commit_one(&*store, refused(submitted("f", "f"), "f", Reason::NoText)).await;
    commit_one(&*store, refused(submitted("d", "d"), "d", Reason::NoText)).await;
    store.discard(&[id("live", "d")], at(1)).await.unwrap();
    let store = database.open().await;
    // By the bytes of the id, whatever the language of the database.
    assert_eq!(listed(&*store, &live, None, 9).await, ["C", "d", "e", "f", "g", "é"]);
    assert_eq!(listed(&*store, &live, None, 4).await, ["C", "d", "e", "f", "g", "é"]);
    assert_eq!(listed(&*store, &live, None, 1).await, ["C", "d", "e", "f", "g", "é"]);
    let of_state = [
        (State::Accepting, &[][..]),
        (State::Queued, &["e"]),
        (State::Indexed, &["g"]),
        (State::Duplicate, &["C", "é"]),
        (State::Quarantined, &["f"]),
        (State::Discarded, &["d"]),
        (State::Erased, &[]),
    ];
    for (state, expected) in of_state {
        assert_eq!(listed(&*store, &live, Some(state), 1).await, expected, "{state:?}");
    }
    let other = "other".parse().unwrap();
    assert_eq!(listed(&*store, &other, None, 9).await, ["c"]);
    assert_eq!(listed(&*store, &other, Some(State::Queued), 9).await, [""; 0]);
    let record = store.submission(&id("live", "C")).await.unwrap().unwrap();
    assert_eq!(store.submissions_of_portal(&live, None, None, 1).await.unwrap(), [record]);
    assert_eq!(store.submissions_of_portal(&live, None, None, 0).await.unwrap(), []);
    check(&*store).await;
}

/// All message ids, from page to page.
async fn listed(store: &dyn Store, portal: &Portal, state: Option<State>, limit: u32) -> Vec<String> {
    let mut listed: Vec<MessageId> = Vec::new();
    loop {
        let page = store.submissions_of_portal(portal, state, listed.last(), limit).await.unwrap();
        assert!(page.len() <= limit as usize);
        assert!(page.iter().all(|record| record.portal() == portal));
        if page.is_empty() {
            return listed.iter().map(ToString::to_string).collect();
        }
        listed.extend(page.into_iter().map(|record| record.submission.message_id));
    }
}

pub(crate) async fn a_person_has_the_documents_that_stand(database: &dyn Database) {
    let store = database.open().await;
    let contact = ["mail:li@example.org"];
    commit_one(&*store, read_as(submitted("1", "a"), "a", "李雷", &contact)).await;
    commit_one(&*store, read_as(submitted("2", "b"), "b", "李雷", &contact)).await;
    commit_one(&*store, read_as(submitted("3", "c"), "c", "韩梅", &["mail:han@example.org"])).await;
    commit_one(&*store, refused(submitted("4", "d"), "d", Reason::NoText)).await;
    let sorted = |contents: &[&str]| {
        let mut documents: Vec<DocumentId> = contents.iter().map(|content| document(content)).collect();
        documents.sort_unstable();
        documents
    };
    let li = person(&*store, "a").await;
    assert_eq!(store.documents_of(li).await.unwrap(), sorted(&["a", "b"]));
    let han = person(&*store, "c").await;
    assert_eq!(store.documents_of(han).await.unwrap(), sorted(&["c"]));
    // Under another name the contact holds nobody together any more.
    commit_one(&*store, read_as(submitted("5", "e"), "e", "韩梅", &contact)).await;
    let of_a = store.documents_of(person(&*store, "a").await).await.unwrap();
    assert_eq!(of_a, sorted(&["a"]));
    assert_eq!(store.documents_of(PersonId(Uuid::from_u128(77))).await.unwrap(), []);
    check(&*store).await;
}
