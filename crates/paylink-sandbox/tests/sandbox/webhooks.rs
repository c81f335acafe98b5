//! What befalls webhooks, and where they and payers may go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use paylink_sandbox::{Fault, FaultRule, Sandbox, WebhookState};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::{eventually, post_form, post_json};
use crate::zipay::Shop;

/// A merchant who counts the webhooks, and takes a while to answer each.
struct Merchant {
    url: String,
    answered: Arc<AtomicUsize>,
}

impl Merchant {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let answered = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&answered);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                tokio::time::sleep(Duration::from_millis(150)).await;
                count.fetch_add(1, Ordering::SeqCst);
                let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                let _ = stream.write_all(answer).await;
            }
        });
        Self { url, answered }
    }

    fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }
}

/// A sandbox in which webhooks meet a fault, and an invoice with a webhook.
async fn scene(fault: Fault) -> (Sandbox, Merchant, String) {
    let rule = FaultRule::new(fault);
    let sandbox = Sandbox::builder().fault(rule).start().await.unwrap();
    let merchant = Merchant::open().await;
    let webhook = [("webhook", merchant.url.as_str())];
    let trackid = Shop::of(&sandbox).create_with("1", &webhook).await;
    (sandbox, merchant, trackid)
}

fn only_state(sandbox: &Sandbox) -> WebhookState {
    let [webhook] = sandbox.webhooks().try_into().unwrap();
    webhook.state
}

#[tokio::test]
async fn a_webhook_comes_twice() {
    let (sandbox, merchant, trackid) = scene(Fault::WebhookTwice).await;
    sandbox.zipay().pay(&trackid).unwrap();
    eventually(|| merchant.answered() == 2).await;
    eventually(|| sandbox.webhooks()[0].attempts.len() == 2).await;
    let [webhook] = sandbox.webhooks().try_into().unwrap();
    assert_eq!(webhook.state, WebhookState::Delivered);
    assert_eq!(webhook.payment, trackid);
    assert_eq!(webhook.fault, Some(Fault::WebhookTwice));
}

#[tokio::test]
async fn a_webhook_is_lost_and_can_be_sent_after_all() {
    let (sandbox, merchant, trackid) = scene(Fault::WebhookLost).await;
    sandbox.zipay().pay(&trackid).unwrap();
    assert_eq!(only_state(&sandbox), WebhookState::Lost);
    let path = "/_sandbox/webhooks/1/resend";
    assert_eq!(post_json(&sandbox, path, &json!({})).await.status, 200);
    eventually(|| only_state(&sandbox) == WebhookState::Delivered).await;
    assert_eq!(merchant.answered(), 1);
    let unknown = post_json(&sandbox, "/_sandbox/webhooks/2/resend", &json!({})).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_webhook_is_late() {
    let (sandbox, merchant, trackid) = scene(Fault::WebhookLate(Duration::from_secs(3600))).await;
    sandbox.zipay().pay(&trackid).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(
        (only_state(&sandbox), merchant.answered()),
        (WebhookState::Waiting, 0)
    );
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_webhook_is_answered_before_the_payer_goes_back() {
    let (sandbox, merchant, trackid) = scene(Fault::WebhookBeforeAnswer).await;
    let page = format!("/zipay/invoice_v1/{trackid}/pay");
    assert_eq!(post_form(&sandbox, &page, "").await.status, 303);
    assert_eq!(merchant.answered(), 1);
}

/// What most shops do: they ask the provider before they answer its webhook.
#[tokio::test]
async fn a_merchant_who_asks_before_answering_is_not_held_up() {
    let rule = FaultRule::new(Fault::WebhookBeforeAnswer);
    let sandbox = Sandbox::builder().fault(rule).start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let trackid = shop.create_with("1", &[("webhook", &url)]).await;
    let page = format!("/zipay/invoice_v1/{trackid}/pay");
    let merchant = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        assert_eq!(shop.verify(&trackid).await.status, 200);
        let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    };
    let (paid, ()) = tokio::join!(post_form(&sandbox, &page, ""), merchant);
    assert_eq!(paid.status, 303);
    eventually(|| only_state(&sandbox) == WebhookState::Delivered).await;
    let [webhook] = sandbox.webhooks().try_into().unwrap();
    let answers: Vec<_> = webhook.attempts.iter().map(|it| it.answered).collect();
    assert_eq!(answers, [Some(204)]);
}

#[tokio::test]
async fn another_host_is_called_if_it_is_allowed() {
    let merchant = Merchant::open().await;
    // The name is resolved when it is called; no test may ask a resolver for another one.
    let address = merchant.url.replace("127.0.0.1", "0.0.0.0");
    for (sandbox, state) in [
        (Sandbox::builder(), WebhookState::Refused),
        (
            Sandbox::builder().allow_target("0.0.0.0"),
            WebhookState::Delivered,
        ),
    ] {
        let sandbox = sandbox.start().await.unwrap();
        let shop = Shop::of(&sandbox);
        let trackid = shop.create_with("1", &[("webhook", &address)]).await;
        sandbox.zipay().pay(&trackid).unwrap();
        eventually(|| only_state(&sandbox) == state).await;
    }
}

#[tokio::test]
async fn a_payer_is_led_away_from_this_machine_if_that_is_allowed() {
    let back = ("callback", "https://shop.example/back?order=7");
    for (sandbox, is_led) in [
        (Sandbox::builder(), false),
        (Sandbox::builder().allow_target("shop.example"), true),
    ] {
        let sandbox = sandbox.start().await.unwrap();
        let trackid = Shop::of(&sandbox).create_with("1", &[back]).await;
        let reply = post_form(&sandbox, &format!("/zipay/invoice_v1/{trackid}/pay"), "").await;
        if is_led {
            assert!(reply.location().starts_with(back.1), "{reply:?}");
        } else {
            assert_eq!((reply.status, reply.header("location")), (200, None));
            reply.shows("https://shop.example/back?order=7&#38;trackid=");
            reply.shows("--allow-target shop.example");
        }
        let paid = sandbox.zipay().invoice(&trackid).unwrap();
        assert_eq!(paid.status, paylink_sandbox::zipay::Status::Pending);
    }
}
