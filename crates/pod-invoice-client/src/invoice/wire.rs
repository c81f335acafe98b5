use std::borrow::Cow;

use paylink_core::json::{Amount, Object, Wire, lossless};
use paylink_core::{Currency, Money, Untrusted};
use serde::Deserialize;

use super::Invoice;
use super::item::Items;
use crate::{InvoiceId, html};

/// Where an invoice names the business that issued it.
pub(super) const BUSINESS: &str = "business";
pub(super) const BUSINESS_ID: &str = "business.id";

/// The invoice's wire form (the vendor's SDKs; the document names the two `willBe…` flags).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireInvoice<'a> {
    #[serde(default, deserialize_with = "lossless")]
    id: Wire<u64>,
    #[serde(default, borrow)]
    total_amount: Wire<Amount<'a>>,
    #[serde(default, borrow)]
    payable_amount: Wire<Amount<'a>>,
    #[serde(default, borrow)]
    vat: Wire<Amount<'a>>,
    #[serde(default, borrow, deserialize_with = "lossless")]
    bill_number: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    unique_number: Wire<Cow<'a, str>>,
    #[serde(default, deserialize_with = "lossless")]
    payed: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    waiting: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    canceled: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    closed: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    verification_needed: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    will_be_paid: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    will_be_blocked: Wire<bool>,
    #[serde(default, deserialize_with = "lossless")]
    will_be_paid_at: Wire<u64>,
    #[serde(default, borrow)]
    business: Wire<Object<WireParty<'a>>>,
    #[serde(default, borrow)]
    guild_srv: Wire<Object<WireParty<'a>>>,
    #[serde(default, borrow)]
    user_srv: Wire<Object<WireParty<'a>>>,
    #[serde(default, borrow, deserialize_with = "lossless")]
    payment_bill_number: Wire<Cow<'a, str>>,
    #[serde(default, deserialize_with = "lossless")]
    issuance_date: Wire<u64>,
    #[serde(default, deserialize_with = "lossless")]
    payment_date: Wire<u64>,
    #[serde(default, borrow, deserialize_with = "lossless")]
    reference_number: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    masked_card_number: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    description: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
    metadata: Wire<Cow<'a, str>>,
    #[serde(default)]
    invoice_item_srvs: Wire<Items>,
}

/// A business, a guild or a user.
#[derive(Deserialize, Default)]
struct WireParty<'a> {
    #[serde(default, deserialize_with = "lossless")]
    id: Wire<u64>,
    #[serde(default, borrow)]
    code: Wire<Cow<'a, str>>,
    #[serde(default, borrow)]
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
pub(super) fn plain(text: &str) -> String {
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
