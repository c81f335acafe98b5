//! CardPay, called by a merchant who runs the script.

mod admin;
mod endpoints;
mod pages;
mod transfers;

use paylink_sandbox::Sandbox;
use serde_json::Value;

use crate::client::{FORM, Param, Reply, form, send};

pub(crate) const CALLBACK: Param<'_> = ("callbackUrl", "http://127.0.0.1:9/back?order=7");

/// A merchant of the sandbox.
pub(crate) struct Shop {
    origin: String,
    token: String,
}

/// What `create` answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) pay_id: u64,
    pub(crate) amount: u64,
}

impl Shop {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self {
            origin: sandbox.url().to_owned(),
            token: sandbox.cardpay().token().to_owned(),
        }
    }

    /// Posts a form to an endpoint, with the token.
    pub(crate) async fn post(&self, endpoint: &str, fields: &[Param<'_>]) -> Reply {
        let body = form(fields);
        self.send("POST", endpoint, &[FORM], body.as_bytes()).await
    }

    /// Gets an endpoint, with the token.
    pub(crate) async fn get(&self, endpoint: &str) -> Reply {
        self.send("GET", endpoint, &[], b"").await
    }

    /// Calls an endpoint, with the token.
    pub(crate) async fn send(
        &self,
        method: &str,
        endpoint: &str,
        headers: &[Param<'_>],
        body: &[u8],
    ) -> Reply {
        let token = ("token", self.token.as_str());
        let headers: Vec<_> = headers.iter().copied().chain([token]).collect();
        let path = format!("/cardpay/api/{endpoint}");
        send(&self.origin, method, &path, &headers, body).await
    }

    /// Creates a payment of 11,000 rial.
    pub(crate) async fn create(&self, fid: &str) -> Created {
        self.create_with(fid, &[]).await
    }

    /// Creates a payment of 11,000 rial with more fields.
    pub(crate) async fn create_with(&self, fid: &str, more: &[Param<'_>]) -> Created {
        let mut fields = vec![("price", "11000"), ("fid", fid)];
        fields.extend(more);
        let reply = self.post("create", &fields).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let body = reply.json();
        Created {
            pay_id: body["pay_id"].as_u64().unwrap(),
            amount: body["amount"].as_u64().unwrap(),
        }
    }

    pub(crate) async fn set_card(&self, pay_id: u64, card: &str) -> (u16, i64) {
        let fields = [("pay_id", &*pay_id.to_string()), ("card", card)];
        answer(&self.post("setCard", &fields).await)
    }

    /// Checks a payment, and returns the HTTP status and the code.
    pub(crate) async fn check(&self, pay_id: u64) -> (u16, i64) {
        answer(&self.get(&format!("check?pay_id={pay_id}")).await)
    }
}

/// A sandbox and a merchant of it.
pub(crate) async fn open() -> (Sandbox, Shop) {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    (sandbox, shop)
}

/// Reads an answer that is about a code: the HTTP status, and the code.
///
/// `status` must say the same as the code: of those that `check` and `setCard` answer, 199 and more
/// mean that it succeeded, unless HTTP says it has not.
pub(crate) fn answer(reply: &Reply) -> (u16, i64) {
    let body = reply.json();
    let code = body["code"].as_i64().expect("a code that is a number");
    let is_success = reply.status == 200 && (199..=201).contains(&code);
    assert_eq!(body["status"], Value::Bool(is_success), "{body}");
    assert_ne!(body["msg"].as_str().expect("a sentence"), "", "{body}");
    (reply.status, code)
}
