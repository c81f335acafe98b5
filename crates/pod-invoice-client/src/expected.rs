use paylink_core::{
    Account, Agreement, Comparison, Currency, Field, Invalid, Mismatch, Money, Untrusted,
};

use crate::account::PodAccount;
use crate::{BillNumber, Invoice, InvoiceId, InvoiceKey};

/// What the merchant's own record says about a payment; settling holds the invoice against it.
///
/// Take amount and number from the order's record, never from what the payer's browser brought. The invoice id may come
/// from the return: a forged one names another invoice, and then nothing else agrees.
#[derive(Clone, Debug)]
#[must_use = "an expectation is settled by the client"]
pub struct Expected {
    which: Which,
    payable: Money,
}

#[derive(Clone, Debug)]
enum Which {
    Both(InvoiceId, BillNumber),
    BillNumber(BillNumber),
    Id(InvoiceId),
}

impl Expected {
    /// The invoice of this id is expected to bear the order's number and to ask for this amount, tax included.
    ///
    /// # Errors
    ///
    /// If the number cannot be one, or the amount is not in rial.
    ///
    /// ```
    /// use pod_invoice_client::{Expected, InvoiceId, Money, Rial};
    ///
    /// let expected = Expected::new(InvoiceId::new(32157)?, "1000", Money::from_rial(Rial::new(1_500_000)))?;
    /// # Ok::<(), pod_invoice_client::Invalid>(())
    /// ```
    pub fn new(
        id: InvoiceId,
        bill_number: impl TryInto<BillNumber, Error: Into<Invalid>>,
        payable: Money,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            which: Which::Both(id, bill_number.try_into().map_err(Into::into)?),
            payable: in_rial(payable)?,
        })
    }

    /// The invoice is found by the order's number, for a merchant who did not keep POD's id.
    ///
    /// # Errors
    ///
    /// If the number cannot be one, or the amount is not in rial.
    pub fn of_bill_number(
        bill_number: impl TryInto<BillNumber, Error: Into<Invalid>>,
        payable: Money,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            which: Which::BillNumber(bill_number.try_into().map_err(Into::into)?),
            payable: in_rial(payable)?,
        })
    }

    /// The invoice is known by POD's id alone, for one that was issued without a number of the merchant's own. The id has
    /// to come from the order's record here: there is nothing else to tell orders apart by.
    ///
    /// # Errors
    ///
    /// If the amount is not in rial.
    pub fn of_invoice(id: InvoiceId, payable: Money) -> Result<Expected, Invalid> {
        Ok(Expected {
            which: Which::Id(id),
            payable: in_rial(payable)?,
        })
    }

    /// By what the invoice is looked up.
    pub(crate) fn key(&self) -> InvoiceKey {
        match &self.which {
            Which::Both(id, _) | Which::Id(id) => InvoiceKey::Id(*id),
            Which::BillNumber(number) => InvoiceKey::BillNumber(number.clone()),
        }
    }

    /// Holds an invoice against the record.
    ///
    /// POD reports no currency. It reports the business, which is compared where the client was told its id; that an
    /// invoice is the merchant's own otherwise rests on the token it was asked for with.
    pub(crate) fn compare(
        &self,
        account: &PodAccount,
        invoice: &Invoice,
    ) -> Result<Result<Agreement, Mismatch>, Untrusted> {
        let payable = invoice
            .payable_amount
            .as_ref()
            .ok_or_else(|| Untrusted::new("payableAmount is missing"))?;
        let reported = invoice.bill_number.as_deref().unwrap_or("none");
        let comparison = Comparison::new(PodAccount::PROVIDER).amount_alone(&self.payable, payable);
        let comparison = match &self.which {
            Which::Both(id, number) => comparison
                .equal(Field::Order, number.as_str(), reported)
                .equal(Field::Reference, id, &invoice.id),
            // The one thing that both sides know is order and reference at once.
            Which::BillNumber(number) => comparison
                .equal(Field::Order, number.as_str(), reported)
                .equal(Field::Reference, number.as_str(), reported),
            Which::Id(id) => comparison.equal(Field::Order, id, &invoice.id).equal(
                Field::Reference,
                id,
                &invoice.id,
            ),
        };
        Ok(match account.options().business {
            Some(business) => {
                let named = match invoice.business {
                    Some(named) => named.to_string(),
                    None if invoice.hides_its_business() => "unreadable".to_owned(),
                    None => "none".to_owned(),
                };
                comparison.equal(Field::Merchant, &business.to_string(), &named)
            }
            None => comparison.never_reported(Field::Merchant, "the token's own business"),
        }
        .finish())
    }
}

fn in_rial(amount: Money) -> Result<Money, Invalid> {
    if amount.currency() == Currency::Irr {
        Ok(amount)
    } else {
        Err(Invalid::new(Money::KEY, "is not in rial")
            .value(&amount.to_string())
            .remedy("POD counts in rial: convert it with to_rial"))
    }
}
