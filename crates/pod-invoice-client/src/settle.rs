use paylink_core::{
    Agreement, ClientConfig, ComparedField, Comparison, Currency, Effect, Error, ErrorKind,
    Invalid, Mismatch, Money, Operation, Reason, Untrusted,
};

use crate::config::PodConfig;
use crate::operations::{ListInvoices, VerifyInvoice};
use crate::resolve::{Found, find, nothing_under};
use crate::{BillNumber, Invoice, InvoiceId, InvoiceKey, Pod, Settlement, State};

/// What the merchant's own record says about a payment; settling holds the invoice against it.
///
/// Take amount and number from the order's record, never from what the payer's browser brought. The invoice id may come
/// from the return: a forged one names another invoice, and then nothing else agrees.
#[derive(Clone, Debug)]
#[must_use = "an expectation is settled by the client"]
pub struct Expected {
    which: Which,
    payable: Money,
}

#[derive(Clone, Debug)]
enum Which {
    Both(InvoiceId, BillNumber),
    BillNumber(BillNumber),
    Id(InvoiceId),
}

impl Expected {
    /// The invoice of this id is expected to bear the order's number and to ask for this amount, tax included.
    ///
    /// # Errors
    ///
    /// If the number cannot be one, or the amount is not in rial.
    ///
    /// ```
    /// use pod_invoice_client::{Expected, InvoiceId, Money, Rial};
    ///
    /// let expected = Expected::new(InvoiceId::new(32157)?, "1000", Money::from(Rial::new(1_500_000)))?;
    /// # Ok::<(), pod_invoice_client::Invalid>(())
    /// ```
    pub fn new(
        id: InvoiceId,
        bill_number: impl TryInto<BillNumber, Error: Into<Invalid>>,
        payable: Money,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            which: Which::Both(id, bill_number.try_into().map_err(Into::into)?),
            payable: in_rial(payable)?,
        })
    }

    /// The invoice is found by the order's number, for a merchant who did not keep POD's id.
    ///
    /// # Errors
    ///
    /// If the number cannot be one, or the amount is not in rial.
    pub fn of_bill_number(
        bill_number: impl TryInto<BillNumber, Error: Into<Invalid>>,
        payable: Money,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            which: Which::BillNumber(bill_number.try_into().map_err(Into::into)?),
            payable: in_rial(payable)?,
        })
    }

    /// The invoice is known by POD's id alone, for one that was issued without a number of the merchant's own. The id has
    /// to come from the order's record here: there is nothing else to tell orders apart by.
    ///
    /// # Errors
    ///
    /// If the amount is not in rial.
    pub fn of_invoice(id: InvoiceId, payable: Money) -> Result<Expected, Invalid> {
        Ok(Expected {
            which: Which::Id(id),
            payable: in_rial(payable)?,
        })
    }

    /// By what the invoice is looked up.
    pub(crate) fn key(&self) -> InvoiceKey {
        match &self.which {
            Which::Both(id, _) | Which::Id(id) => InvoiceKey::Id(*id),
            Which::BillNumber(number) => InvoiceKey::BillNumber(number.clone()),
        }
    }

    /// Holds an invoice against the record.
    ///
    /// POD reports no currency. It reports the business, which is compared where the client was told its id; that an
    /// invoice is the merchant's own otherwise rests on the token it was asked for with.
    pub(crate) fn compare(
        &self,
        config: &PodConfig,
        invoice: &Invoice,
    ) -> Result<Result<Agreement, Mismatch>, Untrusted> {
        let payable = invoice
            .payable_amount
            .as_ref()
            .ok_or_else(|| Untrusted::new("payableAmount is missing"))?;
        let reported = invoice.bill_number.as_deref().unwrap_or("none");
        let comparison = Comparison::new(PodConfig::PROVIDER).amount_only(&self.payable, payable);
        let comparison = match &self.which {
            Which::Both(id, number) => comparison
                .equal(ComparedField::Order, number.as_str(), reported)
                .equal(ComparedField::Reference, id, &invoice.id),
            // The one thing that both sides know is order and reference at once.
            Which::BillNumber(number) => comparison
                .equal(ComparedField::Order, number.as_str(), reported)
                .equal(ComparedField::Reference, number.as_str(), reported),
            Which::Id(id) => comparison
                .equal(ComparedField::Order, id, &invoice.id)
                .equal(ComparedField::Reference, id, &invoice.id),
        };
        Ok(match config.options().business {
            Some(business) => {
                let named = match invoice.business {
                    Some(named) => named.to_string(),
                    None if invoice.hides_its_business() => "unreadable".to_owned(),
                    None => "none".to_owned(),
                };
                comparison.equal(ComparedField::Merchant, &business.to_string(), &named)
            }
            None => comparison.not_reported(ComparedField::Merchant, "the token's own business"),
        }
        .finish())
    }
}

fn in_rial(amount: Money) -> Result<Money, Invalid> {
    if amount.currency() == Currency::Irr {
        Ok(amount)
    } else {
        Err(Invalid::new(Money::KEY, "is not in rial")
            .with_value(&amount.to_string())
            .with_remedy("POD counts in rial: convert it with to_rial"))
    }
}

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
            .with_operation(PodConfig::PROVIDER, VerifyInvoice::NAME)
            .with_handle(handle)
    };
    match verify.await {
        Ok(verified) => match expected.compare(pod.config(), &verified.value) {
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

/// Tells a payment that another process has just verified from one that was never made.
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
        .compare(pod.config(), &invoice)
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
    Error::new(kind, Effect::NotExecuted, problem)
        .with_operation(PodConfig::PROVIDER, ListInvoices::NAME)
}
