//! POD's services.

use rust_decimal::Decimal;

use super::api::{Call, Params};
use super::invoice::{EventKind, Invoice, Item, State, Store, Verification};
use super::ledger::Pocket;
use super::life::Verified;
use super::links::WayBack;
use super::refusal::{Answer, Refusal};
use super::settings::{
    BillNumbers, ConfirmationAnswer, Environment, LinkEnding, PosInquiry, SecondVerify,
};
use super::sms::{Content, Pending, PosPurchase};
use super::wire::InvoiceAnswer;
use crate::history::Event;
use crate::journal::Names;
use crate::random::LONGEST_STEP;

/// One of POD's services: its name in faults and in the journal, its number in production, its number
/// in POD's own sandbox if it exists there, whether the vendor's SDKs send a one-time token along, and
/// what it does.
#[derive(Debug)]
pub(super) struct Service(&'static str, u32, Option<u32>, bool, Execute);

type Execute = fn(&Call<'_>) -> Result<Answer, Refusal>;

#[rustfmt::skip]
pub(super) static SERVICES: [Service; 17] = [
    Service("pay-any-invoice", 29821, Some(39317), true, pay_any_invoice),
    Service("pay-own-invoice", 30382, Some(39316), true, pay_own_invoice),
    Service("send-payment-sms", 29807, Some(39302), false, send_payment_sms),
    Service("confirm-payment-sms", 369_550, None, false, confirm_payment_sms),
    Service("payment-link", 29815, Some(39310), false, payment_link),
    Service("mark-paid", 29799, Some(39294), false, mark_paid),
    Service("pay-with-invoice", 29800, Some(39295), false, pay_with_invoice),
    Service("pay-in-future", 29802, Some(39297), true, pay_in_future),
    Service("pos-payment", 29801, Some(39296), false, pos_payment),
    Service("share-link", 1_113_426, None, false, share_link),
    Service("issue-invoice", 29796, Some(39291), true, issue_invoice),
    Service("invoices", 29813, Some(39308), false, invoices),
    Service("verify-invoice", 29809, Some(39304), false, verify_invoice),
    Service("verify-and-close", 29808, Some(39303), false, verify_and_close),
    Service("close", 29812, Some(39307), false, close),
    Service("cancel", 29810, Some(39305), false, cancel),
    Service("one-time-token", 29816, Some(39311), false, one_time_token),
];

/// Where the journal finds what it looks for.
pub(super) static NAMES: Names = Names {
    asked: &["invoiceId", "id", "creditorInvoiceId"],
    creating: ("issue-invoice", "id"),
    computed: &[],
};

impl Service {
    /// Finds the service that has this number where `environment` is simulated.
    pub(super) fn numbered(number: u32, environment: Environment) -> Option<&'static Self> {
        SERVICES.iter().find(|Self(_, production, sandbox, ..)| {
            (environment.has_production() && *production == number)
                || (environment.has_sandbox() && *sandbox == Some(number))
        })
    }

    pub(super) fn name(&self) -> &'static str {
        self.0
    }

    /// Returns the number in production, by which the service is known.
    pub(super) fn number(&self) -> u32 {
        self.1
    }

    pub(super) fn takes_one_time_token(&self) -> bool {
        self.3
    }

    pub(super) fn execute(&self, call: &Call<'_>) -> Result<Answer, Refusal> {
        self.4(call)
    }
}

/// Cancels an invoice that is not paid for good, as only its issuer may.
fn cancel(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("id")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?;
    store.cancel(id, call.now)?;
    Answer::of(&true)
}

/// Closes a paid invoice.
fn close(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("id")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?;
    store.close(id, call.now)?;
    Answer::of(&true)
}

/// Pays an invoice from a wallet outside POD, with the code its user was sent.
fn confirm_payment_sms(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let code = call.params.required("code")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?.require_payable()?;
    let expected = store.codes.get(code);
    if expected.is_none_or(|pending| pending.invoice != id) {
        return Err(Refusal::BAD_CODE);
    }
    store.pay_from_outside(id, EventKind::PaidByOutsideWallet, call.now)?;
    store.codes.used(code);
    drop(store);
    match call.pod.settings().confirmation {
        ConfirmationAnswer::Truth => Answer::of(&true),
        ConfirmationAnswer::Text => Answer::of(&"true"),
    }
}

