use std::fmt::Display;
use std::time::Duration;

use paylink::cardpay::{CardPay, CreatedPayment, Expected, NewPayment, PaymentState, Settlement};
use paylink::{CardNumber, Rial};
use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::CardpaySandbox;

use crate::demo::browser;
use crate::demo::journey::{Looked, Seen, fields, told};
use crate::demo::shop::Shop;

/// What the order costs.
pub(super) const PRICE: Rial = Rial::new(150_000);
/// What another order would cost.
pub(super) const DEARER: Rial = Rial::new(1_500_000);

/// A merchant with a shop and an installation of the script.
pub(super) struct Merchant {
    shop: Shop,
    cardpay: CardPay,
    script: CardpaySandbox,
}

/// An order with its payment, as the merchant's books have it.
pub(super) struct Order {
    number: u64,
    payment: CreatedPayment,
    time_left: Duration,
}

impl Order {
    /// What the payer has to transfer, in rial.
    pub(super) fn exactly(&self) -> u64 {
        self.payment.transfer_exactly.rial().get()
    }

    /// How much time it had when it was created; the script told whole seconds.
    pub(super) fn time_left(&self) -> Duration {
        self.time_left.saturating_add(Duration::from_secs(1))
    }
}

impl Merchant {
    pub(super) async fn open(sandbox: &Sandbox) -> Result<Merchant, Box<dyn Display>> {
        let script = sandbox.cardpay();
        Ok(Merchant {
            shop: Shop::open().await.map_err(told)?,
            cardpay: CardPay::builder(script.base_url(), script.token())
                .build()
                .map_err(told)?,
            script: script.clone(),
        })
    }

    /// The card from which the payer transfers.
    pub(super) fn card(&self) -> &'static str {
        self.script.payer_card()
    }

    pub(super) fn other_card(&self) -> &'static str {
        self.script.other_payer_card()
    }

    pub(super) async fn create(&self, number: u64) -> Looked<Order> {
        self.send(number, self.payment(number)?).await
    }

    /// Creates a payment that has to come from the payer's card.
    pub(super) async fn create_for_card(&self, number: u64) -> Looked<Order> {
        let card = CardNumber::parse(self.card()).map_err(told)?;
        self.send(number, self.payment(number)?.with_payer_card(card))
            .await
    }

    fn payment(&self, number: u64) -> Result<NewPayment, Box<dyn Display>> {
        NewPayment::new(number, PRICE)
            .and_then(|payment| payment.with_callback(&self.callback(number)))
            .map_err(told)
    }

    /// The script adds nothing to it that could be relied on: it names the order by itself.
    fn callback(&self, number: u64) -> String {
        format!("{}?order={number}", self.shop.callback())
    }

    async fn send(&self, number: u64, payment: NewPayment) -> Looked<Order> {
        let payment = self.cardpay.create(payment).await.map_err(told)?;
        let exactly = payment.transfer_exactly;
        let got = format!("exact amount, {} cards", payment.pay_to.len());
        let expires = payment.expires.ok_or_else(|| told("it never expires"))?;
        let order = Order {
            number,
            time_left: self.cardpay.time_left(expires),
            payment,
        };
        Ok(Seen::with(order, got).note(format!("to transfer: {exactly}, for a price of {PRICE}")))
    }

    /// Fills the pay page's form in, and takes the address to which the browser is sent.
    pub(super) async fn transfer(&self, order: &Order, rial: u64, card: &str) -> Looked<String> {
        let form = open_page(order).await?.value;
        let rial = rial.to_string();
        let typed = [
            ("to", "0"),
            ("amount", &*rial),
            ("from", "other"),
            ("card", card),
            ("names_card", "yes"),
        ];
        let page = browser::submit(&form, &typed).await.map_err(told)?;
        let location = page.location.unwrap_or_default();
        let place = if self.shop.is_callback(&location) {
            "the shop"
        } else if form.strip_suffix("/transfer") == Some(&location) {
            "the pay page"
        } else {
            "elsewhere"
        };
        Ok(Seen::with(location, format!("{} to {place}", page.status)))
    }

    /// Goes where the payer's browser was sent, and reads which order the shop is to look after.
    pub(super) async fn follow(&mut self, back: &str) -> Looked<()> {
        browser::open(back).await.map_err(told)?;
        let query = self
            .shop
            .payer_returned()
            .await
            .ok_or_else(|| told("the shop has closed"))?;
        let first = query.split('&').next().unwrap_or_default();
        Ok(Seen::only(first.replace('=', " ")).note(query))
    }

    pub(super) async fn settle(&self, order: &Order, price: Rial) -> Looked<()> {
        let record = order.payment.record().clone();
        let expected = Expected::new(order.number, price, record).map_err(told)?;
        let settlement = self.cardpay.settle(&expected).await.map_err(told)?;
        Ok(Seen::only(match settlement {
            Settlement::Settled(_) => "settled".to_owned(),
            Settlement::AlreadySettled(_) => "already settled".to_owned(),
            Settlement::NotPaid(PaymentState::NotPaidYet) => "not paid yet".to_owned(),
            Settlement::NotPaid(PaymentState::Expired) => "expired".to_owned(),
            Settlement::NotPaid(other) => format!("code {}", other.code()),
            Settlement::Mismatch(found) => format!("mismatch in {}", fields(&found)),
        }))
    }
}

/// Opens the pay page as the payer does.
pub(super) async fn see_page(order: &Order) -> Looked<()> {
    let Seen { got, note, .. } = open_page(order).await?;
    let value = ();
    Ok(Seen { value, got, note })
}

/// Opens the pay page, and finds the form to transfer by.
async fn open_page(order: &Order) -> Looked<String> {
    let link = order.payment.link.as_ref();
    let link = link.ok_or_else(|| told("there is no pay page"))?.as_str();
    let page = browser::open(link).await.map_err(told)?;
    match page.form("/transfer") {
        Some(form) => Ok(Seen::with(form, format!("{}, a transfer form", page.status)).note(link)),
        None => Err(told(format!("{}, no transfer form", page.status))),
    }
}
