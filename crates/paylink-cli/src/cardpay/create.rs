use clap::Args;
use paylink::cardpay::{Code, Expected, InvoiceNumber, NewPayment};
use paylink::{CardNumber, Mobile, ReturnUrl, Rial};
use secrecy::SecretString;

use super::created::Created;
use super::wait;
use crate::account::Account;
use crate::cli::APP_HELP;
use crate::failure::Failure;
use crate::once::{self, Advice};
use crate::qr::{self, When};
use crate::typed;
use crate::usage_error::UsageError;

const CALLBACK_HELP: &str = "\
Where the payer comes back to, such as https://shop.example/back?order=1000; without it there is no pay page";

const CARD_HELP: &str = "\
The payer's card, 16 digits; only if your bank's messages show the payer's card, else the payment is lost";

const NUMBER_USED: &str = "\
A payment with this number exists. CardPay does not tell its pay id: it is in your own
record, or lost. If it is lost, nobody was told what to transfer: go on under a new number.";

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// What the order costs, in rial, 10000 at least; what to transfer can differ
    #[arg(long, value_name = "RIAL")]
    price: String,
    /// Your own number of the payment, a whole number never used before
    #[arg(long, value_name = "NUMBER")]
    invoice_number: String,
    /// The payer's mobile number
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
    #[arg(long, value_name = "NUMBER", help = CARD_HELP)]
    card_number: Option<SecretString>,
    #[arg(long, value_name = "URL", help = CALLBACK_HELP)]
    callback: Option<String>,
    #[arg(long, value_name = "URL", help = APP_HELP, conflicts_with = "callback")]
    callback_app: Option<String>,
    /// When to draw the pay link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
    /// Wait until it is paid or its time is over
    ///
    /// It is checked every few seconds. The command ends with 0 when it is paid, with 1 when its time is over, and with 3
    /// if it cannot be told.
    #[arg(long)]
    wait: bool,
}

/// What was typed, read.
struct Order {
    price: Rial,
    number: InvoiceNumber,
    payment: NewPayment,
}

impl CreateArgs {
    fn order(&self) -> Result<Order, UsageError> {
        let price = super::read(NewPayment::PRICE, &self.price)?;
        let number: InvoiceNumber = super::read(InvoiceNumber::KEY, &self.invoice_number)?;
        let mut payment = NewPayment::new(number, price).map_err(typed::of_flag)?;
        if let Some(mobile) = &self.mobile {
            payment = payment.with_phone(typed::read(Mobile::KEY, mobile)?);
        }
        if let Some(card) = &self.card_number {
            payment = payment.with_payer_card(typed::card(CardNumber::KEY, card)?);
        }
        if let Some(url) = &self.callback {
            payment = payment.with_callback(url).map_err(typed::of_flag)?;
        }
        if let Some(url) = &self.callback_app {
            let url = ReturnUrl::parse_app(NewPayment::CALLBACK, url);
            let url = url.map_err(|invalid| invalid.at("--callback-app"))?;
            payment = payment.with_callback(url).map_err(typed::of_flag)?;
        }
        Ok(Order {
            price,
            number,
            payment,
        })
    }
}

pub(super) async fn run(args: &CreateArgs, account: &Account<'_>) -> Result<(), Failure> {
    let Order {
        price,
        number,
        payment,
    } = args.order()?;
    let cardpay = account.cardpay()?;
    let advice = Advice {
        unknown: unknown(number),
        refused: |refusal| {
            (Code::from_refusal(refusal) == Some(Code::INVOICE_NUMBER_USED)).then_some(NUMBER_USED)
        },
    };
    let payment = once::send_unfindable(cardpay.create(payment), advice).await?;
    let link = payment.link.as_ref();
    let code = link.and_then(|link| qr::code(link.as_str(), args.qr));
    let expected =
        Expected::new(number, price, payment.record().clone()).map_err(UsageError::from)?;
    let created = Created::new(payment, code, &cardpay, &account.invocation());
    if args.wait {
        wait::until_paid(&cardpay, &expected, created, account.console).await
    } else {
        account.console.done(&created)
    }
}

/// There is no look-up, and the harm is small: the payer was told nothing.
fn unknown(number: InvoiceNumber) -> String {
    format!(
        "CardPay finds no payment by its number, so whether {number} exists cannot be asked. Nobody was\n\
         told what to transfer, so it does no harm: create the payment under a new number. Under\n\
         {number} once more is safe as well: it is created then, or code 3 says that it exists and that\n\
         its pay id is lost."
    )
}
