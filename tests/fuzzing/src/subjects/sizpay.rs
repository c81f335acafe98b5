//! SizPay: `ResCod` 1 decides, whichever way it comes (documents "REST" and "ASMX").

use paylink_core::provider::NewPayment;
use serde_json::Value;
use sizpay_client::{
    DisableLink, Invalid, JalaliDate, Money, NewLink, PayStatus, ResendSms, Rial, SendId,
};

use super::{lost, resolved, seen, settled};
use crate::json::Tree;
use crate::meaning::Means::{Between, Decimal};
use crate::meaning::{Deciding, has};
use crate::served::Clients;
use crate::subject::{Calling, Subject, call};
use crate::xml::Node;

pub(super) const SENT: &str = r#"{"PayLinkSendID":26041,"PayLinkURL":"https://me.sizpay.ir/hosseini/0200260411","ResCod":1,"Message":"","MobileNo":"09123452730"}"#;
const ACCEPTED: &str = r#"{"ResCod":1,"Message":""}"#;
const STATES: &str = r#"{"ResCod":1,"Message":"","PayLinkListStatus":[{"PayLinkSendID":26041,"PayLinkStatus":1,"PayLinkRefNo":"880012345678"}]}"#;
const NOTHING: &str = r#"{"ResCod":1,"Message":"","PayLinkListStatus":[]}"#;

const ACCEPT: [Deciding; 1] = [has(&["rescod"], Decimal("1"))];
const SEND: [Deciding; 2] = [
    has(&["rescod"], Decimal("1")),
    has(&["paylinksendid"], Between(1, u64::MAX)),
];

fn sent_on() -> Result<JalaliDate, Invalid> {
    JalaliDate::new(1399, 11, 21)
}

fn link() -> Result<NewLink, Invalid> {
    NewLink::new("99112101", Rial::new(10_000), "09122272730")
}

pub(super) fn payment() -> Result<NewPayment, Invalid> {
    let payment = NewPayment::new("99112101", Money::from(Rial::new(10_000)))?;
    Ok(payment.with_mobile("09122272730".parse()?))
}

fn soap(method: &str, fields: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body><{method}Response xmlns="http://tempuri.org/"><{method}Result>{fields}</{method}Result></{method}Response></soap:Body></soap:Envelope>"#
    )
}

const SENT_FIELDS: &str =
    "<ResCod>1</ResCod><Message>انجام شد</Message><PayLinkSendID>26041</PayLinkSendID>";
const STATE_FIELDS: &str = "<ResCod>1</ResCod><Message/><prmPayLinkFirstStatus>1</prmPayLinkFirstStatus><prmPayLinkFirstRefNo>880012345678</prmPayLinkFirstRefNo><prmPayLinkListStatus>[{&quot;PayLinkSendID&quot;:26041,&quot;PayLinkStatus&quot;:1,&quot;PayLinkRefNo&quot;:&quot;880012345678&quot;}]</prmPayLinkListStatus>";

