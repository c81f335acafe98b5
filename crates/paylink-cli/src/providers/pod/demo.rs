//! POD invoices, each paid in another way: by card, wallet, SMS, another invoice, later, and at a point of sale.

use std::time::Duration;

use paylink::pod::{
    Creditor, DESCRIPTOR, Debtor, Expected, FundedBy, InvoiceId, LinkOptions, ListInvoices,
    NewInvoice, NewItem, PayAnyInvoice, PayInFuture, PayWithInvoice, Pod, PosPayment,
    PosTransaction, Return, SendPaymentSms, SmsContent, UniqueNumber, UserId,
};
use paylink::{JalaliDate, Money, Rial};
use paylink_sandbox::pod::PodSandbox;
use paylink_sandbox::{Clock, Sandbox};

use crate::demo::journey::{Ended, Journey, Looked, Problem, Seen, settled, steps};
use crate::demo::shop::Shop;
use crate::demo::{Demo, browser, client, simulated};
use crate::failure::Failure;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Shows the demo.
pub(crate) async fn show(demo: &mut Demo<'_>) -> Result<(), Failure> {
    demo.walk(DESCRIPTOR.title(), walk).await
}

/// Walks through every way to pay.
async fn walk(sandbox: &Sandbox, journey: &mut Journey<'_>) -> Result<(), Ended> {
    let mut merchant = Merchant::open(sandbox).await?;
    steps! { journey:
        // In three steps: issued, paid by card, and settled by the merchant.
        let order = "issue an invoice", "unverified, 150000 rial" =>
            merchant.issue_in_three_steps("1");
        let link = "open its link", "200, ways to pay" => merchant.open_link(&order);
        let gateway = "choose a card", "303 to the gateway" => choose_card(&link);
        let back = "pay at the gateway", "303 to the shop" =>
            pay_by_card(&gateway, &merchant.shop);
        "follow the return", "order 1, paid=false" => merchant.follow(&back);
        "list it", "unverified" => merchant.list(&order);
        "settle it", "settled" => merchant.settle(&order, PRICE);
        "settle it again", "already settled" => merchant.settle(&order, PRICE);
        "settle a higher price", "mismatch in amount" => merchant.settle(&order, HIGHER_PRICE);
        let creditor = "pay one with another", "promised" => merchant.pay_other_with(&order);
        "let the banks settle", "paid" => merchant.listed_later(&creditor, DAY);

        let order = "pay from the wallet", "paid" => merchant.pay_from_wallet("2");
        "pay it once more", "refused with 24" => merchant.try_to_pay(&order);

        let (order, code) = "ask to pay by SMS", "an SMS with a code" =>
            merchant.ask_by_sms("3", sandbox);
        "send the code back", "paid" => merchant.answer_sms(&order, &code);

        "mark one as paid", "paid" => merchant.mark_paid("4");
        "report a POS payment", "paid" => merchant.report_pos_payment("5");

        let creditor = "guarantee a payment", "promised" => merchant.guarantee();
        "let the day come", "paid" => merchant.listed_later(&creditor, 2 * DAY);

        let order = "leave at the gateway", "303 to the gateway" => merchant.send_to_gateway("6");
        "pay meanwhile", "refused with 72" => merchant.try_to_pay(&order);
    }
    Ok(())
}

/// What every order costs.
const PRICE: Rial = Rial::new(150_000);
/// What another order would cost.
const HIGHER_PRICE: Rial = Rial::new(1_500_000);

const GUILD: &str = "CLOTHING_GUILD";

/// A business with a shop, and another business to which it owes something.
struct Merchant {
    shop: Shop,
    pod: Pod,
    creditor: Pod,
    there: PodSandbox,
    clock: Clock,
}

/// An order with its invoice, as the merchant's books have it.
struct Order {
    number: String,
    id: InvoiceId,
    unique_number: Option<UniqueNumber>,
}

impl Merchant {
    async fn open(sandbox: &Sandbox) -> Result<Merchant, Ended> {
        let account = simulated::<Pod>(sandbox)?;
        let other = account.other_settings().unwrap_or_default();
        Ok(Merchant {
            shop: Shop::open().await?,
            pod: client(&account.settings(), &[])?,
            creditor: client(&other, &[])?,
            there: sandbox.pod().clone(),
            clock: sandbox.clock().clone(),
        })
    }

    async fn issue_in_three_steps(&self, number: &str) -> Looked<Order> {
        let order = issue(&self.pod, number, NewInvoice::with_verification).await?;
        let state = state(&self.pod, order.id).await?;
        let note = format!("invoice {}", order.id);
        Ok(Seen::with(order, format!("{state}, {PRICE}")).note(note))
    }

