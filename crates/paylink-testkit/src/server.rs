//! A server on loopback that misbehaves as it is told.

mod conversation;
mod door;
mod stage;
mod stream;

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::server::door::Door;
use crate::server::stage::Stage;
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
