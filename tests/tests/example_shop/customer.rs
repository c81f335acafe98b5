use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::Locator;
use paylink_example_shop::{Books, Order, Setup, Shop, premises};
use paylink_sandbox::Sandbox;
use paylink_tests::browser::{Browser, Viewport};
use serde_json::Value;

/// To where SizPay's SMS goes, as a buyer may type it.
pub(super) const MOBILE: &str = "۰۹۱۲ ۲۲۷ ۲۷۳۰";

/// The shop's button, and those of the pay pages.
pub(super) const BUTTON: &str = ".button";
pub(super) const PAY: &str = "form[action$='/pay'] button";
pub(super) const DECLINE: &str = "form[action$='/decline'] button";
pub(super) const TRANSFER: &str = "form[action$='/transfer'] button";
pub(super) const CARD: &str = "button[name=method][value=card]";

/// Somebody in the shop, which sells through a sandbox of its own.
pub(super) struct Customer {
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) shop: Shop,
    pub(super) viewport: Viewport,
    browser: Browser,
}

impl Customer {
    /// Enters a shop that looks at its orders so often by itself.
    pub(super) async fn enter(viewport: Viewport, sweep_every: Duration) -> Customer {
        let sandbox = Arc::new(Sandbox::start().await.unwrap());
        let setup = Setup {
            accounts: premises::of_sandbox(&sandbox).unwrap(),
            books: Books::in_memory(),
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
    pub(super) async fn order(&self, account: &str) -> Order {
        self.open(self.shop.url()).await;
        self.check_page("زعفران").await;
        self.click(&format!("input[value={account}]")).await;
        self.fill("#mobile", MOBILE).await;
        self.look("offer").await;
        self.click(BUTTON).await;
        self.reads("سفارش می‌ماند").await;
        self.check_page("زعفران").await;
        self.look(&format!("{account}-order")).await;
        let orders = self.shop.books().orders();
        let order = orders.last().expect("an order").clone();
        assert!(self.url().await.ends_with(&self.page_of(&order)));
        order
    }

    /// The page of an order.
    pub(super) fn page_of(&self, order: &Order) -> String {
        format!("{}/orders/{}", self.shop.url(), order.number)
    }

    /// Reads the code that was bought, which is the one in the books, and handed out once.
    pub(super) async fn has_bought(&self, order: &Order) -> String {
        self.reads("کد دریافت شما:").await;
        self.check_page("پرداخت شد").await;
        let shown = self
            .of("return document.querySelector('.code').innerText")
            .await;
        let shown = shown.as_str().unwrap().to_owned();
        let order = self.shop.books().order(&order.number).unwrap();
        assert_eq!(order.code(), Some(&*shown), "{:?}", self.viewport);
        assert_eq!(order.deliveries().len(), 1, "{:?}", self.viewport);
        shown
    }

    pub(super) async fn open(&self, page: &str) {
        self.browser.page.goto(page).await.unwrap();
    }

    pub(super) async fn url(&self) -> String {
        self.browser.page.current_url().await.unwrap().to_string()
    }

    pub(super) async fn refresh(&self) {
        self.browser.page.refresh().await.unwrap();
    }

    pub(super) async fn click(&self, selector: &str) {
        let element = self.browser.page.wait().for_element(Locator::Css(selector));
        element.await.unwrap().click().await.unwrap();
    }

    /// Writes over what stands in a field.
    pub(super) async fn fill(&self, selector: &str, text: &str) {
        let field = self.browser.page.find(Locator::Css(selector)).await;
        let field = field.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits for a page that says so.
    pub(super) async fn reads(&self, says: &str) {
        let arrived = async {
            // There is no page to read while one makes room for the next.
            while !self.text().await.is_some_and(|text| text.contains(says)) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(20), arrived)
            .await
            .is_err()
        {
            self.look("stuck").await;
            let text = self.text().await;
            panic!("{:?}: no page says {says}, but {text:?}", self.viewport);
        }
    }

    pub(super) async fn text(&self) -> Option<String> {
        let read = "return document.body.innerText";
        let text = self.browser.page.execute(read, vec![]).await;
        Some(text.ok()?.as_str()?.to_owned())
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
    pub(super) async fn look(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
        fs::create_dir_all(&folder).unwrap();
        let picture = self.browser.page.screenshot().await.unwrap();
        let file = format!("shop-{name}-{:?}.png", self.viewport);
        fs::write(folder.join(file), picture).unwrap();
    }

    /// Closes the browser and comes back with another: the same buyer, if the cookies come along.
    pub(super) async fn changes_browser(&mut self, cookies: Cookies) {
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
    pub(super) async fn leave(self) {
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
pub(super) enum Cookies {
    Kept,
    Forgotten,
}
