use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::kind::{Fault, FaultSpec};

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

    pub(super) fn is_for(&self, provider: &str, operation: Option<&str>) -> bool {
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
    /// Each webhook is delivered before the request that paid is answered.
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
