//! The command as people read it who read Persian.

use std::process::Command;

use paylink_sandbox::Fault;

use crate::shop::Shop;

const RETURN: &str = "https://shop.example/back";

fn persian(command: &mut Command) -> &mut Command {
    command.env("PAYLINK_LANG", "fa")
}

/// What was said of several lines, and what of it was English.
#[derive(Default)]
struct Told {
    all: String,
    english: Vec<String>,
}

impl Told {
    /// Runs a line in Persian.
    fn run(&mut self, shop: &Shop, line: &str, status: i32) {
        let run = shop.line_with(line, persian);
        assert_eq!(run.status, status, "{line}: {run:?}");
        self.all += &format!("$ paylink {line}\n{}{}\n", run.stdout, run.stderr);
        for said in [&run.stdout, &run.stderr] {
            // A command may go on in the next line.
            for told in said.replace("\\\n", "").lines() {
                let word = english(told);
                let found = word.map(|word| format!("{word:?} of {line}: {told}"));
                self.english.extend(found);
            }
            let marks = ['\u{2066}', '\u{2067}', '\u{2068}', '\u{e000}', '\u{1b}'];
            assert!(!said.contains(marks), "{said}");
        }
    }

    /// All of it, none of which was English.
    fn all(&self, shop: &Shop) -> String {
        assert!(self.english.is_empty(), "{}", self.english.join("\n"));
        let all = shop.tidy(&self.all);
        all.split_inclusive(char::is_whitespace)
            .map(without_time)
            .collect()
    }
}

/// The date of today and the time that is left are others in the next run.
fn without_time(word: &str) -> String {
    let shape: String = word
        .trim_end()
        .chars()
        .map(|c| if c.is_numeric() { '0' } else { c })
        .collect();
    let fixed = match &*shape {
        "0000/00/00" => "YYYY/MM/DD",
        "00:00:00" => "HH:MM:SS",
        "00" if word.starts_with('۵') => "SS",
        _ => return word.to_owned(),
    };
    word.replace(word.trim_end(), fixed)
}

/// A word of English in a line, if there is one that is not part of a command, a name or a value.
fn english(line: &str) -> Option<String> {
    let is_pasted = |line: &str| {
        [
            "paylink ", "export ", "curl ", "  -d", "LINK=", "echo ", "printf ",
        ]
        .iter()
        .any(|begin| line.trim_start().starts_with(begin))
    };
    if is_pasted(line) {
        return None;
    }
    // These are the values that may be typed.
    let values = line.split_once("یکی از ");
    let line = values
        .filter(|(_, values)| values.contains("را به کار ببرید"))
        .map_or(line, |(before, _)| before);
    // What is quoted is what was typed, and what is in backticks is a command.
    let bare: String = line.split(['"', '`']).step_by(2).collect();
    let words = bare.split_whitespace().map(|word| {
        word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && !"-/_.=<>[]".contains(c))
    });
    // Names of providers, settings, languages of the machine: they are the same in every language.
    const NAMES: &[&str] = &[
        "http", "https", "cardpay", "pod", "sizpay", "zipay", "paylink", "yes", "none", "true",
        "false", "terminal", "proxy", "handle", "seed", "loopback", "resolver", "os", "error",
        "base64", "query", "fragment", "callback", "chmod", "trackid",
    ];
    words
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase()))
        .find(|word| !NAMES.contains(word))
        .map(str::to_owned)
}

