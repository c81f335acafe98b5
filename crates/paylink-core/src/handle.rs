use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::{Invalid, Money, Resolution};

/// What finds an operation again whose outcome is unknown. Store it **before** sending; it holds no secret.
///
/// It is made of the merchant's own words: which provider and operation, the merchant's reference, the amount, when,
/// and the provider's ids as far as they were known. As JSON it goes into any store, and it comes back equal.
///
/// ```
/// use paylink_core::Handle;
///
/// let handle = Handle::new("zipay", "create-invoice", std::time::SystemTime::now()).reference("1000");
/// let stored = serde_json::to_string(&handle)?;
/// assert_eq!(serde_json::from_str::<Handle>(&stored)?, handle);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handle {
    version: Version,
    provider: String,
    operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    #[serde(default, skip_serializing_if = "Ids::is_empty")]
    ids: Ids,
    prepared_at_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed_at_ms: Option<u64>,
}

impl Handle {
    /// A handle for an operation that is about to be sent.
    #[must_use]
    pub fn new(provider: &str, operation: &str, prepared_at: SystemTime) -> Handle {
        Handle {
            version: Version::One,
            provider: provider.to_owned(),
            operation: operation.to_owned(),
            reference: None,
            merchant: None,
            amount: None,
            ids: Ids::default(),
            prepared_at_ms: to_millis(prepared_at),
            failed_at_ms: None,
        }
    }

    /// Adds the merchant's own reference: the invoice or order number.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Handle {
        self.reference = Some(reference.into());
        self
    }

    /// Adds which of the merchant's terminals, shops or link names it concerns.
    #[must_use]
    pub fn merchant(mut self, merchant: impl Into<String>) -> Handle {
        self.merchant = Some(merchant.into());
        self
    }

    /// Adds the amount, with its currency.
    #[must_use]
    pub fn amount(mut self, amount: Money) -> Handle {
        self.amount = Some(amount);
        self
    }

    /// Adds an id that the provider gave, under the provider's name for it.
    #[must_use]
    pub fn id(mut self, name: &str, value: impl Into<String>) -> Handle {
        self.ids.add(name, value);
        self
    }

    pub(crate) fn failed_at(mut self, at: SystemTime) -> Handle {
        self.failed_at_ms = Some(to_millis(at));
        self
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The operation's name.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The merchant's own reference.
    #[must_use]
    pub fn own_reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The terminal, shop or link name.
    #[must_use]
    pub fn own_merchant(&self) -> Option<&str> {
        self.merchant.as_deref()
    }

    /// The amount.
    #[must_use]
    pub fn own_amount(&self) -> Option<&Money> {
        self.amount.as_ref()
    }

    /// The provider's id of this name.
    #[must_use]
    pub fn known_id(&self, name: &str) -> Option<&str> {
        self.ids.get(name)
    }

    /// When it was prepared.
    #[must_use]
    pub fn prepared_at(&self) -> SystemTime {
        from_millis(self.prepared_at_ms)
    }

    /// When its failure was noticed, or else when it was prepared: the operation was not sent later than that by much.
    #[must_use]
    pub fn last_seen(&self) -> SystemTime {
        from_millis(self.last_seen_ms())
    }

    /// Checks that it is a handle of this provider's operations.
    ///
    /// # Errors
    ///
    /// Says whose it is: give it to that provider's client.
    pub fn must_be_of(&self, provider: &str) -> Result<(), Invalid> {
        if self.provider == provider {
            return Ok(());
        }
        Err(Invalid::new("handle", "is of another provider")
            .value(&self.provider)
            .remedy("give it to that provider's client"))
    }

    /// Checks that it names no other terminal, shop or link name than this one: what another one has is not found here,
    /// which would look as if it had never been.
    ///
    /// A handle that names none passes. An adapter whose handles all name one asks for it first, with
    /// [`needed`](Handle::needed).
    ///
    /// # Errors
    ///
    /// Says whose it is: give it to that one's client.
    ///
    /// ```
    /// use paylink_core::Handle;
    ///
    /// let handle = Handle::new("zipay", "create-invoice", std::time::SystemTime::now()).merchant("1003");
    /// assert!(handle.must_be_at("1003").is_ok());
    /// assert!(handle.must_be_at("1004").is_err());
    /// ```
    pub fn must_be_at(&self, own: &str) -> Result<(), Invalid> {
        match self.own_merchant() {
            Some(other) if other != own => Err(Invalid::new(
                "handle",
                "is of another terminal, shop or link name",
            )
            .value(other)
            .remedy("give it to that one's client")),
            Some(_) | None => Ok(()),
        }
    }

    /// A part of the handle that the look-up needs; `name` says which one it is.
    ///
    /// # Errors
    ///
    /// If it is not there: the handle is not the one that was stored.
    pub fn needed<'a>(name: &str, part: Option<&'a str>) -> Result<&'a str, Invalid> {
        part.ok_or_else(|| {
            Invalid::new("handle", format!("holds no {name}"))
                .remedy("give back the handle as it was stored")
        })
    }

    /// The amount, without which what is found cannot be recognised.
    ///
    /// # Errors
    ///
    /// If it is not there: the handle is not the one that was stored.
    pub fn needed_amount(&self) -> Result<&Money, Invalid> {
        self.own_amount().ok_or_else(|| {
            Invalid::new("handle", "holds no amount")
                .remedy("give back the handle as it was stored")
        })
    }

    /// What it means at `now` that the operation cannot be found: not executed once the provider's settling time has
    /// passed, and nothing before.
    #[must_use]
    pub fn not_found<V>(&self, settling: Duration, now: SystemTime) -> Resolution<V> {
        match self.remaining(settling, now) {
            Duration::ZERO => Resolution::NotExecuted,
            look_again_after => Resolution::StillUnknown { look_again_after },
        }
    }

    /// How long to wait at `now` before "not found" means "not executed": zero once `settling` has passed.
    #[must_use]
    pub fn remaining(&self, settling: Duration, now: SystemTime) -> Duration {
        match to_millis(now).checked_sub(self.last_seen_ms()) {
            Some(passed) => settling.saturating_sub(Duration::from_millis(passed)),
            // The clock went back: nothing is known about how much time has passed.
            None => settling,
        }
    }

    fn last_seen_ms(&self) -> u64 {
        self.failed_at_ms
            .unwrap_or(self.prepared_at_ms)
            .max(self.prepared_at_ms)
    }
}

