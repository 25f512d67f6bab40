use std::collections::VecDeque;
use std::time::Duration;

use bole_core::Portal;
use bole_core::message::v1::Message;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::group::{self, Claimed};
use super::lease::{Handed, Lease, Token};
use super::process::Process;
use super::{LocalQueueOptions, schema};
use crate::{Acknowledged, Depth, QueueError};

/// How often a consumer that waits looks for messages that another process published, or left behind.
const POLL: Duration = Duration::from_millis(50);
/// How much goes into one transaction at most.
const MAX_GROUP: usize = 256;
const MAX_GROUP_BYTES: usize = 32 << 20;

type Reply<T> = oneshot::Sender<Result<T, QueueError>>;

/// What the keeper is asked for.
pub(super) enum Command {
    /// Something that must be durable.
    Write(Write),
    /// The next message, whenever there is one.
    Receive(Reply<Handed>),
    /// To hand out from these portals only.
    SetPortals { portals: Vec<Portal>, reply: Reply<()> },
    /// How much waits.
    Depth(Reply<Vec<Depth>>),
}

/// What must be durable before it is answered.
pub(super) enum Write {
    Publish { messages: Vec<Message>, reply: Reply<()> },
    Settle { token: Token, n_bytes: usize, is_ack: bool, reply: Reply<Acknowledged> },
}

/// The task that owns the connection.
pub(super) struct Keeper {
    options: LocalQueueOptions,
    max_pages: Option<u32>,
    commands: mpsc::WeakUnboundedSender<Command>,
    receiver: mpsc::UnboundedReceiver<Command>,
    /// None after any error: a fresh one knows of no half-done transaction.
    connection: Option<SqliteConnection>,
    is_durable: bool,
    process: Process,
    /// The row by which this consumer holds messages; none before the first, or when its leases were lost.
    owner: Option<i64>,
    /// The names of the portals that are handed out, as a JSON array; none: all are.
    portals: Option<String>,
    /// The portal that was served last.
    portal: String,
    waiting: VecDeque<Reply<Handed>>,
    n_held: usize,
    held_bytes: usize,
    /// Whether the next message is larger than the room left; it waits for a lease to end.
    is_full: bool,
    /// Leases that are over but could not be given back. Nothing is handed out before they are, because a token
    /// whose handing-out was undone may be given again.
    owed: Vec<Token>,
    /// When leases are renewed next.
    due: Instant,
    is_idle: bool,
}

impl Keeper {
    pub(super) async fn open(
        options: LocalQueueOptions,
        max_pages: Option<u32>,
        commands: mpsc::WeakUnboundedSender<Command>,
        receiver: mpsc::UnboundedReceiver<Command>,
    ) -> Result<Self, QueueError> {
        let connection = schema::connect(&options.path, max_pages).await?;
        Ok(Self {
            options,
            max_pages,
            commands,
            receiver,
            connection: Some(connection),
            is_durable: true,
            process: Process::this(),
            owner: None,
            portals: None,
            portal: String::new(),
            waiting: VecDeque::new(),
            n_held: 0,
            held_bytes: 0,
            is_full: false,
            owed: Vec::new(),
            due: Instant::now(),
            is_idle: true,
        })
    }

    /// Serves until the queue and all its leases are gone.
    pub(super) async fn run(mut self) {
        loop {
            let poll = if self.is_handing_out() { Instant::now() + POLL } else { self.due };
            match timeout_at(poll.min(self.due), self.receiver.recv()).await {
                Ok(Some(command)) => self.serve(command).await,
                Ok(None) => break,
                Err(_) => {}
            }
            if Instant::now() >= self.due {
                self.due = Instant::now() + self.options.lease / 3;
                if let Err(error) = self.keep_up().await {
                    tracing::warn!(%error, "the queue's leases could not be renewed");
                }
            }
            if self.is_handing_out() {
                self.hand_out().await;
            }
        }
        if let Err(error) = self.close().await {
            tracing::debug!(%error, "the queue was not closed, its leases run out");
        }
    }

    /// Whether somebody waits and may be given something.
    fn is_handing_out(&mut self) -> bool {
        self.waiting.retain(|reply| !reply.is_closed());
        !self.waiting.is_empty()
            && self.n_held < self.options.max_held_messages.max(1)
            && (self.n_held == 0 || self.held_bytes < self.options.max_held_bytes)
            && !self.is_full
    }

