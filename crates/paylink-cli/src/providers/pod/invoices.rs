use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use clap::Args;
use paylink::core::{Call, Operation};
use paylink::pod::{
    BillNumber, DESCRIPTOR, GuildCode, Invoice, InvoiceId, InvoiceKey, LinkOptions, ListInvoices,
    NewInvoice, NewItem, Pod, PodResponse, Service, State, UniqueNumber, UserId,
};
use paylink::{Error, FieldKey, Invalid, JalaliDateTime, Mobile, Reason, Refusal, Rial, WebUrl};
use serde::Serialize;

use super::payments::{Done, carry_out_or};
use super::{IdOnceArgs, PodAccount};
use crate::consent::YesArgs;
use crate::failure::{ARGUMENT, CallError, Failure, Status, UsageError};
use crate::once::{self, OnceArgs};
use crate::only_copy;
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::resolve::{ResolveArgs, conclude};
use crate::table::{Column, table, write_facts};
use crate::text::{amount, shown};
use crate::typed::{self, whole};

const FIRST_ID: FieldKey = FieldKey::new("first_id", "first id");
const LAST_ID: FieldKey = FieldKey::new("last_id", "last id");
const FROM_DATE: FieldKey = FieldKey::new("from_date", "from date");
const TO_DATE: FieldKey = FieldKey::new("to_date", "to date");

const FIRST_HELP: &str = "Begin at this id and go on to later ones";
const LAST_HELP: &str = "Begin at this id and go back to earlier ones";
const FROM_HELP: &str = "Only those issued from then on, as Jalali \"1405/08/30 12:00:00\"";

#[derive(Debug, Args)]
pub(super) struct InvoicesArgs {
    /// Pass over this many; 0 if no other beginning is given
    #[arg(long, value_name = "COUNT", value_parser = whole::<u64>, conflicts_with_all = ["first_id", "last_id"])]
    offset: Option<u64>,
    #[arg(long, value_name = "ID", help = FIRST_HELP, conflicts_with = "last_id")]
    first_id: Option<String>,
    #[arg(long, value_name = "ID", help = LAST_HELP)]
    last_id: Option<String>,
    /// How many at most, 1 to 500
    #[arg(long, value_name = "COUNT", value_parser = whole::<u32>)]
    size: Option<u32>,
    /// The one with this id
    #[arg(long, value_name = "ID", conflicts_with_all = ["bill_number", "offset", "first_id", "last_id"])]
    invoice_id: Option<String>,
    /// The one with this number of your own
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["offset", "first_id", "last_id"])]
    bill_number: Option<String>,
    /// The one with this unique number
    #[arg(long, value_name = "NUMBER")]
    unique_number: Option<String>,
    #[arg(long, value_name = "TIME", help = FROM_HELP)]
    from_date: Option<String>,
    /// Only those issued until then
    #[arg(long, value_name = "TIME")]
    to_date: Option<String>,
    /// Only those that are paid, or those that are not
    #[arg(long, value_name = "TRUTH")]
    paid: Option<bool>,
    /// Only those whose payer is at the gateway, or those whose payer is not
    #[arg(long, value_name = "TRUTH")]
    waiting: Option<bool>,
    /// Only those that are cancelled, or those that are not
    #[arg(long, value_name = "TRUTH")]
    cancelled: Option<bool>,
    /// Only those that are closed, or those that are not
    #[arg(long, value_name = "TRUTH")]
    closed: Option<bool>,
    /// Only those of this guild
    #[arg(long, value_name = "CODE")]
    guild_code: Option<String>,
    /// Only those issued to this user
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,
}

impl InvoicesArgs {
    fn list(&self) -> Result<ListInvoices, UsageError> {
        let mut list = self.beginning()?;
        if let Some(size) = self.size {
            list = list.with_size(size).map_err(typed::of_flag)?;
        }
        if let Some(number) = &self.unique_number {
            list = list.with_unique_number(typed::read(UniqueNumber::KEY, number)?);
        }
        if let Some(time) = &self.from_date {
            list = list.with_issued_from(typed::read(FROM_DATE, time)?);
        }
        if let Some(time) = &self.to_date {
            list = list.with_issued_to(typed::read(TO_DATE, time)?);
        }
        if let Some(code) = &self.guild_code {
            list = list.with_guild(typed::read(GuildCode::KEY, code)?);
        }
        if let Some(user) = &self.user_id {
            list = list.with_user(typed::read(UserId::KEY, user)?);
        }
        if let Some(paid) = self.paid {
            list = list.with_paid(paid);
        }
        if let Some(waiting) = self.waiting {
            list = list.with_waiting(waiting);
        }
        if let Some(cancelled) = self.cancelled {
            list = list.with_cancelled(cancelled);
        }
        if let Some(closed) = self.closed {
            list = list.with_closed(closed);
        }
        Ok(list)
    }

