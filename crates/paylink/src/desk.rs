//! A desk that takes payments for stored orders, and says once for each of them that its goods are due.
//!
//! The merchant keeps the orders and implements [`OrderStore`], five methods without a word about payments;
//! [`MemoryStore`] is one that forgets. The desk does the rest, at whichever provider the order names:
//!
//! | when | call | what it does |
//! |---|---|---|
//! | the payer wants to pay | [`Desk::open`] | creates the payment, or gives the one that is there |
//! | the payer came back, or a webhook came | [`Desk::hint`] | settles what was hinted at |
//! | late, or by a timer | [`Desk::look`] | settles without a hint |
//! | the payment expired, or was lost | [`Desk::start_over`] | asks for another one, if that is safe |
//! | the goods went out | [`Desk::delivered`] | writes that down |
//!
//! # What it promises
//!
//! **An order is handed out once.** However many hints come at once, whatever answer is lost, and wherever a process dies:
//! the step that hands out ([`OrderStore::deliver`]) is one write, it needs the newest claim, and the ledger that it writes
//! says that it was done. A process that dies before it delivers nothing, and the next look goes on; one that dies after
//! it loses nothing, for the delivery stands in the outbox.
//!
//! **A payment is created once.** What finds it again is written before anything is sent. A create whose outcome nobody
//! knows is looked up before another is sent; where a provider offers no look-up, the desk says so and waits for the
//! merchant's word.
//!
//! **Only the order's own payment pays it.** Reference and price come from the order, the payment's record from its ledger.
//! A return or a webhook is a hint: what it names is held against the record, and one that names another payment changes nothing.
//!
//! Every call may be dropped half-way, repeated, and made from several processes at once.
//!
//! # Example
//!
//! ```no_run
//! use paylink::core::provider::NewPayment;
//! use paylink::desk::{Desk, MemoryStore, Opened, Outcome, StoredOrder};
//! use paylink::{Money, Providers, Rial};
//!
//! # async fn shop(providers: Providers, query: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! let price = Money::from_rial(Rial::new(1_500_000));
//! store.put("1000", StoredOrder::new("main", NewPayment::new("1000", price)?));
//! let desk = Desk::new(store, providers);
//!
//! // The checkout page. Refreshed, it shows the same link.
//! if let Opened::Ready(created) = desk.open("1000").await? {
//!     println!("{:?}", created.pay_link());
//! }
//!
//! // The route to which the payer's browser returns.
//! let hint = desk.providers().get("main")?.read_return(query)?;
//! match desk.hint("1000", hint).await? {
//!     Outcome::DeliverNow(delivery) => {
//!         println!("pack order {}", delivery.order());
//!         let _ = desk.delivered("1000").await?;
//!     }
//!     Outcome::HandedOut(_) | Outcome::Delivered { .. } => println!("it is paid"),
//!     Outcome::NotPaid(payment) => println!("it is {}", payment.state()),
//!     Outcome::Mismatch(mismatch) => eprintln!("ALARM: {mismatch}"),
//!     Outcome::OtherPayment(_) => println!("look at the order without the hint"),
//!     Outcome::NotYetKnown { .. } | Outcome::Busy { .. } => println!("one moment"),
//!     Outcome::Lost(_) | Outcome::NotOpened => println!("pay again"),
//! }
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "store-contract")]
pub mod contract;

mod acknowledging;
mod asking;
mod delivery;
mod error;
mod hinting;
mod ledger;
mod looking;
mod lookup;
mod memory;
mod moment;
mod opening;
mod outcome;
mod restarting;
mod settling;
mod store;
mod stored_order;
mod turn;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use delivery::{Delivery, DueDelivery};
pub use error::DeskError;
pub use ledger::{Ledger, Stage};
pub use memory::MemoryStore;
pub use outcome::{Acknowledged, Lost, Opened, Outcome, Restarted};
pub use store::{Claim, Claimed, OrderStore, Saved};
pub use stored_order::StoredOrder;

use paylink_core::provider::{Hint, OrderReference};
use paylink_core::{Environment, SystemEnvironment};

use crate::Providers;

