use clap::Args;
use paylink::{CardNumber, Input, Invalid, Mobile, Money, NationalId, NewPayment, ReturnUrl};
use secrecy::{ExposeSecret, SecretString};

use super::account::LinkAccount;
use super::created::{CreatedReport, NextStep};
use super::record_file::RecordToArgs;
use super::{CURRENCIES, price};
use crate::cli::APP_HELP;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};
use crate::qr::When;
use crate::typed;

const RETURN_HELP: &str =
    "Where the payer's browser comes back to, such as https://shop.example/back/1000";

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// The order's own reference, never used before
    #[arg(long, value_name = "REFERENCE")]
    order: String,
    /// The whole price, such as 250,000 or 100.99
    #[arg(long)]
    amount: String,
    /// In which currency; IRR is rial and IRT toman, and either is converted for a provider that counts in the other
    #[arg(long, value_parser = CURRENCIES)]
    currency: String,
    #[arg(long, value_name = "URL", help = RETURN_HELP)]
    return_url: Option<String>,
    #[arg(long, value_name = "URL", help = APP_HELP, conflicts_with = "return_url")]
    return_app: Option<String>,
    /// Where the provider reports the payment to
    #[arg(long, value_name = "URL")]
    notify_url: Option<String>,
    /// The payer's mobile number
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
    /// The payer's name
    #[arg(long, value_name = "NAME")]
    payer_name: Option<String>,
    /// The only person who may pay, by national id
    #[arg(long, value_name = "ID")]
    national_id: Option<String>,
    /// The same for a foreigner, by the 12 digits of the fida code
    #[arg(long, value_name = "ID", conflicts_with = "national_id")]
    foreigner_id: Option<String>,
    /// The card that will be paid with, 16 digits
    #[arg(long, value_name = "NUMBER")]
    payer_card: Option<SecretString>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// When to draw the pay link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
    #[command(flatten)]
    record: RecordToArgs,
    #[command(flatten)]
    once: OnceArgs,
}

impl CreateArgs {
    fn payment(&self, price: Money) -> Result<NewPayment, Invalid> {
        let mut payment = NewPayment::new(&self.order, price)?;
        if let Some(url) = &self.return_url {
            payment = payment.with_return_url(url)?;
        }
        if let Some(url) = &self.return_app {
            payment = payment.with_parsed_return_url(
                ReturnUrl::parse_app(ReturnUrl::KEY, url)
                    .map_err(|invalid| invalid.at("--return-app"))?,
            );
        }
        if let Some(url) = &self.notify_url {
            payment = payment.with_notify_url(url)?;
        }
        if let Some(mobile) = &self.mobile {
            let mobile = Mobile::parse(mobile)?;
            payment = payment.with_mobile(mobile);
        }
        if let Some(name) = &self.payer_name {
            payment = payment.with_payer_name(name)?;
        }
        if let Some(national_id) = &self.national_id {
            payment = payment.with_national_id(NationalId::parse(national_id)?);
        }
        if let Some(id) = &self.foreigner_id {
            let id = NationalId::parse_foreign(id);
            payment = payment.with_national_id(id.map_err(|invalid| invalid.at("--foreigner-id"))?);
        }
        if let Some(card) = &self.payer_card {
            let card = CardNumber::parse(card.expose_secret());
            payment = payment
                .with_payer_card(card.map_err(|invalid| invalid.under(Input::PayerCard.key()))?);
        }
        if let Some(text) = &self.description {
            payment = payment.with_description(text)?;
        }
        Ok(payment)
    }
}

pub(super) async fn run(args: &CreateArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let price = price(&args.amount, &args.currency)?;
    let payment = args.payment(price).map_err(typed::of_flag)?;
    let provider = account.provider()?;
    let prepared = provider.prepare(&payment).map_err(typed::unsent)?;
    let file = args.record.reserve()?;
    let invocation = account.invocation();
    let handle = prepared.handle().clone();
    // Polled when the handle is on disk, and not before.
    let work = prepared.create();
    let sent = once::carry_out(work, handle, &args.once, &invocation, account.console).await;
    let sent = match sent {
        Ok(sent) => sent,
        Err(failure) => {
            file.give_back();
            return Err(failure);
        }
    };
    let created = &sent.output;
    let stored = file.store(created.record());
    let next = NextStep::new(invocation, created.record(), stored).priced_as(&payment);
    let report = CreatedReport::new(created, provider.name(), next, args.qr);
    account.console.done(&report)?;
    sent.told(account.console);
    Ok(())
}
