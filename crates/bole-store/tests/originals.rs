//! What keeps originals: its conformance suite on SQLite, on PostgreSQL and on a bucket, and what only a bucket can do.
//! The servers are those of `tests/servers`; without them these tests fail.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

#[expect(dead_code, reason = "most of it is about stores")]
mod conformance;
mod file;
#[expect(dead_code, reason = "most of it is about stores")]
mod server;

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bole_core::DocumentId;
use bole_store::{BucketOptions, BucketOriginals, Keep, Originals, SqliteStore, Store, StoreError};
use bytes::Bytes;
use conformance::people::AsyncRunner as _;
use conformance::{Database, Tokio, fixture, originals};
use file::File;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutPayload};
use server::Schema;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

const NAME: &str = "bole-tests";

/// A prefix of its own in the bucket of the tests, beside a store of its own.
struct Bucket {
    file: File,
    prefix: String,
    key: (String, String),
}

impl Bucket {
    fn new() -> Self {
        let key = std::fs::read_to_string(servers().join("bucket/key"));
        let key = key.expect("a bucket for tests; `tests/servers start` starts one");
        let (id, secret) = key.trim_end().split_once(' ').unwrap();
        Self {
            file: File::new(),
            prefix: format!("store/{}", uuid::Uuid::new_v4().simple()),
            key: (id.to_owned(), secret.to_owned()),
        }
    }

    fn options(&self) -> BucketOptions {
        BucketOptions {
            bucket: NAME.to_owned(),
            prefix: self.prefix.clone(),
            endpoint: Some(format!("http://127.0.0.1:{}", port("BOLE_TEST_BUCKET_PORT", 56739))),
            region: "us-east-1".to_owned(),
            key_id: self.key.0.clone(),
            secret: self.key.1.clone(),
            is_path_style: true,
            ca_file: None,
            call_time: Duration::from_secs(20),
        }
    }

    async fn store(&self) -> Arc<SqliteStore> {
        Arc::new(SqliteStore::open(&self.file.options()).await.unwrap())
    }

    async fn with(&self, options: &BucketOptions) -> BucketOriginals {
        BucketOriginals::new(options, self.store().await).unwrap()
    }

    /// As others reach the bucket.
    fn client(&self) -> AmazonS3 {
        AmazonS3Builder::new()
            .with_bucket_name(NAME)
            .with_endpoint(self.options().endpoint.unwrap())
            .with_allow_http(true)
            .with_access_key_id(&self.key.0)
            .with_secret_access_key(&self.key.1)
            .build()
            .unwrap()
    }

    /// Where a document lies: the layout is a promise to whoever backs the bucket up.
    fn path(&self, document: DocumentId) -> Path {
        let name = document.to_string();
        let folder: String = name.chars().take(2).collect();
        Path::from(format!("{}/{folder}/{name}", self.prefix))
    }

    async fn put(&self, document: DocumentId, bytes: &[u8]) {
        let payload = PutPayload::from_bytes(Bytes::copy_from_slice(bytes));
        self.client().put(&self.path(document), payload).await.unwrap();
    }

    /// What an error tells, as a log would show it; nothing of the key may be in it.
    fn told(&self, error: &StoreError) -> String {
        let mut told = format!("{error} {error:?}");
        let mut next = error.source();
        while let Some(source) = next {
            told = format!("{told} {source} {source:?}");
            next = source.source();
        }
        assert!(!told.contains(&self.key.0) && !told.contains(&self.key.1), "{told}");
        told
    }
}

fn servers() -> PathBuf {
    let usual = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/servers");
    std::env::var_os("BOLE_TEST_SERVERS").map_or_else(usual, PathBuf::from)
}

fn port(variable: &str, usual: u16) -> u16 {
    std::env::var(variable).map_or(usual, |port| port.parse().unwrap())
}

#[async_trait]
impl Database for Bucket {
    async fn open(&self) -> Box<dyn Store> {
        self.file.open().await
    }

    async fn originals(&self) -> Box<dyn Originals> {
        Box::new(self.with(&self.options()).await)
    }
}

