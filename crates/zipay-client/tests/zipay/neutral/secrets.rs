//! Nothing that goes through the trait prints a key or the payer's data.

use paylink_core::provider::Resolved;
use paylink_core::{Error, Resolution};
use paylink_testkit::{Canaries, Capture};
use serde_json::json;

use super::{NATIONAL_ID, books, neutral, payment_of, price};
use crate::provider::{API_KEY, Answer, Provider, SECRET_KEY};
use crate::samples::{create_invoice, invoice_in};

fn look_error(seen: &Capture, error: &Error) {
    seen.look_error("error", error);
    seen.look_serialized("error", &error.record()).unwrap();
    if let Some(handle) = error.handle() {
        seen.look("handle", handle);
        seen.look_serialized("handle", handle).unwrap();
    }
}

#[tokio::test]
async fn nothing_that_goes_through_the_trait_prints_a_secret() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    let email = "payer@example.com";
    let seen = Capture::new(Canaries::new([API_KEY, SECRET_KEY, NATIONAL_ID, email]).unwrap());
    let payment = payment_of(price()).national_id(NATIONAL_ID.parse().unwrap());
    seen.look("provider", &*zipay);
    seen.look("payment", &payment);
    seen.look("handle", &zipay.prepare(&payment).unwrap().handle());

    provider.answer("create-invoice", create_invoice());
    let created = zipay.create(&payment).await.unwrap();
    seen.look("created", &created);
    seen.look_serialized("created", &created).unwrap();
    let expected = books(created.record().clone());
    seen.look("expected", &expected);
    for status in ["rejected", "completed"] {
        provider.answer("invoice-status", invoice_in(status));
        seen.look("settlement", &zipay.settle(&expected).await.unwrap());
        let state = zipay.state(created.record()).await.unwrap();
        seen.look_serialized("state", &state).unwrap();
    }

    let refusal = json!({"success": false, "status": 401, "message": "wrong api_sign"});
    for answer in [Answer::of("").status(502), refusal.into()] {
        provider.answer("create-invoice", answer.clone());
        provider.answer("invoice-refund", answer);
        look_error(&seen, &zipay.create(&payment).await.unwrap_err());
        look_error(&seen, &zipay.refund(created.record()).await.unwrap_err());
    }
    provider.answer("invoice-status", invoice_in("refunded"));
    provider.answer("invoice-refund", Answer::of("").status(502));
    let lost = zipay.refund(created.record()).await.unwrap_err();
    let resolution = zipay.resolve(lost.handle().unwrap()).await.unwrap();
    assert!(matches!(
        resolution,
        Resolution::Executed(Resolved::Changed(_))
    ));
    seen.look("resolution", &resolution);
    seen.assert_clean();
}
