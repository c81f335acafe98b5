use std::borrow::Cow;

use super::settings::WordedRefusals;

/// Why POD refuses: its code and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) message: Cow<'static, str>,
}

/// Refusals of which POD documents the text and no code have this one, which POD is not known to use.
const TEXT_ALONE: u16 = 1000;

/// Parameters that POD cannot have accepted; neither code nor text is documented.
const INVALID: u16 = 1001;

/// Something that is not there; neither code nor text is documented.
const UNKNOWN: u16 = 1002;

impl Refusal {
    /// The code that stands in an answer, if one does.
    pub(super) fn code_in(&self, worded: WordedRefusals) -> Option<u16> {
        match worded {
            WordedRefusals::Zero if self.code == TEXT_ALONE => Some(0),
            WordedRefusals::Absent if self.code == TEXT_ALONE => None,
            _ => Some(self.code),
        }
    }

    pub(super) const PERMISSION_DENIED: Self = Self::new(4, "مجوز انجام این عملیات را ندارید");
    pub(super) const TOKEN_MISSING: Self = Self::new(21, "توکن کسب‌وکاری وارد نشده است");
    pub(super) const ALREADY_PAID: Self = Self::new(24, "فاکتور قبلا پرداخت شده است");
    pub(super) const CANCELED: Self = Self::new(32, "فاکتور کنسل شده است");
    pub(super) const CLOSED: Self = Self::new(45, "فاکتور بسته شده است");
    pub(super) const NOT_PAID: Self = Self::new(55, "قبض پرداخت نشده است");
    pub(super) const AWAITS_VERIFICATION: Self = Self::new(58, "قبض منتظر تایید پرداخت می باشد");
    pub(super) const AT_GATEWAY: Self = Self::new(72, "قبض منتظر درگاه برای ادامه تراکنش می باشد");
    pub(super) const NOT_YOURS: Self = Self::new(99, "فاکتور برای شما صادر نشده است");
    pub(super) const WALLET_MISSING: Self = Self::new(193, "کد حساب دیجیتال را وارد نکرده اید");

    pub(super) const CREDITOR_NOT_PAID: Self =
        Self::new(TEXT_ALONE, "فاکتور بستانکار پرداخت نشده است");
    pub(super) const ALREADY_BLOCKED: Self =
        Self::new(TEXT_ALONE, "فاکتور بستانکار آماده برای مسدودی می باشد");
    pub(super) const NOTHING_TO_BLOCK: Self =
        Self::new(TEXT_ALONE, "اعتبار کافی جهت انجام عملیات مسدودی را ندارید");
    pub(super) const NOT_ENOUGH: Self =
        Self::new(TEXT_ALONE, "اعتبار کافی جهت پرداخت فاکتور را ندارید");
    pub(super) const NOT_PAYABLE: Self = Self::new(TEXT_ALONE, "اجازه پرداخت این فاکتور را ندارید");
    pub(super) const GUARANTEED: Self = Self::new(
        TEXT_ALONE,
        "فاکتور در انتظار پرداخت توسط تضمین ارائه شده میباشد",
    );
    pub(super) const TOO_LITTLE_FOR_A_CARD: Self = Self::new(
        TEXT_ALONE,
        "مبلغ فاکتور برای پرداخت با کارت باید بیش از ۱۰۰۰۰ ریال باشد",
    );

    pub(super) const BAD_ISSUER: Self = Self::new(INVALID, "صادرکننده توکن نادرست است");
    pub(super) const BAD_FORM: Self = Self::new(INVALID, "قالب درخواست نادرست است");
    pub(super) const BAD_ONE_TIME_TOKEN: Self = Self::new(INVALID, "توکن یک بار مصرف نادرست است");
    pub(super) const TAKEN_BILL_NUMBER: Self = Self::new(INVALID, "شماره قبض تکراری است");
    pub(super) const NO_MOBILE: Self = Self::new(INVALID, "کاربر شماره موبایل تایید شده ندارد");
    pub(super) const BAD_CODE: Self = Self::new(INVALID, "کد وارد شده نادرست است");

    pub(super) const NO_SERVICE: Self = Self::new(UNKNOWN, "سرویس یافت نشد");
    pub(super) const NO_INVOICE: Self = Self::new(UNKNOWN, "فاکتور یافت نشد");
    pub(super) const NO_USER: Self = Self::new(UNKNOWN, "کاربر یافت نشد");
    pub(super) const NO_PURCHASE: Self = Self::new(UNKNOWN, "تراکنش پایانه یافت نشد");

    pub(super) const SERVICE_TIMEOUT: Self = Self::new(227, "تایم اوت سرویس اصلی");
    pub(super) const RELAY_FAILED: Self = Self::new(
        378,
        "ارسال پاسخ از سرویس اصلی به پلتفرم با مشکل مواجه شده است",
    );
    pub(super) const INTERNAL: Self = Self::new(999, "خطای داخلی");

    pub(super) fn missing(parameter: &str) -> Self {
        Self {
            code: INVALID,
            message: format!("پارامتر {parameter} وارد نشده است").into(),
        }
    }

    pub(super) fn invalid(parameter: &str) -> Self {
        Self {
            code: INVALID,
            message: format!("مقدار پارامتر {parameter} نادرست است").into(),
        }
    }

    const fn new(code: u16, message: &'static str) -> Self {
        Self {
            code,
            message: Cow::Borrowed(message),
        }
    }
}
