//! The API under `/_sandbox`, shared and ZiPay's own, and the journal.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use paylink_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::client::{
    answer_to, change_settings, delete, eventually, get_json, kinds, noted, of, post_json, posted,
    routes_of, send,
};
use crate::zipay::{NEW, open};

#[tokio::test]
async fn its_routes_are_described() {
    let sandbox = Sandbox::start().await.unwrap();
    #[rustfmt::skip]
    let routes = [
        "GET invoices", "GET invoices/{trackid}", "GET settings", "POST invoices/{trackid}/decline",
        "POST invoices/{trackid}/pay", "POST settings",
    ];
    assert_eq!(routes_of(&sandbox, "zipay").await, routes);
}

#[tokio::test]
async fn its_settings_are_read_and_changed_one_by_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let unusable = [json!({"second_verify": "x"})];
    #[rustfmt::skip]
    let settings = [
        ("second_verify", json!("answers-completed"), json!("refuses")),
        ("webhook_encoding", json!("form"), json!("json")),
    ];
    change_settings(&sandbox, "zipay", &settings, &unusable).await;
}

#[tokio::test]
async fn the_clock_is_read_and_moved() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = get_json(&sandbox, "/_sandbox/clock").await;
    assert_eq!(before["advanced_seconds"], 0);
    let half_an_hour = json!({"advance_seconds": 1800});
    let reading = answer_to(&sandbox, "/_sandbox/clock", &half_an_hour).await;
    assert_eq!(reading["advanced_seconds"], 1800);
    let ahead = sandbox.clock().now().duration_since(SystemTime::now());
    let ahead = ahead.unwrap().as_millis();
    assert!(ahead > 1_790_000 && ahead <= 1_800_000, "{ahead} ms");
    assert!(reading["now"].as_str().unwrap().ends_with("+00:00"));

    let negative = json!({"advance_seconds": -1});
    let unknown = json!({"advance_seconds": 1, "x": 1});
    for bad in [json!({}), negative, unknown, json!([])] {
        let reply = post_json(&sandbox, "/_sandbox/clock", &bad).await;
        assert_eq!(reply.status, 422, "{bad}");
        assert!(reply.json()["error"]["message"].is_string());
    }
    assert_eq!(sandbox.clock().advanced(), Duration::from_secs(1800));
}

#[tokio::test]
async fn a_form_on_a_foreign_page_cannot_use_the_api() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = br#"{"advance_seconds":1800}"#;
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let headers = [("content-type", media_type)];
        let reply = send(sandbox.url(), "POST", "/_sandbox/clock", &headers, body).await;
        assert_eq!(reply.status, 415, "{media_type}");
    }
    assert_eq!(sandbox.clock().advanced(), Duration::ZERO);
}

