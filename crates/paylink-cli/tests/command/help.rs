//! Help, as a newcomer reads it.

use paylink::core::provider::Descriptor;

use crate::shop::Shop;

async fn help(line: &str) -> String {
    let shop = Shop::open().await;
    let run = shop.line(line);
    assert_eq!((run.status, &*run.stderr), (0, ""));
    // clap indents the empty lines of long help.
    run.stdout
        .lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

/// The commands that have help, as they are typed.
pub(crate) fn commands(shop: &Shop) -> Vec<String> {
    let mut found = Vec::new();
    collect(shop, "", &mut found);
    found
}

fn collect(shop: &Shop, path: &str, found: &mut Vec<String>) {
    let help = shop.line(format!("{path} -h").trim()).stdout;
    let lists = |line: &&str| matches!(*line, "Commands:" | "Operations:");
    let Some(listed) = help.lines().position(|line| lists(&line)) else {
        return;
    };
    for line in help
        .lines()
        .skip(listed + 1)
        .take_while(|it| !it.is_empty())
    {
        // What goes on below a name is indented further.
        let Some(name) = line.strip_prefix("  ").filter(|it| !it.starts_with(' ')) else {
            continue;
        };
        let name = name.split(' ').next().unwrap();
        if name != "help" {
            let path = format!("{path} {name}").trim().to_owned();
            found.push(path.clone());
            collect(shop, &path, found);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_command() {
    let whole = help("--help").await;
    // The groups of the providers stand among the other commands, by their names.
    let group = |provider: &&Descriptor| {
        let begin = format!("  {} ", provider.name());
        let line = whole.lines().find(|line| line.starts_with(&begin))?;
        assert!(
            line.contains(&format!("  Work with {} ", provider.title())),
            "{line}"
        );
        Some(line)
    };
    let groups: Vec<&str> = paylink::providers().iter().filter_map(group).collect();
    assert!(
        groups.len() >= 4 && whole.contains(&groups.join("\n")),
        "{whole}"
    );
    let rest = whole.replace(&(groups.join("\n") + "\n"), "");
    insta::assert_snapshot!(rest, @r#"
    Takes money through payment links and invoices, and has a sandbox to try it in

    Usage: paylink [OPTIONS] <COMMAND>

    Commands:
      demo         Show whole payments with every provider against a sandbox
      sandbox      Run the sandbox until Ctrl-C, and print what to export to use it
      config       Show what is configured and where it comes from, and write an example
      doctor       Check the configuration, the clock, and the way to each provider
      link         Take payments with any provider, in words that all share
      explain      Say what a provider's code means, and what to do about it
      books        Look at the books of a desk: its orders, what is due, what has not gone out
      serve        Run the service for shops in any language, until Ctrl-C
      completions  Print a script that completes paylink's words in a shell
      man          Print the manual, or write a page for each command
      schema       Print the JSON Schema of what a command prints with --json
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Global options:
          --json
              Print one JSON document: {"ok": …} or {"error": …}

          --config <FILE>
              Read the configuration from this file

              If it is not given: the file that $PAYLINK_CONFIG names, else paylink/config.toml in
              $XDG_CONFIG_HOME or ~/.config, if it is there. Flags win over the environment, and the
              environment wins over the file. A secret may also stand in a file of its own, which the
              same setting names with _file at its end, or _FILE in the environment.

          --proxy <URL>
              Call providers by this proxy; `none` goes directly

              http://host:port, https://…, socks5://… or socks5h://…, without user and password: those
              are PAYLINK_PROXY_USER and PAYLINK_PROXY_PASSWORD. It wins over what is configured. A
              proxy that the system has set, such as HTTPS_PROXY, is not used.

          --lang <en|fa>
              Speak English or Persian, whatever PAYLINK_LANG and the locale say

    Exit status:
      0  done
      1  refused or not carried out
      2  called wrongly, or not offered by the provider; nothing was sent
      3  outcome unknown: look it up before trying again
      4  not paid: do not deliver; as long as it can be paid, ask again later
      5  mismatch: not the payment of your books; do not deliver, find out why
      6  done, but its file could not be written: store what was printed

    Begin with `paylink demo`: it needs no account, no network and no money.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_zipay() {
    insta::assert_snapshot!(help("zipay --help").await, @r#"
    Work with ZiPay invoices

    Usage: paylink zipay [OPTIONS] <OPERATION>

    Operations:
      create-invoice  Create an invoice, and show the link to send the payer to
      status          Show an invoice
      verify          Confirm a paid invoice; `settle` compares it first
      settle          Compare a payment with your own record, then confirm it
      list            List invoices
      refund          Give the money of a completed invoice back to its payer
      resolve         Find out what became of an operation whose outcome is unknown
      help            Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

    Global options:
          --base-url <URL>
              Another address than ZiPay's: https, or http on loopback

          --json
              Print one JSON document: {"ok": …} or {"error": …}

          --config <FILE>
              Read the configuration from this file

              If it is not given: the file that $PAYLINK_CONFIG names, else paylink/config.toml in
              $XDG_CONFIG_HOME or ~/.config, if it is there. Flags win over the environment, and the
              environment wins over the file. A secret may also stand in a file of its own, which the
              same setting names with _file at its end, or _FILE in the environment.

          --proxy <URL>
              Call providers by this proxy; `none` goes directly

              http://host:port, https://…, socks5://… or socks5h://…, without user and password: those
              are PAYLINK_PROXY_USER and PAYLINK_PROXY_PASSWORD. It wins over what is configured. A
              proxy that the system has set, such as HTTPS_PROXY, is not used.

          --lang <en|fa>
              Speak English or Persian, whatever PAYLINK_LANG and the locale say

    Examples, with the variables and the ids of a new `paylink sandbox --seed 1`:
      paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
        --currency IRT --callback https://shop.example/back
      paylink zipay list --status generated

    The account comes from these variables, or from [zipay] in the configuration, where
    PAYLINK_ZIPAY_API_KEY is api_key and so on:
      PAYLINK_ZIPAY_API_KEY, secret
          The API key from ZiPay's panel.
      PAYLINK_ZIPAY_SECRET_KEY, secret
          The secret key from ZiPay's panel, which signs each request.
      PAYLINK_ZIPAY_TERMINAL
          The terminal at which invoices are created and settled.
      PAYLINK_ZIPAY_BASE_URL
          The address below which ZiPay's operations stand.

    `paylink sandbox` gives an account to try with.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_creating_an_invoice() {
    insta::assert_snapshot!(help("zipay create-invoice -h").await, @r#"
    Create an invoice, and show the link to send the payer to

    Usage: paylink zipay create-invoice [OPTIONS] --invoice-number <NUMBER> --amount <AMOUNT> --currency <CURRENCY> <--callback <URL>|--callback-app <URL>>

    Options:
          --invoice-number <NUMBER>  Your own number of the invoice, 1 to 200 characters, never used
                                     before at this terminal
          --amount <AMOUNT>          How much, such as 250,000 or 100.99
          --currency <CURRENCY>      In which currency; IRT is toman, not rial [possible values: USD,
                                     USDT, IRT]
          --callback <URL>           Where the payer's browser comes back to, such as
                                     https://shop.example/back
          --callback-app <URL>       The same as an address of an app's own scheme, such as myapp://back
          --webhook <URL>            Where ZiPay reports the payment to
          --national-id <ID>         The only person who may pay, by national id
          --foreigner-id <ID>        The same for a foreigner, by the 12 digits of the fida code
          --terminal <NUMBER>        At which terminal, if not at the configured one
          --qr <WHEN>                When to draw the pay link as a QR code [default: auto] [possible
                                     values: auto, always, never]
          --handle-file <FILE>       Write here what finds the operation again, before it is sent
      -h, --help                     Print help (see more with '--help')

    Global options:
          --base-url <URL>  Another address than ZiPay's: https, or http on loopback
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file
          --proxy <URL>     Call providers by this proxy; `none` goes directly
          --lang <en|fa>    Speak English or Persian, whatever PAYLINK_LANG and the locale say
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_settling() {
    insta::assert_snapshot!(help("zipay settle --help").await, @r#"
    Compare a payment with your own record, then confirm it

    Number, amount and currency are what your own record of the order says, never what the payer's
    browser brought. It may be called again at any time, also after an unknown outcome.

    Usage: paylink zipay settle [OPTIONS] --trackid <ID> --invoice-number <NUMBER> --amount <AMOUNT> --currency <CURRENCY>

    Options:
          --trackid <ID>
              ZiPay's id of the invoice, as `create-invoice` printed it

          --invoice-number <NUMBER>
              The number of the invoice, by your own record

          --amount <AMOUNT>
              How much it is about, by your own record

          --currency <CURRENCY>
              In which currency; IRT is toman, not rial

              [possible values: USD, USDT, IRT]

          --terminal <NUMBER>
              At which terminal, if not at the configured one

      -h, --help
              Print help (see a summary with '-h')

    Global options:
          --base-url <URL>
              Another address than ZiPay's: https, or http on loopback

          --json
              Print one JSON document: {"ok": …} or {"error": …}

          --config <FILE>
              Read the configuration from this file

              If it is not given: the file that $PAYLINK_CONFIG names, else paylink/config.toml in
              $XDG_CONFIG_HOME or ~/.config, if it is there. Flags win over the environment, and the
              environment wins over the file. A secret may also stand in a file of its own, which the
              same setting names with _file at its end, or _FILE in the environment.

          --proxy <URL>
              Call providers by this proxy; `none` goes directly

              http://host:port, https://…, socks5://… or socks5h://…, without user and password: those
              are PAYLINK_PROXY_USER and PAYLINK_PROXY_PASSWORD. It wins over what is configured. A
              proxy that the system has set, such as HTTPS_PROXY, is not used.

          --lang <en|fa>
              Speak English or Persian, whatever PAYLINK_LANG and the locale say

    Examples, with the variables and the ids of a new `paylink sandbox --seed 1`:
      paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
        --currency IRT --callback https://shop.example/back
      paylink zipay settle --trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0 \
        --invoice-number 1000 --amount 250000 --currency IRT
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_word_it_explains_itself_and_says_that_it_was_called_wrongly() {
    let shop = Shop::open().await;
    let run = shop.run(&[]);
    assert_eq!((run.status, &*run.stdout), (2, ""));
    assert!(
        run.stderr.contains("Usage: paylink [OPTIONS] <COMMAND>"),
        "{run:?}"
    );
    for (line, said) in [
        ("--json", "a command is missing after `paylink`"),
        ("--json zipay", "a command is missing after `paylink zipay`"),
    ] {
        let json = shop.line(line);
        assert_eq!(json.status, 2);
        let message = json.error()["message"].clone();
        assert!(message.as_str().unwrap().starts_with(said), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_pod() {
    insta::assert_snapshot!(help("pod --help").await, @r#"
    Work with POD invoices and every way to pay them

    Usage: paylink pod [OPTIONS] <OPERATION>

    Operations:
      issue-invoice          Issue an invoice, and show the link to send the payer to
      invoices               List invoices, which is how a state is asked for
      verify-invoice         Confirm the payment of an invoice that wants it, within the hour
      verify-and-close       Confirm the payment of an invoice and close it
      close                  Close a paid invoice, so that its money can be drawn
      cancel                 Cancel an invoice, so that nobody can pay it; what was paid goes back
      link-by-unique-number  Write the link by which anybody may pay; nothing is sent
      link-by-invoice        Write the link by which the invoice's own user may pay; nothing is sent
      payment-link           Ask for a link that anybody may pay by for five minutes
      share-link             Send an invoice's link by SMS to another user; production alone has it
      pay-any-invoice        Pay any invoice from the wallet in POD
      pay-own-invoice        Pay an invoice that was issued to the caller
      send-payment-sms       Send the invoice's user an SMS to pay by
      confirm-payment-sms    Confirm a payment with the code of an SMS; production alone has it
      mark-paid              Mark an invoice as paid outside POD; no money moves
      pay-with-invoice       Pay an invoice with the money of another one
      pay-in-future          Guarantee the payment of an invoice on a later day
      pos-payment            Report a payment at a point of sale
      resolve                Find out what became of an operation whose outcome is unknown
      help                   Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

    Global options:
          --environment <NAME>
              Which of POD's environments: production or sandbox

              [possible values: production, sandbox]

          --base-url <URL>
              Another address than POD's: https, or http on loopback

          --pay-url <URL>
              Another address of the pay pages: https, or http on loopback

          --json
              Print one JSON document: {"ok": …} or {"error": …}

          --config <FILE>
              Read the configuration from this file

              If it is not given: the file that $PAYLINK_CONFIG names, else paylink/config.toml in
              $XDG_CONFIG_HOME or ~/.config, if it is there. Flags win over the environment, and the
              environment wins over the file. A secret may also stand in a file of its own, which the
              same setting names with _file at its end, or _FILE in the environment.

          --proxy <URL>
              Call providers by this proxy; `none` goes directly

              http://host:port, https://…, socks5://… or socks5h://…, without user and password: those
              are PAYLINK_PROXY_USER and PAYLINK_PROXY_PASSWORD. It wins over what is configured. A
              proxy that the system has set, such as HTTPS_PROXY, is not used.

          --lang <en|fa>
              Speak English or Persian, whatever PAYLINK_LANG and the locale say

    Examples, with the variables and the ids of a new `paylink sandbox --seed 1`:
      paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
        --item-description shoes --item-price 250000
      paylink pod invoices --bill-number 1000

    The account comes from these variables, or from [pod] in the configuration, where
    PAYLINK_POD_TOKEN is token and so on:
      PAYLINK_POD_TOKEN, secret
          The business's API token, from POD's business panel.
      PAYLINK_POD_USER_TOKEN, secret
          The access token of the user in whose name calls are made.
      PAYLINK_POD_API_KEY, secret
          The key of every service that has none of its own.
      PAYLINK_POD_API_KEY_29796, secret
          The key of this one service, in place of the one for all.
      PAYLINK_POD_FEE_VOUCHER, secret
          A voucher that pays POD's own fee for the calls.
      PAYLINK_POD_GUILD
          The code of the guild in which invoices are issued.
      PAYLINK_POD_BUSINESS
          The merchant's business id, which every settled invoice then has to name.
      PAYLINK_POD_ENVIRONMENT
          Which of POD's two environments is called.
      PAYLINK_POD_BASE_URL
          Another address of the services; the environment's own if it is not set.
      PAYLINK_POD_PAY_URL
          Another address of the pay pages; the environment's own if it is not set.

    Amounts are in rial. `paylink sandbox` gives an account to try with.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_link() {
    let whole = help("link -h").await;
    let (words, accounts) = whole.split_once("Accounts come from").unwrap();
    insta::assert_snapshot!(words, @r#"
    Take payments with any provider, in words that all share

    Usage: paylink link [OPTIONS] <OPERATION>

    Operations:
      create   Create a payment, and show what its payer needs
      status   Show where a payment stands, and change nothing
      settle   Compare a payment with your own books, and confirm it where that is needed
      refund   Give the money of a settled payment back to its payer
      disable  Make an unpaid payment one that nobody can pay any more
      resend   Send the payer the link once more
      list     List payments, a page at a time
      resolve  Find out what became of an operation whose outcome is unknown
      help     Print this message or the help of the given subcommand(s)

    Options:
      -h, --help  Print help (see more with '--help')

    Global options:
          --account <NAME>  Which account; it need not be said where there is but one
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file
          --proxy <URL>     Call providers by this proxy; `none` goes directly
          --lang <en|fa>    Speak English or Persian, whatever PAYLINK_LANG and the locale say
    "#);
    // Where its lines end depends on the providers' names.
    let accounts = accounts.split_whitespace().collect::<Vec<_>>().join(" ");
    for provider in paylink::providers() {
        let section = format!("[{}]", provider.name());
        assert!(accounts.contains(&section), "{accounts}");
    }
    let (_, accounts) = accounts.split_once("] are ").unwrap();
    insta::assert_snapshot!(accounts, @"accounts of these names, and [accounts.NAME] is one more, whose provider is one of them; in the environment, PAYLINK_ACCOUNT_<NAME>_PROVIDER and so on. `paylink doctor` checks them, and shows what each can do. What an account's provider does not offer is refused before anything is sent. A payment is known by its record, which `create` prints or writes with --record-to. Store it with the order: every other operation takes it.");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_creating_a_link() {
    insta::assert_snapshot!(help("link create -h").await, @r#"
    Create a payment, and show what its payer needs

    Usage: paylink link create [OPTIONS] --order <REFERENCE> --amount <AMOUNT> --currency <CURRENCY>

    Options:
          --order <REFERENCE>       The order's own reference, never used before
          --amount <AMOUNT>         The whole price, such as 250,000 or 100.99
          --currency <CURRENCY>     In which currency; IRR is rial and IRT toman, and either is
                                    converted for a provider that counts in the other [possible values:
                                    IRR, IRT, USD, USDT]
          --return-url <URL>        Where the payer's browser comes back to, such as
                                    https://shop.example/back/1000
          --return-app <URL>        The same as an address of an app's own scheme, such as myapp://back
          --notify-url <URL>        Where the provider reports the payment to
          --mobile <NUMBER>         The payer's mobile number
          --payer-name <NAME>       The payer's name
          --national-id <ID>        The only person who may pay, by national id
          --foreigner-id <ID>       The same for a foreigner, by the 12 digits of the fida code
          --payer-card <NUMBER>     The card that will be paid with, 16 digits
          --description <TEXT>      What it is for
          --qr <WHEN>               When to draw the pay link as a QR code [default: auto] [possible
                                    values: auto, always, never]
          --wait                    Wait until it is paid, and settle it
          --wait-minutes <MINUTES>  Wait so many minutes at most, 0 to ask once [default: until its time
                                    is over, 30 if the provider names none]
          --record-to <FILE>        Write the payment's record here, which every other operation takes
          --handle-file <FILE>      Write here what finds the operation again, before it is sent
      -h, --help                    Print help (see more with '--help')

    Global options:
          --account <NAME>  Which account; it need not be said where there is but one
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file
          --proxy <URL>     Call providers by this proxy; `none` goes directly
          --lang <en|fa>    Speak English or Persian, whatever PAYLINK_LANG and the locale say
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_doctor() {
    insta::assert_snapshot!(help("doctor -h").await, @r#"
    Check the configuration, the clock, and the way to each provider

    Usage: paylink doctor [OPTIONS]

    Options:
          --account <NAME>    Which account; all of them if it is not given
          --return-url <URL>  Where payers come back to: whether it can be reached from outside
          --fetch             Ask the return URL for its head as well, from this machine
      -h, --help              Print help (see more with '--help')

    Global options:
          --json           Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>  Read the configuration from this file
          --proxy <URL>    Call providers by this proxy; `none` goes directly
          --lang <en|fa>   Speak English or Persian, whatever PAYLINK_LANG and the locale say

    Each line says ok, warning or problem, and what to do; what the provider's panel must have follows,
    and at the end stands what to do, most important first. It ends with 0 if there is no problem, and
    with 1 if there is one.

    Providers are asked for the head of their address and nothing else, on the way that calls go: no
    account's credentials are sent, and nothing is changed.
    "#);
}
