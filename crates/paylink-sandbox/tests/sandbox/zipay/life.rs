//! What becomes of an invoice, and the webhook that tells of it.

use std::time::Duration;

use paylink_sandbox::zipay::{EventKind, SecondVerify, Status, WebhookEncoding};
use paylink_sandbox::{Sandbox, Webhook, WebhookState};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::timeout;

use crate::client::{Reply, eventually, get, of};
use crate::zipay::{Shop, open, refused, snapshot};

const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

#[tokio::test]
async fn create_answers_as_documented() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let params = crate::zipay::new("1000", &[]);
    let reply = Shop::of(&sandbox).call("create-invoice", &params).await;

    let trackid = sandbox.zipay().invoices()[0].trackid.clone();
    let url = sandbox.url();
    let expected = format!(
        r#"{{"result":{{"trackid":"{trackid}","redirect":"{url}/zipay/invoice_v1/{trackid}","message":null}},"success":true,"status":200}}"#
    );
    assert_eq!((reply.status, reply.body), (200, expected));
}

#[tokio::test]
async fn an_invoice_has_the_documented_fields_in_the_documented_order() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create_with("1000", &[("amount", "100.990")]).await;
    let asked = [("trackid", trackid.as_str())];
    let body = shop.call("invoice-status", &asked).await.body;
    #[rustfmt::skip]
    let fields = [
        "result", "trackid", "status", "amount", "coin", "name", "currency", "symbol",
        "invoice_number", "time", "date", "pay_date", "datew3c", "pay_datew3c",
        "merchant_terminal_number", "invoice_transaction_id", "national_id", "payer_firstname",
        "payer_lastname", "payer_email", "payer_account_number", "success", "status",
    ];
    let keys: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
    let mut rest = keys.into_iter();
    for field in fields {
        let is_next = rest.any(|key| key == field);
        assert!(is_next, "{field} is out of place in {body}");
    }

    let unpaid = shop.invoice(&trackid).await;
    assert_eq!(unpaid["amount"], "100.990");
    assert_eq!(unpaid["coin"]["name"], "United States dollar");
    assert_eq!(unpaid["coin"]["symbol"], "$");
    assert_eq!(unpaid["merchant_terminal_number"], 1003);
    assert_eq!(unpaid["national_id"], "");
    for absent in "pay_date pay_datew3c payer_email payer_account_number".split(' ') {
        assert!(unpaid[absent].is_null(), "{absent}");
    }
    assert!(unpaid["invoice_transaction_id"].is_u64());

    sandbox.zipay().pay(&trackid).unwrap();
    let paid = shop.invoice(&trackid).await;
    assert!(paid["pay_date"].as_str().unwrap().ends_with(" UTC"));
    assert!(paid["pay_datew3c"].as_str().unwrap().ends_with("+00:00"));
    assert!(paid["payer_account_number"].is_u64());
    assert_eq!(paid["time"], unpaid["time"]);
}

/// Asserts that a reply shows an invoice with this status.
fn answers_with(status: &str, reply: &Reply) {
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["result"]["status"], status);
}

#[tokio::test]
async fn an_invoice_walks_from_generated_to_refunded() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    assert_eq!(shop.invoice(&trackid).await["status"], "generated");
    assert!(refused(&shop.verify(&trackid).await, 422).contains("generated"));

    let page = format!("/zipay/invoice_v1/{trackid}");
    assert_eq!(get(&sandbox, &page).await.status, 200);
    assert_eq!(shop.invoice(&trackid).await["status"], "waiting");
    assert!(refused(&shop.verify(&trackid).await, 422).contains("waiting"));

    sandbox.zipay().pay(&trackid).unwrap();
    assert_eq!(shop.invoice(&trackid).await["status"], "pending");
    assert!(refused(&shop.refund(&trackid).await, 422).contains("pending"));

    answers_with("completed", &shop.verify(&trackid).await);
    answers_with("refunded", &shop.refund(&trackid).await);
    assert!(refused(&shop.refund(&trackid).await, 422).contains("refunded"));
    assert!(refused(&shop.verify(&trackid).await, 422).contains("refunded"));

    let history = snapshot(&sandbox, &trackid).history;
    let kinds: Vec<_> = history.iter().map(|event| event.kind).collect();
    use EventKind::{Created, Opened, Paid, Refunded, Verified};
    assert_eq!(kinds, [Created, Opened, Paid, Verified, Refunded]);
}

