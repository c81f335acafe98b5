use std::collections::BTreeSet;

use paylink_core::json::Wire;
use paylink_core::{
    ComparedField, DecodeError, FieldKey, Handle, Idempotency, Invalid, JalaliDate, Lookup,
    MediaType, Mismatch, Operation, Request, Response, Untrusted,
};

use crate::answer::States;
use crate::config::{Method, SizPayConfig};
use crate::fields::{FIRST_REFERENCE, FIRST_STATUS, LIST, ReferenceField, StateField};
use crate::payment::{Named, Names};
use crate::{InvoiceNumber, PayState, Payment, SendId, answer};

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
    type Config = SizPayConfig;
    type Output = Vec<Payment>;

    const NAME: &'static str = "status";
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn unsupported(&self, config: &SizPayConfig) -> Option<&'static str> {
        let by_send_ids = matches!(self.asked, Asked::SendIds(_));
        (!config.is_rest() && !by_send_ids).then_some(
            "SizPay's ASMX service tells states by send id alone: use Via::Rest, or ask by send id",
        )
    }

    fn request(&self, config: &SizPayConfig) -> Result<Request, Invalid> {
        let parameters = config.credentials();
        let parameters = if config.is_rest() {
            parameters
                .text("PayLinkSendDate", self.sent_on.to_string())
                .number("PayLinkFilterTyp", self.asked.filter_type())
                .text("PayLinkFilterList", self.asked.list())
        } else {
            parameters.text("PayLinkIdList", self.asked.list())
        };
        config.request(Method::PayStatus, &parameters)
    }

    fn decode(
        &self,
        config: &SizPayConfig,
        response: Response<'_>,
    ) -> Result<Vec<Payment>, DecodeError> {
        let answer = answer::successful(config, response, Method::PayStatus)?;
        payments(answer.into_states()?, &self.asked)
    }

    fn accepts(&self, config: &SizPayConfig) -> MediaType {
        config.answer()
    }

    fn max_response_bytes(&self, config: &SizPayConfig) -> usize {
        match (&self.asked, config.via().is_soap()) {
            (_, true) => 64 * 1024,
            (Asked::Day, false) => 4 * 1024 * 1024,
            (Asked::SendIds(_) | Asked::InvoiceNumbers(_), false) => 256 * 1024,
        }
    }

    fn refusals_use_500(&self, config: &SizPayConfig) -> bool {
        config.via().is_soap()
    }

    fn needs_fresh_connection(&self, _: &SizPayConfig) -> bool {
        // "State of the first id" names no id, and a day's list no day: an answer to another question would be believed.
        // Of several ids only what is named is told.
        !matches!(&self.asked, Asked::SendIds(ids) if ids.len() > 1)
    }

    fn fill_handle(&self, config: &SizPayConfig, handle: Handle) -> Handle {
        handle
            .with_merchant(config.link_name())
            .with_id("PayLinkSendDate", self.sent_on.to_string())
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
            return Err(
                Invalid::new(field, "is given in more than 5000 different values")
                    .with_remedy("ask about them in parts, or about the whole day"),
            );
        }
    }
    if some.is_empty() {
        return Err(Invalid::new(field, "is missing")
            .with_remedy("give at least one; PayStatus::of_day asks about a whole day"));
    }
    Ok(some)
}

/// Which links a question is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Asked {
    SendIds(Vec<SendId>),
    InvoiceNumbers(Vec<InvoiceNumber>),
    Day,
}

impl Asked {
    fn in_parts(self, most: usize) -> Vec<Asked> {
        match self {
            Asked::SendIds(ids) => {
                let parts = ids.chunks(most);
                parts.map(|part| Asked::SendIds(part.to_vec())).collect()
            }
            Asked::InvoiceNumbers(numbers) => {
                let parts = numbers.chunks(most);
                parts
                    .map(|part| Asked::InvoiceNumbers(part.to_vec()))
                    .collect()
            }
            Asked::Day => vec![Asked::Day],
        }
    }

    /// `PayLinkFilterTyp`: 1 for invoice numbers, 0 for send ids; and 0 for a day, with an empty list.
    fn filter_type(&self) -> u64 {
        match self {
            Asked::InvoiceNumbers(_) => 1,
            Asked::SendIds(_) | Asked::Day => 0,
        }
    }

    /// The ids with commas between.
    fn list(&self) -> String {
        match self {
            Asked::SendIds(ids) => joined(ids),
            Asked::InvoiceNumbers(numbers) => joined(numbers),
            Asked::Day => String::new(),
        }
    }

