//! Configuration: the text of a file, in whatever encoding, and the variables beside it.
//!
//! The first byte says whether a text with a byte order mark comes as a file; what is not UTF-8 always does. Behind the text stand
//! variables, one a line.

use std::ffi::OsString;

use paylink::config::{Config, Problems, Variables};
use paylink_core::{CannedAnswer, Transport};

use crate::mutation::{HEAD, SEPARATOR};
use crate::{cost, served};

/// A secret, wherever it stands as one.
const SECRET: &str = "canary-secret-of-the-shop";

/// The settings whose values are secret.
const SECRET_SETTINGS: [&str; 8] = [
    "api_key",
    "secret_key",
    "token",
    "user_name",
    "password",
    "user_token",
    "fee_voucher",
    "api_key_29821",
];

thread_local! {
    static TRANSPORT: Option<Transport> = Transport::builder()
        .answered_by(|_| CannedAnswer::new(200, "application/json", ""))
        .build()
        .ok();
}

/// Tries a configuration.
///
/// # Errors
///
/// What came of it that should not have.
pub fn check(input: &[u8]) -> Result<(), String> {
    let Some((&[way, _], rest)) = input.split_first_chunk::<HEAD>() else {
        return Ok(());
    };
    let mut parts = rest.splitn(2, |byte| *byte == SEPARATOR);
    let file = parts.next().unwrap_or_default();
    let more = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let variables: Variables = more
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| !name.contains('\0'))
        .map(|(name, value)| (name.to_owned(), OsString::from(value)))
        .collect();
    // A file is read into a place that is wiped, as long as the longest one: that is for what is no plain text.
    let plain = std::str::from_utf8(file)
        .ok()
        .filter(|it| way % 2 == 0 || !it.starts_with('\u{feff}'));
    let read = if let Some(text) = plain {
        let (cost, read) = cost::of(|| Config::from_toml(text, &variables));
        cost.check((text.len() + more.len()) * MORE_FOR_TOML)?;
        read
    } else {
        served::in_a_file(file, |path| Config::load(path))?
    };
    let is_safe_to_ask = only_in_its_place(file) && only_in_its_place(more.as_bytes());
    let hidden = |shown: String| {
        if is_safe_to_ask && shown.contains(SECRET) {
            return Err(format!("a secret is shown: {shown}"));
        }
        Ok(())
    };
    let config = match read {
        Ok(config) => config,
        Err(problems) => return hidden(shown(&problems)),
    };
    hidden(format!("{config:?}"))?;
    for account in config.accounts() {
        hidden(format!("{account:?}"))?;
    }
    if let Err(problems) = config.check() {
        hidden(shown(&problems))?;
    }
    // A proxy of an account's own builds another HTTP stack, which takes far longer than reading all of this.
    let goes_direct = !String::from_utf8_lossy(rest)
        .to_lowercase()
        .contains("proxy");
    TRANSPORT.with(|transport| match transport {
        Some(transport) if goes_direct => match config.open(transport) {
            Ok(accounts) => hidden(format!("{accounts:?}")),
            Err(problems) => hidden(shown(&problems)),
        },
        _ => Ok(()),
    })
}

/// How much more a configuration may cost than an answer: a setting that nobody knows is compared with every one that is
/// known, and told with the nearest. A file has 1 MiB at most, and is the merchant's own.
const MORE_FOR_TOML: usize = 50;

fn shown(problems: &Problems) -> String {
    format!("{problems} {problems:?}")
}

/// Whether the secret stands nowhere but as the whole value of a secret setting, so that no message may repeat it.
fn only_in_its_place(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).lines().all(|line| {
        if !line.contains(SECRET) {
            return true;
        }
        let Some((name, value)) = line.split_once('=') else {
            return false;
        };
        let name = name.trim().to_lowercase();
        let is_secret = SECRET_SETTINGS
            .iter()
            .any(|it| name == *it || (name.starts_with("paylink_") && name.ends_with(it)));
        is_secret && !name.contains(SECRET) && value.trim().trim_matches('"') == SECRET
    })
}

/// Files and variables as the documentation shows them, and in the encodings that editors write.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let file = format!(
        "# accounts\n[zipay]\napi_key = \"{SECRET}\"\nsecret_key = \"{SECRET}\"\nterminal = 1003\n\n[pod]\ntoken = \"{SECRET}\"\napi_key = \"{SECRET}\"\nenvironment = \"sandbox\"\n\n[cardpay]\nbase_url = \"https://shop.example/api/\"\ntoken = \"{SECRET}\"\nplain_http = false\n\n[sizpay]\nuser_name = \"{SECRET}\"\npassword = \"{SECRET}\"\npay_link_name = \"hosseini\"\nvia = \"soap\"\n\n[accounts.branch]\nprovider = \"zipay\"\nterminal = 1004\n"
    );
    let variables = format!(
        "PAYLINK_ACCOUNT_BRANCH_API_KEY={SECRET}\nPAYLINK_ACCOUNT_BRANCH_SECRET_KEY={SECRET}\nPAYLINK_ZIPAY_TERMINAL=1005\nPAYLINK_ZIPAY_BASE_URL=https://api.zipay.example/\nPAYLINK_POD_TOKEN_FILE=no-such-file"
    );
    let wide = |order: fn(u16) -> [u8; 2]| {
        let units = std::iter::once(0xfeff).chain("[zipay]\nterminal = 1003\n".encode_utf16());
        units.flat_map(order).collect::<Vec<u8>>()
    };
    let texts: [Vec<u8>; 9] = [
        file.clone().into_bytes(),
        format!("\u{feff}{file}").into_bytes(),
        format!("{file}\u{1e}{variables}").into_bytes(),
        format!("\u{1e}{variables}").into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        b"proxy = \"http://proxy.example:3128\"\n[zipay]\nterminal = \"1003\"\nterminl = 1\n"
            .to_vec(),
        b"[zipay\nterminal = 1003\n".to_vec(),
        b"[zipay]\nterminal = 1003\nterminal = 1004\n[zipay]\n'a b' = 1\nx.y = [1, {z = 1}]\n"
            .to_vec(),
    ];
    let ways = [0, 1];
    let both = texts
        .iter()
        .flat_map(|text| ways.map(|way| [&[way, 0], text.as_slice()].concat()));
    both.collect()
}
