//! What follows a create: settling, hints, resolving, states and lists, cancelling, and what is shown of it.

use paylink_core::provider::{
    Created, Cursor, ExpectedPayment, ListPayments, NewPayment, Payment, PaymentState, Resolved,
};
use paylink_core::{
    ComparedField, Currency, Effect, ErrorKind, Handle, Money, PaymentProvider, Resolution,
    Settlement,
};
use serde_json::{Value, json};

use super::{
    CANCEL, ISSUE, LIST, VERIFY, builder, chosen, expected, issued, issued_with, payment, record,
    rial,
};
use crate::provider::{Provider, bad, good};
use crate::samples::BILL;

fn verified() -> Value {
    issued_with(json!({"payed": true}))
}

/// POD with a three-step invoice that its payer has paid.
async fn paid() -> Provider {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([issued()])));
    account.answer(VERIFY, good(verified()));
    account
}

#[track_caller]
fn assert_mismatch(settlement: &Settlement<Payment>, field: ComparedField) {
    let Settlement::Mismatch(mismatch) = settlement else {
        panic!("{settlement:?}");
    };
    assert!(mismatch.has(field), "{mismatch}");
    assert_eq!(mismatch.differences().len(), 1, "{mismatch}");
}

#[tokio::test]
async fn it_lists_compares_and_verifies() {
    let provider = paid().await;
    let pod = chosen(&provider);
    let toman = Money::new("100000", Currency::Irt).unwrap();
    let in_toman = ExpectedPayment::new(BILL.parse().unwrap(), toman, record().await);
    for expected in [expected(record().await), in_toman] {
        let settlement = pod.settle(&expected).await.unwrap();
        let Settlement::Settled(proof) = settlement else {
            panic!("{settlement:?}");
        };
        assert_eq!(proof.order(), BILL);
        assert_eq!(proof.reference(), "32157");
        assert_eq!(proof.amount(), &rial("1000000"));
        assert_eq!(provider.take_called(), [LIST, VERIFY]);
    }
    provider.answer(LIST, good(json!([verified()])));
    let again = pod.settle(&expected(record().await)).await.unwrap();
    assert!(matches!(again, Settlement::AlreadySettled(_)), "{again:?}");
    assert_eq!(provider.take_called(), [LIST]);
}

/// An invoice of three steps reads `unverified` from the start, so its flags alone would call every unpaid order likely paid.
#[tokio::test]
async fn what_pod_refuses_to_verify_as_unpaid_is_unpaid() {
    let provider = paid().await;
    let pod = chosen(&provider);
    for (code, state) in [(55, PaymentState::Unpaid), (72, PaymentState::Paying)] {
        provider.answer(VERIFY, bad(code));
        let settlement = pod.settle(&expected(record().await)).await;
        let Ok(Settlement::NotPaid(payment)) = settlement else {
            panic!("{settlement:?}");
        };
        assert_eq!(payment.state(), &state, "{code}");
        assert_eq!(payment.provider_state(), "unverified");
    }
    // Reading it verifies nothing, and proves no more than before.
    let read = pod.state(&record().await).await.unwrap();
    assert_eq!(read.state(), &PaymentState::Unconfirmed);
}

#[tokio::test]
async fn an_invoice_that_differs_is_a_mismatch_and_is_not_verified() {
    for (listed, field) in [
        (json!({"payableAmount": 1_000_001}), ComparedField::Amount),
        (json!({"billNumber": "1001"}), ComparedField::Order),
        (json!({"id": 32158}), ComparedField::Reference),
        (json!({"business": {"id": 7868}}), ComparedField::Merchant),
    ] {
        let provider = paid().await;
        provider.answer(LIST, good(json!([issued_with(listed)])));
        let pod = builder(&provider).business(7867).build().unwrap();
        let pod: Box<dyn PaymentProvider> = Box::new(pod);
        let settlement = pod.settle(&expected(record().await)).await.unwrap();
        assert_mismatch(&settlement, field);
        assert_eq!(provider.take_called(), [LIST]);
    }
}

#[tokio::test]
async fn what_names_no_payment_is_refused() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    let refused = "errorResult=%7B%22hasError%22%3Atrue%2C%22errorCode%22%3A72%7D";
    for query in ["", "paid=true", "invoiceId=0", refused] {
        for error in [
            pod.read_return(query).unwrap_err(),
            pod.read_webhook(query.as_bytes()).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Invalid, "{query}: {error}");
            assert_eq!(error.effect(), Effect::NotExecuted);
        }
    }
    for body in [&b"invoiceId=\xff"[..], &[b'a'; 17 * 1024]] {
        assert!(pod.read_webhook(body).is_err());
    }
}