/// The form of a stored handle, so that a later release reads what this one wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Version {
    #[serde(rename = "1")]
    One,
}

pub(crate) fn to_millis(time: SystemTime) -> u64 {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(crate) fn from_millis(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(millis))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_counted_from_the_failure_when_it_is_known() {
        let start = from_millis(1_000_000);
        let settling = Duration::from_secs(60);
        let handle = Handle::new("p", "o", start);
        assert_eq!(handle.remaining(settling, start), settling);
        assert_eq!(
            handle.remaining(settling, start + Duration::from_secs(59)),
            Duration::from_secs(1)
        );
        let failed = handle.clone().failed_at(start + Duration::from_secs(45));
        assert_eq!(
            failed.remaining(settling, start + Duration::from_secs(60)),
            Duration::from_secs(45)
        );
        assert_eq!(
            failed.remaining(settling, start + Duration::from_secs(105)),
            Duration::ZERO
        );
    }

    #[test]
    fn a_clock_that_went_back_proves_nothing() {
        let start = from_millis(1_000_000);
        let handle = Handle::new("p", "o", start);
        let settling = Duration::from_secs(60);
        assert_eq!(
            handle.remaining(settling, start - Duration::from_secs(500)),
            settling
        );
    }

    #[test]
    fn a_stored_handle_of_another_form_is_refused() {
        let text = serde_json::to_string(&Handle::new("p", "o", from_millis(5))).unwrap();
        assert!(serde_json::from_str::<Handle>(&text.replace("\"1\"", "\"2\"")).is_err());
    }
}
