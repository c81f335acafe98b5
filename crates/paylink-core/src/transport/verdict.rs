use std::borrow::Cow;

use super::attempt::Fetched;
use super::fault::{Again, Fault, Proof};
use crate::{
    ClientConfig, DecodeError, ErrorKind, MediaType, Operation, Refusal, Response, Untrusted,
};

/// Decides what an answer means: first the status, then the content type, then the provider's envelope.
///
/// Success is believed under 200 alone, the one status that the providers document for it: 202 says that it is yet to be
/// done, 203 that somebody changed the answer on its way, 206 that a part of it is missing.
pub(super) fn judge<O: Operation>(
    config: &O::Config,
    operation: &O,
    fetched: &Fetched,
) -> Result<O::Output, Fault> {
    let status = fetched.status;
    if !(200..600).contains(&status) {
        return Err(untrusted(
            format!("the answer has the odd HTTP status {status}").into(),
            Again::Yes,
        ));
    }
    if (300..400).contains(&status) {
        return Err(Fault::new(
            ErrorKind::Redirected,
            Proof::Nothing,
            Again::Never,
            format!("the answer is a redirect (HTTP {status}), which is never followed"),
        ));
    }
    let outcome = read(
        operation.accepts(config),
        config.accepts_any_content_type(),
        fetched,
    )
    .and_then(|text| operation.decode(config, Response::new(status, text)));
    if status == 200 {
        return outcome.map_err(|rejection| of_success(rejection, fetched.body.is_empty()));
    }
    Err(match outcome {
        Ok(output) if status == 500 && operation.reports_use_500(config) => return Ok(output),
        Ok(_) => untrusted(
            format!("the answer says success under HTTP {status}, where only 200 does").into(),
            Again::Once,
        ),
        Err(DecodeError::Refused(refusal))
            if settles(status, operation.refusals_use_500(config)) =>
        {
            refused(refusal)
        }
        Err(DecodeError::Refused(refusal) | DecodeError::ProviderFailure(refusal)) => {
            of_status(fetched, format!("HTTP {status}")).with_refusal(refusal)
        }
        Err(DecodeError::Untrusted(problem)) => {
            of_status(fetched, format!("HTTP {status}, and {problem}"))
        }
        Err(DecodeError::Mismatch(mismatch)) => {
            let problem = format!("HTTP {status}, and the answer is about something else");
            of_status(fetched, problem).with_mismatch(mismatch)
        }
    })
}

/// Whether the provider's own refusal under this status proves that nothing was carried out.
///
/// 408, 409, 425 and 429 speak of this request's timing or of another one in its place, and a 5xx of the provider's
/// own trouble: they prove nothing, unless the provider documents otherwise.
fn settles(status: u16, refuses_with_500: bool) -> bool {
    match status {
        408 | 409 | 425 | 429 => false,
        400..500 => true,
        500 => refuses_with_500,
        _ => false,
    }
}

fn read(due: MediaType, any_content_type: bool, fetched: &Fetched) -> Result<&str, DecodeError> {
    let named = fetched
        .content_type
        .as_deref()
        .is_some_and(|name| due.is_named_by(name));
    if !named && !any_content_type {
        let due = match due {
            MediaType::Json => "JSON",
            MediaType::Xml => "XML",
        };
        return Err(Untrusted::foreign(format!("the answer's content type is not {due}")).into());
    }
    std::str::from_utf8(&fetched.body).map_err(|_| Untrusted::new("the answer is not UTF-8").into())
}

fn of_success(rejection: DecodeError, empty: bool) -> Fault {
    match rejection {
        DecodeError::Refused(refusal) => refused(refusal),
        DecodeError::ProviderFailure(refusal) => Fault::new(
            ErrorKind::ProviderFailure,
            Proof::Nothing,
            Again::Once,
            "the provider reported a failure of its own",
        )
        .with_refusal(refusal),
        DecodeError::Untrusted(problem) => {
            let lost_on_the_way = empty || problem.was_lost();
            let again = if lost_on_the_way {
                Again::Yes
            } else {
                Again::Never
            };
            untrusted(problem.to_string().into(), again)
        }
        DecodeError::Mismatch(mismatch) => Fault::new(
            ErrorKind::Mismatch,
            Proof::Nothing,
            Again::Once,
            "the answer is about something else",
        )
        .with_mismatch(mismatch),
    }
}

/// A status that proves nothing.
fn of_status(fetched: &Fetched, message: String) -> Fault {
    let status = fetched.status;
    let kind = match status {
        ..300 => ErrorKind::Untrusted,
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::Status,
    };
    let again = match (status, fetched.retry_after) {
        (408 | 409 | 425 | 429 | 500.., Some(asked)) => Again::After(asked),
        (408 | 409 | 425 | 429 | 500.., _) => Again::Yes,
        (413 | 431, _) => Again::Never,
        _ => Again::Once,
    };
    Fault::new(kind, Proof::Nothing, again, message)
}

fn refused(refusal: Box<Refusal>) -> Fault {
    Fault::new(
        ErrorKind::Refused,
        Proof::Refused,
        Again::Never,
        "the provider refused",
    )
    .with_refusal(refusal)
}

fn untrusted(problem: Cow<'static, str>, again: Again) -> Fault {
    Fault::new(ErrorKind::Untrusted, Proof::Nothing, again, problem)
}

#[cfg(test)]
mod tests;
