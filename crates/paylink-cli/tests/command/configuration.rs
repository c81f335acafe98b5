//! Flags win over the environment, the environment wins over the file.

use std::fs;
use std::path::PathBuf;

use paylink_testkit::{Admission, ProxyServer, Wire};

use crate::shop::{Run, Shop, make_private};

const CREATE: [&str; 10] = [
    "zipay",
    "create-invoice",
    "--invoice-number",
    "1000",
    "--amount",
    "1",
    "--currency",
    "USD",
    "--callback",
    "https://shop.example/",
];

/// Writes a file with the whole account, at the terminal given.
fn write_file(shop: &Shop, name: &str, terminal: u64) -> PathBuf {
    let zipay = shop.sandbox.zipay();
    let path = shop.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = format!(
        "[zipay]\napi_key = \"{}\"\nsecret_key = \"{}\"\nbase_url = \"{}\"\nterminal = {terminal}\n",
        zipay.api_key(),
        zipay.secret_key(),
        zipay.base_url(),
    );
    fs::write(&path, text).unwrap();
    make_private(&path);
    path
}

/// The terminal that the last request named.
fn terminal_sent(shop: &Shop) -> String {
    let journal = shop.sandbox.journal();
    let sent = journal.last().expect("something was sent");
    sent.parameters
        .iter()
        .find(|it| it.name == "terminal_number")
        .unwrap()
        .value
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_place_wins_over_the_next() {
    let shop = Shop::open().await;
    write_file(&shop, ".config/paylink/config.toml", 11);
    let named = write_file(&shop, "named.toml", 12);
    let by_variable = write_file(&shop, "by-variable.toml", 13);

    let by_variable = Some(("PAYLINK_CONFIG", by_variable.to_str().unwrap()));
    let terminal = Some(("PAYLINK_ZIPAY_TERMINAL", "14"));
    let named = ["--config", named.to_str().unwrap()];
    let typed = [&named[..], &["--terminal", "15"]].concat();
    for (variable, flags, expected) in [
        (None, &[][..], "11"),
        (by_variable, &[], "13"),
        (by_variable, &named, "12"),
        (terminal, &named, "14"),
        (terminal, &typed, "15"),
    ] {
        let mut command = shop.bare(&CREATE);
        command.envs(variable).args(flags);
        shop.finish(command);
        assert_eq!(terminal_sent(&shop), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_the_environment_win_over_those_in_the_file() {
    let shop = Shop::open().await;
    write_file(&shop, ".config/paylink/config.toml", 1003);
    assert_eq!(shop.finish(shop.bare(&["zipay", "list"])).status, 0);
    for variable in ["PAYLINK_ZIPAY_API_KEY", "PAYLINK_ZIPAY_SECRET_KEY"] {
        let mut command = shop.bare(&["zipay", "list"]);
        command.env(variable, "another-key");
        let refused = shop.finish(command);
        assert_eq!(refused.status, 1, "{refused:?}");
        assert!(!refused.stderr.contains("another-key"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_is_named_by_where_it_came_from() {
    let shop = Shop::open().await;
    let run = shop.line_with("zipay list", |it| {
        it.env("PAYLINK_ZIPAY_BASE_URL", "api.zipay.io")
    });
    insta::assert_snapshot!(run.failed(2), @r#"error: PAYLINK_ZIPAY_BASE_URL "api.zipay.io" is not a URL: write it whole, such as https://api.example/"#);
    let run = shop.line_with("zipay list", |it| {
        it.env("PAYLINK_ZIPAY_API_KEY", "two words")
    });
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.starts_with("error: PAYLINK_ZIPAY_API_KEY ")
            && !run.stderr.contains("two words"),
        "{run:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_in_the_file_is_named() {
    let shop = Shop::open().await;
    fs::write(shop.path("paylink.toml"), "[zipay]\napi-key = \"s3cr3t\"\n").unwrap();
    let run = shop.line("zipay list --config paylink.toml");
    insta::assert_snapshot!(run.failed(2), @r"error: --config paylink.toml has the unknown key api-key under [zipay]: did you mean api_key? the keys are api_key, secret_key, terminal, base_url, settling_seconds, any_content_type, proxy, proxy_user, proxy_password");
    assert!(shop.sandbox.journal().is_empty());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_others_can_read_or_write_is_warned_of_once_beside_the_result() {
    use std::os::unix::fs::PermissionsExt;

    let shop = Shop::open().await;
    let path = write_file(&shop, "paylink.toml", 1003);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(shop.path("key"), shop.sandbox.zipay().api_key()).unwrap();
    let text = text.replace("api_key = ", "api_key_file = \"key\" # ");
    fs::write(
        &path,
        format!("{text}[cardpay]\ntoken_file = \"other key\"\n"),
    )
    .unwrap();
    fs::write(shop.path("other key"), "s").unwrap();
    for (file, mode) in [
        ("paylink.toml", 0o664),
        ("key", 0o604),
        ("other key", 0o644),
    ] {
        fs::set_permissions(shop.path(file), fs::Permissions::from_mode(mode)).unwrap();
    }
    let run = shop.finish(shop.bare(&["--json", "zipay", "list", "--config", "paylink.toml"]));
    run.ok();
    insta::assert_snapshot!(run.stderr, @r"
    warning: key holds secrets and others can read it: chmod 600 key
    warning: paylink.toml holds secrets and others can read it: chmod 600 paylink.toml
    warning: paylink.toml is part of the configuration and others can change it: chmod go-w paylink.toml
    ");
    // Of all accounts where all are looked at.
    let run = shop.finish(shop.bare(&["serve", "--check", "--config", "paylink.toml"]));
    assert!(
        run.stderr
            .contains("other key holds secrets and others can read it: chmod 600 'other key'"),
        "{run:?}"
    );
}

/// What each group and each provider by `link` asks for, by a proxy.
#[tokio::test(flavor = "multi_thread")]
async fn each_command_goes_by_the_proxy_that_is_configured_or_typed() {
    let shop = Shop::open().await;
    let proxy = ProxyServer::start(
        Wire::Plain,
        Admission::Only("shop".into(), PROXY_PASSWORD.into()),
    )
    .await
    .unwrap();
    let there = shop.sandbox.address().to_string();
    let credentials = [
        ("PAYLINK_PROXY_USER", "shop"),
        ("PAYLINK_PROXY_PASSWORD", PROXY_PASSWORD),
    ];
    let mut asked = 0;
    for line in [
        "zipay list",
        "cardpay cards",
        "pod invoices",
        "sizpay status --send-id 7 --send-date 1399/11/21",
        "link list --account zipay",
        "link list --account pod",
        "link create --account cardpay --order 1 --amount 250000 --currency IRT --return-url https://shop.example/back --record-to 1.json",
        "link create --account sizpay --order 2 --amount 250000 --currency IRT --mobile 09123456789 --record-to 2.json",
    ] {
        let told = |flag: &str, file: &str, variables: &[(&str, &str)]| {
            let line = format!("{flag} {}", line.replace(".json", file));
            let run = shop.line_with(line.trim_start(), |it| it.envs(variables.iter().copied()));
            // Whether there is a link of that id is not what is asked here.
            assert!(matches!(run.status, 0 | 1), "{line}: {run:?}");
            assert!(!is_told(&run), "{run:?}");
            proxy.asked()
        };
        let url = proxy.url();
        let configured = [credentials[0], credentials[1], ("PAYLINK_PROXY", &*url)];
        let by_variable = told("", ".json", &configured);
        let typed = format!("--proxy {}", proxy.url_as("socks5"));
        let by_flag = told(&typed, ".typed.json", &credentials);
        assert!(
            asked < by_variable.len() && by_variable.len() < by_flag.len(),
            "{line}: {by_flag:?}"
        );
        assert!(by_flag.iter().all(|it| *it == there), "{line}: {by_flag:?}");
        let direct = told("--proxy none", ".direct.json", &configured);
        assert_eq!(direct.len(), by_flag.len(), "{line} goes directly");
        asked = direct.len();
    }
}

const PROXY_PASSWORD: &str = "c4n4ry-0f-th3-pr0xy";

/// Whether a run told the proxy's password, plain or as HTTP sends it.
fn is_told(run: &Run) -> bool {
    let header = "c2hvcDpjNG40cnktMGYtdGgzLXByMHh5";
    let all = format!("{}{}", run.stdout, run.stderr);
    all.contains(PROXY_PASSWORD) || all.contains(header)
}

/// The service calls providers by the proxy, and no code of its own says so.
#[cfg(feature = "serve")]
#[tokio::test(flavor = "multi_thread")]
async fn the_service_goes_by_the_proxy() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::Stdio;

    let shop = Shop::open().await;
    let proxy = ProxyServer::start(Wire::Plain, Admission::Everybody)
        .await
        .unwrap();
    let text = "[serve]\nbooks = \"paylink.db\"\nlisten = \"127.0.0.1:0\"\naccount = \"zipay\"\n";
    fs::write(shop.path("paylink.toml"), text).unwrap();
    let key = shop.line("--config paylink.toml serve keys create shop --right take-payments");
    let key = key.told().trim().to_owned();
    let mut command = shop.command(&["--json", "--config", "paylink.toml", "serve"]);
    command
        .env("PAYLINK_PROXY", proxy.url())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut service = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(service.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let serving: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = serving["ok"]["listen"].as_str().unwrap();
    let order = r#"{"order": "1000", "amount": "250000", "currency": "IRT"}"#;
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    write!(
        connection,
        "POST /v1/orders HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{order}",
        order.len()
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    service.kill().unwrap();
    service.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(proxy.asked(), [shop.sandbox.address().to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_wrong_is_told_before_anything_is_sent() {
    let shop = Shop::open().await;
    let refused = |flag: &str, variables: &[(&str, &str)]| {
        let run = shop.line_with(format!("{flag} zipay list").trim_start(), |it| {
            it.envs(variables.iter().copied())
        });
        assert!(!is_told(&run), "{run:?}");
        assert_eq!(run.status, 2, "{run:?}");
        run.stderr
    };
    let with_password = format!("--proxy http://shop:{PROXY_PASSWORD}@proxy.example:3128");
    insta::assert_snapshot!(refused(&with_password, &[]), @r"error: --proxy holds a user or a password: leave them out, and set proxy_user and proxy_password");
    insta::assert_snapshot!(refused("--proxy proxy.example", &[]), @r#"error: --proxy "proxy.example" is not a whole URL: write it whole, such as http://proxy.example:3128 or socks5h://proxy.example:1080"#);
    insta::assert_snapshot!(refused("", &[("PAYLINK_PROXY", "http://proxy.example:3128"), ("PAYLINK_PROXY_PASSWORD", PROXY_PASSWORD)]), @r"error: PAYLINK_PROXY_USER is missing: set it: a proxy that PAYLINK_PROXY names has its user and its password in variables");
    insta::assert_snapshot!(refused("", &[("PAYLINK_ZIPAY_PROXY_USER", "shop")]), @r"error: PAYLINK_ZIPAY_PROXY_USER is set where no proxy is named: name the proxy there too, as proxy or PAYLINK_ZIPAY_PROXY, or leave it out");
    insta::assert_snapshot!(refused("", &[("PAYLINK_ZIPAY_PROXY_FILE", "proxy"), ("PAYLINK_PROXY_PASWORD", PROXY_PASSWORD)]), @r"error: PAYLINK_PROXY_PASWORD is no setting: did you mean PAYLINK_PROXY_PASSWORD? the settings are proxy, proxy_user, proxy_password");
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suggested_command_goes_the_same_way() {
    let shop = Shop::open().await;
    let proxy = ProxyServer::start(Wire::Plain, Admission::Everybody)
        .await
        .unwrap();
    let url = proxy.url();
    for line in [
        "zipay create-invoice --invoice-number 1000 --amount 1 --currency USD --callback https://shop.example/",
        "link create --account zipay --order 1001 --amount 1 --currency USD --return-url https://shop.example/back --record-to 1.json",
    ] {
        let run = shop.line(&format!("--proxy {url} {line}"));
        assert!(run.told().contains(&format!("--proxy {url}")), "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_account_does_not_hold_back_another() {
    let shop = Shop::open().await;
    let path = write_file(&shop, "paylink.toml", 1003);
    let good = fs::read_to_string(&path).unwrap();
    let text = format!(
        "{good}[accounts.Main]\nprovider = \"zipay\"\n[accounts.branch]\nprovider = \"cardpai\"\n[accounts.bare]\nprovider = \"zipay\"\n"
    );
    fs::write(&path, text).unwrap();
    let run = |line: &str| {
        let words = format!("{line} --config paylink.toml");
        shop.finish(shop.bare(&words.split(' ').collect::<Vec<_>>()))
    };
    for line in ["link list --account zipay", "zipay list"] {
        let run = run(line);
        assert_eq!((run.status, &*run.stderr), (0, ""), "{line}: {run:?}");
    }
    insta::assert_snapshot!(run("link list --account branch").failed(2), @r#"error: provider under [accounts.branch] in paylink.toml "cardpai" is not a provider: did you mean cardpay? the providers are cardpay, pod, sizpay, zipay"#);
    insta::assert_snapshot!(run("link list").failed(2), @r#"
    error: [accounts.Main] in paylink.toml is not a name for an account: use lower-case letters, digits and -, at most 40 of them
    error: provider under [accounts.branch] in paylink.toml "cardpai" is not a provider: did you mean cardpay? the providers are cardpay, pod, sizpay, zipay
    "#);
    // What belongs to no account may be meant for any.
    fs::write(&path, format!("{good}[zippay]\n")).unwrap();
    insta::assert_snapshot!(run("link list --account zipay").failed(2), @r"error: --config paylink.toml has the unknown key zippay: did you mean zipay? the sections are [cardpay], [pod], [sizpay], [zipay], [serve] and [accounts.NAME]");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_force_is_shown_with_where_it_comes_from_and_without_secrets() {
    let shop = Shop::open().await;
    write_file(&shop, "paylink.toml", 1003);
    let path = shop.path("paylink.toml");
    let text = fs::read_to_string(&path).unwrap();
    let first = format!(
        "proxy = \"http://proxy.example:3128\"\nproxy_user = \"shop\"\nproxy_password = \"{PROXY_PASSWORD}\"\n"
    );
    let rest = "[accounts.branch]\nprovider = \"cardpay\"\ntoken_file = \"token\"\nproxy = \"none\"\n[serve]\nevents_url = \"https://shop.example/hook?key=s3cr3t\"\n[oops]\n";
    fs::write(&path, format!("{first}{text}{rest}")).unwrap();
    let show = |line: &str| {
        let mut command = shop.bare(&line.split(' ').collect::<Vec<_>>());
        command
            .args(["--config", "paylink.toml"])
            .env("PAYLINK_ZIPAY_TERMINAL", "7")
            .env("PAYLINK_ACCOUNT_BRANCH_PLAIN_HTTP", "");
        let run = shop.finish(command);
        assert!(!is_told(&run) && !run.stdout.contains("s3cr3t"), "{run:?}");
        run
    };
    insta::assert_snapshot!(shop.tidy(show("config show").told()), @r"
    The configuration is read from paylink.toml.

    Account branch, with CardPay:

    SETTING         VALUE                FROM
    ──────────────────────────────────────────────────────────────────────
    token           set, in token        line 11
    base_url        not set, and needed
    callback_field  callbackUrl          default
    body_encoding   form                 default
    plain_http      cannot be read       PAYLINK_ACCOUNT_BRANCH_PLAIN_HTTP
    largest_tail    10000                default
    proxy           none                 line 12

    Not set: any_content_type, proxy_user, proxy_password

    Account zipay, with ZiPay:

    SETTING           VALUE                              FROM
    ───────────────────────────────────────────────────────────────────────────
    api_key           set                                line 5
    secret_key        set                                line 6
    terminal          7                                  PAYLINK_ZIPAY_TERMINAL
    base_url          http://SANDBOX/zipay/api/  line 7
    settling_seconds  180                                default
    proxy             http://proxy.example:3128          line 1
    proxy_user        set                                line 2
    proxy_password    set                                line 3

    Not set: any_content_type

    The service:

    SETTING               VALUE                        FROM
    ──────────────────────────────────────────────────────────
    books                 paylink.db                   default
    listen                127.0.0.1:8700               default
    events_url            https://shop.example/hook?…  line 14
    acknowledged_by       event                        default
    look_after_seconds    45                           default
    looks_per_account     20                           default
    requests_per_key      200                          default
    requests_per_address  20                           default
    max_requests          512                          default
    max_connections       8192                         default

    Not set: event_secrets, books_url, public_url, account, return_to, tls_certificate, tls_key, allow_plain_http, allow_private_events, cors_origins, trusted_proxies, keep_private_data

    problem: --config paylink.toml has the unknown key oops: the sections are [cardpay], [pod], [sizpay], [zipay], [serve] and [accounts.NAME]
    problem: PAYLINK_ACCOUNT_BRANCH_PLAIN_HTTP is set to nothing: give it a value, or unset it
    ");
    insta::assert_snapshot!(show("config show --account sizpay --proxy socks5h://127.0.0.1:9050").told(), @r"
    The configuration is read from paylink.toml.

    Account sizpay, with SizPay:

    SETTING           VALUE                                           FROM
    ─────────────────────────────────────────────────────────────────────────
    user_name         not set, and needed
    password          not set, and needed
    pay_link_name     not set, and needed
    via               rest                                            default
    base_url          https://pysrvc.sizpay.ir/api/PayLinkSend/       default
    asmx_url          https://pysrvc.sizpay.ir/KimiaPayLinkSend.asmx  default
    soap_namespace    http://tempuri.org/                             default
    settling_seconds  180                                             default
    proxy             socks5h://127.0.0.1:9050                        --proxy

    Not set: resend_url, any_content_type, proxy_user, proxy_password

    problem: --config paylink.toml has the unknown key oops: the sections are [cardpay], [pod], [sizpay], [zipay], [serve] and [accounts.NAME]
    ");
    let document = show("config show --json --account branch").ok();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
    {
      "accounts": [
        {
          "account": "branch",
          "provider": "cardpay",
          "settings": [
            {
              "file": "token",
              "from": "file",
              "line": 11,
              "needed": true,
              "place": "paylink.toml",
              "secret": true,
              "setting": "token"
            },
            {
              "from": "not_set",
              "needed": true,
              "secret": false,
              "setting": "base_url"
            },
            {
              "from": "default",
              "needed": false,
              "secret": false,
              "setting": "callback_field",
              "value": "callbackUrl"
            },
            {
              "from": "default",
              "needed": false,
              "secret": false,
              "setting": "body_encoding",
              "value": "form"
            },
            {
              "from": "variable",
              "needed": false,
              "place": "PAYLINK_ACCOUNT_BRANCH_PLAIN_HTTP",
              "problem": "PAYLINK_ACCOUNT_BRANCH_PLAIN_HTTP is set to nothing: give it a value, or unset it",
              "secret": false,
              "setting": "plain_http"
            },
            {
              "from": "not_set",
              "needed": false,
              "secret": false,
              "setting": "any_content_type"
            },
            {
              "from": "default",
              "needed": false,
              "secret": false,
              "setting": "largest_tail",
              "value": "10000"
            },
            {
              "from": "file",
              "line": 12,
              "needed": false,
              "place": "paylink.toml",
              "secret": false,
              "setting": "proxy",
              "value": "none"
            },
            {
              "from": "not_set",
              "needed": false,
              "secret": true,
              "setting": "proxy_user"
            },
            {
              "from": "not_set",
              "needed": false,
              "secret": true,
              "setting": "proxy_password"
            }
          ]
        }
      ],
      "file": "paylink.toml",
      "problems": [
        "--config paylink.toml has the unknown key oops: the sections are [cardpay], [pod], [sizpay], [zipay], [serve] and [accounts.NAME]"
      ]
    }
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_is_printed_and_the_place_for_it() {
    let shop = Shop::open().await;
    let example = shop.finish(shop.bare(&["config", "example", "zipay"]));
    insta::assert_snapshot!(example.told(), @r#"
    # Accounts for paylink. Fill in what stands empty between quotes, and delete the sections that you do not use; a line that
    # begins with # is no setting until the # is taken away. `paylink config path` says where the file is looked for.
    #
    # Keep it to yourself: chmod 600. A secret may stand in a file of its own, which the same name with _file at its end names:
    # api_key_file = '/run/secrets/api-key'. The environment wins over the file: terminal under [zipay] is PAYLINK_ZIPAY_TERMINAL.

    # How providers are reached, all of them or, in a section, that one
    # The proxy by which providers are called, `http://host:port`, `https://…`, `socks5://…` or `socks5h://…`; `none` goes
    # directly.
    #proxy = "none"
    # The user that the proxy asks for; it and its password stand where the proxy is named.
    #proxy_user = ""
    # The password that the proxy asks for.
    #proxy_password = ""

    # ZiPay
    [zipay]
    # The API key from ZiPay's panel.
    api_key = ""
    # The secret key from ZiPay's panel, which signs each request.
    secret_key = ""
    # The terminal at which invoices are created and settled.
    terminal = ""
    # The address below which ZiPay's operations stand.
    #base_url = "https://api.zipay.io/api/"
    # How many seconds an invoice may take to be listed after its create was lost.
    #settling_seconds = 180
    # Whether answers are read whatever content type they carry.
    #any_content_type = false
    "#);
    let all = shop.finish(shop.bare(&["config", "example"]));
    for name in paylink::providers().iter().map(|it| it.name()) {
        all.prints(&format!("\n[{name}]\n"));
    }
    let place = shop.finish(shop.bare(&["config", "path"]));
    assert_eq!(shop.tidy(place.told()), "~/.config/paylink/config.toml\n");
    // A file that cannot be read has its place all the same.
    fs::write(shop.path("broken.toml"), "[zipay").unwrap();
    let broken = shop.line_with("config path", |it| it.env("PAYLINK_CONFIG", "broken.toml"));
    assert_eq!(broken.told(), "broken.toml\n");
    let mut homeless = shop.bare(&["config", "path"]);
    homeless.env_remove("HOME");
    insta::assert_snapshot!(shop.finish(homeless).failed(2), @r"error: configuration has no usual place: neither HOME nor XDG_CONFIG_HOME is set: name a file by --config or PAYLINK_CONFIG");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configured_way_to_sizpay_is_taken_where_none_is_typed() {
    let shop = Shop::open().await;
    let send = |number: &str, more: &str| {
        let line = format!(
            "sizpay send-link --amount 250000 --mobile 09123456789 --invoice-number {number}{more}"
        );
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        command.env("PAYLINK_SIZPAY_VIA", "asmx-json");
        assert_eq!(shop.finish(command).status, 0);
        shop.sandbox.journal().last().unwrap().request().line
    };
    let asmx = "POST /sizpay/KimiaPayLinkSend.asmx/PayLinkSendRest";
    assert_eq!(send("1000", ""), asmx);
    let rest = "POST /sizpay/api/PayLinkSend/PayLinkSend";
    assert_eq!(send("1001", " --via rest"), rest);
    // What REST alone offers goes by REST.
    let link = shop.sandbox.sizpay().links()[0].send_id.to_string();
    let mut command = shop.command(&["sizpay", "disable", "--yes", "--send-id", &link]);
    command.env("PAYLINK_SIZPAY_VIA", "asmx-json");
    let disabled = shop.finish(command);
    assert_eq!(disabled.status, 0, "{disabled:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_file_of_its_own_is_the_one_that_is_sent() {
    let shop = Shop::open().await;
    let key = shop.sandbox.zipay().api_key();
    for (content, status) in [(format!("{key}\n"), 0), ("another-key\n".to_owned(), 1)] {
        fs::write(shop.path("key"), content).unwrap();
        make_private(&shop.path("key"));
        let mut command = shop.command(&["zipay", "list"]);
        command
            .env_remove("PAYLINK_ZIPAY_API_KEY")
            .env("PAYLINK_ZIPAY_API_KEY_FILE", shop.path("key"));
        assert_eq!(shop.finish(command).status, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_missing_is_told_at_once() {
    let shop = Shop::open().await;
    let run = shop.finish(shop.bare(&["zipay", "list"]));
    assert_eq!(run.status, 2);
    let place =
        "under [zipay] in ~/.config/paylink/config.toml; `paylink sandbox` gives one to try with";
    assert_eq!(
        shop.tidy(&run.stderr),
        format!(
            "error: PAYLINK_ZIPAY_API_KEY is missing: set it, or write api_key {place}\n\
             error: PAYLINK_ZIPAY_SECRET_KEY is missing: set it, or write secret_key {place}\n"
        )
    );
}

/// What is typed is the same in every language.
#[tokio::test(flavor = "multi_thread")]
async fn values_are_not_translated() {
    let shop = Shop::open().await;
    let run = shop.line_with("config show --account cardpay", |it| {
        it.env("PAYLINK_LANG", "fa")
    });
    assert_eq!(run.status, 0, "{run:?}");
    let row = |setting: &str| {
        let line = run.stdout.lines().find(|line| line.starts_with(setting));
        let words = line.unwrap().split_whitespace().skip(1).take(2);
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("body_encoding "), ["form", "پیش‌فرض"]);
    assert_eq!(row("proxy ")[0], "none");
    assert_ne!(row("token ")[0], "set");
}
