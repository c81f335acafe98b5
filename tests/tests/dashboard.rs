//! The sandbox's dashboard in Chromium, as developers, testers and support people use it.

mod gallery;

use std::fs;

use fantoccini::Locator;
use paylink_sandbox::Sandbox;
use paylink_tests::browser::{Browser, Viewport};
use paylink_tests::{impatience, shop};
use serde_json::{Value, json};
use zipay_client::{TrackId, ZiPay};

/// Somebody at the dashboard of a sandbox, and a shop that uses the sandbox.
struct Visit {
    sandbox: Sandbox,
    browser: Browser,
    zipay: ZiPay,
}

impl Visit {
    /// Opens the dashboard in English.
    async fn begin() -> Visit {
        let sandbox = Sandbox::start().await.unwrap();
        let zipay = shop::zipay(&sandbox, impatience::clock()).unwrap();
        let browser = Browser::open(Viewport::Desktop).await.unwrap();
        let visit = Visit {
            sandbox,
            browser,
            zipay,
        };
        visit.open("/?lang=en").await;
        visit
    }

    /// Opens a page, and marks it: a page that is loaded anew has no mark.
    async fn open(&self, path: &str) {
        let address = format!("{}{path}", self.sandbox.url());
        self.browser.page.goto(&address).await.unwrap();
        self.of("window.mark = 1").await;
    }

    async fn is_not_reloaded(&self) {
        assert_eq!(self.of("return window.mark").await, 1, "it was loaded anew");
    }

    async fn of(&self, script: &str) -> Value {
        self.browser.page.execute(script, vec![]).await.unwrap()
    }

    async fn click(&self, selector: &str) {
        let wait = self.browser.page.wait();
        let element = wait.for_element(Locator::Css(selector)).await;
        let element = element.unwrap_or_else(|error| panic!("{selector}: {error}"));
        element.click().await.unwrap();
    }

    async fn reads(&self, all: &[&str]) {
        self.browser.reads(all).await.unwrap();
    }

    async fn create(&self, number: &str) -> TrackId {
        let order = shop::order(number).unwrap();
        let created = self.zipay.create_invoice(order).await.unwrap();
        created.track_id
    }

