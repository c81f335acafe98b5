use std::io::{self, Write};

use clap::Args;
use clap::builder::PossibleValuesParser;
use paylink::config::PROXY_SETTINGS;
use paylink::core::provider::{Descriptor, Setting, SettingKind};
use serde::Serialize;

use super::needed;
use crate::account::service_section;
use crate::console::Console;
use crate::failure::Failure;
use crate::report::Report;

const HEADER: &str = "\
# Accounts for paylink. Fill in what stands empty between quotes, and delete the sections that you do not use; a line that
# begins with # is no setting until the # is taken away. `paylink config path` says where the file is looked for.
#
# Keep it to yourself: chmod 600. A secret may stand in a file of its own, which the same name with _file at its end names:
# api_key_file = '/run/secrets/api-key'. The environment wins over the file: terminal under [zipay] is PAYLINK_ZIPAY_TERMINAL.
";

const BRANCH: &str = "\
# One more account, under a name of its own: what stands in the section of its provider, and which provider that is.
#[accounts.branch]
#provider = \"zipay\"
";

#[derive(Debug, Args)]
pub(super) struct ExampleArgs {
    /// Which providers; all of them, and the service, if none is given
    #[arg(value_name = "PROVIDER", value_parser = PossibleValuesParser::new(names()))]
    providers: Vec<String>,
}

fn names() -> impl Iterator<Item = &'static str> {
    paylink::providers().iter().map(|it| it.name())
}

pub(super) fn example(args: &ExampleArgs, console: &Console) -> Result<(), Failure> {
    console.done(&Example {
        toml: written(&args.providers),
    })
}

#[derive(Debug, Serialize)]
struct Example {
    toml: String,
}

impl Report for Example {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.toml.as_bytes())
    }
}

/// The example for these providers, for all if there are none.
fn written(named: &[String]) -> String {
    let mut lines = Lines {
        text: HEADER.to_owned(),
        said: String::new(),
    };
    lines.title("How providers are reached, all of them or, in a section, that one");
    for setting in PROXY_SETTINGS {
        lines.left_out(setting);
    }
    let is_named =
        |it: &&&Descriptor| named.is_empty() || named.iter().any(|name| name == it.name());
    for provider in paylink::providers().iter().filter(is_named) {
        lines.provider(provider);
    }
    if named.is_empty() {
        lines.text.push('\n');
        lines.text.push_str(BRANCH);
        let (section, settings) = service_section();
        if !settings.is_empty() {
            lines.title("The service, `paylink serve`; nothing of it is needed");
            lines.text.push_str(&format!("#[{section}]\n"));
            for setting in settings {
                lines.left_out(setting);
            }
        }
    }
    lines.text
}

/// The lines so far, and the last remark.
struct Lines {
    text: String,
    said: String,
}

impl Lines {
    /// What is needed first, then what may be left out.
    fn provider(&mut self, provider: &Descriptor) {
        self.title(provider.title());
        self.text.push_str(&format!("[{}]\n", provider.name()));
        let needed = needed(provider);
        let (needed, rest): (Vec<&Setting>, Vec<&Setting>) = provider
            .settings()
            .iter()
            .partition(|it| needed.contains(&it.key()));
        for setting in needed {
            self.explain(setting);
            self.text.push_str(&format!("{} = \"\"\n", setting.key()));
        }
        for setting in rest {
            self.left_out(setting);
        }
    }

    fn title(&mut self, title: &str) {
        self.text.push_str(&format!("\n# {title}\n"));
    }

    fn left_out(&mut self, setting: &Setting) {
        self.explain(setting);
        let value = match (setting.kind(), setting.default()) {
            (SettingKind::Number | SettingKind::Switch, Some(default)) => default.to_owned(),
            (SettingKind::Switch, None) => "false".to_owned(),
            (SettingKind::Number, None) => "0".to_owned(),
            (SettingKind::Choice([first, ..]), None) => format!("\"{first}\""),
            (_, default) => format!("\"{}\"", default.unwrap_or_default()),
        };
        self.text
            .push_str(&format!("#{} = {value}\n", setting.key()));
    }

    /// What a setting is, and what may stand there.
    fn explain(&mut self, setting: &Setting) {
        let words = match setting.kind() {
            SettingKind::Choice(words) => format!(" One of: {}.", words.join(", ")),
            _ => String::new(),
        };
        let remark = format!("{}{words}", setting.help());
        // Settings that differ in their names alone share a remark.
        if self.said == remark {
            return;
        }
        let mut line = String::from("#");
        for word in remark.split(' ') {
            if line.chars().count() + word.chars().count() >= WIDTH {
                self.text.push_str(&format!("{line}\n"));
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.text.push_str(&format!("{line}\n"));
        self.said = remark;
    }
}

/// Columns of a remark.
const WIDTH: usize = 120;

#[cfg(test)]
mod tests {
    use paylink::Transport;
    use paylink::config::{AccountConfig, Config, Variables};

    use super::*;
    use crate::account::config_builder;

    /// A value that any client takes.
    fn sample(setting: &Setting) -> &'static str {
        match setting.kind() {
            SettingKind::Address => "https://one.example/",
            SettingKind::Number => "1003",
            _ => "SAMPLE",
        }
    }

    fn read(text: &str) -> Config {
        let config = config_builder().parse_toml(text, &Variables::default());
        let config = config.unwrap_or_else(|error| panic!("{error}\n{text}"));
        config.check().unwrap();
        config
    }

    /// The example with every empty value filled in that is no remark.
    fn filled_in(text: &str, provider: &Descriptor) -> String {
        let fill = |line: &str| match line.strip_suffix(" = \"\"") {
            Some(key) if !line.starts_with('#') => {
                let setting = provider.setting(key).unwrap();
                format!("{key} = \"{}\"\n", sample(setting))
            }
            _ => format!("{line}\n"),
        };
        text.lines().map(fill).collect()
    }

    #[test]
    fn it_loads_once_its_placeholders_are_filled_in() {
        let transport = Transport::new().unwrap();
        for provider in paylink::providers() {
            let text = written(&[provider.name().to_owned()]);
            let accounts = read(&filled_in(&text, provider)).open(&transport);
            let accounts = accounts.unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(accounts.names().collect::<Vec<_>>(), [provider.name()]);
        }
    }

    #[test]
    fn each_setting_stands_in_it_under_its_section() {
        let text = written(&[]);
        // Every remark that is a setting or a section becomes one.
        let uncommented: String = text
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let config = read(&uncommented);
        let names: Vec<&str> = config.accounts().map(AccountConfig::name).collect();
        assert_eq!(names.len(), paylink::providers().len() + 1, "{names:?}");
        for provider in paylink::providers() {
            let account = config.account(provider.name()).unwrap();
            for setting in provider.settings() {
                assert!(
                    account.is_set(setting.key()),
                    "{} {}",
                    provider.name(),
                    setting.key()
                );
            }
        }
        let (section, settings) = service_section();
        let service = config.section(section).unwrap();
        assert!(settings.iter().all(|it| service.is_set(it.key())));
    }
}
