//! A merchant at a terminal: an account with a sandbox, a home of its own, and the command.

use std::io::Write;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, process};

use paylink_sandbox::{Fault, Sandbox};
use paylink_testkit::{Canaries, Sighting};
use serde_json::Value;

use crate::documents::{self, Called};

/// The command that was built for these tests.
pub(crate) const PAYLINK: &str = env!("CARGO_BIN_EXE_paylink");

/// A merchant whose account stands in the environment of every command.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    home: PathBuf,
}

impl Shop {
    pub(crate) async fn open() -> Shop {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("home-{}-{number}", process::id());
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&home).unwrap();
        Shop {
            sandbox: Sandbox::builder().seed(1).start().await.unwrap(),
            home,
        }
    }

    /// A file in the merchant's home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// The command with these words, in the merchant's home and with nothing else in the environment.
    pub(crate) fn bare(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PAYLINK);
        command
            .args(words)
            .env_clear()
            .env("HOME", &self.home)
            // Whatever hears of these has to keep the secrets all the same.
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .current_dir(&self.home)
            .stdin(Stdio::null());
        command
    }

    /// The same with the account in the environment.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.bare(words);
        command.envs(self.settings().map(|(provider, key, value)| {
            (format!("PAYLINK_{provider}_{key}").to_uppercase(), value)
        }));
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Run {
        self.finish(self.command(words))
    }

    /// Runs a line of words without quotes.
    pub(crate) fn line(&self, line: &str) -> Run {
        self.run(&line.split(' ').collect::<Vec<_>>())
    }

    /// Runs such a line in another environment.
    pub(crate) fn line_with(
        &self,
        line: &str,
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Run {
        let mut command = self.command(&line.split(' ').collect::<Vec<_>>());
        change(&mut command);
        self.finish(command)
    }

    /// Starts such a line, for [`wait`](Shop::wait) or to be interrupted.
    pub(crate) fn start(&self, line: &str) -> Started {
        Started::new(&mut self.command(&line.split(' ').collect::<Vec<_>>()))
    }

    /// Runs such a line with a document on standard input.
    pub(crate) fn given(&self, line: &str, document: &Value) -> Run {
        let mut command = self.command(&line.split_whitespace().collect::<Vec<_>>());
        let mut started = Started::new(command.stdin(Stdio::piped()));
        write!(started.stdin.take().unwrap(), "{document}").unwrap();
        self.wait(started)
    }

    /// Sets a fault for the next request of this operation.
    pub(crate) fn fault(&self, provider: &str, operation: &str, fault: Fault) {
        self.sandbox
            .faults()
            .next(provider, operation, fault)
            .unwrap();
    }

    /// Runs what follows `paylink` in a shell, as a person would who pasted a suggested command.
    pub(crate) fn pasted(&self, line: &str) -> Run {
        self.pasted_with(line, |it| it)
    }

    /// The same in another environment.
    pub(crate) fn pasted_with(
        &self,
        line: &str,
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Run {
        let script = format!("paylink() {{ '{PAYLINK}' \"$@\"; }}\npaylink {line}");
        let account = self.command(&[]);
        let variables = account.get_envs();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &script])
            .env_clear()
            .envs(variables.filter_map(|(name, value)| Some((name, value?))))
            .current_dir(&self.home)
            .stdin(Stdio::null());
        change(&mut shell);
        self.finish(shell)
    }

    /// Runs a command to its end, searches what it said for the account's keys, and holds it to its schema.
    pub(crate) fn finish(&self, mut command: Command) -> Run {
        let called = Called::of(&command);
        self.read(&called, command.output().unwrap())
    }

    /// Waits for a command that was started.
    pub(crate) fn wait(&self, started: impl Into<Started>) -> Run {
        let Started { child, called } = started.into();
        self.read(&called, child.wait_with_output().unwrap())
    }

    fn read(&self, called: &Called, output: Output) -> Run {
        let run = Run {
            status: output.status.code().expect("ended by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        let told = self.told(&run);
        assert!(told.is_empty(), "a secret is told: {told:?} in {run:?}");
        assert!(!run.stderr.contains("panicked"), "{run:?}");
        documents::check(called, &run.stdout);
        run
    }

    /// The provider, the key and the value of each setting that its account has in the sandbox.
    fn settings(&self) -> impl Iterator<Item = (&'static str, &'static str, String)> {
        let providers = self.sandbox.providers().iter();
        providers.flat_map(|provider| {
            let settings = provider.settings().into_iter();
            settings.map(|(key, value)| (provider.name(), key, value))
        })
    }

    /// Changes the secrets in the environment of a command into others, which no provider takes.
    pub(crate) fn lock_out<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let keys: Vec<String> = self.keys().collect();
        let other = |c: char| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        };
        for (provider, key, value) in self.settings() {
            if keys.contains(&value) {
                let value: String = value.chars().map(other).collect();
                command.env(format!("PAYLINK_{provider}_{key}").to_uppercase(), value);
            }
        }
        command
    }

    /// The secrets among them.
    fn keys(&self) -> impl Iterator<Item = String> {
        let is_secret = |provider: &str, key: &str| {
            let mut descriptors = paylink::providers().iter();
            let descriptor = descriptors.find(|it| it.name() == provider);
            let setting = descriptor.and_then(|descriptor| descriptor.setting(key));
            setting
                .unwrap_or_else(|| panic!("{provider} has no {key}"))
                .is_secret()
        };
        let settings = self.settings();
        settings.filter_map(move |(provider, key, value)| is_secret(provider, key).then_some(value))
    }

    /// What no run may tell, however it is written: the accounts' keys and the sandbox's cards.
    pub(crate) fn secrets(&self) -> Canaries {
        let cardpay = self.sandbox.cardpay();
        let own = cardpay.merchant_cards();
        let cards = own.iter().map(|card| card.number.number().to_owned());
        let payers = [cardpay.payer_card(), cardpay.other_payer_card()].map(str::to_owned);
        Canaries::new(self.keys().chain(cards).chain(payers)).unwrap()
    }

    /// Where a run told one of them.
    pub(crate) fn told(&self, run: &Run) -> Vec<Sighting> {
        let secrets = self.secrets();
        let mut told = secrets.find_in(&run.stdout);
        told.extend(secrets.find_in(&run.stderr));
        told
    }

    /// Creates an invoice through the command.
    pub(crate) fn create(&self, number: &str) -> String {
        let created = self.line(&format!(
            "--json zipay create-invoice --invoice-number {number} --amount 250000 --currency IRT --callback https://shop.example/back"
        ));
        created.ok()["track_id"].as_str().unwrap().to_owned()
    }

    /// Creates an invoice that its payer pays.
    pub(crate) fn paid(&self, number: &str) -> String {
        let trackid = self.create(number);
        self.sandbox.zipay().pay(&trackid).unwrap();
        trackid
    }

    /// How often ZiPay was told to verify an invoice.
    pub(crate) fn times_verified(&self, trackid: &str) -> usize {
        let invoice = self.sandbox.zipay().invoice(trackid);
        invoice.unwrap().times_verified()
    }

    /// Puts fixed words in place of what differs from run to run.
    pub(crate) fn tidy(&self, text: &str) -> String {
        let host = self.sandbox.address().to_string();
        let text = text
            .replace(&host, "SANDBOX")
            .replace(&*self.home.to_string_lossy(), "~");
        text.split_inclusive(char::is_whitespace)
            .map(without_date)
            .collect()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// A command that runs, and what was called.
pub(crate) struct Started {
    child: Child,
    called: Called,
}

impl Started {
    pub(crate) fn new(command: &mut Command) -> Started {
        let called = Called::of(command);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Started {
            child: command.spawn().unwrap(),
            called,
        }
    }

    /// Waits for one that shows keys which it has made up itself.
    pub(crate) fn unread(self) -> Output {
        self.child.wait_with_output().unwrap()
    }
}

/// One that prints nothing for programs: nobody knows what was called.
impl From<Child> for Started {
    fn from(child: Child) -> Started {
        Started {
            child,
            called: Called::default(),
        }
    }
}

impl Deref for Started {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}

impl DerefMut for Started {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.child
    }
}

