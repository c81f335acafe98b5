//! Many at once, and calls that are dropped half-way: whatever the order, a payment is created once, confirmed once and handed out
//! once.
//!
//! What threads share inside the witness and the desk's lines is explored by loom, beside each (`interleavings.rs`); schedules of
//! several processes on a simulated clock are played by `schedules.rs`. Here are real sockets, databases and threads.

mod dropped;
mod races;
#[path = "desk/stall.rs"]
#[expect(
    dead_code,
    reason = "the rounds of the desk, from which it comes, need more of it"
)]
mod stall;

use std::sync::Arc;
use std::time::Duration;

use paylink::desk::{Desk, OrderStore};
use paylink::{Account, Accounts};

use stall::{DeskClock, Stall};

const LEASE: Duration = Duration::from_secs(60);

/// A desk of a process of its own over this store, which waits so long for others.
fn desk<S: OrderStore>(stall: &Stall, store: S, patience: Duration) -> Arc<Desk<S>> {
    let account = Account::from_arc("main", Arc::clone(&stall.client));
    let desk = Desk::new(store, Accounts::new([account]).unwrap());
    let desk = desk.lease(LEASE).unwrap();
    let desk = desk.visit_intervals(Duration::ZERO, Duration::ZERO);
    let desk = desk.claim_timeout(patience);
    Arc::new(desk.runtime(Arc::new(DeskClock(Arc::clone(&stall.clock)))))
}

/// The operation by which a provider confirms a payment, or tells for good that it is paid.
fn confirming(stall: &Stall) -> &'static str {
    match stall.name() {
        "cardpay" => "check",
        "pod" => "verify-invoice",
        "sizpay" => "status",
        "zipay" => "verify",
        other => panic!("what confirms a payment at {other}?"),
    }
}

/// How often the provider was asked to confirm a payment, and how often it was asked anything.
fn asked(stall: &Stall) -> (usize, usize) {
    let journal = stall.sandbox.journal();
    let of_provider = journal.iter().filter(|it| it.provider == stall.name());
    let operations: Vec<_> = of_provider.map(|it| it.operation).collect();
    let confirms = operations.iter().filter(|it| **it == confirming(stall));
    (confirms.count(), operations.len())
}
