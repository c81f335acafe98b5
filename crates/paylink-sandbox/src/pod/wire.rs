use std::time::{SystemTime, UNIX_EPOCH};

use rust_decimal::Decimal;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::invoice::{Invoice, Item, State, Verification};
use super::keys::{Account, Accounts};
use crate::view::view;

view! {
    /// An invoice as POD's answers show it.
    #[derive(Debug, Serialize)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct InvoiceAnswer<'a> of (invoice: &'a Invoice, accounts: &'a Accounts) {
        id: u64 = invoice.id,
        total_amount_without_discount: Exact = Exact(invoice.total),
        delegation_amount: Exact = Exact(payment.map_or(Decimal::ZERO, |it| it.drawn.credited())),
        total_amount: Exact = Exact(invoice.total),
        payable_amount: Exact = Exact(invoice.payable()),
        vat: Exact = Exact(invoice.vat),
        issuance_date: u128 = milliseconds(invoice.issued_at),
        delivery_date: u128 = 0,
        #[serde(skip_serializing_if = "Option::is_none")]
        bill_number: Option<&'a str> = invoice.bill_number.as_deref(),
        payment_bill_number: String = invoice.payment_bill_number.to_string(),
        unique_number: &'a str = &invoice.unique_number,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str> = invoice.description.as_deref(),
        payment_date: u128 = taken.map_or(0, |payment| milliseconds(payment.at)),
        payed: bool = invoice.state == State::Paid,
        serial: u64 = 0,
        canceled: bool = invoice.state == State::Canceled,
        cancel_date: u128 = canceled_at.map_or(0, milliseconds),
        business: BusinessAnswer<'a> = BusinessAnswer {
            id: issuer.and_then(Account::business_id).unwrap_or_default(),
            name: issuer.map(Account::name).unwrap_or_default(),
        },
        invoice_item_srvs: Vec<ItemAnswer<'a>> = invoice.items.iter().map(ItemAnswer::of).collect(),
        guild_srv: GuildAnswer<'a> = GuildAnswer {
            name: &invoice.guild,
            code: &invoice.guild,
        },
        #[serde(skip_serializing_if = "Option::is_none")]
        user_srv: Option<UserAnswer<'a>> = invoice.user_id.and_then(user),
        #[serde(skip_serializing_if = "Option::is_none")]
        cellphone_number: Option<&'a str> = invoice.cellphone.as_deref(),
        closed: bool = invoice.closed,
        verification_needed: bool = invoice.verification != Verification::NotNeeded,
        #[serde(skip_serializing_if = "Option::is_none")]
        metadata: Option<&'a str> = invoice.metadata.as_deref(),
        safe: bool = false,
        post_voucher_enabled: bool = false,
        reference_number: &'a str = &invoice.reference,
        #[serde(skip_serializing_if = "Option::is_none")]
        last_four_digit_of_card_number: Option<&'a str> = slip.map(|slip| slip.last_four.as_str()),
        #[serde(skip_serializing_if = "Option::is_none")]
        masked_card_number: Option<&'a str> = slip.map(|slip| slip.masked.as_str()),
        #[serde(skip_serializing_if = "Option::is_none")]
        issuer_srv: Option<UserAnswer<'a>> = user(invoice.issuer),
        #[serde(skip_serializing_if = "Option::is_none")]
        will_be_paid_at: Option<u128> = promised.map(milliseconds),
        will_be_blocked: bool = invoice.blocked_for.is_some(),
        will_be_paid: bool = matches!(invoice.state, State::Guaranteed | State::AwaitingSettlement),
        edited: bool = false,
        waiting: bool = invoice.is_waiting(),
        sub_invoice: bool = false,
    } with {
        let payment = invoice.payment.as_ref();
        let taken = payment.filter(|_| invoice.state.took_money());
        let slip = payment.and_then(|payment| payment.card.as_ref());
        let issuer = accounts.with_user_id(invoice.issuer);
        let last = invoice.history.last().filter(|_| invoice.state == State::Canceled);
        let canceled_at = last.map(|event| event.at);
        let promised = invoice.due.filter(|_| invoice.state == State::Guaranteed);
        let user = |id| accounts.with_user_id(id).map(UserAnswer::of);
    }
}

#[derive(Debug, Serialize)]
struct BusinessAnswer<'a> {
    id: u64,
    name: &'a str,
}

view! {
    #[derive(Debug, Serialize)]
    #[serde(rename_all = "camelCase")]
    struct UserAnswer<'a> of (account: &'a Account) {
        id: u64 = account.user_id(),
        name: &'a str = account.name(),
        sso_id: String = account.user_id().to_string(),
        sso_issuer_code: u8 = 1,
    }
}

#[derive(Debug, Serialize)]
struct GuildAnswer<'a> {
    name: &'a str,
    code: &'a str,
}

view! {
    #[derive(Debug, Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ItemAnswer<'a> of (item: &'a Item) {
        id: u64 = item.id,
        amount: Exact = Exact(item.price),
        description: &'a str = &item.description,
        quantity: Exact = Exact(item.quantity),
        voucher_usage_srvs: [(); 0] = [],
    }
}

impl Invoice {
    /// What POD calls waiting: for the payer at the gateway, or for the business to verify.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::AtGateway | State::AwaitingVerification)
    }
}

fn milliseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}

/// A decimal that is written as a JSON number with all its digits.
#[derive(Debug)]
struct Exact(Decimal);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.normalize().to_string();
        let number = RawValue::from_string(text).map_err(S::Error::custom)?;
        number.serialize(serializer)
    }
}
