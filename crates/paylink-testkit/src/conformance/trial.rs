use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use paylink_core::provider::{
    Capabilities, Capability, Created, Cursor, ExpectedPayment, Input, InputRule, NewPayment,
    OrderReference, Payment, PaymentRecord, Support,
};
use paylink_core::{
    Currency, Effect, Error, ErrorKind, Handle, Money, PaymentProvider, Proof, Settlement,
};
use serde_json::{Value, json};

use super::{Problem, Recorder, Samples, Subject};

/// The numbers of orders go on from here, in this process.
static ORDERS: AtomicU64 = AtomicU64::new(0);

/// One case's own provider, behind a recorder of its own.
pub(super) struct Trial {
    pub(super) subject: Arc<dyn Subject>,
    pub(super) recorder: Recorder,
    pub(super) provider: Arc<dyn PaymentProvider>,
    pub(super) capabilities: Capabilities,
    pub(super) samples: Samples,
}

impl Trial {
    pub(super) async fn of(subject: Arc<dyn Subject>) -> Result<Trial, Stop> {
        let recorder = Recorder::new();
        let provider = subject.provider(&recorder).await?;
        Ok(Trial {
            capabilities: provider.capabilities().clone(),
            samples: subject.samples(),
            subject,
            recorder,
            provider,
        })
    }

    /// A currency that the provider counts in.
    pub(super) fn currency(&self) -> Result<Currency, Stop> {
        let first = self.capabilities.currencies().first().copied();
        first.ok_or_else(|| Stop::failed("it counts in no currency"))
    }

    /// An order with what the provider needs, and nothing more.
    pub(super) fn payment(&self) -> Result<NewPayment, Stop> {
        let price = self.subject.price(self.currency()?)?;
        self.payment_of(price)
    }

    /// The same at another price.
    pub(super) fn payment_of(&self, price: Money) -> Result<NewPayment, Stop> {
        self.payment_with(price, |demand| demand == InputRule::Required)
    }

    /// An order with everything that the provider takes.
    pub(super) fn full_payment(&self) -> Result<NewPayment, Stop> {
        let price = self.subject.price(self.currency()?)?;
        self.payment_with(price, |demand| !matches!(demand, InputRule::Unsupported(_)))
    }

    /// An order with what the provider needs but for this.
    pub(super) fn payment_without(&self, left_out: Input) -> Result<NewPayment, Stop> {
        let price = self.subject.price(self.currency()?)?;
        let needed = self.inputs(|demand| demand == InputRule::Required);
        self.filled(price, needed.into_iter().filter(|input| *input != left_out))
    }

    /// The inputs of a payment of which the provider demands such.
    pub(super) fn inputs(&self, wanted: impl Fn(InputRule) -> bool) -> Vec<Input> {
        let mut inputs = Input::ALL.to_vec();
        inputs.retain(|it| *it != Input::ListDay && wanted(self.capabilities.input(*it)));
        inputs
    }

    pub(super) async fn create(&self, payment: &NewPayment) -> Result<Created, Stop> {
        step("creating", self.provider.create(payment).await)
    }

    /// An order that was created.
    pub(super) async fn created(&self) -> Result<(NewPayment, Created), Stop> {
        let payment = self.payment()?;
        let created = self.create(&payment).await?;
        Ok((payment, created))
    }

    /// An order that was paid and not settled.
    pub(super) async fn paid(&self) -> Result<(NewPayment, Created), Stop> {
        let (payment, created) = self.created().await?;
        self.subject.pay(&created).await?;
        Ok((payment, created))
    }

    /// An order that was paid and settled.
    pub(super) async fn settled(&self) -> Result<(NewPayment, Created), Stop> {
        let (payment, created) = self.paid().await?;
        self.prove(&books(&payment, created.record())).await?;
        Ok((payment, created))
    }

    pub(super) async fn settle(
        &self,
        expected: &ExpectedPayment,
    ) -> Result<Settlement<Payment>, Stop> {
        step("settling", self.provider.settle(expected).await)
    }

    /// Settles what has to be settled.
    pub(super) async fn prove(&self, expected: &ExpectedPayment) -> Result<Proof, Stop> {
        match self.settle(expected).await? {
            Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => Ok(proof),
            other => {
                let how = told(&other);
                Err(Stop::failed(format!("a paid payment is settled as {how}")))
            }
        }
    }

