use std::io::{self, Write};
use std::pin::pin;
use std::time::Duration;

use clap::Args;
use paylink::cardpay::{
    CardPay, Code, CreatedPayment, ExactAmount, Expected, Expiry, InvoiceNumber, MerchantCard,
    NewPayment, PayId, PaymentRecord, PaymentState, Settlement,
};
use paylink::{CardNumber, Effect, Error, Mismatch, Mobile, ReturnUrl, Rial, WebUrl};
use secrecy::SecretString;
use serde::Serialize;

use super::{WORDS, write_cards};
use crate::account::Account;
use crate::cli::APP_HELP;
use crate::console::{Console, Countdown, Format};
use crate::failure::{CallError, Failure, Reasons, Status, UsageError};
use crate::next_step::Invocation;
use crate::once::{self, Advice, interrupted};
use crate::only_copy;
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::settled::Settled;
use crate::table::write_facts;
use crate::text::{grouped, large_number, time_left};
use crate::typed;
use crate::waiting::{PATIENCE, may_pass};

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
    /// It is checked every few seconds. The command ends with 0 when it is paid, with 4 when its time is over, with 5 when it is
    /// paid from another card than the recorded one, and with 3 if it cannot be told.
    #[arg(long)]
    wait: bool,
}

impl CreateArgs {
    /// The order's price and number, and its payment.
    fn order(&self) -> Result<(Rial, InvoiceNumber, NewPayment), UsageError> {
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
        Ok((price, number, payment))
    }
}