#[tokio::test]
async fn a_declined_invoice_is_rejected_for_good() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    sandbox.zipay().decline(&trackid).unwrap();

    let invoice = shop.invoice(&trackid).await;
    let shown = of(&invoice, &["status", "pay_date"]);
    assert_eq!(shown, json!(["rejected", null]));
    assert!(sandbox.zipay().pay(&trackid).is_err());
    assert!(refused(&shop.verify(&trackid).await, 422).contains("rejected"));
    assert!(refused(&shop.refund(&trackid).await, 422).contains("rejected"));
}

#[tokio::test]
async fn a_second_verify_moves_no_money_and_answers_as_set() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    sandbox.zipay().pay(&trackid).unwrap();
    shop.verify(&trackid).await;

    answers_with("completed", &shop.verify(&trackid).await);
    let zipay = sandbox.zipay();
    zipay.change_settings(|it| it.second_verify = SecondVerify::Refuses);
    let refused = refused(&shop.verify(&trackid).await, 422);
    assert_eq!(refused, "The invoice was verified before.");

    let invoice = snapshot(&sandbox, &trackid);
    assert_eq!(invoice.status, Status::Completed);
    assert_eq!(invoice.times_verified(), 1);
    let kinds = invoice.history.iter().map(|event| event.kind);
    let again = kinds.filter(|kind| *kind == EventKind::VerifiedAgain);
    assert_eq!(again.count(), 1);
}

#[tokio::test]
async fn two_verifies_at_once_verify_once() {
    let (sandbox, shop) = open().await;
    for number in ["1", "2", "3", "4"] {
        let trackid = shop.create(number).await;
        sandbox.zipay().pay(&trackid).unwrap();
        let (one, other) = tokio::join!(shop.verify(&trackid), shop.verify(&trackid));
        assert_eq!((one.status, other.status), (200, 200));
        assert_eq!(snapshot(&sandbox, &trackid).times_verified(), 1);
    }
}

#[tokio::test]
async fn money_goes_back_when_nobody_verifies_for_half_an_hour() {
    let (sandbox, shop) = open().await;
    let (late, kept) = (shop.create("late").await, shop.create("kept").await);
    sandbox.zipay().pay(&late).unwrap();
    sandbox.zipay().pay(&kept).unwrap();
    sandbox.clock().advance(Duration::from_secs(29 * 60));
    assert_eq!(shop.invoice(&late).await["status"], "pending");
    assert_eq!(shop.verify(&kept).await.status, 200);

    sandbox.clock().advance(Duration::from_secs(60));
    assert!(refused(&shop.verify(&late).await, 422).contains("rejected"));
    // The documented rejected invoice keeps its pay_date.
    assert!(shop.invoice(&late).await["pay_date"].is_string());
    assert_eq!(shop.invoice(&kept).await["status"], "completed");

    let invoice = snapshot(&sandbox, &late);
    let mut events = invoice.history.iter();
    let paid = events.find(|event| event.kind == EventKind::Paid).unwrap();
    assert_eq!(invoice.given_back_at(), Some(paid.at + HALF_AN_HOUR));
    assert_eq!(snapshot(&sandbox, &kept).given_back_at(), None);
}

#[tokio::test]
async fn an_unpaid_invoice_does_not_fall_due() {
    let (sandbox, shop) = open().await;
    let trackid = shop.create("1").await;
    sandbox.clock().advance(Duration::from_secs(86_400));
    assert_eq!(shop.invoice(&trackid).await["status"], "generated");
    sandbox.zipay().pay(&trackid).unwrap();
    assert_eq!(shop.verify(&trackid).await.status, 200);
}

