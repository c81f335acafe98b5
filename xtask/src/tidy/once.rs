//! What stands once: a provider's name, an address that a client has by default, and the look into an error's causes.

use super::product::Source;
use crate::project;

/// Where the causes of an error are looked into: below reqwest there are only those to tell by.
const LOOKS_INTO_CAUSES: &str = "crates/paylink-core/src/transport/";

/// The macro whose lines name each provider for the features of the umbrella.
const REGISTRY: &str = "providers!";

pub(super) fn check(problems: &mut Vec<String>) -> Result<(), String> {
    let files = project::files(&["rs"])?;
    let sources: Vec<(&str, Source)> = files
        .iter()
        .filter_map(|file| Some((file.path.as_str(), Source::read(file)?)))
        .collect();
    let names: Vec<String> = project::providers()?
        .iter()
        .filter_map(|client| Some(client.split_once('-')?.0.to_owned()))
        .collect();
    let found = names_and_addresses(&sources, &names)
        .into_iter()
        .chain(causes(&sources));
    problems.extend(found.map(|it| it.to_string()));
    Ok(())
}

/// Something that is wrong in a line of a file.
struct Problem<'a> {
    path: &'a str,
    line: usize,
    what: String,
}

impl std::fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// A string literal and where it stands.
#[derive(Clone, Copy)]
struct Said<'a> {
    path: &'a str,
    line: usize,
    text: &'a str,
}

