use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use paylink_sandbox::{Fault, JournalEntry, Sandbox};
use tracing_subscriber::fmt::MakeWriter;

use crate::eventually::eventually;
use crate::shop::{NEW, Shop};

fn values(entry: &JournalEntry) -> Vec<(&str, &str)> {
    let pairs = entry.parameters.iter();
    pairs
        .map(|parameter| (parameter.name.as_str(), parameter.value.as_str()))
        .collect()
}

#[tokio::test]
async fn requests_are_noted_in_order_with_credentials_redacted() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let trackid = shop.create("1000").await;
    shop.call("invoice-status", &[("trackid", "unknown")]).await;
    shop.call("exchange", &[]).await;

    let journal = sandbox.journal();
    let seen: Vec<_> = journal
        .iter()
        .map(|entry| (entry.provider, entry.operation, entry.answered))
        .collect();
    assert_eq!(
        seen,
        [
            ("zipay", "create-invoice", Some(200)),
            ("zipay", "invoice-status", Some(404)),
            ("zipay", "unknown", Some(404)),
        ]
    );
    let credentials = [("api_key", "[redacted]"), ("api_sign", "[redacted]")];
    let mut expected: Vec<_> = credentials.into_iter().chain(NEW).collect();
    expected.insert(5, ("invoice_number", "1000"));
    assert_eq!(values(&journal[0]), expected);
    assert!(!trackid.is_empty());

    sandbox.clear_journal();
    assert!(sandbox.journal().is_empty());
}

#[tokio::test]
async fn what_the_document_does_not_know_is_named_without_its_value() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    shop.call(
        "invoice-list",
        &[("password", "hunter2"), ("invoice_number", shop.secret_key)],
    )
    .await;
    let entry = &sandbox.journal()[0];
    assert!(values(entry).contains(&("password", "[redacted]")));
    assert!(values(entry).contains(&("invoice_number", "[redacted]")));
}

#[tokio::test]
async fn a_request_is_noted_before_it_is_answered() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let hour = Fault::Delay(Duration::from_secs(3600));
    sandbox.faults().next("zipay", "invoice-list", hour);
    tokio::select! {
        reply = shop.call("invoice-list", &[]) => panic!("an answer came: {reply:?}"),
        () = eventually(|| !sandbox.journal().is_empty()) => {}
    }
    let journal = sandbox.journal();
    assert_eq!((journal.len(), journal[0].answered), (1, None));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_that_is_logged_printed_or_noted_holds_a_credential() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let trackid = shop
        .create_with("1", &[("webhook", "http://127.0.0.1:9/hook")])
        .await;
    sandbox.zipay().pay(&trackid).unwrap();
    sandbox
        .faults()
        .next("zipay", "invoice-verify", Fault::DropAfter);
    shop.send(
        "invoice-status",
        &[("api_key", shop.api_key), ("api_sign", shop.secret_key)],
        shop.secret_key,
    )
    .await;
    tracing::info!(
        "{:?} {:?} {:?}",
        sandbox,
        sandbox.zipay().merchant(),
        sandbox.zipay().invoices()
    );
    let journal = format!(
        "{:?} {}",
        sandbox.journal(),
        serde_json::to_string(&sandbox.journal()).unwrap()
    );
    let outbox = serde_json::to_string(&sandbox.webhooks()).unwrap();

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("invoice-status") && logged.contains(&trackid),
        "{logged}"
    );
    for (place, text) in [("log", &logged), ("journal", &journal), ("outbox", &outbox)] {
        for secret in [shop.api_key, shop.secret_key] {
            assert!(
                !text.contains(secret),
                "a credential in the {place}: {text}"
            );
        }
    }
    sandbox.shutdown().await;
}
