//! What every [`OrderStore`] has to keep, as cases that any implementation runs in its own tests.
//!
//! The cases work with real concurrency: run them on a runtime of several threads, over the database that will be used,
//! with as many connections as it will have. The author of a store implements [`Subject`] and calls [`check`]:
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
//! # Ok::<(), contract::Violation>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cases;
mod harness;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

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

/// Writes the rules down once: as a case, with its rule in words, and what checks it.
macro_rules! cases {
    ($($case:ident = $check:ident: $rule:literal;)*) => {
        /// One rule of the contract.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum Case {
            $(#[doc = $rule] $case,)*
        }

        impl Case {
            /// Every case there is, in the order in which they are run.
            pub const ALL: &'static [Case] = &[$(Case::$case,)*];

            /// The rule, in a whole sentence.
            #[must_use]
            pub fn rule(self) -> &'static str {
                match self {
                    $(Case::$case => $rule,)*
                }
            }

            async fn check<T: Subject>(self, subject: &T) -> Result<(), String> {
                match self {
                    $(Case::$case => cases::$check(subject).await,)*
                }
            }
        }
    };
}

cases! {
    UnknownOrder = unknown_order: "An order that is not there is neither loaded nor claimed.";
    LedgerKept = ledger_kept: "A ledger comes back as it was written, load or claim.";
    StageIsWritten = stage_is_written:
        "The stage beside a ledger is that ledger's, whether it was saved or delivered.";
    OneAtATime = one_at_a_time: "Of many claims at once, one is granted and the others are held.";
    LeaseEnds = lease_ends:
        "A claim holds for its whole lease, counted from the `now` that was passed, and no longer.";
    OneTakesOver = one_takes_over: "Of many claims at once on a lease that has ended, one is granted.";
    FenceGrows = fence_grows: "Each grant has a greater fence than those before it, after a release as well.";
    ReleaseFrees = release_frees: "After a release the order can be claimed at once.";
    OldClaimReleasesNothing = old_claim_releases_nothing:
        "A claim that was taken over does not release its successor's.";
    OrdersApart = orders_apart: "What happens to one order does not concern another.";
    GrantIsFresh = grant_is_fresh: "A grant hands over what was written before it, always.";
    OldClaimSavesNothing = old_claim_saves_nothing: "A claim that was taken over saves nothing, and is told.";
    SaveOrTakeover = save_or_takeover:
        "Comparing the fence and saving is one step: either the save comes first and the next grant shows it, or it \
         is superseded and nobody sees it.";
    SavedAndReleased = saved_and_released:
        "Saving and releasing together writes the ledger and frees the order, or neither if the claim was taken over.";
    DeliverIsOneStep = one_step: "Delivering writes the ledger and makes one delivery due.";
    OldClaimDeliversNothing = old_claim_delivers_nothing:
        "A claim that was taken over delivers nothing, writes nothing, and is told.";
    DeliverOrTakeover = deliver_or_takeover:
        "Comparing the fence, writing the ledger and delivering is one step: either all of it comes before the next \
         grant, or none of it happens.";
    DeliveredOnce = delivered_once: "However many race for it, an order is delivered once.";
    DueIsFound = due_is_found:
        "An order is due at its own account from the moment in which its ledger is to be looked at again, unless it is \
         held; the earliest comes first.";
    DueToOne = due_to_one:
        "Of many that claim what is due at once, each order is granted to one of them, until its lease ends, and under \
         a fence that writes.";
    TakenByOne = taken_by_one:
        "A delivery is due as soon as it was written, and of many workers at once one takes it.";
    EarliestTaken = earliest_taken:
        "No more deliveries are taken than were asked for, and the earliest before the others.";
    PutOffOrClosed = put_off_or_closed:
        "A delivery comes again when its lease has ended or it was put off until then, never by itself once it is a \
         dead letter or closed, and only the newest taking puts it off.";
    ClaimDropped = claim_dropped:
        "A claim that is dropped half-way changes nothing but who holds the order, and not for longer than its \
         lease.";
    SaveDropped = save_dropped: "A save that is dropped half-way has written all of it or nothing.";
    DeliverDropped = deliver_dropped:
        "A delivery that is dropped half-way has written the ledger and made the delivery due, or neither.";
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A rule that a store broke.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{case}: {} {detail}", case.rule())]
pub struct Violation {
    case: Case,
    detail: String,
}

impl Violation {
    /// The case that found it.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// What the store did.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

/// Runs every case.
///
/// # Errors
///
/// The first rule that is broken: correct the store. It must not be used until then.
pub async fn check<T: Subject>(subject: &T) -> Result<(), Violation> {
    for case in Case::ALL.iter().copied() {
        check_one(subject, case).await?;
    }
    Ok(())
}

/// Runs one case.
///
/// # Errors
///
/// If its rule is broken: correct the store. It must not be used until then.
pub async fn check_one<T: Subject>(subject: &T, case: Case) -> Result<(), Violation> {
    let kept = case.check(subject).await;
    kept.map_err(|how| Violation { case, detail: how })
}
