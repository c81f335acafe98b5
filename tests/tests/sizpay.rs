//! SizPay against the sandbox: each way to connect, each form of answer, and no proof without a payment.

use std::sync::Arc;
use std::time::Duration;

use paylink_core::{
    CheckResult, ComparedField, Effect, Error, FieldCheck, Handle, Resolution, Runtime, Settlement,
    WebUrl,
};
use paylink_sandbox::sizpay::{
    AnswerShape, RESEND_AFTER, RESENDS_AT_MOST, ResultCode, Status, StatusList, StatusNames,
};
use paylink_sandbox::{Fault, Sandbox};
use paylink_testkit::{MockClock, assert_matches};
use paylink_tests::chance::ANSWER_LOST;
use paylink_tests::sizpay_shop::{self, PRICE};
use sizpay_client::{
    DisableLink, ErrorKind, Expected, JalaliDate, MayResend, PayState, PayStatus, Payment,
    ResendRule, ResendSms, SendId, SizPay, Via,
};

/// A client whose clock nobody moves.
fn client(sandbox: &Sandbox, via: Via) -> SizPay {
    sizpay_shop::sizpay(sandbox, via, sizpay_shop::clock_of(sandbox)).unwrap()
}

const SHAPES: [AnswerShape; 3] = [
    AnswerShape::OutParameters,
    AnswerShape::TypedResult,
    AnswerShape::JsonResult,
];

#[tokio::test]
async fn a_link_is_sent_paid_and_settled_whichever_way_and_in_whichever_shape() {
    for via in Via::ALL {
        for shape in SHAPES {
            let sandbox = sizpay_shop::open().await.unwrap();
            let there = sandbox.sizpay();
            there.change_settings(|it| it.answer_shape = shape);
            whole_flow(&sandbox, *via, "1000").await;
        }
    }
}

#[tokio::test]
async fn the_ways_to_write_json_make_no_difference() {
    for via in [Via::Rest, Via::AsmxJson] {
        for list in [StatusList::Text, StatusList::Array] {
            for names in [StatusNames::Prefixed, StatusNames::Bare] {
                for code in [ResultCode::Number, ResultCode::Text] {
                    let sandbox = sizpay_shop::open().await.unwrap();
                    sandbox.sizpay().change_settings(|it| {
                        it.status_list = list;
                        it.status_names = names;
                        it.result_code = code;
                    });
                    whole_flow(&sandbox, via, "1000").await;
                }
            }
        }
    }
}

/// Sends, is not paid, is paid, and is settled twice.
async fn whole_flow(sandbox: &Sandbox, via: Via, number: &str) {
    let there = sandbox.sizpay();
    let case = format!("{via}: {there:?}");
    let sizpay = client(sandbox, via);
    let link = sizpay_shop::link(number).unwrap();
    let link = link.with_customer_name("سارا <احمدی> & پسران").unwrap();
    let description = "دو بلیت قطار شب تهران به مشهد";
    let link = link.with_description(description).unwrap();
    let lacking = link.omitted_from_sms().unwrap().to_owned();
    let sent = sizpay.send_link(link).await.unwrap();
    assert!(sent.unreadable.is_empty(), "{case}: {sent:?}");

    let kept = there.link(sent.send_id.get()).unwrap();
    assert_eq!(kept.customer_name, "سارا <احمدی> & پسران", "{case}");
    assert_eq!((&*kept.invoice_number, kept.amount), (number, 250_000));
    let url = sent.url.as_ref().map(WebUrl::as_str);
    assert_eq!(url, (via == Via::Rest).then_some(&*kept.url), "{case}");
    let [sms] = &sandbox.sms()[..] else {
        panic!("{case}: {:?}", sandbox.sms());
    };
    assert_eq!(sms.to, sizpay_shop::MOBILE);
    assert!(sms.text.contains(&kept.url), "{case}: {sms:?}");
    assert!(!sms.text.contains(&lacking), "{case}: {sms:?}");
    let shown = kept.description.strip_suffix(&lacking).unwrap();
    assert!(sms.text.contains(shown), "{case}: {sms:?}");

    let expected = sizpay_shop::expected(sandbox, sent.send_id, number).unwrap();
    let Settlement::NotPaid(payment) = sizpay.settle(&expected).await.unwrap() else {
        panic!("{case}: settled unpaid");
    };
    assert_eq!(payment.state, PayState::Unpaid, "{case}");
    assert_eq!(payment.invoice_number.unwrap().as_str(), number, "{case}");

    let paid = there.pay(sent.send_id.get()).unwrap();
    for _ in 0..2 {
        let settlement = sizpay.settle(&expected).await.unwrap();
        let Settlement::AlreadySettled(proof) = settlement else {
            panic!("{case}: {settlement:?}");
        };
        assert_eq!(proof.order(), number, "{case}");
        assert_eq!(proof.reference(), sent.send_id.to_string(), "{case}");
        assert_eq!(proof.receipt(), paid.reference_number.as_deref(), "{case}");
    }
    assert_eq!(there.links().len(), 1, "{case}");
}

