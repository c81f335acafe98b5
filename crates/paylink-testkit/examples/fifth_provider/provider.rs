use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use form_urlencoded::parse;
use paylink_core::provider::{
    Capabilities, Capability, Created, Cursor, Done, ExpectedPayment, Hint, Input, ListPayments,
    NewPayment, OrderReference, Payment, PaymentPage, PaymentRecord, PaymentState, PreparedPayment,
    Resolved,
};
use paylink_core::{
    Agreement, ClientConfig, ComparedField, Comparison, Currency, Effect, Error, ErrorKind,
    FieldKey, Handle, Invalid, Mismatch, Operation, PaymentProvider, Resolution, Rial, Settlement,
};

use super::client::{
    Cancel, Change, Confirm, CreatePayment, FindPayments, Kiosk, KioskConfig, KioskPayment, Refund,
};

/// What Kiosk offers and takes. What is not named here is not offered and not taken.
pub(crate) fn declared() -> &'static Capabilities {
    static DECLARED: LazyLock<Capabilities> = LazyLock::new(|| {
        Capabilities::new("kiosk", &[Currency::Irr])
            .supports(Capability::State)
            .supports(Capability::Refund)
            .supports(Capability::Disable)
            .supports(Capability::List)
            .supports(Capability::FindCreated)
            .supports(Capability::ReadReturn)
            .supports(Capability::PayLink)
            .supports(Capability::Expiry)
            .does_not_support(Capability::Resend, "Kiosk sends no messages.")
            .does_not_support(Capability::ReadWebhook, "Kiosk calls nobody.")
            .requires(Input::ReturnUrl)
            .accepts(Input::Mobile)
            .accepts(Input::Description)
            .accepts(Input::ListDay)
            .rejects(Input::NationalId, "Kiosk lets anybody pay.")
    });
    &DECLARED
}

/// How long after an ambiguous request Kiosk may still carry it out.
const SETTLING: Duration = Duration::from_secs(60);

#[async_trait]
impl PaymentProvider for Kiosk {
    fn capabilities(&self) -> &Capabilities {
        declared()
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let capabilities = self.capabilities();
        let price = capabilities.check(payment)?;
        let return_url = capabilities.require(Input::ReturnUrl, payment.return_url())?;
        let call = self.call(CreatePayment {
            order: payment.reference().to_string(),
            rial: Rial::try_from(price)?,
            return_url: return_url.as_str().to_owned(),
            mobile: payment.mobile().map(|it| it.as_str().to_owned()),
            description: payment.description().map(str::to_owned),
        });
        let prepared = call.prepare()?;
        let handle = prepared.handle().clone();
        let (reference, created_at) = (payment.reference().clone(), handle.prepared_at());
        Ok(PreparedPayment::new(handle, async move {
            // Nothing after the send can fail: the payment may exist.
            Ok(created(reference, &prepared.send().await?, created_at))
        }))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        if let Some(mismatch) = expected.record_mismatch(self.capabilities())? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let record = expected.record();
        if let Some(mismatch) = record.merchant_mismatch(self.shop()) {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let payment = self.read(record.require_id("id")?).await?;
        let agreement = match self.compare(record, &payment) {
            Ok(agreement) => agreement,
            Err(mismatch) => return Ok(Settlement::Mismatch(mismatch)),
        };
        match state(&payment) {
            PaymentState::Paid => Ok(agreement.already_settled()),
            PaymentState::Unconfirmed => {
                self.call(Change::<Confirm>::of(&payment.id)).await?;
                Ok(agreement.settled())
            }
            PaymentState::Unclear(word) => Err(indeterminate(&word)),
            _ => Ok(Settlement::NotPaid(view(&payment))),
        }
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        handle.check_provider(KioskConfig::PROVIDER)?;
        Handle::require("shop", handle.merchant())?;
        handle.check_merchant(self.shop())?;
        let question = match handle.operation() {
            CreatePayment::NAME => {
                FindPayments::by_order(Handle::require("order", handle.reference())?)
            }
            _ => FindPayments::by_id(Handle::require("id", handle.id("id"))?),
        };
        let asking = async { self.call(question).await };
        let (inquiry, asked) = self.transport().inquire(asking).await;
        // A look-up that fails leaves the outcome as unknown as it was.
        let asked = asked.map_err(|error| error.while_resolving(handle))?;
        let found = asked.payments.into_iter().next();
        let resolved = found.map(|payment| became(handle, &payment));
        match resolved.transpose()?.flatten() {
            Some(resolved) => Ok(Resolution::Executed(resolved)),
            None => Ok(inquiry.absent(handle, SETTLING)),
        }
    }

    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        let payment = self.read(self.own_id(record)?).await?;
        Ok(view(&payment))
    }

