//! A real Chromium, driven over `WebDriver`, that tells which addresses its pages asked for.

use std::process::Stdio;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Where `npm install --prefix target/npm axe-core` puts it.
const AXE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../target/npm/node_modules/axe-core/axe.min.js"
);

/// How long a page may take until it is there.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a page is looked at with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Viewport {
    /// 1280 by 800.
    Desktop,
    /// 390 by 844, with touch.
    Phone,
}

impl Viewport {
    /// Both.
    pub const ALL: [Viewport; 2] = [Viewport::Desktop, Viewport::Phone];
}

/// A running browser. It ends when it is closed, or dropped.
#[derive(Debug)]
pub struct Browser {
    /// The page.
    pub page: Client,
    _driver: Driver,
}

impl Browser {
    /// Opens one.
    ///
    /// # Errors
    ///
    /// If Chromium and its driver cannot be started: install Debian's `chromium` and `chromium-driver`.
    pub async fn open(viewport: Viewport) -> Result<Browser> {
        let (driver, port) = Driver::listening().await?;
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(viewport))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        Ok(Browser {
            page,
            _driver: driver,
        })
    }

    /// The addresses that the browser's pages asked for since the last time, favicons and all.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn asked_for(&self) -> Result<Vec<String>> {
        let log = self.page.issue_cmd(PerformanceLog).await?;
        let mut addresses = Vec::new();
        for entry in log.as_array().into_iter().flatten() {
            let text = entry
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let message: Value = serde_json::from_str(text)?;
            let event = message.pointer("/message/method").and_then(Value::as_str);
            if event == Some("Network.requestWillBeSent") {
                let url = message
                    .pointer("/message/params/request/url")
                    .and_then(Value::as_str);
                addresses.push(url.unwrap_or_default().to_owned());
            }
        }
        Ok(addresses)
    }

    /// Shows pages as to somebody who prefers this colour scheme, `light` or `dark`.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn prefer(&self, scheme: &str) -> Result<()> {
        let preferred = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", preferred)
            .await?;
        Ok(())
    }

    /// Shows pages on a screen of this size.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", screen)
            .await?;
        Ok(())
    }

    /// Lets a page read back what it has copied.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn allow_clipboard(&self) -> Result<()> {
        let clipboard = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
        self.devtools("Browser.grantPermissions", clipboard).await?;
        Ok(())
    }

    /// What axe-core calls serious or critical on the page: each rule, and where it is broken.
    ///
    /// # Errors
    ///
    /// If axe-core is not there: `npm install --prefix target/npm axe-core`.
    pub async fn serious_faults(&self) -> Result<Value> {
        let is_there = self.page.execute("return 'axe' in window", vec![]).await?;
        if is_there != Value::Bool(true) {
            let axe = std::fs::read_to_string(AXE)
                .map_err(|error| format!("npm install --prefix target/npm axe-core: {error}"))?;
            self.page.execute(&axe, vec![]).await?;
        }
        let run = "const done = arguments[arguments.length - 1]; \
             window.axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations \
             .filter(it => ['serious', 'critical'].includes(it.impact)) \
             .map(it => [it.id, it.nodes.map(node => node.html + node.failureSummary)])), error => done(String(error)))";
        Ok(self.page.execute_async(run, vec![]).await?)
    }

    /// A picture of the whole page, as PNG: what is below the screen too.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn whole_page(&self) -> Result<Vec<u8>> {
        let fits = "return document.documentElement.scrollHeight <= window.innerHeight";
        if self.page.execute(fits, vec![]).await? == Value::Bool(true) {
            // What is beyond the screen would be to the left of a page that runs from right to left.
            return Ok(self.page.screenshot().await?);
        }
        let beyond = json!({"captureBeyondViewport": true});
        let picture = self.devtools("Page.captureScreenshot", beyond).await?;
        let picture = picture.get("data").and_then(Value::as_str);
        Ok(STANDARD.decode(picture.unwrap_or_default())?)
    }

    async fn devtools(&self, command: &'static str, parameters: Value) -> Result<Value> {
        let command = DevTools {
            command,
            parameters,
        };
        Ok(self.page.issue_cmd(command).await?)
    }

    /// What a person reads; `None` while one page makes room for the next.
    pub async fn text(&self) -> Option<String> {
        let read = "return document.body.innerText";
        let text = self.page.execute(read, vec![]).await;
        Some(text.ok()?.as_str()?.to_owned())
    }

    /// Waits for a page that says all of this: a click is over before the page that it leads to is there.
    ///
    /// # Errors
    ///
    /// If none comes; it tells what the page says instead.
    pub async fn reads(&self, all: &[&str]) -> Result<()> {
        let lacks = |text: &Option<String>| {
            let says = |it: &str| text.as_ref().is_some_and(|text| text.contains(it));
            all.iter().find(|it| !says(it)).copied()
        };
        let begun = Instant::now();
        loop {
            let text = self.text().await;
            match lacks(&text) {
                None => return Ok(()),
                Some(lacking) if begun.elapsed() > PATIENCE => {
                    return Err(format!("no page says {lacking}, but {text:?}").into());
                }
                Some(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Ends it.
    ///
    /// # Errors
    ///
    /// If the driver does not answer.
    pub async fn close(self) -> Result<()> {
        Ok(self.page.close().await?)
    }
}

/// The driver's process, and the browsers that it starts in its process group.
#[derive(Debug)]
struct Driver(Child);

impl Driver {
    /// A driver, and the port that it listens on.
    ///
    /// It picks a port that is free over IPv6 and binds it over IPv4 as well, where another test may have it: then it ends at
    /// once and is started again.
    async fn listening() -> Result<(Driver, u16)> {
        const STARTS: u32 = 20;
        let mut starts = 0;
        loop {
            starts += 1;
            let mut driver = Driver::start()?;
            match driver.port().await {
                Ok(port) => return Ok((driver, port)),
                Err(error) if starts == STARTS => return Err(error),
                Err(_) => {}
            }
        }
    }

    fn start() -> Result<Driver> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        match started {
            Ok(child) => Ok(Driver(child)),
            Err(error) => Err(format!(
                "chromedriver (Debian's chromium-driver) does not start: {error}"
            )
            .into()),
        }
    }

    /// It says its port on its first lines.
    async fn port(&mut self) -> Result<u16> {
        let output = self.0.stdout.take().ok_or("chromedriver has no output")?;
        let mut lines = BufReader::new(output).lines();
        let mut said = Vec::new();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                // The rest is read and dropped, so that the driver never waits for a reader.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(port.trim_end_matches('.').parse()?);
            }
            said.push(line);
        }
        Err(format!("chromedriver ended without saying its port: {said:?}").into())
    }
}

