use crate::sizpay::answer::Answer;
use crate::sizpay::fields::Fields;
use crate::sizpay::{SizpaySandbox, operations};

/// The parameter in which a method that takes a model finds it.
pub(super) const MODEL_IN: &str = "PayLinkData";

/// The parameter in which a method that takes a model returns one.
pub(super) const MODEL_OUT: &str = "PayLinkResp";

/// A method of the service.
///
/// Those whose name ends in `Rest` take a model and return one; the others take and return the same
/// values one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    SendSoap,
    PayStatusSoap,
    SendRest,
    /// The document breaks off before it: it is made by analogy.
    PayStatusRest,
}

/// A class of the service, or the parameters of a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) members: &'static [Member],
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// The types of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Int,
    Long,
}

pub(super) const SEND: Model = Model {
    name: "PayLinkSend",
    members: &[
        string("UserName"),
        string("Password"),
        string("PayLinkName"),
        string("InvoiceNo"),
        long("Amount"),
        string("MobileNo"),
        string("CustomerName"),
        string("Description"),
    ],
};

pub(super) const SEND_RESPONSE: Model = Model {
    name: "PayLinkSendResponse",
    members: &[int("ResCod"), string("Message"), long("PayLinkSendID")],
};

pub(super) const PAY_STATUS: Model = Model {
    name: "PayLinkPayStatus",
    members: &[
        string("UserName"),
        string("Password"),
        string("PayLinkName"),
        string("PayLinkIdList"),
    ],
};

pub(super) const PAY_STATUS_RESPONSE: Model = Model {
    name: "PayLinkPayStatusResponse",
    members: &[
        int("ResCod"),
        string("Message"),
        int("prmPayLinkFirstStatus"),
        string("prmPayLinkFirstRefNo"),
        string("prmPayLinkListStatus"),
    ],
};

impl Method {
    pub(super) const ALL: [Self; 4] = [
        Self::SendSoap,
        Self::PayStatusSoap,
        Self::SendRest,
        Self::PayStatusRest,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SendSoap => "PayLinkSendSoap",
            Self::PayStatusSoap => "PayLinkPayStatusSoap",
            Self::SendRest => "PayLinkSendRest",
            Self::PayStatusRest => "PayLinkPayStatusRest",
        }
    }

    pub(super) fn takes_model(self) -> bool {
        matches!(self, Self::SendRest | Self::PayStatusRest)
    }

    pub(super) fn request(self) -> Model {
        match self {
            Self::SendSoap | Self::SendRest => SEND,
            Self::PayStatusSoap | Self::PayStatusRest => PAY_STATUS,
        }
    }

    pub(super) fn response(self) -> Model {
        match self {
            Self::SendSoap | Self::SendRest => SEND_RESPONSE,
            Self::PayStatusSoap | Self::PayStatusRest => PAY_STATUS_RESPONSE,
        }
    }

    pub(super) fn execute(self, sizpay: &SizpaySandbox, fields: &Fields) -> Answer {
        match self {
            Self::SendSoap | Self::SendRest => Answer::sent(&operations::send(sizpay, fields)),
            Self::PayStatusSoap | Self::PayStatusRest => {
                Answer::pay_status(operations::pay_status_of_ids(sizpay, fields))
            }
        }
    }
}

const fn string(name: &'static str) -> Member {
    let kind = Kind::String;
    Member { name, kind }
}

const fn int(name: &'static str) -> Member {
    let kind = Kind::Int;
    Member { name, kind }
}

const fn long(name: &'static str) -> Member {
    let kind = Kind::Long;
    Member { name, kind }
}
