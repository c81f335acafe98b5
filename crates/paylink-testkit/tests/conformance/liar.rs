//! A provider that conforms but for one lie, and what of the lie shows in its declarations.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink_core::provider::{
    Capabilities, Capability, Created, Cursor, Done, ExpectedPayment, Hint, Input, InputRule,
    ListPayments, NewPayment, Payment, PaymentPage, PaymentRecord, PaymentState, PreparedPayment,
    Resolved, Transfer,
};
use paylink_core::{
    ComparedField, Comparison, Currency, Effect, Error, ErrorKind, Handle, Invalid, Money,
    PaymentProvider, Resolution, Rial, Settlement,
};
use paylink_testkit::conformance::{Problem, Recorder, Subject};

use super::fifth_provider::client::{Change, Confirm, FindPayments, Kiosk};
use super::fifth_provider::subject::KioskSubject;

/// What it does wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lie {
    ShrugsInDeclarations,
    OffersWhatItLacks,
    LacksWhatItDoes,
    DropsTheDescription,
    AsksBeforeRefusing,
    DoesWithoutAReturnUrl,
    TakesDollars,
    CountsTomanAsRial,
    RoundsToman,
    HandleOfAnotherOrder,
    CreatesTwice,
    ForgetsTheLink,
    InventsATransfer,
    RemembersInMemoryAlone,
    SaysUnknownThoughUnsent,
    LosesTheHandle,
    CreatesAgainWhenLost,
    SaysNotExecutedWhenLost,
    FindsWhatNeverWas,
    NeverFinds,
    CallsUnpaidPaid,
    ConfirmsWhenRead,
    CallsUnpaidFailed,
    SettlesAfresh,
    TrustsTheRecord,
    ProvesByTheBooks,
    ProvesAnotherOrder,
    IgnoresHints,
    ConfirmsBeforeComparing,
    FailsOnceConfirmed,
    TakesAnyRecord,
    TakesAnyHandle,
    TakesAnotherShopsRecord,
    TakesAnotherShopsHandle,
    RefundsNothing,
    RefundsAgainWhenLost,
    DisablesNothing,
    DisablesAgainWhenLost,
    ListsInCircles,
    ListsAllDays,
    ListsTheFirstPage,
    NamesAnother,
    NamesAnotherInWebhooks,
    PanicsOnMalformedHint,
    BelievesMalformedHint,
    ShowsItsKey,
    ShowsItsKeyInErrors,
}

impl Lie {
    /// What a provider declares that lies so.
    pub(crate) fn declared(self, honest: &Capabilities) -> Capabilities {
        let declared = honest.clone();
        match self {
            Lie::ShrugsInDeclarations => declared.does_not_support(Capability::Resend, "no"),
            Lie::OffersWhatItLacks => declared.supports(Capability::Resend),
            Lie::NamesAnotherInWebhooks => declared.supports(Capability::ReadWebhook),
            Lie::CountsTomanAsRial => counting_in(&[Currency::Irr, Currency::Irt], honest),
            Lie::LacksWhatItDoes => {
                declared.does_not_support(Capability::State, "Nobody has to know.")
            }
            _ => declared,
        }
    }
}

/// The same declarations, but for the currencies.
fn counting_in(currencies: &'static [Currency], declared: &Capabilities) -> Capabilities {
    let mut all = Capabilities::new(declared.provider(), currencies);
    for capability in Capability::ALL {
        if declared.support(*capability).is_supported() {
            all = all.supports(*capability);
        }
    }
    for input in Input::ALL {
        all = match declared.input(*input) {
            InputRule::Required => all.requires(*input),
            InputRule::Optional => all.accepts(*input),
            InputRule::Unsupported(why) => all.rejects(*input, why),
        };
    }
    all
}

/// Kiosk but for one lie.
pub(crate) struct Liar {
    honest: Kiosk,
    declared: Capabilities,
    /// The ids that this very object created or found.
    known: Mutex<Vec<String>>,
    lie: Lie,
    key: String,
}

