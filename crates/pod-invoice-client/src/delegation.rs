use std::fmt;

use paylink_core::{FieldKey, Invalid};

use crate::UserId;
use crate::config::Form;
use crate::name::checked;

const HASH: FieldKey = FieldKey::new("delegation_hash", "delegation hash");

/// Credit that others let the payer use, in the order in which it is to be used.
///
/// ```
/// use pod_invoice_client::{Delegation, UserId};
///
/// let credit = Delegation::new().with_user(UserId::new(11)?).with_user(UserId::new(12)?).without_wallet();
/// # Ok::<(), pod_invoice_client::Invalid>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "a delegation is given to a payment"]
pub struct Delegation {
    users: Vec<UserId>,
    hashes: Vec<String>,
    force: Option<bool>,
}

impl Delegation {
    /// No credit yet.
    pub fn new() -> Delegation {
        Delegation::default()
    }

    /// Adds the credit of this user, after those added before.
    pub fn with_user(mut self, user: UserId) -> Delegation {
        self.users.push(user);
        self
    }

    /// Adds exactly the credit with this hash, after those added before.
    ///
    /// # Errors
    ///
    /// If it is empty, long or holds control characters.
    pub fn with_credit(mut self, hash: &str) -> Result<Delegation, Invalid> {
        checked(HASH, hash)?;
        self.hashes.push(hash.to_owned());
        Ok(self)
    }

    /// Pays from the credit and nothing else: POD refuses if it does not suffice.
    pub fn without_wallet(mut self) -> Delegation {
        self.force = Some(true);
        self
    }

    /// Pays what the credit does not cover from the wallet.
    pub fn with_wallet(mut self) -> Delegation {
        self.force = Some(false);
        self
    }

    pub(crate) fn write(&self, form: Form) -> Form {
        form.each("delegatorId", &self.users)
            .each("delegationHash", &self.hashes)
            .optional("forceDelegation", self.force)
    }
}

impl fmt::Debug for Delegation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delegation")
            .field("users", &self.users)
            .field("hashes", &self.hashes.len())
            .field("force", &self.force)
            .finish()
    }
}
