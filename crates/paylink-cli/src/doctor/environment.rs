//! Variables of the environment that other programs go by.

use paylink::core::Proxy;

use super::examination::Check;

/// Proxies that the environment names and nothing here uses.
const NAMES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "HTTP_PROXY",
    "http_proxy",
];

/// A warning for what is set, with what to write in its place; for those with one value, one.
pub(super) fn unused_proxies() -> Vec<Check> {
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for name in NAMES {
        let Some(value) = std::env::var(name).ok().filter(|value| !value.is_empty()) else {
            continue;
        };
        match told.iter_mut().find(|(known, _)| *known == value) {
            Some((_, names)) => names.push(name),
            None => told.push((value, vec![name])),
        }
    }
    let check = |(value, names): &(String, Vec<&str>)| {
        let is = if names.len() == 1 { "is" } else { "are" };
        let finding = format!(
            "{} {is} set in the environment and not used here",
            names.join(" and ")
        );
        Check::warning("proxy", finding, instead(value))
    };
    told.iter().map(check).collect()
}

/// What to write to go by this proxy. Its user and password are not repeated.
fn instead(value: &str) -> String {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let (credentials, host) = match rest.rsplit_once('@') {
        Some((_, host)) => (
            ", with PAYLINK_PROXY_USER and PAYLINK_PROXY_PASSWORD,",
            host,
        ),
        None => ("", rest),
    };
    match format!("{scheme}://{host}").parse::<Proxy>() {
        Ok(proxy) => format!("if providers are to be reached by it, set PAYLINK_PROXY={proxy}{credentials} or proxy in the configuration"),
        Err(_) => "if providers are to be reached by a proxy, set PAYLINK_PROXY or proxy in the configuration".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_write_repeats_no_password() {
        for (value, expected) in [
            (
                "http://proxy.example:3128",
                "set PAYLINK_PROXY=http://proxy.example:3128 or proxy",
            ),
            (
                "proxy.example:3128",
                "set PAYLINK_PROXY=http://proxy.example:3128 or proxy",
            ),
            (
                "http://shop:s3cr3t@proxy.example:3128/",
                "set PAYLINK_PROXY=http://proxy.example:3128, with PAYLINK_PROXY_USER and PAYLINK_PROXY_PASSWORD, or proxy",
            ),
            (
                "socks4://shop:s3cr3t@proxy.example:1080",
                "by a proxy, set PAYLINK_PROXY or proxy",
            ),
            (
                "http://shop:s3cr3t@",
                "by a proxy, set PAYLINK_PROXY or proxy",
            ),
        ] {
            let instead = instead(value);
            assert!(instead.contains(expected), "{instead}");
            assert!(!instead.contains("s3cr3t"), "{instead}");
        }
    }
}
