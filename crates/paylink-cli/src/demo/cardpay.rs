//! CardPay payments: transferred exactly, from another card, a wrong amount, and not in time.

mod merchant;

use paylink_sandbox::Sandbox;

use super::journey::{Ended, Journey};
use crate::failure::Failure;
use merchant::{DEARER, Merchant, PRICE, see_page};

const CREATED: &str = "exact amount, 3 cards";
const FORM: &str = "200, a transfer form";

/// Walks through four payments.
pub(super) async fn walk(sandbox: &Sandbox, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let mut merchant = Merchant::open(sandbox).await.map_err(|problem| {
        Ended::Failed(Failure::local("shop", &format!("cannot open: {problem}")))
    })?;
    exactly(&mut merchant, journey).await?;
    from_another_card(&merchant, journey).await?;
    wrongly(&merchant, journey).await?;
    too_late(&merchant, sandbox, journey).await
}

async fn exactly(merchant: &mut Merchant, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let created = merchant.create(1);
    let order = journey.step("create a payment", CREATED, created).await?;
    let page = see_page(&order);
    journey.check("open the pay page", FORM, page).await?;
    let early = merchant.settle(&order, PRICE);
    journey
        .check("verify too early", "not paid yet", early)
        .await?;
    let transferred = merchant.transfer(&order, order.exactly(), merchant.card());
    let back = journey
        .step("transfer exactly", "303 to the shop", transferred)
        .await?;
    let followed = merchant.follow(&back);
    journey
        .check("follow the return", "order 1", followed)
        .await?;
    let first = merchant.settle(&order, PRICE);
    journey
        .check("verify, the first time", "settled", first)
        .await?;
    let second = merchant.settle(&order, PRICE);
    journey
        .check("verify again", "already settled", second)
        .await?;
    let dearer = merchant.settle(&order, DEARER);
    journey
        .check("settle a dearer order", "mismatch in amount", dearer)
        .await
}

async fn from_another_card(merchant: &Merchant, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let created = merchant.create_for_card(2);
    let order = journey
        .step("create one for a card", CREATED, created)
        .await?;
    let transferred = merchant.transfer(&order, order.exactly(), merchant.other_card());
    journey
        .step("transfer from another", "303 to the shop", transferred)
        .await?;
    let settle = merchant.settle(&order, PRICE);
    journey
        .check("verify it", "mismatch in payer", settle)
        .await
}

async fn wrongly(merchant: &Merchant, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let created = merchant.create(3);
    let order = journey.step("create a third one", CREATED, created).await?;
    let too_little = order.exactly().saturating_sub(1);
    let transferred = merchant.transfer(&order, too_little, merchant.card());
    journey
        .step("transfer a rial less", "303 to the pay page", transferred)
        .await?;
    let settle = merchant.settle(&order, PRICE);
    journey.check("verify that", "not paid yet", settle).await
}

async fn too_late(
    merchant: &Merchant,
    sandbox: &Sandbox,
    journey: &mut Journey<'_>,
) -> Result<(), Ended> {
    let created = merchant.create(4);
    let order = journey
        .step("create a fourth one", CREATED, created)
        .await?;
    sandbox.clock().advance(order.time_left());
    let settle = merchant.settle(&order, PRICE);
    journey
        .check("verify after its time", "expired", settle)
        .await
}