pub(super) async fn create(args: &CreateArgs, account: &Account<'_>) -> Result<(), Failure> {
    let (price, number, payment) = args.order()?;
    let cardpay = account.cardpay()?;
    let advice = Advice {
        unknown: unknown(number),
        refused: |refusal| {
            (Code::from_refusal(refusal) == Some(Code::INVOICE_NUMBER_USED)).then_some(NUMBER_USED)
        },
    };
    only_copy::check()?;
    let payment = once::send_unfindable(cardpay.create(payment), advice).await?;
    let link = payment.link.as_ref();
    let code = link.and_then(|link| qr::code(link.as_str(), args.qr));
    let expected = Expected::new(number, price, payment.record().clone());
    let expected = expected.map_err(UsageError::from)?;
    let created = Created::new(payment, code, &cardpay, &account.invocation());
    if args.wait {
        until_paid(&cardpay, &expected, created, account.console).await
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

/// What was created: all that the payer has to know, and the price nowhere among it.
#[derive(Debug, Serialize)]
pub(super) struct Created {
    pay_id: PayId,
    transfer_exactly_rial: String,
    transfer_exactly_toman: String,
    expires: Option<Expiry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    link: Option<WebUrl>,
    link_host_differs: bool,
    pay_to: Vec<MerchantCard>,
    unreadable: Vec<&'static str>,
    /// For the merchant's own books: a program that settles the payment needs it.
    record: PaymentRecord,
    #[serde(skip)]
    payment: CreatedPayment,
    #[serde(skip)]
    left: Option<Duration>,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    check: String,
}

impl Created {
    pub(super) fn new(
        payment: CreatedPayment,
        code: Option<String>,
        cardpay: &CardPay,
        invocation: &Invocation,
    ) -> Created {
        let left = payment.expires.map(|expires| cardpay.time_left(expires));
        let pay_id = payment.pay_id.to_string();
        Created {
            pay_id: payment.pay_id,
            transfer_exactly_rial: payment.transfer_exactly.rial().get().to_string(),
            expires: payment.expires,
            link: payment.link.clone(),
            link_host_differs: payment.link_host_differs,
            pay_to: payment.pay_to.clone(),
            unreadable: payment.unreadable.clone(),
            transfer_exactly_toman: toman(payment.transfer_exactly, |toman| toman.to_string()),
            seconds_left: left.map(|left| left.as_secs()),
            record: payment.record().clone(),
            left,
            code,
            check: invocation.command("cardpay check", &[("--pay-id", &pay_id)]),
            payment,
        }
    }

    pub(super) fn payment(&self) -> &CreatedPayment {
        &self.payment
    }

    /// The command that asks whether it is paid.
    pub(super) fn check(&self) -> &str {
        &self.check
    }

    /// Writes what the payer has to know.
    pub(super) fn write_what_to_transfer(&self, out: &mut dyn Write) -> io::Result<()> {
        let exactly = self.payment.transfer_exactly;
        let first = "The payment is created. The payer has to transfer exactly, to the rial:";
        writeln!(out, "{first}\n")?;
        if let Some(lines) = large_number(exactly.rial().get()) {
            for line in lines {
                writeln!(out, "  {}", line.trim_end())?;
            }
            writeln!(out)?;
        }
        let (rial, toman) = (grouped(exactly.rial().get()), toman(exactly, grouped));
        writeln!(out, "  {rial} rial, which is {toman} toman\n")?;
        if self.payment.pay_to.is_empty() {
            writeln!(out, "The script named no card to transfer to.\n")?;
        } else {
            let cards = "To one of these cards, whose numbers are masked here:";
            writeln!(out, "{cards}\n")?;
            write_cards(out, &self.payment.pay_to)?;
            writeln!(out)?;
        }
        let left = self.left.map_or("not told".to_owned(), time_left);
        let mut facts = vec![
            (WORDS.order, self.record.invoice_number().to_string()),
            (WORDS.reference, self.payment.pay_id.to_string()),
            ("Time left", left),
        ];
        if !self.payment.unreadable.is_empty() {
            facts.push(("Unreadable", self.payment.unreadable.join(", ")));
        }
        write_facts(out, &facts)?;
        if let Some(link) = &self.payment.link {
            writeln!(out, "\nSend the payer to this link:\n\n{link}")?;
            if self.payment.link_host_differs {
                writeln!(
                    out,
                    "\nIt spells the script's host otherwise than the base URL does: make sure that the payer\n\
                     reaches it there."
                )?;
            }
        }
        match &self.code {
            Some(code) => writeln!(out, "\n{code}"),
            None => Ok(()),
        }
    }
}

impl Report for Created {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_what_to_transfer(out)?;
        writeln!(
            out,
            "\nStore the pay id with the order. When the payer has transferred, check it:\n\n{}",
            self.check
        )
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}

/// The exact amount in toman, with the rial that are no whole toman behind the point.
fn toman(amount: ExactAmount, write: impl Fn(u64) -> String) -> String {
    let rial = amount.rial().get();
    match rial % 10 {
        0 => write(rial / 10),
        rest => format!("{}.{rest}", write(rial / 10)),
    }
}

/// Seconds between two checks: a transfer from card to card takes a minute or more.
const PACE: u32 = 3;

/// Tells what to transfer, and waits until it is paid or its time is over.
pub(super) async fn until_paid(
    cardpay: &CardPay,
    expected: &Expected,
    created: Created,
    console: &Console,
) -> Result<(), Failure> {
    let mut stopped = pin!(interrupted());
    tell(&created, console)?;
    let mut countdown = Countdown::to("the transfer", console);
    let ended = tokio::select! {
        ended = watch(cardpay, expected, &created, &mut countdown) => ended,
        () = &mut stopped => Err(Unpaid::Interrupted),
    };
    countdown.end();
    match ended {
        Ok(settled) => console.done(&Paid {
            settled,
            payment: created,
        }),
        Err(unpaid) => Err(NotProved::of(unpaid, created)),
    }
}

/// What to transfer has to be known before it can be paid; for programs that is beside the one document.
fn tell(created: &Created, console: &Console) -> Result<(), Failure> {
    match console.format() {
        Format::People => console.done(created),
        Format::Json => {
            let mut text = Vec::new();
            created.write_what_to_transfer(&mut text)?;
            console.note(String::from_utf8_lossy(&text).trim_end());
            Ok(())
        }
    }
}

/// Why nothing is proved.
#[derive(Debug)]
enum Unpaid {
    Expired,
    AnotherCard(Mismatch),
    NoAnswer(Error),
    Interrupted,
}

async fn watch(
    cardpay: &CardPay,
    expected: &Expected,
    created: &Created,
    countdown: &mut Countdown<'_>,
) -> Result<Settled, Unpaid> {
    let expires = created.payment().expires;
    let mut unanswered = 0;
    loop {
        for _ in 0..PACE {
            countdown.show(expires.map(|expires| cardpay.time_left(expires)));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        match cardpay.settle(expected).await {
            Ok(Settlement::Settled(proof)) => return Ok(Settled::now(proof, WORDS)),
            // The answer to the first verification was lost, or another process has checked.
            Ok(Settlement::AlreadySettled(proof)) => {
                return Ok(Settled::before(proof, WORDS));
            }
            Ok(Settlement::NotPaid(PaymentState::NotPaidYet)) => unanswered = 0,
            Ok(Settlement::NotPaid(_)) => return Err(Unpaid::Expired),
            Ok(Settlement::Mismatch(found)) => return Err(Unpaid::AnotherCard(found)),
            Err(error) => {
                unanswered += 1;
                if !may_pass(error.kind()) || unanswered == PATIENCE {
                    return Err(Unpaid::NoAnswer(error));
                }
                countdown.note(format_args!("{}; checking again", error.kind()));
            }
        }
    }
}

/// It is paid, and everything about it.
#[derive(Debug, Serialize)]
struct Paid {
    #[serde(flatten)]
    settled: Settled,
    payment: Created,
}

impl Report for Paid {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        self.settled.write_text(out)
    }
}

/// The payment exists, and its money is not proved.
#[derive(Debug, Serialize)]
struct NotProved {
    kind: &'static str,
    effect: Effect,
    message: String,
    /// How it differs from what was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatch: Option<Mismatch>,
    /// What the last check said.
    #[serde(flatten)]
    reasons: Option<Reasons>,
    payment: Created,
    #[serde(skip)]
    unpaid: Unpaid,
}

impl NotProved {
    fn of(unpaid: Unpaid, payment: Created) -> Failure {
        let (kind, status, effect, message) = match &unpaid {
            Unpaid::Expired => {
                let message = "the payment is not paid, and its time is over".to_owned();
                ("not_paid", Status::NotPaid, Effect::NotExecuted, message)
            }
            Unpaid::AnotherCard(found) => {
                let message = format!("the payment is not the one expected: {found}");
                ("mismatch", Status::Mismatch, Effect::Unknown, message)
            }
            Unpaid::NoAnswer(error) => {
                let message = format!("whether it is paid cannot be told ({error})");
                let kind = error.kind().as_str();
                (kind, Status::Unknown, Effect::Unknown, message)
            }
            Unpaid::Interrupted => {
                let message = "interrupted while waiting for the transfer".to_owned();
                ("interrupted", Status::Unknown, Effect::Unknown, message)
            }
        };
        let not_proved = NotProved {
            kind,
            effect,
            message,
            mismatch: match &unpaid {
                Unpaid::AnotherCard(found) => Some(found.clone()),
                _ => None,
            },
            reasons: match &unpaid {
                Unpaid::NoAnswer(error) => Some(Reasons::of(error)),
                _ => None,
            },
            payment,
            unpaid,
        };
        Failure::new(status, not_proved)
    }
}

impl Report for NotProved {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.unpaid {
            Unpaid::Expired => writeln!(
                out,
                "Not paid: its time is over.\n\
                 Do not deliver. The payer needs a new payment, under a new number."
            ),
            Unpaid::AnotherCard(_) => writeln!(
                out,
                "Paid from another card than the recorded one: the money is there.\n\
                 A person has to decide whose it is before anything is delivered or given back."
            ),
            Unpaid::NoAnswer(error) => {
                CallError::write_error(error, out)?;
                self.write_check(out)
            }
            Unpaid::Interrupted => {
                writeln!(out, "error: {}", self.message)?;
                self.write_check(out)
            }
        }
    }
}

impl NotProved {
    fn write_check(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "\nWhether it is paid is not known. This command asks, as often as you like:\n\n{}",
            self.payment.check()
        )
    }
}
