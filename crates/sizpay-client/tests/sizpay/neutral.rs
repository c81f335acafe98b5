//! SizPay behind the neutral API: what the conformance suite cannot know of it.

use std::time::{Duration, SystemTime};

use paylink_core::provider::{
    Capability, Created, Cursor, ExpectedPayment, Input, ListPayments, NewPayment, OrderReference,
    Payment, PaymentRecord, PaymentState, Resolved,
};
use paylink_core::{
    ComparedField, Currency, Effect, Error, ErrorKind, Handle, Money, PaymentProvider, Resolution,
    Settlement, Timeouts,
};
use serde_json::{Value, json};
use sizpay_client::Via;
use sizpay_client::operations::DisableLink;

use crate::provider::{LINK_NAME, Provider};
use crate::samples::{day, element, listed, send_id, sent};
use paylink_testkit::Answer;

/// The order's reference, and the number of the document's section 1.
const ORDER: &str = "99112101";

fn rial(amount: &str) -> Money {
    Money::new(amount, Currency::Irr).unwrap()
}

/// The link of the document's section 1.
pub(crate) fn payment() -> NewPayment {
    payment_of(ORDER, rial("10000"))
}

fn payment_of(reference: &str, price: Money) -> NewPayment {
    let payment = NewPayment::new(reference, price).unwrap();
    payment.with_mobile("09122272730".parse().unwrap())
}

/// A client of it, chosen at run time.
fn chosen(account: &Provider, via: Via) -> Box<dyn PaymentProvider> {
    Box::new(account.client_via(via))
}

fn over_rest(account: &Provider) -> Box<dyn PaymentProvider> {
    chosen(account, Via::Rest)
}

/// What is stored with the order of the sample, as it comes back from the store; `at` is what the clock showed.
async fn record_at(seconds_later: u64) -> PaymentRecord {
    let account = Provider::answering(sent()).await;
    let later = Duration::from_secs(seconds_later);
    account.clock().advance(later);
    let created = over_rest(&account).create(&payment()).await.unwrap();
    let stored = serde_json::to_string(created.record()).unwrap();
    serde_json::from_str(&stored).unwrap()
}

async fn record() -> PaymentRecord {
    record_at(0).await
}

fn expected(record: PaymentRecord) -> ExpectedPayment {
    ExpectedPayment::new(ORDER.parse().unwrap(), rial("10000"), record)
}

/// From the samples' clock to midnight in Tehran, but for ten seconds.
const ALMOST_MIDNIGHT: u64 = 9 * 3600 + 54 * 60 + 41;

#[tokio::test]
async fn every_taken_input_is_sent() {
    let account = Provider::answering(sent()).await;
    let payment = payment()
        .with_payer_name("سارا احمدی")
        .unwrap()
        .with_description("two tickets for the night train")
        .unwrap();
    let created = over_rest(&account).create(&payment).await;
    assert!(created.is_ok(), "{created:?}");
    let requests = account.requests();
    assert_eq!(requests.len(), 1);
    let place = account.url("/api/PayLinkSend/PayLinkSend");
    assert_eq!(requests[0].uri_str(), place);
    assert_eq!(
        requests[0].body_string(),
        r#"{"UserName":"8WgRua1wrPSyyGwLz7USE2z7kqcsmHgYFYFUsobQ7oI=","Password":"ke41wJbHLA+ppn2HIIJeXw==","PayLinkName":"hosseini","Amount":10000,"MobileNo":"09122272730","InvoiceNo":"99112101","CustomerName":"سارا احمدی","Description":"two tickets for the night train"}"#
    );
}

#[tokio::test]
async fn the_record_holds_what_settling_needs_and_the_link_is_shown() {
    let account = Provider::answering(sent()).await;
    let created = over_rest(&account).create(&payment()).await.unwrap();
    let record = created.record();
    assert_eq!(record.provider(), "sizpay");
    assert_eq!(record.reference().as_str(), "99112101");
    assert_eq!(record.amount(), &rial("10000"));
    assert_eq!(record.merchant(), Some(LINK_NAME));
    assert_eq!(record.id("PayLinkSendID"), Some("26041"));
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_866_909);
    assert_eq!(record.created_at(), now);
    let link = created.link().unwrap().as_str();
    assert_eq!(link, "https://me.sizpay.ir/hosseini/0200260411");
    assert_eq!((created.transfer(), created.expires_at()), (None, None));

    let stored = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&stored).unwrap(), created);
}

