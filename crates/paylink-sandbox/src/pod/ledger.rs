use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::refusal::Refusal;

/// What each user has, in rial.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Ledger {
    #[serde(serialize_with = "write_pairs", deserialize_with = "read_pairs")]
    pockets: HashMap<Pocket, Decimal>,
    credits: Vec<Credit>,
}

/// Writes a map as pairs: JSON has texts as keys alone.
fn write_pairs<S: Serializer>(
    pockets: &HashMap<Pocket, Decimal>,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_seq(pockets)
}

fn read_pairs<'de, D: Deserializer<'de>>(from: D) -> Result<HashMap<Pocket, Decimal>, D::Error> {
    Vec::deserialize(from).map(|pairs| pairs.into_iter().collect())
}

/// Where money lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Pocket {
    /// The wallet of a user.
    Wallet(u64),
    /// What a business, by its user id, has earned in a guild.
    Guild(u64, String),
}

/// A credit that one user gave another for purchases.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Credit {
    delegator: u64,
    delegate: u64,
    hash: String,
    left: Decimal,
}

/// Which credits a payment is to use, in order of priority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Delegations {
    pub(super) delegators: Vec<u64>,
    pub(super) hashes: Vec<String>,
    /// Whether nothing may come from the wallet.
    pub(super) alone: bool,
}

/// What a payment took from where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Drawn {
    pub(super) pocket: Option<(Pocket, Decimal)>,
    /// Hashes of credits, and what was taken from each.
    pub(super) credits: Vec<(String, Decimal)>,
}

impl Drawn {
    pub(super) fn credited(&self) -> Decimal {
        self.credits.iter().map(|(_, amount)| amount).sum()
    }
}

impl Ledger {
    pub(super) fn balance(&self, pocket: &Pocket) -> Decimal {
        self.pockets.get(pocket).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, pocket: Pocket, balance: Decimal) {
        self.pockets.insert(pocket, balance);
    }

    pub(super) fn put(&mut self, pocket: Pocket, amount: Decimal) {
        let balance = self.pockets.entry(pocket).or_default();
        *balance = balance.saturating_add(amount);
    }

    /// Takes the whole amount out of one pocket, or nothing.
    pub(super) fn take(&mut self, pocket: Pocket, amount: Decimal) -> Option<Drawn> {
        let left = self.balance(&pocket).checked_sub(amount)?;
        if left < Decimal::ZERO {
            return None;
        }
        self.pockets.insert(pocket.clone(), left);
        Some(Drawn {
            pocket: Some((pocket, amount)),
            credits: Vec::new(),
        })
    }

    pub(super) fn delegate(&mut self, delegator: u64, delegate: u64, hash: String, left: Decimal) {
        self.credits.push(Credit {
            delegator,
            delegate,
            hash,
            left,
        });
    }

    /// Takes an amount out of credits as far as they were asked for, and the rest out of the wallet.
    pub(super) fn draw(
        &mut self,
        payer: u64,
        from: &Delegations,
        amount: Decimal,
    ) -> Result<Drawn, Refusal> {
        let mut rest = amount;
        let mut taken = Vec::new();
        for place in self.chosen(payer, from) {
            let Some(credit) = self.credits.get(place) else {
                continue;
            };
            let part = credit.left.min(rest);
            if part > Decimal::ZERO {
                rest = rest.saturating_sub(part);
                taken.push((place, part));
            }
        }
        let left = self.balance(&Pocket::Wallet(payer)).saturating_sub(rest);
        if left < Decimal::ZERO || (from.alone && rest > Decimal::ZERO) {
            return Err(Refusal::NOT_ENOUGH);
        }
        self.pockets.insert(Pocket::Wallet(payer), left);
        let mut drawn = Drawn {
            pocket: Some((Pocket::Wallet(payer), rest)),
            credits: Vec::new(),
        };
        for (place, part) in taken {
            if let Some(credit) = self.credits.get_mut(place) {
                credit.left = credit.left.saturating_sub(part);
                drawn.credits.push((credit.hash.clone(), part));
            }
        }
        Ok(drawn)
    }

    /// Puts back what was drawn.
    pub(super) fn give_back(&mut self, drawn: &Drawn) {
        if let Some((pocket, amount)) = &drawn.pocket {
            self.put(pocket.clone(), *amount);
        }
        for (hash, amount) in &drawn.credits {
            if let Some(credit) = self.credits.iter_mut().find(|credit| credit.hash == *hash) {
                credit.left = credit.left.saturating_add(*amount);
            }
        }
    }

