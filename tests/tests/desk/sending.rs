//! A desk over a real client sends no second create while the first one may still come in.

use std::sync::Arc;
use std::time::Duration;

use paylink::desk::{Desk, MemoryStore, Opened, StoredOrder};
use paylink::{Account, Accounts, Currency, Money, NewPayment};
use paylink_core::Transport;
use paylink_testkit::{Answer, FaultServer, Step, Wire, faults};
use paylink_testkit::{Behaviour, Script};
use paylink_tests::impatience;
use zipay_client::ZiPay;

use super::stall::DeskClock;

fn empty_list() -> Behaviour {
    faults::answer(&Answer::json(
        r#"{"items":[],"total":0,"limit":100,"page":1,"success":true,"status":200}"#,
    ))
}

fn creates(server: &FaultServer) -> usize {
    let tally = server.tally();
    let received = tally.received().iter();
    let is_create = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("/create-invoice");
    received.filter(|it| is_create(it.bytes())).count()
}

/// With a settling time of three seconds, which is far less than a call may take.
#[tokio::test]
async fn a_lost_create_is_followed_by_no_other_one_before_a_whole_call_has_passed() {
    let lost = || Behaviour::new([Step::ReadRequest, Step::Close]);
    let script: Script = lost()
        .then(empty_list())
        .then(empty_list())
        .then(empty_list())
        .then(lost());
    let server = FaultServer::start(Wire::Plain, script).await.unwrap();
    let clock = impatience::clock();
    let transport = Transport::builder().runtime(clock.clone());
    let zipay = ZiPay::builder("key-of-the-shop", "secret-of-the-shop")
        .terminal(1003)
        .base_url(server.url())
        .settling_time(Duration::from_secs(3))
        .transport(transport.build().unwrap())
        .build()
        .unwrap();
    let price = Money::new("100.99", Currency::Usd).unwrap();
    let payment = NewPayment::new("1000", price).unwrap();
    let payment = payment
        .with_return_url("https://shop.example/back")
        .unwrap();
    let store = Arc::new(MemoryStore::new());
    store.put("1000", StoredOrder::new("main", payment));
    let accounts = Accounts::new([Account::new("main", zipay)]).unwrap();
    let desk = Desk::new(store, accounts)
        .visit_intervals(Duration::ZERO, Duration::ZERO)
        .runtime(Arc::new(DeskClock(clock.clone())));

    let wait = |opened: Opened| match opened {
        Opened::Unresolved { retry_after } => retry_after,
        opened => panic!("{opened:?}"),
    };
    assert_eq!(wait(desk.open("1000").await.unwrap()).as_secs(), 45);
    clock.advance(Duration::from_secs(44));
    assert_eq!(wait(desk.open("1000").await.unwrap()).as_secs(), 1);
    assert_eq!(creates(&server), 1);
    // Now it may be sent again, and is in doubt again at once.
    clock.advance(Duration::from_secs(1));
    assert!(desk.open("1000").await.is_err());
    assert_eq!(creates(&server), 2);
}
