//! POD behind the neutral API, as far as the conformance suite leaves it open.

use std::time::{Duration, SystemTime};

use paylink_core::provider::{
    Created, Cursor, ExpectedPayment, Input, ListPayments, NewPayment, OrderReference, Payment,
    PaymentRecord, PaymentState, Resolved,
};
use paylink_core::{
    ComparedField, Currency, Effect, Error, ErrorKind, Handle, Money, PaymentProvider, Resolution,
    ReturnUrl, Settlement, Timeouts,
};
use paylink_testkit::{MockRequest, assert_matches};
use pod_invoice_client::{Environment, PodBuilder};
use serde_json::{Value, json};

use crate::provider::{KEY, Provider, bad, good};
use crate::samples::{BILL, invoice_with};

const ISSUE: u32 = 29796;
const LIST: u32 = 29813;
const VERIFY: u32 = 29809;
const CANCEL: u32 = 29810;

fn rial(amount: &str) -> Money {
    Money::new(amount, Currency::Irr).unwrap()
}

fn payment() -> NewPayment {
    NewPayment::new(BILL, rial("1000000")).unwrap()
}

fn builder(account: &Provider) -> PodBuilder {
    let builder = account.builder(Environment::Production);
    builder.key(KEY).guild("CLOTHING_GUILD")
}

/// A client of it, chosen at run time.
fn chosen(account: &Provider) -> Box<dyn PaymentProvider> {
    Box::new(builder(account).build().unwrap())
}

/// The invoice of the payment, with these members in place of its own.
fn issued_with(members: Value) -> Value {
    let mut invoice = invoice_with(json!({
        "payableAmount": 1_000_000, "vat": 0, "verificationNeeded": true
    }));
    let Value::Object(members) = members else {
        panic!("members make an object");
    };
    invoice.as_object_mut().unwrap().extend(members);
    invoice
}

fn issued() -> Value {
    issued_with(json!({}))
}

/// What is stored with the order of the sample, as it comes back from the store.
async fn record() -> PaymentRecord {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let created = chosen(&account).create(&payment()).await.unwrap();
    let stored = serde_json::to_string(created.record()).unwrap();
    serde_json::from_str(&stored).unwrap()
}

fn expected(record: PaymentRecord) -> ExpectedPayment {
    ExpectedPayment::new(BILL.parse().unwrap(), rial("1000000"), record)
}

/// The payment with both ways back.
fn wanted() -> NewPayment {
    let payment = payment().with_return_url("https://shop.example/back?order=1000");
    payment
        .unwrap()
        .with_notify_url("https://shop.example/hook")
        .unwrap()
}

#[tokio::test]
async fn every_taken_input_is_sent_or_stands_in_the_link() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let payment = wanted().with_description("یک جفت کفش").unwrap();
    let payment = payment.with_mobile("0912 000 0000".parse().unwrap());
    let created = chosen(&account).create(&payment).await.unwrap();
    let requests = account.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].body_string(),
        "scProductId=29796&scApiKey=key-of-the-wire-tests&productId%5B%5D=0&price%5B%5D=1000000&quantity%5B%5D=1\
         &productDescription%5B%5D=%DB%8C%DA%A9+%D8%AC%D9%81%D8%AA+%DA%A9%D9%81%D8%B4\
         &guildCode=CLOTHING_GUILD&billNumber=1000&preferredTaxRate=0&verificationNeeded=true\
         &cellphoneNumber=09120000000"
    );
    assert_eq!(
        created.link().unwrap().as_str(),
        "https://pay.pod.ir/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f\
         &redirectUri=https%3A%2F%2Fshop.example%2Fback%3Forder%3D1000&callUri=https%3A%2F%2Fshop.example%2Fhook"
    );
}

#[tokio::test]
async fn an_app_stands_in_the_link_and_in_the_link_that_is_made_again() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let app = ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back?order=1000").unwrap();
    let payment = payment().with_parsed_return_url(app);
    let created = chosen(&account).create(&payment).await.unwrap();
    let link = created.link().unwrap().as_str();
    let tail = "&redirectUri=myapp%3A%2F%2Fback%3Forder%3D1000";
    assert!(link.ends_with(tail), "{link}");
    let pod = chosen(&account);
    let prepared = pod.prepare(&payment).unwrap();
    let kept = prepared.handle().id("redirectUri");
    assert_eq!(kept, Some("myapp://back?order=1000"));
}

#[tokio::test]
async fn a_way_back_that_holds_pods_own_names_stops_the_payment() {
    let account = Provider::start().await;
    let back = payment().with_return_url("https://shop.example/?invoiceId=7");
    let hook = payment().with_notify_url("https://shop.example/?paid=true");
    for (payment, input) in [(back, Input::ReturnUrl), (hook, Input::NotifyUrl)] {
        let created = chosen(&account).create(&payment.unwrap()).await;
        let error = created.unwrap_err();
        assert_refused(&error, ErrorKind::Invalid);
        assert!(error.to_string().starts_with(input.as_str()), "{error}");
        assert_eq!(error.invalid().unwrap().key(), input.key().as_str());
    }
    assert_eq!(account.requests().len(), 0);
}

