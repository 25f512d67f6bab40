//! The conformance suite on SQLite, and what only a file can do.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

mod conformance;
mod file;

use std::time::Duration;

use bole_core::{Fault, LogPosition};
use bole_store::{CopyError, CopyFile, SqliteStore, Store as _, StoreError};
use conformance::people::AsyncRunner as _;
use conformance::{
    Database, Tokio, access, artifacts, copying, desk, fields, fixture, intake, law, log, older, operating,
    people, quarantine, reading, reread, settling,
};
use file::File;
use sqlx::{ConnectOptions, Connection};

fn on_file(case: impl AsyncFnOnce(&dyn Database)) {
    Tokio::new().run(case(&File::new()));
}

#[test]
fn keys_are_kept_and_taken_back() {
    on_file(access::keys_are_kept_and_taken_back);
}

#[test]
fn sessions_begin_and_end() {
    on_file(access::sessions_begin_and_end);
}

#[test]
fn the_audit_log_is_one_chain() {
    on_file(access::the_audit_log_is_one_chain);
}

#[test]
fn a_forgotten_text_leaves_the_chain() {
    on_file(access::a_forgotten_text_leaves_the_chain);
}

#[test]
fn a_refused_entry_takes_its_slice_along() {
    on_file(access::a_refused_entry_takes_its_slice_along);
}

#[test]
fn artifacts_are_kept_by_kind_and_hash() {
    on_file(artifacts::artifacts_are_kept_by_kind_and_hash);
}

#[test]
fn documents_stood_where_they_stood() {
    on_file(artifacts::documents_stood_where_they_stood);
}

#[test]
fn a_copy_is_the_same_store() {
    on_file(copying::a_copy_is_the_same_store);
}

#[test]
fn nothing_is_committed_at_the_moment_of_a_copy() {
    on_file(copying::nothing_is_committed_at_the_moment_of_a_copy);
}

#[test]
fn what_was_in_flight_is_settled() {
    on_file(copying::what_was_in_flight_is_settled);
}

#[test]
fn decisions_stay_in_order() {
    on_file(desk::decisions_stay_in_order);
}

#[test]
fn notes_are_written_and_deleted() {
    on_file(desk::notes_are_written_and_deleted);
}

#[test]
fn shortlists_are_kept_page_by_page() {
    on_file(desk::shortlists_are_kept_page_by_page);
}

#[test]
fn resumes_are_put_on_shortlists_and_taken_off() {
    on_file(desk::resumes_are_put_on_shortlists_and_taken_off);
}

#[test]
fn several_may_put_and_delete_at_once() {
    on_file(desk::several_may_put_and_delete_at_once);
}

#[test]
fn what_is_committed_is_there_after_reopening() {
    on_file(settling::what_is_committed_is_there_after_reopening);
}

#[test]
fn any_text_is_kept() {
    on_file(settling::any_text_is_kept);
}

#[test]
fn a_redelivery_changes_nothing() {
    on_file(settling::a_redelivery_changes_nothing);
}

#[test]
fn a_reused_id_is_a_submission_of_its_own() {
    on_file(settling::a_reused_id_is_a_submission_of_its_own);
}

#[test]
fn copies_are_duplicates_of_the_first() {
    on_file(settling::copies_are_duplicates_of_the_first);
}

#[test]
fn a_document_at_fault_is_decided_for_all_its_copies() {
    on_file(settling::a_document_at_fault_is_decided_for_all_its_copies);
}

#[test]
fn a_message_at_fault_decides_nothing_for_its_document() {
    on_file(settling::a_message_at_fault_decides_nothing_for_its_document);
}

#[test]
fn the_earliest_date_counts() {
    on_file(settling::the_earliest_date_counts);
}

#[test]
fn they_grow_and_the_log_tells() {
    on_file(fields::they_grow_and_the_log_tells);
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    on_file(fields::the_order_of_arrival_does_not_matter);
}

#[test]
fn a_broken_message_counts_only_alone() {
    on_file(fields::a_broken_message_counts_only_alone);
}

#[test]
fn a_replay_keeps_them() {
    on_file(fields::a_replay_keeps_them);
}

