//! The providers' own words: each has a module, which brings its group of commands and its demo.
//!
//! One more provider is a module and a line of the table here. Whatever does not need words of its own walks over
//! `paylink::providers()`, or over what the sandbox plays.

mod cardpay;
mod pod;
mod sizpay;
mod zipay;

use clap::Subcommand;
use paylink::PaymentRecord;
use paylink::core::provider::{Descriptor, Setting, SettingKind};

use crate::account::Setup;
use crate::console::Console;
use crate::demo::Demo;
use crate::examples::Examples;
use crate::failure::Failure;

/// Declares the groups: what the help says of each, its variant, its module and its arguments.
macro_rules! providers {
    ($($(#[$doc:meta])+ $Name:ident($module:ident::$Args:ident);)+) => {
        /// The operations of one provider, in its own words.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Group {
            // The help lists groups of the same place by their names.
            $($(#[$doc])+ #[command(display_order = 5)] $Name($module::$Args),)+
        }

        impl Group {
            /// Carries out what was typed.
            pub(crate) async fn run(
                self,
                config: Setup<'_>,
                console: &Console,
            ) -> Result<(), Failure> {
                match self {
                    $(Group::$Name(args) => {
                        let work = Box::pin($module::run(args, config, console));
                        console.while_asking(title(stringify!($module)), work).await
                    })+
                }
            }
        }

        /// The schemas of each group.
        pub(crate) fn schemas() -> impl IntoIterator<Item = &'static [(&'static str, &'static str)]> {
            [$($module::SCHEMAS),+]
        }

        /// The keys of each client that no flag stands for.
        #[cfg(test)]
        const NEVER_TYPED: &[(&str, &[&str])] = &[$((stringify!($module), $module::NEVER_TYPED)),+];

        /// The examples of each group.
        pub(crate) const EXAMPLES: &[(&str, Examples)] =
            &[$((stringify!($module), $module::examples::EXAMPLES)),+];

        /// Shows the demo of each provider.
        pub(crate) async fn show(demo: &mut Demo<'_>) -> Result<(), Failure> {
            $($module::demo::show(demo).await?;)+
            Ok(())
        }
    };
}

// The demos share a clock: a demo that moves it by days comes after those that need the day.
providers! {
    /// Work with ZiPay invoices
    Zipay(zipay::ZipayArgs);
    /// Work with CardPay payments, from card to card
    Cardpay(cardpay::CardpayArgs);
    /// Work with SizPay payment links, sent by SMS
    Sizpay(sizpay::SizpayArgs);
    /// Work with POD invoices and every way to pay them
    Pod(pod::PodArgs);
}

/// The record of a payment with one more message to its payer noted in it, where its provider has a rule about that.
///
/// # Errors
///
/// If the rule forbids the message now.
pub(crate) fn counted_in(record: &PaymentRecord) -> Result<Option<PaymentRecord>, Failure> {
    if record.provider() == paylink::sizpay::DESCRIPTOR.name() {
        return sizpay::counting::counted_in(record).map(Some);
    }
    Ok(None)
}

/// What people call the provider of this name.
fn title(name: &'static str) -> &'static str {
    let mut providers = paylink::providers().iter();
    providers
        .find(|provider| provider.name() == name)
        .map_or(name, |provider| provider.title())
}

/// Over the flags that each operation takes.
const GLOBAL: &str = "Global options";

/// The sections of all providers in a configuration, as in "[cardpay], [pod] and [zipay]".
pub(crate) fn sections() -> String {
    let names = paylink::providers().iter();
    let names: Vec<String> = names.map(|it| format!("[{}]", it.name())).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// The variable of a provider's setting.
pub(crate) fn variable(provider: &str, key: &str) -> String {
    format!("PAYLINK_{provider}_{key}").to_uppercase()
}

/// Says in a group's help where its account comes from, and then the rest.
fn account_help(provider: &Descriptor, rest: &str) -> String {
    let name = provider.name();
    let key = provider.settings().first().map_or("", Setting::key);
    let mut help = format!(
        "The account comes from these variables, or from [{name}] in the configuration, where\n\
         {} is {key} and so on:\n",
        variable(name, key)
    );
    let mut before = "";
    for setting in provider.settings() {
        let is_tuning = match setting.kind() {
            SettingKind::Switch => true,
            SettingKind::Number => setting.default().is_some(),
            _ => false,
        };
        // POD has one key for each of its services, and says the same of all.
        if is_tuning || setting.help() == before {
            continue;
        }
        before = setting.help();
        let secret = if setting.is_secret() { ", secret" } else { "" };
        let variable = variable(name, setting.key());
        help.push_str(&format!("  {variable}{secret}\n      {before}\n"));
    }
    format!("{help}\n{rest}`paylink sandbox` gives an account to try with.")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use clap::{CommandFactory, Parser};
    use paylink::core::provider::OrderReference;
    use paylink::{
        CardNumber, Currency, Cursor, FieldKey, Input, JalaliDate, Mobile, Money, NationalId,
        PaymentRecord,
    };

    use super::*;
    use crate::cli::Cli;
    use crate::typed::flag;

    /// The flags of a group of commands, with the flags of each of its operations.
    fn flags(group: &clap::Command) -> BTreeSet<String> {
        let own = group.get_arguments().filter_map(clap::Arg::get_long);
        let own = own.map(|long| format!("--{long}"));
        own.chain(group.get_subcommands().flat_map(flags)).collect()
    }

    fn group(name: &str) -> BTreeSet<String> {
        let cli = Cli::command();
        flags(cli.find_subcommand(name).expect("there is such a group"))
    }

    /// Errors, handles and the sandbox's faults name an operation as it is typed.
    #[test]
    fn each_operation_has_the_name_that_the_client_gives_it() {
        // It pays for nothing by itself: the client takes one where one is due.
        const NOT_TYPED: &[&str] = &["one-time-token"];
        let cli = Cli::command();
        for provider in paylink::providers() {
            let group = cli.find_subcommand(provider.name());
            let group = group.expect("there is such a group");
            for operation in provider.operations() {
                let name = operation.name();
                let is_typed = group.find_subcommand(name).is_some();
                let is_expected = !NOT_TYPED.contains(&name);
                assert_eq!(is_typed, is_expected, "{} {name}", provider.name());
            }
        }
    }

    /// The text of every source file below a folder, without its tests.
    fn source(folder: &Path) -> String {
        let mut text = String::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                text.push_str(&source(&path));
            } else if path.file_stem().is_some_and(|stem| stem != "tests") {
                let file = std::fs::read_to_string(&path).unwrap();
                text.push_str(file.split("#[cfg(test)]").next().unwrap());
            }
        }
        text
    }

    /// The keys that a client declares, by themselves or in a table of types.
    fn declared(client: &Path) -> BTreeSet<String> {
        let text = source(&client.join("src"));
        let in_key = |byte: u8| byte == b'_' || byte.is_ascii_lowercase();
        let is_key = |word: &&str| !word.is_empty() && word.bytes().all(in_key);
        let literal = |code: &str| {
            let code = code.trim_start().strip_prefix('"')?;
            code.split('"').next().filter(is_key).map(str::to_owned)
        };
        let alone = text.split("FieldKey::new(").skip(1).filter_map(literal);
        let in_tables = text.lines().filter_map(|line| {
            let (name, rest) = line.trim_start().split_once('(')?;
            let is_type = name.starts_with(char::is_uppercase) && rest.contains("\", \"");
            is_type.then(|| literal(rest))?
        });
        alone.chain(in_tables).collect()
    }

    #[test]
    fn a_key_that_a_client_refuses_is_a_flag_of_its_group_or_is_never_typed() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        // A provider that has no words of its own is not among them.
        for (name, never_typed) in NEVER_TYPED {
            let mut providers = paylink::providers().iter();
            let provider = providers.find(|it| it.name() == *name).unwrap();
            let client = std::fs::read_dir(crates).unwrap().find_map(|entry| {
                let folder = entry.unwrap().file_name().into_string().unwrap();
                (folder.starts_with(name) && folder.ends_with("-client")).then_some(folder)
            });
            let flags = group(name);
            let settings: BTreeSet<&str> = provider.settings().iter().map(Setting::key).collect();
            let keys = declared(&crates.join(client.unwrap())).into_iter();
            let typed = keys.filter(|key| !settings.contains(&**key));
            let without_flag = typed.filter(|key| !flags.contains(&flag(key)));
            let never_typed: BTreeSet<String> = never_typed.iter().map(|&key| key.into()).collect();
            assert_eq!(without_flag.collect::<BTreeSet<_>>(), never_typed, "{name}");
        }
    }

    #[test]
    fn each_shared_key_is_a_flag_where_it_is_typed() {
        let mut neutral: Vec<FieldKey> = Input::ALL.iter().map(|input| input.key()).collect();
        neutral.extend([OrderReference::KEY, PaymentRecord::KEY, Cursor::KEY]);
        neutral.extend([Money::KEY, Currency::KEY, NationalId::KEY]);
        for (name, keys) in [
            ("link", neutral),
            ("cardpay", vec![Mobile::KEY, CardNumber::KEY]),
            ("pod", vec![Mobile::KEY, JalaliDate::KEY]),
            ("sizpay", vec![Mobile::KEY, Money::KEY]),
            ("zipay", vec![Money::KEY, Currency::KEY, NationalId::KEY]),
        ] {
            let flags = group(name);
            for key in keys {
                assert!(flags.contains(&flag(key.as_str())), "{name}: {key:?}");
            }
        }
    }

    #[test]
    fn the_arguments_do_not_show_a_card() {
        let card = "5022290000000042";
        for line in [
            "cardpay create --price 10000 --invoice-number 1 --card-number",
            "cardpay set-card --pay-id 19 --card-number",
            "link create --order 1 --amount 10000 --currency IRR --payer-card",
        ] {
            let words = ["paylink"].into_iter().chain(line.split(' ')).chain([card]);
            let cli = Cli::try_parse_from(words).unwrap();
            assert!(!format!("{cli:?}").contains(card));
        }
    }
}
