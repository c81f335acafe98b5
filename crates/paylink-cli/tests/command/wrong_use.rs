//! Everything that can be typed wrongly, command by command: what is said of it, and that nothing is sent.

use std::collections::BTreeMap;

use crate::help::commands;
use crate::shop::{Run, Shop};

/// What is said of each mistake, with the lines that it is said of.
#[derive(Default)]
struct Said(BTreeMap<String, Vec<String>>);

impl Said {
    /// Runs a line that is wrong, if what is said of it is about this.
    fn of(&mut self, shop: &Shop, language: &str, line: &str, about: &str) {
        let run = shop.line_with(line, |it| it.env("PAYLINK_LANG", language));
        if !run.stderr.contains(about) {
            return;
        }
        assert_eq!((run.status, &*run.stdout), (2, ""), "{line}: {run:?}");
        assert!(run.stderr.contains("--help"), "{line}: {run:?}");
        let typed = line.split(" --config=x").next().unwrap();
        let typed = typed
            .strip_suffix("nonesuch --nonesuch")
            .map_or(typed.to_owned(), |path| path.to_owned() + "nonesuch");
        self.0.entry(message(&run)).or_default().push(typed);
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

/// What is said, in one line, without the usage.
fn message(run: &Run) -> String {
    let is_help = !run.stderr.starts_with("error: ");
    let mut paragraphs: Vec<&str> = run.stderr.trim().split("\n\n").collect();
    if is_help {
        return format!("(its help) {}", paragraphs.pop().unwrap());
    }
    paragraphs.retain(|it| !it.starts_with("Usage: "));
    let words: Vec<&str> = paragraphs
        .iter()
        .flat_map(|it| it.split_whitespace())
        .collect();
    words.join(" ").replacen("error: ", "", 1)
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
async fn walk(language: &str) -> [Said; 5] {
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
            nothing.of(&shop, language, path, "--help");
        }
        unknown.of(&shop, language, &format!("{path} --nonesuch"), "--nonesuch");
        // Where the mistake before it is none, the last word is one: nothing of this begins to run.
        word.of(
            &shop,
            language,
            &format!("{path} nonesuch --nonesuch"),
            "'nonesuch'",
        );
        for (option, takes_value) in options(&help) {
            if takes_value {
                malformed.of(
                    &shop,
                    language,
                    &format!("{path} {option} ? --config=x --nonesuch"),
                    "'?'",
                );
            }
            let value = if takes_value { "=1" } else { "" };
            let line = format!("{path} {option}{value} {option}{value} --nonesuch");
            twice.of(&shop, language, &line, "multiple times");
        }
    }
    assert!(shop.sandbox.journal().is_empty());
    [nothing, malformed, unknown, word, twice]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_is_named_and_the_way_on_is_told() {
    let [nothing, malformed, unknown, word, twice] = walk("en").await;
    insta::assert_snapshot!(nothing.table(), @r"
    books order: the following required arguments were not provided: <NAME> For more information, try '--help'.
    books: (its help) see `paylink books --help`
    cardpay check: the following required arguments were not provided: --pay-id <ID> For more information, try '--help'.
    cardpay create: the following required arguments were not provided: --price <RIAL> --invoice-number <NUMBER> For more information, try '--help'.
    cardpay set-card: the following required arguments were not provided: --pay-id <ID> --card-number <NUMBER> For more information, try '--help'.
    cardpay: (its help) see `paylink cardpay --help`
    completions: the following required arguments were not provided: <SHELL> For more information, try '--help'.
    link create: the following required arguments were not provided: --order <REFERENCE> --amount <AMOUNT> --currency <CURRENCY> For more information, try '--help'.
    link settle: the following required arguments were not provided: --record <FILE> --order <REFERENCE> --amount <AMOUNT> --currency <CURRENCY> For more information, try '--help'.
    link status, and 3 like it: the following required arguments were not provided: --record <FILE> For more information, try '--help'.
    link: (its help) see `paylink link --help`
    pod confirm-payment-sms: the following required arguments were not provided: --invoice-id <ID> --code <CODE> For more information, try '--help'.
    pod issue-invoice: the following required arguments were not provided: --bill-number <NUMBER> --guild-code <CODE> --item-description <TEXT> --item-price <RIAL> For more information, try '--help'.
    pod link-by-unique-number: the following required arguments were not provided: --unique-number <NUMBER> For more information, try '--help'.
    pod pay-in-future: the following required arguments were not provided: --invoice-id <ID> --date <DATE> --guild-code <CODE> For more information, try '--help'.
    pod pay-with-invoice: the following required arguments were not provided: --creditor-invoice-id <ID> --debtor-invoice-id <ID> For more information, try '--help'.
    pod pos-payment: the following required arguments were not provided: --invoice-id <ID> --terminal-number <NUMBER> --merchant-code <CODE> --reference-number <NUMBER> --tracking-number <NUMBER> --transaction-date <TIME> For more information, try '--help'.
    pod share-link: the following required arguments were not provided: --invoice-id <ID> --user-id <ID> For more information, try '--help'.
    pod verify-and-close, and 8 like it: the following required arguments were not provided: --invoice-id <ID> For more information, try '--help'.
    pod: (its help) see `paylink pod --help`
    serve keys create: the following required arguments were not provided: --right <RIGHT> <NAME> For more information, try '--help'.
    serve keys revoke: the following required arguments were not provided: <ID> For more information, try '--help'.
    serve keys: (its help) see `paylink serve keys --help`
    sizpay send-link: the following required arguments were not provided: --amount <RIAL> --mobile <NUMBER> --invoice-number <NUMBER> For more information, try '--help'.
    sizpay: (its help) see `paylink sizpay --help`
    zipay create-invoice: the following required arguments were not provided: --invoice-number <NUMBER> --amount <AMOUNT> --currency <CURRENCY> <--callback <URL>|--callback-app <URL>> For more information, try '--help'.
    zipay settle: the following required arguments were not provided: --trackid <ID> --invoice-number <NUMBER> --amount <AMOUNT> --currency <CURRENCY> For more information, try '--help'.
    zipay status, and 2 like it: the following required arguments were not provided: --trackid <ID> For more information, try '--help'.
    zipay: (its help) see `paylink zipay --help`
    ");
    insta::assert_snapshot!(malformed.table(), @r"
    books outbox --limit ?: invalid value '?' for '--limit <N>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    books reconcile --pages ?: invalid value '?' for '--pages <N>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    link create --qr ?, and 7 like it: invalid value '?' for '--qr <WHEN>' [possible values: auto, always, never] For more information, try '--help'.
    pod invoices --cancelled ?: invalid value '?' for '--cancelled <TRUTH>' [possible values: true, false] For more information, try '--help'.
    pod invoices --closed ?: invalid value '?' for '--closed <TRUTH>' [possible values: true, false] For more information, try '--help'.
    pod invoices --offset ?: invalid value '?' for '--offset <COUNT>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    pod invoices --paid ?: invalid value '?' for '--paid <TRUTH>' [possible values: true, false] For more information, try '--help'.
    pod invoices --size ?: invalid value '?' for '--size <COUNT>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    pod invoices --waiting ?: invalid value '?' for '--waiting <TRUTH>' [possible values: true, false] For more information, try '--help'.
    pod issue-invoice --item-quantity ?: invalid value '?' for '--item-quantity <COUNT>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    pod issue-invoice --product-id ?: invalid value '?' for '--product-id <ID>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    pod pay-any-invoice --force-delegation ?, and 2 like it: invalid value '?' for '--force-delegation <TRUTH>' [possible values: true, false] For more information, try '--help'.
    sandbox --allow-host ?: invalid value '?' for '--allow-host <NAME>': it is no host: write a name or an address alone, such as shop.example or 172.17.0.2 For more information, try '--help'.
    sandbox --allow-target ?: invalid value '?' for '--allow-target <HOST>': it is no host: write a name or an address alone, such as shop.example or 172.17.0.2 For more information, try '--help'.
    sandbox --fault ?: invalid value '?' for '--fault <PRESET>' [possible values: slow-bank, lost-answer, flapping-network, provider-down, webhook-twice, webhook-late, webhook-before-answer] For more information, try '--help'.
    sandbox --keep ?: invalid value '?' for '--keep <N>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    sandbox --listen ?: invalid value '?' for '--listen <ADDR>': it is no address with a port: write 127.0.0.1:8080, [::1]:8080, localhost:8080, or 8080 for this machine alone For more information, try '--help'.
    sandbox --seed ?: invalid value '?' for '--seed <N>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    serve --listen ?: invalid value '?' for '--listen <ADDR>': invalid socket address syntax For more information, try '--help'.
    serve --log ?: invalid value '?' for '--log <FORM>' [possible values: text, json] For more information, try '--help'.
    serve keys create --right ?: invalid value '?' for '--right <RIGHT>' [possible values: take-payments, read, refund, operate] For more information, try '--help'.
    zipay list --limit ?: invalid value '?' for '--limit <COUNT>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    zipay list --page ?: invalid value '?' for '--page <NUMBER>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction For more information, try '--help'.
    zipay list --sort ?: invalid value '?' for '--sort <ORDER>' [possible values: desc, asc] For more information, try '--help'.
    zipay list --status ?: invalid value '?' for '--status <STATUS>' [possible values: generated, waiting, pending, completed, rejected, refunded] For more information, try '--help'.
    ");
    insta::assert_snapshot!(unknown.table(), @r"
    demo --nonesuch, and 59 like it: unexpected argument '--nonesuch' found For more information, try '--help'.
    link resolve --nonesuch, and 10 like it: unexpected argument '--nonesuch' found tip: to pass '--nonesuch' as a value, use '-- --nonesuch' For more information, try '--help'.
    ");
    insta::assert_snapshot!(word.table(), @r"
    demo nonesuch, and 51 like it: unexpected argument 'nonesuch' found For more information, try '--help'.
    link nonesuch, and 7 like it: unrecognized subcommand 'nonesuch' For more information, try '--help'.
    ");
    let twice = twice.table();
    assert!(twice.lines().count() > 40, "{twice}");
    for line in twice.lines() {
        assert!(line.contains("cannot be used multiple times"), "{line}");
    }
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
    error: invalid value '-5' for '--limit <COUNT>': it is not a whole number: write digits only, such as 150000 or 150,000, without sign, unit or fraction

    For more information, try '--help'.
    error: --invoice-id "-5" is not a whole number: write the number that POD gave, such as 32157
    error: --day "-5" is not a date: write it as yyyy/mm/dd, such as 1399/11/21
    error: a value is required for '--order <REFERENCE>' but none was supplied

    For more information, try '--help'.
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
        assert!(
            said.contains(&format!("Usage: {usage} [OPTIONS] <")),
            "{run:?}"
        );
        assert!(
            said.ends_with(&format!("see `{usage} --help`\n")),
            "{run:?}"
        );
        let words = ["--json"].into_iter().chain(group.split_whitespace());
        let told = shop.run(&words.collect::<Vec<_>>()).error();
        if !group.is_empty() {
            assert_eq!(told["remedy"], format!("see `{usage} --help`"));
        }
    }
}