const DEFAULT_SIZE: u64 = 50;

/// Lists the caller's invoices: the newest first from `offset` or from `lastId` downwards, the oldest
/// first from `firstId` upwards.
fn invoices(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.require_business()?;
    let start = Start::read(call.params)?;
    let size = call.params.id("size")?.unwrap_or(DEFAULT_SIZE);
    let is_wanted = filter(call.params)?;

    let store = call.pod.store();
    let mut matching: Vec<&Invoice> = store
        .all()
        .filter(|invoice| invoice.issuer == call.caller.user_id() && is_wanted(invoice))
        .collect();
    let count = matching.len();
    let mut skipped = 0;
    match start {
        Start::Offset(offset) => {
            matching.reverse();
            skipped = offset;
        }
        Start::FirstId(first) => matching.retain(|invoice| invoice.id >= first),
        Start::LastId(last) => {
            matching.retain(|invoice| invoice.id <= last);
            matching.reverse();
        }
    }
    let page: Vec<_> = matching
        .into_iter()
        .skip(whole(skipped))
        .take(whole(size))
        .map(|invoice| InvoiceAnswer::of(invoice, &call.pod.0.accounts))
        .collect();
    Answer::counting(count, &page)
}

/// Where a page begins.
#[derive(Debug, Clone, Copy)]
enum Start {
    Offset(u64),
    FirstId(u64),
    LastId(u64),
}

impl Start {
    /// Reads the one of three parameters that must be there.
    fn read(params: &Params) -> Result<Self, Refusal> {
        let [offset, first, last] = ["offset", "firstId", "lastId"].map(|name| params.id(name));
        match (offset?, first?, last?) {
            (Some(offset), None, None) => Ok(Self::Offset(offset)),
            (None, Some(first), None) => Ok(Self::FirstId(first)),
            (None, None, Some(last)) => Ok(Self::LastId(last)),
            (None, None, None) => Err(Refusal::missing("offset")),
            _ => Err(Refusal::invalid("offset")),
        }
    }
}

/// Reads which invoices are wanted; what is not named does not matter.
fn filter(params: &Params) -> Result<impl Fn(&Invoice) -> bool, Refusal> {
    fn is<T: PartialEq>(wanted: Option<T>, given: &T) -> bool {
        wanted.is_none_or(|wanted| wanted == *given)
    }
    let (id, user_id) = (params.id("id")?, params.id("userId")?);
    let [bill, unique, reference, guild] =
        ["billNumber", "uniqueNumber", "referenceNumber", "guildCode"].map(|name| params.get(name));
    let flags = ["isPayed", "isWaiting", "isCanceled", "isClosed"].map(|name| params.truth(name));
    let [payed, waiting, canceled, closed] = flags;
    let (payed, waiting, canceled, closed) = (payed?, waiting?, canceled?, closed?);
    let (from, to) = (params.moment("fromDate")?, params.moment("toDate")?);
    Ok(move |invoice: &Invoice| {
        is(id, &invoice.id)
            && is(user_id.map(Some), &invoice.user_id)
            && is(bill.map(Some), &invoice.bill_number.as_deref())
            && is(unique, &invoice.unique_number.as_str())
            && is(reference, &invoice.reference.as_str())
            && is(guild, &invoice.guild.as_str())
            && is(payed, &(invoice.state == State::Paid))
            && is(waiting, &invoice.is_waiting())
            && is(canceled, &(invoice.state == State::Canceled))
            && is(closed, &invoice.closed)
            && from.is_none_or(|from| invoice.issued_at >= from)
            && to.is_none_or(|to| invoice.issued_at <= to)
    })
}

fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Rial, the only currency of the document.
const CURRENCY: &str = "IRR";

