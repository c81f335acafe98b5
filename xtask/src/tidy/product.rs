//! The product's source, without what a program never sees: comments, tests, other tools.

use crate::project::TextFile;

/// Crates that are not part of the product: they may repeat what it says, and some have to.
const NOT_THE_PRODUCT: [&str; 3] = ["paylink-bench", "paylink-sandbox", "paylink-testkit"];

/// One file of the product.
#[derive(Debug)]
pub(super) struct Source {
    /// The code, in which comments and the text of literals are left out. It has the lines of the file.
    pub(super) code: String,
    pub(super) literals: Vec<Literal>,
}

/// The text between the quotes of a string literal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) line: usize,
    pub(super) text: String,
}

impl Source {
    /// Reads a file, unless it is not part of the product.
    pub(super) fn read(file: &TextFile) -> Option<Source> {
        let (name, rest) = file.path.strip_prefix("crates/")?.split_once('/')?;
        let tests = rest.contains("/tests/") || rest.ends_with("tests.rs");
        let product = rest.starts_with("src/") && !tests && !NOT_THE_PRODUCT.contains(&name);
        (product && rest.ends_with(".rs")).then(|| Source::lex(&file.text))
    }

    fn lex(text: &str) -> Source {
        let mut source = Source {
            code: String::with_capacity(text.len()),
            literals: Vec::new(),
        };
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if begins_tests(rest) {
                break;
            }
            rest = if rest.starts_with("//") {
                rest.split_at(rest.find('\n').unwrap_or(rest.len())).1
            } else if rest.starts_with("/*") {
                source.skip(rest, comment(rest))
            } else if let Some((hashes, opened)) = opening(rest, &source.code) {
                source.literal(rest, hashes, opened)
            } else if next == '\'' {
                source.skip(rest, character(rest))
            } else {
                source.code.push(next);
                rest.get(next.len_utf8()..).unwrap_or_default()
            };
        }
        source
    }

    /// Leaves out so many bytes, but for their line breaks.
    fn skip<'a>(&mut self, text: &'a str, bytes: usize) -> &'a str {
        let (skipped, rest) = text.split_at_checked(bytes).unwrap_or((text, ""));
        self.code.extend(skipped.chars().filter(|it| *it == '\n'));
        rest
    }

    /// Takes the literal that the text begins with; its own text begins after so many bytes.
    fn literal<'a>(&mut self, text: &'a str, hashes: Option<usize>, opened: usize) -> &'a str {
        let inner = text.get(opened..).unwrap_or_default();
        let (length, closing) = match hashes {
            Some(hashes) => {
                let closing = format!("\"{}", "#".repeat(hashes));
                (inner.find(&closing), closing.len())
            }
            None => (closing_quote(inner), 1),
        };
        let length = length.unwrap_or(inner.len());
        // An attribute that names a feature says no provider's name.
        let before = self.code.trim_end();
        let names_a_feature = before
            .strip_suffix('=')
            .is_some_and(|it| it.trim_end().ends_with("feature"));
        if !names_a_feature {
            self.literals.push(Literal {
                line: self.code.lines().count().max(1),
                text: inner.get(..length).unwrap_or_default().to_owned(),
            });
        }
        self.code.push('"');
        self.skip(text, opened + length + closing)
    }
}

/// Whether the tests of a file begin here, which are its end.
fn begins_tests(text: &str) -> bool {
    text.strip_prefix("#[cfg(test)]").is_some_and(|rest| {
        let line = rest.trim_start().lines().next().unwrap_or_default();
        line.starts_with("mod ") && line.ends_with('{')
    })
}

/// How many `#` a string literal has that the text begins with, if it is a raw one, and where its own text begins.
fn opening(text: &str, before: &str) -> Option<(Option<usize>, usize)> {
    if text.starts_with('"') {
        return Some((None, 1));
    }
    let is_part_of_a_name =
        before.ends_with(|it: char| it.is_alphanumeric() && it != 'b' || it == '_');
    let raw = text.strip_prefix('r').filter(|_| !is_part_of_a_name)?;
    let hashes = raw.bytes().take_while(|byte| *byte == b'#').count();
    raw.get(hashes..)?
        .starts_with('"')
        .then_some((Some(hashes), hashes + 2))
}

/// Where the quote stands that is not escaped.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// How long the comment is that the text begins with. One may stand in another.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = match rest {
            _ if rest.starts_with("/*") => {
                depth += 1;
                2
            }
            _ if rest.starts_with("*/") => {
                depth = depth.saturating_sub(1);
                2
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// How long the character literal or the mark of the lifetime is that the text begins with.
fn character(text: &str) -> usize {
    let mut inner = text.char_indices().skip(1);
    match inner.next() {
        Some((_, '\\')) => inner
            .skip(1)
            .find_map(|(at, it)| (it == '\'').then_some(at + 1))
            .unwrap_or(text.len()),
        Some(_) => match inner.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        let path = "crates/zipay-client/src/client.rs".to_owned();
        let text = text.to_owned();
        Source::read(&TextFile { path, text }).unwrap()
    }

    fn literals(text: &str) -> Vec<(usize, String)> {
        let literals = source(text).literals.into_iter();
        literals.map(|it| (it.line, it.text)).collect()
    }

    #[test]
    fn literals_are_found_with_their_lines() {
        let text = "let a = \"one\";\nlet b = r#\"two \"2\" \"#;\n\nf(b\"three\", \"fo\\\"ur\\\\\", '\"', '\\'', r\"five\");\n";
        let expected = [
            (1, "one"),
            (2, "two \"2\" "),
            (4, "three"),
            (4, "fo\\\"ur\\\\"),
            (4, "five"),
        ];
        assert_eq!(
            literals(text),
            expected.map(|(line, text)| (line, text.to_owned()))
        );
    }

    #[test]
    fn comments_features_and_tests_hold_none() {
        let text = "//! \"a\"\n/* \"b\" /* \"c\" */ \"d\" */\n#[cfg(feature = \"e\")]\nfn f<'a>(it: &'a str) {} // \"g\"\n\
            const H: &str = \"h\";\n#[cfg(test)]\nmod tests {\n    const I: &str = \"i\";\n}\n";
        assert_eq!(literals(text), [(5, "h".to_owned())]);
    }

    #[test]
    fn the_code_keeps_its_lines_and_loses_what_is_said() {
        let text = "f(\"downcast\n\"); // downcast\n/* downcast\n*/\ng();\n";
        assert_eq!(source(text).code, "f(\"\n); \n\n\ng();\n");
    }

    #[test]
    fn tests_and_other_tools_are_not_the_product() {
        for path in [
            "crates/zipay-client/tests/zipay/main.rs",
            "crates/zipay-client/src/settle/tests.rs",
            "crates/zipay-client/src/settle/tests/late.rs",
            "crates/paylink-sandbox/src/lib.rs",
            "crates/paylink-testkit/src/lib.rs",
            "tests/src/lib.rs",
            "crates/zipay-client/src/page.html",
        ] {
            let file = TextFile {
                path: path.to_owned(),
                text: String::new(),
            };
            assert!(Source::read(&file).is_none(), "{path}");
        }
    }
}
