use std::collections::BTreeMap;

use paylink_core::{Error, ErrorKind, JalaliDate};

use super::{judge, settle};
use crate::operations::NamedPayStatus;
use crate::{Expected, Payment, SendId, Settlement, SizPay};

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
        Some(days) if sizpay.account().is_rest() => days,
        Some(_) => 1,
        None => 0,
    };
    for round in 0..rounds {
        for (sent_on, mut ids) in by_day(sizpay, expected, round) {
            ids.retain(|id| !together.found.contains_key(id));
            for some in ids.chunks(NamedPayStatus::MOST) {
                // One alone is asked about as ever.
                if some.len() == 1 || !sizpay.account().names_links() {
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
        let day = if sizpay.account().is_rest() {
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
