//! Measuring ears: recordings and noises through the same ears and recogniser as the daemon's, and
//! what is understood of them. It measures; it judges nothing and stores nothing.

pub mod clips;
pub mod home;
pub mod idle;
pub mod latency;
pub mod peer;
pub mod sounds;
pub mod strangers;
pub mod understanding;