    /// Opens the link by which anybody may pay, with the way back to the shop in it.
    async fn open_link(&self, order: &Order) -> Looked<String> {
        open(&self.link(order)?).await
    }

    fn link(&self, order: &Order) -> Result<String, Problem> {
        let number = order.unique_number.as_ref();
        let number = number.ok_or("it has no unique number")?;
        let options = LinkOptions::new().with_redirect(&self.shop.callback())?;
        let link = self.pod.link_by_unique_number(number, &options);
        Ok(link?.to_string())
    }

    /// Goes where the payer's browser was sent, and reads what it claims.
    async fn follow(&mut self, back: &str) -> Looked<()> {
        let query = self.shop.follow(back).await?;
        match Return::from_query(&query)? {
            Return::Payment(payment) => {
                let number = payment.bill_number.map(|number| number.to_string());
                let paid = payment.claims_paid.map(|paid| paid.to_string());
                let (number, paid) = (number.unwrap_or_default(), paid.unwrap_or_default());
                Ok(Seen::only(format!("order {number}, paid={paid}")))
            }
            Return::Refused(refusal) => Ok(Seen::only(format!("refused with {}", refusal.code()))),
        }
    }

    async fn list(&self, order: &Order) -> Looked<()> {
        state(&self.pod, order.id).await.map(Seen::only)
    }

    async fn settle(&self, order: &Order, price: Rial) -> Looked<()> {
        let payable = Money::from(price);
        let expected = Expected::new(order.id, &order.number, payable)?;
        let settlement = self.pod.settle(&expected).await?;
        Ok(Seen::only(settled(settlement, |invoice| {
            format!("not paid, {}", invoice.state())
        })))
    }

    async fn pay_from_wallet(&self, number: &str) -> Looked<Order> {
        let order = issue(&self.pod, number, as_it_is).await?;
        let payment = PayAnyInvoice::new(order.id);
        self.pod.pay_any_invoice(payment).await?;
        self.with_state(order).await
    }

    /// Pays from the wallet what should not be payable now.
    async fn try_to_pay(&self, order: &Order) -> Looked<()> {
        let payment = PayAnyInvoice::new(order.id);
        match self.pod.pay_any_invoice(payment).await {
            Ok(_) => Ok(Seen::only("paid")),
            Err(error) => match error.refusal() {
                Some(refusal) => Ok(Seen::only(format!("refused with {}", refusal.code()))
                    .note(refusal.explanation().english)),
                None => Err(error.into()),
            },
        }
    }

    /// Issues an invoice to a person and lets POD ask for the payment; the code is what the person reads.
    async fn ask_by_sms(&self, number: &str, sandbox: &Sandbox) -> Looked<(Order, String)> {
        let user = UserId::new(self.there.user().user_id())?;
        let order = issue(&self.pod, number, |invoice| invoice.with_user(user)).await?;
        let sms = SendPaymentSms::new(order.id).with_content(SmsContent::Code);
        self.pod.send_payment_sms(sms).await?;
        let sms = sandbox.sms();
        let text = sms.last().map(|sms| sms.text.as_str()).unwrap_or_default();
        let code = text
            .split_once("کد ")
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .ok_or("no SMS with a code")?;
        Ok(Seen::with((order, code.to_owned()), "an SMS with a code"))
    }

    async fn answer_sms(&self, order: &Order, code: &str) -> Looked<()> {
        self.there.answer_sms(code)?;
        self.list(order).await
    }

    async fn mark_paid(&self, number: &str) -> Looked<()> {
        let order = issue(&self.pod, number, as_it_is).await?;
        self.pod.mark_paid(order.id).await?;
        self.list(&order).await
    }

    /// Lets a payer pay at the counter, and reports what the terminal printed.
    async fn report_pos_payment(&self, number: &str) -> Looked<()> {
        let order = issue(&self.pod, number, as_it_is).await?;
        let slip = self.there.pos_purchase(order.id.get())?;
        let transaction = PosTransaction {
            terminal_number: slip.terminal_number,
            merchant_code: slip.merchant_code,
            reference_number: slip.reference_number,
            tracking_number: slip.tracking_number,
            transaction_date: slip.transaction_date.parse()?,
        };
        let payment = PosPayment::new(order.id, transaction)?;
        self.pod.pos_payment(payment).await?;
        self.list(&order).await
    }

