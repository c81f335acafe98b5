//! Nothing that is printed holds a key or a payer's data.

use serde_json::json;
use sizpay_client::{
    CustomerName, Description, InvoiceNumber, NewLink, PayState, PayStatus, Rial, SizPay, Via,
};

use crate::provider::{LINK_NAME, PASSWORD, Provider, USER_NAME};
use crate::samples::{day, element, listed, send_id, sent};

const MOBILE: &str = "09122272730";
const NAME: &str = "سارا احمدی";
const WHAT_FOR: &str = "سفارش خصوصی";

fn link() -> NewLink {
    NewLink::new("99112101", Rial::new(10_000), MOBILE)
        .and_then(|link| link.with_customer_name(NAME))
        .and_then(|link| link.with_description(WHAT_FOR))
        .unwrap()
}

#[track_caller]
fn assert_discreet(what: &str, shown: &str) {
    for secret in [USER_NAME, PASSWORD, MOBILE, NAME, WHAT_FOR] {
        assert!(!shown.contains(secret), "{what}: {shown}");
    }
}

#[tokio::test]
async fn values_print_an_allow_list() {
    let account = Provider::answering(sent()).await;
    for via in Via::ALL {
        let sizpay = account.client_via(*via);
        let client = format!("{sizpay:?}");
        assert_discreet("client", &client);
        assert!(client.contains(LINK_NAME), "{client}");
        let call = sizpay.send_link(link());
        assert_discreet("call", &format!("{call:?}"));
        let handle = call.handle();
        assert_discreet("handle", &format!("{handle:?}"));
        assert_discreet("stored", &serde_json::to_string(&handle).unwrap());
        let prepared = call.prepare().unwrap();
        assert_discreet("prepared", &format!("{prepared:?}"));
        let body = std::str::from_utf8(prepared.body()).unwrap();
        let was_there = body.contains(PASSWORD) && body.contains(NAME);
        assert!(was_there);
    }
    assert_discreet("link", &format!("{:?}", link()));
    assert_discreet("builder", &format!("{:?}", account.builder()));
}

/// The exact text: what is left out is as much part of it as what is shown.
#[tokio::test]
async fn what_a_value_prints_is_this_and_no_more() {
    let account = Provider::answering(listed(json!([element(26041, 1, "77")]))).await;
    let asked = PayStatus::of_day(day());
    let payments = account.client().pay_status(asked).await.unwrap();
    let builder = SizPay::builder(USER_NAME, PASSWORD, LINK_NAME);
    let number: InvoiceNumber = "۹۹".parse().unwrap();
    let name: CustomerName = NAME.parse().unwrap();
    let description: Description = WHAT_FOR.parse().unwrap();
    for (printed, text) in [
        (format!("{builder:?}"), "SizPayBuilder { via: Rest, .. }"),
        (format!("{number:?}"), "InvoiceNumber(\"99\")"),
        (format!("{name:?}"), "CustomerName(…)"),
        (format!("{description:?}"), "Description(…)"),
        (format!("{:?}", send_id(26041)), "SendId(26041)"),
        (
            format!("{:?}", payments[0]),
            "Payment { send_id: Some(SendId(26041)), invoice_number: None, state: Paid, reference: Some(\"77\"), .. }",
        ),
        (PayState::Paid.to_string(), "paid"),
        (PayState::Unpaid.as_str().to_owned(), "unpaid"),
        (PayState::Other("2".into()).to_string(), "2"),
        (Via::Rest.to_string(), "rest"),
        (Via::AsmxJson.to_string(), "asmx-json"),
    ] {
        assert_eq!(printed, text);
    }
}

#[tokio::test]
async fn what_sizpay_adds_to_an_element_is_kept_and_not_printed() {
    let element =
        json!({"PayLinkSendID": 1, "Status": 0, "MobileNo": MOBILE, "CustomerName": NAME});
    let account = Provider::answering(listed(json!([element]))).await;
    let asked = PayStatus::of_day(day());
    let payments = account.client().pay_status(asked).await.unwrap();
    assert!(payments[0].raw.as_deref().unwrap().contains(MOBILE));
    assert_discreet("payments", &format!("{payments:?}"));
}

#[test]
fn what_is_refused_does_not_repeat_personal_data() {
    let link = || NewLink::new("1", Rial::new(1), MOBILE).unwrap();
    let name = NAME.repeat(10);
    let errors = [
        link().with_customer_name(&name).unwrap_err(),
        link().with_customer_name(&format!("{NAME}\n")).unwrap_err(),
        link()
            .with_description(&format!("{WHAT_FOR}\0"))
            .unwrap_err(),
        "091222727301".parse::<sizpay_client::Mobile>().unwrap_err(),
    ];
    for error in errors {
        assert_discreet("error", &format!("{error} {error:?}"));
    }
    for (user, password) in [("hunter2 hunter2", "k2"), ("k1", "hunter2\n")] {
        let error = SizPay::builder(user, password, "x").build();
        let shown = format!("{0} {0:?}", error.unwrap_err());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
