use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;
use paylink::{
    Account, Advice, Capability, CardNumber, Created, Error, ExpectedPayment, Handle, Input,
    InputRule, Invalid, Mobile, Money, NationalId, NewPayment, PayToCard, PaymentRecord, ReturnUrl,
    Rial, Transfer, WebUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::wait::{WaitArgs, conclude, wait};
use super::{CURRENCIES, LinkAccount, price};
use crate::cli::APP_HELP;
use crate::console::{Console, Format};
use crate::failure::{CallError, Failure, UsageError};
use crate::next_step::Invocation;
use crate::once::{self, OnceArgs};
use crate::only_copy;
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::stored_file::StoredFile;
use crate::table::{Column, table, write_facts};
use crate::text::{amount, grouped, large_number, shown, time_left};
use crate::typed;
use crate::waiting::pause_after;

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
    wait: WaitArgs,
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

pub(super) async fn create(args: &CreateArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let price = price(&args.amount, &args.currency)?;
    let payment = args.payment(price).map_err(typed::of_flag)?;
    let provider = account.provider()?;
    let prepared = provider.prepare(&payment).map_err(typed::unsent)?;
    if args.record.record_to.is_none() {
        only_copy::check()?;
    }
    let file = args.record.reserve()?;
    let handle = prepared.handle().clone();
    let known = unfindable(&handle, &provider).await;
    let invocation = account.invocation();
    let resolving = invocation
        .clone()
        .with_record_to(args.record.path())
        .with_known(known);
    // Polled when the handle is on disk, and not before.
    let work = prepared.create();
    let sent = once::carry_out(work, handle, &args.once, &resolving, account.console).await;
    let sent = match sent {
        Ok(Ok(sent)) => sent,
        Ok(Err(error)) => {
            file.give_back();
            return Err(refused(error, &provider, &invocation));
        }
        Err(failure) => {
            file.give_back();
            return Err(failure);
        }
    };
    let created = &sent.output;
    let stored = file.store(created.record());
    let next = NextStep::new(invocation, created.record(), stored).priced_as(&payment);
    let report = CreatedReport::new(created, provider.name(), next, args.qr);
    let Some(until) = args.wait.until(created.expires_at()) else {
        account.console.done(&report)?;
        sent.told(account.console);
        return Ok(());
    };
    tell(&report, account.console)?;
    let record = created.record().clone();
    let reference = payment.reference().clone();
    let expected = ExpectedPayment::new(reference, *payment.price(), record);
    // A program's one document comes at the end: until then the handle finds what no file holds.
    let is_told = account.console.format() == Format::People || report.kept() == Kept::Elsewhere;
    let untold = sent.told_if(is_told, account.console);
    let ended = wait(
        &provider,
        &expected,
        pause_after(Duration::ZERO),
        until,
        account.console,
    )
    .await;
    let again = report
        .next
        .settling("link settle --wait", expected.record());
    conclude(
        ended,
        expected.record(),
        Some(report),
        &again,
        account.console,
    )?;
    if let Some(sent) = untold {
        sent.told(account.console);
    }
    Ok(())
}

/// What the payer needs has to be known before it can be paid; for programs that is beside the one document. A record that
/// could not be stored is told at once.
fn tell(report: &CreatedReport, console: &Console) -> Result<(), Failure> {
    let is_stored = !matches!(report.kept(), Kept::NotStored(_));
    if console.format() == Format::People || !is_stored {
        return console.done(report);
    }
    let mut text = Vec::new();
    report.write_text(&mut text)?;
    console.note(String::from_utf8_lossy(&text).trim_end());
    Ok(())
}

/// What is known of a payment whose answer is lost, where its provider finds none again.
async fn unfindable(handle: &Handle, provider: &Account) -> Option<String> {
    let support = provider.capabilities().support(Capability::FindCreated);
    if support.is_supported() {
        return None;
    }
    // Nothing is asked where there is nothing to ask.
    let asked = provider.resolve(handle).await;
    asked.err().map(|error| format!("{}.", error.message()))
}

/// What was surely not created. Where the reference may be taken, there may be a payment of it.
fn refused(error: Error, provider: &Account, invocation: &Invocation) -> Failure {
    if error.invalid().is_some() || error.advice() != Some(Advice::ResolveFirst) {
        return typed::unsent(error);
    }
    let mut advice = "If the reference was used before, its payment is there: take the record that was stored with it. \
                      A new payment needs a new reference."
        .to_owned();
    let lists = provider.capabilities().support(Capability::List);
    let wants_day = provider.capabilities().input(Input::ListDay) == InputRule::Required;
    if lists.is_supported() && !wants_day {
        let list = invocation.command("link list", &[]);
        advice.push_str(&format!(" This command lists what is there:\n\n{list}"));
    }
    CallError::of(error).advice(advice).into()
}

const NO_PAGE: &str = "\
There is no page that shows them whole, as there is with --return-url: tell the payer one of
your cards yourself.";

/// A payment that was created: what its payer needs, the record to store, and what comes next.
#[derive(Debug, Serialize)]
pub(super) struct CreatedReport {
    account: String,
    record: PaymentRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer: Option<ExactTransfer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    next: NextStep,
}

/// What the payer has to transfer, and to which cards.
#[derive(Debug, Serialize)]
struct ExactTransfer {
    exactly: Money,
    cards: Vec<MaskedCard>,
}

/// The command that settles the payment, and where its record is.
#[derive(Debug)]
pub(super) struct NextStep {
    invocation: Invocation,
    order: String,
    price: Money,
    stored: Stored,
}

impl CreatedReport {
    pub(super) fn new(created: &Created, account: &str, next: NextStep, qr: When) -> CreatedReport {
        let left = created.expires_at().map(|at| {
            let left = at.duration_since(SystemTime::now());
            left.unwrap_or_default().as_secs()
        });
        let link = created.link();
        CreatedReport {
            account: account.to_owned(),
            record: created.record().clone(),
            code: link.and_then(|link| qr::code(link.as_str(), qr)),
            link: link.cloned(),
            transfer: created.transfer().map(ExactTransfer::of),
            seconds_left: left,
            next,
        }
    }
}

impl ExactTransfer {
    fn of(transfer: &Transfer) -> ExactTransfer {
        ExactTransfer {
            exactly: *transfer.amount(),
            cards: transfer.cards().iter().map(MaskedCard::of).collect(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "The payer has to transfer exactly:\n")?;
        if let Some(rial) = Rial::try_from(self.exactly).ok().map(Rial::get) {
            for line in large_number(rial).iter().flatten() {
                writeln!(out, "  {}", line.trim_end())?;
            }
            writeln!(out, "\n  {} rial, to the last one\n", grouped(rial))?;
        } else {
            writeln!(out, "  {}\n", amount(&self.exactly))?;
        }
        if self.cards.is_empty() {
            return writeln!(out, "No card to transfer to was named.\n");
        }
        writeln!(
            out,
            "To one of these cards, whose numbers are masked here:\n"
        )?;
        let text = |value: &Option<String>| shown(value.as_deref().unwrap_or_default());
        let rows = self
            .cards
            .iter()
            .map(|card| vec![card.number.clone(), text(&card.holder), text(&card.bank)]);
        let columns = [
            Column::id("CARD"),
            Column::name("HOLDER").spare(1),
            Column::name("BANK").spare(0),
        ];
        table(columns, rows).write(out)?;
        writeln!(out)
    }
}

impl NextStep {
    /// A payment that was just created, or found again.
    pub(super) fn new(invocation: Invocation, record: &PaymentRecord, stored: Stored) -> NextStep {
        NextStep {
            invocation,
            order: record.reference().to_string(),
            price: *record.amount(),
            stored,
        }
    }

    /// The price is the merchant's own, which the provider may count in another unit.
    pub(super) fn priced_as(self, payment: &NewPayment) -> NextStep {
        NextStep {
            price: *payment.price(),
            ..self
        }
    }

    /// The command that settles it, with these words before its flags. Where no file has the record, the command has.
    fn settling(&self, words: &str, record: &PaymentRecord) -> String {
        let (amount, currency) = (self.price.amount(), self.price.currency().code());
        let settle = |record: &str| {
            let flags = [
                ("--record", record),
                ("--order", &self.order),
                ("--amount", &amount),
                ("--currency", currency),
            ];
            self.invocation.command(words, &flags)
        };
        match &self.stored {
            Stored::At(path) => settle(path),
            Stored::Nowhere | Stored::Failed(_) => {
                // It is made of text and numbers, which always serialise.
                let json = serde_json::to_string(record).unwrap_or_default();
                format!("{} <<'RECORD'\n{json}\nRECORD", settle("-").trim_start())
            }
        }
    }

    fn write(&self, record: &PaymentRecord, out: &mut dyn Write) -> io::Result<()> {
        let settle = self.settling("link settle", record);
        match &self.stored {
            Stored::At(path) => writeln!(
                out,
                "\nIts record is in {path}. When it is paid, settle it:\n\n{settle}"
            ),
            Stored::Nowhere | Stored::Failed(_) => writeln!(
                out,
                "\nThis command settles it when it is paid, and holds its record, so keep it:\n\n{settle}"
            ),
        }
    }
}

impl Report for CreatedReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "The payment is created.\n")?;
        self.write_payment(out)
    }

    fn kept(&self) -> Kept {
        match &self.next.stored {
            Stored::At(_) => Kept::Elsewhere,
            Stored::Nowhere => Kept::HereAlone,
            Stored::Failed(problem) => Kept::NotStored(problem.clone()),
        }
    }
}

