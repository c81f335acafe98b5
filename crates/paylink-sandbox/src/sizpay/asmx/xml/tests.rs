use super::*;

fn read(document: &str) -> Result<Element, BadXml> {
    Element::read(document.as_bytes())
}

fn text_of(document: &str) -> String {
    read(document).unwrap().text
}

#[test]
fn names_are_resolved_in_their_namespaces() {
    let root = read(
        r#"<?xml version="1.0" encoding="UTF-8"?><s:a xmlns:s="urn:s"><b xmlns="urn:b"/><c/></s:a>"#,
    );
    let root = root.unwrap();
    assert_eq!(
        (root.namespace.as_str(), root.name.as_str()),
        ("urn:s", "a")
    );
    assert!(root.child("urn:b", "b").is_some() && root.child("", "c").is_some());
    assert!(root.child("urn:s", "b").is_none());
}

#[test]
fn texts_are_put_together_from_all_their_forms() {
    assert_eq!(
        text_of("<a>&lt;فا&#x6A9;&#1578;ور<!-- x --> <![CDATA[]]]]><![CDATA[> & ]]>&amp;🙂</a>"),
        "<فاکتور ]]> & &🙂"
    );
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
    for document in [
        "<a>\u{1}</a>",
        "<a>&#1;</a>",
        "<a>&#xFFFE;</a>",
        "<a>&#xD800;</a>",
    ] {
        assert_eq!(read(document), Err(BadXml::Character), "{document:?}");
    }
    assert_eq!(Element::read(b"<a>\xff</a>"), Err(BadXml::Encoding));
    let utf16 = r#"<?xml version="1.0" encoding="utf-16"?><a/>"#;
    assert_eq!(read(utf16), Err(BadXml::Encoding));
    assert!(read("\u{feff}<a/>").is_ok());
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for document in [
        "",
        "text",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>text",
        "<a><b></a></b>",
        "<x:a/>",
        r#"<a b="1" b="2"/>"#,
        "<a b=1/>",
        "<a>&</a>",
    ] {
        assert!(
            matches!(read(document), Err(BadXml::Syntax(_))),
            "{document}: {:?}",
            read(document)
        );
    }
}
