//! The kinds of errors, as `error.kind` of a JSON document names them, and what each means to people.

use serde::Serialize;

/// A kind of error, or several of which the same is to be said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Kind {
    /// As they stand in documents.
    pub(super) names: &'static [&'static str],
    pub(super) meaning: Texts,
    pub(super) to_do: Texts,
}

/// A sentence in both languages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Texts {
    pub(super) english: &'static str,
    pub(super) persian: &'static str,
}

/// Every kind there is: first those of a call to a provider, then those of the command itself.
#[rustfmt::skip]
pub(super) const KINDS: &[Kind] = &[
    kind(&["invalid", "usage"],
        "A value was refused here, before anything was sent.",
        "مقداری پیش از هر ارسال، همین‌جا پذیرفته نشد.",
        "Correct what the message names.",
        "آنچه را در پیام آمده است اصلاح کنید."),
    kind(&["configuration"],
        "The configuration does not allow it.",
        "تنظیمات برای این کار کافی یا درست نیست.",
        "Correct the configuration; `paylink doctor` says what is wrong with it.",
        "تنظیمات را اصلاح کنید؛ `paylink doctor` ایراد آن را نشان می‌دهد."),
    kind(&["unsupported"],
        "The provider does not offer this.",
        "سرویس پرداخت این امکان را ندارد.",
        "Use another operation, or an account of another provider; `paylink doctor` shows what each can do.",
        "از عملیات دیگر یا حساب سرویس پرداخت دیگری استفاده کنید؛ `paylink doctor` امکانات هرکدام را نشان می‌دهد."),
    kind(&["dns"],
        "The provider's name could not be resolved.",
        "آدرس سرویس پرداخت در شبکه پیدا نشد.",
        "Check this machine's network and the address that is configured; then repeat it.",
        "شبکهٔ این دستگاه و آدرس تنظیم‌شده را بررسی و سپس تکرار کنید."),
    kind(&["connect"],
        "No connection to the provider came about.",
        "اتصال به سرویس پرداخت برقرار نشد.",
        "Check the network, a firewall or a proxy on the way; `paylink doctor` tries each step.",
        "شبکه، دیوار آتش و پروکسی مسیر را بررسی کنید؛ `paylink doctor` هر مرحله را می‌آزماید."),
    kind(&["proxy"],
        "The proxy did not let the request through.",
        "پروکسی درخواست را عبور نداد.",
        "Check the proxy, and its user and password; the provider was not reached.",
        "پروکسی و نام کاربری و رمز عبور آن را بررسی کنید؛ درخواست به سرویس پرداخت نرسیده است."),
    kind(&["tls"],
        "The server could not prove who it is, or does not speak TLS.",
        "سرور نتوانست هویت خود را ثابت کند یا TLS را پشتیبانی نمی‌کند.",
        "Do not repeat it: the connection may be intercepted. `paylink doctor` says what is wrong.",
        "آن را تکرار نکنید؛ شاید ارتباط در مسیر شنود شود. `paylink doctor` علت را نشان می‌دهد."),
    kind(&["timeout"],
        "The time for the call was over.",
        "مهلت درخواست به پایان رسید.",
        "Look at `effect`: if it is unknown, look it up with `resolve`; else repeat it.",
        "به `effect` نگاه کنید: اگر نامشخص است با `resolve` استعلام کنید، وگرنه تکرار کنید."),
    kind(&["disconnected"],
        "The connection broke while the call was under way.",
        "اتصال هنگام انجام درخواست قطع شد.",
        "Look at `effect`: if it is unknown, look it up with `resolve`; else repeat it.",
        "به `effect` نگاه کنید: اگر نامشخص است با `resolve` استعلام کنید، وگرنه تکرار کنید."),
    kind(&["protocol"],
        "What came was not HTTP, or broken HTTP.",
        "پاسخ دریافت‌شده HTTP نبود یا ناقص بود.",
        "Check the address; if `effect` is unknown, look it up with `resolve`.",
        "آدرس را بررسی کنید؛ اگر `effect` نامشخص است با `resolve` استعلام کنید."),
    kind(&["redirected"],
        "The answer pointed to another address; redirects are never followed.",
        "پاسخ به آدرس دیگری ارجاع داد؛ ارجاع هرگز دنبال نمی‌شود.",
        "Configure the address that the provider's document names.",
        "آدرسی را تنظیم کنید که در سند سرویس پرداخت آمده است."),
    kind(&["status"],
        "An HTTP error came without the provider's own envelope: a server in between may have answered.",
        "خطای HTTP بدون قالب خود سرویس پرداخت دریافت شد؛ شاید سروری در مسیر پاسخ داده است.",
        "If `effect` is unknown, look it up with `resolve`; else try again later.",
        "اگر `effect` نامشخص است با `resolve` استعلام کنید، وگرنه بعداً دوباره تلاش کنید."),
    kind(&["rate_limited"],
        "The provider asked for fewer requests.",
        "سرویس پرداخت تعداد درخواست کمتری می‌پذیرد.",
        "Wait, and repeat it more rarely.",
        "صبر کنید و با فاصلهٔ بیشتر تکرار کنید."),
    kind(&["too_large"],
        "The answer was larger than an answer can be.",
        "پاسخ بزرگ‌تر از حد ممکن بود.",
        "If `effect` is unknown, look it up with `resolve`; a list is asked for in smaller pages.",
        "اگر `effect` نامشخص است با `resolve` استعلام کنید؛ فهرست را با صفحه‌های کوچک‌تر بخواهید."),
    kind(&["untrusted"],
        "The answer cannot be trusted: it is incomplete, of another form, or contradicts itself.",
        "پاسخ قابل اعتماد نیست: ناقص است، قالب دیگری دارد یا با خودش تناقض دارد.",
        "Look it up with `resolve` before anything is repeated.",
        "پیش از هر تکرار، نتیجه را با `resolve` استعلام کنید."),
    kind(&["mismatch"],
        "The payment is not the one of the merchant's own record.",
        "پرداخت با سفارش ثبت‌شدهٔ پذیرنده مطابقت ندارد.",
        "Do not deliver, and find out why: another amount, currency, order, terminal or card was found.",
        "سفارش را تحویل ندهید و علت را بررسی کنید: مبلغ، ارز، سفارش، پایانه یا کارت دیگری یافت شد."),
    kind(&["indeterminate"],
        "The provider reported a state that this release does not know.",
        "سرویس پرداخت وضعیتی اعلام کرد که این نسخه نمی‌شناسد.",
        "Do not deliver; ask again later, or look at the provider's panel.",
        "سفارش را تحویل ندهید؛ بعداً دوباره استعلام کنید یا پنل سرویس پرداخت را ببینید."),
    kind(&["refused"],
        "The provider refused, in its own envelope.",
        "سرویس پرداخت درخواست را رد کرد.",
        "Read its code: `paylink explain PROVIDER CODE`.",
        "کد آن را بخوانید: `paylink explain PROVIDER CODE`."),
    kind(&["provider_failure"],
        "The provider failed inside, in its own envelope.",
        "در سرویس پرداخت خطای داخلی رخ داد.",
        "Look it up with `resolve` before anything is repeated.",
        "پیش از هر تکرار، نتیجه را با `resolve` استعلام کنید."),
    kind(&["not_paid"],
        "There is no money: nothing is wrong with the payment.",
        "پرداخت انجام نشده است؛ ایرادی در آن نیست.",
        "Do not deliver; ask again as long as it can still be paid.",
        "سفارش را تحویل ندهید؛ تا زمانی که پرداخت‌شدنی است دوباره استعلام کنید."),
    kind(&["interrupted", "still_unknown"],
        "Nobody knows yet whether it was carried out.",
        "هنوز مشخص نیست که انجام شده است یا نه.",
        "Do not repeat it: look it up with `resolve` and the handle.",
        "آن را تکرار نکنید؛ با `resolve` و شناسهٔ پیگیری عملیات (handle) استعلام کنید."),
    kind(&["not_stored"],
        "It is done, but the file that was to keep it could not be written.",
        "انجام شد، ولی فایل نگه‌داری نتیجه نوشته نشد.",
        "Store what was printed, and do not repeat it.",
        "آنچه را چاپ شد ذخیره کنید و آن را تکرار نکنید."),
    kind(&["not_sent"],
        "The provider accepted the request, but did not send the message.",
        "سرویس پرداخت درخواست را پذیرفت، ولی پیام را ارسال نکرد.",
        "Check the number, and give the payer the link in another way.",
        "شماره را بررسی کنید و لینک را از راه دیگری به پرداخت‌کننده برسانید."),
    kind(&["answer"],
        "The question before something that cannot be taken back was not answered with yes.",
        "به پرسش پیش از کار برگشت‌ناپذیر، پاسخ مثبت داده نشد.",
        "Answer it, or give --yes; nothing was sent.",
        "به آن پاسخ دهید یا --yes را بنویسید؛ چیزی ارسال نشده است."),
    kind(&["unwell"],
        "The doctor found a problem.",
        "بررسی، مشکلی پیدا کرد.",
        "Do what stands beside each problem.",
        "آنچه را کنار هر مشکل آمده است انجام دهید."),
    kind(&["differs"],
        "The books and the provider's list do not agree.",
        "دفتر سفارش با فهرست سرویس پرداخت مطابقت ندارد.",
        "Look at each of the discrepancies: each says what to do.",
        "هر مغایرت را ببینید؛ کنار هرکدام آمده است که چه باید کرد."),
    kind(&["incomplete"],
        "Nothing differs as far as the provider's list was read, and that was not all of it.",
        "تا جایی که فهرست سرویس پرداخت خوانده شد مغایرتی نبود، ولی همهٔ آن خوانده نشد.",
        "Repeat it later, or for a shorter time.",
        "بعداً یا برای بازهٔ کوتاه‌تری تکرار کنید."),
    kind(&["broken"],
        "The books do not agree with themselves.",
        "دفتر سفارش با خودش مطابقت ندارد.",
        "Look at each order that is named before anything is delivered for it.",
        "پیش از تحویل، هر سفارش نام‌برده را بررسی کنید."),
    kind(&["books"],
        "The database of the books failed, or could not be opened.",
        "پایگاه دادهٔ دفتر سفارش باز نشد یا خطا داد.",
        "Check the place of the books, and who may read and write there.",
        "محل دفتر سفارش و اجازهٔ خواندن و نوشتن آن را بررسی کنید."),
    kind(&["no_such_order", "no_dead_letter"],
        "The books know nothing of this name.",
        "در دفتر سفارش چیزی با این نام نیست.",
        "Look at what is there: `paylink books orders`, `paylink books outbox`.",
        "موارد موجود را ببینید: `paylink books orders` و `paylink books outbox`."),
    kind(&["not_found"],
        "The provider has no such payment.",
        "سرویس پرداخت چنین پرداختی را نمی‌شناسد.",
        "Check the id or the record, and whether the account is the one that it was created with.",
        "شناسه یا رکورد را بررسی کنید؛ شاید پرداخت با حساب پذیرندهٔ دیگری ایجاد شده باشد."),
    kind(&["paid"],
        "The payment is paid, and what is paid cannot be withdrawn.",
        "پرداخت انجام شده است و پرداخت انجام‌شده را نمی‌توان لغو کرد.",
        "Settle it and deliver, or give the money back with refund.",
        "آن را تطبیق دهید و تحویل کنید، یا وجه را با refund مسترد کنید."),
    kind(&["too_soon"],
        "The provider wants more time between two messages.",
        "سرویس پرداخت بین دو پیامک فاصلهٔ بیشتری می‌خواهد.",
        "Send it again after the time that the message names; nothing was sent.",
        "پس از زمانی که در پیام آمده است دوباره ارسال کنید؛ چیزی ارسال نشده است."),
    kind(&["too_many"],
        "The provider sends no more messages for this payment.",
        "سرویس پرداخت برای این پرداخت پیامک دیگری ارسال نمی‌کند.",
        "Give the payer the link in another way.",
        "لینک را از راه دیگری به پرداخت‌کننده برسانید."),
    kind(&["unknown_code"],
        "Nothing is known about the code that was asked for.",
        "دربارهٔ کد خواسته‌شده چیزی در دست نیست.",
        "Go by `effect`, look the payment up, and ask the provider.",
        "بر پایهٔ `effect` عمل کنید، پرداخت را استعلام کنید و از سرویس پرداخت بپرسید."),
    kind(&["demo_differed"],
        "The demo did not go as it should.",
        "نمایش آن‌گونه که باید پیش نرفت.",
        "Report it: no account and no money were involved.",
        "آن را گزارش کنید؛ هیچ حساب و پولی در کار نبوده است."),
    kind(&["fault", "folder", "key", "log", "reconciliation", "runtime", "sandbox", "schema", "service", "shop", "state", "table"],
        "Something on this machine failed; the message says what.",
        "بخشی از کار روی همین دستگاه ناموفق بود؛ جزئیات در پیام آمده است.",
        "Set right what the message names; nothing was sent to a provider.",
        "آنچه را در پیام آمده است اصلاح کنید؛ چیزی به سرویس پرداخت ارسال نشده است."),
];