fn paid_ids(payments: &[Payment]) -> Vec<SendId> {
    let paid = payments.iter().filter(|it| it.state == PayState::Paid);
    paid.filter_map(|it| it.send_id).collect()
}

#[tokio::test]
async fn more_links_than_one_request_holds_are_asked_about_in_several() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let rest = client(&sandbox, Via::Rest);
    let mut ids = Vec::new();
    for number in 0..120 {
        let link = sizpay_shop::link(&format!("order-{number}")).unwrap();
        ids.push(rest.send_link(link).await.unwrap().send_id);
    }
    let every_third: Vec<SendId> = ids.iter().copied().step_by(3).collect();
    for id in &every_third {
        sandbox.sizpay().pay(id.get()).unwrap();
    }
    let day = sizpay_shop::day_of(&sandbox, ids[0]).unwrap();
    for via in Via::ALL {
        sandbox.clear_journal();
        let asked = PayStatus::of_send_ids(day, ids.iter().copied()).unwrap();
        let payments = client(&sandbox, *via).pay_status(asked).await.unwrap();
        assert_eq!(payments.len(), 120, "{via}");
        assert_eq!(paid_ids(&payments), every_third, "{via}");
        assert_eq!(sandbox.journal().len(), 2, "{via}");
    }
    let of_day = rest.pay_status(PayStatus::of_day(day)).await.unwrap();
    assert_eq!((of_day.len(), paid_ids(&of_day)), (120, every_third));
}

#[tokio::test]
async fn links_are_asked_about_by_number_over_rest_alone() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let mut day = None;
    for via in Via::ALL {
        let link = sizpay_shop::link(&format!("by-{via}")).unwrap();
        let sent = client(&sandbox, *via).send_link(link).await.unwrap();
        day = Some(sizpay_shop::day_of(&sandbox, sent.send_id).unwrap());
    }
    let numbers = ["by-soap", "by-rest", "by-asmx-json"];
    let asked = PayStatus::of_invoice_numbers(day.unwrap(), numbers).unwrap();
    sandbox.clear_journal();
    for via in Via::ALL {
        let answer = client(&sandbox, *via).pay_status(asked.clone()).await;
        if *via == Via::Rest {
            let payments = answer.unwrap();
            let of = |it: &Payment| it.invoice_number.clone().unwrap().as_str().to_owned();
            assert_eq!(payments.iter().map(of).collect::<Vec<_>>(), numbers);
        } else {
            assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unsupported, "{via}");
        }
    }
    assert_eq!(sandbox.journal().len(), 1);
}

const SIBLING: &str = "https://rt.sizpay.com/";

