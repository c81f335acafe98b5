//! What every [`OrderStore`] has to keep, as cases that any implementation runs in its own tests.
//!
//! The cases work with real concurrency: run them on a runtime of several threads, over the database that will be used,
//! with as many connections as it will have. Whoever writes a store implements [`Subject`] and calls [`check`]:
//!
//! ```
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use paylink::desk::contract::{self, Subject};
//! use paylink::desk::{MemoryStore, OrderStore, StoredOrder};
//!
//! struct InMemory;
//!
//! #[async_trait]
//! impl Subject for InMemory {
//!     type Store = MemoryStore;
//!
//!     async fn store_with(&self, orders: &[(String, StoredOrder)]) -> Arc<MemoryStore> {
//!         let store = MemoryStore::new();
//!         for (name, order) in orders {
//!             store.put(name, order.clone());
//!         }
//!         Arc::new(store)
//!     }
//!
//!     async fn deliveries(&self, store: &MemoryStore, order: &str) -> usize {
//!         let outbox = store.deliveries();
//!         outbox.iter().filter(|delivery| delivery.order() == order).count()
//!     }
//!
//!     // This store has no column for it; in SQL: SELECT stage FROM orders WHERE name = :name.
//!     async fn stage(&self, store: &MemoryStore, order: &str) -> String {
//!         let order = store.load(order).await.ok().flatten();
//!         order.map(|order| order.ledger().stage().to_string()).unwrap_or_default()
//!     }
//! }
//!
//! # let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
//! # runtime.block_on(async {
//! // In a test of your own: #[tokio::test(flavor = "multi_thread")]
//! contract::check(&InMemory).await?;
//! # Ok::<(), contract::Broken>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod case;
mod claiming;
mod delivering;
mod dropping;
mod due;
mod race;
mod samples;
mod writing;

use std::sync::Arc;

use async_trait::async_trait;

pub use case::Case;

use super::{OrderStore, StoredOrder};

/// A store that is checked, and what the check has to know of it.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The implementation.
    type Store: OrderStore + 'static;

    /// A store that holds these orders under these names, and nothing of what earlier cases did: each case calls it once,
    /// and all use the same names.
    async fn store_with(&self, orders: &[(String, StoredOrder)]) -> Arc<Self::Store>;

    /// How many deliveries of this order are due or went out.
    async fn deliveries(&self, store: &Self::Store, order: &str) -> usize;

    /// The [stage](crate::desk::Stage::as_str) that stands beside this order's ledger, where the merchant's own queries
    /// find it. A store that keeps no such column takes it from the ledger.
    async fn stage(&self, store: &Self::Store, order: &str) -> String;
}

/// A rule that a store broke.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{case}: {} {how}", case.rule())]
pub struct Broken {
    case: Case,
    how: String,
}

impl Broken {
    /// The case that found it.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// What the store did.
    #[must_use]
    pub fn how(&self) -> &str {
        &self.how
    }
}

/// Runs every case.
///
/// # Errors
///
/// The first rule that is broken: mend the store. It must not be used.
pub async fn check<T: Subject>(subject: &T) -> Result<(), Broken> {
    for case in Case::ALL.iter().copied() {
        check_one(subject, case).await?;
    }
    Ok(())
}

/// Runs one case.
///
/// # Errors
///
/// If its rule is broken: mend the store. It must not be used.
pub async fn check_one<T: Subject>(subject: &T, case: Case) -> Result<(), Broken> {
    let kept = match case {
        Case::UnknownOrder => claiming::unknown_order(subject).await,
        Case::OneAtATime => claiming::one_at_a_time(subject).await,
        Case::LeaseEnds => claiming::lease_ends(subject).await,
        Case::OneTakesOver => claiming::one_takes_over(subject).await,
        Case::FenceGrows => claiming::fence_grows(subject).await,
        Case::ReleaseFrees => claiming::release_frees(subject).await,
        Case::OldClaimReleasesNothing => claiming::old_claim_releases_nothing(subject).await,
        Case::OrdersApart => claiming::orders_apart(subject).await,
        Case::LedgerKept => writing::ledger_kept(subject).await,
        Case::StageIsWritten => writing::stage_is_written(subject).await,
        Case::GrantIsFresh => writing::grant_is_fresh(subject).await,
        Case::OldClaimSavesNothing => writing::old_claim_saves_nothing(subject).await,
        Case::SaveOrTakeover => writing::save_or_takeover(subject).await,
        Case::DeliverIsOneStep => delivering::one_step(subject).await,
        Case::OldClaimDeliversNothing => delivering::old_claim_delivers_nothing(subject).await,
        Case::DeliverOrTakeover => delivering::deliver_or_takeover(subject).await,
        Case::DeliveredOnce => delivering::delivered_once(subject).await,
        Case::DueIsFound => due::due_is_found(subject).await,
        Case::TakenByOne => due::taken_by_one(subject).await,
        Case::EarliestTaken => due::earliest_taken(subject).await,
        Case::PutOffOrClosed => due::put_off_or_closed(subject).await,
        Case::ClaimDropped => dropping::claim_dropped(subject).await,
        Case::SaveDropped => dropping::save_dropped(subject).await,
        Case::DeliverDropped => dropping::deliver_dropped(subject).await,
    };
    kept.map_err(|how| Broken { case, how })
}