#[test]
fn a_refused_row_does_not_take_its_neighbours_along() {
    on_file(settling::a_refused_row_does_not_take_its_neighbours_along);
}

#[test]
fn accepted_then_confirmed_then_decided() {
    on_file(intake::accepted_then_confirmed_then_decided);
}

#[test]
fn a_worker_may_be_faster_than_the_confirm() {
    on_file(intake::a_worker_may_be_faster_than_the_confirm);
}

#[test]
fn what_was_never_confirmed_is_swept() {
    on_file(intake::what_was_never_confirmed_is_swept);
}

#[test]
fn an_accepted_reuse_of_an_id_has_its_own_row() {
    on_file(intake::an_accepted_reuse_of_an_id_has_its_own_row);
}

#[test]
fn known_content_is_a_copy() {
    on_file(intake::known_content_is_a_copy);
}

#[test]
fn changes_come_in_order_and_name_what_changed() {
    on_file(log::changes_come_in_order_and_name_what_changed);
}

#[test]
fn a_standing_is_seen_as_of_its_position() {
    on_file(log::a_standing_is_seen_as_of_its_position);
}

#[test]
fn a_follower_skips_nothing() {
    on_file(log::a_follower_skips_nothing);
}

#[test]
fn portals_are_added_paused_and_removed() {
    on_file(operating::portals_are_added_paused_and_removed);
}

#[test]
fn a_probe_leaves_nothing_behind() {
    on_file(operating::a_probe_leaves_nothing_behind);
}

#[test]
fn one_holder_at_a_time_follows() {
    on_file(operating::one_holder_at_a_time_follows);
}

#[test]
fn the_quarantine_is_listed_page_by_page() {
    on_file(quarantine::the_quarantine_is_listed_page_by_page);
}

#[test]
fn a_replayed_document_is_read_again() {
    on_file(quarantine::a_replayed_document_is_read_again);
}

#[test]
fn a_replayed_reuse_is_read_under_its_own_id() {
    on_file(quarantine::a_replayed_reuse_is_read_under_its_own_id);
}

#[test]
fn a_replayed_message_is_judged_again() {
    on_file(quarantine::a_replayed_message_is_judged_again);
}

#[test]
fn what_cannot_be_replayed_is_told() {
    on_file(quarantine::what_cannot_be_replayed_is_told);
}

#[test]
fn a_replay_that_ends_with_the_message_frees_the_content() {
    on_file(quarantine::a_replay_that_ends_with_the_message_frees_the_content);
}

#[test]
fn a_discarded_document_is_nobody() {
    on_file(quarantine::a_discarded_document_is_nobody);
}

#[test]
fn a_name_and_a_contact_or_a_candidate_ref() {
    on_file(people::a_name_and_a_contact_or_a_candidate_ref);
}

#[test]
fn who_may_be_the_same_person_is_told() {
    on_file(people::who_may_be_the_same_person_is_told);
}

#[test]
fn a_contact_under_two_names_parts_those_it_joined() {
    on_file(people::a_contact_under_two_names_parts_those_it_joined);
}

#[test]
fn submissions_are_found_in_their_order() {
    on_file(reading::submissions_are_found_in_their_order);
}

#[test]
fn a_portal_lists_its_submissions_page_by_page() {
    on_file(reading::a_portal_lists_its_submissions_page_by_page);
}

#[test]
fn a_person_has_the_documents_that_stand() {
    on_file(reading::a_person_has_the_documents_that_stand);
}

#[test]
fn a_new_reading_serves_and_the_old_one_stays() {
    on_file(reread::a_new_reading_serves_and_the_old_one_stays);
}

#[test]
fn a_refused_reading_leaves_the_old_one() {
    on_file(reread::a_refused_reading_leaves_the_old_one);
}

#[test]
fn what_is_left_is_listed_in_order() {
    on_file(reread::what_is_left_is_listed_in_order);
}

#[test]
fn what_is_understood_otherwise_joins_and_parts() {
    on_file(reread::what_is_understood_otherwise_joins_and_parts);
}

