//! A return that somebody made up never leads to a proof.

use paylink_core::{Field, Rial};
use pod_invoice_client::{Expected, Money, Return, Settlement};
use serde_json::{Value, json};

use crate::provider::{Provider, good};
use crate::samples::{BILL, invoice, invoice_with, unverified};

/// Settles the order 1000 for 1,090,000 rial with the invoice that a return names.
async fn settled_by(query: &str, list: Value) -> (Settlement, Vec<u32>) {
    let provider = Provider::start().await;
    provider.answer(29813, good(list));
    provider.answer(29809, good(invoice_with(json!({"payed": true}))));
    let Return::Payment(back) = Return::from_query(query).unwrap() else {
        panic!("{query}");
    };
    let amount = Money::from_rial(Rial::new(1_090_000));
    let expected = Expected::new(back.invoice_id, BILL, amount).unwrap();
    let settlement = provider.client().settle(&expected).await.unwrap();
    (settlement, provider.take_called())
}

#[tokio::test]
async fn paid_is_what_pod_says_and_not_the_return() {
    let query = "invoiceId=32157&billNumber=1000&paid=true&rrn=1&tref=2";
    let (settlement, called) = settled_by(query, json!([invoice()])).await;
    assert!(
        matches!(settlement, Settlement::NotPaid(_)),
        "{settlement:?}"
    );
    assert_eq!(called, [29813]);
}

#[tokio::test]
async fn somebody_else_s_invoice_is_not_in_the_merchant_s_list() {
    let (settlement, called) = settled_by("invoiceId=5&paid=true", json!([])).await;
    let Settlement::Mismatch(found) = settlement else {
        panic!("{settlement:?}");
    };
    assert!(found.is_in(Field::Reference), "{found}");
    assert_eq!(called, [29813], "nothing is verified");
}

#[tokio::test]
async fn a_list_that_answers_another_invoice_is_not_believed() {
    let paid = invoice_with(json!({"payed": true}));
    let (settlement, called) = settled_by("invoiceId=5&paid=true", json!([paid])).await;
    assert!(
        matches!(settlement, Settlement::Mismatch(_)),
        "{settlement:?}"
    );
    assert_eq!(called, [29813]);
}

#[tokio::test]
async fn another_order_s_paid_invoice_does_not_pay_this_one() {
    for members in [
        json!({"id": 5, "billNumber": "999", "payed": true}),
        json!({"id": 5, "billNumber": "999", "verificationNeeded": true}),
        json!({"id": 5, "billNumber": null, "payed": true}),
        json!({"id": 5, "billNumber": "1000 ", "payed": true}),
    ] {
        let query = "invoiceId=5&billNumber=1000&paid=true";
        let (settlement, called) = settled_by(query, json!([invoice_with(members)])).await;
        let Settlement::Mismatch(found) = settlement else {
            panic!("{settlement:?}");
        };
        assert!(found.is_in(Field::Order), "{found}");
        assert_eq!(called, [29813], "nothing is verified");
    }
}

#[tokio::test]
async fn a_cheap_invoice_does_not_settle_a_dear_order() {
    for cheap in [
        invoice_with(json!({"payableAmount": 10_000, "payed": true})),
        invoice_with(json!({"payableAmount": 1_089_999.99, "payed": true})),
        invoice_with(json!({"payableAmount": 10_900_000, "payed": true})),
        invoice_with(json!({"payableAmount": 10_000, "verificationNeeded": true})),
    ] {
        let query = "invoiceId=32157&billNumber=1000&paid=true";
        let (settlement, called) = settled_by(query, json!([cheap])).await;
        let Settlement::Mismatch(found) = settlement else {
            panic!("{settlement:?}");
        };
        assert!(found.is_in(Field::Amount), "{found}");
        assert_eq!(called, [29813], "nothing is verified");
    }
}

#[tokio::test]
async fn the_control_an_honest_return_does_lead_to_one() {
    let query = "invoiceId=32157&billNumber=1000&paid=false";
    let (settlement, called) = settled_by(query, json!([unverified()])).await;
    assert!(
        matches!(settlement, Settlement::Settled(_)),
        "{settlement:?}"
    );
    assert_eq!(called, [29813, 29809]);
}
