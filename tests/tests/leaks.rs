//! No secret in any output, under any fault, at TRACE level; and the search would find one.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use paylink_core::provider::{
    Descriptor, Input, InputRule, NewPayment, Required, Setting, SettingKind,
};
use paylink_core::{Error, Handle, Invalid, PaymentProvider, Transport};
use paylink_sandbox::Sandbox;
use paylink_testkit::{
    Answer, Canaries, Capture, NamedFault, Strikes, Wire, bridge_log, catalogue,
};
use paylink_tests::impatience;
use paylink_tests::providers::{Calling, Known, descriptor, known, open, price, simulated};
use pod_invoice_client::{
    BusinessToken, Delegation, InvoiceId, NewInvoice, NewItem, OneTimeToken, PayAnyInvoice, Pod,
    Rial, UserToken,
};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::faults::every_fault;

mod panicking;
pub(crate) mod sale;

const MOBILE: &str = "09123452730";
const NAME: &str = "Canary Payersson";
const NATIONAL_ID: &str = "0076229645";
pub(crate) const CARD: &str = "6037701689095443";

/// Each provider has a thread, so that what the HTTP stack says in tasks of its own is heard as well.
#[test]
fn no_secret_is_in_any_output_under_any_fault() {
    bridge_log().unwrap();
    let threads = known().map(|it| thread::spawn(move || on_this_thread(neutral_create(it))));
    for thread in threads {
        thread.join().unwrap();
    }
}

/// The operations beside the creates, which are called above with more in them.
#[test]
fn no_secret_of_any_operation_is_in_any_output_under_any_fault() {
    bridge_log().unwrap();
    let threads = known().map(|it| thread::spawn(move || on_this_thread(every_operation(it))));
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn no_token_that_only_pods_client_takes_is_in_any_output_under_any_fault() {
    bridge_log().unwrap();
    on_this_thread(pods_tokens());
}

/// A builder or an account that is refused shows nothing either.
#[tokio::test]
async fn what_is_refused_before_sending_shows_no_secret() {
    let transport = Transport::new().unwrap();
    for Known { name, .. } in known() {
        let provider = descriptor(name);
        let good = settings(provider, "https://a.example/").await;
        let secret = |key: &str| provider.setting(key).is_some_and(Setting::is_secret);
        let (own, _): (Vec<_>, Vec<_>) = good.keys().partition(|key| secret(key));
        let canaries: Vec<&String> = own.iter().map(|key| &good[*key]).collect();
        let capture = Capture::new(Canaries::new(&canaries).unwrap());
        let (mut broken, mut refused) = (Vec::new(), Vec::new());
        for key in own {
            broken.push((*key, format!("{}\n", good[*key])));
        }
        let credentials = format!("{}:{}", canaries[0], canaries[canaries.len() - 1]);
        broken.push(("base_url", format!("https://{credentials}@a.example/")));
        broken.push(("base_url", "http://a.example/".to_owned()));
        for (key, value) in broken {
            let mut settings = good.clone();
            settings.insert(key, value);
            match open(provider, &settings, &transport) {
                // POD reads the key of a service when that service is called.
                Ok(client) => capture.look(key, &client),
                Err(error) => {
                    refused.push(key);
                    capture.look_error(key, &error);
                    capture.look_serialized(key, &error.report()).unwrap();
                }
            }
        }
        for setting in provider.settings().iter().filter(|it| it.is_secret()) {
            let is_required = setting.requirement() == Required::Always;
            assert!(
                !is_required || refused.contains(&setting.key()),
                "{refused:?}"
            );
        }
        assert!(refused.ends_with(&["base_url", "base_url"]), "{refused:?}");
        capture.assert_clean();
    }
    let capture = Capture::new(Canaries::new([NATIONAL_ID, CARD]).unwrap());
    let national_id = NATIONAL_ID.replace('5', "6").parse::<paylink::NationalId>();
    capture.look_error("national id", &national_id.unwrap_err());
    let card = CARD.replace('5', "6").parse::<paylink::CardNumber>();
    capture.look_error("card", &card.unwrap_err());
    capture.assert_clean();
}

fn on_this_thread(work: impl Future<Output = ()>) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(work);
}

