//! Every fault a socket can play, for a test to loop over.

use std::io;
use std::time::{Duration, SystemTime};

use crate::{Answer, Behaviour, Certificate, FaultServer, Script, Step, Wire, damage, faults};

/// One fault of the [`catalogue`](catalogue()).
#[derive(Clone, Debug)]
pub struct NamedFault {
    row: u8,
    name: &'static str,
    sent: Sent,
    strikes: Strikes,
    wires: &'static [Wire],
    play: Play,
}

/// Whether a byte of the request may have left the client when the fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Provably nothing: the client may try again, whatever it asks for.
    Nothing,
    /// Perhaps all of it: the server may have done what was asked.
    Perhaps,
}

/// Which call meets the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strikes {
    /// The first call.
    FirstCall,
    /// The second, if it is made on the connection of the first, which gets a good answer.
    SecondCall,
}

#[derive(Clone, Debug)]
enum Play {
    Refusing,
    Unresponsive,
    Behaving(Behaviour),
}

impl NamedFault {
    /// Creates a fault that lies in what an answer says, in the provider's own envelope; every request gets it.
    ///
    /// The catalogue cannot know what a provider refuses with, or what its answers are about: its tests do.
    #[must_use]
    pub fn answering(row: u8, name: &'static str, answer: &Answer) -> Self {
        perhaps(row, name, faults::answer(answer))
    }

    /// How long a port that recovers refuses connections, or leaves them without an answer.
    pub const OUTAGE: Duration = Duration::from_millis(100);

    /// Returns the row of the fault table, as [`catalogue`](catalogue()) lists them.
    #[must_use]
    pub fn row(&self) -> u8 {
        self.row
    }

    /// Returns a name of a few words, unlike that of any other fault.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Tells whether a byte of the request may have left.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// Tells which call meets the fault.
    #[must_use]
    pub fn strikes(&self) -> Strikes {
        self.strikes
    }

    /// Returns on what the fault can be played: some need TLS, and some mean another thing with it.
    #[must_use]
    pub fn wires(&self) -> &'static [Wire] {
        self.wires
    }

    /// Starts a server that plays the fault on every connection.
    ///
    /// # Errors
    ///
    /// As [`FaultServer::start`]; also when `wire` is not one of [`wires`](Self::wires).
    pub async fn start(&self, wire: Wire) -> io::Result<FaultServer> {
        match &self.play {
            Play::Behaving(fault) => self.started(wire, fault.clone().into()).await,
            Play::Refusing | Play::Unresponsive => {
                self.started(wire, Behaviour::new([]).into()).await
            }
        }
    }

    /// Starts a server that plays the fault on the first connection, and `recovered` on all that follow.
    ///
    /// A port that refuses or does not answer does so for [`OUTAGE`](Self::OUTAGE).
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_then(&self, wire: Wire, recovered: Behaviour) -> io::Result<FaultServer> {
        match &self.play {
            Play::Behaving(fault) => self.started(wire, fault.clone().then(recovered)).await,
            Play::Refusing | Play::Unresponsive => {
                let mut server = self.started(wire, recovered.into()).await?;
                server.recover_after(Self::OUTAGE);
                Ok(server)
            }
        }
    }

    /// Starts a server that answers its first request with `first`, and plays the fault on whatever comes after: on the
    /// connection which that first request leaves kept, and on every other one.
    ///
    /// A connection that the fault [spares](Self::spares_kept) gives a `good` answer instead.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); also where there is nothing to play, by [`is_for_kept`](Self::is_for_kept).
    pub async fn start_kept(
        &self,
        wire: Wire,
        first: &Answer,
        good: &Answer,
    ) -> io::Result<FaultServer> {
        let Play::Behaving(fault) = &self.play else {
            return self.not_played("on a kept connection");
        };
        if !self.is_for_kept() {
            return self.not_played("on a connection that is kept in another way");
        }
        let later = if self.spares_kept() {
            vec![Step::ReadRequest, Step::Write(good.to_bytes()), Step::Stall]
        } else {
            fault.steps.clone()
        };
        let mut kept = Behaviour::new(vec![Step::ReadRequest, Step::Write(first.to_bytes())]);
        kept.steps.extend(later);
        kept.small_window = fault.small_window;
        self.started(wire, kept.then(fault.clone())).await
    }

    /// Tells whether it can be played on a connection that an earlier request left kept.
    ///
    /// A port that refuses or does not answer has no connection, and what [`strikes`](Self::strikes) the second call brings
    /// the first one along.
    #[must_use]
    pub fn is_for_kept(&self) -> bool {
        matches!(self.play, Play::Behaving(_)) && self.strikes == Strikes::FirstCall
    }

    /// Tells whether it strikes before a request can come, in a TLS handshake say, and so no connection that is kept.
    #[must_use]
    pub fn spares_kept(&self) -> bool {
        match &self.play {
            Play::Refusing | Play::Unresponsive => true,
            Play::Behaving(fault) => {
                !fault.on_accept.is_empty()
                    || fault.greeting.is_some()
                    || fault.certificate != Certificate::Trusted
            }
        }
    }

    fn not_played<T>(&self, how: &str) -> io::Result<T> {
        let message = format!("{}: not played {how}", self.name);
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }

    async fn started(&self, wire: Wire, script: Script) -> io::Result<FaultServer> {
        if !self.wires.contains(&wire) {
            return self.not_played(&format!("on {wire:?}"));
        }
        match self.play {
            Play::Refusing => FaultServer::refusing(wire, script).await,
            Play::Unresponsive => FaultServer::unresponsive(wire, script).await,
            Play::Behaving(_) => FaultServer::start(wire, script).await,
        }
    }
}

