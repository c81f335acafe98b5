use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::provider::hint::Ids;
use crate::{FieldKey, Invalid, Money};

/// What finds an operation again whose outcome is unknown. Store it **before** sending; it holds no secret.
///
/// It is made of the merchant's own words: which provider and operation, the merchant's reference, the amount, when,
/// and the provider's ids as far as they were known. As JSON it goes into any store, and it comes back equal.
///
/// It says by when every byte of the operation had left ([`sent_by`](Handle::sent_by)), and the client keeps that: what
/// was prepared is not sent later. A look-up counts the provider's settling time from then, see
/// [`Inquiry`](crate::Inquiry). Of a handle that does not say it, "not found" proves nothing, however late.
///
/// ```
/// use paylink_core::Handle;
///
/// let handle = Handle::new("zipay", "create-invoice", std::time::SystemTime::now()).with_reference("1000");
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
    sent_by_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed_at_ms: Option<u64>,
}

impl Handle {
    /// The field under which a handle is refused.
    pub const KEY: FieldKey = FieldKey::new("handle", "handle");

    /// A handle for an operation that is about to be sent.
    ///
    /// Handles of a client's calls come from [`Call::handle`](crate::Call::handle). One that is made here says nothing of
    /// when the operation is sent until [`with_deadline`](Handle::with_deadline) or [`with_failed_at`](Handle::with_failed_at) adds it.
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
            sent_by_ms: None,
            failed_at_ms: None,
        }
    }

    /// Adds the merchant's own reference: the invoice or order number.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Handle {
        self.reference = Some(reference.into());
        self
    }

    /// Adds which of the merchant's terminals, shops or link names it concerns.
    #[must_use]
    pub fn with_merchant(mut self, merchant: impl Into<String>) -> Handle {
        self.merchant = Some(merchant.into());
        self
    }

    /// Adds the amount, with its currency.
    #[must_use]
    pub fn with_amount(mut self, amount: Money) -> Handle {
        self.amount = Some(amount);
        self
    }

    /// Adds an id that the provider gave, under the provider's name for it.
    #[must_use]
    pub fn with_id(mut self, name: &str, value: impl Into<String>) -> Handle {
        self.ids.add(name, value);
        self
    }

    /// Promises that no byte of the operation leaves after this moment. The sender has to keep that.
    #[must_use]
    pub fn with_deadline(mut self, at: SystemTime) -> Handle {
        self.sent_by_ms = Some(to_millis(at));
        self
    }

    /// Notes when the call ended, however it did: no byte of it leaves after this moment.
    #[must_use]
    pub fn with_failed_at(mut self, at: SystemTime) -> Handle {
        self.failed_at_ms = Some(to_millis(at));
        self
    }

    /// Takes over when the call ended, if `told` is a handle of the same call.
    pub(crate) fn ended_like(mut self, told: &Handle) -> Handle {
        let same_operation = self.provider == told.provider && self.operation == told.operation;
        if same_operation && self.prepared_at_ms == told.prepared_at_ms {
            self.failed_at_ms = told.failed_at_ms;
        }
        self
    }

    crate::getters! { self;
        /// The provider's name.
        provider: &str = &self.provider;
        /// The operation's name.
        operation: &str = &self.operation;
        /// The merchant's own reference.
        reference: Option<&str> = self.reference.as_deref();
        /// The terminal, shop or link name.
        merchant: Option<&str> = self.merchant.as_deref();
        /// The amount.
        amount: Option<&Money> = self.amount.as_ref();
    }

    /// The provider's id of this name.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<&str> {
        self.ids.get(name)
    }

    /// When it was prepared.
    #[must_use]
    pub fn prepared_at(&self) -> SystemTime {
        from_millis(self.prepared_at_ms)
    }

    /// The last moment in which a byte of it may have left: when its call ended, or else by when it had to end.
    ///
    /// `None` if it was not stored; then it is not known when the request was sent.
    #[must_use]
    pub fn sent_by(&self) -> Option<SystemTime> {
        self.sent_by_ms().map(from_millis)
    }

    /// Checks that it is a handle of this provider's operations.
    ///
    /// # Errors
    ///
    /// Says whose it is: use an account of that provider.
    pub fn check_provider(&self, provider: &str) -> Result<(), Invalid> {
        if self.provider == provider {
            return Ok(());
        }
        Err(Invalid::new(Handle::KEY, "is of another provider")
            .with_value(&self.provider)
            .with_remedy("use an account of that provider"))
    }

    /// Checks that it names no other terminal, shop or link name than this one: what another one has is not found here,
    /// which would look as if it had never been.
    ///
    /// A handle that names none passes. An adapter whose handles all name one asks for it first, with
    /// [`require`](Handle::require).
    ///
    /// # Errors
    ///
    /// Says whose it is: use the account that sent it.
    ///
    /// ```
    /// use paylink_core::Handle;
    ///
    /// let handle = Handle::new("zipay", "create-invoice", std::time::SystemTime::now()).with_merchant("1003");
    /// assert!(handle.check_merchant("1003").is_ok());
    /// assert!(handle.check_merchant("1004").is_err());
    /// ```
    pub fn check_merchant(&self, own: &str) -> Result<(), Invalid> {
        match self.merchant() {
            Some(other) if other != own => Err(Invalid::new(
                Handle::KEY,
                "is of another terminal, shop or link name",
            )
            .with_value(other)
            .with_remedy("use the account that sent it")),
            Some(_) | None => Ok(()),
        }
    }

    /// A part of the handle that the look-up needs; `name` says which one it is.
    ///
    /// # Errors
    ///
    /// If it is not there: the handle is not the one that was stored.
    pub fn require<'a>(name: &str, part: Option<&'a str>) -> Result<&'a str, Invalid> {
        part.ok_or_else(|| {
            Invalid::new(Handle::KEY, format!("holds no {name}"))
                .with_remedy("give back the handle as it was stored")
        })
    }

    /// The amount, without which what is found cannot be recognised.
    ///
    /// # Errors
    ///
    /// If it is not there: the handle is not the one that was stored.
    pub fn require_amount(&self) -> Result<&Money, Invalid> {
        self.amount().ok_or_else(|| {
            Invalid::new(Handle::KEY, "holds no amount")
                .with_remedy("give back the handle as it was stored")
        })
    }

    /// Whether the time is past by which its last byte had to leave.
    pub(crate) fn is_over(&self, now: SystemTime) -> bool {
        self.sent_by().is_some_and(|sent_by| now > sent_by)
    }

    pub(crate) fn prepared_at_ms(&self) -> u64 {
        self.prepared_at_ms
    }

    pub(crate) fn sent_by_ms(&self) -> Option<u64> {
        // It was not sent before it was prepared: a time that says so is of a clock that went back meanwhile.
        let sent_by = self.failed_at_ms.or(self.sent_by_ms)?;
        Some(sent_by.max(self.prepared_at_ms))
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
    fn when_a_call_ended_says_more_than_by_when_it_had_to() {
        let at = |seconds: u64| from_millis(1_000_000 + seconds * 1_000);
        let handle = Handle::new("p", "o", at(0));
        assert_eq!(handle.sent_by(), None);
        let handle = handle.with_deadline(at(105));
        assert_eq!(handle.sent_by(), Some(at(105)));
        assert_eq!(handle.clone().with_failed_at(at(7)).sent_by(), Some(at(7)));
        assert_eq!(handle.with_failed_at(at(700)).sent_by(), Some(at(700)));
    }

    #[test]
    fn a_clock_that_went_back_before_the_failure_dates_it_no_earlier_than_the_preparing() {
        let start = from_millis(1_000_000);
        let back = start - Duration::from_secs(500);
        let handle = Handle::new("p", "o", start);
        assert_eq!(handle.clone().with_failed_at(back).sent_by(), Some(start));
        assert_eq!(handle.with_deadline(back).sent_by(), Some(start));
    }

    #[test]
    fn a_handle_belongs_to_its_provider_alone() {
        let handle = Handle::new("zipay", "create-invoice", from_millis(5));
        assert_eq!(handle.check_provider("zipay"), Ok(()));
        let refused = handle.check_provider("sizpay").unwrap_err().to_string();
        assert!(refused.contains("is of another provider"), "{refused}");
        assert!(refused.contains("zipay"), "{refused}");
    }

    #[test]
    fn a_handle_that_names_no_merchant_passes_at_each_and_another_ones_at_none() {
        let handle = Handle::new("p", "o", from_millis(5));
        assert_eq!(handle.check_merchant("1003"), Ok(()));
        let handle = handle.with_merchant("1003");
        assert_eq!(handle.check_merchant("1003"), Ok(()));
        let refused = handle.check_merchant("1004").unwrap_err().to_string();
        assert!(refused.contains("1003"), "{refused}");
    }

    #[test]
    fn every_part_is_read_back_as_it_was_given() {
        let amount = Money::new("100.99", crate::Currency::Usd).unwrap();
        let handle = Handle::new("p", "o", from_millis(5_000))
            .with_reference("1000")
            .with_merchant("1003")
            .with_amount(amount)
            .with_id("trackid", "a")
            .with_deadline(from_millis(6_000))
            .with_failed_at(from_millis(7_000));
        let stored = serde_json::to_string(&handle).unwrap();
        let handle: Handle = serde_json::from_str(&stored).unwrap();
        assert_eq!((handle.provider(), handle.operation()), ("p", "o"));
        assert_eq!(handle.reference(), Some("1000"));
        assert_eq!(handle.merchant(), Some("1003"));
        assert_eq!(handle.amount(), Some(&amount));
        assert_eq!(handle.require_amount(), Ok(&amount));
        assert_eq!(handle.id("trackid"), Some("a"));
        assert_eq!(handle.id("pay_id"), None);
        assert_eq!(handle.prepared_at(), from_millis(5_000));
        assert_eq!(handle.sent_by(), Some(from_millis(7_000)));
    }

    #[test]
    fn what_a_look_up_needs_and_is_not_there_is_named() {
        let handle = Handle::new("p", "o", from_millis(5));
        let refused = handle.require_amount().unwrap_err().to_string();
        assert!(refused.contains("holds no amount"), "{refused}");
        let refused = Handle::require("trackid", None).unwrap_err().to_string();
        assert!(refused.contains("holds no trackid"), "{refused}");
        assert_eq!(Handle::require("trackid", Some("a")), Ok("a"));
    }

    #[test]
    fn a_stored_handle_of_another_form_is_refused() {
        let text = serde_json::to_string(&Handle::new("p", "o", from_millis(5))).unwrap();
        assert!(serde_json::from_str::<Handle>(&text.replace("\"1\"", "\"2\"")).is_err());
    }

    #[test]
    fn its_time_is_over_only_after_the_last_moment() {
        let at = |ms: u64| from_millis(1_000_000 + ms);
        let handle = Handle::new("p", "o", at(0)).with_deadline(at(105));
        assert!(!handle.is_over(at(105)));
        assert!(handle.is_over(at(106)));
    }
}