    /// Whether settling a paid payment for the first time says that it was settled just now.
    pub(super) async fn tells_first(&self) -> Result<bool, Stop> {
        let (payment, created) = self.paid().await?;
        let settlement = self.settle(&books(&payment, created.record())).await?;
        Ok(matches!(settlement, Settlement::Settled(_)))
    }

    /// Settles a paid payment of which nothing may have been confirmed yet.
    pub(super) async fn settles_still(
        &self,
        expected: &ExpectedPayment,
        tells_first: bool,
    ) -> Result<(), Stop> {
        let settlement = self.settle(expected).await?;
        let as_expected = match settlement {
            Settlement::Settled(_) => tells_first,
            Settlement::AlreadySettled(_) => !tells_first,
            _ => false,
        };
        ensure(as_expected, || {
            format!(
                "the true order is then settled as {}, so something was confirmed or broken before",
                told(&settlement)
            )
        })
    }

    /// Checks that the request of this number, counted from 1, was not sent again after it.
    pub(super) fn not_repeated(&self, number: usize) -> Result<(), Stop> {
        let requests = self.recorder.requests();
        let mut from_there = requests.iter().skip(number - 1);
        let lost = from_there.next();
        let again = from_there.any(|it| lost.is_some_and(|lost| it.repeats(lost)));
        ensure(!again, || {
            "a request whose answer was lost was sent again".to_owned()
        })
    }

    /// Begins to count requests.
    pub(super) fn silence(&self) -> Silence<'_> {
        Silence {
            recorder: &self.recorder,
            before: self.recorder.count(),
        }
    }

    fn payment_with(
        &self,
        price: Money,
        wanted: impl Fn(InputRule) -> bool,
    ) -> Result<NewPayment, Stop> {
        self.filled(price, self.inputs(wanted))
    }

    fn filled(
        &self,
        price: Money,
        inputs: impl IntoIterator<Item = Input>,
    ) -> Result<NewPayment, Stop> {
        let mut payment = NewPayment::new(&self.subject.reference(next_order()), price)?;
        for input in inputs {
            payment = self.samples.put(payment, input)?;
        }
        Ok(payment)
    }
}

/// What the merchant's books say about an order and the payment that was created for it.
pub(super) fn books(payment: &NewPayment, record: &PaymentRecord) -> ExpectedPayment {
    let (reference, price) = (payment.reference().clone(), *payment.price());
    ExpectedPayment::new(reference, price, record.clone())
}

/// What settling came to, in a few words.
pub(super) fn told(settlement: &Settlement<Payment>) -> String {
    match settlement {
        Settlement::Settled(_) => "settled".to_owned(),
        Settlement::AlreadySettled(_) => "already settled".to_owned(),
        Settlement::NotPaid(payment) => format!("not paid, {}", payment.state()),
        Settlement::Mismatch(mismatch) => format!("a mismatch: {mismatch}"),
    }
}

/// Checks that something was refused before sending, with an error of this kind.
pub(super) fn refused<T>(
    what: &str,
    result: Result<T, Error>,
    kind: ErrorKind,
) -> Result<(), Stop> {
    match result {
        Ok(_) => Err(Stop::Failed(format!("{what}: it is not refused"))),
        Err(error) => {
            let (found, effect) = (error.kind(), error.effect());
            ensure(found == kind && effect == Effect::NotExecuted, || {
                format!("{what}: refused as {found} and {effect:?}, not as {kind} and NotExecuted")
            })?;
            let own = error.invalids().iter().find(|it| !is_neutral(it.key()));
            match own {
                Some(own) => {
                    let key = own.key();
                    let what = format!("{what}: refused under the provider's own field {key}");
                    Err(Stop::Failed(what))
                }
                None => Ok(()),
            }
        }
    }
}

/// Whether a field is one of the neutral API, under which every provider refuses.
fn is_neutral(key: &str) -> bool {
    let mut of_all = vec![OrderReference::KEY, Money::KEY, Currency::KEY];
    of_all.extend([Handle::KEY, PaymentRecord::KEY, Cursor::KEY]);
    of_all.extend(Input::ALL.iter().map(|it| it.key()));
    of_all.iter().any(|field| field.as_str() == key)
}

