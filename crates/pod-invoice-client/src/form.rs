use std::fmt::Display;

/// A form body as POD reads it: names in lower camel case, lists as a repeated key, truth values as `true` and `false`.
pub(crate) struct Form(form_urlencoded::Serializer<'static, String>);

impl Form {
    pub(crate) fn new() -> Form {
        Form(form_urlencoded::Serializer::new(String::with_capacity(256)))
    }

    pub(crate) fn pair(mut self, name: &str, value: impl Display) -> Form {
        self.0.append_pair(name, &value.to_string());
        self
    }

    /// Adds the pair if there is a value.
    pub(crate) fn optional(self, name: &str, value: Option<impl Display>) -> Form {
        match value {
            Some(value) => self.pair(name, value),
            None => self,
        }
    }

    /// Adds one pair for each value, in their order.
    pub(crate) fn each(self, name: &str, values: impl IntoIterator<Item = impl Display>) -> Form {
        values
            .into_iter()
            .fold(self, |form, value| form.pair(name, value))
    }

    pub(crate) fn into_string(mut self) -> String {
        self.0.finish()
    }
}