/// Lists every fault that a socket can play.
///
/// `good` is the answer, in JSON or, if its content type says so, in XML, which the tested call takes for a success. `elsewhere` is a
/// URL on another host (best that of a second server, which then proves that nobody came) for the redirects.
///
/// | row | what goes wrong |
/// |---|---|
/// | 3 | nobody listens: the connection is refused |
/// | 4 | nothing answers: connecting takes longer than the client waits |
/// | 5 | the TLS handshake takes longer than the client waits |
/// | 6 | the certificate is bad, or there is no TLS at all |
/// | 7 | the connection ends before the TLS handshake does |
/// | 8 | the server has closed a kept connection before the next request |
/// | 9 | the connection ends before the server reads the request |
/// | 10 | the connection ends in the middle of the upload |
/// | 11 | the connection ends after the whole request, without an answer |
/// | 12 | the server ends a kept connection while the next request is being written |
/// | 13 | the head of the answer never comes, or not in time; or the request is not read |
/// | 15 | the head of the answer is cut, oversized, contradictory or not HTTP |
/// | 16 | interim answers without end |
/// | 17 | the body stalls |
/// | 18 | the body is cut, and its framing shows it |
/// | 19 | the body is cut, and nothing shows it |
/// | 20 | the body is longer than announced |
/// | 21 | the body is too large, packed or not |
/// | 22 | a page, nothing, or another content type with status 200; another status of success |
/// | 23 | a byte order mark before the document |
/// | 24 | text which is not, or not exactly, the JSON or the XML it should be |
/// | 26 | two answers to one request on a kept connection |
/// | 27 | a redirect |
/// | 29 | a 4xx that is not in the provider's own format |
/// | 30 | a 4xx that asks for another try |
/// | 31 | a 4xx that blames the size |
/// | 32 | too many requests |
/// | 33 | a 5xx |
/// | 40 | bytes from the server before the request |
///
/// The rows between are not for a server that knows no provider. Some are for the client alone to play, some need the
/// provider's own envelope ([`NamedFault::answering`]), and some befall an order and not a call:
///
/// | row | what goes wrong |
/// |---|---|
/// | 1 | the configuration is bad, or plain http stands where https is due |
/// | 2 | the provider's name cannot be resolved |
/// | 14 | the caller drops the call after it was sent |
/// | 25 | a well-formed answer to another question |
/// | 28 | a refusal in the provider's own envelope |
/// | 34 | the provider's own "internal error" or "timeout" with status 200 |
/// | 35 | the provider says that it was done before |
/// | 36 | a return or a webhook that comes twice, late, early, or from nobody |
/// | 37 | a state that goes backwards |
/// | 38 | a payment that is settled after the provider's deadline |
/// | 39 | an answer that comes before the whole request has left |
/// | 41 | a refusal that contradicts itself |
/// | 42 | "not found" by a look-up that began too early |
/// | 43 | a field that decides, is there, and cannot be read |
#[must_use]
pub fn catalogue(good: &Answer, elsewhere: &str) -> Vec<NamedFault> {
    let mut faults = [
        before_the_request(good),
        around_the_request(),
        instead_of_listening(good),
        kept_connections(good),
        slow_and_cut_answers(good),
        strange_answers(good),
        if is_xml(good) {
            damaged_xml(good)
        } else {
            damaged_json(good)
        },
        other_statuses(elsewhere),
    ]
    .concat();
    faults.sort_by_key(|fault| fault.row);
    faults
}

const PLAIN: &[Wire] = &[Wire::Plain];
const TLS: &[Wire] = &[Wire::Tls];
const BOTH: &[Wire] = &[Wire::Plain, Wire::Tls];

fn nothing_sent(row: u8, name: &'static str, wires: &'static [Wire], play: Play) -> NamedFault {
    NamedFault {
        row,
        name,
        sent: Sent::Nothing,
        strikes: Strikes::FirstCall,
        wires,
        play,
    }
}

