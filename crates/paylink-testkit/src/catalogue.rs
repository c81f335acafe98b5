//! Every fault a socket can play, for a test to loop over.

mod entries;
mod in_the_answer;
mod on_the_way;

use std::io;
use std::time::Duration;

use crate::{Behaviour, FaultServer, Script, Wire};

pub use entries::catalogue;

/// One fault of the [`catalogue`](catalogue()).
#[derive(Clone, Debug)]
pub struct NamedFault {
    row: u8,
    name: &'static str,
    sent: Sent,
    strikes: Strikes,
    wires: &'static [Wire],
    play: Play,
}

/// Whether a byte of the request may have left the client when the fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Provably nothing: the client may try again, whatever it asks for.
    Nothing,
    /// Perhaps all of it: the server may have done what was asked.
    Perhaps,
}

/// Which call meets the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strikes {
    /// The first call.
    FirstCall,
    /// The second, if it is made on the connection of the first, which gets a good answer.
    SecondCall,
}

#[derive(Clone, Debug)]
enum Play {
    Refusing,
    Unresponsive,
    Behaving(Behaviour),
}

impl NamedFault {
    /// How long a port that recovers refuses connections, or leaves them without an answer.
    pub const OUTAGE: Duration = Duration::from_millis(100);

    /// Returns the row of the fault table, as [`catalogue`](catalogue()) lists them.
    #[must_use]
    pub fn row(&self) -> u8 {
        self.row
    }

    /// Returns a name of a few words, unlike that of any other fault.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Tells whether a byte of the request may have left.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// Tells which call meets the fault.
    #[must_use]
    pub fn strikes(&self) -> Strikes {
        self.strikes
    }

    /// Returns on what the fault can be played: some need TLS, and some mean another thing with it.
    #[must_use]
    pub fn wires(&self) -> &'static [Wire] {
        self.wires
    }

    /// Starts a server that plays the fault on every connection.
    ///
    /// # Errors
    ///
    /// As [`FaultServer::start`]; also when `wire` is not one of [`wires`](Self::wires).
    pub async fn start(&self, wire: Wire) -> io::Result<FaultServer> {
        match &self.play {
            Play::Behaving(fault) => self.started(wire, fault.clone().into()).await,
            Play::Refusing | Play::Unresponsive => {
                self.started(wire, Behaviour::new([]).into()).await
            }
        }
    }

    /// Starts a server that plays the fault on the first connection, and `recovered` on all that follow.
    ///
    /// A port that refuses or does not answer does so for [`OUTAGE`](Self::OUTAGE).
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_then(&self, wire: Wire, recovered: Behaviour) -> io::Result<FaultServer> {
        match &self.play {
            Play::Behaving(fault) => self.started(wire, fault.clone().then(recovered)).await,
            Play::Refusing | Play::Unresponsive => {
                let mut server = self.started(wire, recovered.into()).await?;
                server.recover_after(Self::OUTAGE);
                Ok(server)
            }
        }
    }

    async fn started(&self, wire: Wire, script: Script) -> io::Result<FaultServer> {
        if !self.wires.contains(&wire) {
            let message = format!("{}: not played on {wire:?}", self.name);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        match self.play {
            Play::Refusing => FaultServer::refusing(wire, script).await,
            Play::Unresponsive => FaultServer::unresponsive(wire, script).await,
            Play::Behaving(_) => FaultServer::start(wire, script).await,
        }
    }
}
