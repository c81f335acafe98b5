//! Changes inputs by their structure: what a broken or lying provider would send, rather than noise.

use crate::chance::Chance;
use crate::json::Tree;
use crate::xml::Node;

/// What stands between two answers of one input.
pub const SEPARATOR: u8 = 0x1e;

/// How many bytes of an input say what is done with the rest.
pub const HEAD: usize = 2;

/// Changes an input that begins with its [`HEAD`], within `largest` bytes.
pub fn mutate(input: &mut Vec<u8>, largest: usize, chance: &mut Chance) {
    if input.len() < HEAD {
        input.resize(HEAD, 0);
    }
    if chance.below(24) == 0 {
        let place = chance.below(HEAD);
        if let Some(byte) = input.get_mut(place) {
            *byte = byte_of(chance.below(256));
        }
    }
    let mut parts: Vec<Vec<u8>> = input
        .get(HEAD..)
        .unwrap_or_default()
        .split(|byte| *byte == SEPARATOR)
        .map(<[u8]>::to_vec)
        .collect();
    let which = chance.below(parts.len());
    if chance.below(40) == 0 {
        let copy = parts.get(which).cloned().unwrap_or_default();
        parts.push(copy);
    } else if let Some(part) = parts.get_mut(which) {
        *part = changed(part, chance);
    }
    let mut all = parts.join(&SEPARATOR);
    all.truncate(largest.saturating_sub(HEAD));
    input.truncate(HEAD);
    input.extend(all);
}

/// A document that differs from this one in one to four places.
fn changed(part: &[u8], chance: &mut Chance) -> Vec<u8> {
    let times = 1 + chance.below(4);
    let Ok(text) = std::str::from_utf8(part) else {
        return bytes_changed(part, chance);
    };
    if chance.below(6) == 0 {
        return bytes_changed(part, chance);
    }
    if let Some(mut tree) = Tree::read(text) {
        for _ in 0..times {
            change_tree(&mut tree, chance);
        }
        let written = tree.write();
        return match chance.below(8) {
            0 => format!("\u{feff}{written}"),
            1 => spaced(&written, chance),
            _ => written,
        }
        .into_bytes();
    }
    let is_xml = text.trim_start().starts_with('<');
    if let Some(mut nodes) = Node::read(text).filter(|_| is_xml) {
        for _ in 0..times {
            change_nodes(&mut nodes, chance);
        }
        return Node::write(&nodes).into_bytes();
    }
    if text.contains('\n') {
        return lines_changed(text, chance).into_bytes();
    }
    if text.contains('&') || text.contains('=') {
        return pairs_changed(text, chance).into_bytes();
    }
    text_changed(text, chance).into_bytes()
}

/// Values that stand for every kind, and for those that are read most differently.
const VALUES: [&str; 44] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "2",
    "-0",
    "1.0",
    "1e0",
    "1E+0",
    "0.1",
    "200.0",
    "2e2",
    "1e400",
    "-1e-400",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
    "0.00000000000000000000000000001",
    "99999999999999999999999999.999",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"1\"",
    "\"01\"",
    "\"1.0\"",
    "\"-1\"",
    "\"null\"",
    "\"true\"",
    "\"TRUE\"",
    "\"false\"",
    "\"False\"",
    "\"۱\"",
    "\"200\"",
    "\"\\u0031\"",
    "\"\\ud800\"",
    "[]",
    "[1]",
    "{}",
    "[{}]",
    "{\"id\":1}",
    "[[[[[[[[]]]]]]]]",
];

/// Names that mean something to a client somewhere.
const NAMES: [&str; 30] = [
    "success",
    "status",
    "result",
    "message",
    "msg",
    "trackid",
    "redirect",
    "amount",
    "coin",
    "currency",
    "invoice_number",
    "items",
    "code",
    "pay_id",
    "link",
    "cart",
    "hasError",
    "errorCode",
    "id",
    "payed",
    "canceled",
    "payableAmount",
    "billNumber",
    "uniqueNumber",
    "ResCod",
    "PayLinkSendID",
    "prmPayLinkListStatus",
    "PayLinkListStatus",
    "d",
    "version",
];

