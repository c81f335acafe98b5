//! POD invoices, each paid in another way: by card, wallet, SMS, another invoice, later, and at a point of sale.

mod merchant;
mod payer;

use std::time::Duration;

use paylink_sandbox::Sandbox;

use super::journey::{Ended, Journey};
use crate::failure::Failure;
use merchant::{DEARER, Merchant, PRICE};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Walks through every way to pay.
pub(super) async fn walk(sandbox: &Sandbox, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let mut merchant = Merchant::open(sandbox).await.map_err(|problem| {
        Ended::Failed(Failure::local("shop", &format!("cannot open: {problem}")))
    })?;
    by_card(&mut merchant, journey).await?;
    from_the_wallet(&merchant, journey).await?;
    by_sms(&merchant, sandbox, journey).await?;
    elsewhere(&merchant, journey).await?;
    later(&merchant, sandbox, journey).await?;
    at_a_busy_gateway(&merchant, journey).await
}

/// In three steps: issued, paid by card, and settled by the merchant.
async fn by_card(merchant: &mut Merchant, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let issued = merchant.issue_in_three_steps("1");
    let order = journey
        .step("issue an invoice", "unverified, 150000 rial", issued)
        .await?;
    let link = journey
        .step(
            "open its link",
            "200, ways to pay",
            merchant.open_link(&order),
        )
        .await?;
    let gateway = journey
        .step(
            "choose a card",
            "303 to the gateway",
            payer::choose_card(&link),
        )
        .await?;
    let paid = payer::pay_by_card(&gateway, merchant.shop());
    let back = journey
        .step("pay at the gateway", "303 to the shop", paid)
        .await?;
    let followed = merchant.follow(&back);
    journey
        .check("follow the return", "order 1, paid=false", followed)
        .await?;
    let listed = merchant.list(&order);
    journey.check("list it", "unverified", listed).await?;
    let first = merchant.settle(&order, PRICE);
    journey.check("settle it", "settled", first).await?;
    let second = merchant.settle(&order, PRICE);
    journey
        .check("settle it again", "already settled", second)
        .await?;
    let dearer = merchant.settle(&order, DEARER);
    journey
        .check("settle a dearer order", "mismatch in amount", dearer)
        .await?;
    let paid = merchant.pay_other_with(&order);
    let creditor = journey
        .step("pay one with another", "promised", paid)
        .await?;
    let settled = merchant.listed_later(&creditor, DAY);
    journey.check("let the banks settle", "paid", settled).await
}

async fn from_the_wallet(merchant: &Merchant, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let paid = merchant.pay_from_wallet("2");
    let order = journey.step("pay from the wallet", "paid", paid).await?;
    let again = merchant.try_to_pay(&order);
    journey
        .check("pay it once more", "refused with 24", again)
        .await
}

async fn by_sms(
    merchant: &Merchant,
    sandbox: &Sandbox,
    journey: &mut Journey<'_>,
) -> Result<(), Ended> {
    let asked = merchant.ask_by_sms("3", sandbox);
    let (order, code) = journey
        .step("ask to pay by SMS", "an SMS with a code", asked)
        .await?;
    let answered = merchant.answer_sms(&order, &code);
    journey.check("send the code back", "paid", answered).await
}

async fn elsewhere(merchant: &Merchant, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let marked = merchant.mark_paid("4");
    journey.check("mark one as paid", "paid", marked).await?;
    let reported = merchant.report_pos_payment("5");
    journey
        .check("report a POS payment", "paid", reported)
        .await
}

async fn later(
    merchant: &Merchant,
    sandbox: &Sandbox,
    journey: &mut Journey<'_>,
) -> Result<(), Ended> {
    // Two days from now, that day has begun whatever the time.
    let day = sandbox.clock().now().checked_add(2 * DAY);
    let guaranteed = merchant.guarantee(day);
    let creditor = journey
        .step("guarantee a payment", "promised", guaranteed)
        .await?;
    let kept = merchant.listed_later(&creditor, 2 * DAY);
    journey.check("let the day come", "paid", kept).await
}

async fn at_a_busy_gateway(merchant: &Merchant, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let sent = merchant.send_to_gateway("6");
    let order = journey
        .step("leave at the gateway", "303 to the gateway", sent)
        .await?;
    let refused = merchant.try_to_pay(&order);
    journey
        .check("pay meanwhile", "refused with 72", refused)
        .await
}
