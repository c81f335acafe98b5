//! Floods of forged hints: a paid order is settled in time, and the provider sees no more of them than the desk's pauses allow.
//!
//! `cargo xtask hints` measures the same at full speed.

use std::time::Duration;

use paylink_tests::flood::{Flood, Named, Way};

/// Two minutes of the shop, in which each of sixteen strangers sends a hint every 20 milliseconds.
async fn flood(named: Named, way: Way) {
    let flood = Flood {
        named,
        way,
        orders: 30,
        lasts: Duration::from_secs(120),
        at_least: 1_000,
        speed: 20,
        pause: Duration::from_millis(20),
    };
    let figures = flood.come().await.unwrap();
    println!("{figures}");
    assert_eq!((figures.confirmed, figures.delivered), (1, 2), "{figures}");
    let most = (figures.most_requests(), figures.most_of_hinted());
    let of_hinted = u64::try_from(figures.of_hinted).unwrap();
    assert!(
        figures.requests <= most.0 && of_hinted <= most.1,
        "{most:?}: {figures}"
    );
    assert!(figures.requests > 2, "{figures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_for_one_order() {
    tokio::join!(
        flood(Named::OneOrder, Way::Routes),
        flood(Named::OneOrder, Way::Desk)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_for_many_orders() {
    tokio::join!(
        flood(Named::ManyOrders, Way::Routes),
        flood(Named::ManyOrders, Way::Desk)
    );
}
