//! Frames that are written together share pages: far fewer, larger writes. Holds no frame longer
//! than one batch.

use super::store::{Space, Write};

/// A page is closed once it has so many bytes. sled keeps sixteen values in a node and writes the
/// node anew every tenth change; beyond an eighth of a mebibyte a node gets a file of its own.
const PAGE_BYTES: usize = 4096;

/// Fills pages and hands the full ones to a batch.
pub(super) struct Pages {
    space: Space,
    key: u64,
    page: Vec<u8>,
}

impl Pages {
    pub(super) fn new(space: Space) -> Self {
        Self { space, key: 0, page: Vec::new() }
    }

    /// The page for the frame with this number.
    pub(super) fn page(&mut self, number: u64, batch: &mut Vec<Write>) -> &mut Vec<u8> {
        if self.page.len() >= PAGE_BYTES {
            self.close(batch);
        }
        if self.page.is_empty() {
            self.key = number;
        }
        &mut self.page
    }

    pub(super) fn close(&mut self, batch: &mut Vec<Write>) {
        if !self.page.is_empty() {
            let value = std::mem::take(&mut self.page);
            batch.push(Write::Put { space: self.space, key: self.key, value });
        }
    }
}
