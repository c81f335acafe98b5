//! The rules, each as the case that checks it.

mod outbox;

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use super::Subject;
use super::harness::{
    ACCOUNT, CONTENDERS, DUELS, LEASE, ROUNDS, at, at_once, done, duel, failed, fresh, fresh_one,
    granted, handed_out, is_held, looked_again, made, must, one_more, order as order_of, stored,
    superseded, take_over,
};
use crate::desk::{Claim, Claimed, Ledger, OrderStore, Saved};

pub(super) use self::outbox::{earliest_taken, put_off_or_closed, taken_by_one};

type Kept = Result<(), String>;

/// How many would deliver the same order.
const DELIVERERS: usize = 100;
/// How many of them die with the claim in their hands.
const DYING: usize = 3;
/// More than there are.
const ALL: usize = 100;
/// How many polls of one step are tried; one that takes more is dropped at each of these.
const POLLS: usize = 64;
/// How often others are let in, so that what goes on behind a dropped future can come to its end.
const PAUSES: usize = 256;

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
        one_of_many(&store, order, 0).await?;
    }
    Ok(())
}

pub(super) async fn one_takes_over<T: Subject>(subject: &T) -> Kept {
    let (store, orders) = fresh(subject, ROUNDS).await?;
    for order in &orders {
        let (_, _) = granted(&*store, order, at(0)).await?;
        one_of_many(&store, order, 61).await?;
    }
    Ok(())
}

/// Many claim at once; one has to get it.
async fn one_of_many<S: OrderStore + 'static>(store: &Arc<S>, order: &str, second: u64) -> Kept {
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
    done(store.save(&claim, &written).await)?;
    must(
        stored(&*store, other).await? == Ledger::default(),
        "Saving one order's ledger changed another's.",
    )
}

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
    let same = order_of(&order)?;
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

async fn stage_is_of<T: Subject>(
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

/// The claim's holder saves at the moment in which another claim takes over.
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

/// The claim's holder delivers at the moment in which another claim takes over.
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

pub(super) async fn saved_and_released<T: Subject>(subject: &T) -> Kept {
    let (store, order) = fresh_one(subject).await?;
    let (old, _) = granted(&*store, &order, at(0)).await?;
    let (claim, first) = granted(&*store, &order, at(61)).await?;
    let ledger = one_more(&order, first.ledger())?;
    superseded(store.save_and_release(&old, &ledger).await)?;
    must(
        is_held(&*store, &order, at(61)).await?,
        "A claim that was taken over freed the order.",
    )?;
    must(
        stored(&*store, &order).await? == *first.ledger(),
        "A claim that was taken over saved something.",
    )?;
    done(store.save_and_release(&claim, &ledger).await)?;
    let stage = subject.stage(&store, &order).await;
    must(
        stored(&*store, &order).await? == ledger && stage == ledger.stage().as_str(),
        "What was saved together with a release is not stored.",
    )?;
    let (next, _) = granted(&*store, &order, at(61)).await?;
    must(
        next.fence() > claim.fence(),
        "After a save with a release, a grant has no greater fence.",
    )
}

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
    let elsewhere = store.claim_due("other", at(20), LEASE, ALL).await;
    must(
        elsewhere.map_err(failed)?.is_empty(),
        "An order was due at an account that is not its own.",
    )?;
    must(
        due(&*store, 60, ALL).await?.contains(held),
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

/// What is due, in the order in which it is taken one by one. It is left as it was.
async fn due<S: OrderStore>(store: &S, second: u64, limit: usize) -> Result<Vec<String>, String> {
    let mut claims = Vec::new();
    while claims.len() < limit {
        let mut next = claim_due(store, second, 1).await?;
        match (next.pop(), next.is_empty()) {
            (Some(claim), true) => claims.push(claim),
            (None, _) => break,
            _ => return Err("One order was asked for, and more were claimed.".into()),
        }
    }
    let mut names = Vec::new();
    for claim in claims {
        store.release(&claim).await.map_err(failed)?;
        names.push(claim.order().to_owned());
    }
    Ok(names)
}

async fn claim_due<S: OrderStore>(
    store: &S,
    second: u64,
    limit: usize,
) -> Result<Vec<Claim>, String> {
    let claims = store.claim_due(ACCOUNT, at(second), LEASE, limit).await;
    claims.map_err(failed)
}

pub(super) async fn due_to_one<T: Subject>(subject: &T) -> Kept {
    for _ in 0..ROUNDS {
        let (store, orders) = fresh(subject, CONTENDERS / 4).await?;
        for order in &orders {
            let (claim, _) = granted(&*store, order, at(0)).await?;
            done(store.save(&claim, &looked_again(order, Some(at(5)))?).await)?;
            store.release(&claim).await.map_err(failed)?;
        }
        let all = at_once(CONTENDERS, || {
            let store = Arc::clone(&store);
            async move { claim_due(&*store, 10, 2).await }
        });
        let mut claims = Vec::new();
        for some in all.await? {
            claims.extend(some?);
        }
        claims.sort_by(|one, other| one.order().cmp(other.order()));
        let mut names: Vec<_> = orders.iter().map(String::as_str).collect();
        names.sort_unstable();
        let claimed: Vec<_> = claims.iter().map(Claim::order).collect();
        must(
            claimed == names,
            format!("Of {names:?}, {claimed:?} were claimed."),
        )?;
        for claim in &claims {
            let order = claim.order();
            must(
                is_held(&*store, order, at(69)).await? && claim.until() == at(70),
                "What was claimed since it is due is not held for its whole lease.",
            )?;
            let ledger = one_more(order, &stored(&*store, order).await?)?;
            done(store.save(claim, &ledger).await)?;
            store.release(claim).await.map_err(failed)?;
            let (next, _) = granted(&*store, order, at(69)).await?;
            must(
                next.fence() > claim.fence(),
                "A grant has no greater fence than one that was claimed since it was due.",
            )?;
            superseded(store.save(claim, &Ledger::default()).await)?;
        }
    }
    Ok(())
}

// Work that is dropped before it is done, as it is when a caller hangs up or a process is told to end.
//
// Each case drops the store's future at its first poll, at its second and so on, until one gets to its end. Whatever the
// store was at, it has done all of its step or nothing.

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