fn wanted() -> NewPayment {
    payment()
        .with_return_url("https://shop.example/back?order=1000")
        .unwrap()
        .with_notify_url("https://shop.example/hook")
        .unwrap()
}

fn stored(handle: &Handle) -> Handle {
    serde_json::from_str(&serde_json::to_string(handle).unwrap()).unwrap()
}

/// The handle of a create whose answer was lost.
async fn lost(account: &Provider, pod: &dyn PaymentProvider) -> Handle {
    account.answer(ISSUE, bad(378));
    let error = pod.create(&wanted()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    stored(error.handle().unwrap())
}

#[track_caller]
fn created(resolution: Resolution<Resolved>) -> Created {
    let Resolution::Executed(resolved) = resolution else {
        panic!("{resolution:?}");
    };
    resolved.created().unwrap().clone()
}

#[tokio::test]
async fn a_lost_create_comes_back_as_it_would_have_been_answered() {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([issued()])));
    for business in [None, Some(7867)] {
        let pod = builder(&account);
        let pod = match business {
            Some(id) => pod.business(id),
            None => pod,
        };
        let pod: Box<dyn PaymentProvider> = Box::new(pod.build().unwrap());
        account.answer(ISSUE, good(issued()));
        let answered = pod.create(&wanted()).await.unwrap();
        let before = stored(pod.prepare(&wanted()).unwrap().handle());
        let after = lost(&account, &*pod).await;
        for handle in [before, after] {
            let found = created(pod.resolve(&handle).await.unwrap());
            assert_eq!(found, answered);
            let link = found.link().unwrap().as_str();
            assert!(link.contains("&redirectUri=https"), "{link}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_paid_at_the_price_stays_unknown() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    let handle = lost(&account, &*pod).await;
    for (listed, kind) in [
        (json!({"payableAmount": 1_090_000}), ErrorKind::Mismatch),
        (json!({"uniqueNumber": null}), ErrorKind::Untrusted),
    ] {
        account.answer(LIST, good(json!([issued_with(listed)])));
        let error = pod.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
    }
}

#[tokio::test]
async fn a_lost_cancellation_is_looked_up_by_the_invoice() {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([issued()])));
    account.answer(CANCEL, bad(227));
    let pod = chosen(&account);
    let error = pod.disable(&record().await).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let handle = stored(error.handle().unwrap());
    let cancelled = issued_with(json!({"canceled": true}));
    account.answer(LIST, good(json!([cancelled])));
    let resolution = pod.resolve(&handle).await.unwrap();
    let Resolution::Executed(Resolved::Changed(payment)) = resolution else {
        panic!("{resolution:?}");
    };
    assert_eq!(payment.state(), &PaymentState::Cancelled);
}

#[tokio::test]
async fn every_state_has_a_neutral_name() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    let two_steps = |members: Value| {
        let mut members = members;
        members["verificationNeeded"] = json!(false);
        members
    };
    for (members, state) in [
        (two_steps(json!({})), PaymentState::Unpaid),
        (two_steps(json!({"waiting": true})), PaymentState::Paying),
        (json!({}), PaymentState::Unconfirmed),
        (json!({"willBePaid": true}), PaymentState::Promised),
        (json!({"payed": true}), PaymentState::Paid),
        (json!({"canceled": true}), PaymentState::Cancelled),
        (
            json!({"payed": true, "canceled": true}),
            PaymentState::Unclear("unclear".into()),
        ),
    ] {
        account.answer(LIST, good(json!([issued_with(members)])));
        let payment = pod.state(&record().await).await.unwrap();
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.reference(), Some("1000"));
        assert_eq!(payment.amount(), Some(&rial("1000000")));
        let receipt = (state == PaymentState::Paid).then_some("53133389");
        assert_eq!(payment.receipt(), receipt, "{state}");
        let ids: Vec<_> = payment.ids().collect();
        assert_eq!(ids, [("invoiceId", "32157")]);
    }
    assert!(account.take_called().iter().all(|it| *it == LIST));
}

