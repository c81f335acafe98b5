use paylink_sandbox::{Fault, Sandbox};

use crate::client::exchange;
use crate::shop::{Created, FORM, Shop, answer};

/// Calls an endpoint and returns every byte that came back.
async fn raw(sandbox: &Sandbox, method: &str, endpoint: &str, body: &[u8]) -> Vec<u8> {
    let headers = [FORM, ("token", sandbox.cardpay().token())];
    let path = format!("/cardpay/api/{endpoint}");
    exchange(sandbox.url(), method, &path, &headers, body).await
}

#[tokio::test]
async fn a_lost_first_verification_is_never_seen() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let Created { pay_id, .. } = shop.create("1").await;
    sandbox.cardpay().pay(pay_id).unwrap();
    sandbox.faults().next("cardpay", "check", Fault::DropAfter);
    let lost = raw(&sandbox, "GET", &format!("check?pay_id={pay_id}"), b"").await;
    assert_eq!(lost, b"");
    assert_eq!(shop.check(pay_id).await, (200, 200));
}

#[tokio::test]
async fn a_check_that_never_arrived_is_not_the_first() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let Created { pay_id, .. } = shop.create("1").await;
    sandbox.cardpay().pay(pay_id).unwrap();
    sandbox.faults().next("cardpay", "check", Fault::DropBefore);
    raw(&sandbox, "GET", &format!("check?pay_id={pay_id}"), b"").await;
    assert_eq!(shop.check(pay_id).await, (200, 201));
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_has_used_its_invoice_number() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox.faults().next("cardpay", "create", Fault::DropAfter);
    assert_eq!(
        raw(&sandbox, "POST", "create", b"price=11000&fid=1").await,
        b""
    );
    let fields = [("price", "11000"), ("fid", "1")];
    assert_eq!(answer(&shop.post("create", &fields).await), (500, 3));
    assert_eq!(sandbox.cardpay().payments().len(), 1);
}

#[tokio::test]
async fn every_operation_meets_its_fault() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for (method, operation) in [
        ("POST", "create"),
        ("POST", "setCard"),
        ("GET", "check"),
        ("GET", "carts"),
    ] {
        sandbox
            .faults()
            .next("cardpay", operation, Fault::Status(503));
        let reply = shop.send(method, operation, &[], b"").await;
        assert_eq!(reply.status, 503, "{operation}");
        let entry = sandbox.journal().pop().unwrap();
        assert_eq!((entry.provider, entry.operation), ("cardpay", operation));
        assert_eq!(entry.answered, Some(503));
    }
}
