//! POD's tokens and keys, and a payer's data, under every fault.

use paylink_testkit::{Answer, Canaries, Capture, bridge_log};
use pod_invoice_client::{
    BusinessToken, Delegation, InvoiceId, NewInvoice, NewItem, OneTimeToken, PayAnyInvoice, Pod,
    Rial, UserToken,
};

use crate::faults::play;

const TOKEN: &str = "canary-business-token-51f0c2";
const KEY: &str = "canary-service-key-0d77e1";
const USER: &str = "canary-user-token-9b3a44";
const ONCE: &str = "canary-one-time-token-c2aa08";
const NEXT: &str = "canary-next-token-6e10f7";
const CREDIT: &str = "canary-credit-hash-a55d20";
const MOBILE: &str = "09123452730";
const PAYER: &str = "Canary Payersson";

/// One thread, so that what the HTTP stack says in tasks of its own is heard as well.
#[tokio::test]
async fn no_token_key_or_payer_is_in_any_output_under_any_fault() {
    let canaries = Canaries::new([TOKEN, KEY, USER, ONCE, NEXT, CREDIT, MOBILE, PAYER]).unwrap();
    let capture = Capture::new(canaries);
    bridge_log().unwrap();
    let listening = capture.listen();
    let good = Answer::json(format!(
        r#"{{"hasError":false,"referenceNumber":"234910992","ott":"{NEXT}","result":{{"id":7,"billNumber":"1000","totalAmount":1000000,"cellphoneNumber":"{MOBILE}","userSrv":{{"id":5,"name":"{PAYER}"}},"description":"for {PAYER}"}}}}"#
    ));
    let seen = capture.clone();
    let played = play::every_fault(&good, move |transport, url| {
        let seen = seen.clone();
        async move {
            let builder = Pod::builder(BusinessToken::new(TOKEN)).key(KEY);
            seen.look("builder", &builder);
            let pod = builder.base_url(url).transport(transport).build()?;
            seen.look("client", &pod);
            let payment = PayAnyInvoice::new(InvoiceId::new(7)?)
                .with_user_token(UserToken::new(USER)?)
                .with_one_time_token(OneTimeToken::new(ONCE)?)
                .with_delegation(Delegation::new().with_credit(CREDIT)?);
            seen.look("payment", &payment);
            seen.look("prepared", &pod.pay_any_invoice(payment).prepare()?);

            let item = NewItem::new("a pair of shoes", Rial::new(1_000_000))?;
            let invoice = NewInvoice::new("1000", "CLOTHING_GUILD", item)?
                .with_mobile(MOBILE.parse()?)
                .with_description(PAYER)
                .with_one_time_token(OneTimeToken::new(ONCE)?);
            seen.look("invoice", &invoice);
            let call = pod.issue_invoice(invoice);
            seen.look("call", &call);
            seen.look_serialized("handle", &call.handle()).unwrap();
            call.await.map(|issued| seen.look("issued", &issued))
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
    capture.assert_clean();
    // The negative control, and the proof that the HTTP stack's own words are among those that were heard.
    let heard = |word| capture.transcript().iter().any(|text| text.contains(word));
    assert!(heard("hyper"), "the HTTP stack was not heard");
    assert!(heard("234910992"), "the reference number was not told");
    log::trace!("sending scApiKey={KEY}");
    assert_eq!(capture.leaks().len(), 1, "the search is blind");
    drop(listening);
}