#[tokio::test]
async fn an_invoice_that_is_not_listed_is_no_state() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    for list in [json!([]), json!([issued_with(json!({"id": 9}))])] {
        account.answer(LIST, good(list));
        let error = pod.state(&record().await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().has(ComparedField::Reference));
    }
}

fn counting(list: Value, count: u64) -> Value {
    let mut answer = good(list);
    answer["count"] = json!(count);
    answer
}

#[tokio::test]
async fn a_list_goes_on_until_pod_has_no_more() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    let one = |id: u64| issued_with(json!({"id": id}));
    let pages = [
        counting(json!([one(3), one(2)]), 3),
        counting(json!([one(1)]), 3),
    ];
    account.answers(LIST, pages);
    let first = pod.list(&ListPayments::new()).await.unwrap();
    assert_eq!(first.payments().len(), 2);
    let cursor = first.next().unwrap().clone();
    let second = pod
        .list(&ListPayments::new().with_after(cursor))
        .await
        .unwrap();
    assert_eq!(second.payments().len(), 1);
    assert_eq!(second.next(), None);
    let bodies: Vec<_> = account
        .requests()
        .iter()
        .map(paylink_testkit::MockRequest::body_string)
        .collect();
    let list = "scProductId=29813&scApiKey=key-of-the-wire-tests";
    assert_eq!(
        bodies,
        [
            format!("{list}&offset=0&size=100"),
            format!("{list}&offset=2&size=100")
        ]
    );
}

/// POD's count is 0 where it has not counted.
#[tokio::test]
async fn without_a_count_an_empty_page_is_the_end() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    account.answer(LIST, good(json!([issued()])));
    let page = pod.list(&ListPayments::new()).await.unwrap();
    assert_eq!(page.next(), Some(&Cursor::new("1")));
    account.answer(LIST, good(json!([])));
    let page = pod
        .list(&ListPayments::new().with_after(Cursor::new("1")))
        .await;
    assert_eq!(page.unwrap().next(), None);
}

#[tokio::test]
async fn a_day_is_from_its_first_second_to_its_last() {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([])));
    let day = "1403/05/20".parse().unwrap();
    let list = ListPayments::new().with_day(day);
    let page = chosen(&account).list(&list).await.unwrap();
    assert_eq!((page.payments().len(), page.next()), (0, None));
    let body = account.requests()[0].body_string();
    let range = "&fromDate=1403%2F05%2F20+00%3A00%3A00&toDate=1403%2F05%2F20+23%3A59%3A59";
    assert!(body.ends_with(range), "{body}");
}

#[tokio::test]
async fn an_invoice_that_is_not_paid_is_cancelled() {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([issued()])));
    account.answer(CANCEL, good(true));
    let done = chosen(&account).disable(&record().await).await.unwrap();
    assert_eq!(done.message(), Some("reference number 234910992"));
    let cancel = account.requests().pop().unwrap().body_string();
    assert_eq!(
        cancel,
        "scProductId=29810&scApiKey=key-of-the-wire-tests&id=32157"
    );
    assert_eq!(account.take_called(), [LIST, CANCEL]);
}

#[tokio::test]
async fn what_is_paid_or_may_be_is_left_as_it_is() {
    for (members, kind) in [
        (json!({"payed": true}), ErrorKind::Invalid),
        (
            json!({"payed": true, "waiting": true, "closed": true}),
            ErrorKind::Indeterminate,
        ),
        (json!({"payed": Value::Null}), ErrorKind::Indeterminate),
    ] {
        let account = Provider::start().await;
        account.answer(LIST, good(json!([issued_with(members)])));
        account.answer(CANCEL, good(true));
        let error = chosen(&account).disable(&record().await).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(account.take_called(), [LIST]);
    }
}

#[tokio::test]
async fn another_invoice_than_the_records_is_left_as_it_is() {
    for (members, field) in [
        (json!({"billNumber": "1001"}), ComparedField::Order),
        (json!({"payableAmount": 1_000_001}), ComparedField::Amount),
    ] {
        let account = Provider::start().await;
        account.answer(LIST, good(json!([issued_with(members)])));
        account.answer(CANCEL, good(true));
        let error = chosen(&account).disable(&record().await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().has(field), "{error}");
        assert_eq!(account.take_called(), [LIST]);
    }
}

#[tokio::test]
async fn a_cancellation_that_pod_refuses_is_not_executed() {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([issued()])));
    account.answer(CANCEL, bad(45));
    let error = chosen(&account).disable(&record().await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.effect(), Effect::NotExecuted);
}
