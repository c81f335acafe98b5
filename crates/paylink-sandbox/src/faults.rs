use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::random::Random;
use crate::simulated::Played;
use crate::world::Locked;

/// The header that sets the fault of one request alone, written as [`Fault`] prints it: `drop-after`,
/// `delay 500`, `status 503`.
pub const FAULT_HEADER: &str = "sandbox-fault";

/// What goes wrong with a request to a provider, or with a webhook of one.
///
/// A fault whose name ends in `After`, and [`Truncated`](Fault::Truncated), comes once the operation
/// was executed; any other fault of a request comes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FaultSpec", into = "FaultSpec")]
#[non_exhaustive]
pub enum Fault {
    /// Closes the connection without a byte; nothing is executed.
    DropBefore,
    /// Executes, then closes the connection without a byte.
    DropAfter,
    /// Waits before executing. It executes even if the client has given up meanwhile, as a server
    /// that has read the request does.
    Delay(Duration),
    /// Executes at once, and waits before answering.
    DelayAfter(Duration),
    /// Answers this HTTP status with a gateway's HTML page; nothing is executed. A number below 200
    /// or above 599 is answered as 500.
    Status(u16),
    /// Executes, then answers this HTTP status with a gateway's HTML page.
    StatusAfter(u16),
    /// Answers 200 with an HTML page, as a captive portal does; nothing is executed.
    Html,
    /// Executes, then answers 200 with an HTML page.
    HtmlAfter,
    /// Executes, then sends the head with the whole length, half of the body, and closes.
    Truncated,
    /// Delivers the webhook twice.
    WebhookTwice,
    /// Delivers the webhook that much later, in real time.
    WebhookLate(Duration),
    /// Delivers the webhook, and waits for its answer, before the payer's browser or the request that
    /// paid is answered.
    WebhookBeforeAnswer,
    /// Never delivers the webhook.
    WebhookLost,
}

/// The statuses that a gateway can answer.
pub(crate) const GATEWAY: Range<u16> = 200..600;

impl Fault {
    /// Returns whether it befalls webhooks, not requests.
    #[must_use]
    pub fn is_of_webhooks(self) -> bool {
        matches!(
            self,
            Self::WebhookTwice
                | Self::WebhookLate(_)
                | Self::WebhookBeforeAnswer
                | Self::WebhookLost
        )
    }

    /// The name, and the number that comes with it.
    fn parts(self) -> (&'static str, Option<u64>) {
        let milliseconds = |by: Duration| u64::try_from(by.as_millis()).ok();
        match self {
            Self::DropBefore => ("drop-before", None),
            Self::DropAfter => ("drop-after", None),
            Self::Delay(by) => ("delay", milliseconds(by)),
            Self::DelayAfter(by) => ("delay-after", milliseconds(by)),
            Self::Status(status) => ("status", Some(status.into())),
            Self::StatusAfter(status) => ("status-after", Some(status.into())),
            Self::Html => ("html", None),
            Self::HtmlAfter => ("html-after", None),
            Self::Truncated => ("truncated", None),
            Self::WebhookTwice => ("webhook-twice", None),
            Self::WebhookLate(by) => ("webhook-late", milliseconds(by)),
            Self::WebhookBeforeAnswer => ("webhook-before-answer", None),
            Self::WebhookLost => ("webhook-lost", None),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (name, Some(number)) => write!(f, "{name} {number}"),
            (name, None) => f.write_str(name),
        }
    }
}

/// A text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is no fault: write drop-before, drop-after, delay MILLISECONDS, delay-after MILLISECONDS, \
     status CODE or status-after CODE from 200 to 599, html, html-after, truncated, webhook-twice, \
     webhook-late MILLISECONDS, webhook-before-answer or webhook-lost"
)]
pub struct InvalidFault(String);

impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, InvalidFault> {
        let invalid = || InvalidFault(text.to_owned());
        let (name, number) = match text.trim().split_once(' ') {
            Some((name, number)) => (name, Some(number)),
            None => (text.trim(), None),
        };
        let number = number.map(str::parse::<u64>).transpose();
        let number = number.map_err(|_| invalid())?;
        let by = number.map(Duration::from_millis);
        let status = number.and_then(|number| u16::try_from(number).ok());
        let status = status.filter(|status| GATEWAY.contains(status));
        match (name, by, status) {
            ("delay", Some(by), _) => Ok(Self::Delay(by)),
            ("delay-after", Some(by), _) => Ok(Self::DelayAfter(by)),
            ("webhook-late", Some(by), _) => Ok(Self::WebhookLate(by)),
            ("status", _, Some(status)) => Ok(Self::Status(status)),
            ("status-after", _, Some(status)) => Ok(Self::StatusAfter(status)),
            (name, None, _) => {
                let mut plain = PLAIN.into_iter();
                plain.find(|it| it.parts().0 == name).ok_or_else(invalid)
            }
            _ => Err(invalid()),
        }
    }
}

/// The faults that come without a number.
const PLAIN: [Fault; 8] = [
    Fault::DropBefore,
    Fault::DropAfter,
    Fault::Html,
    Fault::HtmlAfter,
    Fault::Truncated,
    Fault::WebhookTwice,
    Fault::WebhookBeforeAnswer,
    Fault::WebhookLost,
];

/// What goes wrong, before or after the operation is executed.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum FaultSpec {
    /// Nothing is executed, and the connection is closed without a byte.
    DropBefore,
    /// The operation is executed, and the connection is closed without a byte.
    DropAfter,
    /// The sandbox waits, then executes and answers.
    Delay { milliseconds: u64 },
    /// The operation is executed; the sandbox waits, then answers.
    DelayAfter { milliseconds: u64 },
    /// Nothing is executed, and this HTTP status comes with an HTML page.
    Status {
        #[schema(minimum = 200, maximum = 599)]
        status: u16,
    },
    /// The operation is executed, and this HTTP status comes with an HTML page.
    StatusAfter {
        #[schema(minimum = 200, maximum = 599)]
        status: u16,
    },
    /// Nothing is executed, and HTTP 200 comes with an HTML page.
    Html,
    /// The operation is executed, and HTTP 200 comes with an HTML page.
    HtmlAfter,
    /// The operation is executed; the whole head and half the body, then the connection is closed.
    Truncated,
    /// The webhook is delivered twice.
    WebhookTwice,
    /// The webhook is delivered that much later, in real time.
    WebhookLate { milliseconds: u64 },
    /// The webhook is delivered and answered before whoever paid is answered.
    WebhookBeforeAnswer,
    /// The webhook is never delivered.
    WebhookLost,
}

impl TryFrom<FaultSpec> for Fault {
    type Error = &'static str;

    fn try_from(spec: FaultSpec) -> Result<Self, &'static str> {
        let by = Duration::from_millis;
        Ok(match spec {
            FaultSpec::DropBefore => Self::DropBefore,
            FaultSpec::DropAfter => Self::DropAfter,
            FaultSpec::Delay { milliseconds } => Self::Delay(by(milliseconds)),
            FaultSpec::DelayAfter { milliseconds } => Self::DelayAfter(by(milliseconds)),
            FaultSpec::Status { status } if GATEWAY.contains(&status) => Self::Status(status),
            FaultSpec::StatusAfter { status } if GATEWAY.contains(&status) => {
                Self::StatusAfter(status)
            }
            FaultSpec::Status { .. } | FaultSpec::StatusAfter { .. } => {
                return Err("`status` must be from 200 to 599");
            }
            FaultSpec::Html => Self::Html,
            FaultSpec::HtmlAfter => Self::HtmlAfter,
            FaultSpec::Truncated => Self::Truncated,
            FaultSpec::WebhookTwice => Self::WebhookTwice,
            FaultSpec::WebhookLate { milliseconds } => Self::WebhookLate(by(milliseconds)),
            FaultSpec::WebhookBeforeAnswer => Self::WebhookBeforeAnswer,
            FaultSpec::WebhookLost => Self::WebhookLost,
        })
    }
}

impl From<Fault> for FaultSpec {
    fn from(fault: Fault) -> Self {
        let milliseconds = |by: Duration| u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        match fault {
            Fault::DropBefore => Self::DropBefore,
            Fault::DropAfter => Self::DropAfter,
            Fault::Delay(by) => Self::Delay {
                milliseconds: milliseconds(by),
            },
            Fault::DelayAfter(by) => Self::DelayAfter {
                milliseconds: milliseconds(by),
            },
            Fault::Status(status) => Self::Status { status },
            Fault::StatusAfter(status) => Self::StatusAfter { status },
            Fault::Html => Self::Html,
            Fault::HtmlAfter => Self::HtmlAfter,
            Fault::Truncated => Self::Truncated,
            Fault::WebhookTwice => Self::WebhookTwice,
            Fault::WebhookLate(by) => Self::WebhookLate {
                milliseconds: milliseconds(by),
            },
            Fault::WebhookBeforeAnswer => Self::WebhookBeforeAnswer,
            Fault::WebhookLost => Self::WebhookLost,
        }
    }
}

