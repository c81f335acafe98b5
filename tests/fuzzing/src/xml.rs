//! XML as the oracles see it: elements by their local names, in their order, and everything else as it is written.

use crate::json::Tree;

/// The deepest nesting that is read.
const DEEPEST: usize = 200;

/// A part of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    /// An element, with its name and its attributes as they are written.
    Element {
        /// The name with its prefix.
        name: String,
        /// What stands behind the name.
        attributes: String,
        /// What stands inside.
        children: Vec<Node>,
    },
    /// Text, its entities not undone.
    Text(String),
    /// A declaration, a comment, a CDATA section, as it is written.
    Other(String),
}

impl Node {
    /// Reads a whole text; `None` if its elements do not close.
    #[must_use]
    pub fn read(text: &str) -> Option<Vec<Node>> {
        let (nodes, rest) = read_until(text, None, 0)?;
        rest.is_empty().then_some(nodes)
    }

    /// Writes nodes as text.
    #[must_use]
    pub fn write(nodes: &[Node]) -> String {
        let mut text = String::new();
        for node in nodes {
            node.write_to(&mut text);
        }
        text
    }

    fn write_to(&self, text: &mut String) {
        match self {
            Node::Element {
                name,
                attributes,
                children,
            } => {
                text.push_str(&format!("<{name}{attributes}>"));
                for child in children {
                    child.write_to(text);
                }
                text.push_str(&format!("</{name}>"));
            }
            Node::Text(raw) | Node::Other(raw) => text.push_str(raw),
        }
    }

    /// How many nodes these are, those inside included.
    #[must_use]
    pub fn size(nodes: &[Node]) -> usize {
        let of = |node: &Node| match node {
            Node::Element { children, .. } => 1 + Node::size(children),
            Node::Text(_) | Node::Other(_) => 1,
        };
        nodes.iter().map(of).sum()
    }

    /// The list in which the node of this number stands, and its place there.
    pub fn place_of(nodes: &mut Vec<Node>, number: usize) -> Option<(&mut Vec<Node>, usize)> {
        let mut left = number;
        let mut found = None;
        for (index, node) in nodes.iter().enumerate() {
            let size = Node::size(std::slice::from_ref(node));
            if left < size {
                found = Some(index);
                break;
            }
            left -= size;
        }
        let index = found?;
        if left == 0 {
            return Some((nodes, index));
        }
        match nodes.get_mut(index)? {
            Node::Element { children, .. } => Node::place_of(children, left - 1),
            Node::Text(_) | Node::Other(_) => None,
        }
    }

    /// What stands in every element whose local name is one of these, entities undone, however deep.
    #[must_use]
    pub fn named(nodes: &[Node], is_one: impl Fn(&str) -> bool) -> Vec<String> {
        let mut texts = Vec::new();
        visit(nodes, &mut |name: &str, children: &[Node]| {
            if is_one(name) {
                texts.push(text_in(children));
            }
        });
        texts
    }

    /// The JSON objects that stand as text in elements.
    #[must_use]
    pub fn objects_in(nodes: &[Node]) -> Vec<Tree> {
        let mut trees = Vec::new();
        visit(nodes, &mut |_: &str, children: &[Node]| {
            let text = text_in(children);
            if text.trim_start().starts_with('{') {
                trees.extend(Tree::read(text.trim()));
            }
        });
        trees
    }
}

fn visit(nodes: &[Node], see: &mut impl FnMut(&str, &[Node])) {
    for node in nodes {
        if let Node::Element { name, children, .. } = node {
            let local = name.rsplit(':').next().unwrap_or(name);
            see(local, children);
            visit(children, see);
        }
    }
}

fn text_in(children: &[Node]) -> String {
    let mut text = String::new();
    for child in children {
        match child {
            Node::Text(raw) => text.push_str(&undone(raw)),
            Node::Other(raw) => {
                let inside = raw
                    .strip_prefix("<![CDATA[")
                    .and_then(|it| it.strip_suffix("]]>"));
                text.push_str(inside.unwrap_or_default());
            }
            Node::Element { .. } => {}
        }
    }
    text
}

/// Text without its entities and character references.
fn undone(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw;
    while let Some((before, behind)) = rest.split_once('&') {
        text.push_str(before);
        let Some((name, after)) = behind.split_once(';') else {
            text.push('&');
            rest = behind;
            continue;
        };
        let number = name.strip_prefix("#x").map_or_else(
            || name.strip_prefix('#').and_then(|it| it.parse().ok()),
            |it| u32::from_str_radix(it, 16).ok(),
        );
        let character = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => number.and_then(char::from_u32),
        };
        text.extend(character);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Where a tag ends: the first `>` outside of quotes. `None` if there is none, or a `<` comes first, which no tag may have.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (place, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (_, b'<') => return None,
            (None, b'>') => return Some(place),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

fn read_until<'a>(text: &'a str, name: Option<&str>, depth: usize) -> Option<(Vec<Node>, &'a str)> {
    if depth > DEEPEST {
        return None;
    }
    let mut nodes = Vec::new();
    let mut rest = text;
    loop {
        if rest.is_empty() {
            return name.is_none().then_some((nodes, rest));
        }
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (raw, after) = rest.split_at_checked(end)?;
            nodes.push(Node::Text(raw.to_owned()));
            rest = after;
            continue;
        };
        if let Some(closing) = tag.strip_prefix('/') {
            let (closed, after) = closing.split_once('>')?;
            return (Some(closed.trim_end()) == name).then_some((nodes, after));
        }
        let special = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>"), ("!", ">")];
        let end = special
            .iter()
            .find(|(opening, _)| tag.starts_with(opening))
            .map(|(_, closing)| closing);
        if let Some(closing) = end {
            let length = rest.find(closing)? + closing.len();
            let (raw, after) = rest.split_at_checked(length)?;
            nodes.push(Node::Other(raw.to_owned()));
            rest = after;
            continue;
        }
        let end = end_of_tag(tag)?;
        let (inside, after) = (tag.get(..end)?, tag.get(end + 1..)?);
        let (inside, is_empty) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let end = inside.find(|it: char| it.is_ascii_whitespace());
        let (own, attributes) = inside.split_at_checked(end.unwrap_or(inside.len()))?;
        let (children, after) = if is_empty {
            (Vec::new(), after)
        } else {
            read_until(after, Some(own), depth + 1)?
        };
        nodes.push(Node::Element {
            name: own.to_owned(),
            attributes: attributes.to_owned(),
            children,
        });
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn elements_are_found_by_their_local_names() {
        let text = "<?xml version=\"1.0\"?><s:a xmlns:s='u'><b>1</b><s:b><![CDATA[2]]></s:b><c>{&quot;d&quot;:3}</c><e/></s:a>";
        let nodes = Node::read(text).unwrap();
        assert_eq!(Node::named(&nodes, |it| it == "b"), ["1", "2"]);
        assert_eq!(Node::objects_in(&nodes).len(), 1);
        assert_eq!(Node::size(&nodes), 9);
        let written = Node::write(&nodes);
        assert_eq!(Node::read(&written).unwrap(), nodes);
        let quoted = Node::read("<a b='>'>1</a>").unwrap();
        assert_eq!(Node::named(&quoted, |it| it == "a"), ["1"]);
        for wrong in ["<a>", "<a></b>", "</a>", "<a", "<a b='<'/>", "<a b='>"] {
            assert_eq!(Node::read(wrong), None, "{wrong}");
        }
    }
}
