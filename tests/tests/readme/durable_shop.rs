//! The third piece of code: an empty axum shop that sells durably.

use std::net::SocketAddr;
use std::time::Duration;

use paylink_books::sqlx::{self, SqlitePool};
use paylink_sandbox::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[rustfmt::skip]
mod shown {
// README:
use std::error::Error;
use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::routing::post;
use paylink::config::Config;
use paylink::desk::{Deliver, Delivery, Desk, Opened, StoredOrder};
use paylink::web::{self, Pages, Routes};
use paylink::{Money, NewPayment, Toman, Transport};
use paylink_books::Books;

struct Warehouse;

#[async_trait]
impl Deliver for Warehouse {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        println!("pack order {}, unless it is packed", delivery.id());
        Ok(())
    }
}

struct PlainPages;

impl Pages for PlainPages {}

struct Shop {
    desk: Arc<Desk<Books>>,
    routes: Routes,
}

impl Shop {
    async fn pay(&self, order: &str) -> Result<Opened, Box<dyn Error + Send + Sync>> {
        let price = Money::from(Toman::new(150_000));
        let payment = NewPayment::new(order, price)?.with_return_url(&self.routes.return_url(order)?)?;
        self.desk.store().add(order, &StoredOrder::new("zipay", payment)).await?;
        Ok(self.desk.open(order).await?)
    }
}

async fn buy(State(shop): State<Arc<Shop>>, Path(order): Path<String>) -> Result<Redirect, String> {
    match shop.pay(&order).await.map_err(|problem| problem.to_string())? {
        Opened::Ready(payment) => Ok(Redirect::to(payment.link().ok_or("no link")?.as_str())),
        _ => Ok(Redirect::to(&format!("/pay/return/{order}"))), // paid, or not known yet: the page says which
    }
}

async fn shop(config: &str, books: &str, url: &str) -> Result<Router, Box<dyn Error>> {
    let accounts = Config::load(config)?.open(&Transport::new()?)?;
    let desk = Arc::new(Desk::new(Books::sqlite(books).await?, accounts));
    tokio::spawn(desk.store().watch(&desk, Warehouse).run(pending())); // finds what is paid, and has it sent
    let routes = Routes::new(&format!("{url}/pay"))?;
    let shop = Arc::new(Shop { desk: Arc::clone(&desk), routes });
    let own = Router::new().route("/buy/{order}", post(buy)).with_state(shop);
    Ok(own.nest("/pay", web::router(desk, PlainPages)))
}
// :README

pub(super) async fn open(config: &str, books: &str, url: &str) -> Router {
    shop(config, books, url).await.unwrap()
}
}

#[test]
fn it_is_the_one_that_is_shown() {
    super::assert_shown(2, include_str!("durable_shop.rs"));
    let lines = include_str!("durable_shop.rs").lines();
    let own = lines.skip_while(|it| *it != "// README:").skip(1);
    let count = own.take_while(|it| *it != "// :README").count();
    assert!(count <= 60, "{count} lines");
}

/// The shop sells, is gone in the middle, comes back over the same file, and delivers once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_was_gone_goes_on_where_it_was() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("paylink.toml");
    let zipay = sandbox.zipay();
    let account = format!(
        "[zipay]\napi_key = \"{}\"\nsecret_key = \"{}\"\nterminal = {}\nbase_url = \"{}\"\n",
        zipay.api_key(),
        zipay.secret_key(),
        zipay.terminal(),
        zipay.base_url()
    );
    std::fs::write(&config, account).unwrap();
    let (config, books) = (
        config.display().to_string(),
        folder.path().join("shop.db").display().to_string(),
    );

    // Each life of the shop has a runtime of its own, which takes everything with it when it ends.
    let first = Life::begin(&config, &books);
    let answer = first.ask("POST", "/buy/1000").await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    first.end();
    let trackid = zipay.invoices().remove(0).trackid;
    zipay.pay(&trackid).unwrap();

    let second = Life::begin(&config, &books);
    let answer = second.ask("GET", "/pay/return/1000").await;
    assert!(answer.contains("پرداخت شد"), "{answer}");
    // A second click creates nothing.
    let answer = second.ask("POST", "/buy/1000").await;
    assert!(answer.contains("/pay/return/1000"), "{answer}");
    let file = SqlitePool::connect(&books).await.unwrap();
    let delivered = "SELECT count(*) FROM paylink_orders WHERE stage = 'delivered'";
    let waited = async {
        while sqlx::query_scalar::<_, i64>(delivered)
            .fetch_one(&file)
            .await
            .unwrap()
            == 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(20), waited).await;
    in_time.expect("the goods went out");
    second.end();
    assert_eq!(zipay.invoices().len(), 1);
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM paylink_outbox")
        .fetch_one(&file)
        .await
        .unwrap();
    assert_eq!(rows, 1);
    sandbox.shutdown().await;
}

struct Life {
    runtime: tokio::runtime::Runtime,
    address: SocketAddr,
}

impl Life {
    fn begin(config: &str, books: &str) -> Life {
        let (config, books) = (config.to_owned(), books.to_owned());
        let begun = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let address = runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let address = listener.local_addr().unwrap();
                let shop = shown::open(&config, &books, "https://shop.example").await;
                tokio::spawn(async move { axum::serve(listener, shop).await });
                address
            });
            Life { runtime, address }
        });
        begun.join().unwrap()
    }

    async fn ask(&self, method: &str, path: &str) -> String {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn end(self) {
        self.runtime.shutdown_background();
    }
}
