//! Settling one payment, and several at a time.

use std::time::{Duration, SystemTime};

use paylink_core::{CheckResult, ComparedField, Effect, ErrorKind};
use serde_json::{Value, json};
use sizpay_client::{
    Error, Expected, JalaliDate, PayState, PayStatus, Rial, Settlement, SizPay, Via,
};

use crate::provider::{KeptServer, Provider};
use crate::samples::{carried, day, element, listed, send_id};
use paylink_testkit::{Answer, FaultServer, Wire, assert_matches, faults};

fn expected() -> Expected {
    Expected::new(send_id(26041), "99112101", Rial::new(10_000), day()).unwrap()
}

async fn settle(answer: Value) -> Result<Settlement, Error> {
    let account = Provider::answering(answer).await;
    account.client().settle(&expected()).await
}

fn checked(settlement: &Settlement, field: ComparedField) -> CheckResult {
    let checks = settlement.proof().unwrap().checks();
    let check = checks.iter().find(|check| check.field() == field).unwrap();
    check.result()
}

#[tokio::test]
async fn a_paid_link_is_settled_every_time_and_never_as_if_it_were_the_first() {
    let paid = json!({"PayLinkSendID": 26041, "InvoiceNo": "99112101", "Status": 1, "RefNo": "880012345678"});
    let account = Provider::answering(listed(json!([paid]))).await;
    let sizpay = account.client();
    for _ in 0..2 {
        let settlement = sizpay.settle(&expected()).await.unwrap();
        assert!(matches!(settlement, Settlement::AlreadySettled(_)));
        let proof = settlement.proof().unwrap();
        assert_eq!(proof.amount().to_string(), "10000 IRR");
        assert_eq!(proof.order(), "99112101");
        assert_eq!(proof.reference(), "26041");
        assert_eq!(proof.receipt(), Some("880012345678"));
        for (field, how) in [
            (ComparedField::Reference, CheckResult::Equal),
            (ComparedField::Order, CheckResult::Equal),
            (ComparedField::Amount, CheckResult::NotReported),
            (ComparedField::Currency, CheckResult::NotReported),
            (ComparedField::Merchant, CheckResult::NotReported),
        ] {
            assert_eq!(checked(&settlement, field), how, "{field:?}");
        }
    }
}

#[tokio::test]
async fn what_an_answer_leaves_out_is_not_called_equal() {
    let by_id = settle(listed(json!([element(26041, 1, "77")]))).await;
    let first = json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"});
    let (by_id, nameless) = (by_id.unwrap(), settle(first).await.unwrap());
    for (settlement, field, how) in [
        (&by_id, ComparedField::Reference, CheckResult::Equal),
        (&by_id, ComparedField::Order, CheckResult::NotReported),
        (
            &nameless,
            ComparedField::Reference,
            CheckResult::NotReported,
        ),
    ] {
        assert_eq!(checked(settlement, field), how, "{field:?}");
    }
}

#[tokio::test]
async fn an_unpaid_link_is_not_paid() {
    let settlement = settle(listed(json!([element(26041, 0, "")]))).await;
    assert_matches!(settlement, Ok(Settlement::NotPaid(it)) if it.state == PayState::Unpaid);
}

#[tokio::test]
async fn another_link_or_another_invoice_is_a_mismatch() {
    let stranger = listed(json!([element(9, 1, "77")]));
    let Settlement::Mismatch(mismatch) = settle(stranger).await.unwrap() else {
        panic!("settled by another link");
    };
    assert!(mismatch.has(ComparedField::Reference));

    let paid = json!({"PayLinkSendID": 26041, "InvoiceNo": "7", "Status": 1, "RefNo": "77"});
    let Settlement::Mismatch(mismatch) = settle(listed(json!([paid]))).await.unwrap() else {
        panic!("settled by another invoice");
    };
    assert!(mismatch.has(ComparedField::Order) && !mismatch.has(ComparedField::Reference));
}

