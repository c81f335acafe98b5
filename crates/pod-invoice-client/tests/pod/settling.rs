//! Settling: find, compare, verify, compare again.

use paylink_core::{CheckResult, ComparedField, Currency, Effect, ErrorKind, Rial};
use paylink_testkit::{MockRequest, assert_matches};
use pod_invoice_client::{Environment, Expected, Money, Settlement, State};
use serde_json::{Value, json};

use crate::provider::{KEY, Provider, bad, good};
use crate::samples::{
    BILL, expected, id, invoice_with, invoice_without, paid, unverified, verified,
};

const LIST: u32 = 29813;
const VERIFY: u32 = 29809;

/// POD that lists this invoice. Who asks for a client of it holds it, so that no other test gets its server meanwhile.
async fn listing(invoice: Value) -> Provider {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([invoice])));
    account
}

#[tokio::test]
async fn a_three_step_payment_is_verified_once_it_agrees() {
    let provider = listing(unverified()).await;
    let pod = provider.client();
    provider.answer(VERIFY, good(verified()));
    let Settlement::Settled(proof) = pod.settle(&expected()).await.unwrap() else {
        panic!("not settled");
    };
    let requests = provider.requests();
    let bodies: Vec<String> = requests.iter().map(MockRequest::body_string).collect();
    let find = format!("scProductId=29813&scApiKey={KEY}&offset=0&size=10&id=32157");
    let verify = format!("scProductId=29809&scApiKey={KEY}&id=32157");
    assert_eq!(bodies, [find, verify]);
    assert_eq!(proof.provider(), "pod");
    assert_eq!(proof.order(), BILL);
    assert_eq!(proof.reference(), "32157");
    assert_eq!(*proof.amount(), Money::from(Rial::new(1_090_000)));
    for check in proof.checks() {
        let checked = match check.field() {
            ComparedField::Currency | ComparedField::Merchant => CheckResult::NotReported,
            _ => CheckResult::Equal,
        };
        assert_eq!(check.result(), checked, "{check:?}");
    }
}

#[tokio::test]
async fn a_verified_payment_is_not_verified_again() {
    for already in [
        verified(),
        invoice_with(json!({"verificationNeeded": true, "payed": true, "closed": true})),
        paid(),
        invoice_with(json!({"payed": true, "willBeBlocked": true})),
    ] {
        let provider = listing(already).await;
        let settlement = provider.client().settle(&expected()).await.unwrap();
        assert_matches!(settlement, Settlement::AlreadySettled(_));
        assert_eq!(provider.take_called(), [LIST]);
    }
}

#[tokio::test]
async fn what_is_not_paid_gives_no_proof_and_verifies_nothing() {
    for (flags, state) in [
        (json!({}), State::Unpaid),
        (json!({"waiting": true}), State::AwaitingGateway),
        (json!({"willBePaid": true}), State::Promised),
        (json!({"canceled": true}), State::Cancelled),
    ] {
        let provider = listing(invoice_with(flags)).await;
        let settlement = provider.client().settle(&expected()).await.unwrap();
        assert_matches!(settlement, Settlement::NotPaid(view) if view.state() == state, "{state}");
        assert_eq!(provider.take_called(), [LIST]);
    }
}

#[tokio::test]
async fn an_unpaid_three_step_invoice_shows_when_it_is_verified() {
    let words = "قبض منتظر درگاه برای ادامه تراکنش می باشد";
    for refusal in [
        bad(55),
        bad(72),
        json!({"hasError": true, "message": words}),
    ] {
        let provider = listing(unverified()).await;
        provider.answer(VERIFY, refusal.clone());
        let settlement = provider.client().settle(&expected()).await.unwrap();
        assert_matches!(settlement, Settlement::NotPaid(_), "{refusal}");
        assert_eq!(provider.take_called(), [LIST, VERIFY, LIST]);
    }
}

