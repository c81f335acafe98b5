//! The payer at POD's pages.

use crate::demo::browser;
use crate::demo::journey::{Looked, Seen, told};
use crate::demo::shop::Shop;

/// A number that passes for a card's, and is nobody's.
const CARD: &str = "5022291000000008";

/// Opens the pay page behind a link, and finds what to choose by.
pub(super) async fn open(link: &str) -> Looked<String> {
    let page = browser::open(link).await.map_err(told)?;
    let path = link.split('?').next().unwrap_or(link);
    match page.form("/payInvoiceByUniqueNumber") {
        Some(form) if form == path => {
            let got = format!("{}, ways to pay", page.status);
            Ok(Seen::with(link.to_owned(), got).note(link))
        }
        _ => Err(told(format!("{}, no form to choose by", page.status))),
    }
}

/// Chooses to pay by card, saying again what the link said, and takes the gateway's address.
pub(super) async fn choose_card(link: &str) -> Looked<String> {
    let (form, query) = link.split_once('?').ok_or_else(|| told("a bare link"))?;
    let said: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let mut fields: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    fields.push(("method", "card"));
    let page = browser::submit(form, &fields).await.map_err(told)?;
    let location = page.location.unwrap_or_default();
    let place = if location.contains("/v1/pbc/gateway/") {
        "the gateway"
    } else {
        "elsewhere"
    };
    Ok(Seen::with(location, format!("{} to {place}", page.status)))
}

/// Pays at the gateway, and takes the address to which the browser is sent.
pub(super) async fn pay_by_card(gateway: &str, shop: &Shop) -> Looked<String> {
    let page = browser::open(gateway).await.map_err(told)?;
    let form = page
        .form("/pay")
        .ok_or_else(|| told(format!("{}, no form to pay by", page.status)))?;
    let page = browser::submit(&form, &[("card", CARD)])
        .await
        .map_err(told)?;
    let location = page.location.unwrap_or_default();
    let place = if shop.is_callback(&location) {
        "the shop"
    } else {
        "elsewhere"
    };
    Ok(Seen::with(location, format!("{} to {place}", page.status)))
}
