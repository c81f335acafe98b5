//! A server on loopback that misbehaves as it is told.

mod conversation;

use std::future::ready;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinSet, yield_now};

use crate::server::conversation::Conversation;
use crate::tally::Ledger;
use crate::tls::Authority;
use crate::{Script, Tally, ca_pem};

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// HTTP straight on TCP.
    Plain,
    /// HTTP over TLS, with the certificate which the behaviour names.
    Tls,
}

/// A server on `127.0.0.1`, on a port of the system's choosing, that plays a script and counts what it sees.
///
/// It stops when it is dropped, and with it every connection.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use paylink_testkit::{FaultServer, Wire, faults};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let server = FaultServer::start(Wire::Plain, faults::close_after_request()).await?;
///
/// let mut client = tokio::net::TcpStream::connect(server.address()).await?;
/// client.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
/// assert_eq!(client.read(&mut [0]).await?, 0);
///
/// assert_eq!(server.tally().requests_complete(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FaultServer {
    address: SocketAddr,
    stage: Arc<Stage>,
    door: Option<Door>,
    accepting: JoinSet<()>,
}

impl FaultServer {
    /// Starts a server that listens.
    ///
    /// # Errors
    ///
    /// When no port can be had, when no certificate can be made, and when the script shows a bad certificate though
    /// the wire is plain.
    pub async fn start(wire: Wire, script: impl Into<Script>) -> io::Result<Self> {
        let mut server = Self::refusing(wire, script).await?;
        server.recover()?;
        Ok(server)
    }

    /// Starts a server whose port refuses every connection until [`recover`](Self::recover) is called.
    ///
    /// The port is reserved all the while: nobody else can come to listen on it.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn refusing(wire: Wire, script: impl Into<Script>) -> io::Result<Self> {
        let script = script.into();
        let door = Door::shut(script.wants_small_window())?;
        Self::behind(door, Stage::new(wire, script)?)
    }

    /// Starts a server whose port answers no connection attempt until [`recover`](Self::recover) is called.
    ///
    /// Its queue of waiting connections is full, and Linux then ignores what else knocks: connecting times out.
    /// Other systems may refuse instead.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn unresponsive(wire: Wire, script: impl Into<Script>) -> io::Result<Self> {
        let script = script.into();
        let door = Door::jammed(script.wants_small_window()).await?;
        Self::behind(door, Stage::new(wire, script)?)
    }

    /// Begins to listen, if the server does not yet, on the port which refused or ignored connections so far.
    ///
    /// # Errors
    ///
    /// When the system does not let the port be listened on.
    pub fn recover(&mut self) -> io::Result<()> {
        if let Some(door) = self.door.take() {
            let entrance = door.open()?;
            self.accepting
                .spawn(Arc::clone(&self.stage).run(ready(Ok(entrance))));
        }
        Ok(())
    }

    /// Begins to listen after this time, if the server does not yet; it returns at once.
    pub fn recover_after(&mut self, delay: Duration) {
        if let Some(door) = self.door.take() {
            self.accepting
                .spawn(Arc::clone(&self.stage).run(async move {
                    tokio::time::sleep(delay).await;
                    door.open()
                }));
        }
    }

    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL, without a slash at its end: `http://127.0.0.1:…` or `https://127.0.0.1:…`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = match self.stage.wire() {
            Wire::Plain => "http",
            Wire::Tls => "https",
        };
        format!("{scheme}://{}", self.address)
    }

    /// Returns the root certificate, as PEM, which a client must trust; the same for all servers of the process.
    ///
    /// # Errors
    ///
    /// As [`ca_pem`](ca_pem()).
    pub fn ca_pem(&self) -> io::Result<&'static str> {
        ca_pem()
    }

    /// Returns what was seen until now.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.stage.ledger().tally()
    }

    /// Waits until what was seen meets a condition, and returns it; waits for ever if it never does.
    ///
    /// ```no_run
    /// # async fn example(server: paylink_testkit::FaultServer) {
    /// server.until(|tally| tally.requests_complete() == 1).await;
    /// # }
    /// ```
    pub async fn until(&self, condition: impl FnMut(&Tally) -> bool) -> Tally {
        self.stage.ledger().until(condition).await
    }

    /// Stops the server, ends every connection, and returns what was seen.
    pub async fn shutdown(mut self) -> Tally {
        self.door = None;
        self.stage.stop();
        while self.accepting.join_next().await.is_some() {}
        self.tally()
    }

    fn behind(door: Door, stage: Stage) -> io::Result<Self> {
        Ok(Self {
            address: door.address()?,
            stage: Arc::new(stage),
            door: Some(door),
            accepting: JoinSet::new(),
        })
    }
}

#[derive(Debug)]
struct Stage {
    wire: Wire,
    script: Script,
    ledger: Ledger,
    stop: Notify,
}

