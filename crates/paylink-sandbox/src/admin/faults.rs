//! Faults, and the presets that stand for several.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Described, Problem, Routes};
use crate::faults::{Fault, FaultError, FaultRule, FaultSpec, Faults, Preset, SetFault};
use crate::view::view;
use crate::world::World;

pub(super) fn routes(world: &World) -> Described {
    Routes::new("", world.faults.clone())
        .list("/faults", "Lists the faults in force.", |faults| {
            faults.pending().into_iter().map(FaultInForce::of).collect()
        })
        .create(
            "/faults",
            "Sets a fault for an operation, for all of a provider, or for all providers.",
            |faults, rule: FaultRule| {
                let rule = FaultRule {
                    preset: None,
                    ..rule
                };
                let number = faults.set(rule.clone())?;
                Ok(FaultInForce::of(SetFault { number, rule }))
            },
        )
        .delete("/faults", "Removes every fault.", Faults::clear)
        .act(
            "/faults/{number}/remove",
            "Removes one fault.",
            |faults, number: u64| match faults.remove(number) {
                true => Ok(Removed { number }),
                false => {
                    let message =
                        "there is no such fault: it was removed, or all who were to have met it";
                    Err(Problem::new(StatusCode::NOT_FOUND, message))
                }
            },
        )
        .list(
            "/presets",
            "Lists the faults that are known by a name, and says which are on.",
            |faults| {
                Preset::ALL
                    .map(|preset| PresetView::of(faults, preset))
                    .into()
            },
        )
        .act_with(
            "/presets/{name}",
            "Switches a preset on or off, for one provider or for all.",
            |faults, name: String, switch: Switch| {
                let preset: Preset = name.parse().map_err(|error| {
                    let problem = Problem::from(error);
                    problem.with_status(StatusCode::NOT_FOUND)
                })?;
                if let Some(provider) = &switch.provider {
                    faults.require_provider(provider)?;
                }
                match switch.on {
                    true => faults.turn_on(preset, switch.provider.as_deref())?,
                    false => faults.turn_off(preset),
                }
                Ok(PresetView::of(faults, preset))
            },
        )
        .done()
}

view! {
    /// A rule with all that is known of it: what is taken has fewer members.
    #[derive(Debug, Serialize, ToSchema)]
    #[schema(as = FaultRuleShown)]
    struct RuleView of (rule: FaultRule) {
        /// Without it every provider.
        provider: Option<String> = rule.provider,
        /// Without it every operation.
        operation: Option<String> = rule.operation,
        #[schema(value_type = FaultSpec)]
        fault: Fault = rule.fault,
        /// The share of the calls that meet it.
        percent: u8 = rule.percent,
        /// How many are still to meet it; without it all.
        times: Option<u32> = rule.times,
        preset: Option<Preset> = rule.preset,
    }
}

view! {
    /// A fault in force.
    #[derive(Debug, Serialize, ToSchema)]
    struct FaultInForce of (set: SetFault) {
        number: u64 = set.number,
        #[serde(flatten)]
        rule: RuleView = RuleView::of(set.rule),
    }
}

/// The fault that was removed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RemovedFault)]
struct Removed {
    number: u64,
}

/// Whether a preset is to be in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PresetSwitch)]
pub(super) struct Switch {
    #[schema(example = true)]
    on: bool,
    /// The provider it is for; without it all of them.
    #[serde(default)]
    provider: Option<String>,
}

/// A preset, and whether it is in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PresetState)]
struct PresetView {
    name: Preset,
    on: bool,
    /// The provider it is in force for; without it all of them.
    provider: Option<String>,
    /// The rules that it stands for.
    rules: Vec<RuleView>,
}

impl PresetView {
    fn of(faults: &Faults, preset: Preset) -> Self {
        let rules = faults.pending().into_iter();
        let mut of_preset = rules.filter(|set| set.rule.preset == Some(preset));
        let first = of_preset.next();
        Self {
            name: preset,
            on: first.is_some(),
            provider: first.and_then(|set| set.rule.provider),
            rules: preset.rules().into_iter().map(RuleView::of).collect(),
        }
    }
}

impl From<FaultError> for Problem {
    fn from(error: FaultError) -> Self {
        let code = match error {
            FaultError::UnknownProvider { .. } => "unknown-provider",
            FaultError::UnknownOperation { .. } => "unknown-operation",
            FaultError::UnknownPreset { .. } => "unknown-preset",
            FaultError::NoWebhook(_) | FaultError::OutOfRange(_) => "unusable",
        };
        Self::unusable(&error)
            .coded(code)
            .known(error.known().iter().copied())
    }
}
