//! The example shop in Chromium, as its buyers meet it: on a desktop and on a phone.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::Locator;
use paylink_books::{Deliveries, DeliveryLine, OrderLine, Orders};
use paylink_example_shop::{Books, Order, Setup, Shop, premises};
use paylink_sandbox::Sandbox;
use paylink_tests::browser::{Browser, Viewport};
use serde_json::Value;

/// Longer than any test: what is settled here is settled by a buyer who came back.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_with_zipay_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("zipay").await;
        customer.click(BUTTON).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_with_pod_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("pod").await;
        to_the_gateway(&customer).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_from_card_to_card_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("cardpay").await;
        let text = customer.browser.text().await.unwrap();
        for shown in [
            "دقیقاً این مبلغ",
            "زمان باقی‌مانده: ۱۴:",
            "6037 9900 0000 0030",
        ] {
            assert!(text.contains(shown), "{viewport:?}: {shown} in {text}");
        }
        customer.click(BUTTON).await;
        customer.click(TRANSFER).await;
        bought_once(customer, &order).await;
    }
}

/// SizPay brings nobody back: the SMS is followed in its own right, and the order's page is opened again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_paid_with_the_link_of_an_sms_and_handed_out_once() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("sizpay").await;
        customer.reads("پیامکی با لینک پرداخت به ۰۹۱۲۲۲۷۲۷۳۰").await;
        customer.click(".sms a").await;
        customer.click(PAY).await;
        customer.reads("پرداخت انجام شد").await;
        customer.open(&customer.page_of(&order)).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_was_declined_can_be_tried_again() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("zipay").await;
        customer.click(BUTTON).await;
        customer.click(DECLINE).await;
        customer.reads("پرداخت انجام نشد").await;
        customer.look("declined").await;
        customer.refresh().await;
        customer.reads("پرداخت انجام نشد").await;
        customer.click("form[action$='/again'] button").await;
        customer.reads("سفارش می‌ماند").await;
        assert!(customer.deliveries(&order).await.is_empty(), "{viewport:?}");
        customer.click(BUTTON).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

