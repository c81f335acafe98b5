use super::{Capabilities, Hint, OrderReference, PaymentRecord};
use crate::settlement::Difference;
use crate::{Currency, Error, Field, Mismatch, Money};

/// What the merchant's own books say about a payment; settling holds the provider's report against it.
///
/// Reference and price come from the order that is about to be delivered, the record from where it was stored with that
/// order. A record of another order or another price does not pass, whatever the provider says of it.
#[derive(Clone, Debug)]
#[must_use = "an expectation is settled by a provider"]
pub struct ExpectedPayment {
    reference: OrderReference,
    price: Money,
    record: PaymentRecord,
    hint: Option<Hint>,
}

impl ExpectedPayment {
    /// The order of this reference and price is expected to be paid by the payment of this record.
    pub fn new(reference: OrderReference, price: Money, record: PaymentRecord) -> ExpectedPayment {
        ExpectedPayment {
            reference,
            price,
            record,
            hint: None,
        }
    }

    /// Adds what a return or a webhook claimed: if it names another payment than the record does, nothing is settled.
    pub fn hinted(mut self, hint: Hint) -> ExpectedPayment {
        self.hint = Some(hint);
        self
    }

    /// The order's own reference.
    #[must_use]
    pub fn reference(&self) -> &OrderReference {
        &self.reference
    }

    /// What the order costs, in the merchant's own unit.
    #[must_use]
    pub fn price(&self) -> &Money {
        &self.price
    }

    /// What was stored when the payment was created.
    #[must_use]
    pub fn record(&self) -> &PaymentRecord {
        &self.record
    }

    /// Holds order, record and hint against one another, before a provider is asked. Every adapter begins with it.
    ///
    /// What comes of it is how they differ; `None` if they agree. Then the record's reference and amount, which are in
    /// what the provider counts in, are those of the order.
    ///
    /// # Errors
    ///
    /// If the record is of another provider: give it to that one.
    pub fn differs_in_books(&self, capabilities: &Capabilities) -> Result<Option<Mismatch>, Error> {
        let provider = capabilities.provider();
        self.record.must_be_of(provider)?;
        let mut differences = self.money_differences();
        if self.reference != *self.record.reference() {
            let found = self.record.reference();
            differences.push(Difference::new(Field::Order, &self.reference, found));
        }
        if let Some(hint) = &self.hint {
            differences.extend(self.hint_differences(hint, provider));
        }
        Ok(Mismatch::of(differences))
    }

    fn money_differences(&self) -> Vec<Difference> {
        let recorded = self.record.amount();
        match in_currency(&self.price, recorded.currency()) {
            Some(price) if price == *recorded => Vec::new(),
            Some(_) => vec![Difference::new(Field::Amount, &self.price, recorded)],
            None => {
                let (price, found) = (self.price.currency(), recorded.currency());
                vec![Difference::new(Field::Currency, &price, &found)]
            }
        }
    }

    fn hint_differences(&self, hint: &Hint, provider: &str) -> Vec<Difference> {
        let mut differences = Vec::new();
        if hint.provider() != provider {
            let found = format!("a payment of {}", hint.provider());
            differences.push(Difference::new(Field::Reference, provider, &found));
            return differences;
        }
        if let Some(claimed) = hint.claimed_reference()
            && claimed != self.reference.as_str()
        {
            differences.push(Difference::new(Field::Order, &self.reference, claimed));
        }
        for (name, claimed) in hint.claimed_ids() {
            let known = self.record.known_id(name);
            if known != Some(claimed) {
                let known = known.unwrap_or("none");
                differences.push(Difference::new(Field::Reference, known, claimed));
            }
        }
        differences
    }
}

/// The same value in another unit: the same currency, or rial and toman; `None` if there is none.
fn in_currency(price: &Money, currency: Currency) -> Option<Money> {
    match (price.currency(), currency) {
        (one, other) if one == other => Some(*price),
        // What does not divide is not equal: it stays as it is, and the comparison says so.
        (Currency::Irr, Currency::Irt) => Some(price.to_toman().map_or(*price, Money::from_toman)),
        (Currency::Irt, Currency::Irr) => Some(price.to_rial().map_or(*price, Money::from_rial)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::ErrorKind;

    const RIAL: &[Currency] = &[Currency::Irr];

    fn money(amount: &str, currency: Currency) -> Money {
        Money::new(amount, currency).unwrap()
    }

    fn record(amount: Money) -> PaymentRecord {
        let reference = "1000".parse().unwrap();
        PaymentRecord::new("example", reference, amount, SystemTime::UNIX_EPOCH).id("id", "7")
    }

    fn expected(reference: &str, price: Money, record: PaymentRecord) -> ExpectedPayment {
        ExpectedPayment::new(reference.parse().unwrap(), price, record)
    }

    fn mismatch(expected: &ExpectedPayment) -> Option<Mismatch> {
        expected
            .differs_in_books(&Capabilities::new("example", RIAL))
            .unwrap()
    }

    #[test]
    fn rial_and_toman_of_the_same_value_agree() {
        let rial = record(money("15000", Currency::Irr));
        let same = [
            money("15000", Currency::Irr),
            money("15000.00", Currency::Irr),
            money("1500", Currency::Irt),
        ];
        for price in same {
            assert_eq!(
                mismatch(&expected("1000", price, rial.clone())),
                None,
                "{price}"
            );
        }
        let toman = record(money("1500", Currency::Irt));
        assert_eq!(
            mismatch(&expected("1000", money("15000", Currency::Irr), toman)),
            None
        );
    }

    #[test]
    fn another_amount_currency_or_order_differs_in_that_field() {
        let rial = record(money("15000", Currency::Irr));
        for (reference, price, field) in [
            ("1000", money("15001", Currency::Irr), Field::Amount),
            ("1000", money("15000", Currency::Irt), Field::Amount),
            ("1000", money("15000", Currency::Usd), Field::Currency),
            ("1001", money("15000", Currency::Irr), Field::Order),
        ] {
            let found = mismatch(&expected(reference, price, rial.clone())).unwrap();
            assert!(
                found.is_in(field) && found.differences().len() == 1,
                "{found}"
            );
        }
        let toman = record(money("1500", Currency::Irt));
        let odd = mismatch(&expected("1000", money("15001", Currency::Irr), toman)).unwrap();
        assert!(odd.is_in(Field::Amount));
    }

    #[test]
    fn a_hint_that_names_another_payment_differs() {
        let price = money("15000", Currency::Irr);
        let with = |hint| mismatch(&expected("1000", price, record(price)).hinted(hint));
        let hint = Hint::new("example");
        assert_eq!(with(hint.clone()), None);
        assert_eq!(with(hint.clone().reference("1000").id("id", "7")), None);
        let other = with(hint.clone().id("id", "8")).unwrap();
        assert!(other.is_in(Field::Reference));
        assert!(
            with(hint.clone().id("unknown", "7"))
                .unwrap()
                .is_in(Field::Reference)
        );
        assert!(with(hint.reference("1001")).unwrap().is_in(Field::Order));
        assert!(with(Hint::new("another")).unwrap().is_in(Field::Reference));
    }

    #[test]
    fn a_record_of_another_provider_is_refused() {
        let price = money("15000", Currency::Irr);
        let error = expected("1000", price, record(price))
            .differs_in_books(&Capabilities::new("another", RIAL))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
