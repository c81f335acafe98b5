use std::fmt;

use paylink_core::{FieldKey, Header, Invalid};
use secrecy::{ExposeSecret, SecretString};

use crate::descriptor::{TOKEN, USER_TOKEN};

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
