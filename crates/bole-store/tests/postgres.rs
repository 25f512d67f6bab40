//! The conformance suite on PostgreSQL, and what only a server can do. The server is that of `tests/servers`, or the
//! one that `BOLE_TEST_POSTGRES` names; without one these tests fail.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

mod conformance;
mod server;
#[path = "server/transactions.rs"]
mod transactions;

use std::time::Duration;

use bole_core::LogPosition;
use bole_store::{CopyError, CopyFile, PostgresStore, SqliteStore, Store, StoreError};
use conformance::people::AsyncRunner as _;
use conformance::{
    Database, Tokio, access, artifacts, copying, desk, fields, fixture, intake, law, log, older, operating,
    people, quarantine, reading, reread, settling,
};
use server::{Emptied, Schema};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor};

fn on_server(case: impl AsyncFnOnce(&dyn Database)) {
    Tokio::new().run(case(&Schema::new()));
}

#[test]
fn keys_are_kept_and_taken_back() {
    on_server(access::keys_are_kept_and_taken_back);
}

#[test]
fn sessions_begin_and_end() {
    on_server(access::sessions_begin_and_end);
}

#[test]
fn the_audit_log_is_one_chain() {
    on_server(access::the_audit_log_is_one_chain);
}

#[test]
fn a_forgotten_text_leaves_the_chain() {
    on_server(access::a_forgotten_text_leaves_the_chain);
}

#[test]
fn a_refused_entry_takes_its_slice_along() {
    on_server(access::a_refused_entry_takes_its_slice_along);
}

#[test]
fn artifacts_are_kept_by_kind_and_hash() {
    on_server(artifacts::artifacts_are_kept_by_kind_and_hash);
}

#[test]
fn documents_stood_where_they_stood() {
    on_server(artifacts::documents_stood_where_they_stood);
}

#[test]
fn a_copy_is_the_same_store() {
    on_server(copying::a_copy_is_the_same_store);
}

#[test]
fn nothing_is_committed_at_the_moment_of_a_copy() {
    on_server(copying::nothing_is_committed_at_the_moment_of_a_copy);
}

#[test]
fn what_was_in_flight_is_settled() {
    on_server(copying::what_was_in_flight_is_settled);
}

#[test]
fn decisions_stay_in_order() {
    on_server(desk::decisions_stay_in_order);
}

#[test]
fn notes_are_written_and_deleted() {
    on_server(desk::notes_are_written_and_deleted);
}

#[test]
fn shortlists_are_kept_page_by_page() {
    on_server(desk::shortlists_are_kept_page_by_page);
}

#[test]
fn resumes_are_put_on_shortlists_and_taken_off() {
    on_server(desk::resumes_are_put_on_shortlists_and_taken_off);
}

#[test]
fn several_may_put_and_delete_at_once() {
    on_server(desk::several_may_put_and_delete_at_once);
}

#[test]
fn what_is_committed_is_there_after_reopening() {
    on_server(settling::what_is_committed_is_there_after_reopening);
}

#[test]
fn any_text_is_kept() {
    on_server(settling::any_text_is_kept);
}

#[test]
fn a_redelivery_changes_nothing() {
    on_server(settling::a_redelivery_changes_nothing);
}

#[test]
fn a_reused_id_is_a_submission_of_its_own() {
    on_server(settling::a_reused_id_is_a_submission_of_its_own);
}

#[test]
fn copies_are_duplicates_of_the_first() {
    on_server(settling::copies_are_duplicates_of_the_first);
}

#[test]
fn a_document_at_fault_is_decided_for_all_its_copies() {
    on_server(settling::a_document_at_fault_is_decided_for_all_its_copies);
}

#[test]
fn a_message_at_fault_decides_nothing_for_its_document() {
    on_server(settling::a_message_at_fault_decides_nothing_for_its_document);
}

#[test]
fn the_earliest_date_counts() {
    on_server(settling::the_earliest_date_counts);
}