    /// Takes all commands that wait, up to the size of a group.
    async fn serve(&mut self, first: Command) {
        self.is_idle = false;
        let mut writes = Vec::new();
        let mut depths = Vec::new();
        let mut n_bytes = 0;
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Write(write) => {
                    n_bytes += write.n_bytes();
                    writes.push(write);
                }
                Command::Receive(reply) => self.waiting.push_back(reply),
                Command::SetPortals { portals, reply } => {
                    let names = portals.iter().map(|portal| serde_json::Value::from(portal.as_str()));
                    self.portals = Some(serde_json::Value::Array(names.collect()).to_string());
                    self.is_full = false;
                    answer(reply, Ok(()));
                }
                Command::Depth(reply) => depths.push(reply),
            }
            let is_full = writes.len() >= MAX_GROUP || n_bytes >= MAX_GROUP_BYTES;
            next = if is_full { None } else { self.receiver.try_recv().ok() };
        }
        if !writes.is_empty() {
            self.write(writes).await;
        }
        if !depths.is_empty() {
            let depth = self.depth().await;
            for reply in depths {
                answer(reply, depth.clone());
            }
        }
    }

    /// Writes a group in one transaction. If the disk is full, each by itself: what is large must not keep what is
    /// small, or makes room, from being done.
    async fn write(&mut self, mut writes: Vec<Write>) {
        match self.try_write(&writes).await {
            Ok(done) => self.settle(writes, &done),
            Err(QueueError::DiskFull(_)) if writes.len() > 1 => {
                for write in writes.drain(..) {
                    let alone = [write];
                    match self.try_write(&alone).await {
                        Ok(done) => self.settle(alone, &done),
                        Err(error) => self.refuse(alone, &error),
                    }
                }
            }
            Err(error) => self.refuse(writes, &error),
        }
    }

    /// Answers for each write whether it found what it was about.
    async fn try_write(&mut self, writes: &[Write]) -> Result<Vec<bool>, QueueError> {
        let mut connection = self.connection(true).await?;
        let mut done = Vec::with_capacity(writes.len());
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for write in writes {
            done.push(match write {
                Write::Publish { messages, .. } => {
                    for message in messages {
                        group::publish(&mut transaction, message).await?;
                    }
                    true
                }
                Write::Settle { token, is_ack: true, .. } => group::remove(&mut transaction, *token).await?,
                Write::Settle { token, is_ack: false, .. } => {
                    group::release(&mut transaction, *token).await?
                }
            });
        }
        transaction.commit().await?;
        self.connection = Some(connection);
        Ok(done)
    }

    fn settle(&mut self, writes: impl IntoIterator<Item = Write>, done: &[bool]) {
        for (write, is_done) in writes.into_iter().zip(done) {
            match write {
                Write::Publish { reply, .. } => answer(reply, Ok(())),
                Write::Settle { n_bytes, reply, .. } => {
                    self.end_of_lease(n_bytes);
                    answer(reply, Ok(if *is_done { Acknowledged::Done } else { Acknowledged::Lost }));
                }
            }
        }
    }

    fn refuse(&mut self, writes: impl IntoIterator<Item = Write>, error: &QueueError) {
        for write in writes {
            match write {
                Write::Publish { reply, .. } => answer(reply, Err(error.clone())),
                Write::Settle { token, n_bytes, reply, .. } => {
                    self.end_of_lease(n_bytes);
                    self.owed.push(token);
                    answer(reply, Err(error.clone()));
                }
            }
        }
    }

    fn end_of_lease(&mut self, n_bytes: usize) {
        self.n_held -= 1;
        self.held_bytes -= n_bytes;
        self.is_full = false;
    }

    /// Gives those that wait what there is.
    async fn hand_out(&mut self) {
        if let Err(error) = self.try_hand_out().await {
            for reply in self.waiting.drain(..) {
                answer(reply, Err(error.clone()));
            }
        }
    }

    async fn try_hand_out(&mut self) -> Result<(), QueueError> {
        self.give_back_owed().await?;
        let mut connection = self.connection(false).await?;
        if group::next_ready(&mut connection, &self.portal, self.portals.as_deref()).await?.is_none() {
            self.connection = Some(connection);
            return self.reclaim().await;
        }
        let mut claimed = Vec::new();
        let result = self.claim(&mut connection, &mut claimed).await;
        if let Err(error) = result {
            // Whether it was committed is not known; released, it is ready either way.
            self.owed.extend(claimed.iter().map(|claimed| claimed.token));
            return Err(error);
        }
        self.connection = Some(connection);
        self.is_full = claimed.is_empty() && self.n_held > 0;
        for Claimed { token, n_bytes, message } in claimed {
            let (Some(reply), Some(commands)) = (self.waiting.pop_front(), self.commands.upgrade()) else {
                self.owed.push(token);
                continue;
            };
            self.portal.replace_range(.., message.portal.as_str());
            self.n_held += 1;
            self.held_bytes += n_bytes;
            // If the receiver is gone, the lease is dropped and comes back as a release.
            answer(reply, Ok(Handed { message, lease: Lease::new(token, n_bytes, commands) }));
        }
        Ok(())
    }

    async fn claim(
        &mut self,
        connection: &mut SqliteConnection,
        claimed: &mut Vec<Claimed>,
    ) -> Result<(), QueueError> {
        let n_free = self.options.max_held_messages.max(1).saturating_sub(self.n_held);
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let owner = match self.owner {
            Some(owner) => owner,
            None => group::register(&mut transaction, &self.process, self.until_ms()).await?,
        };
        let mut portal = self.portal.clone();
        let mut held_bytes = self.held_bytes;
        for _ in 0..self.waiting.len().min(n_free).min(MAX_GROUP) {
            let room = self.options.max_held_bytes.saturating_sub(held_bytes) as i64;
            let is_alone = self.n_held == 0 && claimed.is_empty();
            let room = if is_alone { i64::MAX } else { room };
            let next = group::next_ready(&mut transaction, &portal, self.portals.as_deref()).await?;
            let Some(id) = next else { break };
            let Some(next) = group::claim(&mut transaction, owner, id, room).await? else { break };
            portal.replace_range(.., next.message.portal.as_str());
            held_bytes += next.n_bytes;
            claimed.push(next);
        }
        transaction.commit().await?;
        self.owner = Some(owner);
        Ok(())
    }

    async fn give_back_owed(&mut self) -> Result<(), QueueError> {
        if self.owed.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection(false).await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for token in &self.owed {
            group::release(&mut transaction, *token).await?;
        }
        transaction.commit().await?;
        self.owed.clear();
        self.connection = Some(connection);
        Ok(())
    }

    /// What is done from time to time, whether or not somebody asks.
    async fn keep_up(&mut self) -> Result<(), QueueError> {
        self.give_back_owed().await?;
        if let Some(owner) = self.owner {
            let mut connection = self.connection(false).await?;
            if !group::renew(&mut connection, owner, self.until_ms()).await? {
                tracing::warn!("the leases of this consumer ran out, its messages come again");
                self.owner = None;
            }
            self.connection = Some(connection);
        }
        self.reclaim().await?;
        if std::mem::replace(&mut self.is_idle, true) {
            let mut connection = self.connection(false).await?;
            group::shrink(&mut connection).await?;
            self.connection = Some(connection);
        }
        Ok(())
    }

    /// Makes ready what consumers hold that are dead or silent.
    async fn reclaim(&mut self) -> Result<(), QueueError> {
        let mut connection = self.connection(false).await?;
        let now_ms = group::now_ms();
        let mut owners = group::owners(&mut connection).await?;
        owners.retain(|owner| {
            let is_over = owner.until_ms < now_ms || self.process.sees_dead(&owner.process);
            is_over && Some(owner.id) != self.owner
        });
        if !owners.is_empty() || group::is_any_orphaned(&mut connection).await? {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            for owner in &owners {
                group::strike(&mut transaction, owner).await?;
            }
            let n_messages = group::free_orphans(&mut transaction).await?;
            transaction.commit().await?;
            if n_messages > 0 {
                tracing::info!(n_messages, "messages of a consumer that is gone are ready again");
            }
        }
        self.connection = Some(connection);
        Ok(())
    }

    async fn depth(&mut self) -> Result<Vec<Depth>, QueueError> {
        let mut connection = self.connection(self.is_durable).await?;
        let depth = group::depth(&mut connection).await?;
        self.connection = Some(connection);
        Ok(depth)
    }

    async fn close(&mut self) -> Result<(), QueueError> {
        let mut connection = self.connection(false).await?;
        if let Some(owner) = self.owner {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            group::unregister(&mut transaction, owner).await?;
            group::free_orphans(&mut transaction).await?;
            transaction.commit().await?;
        }
        group::shrink(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Takes the connection out, open and as durable as asked. Whoever has no error puts it back.
    async fn connection(&mut self, is_durable: bool) -> Result<SqliteConnection, QueueError> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            self.is_durable = true;
            schema::connect(&self.options.path, self.max_pages).await?
        };
        if self.is_durable != is_durable {
            group::set_durable(&mut connection, is_durable).await?;
            self.is_durable = is_durable;
        }
        Ok(connection)
    }

    fn until_ms(&self) -> i64 {
        group::now_ms().saturating_add(self.options.lease.as_millis() as i64)
    }
}

impl Write {
    fn n_bytes(&self) -> usize {
        match self {
            Self::Publish { messages, .. } => messages.iter().map(|message| message.body.len()).sum(),
            Self::Settle { .. } => 0,
        }
    }
}

/// Answers; somebody who waits no longer needs no answer.
fn answer<T>(reply: Reply<T>, result: Result<T, QueueError>) {
    drop(reply.send(result));
}