/// Issues an invoice, or shows what it would be.
fn issue_invoice(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.require_business()?;
    let params = call.params;
    let preview = params.truth("preview")?.unwrap_or(false);
    let currency = params.get("currencyCode");
    if currency.is_some_and(|code| code != CURRENCY) {
        return Err(Refusal::invalid("currencyCode"));
    }
    params.day("deadline")?;
    let lines = lines(params)?;
    let total = total(&lines)?;
    let rate = params.rate("preferredTaxRate")?;
    let rate = rate.unwrap_or_else(|| Decimal::new(call.pod.settings().tax_percent.into(), 2));
    let vat = total.checked_mul(rate);
    let vat = vat.ok_or_else(|| Refusal::invalid("price"))?;

    let mut store = call.pod.store();
    let user_id = user(call)?;
    let bill_number = bill_number(call, &store)?;
    let id = match preview {
        true => 0,
        false => store.take_id(call.pod.0.random.within(1, LONGEST_STEP)),
    };
    let items = lines
        .into_iter()
        .map(|line| Item {
            id: store.take_id(1),
            ..line
        })
        .collect();
    let invoice = Invoice {
        id,
        unique_number: call.pod.0.random.hex(1),
        bill_number,
        issuer: call.caller.user_id(),
        user_id,
        state: State::Unpaid,
        closed: false,
        blocked_for: None,
        history: vec![Event {
            at: call.now,
            kind: EventKind::Issued,
        }],
        reference: call.reference.to_owned(),
        payment_bill_number: store.take_id(1),
        guild: params.required("guildCode")?.to_owned(),
        items,
        total,
        vat,
        verification: verification(params)?,
        description: params.get("description").map(str::to_owned),
        metadata: params.get("metadata").map(str::to_owned),
        cellphone: params.get("cellphoneNumber").map(str::to_owned),
        redirect: params.url("redirectURL")?,
        issued_at: call.now,
        payment: None,
        due: None,
    };
    let answer = Answer::of(&InvoiceAnswer::of(&invoice, &call.pod.0.accounts));
    if !preview {
        store.insert(invoice);
    }
    answer
}

/// Reads the parallel arrays: each line has a part in every one of them.
fn lines(params: &Params) -> Result<Vec<Item>, Refusal> {
    let products = params.ids("productId")?;
    let prices = params.decimals("price")?;
    let quantities = params.decimals("quantity")?;
    let descriptions: Vec<_> = params.all("productDescription").collect();
    for (name, count) in [
        ("productId", products.len()),
        ("price", prices.len()),
        ("quantity", quantities.len()),
        ("productDescription", descriptions.len()),
    ] {
        if count == 0 {
            return Err(Refusal::missing(name));
        }
        if count != prices.len() {
            return Err(Refusal::invalid(name));
        }
    }
    let parts = prices.into_iter().zip(quantities).zip(descriptions);
    Ok(parts
        .map(|((price, quantity), description)| Item {
            id: 0,
            price,
            quantity,
            description: description.to_owned(),
        })
        .collect())
}

fn total(lines: &[Item]) -> Result<Decimal, Refusal> {
    let sum = lines.iter().try_fold(Decimal::ZERO, |sum, line| {
        sum.checked_add(line.price.checked_mul(line.quantity)?)
    });
    sum.ok_or_else(|| Refusal::invalid("price"))
}

/// Reads to whom it is issued: any user but the business itself.
fn user(call: &Call<'_>) -> Result<Option<u64>, Refusal> {
    let user_id = call.params.id("userId")?;
    if let Some(user_id) = user_id
        && call.pod.0.accounts.with_user_id(user_id).is_none()
    {
        return Err(Refusal::NO_USER);
    }
    if user_id == Some(call.caller.user_id()) {
        return Err(Refusal::invalid("userId"));
    }
    Ok(user_id)
}

fn bill_number(call: &Call<'_>, store: &Store) -> Result<Option<String>, Refusal> {
    let Some(number) = call.params.get("billNumber") else {
        return Ok(None);
    };
    let taken = store.with_bill_number(call.caller.user_id(), number);
    if taken.is_some() && call.pod.settings().bill_numbers == BillNumbers::Unique {
        return Err(Refusal::TAKEN_BILL_NUMBER);
    }
    Ok(Some(number.to_owned()))
}