/// `21/11/2026 19:56` becomes `DD/MM/YYYY HH:MM`.
fn without_date(word: &str) -> String {
    let shape: String = word
        .trim_end()
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let fixed = match &*shape {
        "00/00/0000" => "DD/MM/YYYY",
        "00:00" => "HH:MM",
        _ => return word.to_owned(),
    };
    word.replace(word.trim_end(), fixed)
}

/// Lets nobody else read a file: the command warns of a secret that others can read.
pub(crate) fn make_private(path: &Path) {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    #[cfg(not(unix))]
    let _ = path;
}

/// What a run of the command said and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The one JSON document of a run that did what was asked.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 0, "{self:?}");
        self.document()["ok"].clone()
    }

    /// The one JSON document of a run that did not.
    pub(crate) fn error(&self) -> Value {
        assert_ne!(self.status, 0, "{self:?}");
        self.document()["error"].clone()
    }

    /// What people read of a run that did what was asked, with nothing beside it.
    pub(crate) fn told(&self) -> &str {
        assert_eq!((self.status, &*self.stderr), (0, ""), "{self:?}");
        &self.stdout
    }

    /// What people read of a run that ended with this status, and printed no result.
    pub(crate) fn failed(&self, status: i32) -> &str {
        assert_eq!((self.status, &*self.stdout), (status, ""), "{self:?}");
        &self.stderr
    }

    /// Asserts this status, and these members of the error.
    pub(crate) fn fails(&self, status: i32, members: Value) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let error = self.error();
        has(&error, members);
        error
    }

    /// Asserts that this is on standard output.
    pub(crate) fn prints(&self, part: &str) {
        assert!(self.stdout.contains(part), "no {part:?} in {self:?}");
    }

    /// Asserts that this is on standard error.
    pub(crate) fn complains(&self, part: &str) {
        assert!(self.stderr.contains(part), "no {part:?} in {self:?}");
    }

    /// What is on standard output has to be one document with its version and one member, in one line, and nothing else.
    fn document(&self) -> Value {
        let document: Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert_eq!(document["version"], 1, "{self:?}");
        assert_eq!(document.as_object().unwrap().len(), 2, "{self:?}");
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        document
    }
}

