use std::borrow::Cow;
use std::time::Duration;

use super::link::{Closed, NotResent, RESENDS_AT_MOST};
use crate::page::persian;

/// Why SizPay does not do what was asked.
///
/// Only 1, success, is a documented `ResCod`: the other numbers and all messages are the sandbox's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Keys,
    LinkName,
    Amount,
    Mobile,
    InvoiceNumber,
    CustomerName,
    Description,
    Selection,
    Date,
    Filter,
    NotFound,
    Paid,
    Disabled,
    TooSoon { wait: Duration },
    TooOften,
}

impl Refusal {
    /// Returns the `ResCod`.
    pub(super) fn code(self) -> i64 {
        match self {
            Self::Keys => -1,
            Self::LinkName => -2,
            Self::Amount => -3,
            Self::Mobile => -4,
            Self::InvoiceNumber => -5,
            Self::CustomerName => -6,
            Self::Description => -7,
            Self::Selection => -8,
            Self::Date => -9,
            Self::Filter => -10,
            Self::NotFound => -11,
            Self::Paid => -12,
            Self::Disabled => -13,
            Self::TooSoon { .. } => -14,
            Self::TooOften => -15,
        }
    }

    /// Returns the `Message`.
    pub(super) fn message(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Keys => "نام کاربری یا رمز درگاه درست نیست.",
            Self::LinkName => "شناسهٔ لینک پرداخت پیدا نشد.",
            Self::Amount => "مبلغ باید عددی صحیح به ریال و بزرگ‌تر از صفر باشد.",
            Self::Mobile => "شمارهٔ تلفن همراه باید ۱۱ رقم لاتین باشد و با 09 آغاز شود.",
            Self::InvoiceNumber => {
                "شمارهٔ فاکتور باید ۱ تا ۵۰ کاراکتر باشد و ویرگول (,) نداشته باشد."
            }
            Self::CustomerName => "نام مشتری باید متنی با حداکثر ۵۰ کاراکتر باشد.",
            Self::Description => "توضیحات باید متنی با حداکثر ۵۰ کاراکتر باشد.",
            Self::Selection => "باید یا شناسهٔ ارسال لینک فرستاده شود یا شمارهٔ فاکتور، و نه هر دو.",
            Self::Date => "تاریخ باید شمسی، با ارقام لاتین و به شکل 1399/11/21 باشد.",
            Self::Filter => "نوع فیلتر یا فهرست آن درست نیست.",
            Self::NotFound => "لینک پرداختی با این مشخصات پیدا نشد.",
            Self::Paid => "این لینک پرداخت شده است.",
            Self::Disabled => "این لینک غیرفعال شده است.",
            Self::TooSoon { wait } => return Cow::Owned(too_soon(wait)),
            Self::TooOften => return Cow::Owned(too_often()),
        })
    }
}

fn too_soon(wait: Duration) -> String {
    let seconds = wait.as_millis().div_ceil(1000).to_string();
    format!(
        "فاصلهٔ ارسال مجدد پیامک حداقل ۲ دقیقه است؛ {} ثانیهٔ دیگر دوباره تلاش کنید.",
        persian::digits(&seconds)
    )
}

fn too_often() -> String {
    format!(
        "پیامک این لینک {} بار دوباره ارسال شده است و بیش از این ممکن نیست.",
        persian::digits(&RESENDS_AT_MOST.to_string())
    )
}

impl From<Closed> for Refusal {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Paid => Self::Paid,
            Closed::Disabled => Self::Disabled,
        }
    }
}

impl From<NotResent> for Refusal {
    fn from(why: NotResent) -> Self {
        match why {
            NotResent::Closed(closed) => closed.into(),
            NotResent::TooSoon { wait } => Self::TooSoon { wait },
            NotResent::TooOften => Self::TooOften,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_told_in_whole_seconds_and_never_too_short() {
        let told = |millis| {
            let wait = Duration::from_millis(millis);
            Refusal::TooSoon { wait }.message().into_owned()
        };
        assert!(told(119_001).contains("۱۲۰ ثانیه"), "{}", told(119_001));
        assert!(told(119_000).contains("۱۱۹ ثانیه"));
        assert!(told(1).contains("۱ ثانیه"));
    }
}