fn verification(params: &Params) -> Result<Verification, Refusal> {
    let needed = params.truth("verificationNeeded")?.unwrap_or(false);
    let automatic = params.truth("verifyAfterTimeout")?.unwrap_or(false);
    Ok(match (needed, automatic) {
        (false, _) => Verification::NotNeeded,
        (true, false) => Verification::Needed,
        (true, true) => Verification::AutomaticAfterTimeout,
    })
}

/// Notes that an invoice of the caller was paid outside POD.
fn mark_paid(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?;
    store.mark_paid(id, call.now)?;
    call.done()
}

/// Gives a one-time token, which stands where every answer has one.
fn one_time_token(_: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::EMPTY)
}

/// Pays any invoice from the caller's wallet.
fn pay_any_invoice(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    call.params.required_wallet()?;
    let from = call.params.delegations()?;
    let payer = call.caller.user_id();
    call.pod
        .store()
        .pay_from_wallet(id, payer, &from, call.now)?;
    call.done()
}

/// Sets the caller's money aside to pay an invoice that was issued to the caller on a day to come.
fn pay_in_future(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let due = call.params.day("date")?;
    let due = due.ok_or_else(|| Refusal::missing("date"))?;
    if due <= call.now {
        return Err(Refusal::invalid("date"));
    }
    let caller = call.caller.user_id();
    let from = match (call.params.get("guildCode"), call.params.wallet()?) {
        (Some(guild), false) => Pocket::Guild(caller, guild.to_owned()),
        (None, true) => Pocket::Wallet(caller),
        (Some(_), true) => return Err(Refusal::invalid("wallet")),
        (None, false) => return Err(Refusal::WALLET_MISSING),
    };
    let mut store = call.pod.store();
    call.owed(&store, id)?;
    store.promise(id, from, due, call.now)?;
    call.done()
}

/// Pays an invoice that was issued to the caller from the caller's wallet.
fn pay_own_invoice(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    call.params.wallet()?;
    let from = call.params.delegations()?;
    let mut store = call.pod.store();
    call.owed(&store, id)?;
    store.pay_from_wallet(id, call.caller.user_id(), &from, call.now)?;
    Answer::of(&true)
}

/// Pays an invoice that was issued to the caller out of one that the caller has issued and that is
/// paid. The document calls the first the creditor's and the second the debtor's, and says of the
/// second that the creditor's is not paid.
fn pay_with_invoice(call: &Call<'_>) -> Result<Answer, Refusal> {
    let creditor = call.params.required_id("creditorInvoiceId")?;
    let debtor = call.params.required_id("debtorInvoiceId")?;
    let mut store = call.pod.store();
    call.issued(&store, debtor)?;
    // The document has one text for swapped numbers and for another user's token.
    call.owed(&store, creditor)
        .map_err(|_| Refusal::PERMISSION_DENIED)?;
    store.pay_out_of(debtor, creditor, call.now)?;
    Answer::of(&true)
}

/// Makes a link to the pay page of an invoice that the caller has issued.
fn payment_link(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?.require_payable()?;
    let hash = call.pod.0.random.hex(2);
    store.links.make(hash.clone(), id, call.now);
    drop(store);
    let ending = match call.pod.settings().link_ending {
        LinkEnding::Ampersand => "&",
        LinkEnding::Bare => "",
    };
    Answer::of(&format!(
        "{}v1/pbc/PayInvoiceDispatcher/?h={hash}{ending}",
        call.pod.pay_url()
    ))
}

/// Pays an invoice of the caller by a purchase that was made at a point of sale.
fn pos_payment(call: &Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let reported = PosPurchase {
        invoice_id: params.required_id("invoiceId")?,
        terminal_number: params.required("terminalNumber")?.to_owned(),
        merchant_code: params.required("merchantCode")?.to_owned(),
        reference_number: params.required("referenceNumber")?.to_owned(),
        tracking_number: params.required("trackingNumber")?.to_owned(),
        transaction_date: params.required("transactionDate")?.to_owned(),
    };
    params.moment("transactionDate")?;
    params.wallet()?;
    let inquiry = call.pod.settings().pos_inquiry;
    let mut store = call.pod.store();
    let id = reported.invoice_id;
    call.issued(&store, id)?.require_payable()?;
    if inquiry == PosInquiry::Checks && !store.purchases.has(&reported) {
        return Err(Refusal::NO_PURCHASE);
    }
    store.pay_from_outside(id, EventKind::PaidByPos, call.now)?;
    store.purchases.settle(&reported);
    call.done()
}

