use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{FieldKey, Invalid, WebUrl};

/// The name of the parameter in the path of both routes.
pub(super) const ORDER: &str = "order";
/// An order, by its name in the store.
const ORDER_NAME: FieldKey = FieldKey::new(ORDER, "order");
/// Where a program nests the router.
const BASE: FieldKey = FieldKey::new("base", "address of the routes");
/// The part of the path before an order, for a payer who comes back.
const RETURN: &str = "return";
/// The same for a provider that calls.
const NOTIFY: &str = "notify";

/// The most characters of an order's name in a path.
const LONGEST: usize = 200;

/// Everything but what a path may hold as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The addresses of the [`router`](super::router), as a provider has to be told them.
///
/// ```
/// use paylink::web::Routes;
///
/// // Where the program nests the router, as the world sees it.
/// let routes = Routes::new("https://shop.example/pay")?;
/// assert_eq!(routes.return_url("1000")?, "https://shop.example/pay/return/1000");
/// assert_eq!(routes.notify_url("1000/a")?, "https://shop.example/pay/notify/1000%2Fa");
/// # Ok::<(), paylink::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Routes {
    base: String,
}

impl Routes {
    /// The routes below this address.
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, or has a query or a fragment, which nothing can stand behind.
    pub fn new(base: &str) -> Result<Routes, Invalid> {
        WebUrl::parse(BASE, base)?;
        if base.contains(['?', '#']) {
            return Err(Invalid::new(BASE, "has a query or a fragment")
                .with_value(base)
                .with_remedy("end it with the path"));
        }
        Ok(Routes {
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// Where the payer of an order goes afterwards: give it to
    /// [`NewPayment::with_return_url`](crate::NewPayment::with_return_url). The order is named as in the store.
    ///
    /// # Errors
    ///
    /// If the name cannot stand in a path: it is empty, longer than 200 characters, holds a control character, or is `.`
    /// or `..`, which vanish there. Choose another one.
    pub fn return_url(&self, order: &str) -> Result<String, Invalid> {
        self.url(RETURN, order)
    }

    /// Where the provider calls about an order: give it to
    /// [`NewPayment::with_notify_url`](crate::NewPayment::with_notify_url).
    ///
    /// # Errors
    ///
    /// As [`return_url`](Routes::return_url).
    pub fn notify_url(&self, order: &str) -> Result<String, Invalid> {
        self.url(NOTIFY, order)
    }

    fn url(&self, part: &str, order: &str) -> Result<String, Invalid> {
        check_name(order)?;
        let order = utf8_percent_encode(order, ESCAPED);
        Ok(format!("{}/{part}/{order}", self.base))
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Routes({:?})", self.base)
    }
}

/// The route of returns, in the router's own notation.
pub(super) fn return_path() -> String {
    format!("/{RETURN}/{{{ORDER}}}")
}

/// The route of notifications.
pub(super) fn notify_path() -> String {
    format!("/{NOTIFY}/{{{ORDER}}}")
}

/// Checks that an order's name can stand in a path, so that what is handed out as an address is also answered.
pub(super) fn check_name(order: &str) -> Result<(), Invalid> {
    let wrong = |problem: &'static str| {
        Err(Invalid::new(ORDER_NAME, problem)
            .with_value(order)
            .with_remedy("name it otherwise"))
    };
    match order {
        "" => wrong("is empty"),
        "." | ".." => wrong("vanishes from a path"),
        long if long.chars().count() > LONGEST => wrong("is longer than 200 characters"),
        odd if odd.chars().any(char::is_control) => wrong("holds a control character"),
        _ => Ok(()),
    }
}
