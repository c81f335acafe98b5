//! What goes wrong on purpose: which requests and webhooks meet it, and how often.

mod kind;
mod rule;

use std::collections::HashMap;
use std::sync::Arc;

pub use kind::{FAULT_HEADER, Fault, InvalidFault};
pub(crate) use kind::{FaultSpec, GATEWAY};
pub use rule::{FaultError, FaultRule, Preset, SetFault};

use crate::random::Random;
use crate::simulated::Played;
use crate::world::Locked;

/// The faults that are to come, in the order in which they were set. Clones share the same rules.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    played: Vec<Played>,
    random: Random,
    plan: Locked<Plan>,
}

#[derive(Debug, Default)]
struct Plan {
    rules: Vec<SetFault>,
    last: u64,
    /// How many requests of each operation there were since the seed was set, by which shares are drawn.
    calls: HashMap<(String, Option<String>), u64>,
    /// The seed's turn in which they were counted.
    turn: u64,
}

impl Faults {
    pub(crate) fn new(played: Vec<Played>, random: Random) -> Self {
        Self(Arc::new(Inner {
            played,
            random,
            plan: Locked::default(),
        }))
    }

    /// Sets `fault` for the next request for that operation.
    ///
    /// Operations have the names that the command and the clients' errors use: `create-invoice`,
    /// `verify`. Faults set before for the same operation come first.
    ///
    /// # Errors
    ///
    /// [`FaultError`] for a name that does not exist; it lists those that do.
    pub fn next(&self, provider: &str, operation: &str, fault: Fault) -> Result<u64, FaultError> {
        self.times(provider, operation, 1, fault)
    }

    /// Sets `fault` for the next `times` requests for that operation.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next), and [`FaultError::OutOfRange`] for 0 times.
    pub fn times(
        &self,
        provider: &str,
        operation: &str,
        times: u32,
        fault: Fault,
    ) -> Result<u64, FaultError> {
        let rule = FaultRule::new(fault).of(provider).on(operation);
        self.set(rule.times(times))
    }

    /// Sets a rule, and returns its number.
    ///
    /// # Errors
    ///
    /// [`FaultError`] if it can never meet anything; it says what to write instead.
    pub fn set(&self, rule: FaultRule) -> Result<u64, FaultError> {
        self.check(&rule)?;
        let mut plan = self.0.plan.lock();
        plan.last = plan.last.saturating_add(1);
        let number = plan.last;
        plan.rules.push(SetFault { number, rule });
        Ok(number)
    }

    /// Turns a preset on, for one provider or for all. One that is on already is replaced.
    ///
    /// # Errors
    ///
    /// [`FaultError`] for a provider that does not exist or that the preset cannot befall.
    pub fn turn_on(&self, preset: Preset, provider: Option<&str>) -> Result<(), FaultError> {
        let narrowed = |rule: FaultRule| FaultRule {
            provider: provider.map(str::to_owned),
            ..rule
        };
        let rules: Vec<_> = preset.rules().into_iter().map(narrowed).collect();
        rules.iter().try_for_each(|rule| self.check(rule))?;
        self.turn_off(preset);
        rules
            .into_iter()
            .try_for_each(|rule| self.set(rule).map(drop))
    }

    /// Turns a preset off.
    pub fn turn_off(&self, preset: Preset) {
        let mut plan = self.0.plan.lock();
        plan.rules.retain(|set| set.rule.preset != Some(preset));
    }

    /// Lists the rules in force.
    #[must_use]
    pub fn pending(&self) -> Vec<SetFault> {
        self.0.plan.lock().rules.clone()
    }

    /// Removes one rule, and returns whether it was there.
    pub fn remove(&self, number: u64) -> bool {
        let mut plan = self.0.plan.lock();
        let before = plan.rules.len();
        plan.rules.retain(|set| set.number != number);
        plan.rules.len() < before
    }

