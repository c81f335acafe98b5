//! A desk that takes payments for stored orders, and says once for each of them that its goods are due.
//!
//! The merchant keeps the orders and implements [`OrderStore`], nine methods without a word about payments;
//! [`MemoryStore`] is one that forgets. The desk does the rest, at whichever provider the order names:
//!
//! | when | call | what it does |
//! |---|---|---|
//! | the payer wants to pay | [`Desk::open`] | creates the payment, or gives the one that is there |
//! | the payer came back, or a webhook came | [`Desk::hint`] | settles what was hinted at |
//! | a visitor opened the order's page | [`Desk::visit`] | the same without a hint |
//! | the merchant wants to know | [`Desk::check`] | the same at once, whatever it costs |
//! | nobody came | [`Sweep`] | looks at the orders that are due |
//! | the payment expired, or was lost | [`Desk::reopen`] | asks for another one, if that is safe |
//! | the goods are due | [`Outbox`] | has them delivered, and tries again |
//! | the goods went out | [`Desk::mark_delivered`] | writes that down, which the outbox does by itself |
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
//! A return or a webhook is a hint: it makes the desk look, and what it names is only worth a line in a log.
//!
//! **Strangers spend little of the merchant's quota.** Between two looks that a visitor or a hint causes there are pauses, per
//! order over all processes and per account in each; a provider that asks for time is left alone.
//!
//! Every call may be dropped half-way, repeated, and made from several processes at once.
//!
//! # Example
//!
//! ```no_run
//! use paylink::core::provider::NewPayment;
//! use paylink::desk::{Desk, MemoryStore, Opened, Outcome, StoredOrder};
//! use paylink::{Accounts, Money, Rial};
//!
//! # async fn shop(accounts: Accounts, query: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! let price = Money::from(Rial::new(1_500_000));
//! store.put("1000", StoredOrder::new("main", NewPayment::new("1000", price)?));
//! let desk = Desk::new(store, accounts);
//!
//! // The checkout page. Refreshed, it shows the same link.
//! if let Opened::Ready(created) = desk.open("1000").await? {
//!     println!("{:?}", created.link());
//! }
//!
//! // The route to which the payer's browser returns.
//! let hint = desk.accounts().get("main")?.read_return(query)?;
//! match desk.hint("1000", hint).await? {
//!     Outcome::DeliverNow(delivery) => {
//!         println!("pack order {}", delivery.order());
//!         let _ = desk.mark_delivered("1000").await?;
//!     }
//!     Outcome::AwaitingDelivery(_) | Outcome::Delivered { .. } => println!("it is paid"),
//!     Outcome::NotPaid(payment) => println!("it is {}", payment.state()),
//!     Outcome::Mismatch(mismatch) => eprintln!("ALARM: {mismatch}"),
//!     Outcome::TooSoon { seen, .. } => println!("it was looked at a moment ago, and was {seen:?}"),
//!     Outcome::Unresolved { .. } | Outcome::Busy { .. } => println!("one moment"),
//!     Outcome::Lost(_) | Outcome::NotOpened => println!("pay again"),
//! }
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "store-contract")]
pub mod contract;

// Each calls only those that stand below it in this order: sweep, outbox, open, settle, lookup, crew, claim, line, pace, outcome,
// store, ledger.
mod claim;
mod crew;
mod ledger;
mod line;
mod lookup;
mod open;
mod outbox;
mod outcome;
mod pace;
mod settle;
mod store;
mod sweep;

/// What threads share in the lines. A test puts other types in their place, which let it try every interleaving.
mod sync {
    pub(super) use std::sync::{Mutex, MutexGuard};
}

