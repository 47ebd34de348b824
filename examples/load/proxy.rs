//! A bad network: a proxy that cuts connections after some bytes, holds them up, and lets answers disappear.
//!
//! At its tame door a connection is good until a fault is armed for it; at its wild door each connection has a fault from
//! the start, chosen by a seed.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Outcome;

/// What goes wrong with a connection from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is cut after so many more bytes to the server.
    CutUp(usize),
    /// It is cut after so many more bytes from the server.
    CutDown(usize),
    /// Nothing moves for so long.
    Delay(Duration),
    /// Nothing comes from the server any more, and after so long it is cut.
    Swallow(Duration),
}

impl Fault {
    /// A fault of any kind; a message and its answer have some hundred bytes.
    pub fn random(random: &mut StdRng, longest: Duration) -> Fault {
        let within = |random: &mut StdRng, longest: Duration| longest.mul_f64(random.random_range(0.0..1.0));
        match random.random_range(0..4) {
            0 => Fault::CutUp(random.random_range(1..300)),
            1 => Fault::CutDown(random.random_range(1..400)),
            2 => Fault::Delay(within(random, longest)),
            _ => Fault::Swallow(within(random, longest.min(Duration::from_secs(1)))),
        }
    }
}

type Armed = Arc<Mutex<HashMap<SocketAddr, mpsc::UnboundedSender<Fault>>>>;

/// The proxy; it ends when the value is dropped.
pub struct Proxy {
    /// `host:port` of the tame door.
    pub tame: String,
    /// `host:port` of the wild one.
    pub wild: String,
    armed: Armed,
    _doors: JoinSet<()>,
}

impl Proxy {
    /// Opens both doors to the server at `target`.
    pub async fn start(target: &str, seed: u64, longest: Duration) -> Outcome<Proxy> {
        let (tame, wild) = (
            TcpListener::bind("127.0.0.1:0").await?,
            TcpListener::bind("127.0.0.1:0").await?,
        );
        let (tame_host, wild_host) = (tame.local_addr()?.to_string(), wild.local_addr()?.to_string());
        let armed = Armed::default();
        let mut doors = JoinSet::new();
        let (known, server) = (Arc::clone(&armed), target.to_owned());
        doors.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, address)) = tame.accept().await {
                let (arm, faults) = mpsc::unbounded_channel();
                lock(&known).insert(address, arm);
                let (known, server) = (Arc::clone(&known), server.clone());
                connections.spawn(async move {
                    carry(client, &server, faults).await;
                    lock(&known).remove(&address);
                });
                while connections.try_join_next().is_some() {}
            }
        });
        let server = target.to_owned();
        doors.spawn(async move {
            let mut random = StdRng::seed_from_u64(seed);
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = wild.accept().await {
                let (arm, faults) = mpsc::unbounded_channel();
                // The receiver is here: it can't fail.
                let _ = arm.send(Fault::random(&mut random, longest));
                let server = server.clone();
                connections.spawn(async move {
                    carry(client, &server, faults).await;
                    drop(arm);
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Proxy {
            tame: tame_host,
            wild: wild_host,
            armed,
            _doors: doors,
        })
    }

    /// Lets a fault begin on the connection from this address; nothing where it is gone.
    pub fn arm(&self, client: SocketAddr, fault: Fault) {
        if let Some(arm) = lock(&self.armed).get(&client) {
            let _ = arm.send(fault);
        }
    }
}

fn lock(armed: &Armed) -> MutexGuard<'_, HashMap<SocketAddr, mpsc::UnboundedSender<Fault>>> {
    armed.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries bytes both ways until one side ends or a fault cuts it.
async fn carry(mut client: TcpStream, target: &str, mut faults: mpsc::UnboundedReceiver<Fault>) {
    let Ok(mut server) = TcpStream::connect(target).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let (mut up_left, mut down_left) = (usize::MAX, usize::MAX);
    let (mut held, mut cut): (Option<Instant>, Option<Instant>) = (None, None);
    // A day: longer than any run.
    let never = Instant::now() + Duration::from_secs(86_400);
    while up_left > 0 && down_left > 0 {
        tokio::select! {
            biased;
            Some(fault) = faults.recv() => match fault {
                Fault::CutUp(bytes) => up_left = up_left.min(bytes),
                Fault::CutDown(bytes) => down_left = down_left.min(bytes),
                Fault::Delay(time) => held = Some(Instant::now() + time),
                Fault::Swallow(time) => cut = Some(Instant::now() + time),
            },
            () = tokio::time::sleep_until(held.unwrap_or(never)), if held.is_some() => held = None,
            () = tokio::time::sleep_until(cut.unwrap_or(never)), if cut.is_some() => return,
            read = client.read(&mut up), if held.is_none() => {
                let Ok(read @ 1..) = read else { return };
                let part = read.min(up_left);
                if server.write_all(&up[..part]).await.is_err() {
                    return;
                }
                if up_left != usize::MAX {
                    up_left -= part;
                }
            }
            read = server.read(&mut down), if held.is_none() => {
                let Ok(read @ 1..) = read else { return };
                if cut.is_some() {
                    continue;
                }
                let part = read.min(down_left);
                if client.write_all(&down[..part]).await.is_err() {
                    return;
                }
                if down_left != usize::MAX {
                    down_left -= part;
                }
            }
        }
    }
}