#[tokio::test]
async fn an_invoice_is_paid_and_declined_as_the_payer() {
    let (sandbox, shop) = open().await;
    let paid = shop
        .create_with("1", &[("national_id", "0013542419")])
        .await;
    let declined = shop.create("2").await;
    let path = |trackid: &str, act: &str| format!("/_sandbox/zipay/invoices/{trackid}{act}");

    let shown = answer_to(&sandbox, &path(&paid, "/pay"), &Value::Null).await;
    assert_eq!(shown["status"], "pending");
    let shown = answer_to(&sandbox, &path(&declined, "/decline"), &Value::Null).await;
    assert_eq!(shown["status"], "rejected");
    for act in ["/pay", "/decline"] {
        posted(&sandbox, &path(&paid, act), &Value::Null, 409).await;
        posted(&sandbox, &path("nothing", act), &Value::Null, 404).await;
    }

    shop.verify(&paid).await;
    let view = get_json(&sandbox, &path(&paid, "")).await;
    let shown = of(&view, &["status", "times_verified"]);
    assert_eq!(shown, json!(["completed", 1]));
    assert_eq!(kinds(&view), ["created", "paid", "verified"]);
    let invoices = get_json(&sandbox, "/_sandbox/zipay/invoices").await;
    assert_eq!(invoices.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn faults_are_set_listed_and_cleared() {
    let sandbox = Sandbox::start().await.unwrap();
    let delay = json!({
        "provider": "zipay", "operation": "verify", "times": 2,
        "fault": {"kind": "delay", "milliseconds": 250},
    });
    let reply = post_json(&sandbox, "/_sandbox/faults", &delay).await;
    let shown = json!({
        "number": 1, "provider": "zipay", "operation": "verify", "percent": 100, "times": 2,
        "fault": {"kind": "delay", "milliseconds": 250}, "preset": null,
    });
    assert_eq!((reply.status, reply.json()), (201, shown.clone()));
    let drop = json!({"provider": "zipay", "operation": "create-invoice", "fault": {"kind": "drop-after"}});
    posted(&sandbox, "/_sandbox/faults", &drop, 201).await;

    let pending = sandbox.faults().pending();
    let set: Vec<_> = pending
        .iter()
        .map(|it| (it.rule.fault, it.rule.times))
        .collect();
    let wait = Fault::Delay(Duration::from_millis(250));
    assert_eq!(set, [(wait, Some(2)), (Fault::DropAfter, None)]);
    assert_eq!(get_json(&sandbox, "/_sandbox/faults").await[0], shown);
    delete(&sandbox, "/_sandbox/faults").await;
    assert!(sandbox.faults().pending().is_empty());
}

#[tokio::test]
async fn every_kind_of_fault_can_be_written_and_read_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let moment = Duration::from_millis(5);
    #[rustfmt::skip]
    let cases = [
        (Fault::DropBefore, json!({"kind": "drop-before"})),
        (Fault::DropAfter, json!({"kind": "drop-after"})),
        (Fault::Delay(moment), json!({"kind": "delay", "milliseconds": 5})),
        (Fault::DelayAfter(moment), json!({"kind": "delay-after", "milliseconds": 5})),
        (Fault::Status(503), json!({"kind": "status", "status": 503})),
        (Fault::StatusAfter(502), json!({"kind": "status-after", "status": 502})),
        (Fault::Html, json!({"kind": "html"})),
        (Fault::HtmlAfter, json!({"kind": "html-after"})),
        (Fault::Truncated, json!({"kind": "truncated"})),
    ];
    for (fault, written) in cases {
        let planned = json!({"provider": "zipay", "operation": "list", "fault": written});
        posted(&sandbox, "/_sandbox/faults", &planned, 201).await;
        assert_eq!(sandbox.faults().pending()[0].rule.fault, fault);
        let listed = get_json(&sandbox, "/_sandbox/faults").await;
        assert_eq!(listed[0]["fault"], written);
        sandbox.faults().clear();
    }
}

#[tokio::test]
async fn a_fault_that_could_never_come_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let html = json!({"kind": "html"});
    for bad in [
        json!({"provider": "paypal", "operation": "list", "fault": html}),
        json!({"provider": "zipay", "operation": "invoice-verify", "fault": html}),
        json!({"provider": "zipay", "operation": "list", "times": 0, "fault": html}),
        json!({"provider": "zipay", "operation": "list", "fault": {"kind": "explode"}}),
        json!({"provider": "zipay", "operation": "list", "fault": {"kind": "status", "status": 100}}),
    ] {
        let reply = post_json(&sandbox, "/_sandbox/faults", &bad).await;
        assert_eq!(reply.status, 422, "{bad}");
        let error = &reply.json()["error"];
        assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
    }
    assert!(sandbox.faults().pending().is_empty());
}

#[tokio::test]
async fn the_journal_is_listed_and_cleared() {
    let (sandbox, shop) = open().await;
    let unavailable = Fault::Status(503);
    sandbox.faults().next("zipay", "list", unavailable).unwrap();
    shop.call("invoice-list", &[("limit", "5")]).await;
    let entry = get_json(&sandbox, "/_sandbox/journal").await[0].clone();
    let shown = of(&entry, &["operation", "fault", "answered"]);
    assert_eq!(shown, json!(["list", "status 503", 503]));
    let limit = json!({"name": "limit", "value": "5"});
    assert_eq!(entry["parameters"][2], limit);
    delete(&sandbox, "/_sandbox/journal").await;
    assert!(sandbox.journal().is_empty());
}

