use std::fmt;

use paylink_core::{FieldKey, Header, Invalid};
use secrecy::{ExposeSecret, SecretString};

use crate::UserId;
use crate::config::Form;
use crate::descriptor::{TOKEN, USER_TOKEN};
use crate::name::checked;

const ONE_TIME_TOKEN: FieldKey = FieldKey::new("one_time_token", "one-time token");

/// The merchant's fixed API token, from POD's business panel. It prints no secret.
#[derive(Clone)]
pub struct BusinessToken(SecretString);

impl BusinessToken {
    /// Takes the token as the panel shows it; it is checked when the client is built.
    pub fn new(token: impl Into<SecretString>) -> BusinessToken {
        BusinessToken(token.into())
    }

    pub(crate) fn header(&self) -> Result<Header, Invalid> {
        Header::secret("_token_", self.0.expose_secret()).map_err(|invalid| invalid.under(TOKEN))
    }
}

/// A user's access token, which the user granted by logging in. It prints no secret.
///
/// It is another type than [`BusinessToken`]: a payment from a user's wallet cannot be asked for with the merchant's
/// token by mistake, nor the other way round.
#[derive(Clone)]
pub struct UserToken(Header);

impl UserToken {
    /// Takes an access token.
    ///
    /// # Errors
    ///
    /// If it is empty or not visible ASCII; it is not shown.
    pub fn new(token: impl Into<SecretString>) -> Result<UserToken, Invalid> {
        let token: SecretString = token.into();
        Header::secret("_token_", token.expose_secret())
            .map(UserToken)
            .map_err(|invalid| invalid.under(USER_TOKEN).with_remedy("log the user in"))
    }

    pub(crate) fn header(&self) -> &Header {
        &self.0
    }
}

/// A token for one call, from service 29816 or from the answer before. It prints no secret.
#[derive(Clone)]
pub struct OneTimeToken(SecretString);

impl OneTimeToken {
    /// Takes a one-time token.
    ///
    /// # Errors
    ///
    /// If it is empty or not visible ASCII; it is not shown.
    pub fn new(token: impl Into<SecretString>) -> Result<OneTimeToken, Invalid> {
        let token = OneTimeToken(token.into());
        token.header().map(|_| token)
    }

    pub(crate) fn header(&self) -> Result<Header, Invalid> {
        Header::secret("_ott_", self.0.expose_secret()).map_err(|invalid| {
            invalid
                .under(ONE_TIME_TOKEN)
                .with_remedy("ask for another one")
        })
    }
}

impl ExposeSecret<str> for OneTimeToken {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for BusinessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BusinessToken(…)")
    }
}

impl fmt::Debug for UserToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserToken(…)")
    }
}

impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeToken(…)")
    }
}

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
