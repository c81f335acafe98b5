use paylink_sandbox::Sandbox;
use paylink_sandbox::zipay::{PayerError, Status};

use crate::client::{Reply, send};
use crate::shop::Shop;

async fn post(sandbox: &Sandbox, trackid: &str, act: &str, body: &str) -> Reply {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let path = format!("/zipay/invoice_v1/{trackid}/{act}");
    send(sandbox.url(), "POST", &path, &form, body.as_bytes()).await
}

#[tokio::test]
async fn paying_leads_back_with_the_query_that_was_there() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for (number, callback, expected) in [
        (
            "1",
            "http://example.org/back",
            "http://example.org/back?trackid=ID&invoice_number=1",
        ),
        (
            "2",
            "http://127.0.0.1:9/b?a=1&b=x%20y",
            "http://127.0.0.1:9/b?a=1&b=x%20y&trackid=ID&invoice_number=2",
        ),
        (
            "ش &=#",
            "https://shop.example/#top",
            "https://shop.example/?trackid=ID&invoice_number=%D8%B4+%26%3D%23#top",
        ),
    ] {
        let trackid = shop.create_with(number, &[("callback", callback)]).await;
        let reply = post(&sandbox, &trackid, "pay", "").await;
        assert_eq!(reply.status, 303);
        assert_eq!(
            reply.header("location").unwrap(),
            expected.replace("ID", &trackid)
        );
        assert_eq!(
            sandbox.zipay().invoice(&trackid).unwrap().status,
            Status::Pending
        );
    }
}

#[tokio::test]
async fn declining_leads_back_unpaid() {
    let sandbox = Sandbox::start().await.unwrap();
    let trackid = Shop::of(&sandbox).create("1").await;
    let reply = post(&sandbox, &trackid, "decline", "").await;
    let back = format!("http://127.0.0.1:9/back?order=7&trackid={trackid}&invoice_number=1");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some(back.as_str()))
    );
    assert_eq!(
        sandbox.zipay().invoice(&trackid).unwrap().status,
        Status::Rejected
    );
}

#[tokio::test]
async fn a_second_click_changes_nothing_and_shows_the_state() {
    let sandbox = Sandbox::start().await.unwrap();
    let trackid = Shop::of(&sandbox).create("1").await;
    post(&sandbox, &trackid, "pay", "").await;
    for act in ["pay", "decline"] {
        let reply = post(&sandbox, &trackid, act, "").await;
        let page = format!("/zipay/invoice_v1/{trackid}");
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, Some(page.as_str()))
        );
    }
    assert_eq!(sandbox.zipay().invoice(&trackid).unwrap().history.len(), 2);
}

#[tokio::test]
async fn only_the_person_named_can_pay() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let trackid = shop
        .create_with("1", &[("national_id", "0013542419")])
        .await;
    for body in [
        "",
        "national_id=",
        "national_id=0499370899",
        "national_id=00135424190",
    ] {
        let reply = post(&sandbox, &trackid, "pay", body).await;
        assert_eq!(reply.status, 422, "{body}");
        assert!(reply.body.contains("مبلغی پرداخت نشد"), "{body}");
        assert_eq!(
            sandbox.zipay().invoice(&trackid).unwrap().status,
            Status::Waiting,
            "{body}"
        );
    }
    let refused = sandbox.zipay().pay_as(&trackid, "0499370899");
    assert_eq!(refused.unwrap_err(), PayerError::AnotherPerson);
}

#[tokio::test]
async fn the_national_id_can_be_typed_on_any_keyboard() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let persian = "national_id=%DB%B0%DB%B0%DB%B1%DB%B3%DB%B5%DB%B4%DB%B2%DB%B4%DB%B1%DB%B9+";
    for (number, body) in [("1", "national_id=0013542419"), ("2", persian)] {
        let trackid = shop
            .create_with(number, &[("national_id", "0013542419")])
            .await;
        assert_eq!(post(&sandbox, &trackid, "pay", body).await.status, 303);
        assert_eq!(shop.invoice(&trackid).await["national_id"], "0013542419");
    }
}

#[tokio::test]
async fn a_payer_with_an_unknown_link_is_told_so() {
    let sandbox = Sandbox::start().await.unwrap();
    for act in ["pay", "decline"] {
        let reply = post(&sandbox, "nothing", act, "").await;
        assert_eq!(reply.status, 404);
        assert!(reply.body.contains("فاکتور پیدا نشد"));
    }
    assert_eq!(
        sandbox.zipay().pay("nothing").unwrap_err(),
        PayerError::UnknownInvoice
    );
    assert_eq!(
        sandbox.zipay().decline("nothing").unwrap_err(),
        PayerError::UnknownInvoice
    );
}
