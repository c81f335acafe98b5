//! Where an HTTP request ends.

/// Tells how many of `bytes` belong to the first request, once all of it has come.
pub(crate) fn request_length(bytes: &[u8]) -> Option<usize> {
    let (head, rest) = bytes.split_at_checked(head_length(bytes)?)?;
    let body = match framing(head) {
        Framing::Length(length) => (rest.len() >= length).then_some(length),
        Framing::Chunked => chunked_length(rest),
    };
    Some(head.len() + body?)
}

/// Tells how long the head is, the empty line included, once all of it has come.
pub(crate) fn head_length(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map(|start| start + 4)
}

enum Framing {
    Length(usize),
    Chunked,
}

fn framing(head: &[u8]) -> Framing {
    let mut framing = Framing::Length(0);
    for (name, value) in String::from_utf8_lossy(head)
        .lines()
        .filter_map(|line| line.split_once(':'))
    {
        let value = value.trim();
        if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            return Framing::Chunked;
        }
        if name.eq_ignore_ascii_case("content-length") {
            framing = Framing::Length(value.parse().unwrap_or(0));
        }
    }
    framing
}

/// Walks the chunks and the trailer behind them.
fn chunked_length(body: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    loop {
        let size = line(body, at)?;
        at += size.len() + 2;
        let size = size.split(|byte| *byte == b';').next()?;
        let size = usize::from_str_radix(str::from_utf8(size).ok()?.trim(), 16).ok()?;
        if size == 0 {
            break;
        }
        at = at.checked_add(size)?.checked_add(2)?;
    }
    loop {
        let trailer = line(body, at)?;
        at += trailer.len() + 2;
        if trailer.is_empty() {
            return Some(at);
        }
    }
}

/// The line that begins at `at`, without its line break.
fn line(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    let end = rest.windows(2).position(|window| window == b"\r\n")?;
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::request_length;

    /// The request ends where `whole` ends: not a byte sooner, whatever follows.
    #[track_caller]
    fn ends_exactly(whole: &str) {
        for cut in 0..whole.len() {
            assert_eq!(
                request_length(&whole.as_bytes()[..cut]),
                None,
                "cut at {cut}"
            );
        }
        let followed = format!("{whole}POST /next");
        assert_eq!(request_length(followed.as_bytes()), Some(whole.len()));
    }

    #[test]
    fn no_body() {
        ends_exactly("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    }

    #[test]
    fn body_with_a_length() {
        ends_exactly("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab\r\nc");
    }

    #[test]
    fn body_in_chunks_with_extension_and_trailer() {
        ends_exactly(
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\
             3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n",
        );
    }

    #[test]
    fn chunks_win_over_a_length_before_or_behind() {
        let chunks = "3\r\nabc\r\n0\r\n\r\n";
        let (length, chunked) = ("content-length: 2", "Transfer-Encoding: Chunked");
        ends_exactly(&format!(
            "POST / HTTP/1.1\r\n{length}\r\n{chunked}\r\n\r\n{chunks}"
        ));
        ends_exactly(&format!(
            "POST / HTTP/1.1\r\n{chunked}\r\n{length}\r\n\r\n{chunks}"
        ));
    }
}
