use std::time::{Duration, Instant};

use paylink_sandbox::zipay::Status;
use paylink_sandbox::{Fault, Sandbox};
use tokio::time::timeout;

use crate::client::{Reply, exchange, parse};
use crate::eventually::eventually;
use crate::shop::{Shop, http_build_query, sign};

const MOMENT: Duration = Duration::from_millis(500);

/// A sandbox with one paid invoice, whose verify is about to meet a fault.
struct Scene {
    sandbox: Sandbox,
    trackid: String,
}

impl Scene {
    async fn with(fault: Fault) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let trackid = Shop::of(&sandbox).create("1").await;
        sandbox.zipay().pay(&trackid).unwrap();
        sandbox.faults().next("zipay", "invoice-verify", fault);
        Self { sandbox, trackid }
    }

    /// Verifies and returns every byte that came back.
    async fn verify(&self) -> Vec<u8> {
        let zipay = self.sandbox.zipay();
        let body = http_build_query(&[("trackid", &self.trackid)]);
        let api_sign = sign(zipay.secret_key(), body.as_bytes());
        let headers = [
            ("api_key", zipay.api_key()),
            ("api_sign", &api_sign),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        exchange(
            self.sandbox.url(),
            "POST",
            "/zipay/api/invoice-verify",
            &headers,
            body.as_bytes(),
        )
        .await
    }

    fn is_verified(&self) -> bool {
        self.sandbox.zipay().invoice(&self.trackid).unwrap().status == Status::Completed
    }

    /// The status and the fault that the journal has for the verify.
    fn noted(&self) -> (Option<u16>, Option<Fault>) {
        let entry = self.sandbox.journal().pop().unwrap();
        assert_eq!(entry.operation, "invoice-verify");
        (entry.answered, entry.fault)
    }
}

#[tokio::test]
async fn drop_before_closes_without_a_byte_and_executes_nothing() {
    let scene = Scene::with(Fault::DropBefore).await;
    assert_eq!(scene.verify().await, b"");
    assert!(!scene.is_verified());
    assert_eq!(scene.noted(), (None, Some(Fault::DropBefore)));
    assert_eq!(parse(scene.verify().await).status, 200);
    assert_eq!(scene.noted(), (Some(200), None));
}

#[tokio::test]
async fn drop_after_closes_without_a_byte_once_executed() {
    let scene = Scene::with(Fault::DropAfter).await;
    assert_eq!(scene.verify().await, b"");
    assert!(scene.is_verified());
    assert_eq!(scene.noted(), (None, Some(Fault::DropAfter)));
}

#[tokio::test]
async fn truncated_sends_the_head_and_half_the_body() {
    let scene = Scene::with(Fault::Truncated).await;
    let response: Reply = parse(scene.verify().await);
    assert!(scene.is_verified());
    assert_eq!(response.status, 200);
    let promised: usize = response.header("content-length").unwrap().parse().unwrap();
    assert_eq!(response.body.len(), promised / 2);
    assert!(response.body.starts_with(r#"{"result":{"trackid":"#));
}

#[tokio::test]
async fn delay_waits_before_executing() {
    let scene = Scene::with(Fault::Delay(MOMENT)).await;
    let begun = Instant::now();
    assert_eq!(parse(scene.verify().await).status, 200);
    assert!(begun.elapsed() >= MOMENT);
}

#[tokio::test]
async fn a_delayed_request_is_executed_though_the_client_gave_up() {
    let scene = Scene::with(Fault::Delay(2 * MOMENT)).await;
    assert!(timeout(MOMENT, scene.verify()).await.is_err());
    assert!(!scene.is_verified());
    eventually(|| scene.is_verified()).await;
}

#[tokio::test]
async fn delay_after_executes_at_once() {
    let scene = Scene::with(Fault::DelayAfter(Duration::from_secs(3600))).await;
    let waiting = scene.verify();
    let executed = eventually(|| scene.is_verified());
    tokio::select! {
        answer = waiting => panic!("an answer came: {answer:?}"),
        () = executed => {}
    }
    assert_eq!(scene.noted().0, None);
}

#[tokio::test]
async fn a_gateway_answers_instead() {
    for (fault, status, executes) in [
        (Fault::Status(503), 503, false),
        (Fault::StatusAfter(502), 502, true),
        (Fault::Html, 200, false),
        (Fault::HtmlAfter, 200, true),
        (Fault::Status(7), 500, false),
    ] {
        let scene = Scene::with(fault).await;
        let reply = parse(scene.verify().await);
        assert_eq!(
            (reply.status, scene.is_verified()),
            (status, executes),
            "{fault}"
        );
        assert_eq!(reply.header("content-type"), Some("text/html"), "{fault}");
        assert!(reply.body.contains("<html>"), "{fault}");
        assert_eq!(scene.noted(), (Some(status), Some(fault)));
    }
}

#[tokio::test]
async fn a_fault_befalls_its_own_operation_as_often_as_set() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox
        .faults()
        .times("zipay", "invoice-list", 2, Fault::Status(503));
    let trackid = shop.create("1").await;
    shop.invoice(&trackid).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(shop.call("invoice-list", &[]).await.status);
    }
    assert_eq!(statuses, [503, 503, 200]);
    assert!(sandbox.faults().pending().is_empty());
}
