use clap::Args;
use paylink::{Account, Capability, ExpectedPayment, PaymentRecord};

use super::record::RecordArgs;
use super::{CURRENCIES, price};
use crate::call_error::CallError;
use crate::consent::YesArgs;
use crate::console::Console;
use crate::failure::Failure;
use crate::mismatched::Mismatched;
use crate::status::Status;
use crate::text::{amount, shown};
use crate::typed;

const REMEDY: &str = "give --order, --amount and --currency as your own books have them, or --yes to go by the record alone";

/// A payment to which something is to be done that cannot be taken back.
///
/// A file's name is easily mistyped, and one record looks like another: the merchant's own books are compared with the
/// record, or somebody says yes.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct BooksArgs {
    #[command(flatten)]
    pub(super) record: RecordArgs,
    /// The order's reference, by your own books; with --amount and --currency it stands for a yes
    #[arg(long, value_name = "REFERENCE", requires_all = ["amount", "currency"])]
    order: Option<String>,
    /// What the order costs, by your own books
    #[arg(long, requires_all = ["order", "currency"])]
    amount: Option<String>,
    /// In which currency; IRR is rial and IRT toman
    #[arg(long, value_parser = CURRENCIES, requires_all = ["order", "amount"])]
    currency: Option<String>,
    #[command(flatten)]
    yes: YesArgs,
}

impl BooksArgs {
    /// Reads the record, and holds it against the books or asks for a yes. `what` begins the question, as in "Give back".
    pub(super) fn agreed(
        &self,
        capability: Capability,
        what: &str,
        provider: &Account,
        console: &Console,
    ) -> Result<PaymentRecord, Failure> {
        let record = self.record.read(console)?;
        let capabilities = provider.capabilities();
        if !capabilities.support(capability).is_supported() {
            return Err(CallError::of(capabilities.unsupported(capability)).into());
        }
        let (Some(order), Some(cost), Some(currency)) = (&self.order, &self.amount, &self.currency)
        else {
            let question = format!(
                "{what} {} of order {} through account {}?",
                amount(record.amount()),
                shown(record.reference().as_str()),
                provider.name()
            );
            self.yes.or_ask(&question, REMEDY, console)?;
            return Ok(record);
        };
        let order = order.parse().map_err(typed::of_flag)?;
        let price = price(cost, currency)?;
        let expected = ExpectedPayment::new(order, price, record);
        let differs = expected.record_mismatch(capabilities);
        match differs.map_err(|error| self.record.refused(error))? {
            None => Ok(expected.record().clone()),
            Some(mismatch) => Err(Failure::new(
                Status::Mismatch,
                Mismatched::untouched(mismatch),
            )),
        }
    }
}
