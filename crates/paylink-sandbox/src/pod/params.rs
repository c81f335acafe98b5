/// The parameters of a request in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a form. `name[]` and `name[0]`, which older SDKs write for lists, are read as `name`,
    /// and `delegationId` as the `delegatorId` it later became.
    pub(super) fn decode(form: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(form);
        Self(
            pairs
                .map(|(name, value)| (bare(&name).to_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// Returns the first value of a parameter that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Lists the values of a parameter that are not empty.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(given, _)| given == name);
        named
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn bare(name: &str) -> &str {
    let name = match name.split_once('[') {
        Some((bare, rest)) if is_index(rest) => bare,
        _ => name,
    };
    match name {
        "delegationId" => "delegatorId",
        name => name,
    }
}

fn is_index(rest: &str) -> bool {
    rest.strip_suffix(']')
        .is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_however_their_keys_are_written() {
        for form in [
            "delegatorId=11&delegatorId=12",
            "delegatorId[]=11&delegatorId[]=12",
            "delegatorId%5B%5D=11&delegatorId%5B%5D=12",
            "delegatorId[0]=11&delegatorId[1]=12",
            "delegationId=11&delegationId[]=12",
        ] {
            let params = Params::decode(form.as_bytes());
            let all: Vec<_> = params.all("delegatorId").collect();
            assert_eq!(all, ["11", "12"], "{form}");
        }
    }

    #[test]
    fn other_brackets_are_part_of_the_name() {
        for form in ["a[b]=1", "a[=1", "[]a=1"] {
            assert_eq!(Params::decode(form.as_bytes()).get("a"), None, "{form}");
        }
    }

    #[test]
    fn an_empty_value_is_none() {
        let params = Params::decode("a=&a=2&b=%D9%86+%26".as_bytes());
        assert_eq!(params.get("a"), Some("2"));
        assert_eq!(params.get("b"), Some("ن &"));
        assert_eq!(params.get("c"), None);
    }
}