    fn names_one(&self) -> bool {
        let names = [&self.invoice_id, &self.bill_number, &self.unique_number];
        names.iter().any(|name| name.is_some())
    }

    fn beginning(&self) -> Result<ListInvoices, UsageError> {
        if let Some(id) = typed::read_if::<InvoiceId>(InvoiceId::KEY, self.invoice_id.as_deref())? {
            return Ok(ListInvoices::one(id));
        }
        if let Some(number) = &self.bill_number {
            let number: BillNumber = typed::read(BillNumber::KEY, number)?;
            return Ok(ListInvoices::one(InvoiceKey::from(number)));
        }
        let first = typed::read_if(FIRST_ID, self.first_id.as_deref())?;
        let last = typed::read_if(LAST_ID, self.last_id.as_deref())?;
        Ok(match (first, last) {
            (Some(_), _) => ListInvoices::from_first_id(first),
            (None, Some(_)) => ListInvoices::from_last_id(last),
            (None, None) => ListInvoices::from_offset(self.offset.unwrap_or_default()),
        })
    }
}

pub(super) async fn invoices(args: &InvoicesArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let list = args.list()?;
    let pod = account.client_of(Service::ListInvoices)?;
    let listed = pod.list_invoices(list).await.map_err(CallError::of)?;
    let invoices = listed.value.invoices.into_iter();
    if invoices.len() == 0 && args.names_one() {
        let said = "POD lists no such invoice";
        return Err(Failure::not_found(
            said,
            "Look whether the number, and the account, are the right ones.",
        ));
    }
    account.console().done(&Listed {
        invoices: invoices.map(InvoiceReport::found).collect(),
        total: listed.value.total,
        reference_number: listed.reference_number,
    })
}

#[derive(Debug, Serialize)]
struct Listed {
    invoices: Vec<InvoiceReport>,
    total: Option<u64>,
    reference_number: Option<String>,
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let count = self.invoices.len();
        match (self.invoices.as_slice(), self.total) {
            ([], _) => return writeln!(out, "No invoices."),
            ([one], Some(1) | None) => return one.write_text(out),
            _ => {}
        }
        let columns = [
            Column::id("ID"),
            Column::id("BILL NUMBER"),
            Column::word("STATE"),
            Column::word("PAYABLE"),
            Column::word("ISSUED").spare(0),
        ];
        let rows = self.invoices.iter().map(|report| row(report.invoice()));
        table(columns, rows).write(out)?;
        writeln!(out)?;
        match self.total {
            Some(total) => writeln!(out, "{count} of {total}"),
            None => writeln!(out, "{count} invoices"),
        }
    }
}

fn row(invoice: &Invoice) -> Vec<String> {
    let or_dash = |text: Option<String>| shown(text.as_deref().unwrap_or("-"));
    vec![
        invoice.id.to_string(),
        or_dash(invoice.bill_number.clone()),
        invoice.state().to_string(),
        or_dash(invoice.payable_amount.as_ref().map(ToString::to_string)),
        or_dash(invoice.issued_at_ms.and_then(in_tehran)),
    ]
}

/// An invoice, with what its flags say together.
#[derive(Debug, Serialize)]
pub(super) struct InvoiceReport {
    state: State,
    /// Of what was to be done to it: whether it was done by an earlier call, and nothing by this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    done_before: Option<bool>,
    #[serde(flatten)]
    invoice: Invoice,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_number: Option<String>,
}

impl InvoiceReport {
    /// One that was found by looking.
    pub(super) fn found(invoice: Invoice) -> InvoiceReport {
        InvoiceReport {
            state: invoice.state(),
            done_before: None,
            invoice,
            reference_number: None,
        }
    }

