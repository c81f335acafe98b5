//! What the shop is shown: an order, an event, an account, as JSON.

use std::collections::BTreeMap;
use std::time::SystemTime;

use jiff::Timestamp;
use paylink::desk::{Delivery, Stage, StoredOrder};
use paylink::{Created, Money, PaymentState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::alarms::Alarm;
use crate::store::events::EventLine;
use crate::store::orders::Beside;
use crate::store::refunds::Refund;

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(title = "Order")]
pub(crate) struct OrderView {
    /// The order's name.
    pub(crate) order: String,
    /// The account through which it is to be paid.
    pub(crate) account: String,
    /// The account's provider; null if the service has the account no more.
    pub(crate) provider: Option<&'static str>,
    /// The reference of its first payment.
    pub(crate) reference: String,
    /// What it costs, in the unit in which the shop said it: an exact decimal.
    pub(crate) amount: String,
    #[schema(example = "IRT")]
    pub(crate) currency: &'static str,
    #[schema(value_type = StageWord)]
    pub(crate) stage: Stage,
    /// Null if another program put it into the books.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) created_at: Option<Time>,
    /// What the payer is to be shown; null as long as it is not known to be there.
    pub(crate) payment: Option<PaymentView>,
    /// What the provider said when it was asked the last time; null as long as it was not, and once the order is paid.
    pub(crate) seen: Option<SeenView>,
    /// What proved that it is paid: the goods are due.
    pub(crate) paid: Option<PaidView>,
    /// When it was said that its goods are taken care of.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) acknowledged_at: Option<Time>,
    pub(crate) refund: Option<RefundView>,
    /// The shop's own page, to which the payer comes back.
    pub(crate) return_to: Option<String>,
}

/// How far an order has come.
///
/// `new`: no payment was asked for. `creating`: one was asked for, and what came of that is not known. `open`: it can be
/// paid. `over`: nothing is expected any more. `awaiting_delivery`: it is paid, and its goods are due. `delivered`: somebody
/// said that they are taken care of.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes what the desk's own type writes")]
pub(crate) enum StageWord {
    New,
    Creating,
    Open,
    Over,
    AwaitingDelivery,
    Delivered,
}

/// What the provider said when it was asked the last time. It proves nothing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SeenView {
    /// `unpaid`, `paying`, `unconfirmed`, `paid`, `promised`, `expired`, `failed`, `cancelled`, `refunded`, or `unclear`; null
    /// if it could not be asked.
    #[schema(example = "unpaid")]
    pub(crate) state: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Time,
}

/// What the payer is to be shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaymentView {
    /// The page where the payer pays; null where the provider tells the payer by itself, by SMS say.
    pub(crate) link: Option<String>,
    /// What to transfer, for a payment from card to card.
    pub(crate) transfer: Option<TransferView>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Time>,
    /// The reference it was made under.
    pub(crate) reference: String,
    /// The provider's own ids of it.
    pub(crate) ids: BTreeMap<String, String>,
}

/// A transfer from card to card.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TransferView {
    /// What to transfer, neither more nor less; it can differ from the price.
    pub(crate) amount: String,
    pub(crate) currency: &'static str,
    /// The shop's cards, to any of which it may go.
    pub(crate) cards: Vec<CardView>,
}

/// One of the shop's own cards.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct CardView {
    number: String,
    holder: Option<String>,
    bank: Option<String>,
}

impl std::fmt::Debug for CardView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardView")
    }
}

/// What proved that an order is paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaidView {
    /// How much, in the unit in which the provider counts.
    pub(crate) amount: String,
    pub(crate) currency: &'static str,
    pub(crate) account: String,
    pub(crate) provider: String,
    pub(crate) reference: String,
    /// The provider's id of the payment.
    pub(crate) provider_reference: String,
    /// The number under which the payment itself was made, where the provider reports one.
    pub(crate) receipt: Option<String>,
    /// The fields that were compared and equal.
    pub(crate) compared: Vec<String>,
    /// The fields that the provider never reports.
    pub(crate) not_reported: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Time,
}

/// How far giving the money back has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RefundView {
    #[schema(value_type = RefundWord)]
    pub(crate) state: &'static str,
    /// When it was done, or asked for.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Time,
}

/// `asked`: the provider is being asked. `unknown`: it may have been carried out; ask for the refund again, and it is looked
/// up first. `done`: the money went back.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes the words above")]
pub(crate) enum RefundWord {
    Asked,
    Unknown,
    Done,
}

impl OrderView {
    pub(crate) fn of(
        name: &str,
        order: &StoredOrder,
        provider: Option<&'static str>,
        created_at: Option<SystemTime>,
        beside: Option<&Beside>,
        refund: Option<&Refund>,
    ) -> OrderView {
        let (payment, ledger) = (order.payment(), order.ledger());
        let reference = payment.reference();
        let newest = ledger.attempts().last();
        let newest = newest.map_or(reference, |attempt| attempt.reference(reference));
        let created_at = created_at.or_else(|| beside.map(|beside| beside.created_at));
        OrderView {
            order: name.to_owned(),
            account: order.account().to_owned(),
            provider,
            reference: reference.as_str().to_owned(),
            amount: payment.price().amount(),
            currency: payment.price().currency().code(),
            stage: ledger.stage(),
            created_at: created_at.map(Time),
            payment: ledger
                .created()
                .map(|created| PaymentView::of(created, newest.as_str())),
            seen: ledger.looked_at().map(|at| SeenView {
                state: ledger.seen().map(|state| match state {
                    PaymentState::Unclear(_) => "unclear".to_owned(),
                    state => state.as_str().to_owned(),
                }),
                at: Time(at),
            }),
            paid: ledger.delivery().map(PaidView::of),
            acknowledged_at: ledger.delivered_at().map(Time),
            refund: refund.map(|refund| RefundView {
                state: refund.state.as_str(),
                at: Time(refund.done_at.unwrap_or(refund.asked_at)),
            }),
            return_to: beside.and_then(|beside| beside.return_to.clone()),
        }
    }
}