fn change_tree(tree: &mut Tree, chance: &mut Chance) {
    let size = tree.size();
    let other = tree.clone().nth_mut(chance.below(size)).cloned();
    let Some(node) = tree.nth_mut(chance.below(size)) else {
        return;
    };
    match chance.below(9) {
        0 => *node = value(chance),
        1 => *node = other.unwrap_or(Tree::Null),
        2 => {
            let inner = std::mem::replace(node, Tree::Null);
            *node = match chance.below(3) {
                0 => Tree::Array(vec![inner]),
                1 => Tree::Object(vec![(name(chance), inner)]),
                _ => (0..1 + chance.below(150)).fold(inner, |it, _| Tree::Array(vec![it])),
            };
        }
        _ => match node {
            Tree::Object(members) => change_members(members, chance),
            Tree::Array(elements) => change_elements(elements, chance),
            Tree::Number(number) => *node = number_changed(number, chance),
            Tree::Text(text) => *node = said_otherwise(text, chance),
            Tree::Truth(truth) => {
                let other = ["1", "0", "\"true\"", "\"false\"", "\"1\"", "\"0\""];
                *node = match chance.below(3) {
                    0 => Tree::Truth(!*truth),
                    _ => raw(chance.one_of(&other)),
                };
            }
            Tree::Null | Tree::Raw(_) => *node = value(chance),
        },
    }
}

fn raw(text: Option<&&str>) -> Tree {
    Tree::Raw(text.copied().unwrap_or("null").to_owned())
}

fn value(chance: &mut Chance) -> Tree {
    raw(chance.one_of(&VALUES))
}

fn name(chance: &mut Chance) -> String {
    chance.one_of(&NAMES).copied().unwrap_or("id").to_owned()
}

fn change_members(members: &mut Vec<(String, Tree)>, chance: &mut Chance) {
    let (one, two) = (chance.below(members.len()), chance.below(members.len()));
    match chance.below(7) {
        0 if one < members.len() => drop(members.remove(one)),
        1 => {
            // The same name twice, with another value or the same one.
            if let Some((own, value)) = members.get(one).cloned() {
                let value = match members.get(two) {
                    Some((_, other)) if chance.below(2) == 0 => other.clone(),
                    _ => value,
                };
                members.insert(two, (own, value));
            }
        }
        2 => {
            let taken = members.get(one).map(|(_, value)| value.clone());
            let given = members.get(two).map(|(_, value)| value.clone());
            if let (Some((_, place)), Some(value)) = (members.get_mut(one), given) {
                *place = value;
            }
            if let (Some((_, place)), Some(value)) = (members.get_mut(two), taken) {
                *place = value;
            }
        }
        3 => {
            if let Some((own, _)) = members.get_mut(one) {
                *own = match chance.below(4) {
                    0 => own.to_uppercase(),
                    1 => format!("prm{own}"),
                    2 => format!("{own} "),
                    _ => name(chance),
                };
            }
        }
        4 if one < members.len() => members.swap(one, 0),
        5 => {
            let value = value(chance);
            members.push((name(chance), value));
        }
        _ => {
            let value = value(chance);
            if let Some((_, place)) = members.get_mut(one) {
                *place = value;
            }
        }
    }
}

fn change_elements(elements: &mut Vec<Tree>, chance: &mut Chance) {
    let one = chance.below(elements.len());
    match chance.below(4) {
        0 if one < elements.len() => drop(elements.remove(one)),
        1 => {
            let copies = 1 + chance.below(20);
            if let Some(element) = elements.get(one).cloned() {
                elements.extend(std::iter::repeat_n(element, copies));
            }
        }
        2 if !elements.is_empty() => elements.swap(one, 0),
        _ => elements.push(value(chance)),
    }
}

fn number_changed(number: &str, chance: &mut Chance) -> Tree {
    Tree::Raw(match chance.below(10) {
        0 => format!("{number}.0"),
        1 => format!("{number}e0"),
        2 => format!("\"{number}\""),
        3 => format!("-{number}"),
        4 => format!("{number}0"),
        5 => format!("0{number}"),
        6 => format!("{number}e1"),
        7 => format!("\" {number}\""),
        8 => number.chars().rev().collect(),
        _ => return value(chance),
    })
}