    /// One that a service answered with, and under which number.
    pub(super) fn answered(answered: PodResponse<Invoice>) -> InvoiceReport {
        InvoiceReport {
            reference_number: answered.reference_number,
            ..InvoiceReport::found(answered.value)
        }
    }

    /// What was to be done to it was done before.
    fn before(invoice: Invoice) -> InvoiceReport {
        InvoiceReport {
            done_before: Some(true),
            ..InvoiceReport::found(invoice)
        }
    }

    /// What was to be done to it is done now.
    fn done_now(self) -> InvoiceReport {
        InvoiceReport {
            done_before: Some(false),
            ..self
        }
    }

    pub(super) fn invoice(&self) -> &Invoice {
        &self.invoice
    }
}

impl Report for InvoiceReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.done_before == Some(true) {
            writeln!(out, "It was done before. Nothing was changed now.\n")?;
        }
        let invoice = &self.invoice;
        let money = |money: &Option<_>| money.as_ref().map(amount);
        let state = format!("{}, {}", self.state, meaning(self.state));
        let will_be_paid = invoice.will_be_paid_at_ms.and_then(in_tehran);
        let all = [
            ("Invoice id", Some(invoice.id.to_string())),
            ("State", Some(state)),
            ("Payable", money(&invoice.payable_amount)),
            ("Tax in it", money(&invoice.tax)),
            ("Bill number", invoice.bill_number.clone()),
            ("Unique number", invoice.unique_number.clone()),
            ("Guild", invoice.guild.clone()),
            ("User", invoice.user.map(|id| id.to_string())),
            ("Description", invoice.description.clone()),
            ("Issued", invoice.issued_at_ms.and_then(in_tehran)),
            ("Paid", invoice.paid_at_ms.and_then(in_tehran)),
            ("Will be paid", will_be_paid),
            ("Card", invoice.masked_card_number.clone()),
            ("Its reference", invoice.payment_reference.clone()),
            ("Unreadable", Some(invoice.unreadable.join(", "))),
            ("Reference", self.reference_number.clone()),
        ];
        let present = all.into_iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some((name, value))
        });
        write_facts(out, &present.collect::<Vec<_>>())
    }
}

/// A time as POD's people say it: a Jalali date and Tehran's clock.
pub(super) fn in_tehran(ms: u64) -> Option<String> {
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms))?;
    Some(JalaliDateTime::from_system_time(time).ok()?.to_string())
}

/// What a state means for the merchant.
fn meaning(state: State) -> &'static str {
    match state {
        State::Unpaid => "nobody has paid it",
        State::AwaitingGateway => "a payer is at the bank's gateway",
        State::Unverified => "verifying it shows whether it is paid",
        State::Promised => "it will be paid later",
        State::Paid => "the money is yours",
        State::Cancelled => "nobody can pay it",
        State::Unclear => "its flags contradict one another; look at POD's panel",
        _ => "a state that this release does not know",
    }
}

const DEADLINE: FieldKey = FieldKey::new("deadline", "deadline");

const DESCRIPTION_HELP: &str = "What is sold; repeat it with --item-price for every further item";
const TAX_HELP: &str = "\
The tax as a part of the amount, such as 0 or 0.1; POD adds its own rate if it is not given";
const REDIRECT_HELP: &str = "\
Where the payer's browser comes back to, where a link does not say otherwise";

