//! The rules about deliveries.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Subject;
use super::race::{
    DUELS, at_once, done, duel, failed, fresh, fresh_one, granted, must, stored, superseded,
    take_over,
};
use super::samples::{LEASE, at, handed_out};
use crate::desk::{Claimed, Ledger, OrderStore, Saved};

type Kept = Result<(), String>;

/// How many would deliver the same order.
const DELIVERERS: usize = 100;
/// How many of them die with the claim in their hands.
const DYING: usize = 3;

pub(super) async fn one_step<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (claim, _) = granted(&*store, &order, at(0)).await?;
    must(
        subject.deliveries(&store, &order).await == 0,
        "A new order has a delivery.",
    )?;
    let (ledger, delivery) = handed_out(&order, &Ledger::default())?;
    done(store.deliver(&claim, &ledger, &delivery).await)?;
    let due = subject.deliveries(&store, &order).await;
    must(due == 1, format!("{due} deliveries are due."))?;
    must(
        stored(&*store, &order).await? == ledger,
        "The delivery is due and the ledger does not say so.",
    )
}

pub(super) async fn old_claim_delivers_nothing<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (old, _) = granted(&*store, &order, at(0)).await?;
    let (_, _) = granted(&*store, &order, at(61)).await?;
    let (ledger, delivery) = handed_out(&order, &Ledger::default())?;
    superseded(store.deliver(&old, &ledger, &delivery).await)?;
    must(
        subject.deliveries(&store, &order).await == 0,
        "A claim that was taken over delivered.",
    )?;
    must(
        stored(&*store, &order).await? == Ledger::default(),
        "A claim that was taken over wrote.",
    )
}

/// The claim's holder delivers at the moment in which somebody takes over.
pub(super) async fn deliver_or_takeover<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, DUELS).await?;
    for (round, order) in orders.iter().enumerate() {
        let (old, _) = granted(&*store, order, at(0)).await?;
        let (ledger, delivery) = handed_out(order, &Ledger::default())?;
        let deliver = {
            let store = Arc::clone(&store);
            async move {
                store
                    .deliver(&old, &ledger, &delivery)
                    .await
                    .map_err(failed)
            }
        };
        let (delivered, seen) = duel(round, deliver, take_over(&store, order)).await?;
        let is_delivered = delivered? == Saved::Done;
        must(
            seen?.delivery().is_some() == is_delivered,
            "A delivery was done and the next grant did not show it, or it was superseded and the grant did.",
        )?;
        let due = subject.deliveries(&store, order).await;
        must(
            due == usize::from(is_delivered),
            format!("{due} deliveries are due after one that was superseded, or done."),
        )?;
    }
    Ok(())
}

pub(super) async fn delivered_once<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let begun = AtomicUsize::new(0);
    let all = at_once(DELIVERERS, || {
        let (store, order) = (Arc::clone(&store), order.clone());
        let dies = begun.fetch_add(1, Ordering::Relaxed) < DYING;
        async move { deliver_if_due(&*store, &order, dies).await }
    });
    let mut told: usize = 0;
    for delivered in all.await? {
        told = told.saturating_add(usize::from(delivered?));
    }
    let due = subject.deliveries(&store, &order).await;
    must(
        told == 1 && due == 1,
        format!(
            "{told} of {DELIVERERS} were told that they delivered, and {due} deliveries are due."
        ),
    )
}

/// Claims, delivers if nobody has, and releases; the first few die before they deliver.
async fn deliver_if_due<S: OrderStore>(store: &S, order: &str, dies: bool) -> Result<bool, String> {
    // Those that come later take over from those that died.
    let mut second = 0_u64;
    loop {
        match store
            .claim(order, at(second), LEASE)
            .await
            .map_err(failed)?
        {
            Claimed::Granted {
                claim,
                order: granted,
            } => {
                if granted.ledger().delivery().is_some() {
                    store.release(&claim).await.map_err(failed)?;
                    return Ok(false);
                }
                if dies {
                    return Ok(false);
                }
                let (ledger, delivery) = handed_out(order, granted.ledger())?;
                match store
                    .deliver(&claim, &ledger, &delivery)
                    .await
                    .map_err(failed)?
                {
                    Saved::Done => {
                        store.release(&claim).await.map_err(failed)?;
                        return Ok(true);
                    }
                    Saved::Superseded => {}
                }
            }
            Claimed::Held { .. } => {
                second = second.saturating_add(1);
                tokio::task::yield_now().await;
            }
            Claimed::NoSuchOrder => return Err("An order that was put in is not known.".into()),
        }
    }
}
