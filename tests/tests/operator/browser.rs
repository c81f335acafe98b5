//! The pages in Chromium, as an operator meets them: on a desktop and on a phone, in both languages, by day and by night.

mod axe;

use std::fs;
use std::path::PathBuf;

use fantoccini::Locator;
use paylink_server::Right;
use paylink_tests::browser::{Browser, Viewport};
use serde_json::{Value, json};

use super::{ODD, Office, injection};

/// An operator in front of a screen.
struct Operator<'o> {
    office: &'o Office,
    browser: Browser,
    viewport: Viewport,
    language: &'static str,
}

/// What the pages say, in the order in which an operator meets it.
struct Words {
    language: &'static str,
    direction: &'static str,
    refused: &'static str,
    needs: &'static str,
    alarm: &'static str,
    why: [&'static str; 4],
    note: &'static str,
    resolved: &'static str,
    nothing: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        language: "fa",
        direction: "rtl",
        refused: "این کلید معتبر نیست",
        needs: "هشدارهای باز",
        alarm: "عدم تطابق پرداخت",
        why: [
            "ثبت‌شده در دفتر سفارش: ۲۵۰٬۰۰۰",
            "گزارش سرویس پرداخت: ۱٬۰۰۰",
            "چیزی تأیید نشده",
            "تا مشخص شدن آن، کالا را تحویل ندهید",
        ],
        note: "با پذیرنده صحبت شد؛ فاکتور جابه‌جا شده بود",
        resolved: "بسته‌شده به دست",
        nothing: "هشداری نیست",
    },
    Words {
        language: "en",
        direction: "ltr",
        refused: "This key does not count",
        needs: "Open alarms",
        alarm: "The payment is not the order's",
        why: [
            "Expected: 250,000",
            "Found: 1,000",
            "nothing was confirmed",
            "Deliver nothing until that is known",
        ],
        note: "The invoices were mixed up; both shops know",
        resolved: "Resolved by",
        nothing: "There are no alarms",
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mismatch_is_found_read_and_resolved() {
    for (viewport, words) in both() {
        let office = Office::open().await;
        office.sell_and_mix_up("1000", "1001").await;
        let operator = Operator::arrives(&office, viewport, words.language).await;
        operator.check_page(words).await;
        let (_, key) = office.key(&[Right::Operate]).await;
        operator.fill("#key", "paylink_000000000000_wrong").await;
        operator.click(".primary").await;
        operator.reads(words.refused).await;
        operator.look("refused").await;
        operator.fill("#key", &key).await;
        operator.click(".primary").await;
        operator.click("nav a[aria-current=page]").await;

        // The provider is asked, and what it says is not the order's.
        operator.open("/operator/orders/1000").await;
        operator.check_page(words).await;
        operator.look("order").await;
        operator.click("form[action$='/check'] button").await;
        operator.reads("nothing was confirmed: amount is").await;
        operator.look("failed").await;

        operator.open("/operator").await;
        operator.reads(words.needs).await;
        operator.check_page(words).await;
        operator.look("overview").await;
        operator.click("a[href='/operator/alarms'] strong").await;
        operator.reads(words.alarm).await;
        operator.check_page(words).await;
        operator.look("alarms").await;
        operator.click("a[href*='/operator/alarms/alarm_']").await;
        for why in words.why {
            operator.reads(why).await;
        }
        operator.check_page(words).await;
        operator.look("alarm").await;
        operator.fill("#note", words.note).await;
        operator.click(".primary").await;
        operator.reads(words.resolved).await;
        operator.reads(words.note).await;
        operator.look("resolved").await;
        operator.open("/operator/alarms").await;
        operator.reads(words.nothing).await;
        operator.open("/operator/orders/1000").await;
        operator.reads(words.note).await;
        operator.look("order-resolved").await;
        operator.leave().await;
        office.close().await;
    }
}

/// An order that is paid: it is handed out, acknowledged, and its money given back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_acknowledged_and_its_money_given_back() {
    for (viewport, words) in both() {
        let office = Office::open().await;
        office.sell("سفارش ۷/الف", "zipay", 250_000).await;
        office.is_paid("سفارش ۷/الف").await;
        let operator = Operator::arrives(&office, viewport, words.language).await;
        operator.logs_in().await;
        operator.open("/operator/orders").await;
        operator.check_page(words).await;
        operator.look("orders").await;
        operator.click(".rows a").await;
        for action in ["acknowledge", "refund"] {
            operator.click(&format!("a[href$='/{action}']")).await;
            operator.check_page(words).await;
            operator.look(action).await;
            operator.fill("#order", "سفارش").await;
            operator.click(".danger").await;
            operator.click("[role=alert]").await;
            operator.fill("#order", "سفارش ۷/الف").await;
            operator.click(".danger").await;
            operator.click("[role=status]").await;
        }
        operator.check_page(words).await;
        operator.look("refunded").await;
        operator.open("/operator/events").await;
        operator.check_page(words).await;
        operator.click(".rows button").await;
        operator.click("[role=status]").await;
        operator.look("events").await;
        operator.open("/operator/reconcile").await;
        operator.click("option[value=zipay]").await;
        operator.click(".primary").await;
        operator.click("section[role=status]").await;
        operator.check_page(words).await;
        operator.look("reconcile").await;
        operator.open("/operator/audit").await;
        operator.check_page(words).await;
        operator.look("audit").await;
        let other = if words.language == "fa" { "en" } else { "fa" };
        operator.click(&format!("a[hreflang={other}]")).await;
        operator.click(&format!("html[lang={other}] h1")).await;
        operator.click("form[action$='/logout'] button").await;
        operator.click(&format!("html[lang={other}] #key")).await;
        operator.leave().await;
        office.close().await;
    }
}

/// What others wrote makes no element, and widens no page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_of_others_runs_nothing() {
    let office = Office::open().await;
    injection::fill(&office).await;
    let operator = Operator::arrives(&office, Viewport::Phone, "fa").await;
    operator.logs_in().await;
    for page in injection::pages() {
        operator.open(&page).await;
        operator.check_page(&WORDS[0]).await;
        let made = "return document.querySelectorAll('script, img, [onerror]').length";
        assert_eq!(operator.of(made).await, 0, "{page}");
    }
    operator.open("/operator/alarms").await;
    let text = operator.browser.text().await.unwrap();
    for odd in ODD.into_iter().filter(|odd| !odd.contains('\u{202e}')) {
        assert!(text.contains(odd), "{odd}: {text}");
    }
    operator.look("odd").await;
    operator.leave().await;
    office.close().await;
}

