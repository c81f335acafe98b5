//! The two keys, the payer's number and what is told about him, under every fault.

use paylink_testkit::{Answer, Canaries, Capture, bridge_log};
use sizpay_client::{NewLink, Rial, SizPay};

use crate::faults::play;

const KEY_1: &str = "canary-key-1-8d20b7";
const KEY_2: &str = "canary-key-2-e3915a";
const MOBILE: &str = "09123452730";
const NAME: &str = "canary-name-of-the-payer";

/// One thread, so that what the HTTP stack says in tasks of its own is heard as well.
#[tokio::test]
async fn no_key_and_no_payer_is_in_any_output_under_any_fault() {
    let capture = Capture::new(Canaries::new([KEY_1, KEY_2, MOBILE, NAME]).unwrap());
    bridge_log().unwrap();
    let listening = capture.listen();
    let good = Answer::json(format!(
        r#"{{"PayLinkSendID":26041,"PayLinkURL":"https://me.sizpay.ir/x","ResCod":1,"MobileNo":"{MOBILE}"}}"#
    ));
    let seen = capture.clone();
    let played = play::every_fault(&good, move |transport, url| {
        let seen = seen.clone();
        async move {
            let sizpay = SizPay::builder(KEY_1, KEY_2, "hosseini")
                .base_url(url)
                .transport(transport)
                .build()?;
            seen.look("client", &sizpay);
            let link = NewLink::new("1000", Rial::new(11_000), MOBILE)?
                .with_customer_name(NAME)?
                .with_description(NAME)?;
            seen.look("link", &link);
            let call = sizpay.send_link(link);
            seen.look("call", &call);
            seen.look_serialized("handle", &call.handle()).unwrap();
            let sent = call.await?;
            seen.look("sent", &sent);
            seen.look_serialized("sent", &sent).unwrap();
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
    capture.assert_clean();
    let heard = capture.transcript();
    assert!(heard.iter().any(|text| text.contains("hyper")));
    // The negative control: the same capture hears a transport that does print a body.
    log::trace!("sending Password={KEY_2}");
    assert_eq!(capture.leaks().len(), 1, "the search is blind");
    drop(listening);
}
