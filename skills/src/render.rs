//! Words for replies.
