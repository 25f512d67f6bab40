//! Where queue and store are: in the data folder, or on servers.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bole_core::Portal;
use bole_queue::{
    BrokerAddress, LocalQueue, LocalQueueOptions, PortalClient, PortalOptions, Queue, RabbitOptions,
    RabbitQueue, Receipts, Tls,
};
use bole_store::{
    BucketOptions, BucketOriginals, Originals, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore,
    Store, StoreError,
};

use crate::settings::{Bucket, Remote};
use crate::{DataFolder, EngineError, Settings};

/// What a call of a server may take.
const CALL_TIME: Duration = Duration::from_secs(10);
/// What a broker may take to confirm; it is slow when it writes what many publish.
const CONFIRM_TIME: Duration = Duration::from_secs(30);
/// What a call of a bucket may take; the largest original has to get there in it.
const BUCKET_TIME: Duration = Duration::from_secs(30);
/// How often broker and program give a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Pauses between attempts to reach the broker.
const MIN_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// The truth, and where the bytes of documents are.
pub(crate) struct Truth {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) originals: Arc<dyn Originals>,
    /// The store, if it is on a server.
    pub(crate) postgres: Option<Arc<PostgresStore>>,
}

/// The queue, and how portals are told.
pub(crate) struct Post {
    pub(crate) queue: Arc<dyn Queue>,
    /// None where there is no broker to tell portals by.
    pub(crate) receipts: Option<Arc<dyn Receipts>>,
}

impl Truth {
    pub(crate) async fn open(settings: &Settings, data: &DataFolder) -> Result<Self, EngineError> {
        let bucket = settings.originals.bucket.as_ref();
        if let Some(remote) = &settings.store.remote {
            let store = Arc::new(PostgresStore::open(&postgres(settings, remote, CALL_TIME)).await?);
            let postgres = Some(store.clone());
            return Ok(Self { postgres, ..Self::of(store, bucket)? });
        }
        Self::of(Arc::new(SqliteStore::open(&sqlite(settings, data)).await?), bucket)
    }

    /// The same without bringing tables to a newer form.
    pub(crate) async fn open_to_watch(settings: &Settings, data: &DataFolder) -> Result<Self, EngineError> {
        let bucket = settings.originals.bucket.as_ref();
        let (truth, look) = if let Some(remote) = &settings.store.remote {
            let (store, look) = PostgresStore::look(&postgres(settings, remote, CALL_TIME)).await?;
            (Self::of(Arc::new(store), bucket)?, look)
        } else {
            let (store, look) = SqliteStore::look(&sqlite(settings, data)).await?;
            (Self::of(Arc::new(store), bucket)?, look)
        };
        if look.schema != look.known_schema {
            return Err(EngineError::OtherSchema { found: look.schema, known: look.known_schema });
        }
        Ok(truth)
    }

    fn of<S: Store + Originals + 'static>(
        store: Arc<S>,
        bucket: Option<&Bucket>,
    ) -> Result<Self, EngineError> {
        let originals: Arc<dyn Originals> = match bucket {
            Some(bucket) => Arc::new(originals_in(bucket, store.clone(), BUCKET_TIME)?),
            None => store.clone(),
        };
        Ok(Self { store, originals, postgres: None })
    }
}

impl Post {
    pub(crate) async fn open(
        settings: &Settings,
        data: &DataFolder,
        known: BTreeSet<Portal>,
        open: BTreeSet<Portal>,
    ) -> Result<Self, EngineError> {
        let Some(remote) = &settings.queue.remote else { return Self::local(settings, data).await };
        let queue =
            RabbitQueue::open(rabbit(settings, remote, known.iter().cloned().collect(), CALL_TIME)?).await?;
        // What waits of a paused portal is counted too. Nothing is received before this.
        if open != known {
            queue.set_portals(open.into_iter().collect()).await?;
        }
        Ok(Self::remote(queue))
    }

    /// The same without declaring anything at a broker.
    pub(crate) async fn open_to_watch(
        settings: &Settings,
        data: &DataFolder,
        known: BTreeSet<Portal>,
    ) -> Result<Self, EngineError> {
        let Some(remote) = &settings.queue.remote else { return Self::local(settings, data).await };
        let options = rabbit(settings, remote, known.into_iter().collect(), CALL_TIME)?;
        Ok(Self::remote(RabbitQueue::open_to_watch(options).await?))
    }

    fn remote(queue: RabbitQueue) -> Self {
        let queue = Arc::new(queue);
        Self { queue: queue.clone(), receipts: Some(queue) }
    }