#[async_trait]
impl PaymentProvider for Liar {
    fn capabilities(&self) -> &Capabilities {
        &self.declared
    }

    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        let payment = self.bent(payment);
        let prepared = self.honest.prepare(&payment);
        let prepared = prepared.map_err(|error| self.misreported(error))?;
        let handle = prepared.handle().clone();
        let handle = match self.lie {
            Lie::HandleOfAnotherOrder => handle.with_reference("58"),
            _ => handle,
        };
        Ok(PreparedPayment::new(handle, async move {
            let created = prepared.create().await;
            match self.lie {
                Lie::CreatesTwice => drop(self.honest.create(&payment).await),
                Lie::CreatesAgainWhenLost if is_unknown(&created) => {
                    drop(self.honest.create(&payment).await);
                }
                _ => {}
            }
            let created = created.map_err(|error| self.misreported(error))?;
            self.remember(&created);
            Ok(match self.lie {
                Lie::ForgetsTheLink => created.with_link(None),
                Lie::InventsATransfer => {
                    let price = *created.record().amount();
                    created.with_transfer(Transfer::new(price, Vec::new()))
                }
                _ => created,
            })
        }))
    }

    async fn create(&self, payment: &NewPayment) -> Result<Created, Error> {
        if self.lie == Lie::AsksBeforeRefusing {
            let _ = self.honest.list(&ListPayments::new()).await;
        }
        let created = self.prepare(payment)?.create().await;
        created.map_err(|error| match self.lie {
            Lie::LosesTheHandle => Error::new(error.kind(), error.effect(), "it was lost"),
            _ => error,
        })
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        let record = expected.record();
        let trusting =
            ExpectedPayment::new(record.reference().clone(), *record.amount(), record.clone());
        match self.lie {
            Lie::TrustsTheRecord => return self.honest.settle(&trusting).await,
            Lie::ProvesByTheBooks | Lie::ProvesAnotherOrder => {
                return self.prove_by_the_books(expected).await;
            }
            Lie::RemembersInMemoryAlone if !self.remembers(record) => {
                return Err(Invalid::new(PaymentRecord::KEY, "is not remembered").into());
            }
            Lie::IgnoresHints => {
                let reference = expected.reference().clone();
                let books = ExpectedPayment::new(reference, *expected.price(), record.clone());
                return self.honest.settle(&books).await;
            }
            _ => {}
        }
        match (self.lie, self.honest.settle(expected).await?) {
            (Lie::ConfirmsBeforeComparing, Settlement::Mismatch(mismatch)) => {
                drop(self.honest.settle(&trusting).await);
                Ok(Settlement::Mismatch(mismatch))
            }
            (Lie::SettlesAfresh, Settlement::AlreadySettled(proof)) => {
                Ok(Settlement::Settled(proof))
            }
            (Lie::FailsOnceConfirmed, Settlement::AlreadySettled(_)) => Err(Error::new(
                ErrorKind::Refused,
                Effect::NotExecuted,
                "it was confirmed before",
            )),
            (Lie::CallsUnpaidFailed, Settlement::NotPaid(_)) => Ok(not_paid(PaymentState::Failed)),
            (_, settlement) => Ok(settlement),
        }
    }

    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error> {
        match self.lie {
            Lie::TakesAnotherShopsHandle if handle.merchant() != Some("58") => {
                Ok(Resolution::NotExecuted)
            }
            Lie::TakesAnyHandle if handle.provider() != "kiosk" => Ok(Resolution::NotExecuted),
            Lie::FindsWhatNeverWas => match self.honest.resolve(handle).await? {
                Resolution::Executed(found) => Ok(Resolution::Executed(found)),
                _ => Ok(Resolution::Executed(Resolved::Created(Box::new(
                    Created::new(invented(handle)),
                )))),
            },
            Lie::NeverFinds => {
                self.honest.resolve(handle).await?;
                Ok(Resolution::NotExecuted)
            }
            _ => {
                let resolution = self.honest.resolve(handle).await?;
                if let Resolution::Executed(Resolved::Created(created)) = &resolution {
                    self.remember(created);
                }
                Ok(resolution)
            }
        }
    }

    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        if self.lie == Lie::TakesAnyRecord && record.provider() != "kiosk" {
            return Ok(Payment::new("kiosk", PaymentState::Unpaid, "open"));
        }
        if self.lie == Lie::TakesAnotherShopsRecord && record.merchant() != Some("58") {
            record.check_provider("kiosk")?;
            return Ok(Payment::new("kiosk", PaymentState::Unpaid, "open"));
        }
        let payment = self.honest.state(record).await?;
        if self.lie == Lie::ConfirmsWhenRead {
            let reference = record.reference().clone();
            let books = ExpectedPayment::new(reference, *record.amount(), record.clone());
            drop(self.honest.settle(&books).await?);
        }
        if self.lie == Lie::CallsUnpaidPaid && *payment.state() == PaymentState::Unpaid {
            return Ok(Payment::new("kiosk", PaymentState::Paid, "paid"));
        }
        Ok(payment)
    }

    async fn refund(&self, record: &PaymentRecord) -> Result<Done, Error> {
        if self.lie == Lie::RefundsNothing {
            return Ok(Done::new());
        }
        let refunded = self.honest.refund(record).await;
        if self.lie == Lie::RefundsAgainWhenLost && is_unknown(&refunded) {
            let _ = self.honest.refund(record).await;
        }
        refunded
    }

    async fn disable(&self, record: &PaymentRecord) -> Result<Done, Error> {
        match self.lie {
            Lie::DisablesNothing => {
                drop(self.honest.state(record).await?);
                Ok(Done::new())
            }
            _ => {
                let disabled = self.honest.disable(record).await;
                if self.lie == Lie::DisablesAgainWhenLost && is_unknown(&disabled) {
                    let _ = self.honest.disable(record).await;
                }
                disabled
            }
        }
    }

    async fn resend(&self, record: &PaymentRecord) -> Result<Done, Error> {
        match self.lie {
            Lie::OffersWhatItLacks => {
                record.check_provider("kiosk")?;
                record.check_merchant("58").map(|()| Done::new())
            }
            _ => self.honest.resend(record).await,
        }
    }

    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let page = match (self.lie, list.after()) {
            (Lie::ListsAllDays, Some(cursor)) => {
                let all = ListPayments::new().with_after(cursor.clone());
                self.honest.list(&all).await?
            }
            (Lie::ListsAllDays, None) => self.honest.list(&ListPayments::new()).await?,
            _ => self.honest.list(list).await?,
        };
        let payments = || page.payments().to_vec();
        match self.lie {
            Lie::ListsInCircles => Ok(PaymentPage::new(payments(), Some(Cursor::new("0")))),
            Lie::ListsTheFirstPage => Ok(PaymentPage::new(payments(), None)),
            _ => Ok(page),
        }
    }

    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        let hint = self.honest.read_return(query);
        match self.lie {
            Lie::NamesAnother => hint.map(|_| Hint::new("kiosk").with_id("id", "K0")),
            Lie::BelievesMalformedHint => hint.or(Ok(Hint::new("kiosk"))),
            Lie::PanicsOnMalformedHint => Ok(hint.unwrap()),
            _ => hint,
        }
    }

    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        match self.lie {
            Lie::NamesAnotherInWebhooks => {
                let hint = self.honest.read_return(&String::from_utf8_lossy(body));
                hint.map(|_| Hint::new("kiosk").with_id("id", "K0"))
            }
            _ => self.honest.read_webhook(body),
        }
    }
}

