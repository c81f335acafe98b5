use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::{Duration, SystemTime};

use paylink_core::{
    Agreement, ClientConfig, ComparedField, Comparison, Effect, Error, ErrorKind, Invalid,
    JalaliDate, JalaliDateTime, Mismatch, Money, Operation, Rial,
};

use crate::config::SizPayConfig;
use crate::operations::{NamedPayStatus, PayStatus, ReadPayStatus};
use crate::payment::Named;
use crate::{Found, InvoiceNumber, PayState, Payment, SendId, Settlement, SizPay};

/// What the merchant's own record says about a payment; settling holds SizPay's report against it.
///
/// SizPay never reports the amount, the currency or the link name, and need not report the invoice number. What ties the
/// money to the order is the send id: take it from the order's record, where it was stored when the link was sent.
#[derive(Clone, Debug)]
#[must_use = "an expectation is settled by the client"]
pub struct Expected {
    send_id: SendId,
    invoice_number: InvoiceNumber,
    amount: Rial,
    days: Vec<JalaliDate>,
}

impl Expected {
    /// The link with this id, sent on this day in Tehran, is expected to be for this invoice and amount.
    ///
    /// # Errors
    ///
    /// If `invoice_number` cannot be one.
    pub fn new(
        send_id: SendId,
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        amount: Rial,
        sent_on: JalaliDate,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            send_id,
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            amount,
            days: vec![sent_on],
        })
    }

    /// The same for a record that holds the time: around midnight in Tehran both days are looked at.
    ///
    /// # Errors
    ///
    /// If `invoice_number` cannot be one, or the time is outside of the calendar.
    pub fn sent_at(
        send_id: SendId,
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        amount: Rial,
        sent_at: SystemTime,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            send_id,
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            amount,
            days: between(sent_at, sent_at)?,
        })
    }

    /// Under which id.
    #[must_use]
    pub fn send_id(&self) -> SendId {
        self.send_id
    }

    pub(crate) fn days(&self) -> &[JalaliDate] {
        &self.days
    }

    /// Holds a report against the record.
    ///
    /// What SizPay's answers never hold is declared so. The two ids are compared wherever an answer gives them; one that is
    /// there and cannot be read is another one.
    pub(crate) fn compare(
        &self,
        link_name: &str,
        payment: &Payment,
    ) -> Result<Agreement, Mismatch> {
        let instead = |field, named: Named, expected: &dyn Display| match named.instead() {
            None => Ok(()),
            Some(found) => Err(Mismatch::new(field, expected, &found)),
        };
        instead(
            ComparedField::Order,
            payment.names.invoice_number,
            &self.invoice_number,
        )?;
        instead(
            ComparedField::Reference,
            payment.names.send_id,
            &self.send_id,
        )?;
        let comparison = Comparison::new(SizPayConfig::PROVIDER)
            .money_not_reported(&Money::from(self.amount))
            .not_reported(ComparedField::Merchant, link_name);
        let comparison = match &payment.invoice_number {
            Some(number) if payment.names.invoice_number == Named::Is => {
                comparison.equal(ComparedField::Order, &self.invoice_number, number)
            }
            _ => comparison.not_reported(ComparedField::Order, &self.invoice_number),
        };
        let comparison = match &payment.send_id {
            Some(id) if payment.names.send_id == Named::Is => {
                comparison.equal(ComparedField::Reference, &self.send_id, id)
            }
            _ => comparison.not_reported(ComparedField::Reference, &self.send_id),
        };
        comparison.finish()
    }
}

/// Reads, compares, and believes only what does not contradict itself. SizPay has nothing to confirm.
pub(crate) async fn settle(sizpay: &SizPay, expected: &Expected) -> Result<Settlement, Error> {
    match by_send_id(sizpay, expected.send_id(), expected.days()).await {
        Ok(found) => judge(sizpay, expected, found.payment),
        // An answer about another link is a mismatch like any other.
        Err(error) => match error.mismatch() {
            Some(mismatch) => Ok(Settlement::Mismatch(mismatch.clone())),
            None => Err(error),
        },
    }
}

fn judge(sizpay: &SizPay, expected: &Expected, payment: Payment) -> Result<Settlement, Error> {
    let agreement = match expected.compare(sizpay.config().link_name(), &payment) {
        Ok(agreement) => agreement,
        Err(mismatch) => return Ok(Settlement::Mismatch(mismatch)),
    };
    match (&payment.state, &payment.reference) {
        (PayState::Paid, Some(reference)) => {
            Ok(agreement.with_receipt(reference).already_settled())
        }
        (PayState::Unpaid, None) => Ok(Settlement::NotPaid(payment)),
        (PayState::Paid, None) => Err(indeterminate(
            "SizPay says that the link is paid and gives no reference number".to_owned(),
        )),
        (PayState::Unpaid, Some(_)) => Err(indeterminate(
            "SizPay says that the link is not paid and gives a reference number".to_owned(),
        )),
        (PayState::Other(state), _) => Err(indeterminate(format!(
            "the link is in the unknown state \"{state}\""
        ))),
    }
}

