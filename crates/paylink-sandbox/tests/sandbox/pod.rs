//! POD, called by a business.

mod access;
mod admin;
mod issuing;
mod life;
mod pages;
mod payments;

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{Account, Invoice, PodSandbox, PosPurchase};
use serde_json::Value;

use crate::client::{FORM, Param, Reply, form, send, with};

pub(crate) const CALL: &str = "/pod/srv/sc/nzh/doServiceCall";

/// The guild of every invoice here.
pub(crate) const GUILD: &str = "CLOTHING_GUILD";

/// What issuing needs: one line of 50,000 rial, without tax.
pub(crate) const NEW: [Param<'_>; 6] = [
    ("productId", "0"),
    ("price", "25000"),
    ("quantity", "2"),
    ("productDescription", "پیراهن"),
    ("guildCode", GUILD),
    ("preferredTaxRate", "0"),
];

/// A caller of services, with a token.
pub(crate) struct Shop {
    pub(crate) origin: String,
    pub(crate) token: String,
    pub(crate) api_key: String,
}

impl Shop {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self::with_token(sandbox, sandbox.pod().token())
    }

    pub(crate) fn of_account(sandbox: &Sandbox, account: &Account) -> Self {
        Self::with_token(sandbox, account.token())
    }

    fn with_token(sandbox: &Sandbox, token: &str) -> Self {
        Self {
            origin: sandbox.url().to_owned(),
            token: token.to_owned(),
            api_key: sandbox.pod().api_key().to_owned(),
        }
    }

    /// Calls a service by its number.
    pub(crate) async fn call(&self, number: u32, params: &[Param<'_>]) -> Reply {
        let headers = [("_token_", &*self.token), ("_token_issuer_", "1"), FORM];
        let number = number.to_string();
        let mut all = vec![("scProductId", &*number), ("scApiKey", &self.api_key)];
        all.extend(params);
        send(&self.origin, "POST", CALL, &headers, form(&all).as_bytes()).await
    }

    /// Calls a service that succeeds, and returns its result.
    pub(crate) async fn done(&self, number: u32, params: &[Param<'_>]) -> Value {
        let body = self.call(number, params).await.json();
        assert_eq!(body["hasError"], false, "{number}: {body}");
        body["result"].clone()
    }

    /// Calls a service that refuses, and returns the code.
    pub(crate) async fn code(&self, number: u32, params: &[Param<'_>]) -> u64 {
        self.refused(number, params).await.0
    }

    /// Calls a service that succeeds with this result.
    pub(crate) async fn gives(&self, number: u32, params: &[Param<'_>], result: impl Into<Value>) {
        let given = self.done(number, params).await;
        assert_eq!(given, result.into(), "{number} {params:?}");
    }

    /// Calls a service that refuses with this code.
    pub(crate) async fn refuses(&self, number: u32, params: &[Param<'_>], code: u64) {
        let given = self.code(number, params).await;
        assert_eq!(given, code, "{number} {params:?}");
    }

    /// Calls a service that refuses with this code and this message.
    pub(crate) async fn says(
        &self,
        number: u32,
        params: &[Param<'_>],
        (code, message): (u64, &str),
    ) {
        let given = self.refused(number, params).await;
        assert_eq!(given, (code, message.to_owned()), "{number} {params:?}");
    }

    /// Calls a service that refuses, and returns code and message.
    pub(crate) async fn refused(&self, number: u32, params: &[Param<'_>]) -> (u64, String) {
        refusal(&self.call(number, params).await)
    }

    /// Issues an invoice that differs from [`NEW`], and returns it.
    pub(crate) async fn issue(&self, different: &[Param<'_>]) -> Value {
        self.done(29796, &new(different)).await
    }

    /// Issues an invoice that differs from [`NEW`], and returns its id.
    pub(crate) async fn issue_id(&self, different: &[Param<'_>]) -> u64 {
        self.issue(different).await["id"].as_u64().unwrap()
    }

    /// Reads one invoice by listing it.
    pub(crate) async fn invoice(&self, id: u64) -> Value {
        let id = id.to_string();
        let list = self.done(29813, &[("offset", "0"), ("id", &id)]).await;
        assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
        list[0].clone()
    }
}

/// A sandbox and a merchant of it.
pub(crate) async fn open() -> (Sandbox, Shop) {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    (sandbox, shop)
}

/// The parameters of an issue: [`NEW`] with some of them different; an empty value leaves one out.
pub(crate) fn new<'a>(different: &[Param<'a>]) -> Vec<Param<'a>> {
    let mut params = with(NEW.to_vec(), different);
    params.retain(|(_, value)| !value.is_empty());
    params
}

/// Asserts that a reply is a refusal, and returns code and message.
pub(crate) fn refusal(reply: &Reply) -> (u64, String) {
    assert_eq!(reply.status, 200, "{reply:?}");
    let body = reply.json();
    assert_eq!(body["hasError"], true, "{body}");
    assert!(body.get("result").is_none(), "{body}");
    let message = body["message"].as_str().unwrap().to_owned();
    (body["errorCode"].as_u64().unwrap(), message)
}

pub(crate) fn snapshot(pod: &PodSandbox, id: u64) -> Invoice {
    pod.invoice(id).unwrap()
}

/// Reads a query into names and decoded values.
pub(crate) fn query(address: &str) -> Vec<(String, String)> {
    let (_, query) = address.split_once('?').unwrap();
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.into_owned().collect()
}

/// What a business has earned in the guild of every invoice here.
pub(crate) fn earned(pod: &PodSandbox, business: &Account) -> String {
    pod.earnings(business.user_id(), GUILD).unwrap()
}

/// The parameters with which a business reports a purchase at a point of sale.
pub(crate) fn report<'a>(invoice: &'a str, made: &'a PosPurchase) -> [Param<'a>; 6] {
    [
        ("invoiceId", invoice),
        ("terminalNumber", &made.terminal_number),
        ("merchantCode", &made.merchant_code),
        ("referenceNumber", &made.reference_number),
        ("trackingNumber", &made.tracking_number),
        ("transactionDate", &made.transaction_date),
    ]
}
