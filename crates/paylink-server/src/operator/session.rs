//! Who is logged in: sessions, their cookie, and the token that stands in every form.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, header};
use paylink_books::BooksError;
use subtle::ConstantTimeEq;

use crate::keys::{KeyLine, Right, hash};
use crate::random;
use crate::store::Store;

/// How long a session lasts at the most.
const LASTS: Duration = Duration::from_secs(12 * 60 * 60);
/// How long one lasts without being used.
const IDLES: Duration = Duration::from_secs(30 * 60);
/// How often it is written that one is in use.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// Somebody who is logged in.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) key: Arc<KeyLine>,
    /// What a form has to bring back.
    pub(super) token: String,
}

impl Person {
    /// Whether a form brought the session's own token.
    pub(super) fn sent(&self, token: &str) -> bool {
        token.as_bytes().ct_eq(self.token.as_bytes()).into()
    }
}

/// Begins a session of this key, and returns what the browser is to hold. Sessions that are over are forgotten.
pub(super) async fn begin(store: &Store, key: &KeyLine) -> Result<String, BooksError> {
    let now = SystemTime::now();
    let ago = |time| now.checked_sub(time).unwrap_or(SystemTime::UNIX_EPOCH);
    store.end_old_sessions(ago(LASTS), ago(IDLES)).await?;
    let secret = random::secret();
    store.add_session(&hash(&secret), &key.id).await?;
    Ok(secret)
}

/// Ends the session that a browser holds, if there is one.
pub(super) async fn end(store: &Store, secret: &str) -> Result<(), BooksError> {
    store.end_session(&hash(secret)).await
}

/// Whose session a browser holds, if that is not over.
pub(super) async fn find(store: &Store, secret: &str) -> Result<Option<Person>, BooksError> {
    let session = hash(secret);
    let Some(line) = store.session(&session).await? else {
        return Ok(None);
    };
    let since = |at| SystemTime::now().duration_since(at).unwrap_or_default();
    let idle = since(line.seen_at);
    let key = store.key(&line.key).await?.map(|(key, _)| key);
    let key = key.filter(|key| key.revoked_at.is_none() && key.rights.have(Right::Operate));
    let Some(key) = key.filter(|_| idle < IDLES && since(line.created_at) < LASTS) else {
        store.end_session(&session).await?;
        return Ok(None);
    };
    if idle >= NOTED_EVERY {
        store.session_is_used(&session).await?;
    }
    Ok(Some(Person {
        key: Arc::new(key),
        // Neither tells the other, nor the secret.
        token: hash(&format!("form {secret}")),
    }))
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// How cookies are set: with `Secure` where the service is reached by https.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cookies {
    pub(super) is_secure: bool,
}

impl Cookies {
    /// The name of the session's cookie. `__Host-` would ask for the path `/`, which is not the operator's alone.
    fn session(self) -> &'static str {
        if self.is_secure {
            "__Secure-paylink-operator"
        } else {
            "paylink-operator"
        }
    }

    /// What the browser holds, in the form of a secret.
    pub(super) fn secret(self, headers: &HeaderMap) -> Option<&str> {
        let secret = read(headers, self.session())?;
        (secret.len() == 43 && secret.is_ascii()).then_some(secret)
    }

    /// Lets the browser hold this until it is closed.
    pub(super) fn hold(self, secret: &str) -> String {
        self.set(self.session(), secret, "")
    }

    /// Lets the browser forget what it holds.
    pub(super) fn forget(self) -> String {
        self.set(self.session(), "", "; Max-Age=0")
    }

    /// Lets the browser remember this for a year.
    pub(super) fn remember(self, name: &str, value: &str) -> String {
        self.set(name, value, "; Max-Age=31536000")
    }

    fn set(self, name: &str, value: &str, age: &str) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/operator; HttpOnly; SameSite=Strict{secure}{age}")
    }
}

