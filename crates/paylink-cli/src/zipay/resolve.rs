use std::io::{self, Write};

use paylink::zipay::{Found, Status};
use serde::Serialize;

use super::invoice::write_invoice;
use crate::account::Account;
use crate::failure::Failure;
use crate::report::Report;
use crate::resolve::{self, ResolveArgs};

pub(super) async fn run(args: &ResolveArgs, account: &Account<'_>) -> Result<(), Failure> {
    let handle = args.read(account.console)?;
    let asked = account.zipay()?.resolve(&handle).await;
    resolve::conclude(
        asked,
        "invoice",
        FoundInvoice,
        handle,
        args,
        account.console,
    )
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct FoundInvoice(Found);

impl Report for FoundInvoice {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Found {
            invoice, redirect, ..
        } = &self.0;
        write_invoice(out, invoice)?;
        match invoice.status {
            Status::Generated | Status::Waiting => {
                writeln!(out, "\nSend the payer to this link:\n\n{redirect}")
            }
            _ => Ok(()),
        }
    }
}