fn everywhere(case: &impl AsyncFn(&dyn Database)) {
    let tokio = Tokio::new();
    tokio.run(case(&File::new()));
    tokio.run(case(&Schema::new()));
    tokio.run(case(&Bucket::new()));
}

#[test]
fn bytes_come_back_as_they_were_sent() {
    everywhere(&originals::bytes_come_back_as_they_were_sent);
}

#[test]
fn keeping_twice_changes_nothing() {
    everywhere(&originals::keeping_twice_changes_nothing);
}

#[test]
fn what_was_never_kept_is_not_there() {
    everywhere(&originals::what_was_never_kept_is_not_there);
}

#[test]
fn many_keep_at_the_same_time() {
    everywhere(&originals::many_keep_at_the_same_time);
}

#[test]
fn what_is_kept_can_be_replayed() {
    everywhere(&originals::what_is_kept_can_be_replayed);
}

#[test]
fn what_is_damaged_is_told() {
    let (tokio, file, schema, bucket) = (Tokio::new(), File::new(), Schema::new(), Bucket::new());
    tokio.run(originals::what_is_damaged_is_told(&file, async |document, bytes| {
        let mut other = SqliteConnectOptions::new().filename(file.options().path).connect().await.unwrap();
        let update = sqlx::query("UPDATE original SET bytes = ?2 WHERE document = ?1");
        let update = update.bind(document.as_bytes().as_slice()).bind(bytes);
        assert_eq!(update.execute(&mut other).await.unwrap().rows_affected(), 1);
    }));
    tokio.run(originals::what_is_damaged_is_told(&schema, async |document, bytes| {
        let update = sqlx::query("UPDATE original SET bytes = $2 WHERE document = $1");
        let update = update.bind(document.as_bytes().as_slice()).bind(bytes);
        assert_eq!(update.execute(&mut schema.connect().await).await.unwrap().rows_affected(), 1);
    }));
    tokio.run(originals::what_is_damaged_is_told(&bucket, async |document, bytes| {
        bucket.put(document, bytes).await;
    }));
}