/// Creates a payment with everything that the provider takes, with a canary for every secret.
async fn neutral_create(known: Known) {
    let provider = descriptor(known.name);
    let settings = settings(provider, "").await;
    let mut canaries: Vec<String> = known.private.iter().map(|it| (*it).to_owned()).collect();
    canaries.extend([MOBILE, NAME, NATIONAL_ID, CARD].map(str::to_owned));
    let is_secret = |key: &str| provider.setting(key).is_some_and(Setting::is_secret);
    let secrets = settings.iter().filter(|(key, _)| is_secret(key));
    canaries.extend(secrets.map(|(_, value)| value.clone()));
    let good = known.operations[0].answer();
    leaks_nothing(&canaries, &good, move |seen, transport, url| {
        let mut settings = settings.clone();
        lead_to(provider, &mut settings, &url);
        async move {
            let client = open(provider, &settings, &transport)?;
            seen.look("client", &client);
            let payment = full_payment(&*client, "1000", CARD)?;
            seen.look("payment", &payment);
            let prepared = client.prepare(&payment)?;
            seen.look("prepared", &prepared);
            look_at_handle(&seen, prepared.handle());
            let created = prepared.create().await?;
            seen.look("created", &created);
            seen.look_serialized("record", created.record()).unwrap();
            Ok(())
        }
    })
    .await;
}

/// What ends the credentials of each sample's client.
const OF_THE_SHOP: &str = "-of-the-shop";

/// What the samples' requests tell of payers and of the shop's cards.
const GIVEN: [&str; 2] = ["9122272730", "6037701689095443"];

async fn every_operation(known: Known) {
    let private = known.private.iter().chain(&GIVEN);
    let private = private.map(|it| it.trim_start_matches('0').to_owned());
    let canaries: Vec<String> = [OF_THE_SHOP.to_owned()]
        .into_iter()
        .chain(private)
        .collect();
    let capture = Capture::new(distinct(&canaries));
    let listening = capture.listen();
    let transport = impatience::transport().runtime(impatience::clock());
    let transport = transport.build().unwrap();
    let mut playing = JoinSet::new();
    for sample in known.operations.into_iter().skip(1) {
        for fault in catalogue(&sample.answer(), "https://elsewhere.example/") {
            let (transport, call, operation) = (transport.clone(), sample.call, sample.operation);
            playing.spawn(async move {
                let error = under(&fault, transport, call).await;
                error.map(|error| (format!("{operation} {}", fault.name()), error))
            });
        }
    }
    let errors: Vec<_> = playing.join_all().await.into_iter().flatten().collect();
    assert!(errors.len() > 100, "only {} calls failed", errors.len());
    for (label, error) in &errors {
        look_at_error(&capture, label, error);
    }
    judge(&capture, &canaries);
    drop(listening);
}

/// Makes a call under a fault, over TLS only where the fault needs it: the creates are made over both.
async fn under(
    fault: &NamedFault,
    transport: Transport,
    call: fn(Transport, String) -> Calling,
) -> Option<Error> {
    static PLACES: Semaphore = Semaphore::const_new(64);
    let _place = PLACES.acquire().await.unwrap();
    let wires = fault.wires();
    let is_plain = wires.contains(&Wire::Plain);
    let wire = if is_plain { Wire::Plain } else { Wire::Tls };
    let server = fault.start(wire).await.unwrap();
    if fault.strikes() == Strikes::SecondCall {
        call(transport.clone(), server.url()).await.unwrap();
    }
    let error = call(transport, server.url()).await.err();
    server.shutdown().await;
    error
}

async fn pods_tokens() {
    const TOKEN: &str = "canary-business-token-51f0c2";
    const KEY: &str = "canary-service-key-0d77e1";
    const USER: &str = "canary-user-token-9b3a44";
    const ONCE: &str = "canary-one-time-token-c2aa08";
    const CREDIT: &str = "canary-credit-hash-a55d20";
    let known = known().into_iter().find(|it| it.name == "pod").unwrap();
    let canaries = [TOKEN, KEY, USER, ONCE, CREDIT, MOBILE, NAME];
    let canaries = canaries
        .iter()
        .chain(known.private)
        .map(|it| (*it).to_owned());
    let canaries: Vec<String> = canaries.collect();
    let good = known.operations[0].answer();
    let capture = leaks_nothing(&canaries, &good, |seen, transport, url| async move {
        let builder = Pod::builder(BusinessToken::new(TOKEN)).key(KEY);
        seen.look("builder", &builder);
        let pod = builder.base_url(url).transport(transport).build()?;
        let payment = PayAnyInvoice::new(InvoiceId::new(7)?)
            .with_user_token(UserToken::new(USER)?)
            .with_one_time_token(OneTimeToken::new(ONCE)?)
            .with_delegation(Delegation::new().with_credit(CREDIT)?);
        seen.look("payment", &payment);
        seen.look("prepared", &pod.pay_any_invoice(payment).prepare()?);

        let item = NewItem::new("a pair of shoes", Rial::new(150_000))?;
        let invoice = NewInvoice::new("1000", "CLOTHING_GUILD", item)?
            .with_mobile(MOBILE.parse()?)
            .with_description(NAME)
            .with_one_time_token(OneTimeToken::new(ONCE)?);
        seen.look("invoice", &invoice);
        let call = pod.issue_invoice(invoice);
        seen.look("call", &call);
        look_at_handle(&seen, &call.handle());
        call.await.map(|issued| seen.look("issued", &issued))
    })
    .await;
    let heard = |word| capture.transcript().iter().any(|text| text.contains(word));
    assert!(heard("234910992"), "the reference number was not told");
}

