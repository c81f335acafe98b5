use std::io::{self, Write};

use clap::Args;
use paylink::{Cursor, Input, ListPayments, Payment, PaymentPage};
use serde::Serialize;

use super::account::LinkAccount;
use crate::failure::Failure;
use crate::report::Report;
use crate::table::table;
use crate::text::{amount, shown};
use crate::typed;

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

pub(super) async fn run(args: &ListArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
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
            let table = table(&["ORDER", "STATE", "AMOUNT", "ID"], rows, &[0]);
            writeln!(out, "{}", table.trim_fmt())?;
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
