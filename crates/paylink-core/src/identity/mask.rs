use std::fmt;

/// Personal digits with the middle hidden: the first `head` and the last `tail` characters stay readable.
pub(crate) struct Masked<'a> {
    pub(crate) digits: &'a str,
    pub(crate) head: usize,
    pub(crate) tail: usize,
}

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail_starts = self.digits.len().saturating_sub(self.tail);
        let hidden = tail_starts.saturating_sub(self.head);
        f.write_str(self.digits.get(..self.head).unwrap_or_default())?;
        for _ in 0..hidden {
            f.write_str("*")?;
        }
        f.write_str(self.digits.get(tail_starts..).unwrap_or_default())
    }
}
