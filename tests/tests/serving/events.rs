//! Events, as a shop receives them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use paylink_books::sqlx;
use paylink_tests::service::Running;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A shop that hears events.
pub(super) struct Shop {
    pub(super) url: String,
    answers: Arc<AtomicU16>,
    heard: UnboundedReceiver<(HeaderMap, String)>,
}

type Ears = (Arc<AtomicU16>, UnboundedSender<(HeaderMap, String)>);

impl Shop {
    pub(super) async fn open() -> Shop {
        async fn hear(
            State((answers, heard)): State<Ears>,
            headers: HeaderMap,
            body: String,
        ) -> StatusCode {
            let _ = heard.send((headers, body));
            StatusCode::from_u16(answers.load(Ordering::Relaxed)).unwrap()
        }
        let answers = Arc::new(AtomicU16::new(204));
        let (told, heard) = unbounded_channel();
        let router = Router::new().route("/events", post(hear));
        let router = router.with_state((Arc::clone(&answers), told));
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", socket.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(socket, router).await });
        Shop {
            url,
            answers,
            heard,
        }
    }

    pub(super) fn answer(&self, status: u16) {
        self.answers.store(status, Ordering::Relaxed);
    }

    pub(super) async fn hears(&mut self) -> (HeaderMap, Value) {
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), self.heard.recv());
        let (headers, body) = next.await.expect("an event").unwrap();
        (headers, serde_json::from_str(&body).unwrap())
    }

    pub(super) fn has_heard_nothing(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }
}

/// What a payer does with a link of the sandbox's ZiPay.
pub(super) async fn pay(service: &Running, order: &Value) {
    let id = order["payment"]["ids"]["trackid"].as_str().unwrap();
    service.sandbox.zipay().pay(id).unwrap();
}

/// Somebody changes the order's price in the books after its payment was created.
async fn change_price(service: &Running) {
    const CHANGE: &str = "UPDATE paylink_orders SET payment = replace(payment, '250000', '260000')";
    let pool = service.premises.books().sqlite_pool().unwrap();
    sqlx::query(CHANGE).execute(pool).await.unwrap();
}

