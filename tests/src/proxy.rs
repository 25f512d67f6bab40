use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use nix::sys::socket::{setsockopt, sockopt};

/// How often a pump looks whether something was commanded.
const POLL: Duration = Duration::from_millis(20);

/// Stands between a program and a server, and spoils their connections when told to.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    orders: Arc<Orders>,
}

#[derive(Debug, Default)]
struct Orders {
    /// What the client sends is read and thrown away.
    swallow: AtomicBool,
    /// Nothing passes, in no direction; nobody is told.
    hold: AtomicBool,
    /// The next piece from the server passes by half, then its connection is reset.
    n_to_cut: AtomicU32,
    /// Connections of an earlier generation are reset.
    generation: AtomicU32,
    /// Nobody is let through, as if the server were not there.
    away: AtomicBool,
    stopped: AtomicBool,
}

impl Proxy {
    /// Listens on a port of its own and passes on to the server.
    pub fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let orders = Arc::new(Orders::default());
        let accepting = Arc::clone(&orders);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.stopped.load(Ordering::SeqCst) {
                    break;
                }
                if accepting.away.load(Ordering::SeqCst) {
                    continue;
                }
                // Without a server the client sees what it would see without us: the end.
                if let Ok(server) = TcpStream::connect(server) {
                    connect(&client, &server, &accepting).ok();
                }
            }
        });
        Ok(Self { address, orders })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on what clients send is thrown away, while what servers send arrives.
    pub fn swallow(&self) {
        self.orders.swallow.store(true, Ordering::SeqCst);
    }

    /// From now on nothing passes, until [`go_on`](Self::go_on).
    pub fn hold(&self) {
        self.orders.hold.store(true, Ordering::SeqCst);
    }

    /// Passes on what was held, and all that comes.
    pub fn go_on(&self) {
        self.orders.hold.store(false, Ordering::SeqCst);
    }

    /// The next `n_connections` that a server sends something on are reset in the middle of it.
    pub fn cut(&self, n_connections: u32) {
        self.orders.n_to_cut.store(n_connections, Ordering::SeqCst);
    }

    /// How many of those are still to come.
    pub fn n_to_cut(&self) -> u32 {
        self.orders.n_to_cut.load(Ordering::SeqCst)
    }

    /// Resets every connection and lets none through until [`come_back`](Self::come_back).
    pub fn go_away(&self) {
        self.orders.away.store(true, Ordering::SeqCst);
        self.reset();
    }

    /// Lets connections through again.
    pub fn come_back(&self) {
        self.orders.away.store(false, Ordering::SeqCst);
    }

    /// Resets every connection.
    pub fn reset(&self) {
        self.orders.generation.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.orders.stopped.store(true, Ordering::SeqCst);
        self.reset();
        // Wakes the thread that accepts.
        TcpStream::connect(self.address).ok();
    }
}

fn connect(client: &TcpStream, server: &TcpStream, orders: &Arc<Orders>) -> Result<()> {
    for stream in [client, server] {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(POLL))?;
        // Closed without waiting: the other side sees a reset.
        setsockopt(stream, sockopt::Linger, &libc::linger { l_onoff: 1, l_linger: 0 })?;
    }
    let ended = Arc::new(AtomicBool::new(false));
    let generation = orders.generation.load(Ordering::SeqCst);
    for (from, to, is_client) in [(client, server, true), (server, client, false)] {
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        let (orders, ended) = (Arc::clone(orders), Arc::clone(&ended));
        thread::spawn(move || {
            while !ended.load(Ordering::SeqCst) && orders.generation.load(Ordering::SeqCst) == generation {
                if !pass(&mut from, &mut to, is_client, &orders, generation) {
                    break;
                }
            }
            // Its twin lets go of the streams too, which closes them.
            ended.store(true, Ordering::SeqCst);
        });
    }
    Ok(())
}

/// Passes one piece on; false at the end.
fn pass(from: &mut TcpStream, to: &mut TcpStream, is_client: bool, orders: &Orders, generation: u32) -> bool {
    let mut piece = [0; 16 << 10];
    let n_bytes = match from.read(&mut piece) {
        Ok(0) => return false,
        Ok(n_bytes) => n_bytes,
        Err(error) => return matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    };
    while orders.hold.load(Ordering::SeqCst) && orders.generation.load(Ordering::SeqCst) == generation {
        thread::sleep(POLL);
    }
    if is_client && orders.swallow.load(Ordering::SeqCst) {
        return true;
    }
    let cut = |left: u32| left.checked_sub(1);
    // A piece of a few bytes is a sign of life or an answer: what is cut is to be a message.
    if !is_client && n_bytes > 100 {
        let cut = orders.n_to_cut.fetch_update(Ordering::SeqCst, Ordering::SeqCst, cut);
        if cut.is_ok() {
            to.write_all(&piece[..n_bytes / 2]).ok();
            return false;
        }
    }
    to.write_all(&piece[..n_bytes]).is_ok()
}
