//! The rules about what is due.

use std::sync::Arc;

use super::Subject;
use super::race::{
    CONTENDERS, ROUNDS, at_once, done, failed, fresh, fresh_one, granted, must, superseded,
};
use super::samples::{LEASE, at, handed_out, looked_again};
use crate::desk::{DueDelivery, Ledger, OrderStore};

type Kept = Result<(), String>;

/// More than there are.
const ALL: usize = 100;

pub(super) async fn due_is_found<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, 5).await?;
    let [late, early, over, held, untouched] = orders.as_slice() else {
        return Err("There are no five sample orders.".into());
    };
    must(
        due(&*store, 1_000_000, ALL).await?.is_empty(),
        "An order that nobody opened is due.",
    )?;
    let mut claim_of_held = None;
    for (order, again_at) in [
        (late, Some(at(20))),
        (early, Some(at(10))),
        (over, None),
        (held, Some(at(5))),
    ] {
        let (claim, _) = granted(&*store, order, at(0)).await?;
        done(store.save(&claim, &looked_again(order, again_at)?).await)?;
        if order == held {
            claim_of_held = Some(claim);
        } else {
            store.release(&claim).await.map_err(failed)?;
        }
    }
    for (second, expected) in [
        (9, &[][..]),
        (10, &[early][..]),
        (19, &[early][..]),
        (20, &[early, late][..]),
    ] {
        let found = due(&*store, second, ALL).await?;
        must(
            found.iter().eq(expected.iter().copied()),
            format!("At {second} s {found:?} was due and not {expected:?}."),
        )?;
    }
    must(
        due(&*store, 20, 1).await? == [early.clone()],
        "More orders than asked for were found, or not the earliest.",
    )?;
    must(
        due(&*store, 60, ALL).await?.first() == Some(held),
        "An order whose lease has ended is not due.",
    )?;
    if let Some(claim) = claim_of_held {
        store.release(&claim).await.map_err(failed)?;
    }
    must(
        due(&*store, 20, ALL).await? == [held.clone(), early.clone(), late.clone()],
        "An order that was released is not due.",
    )?;
    // What was handed out is looked at no more.
    let (claim, order) = granted(&*store, early, at(30)).await?;
    let (ledger, delivery) = handed_out(early, order.ledger())?;
    done(store.deliver(&claim, &ledger, &delivery).await)?;
    store.release(&claim).await.map_err(failed)?;
    let found = due(&*store, 30, ALL).await?;
    must(
        found == [held.clone(), late.clone()] && !found.contains(untouched),
        "An order that was handed out is still due.",
    )
}

async fn due<S: OrderStore>(store: &S, second: u64, limit: usize) -> Result<Vec<String>, String> {
    store.due(at(second), limit).await.map_err(failed)
}

pub(super) async fn taken_by_one<T: Subject>(subject: &T) -> Kept {
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
pub(super) async fn earliest_taken<T: Subject>(subject: &T) -> Kept {
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
        done(store.put_off_delivery(one, at(until)).await)?;
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

pub(super) async fn put_off_or_closed<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    handed(&*store, &order).await?;
    let first = take_only(&*store, 10, 1).await?;
    must(
        first.delivery().order() == order && first.tries() == 1,
        "A delivery was taken otherwise than it was written.",
    )?;
    must(
        take(&*store, 69, ALL).await?.is_empty(),
        "A delivery was taken again before its lease had ended.",
    )?;
    let second = take_only(&*store, 70, 2).await?;
    // The first worker wakes up: the delivery is not its own any more.
    superseded(store.put_off_delivery(&first, at(0)).await)?;
    must(
        take(&*store, 70, ALL).await?.is_empty(),
        "A worker put off what another has taken since.",
    )?;
    done(store.put_off_delivery(&second, at(500)).await)?;
    must(
        take(&*store, 499, ALL).await?.is_empty(),
        "A delivery came before the time until which it was put off.",
    )?;
    let third = take_only(&*store, 500, 3).await?;
    for _ in 0..2 {
        let closed = store.close_delivery(third.delivery().id()).await;
        closed.map_err(failed)?;
    }
    superseded(store.put_off_delivery(&third, at(501)).await)?;
    must(
        take(&*store, 1_000_000, ALL).await?.is_empty(),
        "A delivery came again after it was closed.",
    )?;
    let counted = subject.deliveries(&store, &order).await;
    must(
        counted == 1,
        format!("After it went out, {counted} deliveries are due or went out."),
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
    let taken = store.take_deliveries(at(second), LEASE, limit).await;
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
        (Some(only), true) if only.tries() == tries => Ok(only),
        (only, _) => Err(format!(
            "At {second} s the delivery should have been taken for the {tries}. time, and {only:?} was taken."
        )),
    }
}
