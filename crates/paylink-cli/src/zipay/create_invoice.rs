use std::io::{self, Write};

use clap::{ArgGroup, Args};
use paylink::zipay::{CreatedInvoice, NewInvoice};
use paylink::{Invalid, Money, NationalId, ReturnUrl};
use serde::Serialize;

use super::{CURRENCIES, price};
use crate::account::Account;
use crate::cli::APP_HELP;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::text::{amount, write_facts};
use crate::typed;

const CALLBACK_HELP: &str =
    "Where the payer's browser comes back to, such as https://shop.example/back";

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("way_back").required(true).args(["callback", "callback_app"]))]
pub(super) struct CreateInvoiceArgs {
    /// Your own number of the invoice, 1 to 200 characters, never used before at this terminal
    #[arg(long, value_name = "NUMBER")]
    invoice_number: String,
    /// How much, such as 250,000 or 100.99
    #[arg(long)]
    amount: String,
    /// In which currency; IRT is toman, not rial
    #[arg(long, value_parser = CURRENCIES)]
    currency: String,
    #[arg(long, value_name = "URL", help = CALLBACK_HELP)]
    callback: Option<String>,
    #[arg(long, value_name = "URL", help = APP_HELP)]
    callback_app: Option<String>,
    /// Where ZiPay reports the payment to
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// The only person who may pay, by national id
    #[arg(long, value_name = "ID")]
    national_id: Option<String>,
    /// The same for a foreigner, by the 12 digits of the fida code
    #[arg(long, value_name = "ID", conflicts_with = "national_id")]
    foreigner_id: Option<String>,
    /// At which terminal, if not at the configured one
    #[arg(long, value_name = "NUMBER")]
    terminal: Option<String>,
    /// When to draw the pay link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
    #[command(flatten)]
    once: OnceArgs,
}

impl CreateInvoiceArgs {
    fn invoice(&self, price: Money) -> Result<NewInvoice, Invalid> {
        let callback = match &self.callback_app {
            Some(url) => ReturnUrl::parse_app(NewInvoice::CALLBACK, url)
                .map_err(|invalid| invalid.at("--callback-app"))?,
            None => ReturnUrl::parse(
                NewInvoice::CALLBACK,
                self.callback.as_deref().unwrap_or_default(),
            )?,
        };
        let mut invoice = NewInvoice::new(&self.invoice_number, price, callback)?;
        if let Some(webhook) = &self.webhook {
            invoice = invoice.with_webhook(webhook)?;
        }
        if let Some(national_id) = &self.national_id {
            invoice = invoice.with_national_id(NationalId::parse(national_id)?);
        }
        if let Some(id) = &self.foreigner_id {
            let id = NationalId::parse_foreign(id);
            invoice = invoice.with_national_id(id.map_err(|invalid| invalid.at("--foreigner-id"))?);
        }
        Ok(invoice)
    }
}

pub(super) async fn run(args: &CreateInvoiceArgs, account: &Account<'_>) -> Result<(), Failure> {
    let price = price(&args.amount, &args.currency)?;
    let invoice = args.invoice(price).map_err(typed::of_flag)?;
    let zipay = account.zipay_at(args.terminal.as_deref())?;
    let invocation = account.invocation();
    let sent = once::send(
        zipay.create_invoice(invoice),
        &args.once,
        &invocation,
        account.console,
    )
    .await?;
    let created = sent.output.clone();
    let settle = invocation
        .with("--terminal", args.terminal.as_deref())
        .command(
            "zipay settle",
            &[
                ("--trackid", created.track_id.as_str()),
                ("--invoice-number", &args.invoice_number),
                ("--amount", &price.amount()),
                ("--currency", price.currency().code()),
            ],
        );
    let code = qr::code(created.redirect.as_str(), args.qr);
    account.console.done(&Created {
        created,
        invoice_number: args.invoice_number.clone(),
        price,
        code,
        settle,
    })?;
    sent.told(account.console);
    Ok(())
}

/// What was created, and what comes next.
#[derive(Debug, Serialize)]
struct Created {
    #[serde(flatten)]
    created: CreatedInvoice,
    #[serde(skip)]
    invoice_number: String,
    #[serde(skip)]
    price: Money,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    settle: String,
}

impl Report for Created {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "The invoice is created. Send the payer to this link:\n"
        )?;
        writeln!(out, "{}\n", self.created.redirect)?;
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        write_facts(
            out,
            &[
                ("Invoice", self.invoice_number.clone()),
                ("Amount", amount(&self.price)),
                ("Trackid", self.created.track_id.to_string()),
            ],
        )?;
        writeln!(
            out,
            "\nWhen it is paid, settle it within 30 minutes, or the money goes back:\n\n{}",
            self.settle
        )
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}