pub(super) fn all() -> Vec<Subject> {
    let subject = |operation, good: &str, deciding: &[Deciding], calling| {
        Subject::new("sizpay", operation, good, deciding, calling)
            .found_by(rest)
            .keeping(&["MobileNo"])
    };
    let wrapped = |answer: &str| format!(r#"{{"d":{answer}}}"#);
    let in_text =
        |answer: &str| Tree::Object(vec![("d".to_owned(), Tree::Text(answer.to_owned()))]).write();
    let send: for<'a> fn(&'a Clients) -> Calling<'a> =
        call!(|clients| clients.sizpay.send_link(link()?));
    let send_by_asmx: for<'a> fn(&'a Clients) -> Calling<'a> =
        call!(|clients| clients.asmx_json.send_link(link()?));
    vec![
        subject("send-link", SENT, &SEND, send).and(the_id_of_the_link),
        subject(
            "disable",
            ACCEPTED,
            &ACCEPT,
            call!(|clients| {
                clients
                    .sizpay
                    .disable_link(DisableLink::by_send_id(SendId::new(26041)?, sent_on()?))
            }),
        ),
        subject(
            "resend",
            ACCEPTED,
            &ACCEPT,
            call!(|clients| {
                clients
                    .sizpay
                    .resend_sms(ResendSms::by_send_id(SendId::new(26041)?, sent_on()?))
            }),
        ),
        subject(
            "status",
            STATES,
            &ACCEPT,
            call!(|clients| { clients.sizpay.pay_status(PayStatus::of_day(sent_on()?)) }),
        ),
        subject("send-link", &wrapped(SENT), &SEND, send_by_asmx)
            .found_by(asmx)
            .and(the_id_of_the_link),
        subject("send-link", &in_text(SENT), &SEND, send_by_asmx)
            .found_by(asmx)
            .and(the_id_of_the_link),
        subject(
            "status",
            &in_text(STATES),
            &ACCEPT,
            call!(|clients| {
                clients
                    .asmx_json
                    .pay_status(PayStatus::of_send_ids(sent_on()?, [SendId::new(26041)?])?)
            }),
        )
        .found_by(asmx),
        subject("settle", STATES, &ACCEPT, |clients| {
            Box::pin(settled(&clients.sizpay, &clients.payments().sizpay))
        })
        .and(|answer, _| paid(answer)),
        subject("state", STATES, &ACCEPT, |clients| {
            Box::pin(seen(&clients.sizpay, &clients.payments().sizpay))
        })
        .and(|answer, _| paid(answer)),
        subject("resolve", NOTHING, &ACCEPT, |clients| {
            Box::pin(async {
                let handle = lost("sizpay", "send-link", &clients.payments().sizpay);
                resolved(&clients.sizpay, &handle).await
            })
        }),
        subject(
            "send-link",
            &soap("PayLinkSendSoap", SENT_FIELDS),
            &SEND,
            call!(|clients| { clients.soap.send_link(link()?) }),
        )
        .in_xml()
        .found_by(in_soap),
        subject(
            "send-link",
            &soap("PayLinkSendRest", SENT_FIELDS),
            &SEND,
            call!(|clients| { clients.soap_model.send_link(link()?) }),
        )
        .in_xml()
        .found_by(in_soap),
        subject(
            "send-link",
            &soap("PayLinkSendSoap", &SENT.replace('"', "&quot;")),
            &SEND,
            call!(|clients| { clients.soap.send_link(link()?) }),
        )
        .in_xml()
        .found_by(in_soap),
        subject(
            "status",
            &soap("PayLinkPayStatusSoap", STATE_FIELDS),
            &ACCEPT,
            call!(|clients| {
                clients.soap.pay_status(PayStatus::of_send_ids(
                    sent_on()?,
                    [SendId::new(26041)?, SendId::new(7)?],
                )?)
            }),
        )
        .in_xml()
        .found_by(in_soap),
        subject(
            "settle",
            &soap("PayLinkPayStatusSoap", STATE_FIELDS),
            &ACCEPT,
            |clients| Box::pin(settled(&clients.soap, &clients.payments().sizpay)),
        )
        .in_xml()
        .found_by(in_soap)
        .and(|answer, _| paid(answer)),
        subject("settle", &in_text(STATES), &ACCEPT, |clients| {
            Box::pin(settled(&clients.asmx_json, &clients.payments().sizpay))
        })
        .found_by(asmx)
        .and(|answer, _| paid(answer)),
    ]
}

/// A name without regard to letter case and to what separates its words, as SizPay's documents vary it.
#[must_use]
pub fn plain(name: &str) -> String {
    let letters = name.chars().filter(|it| !matches!(it, '_' | '-' | ' '));
    letters.map(|it| it.to_ascii_lowercase()).collect()
}

fn named_plainly(answer: &Tree) -> Tree {
    match answer {
        Tree::Object(members) => {
            let plainly = members
                .iter()
                .map(|(name, value)| (plain(name), value.clone()));
            Tree::Object(plainly.collect())
        }
        other => other.clone(),
    }
}

fn rest(text: &str) -> Option<Tree> {
    Some(named_plainly(&Tree::read(text)?))
}

