//! No secret in any output, under any fault, at TRACE level; and the search would find one.

mod cardpay;
mod pod;
mod sizpay;

use std::collections::HashSet;

use paylink_core::{Error, Transport};
use paylink_testkit::{Answer, Canaries, Capture, bridge_log};
use zipay_client::{Currency, Money, NationalId, NewInvoice, Webhook, ZiPay};

use crate::faults::play;

const API_KEY: &str = "canary-api-key-4c1d9e";
const SECRET_KEY: &str = "canary-secret-key-77a0b2";
const NATIONAL_ID: &str = "0076229645";

fn canaries() -> Canaries {
    Canaries::new([API_KEY, SECRET_KEY, NATIONAL_ID]).unwrap()
}

fn client(transport: Transport, url: String) -> Result<ZiPay, Error> {
    ZiPay::builder(API_KEY, SECRET_KEY)
        .terminal(1003)
        .base_url(url)
        .transport(transport)
        .build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_any_output_under_any_fault() {
    let capture = Capture::new(canaries());
    bridge_log().unwrap();
    capture.listen_everywhere().unwrap();
    let good = Answer::json(
        r#"{"result":{"trackid":"de7d44ae","redirect":"http://api.zipay.io/x","message":null},"success":true,"status":200}"#,
    );
    let seen = capture.clone();
    let played = play::every_fault(&good, move |transport, url| {
        let seen = seen.clone();
        async move {
            let zipay = client(transport, url)?;
            let price = Money::new("1", Currency::Usd)?;
            let invoice = NewInvoice::new("1000", price, "https://shop.example/back")?
                .with_national_id(NATIONAL_ID.parse::<NationalId>()?);
            seen.look("client", &zipay);
            seen.look("invoice", &invoice);
            let call = zipay.create_invoice(invoice);
            seen.look("call", &call);
            seen.look_serialized("handle", &call.handle()).unwrap();
            let prepared = call.prepare()?;
            seen.look("prepared", &prepared);
            prepared
                .send()
                .await
                .map(|created| seen.look("created", &created))
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
    assert!(
        capture.transcript().len() > 500,
        "the capture heard next to nothing"
    );
    capture.assert_clean();

    // The negative control: the same capture hears a transport that does print a header.
    log::trace!("sending api_key: {API_KEY}");
    tracing::trace!(signed_with = SECRET_KEY, "signed");
    let found: HashSet<usize> = capture
        .leaks()
        .iter()
        .map(|leak| leak.sighting.secret)
        .collect();
    assert_eq!(found, HashSet::from([0, 1]), "the search is blind");
}

#[test]
fn what_is_refused_before_sending_shows_no_secret() {
    let capture = Capture::new(canaries());
    let broken = [
        (
            format!("{API_KEY} "),
            SECRET_KEY.to_owned(),
            "https://a.example/".to_owned(),
        ),
        (
            API_KEY.to_owned(),
            format!("{SECRET_KEY}\n"),
            "https://a.example/".to_owned(),
        ),
        (
            API_KEY.to_owned(),
            SECRET_KEY.to_owned(),
            format!("https://{API_KEY}:{SECRET_KEY}@a.example/"),
        ),
        (
            API_KEY.to_owned(),
            SECRET_KEY.to_owned(),
            "http://a.example/".to_owned(),
        ),
    ];
    for (api_key, secret_key, base_url) in broken {
        let builder = ZiPay::builder(api_key, secret_key).base_url(base_url);
        capture.look("builder", &builder);
        capture.look_error("build", &builder.build().unwrap_err());
    }
    let id = NATIONAL_ID.replace('5', "6");
    capture.look_error("national id", &id.parse::<NationalId>().unwrap_err());
    capture.look_error("webhook", &Webhook::from_body(b"trackid=%0a").unwrap_err());
    capture.assert_clean();
}
