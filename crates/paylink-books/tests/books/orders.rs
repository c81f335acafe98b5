//! Orders are added once, come back equal, and are found.

use std::time::{Duration, SystemTime};

use paylink::desk::{OrderStore, Stage, StoredOrder};
use paylink::{CardNumber, Money, NationalId, NewPayment, Rial};
use paylink_books::{Added, Books, BooksError, OrderLine, Orders};

use crate::on_both;
use crate::place::{Place, number, run};
use crate::promises::desk;

on_both!(
    an_order_comes_back_equal,
    adding_the_same_order_again_changes_nothing,
    another_order_takes_neither_name_nor_reference,
    an_order_is_there_if_the_merchants_transaction_is,
    a_payers_card_and_national_id_are_kept_if_the_merchant_says_so,
    orders_are_listed_page_by_page,
    what_is_due_and_held_by_nobody_is_named_the_earliest_first,
);

pub(crate) fn order(reference: &str) -> StoredOrder {
    StoredOrder::new("main", payment(reference, 150_000))
}

fn payment(reference: &str, rial: u64) -> NewPayment {
    NewPayment::new(reference, Money::from(Rial::new(rial))).unwrap()
}

pub(crate) async fn line(books: &Books, name: &str) -> OrderLine {
    let all = books.orders(&Orders::all()).await.unwrap();
    let found = all.into_iter().find(|line| line.name == name);
    found.expect("the order is listed")
}

async fn an_order_comes_back_equal(place: &Place) {
    let books = place.fresh().await;
    let payment = payment("سفارش ۱۰۰۰", 150_000)
        .with_return_url("https://shop.example/back?order=1000")
        .unwrap()
        .with_notify_url("https://shop.example/hook")
        .unwrap()
        .with_mobile("09123456789".parse().unwrap())
        .with_payer_name("سارا")
        .unwrap()
        .with_description("یک جفت کفش")
        .unwrap();
    let order = StoredOrder::new("main", payment);
    assert_eq!(books.add("o'1;--", &order).await.unwrap(), Added::New);
    let loaded = books.load("o'1;--").await.unwrap();
    assert_eq!(loaded, Some(order));
    assert_eq!(books.load("O'1;--").await.unwrap(), None);
}

async fn adding_the_same_order_again_changes_nothing(place: &Place) {
    let books = place.fresh().await;
    books.add("1000", &order("1000")).await.unwrap();
    let (desk, _) = desk(books);
    let _ = desk.open("1000").await.unwrap();
    let before = desk.order("1000").await.unwrap();
    let added = desk.store().add("1000", &order("1000")).await.unwrap();
    assert_eq!(added, Added::Before);
    assert_eq!(desk.order("1000").await.unwrap(), before);
    assert_eq!(before.ledger().stage(), Stage::Open);
}

async fn another_order_takes_neither_name_nor_reference(place: &Place) {
    let books = place.fresh().await;
    books.add("1000", &order("1000")).await.unwrap();
    for (other, expected) in [
        (
            StoredOrder::new("branch", payment("1000", 150_000)),
            "account",
        ),
        (
            StoredOrder::new("main", payment("1000", 150_001)),
            "payment",
        ),
        (
            StoredOrder::new("main", payment("1001", 150_000)),
            "payment",
        ),
    ] {
        match books.add("1000", &other).await.unwrap_err() {
            BooksError::OtherOrder { name, what } => assert_eq!((&*name, what), ("1000", expected)),
            error => panic!("{error}"),
        }
    }
    match books.add("1001", &order("1000")).await.unwrap_err() {
        BooksError::ReferenceTaken { reference } => assert_eq!(reference, "1000"),
        error => panic!("{error}"),
    }
    assert_eq!(books.load("1000").await.unwrap(), Some(order("1000")));
    assert_eq!(books.load("1001").await.unwrap(), None);
}

async fn an_order_is_there_if_the_merchants_transaction_is(place: &Place) {
    /// Adds an order in a transaction that is committed, and one in a transaction that is given up.
    macro_rules! both {
        ($pool:expr, $books:expr) => {
            for (name, is_kept) in [("1000", true), ("1001", false)] {
                let mut transaction = $pool.begin().await.unwrap();
                let added = $books.add_in(&mut *transaction, name, &order(name)).await;
                assert_eq!(added.unwrap(), Added::New);
                if is_kept {
                    transaction.commit().await.unwrap();
                } else {
                    transaction.rollback().await.unwrap();
                }
                let loaded = $books.load(name).await.unwrap();
                assert_eq!(loaded.is_some(), is_kept, "{name}");
            }
        };
    }
    let books = place.fresh().await;
    if let Some(pool) = books.sqlite_pool() {
        both!(pool, books);
    }
    if let Some(pool) = books.postgres_pool() {
        both!(pool, books);
        let elsewhere = Place::sqlite().fresh().await;
        let mut transaction = elsewhere.sqlite_pool().unwrap().begin().await.unwrap();
        let refused = books
            .add_in(&mut *transaction, "1002", &order("1002"))
            .await;
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused, BooksError::OtherDatabase { .. }),
            "{refused}"
        );
    }
}

