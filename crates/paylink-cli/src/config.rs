//! Where settings come from: a flag, else the environment, else the configuration file.

mod environment;
mod file;

#[cfg(test)]
mod tests;

use std::path::Path;

use paylink::Invalid;
use secrecy::SecretString;

use crate::console::Console;
use crate::usage_error::UsageError;

pub(crate) use environment::Environment;
pub(crate) use file::ConfigFile;

/// A value with the name of the place it came from, as the person knows that place.
#[derive(Clone, Debug)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: String,
}

/// The environment and the configuration file.
///
/// A setting `api_key` of the section `zipay` is `PAYLINK_ZIPAY_API_KEY` in the environment.
#[derive(Debug)]
pub(crate) struct Config {
    environment: Environment,
    file: Option<ConfigFile>,
}

impl Config {
    /// Reads the file that is named, or the usual one if there is one.
    pub(crate) fn load(
        named: Option<&Path>,
        environment: Environment,
        console: &Console,
    ) -> Result<Config, UsageError> {
        let file = ConfigFile::locate(named, &environment)?;
        if let Some(warning) = file.as_ref().and_then(ConfigFile::warning) {
            console.note(warning);
        }
        Ok(Config { environment, file })
    }

    /// A setting that is not secret; `flag` is what was typed under its name, if anything was.
    pub(crate) fn text(
        &self,
        flag: Option<(&str, &str)>,
        section: &str,
        key: &str,
    ) -> Result<Option<Setting<String>>, UsageError> {
        match flag {
            Some((flag, typed)) => Ok(Some(Setting {
                value: typed.to_owned(),
                origin: flag.to_owned(),
            })),
            None => self.beyond_flags(section, key),
        }
    }

    /// A secret, which no flag ever takes.
    pub(crate) fn secret(
        &self,
        section: &str,
        key: &str,
    ) -> Result<Option<Setting<SecretString>>, UsageError> {
        let setting = self.beyond_flags(section, key)?;
        Ok(setting.map(|it| Setting {
            value: it.value.into(),
            origin: it.origin,
        }))
    }

    /// Says that a setting is missing, and where to put it.
    pub(crate) fn missing(&self, section: &str, key: &str) -> Invalid {
        let place = match (&self.file, ConfigFile::usual(&self.environment)) {
            (Some(file), _) => file.path().display().to_string(),
            (None, Some(path)) => path.display().to_string(),
            (None, None) => "a configuration file".to_owned(),
        };
        let remedy = format!(
            "set it, or write {key} under [{section}] in {place}; `paylink sandbox` gives one to try with"
        );
        Invalid::new(variable(section, key), "is missing").remedy(remedy)
    }

    fn beyond_flags(
        &self,
        section: &str,
        key: &str,
    ) -> Result<Option<Setting<String>>, UsageError> {
        let variable = variable(section, key);
        if let Some(value) = self.environment.text(&variable)? {
            return Ok(Some(Setting {
                value,
                origin: variable,
            }));
        }
        Ok(self.file.as_ref().and_then(|file| {
            let value = file.value(section, key)?.to_owned();
            Some(Setting {
                value,
                origin: file.name_of(section, key),
            })
        }))
    }
}

fn variable(section: &str, key: &str) -> String {
    format!("PAYLINK_{section}_{key}").to_uppercase()
}
