//! Each operation, for people and for programs.

use paylink_books::{Books, sqlx};
use serde_json::{Value, json};

use crate::place::Shop;

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|order| order["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn init() {
    let shop = Shop::empty();
    insta::assert_snapshot!(shop.run("init").told(), @r"
    The books are open: ~/shop.db (SQLite).

      Orders         none
      Due            0
      Not delivered  0
      Dead letters   0
      Held           0
      Abandoned      0
      Taken over     0
    ");
    let made = shop.run("--json init").ok();
    assert_eq!(made["database"], "SQLite");
    assert_eq!(made["place"], "~/shop.db");
    assert_eq!(made["orders"], json!({}));
    // What is there stays.
    let shop = Shop::open().await;
    let opened = shop.run("init --json").ok();
    let orders = json!({"awaiting_delivery": 1, "delivered": 1, "new": 2, "open": 2});
    assert_eq!(opened["orders"], orders);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.run("orders").told(), @r"
    ORDER  ACCOUNT  REFERENCE  STAGE              NEXT LOOK            ADDED
    ──────────────────────────────────────────────────────────────────────────────────────
    1000   main     1000       new                –                    DATE TIME
    1001   main     1001       open               DATE TIME            DATE TIME
    1002   main     1002       open               now                  DATE TIME
    1003   main     1003       awaiting_delivery  –                    DATE TIME
    1004   main     1004       delivered          –                    DATE TIME
    1005   branch   1005       new                –                    DATE TIME
    ");
    insta::assert_snapshot!(shop.run("orders --stage open --account main --limit 1").told(), @r"
    ORDER  ACCOUNT  REFERENCE  STAGE  NEXT LOOK            ADDED
    ──────────────────────────────────────────────────────────────────────────
    1001   main     1001       open   DATE TIME            DATE TIME

    There are more: give a larger --limit.
    ");
    insta::assert_snapshot!(shop.run("orders --stage over").told(), @"No orders.");
    let all = shop.run("--json orders").ok();
    let everything = ["1000", "1001", "1002", "1003", "1004", "1005"];
    assert_eq!(names(&all["orders"]), everything);
    assert_eq!(all["more"], false);
    let open = &all["orders"][1];
    assert_eq!(
        (&open["stage"], &open["account"]),
        (&json!("open"), &json!("main"))
    );
    assert!(
        open["next_check_at_ms"].is_u64() && open["created_at_ms"].is_u64(),
        "{open}"
    );
    assert!(open.get("held_until_ms").is_none(), "{open}");
    let some = shop.run("--json orders --limit 2").ok();
    assert_eq!(
        (names(&some["orders"]).len(), &some["more"]),
        (2, &json!(true))
    );
    let branch = shop.run("--json orders --account branch --limit none").ok();
    assert_eq!(names(&branch["orders"]), ["1005"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn order() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.run("order 1000").told(), @r"
    Order      1000
    Account    main
    Reference  1000
    Price      150000 IRR (rial)
    Stage      new, no payment was asked for
    Next look  –
    ");
    insta::assert_snapshot!(shop.run("order 1002").told(), @r"
    Order       1002
    Account     main
    Reference   1002
    Price       150000 IRR (rial)
    Stage       open, a payment is there, to be paid
    Next look   now
    Payment     at mock
    Its amount  150000 IRR (rial)
    Created     DATE TIME
    Link        https://pay.example/mock-0
    ");
    insta::assert_snapshot!(shop.run("order 1003").told(), @r"
    Order         1003
    Account       main
    Reference     1003
    Price         150000 IRR (rial)
    Stage         awaiting_delivery, it is paid, and its goods have not gone out
    Next look     –
    Payment       at mock
    Its amount    150000 IRR (rial)
    Created       DATE TIME
    Link          https://pay.example/mock-0
    Paid at       mock
    Paid          150000 IRR (rial)
    Its id there  mock-0
    Handed out    DATE TIME
    Outbox        tried once, next DATE TIME
    ");
    let delivered = shop.run("--json order 1004").ok();
    assert_eq!(delivered["stage"], "delivered");
    assert_eq!(delivered["order"]["reference"], "1004");
    assert_eq!(
        delivered["delivery"]["amount"],
        json!({"amount": "150000", "currency": "IRR"})
    );
    assert_eq!(delivered["outbox"]["attempts"], 1);
    assert!(delivered["delivered_at_ms"].is_u64(), "{delivered}");
    assert!(
        delivered["outbox"].get("due_at_ms").is_none(),
        "{delivered}"
    );
    // Its card and national id are kept, and not shown.
    let private = shop.run("--json order 1005").ok();
    assert_eq!(private["order"]["reference"], "1005");
}

#[tokio::test(flavor = "multi_thread")]
async fn due() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.run("due").told(), @r"
    ORDER  ACCOUNT  REFERENCE  STAGE  DUE SINCE
    ─────────────────────────────────────────────────────
    1002   main     1002       open   DATE TIME
    ");
    let due = shop.run("--json due").ok();
    assert_eq!(names(&due["orders"]), ["1002"]);
    assert!(due["orders"][0]["due_since_ms"].is_u64(), "{due}");
    let nothing = Shop::empty();
    let _ = nothing.run("init").told();
    assert_eq!(nothing.run("due").told(), "No order is due.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn outbox() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.run("outbox").told(), @r"
    ORDER  HANDED OUT           ATTEMPTS  NEXT ATTEMPT
    ─────────────────────────────────────────────────────────
    1003   DATE TIME            1         DATE TIME
    ");
    insta::assert_snapshot!(shop.run("outbox --all").told(), @r"
    ORDER  HANDED OUT           ATTEMPTS  NEXT ATTEMPT
    ─────────────────────────────────────────────────────────
    1003   DATE TIME            1         DATE TIME
    1004   DATE TIME            1         closed
    ");
    let open = shop.run("--json outbox").ok();
    let deliveries = open["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(
        (&deliveries[0]["order"], &deliveries[0]["attempts"]),
        (&json!("1003"), &json!(1))
    );
    assert!(deliveries[0]["due_at_ms"].is_u64(), "{open}");
    let some = shop.run("--json outbox --all --limit 1").ok();
    assert_eq!(some["more"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry() {
    let shop = Shop::open().await;
    assert_eq!(
        shop.run("retry --all").told(),
        "There are no dead letters.\n"
    );
    let none = shop.run("retry 1003");
    insta::assert_snapshot!(none.failed(1), @r#"error: order "1003" has no dead letter: `paylink books order 1003` shows its delivery, `paylink books outbox --dead` lists the dead letters"#);
    let dead = "UPDATE paylink_outbox SET due_at = NULL, dead_at = 1 WHERE order_name = '1003'";
    for all in [false, true] {
        let books = Books::sqlite(&shop.books).await.unwrap();
        let made = sqlx::query(dead).execute(books.sqlite_pool().unwrap());
        made.await.unwrap();
        books.close().await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(shop.run("outbox --dead").told(), @r"
            ORDER  HANDED OUT           ATTEMPTS  NEXT ATTEMPT
            ──────────────────────────────────────────────────
            1003   DATE TIME            1         dead letter
            ");
        }
        let listed = shop.run("--json outbox").ok();
        assert_eq!(listed["deliveries"][0]["dead_at_ms"], 1);
        assert!(
            shop.run("order 1003")
                .told()
                .contains("tried once, a dead letter")
        );
        if all {
            let retried = shop.run("--json retry --all").ok();
            assert_eq!(retried["retried"], json!(["1003"]));
        } else {
            let told = shop.run("retry 1003").told();
            insta::assert_snapshot!(told, @"The delivery is due: a running outbox tries it once, within seconds.");
        }
        assert_eq!(shop.run("outbox --dead").told(), "No deliveries.\n");
        assert!(shop.run("outbox").told().contains(" now"));
    }
    let missing = shop.run("retry");
    let missing = missing.failed(2);
    assert!(
        missing.contains("<ORDER|--all>") || missing.contains("ORDER"),
        "{missing}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check() {
    let shop = Shop::open().await;
    let told = shop.run("check").told();
    let told: Vec<&str> = told
        .lines()
        .filter(|line| !line.contains(" for "))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    The books agree with themselves.

      Orders         6: 1 awaiting_delivery, 1 delivered, 2 new, 2 open
      Dead letters   0
      Held           0
      Abandoned      0
      Taken over     0
    ");
    let good = shop.run("--json check").ok();
    assert_eq!(
        (&good["violations"], &good["outbox"], &good["due"]),
        (&json!([]), &json!(1), &json!(1))
    );
    assert!(
        good["longest_due_seconds"].as_u64().unwrap() > 3000,
        "{good}"
    );

    let books = Books::sqlite(&shop.books).await.unwrap();
    for breaking in [
        "DELETE FROM paylink_outbox WHERE order_name = '1003'",
        "UPDATE paylink_orders SET next_check_at = 1 WHERE name = '1004'",
    ] {
        let broken = sqlx::query(breaking).execute(books.sqlite_pool().unwrap());
        broken.await.unwrap();
    }
    books.close().await;
    let broken = shop.run("check");
    assert_eq!(broken.status, 1, "{broken:?}");
    for (order, what) in [
        ("1003", "it is handed out, and the outbox has no row of it"),
        ("1004", "it is handed out, and is to be looked at again"),
    ] {
        let line = format!("{order}   {what}");
        assert!(broken.stdout.contains(&line), "{broken:?}");
    }
    insta::assert_snapshot!(broken.stderr, @"error: 2 things in the books must not be: look at each order (`paylink books order NAME`) and at what its provider says of it, before its goods are sent");
    let error = shop.run("--json check").error(1);
    assert_eq!(
        (&error["kind"], &error["effect"]),
        (&json!("broken"), &json!("not_executed"))
    );
    assert_eq!(error["violations"].as_array().unwrap().len(), 2);
    assert_eq!(error["violations"][0]["order"], "1003");
}

#[tokio::test(flavor = "multi_thread")]
async fn export() {
    let shop = Shop::open().await;
    let lines = shop.run("export");
    assert_eq!((lines.status, &*lines.stderr), (0, ""), "{lines:?}");
    let orders: Vec<Value> = lines
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let orders = Value::Array(orders);
    assert_eq!(
        names(&orders),
        ["1000", "1001", "1002", "1003", "1004", "1005"]
    );
    assert_eq!(orders[3]["outbox"]["order"], "1003");
    // The same in one document.
    assert_eq!(shop.run("--json export").ok()["orders"], orders);
    let some = shop.run("export --limit 2");
    assert_eq!(some.stdout.lines().count(), 2, "{some:?}");
    // More than one page.
    let books = Books::sqlite(&shop.books).await.unwrap();
    for number in 2000..2600 {
        let name = number.to_string();
        let order = paylink::desk::StoredOrder::new("main", crate::place::payment(&name));
        books.add(&name, &order).await.unwrap();
    }
    books.close().await;
    assert_eq!(shop.run("export --limit none").stdout.lines().count(), 606);
    assert_eq!(
        names(&shop.run("--json orders --limit 601").ok()["orders"]).len(),
        601
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variable_names_the_books_as_the_flag_does() {
    let shop = Shop::open().await;
    let mut command = shop.command();
    command
        .args(["books", "--json", "due"])
        .env("PAYLINK_BOOKS", &shop.books);
    let due = shop.finish(command).ok();
    assert_eq!(names(&due["orders"]), ["1002"]);
}

#[test]
fn help() {
    let shop = Shop::empty();
    insta::assert_snapshot!(shop.run_with("-h", None).told(), @r#"
    Look at the books of a desk: its orders, what is due, what has not gone out

    Usage: paylink books [OPTIONS] <OPERATION>

    Operations:
      init       Make the books, or bring their tables up to date, and show how they stand
      orders     List orders, the oldest first
      order      Show one order: its payment, its next look and its delivery
      due        List the orders that are to be looked at now, the earliest first
      outbox     List deliveries whose goods have not gone out
      retry      Make a dead letter due again, for one more try
      check      Prove that the books agree with themselves, and show how they stand
      export     Write every order as one JSON document a line
      reconcile  Hold the books against what an account's provider lists
      help       Print this message or the help of the given subcommand(s)

    Options:
      -h, --help  Print help (see more with '--help')

    Global options:
          --books <FILE-OR-URL>  Which books: a SQLite file, or a URL that begins with postgres://;
                                 PAYLINK_BOOKS if it is not given
          --json                 Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>        Read the configuration from this file
          --proxy <URL>          Call providers by this proxy; `none` goes directly
          --lang <en|fa>         Speak English or Persian, whatever PAYLINK_LANG and the locale say

    Books are a SQLite file, or a database of PostgreSQL:
    postgres://user@host/database?sslmode=verify-full. What is typed can be read by everybody on the
    machine: a URL with a password belongs in PAYLINK_BOOKS, or the password alone in PGPASSWORD. No
    output shows it.

    Opening brings the tables up to date. Nothing else is changed but by `retry`, and no provider is
    asked but by `reconcile`, for its list: the shop may run meanwhile. Times are those of Tehran; with
    --json they are milliseconds since 1970.
    "#);
    let bare = shop.run_with("", None);
    let bare = bare.failed(2);
    assert!(
        bare.contains("sslmode=verify-full. What is typed"),
        "{bare}"
    );
    let export = shop.run_with("export -h", None).told();
    assert!(
        export.starts_with("Write every order as one JSON document a line\n"),
        "{export}"
    );
}