impl PaymentView {
    fn of(created: &Created, reference: &str) -> PaymentView {
        let ids = created.record().ids();
        PaymentView {
            link: created.link().map(|link| link.as_str().to_owned()),
            transfer: created.transfer().map(|transfer| TransferView {
                amount: transfer.amount().amount(),
                currency: transfer.amount().currency().code(),
                cards: transfer
                    .cards()
                    .iter()
                    .map(|card| CardView {
                        number: card.number().to_owned(),
                        holder: card.holder().map(str::to_owned),
                        bank: card.bank().map(str::to_owned),
                    })
                    .collect(),
            }),
            expires_at: created.expires_at().map(Time),
            reference: reference.to_owned(),
            ids: ids
                .map(|(name, id)| (name.to_owned(), id.to_owned()))
                .collect(),
        }
    }
}

impl PaidView {
    fn of(delivery: &Delivery) -> PaidView {
        PaidView {
            amount: delivery.amount().amount(),
            currency: delivery.amount().currency().code(),
            account: delivery.account().to_owned(),
            provider: delivery.provider().to_owned(),
            reference: delivery.reference().as_str().to_owned(),
            provider_reference: delivery.provider_reference().to_owned(),
            receipt: delivery.receipt().map(str::to_owned),
            compared: delivery.compared_fields().map(str::to_owned).collect(),
            not_reported: delivery.unreported_fields().map(str::to_owned).collect(),
            at: Time(delivery.settled_at()),
        }
    }
}

/// An event, and whether the shop has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(title = "Event")]
pub(crate) struct EventView {
    /// The same in the header `webhook-id`, however often it is sent.
    id: String,
    #[serde(rename = "type")]
    #[schema(example = "order.paid")]
    kind: String,
    order: String,
    #[schema(value_type = EventWord)]
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it is sent again by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Time>,
    /// How often it was sent.
    attempts: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    arrived_at: Option<Time>,
    /// Why the newest try failed.
    problem: Option<String>,
}

/// `due`: it is sent, and tried again. `arrived`: the shop answered with 2xx. `dead`: three days of tries failed, and it is
/// sent again only if somebody asks for that. `not_sent`: the service had no address to send it to.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes the words of `state`")]
pub(crate) enum EventWord {
    Due,
    Arrived,
    Dead,
    NotSent,
}

impl EventLine {
    /// How it stands, in one word.
    pub(crate) fn state(&self) -> &'static str {
        match (self.arrived_at, self.dead_at, self.due_at) {
            (Some(_), _, _) => "arrived",
            (None, Some(_), _) => "dead",
            (None, None, Some(_)) => "due",
            (None, None, None) => "not_sent",
        }
    }
}

impl From<EventLine> for EventView {
    fn from(event: EventLine) -> EventView {
        EventView {
            state: event.state(),
            id: event.id,
            kind: event.kind,
            order: event.order,
            created_at: Time(event.created_at),
            due_at: event.due_at.map(Time),
            attempts: event.attempts,
            arrived_at: event.arrived_at.map(Time),
            problem: event.problem,
        }
    }
}

/// What needs a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(title = "Alarm")]
pub(crate) struct AlarmView {
    id: String,
    #[schema(value_type = AlarmWord)]
    kind: &'static str,
    order: String,
    /// What was found, in English.
    detail: String,
    #[schema(value_type = String, format = DateTime)]
    raised_at: Time,
    /// When it was seen the last time.
    #[schema(value_type = String, format = DateTime)]
    seen_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Time>,
}

/// `mismatch`: the payment that the provider reports is not the order's. `lost`: whether the payment was created cannot be
/// found out.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes the words of `kind`")]
pub(crate) enum AlarmWord {
    Mismatch,
    Lost,
}

impl From<Alarm> for AlarmView {
    fn from(alarm: Alarm) -> AlarmView {
        AlarmView {
            id: alarm.id,
            kind: alarm.kind.as_str(),
            order: alarm.order,
            detail: alarm.detail,
            raised_at: Time(alarm.raised_at),
            seen_at: Time(alarm.seen_at),
            resolved_at: alarm.resolved.map(|resolved| Time(resolved.at)),
        }
    }
}

/// An amount of money, as text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MoneyView {
    amount: String,
    currency: &'static str,
}

impl From<&Money> for MoneyView {
    fn from(money: &Money) -> MoneyView {
        MoneyView {
            amount: money.amount(),
            currency: money.currency().code(),
        }
    }
}

/// A moment, written as RFC 3339 in UTC to the millisecond.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Time(pub(crate) SystemTime);

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = Timestamp::try_from(self.0).unwrap_or_default();
        serializer.collect_str(&format_args!("{time:.3}"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_written_to_the_millisecond() {
        let at = |millis| Time(SystemTime::UNIX_EPOCH + Duration::from_millis(millis));
        let written = |time| serde_json::to_string(&time).unwrap();
        assert_eq!(written(at(0)), "\"1970-01-01T00:00:00.000Z\"");
        assert_eq!(
            written(at(1_795_970_700_120)),
            "\"2026-11-29T16:45:00.120Z\""
        );
    }

    #[test]
    fn the_words_that_are_described_are_those_that_are_written() {
        let described = |schema: utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>| {
            let schema = serde_json::to_value(schema).unwrap();
            schema["enum"].clone()
        };
        use utoipa::PartialSchema;
        let stages = serde_json::to_value(Stage::ALL).unwrap();
        assert_eq!(described(StageWord::schema()), stages);
    }
}
