use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use paylink::Invalid;
use toml::{Table, Value};

use super::Environment;
use crate::next_step::quoted;
use crate::text::shown;
use crate::usage_error::UsageError;

/// What a configuration file may hold: the sections, and the keys of each.
const KNOWN: [(&str, &[&str]); 4] = [
    ("cardpay", &["token", "base_url"]),
    ("pod", POD),
    ("sizpay", SIZPAY),
    ("zipay", &["api_key", "secret_key", "terminal", "base_url"]),
];

const SIZPAY: &[&str] = &[
    "user_name",
    "password",
    "pay_link_name",
    "base_url",
    "asmx_url",
    "soap_namespace",
];

/// POD hands out a key for each service, which is named by its number in production.
const POD: &[&str] = &[
    "token",
    "user_token",
    "api_key",
    "api_key_29796",
    "api_key_29799",
    "api_key_29800",
    "api_key_29801",
    "api_key_29802",
    "api_key_29807",
    "api_key_29808",
    "api_key_29809",
    "api_key_29810",
    "api_key_29812",
    "api_key_29813",
    "api_key_29815",
    "api_key_29821",
    "api_key_30382",
    "api_key_369550",
    "api_key_1113426",
    "environment",
    "base_url",
    "pay_url",
];

/// How the keys begin whose values nobody else may read.
const SECRET: [&str; 6] = [
    "api_key",
    "secret_key",
    "token",
    "user_token",
    "user_name",
    "password",
];

/// A configuration file that holds nothing but what is known.
pub(crate) struct ConfigFile {
    path: PathBuf,
    values: BTreeMap<(&'static str, &'static str), String>,
    readable_by_others: bool,
}

impl ConfigFile {
    /// Finds and reads the file: the one that is named by the flag or by `PAYLINK_CONFIG` must be there.
    pub(super) fn locate(
        named: Option<&Path>,
        environment: &Environment,
    ) -> Result<Option<ConfigFile>, UsageError> {
        if let Some(path) = named {
            return ConfigFile::read(path, |path| format!("--config {path}")).map(Some);
        }
        if let Some(path) = environment.path("PAYLINK_CONFIG") {
            return ConfigFile::read(&path, |path| format!("PAYLINK_CONFIG={path}")).map(Some);
        }
        match ConfigFile::usual(environment) {
            Some(path) if path.exists() => ConfigFile::read(&path, str::to_owned).map(Some),
            _ => Ok(None),
        }
    }

    /// Where the file is if nobody says otherwise.
    pub(super) fn usual(environment: &Environment) -> Option<PathBuf> {
        // A relative base directory is to be passed over, as the base directory specification says.
        let base = environment
            .path("XDG_CONFIG_HOME")
            .filter(|base| base.is_absolute())
            .or_else(|| Some(environment.path("HOME")?.join(".config")))?;
        Some(base.join("paylink").join("config.toml"))
    }

    fn read(path: &Path, name: impl Fn(&str) -> String) -> Result<ConfigFile, UsageError> {
        let refused = |problem: String| Invalid::new(name(&path.display().to_string()), problem);
        let text = fs::read_to_string(path).map_err(|error| {
            refused(format!("cannot be read: {error}")).remedy("name a file that can be")
        })?;
        // A message of the parser may repeat the line, and the line may hold a secret: the place alone is told.
        let table = text.parse::<Table>().map_err(|error| {
            let before = error
                .span()
                .and_then(|span| text.get(..span.start))
                .unwrap_or_default();
            let line = before.matches('\n').count().saturating_add(1);
            refused(format!("is not TOML in line {line}"))
                .remedy("write sections as [zipay] and settings as api_key = \"…\"")
        })?;
        let values =
            known_values(&table).map_err(|(problem, remedy)| refused(problem).remedy(remedy))?;
        Ok(ConfigFile {
            path: path.to_owned(),
            values,
            readable_by_others: readable_by_others(path),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn value(&self, section: &str, key: &str) -> Option<&str> {
        let mut all = self.values.iter();
        all.find(|((in_section, name), _)| *in_section == section && *name == key)
            .map(|(_, value)| value.as_str())
    }

    /// The setting as a person would point at it.
    pub(super) fn name_of(&self, section: &str, key: &str) -> String {
        format!("{key} under [{section}] in {}", self.path.display())
    }

    /// What to say if others can read the secrets in it.
    pub(super) fn warning(&self) -> Option<String> {
        let is_secret = |key: &str| SECRET.iter().any(|secret| key.starts_with(secret));
        let holds_secrets = self.values.keys().any(|(_, key)| is_secret(key));
        (holds_secrets && self.readable_by_others).then(|| {
            let path = self.path.display().to_string();
            format!(
                "warning: {path} holds secrets and others can read it: chmod 600 {}",
                quoted(&path)
            )
        })
    }
}

impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

type Problem = (String, String);

fn known_values(table: &Table) -> Result<BTreeMap<(&'static str, &'static str), String>, Problem> {
    let mut values = BTreeMap::new();
    for (name, content) in table {
        let Some((section, keys)) = KNOWN.into_iter().find(|(section, _)| section == name) else {
            let sections = KNOWN.map(|(section, _)| format!("[{section}]")).join(", ");
            return Err((
                format!("has the unknown key {}", shown(name)),
                format!("the sections are {sections}"),
            ));
        };
        let Value::Table(content) = content else {
            return Err((
                format!("has {name} as a value"),
                format!("write it as a section, [{section}]"),
            ));
        };
        for (name, value) in content {
            let Some(key) = keys.iter().find(|key| *key == name) else {
                let problem = format!("has the unknown key {} under [{section}]", shown(name));
                return Err((problem, format!("the keys are {}", keys.join(", "))));
            };
            // The value may be a secret without its quotes: only its kind is told.
            let text = match value {
                Value::String(text) if !text.is_empty() => text.clone(),
                Value::Integer(number) if *key == "terminal" => number.to_string(),
                Value::String(_) => {
                    let problem = format!("has nothing as {key} under [{section}]");
                    return Err((problem, "give it a value, or leave the line out".to_owned()));
                }
                _ => {
                    let problem = format!("has {key} under [{section}] as {}", value.type_str());
                    return Err((problem, format!("write it as text, {key} = \"…\"")));
                }
            };
            values.insert((section, *key), text);
        }
    }
    Ok(values)
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> bool {
    false
}
