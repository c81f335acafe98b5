//! SizPay in the words that all providers share.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink_core::provider::{
    self as neutral, Capabilities, Capability, Created, Cursor, Done, ExpectedPayment, Input,
    ListPayments, NewPayment, OrderReference, PaymentPage, PaymentRecord, PaymentState,
    PreparedPayment, Resolved, Support,
};
use paylink_core::{
    ClientConfig, Currency, Effect, Error, ErrorKind, Handle, Invalid, JalaliDate, JalaliDateTime,
    Operation, PaymentProvider, Resolution, Rial, Settlement, WebUrl, digits,
};

use crate::config::SizPayConfig;
use crate::descriptor::SEND_ID;
use crate::operations::{DisableLink, NewLink, PayStatus, ResendSms};
use crate::{Expected, Found, InvoiceNumber, PayState, Payment, SendId, SizPay, resolve, settle};

/// SizPay behind the neutral API: a payment is a link that goes to the payer's mobile number by SMS.
///
/// * It counts in rial, and takes a reference of at most 100 characters without a comma and with Latin
///   digits alone, and a name and a description of
///   at most 50 characters each; the SMS shows the first 25 of the description.
/// * SizPay reports no amount: a proof rests on the id that the record keeps.
/// * Sending an SMS again follows no rule here. SizPay refuses a second one within two minutes, and a fourth;
///   [`SizPay::resend_by_rule`] keeps count, and a record can [keep the rule](crate::ResendRule::keep_in).
/// * A link that was found again comes without its address: the payer has it by SMS.
#[async_trait]
impl PaymentProvider for SizPay {
    fn capabilities(&self) -> &Capabilities {
        if self.config().is_rest() {
            rest_capabilities()
        } else {
            asmx_capabilities()
        }
    }

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let capabilities = self.capabilities();
        let price = capabilities.check(payment)?;
        let mobile = capabilities.require(Input::Mobile, payment.mobile())?;
        let number = invoice_number(payment.reference())?;
        let mut link = NewLink::new(number, Rial::try_from(price)?, mobile.clone())?;
        if let Some(name) = payment.payer_name() {
            link = link
                .with_customer_name(name)
                .map_err(|invalid| invalid.under(Input::PayerName.key()))?;
        }
        if let Some(description) = payment.description() {
            link = link
                .with_description(description)
                .map_err(|invalid| invalid.under(Input::Description.key()))?;
        }
        let prepared = self.send_link(link).prepare()?;
        let handle = prepared.handle().clone();
        let record = record(&handle, handle.prepared_at())?;
        Ok(PreparedPayment::new(handle, async move {
            let sent = prepared.send().await?;
            Ok(created(record, sent.send_id, sent.url))
        }))
    }

    async fn settle(
        &self,
        expected: &ExpectedPayment,
    ) -> Result<Settlement<neutral::Payment>, Error> {
        if let Some(mismatch) = expected.record_mismatch(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let record = expected.record();
        if let Some(mismatch) = record.merchant_mismatch(self.config().link_name()) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let settlement = settle::settle(self, &expectation(record)?).await?;
        Ok(settlement.map(|payment| view(&payment)))
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        let resolution = resolve::resolve(self, handle).await?;
        resolution.try_map(handle, |found| created_again(handle, &found))
    }

    async fn state(&self, record: &PaymentRecord) -> Result<neutral::Payment, Error> {
        let send_id = self.own_link(record)?;
        let found = settle::by_send_id(self, send_id, &days_of(record)?).await?;
        Ok(view(&found.payment))
    }

    async fn disable(&self, record: &PaymentRecord) -> Result<Done, Error> {
        self.must_offer(Capability::Disable)?;
        let (send_id, sent_on) = self.link_and_day(record).await?;
        let disable = DisableLink::by_send_id(send_id, sent_on);
        let accepted = self.disable_link(disable).await?;
        Ok(Done::new().with_message(accepted.message.as_deref()))
    }

    async fn resend(&self, record: &PaymentRecord) -> Result<Done, Error> {
        self.must_offer(Capability::Resend)?;
        let (send_id, sent_on) = self.link_and_day(record).await?;
        let resend = ResendSms::by_send_id(send_id, sent_on);
        let accepted = self.resend_sms(resend).await?;
        Ok(Done::new().with_message(accepted.message.as_deref()))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        self.must_offer(Capability::List)?;
        let day = self.capabilities().require(Input::ListDay, list.day())?;
        if let Some(cursor) = list.after() {
            return Err(Invalid::new(Cursor::KEY, "is not one of SizPay's list")
                .with_value(cursor.as_str())
                .with_remedy("leave it out: a day of SizPay's is one page")
                .into());
        }
        let payments = self.pay_status(PayStatus::of_day(day)).await?;
        let payments = payments.iter().map(view).collect();
        Ok(PaymentPage::new(payments, None))
    }
}