#[tokio::test]
async fn a_seed_set_again_never_repeats_an_identifier() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox.reseed(9);
    let first = shop.create("1").await;
    sandbox.reseed(9);
    let second = shop.create("2").await;
    assert_ne!(first, second);
    assert_eq!(shop.invoice(&first).await["invoice_number"], "1");
}

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
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.unwrap().parse().unwrap()
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
    let (sandbox, shop) = open().await;
    let (listener, url) = listen().await;
    let trackid = shop.create_with("A 1", &[("webhook", &url)]).await;
    sandbox.zipay().pay(&trackid).unwrap();

    let requests = merchant_server(listener, &[204]).await;
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook?shop=1 HTTP/1.1\r\n"), "{head}");
    let media_type = "content-type: application/x-www-form-urlencoded";
    assert!(head.contains(media_type), "{head}");
    let expected = format!("trackid={trackid}&invoice_number=A+1&status=pending");
    assert_eq!(body, expected);

    let webhook = settled(&sandbox).await;
    assert_eq!(webhook.state, WebhookState::Delivered);
    assert_eq!(webhook.provider, "zipay");
    assert_eq!((webhook.url, webhook.body.as_str()), (url, body));
    assert_eq!(webhook.attempts.len(), 1);
    assert_eq!(webhook.attempts[0].answered, Some(204));
}

#[tokio::test]
async fn a_payment_is_posted_as_json_if_so_set() {
    let (sandbox, shop) = open().await;
    let zipay = sandbox.zipay();
    zipay.change_settings(|it| it.webhook_encoding = WebhookEncoding::Json);
    let (listener, url) = listen().await;
    let trackid = shop.create_with("1", &[("webhook", &url)]).await;
    zipay.pay(&trackid).unwrap();

    let requests = merchant_server(listener, &[200]).await;
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: application/json"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    let expected = json!({"trackid": trackid, "invoice_number": "1", "status": "pending"});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_and_redirects_are_not_followed() {
    let (sandbox, shop) = open().await;
    let (listener, url) = listen().await;
    let trackid = shop.create_with("1", &[("webhook", &url)]).await;
    sandbox.zipay().pay(&trackid).unwrap();

    let requests = merchant_server(listener, &[500, 302, 200]).await;
    assert_eq!(requests[0], requests[2]);
    let webhook = settled(&sandbox).await;
    assert_eq!(webhook.state, WebhookState::Delivered);
    let answers: Vec<_> = webhook.attempts.iter().map(|it| it.answered).collect();
    assert_eq!(answers, [Some(500), Some(302), Some(200)]);
}

#[tokio::test]
async fn a_delivery_that_never_succeeds_is_given_up() {
    let (sandbox, shop) = open().await;
    // A port that is held and not listened on: no other program is given it meanwhile.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/hook", held.local_addr().unwrap());
    let trackid = shop.create_with("1", &[("webhook", &url)]).await;
    sandbox.zipay().pay(&trackid).unwrap();

    let webhook = settled(&sandbox).await;
    assert_eq!(webhook.state, WebhookState::GivenUp);
    assert_eq!(webhook.attempts.len(), 4);
    for attempt in webhook.attempts {
        assert!(attempt.failure.unwrap().starts_with("cannot connect"));
    }
}

#[tokio::test]
async fn nothing_is_sent_beyond_loopback() {
    let (sandbox, shop) = open().await;
    for (number, url, reason) in [
        ("1", "http://192.0.2.1/hook", "this machine alone"),
        ("2", "http://shop.example/hook", "this machine alone"),
        ("3", "https://127.0.0.1/hook", "plain http only"),
    ] {
        let trackid = shop.create_with(number, &[("webhook", url)]).await;
        sandbox.zipay().pay(&trackid).unwrap();
        let webhook = sandbox.webhooks().pop().unwrap();
        assert_eq!(webhook.state, WebhookState::Refused, "{url}");
        assert_eq!(webhook.url, url);
        assert!(webhook.refusal.unwrap().contains(reason), "{url}");
        assert!(webhook.attempts.is_empty());
    }
}

#[tokio::test]
async fn there_is_no_webhook_without_a_payment_or_an_address() {
    let (sandbox, shop) = open().await;
    let hook = [("webhook", "http://127.0.0.1:9/hook")];
    let declined = shop.create_with("1", &hook).await;
    sandbox.zipay().decline(&declined).unwrap();
    let without = shop.create("2").await;
    sandbox.zipay().pay(&without).unwrap();
    assert!(sandbox.webhooks().is_empty());
}