#[tokio::test]
async fn the_outbox_is_listed() {
    let (sandbox, shop) = open().await;
    let url = "http://192.0.2.1/";
    let trackid = shop.create_with("1", &[("webhook", url)]).await;
    sandbox.zipay().pay(&trackid).unwrap();
    let webhook = get_json(&sandbox, "/_sandbox/webhooks").await[0].clone();
    assert_eq!(of(&webhook, &["state", "url"]), json!(["refused", url]));
    assert!(webhook["refusal"].is_string());
}

#[tokio::test]
async fn the_seed_is_read_and_changed() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let seed = get_json(&sandbox, "/_sandbox/seed").await;
    assert_eq!(seed, json!({"seed": 7}));
    posted(&sandbox, "/_sandbox/seed", &json!({"seed": 9}), 200).await;
    assert_eq!(sandbox.seed(), 9);
}

#[tokio::test]
async fn requests_are_noted_in_order_with_credentials_redacted() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1000").await;
    shop.call("invoice-status", &[("trackid", "unknown")]).await;
    shop.call("exchange", &[]).await;

    let journal = sandbox.journal();
    let seen: Vec<_> = journal
        .iter()
        .map(|entry| (entry.provider, entry.operation, entry.answered))
        .collect();
    assert_eq!(
        seen,
        [
            ("zipay", "create-invoice", Some(200)),
            ("zipay", "status", Some(404)),
            ("zipay", "unknown", Some(404)),
        ]
    );
    let credentials = [("api_key", "[redacted]"), ("api_sign", "[redacted]")];
    let mut expected: Vec<_> = credentials.into_iter().chain(NEW).collect();
    expected.insert(5, ("invoice_number", "1000"));
    assert_eq!(noted(&journal[0]), expected);
    assert!(!trackid.is_empty());

    sandbox.clear_journal();
    assert!(sandbox.journal().is_empty());
}

#[tokio::test]
async fn what_the_document_does_not_know_is_named_without_its_value() {
    let (sandbox, shop) = open().await;
    let sent = [
        ("password", "hunter2"),
        ("invoice_number", &shop.secret_key),
    ];
    shop.call("invoice-list", &sent).await;
    let journal = sandbox.journal();
    for (name, _) in sent {
        assert!(noted(&journal[0]).contains(&(name, "[redacted]")), "{name}");
    }
}

#[tokio::test]
async fn a_request_is_noted_before_it_is_answered() {
    let (sandbox, shop) = open().await;
    let hour = Fault::Delay(Duration::from_secs(3600));
    sandbox.faults().next("zipay", "list", hour).unwrap();
    tokio::select! {
        reply = shop.call("invoice-list", &[]) => panic!("an answer came: {reply:?}"),
        () = eventually(|| !sandbox.journal().is_empty()) => {}
    }
    let journal = sandbox.journal();
    assert_eq!((journal.len(), journal[0].answered), (1, None));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_that_is_logged_printed_or_noted_holds_a_credential() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let (sandbox, shop) = open().await;
    let hook = [("webhook", "http://127.0.0.1:9/hook")];
    let trackid = shop.create_with("1", &hook).await;
    let zipay = sandbox.zipay();
    zipay.pay(&trackid).unwrap();
    let faults = sandbox.faults();
    faults.next("zipay", "verify", Fault::DropAfter).unwrap();
    let headers = [("api_key", &*shop.api_key), ("api_sign", &shop.secret_key)];
    shop.send("invoice-status", &headers, &shop.secret_key)
        .await;
    tracing::info!("{sandbox:?} {:?} {:?}", zipay.merchant(), zipay.invoices());
    let journal = sandbox.journal();
    let written = serde_json::to_string(&journal).unwrap();
    let journal = format!("{journal:?} {written}");
    let outbox = serde_json::to_string(&sandbox.webhooks()).unwrap();

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for noted in ["status", &trackid] {
        assert!(logged.contains(noted), "{logged}");
    }
    for (place, text) in [("log", &logged), ("journal", &journal), ("outbox", &outbox)] {
        for secret in [&shop.api_key, &shop.secret_key] {
            assert!(!text.contains(secret), "in the {place}: {text}");
        }
    }
    sandbox.shutdown().await;
}
