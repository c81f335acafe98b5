use std::fmt::Display;
use std::time::{Duration, SystemTime};

use paylink::pod::{
    BusinessToken, Creditor, Debtor, Expected, FundedBy, InvoiceId, LinkOptions, ListInvoices,
    NewInvoice, NewItem, PayAnyInvoice, PayInFuture, PayWithInvoice, Pod, PosPayment,
    PosTransaction, Return, SendPaymentSms, Settlement, SmsContent, UniqueNumber, UserId,
};
use paylink::{JalaliDate, Money, Rial, Transport};
use paylink_sandbox::pod::{Account, PodSandbox};
use paylink_sandbox::{Clock, Sandbox};

use super::payer;
use crate::demo::browser;
use crate::demo::journey::{Looked, Seen, fields, told};
use crate::demo::shop::Shop;

/// What every order costs.
pub(super) const PRICE: Rial = Rial::new(150_000);
/// What another order would cost.
pub(super) const DEARER: Rial = Rial::new(1_500_000);

const GUILD: &str = "CLOTHING_GUILD";

type Problem = Box<dyn Display>;

/// A business with a shop, and another business to which it owes something.
pub(super) struct Merchant {
    shop: Shop,
    pod: Pod,
    creditor: Pod,
    there: PodSandbox,
    clock: Clock,
}

/// An order with its invoice, as the merchant's books have it.
pub(super) struct Order {
    number: String,
    id: InvoiceId,
    unique_number: Option<UniqueNumber>,
}

impl Merchant {
    pub(super) async fn open(sandbox: &Sandbox) -> Result<Merchant, Problem> {
        let there = sandbox.pod();
        let transport = Transport::new().map_err(told)?;
        let client = |account: &Account| {
            Pod::builder(BusinessToken::new(account.token()))
                .key(there.api_key())
                .base_url(there.base_url())
                .pay_url(there.pay_url())
                .transport(transport.clone())
                .build()
                .map_err(told)
        };
        Ok(Merchant {
            shop: Shop::open().await.map_err(told)?,
            pod: client(there.business())?,
            creditor: client(there.other_business())?,
            there: there.clone(),
            clock: sandbox.clock().clone(),
        })
    }

    pub(super) fn shop(&self) -> &Shop {
        &self.shop
    }

    pub(super) async fn issue_in_three_steps(&self, number: &str) -> Looked<Order> {
        let order = issue(&self.pod, number, NewInvoice::with_verification).await?;
        let state = state(&self.pod, order.id).await?;
        let note = format!("invoice {}", order.id);
        Ok(Seen::with(order, format!("{state}, {PRICE}")).note(note))
    }

    /// Opens the link by which anybody may pay, with the way back to the shop in it.
    pub(super) async fn open_link(&self, order: &Order) -> Looked<String> {
        payer::open(&self.link(order)?).await
    }

    fn link(&self, order: &Order) -> Result<String, Problem> {
        let number = order.unique_number.as_ref();
        let number = number.ok_or_else(|| told("it has no unique number"))?;
        let options = LinkOptions::new()
            .with_redirect(&self.shop.callback())
            .map_err(told)?;
        let link = self.pod.link_by_unique_number(number, &options);
        Ok(link.map_err(told)?.to_string())
    }

    /// Goes where the payer's browser was sent, and reads what it claims.
    pub(super) async fn follow(&mut self, back: &str) -> Looked<()> {
        browser::open(back).await.map_err(told)?;
        let query = self
            .shop
            .payer_returned()
            .await
            .ok_or_else(|| told("the shop has closed"))?;
        match Return::from_query(&query).map_err(told)? {
            Return::Payment(payment) => {
                let number = payment.bill_number.map(|number| number.to_string());
                let paid = payment.claims_paid.map(|paid| paid.to_string());
                let (number, paid) = (number.unwrap_or_default(), paid.unwrap_or_default());
                Ok(Seen::only(format!("order {number}, paid={paid}")))
            }
            Return::Refused(refusal) => Ok(Seen::only(format!("refused with {}", refusal.code()))),
        }
    }

    pub(super) async fn list(&self, order: &Order) -> Looked<()> {
        state(&self.pod, order.id).await.map(Seen::only)
    }

    pub(super) async fn settle(&self, order: &Order, price: Rial) -> Looked<()> {
        let payable = Money::from(price);
        let expected = Expected::new(order.id, &order.number, payable).map_err(told)?;
        let settlement = self.pod.settle(&expected).await.map_err(told)?;
        Ok(Seen::only(match settlement {
            Settlement::Settled(_) => "settled".to_owned(),
            Settlement::AlreadySettled(_) => "already settled".to_owned(),
            Settlement::NotPaid(invoice) => format!("not paid, {}", invoice.state()),
            Settlement::Mismatch(found) => format!("mismatch in {}", fields(&found)),
        }))
    }

    pub(super) async fn pay_from_wallet(&self, number: &str) -> Looked<Order> {
        let order = issue(&self.pod, number, as_it_is).await?;
        let payment = PayAnyInvoice::new(order.id);
        self.pod.pay_any_invoice(payment).await.map_err(told)?;
        self.with_state(order).await
    }

