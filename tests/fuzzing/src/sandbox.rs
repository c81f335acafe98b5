//! Requests to the sandbox, over a connection of loopback that is kept: forms, JSON, SOAP, and its own API.
//!
//! The first byte chooses the kind of request, the second is passed over, the rest is a path, and a body behind it.

use std::cell::RefCell;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use paylink_sandbox::Sandbox;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::mutation::{HEAD, SEPARATOR};
use crate::returns::{on_a_runtime, visible};

/// How long the sandbox may take for a request; it is done with most in a thousandth of that, and some wait on purpose.
const PATIENCE: Duration = Duration::from_secs(20);

/// After how many requests it forgets what it has seen.
const FORGETS: u32 = 2_000;

/// How a request is made: its method, its content type, the seed's path and body.
struct Kind {
    method: &'static str,
    content_type: &'static str,
    path: &'static str,
    body: &'static str,
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

const fn kind(
    method: &'static str,
    content_type: &'static str,
    path: &'static str,
    body: &'static str,
) -> Kind {
    Kind {
        method,
        content_type,
        path,
        body,
    }
}

/// Words in braces stand for the sandbox's own credentials.
const KINDS: [Kind; 24] = [
    kind(
        "POST",
        FORM,
        "/zipay/api/create-invoice",
        "terminal_number={zipay-terminal}&amount=100.99&currency=USD&invoice_number=1000&callback=https%3A%2F%2Fshop.example%2Fback",
    ),
    kind(
        "POST",
        FORM,
        "/zipay/api/invoice-status",
        "trackid=de7d44ae-9df9-487f-a175-ade1ecfab28b",
    ),
    kind(
        "POST",
        FORM,
        "/zipay/api/invoice-list",
        "limit=10&page=1&sort=desc&status=pending",
    ),
    kind(
        "POST",
        FORM,
        "/cardpay/api/create",
        "price=150000&fid=1000&phone=09123452730&callbackUrl=https%3A%2F%2Fshop.example%2F",
    ),
    kind(
        "POST",
        JSON,
        "/cardpay/api/create",
        r#"{"price":150000,"fid":1000,"phone":"09123452730","callbackUrl":"https://shop.example/"}"#,
    ),
    kind(
        "POST",
        FORM,
        "/cardpay/api/setCard",
        "pay_id=1&card=6037701689095443",
    ),
    kind("GET", FORM, "/cardpay/api/check?pay_id=1", ""),
    kind(
        "POST",
        FORM,
        "/pod/srv/sc/nzh/doServiceCall",
        "scProductId=29796&scApiKey={pod-key}&billNumber=1000&guildCode=CLOTHING_GUILD&redirectURL=&userId=&productId[]=0&price[]=150000&quantity[]=1&productDescription[]=shoes&preferredTaxRate=0&verificationNeeded=true",
    ),
    kind(
        "POST",
        FORM,
        "/pod/srv/sc/nzh/doServiceCall",
        "scProductId=29813&scApiKey={pod-key}&billNumber=1000&size=2&offset=0",
    ),
    kind(
        "POST",
        FORM,
        "/pod/srv/sc/nzh/doServiceCall",
        "scProductId=29801&scApiKey={pod-key}&invoiceId=1&terminalNumber=1&merchantCode=2&referenceNumber=3&trackingNumber=4&transactionDate=1399/11/21 14:05:09",
    ),
    kind(
        "POST",
        JSON,
        "/sizpay/api/PayLinkSend/PayLinkSend",
        r#"{"UserName":"{sizpay-user}","Password":"{sizpay-password}","PayLinkName":"{sizpay-link}","Amount":10000,"MobileNo":"09122272730","InvoiceNo":"99112101","CustomerName":"","Description":""}"#,
    ),
    kind(
        "POST",
        JSON,
        "/sizpay/api/PayLinkSend/PayLinkPayStatus",
        r#"{"UserName":"{sizpay-user}","Password":"{sizpay-password}","PayLinkName":"{sizpay-link}","PayLinkSendDate":"1399/11/21","PayLinkFilterTyp":0,"PayLinkFilterList":"26041,26042"}"#,
    ),
    kind(
        "POST",
        "text/xml; charset=utf-8",
        "/sizpay/KimiaPayLinkSend.asmx",
        r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><PayLinkSendSoap xmlns="http://tempuri.org/"><UserName>{sizpay-user}</UserName><Password>{sizpay-password}</Password><PayLinkName>{sizpay-link}</PayLinkName><InvoiceNo>99112101</InvoiceNo><Amount>10000</Amount><MobileNo>09122272730</MobileNo><CustomerName/><Description/></PayLinkSendSoap></soap:Body></soap:Envelope>"#,
    ),
    kind(
        "POST",
        JSON,
        "/sizpay/KimiaPayLinkSend.asmx/PayLinkSendRest",
        r#"{"PayLinkReq":{"UserName":"{sizpay-user}","Password":"{sizpay-password}","PayLinkName":"{sizpay-link}","InvoiceNo":"99112101","Amount":10000,"MobileNo":"09122272730"}}"#,
    ),
    kind(
        "POST",
        JSON,
        "/_sandbox/clock",
        r#"{"advance_seconds":1800}"#,
    ),
    kind("POST", JSON, "/_sandbox/seed", r#"{"seed":7}"#),
    kind(
        "POST",
        JSON,
        "/_sandbox/faults",
        r#"{"provider":"zipay","operation":"verify","fault":{"kind":"drop-after"},"times":2}"#,
    ),
    kind(
        "POST",
        JSON,
        "/_sandbox/zipay/settings",
        r#"{"silent":true}"#,
    ),
    kind(
        "POST",
        JSON,
        "/_sandbox/zipay/invoices/1/pay",
        r#"{"mode":"exact"}"#,
    ),
    kind(
        "POST",
        JSON,
        "/_sandbox/snapshot",
        r#"{"version":1,"origin":"http://127.0.0.1:8080","advanced_seconds":0,"seed":1,"random":{"seed":1,"streams":{}},"providers":{},"webhooks":[],"sms":[],"faults":[]}"#,
    ),
    kind("GET", JSON, "/_sandbox/journal?limit=3&provider=zipay", ""),
    kind("DELETE", JSON, "/_sandbox/faults", ""),
    kind(
        "POST",
        FORM,
        "/cardpay/payment/1",
        "card=6037701689095443&amount=150000&lang=en",
    ),
    kind("GET", FORM, "/?lang=fa", ""),
];

struct Connected {
    sandbox: Sandbox,
    stream: Option<TcpStream>,
    requests: u32,
}

thread_local! {
    static CONNECTED: RefCell<Option<Connected>> = const { RefCell::new(None) };
}

/// Tries a request.
///
/// # Errors
///
/// That the sandbox did not answer it, or how it should not have been answered.
pub fn check(input: &[u8]) -> Result<(), String> {
    let Some((&[which, _], rest)) = input.split_first_chunk::<HEAD>() else {
        return Ok(());
    };
    let Some(kind) = KINDS.get(usize::from(which) % KINDS.len()) else {
        return Ok(());
    };
    let mut parts = rest.splitn(2, |byte| *byte == SEPARATOR);
    let path = visible(parts.next().unwrap_or_default());
    if !path.starts_with('/') || waits_on_purpose(&path) {
        return Ok(());
    }
    let body = parts.next().unwrap_or_default();
    CONNECTED.with_borrow_mut(|connected| {
        on_a_runtime(async {
            let connected = match connected {
                Some(connected) => connected,
                None => connected.insert(Connected::new().await?),
            };
            connected.request(kind, &path, body).await
        })
    })
}

/// A request for changes is answered when there is one.
fn waits_on_purpose(path: &str) -> bool {
    path.contains("change") || path.contains('%')
}

/// A request of each kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |(number, kind): (u8, &Kind)| {
        let request = format!("{}\u{1e}{}", kind.path, kind.body);
        [&[number, 0], request.as_bytes()].concat()
    };
    (0_u8..).zip(&KINDS).map(seed).collect()
}