fn perhaps(row: u8, name: &'static str, fault: Behaviour) -> NamedFault {
    let play = Play::Behaving(fault);
    NamedFault {
        row,
        name,
        sent: Sent::Perhaps,
        strikes: Strikes::FirstCall,
        wires: BOTH,
        play,
    }
}

/// Faults after which the request may have left: the row, the name, and what the server does.
macro_rules! perhaps {
    ($($row:literal, $name:literal => $fault:expr;)*) => {
        vec![$(perhaps($row, $name, $fault)),*]
    };
}

/// Faults of the TLS handshake, in which nothing can have left.
macro_rules! in_handshake {
    ($($row:literal, $name:literal => $fault:expr;)*) => {
        vec![$(nothing_sent($row, $name, TLS, Play::Behaving($fault))),*]
    };
}

fn before_the_request(good: &Answer) -> Vec<NamedFault> {
    let shown = |certificate| faults::certificate(certificate, good);
    let mut faults = vec![
        nothing_sent(3, "connection refused", BOTH, Play::Refusing),
        nothing_sent(4, "connection attempt unanswered", BOTH, Play::Unresponsive),
    ];
    faults.extend(in_handshake! {
        5, "handshake stalls" => faults::stall_in_handshake();
        6, "self-signed certificate" => shown(Certificate::SelfSigned);
        6, "certificate for another name" => shown(Certificate::WrongName);
        6, "expired certificate" => shown(Certificate::Expired);
        6, "HTTP where TLS is due" => faults::http_for_tls();
        6, "garbage where TLS is due" => faults::garbage_for_tls();
        7, "handshake reset" => faults::reset_in_handshake();
        7, "handshake closed" => faults::close_in_handshake();
        7, "reset on accept, before TLS" => faults::reset_on_accept();
        7, "closed on accept, before TLS" => faults::close_on_accept();
    });
    let without_tls = perhaps! {
        9, "reset on accept" => faults::reset_on_accept();
        9, "closed on accept" => faults::close_on_accept();
    };
    let plain = |fault| NamedFault {
        wires: PLAIN,
        ..fault
    };
    faults.extend(without_tls.into_iter().map(plain));
    faults
}

/// Over TLS alone: without it nothing keeps the client from sending before it hears the server.
fn instead_of_listening(good: &Answer) -> Vec<NamedFault> {
    in_handshake! {
        40, "answer before the request" => faults::answer_before_request(good);
        40, "banner before the request" => faults::banner();
    }
}

fn around_the_request() -> Vec<NamedFault> {
    perhaps! {
        9, "reset before the request is read" => faults::reset_before_reading();
        9, "closed before the request is read" => faults::close_before_reading();
        10, "reset in the upload" => faults::reset_in_upload(1);
        10, "closed in the upload" => faults::close_in_upload(1);
        11, "closed after the request" => faults::close_after_request();
        11, "reset after the request" => faults::reset_after_request();
        13, "silent after the request" => faults::stall_after_request();
        13, "request never read" => faults::reads_nothing();
    }
}

fn kept_connections(good: &Answer) -> Vec<NamedFault> {
    let spare = good.clone().header("x-spare", "1");
    let kept = perhaps! {
        8, "idle connection closed" => faults::close_when_idle(good);
        12, "reset on the second request" => faults::reset_on_second_request(good);
        26, "spare answer" => faults::spare_answer(good, &spare);
        26, "late spare answer" => faults::late_spare_answer(good, &spare);
    };
    let second = |fault| NamedFault {
        strikes: Strikes::SecondCall,
        ..fault
    };
    kept.into_iter().map(second).collect()
}

fn slow_and_cut_answers(good: &Answer) -> Vec<NamedFault> {
    let half = good.body_bytes().len() / 2;
    perhaps! {
        13, "head drips" => faults::drip_head(Duration::from_millis(100), good);
        13, "head stalls" => faults::stall_in_head(good);
        15, "closed in the head" => faults::close_in_head(good);
        15, "two lengths" => faults::two_lengths(good);
        17, "body stalls" => faults::stall_in_body(half, good);
        18, "body shorter than its length" => faults::cut_by_length(good);
        18, "body cut in a chunk" => faults::cut_in_chunks(good);
        19, "body without length cut" => faults::cut_without_length(good);
        20, "body longer than its length" => faults::length_too_short(good);
    }
}

