use std::borrow::Cow;
use std::fmt;

use paylink_core::json::{Amount, FromJson, Number, Object, Wire, bounded_elements, lossless};
use paylink_core::{Currency, Money, Untrusted};
use serde::de::SeqAccess;
use serde::{Deserialize, Serialize};

use crate::{InvoiceId, State, html};

/// An invoice as POD reports it.
///
/// The id is always there. The flags and amounts decide about money: POD may leave one out, and then it is `None` and
/// never a default, while one of a wrong type makes the answer refused. The others are for display: one that came in
/// another form is `None`, and its name stands in `unreadable`.
///
/// Amounts are exact and in rial, whole or not; `Rial::try_from` gives the whole ones. `Debug` leaves personal data out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Invoice {
    /// POD's id.
    pub id: InvoiceId,
    /// The sum of the items.
    pub total_amount: Option<Money>,
    /// What the payer has to pay: the total with its tax. Settling compares it.
    pub payable_amount: Option<Money>,
    /// The tax within the payable amount.
    pub tax: Option<Money>,
    /// The merchant's own number.
    pub bill_number: Option<String>,
    /// POD's code, by which anybody may pay the invoice.
    pub unique_number: Option<String>,
    /// Whether it is paid; a three-step invoice is not called paid before it is verified.
    pub paid: Option<bool>,
    /// Whether a payer is at the bank's gateway.
    pub waiting: Option<bool>,
    /// Whether it was cancelled.
    pub cancelled: Option<bool>,
    /// Whether it was closed.
    pub closed: Option<bool>,
    /// Whether the merchant has to verify the payment within the hour.
    pub verification_needed: Option<bool>,
    /// Whether the payment is guaranteed for a later day, or arranged with another invoice.
    pub will_be_paid: Option<bool>,
    /// Whether the money of this paid invoice is meant for another one.
    pub will_be_blocked: Option<bool>,
    /// When it will be paid, in milliseconds since 1970.
    pub will_be_paid_at_ms: Option<u64>,
    /// POD's id of the business that issued it.
    pub business: Option<u64>,
    /// The code of the guild it was issued in.
    pub guild: Option<String>,
    /// POD's number of the payment.
    pub payment_bill_number: Option<String>,
    /// When it was issued, in milliseconds since 1970.
    pub issued_at_ms: Option<u64>,
    /// When it was paid, in milliseconds since 1970; `None` if it was not.
    pub paid_at_ms: Option<u64>,
    /// The reference number of the payment, from the bank.
    pub payment_reference: Option<String>,
    /// The payer's card, with six and four digits at most.
    pub masked_card_number: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What the merchant stored with it.
    pub metadata: Option<String>,
    /// POD's id of the user that it was issued to.
    pub user: Option<u64>,
    /// The name of the user that it was issued to; personal data.
    pub user_name: Option<String>,
    /// The items, as far as they could be read.
    pub items: Vec<InvoiceItem>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
}

impl Invoice {
    /// What the flags say together.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(self)
    }

    /// Whether it names a business in a form that could not be read: that is another one than the merchant's.
    pub(crate) fn hides_its_business(&self) -> bool {
        let mut unreadable = self.unreadable.iter();
        unreadable.any(|field| matches!(*field, BUSINESS | BUSINESS_ID))
    }
}

impl fmt::Debug for Invoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoice")
            .field("id", &self.id)
            .field("state", &self.state())
            .field("payable_amount", &self.payable_amount)
            .field("bill_number", &self.bill_number)
            .field("verification_needed", &self.verification_needed)
            .field("closed", &self.closed)
            .field("issued_at_ms", &self.issued_at_ms)
            .field("unreadable", &self.unreadable)
            .finish_non_exhaustive()
    }
}

/// One item of an invoice. It is for display: what cannot be read is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct InvoiceItem {
    /// What it is.
    pub description: Option<String>,
    /// The price of one.
    pub amount: Option<Money>,
    /// How many, as POD writes it; it need not be whole.
    pub quantity: Option<String>,
}

/// The most items of one invoice that are read.
const MOST_ITEMS: usize = 500;

/// The items of an invoice.
struct Items(Vec<InvoiceItem>);

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WireItem<'a> {
    description: Wire<Cow<'a, str>>,
    amount: Wire<Amount<'a>>,
    quantity: Wire<Number<'a>>,
}

impl<'de> FromJson<'de> for Items {
    const EXPECTED: &'static str = "an array of at most 500 items";

    /// `None` if one of them is not an item at all, says nothing, or is one too many.
    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        let items = bounded_elements(
            MOST_ITEMS,
            seq,
            |item: Wire<Object<WireItem<'de>>>| match item {
                Wire::Is(Object(item)) => item.read(),
                Wire::Absent | Wire::Null | Wire::Wrong(_) => None,
            },
        )?;
        Ok(items.map(|mut items| {
            items.shrink_to_fit();
            Items(items)
        }))
    }
}

impl WireItem<'_> {
    fn read(self) -> Option<InvoiceItem> {
        let amount = self.amount.ok();
        let item = InvoiceItem {
            description: self.description.ok().map(|text| plain(&text)),
            amount: amount.and_then(|amount| amount.to_money("amount", Currency::Irr).ok()),
            quantity: self
                .quantity
                .ok()
                .map(|quantity| quantity.as_str().to_owned()),
        };
        let says_nothing =
            item.description.is_none() && item.amount.is_none() && item.quantity.is_none();
        (!says_nothing).then_some(item)
    }
}

/// Where an invoice names the business that issued it.
const BUSINESS: &str = "business";
const BUSINESS_ID: &str = "business.id";