    /// Lists the places of the credits a payer may use, as the request orders them.
    fn chosen(&self, payer: u64, from: &Delegations) -> Vec<usize> {
        let theirs = |credit: &Credit| credit.delegate == payer;
        let named = |credit: &Credit| from.hashes.is_empty() || from.hashes.contains(&credit.hash);
        let mut places = Vec::new();
        for delegator in &from.delegators {
            let of = |credit: &Credit| theirs(credit) && credit.delegator == *delegator;
            places.extend(self.places(|credit| of(credit) && named(credit)));
        }
        if from.delegators.is_empty() {
            for hash in &from.hashes {
                places.extend(self.places(|credit| theirs(credit) && credit.hash == *hash));
            }
        }
        let mut once = Vec::new();
        places.retain(|place| {
            let fresh = !once.contains(place);
            once.push(*place);
            fresh
        });
        places
    }

    fn places(&self, wanted: impl Fn(&Credit) -> bool) -> Vec<usize> {
        let credits = self.credits.iter().enumerate();
        credits
            .filter(|(_, credit)| wanted(credit))
            .map(|(place, _)| place)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYER: u64 = 1;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        ledger.set(Pocket::Wallet(PAYER), 100.into());
        ledger.delegate(11, PAYER, "a".into(), 30.into());
        ledger.delegate(12, PAYER, "b".into(), 30.into());
        ledger.delegate(12, 2, "c".into(), 1000.into());
        ledger
    }

    fn from(delegators: &[u64], hashes: &[&str], alone: bool) -> Delegations {
        Delegations {
            delegators: delegators.to_vec(),
            hashes: hashes.iter().map(|&hash| hash.to_owned()).collect(),
            alone,
        }
    }

    fn parts(drawn: &Drawn) -> Vec<(&str, i64)> {
        let credits = drawn.credits.iter();
        credits
            .map(|(hash, amount)| (hash.as_str(), i64::try_from(*amount).unwrap()))
            .collect()
    }

    #[test]
    fn credits_are_used_in_the_order_of_their_givers() {
        let drawn = ledger().draw(PAYER, &from(&[12, 11, 12], &[], false), 50.into());
        assert_eq!(parts(&drawn.unwrap()), [("b", 30), ("a", 20)]);
    }

    #[test]
    fn the_rest_comes_from_the_wallet_unless_that_is_forbidden() {
        let mut ledger = ledger();
        let refused = ledger.draw(PAYER, &from(&[11], &[], true), 50.into());
        assert_eq!(refused, Err(Refusal::NOT_ENOUGH));
        let drawn = ledger
            .draw(PAYER, &from(&[11], &[], false), 50.into())
            .unwrap();
        assert_eq!(parts(&drawn), [("a", 30)]);
        assert_eq!(ledger.balance(&Pocket::Wallet(PAYER)), 80.into());
        ledger.give_back(&drawn);
        assert_eq!(ledger.balance(&Pocket::Wallet(PAYER)), 100.into());
        let again = ledger.draw(PAYER, &from(&[11], &[], true), 30.into());
        assert_eq!(parts(&again.unwrap()), [("a", 30)]);
    }

    #[test]
    fn a_hash_chooses_among_credits_and_reaches_nobody_elses() {
        let drawn = ledger().draw(PAYER, &from(&[], &["b", "c"], false), 50.into());
        assert_eq!(parts(&drawn.unwrap()), [("b", 30)]);
        let drawn = ledger().draw(PAYER, &from(&[11, 12], &["b"], false), 50.into());
        assert_eq!(parts(&drawn.unwrap()), [("b", 30)]);
    }

    #[test]
    fn nothing_moves_if_there_is_not_enough() {
        let mut ledger = ledger();
        let refused = ledger.draw(PAYER, &from(&[11], &[], false), 131.into());
        assert_eq!(refused, Err(Refusal::NOT_ENOUGH));
        assert!(ledger.take(Pocket::Wallet(PAYER), 101.into()).is_none());
        assert!(
            ledger
                .draw(PAYER, &from(&[11], &[], false), 130.into())
                .is_ok()
        );
    }
}