fn said_otherwise(text: &str, chance: &mut Chance) -> Tree {
    match chance.below(6) {
        0 => {
            let mut escaped = String::from("\"");
            for unit in text.encode_utf16() {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
            escaped.push('"');
            Tree::Raw(escaped)
        }
        1 => Tree::Raw(text.to_owned()),
        _ => Tree::Text(text_changed(text, chance)),
    }
}

/// Text that a person or a program could take for this one, and should not.
fn text_changed(text: &str, chance: &mut Chance) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let place = chance.below(characters.len());
    match chance.below(10) {
        0 => return String::new(),
        1 => return format!("{text} "),
        2 => return text.to_uppercase(),
        3 => return text.chars().map(persian).collect(),
        4 => return format!("{text}{text}"),
        5 => return text.repeat(1 + chance.below(40)),
        6 if place < characters.len() => drop(characters.remove(place)),
        7 => {
            const ODD: [char; 14] = [
                '\0', '\u{202e}', '\u{200c}', '\u{feff}', '٫', '٬', '۰', '%', '/', '\\', '@', '#',
                '\n', '💳',
            ];
            let odd = chance.one_of(&ODD).copied().unwrap_or(' ');
            characters.insert(place, odd);
        }
        8 => {
            let other = chance.below(characters.len());
            if place < characters.len() && other < characters.len() {
                characters.swap(place, other);
            }
        }
        _ => {
            let other = char::from(byte_of(32 + chance.below(95)));
            match characters.get_mut(place) {
                Some(character) => *character = other,
                None => characters.push(other),
            }
        }
    }
    characters.into_iter().collect()
}

fn persian(digit: char) -> char {
    let value = digit.to_digit(10).and_then(|it| char::from_u32(0x6f0 + it));
    value.unwrap_or(digit)
}

/// The same JSON with white space wherever it may stand.
fn spaced(json: &str, chance: &mut Chance) -> String {
    let mut in_text = false;
    let mut escaped = false;
    let mut spaced = String::new();
    for character in json.chars() {
        spaced.push(character);
        if character == '"' && !escaped {
            in_text = !in_text;
        }
        escaped = in_text && character == '\\' && !escaped;
        if !in_text && matches!(character, ',' | ':' | '[' | '{') {
            let space = chance.one_of(&["", " ", "\r\n", "\t  "]);
            spaced.push_str(space.copied().unwrap_or_default());
        }
    }
    spaced
}

fn change_nodes(nodes: &mut Vec<Node>, chance: &mut Chance) {
    let size = Node::size(nodes);
    let other = chance.below(size);
    let other =
        Node::place_of(&mut nodes.clone(), other).and_then(|(list, at)| list.get(at).cloned());
    let Some((list, place)) = Node::place_of(nodes, chance.below(size)) else {
        return;
    };
    let Some(node) = list.get_mut(place) else {
        return;
    };
    match chance.below(12) {
        0 => drop(list.remove(place)),
        1 => {
            let copy = node.clone();
            list.insert(place, copy);
        }
        2 => list.insert(place, Node::Other("<!-- -->".to_owned())),
        3 => {
            let entities = ["&lt;", "&#49;", "&#x31;", "&bomb;", "&amp;", "&#0;", "&"];
            let entity = chance.one_of(&entities).copied().unwrap_or("&");
            list.insert(place, Node::Text(entity.to_owned()));
        }
        4 => {
            let declaration = "<!DOCTYPE a [<!ENTITY bomb \"1\">]>";
            nodes.insert(0, Node::Other(declaration.to_owned()));
        }
        5 => {
            if let Some(other) = other {
                *node = other;
            }
        }
        6 => {
            let inner = std::mem::replace(node, Node::Text(String::new()));
            let depth = 1 + chance.below(80);
            *node = (0..depth).fold(inner, |it, _| Node::Element {
                name: "a".to_owned(),
                attributes: String::new(),
                children: vec![it],
            });
        }
        _ => match node {
            Node::Element {
                name, attributes, ..
            } => match chance.below(6) {
                0 => *name = name.to_lowercase(),
                1 => *name = format!("x:{name}"),
                2 => attributes.push_str(" xsi:nil=\"true\""),
                3 => attributes.push_str(" xmlns=\"urn:other\" a='1' a='2'"),
                4 => *attributes = String::new(),
                _ => *name = self::name(chance),
            },
            Node::Text(text) => {
                *node = match chance.below(4) {
                    0 => Node::Other(format!("<![CDATA[{text}]]>")),
                    1 => Node::Text(number_changed(text, chance).write()),
                    2 => Node::Text(text_changed(text, chance)),
                    _ => Node::Text(value(chance).write().replace('<', "&lt;")),
                };
            }
            Node::Other(text) => *text = text_changed(text, chance),
        },
    }
}