impl SizPay {
    fn must_offer(&self, capability: Capability) -> Result<(), Error> {
        let capabilities = self.capabilities();
        match capabilities.support(capability) {
            Support::Supported => Ok(()),
            Support::Unsupported(_) => Err(capabilities.unsupported(capability)),
        }
    }

    /// The link of a record that this client made, or one of the same link name.
    fn own_link(&self, record: &PaymentRecord) -> Result<SendId, Error> {
        record.check_provider(SizPayConfig::PROVIDER)?;
        record.check_merchant(self.config().link_name())?;
        Ok(send_id(record)?)
    }

    /// A link, and the day under which SizPay has it. Around midnight in Tehran SizPay is asked which day that is: a
    /// link that is named under another one is not found.
    async fn link_and_day(&self, record: &PaymentRecord) -> Result<(SendId, JalaliDate), Error> {
        let send_id = self.own_link(record)?;
        let own_day = JalaliDate::from_system_time(record.created_at())?;
        let days = days_of(record)?;
        if days.len() == 1 {
            return Ok((send_id, own_day));
        }
        let found = settle::by_send_id(self, send_id, &days).await?;
        let certain = found.payment.certainly_exists();
        Ok((send_id, if certain { found.sent_on } else { own_day }))
    }
}

fn days_of(record: &PaymentRecord) -> Result<Vec<JalaliDate>, Invalid> {
    settle::between(record.created_at(), record.created_at())
}

fn created_again(handle: &Handle, found: &Found) -> Result<Resolved, Error> {
    let Some(send_id) = found.payment.send_id else {
        let problem = "SizPay has a link under this invoice number and does not name its id: look into its panel";
        return Err(
            Error::new(ErrorKind::Indeterminate, Effect::Unknown, problem)
                .with_operation(SizPayConfig::PROVIDER, NewLink::NAME),
        );
    };
    let created_at = created_at(handle, found.sent_on)?;
    let record = record(handle, created_at)?;
    let created = created(record, send_id, None);
    Ok(Resolved::Created(Box::new(created)))
}

/// What SizPay offers over REST.
pub(crate) fn rest_capabilities() -> &'static Capabilities {
    &REST
}

/// What SizPay offers over its ASMX service, in whichever form.
pub(crate) fn asmx_capabilities() -> &'static Capabilities {
    &ASMX
}

static REST: LazyLock<Capabilities> = LazyLock::new(|| {
    on_every_way()
        .supports(Capability::PayLink)
        .supports(Capability::Disable)
        .supports(Capability::Resend)
        .supports(Capability::List)
        .supports(Capability::FindCreated)
});

static ASMX: LazyLock<Capabilities> = LazyLock::new(|| {
    on_every_way()
        .does_not_support(
            Capability::PayLink,
            "The ASMX service does not bring the link's address back; the payer has it by SMS.",
        )
        .does_not_support(
            Capability::Disable,
            "The ASMX service documents no method for it; use Via::Rest.",
        )
        .does_not_support(
            Capability::Resend,
            "The ASMX service documents no method for it; use Via::Rest.",
        )
        .does_not_support(
            Capability::List,
            "The ASMX service tells states by send id alone; use Via::Rest.",
        )
        .does_not_support(
            Capability::FindCreated,
            "The ASMX service tells states by send id alone; use Via::Rest.",
        )
});

