//! A small tree out of an XML document that nobody vouches for.

use paylink_core::Untrusted;
use quick_xml::Error;
use quick_xml::NsReader;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, QName, ResolveResult};

use super::ENVELOPE_NAMESPACE;

/// The deepest that elements may lie in each other. SizPay's own answers need six.
const DEEPEST: usize = 16;

/// The most elements of an answer, attributes of an element and namespaces in scope. SizPay's own answers need some ten
/// elements and five namespaces; far more would be slow to read and large in memory.
const MOST_ELEMENTS: usize = 256;
const MOST_ATTRIBUTES: usize = 32;
const MOST_NAMESPACES: usize = 32;

/// The namespace of `nil`, by which an element says that it holds nothing.
const INSTANCE_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The namespace of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Space {
    /// It is in none.
    #[default]
    None,
    /// SOAP 1.1's own.
    Soap,
    /// Any other, or a prefix that nothing is bound to.
    Foreign,
}

/// One element, without its attributes.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// The name without its prefix.
    pub(super) name: String,
    pub(super) space: Space,
    /// Whether it says of itself that it holds nothing (`xsi:nil`), which is not the same as holding an empty text.
    pub(super) is_nil: bool,
    pub(super) text: String,
    /// The namespace of the name that the text is, should it be one.
    pub(super) text_space: Space,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Whether this is SOAP 1.1's element of this name.
    pub(super) fn is_soap_s(&self, name: &str) -> bool {
        self.space == Space::Soap && self.name == name
    }
}

/// Reads a whole document, whose byte order mark was taken off already.
pub(super) fn read(text: &str) -> Result<Element, Untrusted> {
    if text.starts_with('\u{feff}') {
        return Err(Untrusted::new(
            "the answer begins with two byte order marks",
        ));
    }
    let mut reader = NsReader::from_str(text);
    reader
        .resolver_mut()
        .set_max_namespace_bindings(MOST_NAMESPACES);
    let mut tree = Tree::default();
    loop {
        let event = reader.read_event().map_err(|error| malformed(&error))?;
        let is_first = tree.begins_with(&event);
        match event {
            Event::Start(start) => tree.open(&start, reader.resolver())?,
            Event::Empty(empty) => {
                tree.open(&empty, reader.resolver())?;
                tree.close(reader.resolver())?;
            }
            Event::End(_) => tree.close(reader.resolver())?,
            Event::Text(text) => tree.write(&text.xml10_content())?,
            Event::CData(text) => tree.write(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let c = character(&reference)?;
                tree.write(c.encode_utf8(&mut [0; 4]))?;
            }
            Event::Comment(_) => {}
            Event::Decl(_) if is_first => {}
            Event::Decl(_) => {
                return Err(Untrusted::new(
                    "the answer holds an XML declaration that is not at its beginning",
                ));
            }
            Event::DocType(_) => {
                return Err(Untrusted::new(
                    "the answer holds a document type definition, which is never read",
                ));
            }
            Event::PI(_) => {
                return Err(Untrusted::new(
                    "the answer holds a processing instruction, which SOAP does not allow",
                ));
            }
            Event::Eof => return tree.root(),
        }
    }
}

#[derive(Default)]
struct Tree {
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
    has_begun: bool,
}

impl Tree {
    /// Whether nothing but white space was there before this event.
    fn begins_with(&mut self, event: &Event<'_>) -> bool {
        let is_space = matches!(event, Event::Text(text) if text.trim().is_empty());
        let is_first = !self.has_begun;
        self.has_begun |= !is_space;
        is_first
    }