#[tokio::test]
async fn a_wrong_one_says_so_and_sends_nothing() {
    let sandbox = sizpay_shop::open().await.unwrap();
    sandbox
        .sizpay()
        .change_settings(|it| it.namespace = SIBLING.parse().unwrap());
    for via in [Via::Soap, Via::SoapModel] {
        let link = sizpay_shop::link("1000").unwrap();
        let error = client(&sandbox, via).send_link(link).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
        for part in ["the SOAP namespace is another one", "targetNamespace"] {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
    assert!(sandbox.sizpay().links().is_empty());
    assert!(sandbox.sms().is_empty());
}

#[tokio::test]
async fn the_right_one_works_with_or_without_a_slash_at_its_end() {
    for namespace in [SIBLING, "urn:sizpay", "http://tempuri.org/"] {
        let sandbox = sizpay_shop::open().await.unwrap();
        let there = sandbox.sizpay();
        there.change_settings(|it| it.namespace = namespace.parse().unwrap());
        for via in [Via::Soap, Via::SoapModel] {
            let sizpay =
                sizpay_shop::builder(&sandbox, via, sizpay_shop::clock_of(&sandbox)).unwrap();
            let sizpay = sizpay.soap_namespace(namespace).build().unwrap();
            let link = sizpay_shop::link(via.as_str()).unwrap();
            let sent = sizpay.send_link(link).await.unwrap();
            let expected = sizpay_shop::expected(&sandbox, sent.send_id, via.as_str()).unwrap();
            sandbox.sizpay().pay(sent.send_id.get()).unwrap();
            let settlement = sizpay.settle(&expected).await.unwrap();
            assert!(settlement.proof().is_some(), "{namespace}: {settlement:?}");
        }
    }
}

/// A shop with a link out, whose clock goes with the sandbox's.
struct Shop {
    sandbox: Sandbox,
    clock: Arc<MockClock>,
    sizpay: SizPay,
    resend: ResendSms,
    rule: ResendRule,
}

impl Shop {
    async fn with_link() -> Shop {
        let sandbox = sizpay_shop::open().await.unwrap();
        let clock = sizpay_shop::clock_of(&sandbox);
        let sizpay = sizpay_shop::sizpay(&sandbox, Via::Rest, clock.clone()).unwrap();
        let link = sizpay_shop::link("1000").unwrap();
        let id = sizpay.send_link(link).await.unwrap().send_id;
        let day = sizpay_shop::day_of(&sandbox, id).unwrap();
        Shop {
            rule: ResendRule::new(clock.now()),
            sandbox,
            clock,
            sizpay,
            resend: ResendSms::by_send_id(id, day),
        }
    }

    fn wait(&self, time: Duration) {
        self.clock.advance(time);
        self.sandbox.clock().advance(time);
    }

    async fn resend_by_rule(&mut self) -> Result<(), Error> {
        let resend = self.resend.clone();
        let resent = self.sizpay.resend_by_rule(resend, &mut self.rule).await;
        resent.map(drop)
    }

    /// How many SMS went out, and how often the provider was asked to send one again.
    fn counts(&self) -> (usize, usize) {
        let journal = self.sandbox.journal();
        let resends = journal.iter().filter(|it| it.operation == "resend");
        (self.sandbox.sms().len(), resends.count())
    }
}

#[tokio::test]
async fn the_client_allows_what_the_provider_allows_and_nothing_else() {
    let mut shop = Shop::with_link().await;
    for round in 1..=RESENDS_AT_MOST {
        shop.wait(Duration::from_secs(90));
        let early = shop.resend_by_rule().await.unwrap_err();
        assert_eq!(early.kind(), ErrorKind::Invalid, "{early}");
        assert_eq!(shop.counts(), (round, round - 1));
        shop.wait(RESEND_AFTER.saturating_sub(Duration::from_secs(90)));
        shop.resend_by_rule().await.unwrap();
        assert_eq!(shop.counts(), (round + 1, round));
    }
    shop.wait(Duration::from_secs(3600));
    assert_eq!(shop.rule.may_resend_at(shop.clock.now()), MayResend::Never);
    // Whoever goes past the rule hears the same from the provider.
    let error = shop
        .sizpay
        .resend_sms(shop.resend.clone())
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    let said = error.refusal().unwrap().message().unwrap().to_owned();
    assert!(said.contains("۳ بار"), "{said}");
    assert_eq!(shop.sandbox.sms().len(), 4);
}

#[tokio::test]
async fn an_sms_whose_answer_is_lost_counts_as_sent() {
    let mut shop = Shop::with_link().await;
    shop.wait(RESEND_AFTER);
    shop.sandbox
        .faults()
        .next("sizpay", "resend", Fault::DropAfter)
        .unwrap();
    let lost = shop.resend_by_rule().await.unwrap_err();
    assert_eq!(lost.effect(), Effect::Unknown, "{lost}");
    assert_eq!(shop.counts(), (2, 1));
    assert_eq!(shop.rule.resends_left(), 2);
    assert_ne!(shop.rule.may_resend_at(shop.clock.now()), MayResend::Now);
}

#[tokio::test]
async fn the_sms_of_a_paid_link_is_not_sent_again_and_does_not_count() {
    let mut shop = Shop::with_link().await;
    let id = shop.sandbox.sizpay().links()[0].send_id;
    shop.sandbox.sizpay().pay(id).unwrap();
    shop.wait(RESEND_AFTER);
    let refused = shop.resend_by_rule().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
    assert_eq!(shop.sandbox.sms().len(), 1);
    assert_eq!(shop.rule.resends_left(), 3);
}

/// Sends a link into a fault, and takes the handle out of the shop's store.
async fn lose(sandbox: &Sandbox, via: Via, number: &str, fault: Fault) -> Handle {
    sandbox.faults().next("sizpay", "send-link", fault).unwrap();
    let link = sizpay_shop::link(number).unwrap();
    let error = client(sandbox, via).send_link(link).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown, "{via}, {fault}: {error}");
    assert_eq!(error.attempts(), 1, "{via}, {fault}");
    let stored = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&stored).unwrap()
}

