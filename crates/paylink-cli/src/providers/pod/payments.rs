use std::io::{self, Write};

use clap::Args;
use paylink::core::{Call, Operation};
use paylink::pod::{
    Confirmation, Creditor, Debtor, FundedBy, GuildCode, InvoiceId, PayAnyInvoice, PayInFuture,
    PayOwnInvoice, PayWithInvoice, PodResponse, PosPayment, PosTransaction, Service,
};
use paylink::{Error, FieldKey, JalaliDate, Refusal};
use serde::Serialize;

use super::{CallerArgs, CreditArgs, IdOnceArgs, InvoiceIdArgs, PodAccount};
use crate::failure::{CallError, Failure, UsageError};
use crate::once::{self, OnceArgs};
use crate::report::Report;
use crate::table::write_facts;
use crate::typed;

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
    carry_out(pod.pay_any_invoice(payment), id, PAID, &args.once, account).await
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
    carry_out(pod.pay_own_invoice(payment), id, PAID, &args.once, account).await
}

pub(super) async fn mark_paid(args: &IdOnceArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let pod = account.client_of(Service::MarkPaid)?;
    let says = "The invoice is marked as paid outside POD.";
    carry_out(pod.mark_paid(id), id, says, &args.once, account).await
}

#[derive(Debug, Args)]
pub(super) struct PayInFutureArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// The day on which it is to be paid, Jalali such as 1405/12/29
    #[arg(long)]
    date: String,
    /// Pay it with what the business earns in this guild
    #[arg(
        long,
        value_name = "CODE",
        required_unless_present = "wallet",
        conflicts_with = "wallet"
    )]
    guild_code: Option<String>,
    /// Pay it from the wallet in POD
    #[arg(long)]
    wallet: bool,
    #[command(flatten)]
    caller: CallerArgs,
    #[command(flatten)]
    once: OnceArgs,
}

impl PayInFutureArgs {
    fn funded_by(&self) -> Result<FundedBy, UsageError> {
        match &self.guild_code {
            Some(code) => typed::read(GuildCode::KEY, code).map(FundedBy::Guild),
            None => Ok(FundedBy::Wallet),
        }
    }
}

pub(super) async fn pay_in_future(
    args: &PayInFutureArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let date = typed::read(JalaliDate::KEY, &args.date)?;
    let mut guarantee = PayInFuture::new(id, date, args.funded_by()?);
    if let Some(token) = args.caller.token(account)? {
        guarantee = guarantee.with_user_token(token);
    }
    let pod = account.client_of(Service::PayInFuture)?;
    let says = "The payment is guaranteed for that day.";
    carry_out(pod.pay_in_future(guarantee), id, says, &args.once, account).await
}

const CREDITOR_INVOICE_ID: FieldKey = FieldKey::new("creditor_invoice_id", "creditor invoice id");
const DEBTOR_INVOICE_ID: FieldKey = FieldKey::new("debtor_invoice_id", "debtor invoice id");

#[derive(Debug, Args)]
pub(super) struct PayWithInvoiceArgs {
    /// The invoice that gets paid
    #[arg(long, value_name = "ID")]
    creditor_invoice_id: String,
    /// Your own paid invoice, whose money is used
    #[arg(long, value_name = "ID")]
    debtor_invoice_id: String,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn pay_with_invoice(
    args: &PayWithInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let creditor = typed::read(CREDITOR_INVOICE_ID, &args.creditor_invoice_id)?;
    let debtor = typed::read(DEBTOR_INVOICE_ID, &args.debtor_invoice_id)?;
    let payment =
        PayWithInvoice::new(Creditor(creditor), Debtor(debtor)).map_err(typed::of_flag)?;
    let pod = account.client_of(Service::PayWithInvoice)?;
    let says = "The money of the debtor invoice is meant for this one.";
    let call = pod.pay_with_invoice(payment);
    carry_out(call, creditor, says, &args.once, account).await
}

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

pub(super) async fn pos_payment(
    args: &PosPaymentArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let payment = args.payment()?;
    let pod = account.client_of(Service::PosPayment)?;
    let says = "The invoice is paid by that payment.";
    carry_out(pod.pos_payment(payment), id, says, &args.once, account).await
}

/// Calls a service that answers no more than that it is done, and tells what is.
pub(super) async fn carry_out<O: Operation<Output = PodResponse<Confirmation>>>(
    call: Call<'_, O>,
    invoice: InvoiceId,
    says: &'static str,
    once: &OnceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let refused = |error| Err(CallError::of(error).into());
    carry_out_or(call, invoice, says, once, account, refused).await
}

/// The same, with a word on what was refused: what was done before is done.
pub(super) async fn carry_out_or<O: Operation<Output = PodResponse<Confirmation>>>(
    call: Call<'_, O>,
    invoice: InvoiceId,
    says: &'static str,
    once: &OnceArgs,
    account: &PodAccount<'_>,
    refused: impl FnOnce(Error) -> Result<Done, Failure>,
) -> Result<(), Failure> {
    let console = account.console();
    let sent = match once::attempt(call, once, &account.invocation(), console).await? {
        Ok(sent) => sent,
        Err(error) => return console.done(&refused(error)?),
    };
    console.done(&Done {
        invoice_id: invoice,
        done_before: false,
        reference_number: sent.output.reference_number.clone(),
        message: sent.output.value.message.clone(),
        says,
    })?;
    sent.told(console);
    Ok(())
}

/// Something is done to an invoice.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    pub(super) invoice_id: InvoiceId,
    /// Whether it was done by an earlier call, and nothing by this one.
    pub(super) done_before: bool,
    pub(super) reference_number: Option<String>,
    /// What POD said, where it said more than that it is done.
    pub(super) message: Option<String>,
    #[serde(skip)]
    pub(super) says: &'static str,
}

impl Done {
    /// It was done by an earlier call, which POD says by refusing this one.
    pub(super) fn before(invoice: InvoiceId, says: &'static str, refused: &Error) -> Done {
        let refusal = refused.refusal();
        Done {
            invoice_id: invoice,
            done_before: true,
            reference_number: refusal.and_then(Refusal::reference).map(str::to_owned),
            message: refusal.and_then(Refusal::message).map(str::to_owned),
            says,
        }
    }
}

impl Report for Done {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.says)?;
        let all = [
            ("Invoice id", Some(self.invoice_id.to_string())),
            ("Reference", self.reference_number.clone()),
            ("POD says", self.message.clone()),
        ];
        let present = all.into_iter();
        let present = present.filter_map(|(name, value)| Some((name, value?)));
        write_facts(out, &present.collect::<Vec<_>>())
    }
}
