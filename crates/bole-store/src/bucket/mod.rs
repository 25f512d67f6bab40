//! Originals in a bucket: an object a document, called by its hash.

mod trouble;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bole_core::DocumentId;
use bytes::Bytes;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::list::{PaginatedListOptions, PaginatedListStore as _};
use object_store::path::Path;
use object_store::{
    BackoffConfig, Certificate, ClientOptions, Error, ObjectStoreExt as _, PutPayload, RetryConfig,
};
use tokio::sync::Semaphore;

use crate::originals::{MAX_ORIGINAL_BYTES, can_be_kept, checked};
use crate::{Keep, Originals, StoreError};

/// Calls at once; more wait for their turn.
const N_CALLS: usize = 16;
/// How often a request that met an outage is sent again.
const N_RETRIES: usize = 2;
/// Pauses before it is.
const MIN_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// Where a bucket is, and how to be let in. Its `Debug` does not show what is secret.
#[derive(Clone)]
pub struct BucketOptions {
    /// Its name.
    pub bucket: String,
    /// What the keys of its objects begin with, without `/` at either end; may be empty.
    pub prefix: String,
    /// `http://` or `https://` and a host; none for Amazon's in the region.
    pub endpoint: Option<String>,
    /// The region, which requests are signed for.
    pub region: String,
    /// The id of the access key.
    pub key_id: String,
    /// Its secret.
    pub secret: String,
    /// The bucket stands in the path of addresses, and not before the host.
    pub is_path_style: bool,
    /// A PEM file with certificates that the endpoint's may be signed by, beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// What one call may take before it counts as an outage.
    pub call_time: Duration,
}

impl std::fmt::Debug for BucketOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "BucketOptions(s3://{}/{})", self.bucket, self.prefix)
    }
}

/// Originals in a bucket that speaks Amazon's S3.
///
/// What was kept in the store's database before there was a bucket is still found there. Nothing is ever deleted: an
/// object that no row names is one whose commit failed, and serves when its document comes again. To delete it could
/// take it from a commit that has just found it there.
///
/// Calls may be dropped at any await. After an outage calls succeed again by themselves.
pub struct BucketOriginals {
    s3: AmazonS3,
    bucket: String,
    prefix: String,
    call_time: Duration,
    turns: Semaphore,
    before: Arc<dyn Originals>,
}

impl std::fmt::Debug for BucketOriginals {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "BucketOriginals(s3://{}/{})", self.bucket, self.prefix)
    }
}

impl BucketOriginals {
    /// Makes ready to call; calls nobody yet. What the bucket does not have is looked for in `before`.
    ///
    /// # Errors
    /// [`StoreError::BucketRefused`] if the file with certificates, or an address, cannot be used.
    pub fn new(options: &BucketOptions, before: Arc<dyn Originals>) -> Result<Self, StoreError> {
        // The client's TLS brings no cryptography along. That some was chosen before is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = ClientOptions::new()
            .with_allow_http(options.endpoint.as_deref().is_some_and(|url| url.starts_with("http://")))
            .with_connect_timeout(options.call_time / 4)
            .with_timeout(options.call_time);
        let client = certificates(options)?.into_iter().fold(client, ClientOptions::with_root_certificate);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&options.bucket)
            .with_region(&options.region)
            .with_access_key_id(&options.key_id)
            .with_secret_access_key(&options.secret)
            .with_virtual_hosted_style_request(!options.is_path_style)
            .with_client_options(client)
            .with_retry(RetryConfig {
                backoff: BackoffConfig { init_backoff: MIN_PAUSE, max_backoff: MAX_PAUSE, base: 2.0 },
                max_retries: N_RETRIES,
                retry_timeout: options.call_time,
            });
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(address(endpoint, options));
        }
        Ok(Self {
            s3: builder.build().map_err(|error| trouble::told(&error, &options.bucket))?,
            bucket: options.bucket.clone(),
            prefix: options.prefix.clone(),
            call_time: options.call_time,
            turns: Semaphore::new(N_CALLS),
            before,
        })
    }

    /// `PREFIX/ab/abcdef…`: in 256 folders, so that people and tools can list them in parts.
    fn path(&self, document: DocumentId) -> Path {
        let name = document.to_string();
        let folder: String = name.chars().take(2).collect();
        let prefix = self.prefix.split('/').filter(|part| !part.is_empty());
        prefix.chain([folder.as_str(), name.as_str()]).collect()
    }

    /// Has the bucket do something, in its turn and in bounded time.
    async fn call<T>(&self, what: impl Future<Output = Result<T, Error>>) -> Result<T, StoreError> {
        let in_turn = async {
            // It is never closed.
            let _turn = self.turns.acquire().await.ok();
            what.await.map_err(|error| trouble::told(&error, &self.bucket))
        };
        let answer = tokio::time::timeout(self.call_time, in_turn).await;
        answer.unwrap_or_else(|_| Err(trouble::silent(self.call_time)))
    }

    /// How many bytes the bucket has of a document; none if it has none.
    async fn size(&self, document: DocumentId) -> Result<Option<u64>, StoreError> {
        let path = self.path(document);
        let looked = self.call(async {
            match self.s3.head(&path).await {
                Ok(object) => Ok(Ok(Some(object.size))),
                Err(Error::NotFound { .. }) => Ok(Ok(None)),
                Err(error) if trouble::is_refusal(&error) => Ok(Err(error)),
                Err(error) => Err(error),
            }
        });
        match looked.await? {
            Ok(size) => Ok(size),
            // The answer has no body that would say why it refuses: that of a listing has.
            Err(error) => {
                self.probe().await?;
                Err(trouble::told(&error, &self.bucket))
            }
        }
    }
}

