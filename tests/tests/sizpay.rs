//! SizPay against the sandbox: each way, each form of answer, and nothing taken for a payment that is none.

mod asking;
mod namespace;
mod paying;
mod proving;
mod resending;
mod resolving;

use paylink_sandbox::Sandbox;
use paylink_tests::sizpay_shop;
use sizpay_client::{SizPay, Via};

/// A client whose clock nobody moves.
fn client(sandbox: &Sandbox, via: Via) -> SizPay {
    sizpay_shop::sizpay(sandbox, via, sizpay_shop::clock_of(sandbox)).unwrap()
}

/// The method that sends a link in this way.
fn send_method(via: Via) -> &'static str {
    match via.as_str() {
        "rest" => "PayLinkSend",
        "soap" => "PayLinkSendSoap",
        _ => "PayLinkSendRest",
    }
}