/// A time in which nothing may be sent.
pub(super) struct Silence<'a> {
    recorder: &'a Recorder,
    before: usize,
}

impl Silence<'_> {
    /// Checks that nothing was sent since.
    pub(super) fn held(&self, during: impl Display) -> Result<(), Stop> {
        let sent = self.recorder.count() - self.before;
        ensure(sent == 0, || format!("{during}: {sent} requests were sent"))
    }
}

/// A number that no order had before, in this process and in those of the seconds before.
fn next_order() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let start = since_epoch.unwrap_or_default().as_secs() % 100_000_000 * 10_000;
    let _ = ORDERS.compare_exchange(0, start, Ordering::Relaxed, Ordering::Relaxed);
    ORDERS.fetch_add(1, Ordering::Relaxed) + 1
}

/// Why a case ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The provider declares that there is nothing to check.
    NotApplicable(String),
    /// It does not conform.
    Failed(String),
}

impl Stop {
    pub(super) fn failed(what: impl Into<String>) -> Stop {
        Stop::Failed(what.into())
    }

    pub(super) fn not_applicable(why: impl Into<String>) -> Stop {
        Stop::NotApplicable(why.into())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Stop {
        Stop::Failed(format!("the subject: {problem}"))
    }
}

impl From<paylink_core::Invalid> for Stop {
    fn from(invalid: paylink_core::Invalid) -> Stop {
        Stop::Failed(format!("a sample: {invalid}"))
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Stop {
        Stop::Failed(format!("JSON: {error}"))
    }
}

/// Fails the case unless this holds.
pub(super) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), Stop> {
    if holds {
        Ok(())
    } else {
        Err(Stop::Failed(what()))
    }
}

/// Fails the case on an error, and says at which step.
pub(super) fn step<T, E: Display>(what: &str, result: Result<T, E>) -> Result<T, Stop> {
    result.map_err(|error| Stop::Failed(format!("{what}: {error}")))
}

/// Ends the case as not applicable unless the provider offers this.
pub(super) fn offered(capabilities: &Capabilities, capability: Capability) -> Result<(), Stop> {
    match capabilities.support(capability) {
        Support::Supported => Ok(()),
        Support::Unsupported(why) => Err(Stop::not_applicable(why)),
    }
}

/// The record with one of its members replaced.
pub(super) fn forged_record(
    record: &PaymentRecord,
    member: &str,
    value: Value,
) -> Result<PaymentRecord, Stop> {
    let document = replaced(serde_json::to_value(record)?, member, value);
    Ok(serde_json::from_value(document)?)
}

/// The record of one payment with the provider's ids of another.
pub(super) fn with_ids_of(
    books: &PaymentRecord,
    other: &PaymentRecord,
) -> Result<PaymentRecord, Stop> {
    forged_record(books, "ids", member(other, "ids")?)
}

/// The handle with one of its members replaced.
pub(super) fn forged_handle(handle: &Handle, member: &str, value: Value) -> Result<Handle, Stop> {
    let document = replaced(serde_json::to_value(handle)?, member, value);
    Ok(serde_json::from_value(document)?)
}

/// A handle without its times: what is the same of one that was prepared and one that came with an error.
pub(super) fn timeless(handle: &Handle) -> Result<Value, Stop> {
    let mut document = serde_json::to_value(handle)?;
    if let Some(members) = document.as_object_mut() {
        for time in ["prepared_at_ms", "sent_by_ms", "failed_at_ms"] {
            members.remove(time);
        }
    }
    Ok(document)
}

/// The names and values of the ids in a record.
pub(super) fn ids_of(record: &PaymentRecord) -> Result<Vec<(String, String)>, Stop> {
    let text = |id: &Value, key: &str| id.get(key).and_then(Value::as_str).map(str::to_owned);
    let ids = member(record, "ids")?;
    let ids = ids.as_array().into_iter().flatten();
    Ok(ids
        .filter_map(|id| Some((text(id, "name")?, text(id, "value")?)))
        .collect())
}

fn member(record: &PaymentRecord, name: &str) -> Result<Value, Stop> {
    let document = serde_json::to_value(record)?;
    Ok(document.get(name).cloned().unwrap_or(json!([])))
}

fn replaced(mut document: Value, member: &str, value: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
    document
}