/// The certificates of `originals.ca-file`.
fn certificates(options: &BucketOptions) -> Result<Vec<Certificate>, StoreError> {
    let Some(file) = &options.ca_file else { return Ok(Vec::new()) };
    let none = |source| {
        trouble::refused(
            format!("name a PEM file in `originals.ca-file`: `{}` is none", file.display()),
            source,
        )
    };
    let pem = std::fs::read(file).map_err(|error| none(error.into()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| none(error.into()))?;
    if found.is_empty() { Err(none("there is no certificate in it".into())) } else { Ok(found) }
}

/// The address of an endpoint, with the bucket before its host unless it stands in the path.
fn address(endpoint: &str, options: &BucketOptions) -> String {
    match endpoint.split_once("://") {
        Some((scheme, host)) if !options.is_path_style => format!("{scheme}://{}.{host}", options.bucket),
        _ => endpoint.to_owned(),
    }
}

#[async_trait]
impl Originals for BucketOriginals {
    async fn keep(&self, document: DocumentId, bytes: Bytes) -> Result<Keep, StoreError> {
        if !can_be_kept(&bytes) {
            return Ok(Keep::InCommit(bytes));
        }
        // What has another length was cut off by somebody, and is put anew.
        if self.size(document).await? != Some(bytes.len() as u64) {
            let path = self.path(document);
            self.call(self.s3.put(&path, PutPayload::from_bytes(bytes))).await?;
        }
        Ok(Keep::Elsewhere)
    }

    async fn original(&self, document: DocumentId) -> Result<Option<Bytes>, StoreError> {
        let path = self.path(document);
        let got = self.call(async {
            match self.s3.get(&path).await {
                // More than was ever put; it is not taken into memory.
                Ok(object) if object.meta.size > MAX_ORIGINAL_BYTES as u64 => Ok(Some(Bytes::new())),
                Ok(object) => object.bytes().await.map(Some),
                Err(error @ Error::NotFound { .. }) if trouble::is_of_the_bucket(&error) => Err(error),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        match got.await? {
            Some(bytes) => checked(document, bytes).map(Some),
            None => self.before.original(document).await,
        }
    }

    async fn elsewhere(&self, documents: &[DocumentId]) -> Result<Vec<DocumentId>, StoreError> {
        let mut found = Vec::new();
        for document in documents {
            if self.size(*document).await?.is_some() {
                found.push(*document);
            }
        }
        Ok(found)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        let one = PaginatedListOptions { max_keys: Some(1), ..PaginatedListOptions::default() };
        let prefix = Some(self.prefix.as_str()).filter(|prefix| !prefix.is_empty());
        self.call(self.s3.list_paginated(prefix, one)).await.map(drop)
    }
}
