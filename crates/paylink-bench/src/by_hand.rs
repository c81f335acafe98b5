//! The same call as one writes it by hand over reqwest: three timeouts, signing, and the same checks.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rust_decimal::Decimal;
use serde::Deserialize;
use sha2::Sha256;

use crate::{API_KEY, Outcome, SECRET_KEY, TRACK_ID};

pub(crate) struct Caller {
    http: reqwest::Client,
    base_url: String,
}

#[derive(Deserialize)]
struct Answer {
    success: bool,
    status: u16,
    result: Invoice,
}

/// Every field of the answer, as the client reads it too.
#[derive(Deserialize)]
#[expect(
    dead_code,
    reason = "the fields are read so that both callers do the same work"
)]
struct Invoice {
    trackid: String,
    status: String,
    amount: Decimal,
    coin: Coin,
    invoice_number: String,
    time: Option<u64>,
    date: Option<String>,
    pay_date: Option<String>,
    datew3c: Option<String>,
    pay_datew3c: Option<String>,
    merchant_terminal_number: u64,
    invoice_transaction_id: Option<u64>,
    national_id: Option<String>,
    payer_firstname: Option<String>,
    payer_lastname: Option<String>,
    payer_email: Option<String>,
    payer_account_number: Option<u64>,
}

#[derive(Deserialize)]
#[expect(
    dead_code,
    reason = "the fields are read so that both callers do the same work"
)]
struct Coin {
    name: Option<String>,
    currency: String,
    symbol: Option<String>,
}

impl Caller {
    pub(crate) fn new(base_url: &str) -> Result<Caller, Box<dyn Error>> {
        // A crypto provider has to be there; installing one twice does no harm.
        let _ = Arc::new(rustls::crypto::ring::default_provider())
            .as_ref()
            .clone()
            .install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(20))
            .timeout(Duration::from_secs(45))
            .build()?;
        Ok(Caller {
            http,
            base_url: base_url.to_owned(),
        })
    }

    pub(crate) async fn call(&self) -> Outcome {
        let body = format!("trackid={TRACK_ID}");
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET_KEY.as_bytes())?;
        mac.update(body.as_bytes());
        let response = self
            .http
            .post(format!("{}invoice-status", self.base_url))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("api_key", API_KEY)
            .header("api_sign", STANDARD.encode(mac.finalize().into_bytes()))
            .body(body)
            .send()
            .await?
            .error_for_status()?;
        let is_json = response
            .headers()
            .get("content-type")
            .and_then(|name| name.to_str().ok())
            .is_some_and(|name| name.starts_with("application/json"));
        let answer: Answer = serde_json::from_slice(&response.bytes().await?)?;
        let right = is_json
            && answer.success
            && answer.status == 200
            && answer.result.trackid == TRACK_ID
            && answer.result.amount > Decimal::ZERO;
        if right {
            Ok(())
        } else {
            Err("a wrong answer".into())
        }
    }
}
