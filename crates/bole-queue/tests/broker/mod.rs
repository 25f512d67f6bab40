//! A corner of the broker for one test, cleared when the test is over, and a way to it that can be cut.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bole_queue::{BrokerAddress, Host, Queue, RabbitOptions, RabbitQueue};
use lapin::options::{
    BasicPublishOptions, ConfirmSelectOptions, ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::conformance::{Factory, Limits};

pub(crate) const LIMIT_BYTES: usize = 1 << 20;

pub(crate) struct Broker {
    url: String,
    prefix: String,
    portals: Vec<String>,
}

impl Broker {
    /// Names of its own, not those of any other test or run.
    pub(crate) fn new(portals: &[&str]) -> Arc<Self> {
        static N_BROKERS: AtomicU32 = AtomicU32::new(0);
        let port = std::env::var("BOLE_TEST_AMQP_PORT").unwrap_or_else(|_| "56729".to_owned());
        let url = std::env::var("BOLE_TEST_AMQP");
        let url = url.unwrap_or_else(|_| format!("amqp://bole:bole@127.0.0.1:{port}/%2f"));
        let n = N_BROKERS.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let prefix = format!("bole-test-{now:x}-{n}");
        let portals = portals.iter().map(ToString::to_string).collect();
        Arc::new(Self { url, prefix, portals })
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn broker_address(&self) -> BrokerAddress {
        self.url.parse().unwrap()
    }

    pub(crate) fn address(&self) -> String {
        self.broker_address().hosts[0].to_string()
    }

    pub(crate) fn options(&self, limits: Limits) -> RabbitOptions {
        RabbitOptions {
            broker: self.broker_address(),
            tls: None,
            prefix: self.prefix.clone(),
            portals: self.portals.iter().map(|portal| portal.parse().unwrap()).collect(),
            max_held_bytes: limits.max_held_bytes,
            max_held_messages: limits.max_held_messages,
            limit_bytes: LIMIT_BYTES,
            time_out: Duration::from_secs(20),
            confirm_time_out: Duration::from_secs(20),
            heartbeat: Duration::from_secs(30),
            min_pause: Duration::from_millis(20),
            max_pause: Duration::from_millis(200),
        }
    }

    pub(crate) async fn queue(&self, limits: Limits) -> RabbitQueue {
        RabbitQueue::open(self.options(limits)).await.expect("a broker: `tests/servers start`")
    }

    /// The same, by a way that can be cut.
    pub(crate) async fn queue_by(&self, proxy: &Proxy, limits: Limits) -> RabbitQueue {
        let mut options = self.options(limits);
        // Nobody listens at the first.
        let host = |port| Host { name: "127.0.0.1".to_owned(), port };
        options.broker.hosts = vec![host(1), host(proxy.address.port())];
        RabbitQueue::open(options).await.expect("a broker: `tests/servers start`")
    }

    pub(crate) async fn connection(&self) -> Connection {
        Connection::connect(&self.url, ConnectionProperties::default()).await.unwrap()
    }

    /// Publishes as a portal does.
    pub(crate) async fn publish(
        &self,
        portal: &str,
        properties: BasicProperties,
        body: &[u8],
    ) -> Confirmation {
        self.publish_by(&format!("{}.submissions", self.prefix), portal, properties, body).await
    }

    pub(crate) async fn publish_by(
        &self,
        exchange: &str,
        key: &str,
        properties: BasicProperties,
        body: &[u8],
    ) -> Confirmation {
        let connection = self.connection().await;
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let confirm = channel.basic_publish(exchange.into(), key.into(), options, body, properties);
        confirm.await.unwrap().await.unwrap()
    }

    /// How many messages a queue has when all that was held is back.
    pub(crate) async fn count_once_nobody_consumes(&self, name: &str) -> u32 {
        let name = format!("{}.{name}", self.prefix);
        let channel = self.connection().await.create_channel().await.unwrap();
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        loop {
            let queue = channel.queue_declare(name.as_str().into(), passive, FieldTable::default());
            let queue = queue.await.unwrap();
            if queue.consumer_count() == 0 {
                return queue.message_count();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Has the broker close the connections of this test's queues.
    pub(crate) fn close_connections(&self) {
        let close = format!(
            "[rabbit_networking:close_connection(proplists:get_value(pid, C), \"test\") || \
             C <- rabbit_networking:connection_info_all([pid, client_properties]), \
             string:find(lists:flatten(io_lib:format(\"~0p\", [C])), \"{}\") =/= nomatch].",
            self.prefix
        );
        let answer = rabbitmqctl(&["eval", &close]);
        // One to publish, one to consume.
        assert_eq!(answer.split_whitespace().collect::<String>(), "[ok,ok]");
    }

    /// Deletes what is there of it.
    async fn clear(&self) {
        let connection = self.connection().await;
        let channel = connection.create_channel().await.unwrap();
        let portals = self.portals.iter().map(String::as_str).chain(["q"]);
        let queues = portals.map(|portal| format!("{}.submissions.{portal}", self.prefix));
        let portals = self.portals.iter().map(String::as_str).chain(["q"]);
        let receipts = portals.map(|portal| format!("{}.receipts.{portal}", self.prefix));
        let others = ["dead", "unroutable"].map(|name| format!("{}.{name}", self.prefix));
        for name in queues.chain(receipts).chain(others) {
            channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
        }
        for name in ["submissions", "unroutable", "receipts"] {
            let name = format!("{}.{name}", self.prefix);
            channel.exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default()).await.unwrap();
        }
    }
}

/// Where `tests/servers` keeps what it makes.
pub(crate) fn servers_folder() -> PathBuf {
    let default = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/servers").into();
    std::env::var_os("BOLE_TEST_SERVERS").unwrap_or_else(default).into()
}

/// Has the broker do something.
pub(crate) fn rabbitmqctl(arguments: &[&str]) -> String {
    let servers = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/servers");
    let output = Command::new(servers).args(["rabbitmqctl", "-q"]).args(arguments).output().unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{answer}: {}", String::from_utf8_lossy(&output.stderr));
    answer
}

/// A user with few rights, gone when the test is over.
pub(crate) struct User {
    name: String,
}

impl User {
    /// One that may use the exchanges and queues that these patterns match.
    pub(crate) fn new(broker: &Broker, configure: &str, write: &str, read: &str) -> Self {
        let name = format!("{}-user", broker.prefix);
        rabbitmqctl(&["add_user", &name, "secret"]);
        rabbitmqctl(&["set_permissions", &name, configure, write, read]);
        Self { name }
    }

    /// One that is a portal, as `deploy/rabbitmq/README.md` says.
    pub(crate) fn of_portal(broker: &Broker, portal: &str) -> Self {
        let submissions = format!("{}.submissions", broker.prefix);
        let (write, read) = (format!("^{submissions}$"), format!("^{}.receipts.{portal}$", broker.prefix));
        let user = Self::new(broker, "^$", &write.replace('.', "\\."), &read.replace('.', "\\."));
        rabbitmqctl(&["set_topic_permissions", &user.name, &submissions, &format!("^{portal}$"), "^$"]);
        user
    }

    pub(crate) fn address(&self, broker: &Broker) -> BrokerAddress {
        let mut address = broker.broker_address().with_password("secret");
        address.user.clone_from(&self.name);
        address
    }
}

impl Drop for User {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            rabbitmqctl(&["delete_user", &self.name]);
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // The runtime of the test is not to be waited in; a test that fails leaves its queues.
        if std::thread::panicking() {
            return;
        }
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(self.clear());
            });
        });
    }
}

#[async_trait]
impl Factory for Broker {
    async fn open(&self, limits: Limits) -> Arc<dyn Queue> {
        Arc::new(self.queue(limits).await)
    }

    fn counts_what_is_handed_out(&self) -> bool {
        false
    }
}

/// Passes on what is said, until it is cut.
pub(crate) struct Proxy {
    address: SocketAddr,
    n_cuts: watch::Sender<u32>,
    refuses: Arc<AtomicBool>,
}

impl Proxy {
    pub(crate) async fn start(to: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (n_cuts, is_cut) = watch::channel(0);
        let refuses = Arc::new(AtomicBool::new(false));
        let refuse = Arc::clone(&refuses);
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let mut is_cut = is_cut.clone();
                is_cut.mark_unchanged();
                if refuse.load(Ordering::SeqCst) {
                    continue;
                }
                let mut to = TcpStream::connect(&to).await.unwrap();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut from, &mut to) => {}
                        _ = is_cut.changed() => {}
                    }
                });
            }
        });
        Self { address, n_cuts, refuses }
    }

    /// Ends all connections.
    pub(crate) fn cut(&self) {
        self.n_cuts.send_modify(|n_cuts| *n_cuts += 1);
    }

    /// Whether new ones are ended at once.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }
}
