//! Faults, and the presets that stand for several.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Described, Problem, Routes};
use crate::faults::{FaultError, FaultRule, Faults, Preset, SetFault};
use crate::world::World;

pub(super) fn routes(world: &World) -> Described {
    Routes::new("", world.faults.clone())
        .list("/faults", "Lists the faults in force.", Faults::pending)
        .create(
            "/faults",
            "Sets a fault for an operation, for all of a provider, or for all providers.",
            |faults, rule: FaultRule| {
                let rule = FaultRule {
                    preset: None,
                    ..rule
                };
                let number = faults.set(rule.clone())?;
                Ok(SetFault { number, rule })
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
                match switch.on {
                    true => faults.turn_on(preset, switch.provider.as_deref())?,
                    false => faults.turn_off(preset),
                }
                Ok(PresetView::of(faults, preset))
            },
        )
        .done()
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
struct Switch {
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
    rules: Vec<FaultRule>,
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
            rules: preset.rules(),
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