/// The answer in ASP.NET's wrapping, or bare.
fn asmx(text: &str) -> Option<Tree> {
    let answer = rest(text)?;
    match answer.at(&["d"]) {
        Some(Tree::Text(inner)) => rest(inner),
        Some(inner) => Some(named_plainly(inner)),
        None => Some(answer),
    }
}

/// The fields of a SOAP answer, elements or JSON in the text of one, as members of one object.
fn in_soap(text: &str) -> Option<Tree> {
    let nodes = Node::read(text)?;
    if let [inner] = Node::objects_in(&nodes).as_slice() {
        return Some(named_plainly(inner));
    }
    let mut members = Vec::new();
    for name in [
        "ResCod",
        "PayLinkSendID",
        "PayLinkFirstStatus",
        "PayLinkFirstRefNo",
        "PayLinkListStatus",
    ] {
        let named = Node::named(&nodes, |own| {
            plain(own).trim_start_matches("prm") == plain(name)
        });
        members.extend(
            named
                .into_iter()
                .map(|it| (plain(name), Tree::Text(it.trim().to_owned()))),
        );
    }
    Some(Tree::Object(members))
}

fn the_id_of_the_link(answer: &Tree, output: &Value) -> Result<(), String> {
    let read = output.pointer("/send_id").map(ToString::to_string);
    let told = answer.at(&["paylinksendid"]).map(Tree::write);
    let told = told.as_deref().map(|it| it.trim_matches('"'));
    if told == read.as_deref().map(|it| it.trim_matches('"')) {
        return Ok(());
    }
    Err(format!(
        "the id is {told:?} in the answer and {read:?} in the output"
    ))
}

/// Checks that the answer calls the link of the books paid, with a number of the payment.
fn paid(answer: &Tree) -> Result<(), String> {
    let first = |name: &str| answer.members(name).next().cloned();
    let lists = ["paylinkliststatus", "prmpaylinkliststatus"]
        .into_iter()
        .filter_map(first);
    let listed = lists.flat_map(|list| match list {
        Tree::Array(elements) => elements,
        Tree::Text(text) => match Tree::read(text.trim()) {
            Some(Tree::Array(elements)) => elements,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    });
    let listed: Vec<Tree> = listed.collect();
    if listed.iter().any(is_the_paid_one) {
        return Ok(());
    }
    let said = |names: [&str; 2], holds: fn(&Tree) -> bool| {
        names.into_iter().filter_map(first).any(|it| holds(&it))
    };
    let first_is_paid = said(["paylinkfirststatus", "prmpaylinkfirststatus"], says_paid)
        && said(
            ["paylinkfirstrefno", "prmpaylinkfirstrefno"],
            says_something,
        );
    if listed.is_empty() && first_is_paid {
        return Ok(());
    }
    Err("a payment was believed that the answer does not call paid".to_owned())
}

fn is_the_paid_one(element: &Tree) -> bool {
    let Tree::Object(members) = element else {
        return false;
    };
    let under = |names: &'static [&'static str]| {
        members.iter().filter(move |(own, _)| {
            let own = plain(own);
            let own = own.strip_prefix("prm").unwrap_or(&own);
            names.contains(&own.strip_prefix("paylink").unwrap_or(own))
        })
    };
    let states = under(&["status", "paystatus", "paymentstatus", "ispaid", "paid"]);
    let references = under(&[
        "refno",
        "refnum",
        "refnumber",
        "referenceno",
        "referencenumber",
        "payrefno",
    ]);
    let ids = under(&["sendid", "id"]);
    let is_it = |it: &Tree| matches!(it, Tree::Null) || Decimal("26041").is_said_by(it);
    states.clone().next().is_some()
        && states.clone().all(|(_, it)| says_paid(it))
        && references.clone().any(|(_, it)| says_something(it))
        && ids.clone().all(|(_, it)| is_it(it))
}

fn says_paid(value: &Tree) -> bool {
    match value {
        Tree::Truth(truth) => *truth,
        Tree::Text(text) if text.trim().eq_ignore_ascii_case("true") => true,
        other => Decimal("1").is_said_by(other),
    }
}

fn says_something(value: &Tree) -> bool {
    match value {
        Tree::Text(text) | Tree::Number(text) => !text.trim().is_empty() && text != "0",
        _ => false,
    }
}