#[tokio::test]
async fn the_record_holds_what_settling_needs() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let created = chosen(&account).create(&payment()).await.unwrap();
    let body = account.requests()[0].body_string();
    // "سفارش 1000", since nothing else describes it.
    let described = "&productDescription%5B%5D=%D8%B3%D9%81%D8%A7%D8%B1%D8%B4+1000&";
    assert!(body.contains(described), "{body}");
    let record = created.record();
    assert_eq!(record.provider(), "pod");
    assert_eq!(record.reference().as_str(), "1000");
    assert_eq!(record.amount(), &rial("1000000"));
    assert_eq!(record.merchant(), None, "the token says whose it is");
    assert_eq!(record.id("invoiceId"), Some("32157"));
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    assert_eq!(record.created_at(), now);
    let link = "https://pay.pod.ir/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f";
    assert_eq!(created.link().unwrap().as_str(), link);

    let stored = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&stored).unwrap(), created);
}

#[tokio::test]
async fn a_business_that_is_known_stands_in_the_record() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let pod = builder(&account).business(7867).build().unwrap();
    let pod: Box<dyn PaymentProvider> = Box::new(pod);
    let created = pod.create(&payment()).await.unwrap();
    assert_eq!(created.record().merchant(), Some("7867"));
}

#[tokio::test]
async fn an_answer_without_the_unique_number_is_read_once() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued_with(json!({"uniqueNumber": null}))));
    account.answer(LIST, good(json!([issued()])));
    let created = chosen(&account).create(&payment()).await.unwrap();
    assert!(created.link().is_some());
    assert_eq!(account.take_called(), [ISSUE, LIST]);
}

/// The invoice was issued: whatever fails afterwards, issuing it again would be wrong.
#[tokio::test]
async fn an_invoice_without_a_link_or_of_another_amount_is_an_unknown_outcome() {
    let nameless = || good(issued_with(json!({"uniqueNumber": null})));
    let taxed = good(issued_with(json!({"payableAmount": 1_090_000})));
    let odd = good(issued_with(json!({"uniqueNumber": "a b"})));
    let listed_empty = good(json!([issued_with(json!({"uniqueNumber": ""}))]));
    for (answer, list, kind) in [
        (nameless(), good(json!([])), ErrorKind::Untrusted),
        (nameless(), listed_empty, ErrorKind::Untrusted),
        (nameless(), bad(21), ErrorKind::Refused),
        (odd, bad(21), ErrorKind::Untrusted),
        (taxed, bad(21), ErrorKind::Mismatch),
    ] {
        let account = Provider::start().await;
        account.answer(ISSUE, answer);
        account.answer(LIST, list);
        let pod = chosen(&account);
        let error = pod.create(&payment()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.effect(), Effect::Unknown, "{error}");
        let handle = error.handle().unwrap();
        assert_eq!(handle.reference(), Some("1000"));
        if let Some(mismatch) = error.mismatch() {
            assert!(mismatch.has(ComparedField::Amount));
        }
    }
}

#[tokio::test]
async fn without_a_guild_nothing_is_created_and_the_error_says_how_to_set_one() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let pod = account.builder(Environment::Production).key(KEY);
    let pod: Box<dyn PaymentProvider> = Box::new(pod.build().unwrap());
    for error in [
        pod.prepare(&payment()).unwrap_err(),
        pod.create(&payment()).await.unwrap_err(),
    ] {
        assert_refused(&error, ErrorKind::Configuration);
        assert!(error.to_string().contains(".guild(code)"), "{error}");
    }
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn a_guild_that_cannot_be_one_is_refused_when_the_client_is_built() {
    let account = Provider::start().await;
    for bad in ["", " ", "A\nB", " A"] {
        let error = builder(&account).guild(bad).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{bad:?}");
        assert!(error.to_string().contains("guild"), "{error}");
    }
}

#[track_caller]
fn assert_refused(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    assert_eq!(error.attempts(), 0, "{error}");
}

/// Preparing and creating refuse the same with the same words; what would leave no room for the link among it.
#[tokio::test]
async fn preparing_refuses_what_creating_would() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    let escaped = NewPayment::new("a&amp;b", rial("1")).unwrap();
    let long = format!("https://shop.example/{}", "a".repeat(900));
    let crowded = payment().with_return_url(&long).unwrap();
    let crowded = crowded.with_notify_url(&long).unwrap();
    for (payment, field) in [
        (escaped, OrderReference::KEY),
        (crowded, Input::ReturnUrl.key()),
    ] {
        let prepared = pod.prepare(&payment).unwrap_err();
        let created = pod.create(&payment).await.unwrap_err();
        assert_refused(&created, ErrorKind::Invalid);
        assert_eq!(prepared.to_string(), created.to_string());
        assert!(created.to_string().contains(field.label()), "{created}");
        assert_eq!(created.invalid().unwrap().key(), field.as_str());
    }
    let keyless = account.builder(Environment::Production);
    let keyless: Box<dyn PaymentProvider> = Box::new(keyless.guild("A").build().unwrap());
    let error = keyless.prepare(&payment()).unwrap_err();
    assert_refused(&error, ErrorKind::Configuration);
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn a_cursor_that_pod_did_not_give_is_refused() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    for cursor in ["", "-1", "next", "1.5"] {
        let list = ListPayments::new().with_after(Cursor::new(cursor));
        let error = pod.list(&list).await.unwrap_err();
        assert_refused(&error, ErrorKind::Invalid);
        assert_eq!(error.invalid().unwrap().key(), Cursor::KEY.as_str());
    }
    assert!(account.requests().is_empty());
}

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
    assert_matches!(again, Settlement::AlreadySettled(_));
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
    assert!(pod.capabilities().is_unconfirmed_before_payment());
    let issued = SystemTime::UNIX_EPOCH + Duration::from_millis(1_566_630_237_976);
    assert_eq!(read.created_at(), Some(issued));
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

