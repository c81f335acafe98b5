/// What SizPay can be asked to do, by the names that its documents use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Method {
    Send,
    Disable,
    Resend,
    PayStatus,
}

impl Method {
    /// The last segment of the REST service's address.
    pub(crate) fn rest(self) -> &'static str {
        match self {
            Method::Send => "PayLinkSend",
            Method::Disable => "PayLinkDisable",
            Method::Resend => "PayLinkReSend",
            Method::PayStatus => "PayLinkPayStatus",
        }
    }
}

/// A method of the ASMX service. It documents two of the four; the model of the second is a reading, by analogy with the
/// first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AsmxMethod {
    Send,
    PayStatus,
}

impl AsmxMethod {
    pub(crate) fn of(method: Method) -> Option<AsmxMethod> {
        match method {
            Method::Send => Some(AsmxMethod::Send),
            Method::PayStatus => Some(AsmxMethod::PayStatus),
            Method::Disable | Method::Resend => None,
        }
    }

    /// The method that takes its parameters one by one.
    #[cfg(feature = "soap")]
    pub(crate) fn plain(self) -> &'static str {
        match self {
            AsmxMethod::Send => "PayLinkSendSoap",
            AsmxMethod::PayStatus => "PayLinkPayStatusSoap",
        }
    }

    /// The method that takes them in one model.
    pub(crate) fn with_model(self) -> &'static str {
        match self {
            AsmxMethod::Send => "PayLinkSendRest",
            AsmxMethod::PayStatus => "PayLinkPayStatusRest",
        }
    }
}

/// The parameter that holds the model.
pub(crate) const MODEL: &str = "PayLinkData";
