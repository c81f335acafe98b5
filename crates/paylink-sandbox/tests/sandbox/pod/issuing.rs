//! Issuing and listing, and the forms in which POD may answer.

use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{DoneAnswer, PersianText, SecondVerify, State, WordedRefusals};
use serde_json::{Value, json};

use crate::client::{Param, get, of};
use crate::pod::{Shop, open, query, refusal, report, snapshot};

/// The digits and tokens that differ from answer to answer.
fn masked(body: &str) -> String {
    let mut masked = body.to_owned();
    for name in ["referenceNumber\":\"", "ott\":\""] {
        let (head, tail) = masked.split_once(name).unwrap();
        let (_, tail) = tail.split_once('"').unwrap();
        masked = format!("{head}{name}…\"{tail}");
    }
    masked
}

#[tokio::test]
async fn a_success_has_the_envelope_of_the_samples() {
    let (_sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await.to_string();
    let reply = shop.call(29799, &[("invoiceId", &id)]).await;
    assert_eq!(
        masked(&reply.body),
        r#"{"hasError":false,"messageId":0,"referenceNumber":"…","errorCode":0,"count":0,"ott":"…","result":true}"#
    );
    let body = reply.json();
    let reference = body["referenceNumber"].as_str().unwrap();
    assert!(reference.len() == 9 && reference.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(body["ott"].as_str().unwrap().len(), 16);
}

#[tokio::test]
async fn a_refusal_comes_with_http_200_and_a_reference() {
    let (_sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await.to_string();
    shop.done(29799, &[("invoiceId", &id)]).await;
    let reply = shop.call(29799, &[("invoiceId", &id)]).await;
    assert_eq!(
        masked(&reply.body),
        r#"{"hasError":true,"messageId":0,"referenceNumber":"…","errorCode":24,"message":"فاکتور قبلا پرداخت شده است","count":0,"ott":"…"}"#
    );
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn reference_numbers_tell_requests_apart() {
    let (_sandbox, shop) = open().await;
    let first = shop.call(29816, &[]).await.json();
    let second = shop.call(29816, &[]).await.json();
    assert_ne!(first["referenceNumber"], second["referenceNumber"]);
    assert_ne!(first["ott"], second["ott"]);
    assert!(first.get("result").is_none(), "{first}");
}

#[tokio::test]
async fn an_invoice_shows_what_was_issued() {
    let (sandbox, shop) = open().await;
    let user = sandbox.pod().user();
    let user_id = user.user_id().to_string();
    let different = [
        ("userId", &*user_id),
        ("billNumber", "A-1"),
        ("description", "سفارش ۱"),
        ("metadata", r#"{"a":1}"#),
        ("cellphoneNumber", "09121112233"),
        ("verificationNeeded", "true"),
    ];
    let invoice = shop.issue(&different).await;
    for (name, value) in [
        ("totalAmount", json!(50000)),
        ("payableAmount", json!(50000)),
        ("vat", json!(0)),
        ("paymentDate", json!(0)),
        ("billNumber", json!("A-1")),
        ("description", json!("سفارش ۱")),
        ("metadata", json!(r#"{"a":1}"#)),
        ("cellphoneNumber", json!("09121112233")),
        ("verificationNeeded", json!(true)),
    ] {
        assert_eq!(invoice[name], value, "{name}: {invoice}");
    }
    for name in "payed waiting canceled closed willBePaid willBeBlocked".split(' ') {
        assert_eq!(invoice[name], false, "{name}: {invoice}");
    }
    assert_eq!(invoice["userSrv"]["id"], user.user_id());
    assert_eq!(invoice["userSrv"]["name"], user.name());
    assert_eq!(invoice["guildSrv"]["code"], "CLOTHING_GUILD");
    let business_id = sandbox.pod().business().business_id().unwrap();
    assert_eq!(invoice["business"]["id"], business_id);
    let items = invoice["invoiceItemSrvs"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(of(&items[0], &["amount", "quantity"]), json!([25000, 2]));
    assert!(invoice.get("willBePaidAt").is_none());
    assert!(invoice.get("maskedCardNumber").is_none());
}

#[tokio::test]
async fn tax_is_added_and_may_leave_a_fraction() {
    let (sandbox, shop) = open().await;
    let amounts = async |different: &[(&str, &str)]| {
        let reply = shop.call(29796, &crate::pod::new(different)).await;
        let wanted = ["totalAmount", "payableAmount", "vat"].map(|name| {
            let (_, tail) = reply.body.split_once(&format!("\"{name}\":")).unwrap();
            tail.split(',').next().unwrap().to_owned()
        });
        wanted.join(" ")
    };
    let by_default = [("preferredTaxRate", "")];
    assert_eq!(amounts(&by_default).await, "50000 54500 4500");
    let odd = [
        ("price", "10.5"),
        ("quantity", "3.5"),
        ("preferredTaxRate", "0.09"),
    ];
    assert_eq!(amounts(&odd).await, "36.75 40.0575 3.3075");
    let pod = sandbox.pod();
    pod.change_settings(|settings| settings.tax_percent = 10);
    assert_eq!(amounts(&by_default).await, "50000 55000 5000");
    // More digits than a binary fraction holds survive.
    let price = "12345678901234567.89";
    let long = [("price", price), ("quantity", "1")];
    assert_eq!(amounts(&long).await, format!("{price} {price} 0"));
}

#[tokio::test]
async fn lists_of_lines_run_in_parallel() {
    let (sandbox, shop) = open().await;
    let second = [
        ("productId", "0"),
        ("price", "1000"),
        ("quantity", "1"),
        ("productDescription", "بسته‌بندی"),
    ];
    let mut params = crate::pod::NEW.to_vec();
    params.extend(second);
    let invoice = shop.done(29796, &params).await;
    assert_eq!(invoice["totalAmount"], 51000);
    assert_eq!(invoice["invoiceItemSrvs"][1]["description"], "بسته‌بندی");
    for missing in 0..4 {
        let mut uneven = params.clone();
        uneven.remove(6 + missing);
        shop.refuses(29796, &uneven, 1001).await;
    }
    assert_eq!(sandbox.pod().invoices().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_issued_is_refused() {
    let (sandbox, shop) = open().await;
    let own = sandbox.pod().business().user_id().to_string();
    for bad in [
        ("productId", ""),
        ("price", "0"),
        ("price", "12,5x"),
        ("quantity", "-1"),
        ("guildCode", ""),
        ("userId", own.as_str()),
        ("redirectURL", "shop.example"),
        ("deadline", "1404-01-01"),
        ("currencyCode", "USD"),
        ("preferredTaxRate", "9"),
        ("verificationNeeded", "yes"),
    ] {
        let (code, message) = shop.refused(29796, &crate::pod::new(&[bad])).await;
        assert_eq!(code, 1001, "{bad:?}");
        assert!(message.contains(bad.0), "{bad:?}: {message}");
    }
    shop.refuses(29796, &crate::pod::new(&[("userId", "1")]), 1002)
        .await;
    assert!(sandbox.pod().invoices().is_empty());
}

#[tokio::test]
async fn a_preview_is_not_kept() {
    let (sandbox, shop) = open().await;
    let invoice = shop.issue(&[("preview", "true")]).await;
    assert_eq!(of(&invoice, &["id", "totalAmount"]), json!([0, 50000]));
    assert!(sandbox.pod().invoices().is_empty());
}

#[tokio::test]
async fn old_answers_escape_persian() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    pod.change_settings(|settings| settings.persian_text = PersianText::Escaped);
    let params = crate::pod::new(&[("description", "فن a&b")]);
    let reply = shop.call(29796, &params).await;
    assert!(reply.body.is_ascii());
    assert_eq!(reply.json()["result"]["description"], "&#x641;&#x646; a&b");
    let id = reply.json()["result"]["id"].to_string();
    shop.done(29799, &[("invoiceId", &id)]).await;
    let (_, message) = refusal(&shop.call(29799, &[("invoiceId", &id)]).await);
    assert!(message.starts_with("&#x641;"), "{message}");
}

#[tokio::test]
async fn a_second_verify_answers_as_it_was_told() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[("verificationNeeded", "true")]).await;
    let text = id.to_string();
    sandbox.pod().pay_by_card(id).unwrap();
    shop.done(29809, &[("id", &text)]).await;
    shop.refuses(29809, &[("id", &text)], 24).await;
    let pod = sandbox.pod();
    pod.change_settings(|settings| settings.second_verify = SecondVerify::AnswersInvoice);
    let again = shop.done(29809, &[("id", &text)]).await;
    assert_eq!(again["payed"], true);
    assert_eq!(sandbox.pod().invoice(id).unwrap().times_verified(), 1);
}

/// Issues five invoices, of which the second is paid, the third cancelled and the fourth waits.
async fn five(sandbox: &Sandbox) -> Vec<u64> {
    let shop = Shop::of(sandbox);
    let mut ids = Vec::new();
    for number in ["1", "2", "3", "4", "5"] {
        let user_id = sandbox.pod().user().user_id().to_string();
        let user_id = if number == "5" { user_id.as_str() } else { "" };
        let different = [("billNumber", number), ("userId", user_id)];
        ids.push(shop.issue_id(&different).await);
    }
    sandbox.pod().pay_by_card(ids[1]).unwrap();
    shop.done(29810, &[("id", &ids[2].to_string())]).await;
    sandbox.pod().open_gateway(ids[3]).unwrap();
    ids
}

fn numbers(list: &Value) -> String {
    let list = list.as_array().unwrap().iter();
    list.map(|it| it["billNumber"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_page_begins_at_an_offset_or_at_an_id() {
    let (sandbox, shop) = open().await;
    let ids: Vec<_> = five(&sandbox).await.iter().map(u64::to_string).collect();
    for (params, expected) in [
        (vec![("offset", "0")], "54321"),
        (vec![("offset", "3")], "21"),
        (vec![("offset", "9")], ""),
        (vec![("offset", "1"), ("size", "2")], "43"),
        (vec![("firstId", "0"), ("size", "2")], "12"),
        (vec![("firstId", &ids[2])], "345"),
        (vec![("lastId", &ids[2])], "321"),
    ] {
        let body = shop.call(29813, &params).await.json();
        assert_eq!(numbers(&body["result"]), expected, "{params:?}");
        assert_eq!(body["count"], 5, "{params:?}");
    }
    for bad in [
        vec![],
        vec![("offset", "0"), ("firstId", "0")],
        vec![("firstId", "0"), ("lastId", "0")],
        vec![("offset", "-1")],
        vec![("offset", "0"), ("size", "x")],
    ] {
        shop.refuses(29813, &bad, 1001).await;
    }
}

#[tokio::test]
async fn a_list_is_narrowed_by_what_is_asked() {
    let (sandbox, shop) = open().await;
    let ids: Vec<_> = five(&sandbox).await;
    let invoice = sandbox.pod().invoice(ids[3]).unwrap();
    let id = ids[0].to_string();
    let user_id = sandbox.pod().user().user_id().to_string();
    let listed = shop.invoice(ids[1]).await;
    let reference = listed["referenceNumber"].as_str().unwrap();
    let filters: Vec<(Vec<Param<'_>>, &str)> = vec![
        (vec![("id", &id)], "1"),
        (vec![("billNumber", "2")], "2"),
        (vec![("uniqueNumber", &invoice.unique_number)], "4"),
        (vec![("referenceNumber", reference)], "2"),
        (vec![("userId", &user_id)], "5"),
        (vec![("isPayed", "true")], "2"),
        (vec![("isCanceled", "true")], "3"),
        (vec![("isWaiting", "True")], "4"),
        (vec![("isPayed", "false"), ("isCanceled", "false")], "541"),
        (vec![("isClosed", "true")], ""),
        (vec![("guildCode", "FOOD_GUILD")], ""),
        (vec![("fromDate", "1400/01/01 00:00:00")], "54321"),
        (vec![("toDate", "1400/01/01 00:00:00")], ""),
        (vec![("fromDate", "1490/01/01 00:00:00")], ""),
    ];
    for (filter, expected) in filters {
        let mut params = vec![("offset", "0")];
        params.extend(&filter);
        let body = shop.call(29813, &params).await.json();
        assert_eq!(numbers(&body["result"]), expected, "{filter:?}");
        assert_eq!(body["count"], expected.len(), "{filter:?}");
    }
    let bad = [("offset", "0"), ("fromDate", "1400/01/01")];
    shop.refuses(29813, &bad, 1001).await;
}

#[tokio::test]
async fn a_list_shows_how_things_stand_now() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    sandbox.pod().open_gateway(id).unwrap();
    assert_eq!(shop.invoice(id).await["waiting"], true);
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(shop.invoice(id).await["waiting"], false);
}

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
            shop.done(service, &report(&text, &slip)).await
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
        let message = "فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد";
        let shown = of(&body, &["hasError", "errorCode", "message"]);
        assert_eq!(shown, json!([true, code, message]));
        assert_eq!(error_result(&sandbox, &id).await["errorCode"], code);
        shop.refuses(29810, &[("id", "1")], 1002).await;
    }
}

/// The envelope that a payer brings back who wanted to pay this invoice.
async fn error_result(sandbox: &Sandbox, id: &str) -> Value {
    let unique = snapshot(sandbox.pod(), id.parse().unwrap()).unique_number;
    let address = format!(
        "/pod/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber={unique}&redirectUri=http%3A%2F%2F127.0.0.1%3A9%2F"
    );
    let reply = get(sandbox, &address).await;
    let pairs = query(reply.location());
    serde_json::from_str(&pairs[0].1).unwrap()
}

#[tokio::test]
async fn the_door_by_unique_number_opens_with_a_slash_and_without() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await;
    let unique = snapshot(sandbox.pod(), id).unique_number;
    for slash in ["", "/"] {
        let path = format!("/pod/v1/pbc/payInvoiceByUniqueNumber{slash}?uniqueNumber={unique}");
        let page = get(&sandbox, &path).await;
        assert_eq!(page.status, 200, "{path}");
    }
}
