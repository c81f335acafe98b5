//! Inputs that were findings once, each with what was wrong.

/// An input that stays right.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What was wrong.
    pub name: &'static str,
    /// The target that it was found at.
    pub target: &'static str,
    /// The input.
    pub input: &'static [u8],
}

/// All of them, the oldest first.
pub const CASES: &[Case] = &[
    Case {
        name: "half a character in a member that nobody reads made the oracle call a good answer no JSON",
        target: "envelopes",
        input: br#"xx{"hasError":false,"messageId":"\ud800","errorCode":0,"result":true}"#,
    },
    Case {
        name: "an invoice's id in Persian digits, which the client reads on purpose, counted as another id",
        target: "returns",
        input: b"\x07\x001000?invoiceId=32157\x1einvoiceId=\xdb\xb3\xdb\xb2\xdb\xb1\xdb\xb5\xdb\xb7&paid=true",
    },
    Case {
        name: "SOAP whose attribute held a whole element, which XML does not allow, was believed",
        target: "soap",
        input: b"\0\0<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:x=\"d>1</ResCod>\"><soap:Body><PayLinkSendSoapResponse xmlns=\"http://tempuri.org/\"><PayLinkSendSoapResult><ResCod>1</ResCod><Message/><PayLinkSendID>26041</PayLinkSendID></PayLinkSendSoapResult></PayLinkSendSoapResponse></soap:Body></soap:Envelope>",
    },
    Case {
        name: "SOAP with an element whose name held another tag, which XML does not allow, was believed",
        target: "soap",
        input: b"\0\0<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><PayLinkSendSoapResponse xmlns=\"http://tempuri.org/\"><PayLinkSendSoapResult><ResCod>1</ResCod><Message</ResCod/><PayLinkSendID>26041</PayLinkSendID></PayLinkSendSoapResult></PayLinkSendSoapResponse></soap:Body></soap:Envelope>",
    },
    Case {
        name: "a secret in the name of a variable, which has to be told, counted as a secret that is shown",
        target: "configuration",
        input: b"\0\0\x1ePAYLINK_ACCOUNT_BRANCHcanary-secret-of-the-shop_API_KEY=canary-secret-of-the-shop",
    },
    Case {
        name: "an amount with 80 zeros, whose printed form is no typed one, was read again as if a person typed it",
        target: "values",
        input: b"\x10\x008.09200000000000000000000000000000000000000000000000000000000000000000000000000000000",
    },
    Case {
        name: "a state that stood twice and said the same both times counted as none",
        target: "envelopes",
        input: b"!\0{\"ResCod\":1,\"PayLinkListStatus\":[{\"PayLinkSendID\":26041,\"PayLinkStatus\":\"1\",\"PayLinkStatus\":1,\"PayLinkRefNo\":\"880012345678\"}]}",
    },
    Case {
        name: "a proxy was taken whose host held an encoded character, and what was printed of it was refused",
        target: "values",
        input: b"\x18\x00http://190%60:0",
    },
];
