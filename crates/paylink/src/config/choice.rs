use toml::{Table, Value};

use super::accounts::TABLE;
use super::file::ConfigFile;
use super::schema::{self, Schema};
use super::{Problem, ProblemKind, Variables, name, spelling};
use crate::Invalid;
use crate::core::text::excerpt;

/// The setting that says it.
const PROVIDER: &str = "provider";

/// Which provider an account with a name of its own has chosen.
pub(super) fn of(
    name: &str,
    in_file: Option<(&ConfigFile, &Table)>,
    variables: &Variables,
) -> Result<&'static Schema, Problem> {
    let section = format!("{TABLE}.{}", excerpt(name, 40));
    let variable = format!("{}PROVIDER", name::prefix_of_account(name));
    let place = in_file.map_or_else(
        || variable.clone(),
        |(file, _)| format!("[{section}] in {}", file.place()),
    );
    name::check(name, &place).map_err(|invalid| Problem::new(ProblemKind::Malformed, invalid))?;

    let malformed = |invalid| Problem::new(ProblemKind::Malformed, invalid).at(PROVIDER);
    if let Some(said) = variables.text(&variable) {
        return known(said.map_err(malformed)?, variable);
    }
    let written = in_file.and_then(|(file, table)| Some((file, table.get(PROVIDER)?)));
    match written {
        Some((file, Value::String(said))) => known(said, file.name_of(&section, PROVIDER)),
        Some((file, _)) => Err(malformed(
            Invalid::new(crate::config::SETTING, "is not text")
                .at(file.name_of(&section, PROVIDER))
                .remedy("write it as provider = \"zipay\""),
        )),
        None => {
            let missing = Invalid::new(crate::config::SETTING, "is missing")
                .at(variable)
                .remedy(format!(
                    "set it, or write {PROVIDER} under [{section}]; the providers are {}",
                    schema::providers()
                ));
            Err(Problem::new(ProblemKind::Missing, missing).at(PROVIDER))
        }
    }
}

fn known(said: &str, origin: String) -> Result<&'static Schema, Problem> {
    schema::of(said).ok_or_else(|| {
        let question = spelling::question(said, schema::ALL.map(|schema| schema.provider));
        let unknown = Invalid::new(crate::config::SETTING, "is not a provider")
            .at(origin)
            .value(said)
            .remedy(format!(
                "{question}the providers are {}",
                schema::providers()
            ));
        Problem::new(ProblemKind::Unknown, unknown).at(PROVIDER)
    })
}
