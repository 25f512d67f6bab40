//! Connecting, and the time-out around every wait.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bole_core::Chain;
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};
use lapin::{AsyncTcpStream, Connection, ConnectionProperties, ErrorKind};

use tokio_rustls::rustls;

use super::site::Site;
use super::tls;
use super::wire::{self, DialError, Greeting, WireRuntime};
use crate::{BrokerAddress, Host, QueueError};

/// What goes wrong without an error of lapin's.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("the broker did not answer within {0:?}")]
    Silence(Duration),
    #[error("the broker refused to store a message")]
    Refused,
    #[error("the broker does not confirm")]
    Unconfirmed,
    #[error("the broker ended the connection or a subscription")]
    Ended,
    #[error("no host of the broker is given")]
    NoHost,
}

impl From<Trouble> for QueueError {
    fn from(trouble: Trouble) -> Self {
        Self::Unavailable(Arc::new(trouble))
    }
}

impl From<lapin::Error> for QueueError {
    fn from(error: lapin::Error) -> Self {
        const REFUSED: AMQPErrorKind = AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED);
        const NOT_ALLOWED: AMQPErrorKind = AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED);
        match error.kind() {
            ErrorKind::ProtocolError(cause) if [REFUSED, NOT_ALLOWED].contains(cause.kind()) => {
                Self::Forbidden(Arc::new(error))
            }
            // A broker that wants a certificate of ours says so only after the handshake.
            ErrorKind::IOError(cause)
                if cause.get_ref().is_some_and(|cause| cause.downcast_ref::<rustls::Error>().is_some()) =>
            {
                Self::Tls(Arc::new(error))
            }
            _ => Self::Unavailable(Arc::new(error)),
        }
    }
}

/// Waits for lapin, but not for ever.
pub(super) async fn within<T>(
    time_out: Duration,
    answer: impl Future<Output = lapin::Result<T>>,
) -> Result<T, QueueError> {
    match tokio::time::timeout(time_out, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Trouble::Silence(time_out).into()),
    }
}

/// Connects to the first host that answers, from any of them on. `purpose` is what the broker shows.
pub(super) async fn connect(site: &Site, purpose: &str) -> Result<Connection, QueueError> {
    Ok(connect_and_hear(site, purpose).await?.0)
}

/// The same, with what the broker said first.
pub(super) async fn connect_and_hear(
    site: &Site,
    purpose: &str,
) -> Result<(Connection, Greeting), QueueError> {
    let mut error = Trouble::NoHost.into();
    let hosts = &site.broker.hosts;
    for host in hosts.iter().cycle().skip(any_of(hosts.len())).take(hosts.len()) {
        match connect_to(site, host, purpose).await {
            Ok(connection) => return Ok(connection),
            Err(trouble) => {
                tracing::warn!(%host, error = %Chain(&trouble), "the broker cannot be reached");
                error = trouble;
            }
        }
    }
    Err(error)
}

/// Any number below `n`: processes are to spread over the nodes of a broker, and the queues that they declare with them.
fn any_of(n: usize) -> usize {
    // Every `RandomState` has a key of its own.
    (RandomState::new().hash_one(()) % n.max(1) as u64) as usize
}

async fn connect_to(site: &Site, host: &Host, purpose: &str) -> Result<(Connection, Greeting), QueueError> {
    let name = format!("{} {purpose}", site.prefix);
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let greeting = Greeting::default();
    // Dialled before lapin is there, so that an error is ours; lapin asks once.
    let dialled = tokio::time::timeout(site.time_out, wire::dial(site, host, greeting.clone())).await;
    let wire = match dialled {
        Ok(Ok(wire)) => Mutex::new(Some(wire)),
        Ok(Err(DialError::Queue(error))) => return Err(error),
        Ok(Err(DialError::Io(error))) => return Err(of_io(error)),
        Err(_) => return Err(Trouble::Silence(site.time_out).into()),
    };
    let take = async move |_: AMQPUri, _: WireRuntime| {
        let wire = wire.lock().unwrap_or_else(PoisonError::into_inner).take();
        let wire = wire.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))?;
        Ok(AsyncTcpStream::Plain(wire))
    };
    let connection = Connection::connector(uri(site, host), wire::runtime(), take, properties);
    let connection = within(site.time_out, connection).await;
    match (greeting.too_old(), connection) {
        (None, connection) => Ok((connection?, greeting)),
        (Some(found), Ok(connection)) => {
            drop(within(site.time_out, connection.close(200, "too old".into())).await);
            Err(QueueError::BrokerTooOld { found })
        }
        (Some(found), Err(_)) => Err(QueueError::BrokerTooOld { found }),
    }
}

/// Tells what TLS does not trust from a connection that is lost.
fn of_io(error: io::Error) -> QueueError {
    match error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
        Some(cause) => tls::refused(cause.clone()),
        None => QueueError::Unavailable(Arc::new(error)),
    }
}

fn uri(site: &Site, host: &Host) -> AMQPUri {
    let BrokerAddress { is_tls, virtual_host, user, .. } = &site.broker;
    AMQPUri {
        scheme: if *is_tls { AMQPScheme::AMQPS } else { AMQPScheme::AMQP },
        authority: AMQPAuthority {
            userinfo: AMQPUserInfo { username: user.clone(), password: site.broker.password().to_owned() },
            host: host.name.clone(),
            port: host.port,
        },
        vhost: virtual_host.clone(),
        query: AMQPQueryString {
            heartbeat: Some(u16::try_from(site.heartbeat.as_secs()).unwrap_or(u16::MAX)),
            ..AMQPQueryString::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::any_of;

    #[test]
    fn no_host_is_left_out() {
        assert_eq!((any_of(0), any_of(1)), (0, 0));
        let mut left = [true; 3];
        while left.contains(&true) {
            left[any_of(3)] = false;
        }
    }
}
