use std::time::{Duration, SystemTime};

use paylink::desk::{Outbox, Stage};
use paylink_books::sqlx::{self, AssertSqlSafe, PgPool};
use paylink_books::{Deliveries, Orders};

use super::*;
use crate::order::Order;
use crate::premises;
use crate::returns::NothingToSend;

/// A counter that sells through this sandbox, over books that are forgotten.
pub(crate) async fn of_sandbox(sandbox: &Arc<Sandbox>) -> Counter {
    with(sandbox, Books::forgotten().await.unwrap())
}

fn with(sandbox: &Arc<Sandbox>, books: Books) -> Counter {
    let setup = Setup {
        accounts: premises::of_sandbox(sandbox).unwrap(),
        books,
        url: None,
        sandbox: Some(Arc::clone(sandbox)),
        sweep_every: Duration::from_secs(15),
    };
    Counter::new(setup, "https://shop.example").unwrap()
}

/// A counter with one order that was paid, and that nobody has looked at since.
async fn with_paid_order(books: Books) -> (Counter, String) {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let counter = with(&sandbox, books);
    let number = counter.place("zipay", None, "a buyer").await.unwrap();
    let _ = counter.desk.open(&number).await.unwrap();
    let invoice = sandbox.zipay().invoices().pop().unwrap();
    sandbox.zipay().pay(&invoice.trackid).unwrap();
    (counter, number)
}

async fn order(counter: &Counter, number: &str) -> Order {
    counter.books.order(number).await.unwrap().unwrap()
}

/// How many deliveries of it are in the outbox, gone out or not.
async fn deliveries(counter: &Counter, number: &str) -> usize {
    let all = Deliveries::all().of_order(number);
    counter.books.of_desk().outbox(&all).await.unwrap().len()
}

/// The code stays, however often the order is looked at and the outbox's worker comes by.
async fn a_code_is_given_once(books: Books) {
    let (counter, number) = with_paid_order(books).await;
    let before = order(&counter, &number).await;
    assert_eq!(before.code(), None, "nothing is due yet");
    assert_eq!(deliveries(&counter, &number).await, 0);
    // The code is there as soon as the desk says so: a process that dies now has lost nothing.
    let told = counter.desk.check(&number).await.unwrap();
    assert!(matches!(told, Outcome::DeliverNow(_)), "{told:?}");
    let given = order(&counter, &number).await;
    assert!(given.code().is_some());
    assert_eq!(given.stored.ledger().stage(), Stage::AwaitingDelivery);
    for stage in [Stage::AwaitingDelivery, Stage::Delivered, Stage::Delivered] {
        let again = order(&counter, &number).await;
        assert_eq!(again.code(), given.code());
        assert_eq!(again.stored.ledger().stage(), stage);
        assert_eq!(deliveries(&counter, &number).await, 1);
        let _ = counter.desk.check(&number).await.unwrap();
        let worker = Outbox::new(Arc::clone(&counter.desk), NothingToSend);
        worker.step().await.unwrap();
    }
    assert_eq!(counter.books.of_desk().check().await.unwrap(), []);
}

#[tokio::test]
async fn a_code_that_was_given_stays() {
    a_code_is_given_once(Books::forgotten().await.unwrap()).await;
}

/// One setting leads to the other database: a schema of its own, in the one that `PAYLINK_POSTGRES` names.
#[tokio::test]
async fn a_code_that_was_given_stays_in_postgres() {
    let url = std::env::var("PAYLINK_POSTGRES")
        .expect("PAYLINK_POSTGRES names no database: see CONTRIBUTING.md");
    let pool = PgPool::connect(&url).await.unwrap();
    let schema = format!("shop_{}", std::process::id());
    let run = async |statement: String| {
        let ran = sqlx::query(AssertSqlSafe(statement)).execute(&pool).await;
        ran.unwrap();
    };
    run(format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).await;
    run(format!("CREATE SCHEMA {schema}")).await;
    let separator = if url.contains('?') { '&' } else { '?' };
    let place = format!("{url}{separator}options[search_path]={schema}");
    a_code_is_given_once(Books::open(&place).await.unwrap()).await;
    let found: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT count(*) FROM {schema}.shop_orders"
    )))
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(found, 1, "the orders are elsewhere");
    run(format!("DROP SCHEMA {schema} CASCADE")).await;
}