impl CreatedReport {
    fn names_cards(&self) -> bool {
        self.transfer
            .as_ref()
            .is_some_and(|transfer| !transfer.cards.is_empty())
    }

    /// Writes what the payer needs, and what comes next.
    pub(super) fn write_payment(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(transfer) = &self.transfer {
            transfer.write(out)?;
        }
        match &self.link {
            Some(link) => writeln!(out, "Send the payer to this link:\n\n{link}\n")?,
            None if self.names_cards() => writeln!(out, "{NO_PAGE}\n")?,
            None => {}
        }
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        let mut facts = vec![("Order", self.record.reference().to_string())];
        // Where an exact amount has to be transferred, nobody may take the price for it.
        if self.transfer.is_none() {
            facts.push(("Amount", amount(self.record.amount())));
        }
        facts.push(("Account", self.account.clone()));
        if let Some(seconds) = self.seconds_left {
            facts.push(("Time left", time_left(Duration::from_secs(seconds))));
        }
        write_facts(out, &facts)?;
        self.next.write(&self.record, out)
    }
}

/// A card to pay to, with its number masked: what a terminal shows stays in its history.
#[derive(Debug, Serialize)]
pub(super) struct MaskedCard {
    pub(super) number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bank: Option<String>,
}

impl MaskedCard {
    pub(super) fn of(card: &PayToCard) -> MaskedCard {
        let number = CardNumber::parse(card.number()).map_or_else(
            |_| "not a card's number".to_owned(),
            |card| card.to_string(),
        );
        MaskedCard {
            number,
            holder: card.holder().map(str::to_owned),
            bank: card.bank().map(str::to_owned),
        }
    }
}

