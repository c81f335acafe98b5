//! The variables that Kubernetes sets in each container for each Service of the namespace, `PAYLINK_PORT` for one that is
//! called `paylink`. They look like settings, and nobody wrote them.

use super::variables::PREFIX;

/// Whether a variable is one of those, by its name and by the form of its value.
pub(super) fn sets(variable: &str, value: &str) -> bool {
    // `paylink` and `paylink-branch` are names of a Service, `paylinks` is that of something else.
    let Some(rest) = variable.strip_prefix(PREFIX) else {
        return false;
    };
    let rest = format!("_{rest}");
    let is_number = |text: &str| text.parse::<u16>().is_ok();
    let is_url = ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    if rest.ends_with("_SERVICE_HOST") {
        return value.parse::<std::net::IpAddr>().is_ok() || value == "None";
    }
    // Each port of the Service that has a name is one more variable.
    if let Some((_, port)) = rest.split_once("_SERVICE_PORT") {
        return is_number(value) && (port.is_empty() || port.starts_with('_'));
    }
    if rest.ends_with("_PORT") && is_url {
        return true;
    }
    let Some((number, protocol)) = rest
        .rsplit_once("_PORT_")
        .and_then(|(_, port)| port.split_once('_'))
    else {
        return false;
    };
    let (protocol, part) = protocol.split_once('_').unwrap_or((protocol, ""));
    is_number(number)
        && matches!(protocol, "TCP" | "UDP" | "SCTP")
        && match part {
            "" => is_url,
            "PROTO" => matches!(value, "tcp" | "udp" | "sctp"),
            "PORT" => is_number(value),
            "ADDR" => value.parse::<std::net::IpAddr>().is_ok(),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: [&str; 6] = [
        "PAYLINK",
        "PAYLINK_ZIPAY",
        "PAYLINK_ACCOUNT",
        "PAYLINK_ACCOUNT_BRANCH",
        "PAYLINK_SERVE",
        "PAYLINK_PROXY",
    ];

    #[test]
    fn what_kubernetes_sets_is_known_whatever_the_service_is_called() {
        for service in SERVICES {
            for (name, value) in [
                ("SERVICE_HOST", "10.0.171.239"),
                ("SERVICE_HOST", "fd00::1"),
                ("SERVICE_PORT", "8080"),
                ("SERVICE_PORT_HTTP", "8080"),
                ("SERVICE_PORT_HTTPS_ADMIN", "8443"),
                ("PORT", "tcp://10.0.171.239:8080"),
                ("PORT_8080_TCP", "tcp://10.0.171.239:8080"),
                ("PORT_8080_TCP_PROTO", "tcp"),
                ("PORT_8080_TCP_PORT", "8080"),
                ("PORT_8080_TCP_ADDR", "10.0.171.239"),
                ("PORT_53_UDP_PROTO", "udp"),
            ] {
                let name = format!("{service}_{name}");
                assert!(sets(&name, value), "{name}");
            }
        }
    }

    #[test]
    fn what_a_person_wrote_is_not_taken_for_it() {
        for (name, value) in [
            ("PAYLINK_ZIPAY_API_KYE", "k"),
            ("PAYLINK_ZIPAY_PORT", "8080"),
            ("PAYLINK_ZIPAY_SERVICE_HOST", "pay.example"),
            ("PAYLINK_ZIPAY_SERVICE_PORT", "http"),
            ("PAYLINK_ZIPAY_SERVICE_PORTS", "80"),
            ("PAYLINK_ZIPAY_PORT_80_TCP_KEY", "80"),
            ("PAYLINK_ZIPAY_PORT_80_TPC", "tcp://10.0.0.1:80"),
            ("ZIPAY_SERVICE_HOST", "10.0.0.1"),
        ] {
            assert!(!sets(name, value), "{name}");
        }
    }
}
