//! From the SMS to the proof.

use paylink_core::{Settlement, WebUrl};
use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{AnswerShape, ResultCode, StatusList, StatusNames};
use paylink_tests::sizpay_shop;
use sizpay_client::{PayState, Via};

use super::client;

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
            sandbox
                .sizpay()
                .change_settings(|it| it.answer_shape = shape);
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
                    sandbox.sizpay().change_settings(|it| it.status_list = list);
                    sandbox
                        .sizpay()
                        .change_settings(|it| it.status_names = names);
                    sandbox.sizpay().change_settings(|it| it.result_code = code);
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
    let link = link
        .with_description("دو بلیت قطار شب تهران به مشهد")
        .unwrap();
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