/// How many links alone have to be refused as all of them were before none is taken to be allowed.
///
/// A refusal of the common answer may be about one of its links: were the first one enough, a link that is refused would
/// keep all behind it from being settled.
const TELLING: usize = 3;

/// Asks about the links of each day together, then holds each against what SizPay says of it alone. What the common answer
/// does not name is asked about by itself.
pub(crate) async fn settle_many(
    sizpay: &SizPay,
    expected: &[Expected],
) -> Result<Vec<Result<Settlement, Error>>, Error> {
    let Together { found, refusal } = together(sizpay, expected).await?;
    let mut settled = Vec::with_capacity(expected.len());
    // Whether nothing came but the refusal of them all. It is then of the keys, say, and costs no request for each link.
    let mut refused_alike = found.is_empty() && refusal.is_some();
    for expected in expected {
        let outcome = match found.get(&expected.send_id()) {
            Some(payment) => judge(sizpay, expected, payment.clone()),
            None => settle(sizpay, expected).await,
        };
        let refused = outcome.as_ref().err().and_then(code);
        refused_alike &= refused.is_some() && refused == refusal;
        match outcome {
            Err(error) if could_not_be_asked(&error) => return Err(error),
            Err(error) if refused_alike && settled.len() + 1 == TELLING => return Err(error),
            outcome => settled.push(outcome),
        }
    }
    Ok(settled)
}

/// What asking about several links at a time came to.
#[derive(Default)]
struct Together {
    /// What SizPay says of the links where it names them.
    found: BTreeMap<SendId, Payment>,
    /// The code under which it refused to say anything.
    refusal: Option<String>,
}

async fn together(sizpay: &SizPay, expected: &[Expected]) -> Result<Together, Error> {
    let mut together = Together::default();
    // Around midnight a link may be under either of two days; over ASMX nothing is asked by day.
    let days = |one: &Expected| one.days().len();
    let rounds = match expected.iter().map(days).max() {
        Some(days) if sizpay.config().is_rest() => days,
        Some(_) => 1,
        None => 0,
    };
    for round in 0..rounds {
        for (sent_on, mut ids) in by_day(sizpay, expected, round) {
            ids.retain(|id| !together.found.contains_key(id));
            for some in ids.chunks(NamedPayStatus::MOST) {
                // One alone is asked about as ever.
                if some.len() == 1 || !sizpay.config().names_links() {
                    continue;
                }
                match sizpay.named_status(sent_on, some.to_vec()).await {
                    Ok(reported) => {
                        for payment in reported.into_iter().flatten() {
                            if let Some(id) = payment.send_id {
                                together.found.entry(id).or_insert(payment);
                            }
                        }
                    }
                    Err(error) if could_not_be_asked(&error) => return Err(error),
                    Err(error) => together.refusal = code(&error).or(together.refusal),
                }
            }
        }
    }
    Ok(together)
}

/// The ids to ask about in this round, each once.
fn by_day(
    sizpay: &SizPay,
    expected: &[Expected],
    round: usize,
) -> BTreeMap<JalaliDate, Vec<SendId>> {
    let any_day = expected.first().and_then(|one| one.days().first());
    let mut by_day: BTreeMap<JalaliDate, Vec<SendId>> = BTreeMap::new();
    for one in expected {
        let day = one.days().get(round);
        let day = if sizpay.config().is_rest() {
            day
        } else {
            any_day
        };
        if let Some(day) = day {
            by_day.entry(*day).or_default().push(one.send_id());
        }
    }
    for ids in by_day.values_mut() {
        ids.sort_unstable();
        ids.dedup();
    }
    by_day
}

/// Whether SizPay itself did not answer, so that no other question would fare better now. What it refuses, fails at or says
/// in a way that cannot be trusted is about the links of the question.
fn could_not_be_asked(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Untrusted
        | ErrorKind::Mismatch
        | ErrorKind::Indeterminate
        | ErrorKind::Refused
        | ErrorKind::ProviderFailure
        | ErrorKind::TooLarge => false,
        // Under an error status a refusal of SizPay's own is one all the same.
        ErrorKind::Status => error.refusal().is_none(),
        _ => true,
    }
}

/// The code of SizPay's refusal.
fn code(error: &Error) -> Option<String> {
    error.refusal().map(|refusal| refusal.code().to_owned())
}