    async fn refund(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let payment = self
            .call(Change::<Refund>::of(self.own_id(record)?))
            .await?;
        Ok(Done::new().with_payment(view(&payment)))
    }

    async fn disable(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let payment = self
            .call(Change::<Cancel>::of(self.own_id(record)?))
            .await?;
        Ok(Done::new().with_payment(view(&payment)))
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let day = list.day().map(|day| day.to_string());
        let after = list.after().map(Cursor::as_str);
        let found = self.call(FindPayments::page(day, after)).await?;
        let payments = found.payments.iter().map(view).collect();
        Ok(PaymentPage::new(payments, found.next.map(Cursor::new)))
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        let id = parse(query.as_bytes()).find(|(name, _)| name == "kiosk_payment");
        let id = id.filter(|(_, id)| !id.is_empty() && id.chars().all(|it| it.is_ascii_graphic()));
        let (_, id) =
            id.ok_or_else(|| Invalid::new(FieldKey::new("return", "return"), "names no payment"))?;
        Ok(Hint::new(KioskConfig::PROVIDER).with_id("id", id))
    }
}

impl Kiosk {
    async fn read(&self, id: &str) -> Result<KioskPayment, Error> {
        let found = self.call(FindPayments::by_id(id)).await?;
        let payment = found.payments.into_iter().find(|payment| payment.id == id);
        payment.ok_or_else(|| {
            let problem = "Kiosk knows no payment of this id";
            Error::new(ErrorKind::Refused, Effect::NotExecuted, problem)
        })
    }

    fn own_id<'a>(&self, record: &'a PaymentRecord) -> Result<&'a str, Error> {
        record.check_provider(KioskConfig::PROVIDER)?;
        record.check_merchant(self.shop())?;
        Ok(record.require_id("id")?)
    }

    /// Kiosk reports every field, so every field is compared.
    fn compare(
        &self,
        record: &PaymentRecord,
        payment: &KioskPayment,
    ) -> Result<Agreement, Mismatch> {
        let id = record.id("id").unwrap_or_default();
        Comparison::new(KioskConfig::PROVIDER)
            .money(record.amount(), &payment.amount)
            .equal(
                ComparedField::Order,
                record.reference().as_str(),
                &payment.order,
            )
            .equal(ComparedField::Merchant, self.shop(), &payment.shop)
            .equal(ComparedField::Reference, id, &payment.id)
            .finish()
    }
}

/// A state that this release does not know is neither success nor failure.
fn indeterminate(word: &str) -> Error {
    let problem = format!("Kiosk calls the payment \"{word}\", which is unknown");
    Error::new(ErrorKind::Indeterminate, Effect::NotExecuted, problem)
}

/// What an operation of unknown outcome came to, if the payment shows that it was carried out.
fn became(handle: &Handle, payment: &KioskPayment) -> Result<Option<Resolved>, Error> {
    let done = match handle.operation() {
        CreatePayment::NAME if handle.amount() == Some(&payment.amount) => {
            let unknown = |invalid: Invalid| Error::from(invalid).while_resolving(handle);
            let reference = payment.order.parse().map_err(unknown)?;
            let created = created(reference, payment, handle.prepared_at());
            return Ok(Some(Resolved::Created(Box::new(created))));
        }
        Change::<Refund>::NAME => state(payment) == PaymentState::Refunded,
        Change::<Cancel>::NAME => state(payment) == PaymentState::Cancelled,
        Change::<Confirm>::NAME => state(payment) == PaymentState::Paid,
        _ => false,
    };
    Ok(done.then(|| Resolved::Changed(Box::new(view(payment)))))
}

fn created(reference: OrderReference, payment: &KioskPayment, at: SystemTime) -> Created {
    let record = PaymentRecord::new(KioskConfig::PROVIDER, reference, payment.amount, at)
        .with_merchant(&payment.shop)
        .with_id("id", &payment.id);
    let until = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(payment.payable_until));
    Created::new(record)
        .with_link(Some(payment.link.clone()))
        .with_expires_at(until)
}

fn view(payment: &KioskPayment) -> Payment {
    Payment::new(KioskConfig::PROVIDER, state(payment), &payment.state)
        .with_reference(Some(&payment.order))
        .with_amount(Some(payment.amount))
        .with_id("id", &payment.id)
}

fn state(payment: &KioskPayment) -> PaymentState {
    match payment.state.as_str() {
        "open" => PaymentState::Unpaid,
        "paid" => PaymentState::Unconfirmed,
        "confirmed" => PaymentState::Paid,
        "refunded" => PaymentState::Refunded,
        "cancelled" => PaymentState::Cancelled,
        unknown => PaymentState::Unclear(unknown.into()),
    }
}
