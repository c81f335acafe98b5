//! A ZiPay invoice from its creation to its refund.

use paylink::zipay::{
    CreatedInvoice, DESCRIPTOR, Expected, Invoice, NewInvoice, Return, Settlement, TrackId,
    Webhook, ZiPay,
};
use paylink::{Currency, Invalid, Money};
use paylink_sandbox::Sandbox;

use crate::demo::journey::{Ended, Journey, Looked, Seen, settled, steps};
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

    steps! { journey:
        let created = "create an invoice", "a link of the sandbox" => merchant.create(sandbox);
        let pay = "open the pay page", "200, a form to pay by" => open_page(&created);
        let back = "pay by the form", "303 to the shop" => merchant.pay(&pay);
        "receive the webhook", "this invoice, pending" => merchant.webhook(&created);
        let track_id = "follow the return", "this invoice" => merchant.follow(&back, &created);
        "settle", "settled 250000 IRT" => merchant.settle(&track_id, PRICE);
        "settle again", "already settled" => merchant.settle(&track_id, PRICE);
        "settle a higher price", "mismatch in amount" => merchant.settle(&track_id, HIGHER_PRICE);
        "refund", "refunded" => merchant.refund(&track_id);
    }
    Ok(())
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
        let created = self.zipay.create_invoice(self.invoice()?).await?;
        let link = created.redirect.to_string();
        let got = match link.strip_prefix(sandbox.url()) {
            Some(path) if path.starts_with('/') => "a link of the sandbox",
            _ => "a link to elsewhere",
        };
        Ok(Seen::with(created, got))
    }

    fn invoice(&self) -> Result<NewInvoice, Invalid> {
        NewInvoice::new(ORDER, price(PRICE)?, &self.shop.callback())?
            .with_webhook(&self.shop.webhook())
    }

    /// Submits the form, and takes the address to which the browser is sent.
    async fn pay(&self, form: &str) -> Looked<String> {
        let page = browser::submit(form, &[]).await?;
        Ok(page.leads(|url| self.shop.place(url)))
    }

    async fn webhook(&mut self, created: &CreatedInvoice) -> Looked<()> {
        let body = self.shop.webhook_arrived().await?;
        let webhook = Webhook::from_body(&body)?;
        let which = which(created, webhook.track_id(), webhook.invoice_number());
        let note = String::from_utf8_lossy(&body).into_owned();
        Ok(Seen::only(format!("{which}, {}", webhook.claimed_status())).note(note))
    }

    /// Goes where the payer's browser was sent, and reads what it brings to the shop.
    async fn follow(&mut self, back: &str, created: &CreatedInvoice) -> Looked<TrackId> {
        let query = self.shop.follow(back).await?;
        let returned = Return::from_query(&query)?;
        let which = which(created, returned.track_id(), returned.invoice_number());
        Ok(Seen::with(returned.track_id().clone(), which).note(query))
    }

    async fn settle(&self, track_id: &TrackId, amount: &str) -> Looked<()> {
        let expected = Expected::new(track_id.clone(), ORDER, price(amount)?)?;
        let settlement = self.zipay.settle(&expected).await?;
        if let Settlement::Settled(proof) = &settlement {
            return Ok(Seen::only(format!("settled {}", proof.amount())));
        }
        let not_paid = |invoice: Invoice| format!("not paid, {}", invoice.status);
        Ok(Seen::only(settled(settlement, not_paid)))
    }

    async fn refund(&self, track_id: &TrackId) -> Looked<()> {
        let invoice = self.zipay.refund_invoice(track_id).await?;
        Ok(Seen::only(invoice.status.to_string()))
    }
}

/// Opens the pay page as the payer does, and finds the form to pay by.
async fn open_page(created: &CreatedInvoice) -> Looked<String> {
    browser::open_form(created.redirect.as_str(), "/pay", "a form to pay by").await
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
