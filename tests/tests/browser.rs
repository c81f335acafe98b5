//! The pay pages in Chromium, as a person meets them: on a desktop and on a phone.

mod cardpay;
mod gallery;
mod pod;
mod sizpay;
mod zipay;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use fantoccini::Locator;
use paylink_sandbox::Sandbox;
use paylink_tests::browser::{Browser, PATIENCE, Viewport};
use serde_json::Value;
use url::Url;

/// A payer at a pay page.
struct Visit {
    sandbox: Sandbox,
    browser: Browser,
    viewport: Viewport,
    provider: &'static str,
}

impl Visit {
    /// Opens the page, and holds it against what every page has to be; `shown` stands on it.
    async fn begin(
        sandbox: Sandbox,
        viewport: Viewport,
        provider: &'static str,
        page: &str,
        shown: &[&str],
    ) -> Visit {
        let browser = Browser::open(viewport).await.unwrap();
        let visit = Visit {
            sandbox,
            browser,
            viewport,
            provider,
        };
        visit.open(page).await;
        visit.check_page(shown).await;
        visit
    }

    async fn open(&self, page: &str) {
        self.browser.page.goto(page).await.unwrap();
    }

    /// Waits for a page that shows this: Persian, right to left, as wide as the screen.
    async fn check_page(&self, shown: &[&str]) {
        let arrived = self.browser.reads(shown).await;
        arrived.unwrap_or_else(|problem| panic!("{:?}: {problem}", self.viewport));
        assert_eq!(self.of("return document.documentElement.dir").await, "rtl");
        assert_eq!(self.of("return document.documentElement.lang").await, "fa");
        let fits = "return document.documentElement.scrollWidth <= window.innerWidth";
        assert_eq!(
            self.of(fits).await,
            Value::Bool(true),
            "{:?}: wider than the screen",
            self.viewport
        );
        let low = "return [...document.querySelectorAll('button')].some(it => it.checkVisibility() && it.offsetHeight < 44)";
        assert_eq!(
            self.of(low).await,
            Value::Bool(false),
            "{:?}: a button too low to hit",
            self.viewport
        );
    }

    async fn of(&self, script: &str) -> Value {
        self.browser.page.execute(script, vec![]).await.unwrap()
    }

    async fn click(&self, selector: &str) {
        click(&self.browser, selector).await;
    }

    /// Writes over what stands in a field.
    async fn fill(&self, selector: &str, text: &str) {
        let field = self.browser.page.find(Locator::Css(selector)).await;
        let field = field.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The shop's callback, whose own query is still there, once the payer stands there.
    async fn returned(&self) -> Url {
        let arrived = async {
            loop {
                let url = self.browser.page.current_url().await.unwrap();
                if url
                    .query()
                    .is_some_and(|query| query.starts_with("from=shop"))
                {
                    break url;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let arrived = tokio::time::timeout(PATIENCE, arrived);
        arrived.await.expect("the payer never came to the shop")
    }

    /// Keeps a picture to look at.
    async fn look(&self, name: &str) {
        let picture = self.browser.whole_page().await.unwrap();
        keep(
            &format!("{}-{name}-{:?}", self.provider, self.viewport),
            &picture,
        );
    }

    /// Nothing but this machine was asked for anything.
    async fn end(self) {
        let asked = self.browser.asked_for().await.unwrap();
        let own = self.sandbox.url();
        assert!(
            asked.iter().any(|url| url.starts_with(own)),
            "the log is blind: {asked:?}"
        );
        for url in &asked {
            let local =
                url.starts_with(own) || url.starts_with("data:") || url.starts_with("about:");
            assert!(local, "{:?}: the page asked for {url}", self.viewport);
        }
        self.browser.close().await.unwrap();
        self.sandbox.shutdown().await;
    }
}

/// Clicks on an element once it is there.
async fn click(browser: &Browser, selector: &str) {
    let wait = browser.page.wait();
    let element = wait.for_element(Locator::Css(selector)).await;
    let element = element.unwrap_or_else(|error| panic!("{selector}: {error}"));
    element.click().await.unwrap();
}

/// Keeps a picture to look at.
fn keep(name: &str, picture: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}
