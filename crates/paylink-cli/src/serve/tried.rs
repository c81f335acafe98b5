//! `paylink serve --sandbox`: the whole product in one command.

use std::io::{self, Write};
use std::net::SocketAddr;

use paylink::config::{Config, Variables};
use paylink::zipay;
use paylink_sandbox::Sandbox;
use paylink_server::{Premises, Right, SECTION, ServeConfig, Server, new_event_secret};
use serde::Serialize;

use super::{not_started, read};
use crate::account;
use crate::console::{Console, Format};
use crate::failure::{Failure, UsageError};
use crate::once::interrupted;
use crate::providers::variable;
use crate::report::Report;

/// Runs the service over a sandbox until it is stopped. What it knew is forgotten then.
pub(super) async fn run(listen: Option<SocketAddr>, console: &Console) -> Result<(), Failure> {
    let stopped = interrupted();
    let local = |what, error: &dyn std::fmt::Display| Failure::local(what, &error.to_string());
    let sandbox = Sandbox::start()
        .await
        .map_err(|error| local("sandbox", &error))?;
    let folder = tempfile::tempdir().map_err(|error| local("folder", &error))?;
    let event_secret = event_secret();
    let config = config(&sandbox, folder.path(), &event_secret)?;
    let section = config.section(SECTION).cloned();
    let section =
        section.ok_or_else(|| Failure::local("configuration", "has no section [serve]"))?;
    let serve: ServeConfig = read(section, listen)?;
    let accounts = config
        .open(&account::transport()?)
        .map_err(UsageError::from)?;
    let premises = Premises::open(&serve)
        .await
        .map_err(|error| not_started(&error.into()))?;
    let all = premises.make_key("sandbox", &Right::ALL).await;
    let key = all.map_err(|error| local("key", &error))?;
    let server = Server::bind(&serve, accounts, premises)
        .await
        .map_err(|error| not_started(&error))?;
    if console.format() == Format::People {
        console.note(format_args!(
            "The service is at {}, over a sandbox at {}. Ctrl-C stops both.\n\n\
             Paste these lines into another shell to sell something: an order, its payment by a made-up payer, and the \
             order as the shop reads it then. Open the link in a browser to pay by hand. Key and accounts are made up \
             and good for nothing else, so they may be shown.\n",
            server.url(),
            sandbox.url()
        ));
    }
    console.done(&Tried {
        url: server.url().to_owned(),
        sandbox_url: sandbox.url().to_owned(),
        key: key.expose().to_owned(),
        event_secret,
    })?;
    server.run(stopped).await;
    sandbox.shutdown().await;
    Ok(())
}

/// What the environment says, so that the shop may verify with a key of its own.
fn event_secret() -> String {
    let said = std::env::var(variable(SECTION, "event_secrets"));
    said.unwrap_or_else(|_| new_event_secret())
}

/// The sandbox's accounts, and the settings of the service that the environment names.
fn config(
    sandbox: &Sandbox,
    folder: &std::path::Path,
    event_secret: &str,
) -> Result<Config, UsageError> {
    let accounts = sandbox.providers().iter().flat_map(|provider| {
        let settings = provider.settings().into_iter();
        settings.map(|(key, value)| (variable(provider.name(), key), value))
    });
    let own = variable(SECTION, "");
    let of_service = std::env::vars().filter(|(name, _)| name.starts_with(&own));
    let books = folder.join("paylink.db").display().to_string();
    let usual = [
        (variable(SECTION, "listen"), "127.0.0.1:0".to_owned()),
        (variable(SECTION, "books"), books),
        (variable(SECTION, "allow_private_events"), "true".to_owned()),
        // SizPay brings no payer back: somebody who tries it does not want to wait.
        (variable(SECTION, "look_after_seconds"), "2".to_owned()),
        (
            variable(SECTION, "account"),
            zipay::DESCRIPTOR.name().to_owned(),
        ),
        (variable(SECTION, "event_secrets"), event_secret.to_owned()),
    ];
    let variables = usual.into_iter().chain(of_service).chain(accounts);
    let variables: Variables = variables.collect();
    Ok(account::config_builder().parse_toml("", &variables)?)
}

#[derive(Debug, Serialize)]
struct Tried {
    url: String,
    sandbox_url: String,
    key: String,
    event_secret: String,
}

impl Report for Tried {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Tried {
            url,
            sandbox_url,
            key,
            event_secret,
        } = self;
        write!(
            out,
            "export PAYLINK_URL={url}\n\
             export PAYLINK_KEY={key}\n\
             export PAYLINK_EVENT_SECRET={event_secret}\n\
             export PAYLINK_SANDBOX={sandbox_url}\n\
             \n\
             curl -sS \"$PAYLINK_URL/v1/orders\" -H \"Authorization: Bearer $PAYLINK_KEY\" -H 'Content-Type: application/json' \\\n  \
               -d '{{\"order\": \"1000\", \"amount\": \"250000\", \"currency\": \"IRT\"}}' | tee order-1000.json; echo\n\
             LINK=$(sed 's/.*\"link\":\"\\([^\"]*\\)\".*/\\1/' order-1000.json)\n\
             curl -sS -X POST -L \"$LINK/pay\" -o /dev/null\n\
             curl -sS \"$PAYLINK_URL/v1/orders/1000\" -H \"Authorization: Bearer $PAYLINK_KEY\"; echo\n"
        )
    }
}
