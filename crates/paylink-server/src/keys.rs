//! API keys: who may do what. A key is shown once, when it is made; a hash of its secret is all that is kept.

use std::fmt;
use std::time::SystemTime;

use paylink::{FieldKey, Invalid};
use paylink_books::BooksError;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::random;
use crate::store::Store;

/// How every key begins, so that one that is lost is recognised in a log or a repository.
const PREFIX: &str = "paylink_";

const RIGHT: FieldKey = FieldKey::new("right", "right");
const NAME: FieldKey = FieldKey::new("name", "name");

/// What a key allows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Right {
    /// Creating orders and payments, and saying that goods went out.
    TakePayments,
    /// Reading orders, events, accounts and figures.
    Read,
    /// Giving money back.
    Refund,
    /// Seeing to what needs a person, on the operator's page.
    Operate,
}

impl Right {
    /// Every right there is.
    pub const ALL: [Right; 4] = [
        Right::TakePayments,
        Right::Read,
        Right::Refund,
        Right::Operate,
    ];

    /// The right in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Right::TakePayments => "take-payments",
            Right::Read => "read",
            Right::Refund => "refund",
            Right::Operate => "operate",
        }
    }

    /// The right of this word.
    ///
    /// # Errors
    ///
    /// If there is none: the remedy lists them.
    pub fn parse(word: &str) -> Result<Right, Invalid> {
        let found = Right::ALL.into_iter().find(|right| right.as_str() == word);
        found.ok_or_else(|| {
            let words = Right::ALL.map(Right::as_str).join(", ");
            Invalid::new(RIGHT, "is not known")
                .with_value(word)
                .with_remedy(format!("use {words}"))
        })
    }
}

/// Several rights.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Rights([bool; Right::ALL.len()]);

impl Rights {
    /// These rights.
    #[must_use]
    pub fn of(rights: &[Right]) -> Rights {
        Rights(Right::ALL.map(|right| rights.contains(&right)))
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn have(self, right: Right) -> bool {
        self.iter().any(|one| one == right)
    }

    /// The rights, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        let all = Right::ALL.into_iter().zip(self.0);
        all.filter_map(|(right, has)| has.then_some(right))
    }

    /// Reads what [`Display`](fmt::Display) wrote. A word of a newer release gives no right here.
    pub(crate) fn read(words: &str) -> Rights {
        let words: Vec<Right> = words.split(' ').flat_map(Right::parse).collect();
        Rights::of(&words)
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, right) in self.iter().enumerate() {
            let gap = if index > 0 { " " } else { "" };
            write!(f, "{gap}{}", right.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for Rights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Right::as_str))
    }
}

/// A key of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct KeyLine {
    /// What tells it from the others; no secret.
    pub id: String,
    /// What a person called it.
    pub name: String,
    /// What it allows.
    pub rights: Rights,
    /// When it was made.
    pub created_at: SystemTime,
    /// When it was revoked.
    pub revoked_at: Option<SystemTime>,
}

impl KeyLine {
    /// How the audit log names it.
    pub(crate) fn who(&self) -> String {
        format!("{} ({})", self.name, self.id)
    }
}

/// A key that was made just now. Nothing shows its secret again.
#[derive(Debug)]
pub struct NewKey {
    /// What tells it from the others.
    pub id: String,
    key: SecretString,
}

impl Store {
    /// Makes a key.
    pub(crate) async fn make_key(&self, name: &str, rights: Rights) -> Result<NewKey, KeyError> {
        paylink::core::text::check_name(NAME, name, 60)?;
        if rights == Rights::default() {
            let words = Right::ALL.map(Right::as_str).join(", ");
            let none = Invalid::new(RIGHT, "is missing");
            return Err(none
                .with_remedy(format!("give at least one of {words}"))
                .into());
        }
        let (id, secret) = (random::key_id(), random::secret());
        self.add_key(&id, name, rights, &hash(&secret)).await?;
        let key = format!("{PREFIX}{id}_{secret}").into();
        Ok(NewKey { id, key })
    }

    /// The key that was presented, if it counts.
    pub(crate) async fn known_key(&self, presented: &str) -> Result<Option<KeyLine>, BooksError> {
        let parts = presented
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('_'));
        let Some((id, secret)) = parts else {
            return Ok(None);
        };
        let is_id = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_id || secret.len() > 100 {
            return Ok(None);
        }
        let presented = hash(secret);
        let Some((line, kept)) = self.key(id).await? else {
            return Ok(None);
        };
        let is_right = bool::from(presented.as_bytes().ct_eq(kept.as_bytes()));
        Ok((is_right && line.revoked_at.is_none()).then_some(line))
    }
}

/// Why a key was not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name or the rights cannot be a key's: correct them.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The database failed.
    #[error(transparent)]
    Books(#[from] BooksError),
}

/// The secret has 256 random bits: there is nothing to guess that a slower hash would guard.
pub(crate) fn hash(secret: &str) -> String {
    random::hex(&Sha256::digest(secret.as_bytes()))
}

impl NewKey {
    /// The whole key, as a client sends it: to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.key.expose_secret()
    }
}
