use std::collections::VecDeque;

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
