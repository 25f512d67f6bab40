//! Connecting, and the time-out around every wait.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};
use lapin::{Connection, ConnectionProperties};

use super::RabbitOptions;
use crate::QueueError;

const PORT: u16 = 5672;

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
        Self::Unavailable(Arc::new(error))
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

/// Connects to the first host that answers, from the `n_attempts`-th on. `purpose` is what the broker shows.
pub(super) async fn connect(
    options: &RabbitOptions,
    purpose: &str,
    n_attempts: usize,
) -> Result<Connection, QueueError> {
    let mut error = Trouble::NoHost.into();
    let n_hosts = options.hosts.len();
    for host in options.hosts.iter().cycle().skip(n_attempts % n_hosts.max(1)).take(n_hosts) {
        let name = format!("{} {purpose}", options.prefix);
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let connection = Connection::connect_uri(uri(options, host), properties);
        match within(options.time_out, connection).await {
            Ok(connection) => return Ok(connection),
            Err(trouble) => {
                tracing::warn!(host, error = %Chain(&trouble), "the broker cannot be reached");
                error = trouble;
            }
        }
    }
    Err(error)
}

/// An error with what caused it, on one line.
pub(super) struct Chain<'a>(pub(super) &'a QueueError);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut source = std::error::Error::source(self.0);
        while let Some(cause) = source {
            write!(formatter, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

fn uri(options: &RabbitOptions, host: &str) -> AMQPUri {
    let (host, port) = host_and_port(host);
    AMQPUri {
        scheme: AMQPScheme::AMQP,
        authority: AMQPAuthority {
            userinfo: AMQPUserInfo { username: options.user.clone(), password: options.password.clone() },
            host: host.to_owned(),
            port,
        },
        vhost: options.virtual_host.clone(),
        query: AMQPQueryString {
            heartbeat: Some(u16::try_from(options.heartbeat.as_secs()).unwrap_or(u16::MAX)),
            ..AMQPQueryString::default()
        },
    }
}

/// Takes `host`, `host:port`, `[::1]`, `[::1]:port` and `::1`.
fn host_and_port(text: &str) -> (&str, u16) {
    let given = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    match given {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (bare(host), port),
        _ => (bare(text), PORT),
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_come_with_or_without_a_port() {
        for (text, expected) in [
            ("broker", ("broker", 5672)),
            ("broker:5673", ("broker", 5673)),
            ("10.0.0.7:1", ("10.0.0.7", 1)),
            ("[::1]:5673", ("::1", 5673)),
            ("[::1]", ("::1", 5672)),
            ("::1", ("::1", 5672)),
        ] {
            assert_eq!(host_and_port(text), expected, "{text}");
        }
    }
}
