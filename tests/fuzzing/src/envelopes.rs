//! What clients make of answers: the first byte chooses the call, the second the HTTP status, the rest is what is answered.

use std::cell::OnceCell;

use crate::cost;
use crate::json::Tree;
use crate::mutation::{HEAD, SEPARATOR};
use crate::served::{CREDENTIALS, Clients, drive, given, last_answer, serve};
use crate::subject::Subject;
use crate::subjects;

/// The statuses of answers; most are 200, under which alone a success is believed.
const STATUSES: [u16; 16] = [
    200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 500, 500, 403, 404, 201, 409,
];

struct Stage {
    clients: Clients,
    subjects: Vec<Subject>,
    /// The subjects of either kind, by their places.
    in_json: Vec<usize>,
    in_xml: Vec<usize>,
}

thread_local! {
    static STAGE: OnceCell<Stage> = const { OnceCell::new() };
}

#[expect(clippy::expect_used, reason = "without clients nothing can be tried")]
fn on_stage<T>(play: impl FnOnce(&Stage) -> T) -> T {
    STAGE.with(|stage| {
        play(stage.get_or_init(|| {
            let clients = Clients::new().expect("the settings of the clients are right");
            clients.payments();
            let subjects = subjects::all();
            let of_kind = |is_xml: bool| {
                let places = subjects.iter().enumerate();
                places
                    .filter(|(_, it)| it.is_xml == is_xml)
                    .map(|(place, _)| place)
                    .collect()
            };
            Stage {
                clients,
                in_json: of_kind(false),
                in_xml: of_kind(true),
                subjects,
            }
        }))
    })
}

/// Answers in JSON.
///
/// # Errors
///
/// What a client should not have done.
pub fn check_json(input: &[u8]) -> Result<(), String> {
    on_stage(|stage| check(stage, &stage.in_json, input))
}

/// Answers in XML.
///
/// # Errors
///
/// What a client should not have done.
pub fn check_xml(input: &[u8]) -> Result<(), String> {
    on_stage(|stage| check(stage, &stage.in_xml, input))
}

/// An input for each call whose answers are JSON.
#[must_use]
pub fn json_seeds() -> Vec<Vec<u8>> {
    seeds(false)
}

/// An input for each call whose answers are XML.
#[must_use]
pub fn xml_seeds() -> Vec<Vec<u8>> {
    seeds(true)
}

/// How many calls have answers in JSON.
#[must_use]
pub fn json_calls() -> usize {
    on_stage(|stage| stage.in_json.len())
}

/// How many calls have answers in XML.
#[must_use]
pub fn xml_calls() -> usize {
    on_stage(|stage| stage.in_xml.len())
}

/// What providers answer when they refuse; each is an answer to every call.
const REFUSALS: [&str; 7] = [
    r#"{"success":false,"status":422,"message":"amount is too small","result":null}"#,
    r#"{"status":false,"code":3,"msg":"duplicate fid"}"#,
    r#"{"hasError":true,"errorCode":24,"message":"paid before","referenceNumber":"1","count":0,"ott":null,"result":null}"#,
    r#"{"hasError":true,"errorCode":999,"message":"Read timed out"}"#,
    r#"{"ResCod":-5,"Message":"no","PayLinkSendID":0,"PayLinkURL":null}"#,
    r#"{"Message":"There was an error processing the request.","StackTrace":"at A(B)","ExceptionType":"System.X"}"#,
    "<html><body>maintenance</body></html>",
];

const FAULT: &str = r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>no</faultstring></soap:Fault></soap:Body></soap:Envelope>"#;

fn seeds(is_xml: bool) -> Vec<Vec<u8>> {
    let subjects: Vec<Subject> = subjects::all()
        .into_iter()
        .filter(|it| it.is_xml == is_xml)
        .collect();
    let mut seeds = Vec::new();
    for (number, subject) in (0_u8..).zip(&subjects) {
        seeds.push(input(number, 0, &subject.good.join("\u{1e}")));
        if is_xml {
            seeds.push(input(number, 10, FAULT));
        }
    }
    if !is_xml {
        for (number, refusal) in (0_u8..).zip(REFUSALS) {
            // To another call each, under 200 and 500; the fuzzer finds the rest.
            seeds.push(input(number.wrapping_mul(5), 0, refusal));
            seeds.push(input(number.wrapping_mul(7), 10, refusal));
        }
    }
    seeds
}

fn input(subject: u8, status: u8, answers: &str) -> Vec<u8> {
    [&[subject, status], answers.as_bytes()].concat()
}

fn check(stage: &Stage, of_kind: &[usize], input: &[u8]) -> Result<(), String> {
    let Some((&[which, status], rest)) = input.split_first_chunk::<HEAD>() else {
        return Ok(());
    };
    let place = usize::from(which).checked_rem(of_kind.len()).unwrap_or(0);
    let subject = of_kind
        .get(place)
        .and_then(|place| stage.subjects.get(*place));
    let status = STATUSES.get(usize::from(status) % STATUSES.len());
    let (Some(subject), Some(status)) = (subject, status) else {
        return Ok(());
    };
    let answers: Vec<Vec<u8>> = rest
        .split(|byte| *byte == SEPARATOR)
        .map(<[u8]>::to_vec)
        .collect();
    judge(&stage.clients, subject, *status, answers)
        .map_err(|finding| format!("{subject}: {finding}"))
}

