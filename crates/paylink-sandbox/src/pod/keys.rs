use super::NAME;
use super::services::SERVICES;
use crate::credentials::{Credentials, Whose};
use crate::random::Stream;
use crate::world::debug_shows;

/// The keys with which the services are called: one for all of them, and one for each alone.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) general: String,
    /// The keys of single services, by their numbers in production.
    of_services: Vec<(u32, String)>,
}

impl Keys {
    pub(super) fn cut(random: &Stream) -> Self {
        Self {
            general: random.hex(2),
            of_services: SERVICES
                .iter()
                .map(|service| (service.number(), random.hex(2)))
                .collect(),
        }
    }

    /// Takes the key that was chosen for all services.
    pub(super) fn with(self, chosen: &Credentials) -> Self {
        Self {
            general: chosen.or_drawn(Whose::Own, NAME, "api_key", self.general),
            ..self
        }
    }

    pub(super) fn of(&self, service: u32) -> Option<&str> {
        let mut keys = self.of_services.iter();
        let (_, key) = keys.find(|(whose, _)| *whose == service)?;
        Some(key)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let of_services = self.of_services.iter().map(|(_, key)| key.as_str());
        of_services.chain([self.general.as_str()])
    }

    /// Returns whether a key opens a service.
    pub(super) fn open(&self, service: u32, key: &str) -> bool {
        key == self.general || self.of(service) == Some(key)
    }
}

debug_shows!(Keys {});

/// A business or a person that the sandboxed POD knows, with a token that is good for nothing else.
#[derive(Clone)]
pub struct Account {
    user_id: u64,
    business_id: Option<u64>,
    name: &'static str,
    mobile: Option<&'static str>,
    token: String,
}

/// The accounts of the sandboxed POD.
#[derive(Debug, Clone)]
pub(super) struct Accounts {
    pub(super) business: Account,
    pub(super) other_business: Account,
    pub(super) user: Account,
    pub(super) other_user: Account,
    pub(super) user_without_mobile: Account,
    pub(super) sponsor: Account,
}

impl Account {
    /// Returns the user id: whom an invoice is issued to, and who pays it.
    #[must_use]
    pub fn user_id(&self) -> u64 {
        self.user_id
    }

    /// Returns the business id, if this is a business.
    #[must_use]
    pub fn business_id(&self) -> Option<u64> {
        self.business_id
    }

    /// Returns the name that payers see.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns the confirmed mobile number, if there is one.
    #[must_use]
    pub fn mobile(&self) -> Option<&str> {
        self.mobile
    }

    /// Returns the token of the header `_token_`: a business's API token or a user's access token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl Accounts {
    pub(super) fn register(random: &Stream) -> Self {
        let business = |user_id, business_id, name| Account {
            user_id,
            business_id: Some(business_id),
            name,
            mobile: None,
            token: random.hex(2),
        };
        let person = |user_id, name, mobile| Account {
            user_id,
            business_id: None,
            name,
            mobile,
            token: random.hex(2),
        };
        Self {
            business: business(11_001, 3605, "فروشگاه نمونه"),
            other_business: business(11_002, 3612, "فروشگاه دیگر"),
            user: person(16_849, "مریم نمونه", Some("09120000001")),
            other_user: person(16_850, "رضا نمونه", Some("09120000002")),
            user_without_mobile: person(16_851, "نگار نمونه", None),
            sponsor: person(16_900, "سازمان نمونه", None),
        }
    }

    /// Takes the tokens that were chosen.
    pub(super) fn with(mut self, chosen: &Credentials) -> Self {
        for (account, whose, key) in [
            (&mut self.business, Whose::Own, "token"),
            (&mut self.other_business, Whose::Other, "token"),
            (&mut self.user, Whose::Own, "user_token"),
        ] {
            let drawn = std::mem::take(&mut account.token);
            account.token = chosen.or_drawn(whose, NAME, key, drawn);
        }
        self
    }

    pub(super) fn all(&self) -> [&Account; 6] {
        [
            &self.business,
            &self.other_business,
            &self.user,
            &self.other_user,
            &self.user_without_mobile,
            &self.sponsor,
        ]
    }

    pub(super) fn with_user_id(&self, user_id: u64) -> Option<&Account> {
        let mut all = self.all().into_iter();
        all.find(|account| account.user_id == user_id)
    }

    pub(super) fn with_token(&self, token: &[u8]) -> Option<&Account> {
        let mut all = self.all().into_iter();
        all.find(|account| account.token.as_bytes() == token)
    }
}

debug_shows!(Account { user_id, name });
