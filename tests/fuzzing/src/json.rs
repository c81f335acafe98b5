//! JSON as the oracles see it: every member that stands there, a name that stands twice included, and numbers as they are written.
//!
//! The clients read through serde. This reader shares nothing with them, so that a misreading is not cancelled out.

/// The deepest nesting that is read: deeper than an input of a fuzzer is long, for clients skip what they do not read, however deep.
const DEEPEST: usize = 5_000;

/// A value, in the order and the spelling in which it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tree {
    /// `null`.
    Null,
    /// A truth value.
    Truth(bool),
    /// A number as it is written.
    Number(String),
    /// Text, with its escapes undone.
    Text(String),
    /// The elements of an array.
    Array(Vec<Tree>),
    /// The members of an object.
    Object(Vec<(String, Tree)>),
    /// Written as it stands, whatever it is; nothing is read as this.
    Raw(String),
}

impl Tree {
    /// Reads a whole text; `None` if it is not JSON.
    #[must_use]
    pub fn read(text: &str) -> Option<Tree> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader { rest: text };
        let tree = reader.value(0)?;
        reader.space();
        reader.rest.is_empty().then_some(tree)
    }

    /// The members of this name; none of a value that is no object.
    pub fn members<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a Tree> + use<'a, 'n> {
        let members = match self {
            Tree::Object(members) => members.as_slice(),
            _ => &[],
        };
        let named = members.iter().filter(move |(own, _)| own == name);
        named.map(|(_, value)| value)
    }

    /// The one value at this path; `None` if there is none, or more than one.
    #[must_use]
    pub fn at<'a>(&'a self, path: &[&str]) -> Option<&'a Tree> {
        let mut here = self;
        for name in path {
            here = match (here, name.parse::<usize>()) {
                (Tree::Array(elements), Ok(index)) => elements.get(index)?,
                _ => {
                    let mut named = here.members(name);
                    let first = named.next()?;
                    if named.next().is_some() {
                        return None;
                    }
                    first
                }
            };
        }
        Some(here)
    }

    /// The place of the value at this path, so that a test puts another one there.
    pub fn at_mut(&mut self, path: &[&str]) -> Option<&mut Tree> {
        let mut here = self;
        for name in path {
            here = match (here, name.parse::<usize>()) {
                (Tree::Array(elements), Ok(index)) => elements.get_mut(index)?,
                (Tree::Object(members), _) => {
                    &mut members.iter_mut().find(|(own, _)| own == name)?.1
                }
                _ => return None,
            };
        }
        Some(here)
    }

    /// How many values there are, this one included.
    #[must_use]
    pub fn size(&self) -> usize {
        1 + match self {
            Tree::Array(elements) => elements.iter().map(Tree::size).sum(),
            Tree::Object(members) => members.iter().map(|(_, value)| value.size()).sum(),
            _ => 0,
        }
    }

    /// The value of this number, counted from the top down.
    pub fn nth_mut(&mut self, number: usize) -> Option<&mut Tree> {
        fn search<'a>(tree: &'a mut Tree, left: &mut usize) -> Option<&'a mut Tree> {
            if *left == 0 {
                return Some(tree);
            }
            *left -= 1;
            match tree {
                Tree::Array(elements) => elements.iter_mut().find_map(|it| search(it, left)),
                Tree::Object(members) => members.iter_mut().find_map(|(_, it)| search(it, left)),
                _ => None,
            }
        }
        search(self, &mut { number })
    }

    /// Shows every text, every name and every number with the names that lead to it.
    pub fn walk<'a>(&'a self, names: &mut Vec<&'a str>, see: &mut impl FnMut(&[&str], &str)) {
        match self {
            Tree::Null | Tree::Truth(_) => {}
            Tree::Number(text) | Tree::Text(text) | Tree::Raw(text) => see(names, text),
            Tree::Array(elements) => elements.iter().for_each(|it| it.walk(names, see)),
            Tree::Object(members) => {
                for (name, value) in members {
                    see(&[], name);
                    names.push(name);
                    value.walk(names, see);
                    names.pop();
                }
            }
        }
    }

    /// Writes it without any space.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text);
        text
    }

    fn write_to(&self, text: &mut String) {
        match self {
            Tree::Null => text.push_str("null"),
            Tree::Truth(truth) => text.push_str(if *truth { "true" } else { "false" }),
            Tree::Number(raw) | Tree::Raw(raw) => text.push_str(raw),
            Tree::Text(said) => quote(said, text),
            Tree::Array(elements) => {
                text.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    element.write_to(text);
                }
                text.push(']');
            }
            Tree::Object(members) => {
                text.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    quote(name, text);
                    text.push(':');
                    value.write_to(text);
                }
                text.push('}');
            }
        }
    }
}

