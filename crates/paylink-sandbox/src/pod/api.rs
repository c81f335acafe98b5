//! The one address of all services: who calls, with which parameters, and whether that is allowed.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;

use super::invoice::{Invoice, Store};
use super::keys::Account;
use super::refusal::{self, Answer, Refusal};
use super::services::{NAMES, Service};
use super::settings::{DoneAnswer, OneTimeTokens};
use super::{NAME, PodSandbox};
use crate::headers::{FORM, MediaType, only};
use crate::journal::{Arrival, Parameter, Received};

/// The parameters that authorise a call, and are never shown.
const CREDENTIALS: &[&str] = &[
    "scApiKey",
    "_ott_",
    "scVoucherHash",
    "delegationHash",
    "code",
];

/// Serves POD's one address for all services, relative to the provider's root. The SDK for .NET
/// writes it with a slash at its end.
pub(super) fn routes(pod: PodSandbox) -> Router {
    Router::new()
        .route("/srv/sc/nzh/doServiceCall", get(receive).post(receive))
        .route("/srv/sc/nzh/doServiceCall/", get(receive).post(receive))
        .with_state(pod)
}

async fn receive(
    State(pod): State<PodSandbox>,
    method: Method,
    RawQuery(query): RawQuery,
    Extension(received): Extension<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let form = if method == Method::GET {
        query.as_bytes()
    } else {
        &body[..]
    };
    let params = Params::decode(form);
    let environment = pod.settings().environment;
    let number = params.get("scProductId").and_then(|text| text.parse().ok());
    let service = number.and_then(|number| Service::numbered(number, environment));
    let well_formed = method == Method::GET || MediaType::of(&headers).is(FORM);
    let parameters = noted(&headers, &params);
    let name = service.map(Service::name);
    let arrival = Arrival::new(NAME, name, parameters, received, &NAMES);
    let world = pod.0.world.clone();
    let execute = move || {
        let well_formed = well_formed.then_some(&params).ok_or(Refusal::BAD_FORM);
        answer(&pod, service, &headers, well_formed)
    };
    world.exchange(arrival, execute).await
}

/// Names credentials without their values, and shows the values of known parameters alone.
fn noted(headers: &HeaderMap, params: &Params) -> Vec<Parameter> {
    let sent = ["_token_", "_ott_"]
        .into_iter()
        .filter(|name| headers.contains_key(*name))
        .map(Parameter::credential);
    let shown = params.iter().map(|(name, value)| {
        let known = PARAMETERS.contains(&name) && !CREDENTIALS.contains(&name);
        Parameter::shown_if(known, name, value)
    });
    sent.chain(shown).collect()
}

fn answer(
    pod: &PodSandbox,
    service: Option<&Service>,
    headers: &HeaderMap,
    params: Result<&Params, Refusal>,
) -> Response {
    let reference = pod.next_reference();
    let caller = identify(pod, headers);
    let outcome = caller.clone().and_then(|caller| {
        let call = Call {
            pod,
            caller,
            params: params?,
            reference: &reference,
            now: pod.now(),
        };
        let service = service.ok_or(Refusal::NO_SERVICE)?;
        admit(&call, service, headers)?;
        execute(&call, service)
    });
    let ott = caller.ok().map(|caller| pod.give_one_time_token(caller));
    refusal::write(&outcome, &reference, ott.as_deref(), &pod.settings())
}

/// Finds out whose token it is.
fn identify<'a>(pod: &'a PodSandbox, headers: &HeaderMap) -> Result<&'a Account, Refusal> {
    let token = only(headers, "_token_").filter(|token| !token.is_empty());
    let token = token.ok_or(Refusal::TOKEN_MISSING)?;
    let issuer = only(headers, "_token_issuer_");
    if issuer.is_none_or(|issuer| issuer != "1") {
        return Err(Refusal::BAD_ISSUER);
    }
    let caller = pod.0.accounts.with_token(token.as_bytes());
    caller.ok_or(Refusal::PERMISSION_DENIED)
}

/// Checks the key of the service, and uses up the one-time token if one was sent.
fn admit(call: &Call<'_>, service: &Service, headers: &HeaderMap) -> Result<(), Refusal> {
    let key = call.params.get("scApiKey");
    if !key.is_some_and(|key| call.pod.0.keys.open(service.number(), key)) {
        return Err(Refusal::PERMISSION_DENIED);
    }
    if !service.takes_one_time_token() {
        return Ok(());
    }
    let sent = only(headers, "_ott_").and_then(|token| token.to_str().ok());
    let sent = sent.or_else(|| call.params.get("_ott_"));
    let good = match sent.filter(|token| !token.is_empty()) {
        Some(token) => {
            let user_id = call.caller.user_id();
            call.pod.store().one_time_tokens.spend(user_id, token)
        }
        None => call.pod.settings().one_time_tokens == OneTimeTokens::Optional,
    };
    good.then_some(()).ok_or(Refusal::BAD_ONE_TIME_TOKEN)
}

