//! `paylink pod`: invoices and every way to pay them, one operation a file.

mod account;
mod close;
mod confirm_payment_sms;
mod credit;
mod done;
mod invoice;
mod invoices;
mod issue_invoice;
mod link;
mod mark_paid;
mod pay_in_future;
mod pay_with_invoice;
mod pos_payment;
mod resolve;
mod send_payment_sms;
mod share_link;
mod verify;
mod wallet;

use std::path::Path;

use clap::{Args, Subcommand};
use paylink::pod::InvoiceId;

use crate::account::Account;
use crate::console::Console;
use crate::failure::Failure;
use crate::resolve::ResolveArgs;
use crate::suggested::Suggested;
use crate::typed;
use crate::usage_error::UsageError;
use account::PodAccount;

const ENVIRONMENTS: Suggested = Suggested(&["production", "sandbox"]);

const AFTER_HELP: &str = "\
The account comes from the environment or from [pod] in the configuration:
  PAYLINK_POD_TOKEN          token          the business's API token; secret
  PAYLINK_POD_API_KEY        api_key        the key of every service without its own; secret
  PAYLINK_POD_API_KEY_29821  api_key_29821  the key of service 29821, and so on; secret
  PAYLINK_POD_USER_TOKEN     user_token     a user's access token, for --as-user; secret
  PAYLINK_POD_GUILD          guild          the guild in which `paylink link` issues invoices
  PAYLINK_POD_ENVIRONMENT    environment    production, which is usual, or sandbox
  PAYLINK_POD_BASE_URL       base_url       another address of the services
  PAYLINK_POD_PAY_URL        pay_url        another address of the pay pages

Amounts are in rial. `paylink sandbox` gives an account to try with.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct PodArgs {
    /// Which of POD's environments: production or sandbox
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        value_parser = ENVIRONMENTS,
        help_heading = "Global options"
    )]
    environment: Option<String>,
    /// Another address than POD's: https, or http on loopback
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help_heading = "Global options"
    )]
    base_url: Option<String>,
    /// Another address of the pay pages: https, or http on loopback
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help_heading = "Global options"
    )]
    pay_url: Option<String>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Issue an invoice, and show the link to send the payer to
    IssueInvoice(issue_invoice::IssueInvoiceArgs),
    /// List invoices, which is how a state is asked for
    Invoices(invoices::InvoicesArgs),
    /// Confirm the payment of an invoice that wants it, within the hour
    ///
    /// It compares nothing: hold the invoice against your own record first, with `invoices`.
    VerifyInvoice(verify::VerifyInvoiceArgs),
    /// Confirm the payment of an invoice and close it
    VerifyAndClose(close::IdArgs),
    /// Close a paid invoice, so that its money can be drawn
    Close(close::IdArgs),
    /// Cancel an invoice, so that nobody can pay it; what was paid goes back
    Cancel(close::CancelArgs),
    /// Write the link by which anybody may pay; nothing is sent
    LinkByUniqueNumber(link::LinkByUniqueNumberArgs),
    /// Write the link by which the invoice's own user may pay; nothing is sent
    LinkByInvoice(link::LinkByInvoiceArgs),
    /// Ask for a link that anybody may pay by for five minutes
    PaymentLink(link::PaymentLinkArgs),
    /// Send an invoice's link by SMS to another user; production alone has it
    ShareLink(share_link::ShareLinkArgs),
    /// Pay any invoice from the wallet in POD
    PayAnyInvoice(wallet::PayAnyInvoiceArgs),
    /// Pay an invoice that was issued to the caller
    PayOwnInvoice(wallet::PayOwnInvoiceArgs),
    /// Send the invoice's user an SMS to pay by
    SendPaymentSms(send_payment_sms::SendPaymentSmsArgs),
    /// Confirm a payment with the code of an SMS; production alone has it
    ConfirmPaymentSms(confirm_payment_sms::ConfirmPaymentSmsArgs),
    /// Mark an invoice as paid outside POD; no money moves
    MarkPaid(mark_paid::MarkPaidArgs),
    /// Pay an invoice with the money of another one
    PayWithInvoice(pay_with_invoice::PayWithInvoiceArgs),
    /// Guarantee the payment of an invoice on a later day
    PayInFuture(pay_in_future::PayInFutureArgs),
    /// Report a payment at a point of sale
    PosPayment(pos_payment::PosPaymentArgs),
    Resolve(ResolveArgs),
}

/// The invoice that a way to pay is about.
#[derive(Debug, Args)]
struct InvoiceIdArgs {
    /// POD's id of the invoice, as `issue-invoice` printed it
    #[arg(long, value_name = "ID")]
    invoice_id: String,
}

impl InvoiceIdArgs {
    fn read(&self) -> Result<InvoiceId, UsageError> {
        typed::read(InvoiceId::KEY, &self.invoice_id)
    }
}

/// Carries out what was typed.
pub(crate) async fn run(
    args: PodArgs,
    config: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let account = PodAccount {
        account: Account {
            console,
            config,
            base_url: args.base_url.as_deref(),
        },
        environment: args.environment.as_deref(),
        pay_url: args.pay_url.as_deref(),
    };
    let account = &account;
    match args.operation {
        Operation::IssueInvoice(args) => issue_invoice::run(&args, account).await,
        Operation::Invoices(args) => invoices::run(&args, account).await,
        Operation::VerifyInvoice(args) => verify::verify(&args, account).await,
        Operation::VerifyAndClose(args) => verify::verify_and_close(&args, account).await,
        Operation::Close(args) => close::close(&args, account).await,
        Operation::Cancel(args) => close::cancel(&args, account).await,
        Operation::LinkByUniqueNumber(args) => link::by_unique_number(&args, account),
        Operation::LinkByInvoice(args) => link::by_invoice(&args, account),
        Operation::PaymentLink(args) => link::ask(&args, account).await,
        Operation::ShareLink(args) => share_link::run(&args, account).await,
        Operation::PayAnyInvoice(args) => wallet::pay_any(&args, account).await,
        Operation::PayOwnInvoice(args) => wallet::pay_own(&args, account).await,
        Operation::SendPaymentSms(args) => send_payment_sms::run(&args, account).await,
        Operation::ConfirmPaymentSms(args) => confirm_payment_sms::run(&args, account).await,
        Operation::MarkPaid(args) => mark_paid::run(&args, account).await,
        Operation::PayWithInvoice(args) => pay_with_invoice::run(&args, account).await,
        Operation::PayInFuture(args) => pay_in_future::run(&args, account).await,
        Operation::PosPayment(args) => pos_payment::run(&args, account).await,
        Operation::Resolve(args) => resolve::run(&args, account).await,
    }
}
