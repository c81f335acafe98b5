use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{Capabilities, Hint, OrderReference};
use crate::provider::hint::Ids;
use crate::settlement::Difference;
use crate::settlement::handle::{from_millis, to_millis};
use crate::{
    ComparedField, Currency, Effect, Error, ErrorKind, FieldKey, Invalid, Mismatch, Money, Rial,
    Toman,
};

/// What to store with an order when its payment was created: everything else is done with it.
///
/// It binds a payment to its order. It comes from [`Created`](super::Created), or back from the store as the JSON that it
/// serialises to; an id that a browser brought cannot be put into it. It holds no secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRecord {
    version: Version,
    provider: String,
    reference: OrderReference,
    amount: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    #[serde(default, skip_serializing_if = "Ids::is_empty")]
    ids: Ids,
    created_at_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl PaymentRecord {
    /// The field under which a record is refused.
    pub const KEY: FieldKey = FieldKey::new("record", "record");

    /// The record of a payment that a provider has just created. Adapters of providers make it; programs store it.
    ///
    /// `amount` is in what the provider counts in.
    #[must_use]
    pub fn new(
        provider: &str,
        reference: OrderReference,
        amount: Money,
        created_at: SystemTime,
    ) -> PaymentRecord {
        PaymentRecord {
            version: Version::One,
            provider: provider.to_owned(),
            reference,
            amount,
            merchant: None,
            ids: Ids::default(),
            created_at_ms: to_millis(created_at),
            detail: None,
        }
    }

    /// Adds at which of the merchant's terminals, shops or link names it was created.
    #[must_use]
    pub fn with_merchant(mut self, merchant: impl Into<String>) -> PaymentRecord {
        self.merchant = Some(merchant.into());
        self
    }

    /// Adds an id that the provider gave, under the provider's name for it.
    #[must_use]
    pub fn with_id(mut self, name: &str, value: impl Into<String>) -> PaymentRecord {
        self.ids.add(name, value);
        self
    }

    /// Adds what the provider's adapter alone reads: a document of its own form, without secrets.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> PaymentRecord {
        self.detail = Some(detail.into());
        self
    }

    crate::getters! { self;
        /// The provider's name.
        provider: &str = &self.provider;
        /// The reference under which it was created.
        reference: &OrderReference = &self.reference;
        /// What the provider was asked for, in what the provider counts in.
        amount: &Money = &self.amount;
        /// The terminal, shop or link name.
        merchant: Option<&str> = self.merchant.as_deref();
    }

    /// The provider's id of this name.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<&str> {
        self.ids.get(name)
    }

    /// The provider's ids, each with its name.
    pub fn ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ids.iter()
    }

    /// The provider's id of this name, without which the adapter can do nothing.
    ///
    /// # Errors
    ///
    /// If it is not there: the record is not the one that was stored.
    pub fn require_id(&self, name: &str) -> Result<&str, Invalid> {
        self.id(name).ok_or_else(|| {
            Invalid::new(PaymentRecord::KEY, format!("holds no {name}"))
                .with_remedy("give back the record as it was stored")
        })
    }

    /// When it was created.
    #[must_use]
    pub fn created_at(&self) -> SystemTime {
        from_millis(self.created_at_ms)
    }

    /// What the provider's adapter put in for itself.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Checks that it is a record of this provider's payments.
    ///
    /// # Errors
    ///
    /// Says whose it is: use an account of that provider.
    pub fn check_provider(&self, provider: &str) -> Result<(), Invalid> {
        if self.provider == provider {
            return Ok(());
        }
        Err(Invalid::new(PaymentRecord::KEY, "is of another provider")
            .with_value(&self.provider)
            .with_remedy("use an account of that provider"))
    }

    /// How it differs from a record that was made at this terminal, shop or link name; `None` if it was made there.
    #[must_use]
    pub fn merchant_mismatch(&self, own: &str) -> Option<Mismatch> {
        let recorded = self.merchant();
        (recorded != Some(own))
            .then(|| Mismatch::new(ComparedField::Merchant, own, recorded.unwrap_or("none")))
    }

    /// Checks that it was made at this terminal, shop or link name, for what does not settle.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] says whose it is: use the account that created the payment. Nothing was sent.
    pub fn check_merchant(&self, own: &str) -> Result<(), Error> {
        self.merchant_mismatch(own).map_or(Ok(()), |mismatch| {
            let problem =
                "the record is of another merchant; use the account that created the payment";
            let error = Error::new(ErrorKind::Mismatch, Effect::NotExecuted, problem);
            Err(error.with_mismatch(mismatch))
        })
    }
}

