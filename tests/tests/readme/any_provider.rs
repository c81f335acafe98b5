//! The second piece of code: any provider, chosen at run time, over an order table.

use std::error::Error;
use std::sync::Arc;

use paylink::core::provider::{NewPayment, Payment, Transfer};
use paylink::desk::{Delivery, MemoryStore, StoredOrder};
use paylink::{Mismatch, Money, Rial, WebUrl};
use paylink_sandbox::Sandbox;

/// What became of the order, and the link that was shown.
#[derive(Debug, Default)]
struct Shop {
    link: Option<WebUrl>,
    told: Vec<String>,
}

impl Shop {
    fn show(&mut self, link: Option<&WebUrl>, transfer: Option<&Transfer>) {
        assert!(transfer.is_some(), "CardPay asks for an exact amount");
        self.link = link.cloned();
    }

    fn deliver(&mut self, delivery: &Delivery) {
        self.told.push(format!("deliver {}", delivery.order()));
    }

    fn wait(&mut self, payment: &Payment) {
        self.told.push(payment.state().to_string());
    }

    fn alarm(&mut self, found: &Mismatch) {
        self.told.push(found.to_string());
    }
}

#[rustfmt::skip]
async fn second_piece(shop: &mut Shop, orders: Arc<MemoryStore>, path: &str) -> Result<(), Box<dyn Error>> {
// README:
use paylink::config::Config;
use paylink::desk::{Desk, Opened, Outcome};

let accounts = Config::load(path)?.open(&paylink::Transport::new()?)?; // or everything that is wrong, at once
let desk = Desk::new(orders, accounts); // your table of orders, behind a trait of nine methods

if let Opened::Ready(payment) = desk.open("1000").await? {
    shop.show(payment.link(), payment.transfer());
}

// on a return, on a webhook, by a timer: as often as you like, from as many processes as you like
match desk.check("1000").await? {
    Outcome::DeliverNow(delivery) => shop.deliver(&delivery), // once for each order
    Outcome::NotPaid(payment) => shop.wait(&payment),
    Outcome::Mismatch(found) => shop.alarm(&found),
    other => println!("{other:?}"), // handed out before, held by another process, not known yet
}
// :README
Ok(())
}

#[tokio::test]
async fn it_does_what_it_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let file = std::env::temp_dir().join(format!("paylink-readme-{}.toml", std::process::id()));
    let account = format!(
        "[cardpay]\ntoken = \"{}\"\nbase_url = \"{}\"\n",
        sandbox.cardpay().token(),
        sandbox.cardpay().base_url()
    );
    std::fs::write(&file, account).unwrap();
    let path = file.to_str().unwrap();

    let orders = Arc::new(MemoryStore::new());
    let price = Money::from(Rial::new(150_000));
    let payment = NewPayment::new("1000", price)
        .and_then(|payment| payment.with_return_url("https://shop.example/back/1000"))
        .unwrap();
    orders.put("1000", StoredOrder::new("cardpay", payment));

    let mut shop = Shop::default();
    second_piece(&mut shop, Arc::clone(&orders), path)
        .await
        .unwrap();
    assert!(shop.link.is_some());
    let there = sandbox.cardpay().payments();
    sandbox.cardpay().pay(there[0].pay_id).unwrap();
    for _ in 0..2 {
        second_piece(&mut shop, Arc::clone(&orders), path)
            .await
            .unwrap();
    }
    assert_eq!(shop.told, ["unpaid", "deliver 1000"]);
    assert_eq!(orders.deliveries().len(), 1);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn it_is_the_code_that_was_run() {
    super::assert_shown(1, include_str!("any_provider.rs"));
}