fn strange_answers(good: &Answer) -> Vec<NamedFault> {
    const MEBIBYTE: usize = 1024 * 1024;
    let with_status = |status| faults::answer(&good.clone().status(status));
    perhaps! {
        15, "garbage" => faults::garbage();
        15, "huge head" => faults::huge_head(MEBIBYTE);
        15, "endless headers" => faults::endless_headers();
        16, "endless interim answers" => faults::endless_informational();
        21, "oversized body" => faults::answer(&good.clone().body(vec![b' '; 8 * MEBIBYTE]));
        21, "endless body" => faults::endless_body();
        21, "gzip bomb" => faults::gzip_bomb();
        22, "page with 200" => faults::html_page();
        22, "empty body" => faults::answer(&good.clone().body(Vec::new()));
        22, "wrong content type" => faults::wrong_content_type(good);
        22, "201 in place of 200" => with_status(201);
        22, "202 in place of 200" => with_status(202);
        22, "206 in place of 200" => with_status(206);
    }
}

fn is_xml(good: &Answer) -> bool {
    let mut headers = good.headers().iter();
    let content_type = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    content_type.is_some_and(|(_, value)| value.contains("xml"))
}

fn damaged(good: &Answer, damage: impl Fn(&[u8]) -> Vec<u8>) -> Behaviour {
    let answer = good.clone().body(damage(good.body_bytes()));
    faults::answer(&answer)
}

fn damaged_json(good: &Answer) -> Vec<NamedFault> {
    let damaged = |damage: fn(&[u8]) -> Vec<u8>| damaged(good, damage);
    let of_object = |damage| damaged_object(good, damage);
    perhaps! {
        23, "byte order mark" => damaged(damage::with_bom);
        24, "invalid UTF-8" => of_object(damage::with_invalid_utf8);
        24, "duplicate keys" => of_object(damage::with_duplicate_keys);
        24, "trailing text" => damaged(damage::with_trailing_text);
        24, "last byte missing" => damaged(damage::without_end);
        24, "all of it in an array" => damaged(damage::in_an_array);
        24, "values without keys" => of_object(damage::values_only);
        24, "empty object" => damaged(|_| b"{}".to_vec());
        24, "null" => damaged(|_| b"null".to_vec());
    }
}

/// Damages the object that the answer is, or the one in the array that it is.
fn damaged_object(good: &Answer, damage: fn(&[u8]) -> Vec<u8>) -> Behaviour {
    damaged(good, |json| {
        let inside = json.trim_ascii().strip_prefix(b"[");
        match inside.and_then(|rest| rest.strip_suffix(b"]")) {
            Some(object) => damage::in_an_array(&damage(object)),
            None => damage(json),
        }
    })
}

fn damaged_xml(good: &Answer) -> Vec<NamedFault> {
    let damaged = |damage: fn(&[u8]) -> Vec<u8>| damaged(good, damage);
    perhaps! {
        23, "byte order mark" => damaged(damage::with_bom);
        24, "invalid UTF-8" => damaged(damage::xml::with_invalid_utf8);
        24, "duplicate elements" => damaged(damage::xml::with_duplicate_elements);
        24, "trailing text" => damaged(damage::xml::with_trailing_text);
        24, "last byte missing" => damaged(damage::without_end);
        24, "end tags missing" => damaged(damage::xml::without_end_tags);
        24, "document type" => damaged(damage::xml::with_doctype);
        24, "undeclared entities" => damaged(damage::xml::with_entities);
        24, "another root" => damaged(damage::xml::in_another_root);
        24, "two roots" => damaged(damage::xml::with_two_roots);
        24, "empty root" => damaged(damage::xml::emptied);
    }
}

fn other_statuses(elsewhere: &str) -> Vec<NamedFault> {
    const SECOND: Duration = Duration::from_secs(1);
    let redirect = |status| faults::redirect(status, elsewhere);
    perhaps! {
        27, "301" => redirect(301);
        27, "302" => redirect(302);
        27, "303" => redirect(303);
        27, "307" => redirect(307);
        27, "308" => redirect(308);
        29, "400 with a page" => faults::foreign_status(400);
        29, "401 with a page" => faults::foreign_status(401);
        29, "403 with a page" => faults::foreign_status(403);
        29, "404 with a page" => faults::foreign_status(404);
        30, "408" => faults::foreign_status(408);
        30, "409" => faults::foreign_status(409);
        30, "425" => faults::foreign_status(425);
        31, "413 with a page" => faults::foreign_status(413);
        31, "431 with a page" => faults::foreign_status(431);
        32, "429 with Retry-After" => faults::retry_after(429, SECOND);
        32, "429 until in an hour" => faults::retry_after_date(429, in_an_hour());
        33, "500" => faults::foreign_status(500);
        33, "502" => faults::foreign_status(502);
        33, "503 with Retry-After" => faults::retry_after(503, SECOND);
        33, "504" => faults::foreign_status(504);
    }
}

fn in_an_hour() -> SystemTime {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let now = SystemTime::now();
    now.checked_add(HOUR).unwrap_or(now)
}