/// A form or a query with its pairs dropped, doubled, swapped, renamed, or encoded otherwise.
fn pairs_changed(text: &str, chance: &mut Chance) -> String {
    let mut pairs: Vec<String> = text.split('&').map(str::to_owned).collect();
    let (one, two) = (chance.below(pairs.len()), chance.below(pairs.len()));
    match chance.below(7) {
        0 => drop(pairs.remove(one)),
        1 => {
            if let Some(pair) = pairs.get(one).cloned() {
                pairs.insert(two, pair);
            }
        }
        2 => pairs.swap(one, two),
        _ => {
            if let Some(pair) = pairs.get_mut(one) {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                *pair = match chance.below(5) {
                    0 => format!("{name}=%{}", text_changed(value, chance)),
                    1 => format!("{name}={}", encoded(value)),
                    2 => format!("{}={value}", text_changed(name, chance)),
                    3 => format!("{name}[]={value}"),
                    _ => format!("{name}={}", text_changed(value, chance)),
                };
            }
        }
    }
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A text of several lines with one dropped, doubled, moved or changed.
fn lines_changed(text: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let (one, two) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(6) {
        0 => drop(lines.remove(one)),
        1 => {
            if let Some(line) = lines.get(one).cloned() {
                lines.insert(two, line);
            }
        }
        2 => lines.swap(one, two),
        3 => {
            if let Some((name, _)) = lines.get(one).and_then(|line| line.split_once('=')) {
                let line = format!("{name}= {}", value(chance).write());
                lines.push(line);
            }
        }
        _ => {
            if let Some(line) = lines.get_mut(one) {
                *line = text_changed(line, chance);
            }
        }
    }
    lines.join("\n")
}

/// Bytes with a bit turned, a piece cut out, doubled, or put elsewhere.
fn bytes_changed(part: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = part.to_vec();
    let place = chance.below(bytes.len());
    let end = (place + 1 + chance.below(16)).min(bytes.len());
    match chance.below(5) {
        0 => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << chance.below(8);
            }
        }
        1 if place < end => drop(bytes.drain(place..end)),
        2 => bytes.truncate(place),
        3 => {
            let piece = bytes.get(place..end).unwrap_or_default().to_vec();
            let other = chance.below(bytes.len() + 1);
            bytes.splice(other..other, piece);
        }
        _ => bytes.insert(place, byte_of(chance.below(256))),
    }
    bytes
}

fn byte_of(number: usize) -> u8 {
    u8::try_from(number & 0xff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// How many of these mutations of a document are different, and how many can still be read.
    fn variety(document: &str, is_readable: fn(&str) -> bool) -> (usize, usize) {
        let mut chance = Chance::seeded(7);
        let seed = format!("\0\0{document}").into_bytes();
        let mut all = BTreeSet::new();
        for _ in 0..1_000 {
            let mut input = seed.clone();
            mutate(&mut input, 4096, &mut chance);
            assert!(input.len() <= 4096);
            all.insert(input.split_off(HEAD));
        }
        let readable = all
            .iter()
            .filter(|it| std::str::from_utf8(it).is_ok_and(is_readable));
        (all.len(), readable.count())
    }

    #[test]
    fn most_changes_differ_and_most_keep_the_structure() {
        let json = r#"{"success":true,"status":200,"result":{"amount":"100.99","list":[1,2]}}"#;
        let (different, readable) = variety(json, |it| Tree::read(it).is_some());
        assert!(different > 600, "{different}");
        assert!(readable > different / 2, "{readable} of {different}");
        let xml = "<a><b>1</b><c x=\"1\">text</c></a>";
        let (different, readable) = variety(xml, |it| Node::read(it).is_some());
        assert!(different > 400, "{different}");
        assert!(readable > different / 2, "{readable} of {different}");
        let (different, _) = variety("trackid=de7d44ae&invoice_number=1000", |_| true);
        assert!(different > 200, "{different}");
    }
}
