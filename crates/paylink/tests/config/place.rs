//! A configuration in a directory of its own.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use paylink::config::{Config, Problems, Variables};
use paylink::{Accounts, Transport};

/// A directory for files, removed with its test.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Place {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (id, next) = (process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let place = Place(env::temp_dir().join(format!("paylink-config-{id}-{next}")));
        fs::create_dir_all(place.0.join("paylink")).unwrap();
        place
    }

    /// With this text as the usual configuration file.
    pub(crate) fn with(text: &str) -> Place {
        let place = Place::new();
        place.write("paylink/config.toml", text);
        place
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn file(&self) -> String {
        self.path("paylink/config.toml")
    }

    pub(crate) fn base(&self) -> &Path {
        &self.0
    }

    /// Loads the usual file, under these variables.
    pub(crate) fn config(&self, variables: &[(&str, &str)]) -> Config {
        let base = ("XDG_CONFIG_HOME", self.0.to_str().unwrap());
        let all = variables.iter().copied().chain([base]);
        Config::locate(None, &all.collect()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A configuration of this text and these variables.
pub(crate) fn config(text: &str, variables: &[(&str, &str)]) -> Config {
    Config::from_toml(text, &variables.iter().copied().collect::<Variables>()).unwrap()
}

/// Sets every account up.
pub(crate) fn open(config: &Config) -> Result<Accounts, Problems> {
    config.open(&Transport::new().unwrap())
}

/// Every problem, a line each.
pub(crate) fn problems(config: &Config) -> Vec<String> {
    let problems = open(config).expect_err("something is wrong");
    assert_eq!(
        problems.to_string().lines().count(),
        problems.iter().count()
    );
    problems.iter().map(ToString::to_string).collect()
}

/// The only problem there is.
pub(crate) fn problem(config: &Config) -> String {
    let mut all = problems(config);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

/// The names of all providers, in their order.
pub(crate) fn names() -> Vec<&'static str> {
    let all = paylink::providers().iter();
    all.map(|it| it.name()).collect()
}
