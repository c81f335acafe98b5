//! The forms in which POD may say that something is done, or that it is not.

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{DoneAnswer, State, WordedRefusals};
use serde_json::{Value, json};

use crate::client::send;
use crate::shop::{Shop, query, snapshot};

const WALLET: (&str, &str) = ("wallet", "PODLAND_WALLET");

#[tokio::test]
async fn what_is_done_is_a_truth_a_text_a_link_or_a_sentence() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let link = json!(format!("{}v1/pbc/payinvoice/", pod.pay_url()));
    for (done, said) in [
        (DoneAnswer::Truth, json!(true)),
        (DoneAnswer::Text, json!("true")),
        (DoneAnswer::Link, link),
        (DoneAnswer::Words, json!("عملیات با موفقیت انجام شد")),
    ] {
        pod.change_settings(|settings| settings.done = done);
        for service in [29821, 29807, 29799, 29802, 29801] {
            let result = carry_out(&sandbox, service).await;
            assert_eq!(result, said, "{service} {done:?}");
        }
    }
}

/// Calls a service with all that it needs, and returns its result.
async fn carry_out(sandbox: &Sandbox, service: u32) -> Value {
    let pod = sandbox.pod();
    let shop = Shop::of(sandbox);
    let user_id = pod.user().user_id().to_string();
    let id = shop.issue_id(&[("userId", &user_id)]).await;
    let text = id.to_string();
    let invoice = ("invoiceId", text.as_str());
    let result = match service {
        29821 => shop.done(service, &[invoice, WALLET]).await,
        29802 => {
            let user = Shop::of_account(sandbox, pod.user());
            let day = ("date", "1440/01/01");
            user.done(service, &[invoice, day, WALLET]).await
        }
        29801 => {
            let slip = pod.pos_purchase(id).unwrap();
            let params = [
                invoice,
                ("terminalNumber", &slip.terminal_number),
                ("merchantCode", &slip.merchant_code),
                ("referenceNumber", &slip.reference_number),
                ("trackingNumber", &slip.tracking_number),
                ("transactionDate", &slip.transaction_date),
            ];
            shop.done(service, &params).await
        }
        _ => shop.done(service, &[invoice]).await,
    };
    let state = snapshot(pod, id).state;
    let reached = match service {
        29807 => State::Unpaid,
        29802 => State::Guaranteed,
        _ => State::Paid,
    };
    assert_eq!(state, reached, "{service}");
    result
}

#[tokio::test]
async fn a_refusal_that_is_documented_by_its_words_has_a_number_0_or_none() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of_account(&sandbox, pod.other_business());
    let debtor = pod.other_business().user_id().to_string();
    let issued = Shop::of(&sandbox).issue_id(&[("userId", &debtor)]).await;
    let id = issued.to_string();
    let promise = [("invoiceId", &*id), ("date", "1440/01/01"), WALLET];
    shop.done(29802, &promise).await;
    for (worded, code) in [
        (WordedRefusals::Numbered, json!(1000)),
        (WordedRefusals::Zero, json!(0)),
        (WordedRefusals::Absent, Value::Null),
    ] {
        pod.change_settings(|settings| settings.worded_refusals = worded);
        let body = shop.call(29821, &promise).await.json();
        assert_eq!(
            (&body["hasError"], &body["errorCode"]),
            (&json!(true), &code)
        );
        assert_eq!(
            body["message"],
            "فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد"
        );
        assert_eq!(error_result(&sandbox, &id).await["errorCode"], code);
        assert_eq!(shop.code(29810, &[("id", "1")]).await, 1002, "as ever");
    }
}

/// The envelope that a payer brings back who wanted to pay this invoice.
async fn error_result(sandbox: &Sandbox, id: &str) -> Value {
    let unique = snapshot(sandbox.pod(), id.parse().unwrap()).unique_number;
    let address = format!(
        "/pod/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber={unique}&redirectUri=http%3A%2F%2F127.0.0.1%3A9%2F"
    );
    let reply = send(sandbox.url(), "GET", &address, &[], b"").await;
    let pairs = query(reply.header("location").unwrap());
    serde_json::from_str(&pairs[0].1).unwrap()
}

#[tokio::test]
async fn the_door_by_unique_number_opens_with_a_slash_and_without() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox).issue_id(&[]).await;
    let unique = snapshot(sandbox.pod(), id).unique_number;
    for slash in ["", "/"] {
        let path = format!("/pod/v1/pbc/payInvoiceByUniqueNumber{slash}?uniqueNumber={unique}");
        let page = send(sandbox.url(), "GET", &path, &[], b"").await;
        assert_eq!(page.status, 200, "{path}");
    }
}
