mod answered;
mod asked;
mod named;

use std::collections::BTreeSet;

use paylink_core::{
    Answer, Class, FieldKey, Handle, Invalid, JalaliDate, Lookup, Operation, Rejection, Reply,
    Request,
};

use crate::account::SizPayAccount;
use crate::answer;
use crate::method::Method;
use crate::{InvoiceNumber, Payment, SendId};

pub(crate) use asked::Asked;
pub(crate) use named::NamedPayStatus;

/// The most ids in one request. SizPay documents no bound; this one keeps an answer well within its cap.
const PER_REQUEST: usize = 100;

/// The most ids in one question.
const MOST: usize = 5_000;

/// A question for the states of sent links (document "REST", sections 6 to 8, and document "ASMX",
/// `PayLinkPayStatusSoap`; proven).
///
/// It asks by send ids, by invoice numbers, or about a whole day; the ASMX service answers by send ids alone. Up to 5,000
/// ids are asked about in one go; they go out in requests of at most 100.
#[derive(Clone, Debug)]
#[must_use = "a state is read by the client"]
pub struct PayStatus {
    sent_on: JalaliDate,
    asked: Asked,
}

impl PayStatus {
    /// The links with these ids, sent on this day. The ASMX service does not ask for the day.
    ///
    /// # Errors
    ///
    /// No id at all, which SizPay would take for the whole day, or more than 5,000.
    pub fn of_send_ids(
        sent_on: JalaliDate,
        ids: impl IntoIterator<Item = SendId>,
    ) -> Result<PayStatus, Invalid> {
        let asked = Asked::SendIds(some(SendId::KEY, ids)?);
        Ok(PayStatus { sent_on, asked })
    }

    /// The links of these invoices, sent on this day.
    ///
    /// # Errors
    ///
    /// No number at all, which SizPay would take for the whole day, more than 5,000, or one that cannot be an invoice
    /// number.
    pub fn of_invoice_numbers(
        sent_on: JalaliDate,
        numbers: impl IntoIterator<Item: TryInto<InvoiceNumber, Error: Into<Invalid>>>,
    ) -> Result<PayStatus, Invalid> {
        let numbers = numbers.into_iter().map(TryInto::try_into);
        let numbers: Vec<InvoiceNumber> = numbers.collect::<Result<_, _>>().map_err(Into::into)?;
        let asked = Asked::InvoiceNumbers(some(InvoiceNumber::KEY, numbers)?);
        Ok(PayStatus { sent_on, asked })
    }

    /// Every link that was sent on this day.
    pub fn of_day(sent_on: JalaliDate) -> PayStatus {
        PayStatus {
            sent_on,
            asked: Asked::Day,
        }
    }

    /// The requests that the question needs.
    pub(crate) fn requests(self) -> impl Iterator<Item = ReadPayStatus> {
        let sent_on = self.sent_on;
        self.asked
            .in_parts(PER_REQUEST)
            .into_iter()
            .map(move |asked| ReadPayStatus { sent_on, asked })
    }
}

/// One request for states, as [`PayStatus`] splits up.
#[derive(Clone, Debug)]
pub struct ReadPayStatus {
    sent_on: JalaliDate,
    asked: Asked,
}

impl Operation for ReadPayStatus {
    type Account = SizPayAccount;
    type Output = Vec<Payment>;

    const NAME: &'static str = "pay-link-pay-status";
    const CLASS: Class = Class::Read;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn unsupported(&self, account: &SizPayAccount) -> Option<&'static str> {
        let by_send_ids = matches!(self.asked, Asked::SendIds(_));
        (!account.is_rest() && !by_send_ids).then_some(
            "SizPay's ASMX service tells states by send id alone: use Via::Rest, or ask by send id",
        )
    }

    fn request(&self, account: &SizPayAccount) -> Result<Request, Invalid> {
        let parameters = account.credentials();
        let parameters = if account.is_rest() {
            parameters
                .text("PayLinkSendDate", self.sent_on.to_string())
                .number("PayLinkFilterTyp", self.asked.filter_type())
                .text("PayLinkFilterList", self.asked.list())
        } else {
            parameters.text("PayLinkIdList", self.asked.list())
        };
        account.request(Method::PayStatus, &parameters)
    }

    fn decode(&self, account: &SizPayAccount, reply: Reply<'_>) -> Result<Vec<Payment>, Rejection> {
        let answer = answer::successful(account, reply, Method::PayStatus)?;
        answered::payments(answer.into_states()?, &self.asked)
    }

    fn answer(&self, account: &SizPayAccount) -> Answer {
        account.answer()
    }

    fn largest_answer(&self, account: &SizPayAccount) -> usize {
        match (&self.asked, account.via().is_soap()) {
            (_, true) => 64 * 1024,
            (Asked::Day, false) => 4 * 1024 * 1024,
            (Asked::SendIds(_) | Asked::InvoiceNumbers(_), false) => 256 * 1024,
        }
    }

    fn refuses_with_500(&self, account: &SizPayAccount) -> bool {
        account.via().is_soap()
    }

    fn needs_own_connection(&self, _: &SizPayAccount) -> bool {
        // "State of the first id" names no id, and a day's list no day: an answer to another question would be believed.
        // Of several ids only what is named is told.
        !matches!(&self.asked, Asked::SendIds(ids) if ids.len() > 1)
    }

    fn describe(&self, account: &SizPayAccount, handle: Handle) -> Handle {
        handle
            .merchant(account.link_name())
            .id("PayLinkSendDate", self.sent_on.to_string())
    }
}

/// What was given, each once, in its order.
fn some<T: Ord + Clone>(
    field: FieldKey,
    given: impl IntoIterator<Item = T>,
) -> Result<Vec<T>, Invalid> {
    let mut seen = BTreeSet::new();
    let mut some = Vec::new();
    for one in given {
        if seen.insert(one.clone()) {
            some.push(one);
        }
        if some.len() > MOST {
            return Err(Invalid::new(field, "is given more than 5000 times")
                .remedy("ask about them in parts, or about the whole day"));
        }
    }
    if some.is_empty() {
        return Err(Invalid::new(field, "is missing")
            .remedy("give at least one; PayStatus::of_day asks about a whole day"));
    }
    Ok(some)
}