    /// Holds what an answer names against what was asked about. Where that is a single link, an id that is there and
    /// cannot be read is another one.
    fn check(&self, payment: &Payment) -> Result<(), Mismatch> {
        let (field, expected, found) = match self {
            Asked::SendIds(ids) => {
                let id = payment.send_id.as_ref();
                let stranger = id.filter(|id| !ids.contains(id));
                let found = self.unexpected(stranger, payment.names.send_id);
                (ComparedField::Reference, expected(ids), found)
            }
            Asked::InvoiceNumbers(numbers) => {
                let number = payment.invoice_number.as_ref();
                let stranger = number.filter(|number| !numbers.contains(number));
                let found = self.unexpected(stranger, payment.names.invoice_number);
                (ComparedField::Order, expected(numbers), found)
            }
            Asked::Day => return Ok(()),
        };
        match found {
            None => Ok(()),
            Some(found) => Err(Mismatch::new(field, &expected, &found)),
        }
    }

    fn unexpected<T: ToString>(&self, stranger: Option<&T>, named: Named) -> Option<String> {
        match stranger {
            Some(stranger) => Some(stranger.to_string()),
            None if self.is_single() => named.instead(),
            None => None,
        }
    }

    /// Whether the payment names the first link that was asked about.
    fn is_first(&self, payment: &Payment) -> bool {
        match self {
            Asked::SendIds(ids) => payment.send_id.as_ref() == ids.first(),
            Asked::InvoiceNumbers(numbers) => payment.invoice_number.as_ref() == numbers.first(),
            Asked::Day => false,
        }
    }

    /// Fills in what a single payment leaves out, where a single link was asked about.
    fn fill_in(&self, payment: &mut Payment) {
        match self {
            Asked::SendIds(ids) => {
                if let [id] = ids.as_slice() {
                    payment.send_id.get_or_insert(*id);
                }
            }
            Asked::InvoiceNumbers(numbers) => {
                if let [number] = numbers.as_slice() {
                    payment.invoice_number.get_or_insert_with(|| number.clone());
                }
            }
            Asked::Day => {}
        }
    }

    /// Whether a single link was asked about.
    fn is_single(&self) -> bool {
        match self {
            Asked::SendIds(ids) => ids.len() == 1,
            Asked::InvoiceNumbers(numbers) => numbers.len() == 1,
            Asked::Day => false,
        }
    }
}

fn joined<T: ToString>(all: &[T]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    all.join(",")
}

/// What was asked about, for a mismatch.
fn expected<T: ToString>(asked: &[T]) -> String {
    match asked {
        [one] => one.to_string(),
        several => format!("one of the {} that were asked about", several.len()),
    }
}

/// What an answer says about the links that were asked about (document "ASMX", `PayLinkPayStatusSoap`; proven).
///
/// REST documents none: the same names are looked for, with and without `prm` before them (a reading).
fn payments(states: States, asked: &Asked) -> Result<Vec<Payment>, DecodeError> {
    let first = First {
        status: states.first_status,
        reference: states.first_reference,
    };
    let list = match states.list {
        Wire::Absent | Wire::Null => None,
        list => list.required(LIST)?.payments(LIST)?,
    };
    match list {
        Some(payments) => {
            let payments = listed(asked, payments)?;
            first.agrees_with(asked, &payments)?;
            Ok(payments)
        }
        None if asked.is_single() => Ok(vec![first.alone(asked)?]),
        None => Err(Untrusted::new("PayLinkListStatus is missing").into()),
    }
}

/// Binds the elements of a list to what was asked about.
fn listed(asked: &Asked, mut payments: Vec<Payment>) -> Result<Vec<Payment>, DecodeError> {
    for payment in &payments {
        asked.check(payment)?;
    }
    if let [single] = payments.as_mut_slice() {
        asked.fill_in(single);
    }
    Ok(each_once(payments)?)
}

/// Takes once what is said twice about one send id. Sorting keeps it as fast for a day's links as for two.
fn each_once(mut payments: Vec<Payment>) -> Result<Vec<Payment>, Untrusted> {
    let named = payments.iter().enumerate();
    let mut named: Vec<(SendId, usize)> = named
        .filter_map(|(at, payment)| payment.send_id.map(|id| (id, at)))
        .collect();
    named.sort_unstable();
    let mut again = Vec::new();
    for pair in named.windows(2) {
        let [(id, before), (next, at)] = pair else {
            continue;
        };
        if id != next {
            continue;
        }
        let says_the_same = match (payments.get(*before), payments.get(*at)) {
            (Some(before), Some(again)) => before.says_the_same_as(again),
            _ => false,
        };
        if !says_the_same {
            return Err(Untrusted::new(
                "PayLinkListStatus says two things about one send id",
            ));
        }
        again.push(*at);
    }
    if !again.is_empty() {
        again.sort_unstable();
        let mut at = 0..;
        payments.retain(|_| {
            at.next()
                .is_some_and(|at| again.binary_search(&at).is_err())
        });
    }
    Ok(payments)
}

