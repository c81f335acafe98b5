//! The wire between a provider under test and its server: everything on it is recorded, and some of it goes wrong.

mod forward;
mod ledger;
mod recorded;
pub(super) mod values;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpSocket;
use tokio::task::JoinHandle;
use url::Url;

use ledger::Ledger;

pub use recorded::Recorded;

/// Something that goes wrong with one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The request is read whole and the connection closed: the server never sees it.
    LostRequest,
    /// The server answers, and the connection is closed before a byte of the answer.
    LostAnswer,
    /// The server answers, and a page of HTML comes in place of its answer, with status 200.
    PageInstead,
}

/// Stands on loopback between a provider and its server, and keeps every request.
///
/// A [`Subject`](super::Subject) gives its provider addresses that lead [`through`](Recorder::through) it. What is
/// counted is what was on the wire, and not what anybody says of it.
///
/// Each request goes out on a connection of its own, with `connection: close`; nothing else is changed.
pub struct Recorder {
    ledger: Arc<Ledger>,
    doors: Mutex<Vec<Door>>,
    is_shut: bool,
}

impl Recorder {
    /// One that forwards.
    #[must_use]
    pub fn new() -> Recorder {
        Recorder {
            ledger: Arc::default(),
            doors: Mutex::default(),
            is_shut: false,
        }
    }

    /// One at which every connection is refused.
    #[must_use]
    pub fn shut() -> Recorder {
        Recorder {
            is_shut: true,
            ..Recorder::new()
        }
    }

    /// The address that leads to this one through the recorder: the path stays, host and port change.
    ///
    /// Addresses on one host and port share a door, and may be asked for again.
    ///
    /// # Errors
    ///
    /// If it is not a plain `http` URL, or the system gives no port.
    pub fn through(&self, upstream: &str) -> io::Result<String> {
        let mut url = Url::parse(upstream).map_err(io::Error::other)?;
        if url.scheme() != "http" {
            return Err(io::Error::other("the recorder forwards plain http alone"));
        }
        let target = (
            url.host_str().unwrap_or_default().to_owned(),
            url.port_or_known_default().unwrap_or(80),
        );
        let address = self.door(target)?;
        url.set_ip_host(address.ip())
            .and_then(|()| url.set_port(Some(address.port())))
            .map_err(|()| io::Error::other("the URL cannot lead to another host"))?;
        Ok(url.into())
    }

    /// Every request so far, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.ledger.requests()
    }

    /// How many requests came so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ledger.count()
    }

    /// Lets this happen to the `nth` request from now on; 1 is the next one.
    pub fn trouble(&self, nth: usize, trouble: Trouble) {
        self.ledger.plan(nth, trouble);
    }

    /// Forgets the troubles that did not happen yet.
    pub fn recover(&self) {
        self.ledger.recover();
    }

    fn door(&self, target: (String, u16)) -> io::Result<SocketAddr> {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = doors.iter().find(|door| door.target == target) {
            return Ok(known.address);
        }
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = socket.local_addr()?;
        let state = if self.is_shut {
            // Bound and not listening: the system refuses whoever knocks, and gives the port to nobody else.
            State::Shut { _port: socket }
        } else {
            let listener = socket.listen(64)?;
            let accepting = forward::accept(listener, target.clone(), Arc::clone(&self.ledger));
            State::Open(tokio::spawn(accepting))
        };
        doors.push(Door {
            target,
            address,
            state,
        });
        Ok(address)
    }
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder::new()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("count", &self.count())
            .field("is_shut", &self.is_shut)
            .finish_non_exhaustive()
    }
}

/// A port of the recorder's that leads to one server.
struct Door {
    target: (String, u16),
    address: SocketAddr,
    state: State,
}

enum State {
    Open(JoinHandle<()>),
    Shut { _port: TcpSocket },
}

impl Drop for Door {
    fn drop(&mut self) {
        if let State::Open(accepting) = &self.state {
            accepting.abort();
        }
    }
}
