//! The examples in the help: lines that work when they are pasted, with the variables of `paylink sandbox`.

use clap::Command;

use crate::providers;

/// What is typed for a command, and the lines of its examples.
pub(crate) type Examples = &'static [(&'static str, &'static str)];

/// Those of all commands but the providers' own. Ids are those that the seed 1 leads to.
#[rustfmt::skip]
const EXAMPLES: Examples = &[
    ("demo", r"
paylink demo
"),
    ("sandbox", r"
paylink sandbox --listen 8080
paylink sandbox --seed 1 --state sandbox.json
paylink sandbox --listen 8080 --probe
"),
    ("doctor", r"
paylink doctor
paylink doctor --account zipay --return-url https://shop.example/back
"),
    ("link", r"
paylink link create --account zipay --order 1000 --amount 250000 \
  --currency IRT --return-url https://shop.example/back/1000 \
  --record-to 1000.json
paylink link settle --account zipay --record 1000.json --order 1000 \
  --amount 250000 --currency IRT
"),
    ("link create", r"
paylink link create --account zipay --order 1000 --amount 250000 \
  --currency IRT --return-url https://shop.example/back/1000 \
  --record-to 1000.json
paylink link create --account zipay --order 1001 --amount 100.99 \
  --currency USD --return-url https://shop.example/back/1001 --json
"),
    ("link status", r"
paylink link create --account zipay --order 1000 --amount 250000 \
  --currency IRT --return-url https://shop.example/back/1000 \
  --record-to 1000.json
paylink link status --account zipay --record 1000.json
"),
    ("link settle", r"
paylink link create --account zipay --order 1000 --amount 250000 \
  --currency IRT --return-url https://shop.example/back/1000 \
  --record-to 1000.json
paylink link settle --account zipay --record 1000.json --order 1000 \
  --amount 250000 --currency IRT
"),
    ("link refund", r"
paylink link create --account zipay --order 1000 --amount 250000 \
  --currency IRT --return-url https://shop.example/back/1000 \
  --record-to 1000.json
paylink link settle --account zipay --record 1000.json --order 1000 \
  --amount 250000 --currency IRT
paylink link refund --account zipay --record 1000.json --order 1000 \
  --amount 250000 --currency IRT
"),
    ("link disable", r"
paylink link create --account sizpay --order 1000 --amount 250000 \
  --currency IRR --mobile 09120000001 --record-to 1000.json
paylink link disable --account sizpay --record 1000.json --order 1000 \
  --amount 250000 --currency IRR
"),
    ("link resend", r"
paylink link create --account sizpay --order 1000 --amount 250000 \
  --currency IRR --mobile 09120000001 --record-to 1000.json
paylink link resend --account sizpay --record 1000.json
"),
    ("link list", r"
paylink link list --account zipay
paylink link list --account zipay --json
"),
    ("link resolve", r"
paylink link resolve --account zipay 1000.handle --record-to 1000.json
"),
    ("config", r"
paylink config example zipay
paylink config show
"),
    ("config example", r"
paylink config example > paylink.toml
paylink config example cardpay zipay
"),
    ("config show", r"
paylink config show --account zipay
paylink config show --json
"),
    ("config path", r"
paylink config path
"),
    ("schema", r"
paylink schema
paylink schema link create
"),
    ("explain", r"
paylink explain zipay 422
paylink explain zipay
paylink explain already_paid
"),
    ("books", r"
paylink books init --books shop.db
paylink books check --books shop.db
"),
    ("books init", r"
paylink books init --books shop.db
"),
    ("books orders", r"
paylink books orders --books shop.db
paylink books orders --books shop.db --stage open --json
"),
    ("books order", r"
paylink books order 1001 --books shop.db
"),
    ("books due", r"
paylink books due --books shop.db
"),
    ("books outbox", r"
paylink books outbox --books shop.db
"),
    ("books retry", r"
paylink books retry --all --books shop.db
"),
    ("books check", r"
paylink books check --books shop.db --json
"),
    ("books export", r"
paylink books export --books shop.db > orders.jsonl
"),
    ("books reconcile", r"
paylink books reconcile --books shop.db --account zipay --day 1405/08/30
"),
    ("serve", r"
paylink serve --sandbox
paylink serve --config paylink.toml --check
"),
    ("serve keys", r"
paylink serve keys create shop --right take-payments --config paylink.toml
paylink serve keys list --config paylink.toml
"),
    ("serve keys create", r"
paylink serve keys create shop --right take-payments --right read \
  --config paylink.toml
"),
    ("serve keys list", r"
paylink serve keys list --config paylink.toml
"),
    ("serve keys revoke", r"
paylink serve keys list --config paylink.toml
paylink serve keys revoke 5f2e7c1a --config paylink.toml
"),
    ("serve secret", r"
paylink serve secret
"),
    ("serve migrate", r"
paylink serve migrate --config paylink.toml
"),
    ("completions", r"
paylink completions bash > paylink.bash
"),
    ("man", r"
paylink man > paylink.1
paylink man man1
"),
];

/// Puts the examples of a command before what its long help ends with. `path` is what is typed, as in `paylink link create`.
pub(crate) fn with_examples(command: Command, path: &str) -> Command {
    // A group that is not in this build takes any words.
    let is_left_out = command.get_arguments().any(|it| it.get_id() == "words");
    let Some(lines) = of(path).filter(|_| !is_left_out) else {
        return command;
    };
    let mut help = HEADING.to_owned();
    for line in lines.lines() {
        help.push_str("\n  ");
        help.push_str(line);
    }
    let after = command
        .get_after_long_help()
        .or_else(|| command.get_after_help());
    if let Some(after) = after {
        help = format!("{help}\n\n{after}");
    }
    command.after_long_help(help)
}

/// What stands above the examples.
pub(crate) const HEADING: &str =
    "Examples, with the variables and the ids of a new `paylink sandbox --seed 1`:";

fn of(path: &str) -> Option<&'static str> {
    let words = path.strip_prefix("paylink ")?;
    let (group, operation) = words.split_once(' ').unwrap_or((words, ""));
    let own = providers::EXAMPLES.iter();
    let own = own.filter(|(provider, _)| *provider == group);
    let own = own.flat_map(|(_, examples)| examples.iter().map(|it| (operation, it)));
    let all = EXAMPLES.iter().map(|it| (words, it));
    let mut found = own.chain(all).filter(|(of, it)| it.0 == *of);
    found.next().map(|(_, it)| it.1.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: &Command, path: &str) {
        for inner in command.get_subcommands().filter(|it| !it.is_hide_set()) {
            let path = format!("{path} {}", inner.get_name());
            let example = of(&path).unwrap_or_else(|| panic!("{path} has no example"));
            assert!(example.contains(&path), "{example}");
            check(inner, &path);
        }
    }

    #[test]
    fn every_command_has_examples_that_fit_a_terminal() {
        check(&crate::cli::command(), "paylink");
        let own = providers::EXAMPLES.iter().flat_map(|(_, own)| own.iter());
        let lines = EXAMPLES.iter().chain(own).flat_map(|it| it.1.lines());
        let widest = lines.map(|line| line.chars().count()).max();
        assert!(widest <= Some(78), "{widest:?}");
    }

    #[cfg(all(feature = "books", feature = "serve"))]
    #[test]
    fn no_other_command_has() {
        let own = providers::EXAMPLES
            .iter()
            .flat_map(|(group, own)| own.iter().map(move |it| format!("{group} {}", it.0)));
        for path in EXAMPLES.iter().map(|it| it.0.to_owned()).chain(own) {
            let command = crate::cli::command();
            let mut words = path.split_whitespace();
            let found = words.try_fold(&command, |command, word| command.find_subcommand(word));
            assert!(found.is_some(), "{path}");
        }
    }
}