/// Which requests or webhooks meet a fault, and how often.
///
/// ```
/// use paylink_sandbox::{Fault, FaultRule};
///
/// // One in five answers of ZiPay is lost.
/// let rule = FaultRule::new(Fault::DropAfter).of("zipay").percent(20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FaultRule)]
#[non_exhaustive]
pub struct FaultRule {
    /// The provider's name, such as `zipay`; without it every provider.
    #[serde(default)]
    #[schema(example = "zipay")]
    pub provider: Option<String>,
    /// The operation's name, such as `verify`; without it every operation. A fault of webhooks has none.
    #[serde(default)]
    #[schema(example = "verify")]
    pub operation: Option<String>,
    /// What goes wrong.
    #[schema(value_type = FaultSpec)]
    pub fault: Fault,
    /// The share of the calls that meet it. Which ones is drawn from the seed.
    #[serde(default = "all")]
    #[schema(default = 100, minimum = 1, maximum = 100)]
    pub percent: u8,
    /// How many are still to meet it; without it all, until the rule is removed.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub times: Option<u32>,
    /// The preset it belongs to.
    #[serde(default)]
    #[schema(read_only)]
    pub preset: Option<Preset>,
}

fn all() -> u8 {
    100
}

impl FaultRule {
    /// Makes a rule by which everything meets `fault`.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self {
            provider: None,
            operation: None,
            fault,
            percent: all(),
            times: None,
            preset: None,
        }
    }

    /// Narrows it down to one provider.
    #[must_use]
    pub fn of(mut self, provider: &str) -> Self {
        self.provider = Some(provider.to_owned());
        self
    }

    /// Narrows it down to one operation.
    #[must_use]
    pub fn on(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    /// Narrows it down to a share of the calls, from 1 to 100 percent. Which calls these are depends on
    /// the seed and on how many calls of the same operation came before, on nothing else.
    #[must_use]
    pub fn percent(mut self, percent: u8) -> Self {
        self.percent = percent;
        self
    }

    /// Ends it after so many calls have met it.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn is_for(&self, provider: &str, operation: Option<&str>) -> bool {
        let named = |wanted: &Option<String>, given: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == given
        };
        self.fault.is_of_webhooks() == operation.is_none()
            && named(&self.provider, Some(provider))
            && (operation.is_none() || named(&self.operation, operation))
    }
}

/// A rule that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct SetFault {
    /// Its number, counted from 1.
    pub number: u64,
    /// The rule, with how many are still to meet it.
    #[serde(flatten)]
    pub rule: FaultRule,
}

/// Faults known by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = FaultPreset)]
#[non_exhaustive]
pub enum Preset {
    /// Every answer takes five seconds.
    SlowBank,
    /// One answer in four is lost after the operation was executed.
    LostAnswer,
    /// Of all requests, 15 percent never arrive, 15 percent lose their answer, and 10 percent meet a 502.
    FlappingNetwork,
    /// Nothing is executed: 503 with a page.
    ProviderDown,
    /// Each webhook is delivered twice.
    WebhookTwice,
    /// Each webhook is delivered half a minute late.
    WebhookLate,
    /// Each webhook is delivered before whoever paid is answered.
    WebhookBeforeAnswer,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 7] = [
        Self::SlowBank,
        Self::LostAnswer,
        Self::FlappingNetwork,
        Self::ProviderDown,
        Self::WebhookTwice,
        Self::WebhookLate,
        Self::WebhookBeforeAnswer,
    ];

    /// Returns the name: `slow-bank`, `lost-answer`, `flapping-network`, `provider-down`,
    /// `webhook-twice`, `webhook-late`, `webhook-before-answer`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SlowBank => "slow-bank",
            Self::LostAnswer => "lost-answer",
            Self::FlappingNetwork => "flapping-network",
            Self::ProviderDown => "provider-down",
            Self::WebhookTwice => "webhook-twice",
            Self::WebhookLate => "webhook-late",
            Self::WebhookBeforeAnswer => "webhook-before-answer",
        }
    }

    /// Returns the rules that it stands for.
    #[must_use]
    pub fn rules(self) -> Vec<FaultRule> {
        let parts: &[(Fault, u8)] = match self {
            Self::SlowBank => &[(Fault::DelayAfter(Duration::from_secs(5)), 100)],
            Self::LostAnswer => &[(Fault::DropAfter, 25)],
            Self::FlappingNetwork => &[
                (Fault::DropBefore, 15),
                (Fault::DropAfter, 15),
                (Fault::Status(502), 10),
            ],
            Self::ProviderDown => &[(Fault::Status(503), 100)],
            Self::WebhookTwice => &[(Fault::WebhookTwice, 100)],
            Self::WebhookLate => &[(Fault::WebhookLate(Duration::from_secs(30)), 100)],
            Self::WebhookBeforeAnswer => &[(Fault::WebhookBeforeAnswer, 100)],
        };
        let rule = |&(fault, percent)| FaultRule {
            preset: Some(self),
            ..FaultRule::new(fault).percent(percent)
        };
        parts.iter().map(rule).collect()
    }
}

