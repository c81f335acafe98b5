use std::time::Duration;

use paylink_sandbox::zipay::WebhookEncoding;
use paylink_sandbox::{Sandbox, Webhook, WebhookState};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::eventually::eventually;
use crate::shop::Shop;

/// Answers each connection with the next status and returns the requests as they came.
async fn merchant_server(listener: TcpListener, statuses: &[u16]) -> Vec<String> {
    let mut requests = Vec::new();
    for status in statuses {
        let accepted = timeout(Duration::from_secs(10), listener.accept()).await;
        let (mut stream, _) = accepted.expect("a delivery").unwrap();
        let mut request = String::new();
        while !is_whole(&request) {
            let mut chunk = [0; 1024];
            let read = stream.read(&mut chunk).await.unwrap();
            assert_ne!(read, 0, "the request broke off: {request}");
            request.push_str(str::from_utf8(&chunk[..read]).unwrap());
        }
        let answer = format!(
            "HTTP/1.1 {status} Answer\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        requests.push(request);
    }
    requests
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    body.len() >= length.parse().unwrap()
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?shop=1", listener.local_addr().unwrap());
    (listener, url)
}

/// Waits until the only webhook is no longer under way.
async fn settled(sandbox: &Sandbox) -> Webhook {
    let last = || sandbox.webhooks().pop().expect("a webhook");
    eventually(|| last().state != WebhookState::Waiting).await;
    last()
}

#[tokio::test]
async fn a_payment_is_posted_as_a_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let (listener, url) = listen().await;
    let trackid = Shop::of(&sandbox)
        .create_with("A 1", &[("webhook", &url)])
        .await;
    sandbox.zipay().pay(&trackid).unwrap();

    let requests = merchant_server(listener, &[204]).await;
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook?shop=1 HTTP/1.1\r\n"), "{head}");
    assert!(
        head.contains("content-type: application/x-www-form-urlencoded"),
        "{head}"
    );
    assert_eq!(
        body,
        format!("trackid={trackid}&invoice_number=A+1&status=pending")
    );

    let webhook = settled(&sandbox).await;
    assert_eq!(
        (webhook.state, webhook.provider),
        (WebhookState::Delivered, "zipay")
    );
    assert_eq!((webhook.url, webhook.body.as_str()), (url, body));
    assert_eq!(webhook.attempts.len(), 1);
    assert_eq!(webhook.attempts[0].answered, Some(204));
}

#[tokio::test]
async fn a_payment_is_posted_as_json_if_so_set() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox
        .zipay()
        .change_settings(|it| it.webhook_encoding = WebhookEncoding::Json);
    let (listener, url) = listen().await;
    let trackid = Shop::of(&sandbox)
        .create_with("1", &[("webhook", &url)])
        .await;
    sandbox.zipay().pay(&trackid).unwrap();

    let requests = merchant_server(listener, &[200]).await;
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: application/json"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let expected =
        serde_json::json!({"trackid": trackid, "invoice_number": "1", "status": "pending"});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_and_redirects_are_not_followed() {
    let sandbox = Sandbox::start().await.unwrap();
    let (listener, url) = listen().await;
    let trackid = Shop::of(&sandbox)
        .create_with("1", &[("webhook", &url)])
        .await;
    sandbox.zipay().pay(&trackid).unwrap();

    let requests = merchant_server(listener, &[500, 302, 200]).await;
    assert_eq!(requests[0], requests[2]);
    let webhook = settled(&sandbox).await;
    assert_eq!(webhook.state, WebhookState::Delivered);
    let answers: Vec<_> = webhook
        .attempts
        .iter()
        .map(|attempt| attempt.answered)
        .collect();
    assert_eq!(answers, [Some(500), Some(302), Some(200)]);
}

#[tokio::test]
async fn a_delivery_that_never_succeeds_is_given_up() {
    let sandbox = Sandbox::start().await.unwrap();
    let (listener, url) = listen().await;
    drop(listener);
    let trackid = Shop::of(&sandbox)
        .create_with("1", &[("webhook", &url)])
        .await;
    sandbox.zipay().pay(&trackid).unwrap();

    let webhook = settled(&sandbox).await;
    assert_eq!(
        (webhook.state, webhook.attempts.len()),
        (WebhookState::GivenUp, 4)
    );
    for attempt in webhook.attempts {
        assert!(attempt.failure.unwrap().starts_with("cannot connect"));
    }
}

#[tokio::test]
async fn nothing_is_sent_beyond_loopback() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for (number, url, reason) in [
        ("1", "http://192.0.2.1/hook", "not on loopback"),
        ("2", "http://shop.example/hook", "not on loopback"),
        ("3", "https://127.0.0.1/hook", "plain http only"),
    ] {
        let trackid = shop.create_with(number, &[("webhook", url)]).await;
        sandbox.zipay().pay(&trackid).unwrap();
        let webhook = sandbox.webhooks().pop().unwrap();
        assert_eq!(
            (webhook.state, webhook.url.as_str()),
            (WebhookState::Refused, url)
        );
        assert!(webhook.refusal.unwrap().contains(reason), "{url}");
        assert!(webhook.attempts.is_empty());
    }
}

#[tokio::test]
async fn there_is_no_webhook_without_a_payment_or_an_address() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let declined = shop
        .create_with("1", &[("webhook", "http://127.0.0.1:9/hook")])
        .await;
    sandbox.zipay().decline(&declined).unwrap();
    let without = shop.create("2").await;
    sandbox.zipay().pay(&without).unwrap();
    assert!(sandbox.webhooks().is_empty());
}