/// A record of another business is told before anything is asked: POD would look in this one's invoices.
#[tokio::test]
async fn a_record_of_another_business_is_not_acted_on() {
    let provider = paid().await;
    provider.answer(ISSUE, good(issued()));
    let of = |business| -> Box<dyn PaymentProvider> {
        Box::new(builder(&provider).business(business).build().unwrap())
    };
    let created = of(7867).create(&payment()).await.unwrap();
    let record = created.record().clone();
    provider.take_called();
    let other = of(7868);
    let settlement = other.settle(&expected(record.clone())).await.unwrap();
    assert_mismatch(&settlement, ComparedField::Merchant);
    for error in [
        other.state(&record).await.unwrap_err(),
        other.disable(&record).await.unwrap_err(),
    ] {
        assert_refused(&error, ErrorKind::Mismatch);
        assert!(error.mismatch().unwrap().has(ComparedField::Merchant));
    }
    assert!(provider.take_called().is_empty());
    assert!(of(7867).state(&record).await.is_ok());
}

#[tokio::test]
async fn the_longest_call_is_the_transport_s() {
    let account = Provider::start().await;
    let total = Timeouts::default().total;
    assert_eq!(chosen(&account).longest_call(), total);
    assert!(total > Duration::ZERO);
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
        let mut pod = builder(&account);
        if let Some(id) = business {
            pod = pod.business(id);
        }
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
    let waiting = json!({"verificationNeeded": false, "waiting": true});
    let contradiction = json!({"payed": true, "canceled": true});
    for (members, state) in [
        (json!({"verificationNeeded": false}), PaymentState::Unpaid),
        (waiting, PaymentState::Paying),
        (json!({}), PaymentState::Unconfirmed),
        (json!({"willBePaid": true}), PaymentState::Promised),
        (json!({"payed": true}), PaymentState::Paid),
        (json!({"canceled": true}), PaymentState::Cancelled),
        (contradiction, PaymentState::Unclear("unclear".into())),
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
    let after = ListPayments::new().with_after(cursor);
    let second = pod.list(&after).await.unwrap();
    assert_eq!(second.payments().len(), 1);
    assert_eq!(second.next(), None);
    let requests = account.requests();
    let bodies: Vec<_> = requests.iter().map(MockRequest::body_string).collect();
    let page = |offset| {
        format!("scProductId=29813&scApiKey=key-of-the-wire-tests&offset={offset}&size=100")
    };
    assert_eq!(bodies, [page(0), page(2)]);
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
    let after = ListPayments::new().with_after(Cursor::new("1"));
    assert_eq!(pod.list(&after).await.unwrap().next(), None);
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
    let expected = "scProductId=29810&scApiKey=key-of-the-wire-tests&id=32157";
    assert_eq!(cancel, expected);
    assert_eq!(account.take_called(), [LIST, CANCEL]);
}

#[tokio::test]
async fn what_is_paid_or_may_be_is_left_as_it_is() {
    let contradiction = json!({"payed": true, "waiting": true, "closed": true});
    for (members, kind) in [
        (json!({"payed": true}), ErrorKind::Invalid),
        (contradiction, ErrorKind::Indeterminate),
        (json!({"payed": Value::Null}), ErrorKind::Indeterminate),
    ] {
        assert_eq!(not_disabled(members).await.kind(), kind);
    }
}

#[tokio::test]
async fn another_invoice_than_the_records_is_left_as_it_is() {
    for (members, field) in [
        (json!({"billNumber": "1001"}), ComparedField::Order),
        (json!({"payableAmount": 1_000_001}), ComparedField::Amount),
    ] {
        let error = not_disabled(members).await;
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert!(error.mismatch().unwrap().has(field), "{error}");
    }
}

/// Disables the payment, whose invoice has these members: it is read, and not cancelled.
async fn not_disabled(members: Value) -> Error {
    let account = Provider::start().await;
    account.answer(LIST, good(json!([issued_with(members)])));
    account.answer(CANCEL, good(true));
    let error = chosen(&account).disable(&record().await).await.unwrap_err();
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    assert_eq!(account.take_called(), [LIST]);
    error
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