impl Connected {
    async fn new() -> Result<Connected, String> {
        let sandbox = Sandbox::builder().seed(1).keep_payments(50).start().await;
        Ok(Connected {
            sandbox: sandbox.map_err(|error| error.to_string())?,
            stream: None,
            requests: 0,
        })
    }

    async fn request(&mut self, kind: &Kind, path: &str, body: &[u8]) -> Result<(), String> {
        let body = self.with_credentials(body);
        let request = self.written(kind, path, &body);
        let answer = tokio::time::timeout(PATIENCE, self.exchange(&request)).await;
        let shown = || format!("{} {path}", kind.method);
        let (status, answer) = answer
            .map_err(|_| format!("{} is not answered", shown()))?
            .map_err(|problem| format!("{}: {problem}", shown()))?;
        if path.starts_with("/_sandbox") {
            self.sandbox.faults().clear();
            if status >= 500 {
                return Err(format!("{} is answered with {status}", shown()));
            }
        }
        let about_itself = path.starts_with("/_sandbox/openapi") || !answer.starts_with(b"{");
        let is_json =
            about_itself || serde_json::from_slice::<serde::de::IgnoredAny>(&answer).is_ok();
        if !is_json {
            return Err(format!("{} is answered with broken JSON", shown()));
        }
        self.requests += 1;
        if self.requests.is_multiple_of(FORGETS)
            || (path.starts_with("/_sandbox") && kind.method != "GET")
        {
            self.sandbox.reset();
        }
        Ok(())
    }

