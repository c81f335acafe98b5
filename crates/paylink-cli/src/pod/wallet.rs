use clap::Args;
use paylink::pod::{PayAnyInvoice, PayOwnInvoice, Service};

use super::InvoiceIdArgs;
use super::account::PodAccount;
use super::credit::{CallerArgs, CreditArgs};
use super::done;
use crate::failure::Failure;
use crate::once::OnceArgs;

const PAID: &str = "The invoice is paid from the wallet.";

#[derive(Debug, Args)]
pub(super) struct PayAnyInvoiceArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    #[command(flatten)]
    credit: CreditArgs,
    #[command(flatten)]
    caller: CallerArgs,
    #[command(flatten)]
    once: OnceArgs,
}

#[derive(Debug, Args)]
pub(super) struct PayOwnInvoiceArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// Pay from the wallet in POD; without it the choice is POD's
    #[arg(long)]
    wallet: bool,
    #[command(flatten)]
    credit: CreditArgs,
    #[command(flatten)]
    caller: CallerArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn pay_any(
    args: &PayAnyInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let mut payment = PayAnyInvoice::new(id);
    if let Some(credit) = args.credit.read()? {
        payment = payment.with_delegation(credit);
    }
    if let Some(token) = args.caller.token(account)? {
        payment = payment.with_user_token(token);
    }
    let pod = account.client_of(Service::PayAnyInvoice)?;
    done::run(pod.pay_any_invoice(payment), id, PAID, &args.once, account).await
}

pub(super) async fn pay_own(
    args: &PayOwnInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let mut payment = PayOwnInvoice::new(id);
    if args.wallet {
        payment = payment.with_wallet();
    }
    if let Some(credit) = args.credit.read()? {
        payment = payment.with_delegation(credit);
    }
    if let Some(token) = args.caller.token(account)? {
        payment = payment.with_user_token(token);
    }
    let pod = account.client_of(Service::PayOwnInvoice)?;
    done::run(pod.pay_own_invoice(payment), id, PAID, &args.once, account).await
}
