//! Cuts a stream of bytes into lines of bounded length. It never keeps more than one line, and
//! skips what is longer up to the next line's beginning.

/// ntfy takes 4,096 bytes of message; escaped in JSON, with title and buttons, that can grow to
/// six times as much.
pub const LINE_BYTES_MAX: usize = 32 * 1024;

#[derive(Debug, Default)]
pub struct Lines {
    begun: Vec<u8>,
    too_long: bool,
}

/// One line of the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    Whole(Vec<u8>),
    /// It was longer than [`LINE_BYTES_MAX`] and is gone.
    TooLong,
}

impl Lines {
    /// The lines that end within these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            if self.begun.len() + piece.len() > LINE_BYTES_MAX {
                self.too_long = true;
                self.begun = Vec::new();
            }
            if !self.too_long {
                self.begun.extend_from_slice(piece);
            }
            if pieces.peek().is_some() {
                lines.push(if std::mem::take(&mut self.too_long) {
                    Line::TooLong
                } else {
                    Line::Whole(std::mem::take(&mut self.begun))
                });
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However the network cuts the stream, the same lines come out.
        #[test]
        fn cuts_do_not_matter(text in "[a-c\n]{0,64}", cut in 0..65usize) {
            let mut whole = Lines::default();
            let expected = whole.push(text.as_bytes());
            let (left, right) = text.as_bytes().split_at(cut.min(text.len()));
            let mut lines = Lines::default();
            let mut found = lines.push(left);
            found.extend(lines.push(right));
            prop_assert_eq!(found, expected);
            prop_assert_eq!(lines.begun, whole.begun);
        }
    }

    #[test]
    fn a_line_without_end_costs_no_memory_and_hides_no_other() {
        let mut lines = Lines::default();
        for _ in 0..100 {
            assert_eq!(lines.push(&[b'x'; 4096]), []);
            assert!(lines.begun.capacity() <= 2 * LINE_BYTES_MAX);
        }
        assert_eq!(lines.push(b"\nnext\n"), [Line::TooLong, Line::Whole(b"next".to_vec())]);
    }
}