#[derive(Debug, Args)]
pub(super) struct IssueInvoiceArgs {
    /// Your own number of the invoice, never used before
    #[arg(long, value_name = "NUMBER")]
    bill_number: String,
    /// The code of one of your guilds, from POD's panel
    #[arg(long, value_name = "CODE")]
    guild_code: String,
    #[arg(long = "item-description", value_name = "TEXT", required = true, help = DESCRIPTION_HELP)]
    item_descriptions: Vec<String>,
    /// What one piece of the item costs, in rial
    #[arg(long = "item-price", value_name = "RIAL", required = true)]
    prices: Vec<String>,
    /// How many pieces; for every item, or for none: that is one of each
    #[arg(long = "item-quantity", value_name = "COUNT", value_parser = whole::<u32>)]
    quantities: Vec<u32>,
    /// The item's number among your products, 0 for free text; for every item, or for none
    #[arg(long = "product-id", value_name = "ID", value_parser = whole::<u64>)]
    product_ids: Vec<u64>,
    /// Issue it to this user: SMS and the link by invoice need one
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,
    /// The payer's mobile number, to store with it
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[arg(long, value_name = "URL", help = REDIRECT_HELP)]
    redirect_url: Option<String>,
    /// The last day on which it may be paid, Jalali such as 1405/12/29
    #[arg(long, value_name = "DATE")]
    deadline: Option<String>,
    #[arg(long, value_name = "RATE", help = TAX_HELP)]
    tax_rate: Option<String>,
    /// Want the payment verified within the hour, or the money goes back
    #[arg(long)]
    verification_needed: bool,
    /// Count the payment as verified when nobody did it in time
    #[arg(long, requires = "verification_needed")]
    verify_after_timeout: bool,
    /// Data of your own to store with it, a JSON object
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// When to draw the pay link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
    #[command(flatten)]
    once: OnceArgs,
}

impl IssueInvoiceArgs {
    fn invoice(&self) -> Result<NewInvoice, UsageError> {
        let mut items = self.items()?.into_iter();
        let first = items
            .next()
            .ok_or_else(|| Invalid::new(ARGUMENT, "is missing").at("--item-description"))?;
        let mut invoice =
            NewInvoice::new(&self.bill_number, &self.guild_code, first).map_err(typed::of_flag)?;
        for item in items {
            invoice = invoice.with_item(item).map_err(typed::of_flag)?;
        }
        if let Some(user) = &self.user_id {
            invoice = invoice.with_user(typed::read(UserId::KEY, user)?);
        }
        if let Some(mobile) = &self.mobile {
            invoice = invoice.with_mobile(typed::read(Mobile::KEY, mobile)?);
        }
        if let Some(deadline) = &self.deadline {
            invoice = invoice.with_deadline(typed::read(DEADLINE, deadline)?);
        }
        if let Some(url) = &self.redirect_url {
            invoice = invoice.with_redirect(url).map_err(typed::of_flag)?;
        }
        self.finish(invoice).map_err(typed::of_flag)
    }

    fn finish(&self, mut invoice: NewInvoice) -> Result<NewInvoice, Invalid> {
        if let Some(text) = &self.description {
            invoice = invoice.with_description(text);
        }
        if let Some(rate) = &self.tax_rate {
            invoice = invoice.with_tax_rate(rate)?;
        }
        if self.verification_needed {
            invoice = invoice.with_verification();
        }
        if self.verify_after_timeout {
            invoice = invoice.with_verification_timeout();
        }
        match &self.metadata {
            Some(json) => invoice.with_metadata(json),
            None => Ok(invoice),
        }
    }

    /// Reads the parallel lists: the first of each makes the first item.
    fn items(&self) -> Result<Vec<NewItem>, UsageError> {
        let count = self.item_descriptions.len();
        for (flag, given, may_lack) in [
            ("--item-price", self.prices.len(), false),
            ("--item-quantity", self.quantities.len(), true),
            ("--product-id", self.product_ids.len(), true),
        ] {
            if given != count && !(may_lack && given == 0) {
                return Err(Invalid::new(ARGUMENT, "is not there once for every item")
                    .at(flag)
                    .with_remedy("give it as often as --item-description, in the same order")
                    .into());
            }
        }
        let quantities = self.quantities.iter().copied().map(Some);
        let products = self.product_ids.iter().copied().map(named);
        self.item_descriptions
            .iter()
            .zip(&self.prices)
            .zip(quantities.chain(std::iter::repeat(None)))
            .zip(products.chain(std::iter::repeat(None)))
            .map(|(((description, price), quantity), product)| {
                let price: Rial = typed::read(NewItem::PRICE, price)?;
                let mut item = NewItem::new(description, price).map_err(typed::of_flag)?;
                if let Some(quantity) = quantity {
                    item = item.with_quantity(quantity).map_err(typed::of_flag)?;
                }
                match product {
                    Some(id) => item.with_product(id).map_err(typed::of_flag),
                    None => Ok(item),
                }
            })
            .collect()
    }
}

/// Zero stands for free text.
fn named(product: u64) -> Option<u64> {
    (product != 0).then_some(product)
}