/// `1000` and `۱۰۰۰` are two orders, and would be one number of SizPay's.
#[tokio::test]
async fn a_reference_in_other_digits_is_refused() {
    let account = Provider::answering(sent()).await;
    let sizpay = over_rest(&account);
    for reference in ["۹۹۱۱۲۱۰۱", "٩٩", "order ۱"] {
        let payment = payment_of(reference, rial("10000"));
        let error = sizpay.create(&payment).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains("in Latin"), "{error}");
        assert!(sizpay.prepare(&payment).is_err());
    }
    assert_eq!(account.requests().len(), 0);
}

#[tokio::test]
async fn a_link_comes_back_where_it_is_declared_and_nowhere_else() {
    let answer = json!({"d": {"ResCod": 1, "Message": "", "PayLinkSendID": 26041}});
    let account = Provider::answering(answer).await;
    let sizpay = chosen(&account, Via::AsmxJson);
    let created = sizpay.create(&payment()).await.unwrap();
    assert_eq!(created.link(), None);
    assert_eq!(created.record().id("PayLinkSendID"), Some("26041"));
    for via in Via::ALL.iter().copied() {
        let sizpay = chosen(&account, via);
        let declared = sizpay.capabilities().support(Capability::PayLink);
        assert_eq!(declared.is_supported(), via == Via::Rest, "{via}");
    }
}

#[track_caller]
fn assert_refused(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    assert_eq!(error.attempts(), 0, "{error}");
}

