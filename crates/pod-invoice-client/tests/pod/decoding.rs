//! Answers, read to their last field: invoices, those that only say done, reference numbers.

use paylink_core::{Currency, Effect, ErrorKind};
use paylink_testkit::Answer;
use paylink_testkit::{Canaries, Capture};
use pod_invoice_client::{
    LinkOptions, ListInvoices, Money, PayAnyInvoice, Rial, ShareLink, State, UserId,
};
use serde_json::{Value, json};

use crate::cases::{self, Case};
use crate::provider::{Provider, bad, good};
use crate::samples::{id, invoice, invoice_with, paid};

async fn read(answer: Value) -> pod_invoice_client::Invoice {
    let account = Provider::start().await;
    let mut answer = good(json!([answer]));
    answer["count"] = json!(1304);
    account.answer(29813, answer);
    let list = ListInvoices::one(id());
    let list = account.client().list_invoices(list).await.unwrap().value;
    assert_eq!(list.total, Some(1304));
    list.invoices.into_iter().next().unwrap()
}

#[tokio::test]
async fn the_whole_of_an_invoice() {
    let invoice = read(paid()).await;
    assert_eq!(invoice.state(), State::Paid);
    assert_eq!(
        serde_json::to_value(&invoice).unwrap(),
        json!({
            "id": 32157,
            "total_amount": {"amount": "1000000", "currency": "IRR"},
            "payable_amount": {"amount": "1090000", "currency": "IRR"},
            "tax": {"amount": "90000", "currency": "IRR"},
            "bill_number": "1000",
            "unique_number": "6a8419e0de989b8f",
            "paid": true,
            "waiting": false,
            "cancelled": false,
            "closed": false,
            "verification_needed": false,
            "will_be_paid": false,
            "will_be_blocked": false,
            "will_be_paid_at_ms": null,
            "business": 7867,
            "guild": "CLOTHING_GUILD",
            "payment_bill_number": "1029779",
            "issued_at_ms": 1_566_630_237_976_u64,
            "paid_at_ms": 1_566_630_300_000_u64,
            "payment_reference": "53133389",
            "masked_card_number": null,
            "description": "کفش",
            "metadata": null,
            "user": 16849,
            "user_name": "نام خریدار",
            "items": [{
                "description": "یک جفت کفش",
                "amount": {"amount": "1000000", "currency": "IRR"},
                "quantity": "1",
            }],
            "unreadable": [],
        })
    );
}

#[tokio::test]
async fn a_time_of_0_is_none() {
    let unpaid = read(invoice()).await;
    assert_eq!(unpaid.paid_at_ms, None);
    let promised = read(invoice_with(
        json!({"willBePaidAt": 1, "paymentDate": 1, "issuanceDate": 0}),
    ))
    .await;
    assert_eq!(promised.will_be_paid_at_ms, Some(1));
    assert_eq!(promised.paid_at_ms, Some(1));
    assert_eq!(promised.issued_at_ms, None);
}

