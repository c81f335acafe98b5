//! What a create sends, and what comes of it.

use std::time::SystemTime;

use paylink_core::provider::{Created, PaymentRecord};
use zipay_client::{Currency, Effect, ErrorKind, Handle, NationalId, ReturnUrl};

use super::{NATIONAL_ID, created, money, neutral, payment_of, price, record};
use crate::provider::{Answer, NOW, Provider};
use crate::samples::{TRACKID, create_invoice};

const EVERYTHING: &str = "terminal_number=1003&amount=100.99&currency=USD&invoice_number=1000\
    &national_id=0076229645&callback=https%3A%2F%2Fshop.example%2Fback\
    &webhook=https%3A%2F%2Fshop.example%2Fhook%3Fshop%3D7";

#[tokio::test]
async fn every_input_that_is_taken_is_sent() {
    let provider = Provider::start().await;
    provider.answer("create-invoice", create_invoice());
    let payment = payment_of(price())
        .notify_url("https://shop.example/hook?shop=7")
        .unwrap()
        .national_id(NATIONAL_ID.parse().unwrap());
    let _ = neutral(&provider).create(&payment).await.unwrap();
    let requests = provider.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].uri_str(), provider.url("/api/create-invoice"));
    assert_eq!(requests[0].body_string(), EVERYTHING);
}

#[tokio::test]
async fn a_foreigner_and_an_app_go_out_to_the_letter() {
    let provider = Provider::start().await;
    provider.answer("create-invoice", create_invoice());
    let payment = payment_of(price())
        .return_to(ReturnUrl::of_app(ReturnUrl::KEY, "myapp://back?order=1000").unwrap())
        .national_id(NationalId::of_foreigner("۱۰۰۲۳۴۵۶۷۸۹۰").unwrap());
    let _ = neutral(&provider).create(&payment).await.unwrap();
    assert_eq!(
        provider.requests()[0].body_string(),
        "terminal_number=1003&amount=100.99&currency=USD&invoice_number=1000&national_id=100234567890\
         &callback=myapp%3A%2F%2Fback%3Forder%3D1000"
    );
}

#[tokio::test]
async fn a_way_back_that_holds_zipays_own_names_stops_the_payment() {
    let provider = Provider::start().await;
    for (payment, field) in [
        (
            payment_of(price()).return_url("https://shop.example/?trackid=7"),
            "return_url",
        ),
        (
            payment_of(price()).notify_url("https://shop.example/?invoice_number=7"),
            "notify_url",
        ),
    ] {
        let error = neutral(&provider)
            .create(&payment.unwrap())
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Invalid, Effect::NotExecuted)
        );
        assert_eq!(error.invalids()[0].key(), field, "{error}");
    }
    assert_eq!(provider.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn rial_becomes_toman_exactly_or_nothing_is_sent() {
    let provider = Provider::start().await;
    provider.answer("create-invoice", create_invoice());
    for (price, sent) in [
        (money("15000", Currency::Irr), "amount=1500&currency=IRT&"),
        (money("15000.0", Currency::Irr), "amount=1500&currency=IRT&"),
        (money("1500", Currency::Irt), "amount=1500&currency=IRT&"),
        (
            money("1500.5", Currency::Irt),
            "amount=1500.5&currency=IRT&",
        ),
        (
            money("0.00000001", Currency::Usdt),
            "amount=0.00000001&currency=USDT&",
        ),
    ] {
        let created = neutral(&provider).create(&payment_of(price)).await.unwrap();
        let body = provider.requests()[0].body_string();
        assert!(body.contains(sent), "{price}: {body}");
        let amount = created.record().amount();
        let told = format!(
            "amount={}&currency={}&",
            amount.amount(),
            amount.currency().code()
        );
        assert_eq!(told, sent, "the record says what was asked for");
        provider.take_asked();
    }
    for indivisible in ["15001", "5", "15000.5"] {
        let payment = payment_of(money(indivisible, Currency::Irr));
        let error = neutral(&provider).create(&payment).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{indivisible}");
        assert_eq!(provider.asked(), Vec::<String>::new(), "{indivisible}");
    }
}

#[tokio::test]
async fn what_comes_of_it_is_stored_and_comes_back_equal() {
    let provider = Provider::start().await;
    let created = created(&provider).await;
    assert_eq!(created.record(), &record());
    assert_eq!(created.record().created_at(), SystemTime::UNIX_EPOCH + NOW);
    let link = created.pay_link().unwrap().as_str();
    assert_eq!(link, provider.url(&format!("/invoice_v1/{TRACKID}")));
    assert_eq!(created.exact_transfer(), None);
    assert_eq!(created.expires_at(), None);

    let stored = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&stored).unwrap(), created);
    let stored = serde_json::to_string(created.record()).unwrap();
    let back: PaymentRecord = serde_json::from_str(&stored).unwrap();
    assert_eq!(&back, created.record());
}

#[tokio::test]
async fn preparing_sends_nothing_and_tells_what_a_lost_create_would() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    let prepared = zipay.prepare(&payment_of(price())).unwrap();
    let stored = prepared.handle().clone();
    assert_eq!(provider.asked(), Vec::<String>::new());

    provider.answer("create-invoice", Answer::of("").status(502));
    let error = prepared.create().await.unwrap_err();
    let found = |handle: &Handle| {
        let reference = handle.own_reference().map(str::to_owned);
        let merchant = handle.own_merchant().map(str::to_owned);
        (
            reference,
            merchant,
            handle.own_amount().copied(),
            handle.prepared_at(),
        )
    };
    assert_eq!(found(error.handle().unwrap()), found(&stored));
    assert_eq!(stored.own_reference(), Some("1000"));
    assert_eq!(stored.own_merchant(), Some("1003"));
    assert_eq!(stored.own_amount(), Some(&price()));
}
