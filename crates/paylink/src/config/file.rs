use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::encoding;
use super::source::Origin;
use super::syntax;
use super::{Problem, ProblemKind, Variables};
use crate::{FieldKey, Invalid};

/// The configuration itself, where no setting of an account is what is refused.
pub(super) const CONFIG: FieldKey = FieldKey::new("config", "configuration");

/// The variable that names the file.
pub(super) const VARIABLE: &str = "PAYLINK_CONFIG";

/// The most bytes that a configuration may have: hundreds of accounts need less.
const LARGEST: u64 = 1024 * 1024;

/// The most bytes that a file with a secret may have.
const LARGEST_SECRET: u64 = 64 * 1024;

/// A table of the file, with where each key and each value stands in its text.
pub(super) type Table<'a> = DeTable<'a>;

/// A configuration file that is TOML. What it says is not checked yet.
pub(super) struct ConfigFile {
    text: Zeroizing<String>,
    /// How a problem with the file itself names it.
    label: String,
    path: Option<PathBuf>,
}

impl ConfigFile {
    /// The file that `PAYLINK_CONFIG` names, which then must be there.
    pub(super) fn of_variable(variables: &Variables) -> Result<Option<ConfigFile>, Problem> {
        let Some(path) = variables.path(VARIABLE) else {
            return Ok(None);
        };
        let label = format!("{VARIABLE}={}", path.display());
        ConfigFile::read(&path, label).map(Some)
    }

    /// The file where it is if nobody says otherwise, if it is there.
    pub(super) fn usual(variables: &Variables) -> Result<Option<ConfigFile>, Problem> {
        match usual_path(variables) {
            Some(path) if path.exists() => {
                let label = path.display().to_string();
                ConfigFile::read(&path, label).map(Some)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn read(path: &Path, label: String) -> Result<ConfigFile, Problem> {
        let refused = |kind, problem: String, remedy: &'static str| {
            let named = Invalid::new(CONFIG, problem).at(label.clone());
            Problem::new(kind, named.with_remedy(remedy))
        };
        let content = read(path, LARGEST).map_err(|error| {
            let problem = format!("cannot be read: {error}");
            refused(ProblemKind::Unreadable, problem, "name a file that can be")
        })?;
        let malformed = |problem: &str| {
            let remedy = "name a configuration in TOML, with sections such as [zipay]";
            refused(ProblemKind::Malformed, problem.to_owned(), remedy)
        };
        let content = content.ok_or_else(|| malformed("is larger than 1 MiB"))?;
        let text = encoding::text(&content).map_err(|why| {
            let problem = why.problem().to_owned();
            refused(ProblemKind::Malformed, problem, why.remedy())
        })?;
        ConfigFile::of(text, label, Some(path.to_owned()))
    }

    pub(super) fn parse(text: &str) -> Result<ConfigFile, Problem> {
        ConfigFile::of(text, "the configuration".to_owned(), None)
    }

    fn of(text: &str, label: String, path: Option<PathBuf>) -> Result<ConfigFile, Problem> {
        syntax::check(text).map_err(|refused| {
            let invalid = Invalid::new(CONFIG, refused.problem).at(label.clone());
            Problem::new(ProblemKind::Malformed, invalid.with_remedy(refused.remedy))
        })?;
        Ok(ConfigFile {
            text: text.to_owned().into(),
            label,
            path,
        })
    }

    /// What it says, which borrows from its text.
    pub(super) fn table(&self) -> Table<'_> {
        DeTable::parse_recoverable(&self.text).0.into_inner()
    }

    /// Something that is wrong with what the file says.
    pub(super) fn refused(
        &self,
        field: FieldKey,
        kind: ProblemKind,
        problem: String,
        remedy: String,
    ) -> Problem {
        let invalid = Invalid::new(field, problem).at(self.label.clone());
        Problem::new(kind, invalid.with_remedy(remedy))
    }

    /// The setting as a person would point at it; `section` is empty for what stands before the first one.
    pub(super) fn name_of(&self, section: &str, key: &str) -> String {
        format!("{key}{} in {}", under(section), self.place())
    }

    /// Where a value stands.
    pub(super) fn origin_of(&self, value: &Spanned<DeValue<'_>>) -> Origin {
        Origin::File {
            name: self.place(),
            line: syntax::line_of(&self.text, value.span().start),
        }
    }

    /// Whether a value is written in double quotes on one line, where `\t` is a tab.
    pub(super) fn has_escapes(&self, value: &Spanned<DeValue<'_>>) -> bool {
        let written = self.text.get(value.span()).unwrap_or_default();
        written.starts_with('"') && !written.starts_with("\"\"\"")
    }

    /// The file as a person would point at it.
    pub(super) fn place(&self) -> String {
        self.path.as_deref().map_or_else(
            || "the configuration".to_owned(),
            |path| path.display().to_string(),
        )
    }

    /// A path in the file is taken from where the file is.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        let directory = self.path.as_deref().and_then(Path::parent);
        directory.map_or_else(|| path.into(), |directory| directory.join(path))
    }