/// POD's invoice can still be paid: the order goes on with the same link.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payer_who_gives_up_at_the_gateway_can_go_back_there() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("pod").await;
        to_the_gateway(&customer).await;
        customer.click(DECLINE).await;
        customer.reads("سفارش می‌ماند").await;
        to_the_gateway(&customer).await;
        customer.click(PAY).await;
        bought_once(customer, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_needs_a_number_to_go_to() {
    for viewport in Viewport::ALL {
        let customer = Customer::enter(viewport, NEVER).await;
        for (typed, problem) in [("", "لازم است"), ("12345", "یک شمارهٔ همراه نیست")]
        {
            customer.open(customer.shop.url()).await;
            customer.click("input[value=sizpay]").await;
            customer.fill("#mobile", typed).await;
            customer.click(BUTTON).await;
            customer.reads(problem).await;
        }
        customer.look("no-number").await;
        assert!(customer.orders().await.is_empty(), "{viewport:?}");
        customer.leave().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_is_not_there_says_so() {
    let customer = Customer::enter(Viewport::Phone, NEVER).await;
    customer
        .open(&format!("{}/orders/404", customer.shop.url()))
        .await;
    customer.reads("سفارشی با این شماره پیدا نشد").await;
    assert!(customer.orders().await.is_empty());
    customer.leave().await;
}

/// From the order's page over POD's to the bank's.
async fn to_the_gateway(customer: &Customer) {
    customer.click(BUTTON).await;
    customer.click(CARD).await;
    customer.reads("درگاه پرداخت بانک").await;
}

/// The code stays the same however often and by whichever address its page is asked for.
async fn bought_once(customer: Customer, order: &Order) {
    let code = customer.has_bought(order).await;
    customer.look("paid").await;
    for _ in 0..2 {
        customer.refresh().await;
        assert_eq!(customer.has_bought(order).await, code);
    }
    // The address to which a provider leads, asked for once more, as it is and with what anybody may write.
    for forged in [
        "",
        "?trackid=x&invoice_number=1",
        "?invoiceId=1&paid=true",
        "?a=%ff&a=1",
    ] {
        let back = format!(
            "{}/pay/return/{}{forged}",
            customer.shop.url(),
            order.number
        );
        customer.open(&back).await;
        assert_eq!(customer.has_bought(order).await, code, "{forged}");
    }
    customer.leave().await;
}

/// The browser is closed at the pay page, before anything leads back to the shop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_closed_the_browser_after_paying_gets_the_goods_later() {
    for viewport in Viewport::ALL {
        let mut customer = Customer::enter(viewport, NEVER).await;
        let order = customer.order("sizpay").await;
        customer.click(".sms a").await;
        customer.click(PAY).await;
        customer.reads("پرداخت انجام شد").await;
        customer.changes_browser(Cookies::Kept).await;
        assert!(
            customer.deliveries(&order).await.is_empty(),
            "nobody has looked yet"
        );
        customer.open(&customer.page_of(&order)).await;
        let code = customer.has_bought(&order).await;
        customer.look("late").await;
        customer.refresh().await;
        assert_eq!(customer.has_bought(&order).await, code);
        customer.leave().await;
    }
}

/// The phone that paid lost its way back: the order's page is opened elsewhere, and later. ZiPay's notification may have
/// come before, and the buyer's look is then the second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_paid_and_never_came_back_gets_the_goods_later() {
    for account in ["zipay", "pod", "cardpay"] {
        let mut customer = Customer::enter(Viewport::Phone, NEVER).await;
        let order = customer.order(account).await;
        pays_elsewhere(&customer.sandbox, account);
        customer.changes_browser(Cookies::Kept).await;
        customer.open(&customer.page_of(&order)).await;
        let code = customer.has_bought(&order).await;
        customer.refresh().await;
        assert_eq!(customer.has_bought(&order).await, code, "{account}");
        customer.leave().await;
    }
}

/// ZiPay gives back what nobody confirmed within half an hour: the goods stay in the shop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_who_comes_back_after_the_money_went_back_gets_nothing() {
    let customer = Customer::enter(Viewport::Phone, NEVER).await;
    let order = customer.order("zipay").await;
    pays_elsewhere(&customer.sandbox, "zipay");
    let half_an_hour = Duration::from_secs(30 * 60 + 1);
    customer.sandbox.clock().advance(half_an_hour);
    customer.open(&customer.page_of(&order)).await;
    customer.reads("پرداخت انجام نشد").await;
    customer.look("too-late").await;
    assert!(customer.deliveries(&order).await.is_empty());
    customer.leave().await;
}

/// Whoever guesses an order's number sees that it is paid, and not what was bought.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_is_not_shown_the_code() {
    let mut customer = Customer::enter(Viewport::Phone, NEVER).await;
    let order = customer.order("sizpay").await;
    customer.click(".sms a").await;
    customer.click(PAY).await;
    customer.reads("پرداخت انجام شد").await;
    customer.changes_browser(Cookies::Forgotten).await;
    customer.open(&customer.page_of(&order)).await;
    customer.reads("در مرورگری نشان داده می‌شود").await;
    customer.look("stranger").await;
    let order = customer.newest(&order).await;
    assert_eq!(customer.deliveries(&order).await.len(), 1);
    let text = customer.browser.text().await.unwrap();
    assert!(!text.contains(order.code().unwrap()), "{text}");
    customer.leave().await;
}