#[tokio::test]
async fn what_does_not_decide_is_neither_paid_nor_unpaid() {
    for (element, problem) in [
        (element(26041, 1, ""), "no reference number"),
        (element(26041, 1, "0"), "no reference number"),
        (element(26041, 0, "77"), "gives a reference number"),
        (element(26041, 2, "77"), "unknown state"),
    ] {
        let error = settle(listed(json!([element]))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Indeterminate, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.to_string().contains(problem), "{error}");
    }
    let error = settle(listed(json!([]))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    assert!(error.to_string().contains("1399/11/21"), "{error}");
}

#[tokio::test]
async fn around_midnight_both_days_are_looked_at() {
    // 1399/11/21 00:00:10 in Tehran by the merchant's clock; SizPay's was a little behind.
    let midnight = SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_816_210);
    let expected = Expected::sent_at(send_id(26041), "99112101", Rial::new(10_000), midnight);
    let account = Provider::start().await;
    let nothing = || Answer::from(listed(json!([])));
    // An empty list is asked for once more, on a connection of its own.
    let paid = listed(json!([element(26041, 1, "77")]));
    account.answers([nothing(), nothing(), Answer::from(paid)]);
    let settlement = account.client().settle(&expected.unwrap()).await.unwrap();
    assert!(settlement.proof().is_some());
    let days = account.asked_days();
    assert_eq!(days, ["1399/11/20", "1399/11/20", "1399/11/21"]);
}

#[tokio::test]
async fn the_asmx_service_settles_by_send_id_alone() {
    let answer = json!({"d": {
        "ResCod": 1, "Message": "", "prmPayLinkFirstStatus": 1, "prmPayLinkFirstRefNo": "77",
        "prmPayLinkListStatus": json!([element(26041, 1, "77")]).to_string()
    }});
    let account = Provider::answering(answer).await;
    let sizpay = account.client_via(Via::AsmxJson);
    let settlement = sizpay.settle(&expected()).await.unwrap();
    assert_eq!(settlement.proof().unwrap().receipt(), Some("77"));
    assert_eq!(account.requests().len(), 1);
}