fn both() -> impl Iterator<Item = (Viewport, &'static Words)> {
    let viewports = Viewport::ALL.into_iter();
    viewports.flat_map(|viewport| WORDS.iter().map(move |words| (viewport, words)))
}

impl Operator<'_> {
    /// Comes to the login, and chooses a language there.
    async fn arrives<'o>(
        office: &'o Office,
        viewport: Viewport,
        language: &'static str,
    ) -> Operator<'o> {
        let operator = Operator {
            office,
            browser: Browser::open(viewport).await.unwrap(),
            viewport,
            language,
        };
        operator.open("/operator").await;
        if language == "en" {
            operator.click("a[hreflang=en]").await;
        }
        operator.click(&format!("html[lang={language}] #key")).await;
        operator
    }

    async fn logs_in(&self) {
        let (_, key) = self.office.key(&[Right::Operate, Right::Refund]).await;
        self.fill("#key", &key).await;
        self.click(".primary").await;
        self.click("nav a[aria-current=page]").await;
    }

    async fn open(&self, path: &str) {
        let page = format!("{}{path}", self.office.url);
        self.browser.page.goto(&page).await.unwrap();
    }

    async fn click(&self, selector: &str) {
        let wait = self.browser.page.wait();
        let element = wait.for_element(Locator::Css(selector)).await;
        match element {
            Ok(element) => element.click().await.unwrap(),
            Err(error) => {
                self.look("stuck").await;
                let text = self.browser.text().await;
                panic!("{:?}: {selector}: {error}: {text:?}", self.viewport);
            }
        }
    }

    /// Writes over what stands in a field.
    async fn fill(&self, selector: &str, text: &str) {
        let wait = self.browser.page.wait();
        let field = wait.for_element(Locator::Css(selector)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    async fn reads(&self, says: &str) {
        if let Err(problem) = self.browser.reads(&[says]).await {
            self.look("stuck").await;
            panic!("{:?}: {problem}", self.viewport);
        }
    }

    async fn of(&self, script: &str) -> Value {
        self.browser.page.execute(script, vec![]).await.unwrap()
    }

    /// In its language and direction, as wide as the screen, with buttons that a thumb hits.
    async fn check_page(&self, words: &Words) {
        let facts = "const root = document.documentElement; return [root.lang, root.dir, \
             root.scrollWidth <= window.innerWidth, \
             [...document.querySelectorAll('button, .button, nav a')].every(it => it.offsetHeight >= 44), \
             document.querySelectorAll('h1').length]";
        let expected = json!([words.language, words.direction, true, true, 1]);
        let url = self.browser.page.current_url().await.unwrap();
        if self.of(facts).await != expected {
            self.look("odd-page").await;
        }
        assert_eq!(self.of(facts).await, expected, "{:?}: {url}", self.viewport);
    }

    /// Keeps pictures for whoever wants to look: of the whole page, by day and by night.
    async fn look(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
        fs::create_dir_all(&folder).unwrap();
        for scheme in ["dark", "light"] {
            self.browser.prefer(scheme).await.unwrap();
            let picture = self.browser.whole_page().await.unwrap();
            let (language, viewport) = (self.language, self.viewport);
            let file = format!("operator-{name}-{language}-{viewport:?}-{scheme}.png");
            fs::write(folder.join(file), picture).unwrap();
        }
    }

    /// Leaves, and nothing but this machine was asked for anything.
    async fn leave(self) {
        let asked = self.browser.asked_for().await.unwrap();
        let own = [self.office.url.as_str(), "data:", "about:"];
        for url in &asked {
            let local = own.iter().any(|own| url.starts_with(own));
            assert!(local, "{:?}: a page asked for {url}", self.viewport);
        }
        self.browser.close().await.unwrap();
    }
}
