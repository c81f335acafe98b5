use std::io::{self, Write};

use clap::Args;
use paylink::{Resolution, Resolved};
use serde::Serialize;

use super::account::LinkAccount;
use super::created::{CreatedReport, NextStep};
use super::payment::PaymentReport;
use super::record_file::RecordToArgs;
use crate::failure::Failure;
use crate::qr::When;
use crate::report::{Kept, Report};
use crate::resolve::{self, ResolveArgs};

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

pub(super) async fn run(args: &LinkResolveArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let handle = args.handle.read(account.console)?;
    let provider = account.provider()?;
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
    let told = resolve::conclude(
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