/// Takes payments for the orders of a store. See the [module](self) for what it promises.
///
/// It keeps nothing itself: any number of desks over one store, in any number of processes, are one desk, as long as their
/// clocks agree to within seconds. One that is ahead by a whole lease takes orders over that others are still working on;
/// it hands nothing out twice, but may take a payment that is being created for one that never was.
pub struct Desk<S> {
    store: S,
    providers: Providers,
    environment: Arc<dyn Environment>,
    lease: Duration,
    patience: Duration,
}

impl<S: OrderStore> Desk<S> {
    /// A desk over this store, which pays through these accounts.
    #[must_use]
    pub fn new(store: S, providers: Providers) -> Desk<S> {
        Desk {
            store,
            providers,
            environment: Arc::new(SystemEnvironment),
            lease: Duration::from_secs(2 * 60),
            patience: Duration::from_secs(5),
        }
    }

    /// Sets how long a claim holds: 2 minutes. It has to be longer than any one call to a provider takes.
    ///
    /// After a process died, its orders wait this long.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Desk<S> {
        self.lease = lease;
        self
    }

    /// Sets how long a call waits for somebody else's claim to end before it says [`Busy`](Outcome::Busy): 5 seconds.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Desk<S> {
        self.patience = patience;
        self
    }

    /// Sets the clock that leases are counted by, and the waiting. Programs leave it alone.
    #[must_use]
    pub fn environment(mut self, environment: Arc<dyn Environment>) -> Desk<S> {
        self.environment = environment;
        self
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The accounts.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// Reads an order without changing anything.
    ///
    /// # Errors
    ///
    /// If the store fails, has no such order, or gives another one's ledger.
    pub async fn order(&self, order: &str) -> Result<StoredOrder, DeskError<S::Error>> {
        let stored = self.store.load(order).await.map_err(DeskError::Store)?;
        turn::own(order, stored.ok_or(DeskError::NoSuchOrder)?)
    }

    /// Creates the order's payment, or gives the one that is there.
    ///
    /// # Errors
    ///
    /// | error | what to do |
    /// |---|---|
    /// | [`Payment`](DeskError::Payment), [`Mismatch`](crate::ErrorKind::Mismatch) | the order's price or reference was changed after its payment was created, which would pay it no more: change it back, or take another order |
    /// | [`Payment`](DeskError::Payment), `NotExecuted` | nothing was created: mend what it names, open again |
    /// | [`Payment`](DeskError::Payment), `Unknown` | open again later: it is looked up first |
    /// | [`Store`](DeskError::Store) | open again: what was sent, if anything, is found |
    pub async fn open(&self, order: &str) -> Result<Opened, DeskError<S::Error>> {
        self.opened(order).await
    }

    /// Settles an order because a return or a webhook came.
    ///
    /// # Errors
    ///
    /// Look again later: nothing was handed out, or the next look says that it was.
    pub async fn hint(&self, order: &str, hint: Hint) -> Result<Outcome, DeskError<S::Error>> {
        self.looked(order, Some(&hint)).await
    }

    /// Settles an order because it is time: no hint came, or none that could be read.
    ///
    /// # Errors
    ///
    /// As for [`hint`](Desk::hint).
    pub async fn look(&self, order: &str) -> Result<Outcome, DeskError<S::Error>> {
        self.looked(order, None).await
    }

    /// Asks for another payment of the same order, under a reference that was not used before, through the account that
    /// the order names now.
    ///
    /// It is done only if the payment before it expired, failed, was cancelled or is lost, which the provider is asked
    /// first. What comes of the older ones is still looked at: should one be paid after all, it pays the order.
    ///
    /// # Errors
    ///
    /// As for [`open`](Desk::open); and if the reference was used before: give another one.
    pub async fn start_over(
        &self,
        order: &str,
        reference: OrderReference,
    ) -> Result<Restarted, DeskError<S::Error>> {
        self.restarted(order, reference).await
    }

    /// Writes down that the goods of an order went out. Saying it again changes nothing.
    ///
    /// # Errors
    ///
    /// If the store fails or has no such order: say it again.
    pub async fn delivered(&self, order: &str) -> Result<Acknowledged, DeskError<S::Error>> {
        self.acknowledged(order).await
    }
}

impl<S> fmt::Debug for Desk<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("providers", &self.providers)
            .field("lease", &self.lease)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