    fn open(
        &mut self,
        start: &BytesStart<'_>,
        resolver: &NamespaceResolver,
    ) -> Result<(), Untrusted> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(Untrusted::new("the answer holds two XML documents"));
        }
        if self.open.len() == DEEPEST {
            return Err(Untrusted::new(format!(
                "the answer's XML lies deeper than {DEEPEST} elements"
            )));
        }
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(Untrusted::new(format!(
                "the answer's XML has more than {MOST_ELEMENTS} elements"
            )));
        }
        if !is_name(start.name().as_ref()) {
            return Err(not_well_formed());
        }
        let (namespace, name) = resolver.resolve_element(start.name());
        self.open.push(Element {
            name: name.as_ref().to_owned(),
            space: space(&namespace),
            is_nil: is_nil(start, resolver)?,
            ..Element::default()
        });
        Ok(())
    }

    fn close(&mut self, resolver: &NamespaceResolver) -> Result<(), Untrusted> {
        let mut element = self.open.pop().ok_or_else(not_well_formed)?;
        element.text_space = {
            let (namespace, _) = resolver.resolve_element(QName(element.text.trim()));
            space(&namespace)
        };
        if !element.children.is_empty() && !element.text.trim().is_empty() {
            return Err(Untrusted::new("the answer's XML mixes text with elements"));
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), Untrusted> {
        if text.chars().any(|c| !is_xml(c)) {
            return Err(Untrusted::new(
                "the answer holds a character that XML does not have",
            ));
        }
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(Untrusted::new("the answer holds text outside of its XML")),
        }
        Ok(())
    }

    fn root(self) -> Result<Element, Untrusted> {
        if !self.open.is_empty() {
            return Err(Untrusted::truncated());
        }
        self.root
            .ok_or_else(|| Untrusted::new("the answer holds no XML"))
    }
}

fn space(namespace: &ResolveResult<'_>) -> Space {
    match namespace {
        ResolveResult::Unbound => Space::None,
        ResolveResult::Bound(Namespace(ENVELOPE_NAMESPACE)) => Space::Soap,
        ResolveResult::Bound(_) | ResolveResult::Unknown(_) => Space::Foreign,
    }
}

fn is_nil(start: &BytesStart<'_>, resolver: &NamespaceResolver) -> Result<bool, Untrusted> {
    let mut unchecked = start.attributes();
    if unchecked.with_checks(false).count() > MOST_ATTRIBUTES {
        return Err(Untrusted::new(format!(
            "the answer's XML has an element with more than {MOST_ATTRIBUTES} attributes"
        )));
    }
    let mut nil = false;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| not_well_formed())?;
        let has_bad_value = attribute.value.chars().any(|c| c == '<' || !is_xml(c));
        if has_bad_value || !is_name(attribute.key.as_ref()) {
            return Err(not_well_formed());
        }
        let (namespace, name) = resolver.resolve_attribute(attribute.key);
        let is_instance_s = namespace == ResolveResult::Bound(Namespace(INSTANCE_NAMESPACE));
        if is_instance_s && name.as_ref() == "nil" {
            nil = matches!(attribute.value.trim(), "true" | "1");
        }
    }
    Ok(nil)
}

/// The character that a reference stands for: one of the five that XML has by itself, or a number.
fn character(reference: &BytesRef<'_>) -> Result<char, Untrusted> {
    match reference.as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => match reference.resolve_char_ref() {
            Ok(Some(c)) => Ok(c),
            Ok(None) | Err(_) => Err(Untrusted::new(
                "the answer refers to an entity, which is never resolved",
            )),
        },
    }
}

/// Whether it can be a name (XML 1.0, section 2.3, but for the few characters above ASCII that no name may have). The reader takes
/// whatever stands before the next blank or `>`, another tag as well.
fn is_name(name: &str) -> bool {
    let of_one =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-' | '.') || !c.is_ascii();
    name.starts_with(|c: char| of_one(c) && !c.is_ascii_digit() && !matches!(c, '-' | '.'))
        && name.chars().all(of_one)
}

/// XML 1.0, section 2.2.
fn is_xml(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        c => c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'),
    }
}

/// The reader's own messages repeat names from the document; only the kind is kept.
fn malformed(error: &Error) -> Untrusted {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => not_well_formed(),
        Error::Syntax(_) | Error::IllFormed(IllFormedError::MissingEndTag(_)) => {
            Untrusted::truncated()
        }
        _ => not_well_formed(),
    }
}

