//! Damages a good XML answer, one thing at a time.
//!
//! Elements are found by their text alone, so that what is not damaged stays as it was, byte for byte. A byte order mark and
//! a missing end are the same in every format: see [`with_bom`](super::with_bom) and [`without_end`](super::without_end).

use super::NoSuchMember;

/// Puts an element whose text is not UTF-8 before the end of the document's root.
#[must_use]
pub fn with_invalid_utf8(xml: &[u8]) -> Vec<u8> {
    let (before, end) = xml.split_at(last_tag(xml));
    [before, b"<note>\xff\xfe</note>", end].concat()
}

/// Puts text behind the document: not a comment, which XML allows there.
#[must_use]
pub fn with_trailing_text(xml: &[u8]) -> Vec<u8> {
    [xml, b"\nserved in 3 ms"].concat()
}

/// Puts a document type with an entity of its own before the document's root.
#[must_use]
pub fn with_doctype(xml: &[u8]) -> Vec<u8> {
    let (declaration, root) = xml.split_at(root(xml));
    let doctype = b"<!DOCTYPE answer [<!ENTITY more \"more\">]>";
    [declaration, doctype, root].concat()
}

/// Puts the document's root into another element.
#[must_use]
pub fn in_another_root(xml: &[u8]) -> Vec<u8> {
    let (declaration, root) = xml.split_at(root(xml));
    [declaration, b"<answer>", root, b"</answer>"].concat()
}

/// Puts the document's root behind itself.
#[must_use]
pub fn with_two_roots(xml: &[u8]) -> Vec<u8> {
    let (_, root) = xml.split_at(root(xml));
    [xml, root].concat()
}

/// Leaves nothing within the document's root.
///
/// ```
/// let damaged = paylink_testkit::damage::xml::emptied(b"<?xml version=\"1.0\"?><a x=\"1\"><b>2</b></a>");
/// assert_eq!(damaged, b"<?xml version=\"1.0\"?><a x=\"1\"></a>");
/// ```
#[must_use]
pub fn emptied(xml: &[u8]) -> Vec<u8> {
    let begin = root(xml);
    let rest = xml.get(begin..).unwrap_or_default();
    let inside = rest
        .iter()
        .position(|byte| *byte == b'>')
        .map_or(0, |at| at + 1);
    let (start, _) = xml.split_at(begin + inside);
    let (_, end) = xml.split_at(last_tag(xml).max(begin + inside));
    [start, end].concat()
}

/// Writes every element that holds no other one twice.
///
/// ```
/// let damaged = paylink_testkit::damage::xml::with_duplicate_elements(b"<a><b>1</b><c>2</c></a>");
/// assert_eq!(damaged, b"<a><b>1</b><b>1</b><c>2</c><c>2</c></a>");
/// ```
#[must_use]
pub fn with_duplicate_elements(xml: &[u8]) -> Vec<u8> {
    each_leaf(xml, |leaf| [leaf.whole, leaf.whole].concat())
}

/// Leaves out the end tag of every element that holds no other one.
///
/// ```
/// let damaged = paylink_testkit::damage::xml::without_end_tags(b"<a><b>1</b></a>");
/// assert_eq!(damaged, b"<a><b>1</a>");
/// ```
#[must_use]
pub fn without_end_tags(xml: &[u8]) -> Vec<u8> {
    each_leaf(xml, |leaf| [leaf.start, leaf.text].concat())
}

/// Puts an entity that nobody declared into every element that holds no other one.
///
/// ```
/// let damaged = paylink_testkit::damage::xml::with_entities(b"<a><b>1</b></a>");
/// assert_eq!(damaged, b"<a><b>1&more;</b></a>");
/// ```
#[must_use]
pub fn with_entities(xml: &[u8]) -> Vec<u8> {
    each_leaf(xml, |leaf| {
        [leaf.start, leaf.text, b"&more;", leaf.end].concat()
    })
}

/// Replaces the text of the elements of this name that hold no others.
///
/// ```
/// # fn main() -> Result<(), paylink_testkit::damage::NoSuchMember> {
/// use paylink_testkit::damage::xml::with_text;
///
/// assert_eq!(with_text(b"<a><b>1</b></a>", "b", "x")?, b"<a><b>x</b></a>");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`NoSuchMember`] if there is none: the test names an element which the answer does not have.
pub fn with_text(xml: &[u8], name: &str, text: &str) -> Result<Vec<u8>, NoSuchMember> {
    named(xml, name, |leaf| {
        [leaf.start, text.as_bytes(), leaf.end].concat()
    })
}

/// Leaves out the elements of this name that hold no others.
///
/// # Errors
///
/// [`NoSuchMember`] if there is none: the test names an element which the answer does not have.
pub fn without(xml: &[u8], name: &str) -> Result<Vec<u8>, NoSuchMember> {
    named(xml, name, |_| Vec::new())
}

