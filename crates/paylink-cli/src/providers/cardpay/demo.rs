//! CardPay payments: transferred exactly, from another card, a wrong amount, and not in time.

use std::fmt::Display;
use std::time::Duration;

use paylink::cardpay::{
    CardPay, CreatedPayment, DESCRIPTOR, Expected, NewPayment, PaymentState, Settlement,
};
use paylink::{CardNumber, Rial};
use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::CardpaySandbox;

use crate::demo::journey::{Ended, Journey, Looked, Seen, fields, told};
use crate::demo::shop::Shop;
use crate::demo::{Demo, browser, client, simulated};
use crate::failure::Failure;

const CREATED: &str = "exact amount, 3 cards";
const FORM: &str = "200, a transfer form";

/// Shows the demo.
pub(crate) async fn show(demo: &mut Demo<'_>) -> Result<(), Failure> {
    demo.walk(DESCRIPTOR.title(), walk).await
}

/// Walks through four payments.
async fn walk(sandbox: &Sandbox, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let mut merchant = Merchant::open(sandbox).await?;
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
    let higher = merchant.settle(&order, HIGHER_PRICE);
    journey
        .check("settle a higher price", "mismatch in amount", higher)
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

/// What the order costs.
const PRICE: Rial = Rial::new(150_000);
/// What another order would cost.
const HIGHER_PRICE: Rial = Rial::new(1_500_000);

/// A merchant with a shop and an installation of the script.
struct Merchant {
    shop: Shop,
    cardpay: CardPay,
    script: CardpaySandbox,
}

/// An order with its payment, as the merchant's books have it.
struct Order {
    number: u64,
    payment: CreatedPayment,
    time_left: Duration,
}

impl Order {
    /// What the payer has to transfer, in rial.
    fn exactly(&self) -> u64 {
        self.payment.transfer_exactly.rial().get()
    }

    /// How much time it had when it was created; the script told whole seconds.
    fn time_left(&self) -> Duration {
        self.time_left.saturating_add(Duration::from_secs(1))
    }
}

impl Merchant {
    async fn open(sandbox: &Sandbox) -> Result<Merchant, Ended> {
        Ok(Merchant {
            shop: Shop::open().await?,
            cardpay: client(&simulated::<CardPay>(sandbox)?.settings(), &[])?,
            script: sandbox.cardpay().clone(),
        })
    }

    /// The card from which the payer transfers.
    fn card(&self) -> &'static str {
        self.script.payer_card()
    }

    fn other_card(&self) -> &'static str {
        self.script.other_payer_card()
    }

    async fn create(&self, number: u64) -> Looked<Order> {
        self.send(number, self.payment(number)?).await
    }

    /// Creates a payment that has to come from the payer's card.
    async fn create_for_card(&self, number: u64) -> Looked<Order> {
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
    async fn transfer(&self, order: &Order, rial: u64, card: &str) -> Looked<String> {
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
    async fn follow(&mut self, back: &str) -> Looked<()> {
        browser::open(back).await.map_err(told)?;
        let query = self
            .shop
            .payer_returned()
            .await
            .ok_or_else(|| told("the shop has closed"))?;
        let first = query.split('&').next().unwrap_or_default();
        Ok(Seen::only(first.replace('=', " ")).note(query))
    }

    async fn settle(&self, order: &Order, price: Rial) -> Looked<()> {
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
async fn see_page(order: &Order) -> Looked<()> {
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
