use std::time::SystemTime;

use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::invoice::{Invoice, State};
use crate::pod::params::Params;
use crate::pod::refusal::Refusal;
use crate::pod::wire::InvoiceAnswer;

const DEFAULT_SIZE: u64 = 50;

/// Lists the caller's invoices: the newest first from `offset` or from `lastId` downwards, the oldest
/// first from `firstId` upwards.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.require_business()?;
    let start = Start::read(call.params)?;
    let size = call.params.id("size")?.unwrap_or(DEFAULT_SIZE);
    let filter = Filter::read(call.params)?;

    let store = call.pod.store();
    let mut matching: Vec<&Invoice> = store
        .all()
        .filter(|invoice| invoice.issuer == call.caller.user_id() && filter.admits(invoice))
        .collect();
    let count = matching.len();
    match start {
        Start::Offset(_) => matching.reverse(),
        Start::FirstId(first) => matching.retain(|invoice| invoice.id >= first),
        Start::LastId(last) => {
            matching.retain(|invoice| invoice.id <= last);
            matching.reverse();
        }
    }
    let skipped = match start {
        Start::Offset(offset) => offset,
        Start::FirstId(_) | Start::LastId(_) => 0,
    };
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
        let (offset, first, last) = (
            params.id("offset")?,
            params.id("firstId")?,
            params.id("lastId")?,
        );
        match (offset, first, last) {
            (Some(offset), None, None) => Ok(Self::Offset(offset)),
            (None, Some(first), None) => Ok(Self::FirstId(first)),
            (None, None, Some(last)) => Ok(Self::LastId(last)),
            (None, None, None) => Err(Refusal::missing("offset")),
            _ => Err(Refusal::invalid("offset")),
        }
    }
}

/// Which invoices are wanted; what is not named does not matter.
#[derive(Debug)]
struct Filter<'a> {
    id: Option<u64>,
    user_id: Option<u64>,
    bill_number: Option<&'a str>,
    unique_number: Option<&'a str>,
    reference_number: Option<&'a str>,
    guild: Option<&'a str>,
    payed: Option<bool>,
    waiting: Option<bool>,
    canceled: Option<bool>,
    closed: Option<bool>,
    from: Option<SystemTime>,
    to: Option<SystemTime>,
}

impl<'a> Filter<'a> {
    fn read(params: &'a Params) -> Result<Self, Refusal> {
        Ok(Self {
            id: params.id("id")?,
            user_id: params.id("userId")?,
            bill_number: params.get("billNumber"),
            unique_number: params.get("uniqueNumber"),
            reference_number: params.get("referenceNumber"),
            guild: params.get("guildCode"),
            payed: params.truth("isPayed")?,
            waiting: params.truth("isWaiting")?,
            canceled: params.truth("isCanceled")?,
            closed: params.truth("isClosed")?,
            from: params.moment("fromDate")?,
            to: params.moment("toDate")?,
        })
    }

    fn admits(&self, invoice: &Invoice) -> bool {
        let text = |wanted: Option<&str>, given: Option<&str>| {
            wanted.is_none_or(|wanted| given == Some(wanted))
        };
        let flag = |wanted: Option<bool>, given: bool| wanted.is_none_or(|wanted| wanted == given);
        self.id.is_none_or(|id| invoice.id == id)
            && self
                .user_id
                .is_none_or(|user| invoice.user_id == Some(user))
            && text(self.bill_number, invoice.bill_number.as_deref())
            && text(self.unique_number, Some(&invoice.unique_number))
            && text(self.reference_number, Some(&invoice.reference))
            && text(self.guild, Some(&invoice.guild))
            && flag(self.payed, invoice.state == State::Paid)
            && flag(self.waiting, invoice.is_waiting())
            && flag(self.canceled, invoice.state == State::Canceled)
            && flag(self.closed, invoice.closed)
            && self.from.is_none_or(|from| invoice.issued_at >= from)
            && self.to.is_none_or(|to| invoice.issued_at <= to)
    }
}

fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
