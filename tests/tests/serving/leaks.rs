//! Nothing that is secret stands in a log, a figure, an event or an answer.

use http::Request;
use paylink_testkit::{Canaries, Capture};
use paylink_tests::service::{EVENT_SECRET, Running};
use serde_json::json;

use super::events::{Shop, wish};

const CARD: &str = "6037701689095443";
const NATIONAL_ID: &str = "0499370899";

/// One thread, so that the capture hears everything: a sale, a lost answer, guesses, a refused event, figures.
#[tokio::test]
async fn nothing_secret_is_told() {
    let mut shop = Shop::open().await;
    shop.answer(500);
    let settings = [
        ("events_url", shop.url.as_str()),
        ("keep_private_data", "true"),
        ("account", "zipay"),
    ];
    let accounts = ["cardpay", "zipay"];
    let secret = EVENT_SECRET.trim_start_matches("whsec_");
    let service = Running::open(&settings, &accounts).await.unwrap();
    let zipay = service.sandbox.zipay();
    let key = service.key.rsplit_once('_').unwrap().1;
    let own = [
        zipay.api_key(),
        zipay.secret_key(),
        service.sandbox.cardpay().token(),
        secret,
        key,
    ];
    let secrets: Vec<&str> = own.into_iter().chain([CARD, NATIONAL_ID]).collect();
    let capture = Capture::new(Canaries::new(&secrets).unwrap());
    let listening = capture.listen();

    let mut order = wish("1000");
    order["national_id"] = NATIONAL_ID.into();
    let mut by_card =
        json!({"order": "2000", "account": "cardpay", "amount": "2500000", "currency": "IRR"});
    by_card["payer_card"] = CARD.into();
    let mut odd = wish("3000");
    odd["payer_card"] = format!("{CARD}9").into();
    for order in [&order, &by_card] {
        let answer = service
            .call("POST", "/v1/orders", Some(order))
            .await
            .unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
        capture.look_text("order", answer.body);
    }
    // What the shop itself typed wrongly may be shown to it, and to no log.
    let refused = service
        .call("POST", "/v1/orders", Some(&odd))
        .await
        .unwrap();
    assert_eq!(refused.status, 422, "{refused:?}");
    let invoice = zipay.invoices().pop().unwrap();
    zipay.pay_as(&invoice.trackid, NATIONAL_ID).unwrap();
    let paid = |order: &serde_json::Value| order["stage"] == "awaiting_delivery";
    service.until("/v1/orders/1000", paid).await.unwrap();
    let (headers, event) = shop.hears().await;
    capture.look("event", &headers);
    capture.look_text("event", event.to_string());
    service
        .call_as(&format!("{}x", service.key), "GET", "/v1/orders", None)
        .await
        .unwrap();
    service
        .sandbox
        .faults()
        .next("zipay", "refund", paylink_sandbox::Fault::DropAfter)
        .unwrap();
    for path in [
        "/v1/orders/1000/refund",
        "/v1/orders/1000/check",
        "/v1/orders/2000/check",
    ] {
        let answer = service.call("POST", path, None).await.unwrap();
        capture.look_text(path, answer.body);
    }
    for path in [
        "/v1/orders",
        "/v1/events",
        "/v1/accounts",
        "/metrics",
        "/v1",
        "/pay/return/1000?card=x",
    ] {
        let answer = service.call("GET", path, None).await.unwrap();
        capture.look_text(path, answer.body);
    }
    for page in operators_pages(&service).await {
        capture.look_text("operator", page);
    }
    capture.look("service", &service.premises);
    capture.assert_clean();
    let heard = capture.transcript();
    assert!(
        heard
            .iter()
            .any(|text| text.contains("an API key that does not count")),
        "the service was not heard"
    );
    assert!(
        heard.iter().any(|text| text.contains("hyper")),
        "the HTTP stack was not heard"
    );
    // The negative control.
    tracing::info!(key = secrets[4], "sent");
    assert_eq!(capture.leaks().len(), 1, "the search is blind");
    drop(listening);
    service.stop().await.unwrap();
}

/// What an operator sees of all that.
async fn operators_pages(service: &Running) -> Vec<String> {
    let log_in = Request::post(format!("{}/operator/login", service.url))
        .header("origin", service.url.clone())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("key={}", service.key));
    let answer = service.send(log_in.unwrap()).await.unwrap();
    assert_eq!(answer.status, 303, "{answer:?}");
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let mut pages = Vec::new();
    for path in [
        "",
        "/orders",
        "/orders/1000",
        "/orders/2000",
        "/events",
        "/alarms",
        "/audit",
    ] {
        let request = Request::get(format!("{}/operator{path}?lang=en", service.url));
        let request = request.header("cookie", cookie.clone()).body(String::new());
        let page = service.send(request.unwrap()).await.unwrap();
        assert_eq!(page.status, 200, "{path}: {page:?}");
        pages.push(page.body);
    }
    pages
}
