use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::BooksError;
use crate::order::Order;

/// A file to which every change of an order is appended as a line; the last line of an order counts.
#[derive(Debug)]
pub(super) struct OrderFile {
    file: File,
    /// Up to here it is whole.
    whole: u64,
}

impl OrderFile {
    /// The file and what stands in it. A last line without an end was being written when the process died: it is dropped.
    pub(super) fn open(path: &Path) -> Result<(OrderFile, BTreeMap<String, Order>), BooksError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.try_lock().map_err(io::Error::from)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let mut orders = BTreeMap::new();
        let mut whole = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let Some(line) = line.strip_suffix('\n') else {
                break;
            };
            let order: Order = serde_json::from_str(line)
                .map_err(|problem| io::Error::other(format!("line {}: {problem}", index + 1)))?;
            orders.insert(order.number.clone(), order.read_back());
            whole += line.len() as u64 + 1;
        }
        Ok((OrderFile { file, whole }, orders))
    }

    /// Appends an order's new row, all of it or nothing, and waits until the disk has it.
    pub(super) fn append(&mut self, order: &Order) -> Result<(), BooksError> {
        let mut line = serde_json::to_vec(order).map_err(io::Error::from)?;
        line.push(b'\n');
        self.file.set_len(self.whole)?;
        self.file.seek(SeekFrom::Start(self.whole))?;
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.whole += line.len() as u64;
        Ok(())
    }
}