/// An answer that came too many, on a connection that was kept, would say "paid" of whatever is asked next.
#[tokio::test]
async fn an_answer_to_nobody_s_question_finds_nobody() {
    let nameless = (
        Answer::json(r#"{"ResCod":1,"PayLinkFirstStatus":0}"#),
        Answer::json(r#"{"ResCod":1,"PayLinkFirstStatus":1,"PayLinkFirstRefNo":"77"}"#),
    );
    let another_link = (
        Answer::json(listed(json!([element(26041, 0, "")])).to_string()),
        Answer::json(listed(json!([element(9, 1, "77")])).to_string()),
    );
    for (unpaid, spare) in [nameless, another_link] {
        let server = FaultServer::start(Wire::Plain, faults::late_spare_answer(&unpaid, &spare));
        let server = server.await.unwrap();
        let sizpay = SizPay::builder("k1", "k2", "hosseini").base_url(server.url());
        let sizpay = sizpay.build().unwrap();
        for _ in 0..3 {
            let settlement = sizpay.settle(&expected()).await.unwrap();
            assert_matches!(settlement, Settlement::NotPaid(_));
        }
        assert!(server.shutdown().await.connections() >= 3);
    }
}

fn expected_of(id: u64, number: &str, sent_on: JalaliDate) -> Expected {
    Expected::new(send_id(id), number, Rial::new(10_000), sent_on).unwrap()
}

fn paid(id: u64, number: &str) -> Value {
    json!({"PayLinkSendID": id, "InvoiceNo": number, "Status": 1, "RefNo": "880012345678"})
}

#[tokio::test]
async fn fifty_links_take_one_request() {
    let ids = 26_001..=26_050_u64;
    let listed = |id: u64| match id % 2 {
        0 => paid(id, &id.to_string()),
        _ => element(id, 0, ""),
    };
    let list: Vec<Value> = ids.clone().map(listed).rev().collect();
    let expected = |id: u64| expected_of(id, &id.to_string(), day());
    let all: Vec<Expected> = ids.clone().map(expected).collect();
    for via in Via::ALL {
        let answer = json!({"ResCod": 1, "prmPayLinkListStatus": json!(list).to_string()});
        let account = Provider::answering(carried(*via, "PayLinkPayStatus", &answer)).await;
        let settled = account.client_via(*via).settle_many(&all).await.unwrap();
        assert_eq!(account.requests().len(), 1, "{via}");
        assert_eq!(settled.len(), 50);
        for (id, settlement) in ids.clone().zip(settled) {
            match (id % 2, settlement.unwrap()) {
                (0, Settlement::AlreadySettled(proof)) => {
                    assert_eq!(proof.reference(), id.to_string());
                    assert_eq!(proof.order(), id.to_string());
                    assert_eq!(proof.receipt(), Some("880012345678"));
                }
                (1, Settlement::NotPaid(payment)) => assert_eq!(payment.send_id, Some(send_id(id))),
                (_, other) => panic!("{id}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn each_is_held_against_its_own_record() {
    let list = listed(json!([
        paid(1, "1000"),
        paid(2, "9"),
        {"PayLinkSendID": 3, "InvoiceNo": [1002], "Status": 1, "RefNo": "77"},
        element(4, 1, ""),
        element(5, 0, "")
    ]));
    let account = Provider::answering(list).await;
    let all: Vec<Expected> = (1..=5)
        .map(|id| expected_of(id, &(999 + id).to_string(), day()))
        .collect();
    let settled = account.client().settle_many(&all).await.unwrap();
    assert_eq!(account.requests().len(), 1);
    let [first, second, third, fourth, fifth] = settled.try_into().unwrap();
    assert!(first.unwrap().proof().is_some());
    for mismatched in [second, third] {
        assert_matches!(mismatched, Ok(Settlement::Mismatch(it)) if it.has(ComparedField::Order));
    }
    assert_eq!(fourth.unwrap_err().kind(), ErrorKind::Indeterminate);
    assert!(matches!(fifth.unwrap(), Settlement::NotPaid(_)));
}

#[tokio::test]
async fn what_the_common_answer_does_not_name_is_asked_about_by_itself() {
    let account = Provider::start().await;
    for common in [
        listed(json!([paid(1, "1000")])),
        listed(json!([])),
        // A stranger's link, two states of one, an element without a name, no list at all.
        listed(json!([paid(1, "1000"), paid(9, "9")])),
        listed(json!([paid(1, "1000"), element(1, 0, "")])),
        listed(json!([paid(1, "1000"), {"Status": 1, "RefNo": "77"}])),
        json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"}),
    ] {
        let named = common["PayLinkListStatus"] == json!([paid(1, "1000")]);
        let retried = common["PayLinkListStatus"][1]["PayLinkSendID"] == json!(9);
        let mut answers = vec![Answer::from(common.clone()); if retried { 2 } else { 1 }];
        if !named {
            answers.push(listed(json!([paid(1, "1000")])).into());
        }
        answers.push(listed(json!([element(2, 0, "")])).into());
        let asked = answers.len();
        account.answers(answers);
        let before = account.requests().len();
        let both = [expected_of(1, "1000", day()), expected_of(2, "1001", day())];
        let settled = account.client().settle_many(&both).await.unwrap();
        let [first, second] = settled.try_into().unwrap();
        assert!(first.unwrap().proof().is_some(), "{common}");
        assert_matches!(second, Ok(Settlement::NotPaid(_)), "{common}");
        assert_eq!(account.requests().len() - before, asked, "{common}");
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_asked_is_not_asked_again_for_each() {
    let account = Provider::answering(Answer::json("").status(503)).await;
    let all: Vec<Expected> = (1..=5).map(|id| expected_of(id, "1000", day())).collect();
    let error = account.client().settle_many(&all).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(account.requests().len(), 3, "the attempts of one read");
    assert!(account.client().settle_many(&[]).await.unwrap().is_empty());
    assert_eq!(account.requests().len(), 3);
}

fn refused(code: i64) -> Answer {
    json!({"ResCod": code, "Message": "no", "PayLinkSendID": 0}).into()
}

#[tokio::test]
async fn a_refusal_stands_in_the_place_of_its_payment() {
    let account = Provider::start().await;
    let all: Vec<Expected> = (1..=5).map(|id| expected_of(id, "1000", day())).collect();
    let alone = |id| Answer::from(listed(json!([paid(id, "1000")])));
    for (at, code) in [
        (&[1_u64][..], -7),
        (&[2], -7),
        (&[3], -7),
        (&[5], -7),
        (&[1], -8),
        (&[5], -8),
        // As many as would tell, for another reason than all of them together.
        (&[1, 2, 3], -8),
    ] {
        let is_refused = |id: u64| at.contains(&id);
        let answers = (1..=5).map(|id| {
            if is_refused(id) {
                refused(code)
            } else {
                alone(id)
            }
        });
        // Those that are refused have them all refused.
        account.answers([refused(-7)].into_iter().chain(answers));
        let before = account.requests().len();
        let settled = account.client().settle_many(&all).await.unwrap();
        assert_eq!(account.requests().len() - before, 6);
        for (id, outcome) in (1..=5).zip(settled) {
            if is_refused(id) {
                let error = outcome.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Refused, "{id}");
                assert_eq!(error.refusal().unwrap().code(), code.to_string());
            } else {
                assert!(outcome.unwrap().proof().is_some(), "{id} beside {at:?}");
            }
        }
    }
}

/// What cannot be trusted is no refusal, however many links it is about.
#[tokio::test]
async fn answers_without_a_verdict_stand_in_the_place_of_their_payments() {
    let account = Provider::answering(listed(json!({}))).await;
    let all: Vec<Expected> = (1..=5).map(|id| expected_of(id, "1000", day())).collect();
    let settled = account.client().settle_many(&all).await.unwrap();
    assert_eq!(settled.len(), 5);
    for outcome in settled {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Untrusted);
    }
}

/// One day's links that are refused do not keep another day's from being settled.
#[tokio::test]
async fn a_refusal_of_one_day_does_not_end_the_other() {
    let account = Provider::start().await;
    let yesterday = JalaliDate::new(1399, 11, 20).unwrap();
    let mut all: Vec<Expected> = (1..=3).map(|id| expected_of(id, "1000", day())).collect();
    all.extend((4..=5).map(|id| expected_of(id, "1000", yesterday)));
    let both = listed(json!([paid(4, "1000"), paid(5, "1000")]));
    account.answers([both.into(), refused(-7)]);
    let settled = account.client().settle_many(&all).await.unwrap();
    let is_proved = |outcome: &Result<Settlement, Error>| {
        let settlement = outcome.as_ref().ok();
        settlement.and_then(Settlement::proof).is_some()
    };
    let proved: Vec<bool> = settled.iter().map(is_proved).collect();
    assert_eq!(proved, [false, false, false, true, true]);
}

#[tokio::test]
async fn a_service_that_fails_after_the_common_answer_ends_it() {
    let account = Provider::start().await;
    let common = listed(json!([paid(1, "1000")]));
    account.answers([common.into(), Answer::json("").status(503)]);
    let all: Vec<Expected> = (1..=5).map(|id| expected_of(id, "1000", day())).collect();
    let error = account.client().settle_many(&all).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(account.requests().len(), 1 + 3, "the attempts of one read");
}

/// One link costs one request also where it is refused.
#[tokio::test]
async fn a_single_link_is_asked_about_once() {
    let account = Provider::answering(refused(-7)).await;
    let one = [expected_of(1, "1000", day())];
    let settled = account.client().settle_many(&one).await.unwrap();
    assert_eq!(settled[0].as_ref().unwrap_err().kind(), ErrorKind::Refused);
    assert_eq!(account.requests().len(), 1);
}

#[tokio::test]
async fn around_midnight_several_links_are_asked_about_on_both_days() {
    // 1399/11/21 00:00:10 in Tehran.
    let midnight = SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_816_210);
    let all: Vec<Expected> = (1..=4)
        .map(|id| Expected::sent_at(send_id(id), "1000", Rial::new(10_000), midnight).unwrap())
        .collect();
    let both = |one, other| Answer::from(listed(json!([paid(one, "1000"), paid(other, "1000")])));
    let account = Provider::start().await;
    for (via, ids) in [
        (Via::Rest, &["1,2,3,4", "3,4"][..]),
        // Over ASMX nothing is asked by day: what is not named is asked about by itself.
        (Via::AsmxJson, &["1,2,3,4", "3", "4"]),
    ] {
        let before = account.requests().len();
        let alone = |id| Answer::from(listed(json!([paid(id, "1000")])));
        account.answers(match via {
            Via::Rest => vec![both(1, 2), both(3, 4)],
            _ => vec![both(1, 2), alone(3), alone(4)],
        });
        let settled = account.client_via(via).settle_many(&all).await.unwrap();
        for outcome in settled {
            assert!(outcome.unwrap().proof().is_some(), "{via}");
        }
        let asked = account.bodies().split_off(before);
        let list = |body: &Value| match via {
            Via::Rest => body["PayLinkFilterList"].clone(),
            _ => body["PayLinkData"]["PayLinkIdList"].clone(),
        };
        assert_eq!(asked.iter().map(list).collect::<Vec<_>>(), ids, "{via}");
    }
}

#[tokio::test]
async fn a_failure_under_an_error_status_and_an_answer_too_large_stand_in_their_place() {
    let account = Provider::start().await;
    let both = [expected_of(1, "1000", day()), expected_of(2, "1001", day())];
    let large = format!(r#"{{"x":"{}"}}"#, "x".repeat(20 << 20));
    // 409 speaks of the moment, so that a read is sent again.
    for (failed, attempts) in [
        (refused(-7).status(403), 1),
        (refused(-7).status(409), 3),
        (Answer::json(large), 1),
    ] {
        let second = Answer::from(listed(json!([paid(2, "1001")])));
        let mut answers = vec![failed; attempts];
        answers.insert(0, listed(json!([])).into());
        answers.push(second);
        account.answers(answers);
        let settled = account.client().settle_many(&both).await.unwrap();
        let [first, second] = settled.try_into().unwrap();
        assert!(first.is_err());
        assert!(second.unwrap().proof().is_some());
    }
}

/// Of bad keys every link is refused: that costs no request for each.
#[tokio::test]
async fn what_is_refused_of_the_first_links_as_of_all_ends_it() {
    let account = Provider::answering(refused(-7)).await;
    let all: Vec<Expected> = (1..=50).map(|id| expected_of(id, "1000", day())).collect();
    let error = account.client().settle_many(&all).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(account.requests().len(), 4);
}

#[tokio::test]
async fn each_day_is_asked_about_once_and_a_hundred_links_at_a_time() {
    let account = Provider::start().await;
    let answer = |ids: std::ops::RangeInclusive<u64>| {
        let list: Vec<Value> = ids.map(|id| element(id, 0, "")).collect();
        Answer::from(listed(json!(list)))
    };
    account.answers([answer(201..=202), answer(1..=100), answer(101..=150)]);
    let yesterday = JalaliDate::new(1399, 11, 20).unwrap();
    let mut all: Vec<Expected> = (1..=150).map(|id| expected_of(id, "1000", day())).collect();
    all.extend((201..=202).map(|id| expected_of(id, "1000", yesterday)));
    // Twice the same order is two outcomes and one question.
    all.push(expected_of(7, "1000", day()));
    let settled = account.client().settle_many(&all).await.unwrap();
    assert_eq!(settled.len(), 153);
    for one in settled {
        assert_matches!(one, Ok(Settlement::NotPaid(_)));
    }
    let days = account.asked_days();
    assert_eq!(days, ["1399/11/20", "1399/11/21", "1399/11/21"]);
}

/// A server that keeps its connections and gives this answer each time, and a client of it.
fn kept(answer: &Value) -> (KeptServer, SizPay) {
    let server = KeptServer::answering(&answer.to_string());
    let sizpay = SizPay::builder("k1", "k2", "hosseini").base_url(server.url());
    (server, sizpay.build().unwrap())
}

#[tokio::test]
async fn answers_that_name_their_link_share_a_connection() {
    let (server, sizpay) = kept(&listed(json!([paid(26041, "1000")])));
    for _ in 0..10 {
        let settlement = sizpay.settle(&expected_of(26041, "1000", day())).await;
        assert!(settlement.unwrap().proof().is_some());
    }
    assert_eq!((server.connections(), server.requests()), (1, 10));

    let asked = || PayStatus::of_send_ids(day(), [26041, 26042].map(send_id)).unwrap();
    for _ in 0..2 {
        sizpay.pay_status(asked()).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (1, 12));
}

/// An answer that names nothing might be another question's: it counts on a connection of its own alone.
#[tokio::test]
async fn answers_that_name_no_link_have_a_connection_each() {
    let unnamed = json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"});
    let (server, sizpay) = kept(&unnamed);
    for _ in 0..3 {
        let settlement = sizpay.settle(&expected_of(26041, "1000", day())).await;
        assert!(settlement.unwrap().proof().is_some());
    }
    // The first was asked in vain whether it names its link; from then on nobody asks so.
    assert_eq!((server.connections(), server.requests()), (4, 4));

    let asked = || PayStatus::of_invoice_numbers(day(), ["1000"]).unwrap();
    for _ in 0..2 {
        sizpay.pay_status(asked()).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests()), (6, 6));
}

/// An empty list could be the answer to any question: it counts on a connection of its own alone, and says nothing of how
/// SizPay names a link.
#[tokio::test]
async fn an_empty_answer_names_nothing() {
    let (server, sizpay) = kept(&listed(json!([])));
    for asked in [2, 4] {
        let settlement = sizpay.settle(&expected_of(26041, "1000", day())).await;
        assert_eq!(settlement.unwrap_err().kind(), ErrorKind::Indeterminate);
        assert_eq!(server.requests(), asked);
    }
    // The second one shared the first one's connection for the question that is to be answered by name.
    assert_eq!(server.connections(), 3);
}
