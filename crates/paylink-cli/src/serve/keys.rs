//! `paylink serve keys`: who may call the service.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use paylink::Invalid;
use paylink_server::{KeyError, KeyLine, Right, Rights, ServeConfig};
use serde::Serialize;

use super::premises;
use crate::console::Console;
use crate::failure::{ARGUMENT, Failure, UsageError};
use crate::only_copy;
use crate::report::{Kept, Report};
use crate::table::{Column, table};
use crate::text::shown;

#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    /// Make a key, and print it: it is shown now and never again
    Create(CreateArgs),
    /// List the keys, without what is secret of them
    List,
    /// Make a key count no more, at once and for every process
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// What to call it, such as the shop's or the operator's name
    name: String,
    /// What it allows; give it several times for several
    ///
    /// `take-payments` creates orders and says that goods went out, `read` reads, `refund` gives money back, and `operate` sees to
    /// what needs a person.
    #[arg(long = "right", value_name = "RIGHT", required = true, value_parser = ["take-payments", "read", "refund", "operate"])]
    rights: Vec<String>,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    /// The key's id, as it is listed
    id: String,
}

pub(super) async fn run(
    args: KeysArgs,
    serve: &ServeConfig,
    console: &Console,
) -> Result<(), Failure> {
    let premises = premises(serve).await?;
    let done = match args.operation {
        Operation::Create(args) => {
            let rights = args.rights.iter().map(|word| Right::parse(word));
            let rights = rights
                .collect::<Result<Vec<_>, _>>()
                .map_err(UsageError::from)?;
            only_copy::check()?;
            let made = premises
                .make_key(&args.name, &rights)
                .await
                .map_err(not_made)?;
            console.done(&Made {
                key: made.expose().to_owned(),
                id: made.id,
            })
        }
        Operation::List => {
            let keys = premises.keys().await.map_err(failed)?;
            console.done(&Listed {
                keys: keys.into_iter().map(Line::from).collect(),
            })
        }
        Operation::Revoke(args) => match premises.revoke_key(&args.id).await.map_err(failed)? {
            true => console.done(&Revoked { id: args.id }),
            false => Err(UsageError::from(
                Invalid::new(ARGUMENT, "is the id of no key that counts")
                    .with_value(&args.id)
                    .at("ID")
                    .with_remedy("see `paylink serve keys list`"),
            )
            .into()),
        },
    };
    premises.close().await;
    done
}

fn not_made(error: KeyError) -> Failure {
    match error {
        KeyError::Invalid(invalid) => UsageError::from(invalid).into(),
        KeyError::Books(error) => failed(error),
    }
}

fn failed(error: paylink_books::BooksError) -> Failure {
    super::not_started(&error.into())
}

#[derive(Debug, Serialize)]
struct Made {
    id: String,
    key: String,
}

impl Report for Made {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.key)
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }

    fn is_secret(&self) -> bool {
        true
    }
}

#[derive(Debug, Serialize)]
struct Listed {
    keys: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    id: String,
    name: String,
    rights: Rights,
    created_at_ms: u64,
    revoked_at_ms: Option<u64>,
}

impl From<KeyLine> for Line {
    fn from(key: KeyLine) -> Line {
        let millis = |at: std::time::SystemTime| {
            let since = at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        };
        Line {
            id: key.id,
            name: key.name,
            rights: key.rights,
            created_at_ms: millis(key.created_at),
            revoked_at_ms: key.revoked_at.map(millis),
        }
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.keys.is_empty() {
            return writeln!(
                out,
                "There is no key: make one with `paylink serve keys create`."
            );
        }
        let rows = self.keys.iter().map(|key| {
            let state = key.revoked_at_ms.map_or("in force", |_| "revoked");
            vec![
                key.id.clone(),
                shown(&key.name),
                key.rights.to_string(),
                state.to_owned(),
            ]
        });
        let columns = [
            Column::id("ID"),
            Column::name("NAME"),
            Column::name("RIGHTS").spare(0),
            Column::word("STATE"),
        ];
        table(columns, rows).write(out)
    }
}

#[derive(Debug, Serialize)]
struct Revoked {
    id: String,
}

impl Report for Revoked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "The key {} counts no more.", self.id)
    }
}
