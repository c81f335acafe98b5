//! `paylink pod`: invoices and every way to pay them.

pub(super) mod demo;
pub(super) mod examples;
mod invoices;
mod links;
mod payments;
mod sms;

use clap::{Args, Subcommand};
use paylink::FieldKey;
use paylink::config::AccountConfig;
use paylink::pod::{DESCRIPTOR, Delegation, InvoiceId, Pod, Service, UserToken};

use super::{GLOBAL, account_help};
use crate::account::{Account, Setup, transport};
use crate::console::Console;
use crate::failure::{Failure, UsageError};
use crate::next_step::Invocation;
use crate::once::OnceArgs;
use crate::resolve::ResolveArgs;
use crate::schema::schemas;
use crate::typed::{self, Suggested};

const ENVIRONMENTS: Suggested = Suggested(&["production", "sandbox"]);

/// The form of what its operations print for programs.
pub(super) const SCHEMAS: &[(&str, &str)] = schemas! {
    "pod-cancel" "pod-close" "pod-confirm-payment-sms" "pod-invoices" "pod-issue-invoice"
    "pod-link-by-invoice" "pod-link-by-unique-number" "pod-mark-paid" "pod-pay-any-invoice"
    "pod-pay-in-future" "pod-pay-own-invoice" "pod-pay-with-invoice" "pod-payment-link"
    "pod-pos-payment" "pod-resolve" "pod-send-payment-sms" "pod-share-link" "pod-verify-and-close"
    "pod-verify-invoice"
};

/// What comes back, what a program hands over, and what the client says of itself.
#[cfg(test)]
pub(super) const NEVER_TYPED: &[&str] = &[
    "error_result",
    "link",
    "masked_card_number",
    "one_time_token",
    "payment",
    "payment_bill_number",
    "rrn",
    "service",
    "terminal_id",
    "tref",
    "webhook",
];

#[derive(Debug, Args)]
#[command(after_help = account_help(&DESCRIPTOR, "Amounts are in rial. "), subcommand_value_name = "OPERATION", subcommand_help_heading = "Operations")]
pub(crate) struct PodArgs {
    /// Which of POD's environments: production or sandbox
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        value_parser = ENVIRONMENTS,
        help_heading = GLOBAL
    )]
    environment: Option<String>,
    /// Another address than POD's: https, or http on loopback
    #[arg(long, global = true, value_name = "URL", help_heading = GLOBAL)]
    base_url: Option<String>,
    /// Another address of the pay pages: https, or http on loopback
    #[arg(long, global = true, value_name = "URL", help_heading = GLOBAL)]
    pay_url: Option<String>,

    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Issue an invoice, and show the link to send the payer to
    IssueInvoice(invoices::IssueInvoiceArgs),
    /// List invoices, which is how a state is asked for
    Invoices(invoices::InvoicesArgs),
    /// Confirm the payment of an invoice that wants it, within the hour
    ///
    /// It compares nothing: hold the invoice against your own record first, with `invoices`.
    VerifyInvoice(invoices::VerifyInvoiceArgs),
    /// Confirm the payment of an invoice and close it
    VerifyAndClose(IdOnceArgs),
    /// Close a paid invoice, so that its money can be drawn
    Close(IdOnceArgs),
    /// Cancel an invoice, so that nobody can pay it; what was paid goes back
    Cancel(invoices::CancelArgs),
    /// Write the link by which anybody may pay; nothing is sent
    LinkByUniqueNumber(links::LinkByUniqueNumberArgs),
    /// Write the link by which the invoice's own user may pay; nothing is sent
    LinkByInvoice(links::LinkByInvoiceArgs),
    /// Ask for a link that anybody may pay by for five minutes
    PaymentLink(links::PaymentLinkArgs),
    /// Send an invoice's link by SMS to another user; production alone has it
    ShareLink(links::ShareLinkArgs),
    /// Pay any invoice from the wallet in POD
    PayAnyInvoice(payments::PayAnyInvoiceArgs),
    /// Pay an invoice that was issued to the caller
    PayOwnInvoice(payments::PayOwnInvoiceArgs),
    /// Send the invoice's user an SMS to pay by
    SendPaymentSms(sms::SendPaymentSmsArgs),
    /// Confirm a payment with the code of an SMS; production alone has it
    ConfirmPaymentSms(sms::ConfirmPaymentSmsArgs),
    /// Mark an invoice as paid outside POD; no money moves
    MarkPaid(IdOnceArgs),
    /// Pay an invoice with the money of another one
    PayWithInvoice(payments::PayWithInvoiceArgs),
    /// Guarantee the payment of an invoice on a later day
    PayInFuture(payments::PayInFutureArgs),
    /// Report a payment at a point of sale
    PosPayment(payments::PosPaymentArgs),
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

/// The invoice to which an operation happens once.
#[derive(Debug, Args)]
struct IdOnceArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    #[command(flatten)]
    once: OnceArgs,
}

