//! A small tree out of an XML document that nobody vouches for.

use paylink_core::Untrusted;
use quick_xml::Error;
use quick_xml::NsReader;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::SOAP_NAMESPACE;

/// The deepest that elements may lie in each other. SizPay's own answers need six.
const DEEPEST: usize = 16;

/// One element, without its attributes.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// The name without its prefix.
    pub(super) name: String,
    /// Whether it is one of SOAP 1.1's own.
    pub(super) is_soap: bool,
    /// Whether it says of itself that it holds nothing (`xsi:nil`), which is not the same as holding an empty text.
    pub(super) is_nil: bool,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Whether this is SOAP 1.1's element of this name.
    pub(super) fn is_soap_s(&self, name: &str) -> bool {
        self.is_soap && self.name == name
    }
}

/// Reads a whole document.
pub(super) fn read(text: &str) -> Result<Element, Untrusted> {
    let mut reader = NsReader::from_str(text);
    let mut tree = Tree::default();
    loop {
        match reader.read_event().map_err(|error| malformed(&error))? {
            Event::Start(start) => tree.open(&start, is_soap(&reader, &start))?,
            Event::Empty(empty) => {
                tree.open(&empty, is_soap(&reader, &empty))?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.write(&text.xml10_content())?,
            Event::CData(text) => tree.write(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let c = character(&reference)?;
                tree.write(c.encode_utf8(&mut [0; 4]))?;
            }
            Event::Comment(_) | Event::Decl(_) => {}
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
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>, is_soap: bool) -> Result<(), Untrusted> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(Untrusted::new("the answer holds two XML documents"));
        }
        if self.open.len() == DEEPEST {
            return Err(Untrusted::new(format!(
                "the answer's XML lies deeper than {DEEPEST} elements"
            )));
        }
        self.open.push(Element {
            name: start.local_name().as_ref().to_owned(),
            is_soap,
            is_nil: is_nil(start)?,
            ..Element::default()
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Untrusted> {
        let element = self.open.pop().ok_or_else(not_well_formed)?;
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
            return Err(Untrusted::cut_short());
        }
        self.root
            .ok_or_else(|| Untrusted::new("the answer holds no XML"))
    }
}

fn is_soap(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> bool {
    let (namespace, _) = reader.resolver().resolve_element(start.name());
    namespace == ResolveResult::Bound(Namespace(SOAP_NAMESPACE))
}

fn is_nil(start: &BytesStart<'_>) -> Result<bool, Untrusted> {
    let mut nil = false;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| not_well_formed())?;
        if attribute.key.local_name().as_ref() == "nil" {
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
            Untrusted::cut_short()
        }
        _ => not_well_formed(),
    }
}

fn not_well_formed() -> Untrusted {
    Untrusted::new("the answer is not well-formed XML")
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, read};

    #[test]
    fn a_document_becomes_a_tree() {
        let root = read(concat!(
            "\n<?xml version=\"1.0\"?><!-- a -->",
            r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">"#,
            r#"<A xmlns="urn:x" xmlns:i="urn:i"><B>1 &lt;&#x41;<![CDATA[<&]]>&#1587;</B><C i:nil="true"/><D/></A>"#,
            "</s:Envelope>\n"
        ))
        .unwrap();
        assert!(root.is_soap_s("Envelope"));
        let a = &root.children[0];
        assert!(a.name == "A" && !a.is_soap);
        assert_eq!(a.children[0].text, "1 <A<&س");
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
            (r#"<a b="1" b="2"/>"#, "well-formed"),
            ("<a b>", "well-formed"),
            ("", "no XML"),
            ("<a>", "cut short"),
            ("<a><b></b>", "cut short"),
            ("<a", "cut short"),
            ("<a><!-- ", "cut short"),
            ("<a><![CDATA[ ", "cut short"),
        ] {
            let error = read(bad).unwrap_err().to_string();
            let shown = bad.get(..60).unwrap_or(bad);
            assert!(error.contains(problem), "{shown}: {error}");
        }
        let allowed = format!("{}{}", "<a>".repeat(DEEPEST), "</a>".repeat(DEEPEST));
        assert!(read(&allowed).is_ok());
    }

    /// All that fits into an answer, arranged to be as slow as it can be.
    #[test]
    fn the_cap_bounds_the_work() {
        let cap = 64 * 1024;
        let attributes: String = (0..).map(|n| format!(" a{n:x}=''")).take(7_000).collect();
        let bindings: String = (0..100).map(|n| format!(" xmlns:n{n}='u'")).collect();
        let prefixed = "<z:a/>".repeat(9_000);
        for slow in [
            format!("<a{attributes}/>"),
            format!("<z:b{bindings} xmlns:z='v'>{prefixed}</z:b>"),
            format!("<a>{}</a>", "&lt;".repeat(16_000)),
            format!("<a>{}</a>", "<![CDATA[x]]>".repeat(5_000)),
        ] {
            assert!(
                slow.len() <= cap + 2_000 && slow.len() > 50_000,
                "{}",
                slow.len()
            );
            let began = std::time::Instant::now();
            assert!(read(&slow).is_ok());
            let took = began.elapsed();
            assert!(took < std::time::Duration::from_secs(2), "{took:?}");
        }
    }
}
