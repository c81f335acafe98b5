use paylink_core::{Field, Mismatch};

use crate::payment::Named;
use crate::{InvoiceNumber, Payment, SendId};

/// Which links a question is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Asked {
    SendIds(Vec<SendId>),
    InvoiceNumbers(Vec<InvoiceNumber>),
    Day,
}

impl Asked {
    pub(super) fn in_parts(self, most: usize) -> Vec<Asked> {
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
    pub(super) fn filter_type(&self) -> u64 {
        match self {
            Asked::InvoiceNumbers(_) => 1,
            Asked::SendIds(_) | Asked::Day => 0,
        }
    }

    /// The ids with commas between.
    pub(super) fn list(&self) -> String {
        match self {
            Asked::SendIds(ids) => joined(ids),
            Asked::InvoiceNumbers(numbers) => joined(numbers),
            Asked::Day => String::new(),
        }
    }

    /// Holds what an answer names against what was asked about. Where that is a single link, an id that is there and
    /// cannot be read is another one.
    pub(super) fn check(&self, payment: &Payment) -> Result<(), Mismatch> {
        let (field, expected, found) = match self {
            Asked::SendIds(ids) => {
                let id = payment.send_id.as_ref();
                let stranger = id.filter(|id| !ids.contains(id));
                let found = self.unexpected(stranger, payment.names.send_id);
                (Field::Reference, expected(ids), found)
            }
            Asked::InvoiceNumbers(numbers) => {
                let number = payment.invoice_number.as_ref();
                let stranger = number.filter(|number| !numbers.contains(number));
                let found = self.unexpected(stranger, payment.names.invoice_number);
                (Field::Order, expected(numbers), found)
            }
            Asked::Day => return Ok(()),
        };
        match found {
            None => Ok(()),
            Some(found) => Err(Mismatch::one(field, &expected, &found)),
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
    pub(super) fn is_first(&self, payment: &Payment) -> bool {
        match self {
            Asked::SendIds(ids) => payment.send_id.as_ref() == ids.first(),
            Asked::InvoiceNumbers(numbers) => payment.invoice_number.as_ref() == numbers.first(),
            Asked::Day => false,
        }
    }

    /// Fills in what a single payment leaves out, where a single link was asked about.
    pub(super) fn fill_in(&self, payment: &mut Payment) {
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
    pub(super) fn is_single(&self) -> bool {
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
