//! The entries of the catalogue.

use paylink_core::Party::{Merchant, Payer, Provider};
use paylink_core::{Account, CodeEntry, Evidence, Explanation, Operation, Reason};

use super::{ASPNET_ERROR, CLIENT_FAULT, MUST_UNDERSTAND, SERVER_FAULT, VERSION_MISMATCH};
use crate::account::SizPayAccount;
use crate::descriptor::SEND_ID;
use crate::operations::{NewLink, ReadPayStatus};

/// What answers tell besides the state of a link.
#[rustfmt::skip]
pub(super) static RESULTS: [CodeEntry; 3] = [
    CodeEntry::done(SizPayAccount::PROVIDER, "ResCod", "1", Explanation::for_merchant(
        Merchant,
        "SizPay did what it was asked.",
        "سیزپی درخواست را انجام داد.",
    )),
    REFUSED,
    NOTHING_SENT,
];

/// Every `ResCod` but 1.
#[rustfmt::skip]
pub(super) const REFUSED: CodeEntry =
    told("ResCod", "any other", Reason::Other, Explanation::for_merchant(
        Merchant,
        "SizPay did not do what it was asked; its own message says why.",
        "سیزپی این درخواست را انجام نداد؛ دلیل آن در پیام سیزپی آمده است.",
    ));

/// No link was sent, whatever `ResCod` says (document on the ASMX service; proven).
#[rustfmt::skip]
pub(super) const NOTHING_SENT: CodeEntry =
    told(SEND_ID, "0", Reason::Other, Explanation::for_merchant(
        Merchant,
        "SizPay sent no link; its own message says why.",
        "سیزپی لینکی نفرستاد؛ دلیل آن در پیام سیزپی آمده است.",
    ))
    .only_in(&[NewLink::NAME]);

/// The state of a link (document on the ASMX service), also where the list of states tells it.
#[rustfmt::skip]
pub(super) static STATES: [CodeEntry; 2] = [
    told("prmPayLinkFirstStatus", "0", Reason::NotPaidYet, Explanation::for_everyone(
        Payer,
        "The payment link is not paid yet.",
        "پرداخت این لینک هنوز انجام نشده است.",
    ))
    .only_in(&[ReadPayStatus::NAME]),
    told("prmPayLinkFirstStatus", "1", Reason::AlreadyPaid, Explanation::for_everyone(
        Merchant,
        "The payment link is paid.",
        "پرداخت این لینک انجام شده است.",
    ))
    .only_in(&[ReadPayStatus::NAME]),
];

/// What the protocols say by themselves.
#[rustfmt::skip]
pub(super) static FAULTS: [CodeEntry; 5] = [
    protocol("faultcode", CLIENT_FAULT, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "SizPay could not read the SOAP request; nothing was done.",
        "سیزپی درخواست SOAP را نپذیرفت و کاری انجام نشد.",
    )),
    protocol("faultcode", VERSION_MISMATCH, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "SizPay speaks another version of SOAP; nothing was done.",
        "نگارش SOAP سیزپی با این درخواست سازگار نیست و کاری انجام نشد.",
    )),
    protocol("faultcode", MUST_UNDERSTAND, Reason::BadRequest, Explanation::for_merchant(
        Merchant,
        "SizPay does not understand a SOAP header of the request; nothing was done.",
        "سیزپی یکی از سرآیندهای SOAP درخواست را نمی‌شناسد و کاری انجام نشد.",
    )),
    ANY_OTHER_FAULT,
    protocol("ExceptionType", ASPNET_ERROR, Reason::ProviderFailure, Explanation::for_merchant(
        Provider,
        "An exception ended SizPay's work on the request; what it did before has to be looked up.",
        "رسیدگی سیزپی به درخواست با خطایی پیش‌بینی‌نشده پایان یافت؛ نتیجهٔ درخواست باید استعلام شود.",
    )),
];

/// What stands for a fault that says no better: the service failed while it worked.
#[rustfmt::skip]
pub(super) const ANY_OTHER_FAULT: CodeEntry =
    protocol("faultcode", SERVER_FAULT, Reason::ProviderFailure, Explanation::for_merchant(
        Provider,
        "SizPay failed while it worked on the request; what it did has to be looked up.",
        "در سامانهٔ سیزپی خطایی رخ داد؛ نتیجهٔ درخواست باید استعلام شود.",
    ));

const fn told(
    field: &'static str,
    code: &'static str,
    reason: Reason,
    explanation: Explanation,
) -> CodeEntry {
    CodeEntry::refusing(SizPayAccount::PROVIDER, field, code, reason, explanation)
}

const fn protocol(
    field: &'static str,
    code: &'static str,
    reason: Reason,
    explanation: Explanation,
) -> CodeEntry {
    told(field, code, reason, explanation).known_by(Evidence::Protocol)
}
