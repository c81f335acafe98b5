mod builder;

use std::net::SocketAddr;

use tokio::task::JoinHandle;

use crate::cardpay::CardpaySandbox;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::journal::JournalEntry;
use crate::outbox::Webhook;
use crate::pod::PodSandbox;
use crate::sizpay::SizpaySandbox;
use crate::sms::Sms;
use crate::stopping::StopSignal;
use crate::world::World;
use crate::zipay::ZipaySandbox;

pub use builder::{SandboxBuilder, StartError};

/// A running sandbox.
///
/// It stops when it is [shut down](Sandbox::shutdown) or dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    world: World,
    zipay: ZipaySandbox,
    sizpay: SizpaySandbox,
    cardpay: CardpaySandbox,
    pod: PodSandbox,
    stop: Option<StopSignal>,
    server: JoinHandle<()>,
    courier: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on a free port of 127.0.0.1, with a seed nobody chose.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`] if the system gives no port.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Begins to say how a sandbox starts.
    #[must_use]
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// Returns `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.world.origin
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the ZiPay that it plays.
    #[must_use]
    pub fn zipay(&self) -> &ZipaySandbox {
        &self.zipay
    }

    /// Returns the SizPay that it plays.
    #[must_use]
    pub fn sizpay(&self) -> &SizpaySandbox {
        &self.sizpay
    }

    /// Returns the CardPay that it plays.
    #[must_use]
    pub fn cardpay(&self) -> &CardpaySandbox {
        &self.cardpay
    }

    /// Returns the POD that it plays.
    #[must_use]
    pub fn pod(&self) -> &PodSandbox {
        &self.pod
    }

    /// Returns the clock its providers live by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Returns the faults that are to come.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// Lists the requests its providers received, oldest first; the last 10,000 are kept.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.world.journal.entries()
    }

    /// Forgets the requests received so far.
    pub fn clear_journal(&self) {
        self.world.journal.clear();
    }

    /// Lists the webhooks its providers wrote, oldest first; the last 1,000 are kept.
    #[must_use]
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.world.outbox.webhooks()
    }

    /// Lists the text messages that would have been sent, oldest first; the last 1,000 are kept.
    #[must_use]
    pub fn sms(&self) -> Vec<Sms> {
        self.world.sms.messages()
    }

    /// Returns the seed from which everything random in it comes.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.world.random.seed()
    }

    /// Starts everything random anew from `seed`; keys and identifiers already given out stay.
    pub fn reseed(&self, seed: u64) {
        self.world.random.reseed(seed);
    }

    /// Stops it and waits: requests under way have two seconds to end, the port is free afterwards.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        // A task that panicked has stopped as well.
        let _ = (&mut self.server).await;
        let _ = (&mut self.courier).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.courier.abort();
    }
}
