//! Everything that can be typed wrongly, command by command: what is said of it, and that nothing is sent.

use std::collections::BTreeMap;

use crate::help::commands;
use crate::shop::{Run, Shop};

/// Words of a language by which a message is known.
struct Words {
    language: &'static str,
    error: &'static str,
    twice: &'static str,
    use_one_of: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    error: "error: ",
    twice: "is given twice",
    use_one_of: "Use one of",
};

const PERSIAN: Words = Words {
    language: "fa",
    error: "خطا: ",
    twice: "دو بار آمده است",
    use_one_of: "یکی از",
};

/// What is said of each mistake, with the lines that it is said of.
#[derive(Default)]
struct Said(BTreeMap<String, Vec<String>>);

impl Said {
    /// Runs a line of this command that is wrong, if what is said of it is about this.
    fn of(&mut self, shop: &Shop, words: &Words, path: &str, line: &str, about: &str) {
        let run = shop.line_with(line, |it| it.env("PAYLINK_LANG", words.language));
        if !run.stderr.contains(about) {
            return;
        }
        assert_eq!((run.status, &*run.stdout), (2, ""), "{line}: {run:?}");
        let says_how = ["--help", words.use_one_of];
        assert!(
            says_how.iter().any(|it| run.stderr.contains(it)),
            "{line}: {run:?}"
        );
        let typed = line.split(" --config=x").next().unwrap();
        let typed = typed
            .strip_suffix("nonesuch --nonesuch")
            .map_or(typed.to_owned(), |path| path.to_owned() + "nonesuch");
        self.0
            .entry(message(&run, words, path))
            .or_default()
            .push(typed);
    }

    /// A line for each message, with the first line that it is said of and the number of the others.
    fn table(&self) -> String {
        let mut lines: Vec<String> = self
            .0
            .iter()
            .map(|(message, said_of)| match &said_of[..] {
                [only] => format!("{only}: {message}\n"),
                [first, others @ ..] => {
                    format!("{first}, and {} like it: {message}\n", others.len())
                }
                [] => String::new(),
            })
            .collect();
        lines.sort();
        lines.concat()
    }
}

/// What is said of a command, in one line, with an ellipsis for its words.
fn message(run: &Run, words: &Words, path: &str) -> String {
    if run.stderr.contains("Usage: ") {
        let own = format!("Usage: paylink {path} ");
        assert!(run.stderr.contains(&own), "{path}: {run:?}");
        return "(its help)".to_owned();
    }
    let said: Vec<&str> = run.stderr.split_whitespace().collect();
    let said = said.join(" ").replacen(words.error, "", 1);
    said.replace(&format!("`paylink {path}"), "`…")
}

/// An option in the help: its name, and whether a value follows.
fn options(help: &str) -> Vec<(String, bool)> {
    // Those that all commands of a group share are looked at with the group.
    let own = help.split("\n\n").filter(|section| {
        !section.starts_with("Global options:") || help.contains("\nOperations:")
    });
    let lines = own
        .flat_map(str::lines)
        .filter_map(|line| line.trim_start().strip_prefix("--"));
    let named = lines.map(|line| {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        (format!("--{name}"), rest.starts_with('<'))
    });
    named.collect()
}