/// The value of a cookie.
pub(super) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let cookies = cookies.filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// Whether a form was sent from a page of the service itself, as far as the browser says: by at least one of two headers,
/// and by none otherwise. `public` is the service's own origin; the address under which the browser knows it is as good.
pub(super) fn is_own(headers: &HeaderMap, public: &str) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = said("host").unwrap_or_default();
    let site = said("sec-fetch-site").map(|site| site == "same-origin");
    let origin = said("origin").map(|origin| {
        let here = origin.split_once("://").map(|(_, authority)| authority);
        origin == public || here.is_some_and(|here| !here.is_empty() && here == host)
    });
    match (site, origin) {
        (None, None) => false,
        (site, origin) => site.unwrap_or(true) && origin.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use paylink_books::Books;

    use super::*;
    use crate::keys::Rights;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        });
        pairs.collect()
    }

    #[test]
    fn cookies_are_the_operators_alone() {
        let plain = Cookies { is_secure: false };
        let secure = Cookies { is_secure: true };
        assert_eq!(
            plain.hold("x"),
            "paylink-operator=x; Path=/operator; HttpOnly; SameSite=Strict"
        );
        assert_eq!(
            secure.hold("x"),
            "__Secure-paylink-operator=x; Path=/operator; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(secure.forget().ends_with("; Secure; Max-Age=0"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let secret = random::secret();
        let held = headers(&[("cookie", &format!("a=b; paylink-operator={secret}; c=d"))]);
        let plain = Cookies { is_secure: false };
        assert_eq!(plain.secret(&held), Some(&*secret));
        assert_eq!(Cookies { is_secure: true }.secret(&held), None);
        for odd in ["paylink-operator=", "paylink-operator=short", "x", ""] {
            assert_eq!(plain.secret(&headers(&[("cookie", odd)])), None, "{odd}");
        }
    }

    #[test]
    fn forms_of_other_sites_are_told() {
        const PUBLIC: &str = "https://pay.shop.example";
        let own = |pairs: &[(&'static str, &str)]| is_own(&headers(pairs), PUBLIC);
        let host = ("host", "127.0.0.1:8700");
        assert!(own(&[host, ("origin", PUBLIC)]));
        assert!(own(&[host, ("origin", "http://127.0.0.1:8700")]));
        assert!(own(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(!own(&[host]));
        for origin in [
            "null",
            "",
            "https://evil.example",
            "https://pay.shop.example.evil.example",
            "http://127.0.0.1:8701",
        ] {
            assert!(!own(&[host, ("origin", origin)]), "{origin}");
            let both = [host, ("origin", origin), ("sec-fetch-site", "same-origin")];
            assert!(!own(&both), "{origin}");
        }
        for site in ["cross-site", "same-site", "none", ""] {
            let both = [host, ("origin", PUBLIC), ("sec-fetch-site", site)];
            assert!(!own(&both), "{site}");
        }
        assert!(!own(&[("origin", "https://")]));
    }

    async fn store() -> (Store, KeyLine) {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.keep().join("books.db").display().to_string();
        let store = Store::open(Books::sqlite(&place).await.unwrap())
            .await
            .unwrap();
        let made = store.make_key("key", Rights::of(&[Right::Operate])).await;
        let key = store.known_key(made.unwrap().expose()).await.unwrap();
        (store, key.unwrap())
    }

    #[tokio::test]
    async fn a_session_ends_with_its_logout_and_with_its_key() {
        let (store, key) = store().await;
        let (one, other) = (
            begin(&store, &key).await.unwrap(),
            begin(&store, &key).await.unwrap(),
        );
        let person = find(&store, &one).await.unwrap().unwrap();
        assert_eq!(person.key.id, key.id);
        assert!(person.sent(&person.token) && !person.sent("") && !person.sent(&one));
        let second = find(&store, &other).await.unwrap().unwrap();
        assert!(!person.sent(&second.token));
        end(&store, &one).await.unwrap();
        assert!(find(&store, &one).await.unwrap().is_none());
        assert!(find(&store, &other).await.unwrap().is_some());
        assert!(find(&store, &random::secret()).await.unwrap().is_none());
        store.revoke_key(&key.id).await.unwrap();
        assert!(find(&store, &other).await.unwrap().is_none());
        assert!(store.session(&hash(&other)).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_session_ends_by_itself() {
        let (store, key) = store().await;
        for (began, used, is_over) in [
            (LASTS / 2, NOTED_EVERY * 2, false),
            (IDLES * 2, IDLES, true),
            (LASTS, Duration::ZERO, true),
        ] {
            let secret = begin(&store, &key).await.unwrap();
            let ago = |time| crate::store::millis(SystemTime::now() - time);
            paylink_books::sqlx::query(
                "UPDATE paylink_server_sessions SET created_at = $1, seen_at = $2 WHERE hash = $3",
            )
            .bind(ago(began))
            .bind(ago(used))
            .bind(hash(&secret))
            .execute(store.books.sqlite_pool().unwrap())
            .await
            .unwrap();
            let found = find(&store, &secret).await.unwrap();
            assert_eq!(found.is_none(), is_over);
        }
    }
}
