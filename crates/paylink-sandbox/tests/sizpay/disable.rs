use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{PayerError, Status};

use crate::shop::{Shop, list, refused, selected};

const DISABLE: &str = "PayLinkDisable";

#[tokio::test]
async fn a_disabled_link_cannot_be_paid() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let send_id = shop.send("1").await;
    let reply = shop
        .call(DISABLE, selected(send_id, "", "1399/11/21"))
        .await;
    assert_eq!(reply.body, r#"{"ResCod":1,"Message":""}"#);

    let sizpay = sandbox.sizpay();
    assert_eq!(sizpay.link(send_id).unwrap().status, Status::Disabled);
    assert_eq!(sizpay.pay(send_id).unwrap_err(), PayerError::Disabled);
    assert_eq!(sizpay.decline(send_id).unwrap_err(), PayerError::Disabled);
    let again = shop.by_id(DISABLE, send_id).await;
    assert!(refused(&again).contains("غیرفعال"), "{again}");

    let day = sizpay.link(send_id).unwrap().sent_on();
    assert_eq!(list(&shop.status(&day, 0, "").await)[0]["Status"], 0);
}

#[tokio::test]
async fn a_paid_link_cannot_be_disabled() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let send_id = shop.send("1").await;
    sandbox.sizpay().pay(send_id).unwrap();
    let answer = shop.by_id(DISABLE, send_id).await;
    assert!(refused(&answer).contains("پرداخت شده"), "{answer}");
    assert_eq!(sandbox.sizpay().link(send_id).unwrap().status, Status::Paid);
}

#[tokio::test]
async fn a_link_is_found_by_its_invoice_number_and_day() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let (named, other) = (shop.send("99112100").await, shop.send("99112101").await);
    let day = sandbox.sizpay().link(named).unwrap().sent_on();
    let answer = shop.answer(DISABLE, selected(0, "99112100", &day)).await;
    assert_eq!(answer["ResCod"], 1, "{answer}");
    let status = |send_id| sandbox.sizpay().link(send_id).unwrap().status;
    assert_eq!(
        (status(named), status(other)),
        (Status::Disabled, Status::Open)
    );
}