const fn kind(
    names: &'static [&'static str],
    english: &'static str,
    persian: &'static str,
    to_do_english: &'static str,
    to_do_persian: &'static str,
) -> Kind {
    Kind {
        names,
        meaning: Texts { english, persian },
        to_do: Texts {
            english: to_do_english,
            persian: to_do_persian,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    fn known() -> BTreeSet<&'static str> {
        KINDS.iter().flat_map(|kind| kind.names).copied().collect()
    }

    /// The text of every source file below a folder, without its tests.
    fn source(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                source(&path, text);
            } else {
                let file = fs::read_to_string(&path).unwrap();
                text.push_str(file.split("#[cfg(test)]").next().unwrap());
            }
        }
    }

    #[test]
    fn every_kind_that_the_command_tells_is_explained() {
        let mut text = String::new();
        source(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut text,
        );
        let mut told = BTreeSet::new();
        for mark in [
            "kind: \"",
            "Failure::local(\"",
            "Failure::local(\n        \"",
            "local(\"",
        ] {
            let found = text.split(mark).skip(1);
            told.extend(found.filter_map(|rest| rest.split('"').next()));
        }
        assert!(told.len() > 20, "{told:?}");
        let missing: Vec<_> = told
            .iter()
            .filter(|kind| !known().contains(*kind))
            .collect();
        assert!(
            missing.is_empty(),
            "write what is to be said of {missing:?}"
        );
    }

    #[test]
    fn every_kind_of_a_client_s_error_is_explained() {
        let missing: Vec<_> = paylink::ErrorKind::ALL
            .iter()
            .filter(|kind| !known().contains(kind.as_str()))
            .collect();
        assert!(
            missing.is_empty(),
            "write what is to be said of {missing:?}"
        );
    }

    #[test]
    fn no_kind_is_named_twice_and_each_has_two_languages() {
        let count = KINDS.iter().flat_map(|kind| kind.names).count();
        assert_eq!(count, known().len());
        for kind in KINDS {
            for texts in [kind.meaning, kind.to_do] {
                assert!(
                    texts.english.is_ascii() && texts.english.ends_with('.'),
                    "{texts:?}"
                );
                assert!(texts.persian.contains(['ا', 'ی']), "{texts:?}");
                assert!(!texts.persian.contains(['ي', 'ك', 'ة']), "{texts:?}");
            }
        }
    }
}
