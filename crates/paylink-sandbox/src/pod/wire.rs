use std::time::{SystemTime, UNIX_EPOCH};

use rust_decimal::Decimal;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::invoice::{Invoice, Item, State, Verification};
use super::keys::Accounts;

/// An invoice as POD's answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InvoiceAnswer<'a> {
    id: u64,
    #[serde(serialize_with = "exact")]
    total_amount_without_discount: Decimal,
    #[serde(serialize_with = "exact")]
    delegation_amount: Decimal,
    #[serde(serialize_with = "exact")]
    total_amount: Decimal,
    #[serde(serialize_with = "exact")]
    payable_amount: Decimal,
    #[serde(serialize_with = "exact")]
    vat: Decimal,
    issuance_date: u128,
    delivery_date: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_number: Option<&'a str>,
    payment_bill_number: String,
    unique_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    payment_date: u128,
    payed: bool,
    serial: u64,
    canceled: bool,
    cancel_date: u128,
    business: BusinessAnswer<'a>,
    invoice_item_srvs: Vec<ItemAnswer<'a>>,
    guild_srv: GuildAnswer<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_srv: Option<UserAnswer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cellphone_number: Option<&'a str>,
    closed: bool,
    verification_needed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a str>,
    safe: bool,
    post_voucher_enabled: bool,
    reference_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_four_digit_of_card_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    masked_card_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer_srv: Option<UserAnswer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    will_be_paid_at: Option<u128>,
    will_be_blocked: bool,
    will_be_paid: bool,
    edited: bool,
    waiting: bool,
    sub_invoice: bool,
}

#[derive(Debug, Serialize)]
struct BusinessAnswer<'a> {
    id: u64,
    name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserAnswer<'a> {
    id: u64,
    name: &'a str,
    sso_id: String,
    sso_issuer_code: u8,
}

#[derive(Debug, Serialize)]
struct GuildAnswer<'a> {
    name: &'a str,
    code: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemAnswer<'a> {
    id: u64,
    #[serde(serialize_with = "exact")]
    amount: Decimal,
    description: &'a str,
    #[serde(serialize_with = "exact")]
    quantity: Decimal,
    voucher_usage_srvs: [(); 0],
}

impl<'a> InvoiceAnswer<'a> {
    pub(super) fn of(invoice: &'a Invoice, accounts: &'a Accounts) -> Self {
        let payment = invoice.payment.as_ref();
        let slip = payment.and_then(|payment| payment.card.as_ref());
        let issuer = accounts.with_user_id(invoice.issuer);
        let paid = invoice.state == State::Paid;
        let took_money = paid || invoice.state == State::AwaitingVerification;
        let canceled_at = invoice
            .history
            .last()
            .filter(|_| invoice.state == State::Canceled)
            .map(|event| event.at);
        let user = |id| {
            accounts.with_user_id(id).map(|account| UserAnswer {
                id,
                name: account.name(),
                sso_id: id.to_string(),
                sso_issuer_code: 1,
            })
        };
        Self {
            id: invoice.id,
            total_amount_without_discount: invoice.total,
            delegation_amount: payment
                .map(|payment| payment.drawn.credited())
                .unwrap_or_default(),
            total_amount: invoice.total,
            payable_amount: invoice.payable(),
            vat: invoice.vat,
            issuance_date: milliseconds(invoice.issued_at),
            delivery_date: 0,
            bill_number: invoice.bill_number.as_deref(),
            payment_bill_number: invoice.payment_bill_number.to_string(),
            unique_number: &invoice.unique_number,
            description: invoice.description.as_deref(),
            payment_date: payment
                .filter(|_| took_money)
                .map_or(0, |payment| milliseconds(payment.at)),
            payed: paid,
            serial: 0,
            canceled: invoice.state == State::Canceled,
            cancel_date: canceled_at.map_or(0, milliseconds),
            business: BusinessAnswer {
                id: issuer
                    .and_then(super::keys::Account::business_id)
                    .unwrap_or_default(),
                name: issuer.map(super::keys::Account::name).unwrap_or_default(),
            },
            invoice_item_srvs: invoice.items.iter().map(ItemAnswer::from).collect(),
            guild_srv: GuildAnswer {
                name: &invoice.guild,
                code: &invoice.guild,
            },
            user_srv: invoice.user_id.and_then(user),
            cellphone_number: invoice.cellphone.as_deref(),
            closed: invoice.closed,
            verification_needed: invoice.verification != Verification::NotNeeded,
            metadata: invoice.metadata.as_deref(),
            safe: false,
            post_voucher_enabled: false,
            reference_number: &invoice.reference,
            last_four_digit_of_card_number: slip.map(|slip| slip.last_four.as_str()),
            masked_card_number: slip.map(|slip| slip.masked.as_str()),
            issuer_srv: user(invoice.issuer),
            will_be_paid_at: invoice
                .due
                .filter(|_| invoice.state == State::Guaranteed)
                .map(milliseconds),
            will_be_blocked: invoice.blocked_for.is_some(),
            will_be_paid: matches!(invoice.state, State::Guaranteed | State::AwaitingSettlement),
            edited: false,
            waiting: invoice.is_waiting(),
            sub_invoice: false,
        }
    }
}

impl Invoice {
    /// What POD calls waiting: for the payer at the gateway, or for the business to verify.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::AtGateway | State::AwaitingVerification)
    }
}

impl<'a> From<&'a Item> for ItemAnswer<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            id: item.id,
            amount: item.price,
            description: &item.description,
            quantity: item.quantity,
            voucher_usage_srvs: [],
        }
    }
}

fn milliseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}

/// Writes a decimal as a JSON number with all its digits.
fn exact<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let text = amount.normalize().to_string();
    RawValue::from_string(text)
        .map_err(S::Error::custom)?
        .serialize(serializer)
}
