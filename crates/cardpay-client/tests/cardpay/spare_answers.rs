//! An answer too many on a kept connection: "paid" for one payment must never be taken as the answer about another.

use cardpay_client::{CardPay, PayId, PaymentState};
use paylink_testkit::{Answer, FaultServer, Wire, faults};

#[tokio::test]
async fn an_answer_too_many_is_nobody_s() {
    let not_paid = Answer::json(r#"{"code":7}"#);
    let paid = Answer::json(r#"{"status":true,"code":201}"#);
    let behaviour = faults::late_spare_answer(&not_paid, &paid);
    let server = FaultServer::start(Wire::Plain, behaviour).await.unwrap();
    let cardpay = CardPay::builder(server.url(), "token").build().unwrap();
    for pay_id in [18, 19] {
        let checked = cardpay.check(PayId::new(pay_id).unwrap()).await.unwrap();
        assert_eq!(checked.state, PaymentState::NotPaidYet, "payment {pay_id}");
    }
}