    /// The body with the sandbox's own credentials in their places.
    fn with_credentials(&self, body: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(body) else {
            return body.to_vec();
        };
        let (pod, sizpay) = (self.sandbox.pod(), self.sandbox.sizpay());
        text.replace("{pod-key}", pod.api_key())
            .replace(
                "{zipay-terminal}",
                &self.sandbox.zipay().terminal().to_string(),
            )
            .replace("{sizpay-user}", sizpay.user_name())
            .replace("{sizpay-password}", sizpay.password())
            .replace("{sizpay-link}", sizpay.pay_link_name())
            .into_bytes()
    }

    fn written(&self, kind: &Kind, path: &str, body: &[u8]) -> Vec<u8> {
        let host = self.sandbox.address();
        let mut head = format!(
            "{} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n",
            kind.method,
            body.len()
        );
        if !(body.is_empty() && kind.path.starts_with("/_sandbox")) {
            head.push_str(&format!("content-type: {}\r\n", kind.content_type));
        }
        if path.starts_with("/zipay/") {
            let zipay = self.sandbox.zipay();
            head.push_str(&format!("api_key: {}\r\n", zipay.api_key()));
            if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(zipay.secret_key().as_bytes()) {
                mac.update(body);
                head.push_str(&format!(
                    "api_sign: {}\r\n",
                    STANDARD.encode(mac.finalize().into_bytes())
                ));
            }
        } else if path.starts_with("/cardpay/") {
            head.push_str(&format!("token: {}\r\n", self.sandbox.cardpay().token()));
        } else if path.starts_with("/pod/") {
            let token = self.sandbox.pod().token();
            head.push_str(&format!("_token_: {token}\r\n_token_issuer_: 1\r\n"));
        } else if path.starts_with("/sizpay/KimiaPayLinkSend.asmx")
            && kind.content_type.starts_with("text/xml")
        {
            head.push_str("soapaction: \"http://tempuri.org/PayLinkSendSoap\"\r\n");
        }
        head.push_str("\r\n");
        [head.as_bytes(), body].concat()
    }

    /// Sends a request and reads its answer: status and body.
    async fn exchange(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>), String> {
        let text = |error: std::io::Error| error.to_string();
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.sandbox.address())
                .await
                .map_err(text)?,
        };
        stream.write_all(request).await.map_err(text)?;
        let mut read = Vec::with_capacity(4096);
        let head = loop {
            if stream.read_buf(&mut read).await.map_err(text)? == 0 {
                return Err("the connection was closed without an answer".to_owned());
            }
            if let Some(end) = read.windows(4).position(|it| it == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let lines = String::from_utf8_lossy(read.get(..head).unwrap_or_default()).to_lowercase();
        let status = lines.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status: u16 = status.ok_or("the answer has no status")?;
        let header = |name: &str| {
            lines
                .lines()
                .find_map(|it| it.strip_prefix(name))
                .map(str::trim)
        };
        let length = header("content-length:").and_then(|it| it.parse::<usize>().ok());
        let is_empty = matches!(status, 100..200 | 204 | 304);
        let Some(length) = length.or(is_empty.then_some(0)) else {
            // Nothing says where it ends: the rest is left unread, and the next request has another connection.
            return Ok((status, Vec::new()));
        };
        while read.len() < head + length {
            if stream.read_buf(&mut read).await.map_err(text)? == 0 {
                return Err("the answer broke off".to_owned());
            }
        }
        let goes_on = header("connection:").is_none_or(|it| it != "close");
        self.stream = goes_on.then_some(stream);
        Ok((status, read.split_off(head)))
    }
}