pub(super) async fn issue_invoice(
    args: &IssueInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let invoice = args.invoice()?;
    let pod = account.client_of(Service::IssueInvoice)?;
    let console = account.console();
    let invocation = account.invocation();
    only_copy::check()?;
    let sent = once::send(pod.issue_invoice(invoice), &args.once, &invocation, console).await?;
    let invoice = InvoiceReport::answered(sent.output.clone());
    let link = link(&pod, invoice.invoice().unique_number.as_deref());
    let id = invoice.invoice().id.to_string();
    let next = if args.verification_needed {
        "pod verify-invoice"
    } else {
        "pod invoices"
    };
    let code = link.as_ref();
    console.done(&Issued {
        code: code.and_then(|link| qr::code(link.as_str(), args.qr)),
        link,
        invoice,
        verification_needed: args.verification_needed,
        next: invocation.command(next, &[("--invoice-id", &id)]),
    })?;
    sent.told(console);
    Ok(())
}

/// The link by which anybody may pay, if POD gave the number for one.
fn link(pod: &Pod, unique_number: Option<&str>) -> Option<WebUrl> {
    let number: UniqueNumber = unique_number?.parse().ok()?;
    pod.link_by_unique_number(&number, &LinkOptions::new()).ok()
}

/// What was issued, and what comes next.
#[derive(Debug, Serialize)]
struct Issued {
    #[serde(flatten)]
    invoice: InvoiceReport,
    link: Option<WebUrl>,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    verification_needed: bool,
    #[serde(skip)]
    next: String,
}

impl Report for Issued {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.link {
            Some(link) => writeln!(
                out,
                "The invoice is issued. Anybody may pay it by this link:\n\n{link}\n"
            )?,
            None => writeln!(out, "The invoice is issued.\n")?,
        }
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        self.invoice.write_text(out)?;
        let next = if self.verification_needed {
            "When it is paid, verify it within the hour, or the money goes back:"
        } else {
            "This shows whether it is paid:"
        };
        writeln!(out, "\n{next}\n\n{}", self.next)
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}

const REMEDY: &str =
    "give it if the invoice is the right one: `paylink pod invoices --invoice-id` shows it";

/// The invoice that nobody is to pay any more.
#[derive(Debug, Args)]
pub(super) struct CancelArgs {
    #[command(flatten)]
    invoice: IdOnceArgs,
    #[command(flatten)]
    yes: YesArgs,
}

pub(super) async fn close(args: &IdOnceArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let pod = account.client_of(Service::CloseInvoice)?;
    let says = "The invoice is closed.";
    let refused = |error: Error| match error.refusal().map(Refusal::reason) {
        Some(Reason::Closed) => {
            let says = "The invoice was closed before. Nothing was changed now.";
            Ok(Done::before(id, says, &error))
        }
        Some(Reason::AwaitingConfirmation) => {
            let verify = verify_and_close_command(id, account);
            let advice = format!(
                "It is paid and waits for your confirmation. This command gives it:\n\n{verify}"
            );
            Err(CallError::of(error).advice(advice).into())
        }
        _ => Err(unpaid(error).into()),
    };
    carry_out_or(
        pod.close_invoice(id),
        id,
        says,
        &args.once,
        account,
        refused,
    )
    .await
}

fn verify_and_close_command(id: InvoiceId, account: &PodAccount<'_>) -> String {
    let id = id.to_string();
    let invocation = account.invocation();
    invocation.command("pod verify-and-close", &[("--invoice-id", &id)])
}

/// What was refused of an invoice that was to be confirmed or closed: one that is not paid is no failure of the call.
fn unpaid(error: Error) -> CallError {
    let reason = error.refusal().map(Refusal::reason);
    let is_unpaid = matches!(reason, Some(Reason::NotPaidYet | Reason::AwaitingGateway));
    let told = CallError::of(error);
    if !is_unpaid {
        return told;
    }
    let advice = "Nothing was confirmed. Do not deliver, and ask again when it is paid.";
    told.advice(advice.to_owned()).status(Some(Status::NotPaid))
}

