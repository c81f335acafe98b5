//! Every operation of every client, with an answer that it believes and the fields on which that hangs.
//!
//! The answers are those of the providers' documents, and so are the fields.

mod cardpay;
mod pod;
mod sizpay;
mod zipay;

use paylink_core::provider::{
    Created, ExpectedPayment, NewPayment, Payment, PaymentState, Resolved,
};
use paylink_core::{Error, Handle, PaymentProvider, Resolution, Settlement};
use serde_json::{Value, json};

use crate::served::{Clients, drive, serve};
use crate::subject::{Outcome, Subject, measured};

pub use sizpay::plain;

/// All of them; the first byte of an input chooses one, so that new ones stand at the end of their provider's.
#[must_use]
pub fn all() -> Vec<Subject> {
    [cardpay::all(), pod::all(), sizpay::all(), zipay::all()].concat()
}

/// One payment of each provider as it was created, and what the books say of it.
#[derive(Debug)]
pub struct Payments {
    pub(crate) cardpay: ExpectedPayment,
    pub(crate) pod: ExpectedPayment,
    pub(crate) sizpay: ExpectedPayment,
    pub(crate) zipay: ExpectedPayment,
}

impl Payments {
    /// Creates them, by the documented answers.
    ///
    /// # Errors
    ///
    /// What a client refuses.
    pub fn new(clients: &Clients) -> Result<Payments, Error> {
        Ok(Payments {
            cardpay: expected(&clients.cardpay, &cardpay::payment()?, cardpay::CREATED)?,
            pod: expected(&clients.pod, &pod::payment()?, &pod::issued())?,
            sizpay: expected(&clients.sizpay, &sizpay::payment()?, sizpay::SENT)?,
            zipay: expected(&clients.zipay, &zipay::payment()?, zipay::CREATED)?,
        })
    }
}

fn expected(
    provider: &dyn PaymentProvider,
    payment: &NewPayment,
    answer: &str,
) -> Result<ExpectedPayment, Error> {
    serve(200, "application/json", vec![answer.as_bytes().to_vec()]);
    let created: Option<Result<Created, Error>> = drive(provider.create(payment));
    let created = created.unwrap_or_else(|| Err(waits()))?;
    let record = created.record().clone();
    Ok(ExpectedPayment::new(
        payment.reference().clone(),
        *payment.price(),
        record,
    ))
}

/// A payment with a return URL, as an order asks for it.
///
/// # Errors
///
/// Never, as long as its values are right.
pub fn zipay_payment() -> Result<NewPayment, paylink_core::Invalid> {
    zipay::payment()
}

fn waits() -> Error {
    use paylink_core::{Effect, ErrorKind};
    Error::new(
        ErrorKind::Timeout,
        Effect::Unknown,
        "a client waits for nobody",
    )
}

/// Settles: a proof is a success, everything else claims none.
async fn settled(provider: &dyn PaymentProvider, expected: &ExpectedPayment) -> Outcome {
    let settlement: Settlement<Payment> = measured(provider.settle(expected)).await?;
    Ok(settlement
        .proof()
        .map(|proof| json!({ "receipt": proof.receipt() })))
}

/// Reads the state: a paid one is a success, everything else claims none.
async fn seen(provider: &dyn PaymentProvider, expected: &ExpectedPayment) -> Outcome {
    let payment = measured(provider.state(expected.record())).await?;
    Ok((payment.state() == &PaymentState::Paid).then_some(Value::Null))
}

/// Looks a lost create up: "not executed" is a success, since the order is paid once more after it.
async fn resolved(provider: &dyn PaymentProvider, handle: &Handle) -> Outcome {
    let resolution: Resolution<Resolved> = measured(provider.resolve(handle)).await?;
    Ok(matches!(resolution, Resolution::NotExecuted).then_some(Value::Null))
}

/// A handle of a create whose last byte left long ago.
fn lost(provider: &str, operation: &str, expected: &ExpectedPayment) -> Handle {
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_790_000_000);
    let record = expected.record();
    let handle = Handle::new(provider, operation, long_ago)
        .with_deadline(long_ago)
        .with_reference(record.reference().as_str())
        .with_amount(*record.amount());
    match record.merchant() {
        Some(merchant) => handle.with_merchant(merchant),
        None => handle,
    }
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn every_operation_of_every_provider_is_tried() {
        let subjects = all();
        for provider in paylink::providers() {
            for operation in provider.operations() {
                let (provider, operation) = (provider.name(), operation.name());
                let is_there =
                    |it: &super::Subject| (it.provider, it.operation) == (provider, operation);
                assert!(subjects.iter().any(is_there), "{provider} {operation}");
            }
        }
    }
}
