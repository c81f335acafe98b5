//! A payer's card, a phone number and the token, under every fault.

use cardpay_client::{CardNumber, CardPay, NewPayment, Rial};
use paylink_testkit::{Answer, Canaries, Capture, bridge_log};

use crate::faults::play;

const TOKEN: &str = "canary-token-51f0c2";
const CARD: &str = "6037701689095443";
const PHONE: &str = "09123452730";

/// The merchant's own card, in every good answer.
const SHOP_CARD: &str = "6274129005473742";

/// One thread, so that what the HTTP stack says in tasks of its own is heard as well.
#[tokio::test]
async fn no_card_is_whole_in_any_output_under_any_fault() {
    let canaries = Canaries::new([TOKEN, CARD, PHONE, SHOP_CARD]).unwrap();
    let capture = Capture::new(canaries);
    bridge_log().unwrap();
    let listening = capture.listen();
    let good = Answer::json(format!(
        r#"{{"status":true,"code":200,"pay_id":19,"amount":11385,"link":null,"cart":[{{"number":"{SHOP_CARD}"}}]}}"#
    ));
    let seen = capture.clone();
    let played = play::every_fault(&good, move |transport, url| {
        let seen = seen.clone();
        async move {
            let cardpay = CardPay::builder(url, TOKEN).transport(transport).build()?;
            let payment = NewPayment::new(1000, Rial::new(11_000))?
                .with_payer_card(CardNumber::parse(CARD)?)
                .with_phone(PHONE.parse()?);
            seen.look("payment", &payment);
            let call = cardpay.create(payment);
            seen.look("call", &call);
            seen.look_serialized("handle", &call.handle()).unwrap();
            let created = call.await?;
            seen.look("created", &created);
            seen.look_serialized("created", &created).unwrap();
            Ok(())
        }
    })
    .await;
    for one in &played {
        if let Some(error) = &one.error {
            capture.look_error(one.fault.name(), error);
            capture
                .look_serialized(one.fault.name(), &error.report())
                .unwrap();
        }
    }
    // The negative control, and the proof that the HTTP stack's own words are among those that were heard.
    capture.assert_clean();
    assert!(
        capture
            .transcript()
            .iter()
            .any(|text| text.contains("hyper")),
        "the HTTP stack was not heard"
    );
    log::trace!("sending card={CARD}");
    assert_eq!(capture.leaks().len(), 1, "the search is blind");
    drop(listening);
}