/// Money that came while nobody was in the shop is confirmed before its provider gives it back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_nobody_looks_at_is_handed_out_by_the_sweep() {
    let mut customer = Customer::enter(Viewport::Desktop, Duration::from_millis(100)).await;
    let order = customer.order("sizpay").await;
    customer.click(".sms a").await;
    customer.click(PAY).await;
    customer.reads("پرداخت انجام شد").await;
    customer.changes_browser(Cookies::Kept).await;
    let handed_out = async {
        loop {
            let order = customer.newest(&order).await;
            if let Some(code) = order.code() {
                break code.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let code = tokio::time::timeout(Duration::from_secs(20), handed_out).await;
    customer.open(&customer.page_of(&order)).await;
    assert_eq!(
        customer.has_bought(&order).await,
        code.expect("no sweep came by")
    );
    customer.leave().await;
}

/// Pays the only payment there is, without a browser that would lead back to the shop.
fn pays_elsewhere(sandbox: &Sandbox, account: &str) {
    match account {
        "zipay" => {
            let invoices = sandbox.zipay().invoices();
            sandbox.zipay().pay(&invoices[0].trackid).unwrap();
        }
        "pod" => {
            let invoices = sandbox.pod().invoices();
            sandbox.pod().pay_by_card(invoices[0].id).unwrap();
        }
        "cardpay" => {
            let payments = sandbox.cardpay().payments();
            sandbox.cardpay().pay(payments[0].pay_id).unwrap();
        }
        other => panic!("{other} has no other way"),
    }
}

/// To where SizPay's SMS goes, as a buyer may type it.
const MOBILE: &str = "۰۹۱۲ ۲۲۷ ۲۷۳۰";

/// The shop's button, and those of the pay pages.
const BUTTON: &str = ".button";
const PAY: &str = "form[action$='/pay'] button";
const DECLINE: &str = "form[action$='/decline'] button";
const TRANSFER: &str = "form[action$='/transfer'] button";
const CARD: &str = "button[name=method][value=card]";

/// Somebody in the shop, which sells through a sandbox of its own.
struct Customer {
    sandbox: Arc<Sandbox>,
    shop: Shop,
    viewport: Viewport,
    browser: Browser,
}

impl Customer {
    /// Enters a shop that looks at its orders so often by itself.
    async fn enter(viewport: Viewport, sweep_every: Duration) -> Customer {
        let sandbox = Arc::new(Sandbox::start().await.unwrap());
        let setup = Setup {
            accounts: premises::of_sandbox(&sandbox).unwrap(),
            books: Books::forgotten().await.unwrap(),
            url: None,
            sandbox: Some(Arc::clone(&sandbox)),
            sweep_every,
        };
        let shop = Shop::open("127.0.0.1:0".parse().unwrap(), setup).await;
        Customer {
            sandbox,
            shop: shop.unwrap(),
            viewport,
            browser: Browser::open(viewport).await.unwrap(),
        }
    }

    /// Orders through an account, and stands at the order's page.
    async fn order(&self, account: &str) -> Order {
        self.open(self.shop.url()).await;
        self.check_page("زعفران").await;
        self.click(&format!("input[value={account}]")).await;
        self.fill("#mobile", MOBILE).await;
        self.look("offer").await;
        self.click(BUTTON).await;
        self.reads("سفارش می‌ماند").await;
        self.check_page("زعفران").await;
        self.look(&format!("{account}-order")).await;
        let orders = self.orders().await;
        let order = self.read(&orders.last().expect("an order").name).await;
        assert!(self.url().await.ends_with(&self.page_of(&order)));
        order
    }

    /// The page of an order.
    fn page_of(&self, order: &Order) -> String {
        format!("{}/orders/{}", self.shop.url(), order.number)
    }

    /// Reads the code that was bought, which is the one in the books, and handed out once.
    async fn has_bought(&self, order: &Order) -> String {
        self.reads("کد دریافت شما:").await;
        self.check_page("پرداخت شد").await;
        let shown = self
            .of("return document.querySelector('.code').innerText")
            .await;
        let shown = shown.as_str().unwrap().to_owned();
        let order = self.newest(order).await;
        assert_eq!(order.code(), Some(&*shown), "{:?}", self.viewport);
        let deliveries = self.deliveries(&order).await;
        assert_eq!(deliveries.len(), 1, "{:?}", self.viewport);
        shown
    }

    /// The order as it stands in the books now.
    async fn newest(&self, order: &Order) -> Order {
        self.read(&order.number).await
    }

    async fn read(&self, number: &str) -> Order {
        self.shop.books().order(number).await.unwrap().unwrap()
    }

    /// All orders, oldest first.
    async fn orders(&self) -> Vec<OrderLine> {
        let books = self.shop.books().of_desk();
        books.orders(&Orders::all()).await.unwrap()
    }

    /// What was handed out: nothing, or one delivery.
    async fn deliveries(&self, order: &Order) -> Vec<DeliveryLine> {
        let books = self.shop.books().of_desk();
        let all = Deliveries::all().of_order(&order.number);
        books.outbox(&all).await.unwrap()
    }

    async fn open(&self, page: &str) {
        self.browser.page.goto(page).await.unwrap();
    }

    async fn url(&self) -> String {
        self.browser.page.current_url().await.unwrap().to_string()
    }

    async fn refresh(&self) {
        self.browser.page.refresh().await.unwrap();
    }

    async fn click(&self, selector: &str) {
        let element = self.browser.page.wait().for_element(Locator::Css(selector));
        element.await.unwrap().click().await.unwrap();
    }

    /// Writes over what stands in a field.
    async fn fill(&self, selector: &str, text: &str) {
        let field = self.browser.page.find(Locator::Css(selector)).await;
        let field = field.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits for a page that says so.
    async fn reads(&self, says: &str) {
        if let Err(problem) = self.browser.reads(&[says]).await {
            self.look("stuck").await;
            panic!("{:?}: {problem}", self.viewport);
        }
    }

    /// Persian, right to left, fits the width, says what it has to, and has buttons that a thumb hits.
    async fn check_page(&self, says: &str) {
        self.reads(says).await;
        let facts = "const root = document.documentElement; return [root.dir, root.lang, \
                     root.scrollWidth <= window.innerWidth, \
                     [...document.querySelectorAll('.button')].every(it => it.offsetHeight >= 44), \
                     getComputedStyle(document.querySelector('.sheet')).display]";
        let expected = serde_json::json!(["rtl", "fa", true, true, "grid"]);
        assert_eq!(self.of(facts).await, expected, "{:?}", self.viewport);
    }

    async fn of(&self, script: &str) -> Value {
        self.browser.page.execute(script, vec![]).await.unwrap()
    }

    /// Keeps a picture for whoever wants to look.
    async fn look(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
        fs::create_dir_all(&folder).unwrap();
        let picture = self.browser.page.screenshot().await.unwrap();
        let file = format!("shop-{name}-{:?}.png", self.viewport);
        fs::write(folder.join(file), picture).unwrap();
    }

    /// Closes the browser and comes back with another: the same buyer, if the cookies come along.
    async fn changes_browser(&mut self, cookies: Cookies) {
        let kept = self.browser.page.get_all_cookies().await.unwrap();
        self.only_local().await;
        let next = Browser::open(self.viewport).await.unwrap();
        let before = std::mem::replace(&mut self.browser, next);
        before.close().await.unwrap();
        if let Cookies::Kept = cookies {
            // A cookie is set where one is already.
            self.open(&format!("{}/style.css", self.shop.url())).await;
            for cookie in kept {
                self.browser.page.add_cookie(cookie).await.unwrap();
            }
        }
    }

    /// Leaves, and nothing but this machine was asked for anything.
    async fn leave(self) {
        self.only_local().await;
        self.browser.close().await.unwrap();
        self.shop.close().await;
    }

    async fn only_local(&self) {
        let asked = self.browser.asked_for().await.unwrap();
        let own = [self.shop.url(), self.sandbox.url(), "data:", "about:"];
        assert!(
            asked.iter().any(|url| url.starts_with(self.shop.url())),
            "the log is blind: {asked:?}"
        );
        for url in &asked {
            let local = own.iter().any(|own| url.starts_with(own));
            assert!(local, "{:?}: a page asked for {url}", self.viewport);
        }
    }
}

/// What becomes of the cookies of a browser that is closed.
enum Cookies {
    Kept,
    Forgotten,
}
