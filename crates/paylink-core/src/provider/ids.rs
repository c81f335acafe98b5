use serde::{Deserialize, Serialize};

/// Ids of a provider, each under the provider's name for it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ids(Vec<Id>);

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Id {
    name: String,
    value: String,
}

impl Ids {
    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push(Id {
            name: name.to_owned(),
            value: value.into(),
        });
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find_map(|(one, value)| (one == name).then_some(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|id| (id.name.as_str(), id.value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