/// Plays a call against these answers, and holds what came of it against them.
fn judge(
    clients: &Clients,
    subject: &Subject,
    status: u16,
    answers: Vec<Vec<u8>>,
) -> Result<(), String> {
    let bytes: usize = answers.iter().map(Vec::len).sum();
    let longest = answers.iter().map(Vec::len).max().unwrap_or_default();
    let secrets = secrets_of(subject, &answers);
    serve(status, subject.content_type(), answers);
    let outcome = drive((subject.call)(clients)).ok_or("the call never ends")?;
    let asked_again = given().saturating_sub(1) * longest;
    cost::last().check(bytes + asked_again)?;
    match outcome {
        Ok(None) => Ok(()),
        Ok(Some(output)) => {
            let answer = last_answer();
            let answer =
                std::str::from_utf8(&answer).map_err(|_| "success was believed of bytes")?;
            let documented = status == 200 || (status == 500 && subject.provider == "cardpay");
            if !documented {
                return Err(format!("success was believed under HTTP {status}"));
            }
            subject.check_success(answer, &output)
        }
        Err(error) => {
            let shown = format!("{error} {error:?} {}", sources(&error));
            let mut all = secrets.iter().map(String::as_str).chain(CREDENTIALS);
            match all.find(|secret| shown.contains(*secret)) {
                Some(secret) => Err(format!("the error shows {secret}: {shown}")),
                None => Ok(()),
            }
        }
    }
}

fn sources(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |it| it.source());
    causes.map(|it| format!("{it} {it:?} ")).collect()
}

/// What stands in the members that are private, and nowhere else in the answers.
fn secrets_of(subject: &Subject, answers: &[Vec<u8>]) -> Vec<String> {
    let (mut private, mut public) = (Vec::new(), Vec::new());
    let texts = answers.iter().filter_map(|it| std::str::from_utf8(it).ok());
    for tree in texts.filter_map(Tree::read) {
        tree.walk(&mut Vec::new(), &mut |names, text| {
            let is_private = names
                .last()
                .is_some_and(|name| subject.private.contains(name));
            if is_private {
                &mut private
            } else {
                &mut public
            }
            .push(text.to_owned());
        });
    }
    private.retain(|it| it.len() >= 10 && !public.iter().any(|other| other.contains(it.as_str())));
    private
}

/// Calls of which the other meaning of a deciding field has to lead nowhere, for tests that go through them all.
///
/// # Errors
///
/// What was believed.
pub fn check_deciding_fields() -> Result<usize, String> {
    on_stage(|stage| {
        let mut tried = 0;
        for subject in &stage.subjects {
            let (Some(last), false) = (subject.good.last(), subject.is_xml) else {
                continue;
            };
            for field in &subject.deciding {
                for other in OTHER_MEANINGS {
                    let Some(mut answer) = Tree::read(last) else {
                        continue;
                    };
                    let Some(value) = answer.at_mut(field.path) else {
                        continue;
                    };
                    *value = Tree::read(other).ok_or("the other meaning is not JSON")?;
                    let mut answers: Vec<Vec<u8>> = subject
                        .good
                        .iter()
                        .map(|it| it.as_bytes().to_vec())
                        .collect();
                    answers.pop();
                    answers.push(answer.write().into_bytes());
                    judge(&stage.clients, subject, 200, answers)
                        .map_err(|it| format!("{subject}: {it}"))?;
                    tried += 1;
                }
            }
        }
        Ok(tried)
    })
}

const OTHER_MEANINGS: [&str; 20] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "-1",
    "199",
    "1.0",
    "200.5",
    "1e2",
    "\"\"",
    "\"0\"",
    "\"1\"",
    "\"no\"",
    "\"pending\"",
    "\"rejected\"",
    "\"IRT\"",
    "[]",
    "{}",
];

/// Checks that each call succeeds under its good answer.
///
/// # Errors
///
/// Names the call that does not.
pub fn check_good_answers() -> Result<usize, String> {
    on_stage(|stage| {
        for subject in &stage.subjects {
            let answers: Vec<Vec<u8>> = subject
                .good
                .iter()
                .map(|it| it.as_bytes().to_vec())
                .collect();
            judge(&stage.clients, subject, 200, answers.clone())
                .map_err(|it| format!("{subject}: {it}"))?;
            serve(200, subject.content_type(), answers);
            match drive((subject.call)(&stage.clients)) {
                Some(Ok(Some(_))) => {}
                other => {
                    return Err(format!(
                        "{subject} comes to {other:?} under its good answer"
                    ));
                }
            }
        }
        Ok(stage.subjects.len())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::OTHER_MEANINGS;
    use crate::json::Tree;
    use crate::subjects;

    #[test]
    fn a_client_that_believed_another_meaning_would_be_caught() {
        let mut caught = 0;
        for subject in subjects::all().iter().filter(|it| !it.is_xml) {
            let good = subject.good.last().unwrap();
            for field in &subject.deciding {
                for other in OTHER_MEANINGS {
                    let other = Tree::read(other).unwrap();
                    let is_another = !field.means.is_said_by(&other) && other != Tree::Null;
                    let mut answer = Tree::read(good).unwrap();
                    let Some(place) = answer.at_mut(field.path).filter(|_| is_another) else {
                        continue;
                    };
                    *place = other;
                    let judged = subject.check_success(&answer.write(), &Value::Null);
                    assert!(judged.is_err(), "{subject} {field:?} {}", answer.write());
                    caught += 1;
                }
            }
        }
        assert!(caught > 1_500, "{caught}");
    }
}
