use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::get;

use super::account::Account;
use super::answer::{self, Answer};
use super::call::Call;
use super::failures::Executed;
use super::params::Params;
use super::refusal::Refusal;
use super::service::Service;
use super::settings::OneTimeTokens;
use super::{NAME, PodSandbox};
use crate::journal::{Arrival, Parameter};

/// The parameters that let somebody act, and are never shown.
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
    let well_formed = method == Method::GET || is_form(&headers);
    let arrival = Arrival {
        provider: NAME,
        operation: service.map_or("unknown", Service::name),
        parameters: noted(&headers, &params),
    };
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
        if Call::knows(name) && !CREDENTIALS.contains(&name) {
            Parameter::shown(name, value)
        } else {
            Parameter::credential(name)
        }
    });
    sent.chain(shown).collect()
}

fn answer(
    pod: &PodSandbox,
    service: Option<Service>,
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
    answer::write(&outcome, &reference, ott.as_deref(), &pod.settings())
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
fn admit(call: &Call<'_>, service: Service, headers: &HeaderMap) -> Result<(), Refusal> {
    let key = call.params.get("scApiKey");
    if !key.is_some_and(|key| call.pod.0.keys.open(service, key)) {
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
fn execute(call: &Call<'_>, service: Service) -> Result<Answer, Refusal> {
    let failure = call.pod.failures().take(service.name());
    let Some(failure) = failure else {
        return service.execute(call);
    };
    if failure.executed == Executed::Yes {
        let _ = service.execute(call);
    }
    Err(failure.failure.refusal())
}

/// Returns a header that was sent exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    media_type
        .and_then(|text| text.split(';').next())
        .is_some_and(|text| {
            text.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}