/// Where the record of a payment goes.
#[derive(Debug, Args)]
pub(super) struct RecordToArgs {
    /// Write the payment's record here, which every other operation takes
    ///
    /// The place is taken before anything is sent, and given back if there is no payment.
    #[arg(long, value_name = "FILE")]
    record_to: Option<PathBuf>,
}

impl RecordToArgs {
    /// The place, if one was named.
    pub(super) fn path(&self) -> Option<&Path> {
        self.record_to.as_deref()
    }

    /// Takes the place before anything is sent: a payment whose record cannot be kept is better not created.
    pub(super) fn reserve(&self) -> Result<RecordFile, UsageError> {
        let file = self.record_to.as_deref().map(reserve).transpose()?;
        Ok(RecordFile(file))
    }
}

/// The file that is to hold the record of a payment, if one was asked for.
#[derive(Debug)]
pub(super) struct RecordFile(Option<StoredFile>);

impl RecordFile {
    /// Writes the record, and says how the next command takes it.
    pub(super) fn store(&self, record: &PaymentRecord) -> Stored {
        let Some(file) = &self.0 else {
            return Stored::Nowhere;
        };
        let path = file.path().display();
        match file.replace(record) {
            Ok(()) => Stored::At(path.to_string()),
            // The payment is there, and its record is told in the result.
            Err(error) => {
                file.remove_if_empty();
                Stored::Failed(format!("the record cannot be written to {path}: {error}"))
            }
        }
    }

    /// Gives the place back: there is no payment.
    pub(super) fn give_back(self) {
        // An empty file that stays is no record and is taken for none.
        let _ = self.0.map(StoredFile::remove);
    }
}

/// Where a record is.
#[derive(Debug)]
pub(super) enum Stored {
    /// In this file.
    At(String),
    /// In what is told alone.
    Nowhere,
    /// In what is told alone, although it was meant for a file. This says which one, and why.
    Failed(String),
}

fn reserve(path: &Path) -> Result<StoredFile, UsageError> {
    let refused = |problem: String, remedy: &'static str| {
        let named = Invalid::new(crate::failure::ARGUMENT, problem)
            .at(format!("--record-to {}", path.display()));
        UsageError::from(named.with_remedy(remedy))
    };
    StoredFile::reserve(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => refused(
            "is there already".to_owned(),
            "name another file: this one may hold the only record of another payment",
        ),
        _ => refused(
            format!("cannot be written: {error}"),
            "name a file that can be",
        ),
    })
}
