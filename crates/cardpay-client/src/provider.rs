use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{
    self as neutral, Capabilities, Capability, Created, ExpectedPayment, Input, OrderReference,
    PayToCard, Payment, PaymentProvider, PaymentRecord, PaymentState, PreparedPayment, Resolved,
    Transfer,
};
use paylink_core::{
    ComparedField, Currency, Effect, Error, ErrorKind, Handle, Invalid, Mismatch, Money, Operation,
    Resolution, Rial, Settlement,
};

use crate::descriptor::{NAME, PAY_ID};
use crate::operations::NewPayment;
use crate::{CardPay, CreatedPayment, Expected, InvoiceNumber, MerchantCard, PayId};
use crate::{resolve, settle};

/// CardPay behind the neutral API: the payer transfers an exact amount from card to card.
///
/// It counts in rial; a price in toman is converted. The reference has to be a whole number in plain digits, since that
/// is what the script takes. It takes a return URL, without which there is **no pay link**, a mobile number and the
/// payer's card, and refuses every other input.
///
/// **A payer's card can lose the payment.** Once it is recorded, a deposit whose message lacks the card or shows another
/// one is not matched: the payer has paid, and the shop does not see it. Give one only where the bank's deposit messages
/// carry the payer's card.
///
/// Show the payer the exact transfer of [`Created`], never the price. A create whose answer was lost cannot be looked up:
/// go on under another reference, as [`CardPay::create`] says. Nothing is read of a payment without settling it.
#[async_trait]
impl PaymentProvider for CardPay {
    fn capabilities(&self) -> &Capabilities {
        capabilities()
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &neutral::NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let price = Rial::try_from(self.capabilities().check(payment)?)?;
        let reference = payment.reference().clone();
        let prepared = self.create(asked_of(payment, price)?).prepare()?;
        let handle = prepared.handle().clone();
        Ok(PreparedPayment::new(handle.clone(), async move {
            let created = prepared.send().await?;
            created_of(created, reference, handle)
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        let record = expected.record();
        if let Some(mismatch) = expected.record_mismatch(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        if let Some(mismatch) = record.merchant_mismatch(self.config().shop()) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let sealed = sealed(record)?;
        if let Some(mismatch) = differs_in_id(record, &sealed) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let pay_id = sealed.pay_id;
        let settlement = settle::settle(self, &expected_of(record, sealed)?).await?;
        Ok(settlement.map(|state| payment_of(pay_id, state)))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        // A create and a card end here, with an error that says what is known.
        let resolution = resolve::resolve(self, handle).await?;
        let pay_id: PayId = Handle::require(PAY_ID, handle.id(PAY_ID))?.parse()?;
        resolution.try_map(handle, |state| {
            let payment = payment_of(pay_id, state);
            Ok(Resolved::Changed(Box::new(payment)))
        })
    }
}

/// What CardPay offers and takes, whatever the account.
pub(crate) fn capabilities() -> &'static Capabilities {
    &DECLARED
}

static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
    Capabilities::new(NAME, &[Currency::Irr])
        .does_not_support(
            Capability::State,
            "The only question there is verifies the payment; settle asks it.",
        )
        .does_not_support(
            Capability::Refund,
            "The money went from card to card; the merchant sends it back the same way.",
        )
        .does_not_support(
            Capability::Disable,
            "A payment cannot be withdrawn; its time runs out.",
        )
        .does_not_support(
            Capability::Resend,
            "The script sends the payer nothing; the shop shows amount, cards and link.",
        )
        .does_not_support(
            Capability::List,
            "The script lists the merchant's cards, and no payments.",
        )
        .does_not_support(
            Capability::FindCreated,
            "The script finds no payment by its invoice number.",
        )
        .does_not_support(
            Capability::ReadReturn,
            "The script adds nothing known to the return; write the order into the return URL.",
        )
        .does_not_support(Capability::ReadWebhook, "The script calls no webhook.")
        .supports(Capability::PayLink)
        .supports(Capability::ExactTransfer)
        .supports(Capability::Expiry)
        .accepts(Input::ReturnUrl)
        .rejects(Input::NotifyUrl, "The script calls no webhook.")
        .accepts(Input::Mobile)
        .rejects(Input::PayerName, "A payment has no field for it.")
        .rejects(Input::NationalId, "The script cannot tell who transfers.")
        .accepts(Input::PayerCard)
        .rejects(Input::Description, "A payment has no field for it.")
        .rejects(Input::ListDay, "The script lists no payments.")
});

/// The script's number of a reference, which has to be written as the script writes it.
///
/// `01000` and `1000` are two orders and would be one number.
fn invoice_number(reference: &OrderReference) -> Result<InvoiceNumber, Invalid> {
    let text = reference.as_str();
    let number = text.parse::<InvoiceNumber>().ok();
    number
        .filter(|number| number.to_string() == text)
        .ok_or_else(|| {
            Invalid::new(OrderReference::KEY, "is not a number that CardPay takes")
                .with_value(text)
                .with_remedy(
                    "give a whole number above zero in Latin digits, without leading zeros",
                )
        })
}

/// The payment of the script that a neutral one asks for. What the script does not take is refused under the neutral field.
fn asked_of(payment: &neutral::NewPayment, price: Rial) -> Result<NewPayment, Invalid> {
    let number = invoice_number(payment.reference())?;
    let mut new = NewPayment::new(number, price).map_err(|refused| refused.under(Money::KEY))?;
    if let Some(mobile) = payment.mobile() {
        new = new.with_phone(mobile.clone());
    }
    if let Some(card) = payment.payer_card() {
        new = new.with_payer_card(card.clone());
    }
    match payment.return_url() {
        Some(callback) => new.with_callback(callback.clone()),
        None => Ok(new),
    }
}

/// A created payment, with the record that settling compares sealed into its own.
fn created_of(
    created: CreatedPayment,
    reference: OrderReference,
    handle: Handle,
) -> Result<Created, Error> {
    let sealed = created.record();
    let created_at = handle.prepared_at();
    let detail = serde_json::to_string(sealed).map_err(|_| unwritable(handle))?;
    let price = Money::from(sealed.price);
    let record = PaymentRecord::new(NAME, reference, price, created_at)
        .with_merchant(&*sealed.shop)
        .with_id(PAY_ID, sealed.pay_id.to_string())
        .with_detail(detail);
    let cards = created.pay_to.iter().map(pay_to).collect();
    Ok(Created::new(record)
        .with_transfer(Transfer::new(created.transfer_exactly.money(), cards))
        .with_expires_at(created.expires.and_then(crate::Expiry::instant))
        .with_link(created.link))
}

/// The client's own record, which was sealed into the neutral one.
fn sealed(record: &PaymentRecord) -> Result<crate::PaymentRecord, Invalid> {
    let detail = record.detail();
    // What serde says of it would show the values.
    let sealed = detail.and_then(|text| serde_json::from_str(text).ok());
    sealed.ok_or_else(|| {
        Invalid::new(PaymentRecord::KEY, "does not hold what CardPay put into it")
            .with_remedy("give back the record as it was stored")
    })
}

/// How the record's id differs from the sealed one: the record was put together by hand.
fn differs_in_id(record: &PaymentRecord, sealed: &crate::PaymentRecord) -> Option<Mismatch> {
    let known = record.id(PAY_ID).unwrap_or("none");
    let own = sealed.pay_id.to_string();
    (known != own).then(|| Mismatch::new(ComparedField::Reference, &own, known))
}

/// Number and price of the record, which are the order's by now, to be held against the sealed ones.
fn expected_of(record: &PaymentRecord, sealed: crate::PaymentRecord) -> Result<Expected, Invalid> {
    let number = invoice_number(record.reference())?;
    Expected::new(number, Rial::try_from(*record.amount())?, sealed)
}

/// The payment that was asked about. The script reports its state, and neither amount nor order.
fn payment_of(pay_id: PayId, state: crate::PaymentState) -> Payment {
    let code = state.code().to_string();
    Payment::new(NAME, state_of(state, &code), &code).with_id(PAY_ID, pay_id.to_string())
}

fn state_of(state: crate::PaymentState, code: &str) -> PaymentState {
    match state {
        crate::PaymentState::NotPaidYet => PaymentState::Unpaid,
        crate::PaymentState::Expired => PaymentState::Expired,
        crate::PaymentState::FirstVerification | crate::PaymentState::VerifiedBefore => {
            PaymentState::Paid
        }
        // The money is there and not from whom it should be: a person has to decide.
        crate::PaymentState::PaidFromAnotherCard | crate::PaymentState::Other(_) => {
            PaymentState::Unclear(code.into())
        }
    }
}

fn pay_to(card: &MerchantCard) -> PayToCard {
    PayToCard::new(card.number.expose(), card.holder.clone(), card.bank.clone())
}

/// The payment is there, and nothing can settle it.
fn unwritable(handle: Handle) -> Error {
    let problem = "the payment was created, and its record cannot be written";
    Error::new(ErrorKind::Indeterminate, Effect::Unknown, problem)
        .with_operation(NAME, NewPayment::NAME)
        .with_handle(handle)
}
