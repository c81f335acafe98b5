use comfy_table::Table;
use paylink::Capability;

use super::examination::Offer;
use crate::table;

/// What each account offers: a row a capability, a column an account.
pub(super) fn table(offers: &[Offer]) -> Table {
    let accounts = offers.iter().map(|offer| offer.account.to_uppercase());
    let header: Vec<String> = ["OFFERS".to_owned()].into_iter().chain(accounts).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let currencies = offers.iter().map(|offer| {
        let codes: Vec<&str> = offer
            .capabilities
            .currencies()
            .iter()
            .map(|it| it.code())
            .collect();
        codes.join(", ")
    });
    let counts_in = ["counting in".to_owned()]
        .into_iter()
        .chain(currencies)
        .collect();
    let rows = Capability::ALL.iter().copied().map(|capability| {
        let says = offers.iter().map(|offer| {
            let offered = offer.capabilities.support(capability).is_supported();
            if offered { "yes" } else { "–" }.to_owned()
        });
        [capability.to_string()].into_iter().chain(says).collect()
    });
    table::table(&header, [counts_in].into_iter().chain(rows), &[0])
}
