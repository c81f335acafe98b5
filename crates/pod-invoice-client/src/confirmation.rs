use paylink_core::json::FromJson;
use serde::Serialize;

use crate::html;

/// The most characters of POD's words that are kept: as many as a pay link may have.
const LONGEST: usize = 2000;

/// What POD says of an operation that it carried out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Confirmation {
    /// What POD said, where it said more than `true`: words, or a link.
    pub message: Option<String>,
}

/// A `result` that says that the operation was carried out, or that it was not.
///
/// The document's tables say text for 29821, 29807, 29799, 29802, 29801 and 369550, for two of them a link, and `true` for
/// 29800; the vendor's SDKs say `true` for all. Each form is read for each service.
pub(crate) enum Said {
    Yes,
    No,
    Words(String),
}

impl FromJson<'_> for Said {
    const EXPECTED: &'static str = "true, or text that says something";

    fn from_bool(value: bool) -> Option<Self> {
        Some(if value { Said::Yes } else { Said::No })
    }

    fn from_u64(value: u64) -> Option<Self> {
        match value {
            0 => Some(Said::No),
            1 => Some(Said::Yes),
            _ => None,
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        Some(match text {
            "" => return None,
            "0" => Said::No,
            "1" => Said::Yes,
            _ if is("false") => Said::No,
            _ if is("true") => Said::Yes,
            words => Said::Words(paylink_core::text::excerpt(&html::unescape(words), LONGEST)),
        })
    }
}