/// Asks about one sent link under each of these days until SizPay certainly has it there.
///
/// A report that may be about nothing at all is taken only if no day brings a better one.
pub(crate) async fn by_send_id(
    sizpay: &SizPay,
    send_id: SendId,
    days: &[JalaliDate],
) -> Result<Found, Error> {
    // Over ASMX nothing is asked by day, so one question is enough.
    let questions = if sizpay.config().is_rest() {
        days.len()
    } else {
        1
    };
    let mut uncertain = None;
    for sent_on in days.iter().take(questions).copied() {
        let reported = reported(sizpay, send_id, sent_on).await?;
        let about_it = |payment: &Payment| payment.send_id == Some(send_id);
        let Some(payment) = reported.into_iter().find(about_it) else {
            continue;
        };
        let found = Found { payment, sent_on };
        if found.payment.certainly_exists() {
            return Ok(found);
        }
        uncertain.get_or_insert(found);
    }
    uncertain.ok_or_else(|| {
        let days: Vec<String> = days.iter().map(ToString::to_string).collect();
        indeterminate(format!(
            "SizPay reports nothing under this send id for {}",
            days.join(" and ")
        ))
    })
}

/// Asks about one link, over a connection of its own where SizPay's answer does not name it.
async fn reported(
    sizpay: &SizPay,
    send_id: SendId,
    sent_on: JalaliDate,
) -> Result<Vec<Payment>, Error> {
    if sizpay.config().names_links()
        && let Some(named) = sizpay.named_status(sent_on, vec![send_id]).await?
    {
        return Ok(named);
    }
    sizpay
        .pay_status(PayStatus::of_send_ids(sent_on, [send_id])?)
        .await
}

/// Neither paid nor unpaid.
pub(crate) fn indeterminate(problem: String) -> Error {
    Error::new(ErrorKind::Indeterminate, Effect::NotExecuted, problem)
        .with_operation(SizPayConfig::PROVIDER, ReadPayStatus::NAME)
}

/// How far SizPay's clock may be from ours, and how long a call may have been under way.
const SLACK: Duration = Duration::from_secs(15 * 60);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// More days than this are no doubt about midnight but a mistake.
const MOST: usize = 32;

/// The days in Tehran on which something may have happened that began and ended at these times by our clock.
///
/// SizPay finds a link by the day on which it was sent. Around midnight that may be another one than ours, so both are
/// looked at.
pub(crate) fn between(began: SystemTime, ended: SystemTime) -> Result<Vec<JalaliDate>, Invalid> {
    let last = JalaliDate::from_system_time(ended.checked_add(SLACK).unwrap_or(ended))?;
    let mut at = began.checked_sub(SLACK).unwrap_or(began);
    let mut days = Vec::new();
    loop {
        let day = JalaliDate::from_system_time(at)?;
        if day >= last || days.len() == MOST {
            break;
        }
        days.push(day);
        at = at.checked_add(DAY).unwrap_or(ended);
    }
    if days.len() == MOST {
        return Err(
            Invalid::new(JalaliDateTime::KEY, "lies between more than 32 days")
                .with_remedy("look the link up in SizPay's panel"),
        );
    }
    days.push(last);
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1399/11/21 00:00 in Tehran.
    const MIDNIGHT: u64 = 1_612_816_200;

    fn days(began: u64, ended: u64) -> Vec<String> {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let days = between(at(began), at(ended)).unwrap();
        days.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_day_unless_it_is_around_midnight() {
        let noon = MIDNIGHT + 12 * 3600;
        assert_eq!(days(noon, noon + 45), ["1399/11/21"]);
        let (eve, morrow) = ("1399/11/20", "1399/11/21");
        assert_eq!(days(MIDNIGHT - 60, MIDNIGHT - 30), [eve, morrow]);
        assert_eq!(days(MIDNIGHT + 60, MIDNIGHT + 90), [eve, morrow]);
        assert_eq!(days(MIDNIGHT - 901, MIDNIGHT - 901), [eve]);
        assert_eq!(days(MIDNIGHT - 900, MIDNIGHT - 900), [eve, morrow]);
        assert_eq!(days(MIDNIGHT + 900, MIDNIGHT + 900), [morrow]);
    }

    #[test]
    fn a_handle_that_was_sent_later_spans_the_days_between() {
        let days = days(MIDNIGHT + 12 * 3600, MIDNIGHT + 62 * 3600);
        assert_eq!(days, ["1399/11/21", "1399/11/22", "1399/11/23"]);
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(between(at(MIDNIGHT), at(MIDNIGHT + 40 * 86_400)).is_err());
    }

    #[test]
    fn a_clock_that_went_back_still_names_a_day() {
        assert_eq!(days(MIDNIGHT + 50_000, MIDNIGHT - 50_000), ["1399/11/20"]);
    }
}
