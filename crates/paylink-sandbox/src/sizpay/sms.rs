use super::link::Link;
use super::merchant::Merchant;
use crate::page::persian;

/// The characters of the description that a message has room for.
const DESCRIPTION: usize = 25;

/// Writes what the payer's telephone shows.
pub(super) fn text(merchant: &Merchant, link: &Link) -> String {
    let amount = format!("مبلغ {} ریال", persian::amount(&link.amount.to_string()));
    let description: String = link.description.chars().take(DESCRIPTION).collect();
    [merchant.name(), &amount, &description, &link.url]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
