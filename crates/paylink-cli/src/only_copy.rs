//! Results that stand nowhere but on standard output: nothing is sent for one that nobody could read.

use paylink::{FieldKey, Invalid};

use crate::failure::UsageError;

const OUTPUT: FieldKey = FieldKey::new("standard_output", "standard output");

/// Refuses to begin where what is printed would be lost.
pub(crate) fn check() -> Result<(), UsageError> {
    if !is_lost() {
        return Ok(());
    }
    Err(Invalid::new(
        OUTPUT,
        "is closed, and what this command prints stands nowhere else",
    )
    .with_remedy("nothing was sent; let it go to a terminal, a file or a pipe")
    .into())
}

/// Whether standard output leads nowhere.
///
/// If it was closed, Rust's runtime has opened `/dev/null` in its place before `main`, to read and to write. A shell that is
/// told `> /dev/null` opens it to write alone: that is intended, and counts as read. A program that hands over
/// `/dev/null` open both ways cannot be told from a closed output.
#[cfg(unix)]
fn is_lost() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};

    let stdout = std::io::stdout();
    let is_null = || {
        let (Ok(output), Ok(null)) = (fstat(&stdout), stat("/dev/null")) else {
            return false;
        };
        (output.st_dev, output.st_ino) == (null.st_dev, null.st_ino)
    };
    let is_open_both_ways =
        || fcntl_getfl(&stdout).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR);
    // The reader of a pipe may have gone away.
    let has_no_reader = || {
        let mut asked = [PollFd::new(&stdout, PollFlags::OUT)];
        let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
        poll(&mut asked, Some(&Timespec::default())).is_ok()
            && asked.iter().any(|it| it.revents().intersects(gone))
    };
    (is_open_both_ways() && is_null()) || has_no_reader()
}

#[cfg(not(unix))]
fn is_lost() -> bool {
    false
}