impl Drop for Driver {
    /// Ends the whole group: a killed driver would leave its browsers behind.
    fn drop(&mut self) {
        if let Some(group) = self.0.id() {
            let group = format!("-{group}");
            let _ = std::process::Command::new("kill")
                .args(["-KILL", "--", &group])
                .status();
        }
    }
}

fn capabilities(viewport: Viewport) -> Capabilities {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,800",
    ];
    let mut options = Capabilities::new();
    options.insert("args".to_owned(), json!(arguments));
    if viewport == Viewport::Phone {
        let phone = json!({"width": 390, "height": 844, "pixelRatio": 2.0, "touch": true});
        options.insert(
            "mobileEmulation".to_owned(),
            json!({"deviceMetrics": phone}),
        );
    }
    let all = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": {"performance": "ALL"},
    });
    all.as_object().cloned().unwrap_or_default()
}

/// Chromium's own addition to `WebDriver`: a command of its developer tools.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> std::result::Result<url::Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({"cmd": self.command, "params": self.parameters});
        (http::Method::POST, Some(body.to_string()))
    }
}

/// Chromium's own addition to `WebDriver`: what its network did.
#[derive(Debug)]
struct PerformanceLog;

impl WebDriverCompatibleCommand for PerformanceLog {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> std::result::Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (
            http::Method::POST,
            Some(json!({"type": "performance"}).to_string()),
        )
    }
}
