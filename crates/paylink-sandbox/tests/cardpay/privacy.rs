use paylink_sandbox::Sandbox;

use crate::client::send;
use crate::shop::{CALLBACK, Shop};

#[tokio::test]
async fn the_journal_names_token_and_card_without_their_values() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let card = sandbox.cardpay().payer_card();
    let token = sandbox.cardpay().token();
    let created = shop
        .create_with("7", &[("card", card), ("shoe", "43"), ("phone", token)])
        .await;
    shop.check(created.pay_id).await;
    let journal = sandbox.journal();
    let noted: Vec<_> = journal[0]
        .parameters
        .iter()
        .map(|given| (given.name.as_str(), given.value.as_str()))
        .collect();
    assert_eq!(
        noted,
        [
            ("token", "[redacted]"),
            ("price", "11000"),
            ("fid", "7"),
            ("card", "[redacted]"),
            ("shoe", "[redacted]"),
            ("phone", "[redacted]"),
        ]
    );
    let pay_id = created.pay_id.to_string();
    assert_eq!(journal[1].parameters[1].value, pay_id);
}

#[tokio::test]
async fn no_payer_s_card_is_shown_whole() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let cardpay = sandbox.cardpay();
    // Neither is on the page as what it offers.
    let (recorded, depositor) = ("6274120000000069", cardpay.other_payer_card());
    let created = shop.create_with("7", &[("card", recorded), CALLBACK]).await;
    let page = format!("/cardpay/payment/{}", created.pay_id);
    let before = send(sandbox.url(), "GET", &page, &[], b"").await.body;
    assert!(before.contains("6274 12XX XXXX 0069"), "{before}");
    cardpay
        .transfer(created.pay_id, created.amount, Some(depositor))
        .unwrap();

    let mut shown = vec![before];
    for path in [
        page.as_str(),
        "/",
        "/_sandbox/sms",
        "/_sandbox/journal",
        "/_sandbox/cardpay/payments",
        "/_sandbox/cardpay/deposits",
    ] {
        shown.push(send(sandbox.url(), "GET", path, &[], b"").await.body);
    }
    shown.push(format!(
        "{sandbox:?} {cardpay:?} {:?} {:?} {:?} {:?}",
        cardpay.payments(),
        cardpay.deposits(),
        sandbox.journal(),
        sandbox.sms()
    ));
    for text in shown {
        let digits = text.replace([' ', '-'], "");
        for secret in [recorded, depositor, cardpay.token()] {
            assert!(!digits.contains(secret), "{secret} in {text}");
        }
    }
}
