//! The one thing that is sold here.

use paylink::{Money, Toman};

/// What it is called.
pub(crate) const NAME: &str = "کتاب الکترونیکی «آشپزی با زعفران»";

/// What is said about it.
pub(crate) const ABOUT: &str =
    "صد دستور پخت، با عکس. پس از پرداخت، کد دریافت همان‌جا نشان داده می‌شود.";

/// What it costs. A provider that counts in rial is asked for ten times as many, exactly; paylink converts.
pub(crate) fn price() -> Money {
    Money::from(Toman::new(150_000))
}