/// Carries out what was typed.
pub(super) async fn run(
    args: PodArgs,
    config: Setup<'_>,
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
        Operation::IssueInvoice(args) => invoices::issue_invoice(&args, account).await,
        Operation::Invoices(args) => invoices::invoices(&args, account).await,
        Operation::VerifyInvoice(args) => invoices::verify(&args, account).await,
        Operation::VerifyAndClose(args) => invoices::verify_and_close(&args, account).await,
        Operation::Close(args) => invoices::close(&args, account).await,
        Operation::Cancel(args) => invoices::cancel(&args, account).await,
        Operation::LinkByUniqueNumber(args) => links::by_unique_number(&args, account),
        Operation::LinkByInvoice(args) => links::by_invoice(&args, account),
        Operation::PaymentLink(args) => links::ask(&args, account).await,
        Operation::ShareLink(args) => links::share_link(&args, account).await,
        Operation::PayAnyInvoice(args) => payments::pay_any(&args, account).await,
        Operation::PayOwnInvoice(args) => payments::pay_own(&args, account).await,
        Operation::SendPaymentSms(args) => sms::send_payment_sms(&args, account).await,
        Operation::ConfirmPaymentSms(args) => sms::confirm_payment_sms(&args, account).await,
        Operation::MarkPaid(args) => payments::mark_paid(&args, account).await,
        Operation::PayWithInvoice(args) => payments::pay_with_invoice(&args, account).await,
        Operation::PayInFuture(args) => payments::pay_in_future(&args, account).await,
        Operation::PosPayment(args) => payments::pos_payment(&args, account).await,
        Operation::Resolve(args) => invoices::find_out(&args, account).await,
    }
}

/// How an account was named on the command line.
#[derive(Clone, Copy, Debug)]
struct PodAccount<'a> {
    account: Account<'a>,
    environment: Option<&'a str>,
    pay_url: Option<&'a str>,
}

impl PodAccount<'_> {
    fn console(&self) -> &Console {
        self.account.console
    }

    /// The flags that a suggested command has to repeat.
    fn invocation(&self) -> Invocation {
        self.account
            .invocation()
            .with("--environment", self.environment)
            .with("--pay-url", self.pay_url)
    }

    /// A client that calls this one service, with the service's own key or the one for all.
    fn client_of(&self, service: Service) -> Result<Pod, Failure> {
        self.client(&[service])
    }

    /// A client that calls nothing: it writes links.
    fn client_of_none(&self) -> Result<Pod, Failure> {
        self.client(&[])
    }

    /// The token of the user in whose name the call is made.
    fn user_token(&self) -> Result<UserToken, UsageError> {
        Ok(self.configured()?.read(UserToken::from_settings)?)
    }

    fn client(&self, services: &[Service]) -> Result<Pod, Failure> {
        let account = self.configured()?;
        let pod = account.build(&transport()?, |settings, transport| {
            Pod::for_services(settings, services, transport)
        });
        Ok(pod.map_err(UsageError::from)?)
    }

    fn configured(&self) -> Result<AccountConfig, UsageError> {
        let account = self.account.with(&DESCRIPTOR)?;
        Ok(account
            .typed("environment", "--environment", self.environment)
            .typed("pay_url", "--pay-url", self.pay_url))
    }
}

const DELEGATOR_ID: FieldKey = FieldKey::new("delegator_id", "delegator id");

/// Credit that others let the payer use.
#[derive(Debug, Args)]
struct CreditArgs {
    /// A user whose credit is to be used; repeat it in the order in which they are
    #[arg(long = "delegator-id", value_name = "ID")]
    delegator_ids: Vec<String>,
    /// The hash of a credit that is to be used; repeat it for several
    #[arg(long = "delegation-hash", value_name = "HASH")]
    delegation_hashes: Vec<String>,
    /// Whether such credit alone may pay, or the wallet the rest; POD's choice if it is not said
    #[arg(long, value_name = "TRUTH")]
    force_delegation: Option<bool>,
}

impl CreditArgs {
    /// The credit, if anything was said of it.
    fn read(&self) -> Result<Option<Delegation>, UsageError> {
        let named = [&self.delegator_ids, &self.delegation_hashes];
        if named.iter().all(|it| it.is_empty()) && self.force_delegation.is_none() {
            return Ok(None);
        }
        let mut credit = Delegation::new();
        for id in &self.delegator_ids {
            credit = credit.with_user(typed::read(DELEGATOR_ID, id)?);
        }
        for hash in &self.delegation_hashes {
            credit = credit.with_credit(hash).map_err(typed::of_flag)?;
        }
        Ok(Some(match self.force_delegation {
            Some(true) => credit.without_wallet(),
            Some(false) => credit.with_wallet(),
            None => credit,
        }))
    }
}

/// In whose name a call is made.
#[derive(Debug, Args)]
struct CallerArgs {
    /// Call as the user whose token is configured, in place of the business
    #[arg(long)]
    as_user: bool,
}

impl CallerArgs {
    fn token(&self, account: &PodAccount<'_>) -> Result<Option<UserToken>, UsageError> {
        self.as_user.then(|| account.user_token()).transpose()
    }
}