#[tokio::test]
async fn a_refused_verification_is_judged_by_the_state_that_follows() {
    for code in [24, 45, 4711] {
        let account = Provider::start().await;
        let lists = [unverified(), verified()].map(|it| good(json!([it])));
        account.answers(LIST, lists);
        account.answer(VERIFY, bad(code));
        let settlement = account.client().settle(&expected()).await.unwrap();
        assert_matches!(settlement, Settlement::AlreadySettled(_), "{code}");
    }
    let provider = listing(unverified()).await;
    let pod = provider.client();
    for code in [4, 21, 4711] {
        provider.answer(VERIFY, bad(code));
        let error = pod.settle(&expected()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{code}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{code}");
    }
}

#[tokio::test]
async fn a_lost_verification_is_settled_by_the_next_call() {
    let account = Provider::start().await;
    let lists = [unverified(), verified()].map(|it| good(json!([it])));
    account.answers(LIST, lists);
    account.answer(VERIFY, bad(378));
    let pod = account.client();
    let error = pod.settle(&expected()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let asked = account.take_called();
    assert_eq!(asked, [LIST, VERIFY], "and never verified again");
    let settlement = pod.settle(&expected()).await.unwrap();
    assert_matches!(settlement, Settlement::AlreadySettled(_));
    assert_eq!(account.take_called(), [LIST]);
}

#[tokio::test]
async fn flags_that_contradict_one_another_are_neither_paid_nor_unpaid() {
    for flags in [
        json!({"payed": true, "canceled": true}),
        json!({"payed": true, "waiting": true}),
        json!({"payed": true, "willBePaid": true}),
        json!({"closed": true}),
        json!({"payed": null}),
        json!({"canceled": null, "payed": true}),
        json!({"verificationNeeded": null, "payed": true}),
    ] {
        let provider = listing(invoice_with(flags.clone())).await;
        let error = provider.client().settle(&expected()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Indeterminate, "{flags}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{flags}");
        assert_eq!(provider.take_called(), [LIST], "{flags}");
    }
}

#[tokio::test]
async fn an_amount_that_is_not_reported_settles_nothing() {
    let mut silent = invoice_without("payableAmount");
    silent["payed"] = json!(true);
    let provider = listing(silent).await;
    let error = provider.client().settle(&expected()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    let told = error.to_string();
    assert!(told.contains("payableAmount is missing"), "{told}");
}

#[tokio::test]
async fn what_was_verified_is_compared_too() {
    let provider = listing(unverified()).await;
    let pod = provider.client();
    let mut other = verified();
    other["payableAmount"] = json!(1);
    provider.answer(VERIFY, good(other));
    let error = pod.settle(&expected()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    let mismatch = error.mismatch().unwrap();
    assert!(mismatch.has(ComparedField::Amount), "{error}");
    assert!(error.handle().is_some(), "{error}");

    let mut silent = verified();
    silent.as_object_mut().unwrap().remove("payableAmount");
    provider.answer(VERIFY, good(silent));
    let error = pod.settle(&expected()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle().unwrap().id("invoiceId"), Some("32157"));
}

#[tokio::test]
async fn fractions_of_a_rial_count() {
    let provider = listing(invoice_with(json!({"payed": true, "payableAmount": 16.35}))).await;
    let pod = provider.client();
    for (amount, agrees) in [
        ("16.35", true),
        ("16.350", true),
        ("16", false),
        ("16.36", false),
    ] {
        let amount = Money::new(amount, Currency::Irr).unwrap();
        let expected = Expected::new(id(), BILL, amount).unwrap();
        let settlement = pod.settle(&expected).await.unwrap();
        assert_eq!(settlement.proof().is_some(), agrees, "{amount}");
    }
    let toman = Money::new("1.635", Currency::Irt).unwrap();
    let error = Expected::new(id(), BILL, toman).unwrap_err();
    assert_eq!(error.label(), "amount");
}

#[tokio::test]
async fn the_order_s_number_alone_finds_it_and_so_does_the_id_alone() {
    let provider = listing(paid()).await;
    let pod = provider.client();
    let amount = Money::from(Rial::new(1_090_000));
    let by_number = Expected::of_bill_number(BILL, amount).unwrap();
    let settlement = pod.settle(&by_number).await.unwrap();
    assert_eq!(settlement.proof().unwrap().reference(), BILL);
    let body = provider.requests().pop().unwrap().body_string();
    let asked = "&offset=0&size=10&billNumber=1000";
    assert!(body.ends_with(asked), "{body}");

    let by_id = Expected::of_invoice(id(), amount).unwrap();
    let settlement = pod.settle(&by_id).await.unwrap();
    assert_eq!(settlement.proof().unwrap().order(), "32157");
}

#[tokio::test]
async fn one_number_for_two_invoices_settles_neither() {
    let account = Provider::start().await;
    let second = invoice_with(json!({"id": 32158, "payed": true}));
    account.answer(LIST, good(json!([paid(), second])));
    let amount = Money::from(Rial::new(1_090_000));
    let by_number = Expected::of_bill_number(BILL, amount).unwrap();
    let settlement = account.client().settle(&by_number).await.unwrap();
    assert_matches!(settlement, Settlement::Mismatch(_));
}

#[tokio::test]
async fn the_business_is_compared_where_the_client_knows_its_own() {
    for (reported, named) in [
        (json!({"id": 7867}), "7867"),
        (json!({"id": "7867"}), "7867"),
        (json!({"id": 7868}), "7868"),
        (json!({"id": [7867]}), "unreadable"),
        (json!({"id": 7867.0}), "unreadable"),
        (json!("7867"), "unreadable"),
        (Value::Null, "none"),
    ] {
        let account = Provider::start().await;
        let invoice = invoice_with(json!({"payed": true, "business": reported}));
        account.answer(LIST, good(json!([invoice])));
        let builder = account.builder(Environment::Production).key("k");
        let pod = builder.business(7867).build().unwrap();
        let settlement = pod.settle(&expected()).await.unwrap();
        match settlement {
            Settlement::AlreadySettled(proof) => {
                assert_eq!(named, "7867");
                let mut checks = proof.checks().iter();
                let check = checks.find(|it| it.field() == ComparedField::Merchant);
                assert_eq!(check.unwrap().result(), CheckResult::Equal);
            }
            Settlement::Mismatch(found) => {
                assert!(found.has(ComparedField::Merchant), "{found}");
                assert!(found.to_string().contains(named), "{found}");
                assert_ne!(named, "7867");
            }
            other => panic!("{other:?}"),
        }
    }
}
