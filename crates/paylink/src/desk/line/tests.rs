//! One in front, and what is left to the next one.

use std::time::{Duration, SystemTime};

use paylink_core::SystemRuntime;

use super::line::{Lines, MOST_ABANDONED, Pauses};
use super::store::Claim;

fn patient() -> Pauses {
    Pauses::within(Duration::from_secs(60))
}

#[tokio::test]
async fn one_at_a_time_is_in_front_and_an_empty_line_is_forgotten() {
    let lines = Lines::default();
    let first = lines
        .stand("1000", &mut patient(), &SystemRuntime)
        .await
        .unwrap();
    assert!(!first.had_to_wait() && lines.step_up("1000").is_none());
    assert!(
        lines.step_up("1001").is_some(),
        "orders have lines of their own"
    );
    let mut hurry = Pauses::within(Duration::ZERO);
    assert!(
        lines
            .stand("1000", &mut hurry, &SystemRuntime)
            .await
            .is_none()
    );
    let (mut pauses, runtime) = (patient(), SystemRuntime);
    let mut second = Box::pin(lines.stand("1000", &mut pauses, &runtime));
    tokio::select! {
        biased;
        _ = &mut second => panic!("two are in front"),
        () = tokio::task::yield_now() => {}
    }
    drop(first);
    let second = second.await.unwrap();
    assert!(second.had_to_wait());
    drop(second);
    assert!(lines.orders().len() == (0, 0));
}

#[tokio::test]
async fn a_call_that_stops_waiting_leaves_the_line() {
    let lines = Lines::default();
    let front = lines.step_up("1000").unwrap();
    for _ in 0..200 {
        let (mut pauses, runtime) = (patient(), SystemRuntime);
        let waiting = lines.stand("1000", &mut pauses, &runtime);
        tokio::select! {
            biased;
            _ = waiting => panic!("two are in front"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(front);
    assert!(lines.orders().len() == (0, 0));
}

#[test]
fn a_claim_that_was_abandoned_is_left_to_the_next_one_and_not_for_ever() {
    let lines = Lines::default();
    let abandon = |order: &str| {
        let claim = Claim::new(order, 1, SystemTime::UNIX_EPOCH);
        lines.step_up(order).unwrap().front.abandoned = Some(claim);
    };
    abandon("1000");
    let mut next = lines.step_up("1000").unwrap();
    assert_eq!(
        next.front.abandoned.as_ref().map(Claim::order),
        Some("1000")
    );
    next.front.abandoned = None;
    drop(next);
    assert!(lines.orders().len().0 == 0);
    for number in 0..MOST_ABANDONED * 2 {
        abandon(&number.to_string());
    }
    let orders = lines.orders();
    assert_eq!(orders.len(), (MOST_ABANDONED, MOST_ABANDONED));
    drop(orders);
    let newest = lines.step_up(&(MOST_ABANDONED * 2 - 1).to_string());
    assert!(newest.unwrap().front.abandoned.is_some());
}

#[test]
fn that_another_process_holds_the_order_is_told_until_its_lease_has_ended() {
    let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
    let lines = Lines::default();
    let mut front = lines.step_up("1000").unwrap();
    assert_eq!(front.held_elsewhere(at(0)), None);
    front.front.held_elsewhere = Some(at(500));
    assert_eq!(front.held_elsewhere(at(499)), Some(at(500)));
    assert_eq!(front.held_elsewhere(at(500)), None);
    assert_eq!(front.held_elsewhere(at(501)), None);
}

#[test]
fn pauses_grow_and_end_with_patience() {
    let mut pauses = Pauses::within(Duration::from_millis(500));
    let all: Vec<_> = std::iter::from_fn(|| pauses.next())
        .map(|it| it.as_millis())
        .collect();
    assert_eq!(all, [50, 100, 200, 150]);
    let mut pauses = Pauses::within(Duration::from_secs(5));
    let many = std::iter::from_fn(|| pauses.next()).count();
    assert_eq!(many, 9);
    let mut pauses = Pauses::within(Duration::from_millis(500));
    pauses.spend(Duration::from_millis(450));
    assert_eq!(pauses.left(), Duration::from_millis(50));
    assert_eq!(pauses.next(), Some(Duration::from_millis(50)));
    pauses.spend(Duration::MAX);
    assert_eq!(pauses.next(), None);
}