impl FromStr for Preset {
    type Err = FaultError;

    fn from_str(name: &str) -> Result<Self, FaultError> {
        let found = Self::ALL.into_iter().find(|preset| preset.name() == name);
        found.ok_or_else(|| FaultError::UnknownPreset {
            name: name.to_owned(),
            known: Self::ALL.map(Self::name).into(),
        })
    }
}

/// A fault was not set; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FaultError {
    /// No provider has this name.
    #[error("there is no provider {name:?}: choose one of {}", known.join(", "))]
    UnknownProvider {
        /// What was asked for.
        name: String,
        /// The providers that there are.
        known: Vec<&'static str>,
    },
    /// The provider has no operation of this name.
    #[error("{provider} has no operation {name:?}: choose one of {}", known.join(", "))]
    UnknownOperation {
        /// The provider, or `no provider` if all were meant.
        provider: String,
        /// What was asked for.
        name: String,
        /// The operations that there are.
        known: Vec<&'static str>,
    },
    /// No preset has this name.
    #[error("there is no preset {name:?}: choose one of {}", known.join(", "))]
    UnknownPreset {
        /// What was asked for.
        name: String,
        /// The presets that there are.
        known: Vec<&'static str>,
    },
    /// The provider sends no webhooks, or a fault of webhooks names an operation.
    #[error("{0}")]
    NoWebhook(String),
    /// The share is not from 1 to 100, or the number of times is 0.
    #[error("{0}")]
    OutOfRange(&'static str),
}

impl FaultError {
    /// Returns the names that are known where one was not.
    #[must_use]
    pub fn known(&self) -> &[&'static str] {
        match self {
            Self::UnknownProvider { known, .. }
            | Self::UnknownOperation { known, .. }
            | Self::UnknownPreset { known, .. } => known,
            Self::NoWebhook(_) | Self::OutOfRange(_) => &[],
        }
    }
}

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

    /// Turns a preset on, for one provider or for all. One that is on already is set anew.
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

    fn check(&self, rule: &FaultRule) -> Result<(), FaultError> {
        let played = &self.0.played;
        let meant: Vec<&Played> = match &rule.provider {
            None => played.iter().collect(),
            Some(name) => played.iter().filter(|it| it.name == name).collect(),
        };
        if let (Some(name), true) = (&rule.provider, meant.is_empty()) {
            return Err(FaultError::UnknownProvider {
                name: name.clone(),
                known: played.iter().map(|it| it.name).collect(),
            });
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
        let mut run = || {
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

    #[test]
    fn faults_are_read_as_they_are_written() {
        let second = Duration::from_secs(1);
        let numbered = [
            Fault::Delay(second),
            Fault::DelayAfter(second),
            Fault::WebhookLate(second),
            Fault::Status(503),
            Fault::StatusAfter(200),
        ];
        for fault in PLAIN.into_iter().chain(numbered) {
            assert_eq!(fault.to_string().parse(), Ok(fault));
            let json = serde_json::to_string(&fault).unwrap();
            assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault);
        }
        for text in [
            "",
            "drop",
            "delay",
            "delay x",
            "status 99",
            "status 600",
            "html 1",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
