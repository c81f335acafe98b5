use std::io::{self, Write};

use paylink::sizpay::Found;
use serde::Serialize;

use super::account::SizpayAccount;
use super::payments::write_payments;
use crate::failure::Failure;
use crate::report::Report;
use crate::resolve::{self, ResolveArgs};

pub(super) async fn run(args: &ResolveArgs, account: &SizpayAccount<'_>) -> Result<(), Failure> {
    let sizpay = account.sizpay_by_rest("finds what was sent")?;
    let handle = args.read(account.console())?;
    let asked = sizpay.resolve(&handle).await;
    resolve::conclude(asked, "invoice", FoundLink, handle, args, account.console())
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct FoundLink(Found);

impl Report for FoundLink {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Found {
            payment, sent_on, ..
        } = &self.0;
        write_payments(out, std::slice::from_ref(payment))?;
        writeln!(
            out,
            "\nIt was sent on {sent_on}. Store the send id and the date with the order."
        )
    }
}
