//! The rules about work that is dropped before it is done, as it is when a caller hangs up or a process is told to end.
//!
//! Each case drops the store's future at its first poll, at its second and so on, until one gets to its end. Whatever the
//! store was at, it has done all of its step or nothing.

use std::future::{Future, poll_fn};
use std::task::Poll;

use super::race::{done, failed, fresh, granted, must, stored};
use super::samples::{LEASE, at, handed_out, one_more};
use super::{Subject, writing::stage_is_of};
use crate::desk::{Claimed, Ledger, OrderStore};

type Kept = Result<(), String>;

/// How many polls of one step are tried; one that takes more is dropped at each of these.
const POLLS: usize = 64;
/// How often others are let in, so that what goes on behind a dropped future can come to its end.
const PAUSES: usize = 256;

pub(super) async fn claim_dropped<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, POLLS).await?;
    for (round, order) in orders.iter().enumerate() {
        let (first, granted_order) = granted(&*store, order, at(0)).await?;
        let ledger = one_more(order, granted_order.ledger())?;
        done(store.save(&first, &ledger).await)?;
        store.release(&first).await.map_err(failed)?;

        let claim = store.claim(order, at(1), LEASE);
        let claimed = dropped_at(round, claim).await;
        let is_done = claimed.is_some();
        if let Some(claimed) = claimed {
            let is_granted = matches!(claimed.map_err(failed)?, Claimed::Granted { .. });
            must(is_granted, "A claim that nobody contests was not granted.")?;
        }
        pause().await;
        let next = granted(&*store, order, at(62)).await;
        let (next, granted_order) =
            next.map_err(|how| format!("Once the lease of a dropped claim has ended: {how}"))?;
        must(
            next.fence() > first.fence(),
            "After a dropped claim a fence is not greater than the one before it.",
        )?;
        must(
            *granted_order.ledger() == ledger && stored(&*store, order).await? == ledger,
            "A claim that was dropped changed the ledger.",
        )?;
        if is_done {
            break;
        }
    }
    Ok(())
}

pub(super) async fn save_dropped<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, POLLS).await?;
    for (round, order) in orders.iter().enumerate() {
        let (claim, _) = granted(&*store, order, at(0)).await?;
        let before = one_more(order, &Ledger::default())?;
        done(store.save(&claim, &before).await)?;
        // Its stage is another one.
        let (after, _) = handed_out(order, &before)?;
        let saved = dropped_at(round, store.save(&claim, &after)).await;
        let is_done = saved.is_some();
        if let Some(saved) = saved {
            done(saved)?;
        }
        let seen = seen_next(&*store, order).await?;
        must(
            seen == after || (seen == before && !is_done),
            "After a dropped save the ledger is neither the one before it nor the one that was saved.",
        )?;
        stage_is_of(subject, &store, order, &seen).await?;
        if is_done {
            break;
        }
    }
    Ok(())
}

pub(super) async fn deliver_dropped<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, POLLS).await?;
    for (round, order) in orders.iter().enumerate() {
        let (claim, _) = granted(&*store, order, at(0)).await?;
        let before = one_more(order, &Ledger::default())?;
        done(store.save(&claim, &before).await)?;
        let (after, delivery) = handed_out(order, &before)?;
        let delivered = dropped_at(round, store.deliver(&claim, &after, &delivery)).await;
        let is_done = delivered.is_some();
        if let Some(delivered) = delivered {
            done(delivered)?;
        }
        let seen = seen_next(&*store, order).await?;
        let due = subject.deliveries(&store, order).await;
        must(
            (seen == after && due == 1) || (seen == before && due == 0 && !is_done),
            format!(
                "After a dropped delivery the ledger is at \"{}\" and {due} deliveries are due.",
                seen.stage()
            ),
        )?;
        stage_is_of(subject, &store, order, &seen).await?;
        if is_done {
            break;
        }
    }
    Ok(())
}

/// The ledger as the next claim shows it, after whatever still goes on has come to its end.
async fn seen_next<S: OrderStore>(store: &S, order: &str) -> Result<Ledger, String> {
    // What is still under way is superseded by this, or comes before it.
    let (_, granted_order) = granted(store, order, at(61)).await?;
    pause().await;
    let seen = stored(store, order).await?;
    must(
        seen == *granted_order.ledger(),
        "Work that was dropped wrote after the next claim was granted.",
    )?;
    Ok(seen)
}

/// Polls so many times and once more, then drops it, unless it came to its end.
async fn dropped_at<W: Future>(polls: usize, work: W) -> Option<W::Output> {
    let mut work = Box::pin(work);
    let mut left = polls;
    poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left = left.saturating_sub(1);
            Poll::Pending
        }
    })
    .await
}

async fn pause() {
    for _ in 0..PAUSES {
        tokio::task::yield_now().await;
    }
}
