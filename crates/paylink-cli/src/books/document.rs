//! What a program reads of the books, and how a person reads the same values.

use std::time::SystemTime;

use paylink::desk::{Delivery, Stage, StoredOrder};
use paylink::{JalaliDateTime, Money, NewPayment};
use paylink_books::{DeliveryLine, OrderLine};
use serde::Serialize;

/// What a stage means for the merchant.
pub(super) fn meaning(stage: Stage) -> &'static str {
    match stage {
        Stage::New => "no payment was asked for",
        Stage::Creating => "a payment was asked for, and what came of it is not written",
        Stage::Open => "a payment is there, to be paid",
        Stage::Over => "nothing is expected of its payments any more",
        Stage::AwaitingDelivery => "it is paid, and its goods have not gone out",
        Stage::Delivered => "its goods went out",
        _ => "a stage that this release does not know",
    }
}

/// A time as Tehran's calendar and clock show it.
pub(super) fn in_tehran(time: SystemTime) -> String {
    match JalaliDateTime::from_system_time(time) {
        Ok(time) => time.to_string(),
        Err(_) => format!("{} ms since 1970", in_ms(time)),
    }
}

/// When something is due that may be due already.
pub(super) fn due_at(time: Option<SystemTime>) -> String {
    match time {
        None => "–".to_owned(),
        Some(time) if time <= SystemTime::now() => "now".to_owned(),
        Some(time) => in_tehran(time),
    }
}

/// A time as every stored document has it.
pub(super) fn in_ms(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// An order of a list.
#[derive(Debug, Serialize)]
pub(super) struct LineDocument {
    pub(super) name: String,
    account: String,
    reference: String,
    stage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_check_at_ms: Option<u64>,
    /// Until when a call holds it, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until_ms: Option<u64>,
    created_at_ms: u64,
}

impl LineDocument {
    pub(super) fn of(line: &OrderLine) -> LineDocument {
        let held = (line.claimed_until > SystemTime::now()).then_some(line.claimed_until);
        LineDocument {
            name: line.name.clone(),
            account: line.account.clone(),
            reference: line.reference.clone(),
            stage: line.stage.clone(),
            next_check_at_ms: line.next_check_at.map(in_ms),
            held_until_ms: held.map(in_ms),
            created_at_ms: in_ms(line.created_at),
        }
    }
}

/// Everything that may be shown of one order: no card and no national id, neither the payer's nor the merchant's.
#[derive(Debug, Serialize)]
pub(super) struct OrderDocument {
    name: String,
    account: String,
    stage: Stage,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_check_at_ms: Option<u64>,
    /// What is to be paid.
    order: NewPayment,
    /// The newest payment, once it is known to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at_ms: Option<u64>,
    /// The row of the outbox, once the order is handed out.
    #[serde(skip_serializing_if = "Option::is_none")]
    outbox: Option<DeliveryDocument>,
}

/// A payment that was asked for. The cards of a transfer and what its provider's client keeps for itself stay behind.
#[derive(Debug, Serialize)]
struct PaymentDocument {
    provider: String,
    reference: String,
    amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// What has to be transferred, for a payment from card to card.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer_exactly: Option<Money>,
    created_at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<u64>,
}

impl OrderDocument {
    pub(super) fn of(
        name: &str,
        order: &StoredOrder,
        outbox: Option<&DeliveryLine>,
    ) -> OrderDocument {
        let ledger = order.ledger();
        let payment = ledger.created().map(|created| {
            let record = created.record();
            PaymentDocument {
                provider: record.provider().to_owned(),
                reference: record.reference().to_string(),
                amount: *record.amount(),
                merchant: record.merchant().map(str::to_owned),
                link: created.link().map(|link| link.as_str().to_owned()),
                transfer_exactly: created.transfer().map(|transfer| *transfer.amount()),
                created_at_ms: in_ms(record.created_at()),
                expires_at_ms: created.expires_at().map(in_ms),
            }
        });
        OrderDocument {
            name: name.to_owned(),
            account: order.account().to_owned(),
            stage: ledger.stage(),
            next_check_at_ms: ledger.next_check_at().map(in_ms),
            order: order.payment().without_private_data(),
            payment,
            delivery: ledger.delivery().cloned(),
            delivered_at_ms: ledger.delivered_at().map(in_ms),
            outbox: outbox.map(DeliveryDocument::of),
        }
    }
}

/// A row of the outbox.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryDocument {
    id: String,
    order: String,
    created_at_ms: u64,
    /// When it is tried again; none once it is closed, and for a dead letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at_ms: Option<u64>,
    /// Since when it is a dead letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_at_ms: Option<u64>,
    attempts: u64,
}

impl DeliveryDocument {
    pub(super) fn of(line: &DeliveryLine) -> DeliveryDocument {
        DeliveryDocument {
            id: line.id.clone(),
            order: line.order.clone(),
            created_at_ms: in_ms(line.created_at),
            due_at_ms: line.due_at.map(in_ms),
            dead_at_ms: line.dead_at.map(in_ms),
            attempts: line.attempts,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use paylink::{CardNumber, Created, NationalId, PayToCard, PaymentRecord, Rial, Transfer};
    use serde_json::json;

    use super::*;

    #[test]
    fn no_card_and_no_national_id_is_in_the_document_of_an_order() {
        let (payers, own, id) = ("6037701689095443", "6219861034529007", "0076229645");
        let price = Money::from(Rial::new(150_000));
        let payment = NewPayment::new("1000", price)
            .unwrap()
            .with_payer_card(CardNumber::parse(payers).unwrap())
            .with_national_id(NationalId::parse(id).unwrap());
        let reference = payment.reference().clone();
        let record = PaymentRecord::new("mock", reference, price, SystemTime::UNIX_EPOCH)
            .with_detail(format!("sealed for {payers}"));
        let card = PayToCard::new(own, None, None);
        let created = Created::new(record).with_transfer(Transfer::new(price, vec![card]));
        let ledger = json!({
            "version": "2",
            "order": "1000",
            "attempts": [{"account": "main", "progress": {"made": created}}],
        });
        let order = StoredOrder::new("main", payment);
        let order = order.with_ledger(serde_json::from_value(ledger).unwrap());
        let document = OrderDocument::of("1000", &order, None);
        let document = serde_json::to_value(&document).unwrap();
        assert_eq!(document["payment"]["transfer_exactly"]["amount"], "150000");
        for private in [payers, own, id] {
            assert!(!document.to_string().contains(private), "{document}");
        }
    }

    #[test]
    fn a_time_is_that_of_tehran_and_one_of_no_calendar_is_still_told() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(in_tehran(at(1_612_866_909)), "1399/11/21 14:05:09");
        assert_eq!(in_tehran(at(9_000_000_000)), "9000000000000 ms since 1970");
        assert_eq!(due_at(Some(SystemTime::UNIX_EPOCH)), "now");
        assert_eq!(due_at(None), "–");
    }
}
