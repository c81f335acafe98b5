use clap::Args;
use paylink::FieldKey;
use paylink::pod::{PosPayment, PosTransaction, Service};

use super::InvoiceIdArgs;
use super::account::PodAccount;
use super::done;
use crate::failure::Failure;
use crate::once::OnceArgs;
use crate::typed;
use crate::usage_error::UsageError;

const TRANSACTION_DATE: FieldKey = FieldKey::new("transaction_date", "transaction date");

const DATE_HELP: &str = "When it was made, Jalali such as \"1405/08/30 12:00:00\"";

#[derive(Debug, Args)]
pub(super) struct PosPaymentArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// The number of the terminal
    #[arg(long, value_name = "NUMBER")]
    terminal_number: String,
    /// Your code at the bank
    #[arg(long, value_name = "CODE")]
    merchant_code: String,
    /// The reference number on the slip
    #[arg(long, value_name = "NUMBER")]
    reference_number: String,
    /// The tracking number on the slip
    #[arg(long, value_name = "NUMBER")]
    tracking_number: String,
    #[arg(long, value_name = "TIME", help = DATE_HELP)]
    transaction_date: String,
    /// Name the wallet in POD
    #[arg(long)]
    wallet: bool,
    #[command(flatten)]
    once: OnceArgs,
}

impl PosPaymentArgs {
    fn payment(&self) -> Result<PosPayment, UsageError> {
        let transaction = PosTransaction {
            terminal_number: self.terminal_number.clone(),
            merchant_code: self.merchant_code.clone(),
            reference_number: self.reference_number.clone(),
            tracking_number: self.tracking_number.clone(),
            transaction_date: typed::read(TRANSACTION_DATE, &self.transaction_date)?,
        };
        let payment = PosPayment::new(self.invoice.read()?, transaction).map_err(typed::of_flag)?;
        Ok(if self.wallet {
            payment.with_wallet()
        } else {
            payment
        })
    }
}

pub(super) async fn run(args: &PosPaymentArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let payment = args.payment()?;
    let pod = account.client_of(Service::PosPayment)?;
    let says = "The invoice is paid by that payment.";
    done::run(pod.pos_payment(payment), id, says, &args.once, account).await
}