#[test]
fn they_grow_and_the_log_tells() {
    on_server(fields::they_grow_and_the_log_tells);
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    on_server(fields::the_order_of_arrival_does_not_matter);
}

#[test]
fn a_broken_message_counts_only_alone() {
    on_server(fields::a_broken_message_counts_only_alone);
}

#[test]
fn a_replay_keeps_them() {
    on_server(fields::a_replay_keeps_them);
}

#[test]
fn a_refused_row_does_not_take_its_neighbours_along() {
    on_server(settling::a_refused_row_does_not_take_its_neighbours_along);
}

#[test]
fn accepted_then_confirmed_then_decided() {
    on_server(intake::accepted_then_confirmed_then_decided);
}

#[test]
fn a_worker_may_be_faster_than_the_confirm() {
    on_server(intake::a_worker_may_be_faster_than_the_confirm);
}

#[test]
fn what_was_never_confirmed_is_swept() {
    on_server(intake::what_was_never_confirmed_is_swept);
}

#[test]
fn an_accepted_reuse_of_an_id_has_its_own_row() {
    on_server(intake::an_accepted_reuse_of_an_id_has_its_own_row);
}

#[test]
fn known_content_is_a_copy() {
    on_server(intake::known_content_is_a_copy);
}

#[test]
fn changes_come_in_order_and_name_what_changed() {
    on_server(log::changes_come_in_order_and_name_what_changed);
}

#[test]
fn a_standing_is_seen_as_of_its_position() {
    on_server(log::a_standing_is_seen_as_of_its_position);
}

#[test]
fn a_follower_skips_nothing() {
    on_server(log::a_follower_skips_nothing);
}

#[test]
fn portals_are_added_paused_and_removed() {
    on_server(operating::portals_are_added_paused_and_removed);
}

#[test]
fn a_probe_leaves_nothing_behind() {
    on_server(operating::a_probe_leaves_nothing_behind);
}

#[test]
fn one_holder_at_a_time_follows() {
    on_server(operating::one_holder_at_a_time_follows);
}

#[test]
fn the_quarantine_is_listed_page_by_page() {
    on_server(quarantine::the_quarantine_is_listed_page_by_page);
}

#[test]
fn a_replayed_document_is_read_again() {
    on_server(quarantine::a_replayed_document_is_read_again);
}

#[test]
fn a_replayed_reuse_is_read_under_its_own_id() {
    on_server(quarantine::a_replayed_reuse_is_read_under_its_own_id);
}

#[test]
fn a_replayed_message_is_judged_again() {
    on_server(quarantine::a_replayed_message_is_judged_again);
}

#[test]
fn what_cannot_be_replayed_is_told() {
    on_server(quarantine::what_cannot_be_replayed_is_told);
}

#[test]
fn a_replay_that_ends_with_the_message_frees_the_content() {
    on_server(quarantine::a_replay_that_ends_with_the_message_frees_the_content);
}

#[test]
fn a_discarded_document_is_nobody() {
    on_server(quarantine::a_discarded_document_is_nobody);
}

#[test]
fn a_name_and_a_contact_or_a_candidate_ref() {
    on_server(people::a_name_and_a_contact_or_a_candidate_ref);
}

#[test]
fn who_may_be_the_same_person_is_told() {
    on_server(people::who_may_be_the_same_person_is_told);
}

#[test]
fn a_contact_under_two_names_parts_those_it_joined() {
    on_server(people::a_contact_under_two_names_parts_those_it_joined);
}

#[test]
fn submissions_are_found_in_their_order() {
    on_server(reading::submissions_are_found_in_their_order);
}

#[test]
fn a_portal_lists_its_submissions_page_by_page() {
    on_server(reading::a_portal_lists_its_submissions_page_by_page);
}

#[test]
fn a_person_has_the_documents_that_stand() {
    on_server(reading::a_person_has_the_documents_that_stand);
}

