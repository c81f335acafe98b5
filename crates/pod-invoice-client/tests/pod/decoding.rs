//! Answers, read to their last field.

use paylink_core::{Currency, ErrorKind};
use pod_invoice_client::{LinkOptions, ListInvoices, Money, Rial, State};
use serde_json::{Value, json};

use crate::cases;
use crate::provider::{Provider, good};
use crate::samples::{id, invoice, invoice_with, paid};

async fn read(answer: Value) -> pod_invoice_client::Invoice {
    let provider = Provider::start().await;
    let mut answer = good(json!([answer]));
    answer["count"] = json!(1304);
    provider.answer(29813, answer);
    let list = ListInvoices::the_one(id());
    let list = provider.client().list_invoices(list).await.unwrap().value;
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
        let provider = Provider::start().await;
        let text = good(json!([invoice()])).to_string();
        let text = text.replace(
            r#""payableAmount":1090000"#,
            &format!(r#""payableAmount":{written}"#),
        );
        assert!(text.contains(written));
        provider.answer(29813, text);
        let list = ListInvoices::the_one(id());
        let list = provider.client().list_invoices(list).await.unwrap().value;
        let payable = list.invoices[0].payable_amount.unwrap();
        assert_eq!(
            payable,
            Money::new(amount, Currency::Irr).unwrap(),
            "{written}"
        );
        let whole = amount.parse().ok().map(Rial::new);
        assert_eq!(payable.to_rial().ok(), whole, "{written}");
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
        (
            "maskedCardNumber",
            json!("6219861012345678"),
            "maskedCardNumber",
        ),
        (
            "maskedCardNumber",
            json!("۶۲۱۹۸۶۱۰۱۲۳۴"),
            "maskedCardNumber",
        ),
    ] {
        let invoice = read(invoice_with(json!({field: value}))).await;
        assert_eq!(invoice.unreadable, [noted], "{field}");
    }
    let invoice = read(invoice_with(
        json!({"maskedCardNumber": "621986******1234"}),
    ))
    .await;
    assert_eq!(
        invoice.masked_card_number.as_deref(),
        Some("621986******1234")
    );
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
    let provider = Provider::start().await;
    provider.answer(29796, good(json!({"id": 5})));
    let invoice = provider
        .client()
        .issue_invoice(cases::new_invoice())
        .await
        .unwrap();
    assert_eq!(invoice.value.id.get(), 5);
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
    let provider = Provider::start().await;
    let mut answer = good(json!([paid()]));
    for (field, value) in [
        ("hasError", json!(0)),
        ("errorCode", json!("0")),
        ("count", json!("1")),
    ] {
        answer[field] = value;
    }
    provider.answer(29813, answer);
    let list = ListInvoices::the_one(id());
    let list = provider.client().list_invoices(list).await.unwrap().value;
    assert_eq!((list.invoices, list.total), (vec![plain], Some(1)));
}

/// How many there are decides whether an invoice is absent: what cannot be read is not the same as nothing said.
#[tokio::test]
async fn a_count_that_cannot_be_read_is_not_believed() {
    let provider = Provider::start().await;
    let pod = provider.client();
    let list = || ListInvoices::the_one(id());
    for count in [
        json!(1.0),
        json!(-1),
        json!([1]),
        json!("many"),
        json!(true),
    ] {
        let mut answer = good(json!([]));
        answer["count"] = count.clone();
        provider.answer(29813, answer);
        let error = pod.list_invoices(list()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{count}");
        assert!(error.to_string().contains("count is"), "{error}");
    }
    let mut answer = good(json!([]));
    answer["count"] = Value::Null;
    provider.answer(29813, answer);
    assert_eq!(pod.list_invoices(list()).await.unwrap().value.total, None);
}

#[tokio::test]
async fn a_one_time_token_has_to_be_there() {
    let provider = Provider::start().await;
    let pod = provider.client();
    for ott in [
        Value::Null,
        json!(""),
        json!(7),
        json!("a b"),
        json!("توکن"),
    ] {
        let mut answer = good(Value::Null);
        answer["ott"] = ott.clone();
        provider.answer(29816, answer);
        let error = pod.one_time_token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{ott}");
    }
}

#[tokio::test]
async fn a_payment_link_has_to_be_a_link() {
    let provider = Provider::start().await;
    let pod = provider.client();
    for result in [
        "",
        "abc",
        "/v1/pbc?h=1&",
        "javascript:alert(1)",
        "http://pay.pod.ir/?h=1&",
        "https://u:p@pay.pod.ir/?h=1&",
    ] {
        provider.answer(29815, good(result));
        let error = pod
            .payment_link(id(), LinkOptions::new())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{result}");
        assert!(!error.to_string().contains("u:p"), "{error}");
    }
}

#[tokio::test]
async fn a_list_holds_no_more_than_may_be_asked_for() {
    let provider = Provider::start().await;
    let pod = provider.client();
    for (count, is_read) in [(500, true), (501, false)] {
        let invoices = vec![json!({"id": 1}); count];
        provider.answer(29813, good(invoices));
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