/// An order that has a code gets no second one, and nothing is written of it.
#[tokio::test]
async fn what_cannot_be_handed_out_is_not_said_to_be() {
    let (counter, number) = with_paid_order(Books::forgotten().await.unwrap()).await;
    let pool = counter.books.of_desk().sqlite_pool().unwrap();
    let set = "UPDATE shop_orders SET code = $1";
    let set = async |code: Option<&str>| sqlx::query(set).bind(code).execute(pool).await.unwrap();
    set(Some("A")).await;
    let refused = counter.desk.check(&number).await.unwrap_err();
    assert!(matches!(refused, DeskError::Store(_)), "{refused:?}");
    assert_eq!(order(&counter, &number).await.code(), Some("A"));
    assert_eq!(deliveries(&counter, &number).await, 0);
    set(None).await;
    let told = counter.desk.check(&number).await.unwrap();
    assert!(matches!(told, Outcome::DeliverNow(_)), "{told:?}");
    assert!(order(&counter, &number).await.code().is_some());
    assert_eq!(deliveries(&counter, &number).await, 1);
}

#[tokio::test]
async fn the_desk_has_an_order_if_the_shop_has_it() {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let counter = of_sandbox(&sandbox).await;
    let number = counter.place("zipay", None, "a buyer").await.unwrap();
    let stored = order(&counter, &number).await.stored;
    // The shop's row is there already, and the desk's is not.
    let pool = counter.books.of_desk().sqlite_pool().unwrap();
    let row = sqlx::query("INSERT INTO shop_orders (number, buyer) VALUES ('7', 'another')");
    row.execute(pool).await.unwrap();
    let payment = NewPayment::new("7", goods::price()).unwrap();
    let fresh = StoredOrder::new("zipay", payment);
    assert!(counter.books.place("7", "a buyer", &fresh).await.is_err());
    // The desk refuses the reference of another order.
    assert!(counter.books.place("8", "a buyer", &stored).await.is_err());
    let count = "SELECT count(*) FROM shop_orders WHERE number = '8'";
    let count: i64 = sqlx::query_scalar(count).fetch_one(pool).await.unwrap();
    assert_eq!(count, 0);
    let all = Orders::all();
    let orders = counter.books.of_desk().orders(&all).await.unwrap();
    let names: Vec<String> = orders.into_iter().map(|order| order.name).collect();
    assert_eq!(names, [number]);
}

#[tokio::test]
async fn what_was_written_is_read_again_and_no_number_is_used_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let file = file.to_str().unwrap();
    let (counter, number) = with_paid_order(Books::open(file).await.unwrap()).await;
    let _ = counter.desk.check(&number).await.unwrap();
    let given = order(&counter, &number).await;
    let last = counter.books.fresh_number().await.unwrap();
    counter.books.of_desk().close().await;
    let books = Books::open(file).await.unwrap();
    let again = books.order(&number).await.unwrap().unwrap();
    assert_eq!(again.stored, given.stored);
    assert_eq!(again.code(), given.code());
    assert_eq!(again.buyer, "a buyer");
    let next = books.fresh_number().await.unwrap();
    let number = |text: &str| text.parse::<u64>().unwrap();
    assert!(number(&next) > number(&last), "{next} after {last}");
}

/// A buyer who paid and never came back is found, and nobody is asked about an order that is done.
#[tokio::test]
async fn a_late_order_is_found_by_the_sweep() {
    let (counter, number) = with_paid_order(Books::forgotten().await.unwrap()).await;
    let in_a_while = SystemTime::now() + Duration::from_secs(5 * 60);
    let due = counter.books.of_desk().due(in_a_while, 9).await.unwrap();
    assert_eq!(due, [&*number]);
    let _ = counter.desk.check(&number).await.unwrap();
    let due = counter.books.of_desk().due(in_a_while, 9).await.unwrap();
    assert!(due.is_empty(), "{due:?}");
}

#[tokio::test]
async fn an_input_that_a_provider_has_no_place_for_is_left_out() {
    let sandbox = Arc::new(Sandbox::start().await.unwrap());
    let counter = of_sandbox(&sandbox).await;
    for provider in counter.accounts() {
        let mobile = Some("09122272730".parse().unwrap());
        let number = counter.place(provider.name(), mobile, "a buyer").await;
        let order = order(&counter, &number.unwrap()).await;
        for input in [Input::Mobile, Input::ReturnUrl, Input::NotifyUrl] {
            let demand = provider.capabilities().input(input);
            let refused = matches!(demand, InputRule::Unsupported(_));
            let given = order.stored.payment().has(input);
            assert_eq!(given, !refused, "{} {input}", provider.name());
        }
    }
}