async fn a_payers_card_and_national_id_are_kept_if_the_merchant_says_so(place: &Place) {
    let books = place.fresh().await;
    let card = CardNumber::parse("6037701689095443").unwrap();
    let other = CardNumber::parse("6274129005473742").unwrap();
    let id = NationalId::parse("0076229645").unwrap();
    let foreign = NationalId::parse_foreign("100234567890").unwrap();
    let with_card = |name| payment(name, 150_000).with_payer_card(card.clone());
    for private in [
        with_card("0076229645").with_national_id(id.clone()),
        with_card("100234567890").with_national_id(foreign.clone()),
        // One of them alone is private data as well.
        payment("card", 150_000).with_payer_card(other.clone()),
        payment("id", 150_000).with_national_id(id),
        payment("foreign id", 150_000).with_national_id(foreign),
    ] {
        let name = private.reference().as_str().to_owned();
        let private = StoredOrder::new("main", private);
        let refused = books.add(&name, &private).await.unwrap_err();
        assert!(
            matches!(&refused, BooksError::PrivateData { .. }),
            "{refused}"
        );
        let keeping = books.clone().keep_private_data(true);
        assert_eq!(keeping.add(&name, &private).await.unwrap(), Added::New);
        assert_eq!(keeping.add(&name, &private).await.unwrap(), Added::Before);
        assert_eq!(books.load(&name).await.unwrap(), Some(private));
    }
    let kept = "SELECT count(*) FROM paylink_orders WHERE private LIKE '%6037701689095443%' \
                AND payment NOT LIKE '%6037701689095443%' AND ledger NOT LIKE '%6037701689095443%'";
    assert_eq!(number(&books, kept).await, 2);
    // What pays the order is compared no more once it is handed out.
    let (desk, provider) = desk(books);
    let private = desk.order("0076229645").await.unwrap();
    let _ = desk.open("0076229645").await.unwrap();
    // Open or not, an order with another card is another order.
    let keeping = desk.store().clone().keep_private_data(true);
    let other = private.payment().clone().with_payer_card(other);
    let other = StoredOrder::new("main", other);
    let refused = keeping.add("0076229645", &other).await.unwrap_err();
    assert!(refused.to_string().contains("card"), "{refused}");
    provider.pay("0076229645");
    let _ = desk.check("0076229645").await.unwrap();
    let again = StoredOrder::new("main", private.payment().clone());
    let added = keeping.add("0076229645", &again).await.unwrap();
    assert_eq!(added, Added::Before);
    assert_eq!(number(desk.store(), kept).await, 1);
    let order = desk.order("0076229645").await.unwrap();
    assert!(order.payment().payer_card().is_none() && order.payment().national_id().is_none());
}

/// The names of a list, read three by three.
async fn paged(books: &Books, which: Orders) -> Vec<String> {
    let mut listed = Vec::new();
    let mut page = which.limit(3);
    loop {
        let lines = books.orders(&page).await.unwrap();
        let Some(last) = lines.last() else {
            return listed;
        };
        page = page.after(last);
        listed.extend(lines.into_iter().map(|line| line.name));
    }
}

async fn orders_are_listed_page_by_page(place: &Place) {
    let books = place.fresh().await;
    let names: Vec<String> = (0..7).map(|number| format!("{number:04}")).collect();
    for name in &names {
        books.add(name, &order(name)).await.unwrap();
    }
    let oldest_first = paged(&books, Orders::all()).await;
    let mut newest_first = paged(&books, Orders::all().newest_first()).await;
    newest_first.reverse();
    assert_eq!(newest_first, oldest_first);
    let mut listed = oldest_first;
    listed.sort();
    assert_eq!(listed, names);
    let (now, day) = (SystemTime::now(), Duration::from_secs(24 * 60 * 60));
    for (until, found) in [(now + day, 7), (now - day, 0)] {
        let within = Orders::all().newest_first().created_until(until);
        let within = within.created_since(now - 2 * day);
        assert_eq!(paged(&books, within).await.len(), found);
    }
    let of_reference = books.order_of_reference("0003").await.unwrap();
    assert_eq!(of_reference.as_deref(), Some("0003"));
    assert_eq!(books.order_of_reference("3").await.unwrap(), None);
    let none = Orders::all().of_account("branch");
    assert!(books.orders(&none).await.unwrap().is_empty());
    let none = Orders::all().in_stage(Stage::Delivered);
    assert!(books.orders(&none).await.unwrap().is_empty());
    let new = Orders::all().in_stage(Stage::New).of_account("main");
    assert_eq!(books.orders(&new).await.unwrap().len(), 7);
}

async fn what_is_due_and_held_by_nobody_is_named_the_earliest_first(place: &Place) {
    let books = place.fresh().await;
    for name in ["later", "b", "a", "held", "over"] {
        books.add(name, &order(name)).await.unwrap();
    }
    let due = "UPDATE paylink_orders \
        SET next_check_at = CASE name WHEN 'held' THEN 1 WHEN 'later' THEN 3 ELSE 2 END, \
        claimed_until = CASE name WHEN 'held' THEN 10 ELSE 0 END WHERE name <> 'over'";
    run(&books, due).await;
    for (now, limit, names) in [
        (1, 9, &[][..]),
        (2, 9, &["a", "b"]),
        (3, 9, &["a", "b", "later"]),
        (3, 2, &["a", "b"]),
        (9, 9, &["a", "b", "later"]),
        (10, 9, &["held", "a", "b", "later"]),
    ] {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now);
        assert_eq!(books.due(now, limit).await.unwrap(), names, "{now:?}");
    }
}