/// Walks over all commands.
async fn walk(words: &Words) -> [Said; 5] {
    let shop = Shop::open().await;
    let [mut nothing, mut malformed, mut unknown, mut word, mut twice]: [Said; 5] =
        Default::default();
    for path in &commands(&shop) {
        let help = shop.line(&format!("{path} -h")).stdout;
        let usage = help
            .lines()
            .find_map(|line| line.strip_prefix("Usage: "))
            .unwrap();
        if usage.contains('<') {
            nothing.of(&shop, words, path, path, "--help");
        }
        let line = format!("{path} --nonesuch");
        unknown.of(&shop, words, path, &line, "--nonesuch");
        // Where the mistake before it is none, the last word is one: nothing of this begins to run.
        let line = format!("{path} nonesuch --nonesuch");
        word.of(&shop, words, path, &line, "\"nonesuch\"");
        for (option, takes_value) in options(&help) {
            if takes_value {
                let line = format!("{path} {option} ? --config=x --nonesuch");
                malformed.of(&shop, words, path, &line, "\"?\"");
            }
            let value = if takes_value { "=1" } else { "" };
            let line = format!("{path} {option}{value} {option}{value} --nonesuch");
            twice.of(&shop, words, path, &line, words.twice);
        }
    }
    assert!(shop.sandbox.journal().is_empty());
    [nothing, malformed, unknown, word, twice]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_is_named_and_the_way_on_is_told() {
    let [nothing, malformed, unknown, word, twice] = walk(&ENGLISH).await;
    insta::assert_snapshot!(nothing.table(), @r"
    books order: <NAME> is missing See `… --help`.
    cardpay check: --pay-id <ID> is missing See `… --help`.
    cardpay create: these are missing: --price <RIAL>, --invoice-number <NUMBER> See `… --help`.
    cardpay set-card: these are missing: --pay-id <ID>, --card-number <NUMBER> See `… --help`.
    completions: <SHELL> is missing See `… --help`.
    config, and 7 like it: (its help)
    link create: these are missing: --order <REFERENCE>, --amount <AMOUNT>, --currency <CURRENCY> See `… --help`.
    link settle: these are missing: --record <FILE>, --order <REFERENCE>, --amount <AMOUNT>, --currency <CURRENCY> See `… --help`.
    link status, and 3 like it: --record <FILE> is missing See `… --help`.
    pod confirm-payment-sms: these are missing: --invoice-id <ID>, --code <CODE> See `… --help`.
    pod issue-invoice: these are missing: --bill-number <NUMBER>, --guild-code <CODE>, --item-description <TEXT>, --item-price <RIAL> See `… --help`.
    pod link-by-unique-number: --unique-number <NUMBER> is missing See `… --help`.
    pod pay-in-future: these are missing: --invoice-id <ID>, --date <DATE>, --guild-code <CODE> See `… --help`.
    pod pay-with-invoice: these are missing: --creditor-invoice-id <ID>, --debtor-invoice-id <ID> See `… --help`.
    pod pos-payment: these are missing: --invoice-id <ID>, --terminal-number <NUMBER>, --merchant-code <CODE>, --reference-number <NUMBER>, --tracking-number <NUMBER>, --transaction-date <TIME> See `… --help`.
    pod share-link: these are missing: --invoice-id <ID>, --user-id <ID> See `… --help`.
    pod verify-and-close, and 8 like it: --invoice-id <ID> is missing See `… --help`.
    serve keys create: these are missing: --right <RIGHT>, <NAME> See `… --help`.
    serve keys revoke: <ID> is missing See `… --help`.
    sizpay send-link: these are missing: --amount <RIAL>, --mobile <NUMBER>, --invoice-number <NUMBER> See `… --help`.
    zipay create-invoice: these are missing: --invoice-number <NUMBER>, --amount <AMOUNT>, --currency <CURRENCY>, <--callback <URL>|--callback-app <URL>> See `… --help`.
    zipay settle: these are missing: --trackid <ID>, --invoice-number <NUMBER>, --amount <AMOUNT>, --currency <CURRENCY> See `… --help`.
    zipay status, and 2 like it: --trackid <ID> is missing See `… --help`.
    ");
    insta::assert_snapshot!(malformed.table(), @r#"
    books outbox --limit ?: --limit <N> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    books reconcile --pages ?: --pages <N> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    config --lang ?, and 7 like it: --lang <en|fa> "?" is not known Use one of en, fa.
    link create --qr ?, and 7 like it: --qr <WHEN> "?" is not known Use one of auto, always, never.
    link create --wait-minutes ?, and 1 like it: --wait-minutes <MINUTES> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    pod invoices --cancelled ?: --cancelled <TRUTH> "?" is not known Use one of true, false.
    pod invoices --closed ?: --closed <TRUTH> "?" is not known Use one of true, false.
    pod invoices --offset ?: --offset <COUNT> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    pod invoices --paid ?: --paid <TRUTH> "?" is not known Use one of true, false.
    pod invoices --size ?: --size <COUNT> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    pod invoices --waiting ?: --waiting <TRUTH> "?" is not known Use one of true, false.
    pod issue-invoice --item-quantity ?: --item-quantity <COUNT> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    pod issue-invoice --product-id ?: --product-id <ID> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    pod pay-any-invoice --force-delegation ?, and 2 like it: --force-delegation <TRUTH> "?" is not known Use one of true, false.
    sandbox --allow-host ?: --allow-host <NAME> "?" is wrong: it is no host: write a name or an address alone, such as shop.example or 172.17.0.2 See `… --help`.
    sandbox --allow-target ?: --allow-target <HOST> "?" is wrong: it is no host: write a name or an address alone, such as shop.example or 172.17.0.2 See `… --help`.
    sandbox --fault ?: --fault <PRESET> "?" is not known Use one of slow-bank, lost-answer, flapping-network, provider-down, webhook-twice, webhook-late, webhook-before-answer.
    sandbox --keep ?: --keep <N> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    sandbox --listen ?, and 1 like it: --listen <ADDR> "?" is wrong: it is no address with a port: write 127.0.0.1:8080, [::1]:8080, localhost:8080, or 8080 for this machine alone See `… --help`.
    sandbox --seed ?: --seed <N> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    serve --log ?: --log <FORM> "?" is not known Use one of text, json.
    serve keys create --right ?: --right <RIGHT> "?" is not known Use one of take-payments, read, refund, operate.
    zipay list --limit ?: --limit <COUNT> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    zipay list --page ?: --page <NUMBER> "?" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction See `… --help`.
    zipay list --sort ?: --sort <ORDER> "?" is not known Use one of desc, asc.
    zipay list --status ?: --status <STATUS> "?" is not known Use one of generated, waiting, pending, completed, rejected, refunded.
    "#);
    insta::assert_snapshot!(unknown.table(), @r"demo --nonesuch, and 75 like it: --nonesuch is no option of `…` See `… --help`.");
    insta::assert_snapshot!(word.table(), @r#"
    config nonesuch, and 8 like it: "nonesuch" is no command of `…` See `… --help`.
    demo nonesuch, and 53 like it: "nonesuch" is one word too many for `…` See `… --help`.
    "#);
    assert!(twice.0.len() > 40, "{:?}", twice.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_in_persian() {
    let [nothing, malformed, unknown, word, twice] = walk(&PERSIAN).await;
    insta::assert_snapshot!(nothing.table(), @r"
    books order: <NAME> مشخص نشده است `… --help` را ببینید.
    cardpay check: --pay-id <ID> مشخص نشده است `… --help` را ببینید.
    cardpay create: این‌ها مشخص نشده است: --price <RIAL>, --invoice-number <NUMBER> `… --help` را ببینید.
    cardpay set-card: این‌ها مشخص نشده است: --pay-id <ID>, --card-number <NUMBER> `… --help` را ببینید.
    completions: <SHELL> مشخص نشده است `… --help` را ببینید.
    config, and 7 like it: (its help)
    link create: این‌ها مشخص نشده است: --order <REFERENCE>, --amount <AMOUNT>, --currency <CURRENCY> `… --help` را ببینید.
    link settle: این‌ها مشخص نشده است: --record <FILE>, --order <REFERENCE>, --amount <AMOUNT>, --currency <CURRENCY> `… --help` را ببینید.
    link status, and 3 like it: --record <FILE> مشخص نشده است `… --help` را ببینید.
    pod confirm-payment-sms: این‌ها مشخص نشده است: --invoice-id <ID>, --code <CODE> `… --help` را ببینید.
    pod issue-invoice: این‌ها مشخص نشده است: --bill-number <NUMBER>, --guild-code <CODE>, --item-description <TEXT>, --item-price <RIAL> `… --help` را ببینید.
    pod link-by-unique-number: --unique-number <NUMBER> مشخص نشده است `… --help` را ببینید.
    pod pay-in-future: این‌ها مشخص نشده است: --invoice-id <ID>, --date <DATE>, --guild-code <CODE> `… --help` را ببینید.
    pod pay-with-invoice: این‌ها مشخص نشده است: --creditor-invoice-id <ID>, --debtor-invoice-id <ID> `… --help` را ببینید.
    pod pos-payment: این‌ها مشخص نشده است: --invoice-id <ID>, --terminal-number <NUMBER>, --merchant-code <CODE>, --reference-number <NUMBER>, --tracking-number <NUMBER>, --transaction-date <TIME> `… --help` را ببینید.
    pod share-link: این‌ها مشخص نشده است: --invoice-id <ID>, --user-id <ID> `… --help` را ببینید.
    pod verify-and-close, and 8 like it: --invoice-id <ID> مشخص نشده است `… --help` را ببینید.
    serve keys create: این‌ها مشخص نشده است: --right <RIGHT>, <NAME> `… --help` را ببینید.
    serve keys revoke: <ID> مشخص نشده است `… --help` را ببینید.
    sizpay send-link: این‌ها مشخص نشده است: --amount <RIAL>, --mobile <NUMBER>, --invoice-number <NUMBER> `… --help` را ببینید.
    zipay create-invoice: این‌ها مشخص نشده است: --invoice-number <NUMBER>, --amount <AMOUNT>, --currency <CURRENCY>, <--callback <URL>|--callback-app <URL>> `… --help` را ببینید.
    zipay settle: این‌ها مشخص نشده است: --trackid <ID>, --invoice-number <NUMBER>, --amount <AMOUNT>, --currency <CURRENCY> `… --help` را ببینید.
    zipay status, and 2 like it: --trackid <ID> مشخص نشده است `… --help` را ببینید.
    ");
    insta::assert_snapshot!(malformed.table(), @r#"
    books outbox --limit ?: --limit <N> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    books reconcile --pages ?: --pages <N> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    config --lang ?, and 7 like it: --lang <en|fa> "?" شناخته‌شده نیست یکی از en, fa را به کار ببرید.
    link create --qr ?, and 7 like it: --qr <WHEN> "?" شناخته‌شده نیست یکی از auto, always, never را به کار ببرید.
    link create --wait-minutes ?, and 1 like it: --wait-minutes <MINUTES> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    pod invoices --cancelled ?: --cancelled <TRUTH> "?" شناخته‌شده نیست یکی از true, false را به کار ببرید.
    pod invoices --closed ?: --closed <TRUTH> "?" شناخته‌شده نیست یکی از true, false را به کار ببرید.
    pod invoices --offset ?: --offset <COUNT> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    pod invoices --paid ?: --paid <TRUTH> "?" شناخته‌شده نیست یکی از true, false را به کار ببرید.
    pod invoices --size ?: --size <COUNT> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    pod invoices --waiting ?: --waiting <TRUTH> "?" شناخته‌شده نیست یکی از true, false را به کار ببرید.
    pod issue-invoice --item-quantity ?: --item-quantity <COUNT> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    pod issue-invoice --product-id ?: --product-id <ID> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    pod pay-any-invoice --force-delegation ?, and 2 like it: --force-delegation <TRUTH> "?" شناخته‌شده نیست یکی از true, false را به کار ببرید.
    sandbox --allow-host ?: --allow-host <NAME> "?" نادرست است: میزبان نیست: فقط نام یا آدرس بنویسید، مانند shop.example یا 172.17.0.2 `… --help` را ببینید.
    sandbox --allow-target ?: --allow-target <HOST> "?" نادرست است: میزبان نیست: فقط نام یا آدرس بنویسید، مانند shop.example یا 172.17.0.2 `… --help` را ببینید.
    sandbox --fault ?: --fault <PRESET> "?" شناخته‌شده نیست یکی از slow-bank, lost-answer, flapping-network, provider-down, webhook-twice, webhook-late, webhook-before-answer را به کار ببرید.
    sandbox --keep ?: --keep <N> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    sandbox --listen ?, and 1 like it: --listen <ADDR> "?" نادرست است: آدرس همراه با پورت نیست: 127.0.0.1:8080، [::1]:8080، localhost:8080 یا برای همین دستگاه فقط 8080 بنویسید `… --help` را ببینید.
    sandbox --seed ?: --seed <N> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    serve --log ?: --log <FORM> "?" شناخته‌شده نیست یکی از text, json را به کار ببرید.
    serve keys create --right ?: --right <RIGHT> "?" شناخته‌شده نیست یکی از take-payments, read, refund, operate را به کار ببرید.
    zipay list --limit ?: --limit <COUNT> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    zipay list --page ?: --page <NUMBER> "?" نادرست است: عدد صحیح نیست: فقط رقم بنویسید، مانند 150000 یا 150,000؛ بدون علامت، واحد یا اعشار `… --help` را ببینید.
    zipay list --sort ?: --sort <ORDER> "?" شناخته‌شده نیست یکی از desc, asc را به کار ببرید.
    zipay list --status ?: --status <STATUS> "?" شناخته‌شده نیست یکی از generated, waiting, pending, completed, rejected, refunded را به کار ببرید.
    "#);
    insta::assert_snapshot!(unknown.table(), @r"demo --nonesuch, and 75 like it: --nonesuch گزینهٔ `…` نیست `… --help` را ببینید.");
    insta::assert_snapshot!(word.table(), @r#"
    config nonesuch, and 8 like it: "nonesuch" فرمان `…` نیست `… --help` را ببینید.
    demo nonesuch, and 53 like it: "nonesuch" برای `…` یک کلمه اضافه است `… --help` را ببینید.
    "#);
    assert!(twice.0.len() > 40, "{:?}", twice.0);
}

/// With everything that an operation wants, but this.
const CREATE: &str = "link create --account zipay --return-url https://shop.example/";

#[tokio::test(flavor = "multi_thread")]
async fn a_value_may_begin_with_a_dash_and_the_client_judges_it() {
    let shop = Shop::open().await;
    let wrong = |line: &str| {
        let run = shop.line(line);
        run.failed(2).to_owned()
    };
    let said = [
        format!("{CREATE} --order 1000 --currency IRT --amount -5"),
        format!("{CREATE} --order 1000 --currency IRT --amount=-5"),
        "zipay create-invoice --invoice-number 1 --currency IRT --callback https://shop.example/ --amount -5".to_owned(),
        "cardpay create --invoice-number 1 --price -5".to_owned(),
        "sizpay send-link --mobile 09120000001 --invoice-number 1 --amount -5".to_owned(),
        "pod issue-invoice --bill-number 1 --guild-code G --item-description x --item-price -5".to_owned(),
        "zipay list --limit -5".to_owned(),
        "pod invoices --invoice-id -5".to_owned(),
        "link list --day -5".to_owned(),
        // A value that was forgotten is not the next option.
        format!("{CREATE} --order --amount 5 --currency IRT"),
    ]
    .map(|line| wrong(&line));
    insta::assert_snapshot!(said.concat(), @r#"
    error: --amount "-5" is not a plain decimal number: write digits with at most one decimal point, such as 100.99, without sign, separators or leading zeros
    error: --amount "-5" is not a plain decimal number: write digits with at most one decimal point, such as 100.99, without sign, separators or leading zeros
    error: --amount "-5" is not a plain decimal number: write digits with at most one decimal point, such as 100.99, without sign, separators or leading zeros
    error: --price "-5" is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction
    error: --amount "-5" is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction
    error: --item-price "-5" is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction
    error: --limit <COUNT> "-5" is wrong: it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction
    See `paylink zipay list --help`.
    error: --invoice-id "-5" is not a whole number: write the number that POD gave, such as 32157
    error: --day "-5" is not a date: write it as yyyy/mm/dd, such as 1399/11/21
    error: --order <REFERENCE> has no value
    See `paylink link create --help`.
    "#);
    assert!(shop.sandbox.journal().is_empty());

    let dashed = shop.line(&format!(
        "--json {CREATE} --order -1000 --currency IRT --amount 250000"
    ));
    assert_eq!(dashed.ok()["record"]["reference"], "-1000");
    let bill = "--json pod issue-invoice --bill-number -7 --guild-code CLOTHING_GUILD --item-price 5 --item-description -x-";
    shop.line(bill).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_group_points_to_its_own_help() {
    let shop = Shop::open().await;
    for (group, usage) in [
        ("", "paylink"),
        ("link", "paylink link"),
        ("zipay", "paylink zipay"),
        ("books", "paylink books"),
        ("serve keys", "paylink serve keys"),
    ] {
        let run = shop.run(&group.split_whitespace().collect::<Vec<_>>());
        let said = run.failed(2);
        let own = format!("Usage: {usage} [OPTIONS] <");
        assert!(said.contains(&own), "{run:?}");
        let words = ["--json"].into_iter().chain(group.split_whitespace());
        let told = shop.run(&words.collect::<Vec<_>>()).error();
        if !group.is_empty() {
            assert_eq!(told["remedy"], format!("See `{usage} --help`."));
        }
    }
}
