//! The rules about what is written.

use std::sync::Arc;

use super::Subject;
use super::race::{
    CONTENDERS, DUELS, at_once, done, duel, failed, fresh, fresh_one, granted, must, stored,
    superseded, take_over,
};
use super::samples::{LEASE, at, handed_out, made, one_more};
use crate::desk::{Claimed, Ledger, OrderStore, Saved};

type Kept = Result<(), String>;

pub(super) async fn ledger_kept<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (claim, granted_order) = granted(&*store, &order, at(0)).await?;
    let mut ledger = Ledger::default();
    must(
        *granted_order.ledger() == ledger && stored(&*store, &order).await? == ledger,
        "A new order's ledger is not empty.",
    )?;
    for _ in 0..4 {
        ledger = one_more(&order, &ledger)?;
        done(store.save(&claim, &ledger).await)?;
        must(
            stored(&*store, &order).await? == ledger,
            "A ledger was loaded otherwise than it was written.",
        )?;
    }
    let (mut ledger, _) = handed_out(&order, &ledger)?;
    let _ = ledger.acknowledge(at(2));
    done(store.save(&claim, &ledger).await)?;
    store.release(&claim).await.map_err(failed)?;
    let (_, granted_order) = granted(&*store, &order, at(3)).await?;
    must(
        *granted_order.ledger() == ledger,
        "A ledger was granted otherwise than it was written.",
    )?;
    let same = super::samples::order(&order)?;
    must(
        granted_order.account() == same.account() && granted_order.payment() == same.payment(),
        "An order was granted with another account or payment than it was put in with.",
    )
}

/// Through the whole life of an order, what the merchant searches by is what the ledger says.
pub(super) async fn stage_is_written<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let mut ledger = Ledger::default();
    stage_is_of(subject, &store, &order, &ledger).await?;
    let (claim, _) = granted(&*store, &order, at(0)).await?;
    ledger = one_more(&order, &ledger)?;
    done(store.save(&claim, &ledger).await)?;
    stage_is_of(subject, &store, &order, &ledger).await?;
    ledger = made(&order, &ledger)?;
    done(store.save(&claim, &ledger).await)?;
    stage_is_of(subject, &store, &order, &ledger).await?;
    let (mut ledger, delivery) = handed_out(&order, &ledger)?;
    done(store.deliver(&claim, &ledger, &delivery).await)?;
    stage_is_of(subject, &store, &order, &ledger).await?;
    let _ = ledger.acknowledge(at(2));
    done(store.save(&claim, &ledger).await)?;
    stage_is_of(subject, &store, &order, &ledger).await
}

pub(super) async fn stage_is_of<T: Subject>(
    subject: &T,
    store: &T::Store,
    order: &str,
    ledger: &Ledger,
) -> Kept {
    let (written, own) = (subject.stage(store, order).await, ledger.stage());
    must(
        written == own.as_str(),
        format!("The stage beside a ledger is \"{written}\" and the ledger's own is \"{own}\"."),
    )
}

/// Many add one attempt each, one after the other: none may be lost.
pub(super) async fn grant_is_fresh<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let all = at_once(CONTENDERS, || {
        let (store, order) = (Arc::clone(&store), order.clone());
        async move { add_one(&*store, &order).await }
    });
    for added in all.await? {
        added?;
    }
    let attempts = stored(&*store, &order).await?.attempts().len();
    must(
        attempts == CONTENDERS,
        format!("Of {CONTENDERS} writes, one after the other, {attempts} are left."),
    )
}

async fn add_one<S: OrderStore>(store: &S, order: &str) -> Kept {
    loop {
        match store.claim(order, at(0), LEASE).await.map_err(failed)? {
            Claimed::Granted {
                claim,
                order: granted,
            } => {
                let ledger = one_more(order, granted.ledger())?;
                done(store.save(&claim, &ledger).await)?;
                return store.release(&claim).await.map_err(failed);
            }
            Claimed::Held { .. } => tokio::task::yield_now().await,
            Claimed::NoSuchOrder => return Err("An order that was put in is not known.".into()),
        }
    }
}

pub(super) async fn old_claim_saves_nothing<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (old, _) = granted(&*store, &order, at(0)).await?;
    let (new, _) = granted(&*store, &order, at(61)).await?;
    let from_old = one_more(&order, &Ledger::default())?;
    superseded(store.save(&old, &from_old).await)?;
    must(
        stored(&*store, &order).await? == Ledger::default(),
        "A claim that was taken over wrote.",
    )?;
    let from_new = one_more(&order, &from_old)?;
    done(store.save(&new, &from_new).await)?;
    store.release(&new).await.map_err(failed)?;
    superseded(store.save(&old, &from_old).await)?;
    must(
        stored(&*store, &order).await? == from_new,
        "A claim that was taken over wrote, once its successor's was released.",
    )
}

/// The claim's holder saves at the moment in which somebody takes over.
pub(super) async fn save_or_takeover<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, DUELS).await?;
    for (round, order) in orders.iter().enumerate() {
        let (old, _) = granted(&*store, order, at(0)).await?;
        let written = one_more(order, &Ledger::default())?;
        let save = {
            let (store, written) = (Arc::clone(&store), written.clone());
            async move { store.save(&old, &written).await.map_err(failed) }
        };
        let (saved, seen) = duel(round, save, take_over(&store, order)).await?;
        let (is_saved, seen) = (saved? == Saved::Done, seen?);
        must(
            (seen == written) == is_saved && (stored(&*store, order).await? == written) == is_saved,
            "A save was done and the next grant did not show it, or it was superseded and yet written.",
        )?;
    }
    Ok(())
}