/// Preparing and creating refuse the same with the same words.
#[tokio::test]
async fn preparing_refuses_what_creating_would() {
    let account = Provider::start().await;
    let sizpay = over_rest(&account);
    let long = "س".repeat(51);
    let name = Input::PayerName.key();
    let description = Input::Description.key();
    let without_mobile = NewPayment::new("1", rial("1")).unwrap();
    let two_lines = payment().with_description("two\nlines").unwrap();
    for (payment, field) in [
        (without_mobile, Input::Mobile.key()),
        (two_lines, description),
        (payment_of("1,2", rial("1")), OrderReference::KEY),
        (payment_of("۱", rial("1")), OrderReference::KEY),
        (payment_of(&"1".repeat(101), rial("1")), OrderReference::KEY),
        (payment_of("1", rial("9223372036854775808")), Money::KEY),
        (payment_of("1", rial("0.5")), Money::KEY),
        (payment().with_payer_name(&long).unwrap(), name),
        (payment().with_description(&long).unwrap(), description),
    ] {
        let prepared = sizpay.prepare(&payment).unwrap_err();
        let created = sizpay.create(&payment).await.unwrap_err();
        assert_refused(&created, ErrorKind::Invalid);
        assert_eq!(prepared.to_string(), created.to_string());
        assert_eq!(created.invalid().unwrap().key(), field.as_str());
        assert!(created.to_string().contains(field.label()), "{created}");
    }
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn a_list_has_one_page() {
    let account = Provider::start().await;
    let sizpay = over_rest(&account);
    let second_page = ListPayments::new().with_day(day());
    let second_page = second_page.with_after(Cursor::new("2"));
    let error = sizpay.list(&second_page).await.unwrap_err();
    assert_refused(&error, ErrorKind::Invalid);
    assert_eq!(error.invalid().unwrap().key(), Cursor::KEY.as_str());
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn a_state_is_read_and_only_what_agrees_with_itself_is_clear() {
    let unclear = |text: &str| PaymentState::Unclear(text.into());
    for (status, number, state) in [
        (0, "", PaymentState::Unpaid),
        (1, "77", PaymentState::Paid),
        (1, "", unclear("paid, and without a reference number")),
        (0, "77", unclear("unpaid, and with a reference number")),
        (2, "77", unclear("2")),
    ] {
        let account = Provider::answering(listed(json!([element(26041, status, number)]))).await;
        let payment = over_rest(&account).state(&record().await).await.unwrap();
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.amount(), None, "SizPay reports none");
        let receipt = Some(number).filter(|number| !number.is_empty());
        assert_eq!(payment.receipt(), receipt);
        let ids: Vec<_> = payment.ids().collect();
        assert_eq!(ids, [("PayLinkSendID", "26041")]);
        assert_eq!(account.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_link_that_sizpay_does_not_report_is_neither_paid_nor_unpaid() {
    let account = Provider::answering(listed(json!([]))).await;
    let state = over_rest(&account).state(&record().await).await;
    assert_eq!(state.unwrap_err().kind(), ErrorKind::Indeterminate);

    account.answer(listed(json!([element(9, 1, "77")])));
    let state = over_rest(&account).state(&record().await).await;
    let error = state.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.mismatch().unwrap().has(ComparedField::Reference));
}

#[tokio::test]
async fn a_day_is_listed_in_one_page() {
    let paid = json!({"PayLinkSendID": 7, "InvoiceNo": "1000", "Status": 1, "RefNo": "77"});
    let account = Provider::answering(listed(json!([paid, element(8, 0, "")]))).await;
    let list = ListPayments::new().with_day(day());
    let page = over_rest(&account).list(&list).await.unwrap();
    assert_eq!(page.next(), None);
    let [first, second] = page.payments() else {
        panic!("{page:?}");
    };
    assert_eq!(first.reference(), Some("1000"));
    assert_eq!(first.state(), &PaymentState::Paid);
    assert_eq!(second.reference(), None);
    assert_eq!(second.state(), &PaymentState::Unpaid);
    let asked = account.bodies().pop().unwrap();
    assert_eq!(asked["PayLinkSendDate"], "1399/11/21");
    assert_eq!(asked["PayLinkFilterList"], "");
}

/// What is not offered is said before what is missing.
#[tokio::test]
async fn a_list_is_not_offered_over_asmx_with_or_without_a_day() {
    let account = Provider::start().await;
    let asmx = chosen(&account, Via::AsmxJson);
    for list in [ListPayments::new(), ListPayments::new().with_day(day())] {
        let error = asmx.list(&list).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn the_longest_call_is_the_transport_s() {
    let account = Provider::start().await;
    let total = Timeouts::default().total;
    assert_eq!(over_rest(&account).longest_call(), total);
    assert!(total > Duration::ZERO);
}

fn paid() -> Value {
    listed(
        json!([{"PayLinkSendID": 26041, "InvoiceNo": ORDER, "Status": 1, "RefNo": "880012345678"}]),
    )
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
async fn a_paid_link_is_settled_every_time_in_either_unit() {
    let account = Provider::answering(paid()).await;
    let sizpay = over_rest(&account);
    let toman = Money::new("1000", Currency::Irt).unwrap();
    let in_toman = ExpectedPayment::new(ORDER.parse().unwrap(), toman, record().await);
    for expected in [expected(record().await), in_toman] {
        let settlement = sizpay.settle(&expected).await.unwrap();
        assert!(matches!(settlement, Settlement::AlreadySettled(_)));
        let proof = settlement.proof().unwrap();
        assert_eq!(proof.order(), ORDER);
        assert_eq!(proof.reference(), "26041");
        assert_eq!(proof.amount(), &rial("10000"));
        assert_eq!(proof.receipt(), Some("880012345678"));
    }
    let asked = account.bodies().pop().unwrap();
    assert_eq!(asked["PayLinkFilterList"], "26041");
    assert_eq!(asked["PayLinkSendDate"], "1399/11/21");
}

#[tokio::test]
async fn a_report_that_differs_is_a_mismatch() {
    let another_order =
        json!({"PayLinkSendID": 26041, "InvoiceNo": "7", "Status": 1, "RefNo": "1"});
    for (reported, field) in [
        (another_order, ComparedField::Order),
        (element(9, 1, "77"), ComparedField::Reference),
    ] {
        let account = Provider::answering(listed(json!([reported]))).await;
        let settlement = over_rest(&account).settle(&expected(record().await)).await;
        assert_mismatch(&settlement.unwrap(), field);
    }
}

/// "Not paid" is also what SizPay says of a link that it does not have under that day.
#[tokio::test]
async fn around_midnight_a_doubtful_report_does_not_hide_a_certain_one() {
    let account = Provider::start().await;
    let unpaid = || Answer::from(json!({"ResCod": 1, "PayLinkFirstStatus": 0}));
    account.answers([
        // Once to learn that it names no link, and once on a connection of its own.
        unpaid(),
        unpaid(),
        Answer::from(json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"})),
    ]);
    let at_night = expected(record_at(ALMOST_MIDNIGHT).await);
    let settlement = over_rest(&account).settle(&at_night).await.unwrap();
    assert_eq!(settlement.proof().unwrap().receipt(), Some("77"));
    assert_eq!(account.requests().len(), 3);
}

#[tokio::test]
async fn the_asmx_service_settles_as_well() {
    let answer = json!({"d": {
        "ResCod": 1, "Message": "", "prmPayLinkFirstStatus": 1, "prmPayLinkFirstRefNo": "77",
        "prmPayLinkListStatus": json!([element(26041, 1, "77")]).to_string()
    }});
    let account = Provider::answering(answer).await;
    let sizpay = chosen(&account, Via::AsmxJson);
    let settlement = sizpay.settle(&expected(record().await)).await.unwrap();
    assert_eq!(settlement.proof().unwrap().receipt(), Some("77"));
}

fn done() -> Value {
    json!({"ResCod": 1, "Message": "انجام شد"})
}

#[tokio::test]
async fn a_link_is_named_by_its_id_and_its_day() {
    let account = Provider::answering(done()).await;
    let sizpay = over_rest(&account);
    let record = record().await;
    let disabled = sizpay.disable(&record).await.unwrap();
    assert_eq!(disabled.message(), Some("انجام شد"));
    sizpay.resend(&record).await.unwrap();
    let requests = account.requests();
    let paths: Vec<_> = requests.iter().map(|it| it.uri_str().to_owned()).collect();
    let path = |method| account.url(&format!("/api/PayLinkSend/{method}"));
    assert_eq!(paths, [path("PayLinkDisable"), path("PayLinkReSend")]);
    for request in &requests {
        assert_eq!(
            request.body_string(),
            r#"{"UserName":"8WgRua1wrPSyyGwLz7USE2z7kqcsmHgYFYFUsobQ7oI=","Password":"ke41wJbHLA+ppn2HIIJeXw==","PayLinkName":"hosseini","PayLinkSendID":26041,"PayLinkFactorNo":"","PayLinkFactorDate":"1399/11/21"}"#
        );
    }
}

#[tokio::test]
async fn around_midnight_sizpay_is_asked_which_day_it_is() {
    let at_night = record_at(ALMOST_MIDNIGHT).await;
    let account = Provider::start().await;
    let sizpay = over_rest(&account);
    let there = listed(json!([element(26041, 0, "")]));
    let nothing = || listed(json!([]));
    // An empty list is asked for once more, on a connection of its own.
    for (reported, day) in [
        (vec![there.clone()], "1399/11/21"),
        (vec![nothing(), nothing(), there], "1399/11/22"),
    ] {
        let answers = reported.into_iter().chain([done()]);
        account.answers(answers.map(Answer::from));
        sizpay.disable(&at_night).await.unwrap();
        let body = account.bodies().pop().unwrap();
        assert_eq!(body["PayLinkFactorDate"], day);
    }

    let before = account.requests().len();
    account.answer(nothing());
    let error = sizpay.disable(&at_night).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert_eq!(account.requests().len(), before + 4, "questions alone");
}

#[tokio::test]
async fn a_doubtful_report_leaves_it_at_the_day_of_our_own_clock() {
    let at_night = record_at(ALMOST_MIDNIGHT + 20).await;
    let account = Provider::start().await;
    let doubtful = || Answer::from(json!({"ResCod": 1, "PayLinkFirstStatus": 0}));
    // Both days, the first one twice: once to learn that the answer names no link.
    account.answers([doubtful(), doubtful(), doubtful(), done().into()]);
    over_rest(&account).resend(&at_night).await.unwrap();
    let body = account.bodies().pop().unwrap();
    assert_eq!(body["PayLinkFactorDate"], "1399/11/22");
}

fn ours() -> Value {
    listed(json!([{"PayLinkSendID": 26041, "InvoiceNo": "99112101", "Status": 0, "RefNo": ""}]))
}

fn stored(handle: &Handle) -> Handle {
    serde_json::from_str(&serde_json::to_string(handle).unwrap()).unwrap()
}

/// The handle of a create whose answer was lost.
async fn lost(account: &Provider, sizpay: &dyn PaymentProvider) -> Handle {
    account.answer(Answer::json("").status(503));
    let payment = payment_of(ORDER, rial("10000"));
    let error = sizpay.create(&payment).await.unwrap_err();
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
async fn a_lost_create_comes_back_with_the_record_it_would_have_had() {
    let account = Provider::answering(sent()).await;
    let sizpay = over_rest(&account);
    let payment = payment_of(ORDER, rial("10000"));
    let answered = sizpay.create(&payment).await.unwrap();
    let before = stored(sizpay.prepare(&payment).unwrap().handle());
    let after = lost(&account, &*sizpay).await;
    for handle in [before, after] {
        account.answer(ours());
        let found = created(sizpay.resolve(&handle).await.unwrap());
        assert_eq!(found.record(), answered.record());
        assert_eq!(found.link(), None, "SizPay does not repeat it");
        let asked = account.bodies().pop().unwrap();
        assert_eq!(asked["PayLinkFilterList"], "99112101");
    }
}

/// A handle may be stored long before it is sent: the record has to lead to the day under which SizPay has the link.
#[tokio::test]
async fn a_link_that_was_sent_a_day_after_its_handle_is_settled_under_its_own_day() {
    let account = Provider::start().await;
    let sizpay = over_rest(&account);
    let prepared = sizpay.prepare(&payment_of("99112101", rial("10000")));
    let mut text = serde_json::to_value(prepared.unwrap().handle()).unwrap();
    let prepared_at = text["prepared_at_ms"].as_u64().unwrap();
    text["failed_at_ms"] = json!(prepared_at + 86_400_000);
    let handle: Handle = serde_json::from_value(text).unwrap();
    account.answers([listed(json!([])).into(), ours().into()]);
    let found = created(sizpay.resolve(&handle).await.unwrap());
    let settlement = sizpay.settle(&expected(found.record().clone())).await;
    assert!(settlement.unwrap().proof().is_none());
    assert_eq!(account.asked_days().pop().unwrap(), "1399/11/22");
}

#[tokio::test]
async fn a_link_whose_id_is_not_named_stays_unknown() {
    let account = Provider::start().await;
    let sizpay = over_rest(&account);
    let handle = lost(&account, &*sizpay).await;
    account.answer(json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"}));
    let error = sizpay.resolve(&handle).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate, "{error}");
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle(), Some(&handle));
}

#[tokio::test]
async fn what_cannot_be_looked_up_stays_unknown_without_asking() {
    let account = Provider::start().await;
    let payment = payment_of(ORDER, rial("10000"));
    let client = account.client();
    let disabled = client.disable_link(DisableLink::by_send_id(send_id(26041), day()));
    let rest = over_rest(&account);
    let asmx = chosen(&account, Via::AsmxJson);
    let sent_over_asmx = asmx.prepare(&payment).unwrap().handle().clone();
    for (sizpay, handle) in [(&rest, disabled.handle()), (&asmx, sent_over_asmx)] {
        let error = sizpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
    }
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn a_record_made_around_midnight_is_the_same_either_way() {
    let account = Provider::answering(sent()).await;
    let almost_midnight = Duration::from_secs(ALMOST_MIDNIGHT);
    account.clock().advance(almost_midnight);
    let sizpay = over_rest(&account);
    let payment = payment_of("99112101", rial("10000"));
    let answered = sizpay.create(&payment).await.unwrap();
    let handle = sizpay.prepare(&payment).unwrap().handle().clone();
    account.answers([listed(json!([])).into(), ours().into()]);
    let found = created(sizpay.resolve(&handle).await.unwrap());
    assert_eq!(found.record(), answered.record());
    assert_ne!(found.record(), &record().await);
}