fn not_well_formed() -> Untrusted {
    Untrusted::new("the answer is not well-formed XML")
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, MOST_ATTRIBUTES, MOST_ELEMENTS, MOST_NAMESPACES, Space, read};

    #[test]
    fn a_document_becomes_a_tree() {
        let root = read(concat!(
            "\n<?xml version=\"1.0\"?><!-- a -->",
            r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">"#,
            r#"<A xmlns="urn:x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><B>1 &lt;&#x41;<![CDATA[<&]]>&#1587;&amp;&apos;&quot;&gt;</B><C i:nil="true"/><D nil="true" i:type="1"/></A>"#,
            "</s:Envelope>\n"
        ))
        .unwrap();
        assert!(root.is_soap_s("Envelope"));
        let a = &root.children[0];
        assert!(a.name == "A" && a.space == Space::Foreign);
        assert_eq!(a.children[0].text, "1 <A<&س&'\">");
        assert!(a.children[1].is_nil && !a.children[2].is_nil);
    }

    #[test]
    fn what_is_dangerous_or_broken_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
        for (bad, problem) in [
            (
                r#"<!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>"#,
                "document type",
            ),
            (
                r#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#,
                "document type",
            ),
            ("<!doctype a><a/>", "document type"),
            ("<a>&b;</a>", "entity"),
            ("<a>&#0;</a>", "entity"),
            ("<a>&#xD800;</a>", "entity"),
            ("<a>&#x110000;</a>", "entity"),
            ("<a>&#1;</a>", "character"),
            ("<a>\u{1}</a>", "character"),
            ("<a>\u{ffff}</a>", "character"),
            ("<a>&b</a>", "well-formed"),
            ("<a><?b c?></a>", "instruction"),
            (&deep, "deeper"),
            ("<a/><a/>", "two"),
            ("<a/>x", "outside"),
            ("x<a/>", "outside"),
            ("<a>x<b/></a>", "mixes"),
            ("<a></b>", "well-formed"),
            ("</a>", "well-formed"),
            ("<a><!b></a>", "well-formed"),
            (r#"<a b="1" b="2"/>"#, "well-formed"),
            (r#"<a b="<"/>"#, "well-formed"),
            (r#"<a xmlns:b="c>1</d"/>"#, "well-formed"),
            ("<a b='\u{1}'/>", "well-formed"),
            ("<a><b</a>/></a>", "well-formed"),
            ("<a><1b/></a>", "well-formed"),
            ("<a b&='1'/>", "well-formed"),
            ("<a -b='1'/>", "well-formed"),
            ("<a b>", "well-formed"),
            ("", "no XML"),
            ("<a>", "cut short"),
            ("<a><b></b>", "cut short"),
            ("<a", "cut short"),
            ("<a><!-- ", "cut short"),
            ("<a><![CDATA[ ", "cut short"),
            ("\u{feff}<a/>", "byte order mark"),
            ("\n\u{feff}<a/>", "outside"),
            ("<a/><?xml version=\"1.0\"?>", "declaration"),
            ("<a><?xml version=\"1.0\"?></a>", "declaration"),
            ("<!-- b --><?xml version=\"1.0\"?><a/>", "declaration"),
            (
                "<?xml version=\"1.0\"?><?xml version=\"1.0\"?><a/>",
                "declaration",
            ),
        ] {
            let error = read(bad).unwrap_err().to_string();
            let shown = bad.get(..60).unwrap_or(bad);
            assert!(error.contains(problem), "{shown}: {error}");
        }
        let allowed = format!("{}{}", "<a>".repeat(DEEPEST), "</a>".repeat(DEEPEST));
        assert!(read(&allowed).is_ok());
    }

    /// Whatever fits into an answer, no element of it is worth more than a bounded number of steps.
    #[test]
    fn what_would_be_slow_or_large_is_refused() {
        let attributes = |count: usize| {
            let all: String = (0..count).map(|n| format!(" a{n:x}=''")).collect();
            format!("<a{all}/>")
        };
        let elements = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
        // One in each element as deep as they may lie, and the rest in the innermost.
        let namespaces = |count: usize| {
            let bound = |n: usize| format!(" xmlns:n{n}='u'");
            let outer: String = (1..DEEPEST).map(|n| format!("<a{}>", bound(n))).collect();
            let rest: String = (DEEPEST..=count).map(bound).collect();
            format!("{outer}<a{rest}/>{}", "</a>".repeat(DEEPEST - 1))
        };
        for (text, is_read) in [
            (attributes(MOST_ATTRIBUTES), true),
            (attributes(MOST_ATTRIBUTES + 1), false),
            (attributes(7_000), false),
            (elements(MOST_ELEMENTS), true),
            (elements(MOST_ELEMENTS + 1), false),
            (elements(16_000), false),
            (namespaces(MOST_NAMESPACES), true),
            (namespaces(MOST_NAMESPACES + 1), false),
            (format!("<a>{}</a>", "&lt;".repeat(16_000)), true),
            (format!("<a>{}</a>", "<![CDATA[x]]>".repeat(5_000)), true),
        ] {
            let shown = text.get(..60).unwrap_or(&text);
            assert_eq!(read(&text).is_ok(), is_read, "{shown}");
        }
    }
}