impl Liar {
    pub(crate) fn new(honest: Kiosk, lie: Lie, key: String) -> Liar {
        Liar {
            declared: lie.declared(honest.capabilities()),
            honest,
            known: Mutex::default(),
            lie,
            key,
        }
    }

    /// What it says in place of an error that preparing or creating came to.
    fn misreported(&self, error: Error) -> Error {
        match self.lie {
            Lie::SaysUnknownThoughUnsent => Error::new(error.kind(), Effect::Unknown, "who knows"),
            Lie::SaysNotExecutedWhenLost => {
                Error::new(error.kind(), Effect::NotExecuted, "try again")
            }
            Lie::ShowsItsKeyInErrors if error.effect() == Effect::NotExecuted => {
                let text = format!("refused for {}", self.key);
                Error::new(error.kind(), Effect::NotExecuted, text)
            }
            _ => error,
        }
    }

    /// Compares the books with themselves, and calls that a comparison with what the provider reports.
    async fn prove_by_the_books(
        &self,
        expected: &ExpectedPayment,
    ) -> Result<Settlement<Payment>, Error> {
        if let Some(mismatch) = expected.record_mismatch(&self.declared)? {
            return Ok(Settlement::Mismatch(mismatch));
        }
        let record = expected.record();
        let id = record.require_id("id")?;
        let found = self.honest.call(FindPayments::by_id(id)).await?;
        let payment = found.payments.first();
        let payment = payment.ok_or_else(|| Invalid::new(PaymentRecord::KEY, "is unknown"))?;
        let order = match self.lie {
            Lie::ProvesAnotherOrder => "another",
            _ => record.reference().as_str(),
        };
        let agreement = Comparison::new("kiosk")
            .money(record.amount(), record.amount())
            .equal(ComparedField::Order, order, order)
            .equal(ComparedField::Merchant, "58", "58")
            .equal(ComparedField::Reference, id, id)
            .finish()
            .unwrap();
        match payment.state.as_str() {
            "paid" => {
                self.honest.call(Change::<Confirm>::of(id)).await?;
                Ok(agreement.settled())
            }
            "confirmed" => Ok(agreement.already_settled()),
            "open" => Ok(not_paid(PaymentState::Unpaid)),
            _ => Ok(not_paid(PaymentState::Cancelled)),
        }
    }