fn names_and_addresses<'a>(sources: &'a [(&'a str, Source)], names: &[String]) -> Vec<Problem<'a>> {
    let all: Vec<Said<'a>> = sources.iter().flat_map(said).collect();
    let mut problems = Vec::new();
    for name in names {
        let own = format!("crates/{name}-");
        // A provider's own crate is where its name belongs.
        let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
        for it in all.iter().filter(|it| it.text == name) {
            let place = if it.path.starts_with(&own) {
                &mut here
            } else {
                &mut elsewhere
            };
            place.push(*it);
        }
        for it in here.iter().skip(1).chain(&elsewhere) {
            problems.push(it.again(&format!("the name \"{name}\"")));
        }
    }
    let mut addresses: Vec<Said<'a>> = Vec::new();
    // A client is where its addresses belong.
    let in_clients = |it: &&Said<'_>| it.path.split('/').any(|part| part.ends_with("-client"));
    let (clients, others): (Vec<&Said<'a>>, Vec<&Said<'a>>) = all.iter().partition(in_clients);
    for it in clients
        .into_iter()
        .chain(others)
        .filter(|it| it.is_default_address())
    {
        if addresses.iter().any(|first| first.text == it.text) {
            problems.push(it.again("the address"));
        } else {
            addresses.push(*it);
        }
    }
    for it in &all {
        let host =
            |address: &Said<'a>| host(address.text).is_some_and(|host| it.text.contains(host));
        if !it.text.starts_with("https://") && addresses.iter().any(host) {
            problems.push(it.again("the host of an address"));
        }
    }
    problems
}

impl<'a> Said<'a> {
    fn again(&self, fact: &str) -> Problem<'a> {
        Problem {
            path: self.path,
            line: self.line,
            what: format!("{fact} stands elsewhere; take it from there"),
        }
    }

    /// Whether it is an address on the network. Hosts that can be nobody's are examples.
    fn is_default_address(&self) -> bool {
        let reserved = [".example", ".invalid", "localhost", "127.0.0.1"];
        host(self.text).is_some_and(|host| !reserved.iter().any(|end| host.ends_with(end)))
    }
}

/// What a file says, without the lines of the registry.
fn said<'a>((path, source): &'a (&'a str, Source)) -> impl Iterator<Item = Said<'a>> {
    let registry = registry(&source.code);
    source
        .literals
        .iter()
        .filter(move |it| !registry.contains(&it.line))
        .map(|it| Said {
            path,
            line: it.line,
            text: &it.text,
        })
}

/// The lines of the registry's macro, if there is one.
fn registry(code: &str) -> std::ops::Range<usize> {
    let lines = || (1..).zip(code.lines());
    let Some((first, _)) = lines().find(|(_, line)| line.starts_with(REGISTRY)) else {
        return 0..0;
    };
    let last = lines().find(|(number, line)| *number >= first && line.ends_with('}'));
    first..last.map_or(first, |(number, _)| number) + 1
}

/// The host of an address, with its port.
fn host(address: &str) -> Option<&str> {
    let host = address.strip_prefix("https://")?.split('/').next()?;
    host.contains('.').then_some(host)
}

/// Looks into an error's causes outside of the transport.
fn causes<'a>(sources: &'a [(&'a str, Source)]) -> impl Iterator<Item = Problem<'a>> {
    sources
        .iter()
        .filter(|(path, _)| !path.starts_with(LOOKS_INTO_CAUSES))
        .flat_map(|(path, source)| {
            let lines = (1..).zip(source.code.lines());
            lines
                .filter(|(_, line)| line.contains("downcast"))
                .map(|(line, _)| Problem {
                    path,
                    line,
                    what: "only the transport looks into an error's causes; the error says what is known of them".to_owned(),
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::TextFile;

    /// What is found in these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<TextFile> = files
            .iter()
            .map(|(path, text)| TextFile {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        let sources: Vec<(&str, Source)> = files
            .iter()
            .filter_map(|file| Some((file.path.as_str(), Source::read(file)?)))
            .collect();
        let names = ["zipay".to_owned(), "pod".to_owned()];
        names_and_addresses(&sources, &names)
            .into_iter()
            .chain(causes(&sources))
            .map(|it| {
                format!(
                    "{}:{} {}",
                    it.path,
                    it.line,
                    it.what.split(" stands").next().unwrap()
                )
            })
            .collect()
    }

    const CLIENT: &str = "crates/zipay-client/src/descriptor.rs";

    #[test]
    fn what_stands_once_is_fine() {
        let registry = "providers! {\n    \"zipay\" zipay_client as zipay, \"zipay\";\n    \"pod\" pod as pod, \"pod\";\n}\n";
        let client = "const NAME: &str = \"zipay\";\nconst URL: &str = \"https://api.zipay.io/api/\";\n\
            const PAGE: &str = \"https://api.zipay.io/pay/\"; // \"zipay\" at api.zipay.io\n";
        let files = [
            (CLIENT, client),
            ("crates/paylink/src/providers.rs", registry),
        ];
        assert!(found(&files).is_empty(), "{:?}", found(&files));
    }

    #[test]
    fn a_name_that_stands_twice_is_found() {
        let files = [
            ("crates/paylink/src/config.rs", "f(\"zipay\");\n"),
            (CLIENT, "const NAME: &str = \"zipay\";\nf(\"zipay\");\n"),
        ];
        assert_eq!(
            found(&files),
            [
                "crates/zipay-client/src/descriptor.rs:2 the name \"zipay\"",
                "crates/paylink/src/config.rs:1 the name \"zipay\""
            ]
        );
    }

    #[test]
    fn an_address_that_stands_twice_is_found() {
        let files = [
            (
                CLIENT,
                "const URL: &str = \"https://api.zipay.io/api/\";\nf(\"see api.zipay.io\");\n",
            ),
            (
                "crates/paylink/src/config.rs",
                "f(\"https://api.zipay.io/api/\");\nf(\"https://shop.example/\");\n",
            ),
            (
                "crates/paylink/src/shop.rs",
                "f(\"https://shop.example/\");\n",
            ),
        ];
        assert_eq!(
            found(&files),
            [
                "crates/paylink/src/config.rs:1 the address",
                "crates/zipay-client/src/descriptor.rs:2 the host of an address"
            ]
        );
    }

    #[test]
    fn a_look_into_causes_is_found_outside_of_the_transport() {
        let looks = "let it = error.source()\n    .downcast_ref::<Invalid>(); // downcast\n";
        let files = [
            ("crates/paylink-core/src/transport/classify.rs", looks),
            (CLIENT, looks),
        ];
        let found = found(&files);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("crates/zipay-client/src/descriptor.rs:2 only the transport"),
            "{found:?}"
        );
    }
}