#[test]
fn a_new_reading_serves_and_the_old_one_stays() {
    on_server(reread::a_new_reading_serves_and_the_old_one_stays);
}

#[test]
fn a_refused_reading_leaves_the_old_one() {
    on_server(reread::a_refused_reading_leaves_the_old_one);
}

#[test]
fn what_is_left_is_listed_in_order() {
    on_server(reread::what_is_left_is_listed_in_order);
}

#[test]
fn what_is_understood_otherwise_joins_and_parts() {
    on_server(reread::what_is_understood_otherwise_joins_and_parts);
}

#[test]
fn several_may_do_the_same() {
    on_server(reread::several_may_do_the_same);
}

#[test]
fn grouping_is_a_function_of_the_documents() {
    let schema = Schema::new();
    people::grouping_is_a_function_of_the_documents(|| Emptied::new(&schema), &Tokio::new());
}

#[test]
fn the_law_holds_after_any_sequence() {
    let schema = Schema::new();
    law::it_holds_after_any_sequence(|| Emptied::new(&schema), &Tokio::new());
}

#[test]
fn originals_stay_with_their_submissions() {
    on_server(settling::originals_stay_with_their_submissions);
}

#[tokio::test]
async fn a_refused_original_does_not_take_its_neighbours_along() {
    let schema = Schema::new();
    schema.store(&schema.options()).await.close().await;
    let refuse = "ALTER TABLE original ADD CONSTRAINT seven CHECK (octet_length(bytes) <> 7)";
    schema.connect().await.execute(refuse).await.unwrap();
    settling::a_refused_original_does_not_take_its_neighbours_along(&schema).await;
}

