use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::OrderReference;
use crate::handle::{from_millis, to_millis};
use crate::ids::Ids;
use crate::{Effect, Error, ErrorKind, Field, FieldKey, Invalid, Mismatch, Money};

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
    pub fn merchant(mut self, merchant: impl Into<String>) -> PaymentRecord {
        self.merchant = Some(merchant.into());
        self
    }

    /// Adds an id that the provider gave, under the provider's name for it.
    #[must_use]
    pub fn id(mut self, name: &str, value: impl Into<String>) -> PaymentRecord {
        self.ids.add(name, value);
        self
    }

    /// Adds what the provider's adapter alone reads: a document of its own form, without secrets.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> PaymentRecord {
        self.detail = Some(detail.into());
        self
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The reference under which it was created.
    #[must_use]
    pub fn reference(&self) -> &OrderReference {
        &self.reference
    }

    /// What the provider was asked for, in what the provider counts in.
    #[must_use]
    pub fn amount(&self) -> &Money {
        &self.amount
    }

    /// The terminal, shop or link name.
    #[must_use]
    pub fn at_merchant(&self) -> Option<&str> {
        self.merchant.as_deref()
    }

    /// The provider's id of this name.
    #[must_use]
    pub fn known_id(&self, name: &str) -> Option<&str> {
        self.ids.get(name)
    }

    /// The provider's id of this name, without which the adapter can do nothing.
    ///
    /// # Errors
    ///
    /// If it is not there: the record is not the one that was stored.
    pub fn needed_id(&self, name: &str) -> Result<&str, Invalid> {
        self.known_id(name).ok_or_else(|| {
            Invalid::new(PaymentRecord::KEY, format!("holds no {name}"))
                .remedy("give back the record as it was stored")
        })
    }

    /// When it was created.
    #[must_use]
    pub fn created_at(&self) -> SystemTime {
        from_millis(self.created_at_ms)
    }

    /// What the provider's adapter put in for itself.
    #[must_use]
    pub fn own_detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Checks that it is a record of this provider's payments.
    ///
    /// # Errors
    ///
    /// Says whose it is: give it to that provider.
    pub fn must_be_of(&self, provider: &str) -> Result<(), Invalid> {
        if self.provider == provider {
            return Ok(());
        }
        Err(Invalid::new(PaymentRecord::KEY, "is of another provider")
            .value(&self.provider)
            .remedy("give it to that provider"))
    }

    /// How it differs from a record that was made at this terminal, shop or link name; `None` if it was made there.
    #[must_use]
    pub fn differs_in_merchant(&self, own: &str) -> Option<Mismatch> {
        let recorded = self.at_merchant();
        (recorded != Some(own))
            .then(|| Mismatch::one(Field::Merchant, own, recorded.unwrap_or("none")))
    }

    /// Checks that it was made at this terminal, shop or link name, for what does not settle.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] says whose it is: give it to that one's client. Nothing was sent.
    pub fn must_be_at(&self, own: &str) -> Result<(), Error> {
        self.differs_in_merchant(own).map_or(Ok(()), |mismatch| {
            let problem = "the record is of another merchant; give it to that one's client";
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rial;

    #[test]
    fn a_record_of_another_merchant_or_of_none_differs() {
        let amount = Money::from_rial(Rial::new(10_000));
        let reference = "1000".parse().unwrap();
        let record = PaymentRecord::new("example", reference, amount, SystemTime::UNIX_EPOCH);
        let nameless = record.differs_in_merchant("1003").unwrap();
        assert!(nameless.is_in(Field::Merchant));
        let record = record.merchant("1003");
        assert_eq!(record.differs_in_merchant("1003"), None);
        assert!(record.must_be_at("1003").is_ok());
        for other in ["1004", "100", "10031", " 1003", ""] {
            let mismatch = record.differs_in_merchant(other).unwrap();
            assert!(mismatch.is_in(Field::Merchant), "{other}");
            assert_eq!(mismatch.differences()[0].expected(), other);
            assert_eq!(mismatch.differences()[0].found(), "1003");
            let error = record.must_be_at(other).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch);
            assert_eq!(error.effect(), Effect::NotExecuted);
            assert_eq!(error.mismatch(), Some(&mismatch));
        }
    }
}
