//! SizPay links in each way that requests can take: paid, and disabled.

mod merchant;

use paylink::sizpay::Via;
use paylink_sandbox::Sandbox;

use super::journey::{Ended, Journey};
use crate::failure::Failure;
use merchant::Merchant;

/// The ways, each with the name of its journey.
pub(super) const WAYS: [(Via, &str); 3] = [
    (Via::Rest, "SizPay over REST"),
    (Via::Soap, "SizPay over SOAP"),
    (Via::AsmxJson, "SizPay over ASP.NET JSON"),
];

/// Walks through two links that are sent in this way.
pub(super) async fn walk(
    sandbox: &Sandbox,
    via: Via,
    journey: &mut Journey<'_>,
) -> Result<(), Ended> {
    let merchant = Merchant::open(sandbox, via).map_err(|problem| {
        Ended::Failed(Failure::local("shop", &format!("cannot open: {problem}")))
    })?;
    // REST alone tells the link's address; the SMS holds it either way.
    let sent = match via {
        Via::Rest => "a send id and a link",
        _ => "a send id",
    };
    pay(&merchant, sent, journey).await?;
    disable(&merchant, sent, journey).await
}

async fn pay(
    merchant: &Merchant<'_>,
    sent: &'static str,
    journey: &mut Journey<'_>,
) -> Result<(), Ended> {
    let send = merchant.send("1");
    let order = journey.step("send a link", sent, send).await?;
    let sms = merchant.find_sms();
    let link = journey
        .step("find the SMS", "a link, 25 of 30 chars", sms)
        .await?;
    let by_rule = merchant.resend_by_rule(&order);
    journey
        .check("resend by the rule", "refused unsent", by_rule)
        .await?;
    let against_it = merchant.resend(&order);
    journey
        .check("resend against it", "refused by SizPay", against_it)
        .await?;
    let early = merchant.settle(&order, order.number());
    journey.check("settle too early", "not paid", early).await?;
    let page = merchant.open_page(&link);
    let form = journey
        .step("open the pay page", "200, a form to pay by", page)
        .await?;
    let paid = merchant.submit(&form, &link);
    journey
        .check("pay by the form", "303 to the pay page", paid)
        .await?;
    let state = merchant.state(&order);
    journey
        .check("ask for the state", "paid, its reference", state)
        .await?;
    for step in ["settle", "settle again"] {
        let settle = merchant.settle(&order, order.number());
        journey.check(step, "already settled", settle).await?;
    }
    let another = merchant.settle(&order, "another");
    journey
        .check("settle another order", "mismatch in order", another)
        .await
}

async fn disable(
    merchant: &Merchant<'_>,
    sent: &'static str,
    journey: &mut Journey<'_>,
) -> Result<(), Ended> {
    let send = merchant.send("2");
    let order = journey.step("send another link", sent, send).await?;
    let sms = merchant.find_sms();
    let link = journey
        .step("find its SMS", "a link, 25 of 30 chars", sms)
        .await?;
    let disable = merchant.disable(&order);
    journey.check("disable it", "disabled", disable).await?;
    let page = merchant.look_for_form(&link);
    journey
        .check("open its pay page", "200, nothing to pay", page)
        .await
}
