//! A ZiPay invoice from its creation to its refund.

mod merchant;

use paylink_sandbox::Sandbox;

use super::journey::{Ended, Journey};
use crate::failure::Failure;
use merchant::{DEARER, Merchant, PRICE, open_page};

/// Walks through one payment.
pub(super) async fn walk(sandbox: &Sandbox, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let mut merchant = Merchant::open(sandbox).await.map_err(|problem| {
        Ended::Failed(Failure::local("shop", &format!("cannot open: {problem}")))
    })?;

    let created = merchant.create(sandbox);
    let created = journey
        .step("create an invoice", "a link of the sandbox", created)
        .await?;
    let pay = journey
        .step(
            "open the pay page",
            "200, a form to pay by",
            open_page(&created),
        )
        .await?;
    let back = journey
        .step("pay by the form", "303 to the shop", merchant.pay(&pay))
        .await?;
    let webhook = merchant.webhook(&created);
    journey
        .check("receive the webhook", "this invoice, pending", webhook)
        .await?;
    let returned = merchant.follow(&back, &created);
    let track_id = journey
        .step("follow the return", "this invoice", returned)
        .await?;

    let settle = merchant.settle(&track_id, PRICE);
    journey
        .check("settle", "settled 250000 IRT", settle)
        .await?;
    let again = merchant.settle(&track_id, PRICE);
    journey
        .check("settle again", "already settled", again)
        .await?;
    let dearer = merchant.settle(&track_id, DEARER);
    journey
        .check("settle a dearer order", "mismatch in amount", dearer)
        .await?;
    journey
        .check("refund", "refunded", merchant.refund(&track_id))
        .await
}
