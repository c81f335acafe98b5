//! `paylink pod`: an invoice's life, every way to pay one, and what is refused before a byte is sent.

use std::fs;

use paylink_sandbox::Fault;
use paylink_sandbox::pod::{DoneAnswer, Failure, State, VERIFY_WITHIN, WordedRefusals};
use serde_json::{Value, json};

use crate::shop::{Run, Shop};

const ISSUE: &str = "pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
                     --item-description shoes --item-price 150000 --tax-rate 0";

/// Runs `paylink pod` with these words and `--json`.
fn pod(shop: &Shop, line: &str) -> Run {
    shop.line(&format!("--json pod {line}"))
}

/// Issues an invoice through the command, with more flags if need be.
fn issue(shop: &Shop, more: &str) -> Value {
    shop.line(&format!("--json {ISSUE}{more}")).ok()
}

/// The same, for its id alone.
fn issue_id(shop: &Shop, more: &str) -> u64 {
    issue(shop, more)["id"].as_u64().unwrap()
}

/// What the sandbox knows of an invoice.
fn state(shop: &Shop, id: u64) -> State {
    shop.sandbox.pod().invoice(id).unwrap().state
}

/// An invoice of the other business to this one, issued through the command as well.
fn owed(shop: &Shop) -> u64 {
    let there = shop.sandbox.pod();
    let line = format!("--json {ISSUE} --user-id {}", there.business().user_id());
    let token = there.other_business().token();
    let issued = shop.line_with(&line, |it| it.env("PAYLINK_POD_TOKEN", token));
    issued.ok()["id"].as_u64().unwrap()
}

