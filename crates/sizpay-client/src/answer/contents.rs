use paylink_core::Untrusted;
use paylink_core::json::{FromJson, Wire};

use crate::PayState;
use crate::field_name::{AnswerField, Prefix};
use crate::fields::{ReferenceField, ResCod, StateField};
use crate::status_list::StatusList;

/// What an answer holds, whichever method it answers and whichever way it came.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) res_cod: Wire<ResCod>,
    pub(crate) message: Wire<String>,
    pub(crate) send_id: Wire<u64>,
    pub(crate) url: Wire<String>,
    prm: States,
    bare: States,
    twice: Option<AnswerField>,
    /// Whether it speaks of a link or of another outcome somewhere else than where an answer does.
    pub(crate) strays: bool,
}

/// The fields that tell states of links.
#[derive(Default)]
pub(crate) struct States {
    pub(crate) first_status: Wire<StateField>,
    pub(crate) first_reference: Wire<ReferenceField>,
    pub(crate) list: Wire<StatusList>,
}

/// The value of a field, in whatever it is written.
pub(crate) trait Value<'de> {
    type Error;

    fn read<T: FromJson<'de>>(self) -> Result<Wire<T>, Self::Error>;

    /// A whole number, also where it is written as text.
    fn read_number(self) -> Result<Wire<u64>, Self::Error>;
}

impl Contents {
    /// Takes a field in.
    pub(crate) fn hear<'de, V: Value<'de>>(
        &mut self,
        field: AnswerField,
        value: V,
    ) -> Result<(), V::Error> {
        let is_first = match field {
            AnswerField::ResCod => put(&mut self.res_cod, value.read()?),
            AnswerField::Message => put(&mut self.message, value.read()?),
            AnswerField::SendId => put(&mut self.send_id, value.read_number()?),
            AnswerField::Url => put(&mut self.url, value.read()?),
            AnswerField::FirstStatus(prefix) => {
                put(&mut self.states_of(prefix).first_status, value.read()?)
            }
            AnswerField::FirstReference(prefix) => {
                put(&mut self.states_of(prefix).first_reference, value.read()?)
            }
            AnswerField::List(prefix) => put(&mut self.states_of(prefix).list, value.read()?),
            // Nothing of SizPay's is called so; what unwraps an answer has seen it before.
            AnswerField::Wrapped => true,
        };
        if !is_first {
            self.twice.get_or_insert(field);
        }
        Ok(())
    }

    fn states_of(&mut self, prefix: Prefix) -> &mut States {
        match prefix {
            Prefix::Prm => &mut self.prm,
            Prefix::None => &mut self.bare,
        }
    }

    /// Refuses a field that is there twice, in whatever letter case: which of the two counts is anybody's guess.
    pub(crate) fn each_once(&self) -> Result<(), Untrusted> {
        match self.twice {
            None => Ok(()),
            Some(field) => Err(Untrusted::new(format!("{} is there twice", field.as_str()))),
        }
    }

    /// Whether none of the fields of an answer is there.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.res_cod, Wire::Absent)
            && matches!(self.message, Wire::Absent)
            && matches!(self.send_id, Wire::Absent)
            && matches!(self.url, Wire::Absent)
            && self.prm.are_absent()
            && self.bare.are_absent()
    }

    /// What speaks against a failure although `ResCod` says so.
    pub(crate) fn success_besides(&self) -> Option<&'static str> {
        match self.send_id {
            Wire::Is(0) | Wire::Absent | Wire::Null => {}
            Wire::Is(_) => return Some("holds the id of a link"),
            Wire::Wrong(_) => return Some("holds something else than the id 0"),
        }
        if self.holds_a_url() {
            return Some("holds the address of a link");
        }
        if self.prm.tell_something() || self.bare.tell_something() {
            return Some("tells the state of a link");
        }
        self.strays
            .then_some("speaks of a link or of another outcome elsewhere")
    }

    /// Whether it holds an address, or something in the place of one.
    pub(crate) fn holds_a_url(&self) -> bool {
        match &self.url {
            Wire::Absent | Wire::Null => false,
            Wire::Is(url) => !url.trim().is_empty(),
            Wire::Wrong(_) => true,
        }
    }

    /// The message, if it can be read.
    pub(crate) fn message(&self) -> Option<&str> {
        match &self.message {
            Wire::Is(text) => Some(text),
            Wire::Absent | Wire::Null | Wire::Wrong(_) => None,
        }
    }

    /// The states under one name or the other. Under both they have to say the same.
    pub(crate) fn into_states(self) -> Result<States, Untrusted> {
        let (prm, bare) = (self.prm, self.bare);
        Ok(States {
            first_status: either("PayLinkFirstStatus", prm.first_status, bare.first_status)?,
            first_reference: either(
                "PayLinkFirstRefNo",
                prm.first_reference,
                bare.first_reference,
            )?,
            list: either("PayLinkListStatus", prm.list, bare.list)?,
        })
    }
}

impl States {
    fn are_absent(&self) -> bool {
        matches!(self.first_status, Wire::Absent)
            && matches!(self.first_reference, Wire::Absent)
            && matches!(self.list, Wire::Absent)
    }

    /// Whether they say more than what stands there when nothing was found.
    fn tell_something(&self) -> bool {
        let status = match &self.first_status {
            Wire::Is(StateField(state)) => *state != PayState::Unpaid,
            other => matches!(other, Wire::Wrong(_)),
        };
        let reference = match &self.first_reference {
            Wire::Is(ReferenceField(number)) => number.is_some(),
            other => matches!(other, Wire::Wrong(_)),
        };
        let list = match &self.list {
            Wire::Is(list) => !list.is_empty(),
            other => matches!(other, Wire::Wrong(_)),
        };
        status || reference || list
    }
}

/// Takes a value in, unless there was one before.
fn put<T>(slot: &mut Wire<T>, value: Wire<T>) -> bool {
    let is_first = matches!(slot, Wire::Absent);
    if is_first {
        *slot = value;
    }
    is_first
}

fn either<T: PartialEq>(
    field: &'static str,
    prm: Wire<T>,
    bare: Wire<T>,
) -> Result<Wire<T>, Untrusted> {
    match (prm, bare) {
        (Wire::Absent, one) | (one, Wire::Absent) => Ok(one),
        (Wire::Null, one) | (one, Wire::Null) => Ok(one),
        (prm, bare) if prm == bare => Ok(prm),
        _ => Err(Untrusted::new(format!(
            "{field} is there with and without prm, and says two things"
        ))),
    }
}