#[tokio::test]
async fn a_send_that_was_executed_is_found_by_the_shops_own_number() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        for fault in ANSWER_LOST {
            let number = format!("lost {fault}");
            let handle = lose(&sandbox, *via, &number, fault).await;
            let rest = client(&sandbox, Via::Rest);
            let Resolution::Executed(found) = rest.resolve(&handle).await.unwrap() else {
                panic!("{via}, {fault}: not found");
            };
            let links = sandbox.sizpay().links();
            let link = links.last().unwrap();
            assert_eq!(link.invoice_number, number);
            let payment = found.payment;
            assert_eq!(payment.send_id.unwrap().get(), link.send_id, "{via}");
            assert_eq!(payment.state, PayState::Unpaid, "{via}");
            assert_eq!(found.sent_on.to_string(), link.sent_on(), "{via}");
        }
        assert_eq!(sandbox.sizpay().links().len(), 4, "{via}: sent again");
        assert_eq!(sandbox.sms().len(), 4, "{via}: sent again");
    }
}

#[tokio::test]
async fn the_asmx_service_cannot_tell_and_says_so() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let handle = lose(&sandbox, Via::Soap, "1000", Fault::DropAfter).await;
    for via in [Via::Soap, Via::SoapModel, Via::AsmxJson] {
        let error = client(&sandbox, via).resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{via}: {error}");
        assert_eq!(error.effect(), Effect::Unknown, "{via}");
        assert_eq!(error.handle(), Some(&handle), "{via}");
    }
}

#[tokio::test]
async fn a_send_that_never_was_is_known_after_the_settling_time() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        let handle = lose(&sandbox, *via, "1000", Fault::DropBefore).await;
        let clock = sizpay_shop::clock_of(&sandbox);
        let rest = sizpay_shop::sizpay(&sandbox, Via::Rest, clock.clone()).unwrap();
        let early = rest.resolve(&handle).await.unwrap();
        let Resolution::StillUnknown { retry_after } = early else {
            panic!("{via}: {early:?}");
        };
        assert!(retry_after > Duration::ZERO, "{via}");
        clock.advance(Duration::from_secs(600));
        let late = rest.resolve(&handle).await.unwrap();
        assert_matches!(late, Resolution::NotExecuted, "{via}");
        assert!(sandbox.sizpay().links().is_empty(), "{via}");
    }
}

#[tokio::test]
async fn somebody_elses_link_of_the_same_number_is_not_taken_for_it() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let handle = lose(&sandbox, Via::Rest, "1000", Fault::DropBefore).await;
    let other = sandbox.sizpay().other_merchant();
    let there = sandbox.sizpay();
    let stranger = SizPay::builder(other.user_name(), other.password(), other.pay_link_name());
    let stranger = stranger.base_url(there.base_url()).build().unwrap();
    let link = sizpay_shop::link("1000").unwrap();
    stranger.send_link(link).await.unwrap();

    let own = client(&sandbox, Via::Rest).resolve(&handle).await.unwrap();
    assert!(!matches!(own, Resolution::Executed(_)), "{own:?}");
    // And the stranger has no business with this handle.
    let foreign = stranger.resolve(&handle).await.unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::Invalid, "{foreign}");
}

#[tokio::test]
async fn a_refused_send_is_proved_not_to_have_happened() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let there = sandbox.sizpay();
    for via in Via::ALL {
        let cases = [
            (there.user_name(), "another-key", there.pay_link_name()),
            ("another-key", there.password(), there.pay_link_name()),
            (there.user_name(), there.password(), "another-name"),
        ];
        for (user_name, password, link_name) in cases {
            let stranger = SizPay::builder(user_name, password, link_name)
                .base_url(there.base_url())
                .asmx_url(there.asmx_url())
                .via(*via)
                .build()
                .unwrap();
            let link = sizpay_shop::link("1000").unwrap();
            let error = stranger.send_link(link).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{via}: {error}");
            assert_eq!(error.effect(), Effect::NotExecuted, "{via}: {error}");
            let said = error.refusal().unwrap().message().unwrap();
            let is_denial = said.contains("نیست") || said.contains("نشد");
            assert!(is_denial, "{via}: {said}");
        }
    }
    assert!(there.links().is_empty());
}

/// Sends a link for this order that its payer pays.
async fn paid(sandbox: &Sandbox, sizpay: &SizPay, number: &str) -> SendId {
    let link = sizpay_shop::link(number).unwrap();
    let id = sizpay.send_link(link).await.unwrap().send_id;
    sandbox.sizpay().pay(id.get()).unwrap();
    id
}