#[tokio::test]
async fn amounts_are_exact() {
    for (written, amount) in [
        ("16.35", "16.35"),
        ("1.0E7", "10000000"),
        ("9007199254740993", "9007199254740993"),
        ("9007199254740993.01", "9007199254740993.01"),
        ("0", "0"),
    ] {
        let account = Provider::start().await;
        let text = good(json!([invoice()])).to_string();
        let text = text.replace("1090000", written);
        assert!(text.contains(&format!(r#""payableAmount":{written}"#)));
        account.answer(29813, Answer::json(text));
        let list = ListInvoices::one(id());
        let list = account.client().list_invoices(list).await.unwrap().value;
        let payable = list.invoices[0].payable_amount.unwrap();
        let expected = Money::new(amount, Currency::Irr).unwrap();
        assert_eq!(payable, expected, "{written}");
        let whole = amount.parse().ok().map(Rial::new);
        assert_eq!(Rial::try_from(payable).ok(), whole, "{written}");
    }
}

#[tokio::test]
async fn escaped_persian_is_unescaped_in_every_text() {
    let escaped = "&#x641;&#x627;&#x6a9;&#1578;&#1608;&#1585; &amp; &quot;7&quot;";
    let plain = "فاکتور & \"7\"";
    let invoice = read(invoice_with(json!({
        "billNumber": escaped,
        "description": escaped,
        "metadata": escaped,
        "userSrv": {"id": 1, "name": escaped},
        "guildSrv": {"code": escaped},
        "invoiceItemSrvs": [{"description": escaped, "amount": 1, "quantity": 2.5}],
    })))
    .await;
    assert_eq!(invoice.bill_number.as_deref(), Some(plain));
    assert_eq!(invoice.description.as_deref(), Some(plain));
    assert_eq!(invoice.metadata.as_deref(), Some(plain));
    assert_eq!(invoice.user_name.as_deref(), Some(plain));
    assert_eq!(invoice.guild.as_deref(), Some(plain));
    assert_eq!(invoice.items[0].description.as_deref(), Some(plain));
    assert_eq!(invoice.items[0].quantity.as_deref(), Some("2.5"));
}

#[tokio::test]
async fn a_bad_display_field_is_noted_and_costs_nothing() {
    let card = "maskedCardNumber";
    for (field, value, noted) in [
        ("description", json!(7), "description"),
        ("uniqueNumber", json!({}), "uniqueNumber"),
        ("metadata", json!({"a": 1}), "metadata"),
        ("issuanceDate", json!("1398/06/01"), "issuanceDate"),
        ("paymentDate", json!(-1), "paymentDate"),
        ("referenceNumber", json!([1]), "referenceNumber"),
        ("business", json!("x"), "business"),
        ("guildSrv", json!({"code": 5}), "guildSrv.code"),
        ("userSrv", json!({"id": "05"}), "userSrv.id"),
        ("invoiceItemSrvs", json!([1]), "invoiceItemSrvs"),
        ("invoiceItemSrvs", json!({}), "invoiceItemSrvs"),
        (card, json!("6219861012345678"), card),
        (card, json!("۶۲۱۹۸۶۱۰۱۲۳۴"), card),
    ] {
        let invoice = read(invoice_with(json!({field: value}))).await;
        assert_eq!(invoice.unreadable, [noted], "{field}");
    }
    let masked = "621986******1234";
    let invoice = read(invoice_with(json!({card: masked}))).await;
    assert_eq!(invoice.masked_card_number.as_deref(), Some(masked));
    assert_eq!(invoice.unreadable, Vec::<&str>::new());
}

#[tokio::test]
async fn an_invoice_that_holds_only_its_id_is_read_and_unclear() {
    let invoice = read(json!({"id": 32157})).await;
    assert_eq!(invoice.state(), State::Unclear);
    assert_eq!(invoice.payable_amount, None);
    assert_eq!(invoice.paid, None);
    assert_eq!(invoice.unreadable, Vec::<&str>::new());
}

#[tokio::test]
async fn an_issued_invoice_may_leave_out_what_it_was_asked_for() {
    let account = Provider::start().await;
    account.answer(29796, good(json!({"id": 5})));
    let issued = account.client().issue_invoice(cases::new_invoice()).await;
    assert_eq!(issued.unwrap().value.id.get(), 5);
}

/// Scripts write numbers as text and text as numbers; nothing is lost by it.
#[tokio::test]
async fn another_form_that_holds_the_same_is_read() {
    let plain = read(paid()).await;
    for (field, value) in [
        ("id", json!("32157")),
        ("totalAmount", json!("1000000")),
        ("payableAmount", json!("1090000.00")),
        ("vat", json!("90000")),
        ("billNumber", json!(1000)),
        ("paymentBillNumber", json!(1029779)),
        ("payed", json!(1)),
        ("payed", json!("true")),
        ("waiting", json!("0")),
        ("canceled", json!(0)),
        ("closed", json!("false")),
        ("verificationNeeded", json!(0)),
        ("willBePaid", json!("0")),
        ("willBeBlocked", json!("false")),
        ("issuanceDate", json!("1566630237976")),
        ("paymentDate", json!("1566630300000")),
        ("referenceNumber", json!(53133389)),
        ("business", json!({"id": "7867"})),
    ] {
        let mut invoice = paid();
        invoice[field] = value.clone();
        let read = read(invoice).await;
        assert_eq!(read, plain, "{field} {value}");
    }
    let account = Provider::start().await;
    let mut answer = good(json!([paid()]));
    for (field, value) in [
        ("hasError", json!(0)),
        ("errorCode", json!("0")),
        ("count", json!("1")),
    ] {
        answer[field] = value;
    }
    account.answer(29813, answer);
    let list = ListInvoices::one(id());
    let list = account.client().list_invoices(list).await.unwrap().value;
    assert_eq!((list.invoices, list.total), (vec![plain], Some(1)));
}

/// A page of 500 invoices has some 500 KB, and more with long descriptions.
#[tokio::test]
async fn a_list_of_three_megabytes_is_read() {
    let mut invoice = paid();
    invoice["description"] = json!("x".repeat(3 << 20));
    let account = Provider::start().await;
    account.answer(29813, good(json!([invoice])));
    let list = ListInvoices::one(id());
    let list = account.client().list_invoices(list).await.unwrap().value;
    assert_eq!(list.invoices.len(), 1);
}

/// How many there are decides whether an invoice is absent: what cannot be read is not the same as nothing said.
#[tokio::test]
async fn a_count_that_cannot_be_read_is_not_believed() {
    let (account, pod) = Provider::with_client().await;
    let counted = |count: &Value| {
        let mut answer = good(json!([]));
        answer["count"] = count.clone();
        account.answer(29813, answer);
        pod.list_invoices(ListInvoices::one(id()))
    };
    for count in json!([1.0, -1, [1], "many", true]).as_array().unwrap() {
        let error = counted(count).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{count}");
        assert!(error.to_string().contains("count is"), "{error}");
    }
    assert_eq!(counted(&Value::Null).await.unwrap().value.total, None);
}

#[tokio::test]
async fn a_one_time_token_has_to_be_there() {
    let (account, pod) = Provider::with_client().await;
    for ott in json!([null, "", 7, "a b", "توکن"]).as_array().unwrap() {
        let mut answer = good(Value::Null);
        answer["ott"] = ott.clone();
        account.answer(29816, answer);
        let error = pod.one_time_token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{ott}");
    }
}

#[tokio::test]
async fn a_payment_link_has_to_be_a_link() {
    let (account, pod) = Provider::with_client().await;
    for result in [
        "",
        "abc",
        "/v1/pbc?h=1&",
        "javascript:alert(1)",
        "http://pay.pod.ir/?h=1&",
        "https://u:p@pay.pod.ir/?h=1&",
    ] {
        account.answer(29815, good(result));
        let made = pod.payment_link(id(), LinkOptions::new()).await;
        let error = made.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{result}");
        assert!(!error.to_string().contains("u:p"), "{error}");
    }
}

#[tokio::test]
async fn a_list_holds_no_more_than_may_be_asked_for() {
    let (account, pod) = Provider::with_client().await;
    for (count, is_read) in [(500, true), (501, false)] {
        let invoices = vec![json!({"id": 1}); count];
        account.answer(29813, good(invoices));
        let list = pod.list_invoices(ListInvoices::from_offset(0)).await;
        match list {
            Ok(answered) => assert!(is_read && answered.value.invoices.len() == count),
            Err(error) => {
                assert!(!is_read, "{error}");
                assert!(error.to_string().contains("at most 500"), "{error}");
            }
        }
    }
    let item = || json!({"amount": 1});
    for (items, read) in [
        (vec![item(); 500], 500),
        (vec![item(); 501], 0),
        (vec![item(), json!({})], 0),
    ] {
        let invoice = self::read(invoice_with(json!({"invoiceItemSrvs": items}))).await;
        assert_eq!(invoice.items.len(), read);
        assert_eq!(invoice.unreadable.is_empty(), read > 0);
    }
}

/// The document's tables say text, for two services a link; its words and the vendor's SDKs say `true`.
#[tokio::test]
async fn what_was_carried_out_says_true_or_anything_but_false() {
    let (account, pod) = Provider::with_client().await;
    let done: Vec<Case> = cases::all().into_iter().filter(is_done).collect();
    assert_eq!(done.len(), 15);
    let words = "&#x627;&#x646;&#x62c;&#x627;&#x645; شد";
    let link = "https://pay.pod.ir/v1/pbc/?h=1&";
    for case in &done {
        for (result, message) in [
            (json!(true), None),
            (json!("true"), None),
            (json!(" True "), None),
            (json!(1), None),
            (json!("1"), None),
            (json!(format!("{link}amp;")), Some(link)),
            (json!(words), Some("انجام شد")),
        ] {
            account.answer(case.production, good(result.clone()));
            let said = (case.call)(&pod).await.expect(case.name).value;
            let kept = format!("Confirmation {{ message: {message:?} }}");
            assert_eq!(said, kept, "{} {result}", case.name);
        }
        let others = json!([false, "false", " FALSE", 0, "0", "", " ", 2, {"ok": true}, null]);
        for result in others.as_array().unwrap() {
            account.answer(case.production, good(result.clone()));
            let error = (case.call)(&pod).await.expect_err(case.name);
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{} {result}", case.name);
            assert_eq!(error.effect(), Effect::Unknown, "{} {result}", case.name);
        }
    }
}

/// Whether it answers that it is done, and nothing else.
fn is_done(case: &Case) -> bool {
    case.good == json!(true) && case.name != "share-link"
}

#[tokio::test]
async fn words_are_kept_whole_and_show_what_cannot_be_seen() {
    let account = Provider::start().await;
    let link = format!("https://pay.pod.ir/?h={}", "a".repeat(1000));
    for (result, kept) in [(&*link, &*link), ("a\u{202e}b\n", "a\\u{202e}b")] {
        account.answer(29821, good(result));
        let payment = PayAnyInvoice::new(id());
        let answered = account.client().pay_any_invoice(payment).await.unwrap();
        assert_eq!(answered.value.message.as_deref(), Some(kept));
    }
}

#[tokio::test]
async fn a_shared_link_was_sent_or_not() {
    let (account, pod) = Provider::with_client().await;
    for (result, sent) in [
        (json!(true), true),
        (json!("true"), true),
        (json!("ارسال شد"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(0), false),
    ] {
        account.answer(1113426, good(result));
        let share = ShareLink::new(id(), UserId::new(1).unwrap());
        assert_eq!(pod.share_link(share).await.unwrap().value, sent);
    }
}

#[tokio::test]
async fn every_answer_keeps_it() {
    for case in cases::all() {
        let (account, pod) = Provider::with_client().await;
        for (sent, kept) in [
            (json!("234910992"), Some("234910992")),
            (json!(234910992), Some("234910992")),
            (json!(null), None),
            (json!(""), None),
            (json!({}), None),
        ] {
            let mut answer = good(case.good.clone());
            answer["referenceNumber"] = sent.clone();
            account.answer(case.production, answer);
            let said = (case.call)(&pod).await.unwrap();
            let reference = said.reference_number.as_deref();
            assert_eq!(reference, kept, "{} {sent}", case.name);
            assert!(!said.value.is_empty());
        }
    }
}

#[tokio::test]
async fn every_refusal_keeps_it() {
    for case in cases::all() {
        let (account, pod) = Provider::with_client().await;
        for code in [24, 227] {
            let mut answer = bad(code);
            answer["referenceNumber"] = json!("234910992");
            account.answer(case.production, answer);
            let error = (case.call)(&pod).await.unwrap_err();
            assert_eq!(error.refusal().unwrap().reference(), Some("234910992"));
            assert!(error.to_string().contains("reference 234910992"), "{error}");
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_event_tells_it_even_where_the_answer_is_not_believed() {
    // The search for leaks is turned around: what it finds is what was told.
    let capture = Capture::new(Canaries::new(["234910992"]).unwrap());
    let (account, pod) = Provider::with_client().await;
    let id = id();
    let mut refused = bad(24);
    refused["referenceNumber"] = json!("234910992");
    for answer in [good(true), good(false), refused] {
        account.answer(29799, answer);
        let listening = capture.listen();
        let before = capture.leaks().len();
        let _ = pod.mark_paid(id).await;
        assert!(capture.leaks().len() > before, "{:?}", capture.transcript());
        drop(listening);
    }
}
