//! Two returns and a webhook for one order at the same moment, with faults at the provider, processes that die between
//! any two steps, and a store whose answers are lost. Each round is seeded by its number: what fails, fails again.

use super::round::{Met, Round};
use super::stall::{Kind, Stall};

/// How many rounds each provider plays.
const ROUNDS: u64 = 1_000;
/// How many sandboxes they are played in at once.
const SANDBOXES: u64 = 4;
/// How many of them share a sandbox, so that its clock stays on one day.
const A_DAY: u64 = 50;

async fn rounds(kind: Kind) -> Met {
    let begin = |sandbox| {
        tokio::spawn(async move {
            let mut met = Met::default();
            let mut stall = Stall::open(kind).await;
            for (played, seed) in (0..).zip((0..ROUNDS).filter(|it| it % SANDBOXES == sandbox)) {
                if played % A_DAY == A_DAY - 1 {
                    stall = Stall::open(kind).await;
                }
                Round::play(seed, &stall, &mut met).await;
            }
            met
        })
    };
    let all: Vec<_> = (0..SANDBOXES).map(begin).collect();
    let mut met = Met::default();
    for one in all {
        met.add(&one.await.unwrap());
    }
    println!("{kind:?}: {met:?}");
    assert_eq!(u64::from(met.paid + met.unpaid), ROUNDS);
    assert!(met.unpaid > 50, "{met:?}");
    assert!(met.deaths > 500, "{met:?}");
    assert!(met.errors > 500, "{met:?}");
    assert!(met.too_late > 500, "{met:?}");
    assert!(met.busy > 50, "{met:?}");
    // Whoever keeps no outbox and delivers on the word alone would have lost these.
    assert!(met.unheard > 5, "{met:?}");
    met
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zipay_orders_are_handed_out_exactly_once() {
    let met = rounds(Kind::ZiPay).await;
    assert!(met.not_yet_known > 100 && met.lost == 0, "{met:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sizpay_orders_are_handed_out_exactly_once() {
    let met = rounds(Kind::SizPay).await;
    assert!(met.not_yet_known > 100 && met.lost == 0, "{met:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cardpay_orders_are_handed_out_exactly_once() {
    let met = rounds(Kind::CardPay).await;
    assert!(met.lost > 100 && met.not_yet_known == 0, "{met:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pod_orders_are_handed_out_exactly_once() {
    let met = rounds(Kind::Pod).await;
    assert!(met.not_yet_known > 100 && met.lost == 0, "{met:?}");
}
