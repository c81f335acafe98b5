//! What one connection does, step by step.

use std::time::Duration;

use bytes::Bytes;

use crate::Certificate;

/// What a server does with one connection.
///
/// The named ones are in [`faults`](crate::faults). Another is put together from [`Step`]s:
///
/// ```
/// use paylink_testkit::{Behaviour, Step};
///
/// let half_a_status_line = Behaviour::new([
///     Step::ReadRequest,
///     Step::Write("HTTP/1.1 20".into()),
///     Step::Reset,
/// ]);
/// ```
///
/// After the last step the connection is closed as by [`Step::Close`].
#[derive(Clone, Debug)]
pub struct Behaviour {
    pub(crate) greeting: Option<Bytes>,
    pub(crate) on_accept: Vec<Step>,
    pub(crate) certificate: Certificate,
    pub(crate) steps: Vec<Step>,
    pub(crate) small_window: bool,
}

impl Behaviour {
    /// Creates a behaviour that takes these steps; over TLS, after a handshake that goes well.
    #[must_use]
    pub fn new(steps: impl Into<Vec<Step>>) -> Self {
        Self {
            greeting: None,
            on_accept: Vec::new(),
            certificate: Certificate::Trusted,
            steps: steps.into(),
            small_window: false,
        }
    }

    /// Creates a behaviour that takes these steps on the bare connection, in the place of a TLS handshake.
    ///
    /// What is read there is part of a handshake and not counted. Without TLS there is no difference from
    /// [`new`](Self::new).
    #[must_use]
    pub fn instead_of_handshake(steps: impl Into<Vec<Step>>) -> Self {
        let mut behaviour = Self::new([Step::Close]);
        behaviour.on_accept = steps.into();
        behaviour
    }

    /// Sends these bytes before anything is asked: as soon as the connection is accepted, or over TLS together with the
    /// server's half of the handshake, so that they are there before the client can send a request.
    #[must_use]
    pub fn with_greeting(mut self, bytes: impl Into<Bytes>) -> Self {
        self.greeting = Some(bytes.into());
        self
    }

    /// Shows this certificate in the handshake; a server without TLS refuses to start with any but the trusted one.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// Keeps the server's receive buffers small, so that an upload which is not read soon comes to a halt.
    ///
    /// The buffers belong to the whole server: one such behaviour in a script is enough. What the client's own
    /// kernel buffers (some megabytes on loopback) still leaves the client.
    #[must_use]
    pub fn with_small_window(mut self) -> Self {
        self.small_window = true;
        self
    }
}

/// One thing a server does with a connection.
///
/// A step that reads ends the play when the client hangs up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Reads until one more request is complete, head and body.
    ReadRequest,
    /// Reads the head of a request, and not a byte further.
    ReadHead,
    /// Reads this many bytes and not one more; fewer if a request is complete before.
    ReadBytes(usize),
    /// Writes these bytes.
    Write(Bytes),
    /// Writes these bytes one by one, with a pause after each.
    Drip {
        /// What to write.
        bytes: Bytes,
        /// How long to wait after each byte.
        pause: Duration,
    },
    /// Writes these bytes again and again until the client has gone.
    Flood {
        /// What to write, each time.
        bytes: Bytes,
        /// How long to wait after each time.
        pause: Duration,
    },
    /// Waits, and reads nothing meanwhile.
    Pause(Duration),
    /// Does nothing any more, and keeps the connection open until the server stops.
    ///
    /// One byte is read, should one come, so that a request which nobody reads is counted nevertheless.
    Stall,
    /// Ends the connection in order (a TLS farewell, then FIN).
    ///
    /// Whatever still comes is read and counted: unread bytes would make the kernel reset the connection, and a
    /// request sent into a closed connection would escape the count.
    Close,
    /// Ends the connection by a reset (RST); what was not read until then is lost, and not counted.
    Reset,
    /// Goes on with the first step, on the same connection.
    StartOver,
}

/// One behaviour for each connection in turn; the last is repeated for all that follow.
///
/// ```
/// use paylink_testkit::{Answer, Script, faults};
///
/// // Twice a reset, then a server in good health.
/// let script: Script = faults::reset_on_accept()
///     .then(faults::reset_on_accept())
///     .then(faults::answer(&Answer::json("{}")));
/// ```
#[derive(Clone, Debug)]
pub struct Script {
    turns: Vec<Behaviour>,
    last: Behaviour,
}

impl Script {
    /// Adds the behaviour for the connections after those.
    #[must_use]
    pub fn then(mut self, next: Behaviour) -> Self {
        self.turns.push(std::mem::replace(&mut self.last, next));
        self
    }

    /// The behaviour for the connection after `earlier` others.
    pub(crate) fn turn(&self, earlier: usize) -> &Behaviour {
        self.turns.get(earlier).unwrap_or(&self.last)
    }

    pub(crate) fn wants_small_window(&self) -> bool {
        self.behaviours().any(|behaviour| behaviour.small_window)
    }

    pub(crate) fn wants_tls(&self) -> bool {
        self.behaviours()
            .any(|behaviour| behaviour.certificate != Certificate::Trusted)
    }

    fn behaviours(&self) -> impl Iterator<Item = &Behaviour> {
        self.turns.iter().chain([&self.last])
    }
}

impl Behaviour {
    /// Begins a script: this for the first connection, `next` for those that follow.
    #[must_use]
    pub fn then(self, next: Self) -> Script {
        Script::from(self).then(next)
    }
}

impl From<Behaviour> for Script {
    /// Makes a script that does the same with every connection.
    fn from(behaviour: Behaviour) -> Self {
        Self {
            turns: Vec::new(),
            last: behaviour,
        }
    }
}
