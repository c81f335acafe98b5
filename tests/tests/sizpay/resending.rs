//! The rule for sending an SMS again, kept on both sides.

use std::sync::Arc;
use std::time::Duration;

use paylink_core::{Effect, ErrorKind, Runtime};
use paylink_sandbox::sizpay::{RESEND_AFTER, RESENDS_AT_MOST};
use paylink_sandbox::{Fault, Sandbox};
use paylink_tests::impatience::Impatience;
use paylink_tests::sizpay_shop;
use sizpay_client::{MayResend, ResendRule, ResendSms, SizPay, Via};

/// A shop with a link out, whose clock goes with the sandbox's.
struct Shop {
    sandbox: Sandbox,
    clock: Arc<Impatience>,
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

    /// How many SMS went out, and how often the provider was asked to send one again.
    fn counts(&self) -> (usize, usize) {
        let journal = self.sandbox.journal();
        let resends = journal.iter().filter(|it| it.operation == "PayLinkReSend");
        (self.sandbox.sms().len(), resends.count())
    }
}

#[tokio::test]
async fn the_client_allows_what_the_provider_allows_and_nothing_else() {
    let mut shop = Shop::with_link().await;
    for round in 1..=RESENDS_AT_MOST {
        shop.wait(Duration::from_secs(90));
        let early = shop
            .sizpay
            .resend_by_rule(shop.resend.clone(), &mut shop.rule)
            .await
            .unwrap_err();
        assert_eq!(early.kind(), ErrorKind::Invalid, "{early}");
        assert_eq!(shop.counts(), (round, round - 1));
        shop.wait(RESEND_AFTER.saturating_sub(Duration::from_secs(90)));
        shop.sizpay
            .resend_by_rule(shop.resend.clone(), &mut shop.rule)
            .await
            .unwrap();
        assert_eq!(shop.counts(), (round + 1, round));
    }
    shop.wait(Duration::from_secs(3600));
    assert_eq!(shop.rule.may_resend_at(shop.clock.now()), MayResend::Never);
    // Whoever goes past the rule hears the same from the provider.
    let error = shop.sizpay.resend_sms(shop.resend.clone()).await;
    let error = error.unwrap_err();
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
        .next("sizpay", "PayLinkReSend", Fault::DropAfter);
    let lost = shop
        .sizpay
        .resend_by_rule(shop.resend.clone(), &mut shop.rule)
        .await
        .unwrap_err();
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
    let refused = shop
        .sizpay
        .resend_by_rule(shop.resend.clone(), &mut shop.rule)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
    assert_eq!(shop.sandbox.sms().len(), 1);
    assert_eq!(shop.rule.resends_left(), 3);
}
