use std::io::{self, Write};

use clap::Args;
use paylink::{
    Cursor, Handle, Input, ListPayments, Payment, PaymentPage, PaymentState, Resolution, Resolved,
};
use serde::Serialize;

use super::create::{CreatedReport, NextStep, RecordToArgs};
use super::{LinkAccount, RecordArgs};
use crate::failure::Failure;
use crate::qr::When;
use crate::report::{Kept, Report};
use crate::resolve::{ResolveArgs, conclude};
use crate::table::{Column, table, write_facts};
use crate::text::{amount, shown};
use crate::typed;

/// A payment as its provider sees it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct PaymentReport(pub(super) Payment);

impl Report for PaymentReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let payment = &self.0;
        let mut facts = Vec::new();
        if let Some(reference) = payment.reference() {
            facts.push(("Order", reference.to_owned()));
        }
        let state = payment.state();
        facts.push(("State", format!("{state}, {}", meaning(state))));
        if payment.provider_state() != state.as_str() {
            let word = format!(
                "{} says \"{}\"",
                payment.provider(),
                payment.provider_state()
            );
            facts.push(("In its words", word));
        }
        if let Some(money) = payment.amount() {
            facts.push(("Amount", amount(money)));
        }
        if let Some(receipt) = payment.receipt() {
            facts.push(("Receipt", receipt.to_owned()));
        }
        facts.extend(payment.ids().map(|(name, id)| (name, id.to_owned())));
        write_facts(out, &facts)
    }
}

/// What a state means for the merchant.
pub(super) fn meaning(state: &PaymentState) -> &'static str {
    match state {
        PaymentState::Unpaid => "nobody has paid it yet",
        PaymentState::Paying => "the payer is about to pay",
        PaymentState::Unconfirmed => "it may be paid: settle it",
        PaymentState::Paid => "the money is yours",
        PaymentState::Promised => "it is guaranteed for a later day",
        PaymentState::Expired => "its time was over before it was paid",
        PaymentState::Failed => "not paid, or given back",
        PaymentState::Cancelled => "withdrawn by you",
        PaymentState::Refunded => "given back by you",
        _ => "a state that this release does not know: neither paid nor failed",
    }
}

pub(super) async fn status(args: &RecordArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let (record, provider) = args.read(account)?;
    let payment = provider.state(&record).await;
    let payment = payment.map_err(|error| args.refused(error))?;
    account.console.done(&PaymentReport(payment))
}

/// Ids of a payment that a row has room for.
const IDS: usize = 1;

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Those of this day in Tehran, such as 1403/05/20; some providers list no others
    #[arg(long, value_name = "DATE")]
    day: Option<String>,
    /// Go on where a page ended, as that page says
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

pub(super) async fn list(args: &ListArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let mut list = ListPayments::new();
    if let Some(day) = &args.day {
        list = list.with_day(typed::read(Input::ListDay.key(), day)?);
    }
    if let Some(after) = &args.after {
        list = list.with_after(Cursor::new(after));
    }
    let provider = account.provider()?;
    let page = provider.list(&list).await.map_err(typed::unsent)?;
    let next = page.next().map(|next| {
        let mut flags = vec![("--after", next.as_str())];
        flags.extend(args.day.as_deref().map(|day| ("--day", day)));
        account.invocation().command("link list", &flags)
    });
    account.console.done(&Listed { page, next })
}

/// A page of payments.
#[derive(Debug, Serialize)]
struct Listed {
    #[serde(flatten)]
    page: PaymentPage,
    /// The command that shows the next page.
    #[serde(skip)]
    next: Option<String>,
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.page.payments().is_empty() {
            writeln!(out, "No payments.")?;
        } else {
            let rows = self.page.payments().iter().map(row);
            let columns = [
                Column::id("ORDER"),
                Column::word("STATE"),
                Column::word("AMOUNT"),
                Column::id("ID").spare(0),
            ];
            table(columns, rows).write(out)?;
        }
        match &self.next {
            Some(next) => writeln!(out, "\nThere are more:\n\n{next}"),
            None => Ok(()),
        }
    }
}

fn row(payment: &Payment) -> Vec<String> {
    let ids: Vec<String> = payment
        .ids()
        .take(IDS)
        .map(|(name, id)| format!("{name} {id}"))
        .collect();
    vec![
        shown(payment.reference().unwrap_or("not told")),
        payment.state().to_string(),
        payment
            .amount()
            .map_or_else(|| "not told".to_owned(), amount),
        shown(&ids.join(", ")),
    ]
}

/// Find out what became of an operation whose outcome is unknown
///
/// It ends with 0 when the answer is known, whether the operation was carried out or not, and with 3 as long as it is not.
/// A look-up that fails answers nothing: that is 3 as well.
#[derive(Debug, Args)]
pub(super) struct LinkResolveArgs {
    #[command(flatten)]
    handle: ResolveArgs,
    #[command(flatten)]
    record: RecordToArgs,
}

pub(super) async fn find_out(
    args: &LinkResolveArgs,
    account: &LinkAccount<'_>,
) -> Result<(), Failure> {
    let handle = args.handle.read_any(account.console)?;
    let provider = account.provider_of(handle.provider(), Handle::KEY, args.handle.name())?;
    let file = args.record.reserve()?;
    let asked = provider.resolve(&handle).await;
    let is_there = matches!(&asked, Ok(Resolution::Executed(Resolved::Created(_))));
    let found = |resolved| match resolved {
        Resolved::Created(created) => {
            let stored = file.store(created.record());
            let next = NextStep::new(account.invocation(), created.record(), stored);
            let report = CreatedReport::new(&created, provider.name(), next, When::Auto);
            Found::Created(Box::new(report))
        }
        Resolved::Changed(payment) => Found::Changed(PaymentReport(*payment)),
        _ => Found::Unreadable,
    };
    let told = conclude(
        asked,
        "payment",
        found,
        handle,
        &args.handle,
        account.console,
    );
    if !is_there {
        file.give_back();
    }
    told
}

/// What was found of the operation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", untagged)]
enum Found {
    Created(Box<CreatedReport>),
    Changed(PaymentReport),
    Unreadable,
}

impl Report for Found {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Found::Created(created) => created.write_payment(out),
            Found::Changed(payment) => payment.write_text(out),
            Found::Unreadable => writeln!(out, "This release cannot read what was found."),
        }
    }

    fn kept(&self) -> Kept {
        match self {
            // Its handle finds it again.
            Found::Created(created) => match created.kept() {
                Kept::HereAlone => Kept::Elsewhere,
                kept => kept,
            },
            Found::Changed(_) | Found::Unreadable => Kept::Elsewhere,
        }
    }
}
