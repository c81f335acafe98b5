//! Many at once, and the words for what a store answered.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Barrier;
use tokio::task::{JoinError, JoinHandle};

use super::Subject;
use super::samples::{self, LEASE};
use crate::desk::{Claim, Claimed, Ledger, OrderStore, Saved, StoredOrder};

/// How many claim at once.
pub(super) const CONTENDERS: usize = 32;
/// How often a race of many is run.
pub(super) const ROUNDS: usize = 12;
/// How often a race of two is run.
pub(super) const DUELS: usize = 200;

/// A store with so many fresh orders, and their names.
pub(super) async fn fresh<T: Subject>(
    subject: &T,
    orders: usize,
) -> Result<(Arc<T::Store>, Vec<String>), String> {
    let names: Vec<String> = (0..orders)
        .map(|number| format!("order-{number}"))
        .collect();
    let mut stored = Vec::with_capacity(orders);
    for name in &names {
        stored.push((name.clone(), samples::order(name)?));
    }
    Ok((subject.store_with(&stored).await, names))
}

/// A store with one fresh order, and its name.
pub(super) async fn fresh_one<T: Subject>(subject: &T) -> Result<(Arc<T::Store>, String), String> {
    let (store, mut names) = fresh(subject, 1).await?;
    let name = names.pop().ok_or("There is no sample order.")?;
    Ok((store, name))
}

/// Runs so many at the same moment, on whatever threads the runtime has.
pub(super) async fn at_once<W>(
    contenders: usize,
    work: impl Fn() -> W,
) -> Result<Vec<W::Output>, String>
where
    W: Future + Send + 'static,
    W::Output: Send + 'static,
{
    several_threads()?;
    let start = Arc::new(Barrier::new(contenders));
    let all: Vec<_> = (0..contenders).map(|_| begin(&start, work())).collect();
    let mut done = Vec::with_capacity(contenders);
    for one in all {
        done.push(one.await.map_err(|error| panicked(&error))?);
    }
    Ok(done)
}

/// Runs two at the same moment; which of them is a little ahead depends on the round.
pub(super) async fn duel<A, B>(
    round: usize,
    one: A,
    other: B,
) -> Result<(A::Output, B::Output), String>
where
    A: Future + Send + 'static,
    A::Output: Send + 'static,
    B: Future + Send + 'static,
    B::Output: Send + 'static,
{
    several_threads()?;
    let start = Arc::new(Barrier::new(2));
    // The last to come goes on without being woken.
    let (one, other) = if round.is_multiple_of(2) {
        let other = begin(&start, other);
        (begin(&start, one), other)
    } else {
        let one = begin(&start, one);
        (one, begin(&start, other))
    };
    Ok((
        one.await.map_err(|error| panicked(&error))?,
        other.await.map_err(|error| panicked(&error))?,
    ))
}

fn begin<W>(start: &Arc<Barrier>, work: W) -> JoinHandle<W::Output>
where
    W: Future + Send + 'static,
    W::Output: Send + 'static,
{
    let start = Arc::clone(start);
    tokio::spawn(async move {
        start.wait().await;
        work.await
    })
}

fn several_threads() -> Result<(), String> {
    must(
        Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread,
        "The check runs on one thread, which proves nothing: use a runtime of several.",
    )
}

fn panicked(error: &JoinError) -> String {
    format!("It panicked: {error}.")
}

/// A claim that has to be granted.
pub(super) async fn granted<S: OrderStore>(
    store: &S,
    order: &str,
    now: SystemTime,
) -> Result<(Claim, StoredOrder), String> {
    match store.claim(order, now, LEASE).await.map_err(failed)? {
        Claimed::Granted { claim, order } => Ok((claim, *order)),
        Claimed::Held { .. } => Err("A claim that nobody contests was held.".into()),
        Claimed::NoSuchOrder => Err("An order that was put in is not known.".into()),
    }
}

/// Takes an order over once its first claim has run out, and says which ledger came with it.
pub(super) fn take_over<S: OrderStore + 'static>(
    store: &Arc<S>,
    order: &str,
) -> impl Future<Output = Result<Ledger, String>> + Send + 'static {
    let (store, order) = (Arc::clone(store), order.to_owned());
    async move {
        let (_, granted) = granted(&*store, &order, samples::at(61)).await?;
        Ok(granted.ledger().clone())
    }
}

/// Whether somebody holds the order.
pub(super) async fn is_held<S: OrderStore>(
    store: &S,
    order: &str,
    now: SystemTime,
) -> Result<bool, String> {
    let claimed = store.claim(order, now, LEASE).await.map_err(failed)?;
    Ok(matches!(claimed, Claimed::Held { .. }))
}

/// The ledger that is stored.
pub(super) async fn stored<S: OrderStore>(store: &S, order: &str) -> Result<Ledger, String> {
    let loaded = store.load(order).await.map_err(failed)?;
    let loaded = loaded.ok_or("An order that was put in is not found.")?;
    Ok(loaded.ledger().clone())
}

/// A write that has to be done.
pub(super) fn done<E: std::error::Error>(saved: Result<Saved, E>) -> Result<(), String> {
    match saved.map_err(failed)? {
        Saved::Done => Ok(()),
        Saved::Superseded => Err("The newest claim was told that it was superseded.".into()),
    }
}

/// A write that must not be done.
pub(super) fn superseded<E: std::error::Error>(saved: Result<Saved, E>) -> Result<(), String> {
    match saved.map_err(failed)? {
        Saved::Superseded => Ok(()),
        Saved::Done => Err("A claim that was taken over was told that it wrote.".into()),
    }
}

/// Says what happened, unless it is what has to be.
pub(super) fn must(is_kept: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if is_kept {
        Ok(())
    } else {
        Err(otherwise.into())
    }
}

pub(super) fn failed(error: impl std::error::Error) -> String {
    format!("It failed: {error}.")
}
