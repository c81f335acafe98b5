//! What the merchant has to set up at each provider.

use std::io::{self, Write};

use paylink::Evidence;
use paylink::core::provider::{Input, InputRule};

use super::examination::Examined;

/// Writes what the panel of each provider must have, once for all accounts with it.
pub(super) fn write(
    accounts: &[Examined],
    return_host: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut told: Vec<&str> = Vec::new();
    for account in accounts {
        let Some(provider) = account.provider.filter(|it| !told.contains(&it.name())) else {
            continue;
        };
        told.push(provider.name());
        let same = |it: &&Examined| it.provider.is_some_and(|it| it.name() == provider.name());
        let names: Vec<&str> = accounts
            .iter()
            .filter(same)
            .map(|it| &*it.account)
            .collect();
        writeln!(out, "\nAt {} ({}):", provider.title(), names.join(", "))?;
        for note in provider.panel() {
            let known = match note.evidence {
                Evidence::Documented => "",
                _ => " (From public material, not from its own document.)",
            };
            writeln!(out, "  - {}{known}", note.english)?;
        }
        for account in accounts.iter().filter(same) {
            if let Some(proxy) = &account.proxy {
                let name = &account.account;
                writeln!(
                    out,
                    "  - Requests of {name} come from where {proxy} goes out."
                )?;
            }
        }
    }
    if accounts.iter().any(leads_back) {
        let host = return_host.unwrap_or("the host of your return URL");
        writeln!(
            out,
            "\nWhere a panel asks for the shop's address, give {host}."
        )?;
    }
    Ok(())
}

/// Whether payers come back from there.
fn leads_back(account: &Examined) -> bool {
    let capabilities = account.capabilities.as_ref();
    let rule = capabilities.map(|it| it.input(Input::ReturnUrl));
    matches!(rule, Some(InputRule::Required | InputRule::Optional))
}