#[test]
fn several_may_do_the_same() {
    on_file(reread::several_may_do_the_same);
}

#[test]
fn grouping_is_a_function_of_the_documents() {
    people::grouping_is_a_function_of_the_documents(File::new, &Tokio::new());
}

#[test]
fn the_law_holds_after_any_sequence() {
    law::it_holds_after_any_sequence(File::new, &Tokio::new());
}

#[test]
fn originals_stay_with_their_submissions() {
    on_file(settling::originals_stay_with_their_submissions);
}

#[tokio::test]
async fn a_refused_original_does_not_take_its_neighbours_along() {
    let file = File::new();
    SqliteStore::open(&file.options()).await.unwrap().close().await;
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON original WHEN length(new.bytes) = 7 \
        BEGIN SELECT RAISE(ABORT, 'seven'); END";
    execute(&file, refuse).await;
    settling::a_refused_original_does_not_take_its_neighbours_along(&file).await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_number() {
    let file = File::new();
    let store = SqliteStore::open(&file.options()).await.unwrap();
    store.close().await;
    execute(&file, "PRAGMA user_version = 99").await;
    match SqliteStore::open(&file.options()).await {
        Err(StoreError::NewerSchema { found: 99, known }) => assert!(known < 99),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_older_file_is_brought_to_the_newest_form() {
    let file = File::new();
    execute(&file, include_str!("../src/sqlite/schema/0001.sql")).await;
    execute(&file, older::rows_of_schema_1(|digits| format!("unhex('{digits}')"))).await;
    execute(&file, "PRAGMA application_id = 0x424f4c45; PRAGMA user_version = 1").await;
    let store = SqliteStore::open(&file.options()).await.unwrap();
    older::check_rows_of_schema_1(&store).await;
}

#[tokio::test]
async fn the_database_of_something_else_is_left_alone() {
    let file = File::new();
    execute(&file, "CREATE TABLE recipe (name TEXT)").await;
    let opened = SqliteStore::open(&file.options()).await;
    assert!(matches!(opened, Err(StoreError::NotAStore)), "{opened:?}");
    std::fs::write(file.options().path, b"no database at all, but long enough to be looked at".repeat(99))
        .unwrap();
    let opened = SqliteStore::open(&file.options()).await;
    assert!(matches!(opened, Err(StoreError::Corrupt { .. })), "{opened:?}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_outage() {
    let file = File::new();
    let mut options = file.options();
    options.path = file.folder.path().join("missing/store.db");
    let opened = SqliteStore::open(&options).await;
    assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{opened:?}");
}

#[tokio::test]
async fn readers_do_not_wait_for_a_writer_and_a_writer_gives_up_in_time() {
    let file = File::new();
    let mut options = file.options();
    options.busy_timeout = Duration::from_millis(200);
    let store = SqliteStore::open(&options).await.unwrap();
    commit(&store, "1").await.unwrap();
    let mut other = connect(&file).await;
    sqlx::raw_sql("BEGIN IMMEDIATE; DELETE FROM change;").execute(&mut other).await.unwrap();
    assert_eq!(store.changes(LogPosition(0), 9).await.unwrap().len(), 2);
    assert_eq!(store.ledger().await.unwrap().total().received, 1);
    let refused = commit(&store, "2").await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    commit(&store, "2").await.unwrap();
    assert_eq!(store.ledger().await.unwrap().total().received, 2);
}

#[tokio::test]
async fn a_full_disk_leaves_nothing_half_written() {
    let file = File::new();
    let mut options = file.options();
    // Room for a few commits beside the empty tables, however many those are.
    SqliteStore::open(&options).await.unwrap().close().await;
    let empty_bytes = std::fs::metadata(&options.path).unwrap().len();
    options.max_file_bytes = Some(empty_bytes + (512 << 10));
    let store = SqliteStore::open(&options).await.unwrap();
    let mut n_committed = 0;
    let full = loop {
        match commit(&store, &n_committed.to_string()).await {
            Ok(()) => n_committed += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StoreError::DiskFull { .. }), "{full:?}");
    assert_eq!(full.fault(), Fault::Transient);
    assert!((2..20).contains(&n_committed), "{n_committed}");
    // Again and again the same, not an error of a connection left in a bad state.
    for _ in 0..3 {
        let again = commit(&store, "more").await;
        assert!(matches!(again, Err(StoreError::DiskFull { .. })), "{again:?}");
    }
    let ledger = store.ledger().await.unwrap();
    assert!(ledger.holds() && ledger.total().received == n_committed);
    assert_eq!(store.head().await.unwrap().0, 2 * n_committed);
    store.close().await;
    options.max_file_bytes = None;
    let store = SqliteStore::open(&options).await.unwrap();
    commit(&store, "more").await.unwrap();
    assert_eq!(store.ledger().await.unwrap().total().indexed, n_committed + 1);
}

#[tokio::test]
async fn a_dropped_commit_is_whole_or_nothing() {
    let file = File::new();
    let store = SqliteStore::open(&file.options()).await.unwrap();
    for index in 0..40_u64 {
        let pause = Duration::from_micros(index * 150);
        // Whether it was in time is told by the ledger.
        drop(tokio::time::timeout(pause, commit(&store, &index.to_string())).await);
        let ledger = store.ledger().await.unwrap();
        assert!(ledger.holds());
    }
    for index in 0..40 {
        commit(&store, &index.to_string()).await.unwrap();
    }
    let total = store.ledger().await.unwrap().total();
    assert_eq!((total.received, total.indexed), (40, 40));
    assert_eq!(store.head().await.unwrap().0, 80);
}

#[tokio::test]
async fn several_may_make_the_same_file_at_once() {
    let file = File::new();
    let options = file.options();
    let openings: Vec<_> = (0..4)
        .map(|_| {
            let options = options.clone();
            tokio::spawn(async move { SqliteStore::open(&options).await.unwrap().head().await.unwrap() })
        })
        .collect();
    for opening in openings {
        assert_eq!(opening.await.unwrap(), LogPosition(0));
    }
}

#[tokio::test]
async fn a_damaged_record_is_shown_as_it_is() {
    let file = File::new();
    let overwrite = "UPDATE audit SET record = 'nothing of ours' WHERE number = 2";
    access::a_damaged_record_is_shown_as_it_is(&file, async || execute(&file, overwrite).await).await;
}

#[tokio::test]
async fn a_store_that_became_newer_is_written_no_more() {
    let file = File::new();
    let upgrade = async || execute(&file, "PRAGMA user_version = 99").await;
    copying::a_store_that_became_newer_is_written_no_more(&file, upgrade).await;
}

#[tokio::test]
async fn only_an_empty_store_may_be_filled() {
    let file = File::new();
    let store = SqliteStore::open(&file.options()).await.unwrap();
    // What a server notes when it starts.
    store.keep_artifact("lexicon", fixture::lexicon(), "{}", fixture::at(0)).await.unwrap();
    store.close().await;
    let mut copy = CopyFile::open(&file.options().path).await.unwrap();
    copy.check_fillable().await.unwrap();
    copy.close().await.unwrap();
    let store = SqliteStore::open(&file.options()).await.unwrap();
    store.put_portal(&"live".parse().unwrap(), false, fixture::at(0)).await.unwrap();
    let mut copy = CopyFile::open(&file.options().path).await.unwrap();
    let refused = copy.check_fillable().await;
    assert!(matches!(&refused, Err(CopyError::NotEmpty(what)) if what.contains("portal")), "{refused:?}");
}

/// Commits a document of 64 KiB.
async fn commit(store: &SqliteStore, message_id: &str) -> Result<(), StoreError> {
    let bytes = format!("{message_id:>65000}");
    let decided = fixture::read(fixture::submitted(message_id, &bytes), &bytes);
    store.commit(&[decided], fixture::at(0)).await.map(drop)
}

async fn connect(file: &File) -> sqlx::SqliteConnection {
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(file.options().path).create_if_missing(true);
    options.connect().await.unwrap()
}

/// Runs SQL on the file, as another program would.
async fn execute(file: &File, sql: impl Into<String>) {
    let mut connection = connect(file).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.into())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