    fn remember(&self, created: &Created) {
        let id = created.record().id("id").unwrap_or_default();
        self.known.lock().unwrap().push(id.to_owned());
    }

    fn remembers(&self, record: &PaymentRecord) -> bool {
        let known = self.known.lock().unwrap();
        record.provider() != "kiosk" || known.iter().any(|id| record.id("id") == Some(id))
    }

    /// What becomes of a payment before the honest one gets it.
    fn bent(&self, payment: &NewPayment) -> NewPayment {
        let price = *payment.price();
        let bent = match self.lie {
            Lie::DropsTheDescription => rebuilt(payment, price, None),
            Lie::DoesWithoutAReturnUrl if payment.return_url().is_none() => payment
                .clone()
                .with_return_url("https://shop.example/")
                .ok(),
            Lie::TakesDollars => Money::new(&price.amount(), Currency::Irr)
                .ok()
                .filter(|_| price.currency() == Currency::Usd)
                .and_then(|price| rebuilt(payment, price, payment.description())),
            Lie::RoundsToman if Rial::try_from(price).is_err() => {
                let whole = price.amount();
                let whole = whole.split('.').next().unwrap_or_default();
                let price = Money::new(whole, price.currency()).ok();
                price.and_then(|price| rebuilt(payment, price, payment.description()))
            }
            _ => None,
        };
        bent.unwrap_or_else(|| payment.clone())
    }
}

/// The payment at another price and with another description; `None` if that cannot be.
fn rebuilt(payment: &NewPayment, price: Money, description: Option<&str>) -> Option<NewPayment> {
    let says_more = [
        Input::NotifyUrl,
        Input::PayerName,
        Input::NationalId,
        Input::PayerCard,
    ];
    if says_more.iter().any(|input| payment.has(*input)) {
        return None;
    }
    let mut rebuilt = NewPayment::new(payment.reference().as_str(), price).ok()?;
    if let Some(url) = payment.return_url() {
        rebuilt = rebuilt.with_return_url(url.as_str()).ok()?;
    }
    if let Some(mobile) = payment.mobile() {
        rebuilt = rebuilt.with_mobile(mobile.clone());
    }
    match description {
        Some(text) => rebuilt.with_description(text).ok(),
        None => Some(rebuilt),
    }
}

fn not_paid(state: PaymentState) -> Settlement<Payment> {
    let word = state.as_str().to_owned();
    Settlement::NotPaid(Payment::new("kiosk", state, &word))
}

fn invented(handle: &Handle) -> PaymentRecord {
    let reference = handle.reference().unwrap_or("58").parse().unwrap();
    let amount = *handle.amount().unwrap();
    PaymentRecord::new("kiosk", reference, amount, SystemTime::UNIX_EPOCH)
}

fn is_unknown<T>(result: &Result<T, Error>) -> bool {
    result
        .as_ref()
        .is_err_and(|error| error.effect() == Effect::Unknown)
}

impl fmt::Debug for Liar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Liar");
        if self.lie == Lie::ShowsItsKey {
            shown.field("key", &self.key);
        }
        shown.finish_non_exhaustive()
    }
}

pub(crate) struct LyingSubject {
    pub(crate) kiosk: KioskSubject,
    pub(crate) lie: Lie,
}

#[async_trait]
impl Subject for LyingSubject {
    fn name(&self) -> String {
        format!("{:?}", self.lie)
    }

    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem> {
        let honest = self.kiosk.kiosk(recorder, 0)?;
        let key = self.secrets().remove(0);
        Ok(Arc::new(Liar::new(honest, self.lie, key)))
    }

    async fn pay(&self, created: &Created) -> Result<(), Problem> {
        self.kiosk.pay(created).await
    }

    fn secrets(&self) -> Vec<String> {
        self.kiosk.secrets()
    }

    fn pass(&self, time: Duration) -> bool {
        self.kiosk.pass(time)
    }

    async fn returned(&self, created: &Created) -> Result<String, Problem> {
        self.kiosk.returned(created).await
    }

    async fn notified(&self, created: &Created) -> Result<Vec<u8>, Problem> {
        Ok(self.kiosk.returned(created).await?.into_bytes())
    }

    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        self.kiosk.at_another_merchant(recorder, payment).await
    }
}