pub(super) fn wish(order: &str) -> Value {
    json!({"order": order, "amount": "250000", "currency": "IRT"})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paid_order_is_told_once_it_is_paid_and_its_answer_acknowledges_it() {
    let mut shop = Shop::open().await;
    let service = Running::open(&[("events_url", &shop.url)], &["zipay"])
        .await
        .unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    assert_eq!(order.status, 201, "{order:?}");
    pay(&service, &order.json()).await;
    // Nobody comes back: the service looks by itself.
    let (headers, event) = shop.hears().await;
    assert_eq!(event["type"], "order.paid");
    assert_eq!(event["data"]["order"]["order"], "1000");
    assert_eq!(event["data"]["order"]["stage"], "awaiting_delivery");
    assert_eq!(event["data"]["order"]["paid"]["amount"], "250000");
    assert_eq!(event["id"], headers["webhook-id"].to_str().unwrap());
    let acknowledged = |order: &Value| order["stage"] == "delivered";
    let order = service
        .until("/v1/orders/1000", acknowledged)
        .await
        .unwrap();
    assert!(order["acknowledged_at"].is_string());
    let events = service
        .until("/v1/events", |all| all["events"][0]["state"] == "arrived")
        .await;
    assert_eq!(events.unwrap()["events"].as_array().unwrap().len(), 1);
    assert!(shop.has_heard_nothing());
    assert!(service.premises.books().check().await.unwrap().is_empty());
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_is_refused_comes_again_with_the_same_id() {
    let mut shop = Shop::open().await;
    shop.answer(500);
    let service = Running::open(&[("events_url", &shop.url)], &["zipay"])
        .await
        .unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    pay(&service, &order.json()).await;
    let (first, _) = shop.hears().await;
    let put_off = |all: &Value| all["events"][0]["problem"].is_string();
    let events = service
        .until("/v1/events?order=1000", put_off)
        .await
        .unwrap();
    let problem = &events["events"][0]["problem"];
    assert_eq!(
        problem,
        "the shop answered with the status 500 Internal Server Error, and a 2xx was expected"
    );
    let order = service
        .call("GET", "/v1/orders/1000", None)
        .await
        .unwrap()
        .json();
    assert_eq!(order["stage"], "awaiting_delivery");
    // A redirect is not followed, and is no acknowledgement.
    shop.answer(302);
    let id = events["events"][0]["id"].as_str().unwrap().to_owned();
    let again = format!("/v1/events/{id}/resend");
    assert_eq!(
        service.call("POST", &again, None).await.unwrap().status,
        200
    );
    let (second, _) = shop.hears().await;
    shop.answer(200);
    assert_eq!(
        service.call("POST", &again, None).await.unwrap().status,
        200
    );
    let (third, _) = shop.hears().await;
    assert_eq!(first["webhook-id"], second["webhook-id"]);
    assert_eq!(first["webhook-id"], third["webhook-id"]);
    service
        .until("/v1/orders/1000", |order| order["stage"] == "delivered")
        .await
        .unwrap();
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_call_acknowledges_an_event_does_not() {
    let mut shop = Shop::open().await;
    let settings = [
        ("events_url", shop.url.as_str()),
        ("acknowledged_by", "call"),
    ];
    let service = Running::open(&settings, &["zipay"]).await.unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    pay(&service, &order.json()).await;
    drop(shop.hears().await);
    service
        .until("/v1/events", |all| all["events"][0]["state"] == "arrived")
        .await
        .unwrap();
    let order = service
        .call("GET", "/v1/orders/1000", None)
        .await
        .unwrap()
        .json();
    assert_eq!(order["stage"], "awaiting_delivery");
    let done = service
        .call("POST", "/v1/orders/1000/acknowledge", None)
        .await
        .unwrap();
    assert_eq!(
        (done.status, &done.json()["stage"]),
        (200, &json!("delivered"))
    );
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_is_not_the_orders_is_an_alarm_once() {
    let mut shop = Shop::open().await;
    let service = Running::open(&[("events_url", &shop.url)], &["zipay"])
        .await
        .unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    assert_eq!(order.status, 201, "{order:?}");
    change_price(&service).await;
    for _ in 0..3 {
        let checked = service
            .call("POST", "/v1/orders/1000/check", None)
            .await
            .unwrap();
        assert_eq!(
            (checked.status, &checked.json()["kind"]),
            (409, &json!("mismatch")),
            "{checked:?}"
        );
    }
    let (_, event) = shop.hears().await;
    assert_eq!(event["type"], "order.mismatch");
    let alarm = &event["data"]["alarm"];
    assert!(
        alarm["detail"].as_str().unwrap().contains("amount"),
        "{alarm}"
    );
    assert_eq!(event["data"]["order"]["stage"], "open");
    assert!(shop.has_heard_nothing());
    let alarms = service
        .call("GET", "/v1/alarms", None)
        .await
        .unwrap()
        .json();
    assert_eq!(alarms["alarms"].as_array().unwrap().len(), 1, "{alarms}");

    let path = format!("/v1/alarms/{}/resolve", alarm["id"].as_str().unwrap());
    let note = json!({"note": "the invoice was changed at the provider; asked them"});
    let resolved = service.call("POST", &path, Some(&note)).await.unwrap();
    assert_eq!(resolved.status, 200, "{resolved:?}");
    assert!(resolved.json()["resolved_at"].is_string());
    let alarms = service
        .call("GET", "/v1/alarms", None)
        .await
        .unwrap()
        .json();
    assert_eq!(alarms["alarms"], json!([]));
    let log = service.premises.audit_log(10).await.unwrap();
    assert!(
        log.iter().any(|line| line.what == "resolve-alarm"),
        "{log:?}"
    );
    service.stop().await.unwrap();
}
