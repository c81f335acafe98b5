use clap::Args;
use paylink::pod::{ConfirmPaymentSms, Service};

use super::InvoiceIdArgs;
use super::account::PodAccount;
use super::credit::CallerArgs;
use super::done;
use crate::failure::Failure;
use crate::once::OnceArgs;
use crate::typed;

#[derive(Debug, Args)]
pub(super) struct ConfirmPaymentSmsArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// The code that the payer got by SMS; it is good for this payment alone
    #[arg(long)]
    code: String,
    #[command(flatten)]
    caller: CallerArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn run(
    args: &ConfirmPaymentSmsArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let mut confirmation = ConfirmPaymentSms::new(id, &args.code).map_err(typed::of_flag)?;
    if let Some(token) = args.caller.token(account)? {
        confirmation = confirmation.with_user_token(token);
    }
    let pod = account.client_of(Service::ConfirmPaymentSms)?;
    let says = "The payment is confirmed.";
    let call = pod.confirm_payment_sms(confirmation);
    done::run(call, id, says, &args.once, account).await
}