#[tokio::test]
async fn another_orders_link_is_a_mismatch() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        let sizpay = client(&sandbox, *via);
        let cheap = paid(&sandbox, &sizpay, "1000").await;
        let expensive = sizpay_shop::link("1001").unwrap();
        sizpay.send_link(expensive).await.unwrap();
        // The record of the expensive order with the id of the cheap link.
        let expected = sizpay_shop::expected(&sandbox, cheap, "1001").unwrap();
        let Settlement::Mismatch(found) = sizpay.settle(&expected).await.unwrap() else {
            panic!("{via}: settled");
        };
        assert!(found.has(ComparedField::Order), "{via}: {found}");
    }
}

#[tokio::test]
async fn a_link_of_somebody_else_or_of_nobody_is_no_proof() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let there = sandbox.sizpay();
    let other = there.other_merchant();
    let other = SizPay::builder(other.user_name(), other.password(), other.pay_link_name())
        .base_url(there.base_url())
        .build()
        .unwrap();
    let foreign = paid(&sandbox, &other, "1000").await;
    let nobodys = SendId::new(foreign.get() + 1).unwrap();
    for via in Via::ALL {
        let sizpay = client(&sandbox, *via);
        for id in [foreign, nobodys] {
            let expected = sizpay_shop::expected(&sandbox, id, "1000").unwrap();
            let error = sizpay.settle(&expected).await.unwrap_err();
            assert_eq!(error.effect(), Effect::NotExecuted, "{via}: {error}");
        }
    }
}

#[tokio::test]
async fn another_days_link_is_no_proof_over_rest() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let rest = client(&sandbox, Via::Rest);
    let id = paid(&sandbox, &rest, "1000").await;
    let day = Duration::from_secs(24 * 60 * 60);
    let now = sandbox.clock().now();
    for time in [now - 2 * day, now + 2 * day] {
        let other_day = JalaliDate::from_system_time(time).unwrap();
        let expected = Expected::new(id, "1000", PRICE, other_day).unwrap();
        let error = rest.settle(&expected).await.unwrap_err();
        assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    }
    // The negative control: on its own day it is one.
    let own_day = sizpay_shop::day_of(&sandbox, id).unwrap();
    let expected = Expected::new(id, "1000", PRICE, own_day).unwrap();
    assert!(rest.settle(&expected).await.unwrap().proof().is_some());
}

#[tokio::test]
async fn a_disabled_link_is_never_paid() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        let sizpay = client(&sandbox, *via);
        let link = sizpay_shop::link("1000").unwrap();
        let id = sizpay.send_link(link).await.unwrap().send_id;
        let day = sizpay_shop::day_of(&sandbox, id).unwrap();
        let rest = client(&sandbox, Via::Rest);
        let disable = DisableLink::by_invoice_number("1000", day).unwrap();
        rest.disable_link(disable).await.unwrap();
        let kept = sandbox.sizpay().link(id.get()).unwrap();
        assert_eq!(kept.status, Status::Disabled);
        assert!(sandbox.sizpay().pay(id.get()).is_err());
        let expected = sizpay_shop::expected(&sandbox, id, "1000").unwrap();
        let settlement = sizpay.settle(&expected).await.unwrap();
        assert_matches!(settlement, Settlement::NotPaid(_), "{via}");
    }
}

#[tokio::test]
async fn a_proof_says_what_sizpay_never_reports() {
    let sandbox = sizpay_shop::open().await.unwrap();
    for via in Via::ALL {
        let sizpay = client(&sandbox, *via);
        let id = paid(&sandbox, &sizpay, via.as_str()).await;
        let expected = sizpay_shop::expected(&sandbox, id, via.as_str()).unwrap();
        let settlement = sizpay.settle(&expected).await.unwrap();
        let proof = settlement.proof().unwrap();
        let checks = proof.checks().iter();
        let (equal, unreported): (Vec<&FieldCheck>, Vec<_>) =
            checks.partition(|it| it.result() == CheckResult::Equal);
        let fields = |checks: &[&FieldCheck]| -> Vec<_> {
            checks.iter().map(|it| it.field().as_str()).collect()
        };
        assert!(
            unreported
                .iter()
                .all(|it| it.result() == CheckResult::NotReported)
        );
        assert_eq!(
            fields(&unreported),
            ["currency", "amount", "merchant"],
            "{via}"
        );
        assert_eq!(fields(&equal), ["order", "reference"], "{via}");
    }
}