    /// Pays what the other business is owed with the money of a paid invoice.
    async fn pay_other_with(&self, debtor: &Order) -> Looked<InvoiceId> {
        let owed = self.owed("of the other").await?;
        let payment = PayWithInvoice::new(Creditor(owed), Debtor(debtor.id))?;
        self.pod.pay_with_invoice(payment).await?;
        let state = state(&self.creditor, owed).await?;
        Ok(Seen::with(owed, state))
    }

    /// Guarantees from the wallet that the other business is paid on a day.
    async fn guarantee(&self) -> Looked<InvoiceId> {
        // Two days from now, that day has begun whatever the time.
        let day = self.clock.now().checked_add(2 * DAY);
        let day = day.ok_or("there is no such day")?;
        let day = JalaliDate::from_system_time(day)?;
        let owed = self.owed("for later").await?;
        let guarantee = PayInFuture::new(owed, day, FundedBy::Wallet);
        self.pod.pay_in_future(guarantee).await?;
        let state = state(&self.creditor, owed).await?;
        Ok(Seen::with(owed, state).note(format!("to be paid on {day}")))
    }

    /// What the other business sees of its invoice after some time.
    async fn listed_later(&self, id: &InvoiceId, time: Duration) -> Looked<()> {
        self.clock.advance(time);
        state(&self.creditor, *id).await.map(Seen::only)
    }

    /// Leaves a payer at the bank's gateway.
    async fn send_to_gateway(&self, number: &str) -> Looked<Order> {
        let order = issue(&self.pod, number, as_it_is).await?;
        let Seen { got, .. } = choose_card(&self.link(&order)?).await?;
        Ok(Seen::with(order, got))
    }

    /// An invoice that the other business issues to this one.
    async fn owed(&self, number: &str) -> Result<InvoiceId, Problem> {
        let user = UserId::new(self.there.business().user_id())?;
        let order = issue(&self.creditor, number, |invoice| invoice.with_user(user)).await?;
        Ok(order.id)
    }

    async fn with_state(&self, order: Order) -> Looked<Order> {
        let state = state(&self.pod, order.id).await?;
        Ok(Seen::with(order, state))
    }
}

async fn issue(
    pod: &Pod,
    number: &str,
    finish: impl FnOnce(NewInvoice) -> NewInvoice,
) -> Result<Order, Problem> {
    let item = NewItem::new("a pair of shoes", PRICE)?;
    let invoice =
        NewInvoice::new(number, GUILD, item).and_then(|invoice| invoice.with_tax_rate("0"))?;
    let issued = pod.issue_invoice(finish(invoice)).await?;
    let unique_number = issued.value.unique_number.map(|number| number.parse());
    Ok(Order {
        number: number.to_owned(),
        id: issued.value.id,
        unique_number: unique_number.transpose()?,
    })
}

fn as_it_is(invoice: NewInvoice) -> NewInvoice {
    invoice
}

/// What POD's list says of an invoice, in a word.
async fn state(pod: &Pod, id: InvoiceId) -> Result<String, Problem> {
    let listed = pod.list_invoices(ListInvoices::one(id)).await;
    let invoices = listed?.value.invoices;
    let one = invoices.first().ok_or("not listed")?;
    Ok(one.state().to_string())
}

/// A number that passes for a card's, and is nobody's.
const CARD: &str = "5022291000000008";

/// Opens the pay page behind a link, and finds what to choose by.
async fn open(link: &str) -> Looked<String> {
    let page = browser::open(link).await?;
    let path = link.split('?').next().unwrap_or(link);
    match page.form("/payInvoiceByUniqueNumber") {
        Some(form) if form == path => {
            let got = format!("{}, ways to pay", page.status);
            Ok(Seen::with(link.to_owned(), got).note(link))
        }
        _ => Err(Problem::from(format!(
            "{}, no form to choose by",
            page.status
        ))),
    }
}

/// Chooses to pay by card, saying again what the link said, and takes the gateway's address.
async fn choose_card(link: &str) -> Looked<String> {
    let (form, query) = link.split_once('?').ok_or("a bare link")?;
    let said: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let said = said.iter().map(|(name, value)| (&**name, &**value));
    let fields: Vec<(&str, &str)> = said.chain([("method", "card")]).collect();
    let page = browser::submit(form, &fields).await?;
    Ok(page.leads(|url| url.contains("/v1/pbc/gateway/").then_some("the gateway")))
}

/// Pays at the gateway, and takes the address to which the browser is sent.
async fn pay_by_card(gateway: &str, shop: &Shop) -> Looked<String> {
    let form = browser::open_form(gateway, "/pay", "a form to pay by").await?;
    let page = browser::submit(&form.value, &[("card", CARD)]).await?;
    Ok(page.leads(|url| shop.place(url)))
}
