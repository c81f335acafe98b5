//! Asking for the states of many links.

use paylink_tests::sizpay_shop;
use sizpay_client::{ErrorKind, PayState, PayStatus, Payment, SendId, Via};

use super::client;

fn paid(payments: &[Payment]) -> Vec<SendId> {
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
        assert_eq!(paid(&payments), every_third, "{via}");
        assert_eq!(sandbox.journal().len(), 2, "{via}");
    }
    let of_day = rest.pay_status(PayStatus::of_day(day)).await.unwrap();
    assert_eq!((of_day.len(), paid(&of_day)), (120, every_third));
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
