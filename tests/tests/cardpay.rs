//! CardPay against the sandbox: what is paid is delivered once, and what is not is never taken for it.

#[path = "../../crates/cardpay-client/examples/deliver_once/shop.rs"]
mod deliver_once;

mod creating;
mod delivering;
mod proving;
mod states;