    /// Pays from the wallet what should not be payable now.
    pub(super) async fn try_to_pay(&self, order: &Order) -> Looked<()> {
        let payment = PayAnyInvoice::new(order.id);
        match self.pod.pay_any_invoice(payment).await {
            Ok(_) => Ok(Seen::only("paid")),
            Err(error) => match error.refusal() {
                Some(refusal) => Ok(Seen::only(format!("refused with {}", refusal.code()))
                    .note(refusal.explanation().english)),
                None => Err(told(error)),
            },
        }
    }

    /// Issues an invoice to a person and lets POD ask for the payment; the code is what the person reads.
    pub(super) async fn ask_by_sms(
        &self,
        number: &str,
        sandbox: &Sandbox,
    ) -> Looked<(Order, String)> {
        let user = UserId::new(self.there.user().user_id()).map_err(told)?;
        let order = issue(&self.pod, number, |invoice| invoice.with_user(user)).await?;
        let sms = SendPaymentSms::new(order.id).with_content(SmsContent::Code);
        self.pod.send_payment_sms(sms).await.map_err(told)?;
        let sms = sandbox.sms();
        let text = sms.last().map(|sms| sms.text.as_str()).unwrap_or_default();
        let code = text
            .split_once("کد ")
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .ok_or_else(|| told("no SMS with a code"))?;
        Ok(Seen::with((order, code.to_owned()), "an SMS with a code"))
    }

    pub(super) async fn answer_sms(&self, order: &Order, code: &str) -> Looked<()> {
        self.there.answer_sms(code).map_err(told)?;
        self.list(order).await
    }

    pub(super) async fn mark_paid(&self, number: &str) -> Looked<()> {
        let order = issue(&self.pod, number, as_it_is).await?;
        self.pod.mark_paid(order.id).await.map_err(told)?;
        self.list(&order).await
    }

    /// Lets a payer pay at the counter, and reports what the terminal printed.
    pub(super) async fn report_pos_payment(&self, number: &str) -> Looked<()> {
        let order = issue(&self.pod, number, as_it_is).await?;
        let slip = self.there.pos_purchase(order.id.get()).map_err(told)?;
        let transaction = PosTransaction {
            terminal_number: slip.terminal_number,
            merchant_code: slip.merchant_code,
            reference_number: slip.reference_number,
            tracking_number: slip.tracking_number,
            transaction_date: slip.transaction_date.parse().map_err(told)?,
        };
        let payment = PosPayment::new(order.id, transaction).map_err(told)?;
        self.pod.pos_payment(payment).await.map_err(told)?;
        self.list(&order).await
    }

    /// Pays what the other business is owed with the money of a paid invoice.
    pub(super) async fn pay_other_with(&self, debtor: &Order) -> Looked<InvoiceId> {
        let owed = self.owed("of the other").await?;
        let payment = PayWithInvoice::new(Creditor(owed), Debtor(debtor.id)).map_err(told)?;
        self.pod.pay_with_invoice(payment).await.map_err(told)?;
        let state = state(&self.creditor, owed).await?;
        Ok(Seen::with(owed, state))
    }

    /// Guarantees from the wallet that the other business is paid on a day.
    pub(super) async fn guarantee(&self, day: Option<SystemTime>) -> Looked<InvoiceId> {
        let day = day.ok_or_else(|| told("there is no such day"))?;
        let day = JalaliDate::from_system_time(day).map_err(told)?;
        let owed = self.owed("for later").await?;
        let guarantee = PayInFuture::new(owed, day, FundedBy::Wallet);
        self.pod.pay_in_future(guarantee).await.map_err(told)?;
        let state = state(&self.creditor, owed).await?;
        Ok(Seen::with(owed, state).note(format!("to be paid on {day}")))
    }

    /// What the other business sees of its invoice after some time.
    pub(super) async fn listed_later(&self, id: &InvoiceId, time: Duration) -> Looked<()> {
        self.clock.advance(time);
        state(&self.creditor, *id).await.map(Seen::only)
    }

    /// Leaves a payer at the bank's gateway.
    pub(super) async fn send_to_gateway(&self, number: &str) -> Looked<Order> {
        let order = issue(&self.pod, number, as_it_is).await?;
        let Seen { got, .. } = payer::choose_card(&self.link(&order)?).await?;
        Ok(Seen::with(order, got))
    }

    /// An invoice that the other business issues to this one.
    async fn owed(&self, number: &str) -> Result<InvoiceId, Problem> {
        let user = UserId::new(self.there.business().user_id()).map_err(told)?;
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
    let item = NewItem::new("a pair of shoes", PRICE).map_err(told)?;
    let invoice = NewInvoice::new(number, GUILD, item)
        .and_then(|invoice| invoice.with_tax_rate("0"))
        .map_err(told)?;
    let issued = pod.issue_invoice(finish(invoice)).await.map_err(told)?;
    let unique_number = issued.value.unique_number.map(|number| number.parse());
    Ok(Order {
        number: number.to_owned(),
        id: issued.value.id,
        unique_number: unique_number.transpose().map_err(told)?,
    })
}

fn as_it_is(invoice: NewInvoice) -> NewInvoice {
    invoice
}

/// What POD's list says of an invoice, in a word.
async fn state(pod: &Pod, id: InvoiceId) -> Result<String, Problem> {
    let listed = pod.list_invoices(ListInvoices::one(id)).await;
    let invoices = listed.map_err(told)?.value.invoices;
    let one = invoices.first().ok_or_else(|| told("not listed"))?;
    Ok(one.state().to_string())
}