#[test]
fn a_word_of_english_is_noticed() {
    assert_eq!(english("خطا: the invoice"), Some("the".to_owned()));
    assert_eq!(english("STATUS  paid"), Some("paid".to_owned()));
    for fine in [
        "خطا: --amount \"the x\" `paylink zipay list` /a/b api_key https://a.b/c",
        "paylink link list",
    ] {
        assert_eq!(english(fine), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_wrongly() {
    let shop = Shop::open().await;
    let mut told = Told::default();
    for line in [
        "zipay staus",
        "zipay status",
        "zipay list --limit 0",
        "zipay list --limit x",
        "zipay list --status paid",
        "zipay list --all --page 2",
        "zipay list --limit 1 --limit 2",
        "zipay list --amout 2",
        "zipay list 2",
        "completions tcsh",
        "zipay list --secret-key=x",
        "zipay create-invoice --invoice-number 1 --currency IRT --callback https://shop.example/ --amount 12,5x",
        "zipay create-invoice --invoice-number 1 --currency EUR --callback https://shop.example/ --amount 1",
        "zipay create-invoice --invoice-number 1 --currency IRT --callback shop.example --amount 1",
        "link status --record nowhere.json --account zipay",
        "link status --record nowhere.json --account branch",
        "sandbox --listen here",
    ] {
        told.run(&shop, line, 2);
    }
    insta::assert_snapshot!(told.all(&shop), @r#"
    $ paylink zipay staus
    خطا: "staus" فرمان `paylink zipay` نیست
    آیا منظورتان `status` است؟ `paylink zipay --help` را ببینید.

    $ paylink zipay status
    خطا: --trackid <ID> مشخص نشده است
    `paylink zipay status --help` را ببینید.

    $ paylink zipay list --limit 0
    خطا: --limit <COUNT> "0" نادرست است: 0 در بازهٔ 1..=500 نیست
    `paylink zipay list --help` را ببینید.

    $ paylink zipay list --limit x
    خطا: --limit <COUNT> "x" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار
    `paylink zipay list --help` را ببینید.

    $ paylink zipay list --status paid
    خطا: --status <STATUS> "paid" شناخته‌شده نیست
    یکی از generated, waiting, pending, completed, rejected, refunded را به کار ببرید.

    $ paylink zipay list --all --page 2
    خطا: --all با --page <NUMBER> جمع نمی‌شود
    `paylink zipay list --help` را ببینید.

    $ paylink zipay list --limit 1 --limit 2
    خطا: --limit <COUNT> دو بار آمده است
    `paylink zipay list --help` را ببینید.

    $ paylink zipay list --amout 2
    خطا: --amout گزینهٔ `paylink zipay list` نیست
    `paylink zipay list --help` را ببینید.

    $ paylink zipay list 2
    خطا: "2" برای `paylink zipay list` یک کلمه اضافه است
    `paylink zipay list --help` را ببینید.

    $ paylink completions tcsh
    خطا: <SHELL> "tcsh" شناخته‌شده نیست
    آیا منظورتان `zsh` است؟ یکی از bash, elvish, fish, powershell, zsh را به کار ببرید.

    $ paylink zipay list --secret-key=x
    خطا: --secret-key گزینهٔ `paylink zipay list` نیست
    مقدار محرمانه هرگز به‌عنوان گزینه داده نمی‌شود: PAYLINK_ZIPAY_SECRET_KEY را تنظیم کنید، یا از فایل پیکربندی استفاده کنید.

    $ paylink zipay create-invoice --invoice-number 1 --currency IRT --callback https://shop.example/ --amount 12,5x
    خطا: --amount "12,5x" عدد نیست: آن را با رقم بنویسید؛ جداکنندهٔ هزارگان یا در همهٔ گروه‌های سه‌رقمی باشد یا در هیچ‌کدام، و اگر اعشار دارد یک ممیز، مانند 250,000 یا 1,250.75

    $ paylink zipay create-invoice --invoice-number 1 --currency EUR --callback https://shop.example/ --amount 1
    خطا: --currency "EUR" شناخته‌شده نیست: از USD، USDT یا IRT که تومان است استفاده کنید

    $ paylink zipay create-invoice --invoice-number 1 --currency IRT --callback shop.example --amount 1
    خطا: --callback "shop.example" آدرس http یا https نیست: آن را کامل بنویسید، مانند https://shop.example/back

    $ paylink link status --record nowhere.json --account zipay
    خطا: رکورد در nowhere.json خوانده نمی‌شود: چنین فایل یا پوشه‌ای نیست (os error 2): فایلی را که در آن است نام ببرید

    $ paylink link status --record nowhere.json --account branch
    خطا: رکورد در nowhere.json خوانده نمی‌شود: چنین فایل یا پوشه‌ای نیست (os error 2): فایلی را که در آن است نام ببرید

    $ paylink sandbox --listen here
    خطا: --listen <ADDR> "here" نادرست است: آدرس همراه با پورت نیست: 127.0.0.1:8080، [::1]:8080، localhost:8080 یا برای همین دستگاه فقط 8080 بنویسید
    `paylink sandbox --help` را ببینید.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_code_means() {
    let shop = Shop::open().await;
    let mut told = Told::default();
    told.run(&shop, "explain zipay 404", 0);
    told.run(&shop, "explain not_found", 0);
    told.run(&shop, "explain zipay 99999", 1);
    told.run(&shop, "explain zipya 404", 2);
    insta::assert_snapshot!(told.all(&shop), @r#"
    $ paylink explain zipay 404
    کد 404 از زی‌پی: چنین فاکتوری یافت نشد.
    آنچه را نادرست است اصلاح کنید و درخواست را دوباره بفرستید.

      اقدام با        پذیرنده
      به پرداخت‌کننده  می‌توان این متن را نشان داد
      محل درج         `status` در هر پاسخ
      علت             not_found
      منبع            برداشتی که کسی آن را تأیید نکرده است: docs/unverified.md

    $ paylink explain not_found
    نوع خطا، not_found: سرویس پرداخت چنین پرداختی را نمی‌شناسد.
    شناسه یا رکورد را بررسی کنید؛ شاید پرداخت با حساب پذیرندهٔ دیگری ایجاد شده باشد.

    علت not_found، از هر سرویس پرداختی که باشد: چنین پرداختی یافت نشد.
    آنچه را نادرست است اصلاح کنید و درخواست را دوباره بفرستید.

      اقدام با        پذیرنده
      به پرداخت‌کننده  می‌توان این متن را نشان داد

    کارت‌پی:

    کد   اقدام لازم     معنا
    ─────────────────────────────────────────────────────────────────────────────
    404  اصلاح و تکرار  چنین صفحه یا نشانی‌ای وجود ندارد؛ نشانی پایه را بررسی کنید.
    5    اصلاح و تکرار  شناسهٔ پرداخت نادرست است یا چنین پرداختی وجود ندارد.

    پاد:

    کد               اقدام لازم     معنا
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    صفحه یافت نشد    اصلاح و تکرار  این صفحهٔ پرداخت یافت نشد؛ لینک نادرست است و باید آن را دوباره از فروشگاه گرفت.
    فاکتور یافت نشد  اصلاح و تکرار  فاکتور یافت نشد؛ فقط کسی که فاکتور به نام او صادر شده است می‌تواند آن را اینجا ببیند و پرداخت کند.

    زی‌پی:

    کد   اقدام لازم     معنا
    ─────────────────────────────────────────
    404  اصلاح و تکرار  چنین فاکتوری یافت نشد.

    $ paylink explain zipay 99999
    خطا: هیچ کدی از زی‌پی به شکل "99999" شناخته‌شده نیست

    کد ناشناخته چیزی را ثابت نمی‌کند: `effect` خطا را ملاک بگیرید، و اگر نامشخص است پیش از هر تکراری پرداخت را با `resolve` استعلام کنید. سپس با شناسهٔ پیگیری خطا از زی‌پی بپرسید.

    $ paylink explain zipya 404
    خطا: سرویس پرداخت "zipya" شناخته‌شده نیست: آیا منظورتان zipay است؟ یکی از این‌ها را انتخاب کنید: cardpay, pod, sizpay, zipay
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read() {
    let shop = Shop::open().await;
    let mut told = Told::default();
    for (name, text) in [
        ("colon.toml", "[zipay]\nterminal: 12\n"),
        ("bare.toml", "[zipay]\napi_key = abc\n"),
        ("twice.toml", "[zipay]\n[zipay]\n"),
        ("quotes.toml", "[zipay]\napi_key = “abc”\n"),
    ] {
        std::fs::write(shop.path(name), text).unwrap();
        told.run(&shop, &format!("--config {name} config show"), 2);
    }
    let text = "[accounts.branch]\nprovider = 'zipay'\nsecret_key = 2.5\napi_key = ''\nproxy = 'http://proxy.example'\n";
    std::fs::write(shop.path("values.toml"), text).unwrap();
    told.run(&shop, "--config values.toml link list --account branch", 2);
    for (name, text) in [
        ("cut.json", "{\"version\": \"1\""),
        ("zeros.json", "\0\0"),
        ("handle.json", r#"{"operation": "x", "prepared_at_ms": 0}"#),
    ] {
        std::fs::write(shop.path(name), text).unwrap();
        told.run(
            &shop,
            &format!("link status --account zipay --record {name}"),
            2,
        );
    }
    told.run(&shop, "link status --account zipay --record .", 2);
    insta::assert_snapshot!(told.all(&shop), @r#"
    $ paylink --config colon.toml config show
    خطا: --config colon.toml در سطر ۲، ستون ۹ به شکل TOML نیست: به جای = نشانهٔ : آمده است: تنظیم را به شکل api_key = "…" بنویسید

    $ paylink --config bare.toml config show
    خطا: --config bare.toml در سطر ۲، ستون ۱۱ به شکل TOML نیست: مقدار میان " نیامده است: متن را میان دو " بنویسید، مانند api_key = "…"؛ عدد صحیح، true و false بدون آن نوشته می‌شود

    $ paylink --config twice.toml config show
    خطا: --config twice.toml در سطر ۲، ستون ۲ به شکل TOML نیست: این بخش دوباره آمده است: همهٔ تنظیم‌های آن را زیر یکی از آن دو بنویسید

    $ paylink --config quotes.toml config show
    خطا: --config quotes.toml در سطر ۲، ستون ۱۱ به شکل TOML نیست: این علامت‌های نقل‌قول در TOML به کار نمی‌رود: متن را میان علامت‌های ساده بنویسید، "…" یا '…'

    $ paylink --config values.toml link list --account branch
    هشدار: values.toml مقدارهای محرمانه دارد و دیگران می‌توانند آن را بخوانند: chmod 600 values.toml
    خطا: در --config values.toml، این مقدار خالی است: api_key زیر [accounts.branch]: به آن مقدار بدهید، یا سطرش را حذف کنید
    خطا: در --config values.toml، برای secret_key زیر [accounts.branch] این نوع مقدار آمده است: عدد اعشاری: آن را به شکل متن بنویسید: secret_key = "…"
    خطا: PAYLINK_ACCOUNT_BRANCH_TERMINAL مشخص نشده است: آن را تنظیم کنید، یا terminal را زیر [accounts.branch] در values.toml بنویسید؛ `paylink sandbox` یکی برای آزمایش می‌دهد
    خطا: proxy زیر [accounts.branch] در values.toml "http://proxy.example" پورت ندارد: آن را کامل بنویسید، مانند http://proxy.example:3128 یا socks5h://proxy.example:1080

    $ paylink link status --account zipay --record cut.json
    خطا: رکورد در cut.json کامل نیست: در سطر ۱ ستون ۱۵ تمام می‌شود: سند JSON را بدهید که `paylink link create` به‌عنوان رکورد پرداخت چاپ کرد

    $ paylink link status --account zipay --record zeros.json
    خطا: رکورد در zeros.json جز بایت صفر چیزی ندارد، مانند پس از خاموشی ناگهانی: رکوردی در آن نوشته نشده است؛ اگر پرداخت ایجاد شده باشد، `paylink link resolve` رکورد آن را با handle آن برمی‌گرداند

    $ paylink link status --account zipay --record handle.json
    خطا: رکورد در handle.json از نوع رکورد نیست، بلکه این است: سند handle: `paylink link resolve` آن را می‌پذیرد

    $ paylink link status --account zipay --record .
    خطا: رکورد در . خوانده نمی‌شود: پوشه است: فایلی را که در آن است نام ببرید
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_with_each_provider() {
    let shop = Shop::open().await;
    let mut told = Told::default();
    let mut tell = |line: &str, status: i32| told.run(&shop, line, status);
    tell(
        &format!(
            "link create --account zipay --order 1000 --amount 250000 --currency IRT --return-url {RETURN} --record-to zipay.json"
        ),
        0,
    );
    tell("link status --account zipay --record zipay.json", 0);
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT",
        4,
    );
    let record = std::fs::read_to_string(shop.path("zipay.json")).unwrap();
    let invoices = shop.sandbox.zipay().invoices();
    assert_eq!(invoices.len(), 1, "{record}");
    shop.sandbox.zipay().pay(&invoices[0].trackid).unwrap();
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 25000 --currency IRT",
        5,
    );
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT",
        0,
    );
    tell(
        "link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT",
        0,
    );
    tell("link list --account zipay", 0);
    tell("zipay list", 0);
    tell("zipay status --trackid 7-8", 1);
    tell("link refund --account zipay --record zipay.json --yes", 0);
    tell("link disable --account zipay --record zipay.json --yes", 2);
    tell(
        "sizpay send-link --invoice-number 99112101 --amount 250000 --mobile 09122272730",
        0,
    );
    tell("sizpay status --send-date 1405/08/30", 0);
    tell("cardpay create --invoice-number 12 --price 150000", 0);
    tell("cardpay cards", 0);
    tell("cardpay check --pay-id 9", 1);
    tell(
        "pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD --item-description shoes --item-price 150000 --tax-rate 0",
        0,
    );
    tell("pod invoices", 0);
    tell("doctor", 0);
    insta::assert_snapshot!(told.all(&shop), @r#"
    $ paylink link create --account zipay --order 1000 --amount 250000 --currency IRT --return-url https://shop.example/back --record-to zipay.json
    پرداخت ایجاد شد.

    پرداخت‌کننده را به این لینک بفرستید:

    http://SANDBOX/zipay/invoice_v1/4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

      سفارش  1000
      مبلغ   250000 IRT (تومان)
      حساب   zipay

    رکورد آن در zipay.json است. وقتی پرداخت شد، آن را نهایی کنید:

      paylink link settle --record zipay.json --order 1000 --amount 250000 \
        --currency IRT --account zipay

    $ paylink link status --account zipay --record zipay.json
      سفارش       1000
      وضعیت       پرداخت‌نشده، هنوز کسی آن را پرداخت نکرده است
      به بیان آن  zipay می‌گوید "generated"
      مبلغ        250000 IRT (تومان)
      trackid     4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    $ paylink link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT
    پرداخت نشده: وضعیت آن پرداخت‌نشده است، هنوز کسی آن را پرداخت نکرده است.
    سفارش را تحویل ندهید. وقتی پرداخت شد دوباره آن را نهایی کنید.

    $ paylink link settle --account zipay --record zipay.json --order 1000 --amount 25000 --currency IRT
    عدم تطابق: پرداخت همان پرداخت رکورد شما نیست.

      مبلغ: مقدار مورد انتظار 25000 IRT، مقدار موجود 250000 IRT

    چیزی تأیید نشد. سفارش را تحویل ندهید و پیدا کنید چه کسی این را فرستاده است.

    $ paylink link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT
    نهایی شد: وجه از آن شماست.

      سفارش        1000
      مبلغ         250000 IRT (تومان)
      شمارهٔ ارجاع  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
      مقایسه‌شده    واحد پول، مبلغ، سفارش، پذیرنده، شمارهٔ فاکتور

    سفارش را تحویل دهید، مگر آن که سوابق خودتان بگوید قبلاً تحویل شده است.

    $ paylink link settle --account zipay --record zipay.json --order 1000 --amount 250000 --currency IRT
    قبلاً نهایی شده: وجه از آن شماست.

      سفارش        1000
      مبلغ         250000 IRT (تومان)
      شمارهٔ ارجاع  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
      مقایسه‌شده    واحد پول، مبلغ، سفارش، پذیرنده، شمارهٔ فاکتور

    سفارش را تحویل دهید، مگر آن که سوابق خودتان بگوید قبلاً تحویل شده است.

    $ paylink link list --account zipay
    سفارش  وضعیت      مبلغ                شناسه
    ──────────────────────────────────────────────────────────────────────────────────
    1000   پرداخت‌شده  250000 IRT (تومان)  trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    $ paylink zipay list
    فاکتور  وضعیت     مبلغ        ایجاد       شناسهٔ فاکتور
    ──────────────────────────────────────────────────────────────────────────────
    1000    تکمیل‌شده  250000 IRT  DD/MM/YYYY  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    ۱ از ۱، صفحهٔ ۱، ۱۰ در هر صفحه، از جدید به قدیم

    $ paylink zipay status --trackid 7-8
    خطا: زی‌پی، عملیات `status`: سرویس پرداخت درخواست را رد کرد (کد 404، "The invoice was not found.")

    آنچه را گفته شده است اصلاح کنید و درخواست را دوباره ارسال کنید.

    $ paylink link refund --account zipay --record zipay.json --yes
    وجه به پرداخت‌کننده برمی‌گردد.

      سفارش    1000
      وضعیت    استردادشده، شما وجه را استرداد کرده‌اید
      مبلغ     250000 IRT (تومان)
      trackid  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

    $ paylink link disable --account zipay --record zipay.json --yes
    خطا: zipay غیرفعال کردن پرداخت را ارائه نمی‌دهد: فاکتور ایجادشده قابل پرداخت است.

    $ paylink sizpay send-link --invoice-number 99112101 --amount 250000 --mobile 09122272730
    سیزپی پیامکی با این لینک برای پرداخت‌کننده ارسال می‌کند:

    http://SANDBOX/sizpay/hosseini/0204773750

      فاکتور       99112101
      مبلغ         250,000 ریال
      شناسهٔ ارسال  477375
      تاریخ ارسال  YYYY/MM/DD

    شناسهٔ ارسال و تاریخ را با سفارش ذخیره کنید. کسی پرداخت را به شما اعلام نمی‌کند: استعلام کنید.

      paylink sizpay status --send-id 477375 --send-date YYYY/MM/DD

    $ paylink sizpay status --send-date YYYY/MM/DD
    سیزپی لینکی گزارش نمی‌کند.

    $ paylink cardpay create --invoice-number 12 --price 150000
    پرداخت ایجاد شد. پرداخت‌کننده باید دقیقاً، تا آخرین ریال، این مبلغ را واریز کند:

      ▄█  █▀▀ █▀█     █▀▀ █▀█ █▀█
       █  ▀▀█ █ █     ▀▀█ ▀▀█ █▀█
      ▀▀▀ ▀▀▀ ▀▀▀ ▄▀  ▀▀▀ ▀▀▀ ▀▀▀

      150,598 ریال که 15,059.8 تومان است

    به یکی از این کارت‌ها که شماره‌هایشان اینجا پوشانده شده است:

    کارت              بانک            دارنده
    ──────────────────────────────────────────────
    621986******0017  بانک سامان      سارا آزمایشی
    610433******0029  بانک ملت        سارا آزمایشی
    603799******0030  بانک ملی ایران  سارا آزمایشی

      فاکتور          12
      شناسهٔ پرداخت    856076
      زمان باقی‌مانده  ۱۴ دقیقه و SS ثانیه

    شناسهٔ پرداخت را با سفارش ذخیره کنید. وقتی پرداخت‌کننده واریز کرد، آن را بررسی کنید:

      paylink cardpay check --pay-id 856076

    $ paylink cardpay cards
    کارت              بانک            دارنده
    ──────────────────────────────────────────────
    621986******0017  بانک سامان      سارا آزمایشی
    610433******0029  بانک ملت        سارا آزمایشی
    603799******0030  بانک ملی ایران  سارا آزمایشی

    $ paylink cardpay check --pay-id 9
    خطا: کارت‌پی، عملیات `check`: سرویس پرداخت درخواست را رد کرد (کد 5، "pay_id is not valid.")

    آنچه را گفته شده است اصلاح کنید و درخواست را دوباره ارسال کنید.

    $ paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD --item-description shoes --item-price 150000 --tax-rate 0
    فاکتور صادر شد. هر کسی می‌تواند آن را با این لینک پرداخت کند:

    http://SANDBOX/pod/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=ae0b665056acd824

      شناسهٔ فاکتور   3418549
      وضعیت          پرداخت‌نشده، کسی آن را پرداخت نکرده است
      قابل پرداخت    150000 IRR (ریال)
      مالیات آن      0 IRR (ریال)
      شمارهٔ قبض      1000
      شمارهٔ یکتا     ae0b665056acd824
      صنف            CLOTHING_GUILD
      صدور           YYYY/MM/DD HH:MM:SS
      شمارهٔ مرجع آن  236579589
      شمارهٔ ارجاع    236579589

    این فرمان نشان می‌دهد پرداخت شده است یا نه:

      paylink pod invoices --invoice-id 3418549

    $ paylink pod invoices
      شناسهٔ فاکتور   3418549
      وضعیت          پرداخت‌نشده، کسی آن را پرداخت نکرده است
      قابل پرداخت    150000 IRR (ریال)
      مالیات آن      0 IRR (ریال)
      شمارهٔ قبض      1000
      شمارهٔ یکتا     ae0b665056acd824
      صنف            CLOTHING_GUILD
      صدور           YYYY/MM/DD HH:MM:SS
      شمارهٔ مرجع آن  236579589

    $ paylink doctor
    درست  cardpay  پیکربندی  همهٔ تنظیم‌های لازم cardpay مشخص است
    درست  cardpay  اتصال     127.0.0.1 پاسخ می‌دهد (HTTP 404)
    درست  cardpay  ساعت      با ساعت سرویس پرداخت یکی است
    درست  pod      پیکربندی  همهٔ تنظیم‌های لازم pod مشخص است
    درست  pod      اتصال     127.0.0.1 پاسخ می‌دهد (HTTP 404)
    درست  pod      ساعت      با ساعت سرویس پرداخت یکی است
    درست  sizpay   پیکربندی  همهٔ تنظیم‌های لازم sizpay مشخص است
    درست  sizpay   اتصال     127.0.0.1 پاسخ می‌دهد (HTTP 404)
    درست  sizpay   ساعت      با ساعت سرویس پرداخت یکی است
    درست  zipay    پیکربندی  همهٔ تنظیم‌های لازم zipay مشخص است
    درست  zipay    اتصال     127.0.0.1 پاسخ می‌دهد (HTTP 200)
    درست  zipay    ساعت      با ساعت سرویس پرداخت یکی است

    امکانات                             CARDPAY  POD  SIZPAY  ZIPAY
    ────────────────────────────────────────────────────────────────────────
    واحد پول                            IRR      IRR  IRR     USD, USDT, IRT
    استعلام وضعیت پرداخت                 –        بله  بله     بله
    استرداد وجه                         –        –    –       بله
    غیرفعال کردن پرداخت                 –        بله  بله     –
    ارسال دوبارهٔ لینک                   –        –    بله     –
    فهرست پرداخت‌ها                      –        بله  بله     بله
    یافتن پرداختی که پاسخ ایجادش نرسید  –        بله  بله     بله
    بازگشت خوانا                        –        بله  –       بله
    وب‌هوک خوانا                         –        بله  –       بله
    لینک پرداخت                         بله      بله  بله     بله
    مبلغ دقیق برای واریز                بله      –    –       –
    مهلت پرداخت                         بله      –    –       –

    در کارت‌پی (cardpay):
      - اسکریپت روی هاست خود پذیرنده اجرا می‌شود و پیامک‌های واریز بانک باید به آن ارسال شوند؛ اسکریپت پرداخت‌ها را فقط از روی همین پیامک‌ها تشخیص می‌دهد.

    در پاد (pod):
      - هر سرویس را از سایت پادیوم درخواست کنید و پس از تأیید پادیوم کلید آن را از پنل کسب‌وکار بگیرید.
      - برای دریافت پرداخت این سرویس‌ها لازم است: `29796` (صدور فاکتور)، `29813` (فهرست)، `29809` (تأیید) و `29810` (لغو)؛ شمارهٔ آن‌ها در سندباکس پاد `39291`، `39308`، `39304` و `39305` است. (بر پایهٔ منابع عمومی، نه سند خود آن.)

    در سیزپی (sizpay):
      - در پنل سیزپی یک درگاه پرداخت و سپس یک لینک پرداخت بسازید؛ شناسهٔ لینک در تنظیم `pay_link_name` نوشته می‌شود. برای درگاه واسط، سیزپی لینک را خودش می‌سازد.
      - کلید ۱ و کلید ۲ در منوی مدیریت لینک پنل دیده می‌شوند و در تنظیم‌های `user_name` و `password` نوشته می‌شوند.

    در زی‌پی (zipay):
      - در پنل زی‌پی یک درگاه بسازید؛ شمارهٔ پایانه (ترمینال) آن در تنظیم `terminal` نوشته می‌شود.
      - در پنل می‌توان کلید را به آدرس‌های IP محدود کرد؛ در آن صورت آدرس IP خروجی این دستگاه، یا پروکسی آن، باید در فهرست باشد. باز کردن آدرس `base_url` از همان‌جا آن را نشان می‌دهد. (بر پایهٔ منابع عمومی، نه سند خود آن.)
      - در پنل می‌توان کلید را به متدهای معین محدود کرد؛ در آن صورت ایجاد، استعلام، تأیید و فهرست فاکتور باید مجاز باشند، و اگر وجه را استرداد می‌کنید، استرداد هم. (بر پایهٔ منابع عمومی، نه سند خود آن.)

    هر جا پنل آدرس فروشگاه را می‌خواهد، میزبان آدرس بازگشت خود را وارد کنید.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_on_the_way() {
    let shop = Shop::open().await;
    let create = format!(
        "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT --callback {RETURN}"
    );
    let mut told = Told::default();
    for (fault, status) in [
        (Fault::DropAfter, 3),
        (Fault::Html, 3),
        (Fault::Truncated, 3),
        (Fault::Status(503), 3),
    ] {
        shop.fault("zipay", "create-invoice", fault);
        told.run(&shop, &create, status);
    }
    // The handle that is printed with it has the time.
    let all = told.all(&shop);
    let errors: Vec<&str> = all
        .lines()
        .filter(|line| line.starts_with("خطا: "))
        .collect();
    insta::assert_snapshot!(errors.join("\n"), @r"
    خطا: زی‌پی، عملیات `create-invoice`: اتصال پیش از رسیدن پاسخ کامل قطع شد؛ نتیجه نامشخص است؛ پیش از تلاش دوباره آن را استعلام کنید
    خطا: زی‌پی، عملیات `create-invoice`: نوع محتوای پاسخ JSON نیست؛ نتیجه نامشخص است؛ پیش از تلاش دوباره آن را استعلام کنید
    خطا: زی‌پی، عملیات `create-invoice`: اتصال پیش از رسیدن پاسخ کامل قطع شد؛ نتیجه نامشخص است؛ پیش از تلاش دوباره آن را استعلام کنید
    خطا: زی‌پی، عملیات `create-invoice`: HTTP 503 و نوع محتوای پاسخ JSON نیست؛ نتیجه نامشخص است؛ پیش از تلاش دوباره آن را استعلام کنید
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo() {
    let shop = Shop::open().await;
    let mut told = Told::default();
    told.run(&shop, "demo", 0);
    told.all(&shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_the_same_in_every_language() {
    let shop = Shop::open().await;
    for line in [
        "--json zipay status --trackid 7-8",
        "--json zipay lst",
        "--json cardpay cards",
    ] {
        let english = shop.line(line);
        let persian = shop.line_with(line, persian);
        assert_eq!(english.stdout, persian.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_chosen_by_the_flag_and_then_by_the_environment() {
    let shop = Shop::open().await;
    let run = |line: &str, variables: &[(&str, &str)]| {
        let run = shop.line_with(line, |command| command.envs(variables.iter().copied()));
        run.stderr.starts_with("خطا: ")
    };
    assert!(run("zipay lst", &[("LANG", "fa_IR.UTF-8")]));
    assert!(run("zipay lst --lang fa", &[]));
    assert!(!run("zipay lst --lang en", &[("LANG", "fa_IR.UTF-8")]));
    assert!(!run(
        "zipay lst",
        &[("LC_ALL", "C"), ("LANG", "fa_IR.UTF-8")]
    ));
}
