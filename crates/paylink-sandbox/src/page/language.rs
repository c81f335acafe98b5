//! The two languages of the pages, and in which of them a page is read.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};

use super::texts::{COMMON, Common};

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Lang {
    #[default]
    Persian,
    English,
}

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bilingual {
    pub(crate) persian: &'static str,
    pub(crate) english: &'static str,
}

/// Puts a text and its translation side by side.
pub(crate) const fn bilingual(persian: &'static str, english: &'static str) -> Bilingual {
    Bilingual { persian, english }
}

impl Bilingual {
    pub(crate) fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Persian => self.persian,
            Lang::English => self.english,
        }
    }
}

impl Lang {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Persian => "fa",
            Self::English => "en",
        }
    }

    pub(crate) fn direction(self) -> &'static str {
        match self {
            Self::Persian => "rtl",
            Self::English => "ltr",
        }
    }

    /// Returns the language's name in the language itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Persian => "فارسی",
            Self::English => "English",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Persian => Self::English,
            Self::English => Self::Persian,
        }
    }

    fn parse(code: &str) -> Option<Self> {
        let both = [Self::Persian, Self::English];
        both.into_iter().find(|lang| lang.code() == code)
    }
}

/// The parameter of an address that chooses the language.
const PARAMETER: &str = "lang=";

/// The cookie that keeps the choice. Cookies of one host are seen by programs on all its ports.
const COOKIE: &str = "paylink_sandbox_lang";

/// How a page is read: in which language, and at which address. Handlers take it as an extractor.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) lang: Lang,
    /// Whether the address chose the language, which is kept then.
    chosen: bool,
    /// Empty for the path that was asked for.
    path: String,
    /// Without the choice of a language.
    query: String,
}

impl Reader {
    fn of(query: &str, headers: &HeaderMap) -> Self {
        let chosen = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix(PARAMETER))
            .find_map(Lang::parse);
        Self {
            lang: chosen.or_else(|| kept(headers)).unwrap_or_default(),
            chosen: chosen.is_some(),
            path: String::new(),
            query: without_choice(query),
        }
    }

    /// Names the address at which the page is found again: the answer to a form has none of its own.
    pub(crate) fn at(&self, address: &str) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Self {
            path: path.to_owned(),
            query: without_choice(query),
            ..self.clone()
        }
    }

    /// Returns the texts that all pages have.
    pub(crate) fn common(&self) -> &'static Common {
        COMMON.of(self.lang)
    }

    /// Returns the address at which the page is found again.
    pub(crate) fn here(&self) -> String {
        format!("{}?{}", self.path, self.query)
    }

    /// Returns the address at which the page stands in the other language.
    pub(crate) fn elsewhere(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "&" };
        format!(
            "{}{mark}{PARAMETER}{}",
            self.here(),
            self.lang.other().code()
        )
    }

    /// Returns the header that keeps the language, if the address has chosen it.
    pub(super) fn keeps(&self) -> Option<[(HeaderName, String); 1]> {
        let code = self.lang.code();
        let cookie = format!("{COOKIE}={code}; Path=/; SameSite=Lax; HttpOnly");
        self.chosen.then_some([(header::SET_COOKIE, cookie)])
    }
}

fn without_choice(query: &str) -> String {
    let rest = query
        .split('&')
        .filter(|pair| !pair.starts_with(PARAMETER) && !pair.is_empty());
    rest.collect::<Vec<_>>().join("&")
}

fn kept(headers: &HeaderMap) -> Option<Lang> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, code)| Lang::parse(code).filter(|_| name == COOKIE))
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self::of(query, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn reader(query: &str, cookies: &'static str) -> Reader {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static(cookies));
        Reader::of(query, &headers)
    }

    #[test]
    fn the_address_chooses_then_the_cookie_then_persian_is_left() {
        for (query, cookies, lang) in [
            ("", "", Lang::Persian),
            ("lang=en", "", Lang::English),
            ("", "a=b; paylink_sandbox_lang=en", Lang::English),
            ("lang=fa", "paylink_sandbox_lang=en", Lang::Persian),
            ("lang=xx", "paylink_sandbox_lang=en", Lang::English),
            ("language=en", "lang=en", Lang::Persian),
        ] {
            assert_eq!(reader(query, cookies).lang, lang, "{query} {cookies}");
        }
    }

    #[test]
    fn the_other_language_keeps_the_rest_of_the_query() {
        for (query, expected) in [
            ("", "?lang=en"),
            ("a=1&lang=fa&b=%26", "?a=1&b=%26&lang=en"),
            ("lang=en&uniqueNumber=7", "?uniqueNumber=7&lang=fa"),
        ] {
            assert_eq!(reader(query, "").elsewhere(), expected, "{query}");
        }
        let answer = reader("lang=en", "").at("/pay/7?a=1");
        assert_eq!(answer.here(), "/pay/7?a=1");
        assert_eq!(answer.elsewhere(), "/pay/7?a=1&lang=fa");
    }

    #[test]
    fn a_choice_is_kept_and_nothing_else_is() {
        let cookie = "paylink_sandbox_lang=en; Path=/; SameSite=Lax; HttpOnly";
        let [(name, value)] = reader("lang=en", "").keeps().unwrap();
        assert_eq!((name.as_str(), value.as_str()), ("set-cookie", cookie));
        assert!(reader("", "paylink_sandbox_lang=en").keeps().is_none());
    }
}
