//! Why a text is not TOML, in words that help. The line itself is never shown, since it may hold a secret.

use toml::de::{DeTable, Error};

/// What to do about a backslash between double quotes, which TOML reads as the begin of an escape.
pub(super) const BACKSLASH: &str =
    r"write a path in single quotes, 'C:\keys\zipay', or with / in place of \";

/// What is wrong in which line, and what to do.
pub(super) struct Refused {
    pub(super) problem: String,
    pub(super) remedy: &'static str,
}

/// Checks that a text is TOML.
pub(super) fn check(text: &str) -> Result<(), Refused> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let start = |error: &Error| error.span().map_or(text.len(), |span| span.start);
    match errors.iter().min_by_key(|error| start(error)) {
        Some(first) => Err(refused(text, start(first), first.message())),
        None => Ok(()),
    }
}

/// The line in which something stands.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    before(text, offset).matches('\n').count().saturating_add(1)
}

fn before(text: &str, offset: usize) -> &str {
    text.get(..offset).unwrap_or(text)
}

fn refused(text: &str, offset: usize, message: &str) -> Refused {
    let before = before(text, offset);
    let begun = before.rsplit('\n').next().unwrap_or_default();
    let rest = text.get(offset..).unwrap_or_default();
    let line = Line {
        begun,
        rest: rest.split('\n').next().unwrap_or_default().trim_end(),
        is_first: !before.trim().contains('\n'),
    };
    let (wrong, remedy) = line.explain(message);
    let number = line_of(text, offset);
    let column = begun.chars().count().saturating_add(1);
    let problem = format!("is not TOML in line {number}, column {column}: {wrong}");
    Refused { problem, remedy }
}

/// A line that cannot be read, up to where the reader of TOML stopped and from there.
struct Line<'a> {
    begun: &'a str,
    rest: &'a str,
    is_first: bool,
}

/// How a setting is written.
const SETTING: &str = "write a setting as api_key = \"…\"";
/// How a section is written.
const SECTION: &str = "write a section as [zipay] or [accounts.branch], on a line of its own";
/// How values are written.
const VALUE: &str =
    "write text in quotes, such as api_key = \"…\"; whole numbers, true and false go without";

impl Line<'_> {
    /// What is wrong, and what to do: by what the reader of TOML says and by what is known to go wrong.
    fn explain(&self, message: &str) -> (&'static str, &'static str) {
        let says = |part: &str| message.contains(part);
        let line = self.begun.trim_start();
        if says("escape") || says("unicode value") {
            return (
                r"between double quotes, \ has a meaning of its own",
                BACKSLASH,
            );
        }
        if says("duplicate key") {
            return match line.starts_with('[') {
                true => (
                    "the section stands here a second time",
                    "write all its settings under one of them",
                ),
                false => (
                    "the setting stands here a second time",
                    "take one of the lines out",
                ),
            };
        }
        if says("missing opening quote") {
            return ("the text has no quote at its begin", VALUE);
        }
        if says("expected non-") || says("carriage return") {
            return (
                "there is a control character in the text",
                "type the line again",
            );
        }
        if says(" string, expected") {
            return (
                "the text has no quote at its end",
                "close it with the quote that it begins with",
            );
        }
        if says("values must be quoted") {
            return self.explain_value();
        }
        if says("boolean") {
            return (
                "a switch is written in small letters",
                "write true or false",
            );
        }
        if says("leading zero") {
            return (
                "a number begins with a zero",
                "leave the zero out, or write it in quotes if it is text",
            );
        }
        if says("unclosed table") || says("unclosed array table") {
            return ("a section's name has no blank and ends with ]", SECTION);
        }
        if says("unexpected key or value") {
            return match line.starts_with('[') {
                true => ("something stands behind the section's name", SECTION),
                false => (
                    "something stands behind the value",
                    "write one setting a line, numbers with thousands marks in quotes, remarks after #, and text that holds a quote in the other kind of quotes",
                ),
            };
        }
        if says("extra `=`") {
            return ("there is one = too many", SETTING);
        }
        if says("key") {
            return self.explain_key();
        }
        // What is said of a key may speak of numbers too.
        let of_numbers = ["float", "date", "number", "digit", "radix", "sign"];
        if of_numbers.into_iter().any(says) {
            return ("the value is neither a whole number nor text", VALUE);
        }
        ("it cannot be read", SETTING)
    }

    fn explain_value(&self) -> (&'static str, &'static str) {
        let value = self.rest.trim_start();
        if value.is_empty() || value.starts_with('#') {
            return (
                "there is no value behind =",
                "write one, or take the line out",
            );
        }
        if value.starts_with(['“', '”', '„', '‘', '’', '«', '`']) {
            return (
                "these quotes are not those of TOML",
                "write text in plain quotes, \"…\" or '…'",
            );
        }
        ("the value has no quotes", VALUE)
    }

    fn explain_key(&self) -> (&'static str, &'static str) {
        let line = self.begun.trim_start();
        let starts = |mark: &str| line.starts_with(mark) || self.rest.starts_with(mark);
        if self.is_first && starts("{") {
            return ("this looks like JSON", SECTION);
        }
        if starts("//") || starts(";") {
            return ("a remark begins with #", "write # in its place");
        }
        if line.starts_with("export ") {
            return (
                "this is a line for a shell",
                "write the setting as terminal = 1003 under [zipay], or set the variable in the environment",
            );
        }
        if starts("[") {
            return ("a section has no name, or an empty part", SECTION);
        }
        let name = line.split(['=', '"', '\'']).next().unwrap_or_default();
        if name.contains(':') || self.rest.starts_with(':') {
            return ("a : stands where = is due", SETTING);
        }
        if name.contains(']') || self.rest.starts_with(']') {
            return ("a section's name does not begin with [", SECTION);
        }
        if line.starts_with(['"', '\'']) {
            return ("a setting's name has no quotes", SETTING);
        }
        if self.rest.contains('=') {
            return (
                "a setting's name is made of a-z, 0-9, _ and -, without blanks",
                SETTING,
            );
        }
        ("a name stands here without = and a value", SETTING)
    }
}