#[tokio::test]
async fn nothing_of_it_lies_in_the_database() {
    let bucket = Bucket::new();
    let kept = bucket.originals().await.keep(fixture::document("a"), Bytes::from_static(b"a")).await.unwrap();
    assert_eq!(kept, Keep::Elsewhere);
    let object = bucket.client().get(&bucket.path(fixture::document("a"))).await.unwrap();
    assert_eq!(object.bytes().await.unwrap().as_ref(), b"a");
    assert_eq!(bucket.store().await.original(fixture::document("a")).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_there_is_not_sent_again_and_what_was_cut_off_is() {
    let bucket = Bucket::new();
    let originals = bucket.originals().await;
    let document = fixture::document("whole");
    let whole = || Bytes::from_static(b"whole");
    // As long as what it should be: if it were sent again, it would be mended.
    bucket.put(document, b"WHOLE").await;
    assert_eq!(originals.keep(document, whole()).await.unwrap(), Keep::Elsewhere);
    let told = originals.original(document).await;
    assert!(matches!(told, Err(StoreError::DamagedOriginal { .. })), "{told:?}");
    bucket.put(document, b"who").await;
    assert_eq!(originals.keep(document, whole()).await.unwrap(), Keep::Elsewhere);
    assert_eq!(originals.original(document).await.unwrap(), Some(whole()));
}

#[tokio::test]
async fn what_the_database_kept_before_is_still_found() {
    let bucket = Bucket::new();
    let store = bucket.store().await;
    store.commit(&[fixture::read(fixture::submitted("1", "old"), "old")], fixture::at(0)).await.unwrap();
    let originals = bucket.originals().await;
    let found = originals.original(fixture::document("old")).await.unwrap();
    assert_eq!(found.as_deref(), Some(b"old".as_slice()));
    assert!(originals.elsewhere(&[fixture::document("old")]).await.unwrap().is_empty());
}

/// Each mistake is told with the setting that mends it, by every call.
#[tokio::test]
async fn a_bucket_that_refuses_says_what_to_mend() {
    let bucket = Bucket::new();
    let right = bucket.options();
    let no_bucket = BucketOptions { bucket: "bole-no-such".to_owned(), ..right.clone() };
    let key_id = BucketOptions { key_id: "AKIANOSUCHKEYATALL00".to_owned(), ..right.clone() };
    let secret = BucketOptions { secret: "another".to_owned(), ..right.clone() };
    for (options, setting) in
        [(no_bucket, "`originals.url`"), (key_id, "`originals.key-id`"), (secret, "BOLE_ORIGINALS_SECRET")]
    {
        let originals = bucket.with(&options).await;
        let errors = [
            originals.keep(fixture::document("a"), Bytes::from_static(b"a")).await.unwrap_err(),
            originals.original(fixture::document("a")).await.unwrap_err(),
            originals.probe().await.unwrap_err(),
        ];
        for error in errors {
            let told = bucket.told(&error);
            assert!(matches!(error, StoreError::BucketRefused { .. }) && told.contains(setting), "{told}");
        }
        assert!(!format!("{options:?} {originals:?}").contains(&options.secret));
    }
    let none = BucketOptions { ca_file: Some(bucket.file.folder.path().join("none.pem")), ..right };
    let told = bucket.told(&BucketOriginals::new(&none, bucket.store().await).unwrap_err());
    assert!(told.contains("`originals.ca-file`"), "{told}");
}

/// A port where nobody listens yet.
async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn a_bucket_that_is_away_is_an_outage_that_passes() {
    let bucket = Bucket::new();
    let port = free_port().await;
    let there = bucket.options();
    let behind = there.endpoint.clone().unwrap().replace("http://", "");
    let options = BucketOptions { endpoint: Some(format!("http://127.0.0.1:{port}")), ..there };
    let originals = bucket.with(&options).await;
    let errors = [
        originals.keep(fixture::document("a"), Bytes::from_static(b"a")).await.unwrap_err(),
        originals.original(fixture::document("a")).await.unwrap_err(),
        originals.elsewhere(&[fixture::document("a")]).await.unwrap_err(),
        originals.probe().await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::BucketAway { .. }), "{}", bucket.told(&error));
        assert_eq!(error.fault(), bole_core::Fault::Transient);
    }
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&behind).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await.ok() });
        }
    });
    assert_eq!(
        originals.keep(fixture::document("a"), Bytes::from_static(b"a")).await.unwrap(),
        Keep::Elsewhere
    );
    assert_eq!(originals.original(fixture::document("a")).await.unwrap().as_deref(), Some(b"a".as_slice()));
}

#[tokio::test]
async fn a_bucket_that_stands_still_is_not_waited_for() {
    let bucket = Bucket::new();
    // It takes connections in and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let call_time = Duration::from_millis(500);
    let originals =
        bucket.with(&BucketOptions { endpoint: Some(endpoint), call_time, ..bucket.options() }).await;
    let originals = Arc::new(originals);
    // More than there are turns: those that wait for one do not wait in a row.
    let calls: Vec<_> = (0..64)
        .map(|number| {
            let (originals, content) = (originals.clone(), format!("document {number}"));
            tokio::spawn(async move { originals.keep(fixture::document(&content), content.into()).await })
        })
        .collect();
    let all = async {
        for call in calls {
            let error = call.await.unwrap().unwrap_err();
            assert!(matches!(error, StoreError::BucketAway { .. }), "{}", bucket.told(&error));
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all).await.expect("an end");
}

/// The broker's port for TLS is signed by the tests' own authority. It speaks no HTTP: what matters is how far one gets.
#[tokio::test]
async fn who_signs_the_endpoint_can_be_named() {
    let bucket = Bucket::new();
    let endpoint = format!("https://127.0.0.1:{}", port("BOLE_TEST_AMQP_PORT", 56729) + 3);
    let options = BucketOptions { endpoint: Some(endpoint), ..bucket.options() };
    let stranger = bucket.told(&bucket.with(&options).await.probe().await.unwrap_err());
    assert!(stranger.contains("certificate"), "{stranger}");
    let ca_file = Some(servers().join("rabbitmq/tls/ca.pem"));
    let known = bucket.with(&BucketOptions { ca_file, ..options }).await.probe().await.unwrap_err();
    let known = bucket.told(&known);
    assert!(!known.contains("certificate"), "{known}");
}
