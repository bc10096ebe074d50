//! What the tests of the whole project share. It holds no test and knows no private part of any
//! package.

pub mod project;
pub mod story;