/// The values of a parameter of the last request, in order.
fn sent(shop: &Shop, name: &str) -> Vec<String> {
    let journal = shop.sandbox.journal();
    let last = journal.last().expect("nothing was sent");
    let all = last.parameters.iter();
    all.filter(|parameter| parameter.name == name)
        .map(|parameter| parameter.value.clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn issued_paid_verified_and_closed() {
    let shop = Shop::open().await;
    let issued = issue(&shop, " --verification-needed");
    let id = issued["id"].as_u64().unwrap();
    assert_eq!(issued["state"], "unverified");
    assert_eq!(issued["bill_number"], "1000");
    let link = format!(
        "{}v1/pbc/payInvoiceByUniqueNumber?uniqueNumber={}",
        shop.sandbox.pod().pay_url(),
        issued["unique_number"].as_str().unwrap()
    );
    assert_eq!(issued["link"], json!(link));
    let reference = issued["reference_number"].as_str().unwrap();
    assert!(reference.bytes().all(|b| b.is_ascii_digit()), "{reference}");

    pod(&shop, &format!("verify-invoice --invoice-id {id}")).fails(4, json!({"code": "55"}));
    shop.sandbox.pod().pay_by_card(id).unwrap();
    let verified = pod(&shop, "verify-invoice --bill-number 1000").ok();
    assert_has!(verified, {"id": id, "state": "paid"});
    let closed = pod(&shop, &format!("close --invoice-id {id}")).ok();
    assert_eq!(closed["invoice_id"], id);
    assert!(shop.sandbox.pod().invoice(id).unwrap().closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn verified_and_closed_at_once() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, " --verification-needed");
    shop.sandbox.pod().pay_by_wallet(id).unwrap();
    let verified = pod(&shop, &format!("verify-and-close --invoice-id {id}")).ok();
    assert_eq!(verified["closed"], true);
    assert_eq!(shop.sandbox.pod().invoice(id).unwrap().times_verified(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_it_cannot_be_paid() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    shop.line(&format!("pod cancel --invoice-id {id}"))
        .failed(2);
    assert_ne!(state(&shop, id), State::Canceled);
    let run = shop.line(&format!("pod cancel --invoice-id {id} --yes"));
    assert!(run.told().starts_with("The invoice is cancelled."));
    assert_eq!(state(&shop, id), State::Canceled);
    pod(&shop, &format!("pay-any-invoice --invoice-id {id}")).fails(1, json!({"code": "32"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_sent_in_their_order() {
    let shop = Shop::open().await;
    let issued = issue(
        &shop,
        " --item-quantity 2 --item-description socks --item-price 20000 --item-quantity 3 --product-id 0 --product-id 7",
    );
    assert_eq!(issued["total_amount"]["amount"], "360000");
    assert_eq!(sent(&shop, "productDescription"), ["shoes", "socks"]);
    assert_eq!(sent(&shop, "price"), ["150000", "20000"]);
    assert_eq!(sent(&shop, "quantity"), ["2", "3"]);
    assert_eq!(sent(&shop, "productId"), ["0", "7"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn invoices_are_listed_and_narrowed() {
    let shop = Shop::open().await;
    assert_eq!(shop.line("pod invoices").stdout, "No invoices.\n");
    let first = issue_id(&shop, "");
    let line = ISSUE.replace("1000", "1001");
    shop.line(&line);
    shop.sandbox.pod().pay_by_wallet(first).unwrap();

    let listed = pod(&shop, "invoices --size 1").ok();
    assert_eq!(listed["total"], 2);
    assert_eq!(listed["invoices"][0]["bill_number"], "1001");
    for narrowed in [
        "--paid true".to_owned(),
        format!("--invoice-id {first}"),
        "--bill-number 1000".to_owned(),
        format!("--last-id {first}"),
    ] {
        let listed = pod(&shop, &format!("invoices {narrowed}")).ok();
        let [invoice] = &listed["invoices"].as_array().unwrap()[..] else {
            panic!("{narrowed}: {listed}");
        };
        assert_has!(invoice, {"id": first, "state": "paid"});
    }
    let table = shop.line("pod invoices").stdout;
    assert!(table.contains("BILL NUMBER"), "{table}");
    assert!(table.ends_with("2 of 2\n"), "{table}");
    let one = shop.line(&format!("pod invoices --invoice-id {first}"));
    one.prints("paid, the money is yours");
    one.prints("150000 IRR (rial)");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issued_invoice_tells_what_comes_next() {
    let shop = Shop::open().await;
    for (more, next) in [
        ("", "pod invoices --invoice-id"),
        (" --verification-needed", "pod verify-invoice --invoice-id"),
    ] {
        let line = ISSUE.replace("1000", &format!("next{}", more.len()));
        let run = shop.line(&format!("{line}{more}"));
        run.told();
        assert!(run.stdout.starts_with("The invoice is issued."), "{run:?}");
        // The command can be taken as it stands.
        let (_, command) = run.stdout.split_once("  paylink ").unwrap();
        assert!(command.starts_with(next), "{command}");
        let id: u64 = command.trim().rsplit(' ').next().unwrap().parse().unwrap();
        shop.sandbox.pod().pay_by_wallet(id).unwrap();
        shop.line(command.trim()).prints("paid, the money is yours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_unique_number_and_by_invoice_nothing_is_sent() {
    let shop = Shop::open().await;
    let page = format!("{}v1/pbc/", shop.sandbox.pod().pay_url());
    let way = "redirectUri=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1%26b%3D2&callUri=https%3A%2F%2Fshop.example%2Fhook&gateway=PEP";
    let flags = "--redirect-url https://shop.example/back?a=1&b=2 --callback-url https://shop.example/hook --gateway PEP";
    let by_number = format!("link-by-unique-number --unique-number 6a8419e0de989b8f {flags}");
    let by_invoice = format!("link-by-invoice --invoice-id 32157 {flags}");
    for (line, link) in [
        (
            by_number,
            "payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f",
        ),
        (by_invoice, "payinvoice/?invoiceId=32157"),
    ] {
        let written = pod(&shop, &line).ok();
        assert_eq!(written["link"], json!(format!("{page}{link}&{way}")));
    }
    shop.line("pod link-by-invoice --invoice-id 32157 --qr always")
        .prints("█");
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_lived_one_says_how_long() {
    let shop = Shop::open().await;
    let id = issue(&shop, "")["id"].as_u64().unwrap();
    let line = format!("payment-link --invoice-id {id} --redirect-url https://shop.example/");
    let link = pod(&shop, &line).ok();
    let left = link["seconds_left"].as_u64().unwrap();
    assert!((290..=300).contains(&left), "{link}");
    let url = link["link"].as_str().unwrap();
    assert!(url.contains("/v1/pbc/PayInvoiceDispatcher/?h="), "{url}");
    let back = "&redirectUri=https%3A%2F%2Fshop.example%2F";
    assert!(url.ends_with(back), "{url}");
    shop.line(&format!("pod {line}"))
        .prints("Time left  4 min 5");
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_somebody_else() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    let id = owed(&shop);
    let line = format!("share-link --invoice-id {id} --user-id");
    let share = |user: u64| pod(&shop, &format!("{line} {user}"));
    share(there.other_user().user_id()).ok();
    let sms = shop.sandbox.sms();
    assert_eq!(sms.len(), 1);
    assert_eq!(Some(&*sms[0].to), there.other_user().mobile());

    let user = there.user().user_id();
    let line = ISSUE.replace("1000", "1001");
    let own = shop.line(&format!("--json {line} --user-id {user}")).ok();
    let to = there.other_user().user_id();
    let share_own = format!("share-link --invoice-id {} --user-id {to}", own["id"]);
    pod(&shop, &share_own).fails(1, json!({"code": "99"}));
    pod(&shop, &format!("{share_own} --as-user")).ok();
    assert_eq!(shop.sandbox.sms().len(), 2);

    let says = "POD says that the link was not sent; the user may have no confirmed mobile number";
    share(there.user_without_mobile().user_id())
        .fails(1, json!({"kind": "not_sent", "message": says}));
    assert_eq!(shop.sandbox.sms().len(), 2);
}

fn assert_unsent(shop: &Shop, run: &Run, field: &str) {
    run.fails(2, json!({"kind": "usage", "place": field}));
    let sent = shop.sandbox.journal();
    assert!(sent.is_empty(), "{field}: {sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_cannot_be() {
    let shop = Shop::open().await;
    let issue = |from: &str, to: &str| ISSUE.replacen(from, to, 1).replace("pod ", "");
    let equal = "pay-with-invoice --creditor-invoice-id 7 --debtor-invoice-id 7";
    let past = "pay-in-future --invoice-id 1 --date 1404/12/30 --wallet";
    let no_url = "payment-link --invoice-id 1 --redirect-url shop.example";
    for (line, field) in [
        ("pay-any-invoice --invoice-id 12x", "--invoice-id"),
        ("mark-paid --invoice-id 0", "--invoice-id"),
        ("close --invoice-id -", "--invoice-id"),
        (
            "pay-own-invoice --invoice-id 1 --delegator-id x",
            "--delegator-id",
        ),
        (past, "--date"),
        (equal, "--debtor-invoice-id"),
        (no_url, "--redirect-url"),
        ("link-by-invoice --invoice-id 1 --gateway LOC", "--gateway"),
        ("payment-link --invoice-id 1 --gateway LOC", "--gateway"),
        ("link-by-invoice --invoice-id 1 --gateway XYZ", "--gateway"),
        ("invoices --size 501", "--size"),
        ("invoices --from-date yesterday", "--from-date"),
    ] {
        assert_unsent(&shop, &pod(&shop, line), field);
    }
    for (from, to, field) in [
        ("150000", "12,5x", "--item-price"),
        ("150000", "0", "--item-price"),
        ("rate 0", "rate 9", "--tax-rate"),
        ("150000", "1 --item-price 2", "--item-price"),
        (
            "150000",
            "1 --item-quantity 1 --item-quantity 1",
            "--item-quantity",
        ),
        ("1000", "1000 --redirect-url shop.example", "--redirect-url"),
    ] {
        assert_unsent(&shop, &pod(&shop, &issue(from, to)), field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_guild_and_wallet_pays_later() {
    let shop = Shop::open().await;
    let line = "pay-in-future --invoice-id 1 --date 1499/12/29";
    for more in ["", " --wallet --guild-code G"] {
        let run = pod(&shop, &format!("{line}{more}"));
        assert_eq!(run.status, 2, "{run:?}");
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_the_sandbox_environment_lacks() {
    let shop = Shop::open().await;
    for line in [
        "share-link --invoice-id 1 --user-id 2",
        "confirm-payment-sms --invoice-id 1 --code 12345",
    ] {
        let run = pod(&shop, &format!("--environment sandbox {line}"));
        let field = run.error()["place"].as_str().unwrap().to_owned();
        assert!(field.starts_with("service "), "{run:?}");
        assert_unsent(&shop, &run, &field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_wrong_in_the_configuration() {
    let shop = Shop::open().await;
    let mark_paid = "--json pod mark-paid --invoice-id 1";
    let own = "--json pod pay-own-invoice --invoice-id 1 --as-user";
    for (line, name) in [
        (mark_paid, "PAYLINK_POD_TOKEN"),
        (mark_paid, "PAYLINK_POD_API_KEY"),
        (own, "PAYLINK_POD_USER_TOKEN"),
    ] {
        let run = shop.line_with(line, |it| it.env_remove(name));
        assert_unsent(&shop, &run, name);
    }
    for (name, value) in [
        ("PAYLINK_POD_ENVIRONMENT", "staging"),
        ("PAYLINK_POD_BASE_URL", "http://pod.example/"),
        ("PAYLINK_POD_PAY_URL", "http://pod.example/"),
        ("PAYLINK_POD_API_KEY_29799", "two words"),
    ] {
        let run = shop.line_with(mark_paid, |it| it.env(name, value));
        assert_unsent(&shop, &run, name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_can_have_a_key_of_its_own() {
    let shop = Shop::open().await;
    let key = shop.sandbox.pod().api_key_of(29796).unwrap().to_owned();
    let run = shop.line_with(ISSUE, |it| {
        it.env_remove("PAYLINK_POD_API_KEY")
            .env("PAYLINK_POD_API_KEY_29796", &key)
    });
    assert_eq!(run.status, 0, "{run:?}");
    assert!(!run.stdout.contains(&key) && !run.stderr.contains(&key));

    // The key of one service opens no other.
    let run = shop.line_with("--json pod invoices", |it| {
        it.env("PAYLINK_POD_API_KEY_29813", &key)
    });
    run.fails(1, json!({"effect": "not_executed"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_read_and_the_environment_wins() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    let file = shop.path("pod.toml");
    let settings = format!(
        "[pod]\ntoken = \"{}\"\napi_key = \"{}\"\nbase_url = \"{}\"\npay_url = \"{}\"\nenvironment = \"sandbox\"\n",
        there.token(),
        there.api_key(),
        there.base_url(),
        there.pay_url()
    );
    fs::write(&file, settings).unwrap();
    let words = [
        "--json",
        "--config",
        file.to_str().unwrap(),
        "pod",
        "invoices",
    ];
    shop.finish(shop.bare(&words)).ok();
    assert_eq!(sent(&shop, "scProductId"), ["39308"]);
    let mut command = shop.bare(&words);
    command.env("PAYLINK_POD_ENVIRONMENT", "production");
    shop.finish(command).ok();
    assert_eq!(sent(&shop, "scProductId"), ["29813"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_made_is_found_by_its_handle() {
    for failure in [Failure::ServiceTimeout, Failure::RelayFailed] {
        let shop = Shop::open().await;
        let id = issue_id(&shop, "");
        shop.sandbox.pod().fail_after("pay-any-invoice", failure);
        let file = shop.path("handle");
        let file = file.display();
        let line = format!("pay-any-invoice --invoice-id {id} --handle-file {file}");
        let code = failure.code().to_string();
        pod(&shop, &line).fails(3, json!({"effect": "unknown", "code": code}));
        let found = pod(&shop, &format!("resolve {file}")).ok();
        assert_has!(found, {"resolution": "executed", "id": id, "state": "paid"});
        assert_eq!(shop.sandbox.pod().invoice(id).unwrap().times_paid(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_not_made_is_still_unknown_right_after() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let failure = Failure::ServiceTimeout;
    shop.sandbox.pod().fail_before("mark-paid", failure);
    let run = pod(&shop, &format!("mark-paid --invoice-id {id}"));
    assert_eq!(run.status, 3);
    let file = shop.path("handle");
    fs::write(&file, run.error()["handle"].to_string()).unwrap();
    let asked = pod(&shop, &format!("resolve {}", file.display()));
    let error = asked.error();
    assert_eq!((asked.status, &error["kind"]), (3, &json!("still_unknown")));
    let seconds = error["retry_after_seconds"].as_u64().unwrap();
    assert!((170..=180).contains(&seconds), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_whose_answer_was_lost_is_found_and_the_way_is_told() {
    let shop = Shop::open().await;
    shop.fault("pod", "issue-invoice", Fault::DropAfter);
    let run = shop.line(ISSUE);
    run.failed(3);
    run.complains("paylink pod resolve <<'HANDLE'");
    let json = run.stderr.lines().find(|line| line.starts_with('{'));
    let file = shop.path("handle");
    fs::write(&file, json.unwrap()).unwrap();
    let told = shop.line(&format!("pod resolve {}", file.display()));
    told.told();
    assert!(told.stdout.starts_with("It was carried out."), "{told:?}");
    told.prints("Bill number");
    assert_eq!(shop.sandbox.pod().invoices().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_sms_it_is_said_what_there_is_to_do() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    let id = issue_id(&shop, &format!(" --user-id {user}"));
    let failure = Failure::RelayFailed;
    shop.sandbox.pod().fail_after("send-payment-sms", failure);
    let run = shop.line(&format!("pod send-payment-sms --invoice-id {id}"));
    run.failed(3);
    run.complains("POD does not tell whether an SMS went out.");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_wallet_and_never_twice() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let line = format!("pay-any-invoice --invoice-id {id}");
    let paid = pod(&shop, &line).ok();
    assert_eq!(paid["invoice_id"], id);
    assert!(paid["reference_number"].is_string());
    assert_eq!(state(&shop, id), State::Paid);
    pod(&shop, &line).fails(1, json!({"code": "24", "effect": "not_executed"}));
    assert_eq!(shop.sandbox.pod().invoice(id).unwrap().times_paid(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn not_while_a_payer_is_at_the_gateway() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    shop.sandbox.pod().open_gateway(id).unwrap();
    pod(&shop, &format!("pay-any-invoice --invoice-id {id}")).fails(1, json!({"code": "72"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_credit_in_the_order_that_was_typed() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    let (sponsor, user) = (there.sponsor().user_id(), there.user().user_id());
    let business = there.business().user_id();
    there.delegate(sponsor, business, 100_000).unwrap();
    there.delegate(user, business, 100_000).unwrap();
    let id = issue_id(&shop, "");
    let line = format!(
        "pay-any-invoice --invoice-id {id} --delegator-id {user} --delegator-id {sponsor} --force-delegation true"
    );
    pod(&shop, &line).ok();
    let in_order = [user, sponsor].map(|id| id.to_string());
    assert_eq!(sent(&shop, "delegatorId"), in_order);
    assert_eq!(sent(&shop, "forceDelegation"), ["true"]);
    assert_eq!(sent(&shop, "wallet"), ["PODLAND_WALLET"]);
    assert_eq!(state(&shop, id), State::Paid);
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_as_the_user_it_was_issued_to() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    let id = issue_id(&shop, &format!(" --user-id {user}"));
    let line = format!("pay-own-invoice --invoice-id {id} --wallet");
    pod(&shop, &line).fails(1, json!({"code": "99"}));
    pod(&shop, &format!("{line} --as-user")).ok();
    assert_eq!(state(&shop, id), State::Paid);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_sms() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    for outside in [false, true] {
        let number = format!("sms-{outside}");
        let line = ISSUE.replace("1000", &number);
        let issued = shop.line(&format!("--json {line} --user-id {user}")).ok();
        let id = issued["id"].as_u64().unwrap();
        let send = format!("send-payment-sms --invoice-id {id} --sms-content-type 1");
        pod(&shop, &send).ok();
        let text = shop.sandbox.sms().last().unwrap().text.clone();
        let (_, rest) = text.split_once("کد ").unwrap();
        let code = rest.split_whitespace().next().unwrap();
        if outside {
            let confirm = format!("confirm-payment-sms --invoice-id {id} --code");
            let wrong = pod(&shop, &format!("{confirm} 00000"));
            assert_eq!(wrong.status, 1);
            pod(&shop, &format!("{confirm} {code}")).ok();
        } else {
            shop.sandbox.pod().answer_sms(code).unwrap();
        }
        assert_eq!(state(&shop, id), State::Paid, "{outside}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_pod() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let run = shop.line(&format!("pod mark-paid --invoice-id {id}"));
    assert!(run.told().starts_with("The invoice is marked as paid"));
    assert_eq!(state(&shop, id), State::Paid);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_money_of_another_invoice() {
    let shop = Shop::open().await;
    let (creditor, debtor) = (owed(&shop), issue_id(&shop, ""));
    let line = |creditor: u64, debtor: u64| {
        format!("pay-with-invoice --creditor-invoice-id {creditor} --debtor-invoice-id {debtor}")
    };
    assert_eq!(pod(&shop, &line(creditor, debtor)).status, 1);
    shop.sandbox.pod().pay_by_card(debtor).unwrap();
    assert_eq!(pod(&shop, &line(debtor, creditor)).status, 1);
    pod(&shop, &line(creditor, debtor)).ok();
    assert_eq!(state(&shop, creditor), State::AwaitingSettlement);
    assert_eq!(sent(&shop, "debtorInvoiceId"), [debtor.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_later_day() {
    let shop = Shop::open().await;
    let id = owed(&shop);
    let line = format!("pay-in-future --invoice-id {id} --date 1499/12/29 --wallet");
    pod(&shop, &line).ok();
    assert_eq!(state(&shop, id), State::Guaranteed);
    assert_eq!(sent(&shop, "date"), ["1499/12/29"]);
    assert_eq!(sent(&shop, "wallet"), ["PODLAND_WALLET"]);
    shop.sandbox.clock().advance(VERIFY_WITHIN);
    assert_eq!(state(&shop, id), State::Guaranteed);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_later_day_as_the_user_it_was_issued_to_and_never_on_a_day_gone_by() {
    let shop = Shop::open().await;
    let user = shop.sandbox.pod().user().user_id();
    let id = issue_id(&shop, &format!(" --user-id {user}"));
    let line = |day: &str| format!("pay-in-future --invoice-id {id} --date {day} --wallet");
    pod(&shop, &line("1499/12/29")).fails(1, json!({"code": "99"}));
    let sent_so_far = shop.sandbox.journal().len();
    pod(&shop, &format!("{} --as-user", line("1404/01/01"))).fails(2, json!({"place": "--date"}));
    assert_eq!(shop.sandbox.journal().len(), sent_so_far);
    pod(&shop, &format!("{} --as-user", line("1499/12/29"))).ok();
    assert_eq!(state(&shop, id), State::Guaranteed);
}

/// Those of `docs/pod.md` that a user calls for an invoice of their own: as copied from there, they are not refused.
#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_guide_that_are_for_a_user() {
    let guide = include_str!("../../../../docs/pod.md");
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    for (number, operation) in ["share-link", "pay-in-future", "pay-own-invoice"]
        .into_iter()
        .enumerate()
    {
        let written = format!("paylink pod {operation} ");
        let line = guide.lines().find(|line| line.starts_with(&written));
        let line = line.expect(operation).split('#').next().unwrap();
        let issue = ISSUE.replace("1000", &format!("guide-{number}"));
        let user = there.user().user_id();
        let issued = shop.line(&format!("--json {issue} --user-id {user}")).ok();
        let id = issued["id"].as_u64().unwrap().to_string();
        let line = line
            .replace("paylink ", "--json ")
            .replace("32157", &id)
            .replace("16850", &there.other_user().user_id().to_string())
            .replace("1405/12/29", "1499/12/29");
        shop.line(line.trim()).ok();
    }
    assert_eq!(shop.sandbox.sms().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pod_says_in_place_of_true_is_shown() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    for (done, said) in [
        (DoneAnswer::Text, None),
        (DoneAnswer::Link, Some("/v1/pbc/payinvoice/")),
        (DoneAnswer::Words, Some("عملیات با موفقیت انجام شد")),
    ] {
        there.change_settings(|settings| settings.done = done);
        let issue = ISSUE.replace("1000", &format!("{done:?}"));
        let issued = shop.line(&format!("--json {issue}")).ok();
        let id = issued["id"].as_u64().unwrap();
        let told = shop.line(&format!("pod mark-paid --invoice-id {id}"));
        assert_eq!(told.status, 0, "{told:?}");
        let shown = told.stdout.lines().find(|line| line.contains("POD says"));
        assert_eq!(shown.is_some(), said.is_some(), "{told:?}");
        told.prints(said.unwrap_or_default());
        assert_eq!(state(&shop, id), State::Paid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_words_alone_is_one() {
    let shop = Shop::open().await;
    let there = shop.sandbox.pod();
    there.change_settings(|settings| settings.worded_refusals = WordedRefusals::Absent);
    let (creditor, debtor) = (owed(&shop), issue_id(&shop, ""));
    let line =
        format!("pay-with-invoice --creditor-invoice-id {creditor} --debtor-invoice-id {debtor}");
    let words = "فاکتور بستانکار پرداخت نشده است";
    pod(&shop, &line).fails(1, json!({"effect": "not_executed", "code": words}));
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_point_of_sale() {
    let shop = Shop::open().await;
    let id = issue_id(&shop, "");
    let slip = shop.sandbox.pod().pos_purchase(id).unwrap();
    let report = |tracking: &str| {
        let (terminal, merchant) = (&slip.terminal_number, &slip.merchant_code);
        let slip_of = format!("--terminal-number {terminal} --merchant-code {merchant}");
        let reference = &slip.reference_number;
        let numbers = format!("--reference-number {reference} --tracking-number {tracking}");
        let line = format!("--json pod pos-payment --invoice-id {id} {slip_of} {numbers}");
        let date = ["--transaction-date", &slip.transaction_date];
        shop.line_with(&line, |it| it.args(date))
    };
    assert_eq!(report("1").status, 1);
    report(&slip.tracking_number).ok();
    assert_eq!(state(&shop, id), State::Paid);
}