    async fn local(settings: &Settings, data: &DataFolder) -> Result<Self, EngineError> {
        let options = &settings.queue;
        let queue = LocalQueue::open(LocalQueueOptions {
            path: data.queue(),
            lease: options.lease,
            max_held_bytes: options.held_bytes,
            max_held_messages: options.n_held,
            limit_bytes: options.limit_bytes,
        })
        .await?;
        Ok(Self { queue: Arc::new(queue), receipts: None })
    }
}

/// How the store on PostgreSQL is reached; `call_time` is what a call may take.
pub(crate) fn postgres(settings: &Settings, remote: &Remote, call_time: Duration) -> PostgresOptions {
    let options = &settings.store;
    PostgresOptions {
        url: remote.url.clone(),
        password: remote.password.clone(),
        n_connections: options.n_readers + 2,
        acquire_timeout: call_time,
        statement_timeout: options.busy_timeout,
        lock_timeout: options.busy_timeout,
    }
}

/// How the store in the data folder is opened.
pub(crate) fn sqlite(settings: &Settings, data: &DataFolder) -> SqliteOptions {
    let options = &settings.store;
    SqliteOptions {
        path: data.store(),
        n_readers: options.n_readers,
        busy_timeout: options.busy_timeout,
        max_file_bytes: options.limit_bytes,
    }
}

/// How the queue at RabbitMQ is reached; `call_time` is what a call may take.
///
/// # Errors
/// If its address is wrong.
pub(crate) fn rabbit(
    settings: &Settings,
    remote: &Remote,
    portals: Vec<Portal>,
    call_time: Duration,
) -> Result<RabbitOptions, EngineError> {
    let options = &settings.queue;
    Ok(RabbitOptions {
        broker: broker(remote)?,
        tls: tls(remote),
        prefix: options.prefix.clone(),
        portals,
        max_held_bytes: options.held_bytes,
        max_held_messages: options.n_held,
        limit_bytes: options.limit_bytes,
        time_out: call_time,
        confirm_time_out: CONFIRM_TIME,
        heartbeat: HEARTBEAT,
        min_pause: MIN_PAUSE,
        max_pause: MAX_PAUSE,
    })
}

/// Connects as a portal, with the user that `queue.url` names.
///
/// # Errors
/// [`EngineError::NoBroker`]; the queue.
pub async fn portal_client(settings: &Settings, portal: Portal) -> Result<PortalClient, EngineError> {
    let options = &settings.queue;
    let remote = options.remote.as_ref().ok_or(EngineError::NoBroker)?;
    let client = PortalClient::open(PortalOptions {
        broker: broker(remote)?,
        tls: tls(remote),
        prefix: options.prefix.clone(),
        portal,
        limit_bytes: options.limit_bytes,
        // Receipts of others that nobody has fetched for days may lie before those that are waited for.
        n_receipts: u16::MAX,
        time_out: CALL_TIME,
        confirm_time_out: CONFIRM_TIME,
        heartbeat: HEARTBEAT,
        min_pause: MIN_PAUSE,
        max_pause: MAX_PAUSE,
    });
    Ok(client.await?)
}

/// Originals in a bucket; what it does not have is looked for in `before`. `call_time` is what a call may take.
pub(crate) fn originals_in(
    bucket: &Bucket,
    before: Arc<dyn Originals>,
    call_time: Duration,
) -> Result<BucketOriginals, StoreError> {
    BucketOriginals::new(&BucketOptions { call_time, ..bucket_options(bucket) }, before)
}

fn bucket_options(bucket: &Bucket) -> BucketOptions {
    let Bucket { name, prefix, endpoint, region, key_id, secret, is_path_style, ca_file } = bucket.clone();
    BucketOptions {
        bucket: name,
        prefix,
        endpoint,
        region,
        key_id,
        secret,
        is_path_style,
        ca_file,
        call_time: BUCKET_TIME,
    }
}

/// The broker's address with the password that is set beside it.
pub(crate) fn broker(remote: &Remote) -> Result<BrokerAddress, EngineError> {
    let address = BrokerAddress::parse(&remote.url).map_err(|error| EngineError::broker_address(&error))?;
    Ok(match &remote.password {
        Some(password) => address.with_password(password),
        None => address,
    })
}

/// Whom the broker's certificate may be signed by.
fn tls(remote: &Remote) -> Option<Tls> {
    remote.ca_file.as_ref().map(|file| Tls { ca_file: Some(file.clone()), client: None })
}
