//! The rules about claims.

use std::sync::Arc;

use super::Subject;
use super::race::{
    CONTENDERS, ROUNDS, at_once, failed, fresh, fresh_one, granted, is_held, must, stored,
};
use super::samples::{LEASE, at, one_more};
use crate::desk::{Claimed, Ledger, OrderStore};

type Kept = Result<(), String>;

pub(super) async fn unknown_order<T: Subject>(subject: &T) -> Kept {
    let (store, _) = fresh_one(subject).await?;
    let loaded = store.load("nobody's").await.map_err(failed)?;
    must(loaded.is_none(), "An order that is not there was loaded.")?;
    let claimed = store
        .claim("nobody's", at(0), LEASE)
        .await
        .map_err(failed)?;
    must(
        matches!(claimed, Claimed::NoSuchOrder),
        "An order that is not there was claimed.",
    )
}

pub(super) async fn one_at_a_time<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, ROUNDS).await?;
    for order in &orders {
        race(&store, order, 0).await?;
    }
    Ok(())
}

pub(super) async fn one_takes_over<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, ROUNDS).await?;
    for order in &orders {
        let (_, _) = granted(&*store, order, at(0)).await?;
        race(&store, order, 61).await?;
    }
    Ok(())
}

/// Many claim at once; one has to get it.
async fn race<S: OrderStore + 'static>(store: &Arc<S>, order: &str, second: u64) -> Kept {
    let claims = at_once(CONTENDERS, || {
        let (store, order) = (Arc::clone(store), order.to_owned());
        async move { store.claim(&order, at(second), LEASE).await.map_err(failed) }
    });
    let mut grants: u32 = 0;
    for claimed in claims.await? {
        match claimed? {
            Claimed::Granted { .. } => grants = grants.saturating_add(1),
            Claimed::Held { .. } => {}
            Claimed::NoSuchOrder => return Err("An order that was put in is not known.".into()),
        }
    }
    must(
        grants == 1,
        format!("{grants} of {CONTENDERS} were granted."),
    )
}

pub(super) async fn lease_ends<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (claim, _) = granted(&*store, &order, at(0)).await?;
    must(
        claim.until() == at(60),
        "A claim does not hold until `now` and its lease.",
    )?;
    match store.claim(&order, at(59), LEASE).await.map_err(failed)? {
        Claimed::Held { until } => must(
            until == at(60),
            "A held claim does not say when it runs out.",
        )?,
        _ => return Err("A claim ended before its lease did.".into()),
    }
    must(
        !is_held(&*store, &order, at(60)).await?,
        "A claim held longer than its lease.",
    )
}

pub(super) async fn fence_grows<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let mut newest = None;
    for round in 0..6 {
        let (claim, _) = granted(&*store, &order, at(round * 100)).await?;
        must(
            newest.is_none_or(|newest| claim.fence() > newest),
            "A fence is not greater than the one before it.",
        )?;
        newest = Some(claim.fence());
        if round % 2 == 0 {
            store.release(&claim).await.map_err(failed)?;
        }
    }
    Ok(())
}

pub(super) async fn release_frees<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (claim, _) = granted(&*store, &order, at(0)).await?;
    store.release(&claim).await.map_err(failed)?;
    must(
        !is_held(&*store, &order, at(0)).await?,
        "An order that was released is held.",
    )
}

pub(super) async fn old_claim_releases_nothing<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (old, _) = granted(&*store, &order, at(0)).await?;
    let (_, _) = granted(&*store, &order, at(61)).await?;
    store.release(&old).await.map_err(failed)?;
    must(
        is_held(&*store, &order, at(62)).await?,
        "The release of an old claim freed the order.",
    )
}

pub(super) async fn orders_apart<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, 2).await?;
    let [one, other] = orders.as_slice() else {
        return Err("There are no two sample orders.".into());
    };
    let (claim, _) = granted(&*store, one, at(0)).await?;
    let (_, _) = granted(&*store, other, at(0))
        .await
        .map_err(|how| format!("While another order is claimed: {how}"))?;
    let written = one_more(one, &Ledger::default())?;
    super::race::done(store.save(&claim, &written).await)?;
    must(
        stored(&*store, other).await? == Ledger::default(),
        "Saving one order's ledger changed another's.",
    )
}
