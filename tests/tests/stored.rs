//! What is stored today is read by later releases: the forms of version 0.1 stand in `tests/data/0.1`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use paylink::desk::Ledger;
use paylink::{NewPayment, PaymentRecord};
use paylink_books::Books;
use paylink_core::Handle;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::leaks::sale::Sale;

/// The forms of this release. A release with other forms gets a folder of its own, and goes on reading this one.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/0.1")
}

/// Reads a document of the kind that its name begins with, and writes it again.
fn read(name: &str, document: &Value) -> Result<Value, serde_json::Error> {
    fn again<T: DeserializeOwned + Serialize>(
        document: &Value,
    ) -> Result<Value, serde_json::Error> {
        serde_json::to_value(serde_json::from_str::<T>(&document.to_string())?)
    }
    match name.split('-').next().unwrap() {
        "handle" => again::<Handle>(document),
        "ledger" => again::<Ledger>(document),
        "payment" => again::<NewPayment>(document),
        "record" => again::<PaymentRecord>(document),
        other => panic!("what is a {other}?"),
    }
}

fn stored() -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(folder()).unwrap();
    let files = files.map(|file| {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        (name, serde_json::from_str(&text).unwrap())
    });
    files.collect()
}

/// What a sale at each provider leaves in the books, by its kind, its provider and how far the order has come.
async fn sold() -> BTreeMap<String, Value> {
    let place = tempfile::tempdir().unwrap();
    let books = Books::sqlite(place.path().join("shop.db")).await.unwrap();
    let sale = Sale::begin(books.keep_private_data(true)).await;
    let mut found = BTreeMap::new();
    let mut note = |name: String, value: Result<Value, serde_json::Error>| {
        found.insert(name, value.unwrap());
    };
    for is_over in [false, true] {
        if is_over {
            sale.end().await;
        }
        for (provider, order) in &sale.orders {
            let provider = provider.name();
            let stored = sale.desk.order(order).await.unwrap();
            let ledger = stored.ledger();
            let stage = ledger.stage();
            note(
                format!("ledger-{provider}-{stage}"),
                serde_json::to_value(ledger),
            );
            let record = ledger.created().unwrap().record();
            note(format!("record-{provider}"), serde_json::to_value(record));
            let payment = stored.payment().without_private_data();
            note(
                format!("payment-{provider}"),
                serde_json::to_value(&payment),
            );
            let account = sale.desk.accounts().get(provider).unwrap();
            let prepared = account.prepare(&payment).unwrap();
            note(
                format!("handle-{provider}"),
                serde_json::to_value(prepared.handle()),
            );
        }
    }
    found
}

/// The names of all members and elements in it, so that two documents of one form can be told from two of different forms.
fn form(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let below = members.flat_map(|(name, value)| {
                let below = form(value).into_iter();
                below.map(move |below| format!("{name}/{below}"))
            });
            below.collect()
        }
        Value::Array(elements) => elements.iter().flat_map(form).collect(),
        Value::String(_) => vec!["text".to_owned()],
        Value::Number(_) => vec!["number".to_owned()],
        Value::Bool(_) => vec!["truth".to_owned()],
        Value::Null => vec!["null".to_owned()],
    }
}

#[test]
fn what_version_0_1_stored_reads_back_as_it_was() {
    let stored = stored();
    assert!(stored.len() >= 20, "{:?}", stored.keys());
    for (name, document) in &stored {
        let again = read(name, document).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(again, *document, "{name}");
    }
}

/// Nothing is dropped on the way: a member that this release does not know is refused, and so is a later form.
#[test]
fn what_is_not_known_is_refused() {
    let mut refused = 0;
    for (name, document) in stored() {
        for pointer in objects(&document, String::new()) {
            let mut more = document.clone();
            more.pointer_mut(&pointer).unwrap()["unheard_of"] = json!(1);
            let read = read(&name, &more);
            assert!(read.is_err(), "{name}: {pointer}: {read:?}");
            refused += 1;
        }
        if document.get("version").is_some() {
            let mut later = document.clone();
            later["version"] = json!("9");
            assert!(read(&name, &later).is_err(), "{name}");
        }
    }
    assert!(refused >= 40, "{refused}");
}

/// Where an object stands in a document, the document itself among them.
fn objects(value: &Value, here: String) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, below)| (format!("{here}/{name}"), below))
            .collect(),
        Value::Array(elements) => (0..)
            .zip(elements)
            .map(|(place, below): (usize, _)| (format!("{here}/{place}"), below))
            .collect(),
        _ => Vec::new(),
    };
    let mut all: Vec<String> = below
        .into_iter()
        .flat_map(|(pointer, below)| objects(below, pointer))
        .collect();
    if value.is_object() {
        all.push(here);
    }
    all
}

/// What stands in the folder is what this release writes: another form needs another folder, and this one stays.
#[tokio::test]
async fn what_is_stored_now_has_the_forms_of_version_0_1() {
    let sold = sold().await;
    if std::env::var_os("PAYLINK_BLESS").is_some() && !folder().exists() {
        std::fs::create_dir_all(folder()).unwrap();
        for (name, value) in &sold {
            let text = serde_json::to_string_pretty(value).unwrap() + "\n";
            std::fs::write(folder().join(format!("{name}.json")), text).unwrap();
        }
    }
    let stored = stored();
    for (name, value) in &sold {
        let kept = stored.get(name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(form(value), form(kept), "{name}: {value}");
        assert_eq!(read(name, value).unwrap(), *value, "{name}");
    }
}
