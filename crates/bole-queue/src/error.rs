use std::path::PathBuf;
use std::sync::Arc;

use bole_core::{Fault, Portal, Reason};

/// What lies below: an error of the database or of the broker.
type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Why the queue did not do what it was asked. The variants are what a caller can decide by.
#[derive(Clone, Debug, thiserror::Error)]
pub enum QueueError {
    /// The queue cannot be reached now: locked for long, an I/O error, a lost connection. Pause and try again.
    #[error("the queue is not available")]
    Unavailable(#[source] Cause),
    /// The queue has stopped: the runtime that it was opened in is shutting down.
    #[error("the queue has stopped")]
    Stopped,
    /// There is no room for what was to be written; nothing of it was. Consumers may go on.
    #[error("the disk of the queue is full")]
    DiskFull(#[source] Cause),
    /// One message is over the limit; nothing was published.
    #[error("a message of {n_bytes} bytes is over the limit of {limit_bytes}")]
    TooLarge {
        /// How large its body is.
        n_bytes: usize,
        /// The limit in force.
        limit_bytes: usize,
    },
    /// The file was written by a newer release.
    #[error("the queue `{}` has format {found}, this release knows {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// The file is a database of something else.
    #[error("`{}` is not a queue", path.display())]
    NotAQueue {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("the queue is damaged")]
    Damaged(#[source] Cause),
    /// The file cannot be opened or created.
    #[error("cannot open the queue `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// The broker takes nothing in because its memory or disk is short; acknowledgements go on.
    #[error("the broker is short of memory or disk and takes nothing in")]
    Blocked,
    /// The broker has no queue for a portal; the messages of others may be durable.
    #[error("the broker has no queue for portal `{portal}`")]
    Unroutable {
        /// The portal.
        portal: Portal,
    },
    /// The broker does not let us: nobody of this name and password, no such virtual host, or no permission.
    #[error("the broker refuses: wrong user or password, no such virtual host, or no permission")]
    Forbidden(#[source] Cause),
    /// No trust by TLS: the broker's certificate is not accepted, or ours by the broker.
    #[error("no trust between us and the broker by TLS")]
    Tls(#[source] Cause),
    /// A file of certificates or of a key cannot be used.
    #[error("no certificate or key can be read from `{}`", path.display())]
    TlsFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// The broker is too old.
    #[error("the broker is RabbitMQ {found}, at least 3.10 is needed")]
    BrokerTooOld {
        /// Its version.
        found: String,
    },
    /// The broker has no queue of this name.
    #[error("the broker has no queue `{name}`")]
    NoQueue {
        /// Its name.
        name: String,
    },
    /// What came from a queue of receipts is no receipt that this release knows.
    #[error("a receipt cannot be read")]
    NotAReceipt(#[source] Cause),
    /// A queue or exchange of the broker was declared by somebody else, in another way.
    #[error("`{name}` is there already, declared in another way")]
    OtherArguments {
        /// Its name.
        name: String,
        /// What the broker says differs.
        source: Cause,
    },
    /// A property of a message is more than AMQP can carry; nothing was published.
    #[error("`{name}` is longer than AMQP can carry, or no number that it has")]
    BadProperty {
        /// Which.
        name: &'static str,
    },
}

impl QueueError {
    /// What this means for the submission that was on its way.
    pub fn fault(&self) -> Fault {
        match self {
            Self::TooLarge { .. } => Fault::Permanent(Reason::OverLimit),
            Self::BadProperty { .. } => Fault::Permanent(Reason::BadMessage),
            Self::Unavailable(_)
            | Self::Stopped
            | Self::DiskFull(_)
            | Self::Newer { .. }
            | Self::NotAQueue { .. }
            | Self::Damaged(_)
            | Self::Open { .. }
            | Self::Blocked
            | Self::Unroutable { .. }
            | Self::Forbidden(_)
            | Self::Tls(_)
            | Self::TlsFile { .. }
            | Self::BrokerTooOld { .. }
            | Self::NoQueue { .. }
            | Self::NotAReceipt(_)
            | Self::OtherArguments { .. } => Fault::Transient,
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => {
                "look at the broker and the network, or at the disk; what runs tries again by itself"
            }
            Self::Stopped => "start the command again",
            Self::DiskFull(_) => "free some space on the disk of the data folder; what is held is not lost",
            Self::TooLarge { .. } => "send a smaller file, or raise the limit for all",
            Self::Newer { .. } => "use the release that wrote it, or a newer one",
            Self::NotAQueue { .. } => "give another data folder",
            Self::Damaged(_) => "move the file away, start again, and submit what was not indexed once more",
            Self::Open { .. } => "look at the path, its permissions, and whether its disk is mounted",
            Self::Blocked => "free disk or memory of the broker; publish again later with the same ids",
            Self::Unroutable { .. } => {
                "add the portal, or look whether somebody deleted its queue; then publish again"
            }
            Self::Forbidden(_) => {
                "look at user, password and virtual host, and at the user's permissions: `rabbitmqctl list_permissions`, \
                 `list_topic_permissions`"
            }
            Self::Tls(_) => {
                "give the authority that signed the broker's certificate, and use a host name that the certificate has"
            }
            Self::TlsFile { .. } => "give a readable file in PEM format, the key not encrypted",
            Self::BrokerTooOld { .. } => "use RabbitMQ 3.10 or newer",
            Self::NoQueue { .. } => {
                "have the portal added on Bole's side, or look at the prefix and the virtual host"
            }
            Self::NotAReceipt(_) => "use a newer release; the receipt stays in the queue",
            Self::OtherArguments { .. } => {
                "drain and delete it so that it is declared anew, or use another prefix or virtual host"
            }
            Self::BadProperty { .. } => "shorten it, or leave it out",
        }
    }

    /// Sorts an error of SQLite by what a caller can do.
    pub(crate) fn of(error: sqlx::Error) -> Self {
        const FULL: i64 = 13;
        const CORRUPT: i64 = 11;
        const NOT_A_DATABASE: i64 = 26;
        // The shared memory beside the file could not grow.
        const IO_SHARED_MEMORY_SIZE: i64 = 4874;
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<i64>().ok());
        let error: Cause = Arc::new(error);
        match code {
            Some(IO_SHARED_MEMORY_SIZE) => Self::DiskFull(error),
            Some(code) => match code & 0xff {
                FULL => Self::DiskFull(error),
                CORRUPT | NOT_A_DATABASE => Self::Damaged(error),
                _ => Self::Unavailable(error),
            },
            None => Self::Unavailable(error),
        }
    }
}

impl From<sqlx::Error> for QueueError {
    fn from(error: sqlx::Error) -> Self {
        Self::of(error)
    }
}
