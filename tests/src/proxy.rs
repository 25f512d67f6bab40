use std::io::copy;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Result;

/// A way to a server that can be cut.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    way: Arc<Way>,
}

#[derive(Debug, Default)]
struct Way {
    is_cut: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// Leads to `host:port`.
    pub fn to(target: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, way) = (listener.local_addr()?, Arc::new(Way::default()));
        let (keeper, target) = (way.clone(), target.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Dropped, it is closed at once.
                if !keeper.is_cut.load(Ordering::SeqCst) {
                    lead(&keeper, client, &target).ok();
                }
            }
        });
        Ok(Self { address, way })
    }

    /// Where it is: `host:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Closes every connection, and every new one.
    pub fn cut(&self) {
        self.way.is_cut.store(true, Ordering::SeqCst);
        for stream in self.way.streams.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// Leads there again.
    pub fn mend(&self) {
        self.way.is_cut.store(false, Ordering::SeqCst);
    }
}

fn lead(way: &Way, client: TcpStream, target: &str) -> Result<()> {
    let server = TcpStream::connect(target)?;
    let mut kept = way.streams.lock().unwrap_or_else(PoisonError::into_inner);
    kept.extend([client.try_clone()?, server.try_clone()?]);
    drop(kept);
    for (mut from, mut to) in [(client.try_clone()?, server.try_clone()?), (server, client)] {
        thread::spawn(move || {
            copy(&mut from, &mut to).ok();
            to.shutdown(Shutdown::Write).ok();
        });
    }
    Ok(())
}
