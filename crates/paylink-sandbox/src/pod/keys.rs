use std::fmt;

use super::service::Service;
use crate::random::Stream;

/// The keys with which the services are called: one for all of them, and one for each alone.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) general: String,
    of_services: Vec<(Service, String)>,
}

impl Keys {
    pub(super) fn cut(random: &Stream) -> Self {
        Self {
            general: random.hex(2),
            of_services: Service::ALL
                .into_iter()
                .map(|service| (service, random.hex(2)))
                .collect(),
        }
    }

    pub(super) fn of(&self, service: Service) -> Option<&str> {
        let mut keys = self.of_services.iter();
        let (_, key) = keys.find(|(whose, _)| *whose == service)?;
        Some(key)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let of_services = self.of_services.iter().map(|(_, key)| key.as_str());
        of_services.chain([self.general.as_str()])
    }

    /// Tells whether a key opens a service.
    pub(super) fn open(&self, service: Service, key: &str) -> bool {
        key == self.general || self.of(service) == Some(key)
    }
}

/// Leaves the keys out.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
