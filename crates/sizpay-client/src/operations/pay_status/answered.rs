use paylink_core::json::Wire;
use paylink_core::{Rejection, Untrusted};

use super::asked::Asked;
use crate::answer::States;
use crate::fields::{ReferenceField, StateField};
use crate::payment::Names;
use crate::{PayState, Payment, SendId};

/// What an answer says about the links that were asked about (document "ASMX", `PayLinkPayStatusSoap`; proven).
///
/// REST documents none: the same names are looked for, with and without `prm` before them (a reading).
pub(super) fn payments(states: States, asked: &Asked) -> Result<Vec<Payment>, Rejection> {
    let first = First {
        status: states.first_status,
        reference: states.first_reference,
    };
    let list = match states.list {
        Wire::Absent | Wire::Null => None,
        list => list
            .required("PayLinkListStatus")?
            .payments("PayLinkListStatus")?,
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
fn listed(asked: &Asked, mut payments: Vec<Payment>) -> Result<Vec<Payment>, Rejection> {
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
        let StateField(state) = self.status.required("PayLinkFirstStatus")?;
        let reference = self.reference.optional("PayLinkFirstRefNo")?;
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
        let status = self.status.optional("PayLinkFirstStatus")?;
        let reference = self.reference.optional("PayLinkFirstRefNo")?;
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
