use paylink_core::json::Wire;
use paylink_core::{Rejection, Untrusted};
use serde::Deserialize;

use super::asked::Asked;
use crate::answer::{self, Answered};
use crate::fields::{ResCod, Scalar};
use crate::payment::Names;
use crate::status_list::{StatusList, reference};
use crate::{PayState, Payment};

/// The answer to a question for states (document "ASMX", `PayLinkPayStatusSoap`; proven).
///
/// REST documents none: the same names are looked for, with and without `prm` before them (a reading).
#[derive(Deserialize)]
pub(super) struct WireStatus {
    #[serde(default, rename = "ResCod")]
    res_cod: Wire<ResCod>,
    #[serde(default, rename = "Message")]
    message: Wire<String>,
    #[serde(default, rename = "prmPayLinkFirstStatus")]
    prm_first_status: Wire<Scalar>,
    #[serde(default, rename = "PayLinkFirstStatus")]
    first_status: Wire<Scalar>,
    #[serde(default, rename = "prmPayLinkFirstRefNo")]
    prm_first_reference: Wire<Scalar>,
    #[serde(default, rename = "PayLinkFirstRefNo")]
    first_reference: Wire<Scalar>,
    #[serde(default, rename = "prmPayLinkListStatus")]
    prm_list: Wire<StatusList>,
    #[serde(default, rename = "PayLinkListStatus")]
    list: Wire<StatusList>,
}

impl Answered for WireStatus {
    #[cfg(feature = "soap")]
    const ASMX_METHOD: Option<crate::method::AsmxMethod> =
        Some(crate::method::AsmxMethod::PayStatus);

    fn res_cod(&self) -> Wire<ResCod> {
        self.res_cod
    }

    fn message(&self) -> Option<&str> {
        answer::text(&self.message)
    }

    #[cfg(feature = "soap")]
    fn from_xml(fields: &crate::soap::Fields) -> WireStatus {
        WireStatus {
            res_cod: fields.wire("ResCod"),
            message: fields.wire("Message"),
            prm_first_status: fields.wire("prmPayLinkFirstStatus"),
            first_status: fields.wire("PayLinkFirstStatus"),
            prm_first_reference: fields.wire("prmPayLinkFirstRefNo"),
            first_reference: fields.wire("PayLinkFirstRefNo"),
            prm_list: fields.wire("prmPayLinkListStatus"),
            list: fields.wire("PayLinkListStatus"),
        }
    }
}

impl WireStatus {
    /// What the answer says about the links that were asked about.
    pub(super) fn payments(self, asked: &Asked) -> Result<Vec<Payment>, Rejection> {
        let first = First {
            state: preferred(self.prm_first_status, self.first_status),
            reference: preferred(self.prm_first_reference, self.first_reference),
        };
        let list = match preferred(self.prm_list, self.list) {
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
}

/// Binds the elements of a list to what was asked about. What says the same twice is taken once.
fn listed(asked: &Asked, mut payments: Vec<Payment>) -> Result<Vec<Payment>, Rejection> {
    for payment in &payments {
        asked.check(payment)?;
    }
    if let [single] = payments.as_mut_slice() {
        asked.fill_in(single);
    }
    let mut bound: Vec<Payment> = Vec::with_capacity(payments.len());
    for payment in payments {
        let before = payment
            .send_id
            .and_then(|id| bound.iter().find(|one| one.send_id == Some(id)));
        match before {
            None => bound.push(payment),
            Some(before)
                if before.state == payment.state && before.reference == payment.reference => {}
            Some(_) => {
                return Err(
                    Untrusted::new("PayLinkListStatus says two things about one send id").into(),
                );
            }
        }
    }
    Ok(bound)
}

/// What the answer says about the first link that was asked about, outside of the list.
struct First {
    state: Wire<Scalar>,
    reference: Wire<Scalar>,
}

impl First {
    /// Where this is all there is: it names no link, so only one may have been asked about.
    fn alone(self, asked: &Asked) -> Result<Payment, Untrusted> {
        let state = PayState::of(self.state.required("PayLinkFirstStatus")?);
        let mut payment = Payment {
            send_id: None,
            invoice_number: None,
            state,
            reference: self.reference.ok().and_then(reference),
            raw: None,
            names: Names::default(),
        };
        asked.fill_in(&mut payment);
        Ok(payment)
    }

    /// Beside a list it must not say otherwise. Its 0 is also what the field holds when nothing was found.
    fn agrees_with(self, asked: &Asked, payments: &[Payment]) -> Result<(), Untrusted> {
        let Wire::Is(state) = self.state else {
            return Ok(());
        };
        if matches!(asked, Asked::Day) {
            return Ok(());
        }
        let first = payments.iter().find(|payment| asked.is_first(payment));
        let agrees = match (PayState::of(state), first.map(|payment| &payment.state)) {
            (PayState::Paid, Some(PayState::Paid)) => true,
            (PayState::Paid, Some(PayState::Unpaid)) => false,
            (PayState::Unpaid, Some(PayState::Paid)) => false,
            // It may be an element that names nothing; a list that names all and not this one says "not found".
            (PayState::Paid, None) => payments.iter().any(|payment| !payment.is_named()),
            _ => true,
        };
        if agrees {
            Ok(())
        } else {
            Err(Untrusted::new(
                "PayLinkFirstStatus and PayLinkListStatus contradict each other",
            ))
        }
    }
}

/// The first name's value, or else the second's.
fn preferred<T>(first: Wire<T>, second: Wire<T>) -> Wire<T> {
    match first {
        Wire::Absent => second,
        there => there,
    }
}