/// Where the root begins: behind the declaration, if there is one.
fn root(xml: &[u8]) -> usize {
    const END: &[u8] = b"?>";
    if !xml.starts_with(b"<?xml") {
        return 0;
    }
    let end = xml.windows(END.len()).position(|two| two == END);
    end.map_or(0, |at| at + END.len())
}

/// Where the last tag begins, which is the end of the root.
fn last_tag(xml: &[u8]) -> usize {
    let begin = xml.iter().rposition(|byte| *byte == b'<');
    begin.unwrap_or(xml.len())
}

/// An element that holds no other one.
struct Leaf<'xml> {
    whole: &'xml [u8],
    start: &'xml [u8],
    text: &'xml [u8],
    end: &'xml [u8],
}

impl<'xml> Leaf<'xml> {
    /// The element at the beginning of `xml`, if it is one and holds no other one.
    fn at_the_beginning_of(xml: &'xml [u8]) -> Option<Leaf<'xml>> {
        let opens = xml.starts_with(b"<") && !matches!(xml.get(1), Some(b'/' | b'?' | b'!') | None);
        let inside = xml.iter().position(|byte| *byte == b'>')? + 1;
        let (start, rest) = xml.split_at(inside);
        let text = rest.iter().position(|byte| *byte == b'<')?;
        let (text, rest) = rest.split_at(text);
        let end = rest.iter().position(|byte| *byte == b'>')? + 1;
        let (end, _) = rest.split_at(end);
        let is_leaf = opens && !start.ends_with(b"/>") && end.starts_with(b"</");
        is_leaf.then(|| Leaf {
            whole: xml.split_at(start.len() + text.len() + end.len()).0,
            start,
            text,
            end,
        })
    }

    fn is_named(&self, name: &str) -> bool {
        let end = self.end.strip_prefix(b"</").unwrap_or_default();
        end.strip_suffix(b">").unwrap_or_default() == name.as_bytes()
    }
}

fn each_leaf(xml: &[u8], replace: impl Fn(&Leaf<'_>) -> Vec<u8>) -> Vec<u8> {
    let mut written = Vec::with_capacity(xml.len() * 2);
    let mut rest = xml;
    while let Some((first, others)) = rest.split_first() {
        match Leaf::at_the_beginning_of(rest) {
            Some(leaf) => {
                written.extend(replace(&leaf));
                rest = rest.split_at(leaf.whole.len()).1;
            }
            None => {
                written.push(*first);
                rest = others;
            }
        }
    }
    written
}

fn named(
    xml: &[u8],
    name: &str,
    replace: impl Fn(&Leaf<'_>) -> Vec<u8>,
) -> Result<Vec<u8>, NoSuchMember> {
    let written = each_leaf(xml, |leaf| match leaf.is_named(name) {
        true => replace(leaf),
        false => leaf.whole.to_vec(),
    });
    if written == xml {
        return Err(NoSuchMember::at(name));
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::{
        in_another_root, with_doctype, with_invalid_utf8, with_text, with_two_roots, without,
    };

    const GOOD: &[u8] =
        b"<?xml version=\"1.0\"?><s:a xmlns:s=\"urn:s\"><s:b x=\"1\">2</s:b><c/></s:a>";

    #[test]
    fn what_is_put_before_the_root_stands_behind_the_declaration() {
        let damaged = with_doctype(GOOD);
        assert!(damaged.starts_with(b"<?xml version=\"1.0\"?><!DOCTYPE answer ["));
        assert!(damaged.ends_with(b"]><s:a xmlns:s=\"urn:s\"><s:b x=\"1\">2</s:b><c/></s:a>"));
        let damaged = in_another_root(GOOD);
        assert!(damaged.starts_with(b"<?xml version=\"1.0\"?><answer><s:a "));
        assert!(damaged.ends_with(b"</s:a></answer>"));
    }

    #[test]
    fn what_is_put_into_the_root_stands_before_its_end() {
        let damaged = with_invalid_utf8(GOOD);
        assert!(damaged.ends_with(b"<c/><note>\xff\xfe</note></s:a>"));
        let damaged = with_two_roots(GOOD);
        assert!(damaged.ends_with(b"</s:a><s:a xmlns:s=\"urn:s\"><s:b x=\"1\">2</s:b><c/></s:a>"));
    }

    #[test]
    fn an_element_keeps_its_attributes_when_its_text_is_replaced() {
        let damaged = with_text(GOOD, "s:b", "x").unwrap();
        assert!(damaged.ends_with(b"><s:b x=\"1\">x</s:b><c/></s:a>"));
        let damaged = without(GOOD, "s:b").unwrap();
        assert!(damaged.ends_with(b"><c/></s:a>"));
    }

    #[test]
    fn what_is_not_there_is_no_silent_success() {
        for name in ["", "b", "s:a", "c", "d"] {
            assert!(without(GOOD, name).is_err(), "{name}");
            assert!(with_text(GOOD, name, "x").is_err(), "{name}");
        }
    }
}
