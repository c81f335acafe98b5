//! The rules about deliveries.

use std::sync::Arc;

use super::{ALL, Kept};
use crate::desk::contract::Subject;
use crate::desk::contract::harness::{
    CONTENDERS, LEASE, ROUNDS, at, at_once, done, failed, fresh, fresh_one, granted, handed_out,
    must, superseded,
};
use crate::desk::{DueDelivery, Ledger, OrderStore};

pub(in crate::desk::contract) async fn taken_by_one<T: Subject>(subject: &T) -> Kept {
    for _ in 0..ROUNDS {
        let (store, order) = fresh_one(subject).await?;
        must(
            take(&*store, 10, ALL).await?.is_empty(),
            "A delivery was due before any was written.",
        )?;
        handed(&*store, &order).await?;
        let all = at_once(CONTENDERS, || {
            let store = Arc::clone(&store);
            async move { take(&*store, 10, ALL).await }
        });
        let mut taken: usize = 0;
        for one in all.await? {
            taken = taken.saturating_add(one?.len());
        }
        must(
            taken == 1,
            format!("{CONTENDERS} workers took one delivery {taken} times."),
        )?;
    }
    Ok(())
}

/// In which order the taken ones come back is the store's own affair.
pub(in crate::desk::contract) async fn earliest_taken<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, 3).await?;
    for order in &orders {
        handed(&*store, order).await?;
    }
    let all = take(&*store, 10, ALL).await?;
    must(
        all.len() == orders.len(),
        "Not every delivery that was due was taken.",
    )?;
    for (order, until) in orders.iter().zip([300, 100, 200]) {
        let mut taken = all.iter();
        let one = taken.find(|due| due.delivery().order() == order);
        let one = one.ok_or("A delivery was taken otherwise than it was written.")?;
        done(store.postpone_delivery(one, Some(at(until))).await)?;
    }
    let taken = take(&*store, 400, 2).await?;
    let of = |order: &String| {
        taken
            .iter()
            .filter(|due| due.delivery().order() == order)
            .count()
    };
    let counts: Vec<_> = orders.iter().map(of).collect();
    must(
        counts == [0, 1, 1],
        format!(
            "Of three deliveries, the two earliest were asked for, and they were taken {counts:?} times."
        ),
    )?;
    let left = take(&*store, 400, 2).await?;
    must(
        left.len() == 1,
        format!("One delivery was left, and {} were taken.", left.len()),
    )
}

pub(in crate::desk::contract) async fn put_off_or_closed<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    handed(&*store, &order).await?;
    let first = take_only(&*store, 10, 1).await?;
    must(
        first.delivery().order() == order && first.attempts() == 1,
        "A delivery was taken otherwise than it was written.",
    )?;
    must(
        take(&*store, 69, ALL).await?.is_empty(),
        "A delivery was taken again before its lease had ended.",
    )?;
    let second = take_only(&*store, 70, 2).await?;
    // The first worker wakes up: the delivery is not its own any more.
    superseded(store.postpone_delivery(&first, Some(at(0))).await)?;
    superseded(store.postpone_delivery(&first, None).await)?;
    must(
        take(&*store, 70, ALL).await?.is_empty(),
        "A worker put off what another has taken since.",
    )?;
    done(store.postpone_delivery(&second, Some(at(500))).await)?;
    must(
        take(&*store, 499, ALL).await?.is_empty(),
        "A delivery came before the time until which it was put off.",
    )?;
    let third = take_only(&*store, 500, 3).await?;
    for _ in 0..2 {
        let closed = store.close_delivery(third.delivery().id()).await;
        closed.map_err(failed)?;
    }
    superseded(store.postpone_delivery(&third, Some(at(501))).await)?;
    must(
        take(&*store, 1_000_000, ALL).await?.is_empty(),
        "A delivery came again after it was closed.",
    )?;
    let counted = subject.deliveries(&store, &order).await;
    must(
        counted == 1,
        format!("After it went out, {counted} deliveries are due or went out."),
    )?;

    let (store, order) = fresh_one(subject).await?;
    handed(&*store, &order).await?;
    let only = take_only(&*store, 10, 1).await?;
    done(store.postpone_delivery(&only, None).await)?;
    superseded(store.postpone_delivery(&only, Some(at(20))).await)?;
    must(
        take(&*store, 1_000_000, ALL).await?.is_empty(),
        "A dead letter came again by itself.",
    )?;
    let counted = subject.deliveries(&store, &order).await;
    must(
        counted == 1,
        format!("Of a dead letter, {counted} deliveries are there."),
    )
}

/// Hands a sample order out.
async fn handed<S: OrderStore>(store: &S, order: &str) -> Kept {
    let (claim, _) = granted(store, order, at(0)).await?;
    let (ledger, delivery) = handed_out(order, &Ledger::default())?;
    done(store.deliver(&claim, &ledger, &delivery).await)?;
    store.release(&claim).await.map_err(failed)
}

async fn take<S: OrderStore>(
    store: &S,
    second: u64,
    limit: usize,
) -> Result<Vec<DueDelivery>, String> {
    let taken = store.take_due_deliveries(at(second), LEASE, limit).await;
    taken.map_err(failed)
}

/// The only delivery that is due, which is taken for the `tries`th time.
async fn take_only<S: OrderStore>(
    store: &S,
    second: u64,
    tries: u32,
) -> Result<DueDelivery, String> {
    let mut taken = take(store, second, 1).await?;
    match (taken.pop(), taken.is_empty()) {
        (Some(only), true) if only.attempts() == tries => Ok(only),
        (only, _) => Err(format!(
            "At {second} s the delivery should have been taken for the {tries}. time, and {only:?} was taken."
        )),
    }
}
