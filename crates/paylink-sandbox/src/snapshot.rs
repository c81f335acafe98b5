use std::collections::BTreeMap;
use std::error::Error;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::faults::FaultRule;
use crate::outbox::Webhook;
use crate::random::RandomState;
use crate::simulated::{SavedProvider, Simulated};
use crate::sms::Sms;
use crate::world::World;

/// The version of snapshots that this release writes and reads.
const VERSION: u32 = 1;

/// Everything that a sandbox remembers at one moment, to go on from later: payments, wallets,
/// settings, webhooks, text messages, faults, the clock, and how far chance has come.
///
/// It holds no key: these come from the seed, which it holds. Of card numbers it holds six and four
/// digits. The journal is not in it, nor are webhooks on their way sent again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "version": 1, "origin": "http://127.0.0.1:8080", "advanced_seconds": 0,
    "seed": 1, "random": {"seed": 1, "streams": {}},
    "providers": {}, "webhooks": [], "sms": [], "faults": [],
}))]
pub struct Snapshot {
    #[schema(minimum = 1, maximum = 1, example = 1)]
    version: u32,
    /// Where the sandbox was, which links in text messages name.
    origin: String,
    /// How far the clock was ahead of real time.
    advanced_seconds: u64,
    /// The seed from which the keys come.
    seed: u64,
    #[schema(value_type = Object)]
    random: RandomState,
    #[schema(value_type = Object)]
    providers: BTreeMap<String, SavedProvider>,
    #[schema(value_type = Vec<Object>)]
    webhooks: Vec<Webhook>,
    #[schema(value_type = Vec<Object>)]
    sms: Vec<Sms>,
    #[schema(value_type = Vec<Object>)]
    faults: Vec<FaultRule>,
}

/// A snapshot cannot be loaded; nothing has changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Another release wrote it.
    #[error("the snapshot has version {found}, and this release reads version {VERSION}")]
    Version {
        /// The version it has.
        found: u32,
    },
    /// It does not hold what it should.
    #[error("the snapshot cannot be read: {provider}: {source}")]
    Unreadable {
        /// The provider of which it cannot be read.
        provider: String,
        /// What is wrong.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Snapshot {
    /// Returns the seed of the sandbox that it was taken of, from which its keys come.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn of(world: &World, providers: &[Simulated]) -> Self {
        let saved = providers.iter();
        let faults = world.faults.pending().into_iter();
        Self {
            version: VERSION,
            origin: world.origin.to_string(),
            advanced_seconds: world.clock.advanced().as_secs(),
            seed: world.started.get().seed,
            random: world.random.state(),
            providers: saved.map(|it| (it.name().to_owned(), it.save())).collect(),
            webhooks: world.outbox.webhooks(),
            sms: world.sms.messages(),
            faults: faults.map(|set| set.rule).collect(),
        }
    }

    /// Puts a sandbox into the state in which this one was taken.
    pub(crate) fn load(self, world: &World, providers: &[Simulated]) -> Result<(), SnapshotError> {
        if self.version != VERSION {
            let found = self.version;
            return Err(SnapshotError::Version { found });
        }
        let before: Vec<_> = providers.iter().map(Simulated::save).collect();
        for provider in providers {
            let Some(saved) = self.providers.get(provider.name()) else {
                provider.reset();
                continue;
            };
            if let Err(source) = provider.load(saved) {
                for (provider, before) in providers.iter().zip(&before) {
                    // What was just saved can be loaded.
                    let _ = provider.load(before);
                }
                let provider = provider.name().to_owned();
                let source = source.into();
                return Err(SnapshotError::Unreadable { provider, source });
            }
        }
        world.clock.set_advanced(self.advanced_seconds);
        let names: Vec<_> = providers.iter().map(Simulated::name).collect();
        world.random.go_on_from(&self.random, &names);
        world.outbox.fill(self.webhooks);
        let mut sms = self.sms;
        for message in &mut sms {
            message.text = message.text.replace(&self.origin, &world.origin);
        }
        world.sms.fill(sms);
        world.faults.clear();
        for rule in self.faults {
            // A rule that another release knew is no fault of this one's.
            let _ = world.faults.set(rule);
        }
        world.journal.clear();
        world.changed();
        Ok(())
    }

    /// Puts a sandbox into the state in which it started; keys stay.
    pub(crate) fn reset(world: &World, providers: &[Simulated]) {
        for provider in providers {
            provider.reset();
        }
        world.clock.set_advanced(0);
        let names: Vec<_> = providers.iter().map(Simulated::name).collect();
        world.random.go_on_from(&world.started.get(), &names);
        world.outbox.fill(Vec::new());
        world.sms.fill(Vec::new());
        world.faults.clear();
        world.journal.clear();
        world.changed();
    }
}
