use super::{AccountConfig, said_twice};
use crate::Invalid;
use crate::config::schema::Form;
use crate::config::source::{Source, Value};
use crate::config::{Problem, ProblemKind, Variables, spelling};

impl AccountConfig {
    /// Takes what the environment says, which wins over the file.
    pub(in crate::config) fn read_variables(&mut self, variables: &Variables) {
        let malformed = |invalid| Source::Refused(Problem::new(ProblemKind::Malformed, invalid));
        for known in self.schema.settings {
            let variable = self.variable(known.key);
            let of_path = format!("{variable}_FILE");
            let path = match known.form {
                Form::Secret => variables.text(&of_path),
                Form::Text | Form::Number | Form::Switch => None,
            };
            let source = match (variables.text(&variable), path) {
                (Some(_), Some(_)) => said_twice(variable, known.key),
                (Some(text), None) => {
                    text.map_or_else(malformed, |text| Source::Here(Value::new(text, variable)))
                }
                (None, Some(path)) => path.map_or_else(malformed, |path| Source::InFile {
                    path: path.into(),
                    origin: of_path,
                }),
                (None, None) => continue,
            };
            self.put(known.key, source);
        }
    }

    /// Whether a variable of this name is one of this account's.
    pub(in crate::config) fn takes(&self, variable: &str) -> bool {
        let Some(rest) = variable.strip_prefix(&self.prefix) else {
            return false;
        };
        let chooses = rest == "PROVIDER" && self.chooses();
        chooses || self.schema.find(&rest.to_lowercase()).is_some()
    }

    /// Whether a variable of this name begins as this account's do.
    pub(in crate::config) fn may_own(&self, variable: &str) -> bool {
        variable.starts_with(&self.prefix)
    }

    /// The setting that a misspelt variable of this account means.
    pub(in crate::config) fn nearest_to(&self, variable: &str) -> Option<&'static str> {
        let written = variable.strip_prefix(&self.prefix)?;
        spelling::nearest(written, self.keys())
    }

    /// Notes that a variable of this account means nothing to it.
    pub(in crate::config) fn refuse_variable(&mut self, variable: &str) {
        let meant = self.nearest_to(variable).map(|key| self.variable(key));
        let question = meant.map_or_else(String::new, |name| format!("did you mean {name}? "));
        let problem = format!("is no setting of an account with {}", self.schema.provider);
        let remedy = format!("{question}the settings are {}", self.schema.keys());
        let invalid = Invalid::new(crate::config::SETTING, problem)
            .at(variable.to_owned())
            .remedy(remedy);
        let problem = Problem::new(ProblemKind::Unknown, invalid).of_account(&self.name);
        self.problems.push(problem);
    }
}
