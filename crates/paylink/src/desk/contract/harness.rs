//! What the cases are made of: sample orders, many at once, and the words for what a store answered.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink_core::provider::{
    Created, NewPayment, PayToCard, PaymentRecord, PaymentState, Transfer,
};
use paylink_core::{ComparedField, Comparison, Currency, Handle, Money, Settlement, WebUrl};
use tokio::runtime::{Handle as Runtime, RuntimeFlavor};
use tokio::sync::Barrier;
use tokio::task::{JoinError, JoinHandle};

use super::Subject;
use crate::desk::ledger::Attempt;
use crate::desk::{Claim, Claimed, Delivery, Ledger, OrderStore, Saved, StoredOrder};

/// The account that every sample order names.
pub(super) const ACCOUNT: &str = "main";
const PROVIDER: &str = "example";

/// How long the claims of the cases hold.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A moment so many seconds after the cases begin.
pub(super) fn at(seconds: u64) -> SystemTime {
    let since = Duration::from_secs(1_800_000_000_u64.saturating_add(seconds));
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// An order that nobody has opened.
pub(super) fn order(name: &str) -> Result<StoredOrder, String> {
    let payment = NewPayment::new(name, price()?).map_err(told)?;
    Ok(StoredOrder::new(ACCOUNT, payment))
}

/// The same ledger with one attempt more, which holds everything that an attempt can hold.
pub(super) fn one_more(order: &str, ledger: &Ledger) -> Result<Ledger, String> {
    let mut ledger = ledger.clone();
    let number = ledger.attempts().len();
    let reference = format!("{order}-{number}").parse().map_err(told)?;
    let handle = Handle::new(PROVIDER, "create", at(0))
        .with_reference(order)
        .with_merchant("shop")
        .with_amount(price()?)
        .with_id("session", "5");
    let mut attempt = Attempt::new(ACCOUNT, Some(reference), handle);
    // The newest question is open, every other one is answered.
    if let Some(before) = number.checked_sub(1).and_then(|it| ledger.attempt_mut(it)) {
        before.made(created(order)?);
    }
    if number % 2 == 1 {
        attempt.give_up();
    }
    ledger.begin(order, attempt);
    let watch = ledger.watch_mut(at(0));
    watch.hint();
    watch.look(at(1), Some(PaymentState::Unclear("odd".into())));
    watch.look_again(Some(at(100)));
    Ok(ledger)
}

/// The ledger of an order that was asked for, and is to be looked at again then; at no time if it is over.
pub(super) fn looked_again(order: &str, at: Option<SystemTime>) -> Result<Ledger, String> {
    let mut ledger = one_more(order, &Ledger::default())?;
    ledger.watch_mut(self::at(0)).look_again(at);
    Ok(ledger)
}

/// The same ledger, whose newest attempt has a payment now.
pub(super) fn made(order: &str, ledger: &Ledger) -> Result<Ledger, String> {
    let mut ledger = ledger.clone();
    let newest = ledger
        .newest()
        .and_then(|newest| ledger.attempt_mut(newest));
    newest
        .ok_or("The sample has no attempt.")?
        .made(created(order)?);
    Ok(ledger)
}

/// The same ledger, handed out, and the delivery that it tells of.
pub(super) fn handed_out(order: &str, ledger: &Ledger) -> Result<(Ledger, Delivery), String> {
    let price = price()?;
    let agreement = Comparison::new(PROVIDER)
        .money(&price, &price)
        .equal(ComparedField::Order, order, order)
        .not_reported(ComparedField::Merchant, "shop")
        .equal(ComparedField::Reference, "7", "7")
        .finish()
        .map_err(told)?;
    let settlement: Settlement<()> = agreement.with_receipt("880012345678").settled();
    let proof = settlement.proof().ok_or("The sample has no proof.")?;
    let reference = order.parse().map_err(told)?;
    let delivery = Delivery::proved(order, ACCOUNT, &reference, proof, at(1));
    let mut ledger = ledger.clone();
    ledger.hand_out(delivery.clone());
    Ok((ledger, delivery))
}

fn created(order: &str) -> Result<Created, String> {
    let reference = order.parse().map_err(told)?;
    let record = PaymentRecord::new(PROVIDER, reference, price()?, at(0))
        .with_merchant("shop")
        .with_id("id", "7")
        .with_detail(r#"{"quoted":"\"پرداخت\""}"#);
    let link = WebUrl::parse(WebUrl::KEY, "https://pay.example/7?a=b&c=d").map_err(told)?;
    let card = PayToCard::new(
        "6037991234567893",
        Some("فروشگاه".to_owned()),
        Some("ملی".to_owned()),
    );
    Ok(Created::new(record)
        .with_link(Some(link))
        .with_transfer(Transfer::new(price()?, vec![card]))
        .with_expires_at(Some(at(3_600))))
}

fn price() -> Result<Money, String> {
    Money::new("150000", Currency::Irr).map_err(told)
}

fn told(error: impl std::fmt::Display) -> String {
    format!("A sample could not be made: {error}.")
}

/// How many claim at once.
pub(super) const CONTENDERS: usize = 64;
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
        stored.push((name.clone(), order(name)?));
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
        Runtime::current().runtime_flavor() != RuntimeFlavor::CurrentThread,
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
        let (_, granted) = granted(&*store, &order, at(61)).await?;
        Ok(granted.ledger().clone())
    }
}

/// Whether the order is held.
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