/// The invoice's wire form (the vendor's SDKs; the document names the two `willBe…` flags).
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
pub(crate) struct WireInvoice<'a> {
    #[serde(deserialize_with = "lossless")]
    id: Wire<u64>,
    total_amount: Wire<Amount<'a>>,
    payable_amount: Wire<Amount<'a>>,
    vat: Wire<Amount<'a>>,
    #[serde(deserialize_with = "lossless")]
    bill_number: Wire<Cow<'a, str>>,
    unique_number: Wire<Cow<'a, str>>,
    #[serde(deserialize_with = "lossless")]
    payed: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    waiting: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    canceled: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    closed: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    verification_needed: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    will_be_paid: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    will_be_blocked: Wire<bool>,
    #[serde(deserialize_with = "lossless")]
    will_be_paid_at: Wire<u64>,
    business: Wire<Object<WireParty<'a>>>,
    guild_srv: Wire<Object<WireParty<'a>>>,
    user_srv: Wire<Object<WireParty<'a>>>,
    #[serde(deserialize_with = "lossless")]
    payment_bill_number: Wire<Cow<'a, str>>,
    #[serde(deserialize_with = "lossless")]
    issuance_date: Wire<u64>,
    #[serde(deserialize_with = "lossless")]
    payment_date: Wire<u64>,
    #[serde(deserialize_with = "lossless")]
    reference_number: Wire<Cow<'a, str>>,
    masked_card_number: Wire<Cow<'a, str>>,
    description: Wire<Cow<'a, str>>,
    metadata: Wire<Cow<'a, str>>,
    invoice_item_srvs: Wire<Items>,
}

/// A business, a guild or a user.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WireParty<'a> {
    #[serde(deserialize_with = "lossless")]
    id: Wire<u64>,
    code: Wire<Cow<'a, str>>,
    name: Wire<Cow<'a, str>>,
}

impl WireInvoice<'_> {
    pub(crate) fn read(self) -> Result<Invoice, Untrusted> {
        let mut unreadable = Vec::new();
        let note = &mut unreadable;
        let text = |field: Wire<Cow<'_, str>>, name, note: &mut _| {
            field.shown(name, note).map(|text| plain(&text))
        };
        let Object(business) = party(self.business, BUSINESS, note);
        let Object(guild) = party(self.guild_srv, "guildSrv", note);
        let Object(user) = party(self.user_srv, "userSrv", note);
        Ok(Invoice {
            id: InvoiceId::new(self.id.required("id")?)
                .map_err(|_| Untrusted::new("id is zero"))?,
            total_amount: amount(self.total_amount, "totalAmount")?,
            payable_amount: amount(self.payable_amount, "payableAmount")?,
            tax: amount(self.vat, "vat")?,
            bill_number: self
                .bill_number
                .optional("billNumber")?
                .map(|text| plain(&text)),
            unique_number: text(self.unique_number, "uniqueNumber", note),
            paid: self.payed.optional("payed")?,
            waiting: self.waiting.optional("waiting")?,
            cancelled: self.canceled.optional("canceled")?,
            closed: self.closed.optional("closed")?,
            verification_needed: self.verification_needed.optional("verificationNeeded")?,
            will_be_paid: self.will_be_paid.optional("willBePaid")?,
            will_be_blocked: self.will_be_blocked.optional("willBeBlocked")?,
            will_be_paid_at_ms: moment(self.will_be_paid_at, "willBePaidAt", note),
            business: business.id.shown(BUSINESS_ID, note),
            guild: text(guild.code, "guildSrv.code", note),
            payment_bill_number: text(self.payment_bill_number, "paymentBillNumber", note),
            issued_at_ms: moment(self.issuance_date, "issuanceDate", note),
            paid_at_ms: moment(self.payment_date, "paymentDate", note),
            payment_reference: text(self.reference_number, "referenceNumber", note),
            masked_card_number: masked(self.masked_card_number, note),
            description: text(self.description, "description", note),
            metadata: text(self.metadata, "metadata", note),
            user: user.id.shown("userSrv.id", note),
            user_name: text(user.name, "userSrv.name", note),
            items: self
                .invoice_item_srvs
                .shown("invoiceItemSrvs", note)
                .map(|Items(items)| items)
                .unwrap_or_default(),
            unreadable,
        })
    }
}

/// Text as it was meant.
fn plain(text: &str) -> String {
    html::unescape(text).into_owned()
}

fn amount(amount: Wire<Amount<'_>>, field: &'static str) -> Result<Option<Money>, Untrusted> {
    amount
        .optional(field)?
        .map(|amount| amount.to_money(field, Currency::Irr))
        .transpose()
}

/// A time; POD writes 0 for none.
fn moment(millis: Wire<u64>, field: &'static str, note: &mut Vec<&'static str>) -> Option<u64> {
    millis.shown(field, note).filter(|millis| *millis != 0)
}

fn party<'a>(
    party: Wire<Object<WireParty<'a>>>,
    field: &'static str,
    note: &mut Vec<&'static str>,
) -> Object<WireParty<'a>> {
    party
        .shown(field, note)
        .unwrap_or(Object(WireParty::default()))
}

/// A card number that really is masked; one that shows more than ten digits is not repeated.
fn masked(number: Wire<Cow<'_, str>>, note: &mut Vec<&'static str>) -> Option<String> {
    const FIELD: &str = "maskedCardNumber";
    let number = number.shown(FIELD, note)?;
    let shown = number.chars().filter(|c| c.is_numeric()).count();
    if shown > 10 {
        note.push(FIELD);
        return None;
    }
    Some(paylink_core::text::excerpt(&number, 32))
}
