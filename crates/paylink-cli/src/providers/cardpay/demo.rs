//! CardPay payments: transferred exactly, from another card, a wrong amount, and not in time.

use std::time::Duration;

use paylink::cardpay::{CardPay, CreatedPayment, DESCRIPTOR, Expected, NewPayment, PaymentState};
use paylink::{CardNumber, Rial};
use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::CardpaySandbox;

use crate::demo::journey::{Ended, Journey, Looked, Problem, Seen, settled, steps};
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
    let (card, other_card) = (merchant.card(), merchant.other_card());
    steps! { journey:
        let order = "create a payment", CREATED => merchant.create(1);
        "open the pay page", FORM => see_page(&order);
        "verify too early", "not paid yet" => merchant.settle(&order, PRICE);
        let back = "transfer exactly", "303 to the shop" =>
            merchant.transfer(&order, order.exactly(), card);
        "follow the return", "order 1" => merchant.follow(&back);
        "verify, the first time", "settled" => merchant.settle(&order, PRICE);
        "verify again", "already settled" => merchant.settle(&order, PRICE);
        "settle a higher price", "mismatch in amount" => merchant.settle(&order, HIGHER_PRICE);

        let order = "create one for a card", CREATED => merchant.create_for_card(2);
        let _ = "transfer from another", "303 to the shop" =>
            merchant.transfer(&order, order.exactly(), other_card);
        "verify it", "mismatch in payer" => merchant.settle(&order, PRICE);

        let order = "create a third one", CREATED => merchant.create(3);
        let _ = "transfer a rial less", "303 to the pay page" =>
            merchant.transfer(&order, order.exactly().saturating_sub(1), card);
        "verify that", "not paid yet" => merchant.settle(&order, PRICE);

        let order = "create a fourth one", CREATED => merchant.create(4);
    }
    sandbox.clock().advance(order.time_left());
    steps! { journey:
        "verify after its time", "expired" => merchant.settle(&order, PRICE);
    }
    Ok(())
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
        let card = CardNumber::parse(self.card())?;
        self.send(number, self.payment(number)?.with_payer_card(card))
            .await
    }

    fn payment(&self, number: u64) -> Result<NewPayment, Problem> {
        let payment = NewPayment::new(number, PRICE)?;
        Ok(payment.with_callback(&self.callback(number))?)
    }

    /// The script adds nothing to it that could be relied on: it names the order by itself.
    fn callback(&self, number: u64) -> String {
        format!("{}?order={number}", self.shop.callback())
    }

    async fn send(&self, number: u64, payment: NewPayment) -> Looked<Order> {
        let payment = self.cardpay.create(payment).await?;
        let exactly = payment.transfer_exactly;
        let got = format!("exact amount, {} cards", payment.pay_to.len());
        let expires = payment.expires.ok_or("it never expires")?;
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
        let page = browser::submit(&form, &typed).await?;
        let pay_page = form.strip_suffix("/transfer");
        Ok(page.leads(|url| match self.shop.place(url) {
            None if pay_page == Some(url) => Some("the pay page"),
            place => place,
        }))
    }

    /// Goes where the payer's browser was sent, and reads which order the shop is to look after.
    async fn follow(&mut self, back: &str) -> Looked<()> {
        let query = self.shop.follow(back).await?;
        let first = query.split('&').next().unwrap_or_default();
        Ok(Seen::only(first.replace('=', " ")).note(query))
    }

    async fn settle(&self, order: &Order, price: Rial) -> Looked<()> {
        let record = order.payment.record().clone();
        let expected = Expected::new(order.number, price, record)?;
        let settlement = self.cardpay.settle(&expected).await?;
        Ok(Seen::only(settled(settlement, |state| match state {
            PaymentState::NotPaidYet => "not paid yet".to_owned(),
            PaymentState::Expired => "expired".to_owned(),
            other => format!("code {}", other.code()),
        })))
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
    let link = link.ok_or("there is no pay page")?.as_str();
    browser::open_form(link, "/transfer", "a transfer form").await
}
