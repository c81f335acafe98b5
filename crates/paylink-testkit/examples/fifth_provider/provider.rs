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

    fn longest_call(&self) -> Duration {
        self.transport().timeouts().total
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
                let confirmed = self.call(Change::<Confirm>::of(&payment.id)).await?;
                // What was confirmed is compared, and not only what was read before.
                match self.compare(record, &confirmed) {
                    Ok(agreement) => Ok(agreement.settled()),
                    Err(mismatch) => Ok(Settlement::Mismatch(mismatch)),
                }
            }
            PaymentState::Unclear(word) => Err(unknown_state(&word)),
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
        let Some(payment) = asked.payments.first() else {
            return match handle.operation() {
                CreatePayment::NAME => Ok(inquiry.absent(handle, SETTLING)),
                // A payment that was there to be changed cannot be gone.
                _ => Err(unclear("Kiosk knows no payment of this id").while_resolving(handle)),
            };
        };
        match became(handle, payment).map_err(|error| error.while_resolving(handle))? {
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

/// What says neither that something was done nor that it was not.
fn unclear(problem: impl Into<String>) -> Error {
    Error::new(
        ErrorKind::Indeterminate,
        Effect::NotExecuted,
        problem.into(),
    )
}

/// A state that this release does not know is neither success nor failure.
fn unknown_state(word: &str) -> Error {
    unclear(format!(
        "Kiosk calls the payment \"{word}\", which is unknown"
    ))
}

/// What an operation of unknown outcome came to; `None` if the payment shows that it was not carried out yet.
fn became(handle: &Handle, payment: &KioskPayment) -> Result<Option<Resolved>, Error> {
    let state = state(payment);
    if let PaymentState::Unclear(word) = &state {
        return Err(unknown_state(word));
    }
    let done = match handle.operation() {
        CreatePayment::NAME => {
            // A payment of this order is there: it cannot be said that none was created.
            let amount = handle.require_amount()?;
            if *amount != payment.amount {
                let mismatch = Mismatch::new(ComparedField::Amount, amount, &payment.amount);
                return Err(
                    unclear("the order has a payment of another amount").with_mismatch(mismatch)
                );
            }
            let reference = payment.order.parse::<OrderReference>()?;
            let created = created(reference, payment, handle.prepared_at());
            return Ok(Some(Resolved::Created(Box::new(created))));
        }
        Change::<Refund>::NAME => state == PaymentState::Refunded,
        Change::<Cancel>::NAME => state == PaymentState::Cancelled,
        // What was given back had been confirmed.
        Change::<Confirm>::NAME => matches!(state, PaymentState::Paid | PaymentState::Refunded),
        _ => return Err(unclear("this operation is not one that changes a payment")),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use paylink_core::{Money, Response, Transport};

    use super::super::server::{Clock, SHOPS, Server};
    use super::*;

    async fn kiosk(clock: &Arc<Clock>) -> Kiosk {
        let (_, url) = Server::start(Arc::clone(clock)).await.unwrap();
        let transport = Transport::builder().runtime(Arc::clone(clock) as Arc<_>);
        let (shop, key) = SHOPS[0];
        Kiosk::new(&url, key, shop, transport.build().unwrap()).unwrap()
    }

    fn payment(rial: u64) -> NewPayment {
        let price = Money::from(Rial::new(rial));
        let payment = NewPayment::new("1000", price).unwrap();
        payment
            .with_return_url("https://shop.example/back")
            .unwrap()
    }

    #[tokio::test]
    async fn an_order_with_a_payment_of_another_amount_is_not_one_without_a_payment() {
        let clock = Arc::new(Clock::default());
        let kiosk = kiosk(&clock).await;
        let _ = kiosk.create(&payment(15_000)).await.unwrap();
        let lost = kiosk.prepare(&payment(150_000)).unwrap();
        clock.advance(SETTLING * 10);
        let error = kiosk.resolve(lost.handle()).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown);
        assert!(error.mismatch().unwrap().has(ComparedField::Amount));
    }

    #[tokio::test]
    async fn a_change_of_a_payment_that_is_gone_stays_unknown() {
        let clock = Arc::new(Clock::default());
        let kiosk = kiosk(&clock).await;
        let handle = kiosk.call(Change::<Refund>::of("K7")).handle();
        clock.advance(SETTLING * 10);
        let error = kiosk.resolve(&handle).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown);
    }

    #[tokio::test]
    async fn an_answer_is_believed_for_its_own_question_alone() {
        let kiosk = kiosk(&Arc::new(Clock::default())).await;
        let row = |order: &str, shop: &str, state: &str| {
            format!(
                r#"{{"id":"K1","order":"{order}","shop":"{shop}","rial":15000,"state":"{state}",
                    "link":"https://kiosk.example/pay/K1","payable_until":1}}"#
            )
        };
        let list = |rows: &[&str]| format!(r#"{{"payments":[{}],"next":null}}"#, rows.join(","));
        let read = |question: FindPayments, rows: &[&str]| {
            kiosk
                .decode(&question, Response::new(200, &list(rows)))
                .is_ok()
        };
        let own = row("1000", "58", "open");
        assert!(read(FindPayments::by_order("1000"), &[&*own]));
        assert!(!read(
            FindPayments::by_order("1000"),
            &[&*row("7", "58", "open")]
        ));
        assert!(!read(
            FindPayments::by_order("1000"),
            &[&*row("1000", "59", "open")]
        ));
        assert!(!read(FindPayments::by_order("1000"), &[&*own, &*own]));
        assert!(!read(FindPayments::by_id("K2"), &[&*own]));
        assert!(!read(
            FindPayments::page(None, None),
            &[&*row("1", "59", "open")]
        ));

        let confirm = |state: &str| {
            let row = row("1000", "58", state);
            kiosk
                .decode(&Change::<Confirm>::of("K1"), Response::new(200, &row))
                .is_ok()
        };
        assert!(confirm("confirmed"));
        assert!(!confirm("open"), "what was not confirmed is not settled");
    }
}
