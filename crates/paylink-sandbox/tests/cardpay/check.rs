use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{EventKind, Status, TIME_ALLOWED};
use tokio::task::JoinSet;

use crate::client::send;
use crate::shop::Shop;

#[tokio::test]
async fn the_first_check_of_a_paid_payment_differs_from_all_later_ones() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let created = shop.create("1").await;
    assert_eq!(shop.check(created.pay_id).await, (200, 7));
    sandbox.cardpay().pay(created.pay_id).unwrap();
    assert_eq!(shop.check(created.pay_id).await, (200, 201));
    for _ in 0..3 {
        assert_eq!(shop.check(created.pay_id).await, (200, 200));
    }
    let payment = sandbox.cardpay().payment(created.pay_id).unwrap();
    assert_eq!(
        (payment.status, payment.times_first_verified()),
        (Status::Paid, 1)
    );
}

#[tokio::test]
async fn a_check_of_a_paid_payment_reads_as_in_the_document() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let pay_id = shop.create("1").await.pay_id;
    sandbox.cardpay().pay(pay_id).unwrap();
    shop.check(pay_id).await;
    let again = shop.get(&format!("check?pay_id={pay_id}")).await;
    assert_eq!(
        again.body,
        r#"{"status":true,"code":200,"msg":"Payment is complete."}"#
    );
}

#[tokio::test]
async fn of_many_checks_at_once_one_is_the_first() {
    let sandbox = Sandbox::start().await.unwrap();
    let pay_id = Shop::of(&sandbox).create("1").await.pay_id;
    sandbox.cardpay().pay(pay_id).unwrap();
    let mut checking = JoinSet::new();
    for _ in 0..16 {
        let origin = sandbox.url().to_owned();
        let token = sandbox.cardpay().token().to_owned();
        checking.spawn(async move {
            let path = format!("/cardpay/api/check?pay_id={pay_id}");
            let reply = send(&origin, "GET", &path, &[("token", &token)], b"").await;
            reply.json()["code"].as_i64().unwrap()
        });
    }
    let mut codes = checking.join_all().await;
    codes.sort_unstable();
    assert_eq!(codes[..15], [200; 15]);
    assert_eq!(codes[15], 201);
}

#[tokio::test]
async fn what_is_paid_does_not_expire() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let pay_id = shop.create("1").await.pay_id;
    sandbox.cardpay().pay(pay_id).unwrap();
    sandbox.clock().advance(TIME_ALLOWED * 10);
    assert_eq!(shop.check(pay_id).await, (200, 201));
    assert_eq!(shop.check(pay_id).await, (200, 200));
}

#[tokio::test]
async fn a_payment_expires_at_its_time_whenever_that_is_noticed() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox
        .cardpay()
        .change_settings(|it| it.time_allowed = std::time::Duration::from_secs(60));
    let pay_id = shop.create("1").await.pay_id;
    sandbox
        .clock()
        .advance(std::time::Duration::from_secs(3600));
    assert_eq!(shop.check(pay_id).await, (500, 6));
    let payment = sandbox.cardpay().payment(pay_id).unwrap();
    assert_eq!(payment.status, Status::Expired);
    let last = payment.history.last().unwrap();
    assert_eq!(
        (last.kind, last.at),
        (EventKind::Expired, payment.expires_at)
    );
}
