use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use thiserror::Error;

use crate::sizpay::fields::is_xml_character;

/// The deepest nesting that is read; a call needs five levels.
const DEEPEST: usize = 16;

/// An element with what stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Empty for an element in no namespace.
    pub(super) namespace: String,
    pub(super) name: String,
    /// All character data directly in it.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

/// Why a document is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum BadXml {
    #[error("The document is not UTF-8.")]
    Encoding,
    #[error("The document has a character that XML does not allow.")]
    Character,
    #[error("For security reasons DTD is prohibited in this XML document.")]
    Dtd,
    #[error("The document refers to an undeclared entity.")]
    Entity,
    #[error("The elements are nested too deeply.")]
    TooDeep,
    #[error("There is an error in XML document (byte {0}).")]
    Syntax(u64),
    #[error("There is an error in XML document: no call was found in a SOAP body.")]
    NotACall,
    #[error("There is an error in XML document: {0} was not in a correct format.")]
    NotANumber(&'static str),
}

impl Element {
    /// Reads a whole document. Its length is bounded before it gets here.
    pub(super) fn read(document: &[u8]) -> Result<Self, BadXml> {
        let text = str::from_utf8(document).map_err(|_| BadXml::Encoding)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !text.chars().all(is_xml_character) {
            return Err(BadXml::Character);
        }
        let mut reader = NsReader::from_str(text);
        let mut tree = Tree::default();
        loop {
            let read = reader.read_resolved_event();
            let (namespace, event) = match read {
                Ok((namespace, event)) => (bound(&namespace), event),
                Err(_) => return Err(BadXml::Syntax(reader.error_position())),
            };
            let syntax = BadXml::Syntax(reader.buffer_position());
            match event {
                Event::Start(start) => tree.open(namespace.ok_or(syntax)?, &start, syntax)?,
                Event::Empty(start) => {
                    tree.open(namespace.ok_or(syntax)?, &start, syntax)?;
                    tree.close(syntax)?;
                }
                Event::End(_) => tree.close(syntax)?,
                Event::Text(text) => tree.write(&text.xml10_content(), syntax)?,
                Event::CData(data) => tree.write(&data.xml10_content(), syntax)?,
                Event::GeneralRef(reference) => tree.write(&resolve(&reference)?, syntax)?,
                Event::Decl(declaration) => require_utf8(&declaration)?,
                Event::DocType(_) => return Err(BadXml::Dtd),
                Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return tree.finish().ok_or(syntax),
            }
        }
    }

    /// Returns the first child of this name and namespace.
    pub(super) fn child(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.children
            .iter()
            .find(|child| child.namespace == namespace && child.name == name)
    }
}

/// A document as far as it is read.
#[derive(Debug, Default)]
struct Tree {
    root: Option<Element>,
    /// The elements that are not closed yet, the outermost first.
    open: Vec<Element>,
}

impl Tree {
    fn open(
        &mut self,
        namespace: String,
        start: &BytesStart<'_>,
        syntax: BadXml,
    ) -> Result<(), BadXml> {
        if self.open.len() >= DEEPEST {
            return Err(BadXml::TooDeep);
        }
        if start.attributes().any(|attribute| attribute.is_err()) {
            return Err(syntax);
        }
        self.open.push(Element {
            namespace,
            name: start.local_name().as_ref().to_owned(),
            ..Element::default()
        });
        Ok(())
    }

    fn close(&mut self, syntax: BadXml) -> Result<(), BadXml> {
        let element = self.open.pop().ok_or(syntax)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None if self.root.is_none() => self.root = Some(element),
            None => return Err(syntax),
        }
        Ok(())
    }

    /// Outside the root only blanks may stand.
    fn write(&mut self, text: &str, syntax: BadXml) -> Result<(), BadXml> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(syntax),
        }
        Ok(())
    }

    fn finish(self) -> Option<Element> {
        self.root.filter(|_| self.open.is_empty())
    }
}