/// The form of a stored record, so that a later release reads what this one wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Version {
    #[serde(rename = "1")]
    One,
}

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
    pub fn with_hint(mut self, hint: Hint) -> ExpectedPayment {
        self.hint = Some(hint);
        self
    }

    crate::getters! { self;
        /// The order's own reference.
        reference: &OrderReference = &self.reference;
        /// What the order costs, in the merchant's own unit.
        price: &Money = &self.price;
        /// What was stored when the payment was created.
        record: &PaymentRecord = &self.record;
    }

    /// Holds order, record and hint against one another, before a provider is asked. Every adapter begins with it.
    ///
    /// What comes of it is how they differ; `None` if they agree. Then the record's reference and amount, which are in
    /// what the provider counts in, are those of the order.
    ///
    /// # Errors
    ///
    /// If the record is of another provider: give it to that one.
    pub fn record_mismatch(&self, capabilities: &Capabilities) -> Result<Option<Mismatch>, Error> {
        let provider = capabilities.provider();
        self.record.check_provider(provider)?;
        let mut differences = self.money_differences();
        if self.reference != *self.record.reference() {
            let found = self.record.reference();
            differences.push(Difference::new(
                ComparedField::Order,
                &self.reference,
                found,
            ));
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
            Some(_) => vec![Difference::new(
                ComparedField::Amount,
                &self.price,
                recorded,
            )],
            None => {
                let (price, found) = (self.price.currency(), recorded.currency());
                vec![Difference::new(ComparedField::Currency, &price, &found)]
            }
        }
    }

    fn hint_differences(&self, hint: &Hint, provider: &str) -> Vec<Difference> {
        let mut differences = Vec::new();
        if hint.provider() != provider {
            let found = format!("a payment of {}", hint.provider());
            differences.push(Difference::new(ComparedField::Reference, provider, &found));
            return differences;
        }
        if let Some(claimed) = hint.reference()
            && claimed != self.reference.as_str()
        {
            differences.push(Difference::new(
                ComparedField::Order,
                &self.reference,
                claimed,
            ));
        }
        for (name, claimed) in hint.ids() {
            let known = self.record.id(name);
            if known != Some(claimed) {
                let known = known.unwrap_or("none");
                differences.push(Difference::new(ComparedField::Reference, known, claimed));
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
        (Currency::Irr, Currency::Irt) => Some(Toman::try_from(*price).map_or(*price, Money::from)),
        (Currency::Irt, Currency::Irr) => Some(Rial::try_from(*price).map_or(*price, Money::from)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::{Handle, Rial};

    proptest! {
        /// In every kind of text, whether a column of a database or a message carries it.
        #[test]
        fn records_and_handles_come_back_as_they_were_stored(
            reference in "[0-9A-Za-z۰-۹آ-ی_./-]{1,40}",
            amount in 1..u64::MAX,
            merchant in option::of(any::<String>()),
            ids in vec((any::<String>(), any::<String>()), 0..4),
            moments in vec(0..u64::MAX / 4, 3),
            detail in option::of(any::<String>()),
        ) {
            let at = |place: usize| from_millis(moments[place]);
            let amount = Money::from(Rial::new(amount));
            let parsed: OrderReference = reference.parse().unwrap();
            let mut record = PaymentRecord::new("zipay", parsed, amount, at(0));
            let mut handle = Handle::new("zipay", "create-invoice", at(0)).with_amount(amount);
            for (name, value) in &ids {
                record = record.with_id(name, value);
                handle = handle.with_id(name, value);
            }
            if let Some(merchant) = merchant {
                record = record.with_merchant(merchant.clone());
                handle = handle.with_merchant(merchant).with_reference(reference);
            }
            if let Some(detail) = detail {
                record = record.with_detail(detail);
                handle = handle.with_deadline(at(1)).with_failed_at(at(2));
            }
            for stored in [serde_json::to_string(&record), serde_json::to_string_pretty(&record)] {
                let read: PaymentRecord = serde_json::from_str(&stored.unwrap()).unwrap();
                prop_assert_eq!(&read, &record);
            }
            let stored = serde_json::to_vec(&handle).unwrap();
            let read: Handle = serde_json::from_slice(&stored).unwrap();
            prop_assert_eq!(&read, &handle);
            prop_assert_eq!(read.sent_by(), handle.sent_by());
            for (name, value) in ids.iter().rev() {
                let first = ids.iter().find(|(other, _)| other == name);
                prop_assert_eq!(read.id(name), first.map(|(_, value)| value.as_str()));
                prop_assert!(record.ids().any(|it| it == (name.as_str(), value.as_str())));
            }
        }

        /// What was cut off or changed on the way is not read as something else.
        #[test]
        fn a_stored_record_that_was_cut_is_no_record(cut in 1..200_usize) {
            let reference = "1000".parse().unwrap();
            let amount = Money::from(Rial::new(150_000));
            let record = PaymentRecord::new("zipay", reference, amount, from_millis(1)).with_id("trackid", "7");
            let stored = serde_json::to_string(&record).unwrap();
            let left = stored.len().saturating_sub(cut);
            prop_assert!(serde_json::from_slice::<PaymentRecord>(&stored.as_bytes()[..left]).is_err());
        }
    }

    #[test]
    fn a_record_of_another_merchant_or_of_none_differs() {
        let amount = Money::from(Rial::new(10_000));
        let reference = "1000".parse().unwrap();
        let record = PaymentRecord::new("example", reference, amount, SystemTime::UNIX_EPOCH);
        let nameless = record.merchant_mismatch("1003").unwrap();
        assert!(nameless.has(ComparedField::Merchant));
        let record = record.with_merchant("1003");
        assert_eq!(record.merchant_mismatch("1003"), None);
        assert!(record.check_merchant("1003").is_ok());
        for other in ["1004", "100", "10031", " 1003", ""] {
            let mismatch = record.merchant_mismatch(other).unwrap();
            assert!(mismatch.has(ComparedField::Merchant), "{other}");
            assert_eq!(mismatch.differences()[0].expected(), other);
            assert_eq!(mismatch.differences()[0].found(), "1003");
            let error = record.check_merchant(other).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch);
            assert_eq!(error.effect(), Effect::NotExecuted);
            assert_eq!(error.mismatch(), Some(&mismatch));
        }
    }
}

#[cfg(test)]
mod expected_tests {
    use std::time::SystemTime;

    use super::*;
    use crate::ErrorKind;

    const RIAL: &[Currency] = &[Currency::Irr];

    fn money(amount: &str, currency: Currency) -> Money {
        Money::new(amount, currency).unwrap()
    }

    fn record(amount: Money) -> PaymentRecord {
        let reference = "1000".parse().unwrap();
        PaymentRecord::new("example", reference, amount, SystemTime::UNIX_EPOCH).with_id("id", "7")
    }

    fn expected(reference: &str, price: Money, record: PaymentRecord) -> ExpectedPayment {
        ExpectedPayment::new(reference.parse().unwrap(), price, record)
    }

    fn mismatch(expected: &ExpectedPayment) -> Option<Mismatch> {
        expected
            .record_mismatch(&Capabilities::new("example", RIAL))
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
            let found = mismatch(&expected("1000", price, rial.clone()));
            assert_eq!(found, None, "{price}");
        }
        let toman = record(money("1500", Currency::Irt));
        let same = expected("1000", money("15000", Currency::Irr), toman);
        assert_eq!(mismatch(&same), None);
    }

    #[test]
    fn another_amount_currency_or_order_differs_in_that_field() {
        let rial = record(money("15000", Currency::Irr));
        for (reference, amount, currency, field) in [
            ("1000", "15001", Currency::Irr, ComparedField::Amount),
            ("1000", "15000", Currency::Irt, ComparedField::Amount),
            ("1000", "15000", Currency::Usd, ComparedField::Currency),
            ("1001", "15000", Currency::Irr, ComparedField::Order),
        ] {
            let expected = expected(reference, money(amount, currency), rial.clone());
            let found = mismatch(&expected).unwrap();
            let alone = found.has(field) && found.differences().len() == 1;
            assert!(alone, "{found}");
        }
        let toman = record(money("1500", Currency::Irt));
        let odd = mismatch(&expected("1000", money("15001", Currency::Irr), toman)).unwrap();
        assert!(odd.has(ComparedField::Amount));
    }

    #[test]
    fn a_hint_that_names_another_payment_differs() {
        let price = money("15000", Currency::Irr);
        let with = |hint| mismatch(&expected("1000", price, record(price)).with_hint(hint));
        let hint = Hint::new("example");
        let same = hint.clone().with_reference("1000").with_id("id", "7");
        for hint in [hint.clone(), same] {
            assert_eq!(with(hint), None);
        }
        let unknown = hint.clone().with_id("unknown", "7");
        for (other, field) in [
            (hint.clone().with_id("id", "8"), ComparedField::Reference),
            (unknown, ComparedField::Reference),
            (hint.with_reference("1001"), ComparedField::Order),
            (Hint::new("another"), ComparedField::Reference),
        ] {
            assert!(with(other).unwrap().has(field), "{field:?}");
        }
    }

    #[test]
    fn a_record_of_another_provider_is_refused() {
        let price = money("15000", Currency::Irr);
        let error = expected("1000", price, record(price))
            .record_mismatch(&Capabilities::new("another", RIAL))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
