use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use super::PodSandbox;
use super::gateway::WayBack;
use super::invoice::Invoice;

/// How long a link of service 29815 lives.
pub const LINK_LIVES: Duration = Duration::from_secs(300);

/// The links that service 29815 has made.
#[derive(Debug, Default)]
pub(super) struct Links(HashMap<String, Link>);

#[derive(Debug)]
struct Link {
    invoice: u64,
    made_at: SystemTime,
}

impl Links {
    pub(super) fn make(&mut self, hash: String, invoice: u64, now: SystemTime) {
        let link = Link {
            invoice,
            made_at: now,
        };
        self.0.insert(hash, link);
    }

    /// Returns the invoice a link leads to while it lives.
    pub(super) fn follow(&self, hash: &str, now: SystemTime) -> Option<u64> {
        let link = self.0.get(hash)?;
        let end = link.made_at.checked_add(LINK_LIVES)?;
        (now < end).then_some(link.invoice)
    }
}

impl PodSandbox {
    /// Writes the link by which anybody can pay an invoice.
    pub(super) fn unique_number_link(&self, invoice: &Invoice, way_back: &WayBack) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("uniqueNumber", &invoice.unique_number);
        if let Some(redirect) = &way_back.redirect {
            query.append_pair("redirectUri", redirect.as_str());
        }
        if let Some(call) = &way_back.call {
            query.append_pair("callUri", call.as_str());
        }
        let query = query.finish();
        format!("{}v1/pbc/payInvoiceByUniqueNumber?{query}", self.pay_url())
    }
}

/// Tokens kept; the oldest lapse when more are given out.
const CAPACITY: usize = 10_000;

/// The one-time tokens that were given out and not used yet, with the users they are for.
#[derive(Debug, Default)]
pub(super) struct OneTimeTokens(VecDeque<(u64, String)>);

impl OneTimeTokens {
    pub(super) fn give(&mut self, user_id: u64, token: String) {
        if self.0.len() >= CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back((user_id, token));
    }

    /// Uses a token up, and tells whether the user had it.
    pub(super) fn spend(&mut self, user_id: u64, token: &str) -> bool {
        let mut tokens = self.0.iter();
        let place = tokens.position(|(user, given)| *user == user_id && given == token);
        place.and_then(|place| self.0.remove(place)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_lives_for_five_minutes() {
        let (mut links, now) = (Links::default(), SystemTime::now());
        links.make("h".into(), 7, now);
        let after = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(links.follow("h", now), Some(7));
        assert_eq!(links.follow("h", after(299)), Some(7));
        assert_eq!(links.follow("h", after(300)), None);
        assert_eq!(links.follow("other", now), None);
    }
}

#[cfg(test)]
mod one_time_token_tests {
    use super::*;

    #[test]
    fn a_token_is_good_once_and_for_one_user() {
        let mut tokens = OneTimeTokens::default();
        tokens.give(1, "a".into());
        assert!(!tokens.spend(2, "a"));
        assert!(tokens.spend(1, "a"));
        assert!(!tokens.spend(1, "a"));
    }

    #[test]
    fn the_oldest_lapse() {
        let mut tokens = OneTimeTokens::default();
        for number in 0..=CAPACITY {
            tokens.give(1, number.to_string());
        }
        assert!(!tokens.spend(1, "0"));
        assert!(tokens.spend(1, "1"));
    }
}
