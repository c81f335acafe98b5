use paylink_core::{Agreement, Effect, Error, ErrorKind, Operation, Reason};

use crate::find::{Found, find, nothing_under};
use crate::operations::{ListInvoices, VerifyInvoice};
use crate::{Expected, Invoice, Pod, Settlement, State};

/// Finds, compares, verifies, and compares what was verified.
pub(crate) async fn settle(pod: &Pod, expected: &Expected) -> Result<Settlement, Error> {
    let (agreement, invoice) = match read(pod, expected).await? {
        Read::ToVerify(agreement, invoice) => (agreement, invoice),
        Read::Ended(settlement) => return Ok(*settlement),
    };
    let verify = pod.verify_invoice(invoice.id);
    let handle = verify.handle();
    // Something was verified: if it is not what was read a moment before, the outcome is unknown.
    let unknown = |kind, problem: String| {
        Error::new(kind, Effect::Unknown, problem)
            .of("pod", VerifyInvoice::NAME)
            .with_handle(handle)
    };
    match verify.await {
        Ok(verified) => match expected.compare(pod.account(), &verified.value) {
            Ok(Ok(_)) => Ok(agreement.settled()),
            Ok(Err(mismatch)) => {
                let problem = "the verified invoice is not the expected one".to_owned();
                Err(unknown(ErrorKind::Mismatch, problem).with_mismatch(mismatch))
            }
            Err(problem) => Err(unknown(ErrorKind::Untrusted, problem.to_string())),
        },
        // POD does not document what it answers to a second verify, nor to one after the hour. The state tells.
        Err(refused) if refused.kind() == ErrorKind::Refused => {
            after_refusal(pod, expected, refused).await
        }
        Err(error) => Err(error),
    }
}

/// Tells a payment that somebody else has just verified from one that was never made.
async fn after_refusal(
    pod: &Pod,
    expected: &Expected,
    refused: Error,
) -> Result<Settlement, Error> {
    let says_unpaid = refused.refusal().is_some_and(|refusal| {
        matches!(
            refusal.reason(),
            Reason::NotPaidYet | Reason::AwaitingGateway
        )
    });
    match read(pod, expected).await {
        Ok(Read::Ended(settlement)) => Ok(*settlement),
        Ok(Read::ToVerify(_, invoice)) if says_unpaid => Ok(Settlement::NotPaid(*invoice)),
        Ok(Read::ToVerify(..)) | Err(_) => Err(refused),
    }
}

/// What reading the invoice leads to.
enum Read {
    /// It is the expected invoice, and verifying shows whether it is paid.
    ToVerify(Agreement, Box<Invoice>),
    /// There is nothing to verify.
    Ended(Box<Settlement>),
}

async fn read(pod: &Pod, expected: &Expected) -> Result<Read, Error> {
    let invoice = match find(pod, &expected.key()).await? {
        Found::One(invoice) => invoice,
        Found::None => return Ok(ended(Settlement::Mismatch(nothing_under(&expected.key())))),
        Found::Other(mismatch) => return Ok(ended(Settlement::Mismatch(mismatch))),
    };
    let agreement = match expected
        .compare(pod.account(), &invoice)
        .map_err(|problem| not_executed(ErrorKind::Untrusted, problem.to_string()))?
    {
        Ok(agreement) => agreement,
        Err(mismatch) => return Ok(ended(Settlement::Mismatch(mismatch))),
    };
    match invoice.state() {
        // A two-step invoice is never verified: that POD calls it paid is all there is, and was so before this call.
        State::Paid => Ok(ended(agreement.already_settled())),
        State::Unverified => Ok(Read::ToVerify(agreement, invoice)),
        State::Unpaid | State::AwaitingGateway | State::Promised | State::Cancelled => {
            Ok(ended(Settlement::NotPaid(*invoice)))
        }
        State::Unclear => Err(not_executed(
            ErrorKind::Indeterminate,
            "the invoice's flags contradict one another, or one that decides is missing".to_owned(),
        )),
    }
}

fn ended(settlement: Settlement) -> Read {
    Read::Ended(Box::new(settlement))
}

fn not_executed(kind: ErrorKind, problem: String) -> Error {
    Error::new(kind, Effect::NotExecuted, problem).of("pod", ListInvoices::NAME)
}
