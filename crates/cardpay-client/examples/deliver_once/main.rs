//! A merchant who delivers exactly once, also when the answer that says "first verification" is lost:
//! `cargo run -p cardpay-client --example deliver_once`.
//!
//! The script says 201 to the first check of a paid payment and 200 to every later one. A shop that delivers on 201 alone
//! delivers nothing if that one answer is lost; one that delivers on both without books of their own delivers twice. So
//! either is a proof of the money, and the order's own record decides about the goods.
//!
//! `shop` is the merchant, and the part to learn from; `script` stands in for the provider.

mod script;
mod shop;

use std::io::{Write, stdout};

use cardpay_client::{CardPay, Rial};

use script::Script;
use shop::{Problem, Shop};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Problem> {
    let script = Script::start().await;
    let cardpay = CardPay::builder(script.base_url(), "a-token").build()?;
    let shop = Shop::default();
    shop.sell(1000, Rial::new(150_000));
    let created = shop.ask_for_payment(&cardpay, 1000).await?;
    let mut out = stdout();
    writeln!(out, "transfer exactly {}", created.transfer_exactly)?;

    // The payer has transferred. The first check is carried out and says 201, and that never arrives; nor do the answers
    // to the client's own two further attempts.
    script.lose_answers(3);
    let looked = shop.look_after(&cardpay, 1000).await?;
    writeln!(out, "the timer: {looked}")?;
    assert_eq!(script.verifications(), 3);
    assert!(shop.sent_out().is_empty());

    // The script will never say 201 again. The payer's return and the timer come at once, and the timer later again.
    let (returned, timer) = tokio::join!(
        shop.look_after(&cardpay, 1000),
        shop.look_after(&cardpay, 1000)
    );
    writeln!(out, "the payer's return: {}", returned?)?;
    writeln!(out, "the timer: {}", timer?)?;
    let looked = shop.look_after(&cardpay, 1000).await?;
    writeln!(out, "the timer: {looked}")?;
    assert_eq!(script.verifications(), 6);
    assert_eq!(shop.sent_out(), [1000]);
    Ok(())
}
