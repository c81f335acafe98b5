//! A call that is dropped in flight leaves an unknown outcome behind, and says so once.

use std::time::Duration;

use paylink_core::Transport;
use paylink_testkit::{Canaries, Capture, FaultServer, Wire, faults};
use paylink_tests::impatience;
use paylink_tests::shop;
use zipay_client::{TrackId, ZiPay};

fn client(server: &FaultServer) -> ZiPay {
    let transport: Transport = impatience::transport().build().unwrap();
    ZiPay::builder("key-of-the-shop", "secret-of-the-shop")
        .terminal(1003)
        .base_url(server.url())
        .transport(transport)
        .build()
        .unwrap()
}

/// What was said when the call was dropped after the server had the request, or after a while if it never gets one.
async fn said_when_dropped<T>(
    server: &FaultServer,
    call: impl Future<Output = T>,
    sent: bool,
) -> Vec<String> {
    let capture = Capture::new(Canaries::new(["secret-of-the-shop"]).unwrap());
    {
        let _listening = capture.listen();
        let underway = async {
            if sent {
                server.until(|tally| tally.requests_complete() == 1).await;
            } else {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            biased;
            () = underway => {}
            _ = call => panic!("the server should have kept silent"),
        }
    }
    capture.assert_clean();
    capture
        .transcript()
        .into_iter()
        .filter(|line| line.contains("dropped in flight"))
        .collect()
}

#[tokio::test]
async fn a_create_that_is_dropped_after_sending_is_noted_with_its_handle() {
    let server = FaultServer::start(Wire::Plain, faults::stall_after_request())
        .await
        .unwrap();
    let zipay = client(&server);
    let call = zipay.create_invoice(shop::order("1000").unwrap());
    let said = said_when_dropped(&server, call.into_future(), true).await;
    assert_eq!(said.len(), 1, "{said:?}");
    let line = &said[0];
    for part in ["create-invoice", "1000", "1003", "100.99"] {
        assert!(line.contains(part), "{part} is missing in {line}");
    }
}

#[tokio::test]
async fn nothing_is_noted_where_nothing_was_sent() {
    let server = FaultServer::start(Wire::Tls, faults::stall_in_handshake())
        .await
        .unwrap();
    let zipay = client(&server);
    let call = zipay.create_invoice(shop::order("1000").unwrap());
    assert!(
        said_when_dropped(&server, call.into_future(), false)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_read_that_is_dropped_leaves_nothing_behind() {
    let server = FaultServer::start(Wire::Plain, faults::stall_after_request())
        .await
        .unwrap();
    let zipay = client(&server);
    let track_id: TrackId = "de7d44ae".parse().unwrap();
    let call = zipay.invoice_status(&track_id);
    assert!(
        said_when_dropped(&server, call.into_future(), true)
            .await
            .is_empty()
    );
}