impl Stage {
    fn new(wire: Wire, script: Script) -> io::Result<Self> {
        if wire == Wire::Plain && script.wants_tls() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the script shows a bad certificate, which needs a server that speaks TLS",
            ));
        }
        if wire == Wire::Tls {
            // Made now, so that its failure is told to who starts the server.
            Authority::get()?;
        }
        Ok(Self {
            wire,
            script,
            ledger: Ledger::default(),
            stop: Notify::new(),
        })
    }

    fn wire(&self) -> Wire {
        self.wire
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Makes [`run`](Self::run) end.
    fn stop(&self) {
        self.stop.notify_one();
    }

    /// Plays the script once the entrance is open; its connections end with it.
    async fn run(self: Arc<Self>, opening: impl Future<Output = io::Result<Entrance>>) {
        let mut connections = JoinSet::new();
        tokio::select! {
            () = self.stop.notified() => {}
            () = async {
                // A port that cannot be opened goes on refusing, which the test will see.
                if let Ok(entrance) = opening.await {
                    self.accept(&entrance, &mut connections).await;
                }
            } => {}
        }
        connections.shutdown().await;
    }

    async fn accept(self: &Arc<Self>, entrance: &Entrance, connections: &mut JoinSet<()>) {
        loop {
            let Ok(tcp) = entrance.accept().await else {
                // The client was gone before it was accepted.
                yield_now().await;
                continue;
            };
            let number = self.ledger.connection();
            let stage = Arc::clone(self);
            connections.spawn(async move {
                // An error here is the client's going away, which ends the play as it should.
                let _ = stage.serve(tcp, number).await;
            });
            while connections.try_join_next().is_some() {}
        }
    }

    async fn serve(&self, mut tcp: TcpStream, number: usize) -> io::Result<()> {
        // What drips must leave byte by byte.
        tcp.set_nodelay(true)?;
        let behaviour = self.script.turn(number - 1);
        match self.wire {
            Wire::Plain => {
                if let Some(greeting) = &behaviour.greeting {
                    tcp.write_all(greeting).await?;
                }
                let conversation = Conversation::new(tcp, number, self.ledger.clone());
                if let Some(conversation) = conversation.play(&behaviour.on_accept).await? {
                    conversation.play_out(&behaviour.steps).await?;
                }
            }
            Wire::Tls => {
                // What a handshake reads is no request: it goes into a ledger which nobody opens.
                let bare = Conversation::new(tcp, number, Ledger::default());
                if let Some(bare) = bare.play(&behaviour.on_accept).await? {
                    let acceptor = Authority::get()?.acceptor(behaviour.certificate);
                    let greeting = behaviour.greeting.as_deref().unwrap_or_default();
                    let mut greeted = Ok(());
                    let handshake = acceptor.accept_with(bare.into_stream(), |tls| {
                        greeted = tls.writer().write_all(greeting);
                    });
                    let tls = handshake.await?;
                    greeted?;
                    self.ledger.handshake();
                    let conversation = Conversation::new(tls, number, self.ledger.clone());
                    conversation.play_out(&behaviour.steps).await?;
                }
            }
        }
        Ok(())
    }
}

/// How many connections may wait to be accepted.
const QUEUE: u32 = 1024;

/// Small enough that an upload which is not read fills it at once.
const SMALL_WINDOW: u32 = 4 * 1024;

/// A port that nobody can enter.
#[derive(Debug)]
enum Door {
    /// Bound, but not listening: the system refuses every connection, and gives the port to no other program.
    Shut(TcpSocket),
    /// Listening with a full queue.
    Jammed(Entrance),
}

impl Door {
    fn shut(small_window: bool) -> io::Result<Self> {
        Ok(Self::Shut(bound(small_window)?))
    }

    /// Fills the queue: with a length of 0 Linux lets one connection wait and ignores the next.
    async fn jammed(small_window: bool) -> io::Result<Self> {
        let listener = bound(small_window)?.listen(0)?;
        let filler = Some(TcpStream::connect(listener.local_addr()?).await?);
        Ok(Self::Jammed(Entrance { listener, filler }))
    }

    fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Shut(socket) => socket.local_addr(),
            Self::Jammed(entrance) => entrance.listener.local_addr(),
        }
    }

    fn open(self) -> io::Result<Entrance> {
        match self {
            Self::Shut(socket) => Ok(Entrance {
                listener: socket.listen(QUEUE)?,
                filler: None,
            }),
            Self::Jammed(entrance) => Ok(entrance),
        }
    }
}

/// A port that listens.
#[derive(Debug)]
struct Entrance {
    listener: TcpListener,
    filler: Option<TcpStream>,
}

impl Entrance {
    /// Accepts the next connection that is not our own filler of the queue.
    async fn accept(&self) -> io::Result<TcpStream> {
        loop {
            let (tcp, peer) = self.listener.accept().await?;
            let own = self
                .filler
                .as_ref()
                .map(TcpStream::local_addr)
                .transpose()?;
            if own != Some(peer) {
                return Ok(tcp);
            }
        }
    }
}

fn bound(small_window: bool) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    if small_window {
        socket.set_recv_buffer_size(SMALL_WINDOW)?;
    }
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    Ok(socket)
}
