//! The first screen: one provider, from the invoice to the proof.

use std::error::Error;

use paylink_core::ComparedField;
use paylink_sandbox::Sandbox;
use paylink_tests::impatience;
use paylink_tests::shop;
use zipay_client::{Expected, Invoice, Mismatch, Proof, Status};

/// The shop's own record of an order.
struct Order {
    number: &'static str,
    outcome: Option<Outcome>,
}

#[derive(Debug)]
enum Outcome {
    Delivered(Proof),
    NotPaid(Box<Invoice>),
    Alarm(Mismatch),
}

impl Order {
    fn expected_for(&self, back: &zipay_client::Return) -> Result<Expected, zipay_client::Invalid> {
        shop::expected(back.track_id(), self.number)
    }
}

fn deliver_once(order: &mut Order, proof: Proof) {
    assert!(order.outcome.is_none());
    order.outcome = Some(Outcome::Delivered(proof));
}

fn try_again(order: &mut Order, state: Invoice) {
    order.outcome = Some(Outcome::NotPaid(Box::new(state)));
}

fn alarm(order: &mut Order, found: Mismatch) {
    order.outcome = Some(Outcome::Alarm(found));
}

#[rustfmt::skip]
async fn first_screen(sandbox: &Sandbox, order: &mut Order, paid: bool) -> Result<(), Box<dyn Error>> {
let api_key = sandbox.zipay().api_key();
let secret_key = sandbox.zipay().secret_key();
// README:
use zipay_client::{Currency, Money, NewInvoice, Settlement, ZiPay};

let zipay = ZiPay::builder(api_key, secret_key).terminal(1003).build()?;
// :README
drop(zipay);
let zipay = shop::zipay(sandbox, impatience::clock())?;
// README:

let invoice = NewInvoice::new("1000", Money::new("100.99", Currency::Usd)?, "https://shop.example/back")?
    .with_webhook("https://shop.example/hook")?;
let created = zipay.create_invoice(invoice).await?; // send the payer to created.redirect
// :README
if paid {
    sandbox.zipay().pay(created.track_id.as_str())?;
}
let url = sandbox.zipay().invoice(created.track_id.as_str()).ok_or("lost")?.return_url();
let query = url.split_once('?').ok_or("no query")?.1;
// README:

let back = zipay_client::Return::from_query(query)?; // in the callback route: a hint, not a proof
match zipay.settle(&order.expected_for(&back)?).await? {
    Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => deliver_once(order, proof),
    Settlement::NotPaid(state) => try_again(order, state),
    Settlement::Mismatch(found) => alarm(order, found),
}
// :README
Ok(())
}

async fn outcome(number: &'static str, paid: bool) -> Outcome {
    let sandbox = Sandbox::start().await.unwrap();
    let mut order = Order {
        number,
        outcome: None,
    };
    first_screen(&sandbox, &mut order, paid).await.unwrap();
    order.outcome.unwrap()
}

#[tokio::test]
async fn it_does_what_it_says() {
    let paid = outcome("1000", true).await;
    assert!(
        matches!(&paid, Outcome::Delivered(proof) if proof.order() == "1000"),
        "{paid:?}"
    );
    let unpaid = outcome("1000", false).await;
    let is_open = |state: &Invoice| state.status == Status::Generated;
    assert!(
        matches!(&unpaid, Outcome::NotPaid(state) if is_open(state)),
        "{unpaid:?}"
    );
    let another = outcome("2000", true).await;
    assert!(
        matches!(&another, Outcome::Alarm(found) if found.has(ComparedField::Order)),
        "{another:?}"
    );
}

#[test]
fn it_is_the_code_that_was_run() {
    super::assert_shown(0, include_str!("first_screen.rs"));
}