/// Sends the user of an invoice a text message with which to pay it.
fn send_payment_sms(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let content = match call.params.get("smsContentType") {
        None => Content::Code,
        Some(text) => Content::from_wire(text).ok_or_else(|| Refusal::invalid("smsContentType"))?,
    };
    let way_back = WayBack {
        redirect: call.params.url("redirectUri")?,
        call: call.params.url("callbackUri")?,
    };
    let from = call.params.delegations()?;
    let mut store = call.pod.store();
    let invoice = call.issued(&store, id)?.clone();
    invoice.require_payable()?;
    let accounts = &call.pod.0.accounts;
    let user = invoice.user_id.and_then(|user| accounts.with_user_id(user));
    let mobile = user.ok_or(Refusal::NO_USER)?.mobile();
    let mobile = mobile.ok_or(Refusal::NO_MOBILE)?;
    let code = content
        .has_code()
        .then(|| call.pod.fresh_code(&store.codes));
    if let Some(code) = &code {
        let pending = Pending { invoice: id, from };
        store.codes.expect(code.clone(), pending);
    }
    drop(store);
    let link = content
        .has_link()
        .then(|| call.pod.unique_number_link(&invoice, &way_back));
    let issuer = call.caller.name();
    call.pod
        .ask_for_payment(issuer, mobile, &invoice, code.as_deref(), link.as_deref());
    call.done()
}

/// Sends another user the link of an invoice that was issued to the caller. The answer is `false` if
/// that user cannot be reached.
fn share_link(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let user_id = call.params.required_id("userId")?;
    let way_back = WayBack {
        redirect: call.params.url("redirectUri")?,
        call: None,
    };
    let invoice = {
        let store = call.pod.store();
        call.owed(&store, id)?.clone()
    };
    invoice.require_payable()?;
    let user = call.pod.0.accounts.with_user_id(user_id);
    let Some(mobile) = user.ok_or(Refusal::NO_USER)?.mobile() else {
        return Answer::of(&false);
    };
    let link = call.pod.unique_number_link(&invoice, &way_back);
    call.pod.share(call.caller, mobile, &invoice, &link);
    Answer::of(&true)
}

/// Verifies the payment of an invoice and closes it.
fn verify_and_close(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("id")?;
    let second = call.pod.settings().second_verify;
    let mut store = call.pod.store();
    verify(call, &mut store, id, second)?;
    store.close(id, call.now)?;
    Answer::of(&InvoiceAnswer::of(store.get(id)?, &call.pod.0.accounts))
}

/// Verifies the payment of an invoice that the caller has issued.
fn verify(
    call: &Call<'_>,
    store: &mut Store,
    id: u64,
    second: SecondVerify,
) -> Result<(), Refusal> {
    call.issued(store, id)?;
    match (store.verify(id, call.now)?, second) {
        (Verified::Now, _) | (Verified::Before, SecondVerify::AnswersInvoice) => Ok(()),
        (Verified::Before, SecondVerify::Refuses) => Err(Refusal::ALREADY_PAID),
    }
}

/// Verifies the payment of an invoice, named by its id or by the business's own number.
fn verify_invoice(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.require_business()?;
    let second = call.pod.settings().second_verify;
    let (id, number) = (call.params.id("id")?, call.params.get("billNumber"));
    let mut store = call.pod.store();
    let id = match (id, number) {
        (Some(id), None) => id,
        (None, Some(number)) => {
            let found = store.with_bill_number(call.caller.user_id(), number);
            found.ok_or(Refusal::NO_INVOICE)?.id
        }
        (None, None) => return Err(Refusal::missing("id")),
        (Some(_), Some(_)) => return Err(Refusal::invalid("billNumber")),
    };
    verify(call, &mut store, id, second)?;
    Answer::of(&InvoiceAnswer::of(store.get(id)?, &call.pod.0.accounts))
}
