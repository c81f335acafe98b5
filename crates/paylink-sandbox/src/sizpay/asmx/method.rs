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
#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) takes_model: bool,
    pub(super) operation: &'static Operation,
}

pub(super) static METHODS: [Method; 4] = [
    Method::of_values("PayLinkSendSoap", &SEND),
    Method::of_values("PayLinkPayStatusSoap", &PAY_STATUS),
    Method::of_models("PayLinkSendRest", &SEND),
    // The document breaks off before it: it is made by analogy.
    Method::of_models("PayLinkPayStatusRest", &PAY_STATUS),
];

/// What a method does, whichever way it takes its values.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) request: Model,
    pub(super) response: Model,
    pub(super) execute: fn(&SizpaySandbox, &Fields) -> Answer,
}

/// A class of the service, or the parameters of a method: its name, and the names and types of its
/// members.
#[derive(Debug)]
pub(super) struct Model(
    pub(super) &'static str,
    pub(super) &'static [(&'static str, Kind)],
);

/// The types of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Int,
    Long,
}

pub(super) static SEND: Operation = Operation {
    name: "send-link",
    request: Model(
        "PayLinkSend",
        &[
            ("UserName", Kind::String),
            ("Password", Kind::String),
            ("PayLinkName", Kind::String),
            ("InvoiceNo", Kind::String),
            ("Amount", Kind::Long),
            ("MobileNo", Kind::String),
            ("CustomerName", Kind::String),
            ("Description", Kind::String),
        ],
    ),
    response: Model(
        "PayLinkSendResponse",
        &[
            ("ResCod", Kind::Int),
            ("Message", Kind::String),
            ("PayLinkSendID", Kind::Long),
        ],
    ),
    execute: |sizpay, fields| Answer::sent(&operations::send(sizpay, fields)),
};

pub(super) static PAY_STATUS: Operation = Operation {
    name: "status",
    request: Model(
        "PayLinkPayStatus",
        &[
            ("UserName", Kind::String),
            ("Password", Kind::String),
            ("PayLinkName", Kind::String),
            ("PayLinkIdList", Kind::String),
        ],
    ),
    response: Model(
        "PayLinkPayStatusResponse",
        &[
            ("ResCod", Kind::Int),
            ("Message", Kind::String),
            ("prmPayLinkFirstStatus", Kind::Int),
            ("prmPayLinkFirstRefNo", Kind::String),
            ("prmPayLinkListStatus", Kind::String),
        ],
    ),
    execute: |sizpay, fields| Answer::pay_status(operations::pay_status_of_ids(sizpay, fields)),
};

impl Method {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        METHODS.iter().find(|method| method.name == name)
    }

    const fn of_values(name: &'static str, operation: &'static Operation) -> Self {
        Self {
            name,
            takes_model: false,
            operation,
        }
    }

    const fn of_models(name: &'static str, operation: &'static Operation) -> Self {
        Self {
            name,
            takes_model: true,
            operation,
        }
    }
}
