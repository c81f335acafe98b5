use paylink_core::{FieldKey, Invalid};

/// Refuses text that would not arrive as it left on every way.
///
/// JSON could carry a control character and XML 1.0 cannot, or arrives with another one (section 2.11 turns CR into LF):
/// what a merchant may write does not depend on the way.
pub(crate) fn check(field: FieldKey, text: &str) -> Result<(), Invalid> {
    match text.chars().find(|c| cannot_travel(*c)) {
        None => Ok(()),
        Some(c) => {
            let kind = if c.is_control() {
                "the control character"
            } else {
                "the character"
            };
            let problem = format!(
                "holds {kind} U+{:04X}, which cannot be sent unchanged",
                u32::from(c)
            );
            Err(Invalid::new(field, problem).remedy("leave it out; write it in one line"))
        }
    }
}

/// XML 1.0, section 2.2: beside most controls it has no U+FFFE and U+FFFF, not even as references.
fn cannot_travel(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::Description;

    #[test]
    fn what_cannot_travel_is_named() {
        for (text, named) in [
            ("a\nb", "U+000A"),
            ("\0", "U+0000"),
            ("\u{85}", "U+0085"),
            ("x\u{ffff}", "U+FFFF"),
        ] {
            let error = check(Description::KEY, text).unwrap_err();
            assert!(error.problem().contains(named), "{error}");
        }
        for text in ["", "سفارش ۱", "]]>", "<&\"'>", "\u{200c}\u{1f4b3}\u{feff}"] {
            assert!(check(Description::KEY, text).is_ok(), "{text:?}");
        }
    }
}