/// Makes this call under every fault, and looks at all that is said meanwhile.
async fn leaks_nothing<F>(
    canaries: &[String],
    good: &Answer,
    call: impl Fn(Capture, Transport, String) -> F + Clone + Send + 'static,
) -> Capture
where
    F: Future<Output = Result<(), Error>> + Send,
{
    let capture = Capture::new(distinct(canaries));
    let listening = capture.listen();
    let seen = capture.clone();
    let call = move |transport, url| call(seen.clone(), transport, url);
    for one in &every_fault(good, call).await {
        if let Some(error) = &one.error {
            look_at_error(&capture, one.fault.name(), error);
        }
    }
    judge(&capture, canaries);
    drop(listening);
    capture
}

fn distinct(canaries: &[String]) -> Canaries {
    let canaries: BTreeSet<&String> = canaries.iter().collect();
    Canaries::new(canaries).unwrap()
}

fn look_at_error(capture: &Capture, label: &str, error: &Error) {
    capture.look_error(label, error);
    capture.look_serialized(label, &error.report()).unwrap();
    if let Some(handle) = error.handle() {
        capture.look_serialized(label, handle).unwrap();
    }
}

/// Asserts that nothing leaked into what the capture heard, and that it would have been found.
fn judge(capture: &Capture, canaries: &[String]) {
    capture.assert_clean();
    let heard = capture.transcript();
    assert!(heard.len() > 500, "the capture heard next to nothing");
    let http = heard.iter().any(|text| text.contains("hyper"));
    assert!(http, "the HTTP stack was not heard");
    // The negative control: the same capture hears a transport that does print a header, to `log` or to `tracing`.
    let canaries: BTreeSet<&String> = canaries.iter().collect();
    let (first, last) = (canaries.first().unwrap(), canaries.last().unwrap());
    log::trace!("sending key: {first}");
    tracing::trace!(signed_with = last.as_str(), "signed");
    let leaks = capture.leaks();
    let found: Vec<usize> = leaks.iter().map(|leak| leak.sighting.secret).collect();
    assert_eq!(found, [0, canaries.len() - 1], "the search is blind");
}

/// The settings of the sandbox's account, with a canary for every secret that the provider knows.
pub(crate) async fn settings(
    provider: &'static Descriptor,
    url: &str,
) -> BTreeMap<&'static str, String> {
    let sandbox = Sandbox::start().await.unwrap();
    let of_account = simulated(&sandbox, provider).settings();
    let mut settings: BTreeMap<_, _> = of_account.into_iter().collect();
    for setting in provider.settings().iter().filter(|it| it.is_secret()) {
        let canary = format!("canary-{}-4c1d9e", setting.key().replace('_', "-"));
        settings.insert(setting.key(), canary);
    }
    lead_to(provider, &mut settings, url);
    settings
}

pub(crate) fn lead_to(
    provider: &Descriptor,
    settings: &mut BTreeMap<&'static str, String>,
    url: &str,
) {
    for (key, value) in settings {
        let setting = provider.setting(key).unwrap();
        if setting.kind() == SettingKind::Address {
            url.clone_into(value);
        }
    }
}

/// A payment with everything that the provider takes.
pub(crate) fn full_payment(
    client: &dyn PaymentProvider,
    order: &str,
    card: &str,
) -> Result<NewPayment, Invalid> {
    let capabilities = client.capabilities();
    let mut payment = NewPayment::new(order, price(capabilities.currencies()[0])?)?;
    for input in Input::ALL {
        if matches!(capabilities.input(*input), InputRule::Unsupported(_)) {
            continue;
        }
        payment = match input {
            Input::ReturnUrl => payment.with_return_url("https://shop.example/back")?,
            Input::NotifyUrl => payment.with_notify_url("https://shop.example/hook")?,
            Input::Mobile => payment.with_mobile(MOBILE.parse()?),
            Input::PayerName => payment.with_payer_name(NAME)?,
            Input::NationalId => payment.with_national_id(NATIONAL_ID.parse()?),
            Input::PayerCard => payment.with_payer_card(card.parse()?),
            Input::Description => payment.with_description(NAME)?,
            _ => payment,
        };
    }
    Ok(payment)
}

fn look_at_handle(seen: &Capture, handle: &Handle) {
    seen.look("handle", handle);
    seen.look_serialized("handle", handle).unwrap();
}