pub(super) async fn cancel(args: &CancelArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let CancelArgs { invoice: args, yes } = args;
    let id = args.invoice.read()?;
    let pod = account.client_of(Service::CancelInvoice)?;
    let question = format!(
        "Cancel invoice {id}? Nobody can pay it then, and what was paid goes back to its payer."
    );
    yes.or_ask(&question, REMEDY, account.console())?;
    let says = "The invoice is cancelled. Nobody can pay it any more.";
    let refused = |error: Error| match error.refusal().map(Refusal::reason) {
        Some(Reason::Cancelled) => {
            let says = "The invoice was cancelled before. Nothing was changed now.";
            Ok(Done::before(id, says, &error))
        }
        Some(Reason::Closed) => {
            let advice =
                "What is closed cannot be cancelled: its money is yours. Give it back outside POD.";
            Err(CallError::of(error).advice(advice.to_owned()).into())
        }
        _ => Err(CallError::of(error).into()),
    };
    let call = pod.cancel_invoice(id);
    carry_out_or(call, id, says, &args.once, account, refused).await
}

#[derive(Debug, Args)]
pub(super) struct VerifyInvoiceArgs {
    /// POD's id of the invoice, as `issue-invoice` printed it
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "bill_number",
        conflicts_with = "bill_number"
    )]
    invoice_id: Option<String>,
    /// Your own number of the invoice, in place of the id
    #[arg(long, value_name = "NUMBER")]
    bill_number: Option<String>,
    #[command(flatten)]
    once: OnceArgs,
}

impl VerifyInvoiceArgs {
    fn key(&self) -> Result<InvoiceKey, UsageError> {
        Ok(match (&self.invoice_id, &self.bill_number) {
            (Some(id), _) => typed::read::<InvoiceId>(InvoiceId::KEY, id)?.into(),
            (None, number) => {
                let number = number.as_deref().unwrap_or_default();
                typed::read::<BillNumber>(BillNumber::KEY, number)?.into()
            }
        })
    }
}

pub(super) async fn verify(
    args: &VerifyInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let key = args.key()?;
    let pod = account.client_of(Service::VerifyInvoice)?;
    let is_done = |invoice: &Invoice| invoice.state() == State::Paid;
    let call = pod.verify_invoice(key.clone());
    show(call, key, is_done, &args.once, account).await
}

pub(super) async fn verify_and_close(
    args: &IdOnceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let pod = account.client_of(Service::VerifyAndCloseInvoice)?;
    let is_done =
        |invoice: &Invoice| invoice.closed == Some(true) && invoice.state() == State::Paid;
    let call = pod.verify_and_close(id);
    show(call, id.into(), is_done, &args.once, account).await
}

/// Carries out what answers with the invoice; `is_done` says of an invoice whether it was done to it before.
async fn show<O: Operation<Output = PodResponse<Invoice>>>(
    call: Call<'_, O>,
    key: InvoiceKey,
    is_done: fn(&Invoice) -> bool,
    once: &OnceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let console = account.console();
    let sent = match once::attempt(call, once, &account.invocation(), console).await? {
        Ok(sent) => sent,
        Err(error) => {
            let invoice = as_it_stands(key, &error, account).await;
            return match invoice {
                Some(invoice) if is_done(&invoice) => console.done(&InvoiceReport::before(invoice)),
                _ => Err(unpaid(error).into()),
            };
        }
    };
    let report = InvoiceReport::answered(sent.output.clone());
    console.done(&report.done_now())?;
    sent.told(console);
    Ok(())
}

/// The invoice of a call that POD refused, if the account may read it: it tells more than the refusal.
async fn as_it_stands(
    key: InvoiceKey,
    refused: &Error,
    account: &PodAccount<'_>,
) -> Option<Invoice> {
    refused.refusal()?;
    let pod = account.client_of(Service::ListInvoices).ok()?;
    let listed = pod.list_invoices(ListInvoices::one(key)).await.ok()?;
    let mut invoices = listed.value.invoices.into_iter();
    // More than one is not the one that was asked for.
    invoices.next().filter(|_| invoices.next().is_none())
}

pub(super) async fn find_out(args: &ResolveArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let handle = args.read(DESCRIPTOR.name(), account.console())?;
    let pod = account.client_of(Service::ListInvoices)?;
    let found = pod.resolve(&handle).await;
    let (found_as, console) = (InvoiceReport::found, account.console());
    conclude(found, "invoice", found_as, handle, args, console)
}