    async fn end(self) {
        self.browser.close().await.unwrap();
        self.sandbox.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_watched_from_its_creation_until_its_money_goes_back() {
    let visit = Visit::begin().await;
    visit.reads(&["No payment yet", "Copy with the keys"]).await;
    // What is being typed stays, and so does the place where it is typed.
    let field = visit.browser.page.find(Locator::Css("input[name=q]")).await;
    field.unwrap().send_keys("half a wo").await.unwrap();
    visit.create("1000").await;
    visit.reads(&["100.99 US dollars", "issued"]).await;
    visit.is_not_reloaded().await;
    let typed = "const it = document.activeElement; return [it.name, it.value]";
    assert_eq!(visit.of(typed).await, json!(["q", "half a wo"]));
    // The first payment takes the place of the advice; the second is announced.
    visit.create("1001").await;
    visit.reads(&["1001"]).await;
    let news = visit.of("return document.getElementById('news').textContent");
    assert_eq!(news.await, "New payment: 1001, ZiPay");

    visit.click("#payments a[href^='/payments/zipay/']").await;
    visit.reads(&["Payment 1001", "create-invoice"]).await;
    visit.of("window.mark = 1").await;
    visit.click("summary").await;
    let whole = ["POST /zipay/api/create-invoice", "invoice_number=1001"];
    visit.reads(&whole).await;
    visit.click("button[data-post$='/pay']").await;
    visit.reads(&["Clock to this deadline", "paid"]).await;
    visit.click("button[data-body*='1800']").await;
    visit
        .reads(&["money went back by itself", "ahead of real time by 30 min"])
        .await;
    visit.is_not_reloaded().await;
    let is_open = visit.of("return document.querySelector('details').open");
    assert_eq!(is_open.await, true, "what was opened was closed");

    visit.click("button[data-post$='/next-deadline']").await;
    visit
        .reads(&["Not done: no payment waits for a moment"])
        .await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_switched_on_and_the_next_request_meets_it() {
    let visit = Visit::begin().await;
    let id = visit.create("1000").await;
    visit.open("/faults?provider=zipay").await;
    // By the keyboard.
    let switch = Locator::Css("#switch-provider-down");
    let switch = visit.browser.page.find(switch).await.unwrap();
    switch.send_keys(" ").await.unwrap();
    visit.reads(&["status 503", "Remove all"]).await;
    let of_switch = "const it = document.activeElement; return [it.id, it.ariaChecked]";
    let expected = json!(["switch-provider-down", "true"]);
    assert_eq!(visit.of(of_switch).await, expected);
    visit.is_not_reloaded().await;

    visit.open("/requests").await;
    assert!(visit.zipay.verify_invoice(&id).await.is_err());
    visit.reads(&["verify", "503", "status 503"]).await;
    visit.is_not_reloaded().await;

    visit.open("/faults").await;
    visit.click("button[data-method=DELETE]").await;
    visit.reads(&["No fault is in force"]).await;
    // The form offers the operations of the chosen provider, and the number that a fault needs.
    visit.click("form[data-post] option[value=zipay]").await;
    let offered = "return [...document.querySelectorAll('optgroup')].filter(it => !it.hidden).map(it => it.label)";
    assert_eq!(visit.of(offered).await, json!(["ZiPay"]));
    visit
        .click("optgroup[data-provider=zipay] option[value=verify]")
        .await;
    visit.click("option[value=delay]").await;
    visit.click("form[data-post] button").await;
    visit.reads(&["delay 2000", "until removed"]).await;
    let set = &visit.sandbox.faults().pending()[0].rule;
    let (provider, operation) = (set.provider.as_deref(), set.operation.as_deref());
    assert_eq!((provider, operation), (Some("zipay"), Some("verify")));
    visit.click("button[data-post$='/remove']").await;
    visit.reads(&["No fault is in force"]).await;
    // What the API refuses, it says beside the button.
    visit.click("option[value=webhook-lost]").await;
    visit.click("form[data-post] button").await;
    visit
        .reads(&["Not done: a fault of webhooks has no operation"])
        .await;
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_keys_are_copied_and_stand_on_no_page() {
    let visit = Visit::begin().await;
    visit.browser.allow_clipboard().await.unwrap();
    visit.open("/accounts").await;
    let (key, url) = (
        visit.sandbox.zipay().secret_key(),
        visit.sandbox.zipay().base_url(),
    );
    for (form, line) in [
        (
            "shell",
            format!("export PAYLINK_ZIPAY_SECRET_KEY='{key}'\n"),
        ),
        ("dotenv", format!("PAYLINK_ZIPAY_SECRET_KEY='{key}'\n")),
        (
            "powershell",
            format!("$env:PAYLINK_ZIPAY_BASE_URL = '{url}'\n"),
        ),
    ] {
        visit
            .of("document.getElementById('said').textContent = ''")
            .await;
        visit
            .click(&format!("#zipay button[data-form={form}]"))
            .await;
        visit.reads(&["The lines are copied."]).await;
        let read = "const done = arguments[0]; navigator.clipboard.readText().then(done, done)";
        let copied = visit
            .browser
            .page
            .execute_async(read, vec![])
            .await
            .unwrap();
        let copied = copied.as_str().unwrap();
        assert!(copied.contains(&line), "{form}: {copied}");
        assert!(!copied.contains("CARDPAY"), "{form}: {copied}");
    }
    let page = visit.of("return document.documentElement.outerHTML").await;
    assert!(!page.as_str().unwrap().contains(key));
    visit.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_remembered_is_saved_loaded_and_forgotten() {
    let visit = Visit::begin().await;
    visit.create("1000").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    let read = "const done = arguments[0]; \
         fetch('/_sandbox/snapshot').then(it => it.text()).then(done, done)";
    let saved = visit.browser.page.execute_async(read, vec![]).await;
    fs::write(&file, saved.unwrap().as_str().unwrap()).unwrap();

    visit.open("/accounts").await;
    visit.click("button[data-post$='/reset']").await;
    visit.browser.page.accept_alert().await.unwrap();
    visit.open("/").await;
    visit.reads(&["No payment yet"]).await;
    visit.open("/accounts").await;
    let upload = visit.browser.page.find(Locator::Css("[data-upload]")).await;
    let path = file.to_str().unwrap();
    upload.unwrap().send_keys(path).await.unwrap();
    visit.open("/").await;
    visit.reads(&["1000", "100.99 US dollars"]).await;
    visit.end().await;
}
