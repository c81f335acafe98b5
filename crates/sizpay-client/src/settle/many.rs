use std::collections::BTreeMap;

use paylink_core::{Error, ErrorKind, JalaliDate};

use super::{judge, settle};
use crate::operations::NamedPayStatus;
use crate::{Expected, Payment, SendId, Settlement, SizPay};

/// Asks about the links of each day together, then holds each against what SizPay says of it alone. What the common answer
/// does not name is asked about by itself.
pub(crate) async fn settle_many(
    sizpay: &SizPay,
    expected: &[Expected],
) -> Result<Vec<Result<Settlement, Error>>, Error> {
    let found = together(sizpay, expected).await?;
    let mut settled = Vec::with_capacity(expected.len());
    for expected in expected {
        settled.push(match found.get(&expected.send_id()) {
            Some(payment) => judge(sizpay, expected, payment.clone()),
            None => match settle(sizpay, expected).await {
                Err(error) if !is_about_the_answer(&error) => return Err(error),
                outcome => outcome,
            },
        });
    }
    Ok(settled)
}

/// What SizPay says of these links where it names them.
async fn together(
    sizpay: &SizPay,
    expected: &[Expected],
) -> Result<BTreeMap<SendId, Payment>, Error> {
    let mut found = BTreeMap::new();
    // Around midnight a link may be under either of two days; over ASMX nothing is asked by day.
    let days = |one: &Expected| one.days().len();
    let rounds = match expected.iter().map(days).max() {
        Some(days) if sizpay.account().is_rest() => days,
        Some(_) => 1,
        None => 0,
    };
    for round in 0..rounds {
        for (sent_on, mut ids) in by_day(sizpay, expected, round) {
            ids.retain(|id| !found.contains_key(id));
            for some in ids.chunks(NamedPayStatus::MOST) {
                // One alone is asked about as ever.
                if some.len() == 1 || !sizpay.account().names_links() {
                    continue;
                }
                match sizpay.named_status(sent_on, some.to_vec()).await {
                    Ok(reported) => {
                        for payment in reported.into_iter().flatten() {
                            if let Some(id) = payment.send_id {
                                found.entry(id).or_insert(payment);
                            }
                        }
                    }
                    Err(error) if is_about_the_answer(&error) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(found)
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

/// Whether an answer came that does not decide, rather than none: another question may bring one that does.
fn is_about_the_answer(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Untrusted | ErrorKind::Mismatch | ErrorKind::Indeterminate
    )
}