fn quote(said: &str, text: &mut String) {
    text.push('"');
    for character in said.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            control if control < ' ' => {
                text.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, word: &str) -> bool {
        let taken = self.rest.strip_prefix(word);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Tree> {
        if depth > DEEPEST {
            return None;
        }
        self.space();
        for (word, value) in [
            ("null", Tree::Null),
            ("true", Tree::Truth(true)),
            ("false", Tree::Truth(false)),
        ] {
            if self.take(word) {
                return Some(value);
            }
        }
        if self.take("\"") {
            return self.text().map(Tree::Text);
        }
        if self.take("[") {
            return self.elements(depth);
        }
        if self.take("{") {
            return self.object(depth);
        }
        self.number()
    }

    fn elements(&mut self, depth: usize) -> Option<Tree> {
        let mut elements = Vec::new();
        self.space();
        if self.take("]") {
            return Some(Tree::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            self.space();
            if self.take("]") {
                return Some(Tree::Array(elements));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Tree> {
        let mut members = Vec::new();
        self.space();
        if self.take("}") {
            return Some(Tree::Object(members));
        }
        loop {
            self.space();
            if !self.take("\"") {
                return None;
            }
            let name = self.text()?;
            self.space();
            if !self.take(":") {
                return None;
            }
            members.push((name, self.value(depth + 1)?));
            self.space();
            if self.take("}") {
                return Some(Tree::Object(members));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    /// The rest of a text whose quotation mark was taken.
    fn text(&mut self) -> Option<String> {
        let mut said = String::new();
        loop {
            let next = self.rest.chars().next()?;
            self.rest = self.rest.get(next.len_utf8()..)?;
            match next {
                '"' => return Some(said),
                '\\' => said.push(self.escaped()?),
                control if control < ' ' => return None,
                other => said.push(other),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = self.rest.get(next.len_utf8()..)?;
        Some(match next {
            '"' | '\\' | '/' => next,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                // Half a character alone is passed over by readers of what they do not need.
                let lone = char::REPLACEMENT_CHARACTER;
                if !(0xd800..0xdc00).contains(&first) || !self.rest.starts_with("\\u") {
                    return Some(char::from_u32(u32::from(first)).unwrap_or(lone));
                }
                let before = self.rest;
                self.take("\\u");
                let second = self.unit()?;
                match char::decode_utf16([first, second]).next()? {
                    Ok(character) => character,
                    Err(_) => {
                        self.rest = before;
                        lone
                    }
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        let plain = digits.bytes().all(|it| it.is_ascii_hexdigit());
        self.rest = rest;
        plain.then(|| u16::from_str_radix(digits, 16).ok())?
    }

    fn number(&mut self) -> Option<Tree> {
        let is_of_one = |it: char| it.is_ascii_digit() || matches!(it, '-' | '+' | '.' | 'e' | 'E');
        let end = self
            .rest
            .find(|it| !is_of_one(it))
            .unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        is_number(number).then(|| Tree::Number(number.to_owned()))
    }
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(|it| are_digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn every_member_is_seen_as_it_is_written() {
        let text = r#"{"a":1.50,"a":"\u0061\ud83d\ude00","b":[null,true,{"c":-2e3}]}"#;
        let tree = Tree::read(text).unwrap();
        assert_eq!(tree.members("a").count(), 2);
        assert_eq!(tree.at(&["a"]), None);
        assert_eq!(
            tree.at(&["b", "2", "c"]),
            Some(&Tree::Number("-2e3".to_owned()))
        );
        assert_eq!(Tree::read(&tree.write()).unwrap(), tree);
    }

    #[test]
    fn what_lies_deep_is_read() {
        let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
        assert_eq!(Tree::read(&deep).unwrap().write(), deep);
    }

    #[test]
    fn what_is_not_json_is_not_read() {
        for text in [
            "", "{", "[1,]", "{\"a\":}", "01", "1.", ".5", "+1", "1e", "nul", "\"\n\"", "\"\\x\"",
            "{}x",
        ] {
            assert_eq!(Tree::read(text), None, "{text}");
            assert!(
                serde_json::from_str::<serde_json::Value>(text).is_err(),
                "{text}"
            );
        }
    }
}
