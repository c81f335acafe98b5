//! A ZiPay invoice from its creation to its refund.

use paylink::zipay::{
    CreatedInvoice, DESCRIPTOR, Expected, NewInvoice, Return, Settlement, TrackId, Webhook, ZiPay,
};
use paylink::{Currency, Invalid, Money};
use paylink_sandbox::Sandbox;

use crate::demo::journey::{Ended, Journey, Looked, Seen, fields, told};
use crate::demo::shop::Shop;
use crate::demo::{Demo, browser, client, simulated};
use crate::failure::Failure;

/// Shows the demo.
pub(crate) async fn show(demo: &mut Demo<'_>) -> Result<(), Failure> {
    demo.walk(DESCRIPTOR.title(), walk).await
}

/// Walks through one payment.
async fn walk(sandbox: &Sandbox, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let mut merchant = Merchant::open(sandbox).await?;

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
    let higher = merchant.settle(&track_id, HIGHER_PRICE);
    journey
        .check("settle a higher price", "mismatch in amount", higher)
        .await?;
    journey
        .check("refund", "refunded", merchant.refund(&track_id))
        .await
}

/// What the order costs, in toman.
const PRICE: &str = "250000";
/// What another order would cost.
const HIGHER_PRICE: &str = "2500000";
const ORDER: &str = "1";

/// A merchant with a shop and an account.
struct Merchant {
    shop: Shop,
    zipay: ZiPay,
}

impl Merchant {
    async fn open(sandbox: &Sandbox) -> Result<Merchant, Ended> {
        Ok(Merchant {
            shop: Shop::open().await?,
            zipay: client(&simulated::<ZiPay>(sandbox)?.settings(), &[])?,
        })
    }

    async fn create(&self, sandbox: &Sandbox) -> Looked<CreatedInvoice> {
        let created = self
            .zipay
            .create_invoice(self.invoice().map_err(told)?)
            .await
            .map_err(told)?;
        let link = created.redirect.to_string();
        let ours = link
            .strip_prefix(sandbox.url())
            .is_some_and(|path| path.starts_with('/'));
        let got = if ours {
            "a link of the sandbox"
        } else {
            "a link to elsewhere"
        };
        Ok(Seen::with(created, got).note(link))
    }

    fn invoice(&self) -> Result<NewInvoice, Invalid> {
        NewInvoice::new(ORDER, price(PRICE)?, &self.shop.callback())?
            .with_webhook(&self.shop.webhook())
    }

    /// Submits the form, and takes the address to which the browser is sent.
    async fn pay(&self, form: &str) -> Looked<String> {
        let page = browser::submit(form, &[]).await.map_err(told)?;
        let location = page.location.unwrap_or_default();
        let place = if self.shop.is_callback(&location) {
            "the shop"
        } else {
            "elsewhere"
        };
        Ok(Seen::with(location, format!("{} to {place}", page.status)))
    }

    async fn webhook(&mut self, created: &CreatedInvoice) -> Looked<()> {
        let body = self
            .shop
            .webhook_arrived()
            .await
            .ok_or_else(|| told("the shop has closed"))?;
        let webhook = Webhook::from_body(&body).map_err(told)?;
        let which = which(created, webhook.track_id(), webhook.invoice_number());
        let note = String::from_utf8_lossy(&body).into_owned();
        Ok(Seen::only(format!("{which}, {}", webhook.claimed_status())).note(note))
    }

    /// Goes where the payer's browser was sent, and reads what it brings to the shop.
    async fn follow(&mut self, back: &str, created: &CreatedInvoice) -> Looked<TrackId> {
        browser::open(back).await.map_err(told)?;
        let query = self
            .shop
            .payer_returned()
            .await
            .ok_or_else(|| told("the shop has closed"))?;
        let returned = Return::from_query(&query).map_err(told)?;
        let which = which(created, returned.track_id(), returned.invoice_number());
        Ok(Seen::with(returned.track_id().clone(), which).note(query))
    }

    async fn settle(&self, track_id: &TrackId, amount: &str) -> Looked<()> {
        let expected =
            Expected::new(track_id.clone(), ORDER, price(amount).map_err(told)?).map_err(told)?;
        let settlement = self.zipay.settle(&expected).await.map_err(told)?;
        Ok(Seen::only(match settlement {
            Settlement::Settled(proof) => format!("settled {}", proof.amount()),
            Settlement::AlreadySettled(_) => "already settled".to_owned(),
            Settlement::NotPaid(invoice) => format!("not paid, {}", invoice.status),
            Settlement::Mismatch(found) => format!("mismatch in {}", fields(&found)),
        }))
    }

    async fn refund(&self, track_id: &TrackId) -> Looked<()> {
        let invoice = self.zipay.refund_invoice(track_id).await.map_err(told)?;
        Ok(Seen::only(invoice.status.to_string()))
    }
}

/// Opens the pay page as the payer does, and finds the form to pay by.
async fn open_page(created: &CreatedInvoice) -> Looked<String> {
    let page = browser::open(created.redirect.as_str())
        .await
        .map_err(told)?;
    match page.form("/pay") {
        Some(form) => Ok(Seen::with(
            form,
            format!("{}, a form to pay by", page.status),
        )),
        None => Err(told(format!("{}, no form to pay by", page.status))),
    }
}

/// Whether a hint is about the invoice that was created.
fn which(created: &CreatedInvoice, track_id: &TrackId, number: &str) -> &'static str {
    if created.track_id == *track_id && number == ORDER {
        "this invoice"
    } else {
        "another invoice"
    }
}

fn price(amount: &str) -> Result<Money, Invalid> {
    Money::new(amount, Currency::Irt)
}
