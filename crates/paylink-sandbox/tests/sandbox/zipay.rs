//! ZiPay, called by a merchant who signs each request.

mod admin;
mod life;
mod pages;
mod requests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use paylink_sandbox::Sandbox;
use paylink_sandbox::zipay::{Invoice, Merchant};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::client::{FORM, Param, Reply, form, of, send, with};

/// What a create needs, but for the invoice number.
pub(crate) const NEW: [Param<'_>; 4] = [
    ("terminal_number", "1003"),
    ("amount", "100.99"),
    ("currency", "USD"),
    ("callback", "http://127.0.0.1:9/back?order=7"),
];

/// A merchant of the sandbox.
pub(crate) struct Shop {
    pub(crate) origin: String,
    pub(crate) api_key: String,
    pub(crate) secret_key: String,
}

impl Shop {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self::of_merchant(sandbox, sandbox.zipay().merchant())
    }

    pub(crate) fn other_of(sandbox: &Sandbox) -> Self {
        Self::of_merchant(sandbox, sandbox.zipay().other_merchant())
    }

    fn of_merchant(sandbox: &Sandbox, merchant: &Merchant) -> Self {
        Self {
            origin: sandbox.url().to_owned(),
            api_key: merchant.api_key().to_owned(),
            secret_key: merchant.secret_key().to_owned(),
        }
    }

    /// Calls an operation with these parameters, signed.
    pub(crate) async fn call(&self, operation: &str, params: &[Param<'_>]) -> Reply {
        self.send_signed(operation, &http_build_query(params)).await
    }

    /// Calls an operation with a body that was written otherwise, signed as it is.
    pub(crate) async fn send_signed(&self, operation: &str, body: &str) -> Reply {
        let api_sign = sign(&self.secret_key, body.as_bytes());
        let headers = [("api_key", &*self.api_key), ("api_sign", &api_sign)];
        self.send(operation, &headers, body).await
    }

    pub(crate) async fn send(&self, operation: &str, headers: &[Param<'_>], body: &str) -> Reply {
        let headers: Vec<_> = headers.iter().copied().chain([FORM]).collect();
        let path = format!("/zipay/api/{operation}");
        send(&self.origin, "POST", &path, &headers, body.as_bytes()).await
    }

    /// Creates an invoice and returns its `trackid`.
    pub(crate) async fn create(&self, invoice_number: &str) -> String {
        self.create_with(invoice_number, &[]).await
    }

    /// Creates an invoice whose parameters differ from [`NEW`] and returns its `trackid`.
    pub(crate) async fn create_with(
        &self,
        invoice_number: &str,
        different: &[Param<'_>],
    ) -> String {
        let params = new(invoice_number, different);
        let reply = self.call("create-invoice", &params).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let trackid = reply.json()["result"]["trackid"].clone();
        trackid.as_str().unwrap().to_owned()
    }

    /// Asks for an invoice.
    pub(crate) async fn invoice(&self, trackid: &str) -> Value {
        let reply = self.call("invoice-status", &[("trackid", trackid)]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["result"].clone()
    }

    pub(crate) async fn verify(&self, trackid: &str) -> Reply {
        self.call("invoice-verify", &[("trackid", trackid)]).await
    }

    pub(crate) async fn refund(&self, trackid: &str) -> Reply {
        self.call("invoice-refund", &[("trackid", trackid)]).await
    }
}

/// A sandbox and a merchant of it.
pub(crate) async fn open() -> (Sandbox, Shop) {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    (sandbox, shop)
}

pub(crate) fn snapshot(sandbox: &Sandbox, trackid: &str) -> Invoice {
    sandbox.zipay().invoice(trackid).unwrap()
}

/// The parameters of a create: [`NEW`] with some of them different.
pub(crate) fn new<'a>(invoice_number: &'a str, different: &[Param<'a>]) -> Vec<Param<'a>> {
    let mut params = NEW.to_vec();
    params.insert(3, ("invoice_number", invoice_number));
    with(params, different)
}

/// Writes parameters as PHP does, which escapes an asterisk too.
pub(crate) fn http_build_query(params: &[Param<'_>]) -> String {
    form(params).replace('*', "%2A")
}

pub(crate) fn sign(secret_key: &str, message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes()).unwrap();
    mac.update(message);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Asserts that a reply is a refusal in ZiPay's envelope, and returns its message.
pub(crate) fn refused(reply: &Reply, status: u16) -> String {
    assert_eq!(reply.status, status, "{reply:?}");
    let body = reply.json();
    let given = of(&body, &["success", "status"]);
    assert_eq!(given, json!([false, status]), "{body}");
    assert!(body.get("result").is_none(), "{body}");
    body["message"].as_str().unwrap().to_owned()
}