/// Executes a service, unless POD is to fail before; a failure after hides what came of it.
fn execute(call: &Call<'_>, service: &Service) -> Result<Answer, Refusal> {
    let failure = call.pod.failures().take(service.name());
    let Some(failure) = failure else {
        return service.execute(call);
    };
    if failure.executed {
        let _ = service.execute(call);
    }
    Err(failure.code.refusal())
}

/// Every parameter that a service of POD has.
#[rustfmt::skip]
const PARAMETERS: &[&str] = &[
    "scProductId", "scApiKey", "scVoucherHash", "_ott_", "invoiceId", "wallet", "delegatorId",
    "delegationHash", "forceDelegation", "smsContentType", "redirectUri", "callbackUri", "code",
    "creditorInvoiceId", "debtorInvoiceId", "date", "guildCode", "terminalNumber", "merchantCode",
    "referenceNumber", "trackingNumber", "transactionDate", "userId", "productId", "price",
    "quantity", "productDescription", "billNumber", "description", "redirectURL", "deadline",
    "currencyCode", "preferredTaxRate", "verificationNeeded", "verifyAfterTimeout", "preview",
    "metadata", "cellphoneNumber", "offset", "firstId", "lastId", "size", "id", "uniqueNumber",
    "fromDate", "toDate", "isPayed", "isWaiting", "isCanceled", "isClosed",
];

/// A request whose token is known.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) pod: &'a PodSandbox,
    pub(super) caller: &'a Account,
    pub(super) params: &'a Params,
    pub(super) reference: &'a str,
    pub(super) now: SystemTime,
}

impl Call<'_> {
    /// Answers that it is done.
    pub(super) fn done(&self) -> Result<Answer, Refusal> {
        match self.pod.settings().done {
            DoneAnswer::Truth => Answer::of(&true),
            DoneAnswer::Text => Answer::of(&"true"),
            DoneAnswer::Link => Answer::of(&format!("{}v1/pbc/payinvoice/", self.pod.pay_url())),
            DoneAnswer::Words => Answer::of(&"عملیات با موفقیت انجام شد"),
        }
    }

    /// Checks that a business calls.
    pub(super) fn require_business(&self) -> Result<(), Refusal> {
        let is_business = self.caller.business_id().is_some();
        is_business.then_some(()).ok_or(Refusal::PERMISSION_DENIED)
    }

    /// Returns an invoice that the caller has issued.
    pub(super) fn issued<'s>(&self, store: &'s Store, id: u64) -> Result<&'s Invoice, Refusal> {
        let invoice = store.get(id)?;
        let theirs = invoice.issuer == self.caller.user_id();
        theirs.then_some(invoice).ok_or(Refusal::PERMISSION_DENIED)
    }

    /// Returns an invoice that was issued to the caller.
    pub(super) fn owed<'s>(&self, store: &'s Store, id: u64) -> Result<&'s Invoice, Refusal> {
        let invoice = store.get(id)?;
        let theirs = invoice.user_id == Some(self.caller.user_id());
        theirs.then_some(invoice).ok_or(Refusal::NOT_YOURS)
    }
}

/// The parameters of a request in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a form. `name[]` and `name[0]`, which older SDKs write for lists, are read as `name`,
    /// and `delegationId` as the `delegatorId` it later became.
    pub(super) fn decode(form: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(form);
        Self(
            pairs
                .map(|(name, value)| (bare(&name).to_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// Returns the first value of a parameter that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Lists the values of a parameter that are not empty.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(given, _)| given == name);
        named
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn bare(name: &str) -> &str {
    let name = match name.split_once('[') {
        Some((bare, rest)) if is_index(rest) => bare,
        _ => name,
    };
    match name {
        "delegationId" => "delegatorId",
        name => name,
    }
}

fn is_index(rest: &str) -> bool {
    rest.strip_suffix(']')
        .is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_however_their_keys_are_written() {
        for form in [
            "delegatorId=11&delegatorId=12",
            "delegatorId[]=11&delegatorId[]=12",
            "delegatorId%5B%5D=11&delegatorId%5B%5D=12",
            "delegatorId[0]=11&delegatorId[1]=12",
            "delegationId=11&delegationId[]=12",
        ] {
            let params = Params::decode(form.as_bytes());
            let all: Vec<_> = params.all("delegatorId").collect();
            assert_eq!(all, ["11", "12"], "{form}");
        }
    }

    #[test]
    fn other_brackets_are_part_of_the_name() {
        for form in ["a[b]=1", "a[=1", "[]a=1"] {
            assert_eq!(Params::decode(form.as_bytes()).get("a"), None, "{form}");
        }
    }

    #[test]
    fn an_empty_value_is_none() {
        let params = Params::decode("a=&a=2&b=%D9%86+%26".as_bytes());
        assert_eq!(params.get("a"), Some("2"));
        assert_eq!(params.get("b"), Some("ن &"));
        assert_eq!(params.get("c"), None);
    }
}