// They stand here and not in the lines, which are compiled a second time by one of them.
#[cfg(test)]
#[path = "desk/line/interleavings.rs"]
mod line_interleavings;
#[cfg(test)]
#[path = "desk/line/tests.rs"]
mod line_tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use ledger::{Attempt, Delivery, Ledger, Stage};
pub use outbox::{Deliver, Outbox};
pub use outcome::{DeskError, Lost, MarkedDelivered, Opened, Outcome, Reopened};
#[cfg(feature = "axum")]
pub(crate) use settle::Arrival;
pub use store::{Claim, Claimed, DueDelivery, MemoryStore, OrderStore, Saved, StoredOrder};
pub use sweep::Sweep;

use paylink_core::{Invalid, Runtime, SystemRuntime};
use tokio::sync::Notify;

use self::claim::Turned;
use self::line::Lines;
use self::pace::Pace;
use crate::{Account, Accounts, FieldKey};

const LEASE_KEY: FieldKey = FieldKey::new("lease", "lease");
/// How long a claim holds at the least if nobody sets it.
const LEASE: Duration = Duration::from_secs(2 * 60);
/// What a claim holds beyond the longest move, for the store and the clock.
const SLACK: Duration = Duration::from_secs(10);

/// Takes payments for the orders of a store. See the [module](self) for what it promises.
///
/// Of orders it keeps nothing itself: any number of desks over one store, in any number of processes, are one desk, as long
/// as their clocks agree to within seconds. One that is ahead by a whole lease takes orders over that others are still
/// working on; it hands nothing out twice. One that is ahead by more than the provider's settling time may take a payment
/// that is being created for one that never was.
pub struct Desk<S> {
    store: S,
    accounts: Accounts,
    runtime: Arc<dyn Runtime>,
    lease: Duration,
    /// The longest that a request to any of the accounts takes.
    longest_call: Duration,
    claim_timeout: Duration,
    order_pause: Duration,
    account_pause: Duration,
    watched_for: Option<Duration>,
    min_pause: Duration,
    lines: Lines,
    pace: Pace,
    /// Wakes the outbox's worker when something was handed out.
    handed_out: Notify,
}

impl<S: OrderStore> Desk<S> {
    /// A desk over this store, which pays through these accounts.
    #[must_use]
    pub fn new(store: S, accounts: Accounts) -> Desk<S> {
        let calls = accounts.iter().map(|provider| provider.longest_call());
        let longest_call = calls.max().unwrap_or_default();
        let mut desk = Desk {
            store,
            accounts,
            runtime: Arc::new(SystemRuntime),
            lease: LEASE,
            longest_call,
            claim_timeout: Duration::from_secs(5),
            order_pause: Duration::from_secs(2),
            account_pause: Duration::from_millis(200),
            watched_for: None,
            min_pause: pace::SHORTEST,
            lines: Lines::default(),
            pace: Pace::default(),
            handed_out: Notify::new(),
        };
        desk.lease = LEASE.max(desk.shortest_lease());
        desk
    }

    /// Sets how long a claim holds: 2 minutes, or longer where the accounts' own timeouts ask for it.
    ///
    /// After a process died, its orders wait this long.
    ///
    /// # Errors
    ///
    /// If it is shorter than two requests to the slowest account and ten seconds: a payment would be created or confirmed
    /// while another call may hold the order already. Make it longer, or the accounts'
    /// [`Timeouts::total`](crate::Timeouts::total) shorter.
    pub fn lease(mut self, lease: Duration) -> Result<Desk<S>, Invalid> {
        let shortest = self.shortest_lease();
        if lease < shortest {
            return Err(
                Invalid::new(LEASE_KEY, "is shorter than what is done under it")
                    .with_value(&format!("{lease:?}"))
                    .with_remedy(format!("make it {shortest:?} or longer")),
            );
        }
        self.lease = lease;
        Ok(self)
    }

    /// Sets how long a call waits for another one that holds the order before it answers [`Busy`](Outcome::Busy): 5 seconds.
    #[must_use]
    pub fn claim_timeout(mut self, time: Duration) -> Desk<S> {
        self.claim_timeout = time;
        self
    }

