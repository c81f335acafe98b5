use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Reads a file; `None` if there is more in it than `largest`, of which no more is read.
///
/// It need not be a regular file: a shell hands over a pipe, and `/dev/null` stands for an empty one. One without an end,
/// such as `/dev/zero`, is more than any bound.
pub(super) fn read(path: &Path, largest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    let bound = largest.saturating_add(1);
    let read = File::open(path)?.take(bound).read_to_end(&mut content)?;
    Ok((u64::try_from(read).unwrap_or(bound) <= largest).then_some(content))
}
