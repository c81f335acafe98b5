use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::Router;
use thiserror::Error;
use tokio::net::TcpListener;

use super::Sandbox;
use crate::admin;
use crate::cardpay;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::index;
use crate::journal::Journal;
use crate::outbox::{self, Outbox};
use crate::pod;
use crate::random::Random;
use crate::server::{self, Callers};
use crate::sizpay;
use crate::sms::SmsOutbox;
use crate::stopping;
use crate::world::World;
use crate::zipay;

/// Says how a sandbox starts.
#[derive(Debug, Clone)]
pub struct SandboxBuilder {
    listen: SocketAddr,
    seed: Option<u64>,
    callers: Callers,
}

/// The sandbox could not be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address can be reached from other machines, and nobody said that this is wanted.
    #[error(
        "{0} can be reached from other machines; the sandbox listens on loopback unless told otherwise"
    )]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl SandboxBuilder {
    pub(super) fn new() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            seed: None,
            callers: Callers::Loopback,
        }
    }

    /// Listens on this address instead of a free port of 127.0.0.1; port 0 means a free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Lets everything random come from `seed`: the same requests then get the same keys,
    /// identifiers and numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Allows an address that other machines can reach, such as a container's, and requests under
    /// any host name.
    ///
    /// Whoever reaches the sandbox can pay, set faults and read the journal: allow it only on a
    /// network where that is meant.
    #[must_use]
    pub fn allow_non_loopback(mut self) -> Self {
        self.callers = Callers::Anyone;
        self
    }

    /// Starts the sandbox on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError::NotLoopback`] for an address that was not allowed: choose one on loopback, or
    /// [allow it](Self::allow_non_loopback). [`StartError::Listen`] if it cannot be listened on:
    /// choose another port.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let Self {
            listen,
            seed,
            callers,
        } = self;
        if callers == Callers::Loopback && !listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(listen));
        }
        let failed = |source| StartError::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;

        let (stop, stopping) = stopping::pair();
        let clock = Clock::start();
        let (outbox, parcels) = Outbox::new(clock.clone());
        let world = World {
            origin: origin(address).into(),
            sms: SmsOutbox::new(clock.clone()),
            clock,
            random: Random::seeded(seed.unwrap_or_else(Random::unpredictable_seed)),
            faults: Faults::default(),
            journal: Journal::default(),
            outbox: outbox.clone(),
            stopping: stopping.clone(),
        };

        let mut providers = Vec::new();
        let (zipay, provider) = zipay::open(&world);
        providers.push(provider);
        let (sizpay, provider) = sizpay::open(&world);
        providers.push(provider);
        let (cardpay, provider) = cardpay::open(&world);
        providers.push(provider);
        let (pod, provider) = pod::open(&world);
        providers.push(provider);

        let mut router = Router::new().merge(admin::router(&world, &providers));
        router = router.merge(index::router(&world, &providers));
        for provider in providers {
            router = router.nest(&format!("/{}", provider.name), provider.routes);
        }
        let server = tokio::spawn(server::serve(listener, router, callers, stopping.clone()));
        let courier = tokio::spawn(outbox::run(outbox, parcels, stopping));
        Ok(Sandbox {
            address,
            world,
            zipay,
            sizpay,
            cardpay,
            pod,
            stop: Some(stop),
            server,
            courier,
        })
    }
}

/// Writes the address for a browser on this machine: the unspecified one cannot be called.
fn origin(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}