/// Bytes of a document lie apart from their row and as they are; what is small lies in its row.
#[tokio::test]
async fn blobs_are_stored_as_they_are() {
    let schema = Schema::new();
    schema.store(&schema.options()).await;
    let storage: String = sqlx::query_scalar(
        "SELECT string_agg(c.relname || ' ' || a.attstorage::text, ', ' ORDER BY c.relname) \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attname = 'bytes'",
    )
    .fetch_one(&mut schema.connect().await)
    .await
    .unwrap();
    assert_eq!(storage, "evidence e, original e, reading e");
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_number() {
    let schema = Schema::new();
    schema.store(&schema.options()).await.close().await;
    schema.connect().await.execute("UPDATE bole_schema SET version = 99").await.unwrap();
    match PostgresStore::open(&schema.options()).await {
        Err(StoreError::NewerSchema { found: 99, known }) => assert!(known < 99),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn older_tables_are_brought_to_the_newest_form() {
    let schema = Schema::new();
    let mut other = schema.connect().await;
    other.execute(include_str!("../src/postgres/schema/0001.sql")).await.unwrap();
    let rows = older::rows_of_schema_1(|digits| format!("decode('{digits}', 'hex')"));
    other.execute(AssertSqlSafe(rows)).await.unwrap();
    other.execute("UPDATE bole_schema SET version = 1").await.unwrap();
    let store = PostgresStore::open(&schema.options()).await.unwrap();
    older::check_rows_of_schema_1(&store).await;
}

#[tokio::test]
async fn the_tables_of_something_else_are_left_alone() {
    let schema = Schema::new();
    schema.connect().await.execute("CREATE TABLE recipe (name TEXT)").await.unwrap();
    let opened = PostgresStore::open(&schema.options()).await;
    assert!(matches!(opened, Err(StoreError::NotAStore)), "{opened:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_outage() {
    let schema = Schema::new();
    let mut options = schema.options();
    options.acquire_timeout = Duration::from_millis(100);
    options.url = "postgres://bole:secret@127.0.0.1:1/bole".to_owned();
    let opened = PostgresStore::open(&options).await;
    assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{opened:?}");
    assert!(!format!("{options:?}").contains("secret"));
}

#[tokio::test]
async fn a_damaged_record_is_shown_as_it_is() {
    let schema = Schema::new();
    let overwrite = async || {
        let overwrite = "UPDATE audit SET record = 'nothing of ours' WHERE number = 2";
        schema.connect().await.execute(overwrite).await.unwrap();
    };
    access::a_damaged_record_is_shown_as_it_is(&schema, overwrite).await;
}

#[tokio::test]
async fn a_store_that_became_newer_is_written_no_more() {
    let schema = Schema::new();
    let upgrade = async || {
        schema.connect().await.execute("UPDATE bole_schema SET version = 99").await.unwrap();
    };
    copying::a_store_that_became_newer_is_written_no_more(&schema, upgrade).await;
}

/// A commit that waits for a migration finds what the migration made of the store.
#[tokio::test]
async fn a_commit_that_waits_for_a_migration_is_not_made() {
    let schema = Schema::new();
    let store = schema.store(&schema.options()).await;
    let mut migrating = schema.connect().await;
    let alone = "BEGIN; SELECT pg_advisory_xact_lock(1112493125, hashtext(current_schema())); \
        UPDATE bole_schema SET version = 99";
    migrating.execute(alone).await.unwrap();
    let decided = [fixture::read(fixture::submitted("1", "a"), "a")];
    let committing = store.commit(&decided, fixture::at(0));
    let migrated = async {
        // It waits for the lock from here on, or comes after it: the answer is the same.
        tokio::time::sleep(Duration::from_millis(100)).await;
        migrating.execute("COMMIT").await.unwrap();
    };
    let (committed, ()) = tokio::join!(committing, migrated);
    assert!(matches!(committed, Err(StoreError::NewerSchema { found: 99, .. })), "{committed:?}");
    let rows: i64 =
        sqlx::query_scalar("SELECT (SELECT count(*) FROM submission) + (SELECT count(*) FROM original)")
            .fetch_one(&mut schema.connect().await)
            .await
            .unwrap();
    assert_eq!(rows, 0);
}

/// The tables of both stores are the same, so that a copy has all columns of either.
#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let (schema, folder) = (Schema::new(), tempfile::tempdir().unwrap());
    schema.store(&schema.options()).await.close().await;
    let columns = "SELECT table_name::text || ' ' || column_name::text || ' ' || data_type::text || \
        CASE is_nullable WHEN 'YES' THEN '' ELSE ' NOT NULL' END FROM information_schema.columns c \
        WHERE table_schema = current_schema() AND table_name <> 'bole_schema' AND EXISTS (SELECT 1 \
        FROM information_schema.tables t WHERE t.table_schema = c.table_schema AND t.table_name = c.table_name \
        AND t.table_type = 'BASE TABLE')";
    let server: Vec<String> =
        sqlx::query_scalar(columns).fetch_all(&mut schema.connect().await).await.unwrap();
    let server: std::collections::BTreeSet<String> = server.into_iter().collect();
    let path = folder.path().join("store.sqlite");
    SqliteStore::open(&copying::options(&path)).await.unwrap().close().await;
    let columns = "SELECT t.name || ' ' || c.name || CASE c.type WHEN 'INTEGER' THEN ' bigint' WHEN 'TEXT' THEN ' text' \
        WHEN 'BLOB' THEN ' bytea' ELSE ' ' || c.type END || CASE WHEN c.\"notnull\" OR c.pk > 0 THEN ' NOT NULL' ELSE '' END \
        FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut file = options.connect().await.unwrap();
    let local: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut file).await.unwrap();
    assert_eq!(server, local.into_iter().collect());
}

#[tokio::test]
async fn a_store_moves_to_a_server_and_back() {
    let (schema, folder) = (Schema::new(), tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name);
    let source = SqliteStore::open(&copying::options(&path("source.sqlite"))).await.unwrap();
    copying::fill(&source).await;
    let there = copying::copied(&source, &path("there.sqlite")).await;
    let server = schema.store(&schema.options()).await;
    // What a server notes when it starts.
    server.keep_artifact("profile", fixture::lexicon(), "old", fixture::at(0)).await.unwrap();

    // Somebody else is connected, then there is something in it.
    let other = schema.store(&schema.options()).await;
    other.head().await.unwrap();
    let mut copy = CopyFile::open(&path("there.sqlite")).await.unwrap();
    let refused = server.fill(&mut copy, &|_| {}).await;
    assert!(matches!(refused, Err(CopyError::InUse(_))), "{refused:?}");
    other.close().await;
    server.put_portal(&"live".parse().unwrap(), false, fixture::at(0)).await.unwrap();
    let refused = server.fill(&mut copy, &|_| {}).await;
    assert!(matches!(&refused, Err(CopyError::NotEmpty(what)) if what.contains("portal")), "{refused:?}");
    server.remove_portal(&"live".parse().unwrap()).await.unwrap();

    server.fill(&mut copy, &|_| {}).await.unwrap();
    copy.close().await.unwrap();
    assert_eq!(copying::told(&server).await, copying::told(&source).await);
    assert_eq!(copying::copied(&server, &path("back.sqlite")).await, there);
    assert_eq!(dump(&path("back.sqlite")).await, dump(&path("there.sqlite")).await);
    // Numbers that the server gives begin behind those that came.
    server.add_decision(&copying::decision()).await.unwrap();
    let again = [fixture::read(fixture::submitted("99", "z"), "z")];
    server.commit(&again, fixture::at(99)).await.unwrap();
    fixture::check(&server).await;
    let refused = server.fill(&mut CopyFile::open(&path("there.sqlite")).await.unwrap(), &|_| {}).await;
    assert!(matches!(refused, Err(CopyError::NotEmpty(_))), "{refused:?}");
}

/// A copy that is refused in the middle leaves the tables as they were.
#[tokio::test]
async fn a_copy_that_is_not_taken_leaves_nothing() {
    let (schema, folder) = (Schema::new(), tempfile::tempdir().unwrap());
    let source = SqliteStore::open(&copying::options(&folder.path().join("source.sqlite"))).await.unwrap();
    copying::fill(&source).await;
    let path = folder.path().join("copy.sqlite");
    copying::copied(&source, &path).await;
    let server = schema.store(&schema.options()).await;
    let refuse = "ALTER TABLE clue ADD CONSTRAINT none CHECK (clue = '')";
    schema.connect().await.execute(refuse).await.unwrap();
    let mut copy = CopyFile::open(&path).await.unwrap();
    let refused = server.fill(&mut copy, &|_| {}).await;
    assert!(matches!(refused, Err(CopyError::Store(StoreError::Refused { .. }))), "{refused:?}");
    server.check_fillable(&copy).await.unwrap();
    assert_eq!(server.head().await.unwrap(), LogPosition(0));
}

/// Every row of every table.
async fn dump(path: &std::path::Path) -> Vec<String> {
    let mut file = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let tables = "SELECT t.name, group_concat('quote(' || c.name || ')', ' || '','' || ') \
        FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' GROUP BY t.name ORDER BY t.name";
    let tables: Vec<(String, String)> = sqlx::query_as(tables).fetch_all(&mut file).await.unwrap();
    let mut all = Vec::new();
    for (name, columns) in tables {
        let rows = format!("SELECT '{name}: ' || {columns} FROM {name} ORDER BY 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut file).await.unwrap();
        all.extend(rows);
    }
    all
}

#[tokio::test]
async fn several_may_make_the_same_tables_at_once() {
    let schema = Schema::new();
    schema.connect().await;
    let openings: Vec<_> = (0..4)
        .map(|_| {
            let options = schema.options();
            tokio::spawn(async move { PostgresStore::open(&options).await.unwrap().head().await.unwrap() })
        })
        .collect();
    for opening in openings {
        assert_eq!(opening.await.unwrap(), LogPosition(0));
    }
}