    /// Removes every rule.
    pub fn clear(&self) {
        self.0.plan.lock().rules.clear();
    }

    /// Takes the fault for a request that has just arrived.
    pub(crate) fn take(&self, provider: &str, operation: &str) -> Option<Fault> {
        self.meet(provider, Some(operation))
    }

    /// Takes the fault for a webhook that was just written.
    pub(crate) fn take_of_webhook(&self, provider: &str) -> Option<Fault> {
        self.meet(provider, None)
    }

    fn meet(&self, provider: &str, operation: Option<&str>) -> Option<Fault> {
        let turn = self.0.random.turn();
        let mut plan = self.0.plan.lock();
        if plan.turn != turn {
            plan.turn = turn;
            plan.calls.clear();
        }
        let key = (provider.to_owned(), operation.map(str::to_owned));
        let call = plan.calls.entry(key).or_default();
        *call = call.saturating_add(1);
        let call = *call;
        if plan.rules.is_empty() {
            return None;
        }
        let place = plan.rules.iter().position(|SetFault { number, rule }| {
            let drawn = || {
                let name = [provider, "/", operation.unwrap_or("webhook")].concat();
                self.0.random.draw(&name, number.rotate_left(32) ^ call) % 100
            };
            rule.is_for(provider, operation)
                && (rule.percent >= 100 || drawn() < u64::from(rule.percent))
        })?;
        let rule = &mut plan.rules.get_mut(place)?.rule;
        let fault = rule.fault;
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                plan.rules.remove(place);
            }
        }
        Some(fault)
    }

    /// Checks that there is a provider of this name.
    pub(crate) fn require_provider(&self, name: &str) -> Result<(), FaultError> {
        let known: Vec<_> = self.0.played.iter().map(|it| it.name).collect();
        if known.contains(&name) {
            return Ok(());
        }
        Err(FaultError::UnknownProvider {
            name: name.to_owned(),
            known,
        })
    }

    fn check(&self, rule: &FaultRule) -> Result<(), FaultError> {
        let played = &self.0.played;
        let meant: Vec<&Played> = match &rule.provider {
            None => played.iter().collect(),
            Some(name) => played.iter().filter(|it| it.name == name).collect(),
        };
        if let Some(name) = &rule.provider {
            self.require_provider(name)?;
        }
        if rule.fault.is_of_webhooks() {
            if rule.operation.is_some() {
                let error = "a fault of webhooks has no operation: leave it out";
                return Err(FaultError::NoWebhook(error.to_owned()));
            }
            if !meant.iter().any(|it| it.sends_webhooks) {
                let name = rule.provider.as_deref().unwrap_or_default();
                let senders = played.iter().filter(|it| it.sends_webhooks);
                let senders: Vec<_> = senders.map(|it| it.name).collect();
                return Err(FaultError::NoWebhook(format!(
                    "{name} sends no webhooks: choose one of {}",
                    senders.join(", ")
                )));
            }
        }
        let known: Vec<_> = meant
            .iter()
            .flat_map(|it| it.operations.iter().copied())
            .collect();
        if let Some(name) = &rule.operation
            && !known.contains(&name.as_str())
        {
            return Err(FaultError::UnknownOperation {
                provider: rule.provider.clone().unwrap_or("no provider".to_owned()),
                name: name.clone(),
                known,
            });
        }
        if !(1..=100).contains(&rule.percent) {
            return Err(FaultError::OutOfRange("`percent` must be from 1 to 100"));
        }
        if rule.times == Some(0) {
            return Err(FaultError::OutOfRange("`times` must be at least 1"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(seed: u64) -> Faults {
        let played = |name, sends_webhooks| Played {
            name,
            operations: vec!["create", "verify"],
            sends_webhooks,
            credentials: &[],
            other_credentials: &[],
        };
        let all = vec![played("zipay", true), played("sizpay", false)];
        Faults::new(all, Random::seeded(seed))
    }

    #[test]
    fn each_operation_has_its_own_queue() {
        let faults = faults(1);
        faults.next("zipay", "verify", Fault::DropAfter).unwrap();
        faults
            .times("zipay", "verify", 2, Fault::Status(503))
            .unwrap();
        faults.next("zipay", "create", Fault::Html).unwrap();

        assert_eq!(faults.take("sizpay", "verify"), None);
        assert_eq!(faults.take("zipay", "create"), Some(Fault::Html));
        let met = [(); 4].map(|()| faults.take("zipay", "verify"));
        let unavailable = Some(Fault::Status(503));
        assert_eq!(
            met,
            [Some(Fault::DropAfter), unavailable, unavailable, None]
        );
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn what_can_never_happen_is_refused_with_what_can() {
        let faults = faults(1);
        let refused = |rule: FaultRule| faults.set(rule).unwrap_err().to_string();
        let rule = FaultRule::new(Fault::Html);
        assert_eq!(
            refused(rule.clone().of("zipay").on("verify-invoice")),
            r#"zipay has no operation "verify-invoice": choose one of create, verify"#
        );
        assert_eq!(
            refused(rule.clone().of("paypal")),
            r#"there is no provider "paypal": choose one of zipay, sizpay"#
        );
        assert_eq!(refused(rule.clone().times(0)), "`times` must be at least 1");
        for percent in [0, 101] {
            let error = refused(rule.clone().percent(percent));
            assert_eq!(error, "`percent` must be from 1 to 100");
        }
        let webhook = FaultRule::new(Fault::WebhookTwice);
        assert_eq!(
            refused(webhook.clone().of("sizpay")),
            "sizpay sends no webhooks: choose one of zipay"
        );
        assert!(refused(webhook.on("create")).contains("leave it out"));
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn the_same_calls_meet_the_same_faults_of_a_seed_whatever_comes_between() {
        let run = |seed, disturb: bool| {
            let faults = faults(seed);
            let rule = FaultRule::new(Fault::DropAfter).of("zipay").percent(30);
            faults.set(rule).unwrap();
            let call = |_| {
                if disturb {
                    faults.take("sizpay", "create");
                    faults.take("zipay", "create");
                }
                faults.take("zipay", "verify").is_some()
            };
            (0..1000).map(call).collect::<Vec<_>>()
        };
        assert_eq!(run(7, false), run(7, true));
        assert_ne!(run(7, false), run(8, false));
        let met = run(7, false).into_iter().filter(|met| *met).count();
        assert!((250..350).contains(&met), "{met}");
    }

    #[test]
    fn a_seed_that_is_set_again_repeats_itself() {
        let faults = faults(7);
        let rule = FaultRule::new(Fault::DropAfter).percent(50);
        faults.set(rule).unwrap();
        let run = || {
            let met = (0..50).map(|_| faults.take("zipay", "verify").is_some());
            let met = met.collect::<Vec<_>>();
            faults.0.random.reseed(7);
            met
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn a_preset_is_switched_on_and_off() {
        let faults = faults(1);
        faults.turn_on(Preset::ProviderDown, Some("zipay")).unwrap();
        faults.turn_on(Preset::ProviderDown, Some("zipay")).unwrap();
        assert_eq!(faults.pending().len(), 1);
        assert_eq!(faults.take("zipay", "create"), Some(Fault::Status(503)));
        assert_eq!(faults.take("sizpay", "create"), None);
        faults.turn_off(Preset::ProviderDown);
        assert_eq!(faults.take("zipay", "create"), None);
        faults.turn_on(Preset::WebhookTwice, None).unwrap();
        assert_eq!(faults.take_of_webhook("zipay"), Some(Fault::WebhookTwice));
        assert_eq!(faults.take("zipay", "create"), None);
        for preset in Preset::ALL {
            assert_eq!(preset.name().parse(), Ok(preset));
            let written = serde_json::to_value(preset).unwrap();
            assert_eq!(written, preset.name());
        }
    }
}