/// What the answer says about the first link that was asked about, outside of the list.
struct First {
    status: Wire<StateField>,
    reference: Wire<ReferenceField>,
}

impl First {
    /// Where this is all there is: it names no link, so only one may have been asked about.
    fn alone(self, asked: &Asked) -> Result<Payment, Untrusted> {
        let StateField(state) = self.status.required(FIRST_STATUS)?;
        let reference = self.reference.optional(FIRST_REFERENCE)?;
        let mut payment = Payment {
            send_id: None,
            invoice_number: None,
            state,
            reference: reference.and_then(|ReferenceField(number)| number),
            raw: None,
            names: Names::default(),
        };
        asked.fill_in(&mut payment);
        Ok(payment)
    }

    /// Beside a list it must not say otherwise. Its 0 is also what the field holds when nothing was found.
    fn agrees_with(self, asked: &Asked, payments: &[Payment]) -> Result<(), Untrusted> {
        if matches!(asked, Asked::Day) {
            return Ok(());
        }
        let status = self.status.optional(FIRST_STATUS)?;
        let reference = self.reference.optional(FIRST_REFERENCE)?;
        let first = payments.iter().find(|payment| asked.is_first(payment));
        let agrees = match first {
            // What the list cannot tell of this link stays undecided.
            Some(first) if matches!(first.state, PayState::Other(_)) => true,
            Some(first) => {
                status.is_none_or(|StateField(state)| state == first.state)
                    && reference.is_none_or(|ReferenceField(number)| number == first.reference)
            }
            None => {
                let found = status.is_some_and(|StateField(state)| state != PayState::Unpaid)
                    || reference.is_some_and(|ReferenceField(number)| number.is_some());
                // It may be an element that names nothing; a list that names all and not this one says "not found".
                !found || payments.iter().any(|payment| !payment.is_named())
            }
        };
        if agrees {
            Ok(())
        } else {
            Err(Untrusted::new(
                "what the answer says of the first link contradicts its list",
            ))
        }
    }
}

/// A question by send ids whose answer counts only if it names every link that it is about
/// ([`SizPay::named_status`](crate::SizPay::named_status)).
///
/// Such an answer cannot be taken for another question's, so that it may come over a connection that was kept.
#[derive(Clone, Debug)]
pub(crate) struct NamedPayStatus(ReadPayStatus);

impl NamedPayStatus {
    /// The most ids in one.
    pub(crate) const MOST: usize = PER_REQUEST;

    /// A question about at least one link, and at most [`MOST`](NamedPayStatus::MOST).
    pub(crate) fn new(sent_on: JalaliDate, ids: Vec<SendId>) -> NamedPayStatus {
        NamedPayStatus(ReadPayStatus {
            sent_on,
            asked: Asked::SendIds(ids),
        })
    }
}

impl Operation for NamedPayStatus {
    type Config = SizPayConfig;
    type Output = Vec<Payment>;

    const NAME: &'static str = ReadPayStatus::NAME;
    const IDEMPOTENCY: Idempotency = ReadPayStatus::IDEMPOTENCY;
    const LOOKUP: Lookup = ReadPayStatus::LOOKUP;

    fn request(&self, config: &SizPayConfig) -> Result<Request, Invalid> {
        self.0.request(config)
    }

    fn decode(
        &self,
        config: &SizPayConfig,
        response: Response<'_>,
    ) -> Result<Vec<Payment>, DecodeError> {
        self.0.decode(config, response)
    }

    fn accepts(&self, config: &SizPayConfig) -> MediaType {
        self.0.accepts(config)
    }

    fn max_response_bytes(&self, config: &SizPayConfig) -> usize {
        self.0.max_response_bytes(config)
    }

    fn refusals_use_500(&self, config: &SizPayConfig) -> bool {
        self.0.refusals_use_500(config)
    }

    fn fill_handle(&self, config: &SizPayConfig, handle: Handle) -> Handle {
        self.0.fill_handle(config, handle)
    }
}
