use paylink_core::{Account, Agreement, Effect, Error, ErrorKind, Operation, Reason};

use crate::account::PodAccount;
use crate::find::{Found, find, nothing_under};
use crate::operations::{ListInvoices, VerifyInvoice};
use crate::{Expected, Invoice, Pod, Settlement, State};

/// What settling came to.
pub(crate) struct Told {
    pub(crate) settlement: Settlement,
    /// As what POD refused to verify an invoice that is not paid. The invoice itself reads no different from a paid one.
    pub(crate) unpaid: Option<Unpaid>,
}

/// Why an invoice that could be verified is not paid.
#[derive(Clone, Copy)]
pub(crate) enum Unpaid {
    /// Nobody has paid it (code 55).
    NotYet,
    /// Its payer is at the gateway (code 72).
    AtTheGateway,
}

impl From<Settlement> for Told {
    fn from(settlement: Settlement) -> Told {
        Told {
            settlement,
            unpaid: None,
        }
    }
}

/// Finds, compares, verifies, and compares what was verified.
pub(crate) async fn settle(pod: &Pod, expected: &Expected) -> Result<Told, Error> {
    let (agreement, invoice) = match read(pod, expected).await? {
        Read::ToVerify(agreement, invoice) => (agreement, invoice),
        Read::Ended(settlement) => return Ok((*settlement).into()),
    };
    let verify = pod.verify_invoice(invoice.id);
    let handle = verify.handle();
    // Something was verified: if it is not what was read a moment before, the outcome is unknown.
    let unknown = |kind, problem: String| {
        Error::new(kind, Effect::Unknown, problem)
            .of(PodAccount::PROVIDER, VerifyInvoice::NAME)
            .with_handle(handle)
    };
    match verify.await {
        Ok(verified) => match expected.compare(pod.account(), &verified.value) {
            Ok(Ok(_)) => Ok(agreement.settled().into()),
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
async fn after_refusal(pod: &Pod, expected: &Expected, refused: Error) -> Result<Told, Error> {
    let unpaid = refused
        .refusal()
        .and_then(|refusal| match refusal.reason() {
            Reason::NotPaidYet => Some(Unpaid::NotYet),
            Reason::AwaitingGateway => Some(Unpaid::AtTheGateway),
            _ => None,
        });
    match read(pod, expected).await {
        Ok(Read::Ended(settlement)) => Ok((*settlement).into()),
        Ok(Read::ToVerify(_, invoice)) if unpaid.is_some() => Ok(Told {
            settlement: Settlement::NotPaid(*invoice),
            unpaid,
        }),
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
    Error::new(kind, Effect::NotExecuted, problem).of(PodAccount::PROVIDER, ListInvoices::NAME)
}
