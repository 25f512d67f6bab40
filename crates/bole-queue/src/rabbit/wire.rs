//! What lapin talks over: TCP, or TLS by rustls with ring.
//!
//! A stream of our own also hears the broker's greeting, which lapin keeps to itself: the greeting names the version.

use std::fmt;
use std::future::Future;
use std::io::{self, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use async_rs::traits::Reactor;
use async_rs::util::RuntimeParts;
use async_rs::{Runtime, Tokio};
use futures_core::Stream;
use lapin::types::parsing::parse_field_table;
use lapin::types::{AMQPValue, FieldTable};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::site::Site;
use super::tls;
use crate::{Host, QueueError};

/// What a broker needs: message time-outs and dead letters at least once on quorum queues.
const OLDEST: (u32, u32) = (3, 10);
/// A greeting is under one KiB.
const MAX_GREETING_BYTES: usize = 16 << 10;
/// A frame of a method, on channel 0, and its length; class and method; the version of the protocol.
const HEADER_BYTES: usize = 1 + 2 + 4 + 2 + 2 + 1 + 1;

pub(super) type WireRuntime = Runtime<RuntimeParts<Tokio, WireReactor>>;

/// A stream to the broker.
pub(super) struct Wire {
    stream: Box<dyn Both>,
    greeting: Greeting,
}

trait Both: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Both for T {}

/// What the broker says first.
#[derive(Clone, Debug, Default)]
pub(super) struct Greeting(Arc<Mutex<Vec<u8>>>);

/// tokio's, with streams of our own.
#[derive(Clone, Debug)]
pub(super) struct WireReactor(Tokio);

pub(super) fn runtime() -> WireRuntime {
    Runtime::new(RuntimeParts::new(Tokio::current(), WireReactor(Tokio::current())))
}

/// Connects, without a word of AMQP.
pub(super) async fn dial(site: &Site, host: &Host, greeting: Greeting) -> Result<Wire, DialError> {
    let stream = TcpStream::connect((host.name.as_str(), host.port)).await?;
    stream.set_nodelay(true)?;
    if !site.broker.is_tls {
        return Ok(Wire { stream: Box::new(stream), greeting });
    }
    let name = ServerName::try_from(host.name.clone()).map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::new(tls::config(site.tls.as_ref())?));
    let stream = connector.connect(name, stream).await?;
    Ok(Wire { stream: Box::new(stream), greeting })
}

/// Why there is no stream.
#[derive(Debug)]
pub(super) enum DialError {
    Queue(QueueError),
    Io(io::Error),
}

impl From<io::Error> for DialError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<QueueError> for DialError {
    fn from(error: QueueError) -> Self {
        Self::Queue(error)
    }
}

impl Greeting {
    fn hear(&self, bytes: &[u8]) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let n_wanted = MAX_GREETING_BYTES.saturating_sub(heard.len());
        heard.extend(bytes.iter().take(n_wanted));
    }

    /// The version of a RabbitMQ that is too old; none if it is new enough, or something else.
    pub(super) fn too_old(&self) -> Option<String> {
        let version = self.version()?;
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().ok());
        let found = (numbers.next()??, numbers.next()??);
        (found < OLDEST).then_some(version)
    }

    /// The version of a RabbitMQ; none of something else.
    pub(super) fn version(&self) -> Option<String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let length = heard.get(HEADER_BYTES..HEADER_BYTES + 4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        let table = heard.get(HEADER_BYTES..(HEADER_BYTES + 4).checked_add(length)?)?;
        let (_, properties) = parse_field_table(table).ok()?;
        if text(&properties, "product")? != "RabbitMQ" {
            return None;
        }
        text(&properties, "version")
    }
}

fn text(properties: &FieldTable, name: &str) -> Option<String> {
    match properties.inner().get(name)? {
        AMQPValue::LongString(text) => Some(text.to_string()),
        _ => None,
    }
}

impl futures_io::AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut read = ReadBuf::new(buffer);
        ready!(Pin::new(&mut *self.stream).poll_read(context, &mut read))?;
        let heard = read.filled();
        self.greeting.hear(heard);
        Poll::Ready(Ok(heard.len()))
    }
}

impl futures_io::AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write_vectored(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(context)
    }
}

impl Reactor for WireReactor {
    type TcpStream = Wire;
    type Sleep = <Tokio as Reactor>::Sleep;

    fn register<H: Read + Write + AsFd + AsRawFd + Send + 'static>(
        &self,
        socket: H,
    ) -> io::Result<impl futures_io::AsyncRead + futures_io::AsyncWrite + Send + Unpin + 'static> {
        self.0.register(socket)
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.0.sleep(duration)
    }

    fn interval(&self, duration: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.0.interval(duration)
    }

    #[expect(clippy::manual_async_fn, reason = "the future must not borrow from `self`")]
    fn tcp_connect_addr(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<Wire>> + Send + 'static {
        async move {
            let stream = Box::new(TcpStream::connect(address).await?);
            Ok(Wire { stream, greeting: Greeting::default() })
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Wire").finish_non_exhaustive()
    }
}