    /// Where it is. What it said is forgotten.
    pub(super) fn into_path(self) -> Option<PathBuf> {
        self.path
    }
}

/// Reads the secret of a setting from a file of its own, without the line break at its end. `origin` is what named the
/// file.
pub(super) fn secret(
    setting: FieldKey,
    path: &Path,
    origin: &str,
) -> Result<SecretString, Problem> {
    let refused = |kind, problem: String, remedy: &'static str| {
        let named = Invalid::new(setting, problem)
            .at(origin.to_owned())
            .with_value(&path.to_string_lossy());
        Problem::new(kind, named.with_remedy(remedy))
    };
    let content = read(path, LARGEST_SECRET).map_err(|error| {
        let problem = format!("cannot be read: {error}");
        refused(ProblemKind::Unreadable, problem, "name a file that can be")
    })?;
    let malformed = |problem: &str| {
        let remedy = "write the secret into the file, and nothing else";
        refused(ProblemKind::Malformed, problem.to_owned(), remedy)
    };
    let content = content.ok_or_else(|| malformed("is a file of more than 64 KiB"))?;
    let text = encoding::text(&content).map_err(|why| {
        let problem = why.problem().to_owned();
        refused(ProblemKind::Malformed, problem, why.remedy())
    })?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(malformed("is an empty file"));
    }
    Ok(text.into())
}

/// Reads a file; `None` if there is more in it than `largest`, of which no more is read.
///
/// It need not be a regular file: a shell hands over a pipe, and `/dev/null` stands for an empty one. One without an end,
/// such as `/dev/zero`, is more than any bound. The buffer never grows, so that no copy of a secret is left behind.
fn read(path: &Path, largest: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let bound = largest.saturating_add(1);
    let file = File::open(path)?;
    let mut content = Zeroizing::new(Vec::with_capacity(
        usize::try_from(bound).unwrap_or_default(),
    ));
    let read = file.take(bound).read_to_end(&mut content)?;
    Ok((u64::try_from(read).unwrap_or(bound) <= largest).then_some(content))
}

/// ` under [zipay]`; nothing for what stands before the first section.
pub(super) fn under(section: &str) -> String {
    match section {
        "" => String::new(),
        section => format!(" under [{section}]"),
    }
}

/// Where a setting that is missing could be written.
pub(super) fn place(file: Option<&ConfigFile>, variables: &Variables) -> String {
    match file {
        Some(file) => file.place(),
        None => usual_path(variables).map_or_else(
            || "a configuration file".to_owned(),
            |path| path.display().to_string(),
        ),
    }
}

/// Where the file is if nobody says otherwise.
pub(super) fn usual_path(variables: &Variables) -> Option<PathBuf> {
    // A relative base directory is to be passed over, as the base directory specification says.
    let base = variables
        .path("XDG_CONFIG_HOME")
        .filter(|base| base.is_absolute())
        .or_else(|| Some(variables.path("HOME")?.join(".config")))?;
    Some(base.join("paylink").join("config.toml"))
}