    /// Sets the pauses between two looks that visitors or hints cause.
    ///
    /// * `order`: between two looks at one order, over all processes: 2 seconds, twice as long after each look that brought
    ///   nothing new, and a minute at the most. The first hint at one of its payments does not wait.
    /// * `account`: between two looks at any orders of one account, in each process: 200 milliseconds. Orders that are
    ///   hinted at for the first time go first, and the others come again later.
    ///
    /// [`open`](Desk::open) waits for the first one too before it looks a create up, or sends one again that was refused.
    /// [`check`](Desk::check) and [`Sweep`] do not wait for either.
    #[must_use]
    pub fn visit_intervals(mut self, order: Duration, account: Duration) -> Desk<S> {
        self.order_pause = order;
        self.account_pause = account;
        self
    }

    /// Sets how long an unpaid payment is watched, from when it was created or shown: a day where the provider gives back
    /// what nobody settles, and a week where it does not. After that it is looked at when a visitor or a hint comes, and
    /// not by itself. One that is being paid, or whose money may be there, is watched for the same time from when that was
    /// seen.
    ///
    /// What is shown again is written once an hour at the most.
    #[must_use]
    pub fn watch_time(mut self, time: Duration) -> Desk<S> {
        self.watched_for = Some(time);
        self
    }

    /// Sets how soon an unpaid payment is looked at by itself after it was created or shown: 45 seconds. No pause between two
    /// looks of the [`Sweep`] at an unpaid payment is shorter.
    ///
    /// A shop whose provider brings no payer back, as SizPay, sets it lower; the looks are spent from the account's quota.
    #[must_use]
    pub fn min_pause(mut self, pause: Duration) -> Desk<S> {
        self.min_pause = pause;
        self
    }

    /// Sets the clock that leases are counted by, and the waiting. Programs leave it alone.
    #[must_use]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Desk<S> {
        self.runtime = runtime;
        self
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The accounts.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Reads an order without changing anything.
    ///
    /// # Errors
    ///
    /// If the store fails, has no such order, or gives another one's ledger.
    pub async fn order(&self, order: &str) -> Result<StoredOrder, DeskError<S::Error>> {
        let stored = self.store.load(order).await.map_err(DeskError::Store)?;
        claim::own(order, stored.ok_or(DeskError::NoSuchOrder)?)
    }

    /// Writes down that the goods of an order went out. Saying it again changes nothing.
    ///
    /// # Errors
    ///
    /// If the store fails or has no such order: say it again.
    pub async fn mark_delivered(
        &self,
        order: &str,
    ) -> Result<MarkedDelivered, DeskError<S::Error>> {
        if let Some(at) = self.order(order).await?.ledger().delivered_at() {
            return Ok(MarkedDelivered::Done { at });
        }
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(MarkedDelivered::Busy { until }),
        };
        let acknowledged = match turn.ledger_mut().acknowledge(self.runtime.now()) {
            Some(at) => {
                let saved = self.save(&turn).await;
                saved.map(|()| MarkedDelivered::Done { at })
            }
            None => Ok(MarkedDelivered::NotAwaitingDelivery),
        };
        self.end(turn).await;
        self.or_busy(acknowledged, |until| MarkedDelivered::Busy { until })
    }

    /// The account of this name.
    fn provider(&self, account: &str) -> Result<&Account, DeskError<S::Error>> {
        let provider = self.accounts.get(account);
        provider.map_err(DeskError::UnknownAccount)
    }

    /// What is done under one claim at the least, and some time for the store.
    fn shortest_lease(&self) -> Duration {
        self.longest_move().saturating_add(SLACK)
    }
}

impl<S> fmt::Debug for Desk<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("accounts", &self.accounts)
            .field("lease", &self.lease)
            .field("claim_timeout", &self.claim_timeout)
            .field("order_pause", &self.order_pause)
            .field("account_pause", &self.account_pause)
            .finish_non_exhaustive()
    }
}