/// Returns the namespace that a name is in, or nothing if its prefix is not declared.
fn bound(namespace: &ResolveResult<'_>) -> Option<String> {
    match namespace {
        ResolveResult::Bound(namespace) => Some(namespace.0.to_owned()),
        ResolveResult::Unbound => Some(String::new()),
        ResolveResult::Unknown(_) => None,
    }
}

/// Resolves a character reference, or one of the five entities that need no declaration.
fn resolve(reference: &BytesRef<'_>) -> Result<String, BadXml> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) if is_xml_character(character) => Ok(character.to_string()),
        Ok(Some(_)) | Err(_) => Err(BadXml::Character),
        Ok(None) => resolve_predefined_entity(reference)
            .map(str::to_owned)
            .ok_or(BadXml::Entity),
    }
}

fn require_utf8(declaration: &BytesDecl<'_>) -> Result<(), BadXml> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err(BadXml::Encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> Result<Element, BadXml> {
        Element::read(document.as_bytes())
    }

    fn text_of(document: &str) -> String {
        read(document).unwrap().text
    }

    #[test]
    fn names_are_resolved_in_their_namespaces() {
        let document = r#"<?xml version="1.0" encoding="UTF-8"?><s:a xmlns:s="urn:s"><b xmlns="urn:b"/><c/></s:a>"#;
        let root = read(document).unwrap();
        assert_eq!((&*root.namespace, &*root.name), ("urn:s", "a"));
        assert!(root.child("urn:b", "b").is_some() && root.child("", "c").is_some());
        assert!(root.child("urn:s", "b").is_none());
    }

    #[test]
    fn texts_are_put_together_from_all_their_forms() {
        let forms = "<a>&lt;فا&#x6A9;&#1578;ور<!-- x --> <![CDATA[]]]]><![CDATA[> & ]]>&amp;🙂</a>";
        assert_eq!(text_of(forms), "<فاکتور ]]> & &🙂");
        assert_eq!(text_of("<a>x\r\ny&#13;z</a>"), "x\ny\rz");
    }

    #[test]
    fn dtds_and_entities_are_refused() {
        for document in [
            "<!DOCTYPE a><a/>",
            r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#,
            r#"<!DOCTYPE l [<!ENTITY l "ha"><!ENTITY l1 "&l;&l;">]><a>&l1;</a>"#,
        ] {
            assert_eq!(read(document), Err(BadXml::Dtd), "{document}");
        }
        assert_eq!(read("<a>&nbsp;</a>"), Err(BadXml::Entity));
    }

    #[test]
    fn the_nesting_is_bounded() {
        let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
        assert!(read(&nested(DEEPEST)).is_ok());
        assert_eq!(read(&nested(DEEPEST + 1)), Err(BadXml::TooDeep));
        assert_eq!(read(&nested(10_000)), Err(BadXml::TooDeep));
    }

    #[test]
    fn characters_and_encodings_outside_xml_are_refused() {
        for character in ["\u{1}", "&#1;", "&#xFFFE;", "&#xD800;"] {
            let refused = read(&format!("<a>{character}</a>"));
            assert_eq!(refused, Err(BadXml::Character), "{character:?}");
        }
        assert_eq!(Element::read(b"<a>\xff</a>"), Err(BadXml::Encoding));
        let utf16 = r#"<?xml version="1.0" encoding="utf-16"?><a/>"#;
        assert_eq!(read(utf16), Err(BadXml::Encoding));
        assert!(read("\u{feff}<a/>").is_ok());
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        #[rustfmt::skip]
        let cases = [
            "", "text", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>text", "<a><b></a></b>",
            "<x:a/>", r#"<a b="1" b="2"/>"#, "<a b=1/>", "<a>&</a>",
        ];
        for document in cases {
            let refused = read(document);
            assert!(
                matches!(refused, Err(BadXml::Syntax(_))),
                "{document}: {refused:?}"
            );
        }
    }
}
