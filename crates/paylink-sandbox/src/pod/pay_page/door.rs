use axum::http::StatusCode;

use crate::pod::PodSandbox;
use crate::pod::gateway::WayBack;
use crate::pod::invoice::Invoice;
use crate::pod::params::Params;

/// By which link a payer comes.
#[derive(Debug)]
pub(super) enum Door {
    /// Anybody may pay.
    UniqueNumber(String),
    /// Only the invoice's own user may pay.
    InvoiceId(u64),
    /// A link of service 29815: anybody may pay while it lives.
    Dispatcher(String),
}

/// A payer with what the link says.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) door: Door,
    pub(super) way_back: WayBack,
    pub(super) gateway: Option<Gateway>,
}

/// What `gateway` can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gateway {
    /// `PEP`: straight to the bank.
    Bank,
    /// `LOC`: pays by itself, where POD's sandbox is played.
    Simulated,
}

/// Why a link leads to no invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// There is no such number.
    Page,
    /// There is no such invoice, or it was issued to nobody.
    Invoice,
    /// The link does not live any more.
    Expired,
    /// An address in the link is none.
    BadAddress,
}

impl Caller {
    pub(super) fn read(params: &Params) -> Result<Self, Lost> {
        let url = |name| params.url(name).map_err(|_| Lost::BadAddress);
        let call = match url("callUri")? {
            None => url("callbackUri")?,
            call => call,
        };
        let gateway = match params.get("gateway") {
            Some("PEP") => Some(Gateway::Bank),
            Some("LOC") => Some(Gateway::Simulated),
            _ => None,
        };
        Ok(Self {
            door: Door::read(params)?,
            way_back: WayBack {
                redirect: url("redirectUri")?,
                call,
            },
            gateway,
        })
    }
}

impl Door {
    fn read(params: &Params) -> Result<Self, Lost> {
        if let Some(number) = params.get("uniqueNumber") {
            return Ok(Self::UniqueNumber(number.to_owned()));
        }
        if let Some(hash) = params.get("h") {
            return Ok(Self::Dispatcher(hash.to_owned()));
        }
        match params.id("invoiceId") {
            Ok(Some(id)) => Ok(Self::InvoiceId(id)),
            Ok(None) => Err(Lost::Page),
            Err(_) => Err(Lost::Invoice),
        }
    }

    /// Finds the invoice behind it.
    pub(super) fn invoice(&self, pod: &PodSandbox) -> Result<Invoice, Lost> {
        let store = pod.store();
        match self {
            Self::UniqueNumber(number) => store.with_unique_number(number).ok_or(Lost::Page),
            Self::InvoiceId(id) => match store.get(*id) {
                Ok(invoice) if invoice.user_id.is_some() => Ok(invoice),
                _ => Err(Lost::Invoice),
            },
            Self::Dispatcher(hash) => {
                let id = store.links.follow(hash, pod.now());
                let id = id.ok_or(Lost::Expired)?;
                store.get(id).map_err(|_| Lost::Invoice)
            }
        }
        .cloned()
    }

    /// The path and the parameter that lead back here.
    pub(super) fn address(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::UniqueNumber(number) => (
                "/pod/v1/pbc/payInvoiceByUniqueNumber",
                "uniqueNumber",
                number.clone(),
            ),
            Self::InvoiceId(id) => ("/pod/v1/pbc/payinvoice/", "invoiceId", id.to_string()),
            Self::Dispatcher(hash) => ("/pod/v1/pbc/PayInvoiceDispatcher/", "h", hash.clone()),
        }
    }
}

impl Lost {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Page | Self::Invoice => StatusCode::NOT_FOUND,
            Self::Expired => StatusCode::GONE,
            Self::BadAddress => StatusCode::BAD_REQUEST,
        }
    }
}