fn on_every_way() -> Capabilities {
    Capabilities::new(SizPayConfig::PROVIDER, &[Currency::Irr])
        .supports(Capability::State)
        .does_not_support(
            Capability::Refund,
            "SizPay documents no way to give money back.",
        )
        .does_not_support(
            Capability::ReadReturn,
            "A SizPay link brings its payer back to nowhere.",
        )
        .does_not_support(
            Capability::ReadWebhook,
            "SizPay calls nobody; ask for the state now and then.",
        )
        .does_not_support(
            Capability::ExactTransfer,
            "The payer pays on SizPay's page, not from card to card.",
        )
        .does_not_support(
            Capability::Expiry,
            "SizPay does not say until when a link can be paid.",
        )
        .requires(Input::Mobile)
        .accepts(Input::PayerName)
        .accepts(Input::Description)
        .requires(Input::ListDay)
        .rejects(
            Input::ReturnUrl,
            "A SizPay link brings its payer back to nowhere.",
        )
        .rejects(Input::NotifyUrl, "SizPay calls nobody.")
        .rejects(
            Input::NationalId,
            "SizPay cannot keep a payment for one person.",
        )
        .rejects(
            Input::PayerCard,
            "SizPay cannot keep a payment for one card.",
        )
}

/// The record of the link that this handle was made for, but for the id that only an answer tells.
fn record(handle: &Handle, created_at: SystemTime) -> Result<PaymentRecord, Invalid> {
    let reference = Handle::require("invoice number", handle.reference())?.parse()?;
    let link_name = Handle::require("link name", handle.merchant())?;
    let amount = *handle.require_amount()?;
    let record = PaymentRecord::new(SizPayConfig::PROVIDER, reference, amount, created_at);
    Ok(record.with_merchant(link_name))
}

/// The reference as SizPay gets it, which is to the letter: two orders must never become one number.
fn invoice_number(reference: &OrderReference) -> Result<InvoiceNumber, Invalid> {
    let text = reference.as_str();
    if digits::latin(text) != text {
        return Err(Invalid::new(
            OrderReference::KEY,
            "holds digits that SizPay would get in Latin",
        )
        .with_value(text)
        .with_remedy("write its digits in Latin"));
    }
    as_number(reference)
}

fn as_number(reference: &OrderReference) -> Result<InvoiceNumber, Invalid> {
    let number: Result<InvoiceNumber, Invalid> = reference.as_str().parse();
    number.map_err(|invalid| invalid.under(OrderReference::KEY))
}

fn created(record: PaymentRecord, send_id: SendId, url: Option<WebUrl>) -> Created {
    Created::new(record.with_id(SEND_ID, send_id.to_string())).with_link(url)
}

/// The link that a record is about.
fn send_id(record: &PaymentRecord) -> Result<SendId, Invalid> {
    let id: Result<SendId, Invalid> = record.require_id(SEND_ID)?.parse();
    id.map_err(|invalid| invalid.under(PaymentRecord::KEY))
}

fn expectation(record: &PaymentRecord) -> Result<Expected, Invalid> {
    Expected::sent_at(
        send_id(record)?,
        as_number(record.reference())?,
        Rial::try_from(*record.amount())?,
        record.created_at(),
    )
}

/// When a link that was found again was sent: at the handle's time, unless that is far from the day under which SizPay
/// has it. A handle may have been stored long before it was sent.
fn created_at(handle: &Handle, sent_on: JalaliDate) -> Result<SystemTime, Error> {
    let prepared_at = handle.prepared_at();
    if settle::between(prepared_at, prepared_at)?.contains(&sent_on) {
        return Ok(prepared_at);
    }
    Ok(JalaliDateTime::new(sent_on, 12, 0, 0)?.to_system_time())
}

fn view(payment: &Payment) -> neutral::Payment {
    let view = neutral::Payment::new(
        SizPayConfig::PROVIDER,
        state(payment),
        payment.state.as_str(),
    );
    let number = payment.invoice_number.as_ref();
    let view = view
        .with_reference(number.map(InvoiceNumber::as_str))
        .with_receipt(payment.reference.as_deref());
    match payment.send_id {
        Some(id) => view.with_id(SEND_ID, id.to_string()),
        None => view,
    }
}

/// A paid link has a reference number and an unpaid one has none: anything else is as unclear here as to settling.
fn state(payment: &Payment) -> PaymentState {
    match (&payment.state, &payment.reference) {
        (PayState::Paid, Some(_)) => PaymentState::Paid,
        (PayState::Unpaid, None) => PaymentState::Unpaid,
        (PayState::Paid, None) => {
            PaymentState::Unclear("paid, and without a reference number".into())
        }
        (PayState::Unpaid, Some(_)) => {
            PaymentState::Unclear("unpaid, and with a reference number".into())
        }
        (PayState::Other(text), _) => PaymentState::Unclear(text.clone()),
    }
}