/// Asserts these members of a document, as [`assert_has!`] does.
pub(crate) fn has(document: &Value, members: Value) {
    let Value::Object(members) = members else {
        panic!("{members} has no members");
    };
    for (path, expected) in members {
        let found = document.pointer(&format!("/{path}"));
        assert_eq!(found, Some(&expected), "{path} of {document}");
    }
}

/// Presses Ctrl-C.
#[cfg(unix)]
pub(crate) fn interrupt(child: &Child) {
    let kill = ["-INT", &child.id().to_string()];
    let killed = Command::new("kill").args(kill).status().unwrap();
    assert!(killed.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_told_would_be_found() {
    let shop = Shop::open().await;
    // Other providers have keys too.
    assert!(shop.keys().count() >= 8);
    let key = shop.sandbox.zipay().secret_key().to_owned();
    let token = shop.sandbox.cardpay().token().to_owned();
    let card = shop.sandbox.cardpay().payer_card().to_owned();
    for (stdout, stderr) in [
        (key.clone(), String::new()),
        (String::new(), format!("x{key}x")),
        (token, String::new()),
        (String::new(), "x6219 8610-0000 0017x".to_owned()),
        (card, String::new()),
    ] {
        let status = 0;
        let told = shop.told(&Run {
            status,
            stdout,
            stderr,
        });
        assert_eq!(told.len(), 1, "{told:?}");
    }
}
