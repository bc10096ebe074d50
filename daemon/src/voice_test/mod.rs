//! How well a home is heard where its resident sits, lies and eats: sentences of this home, said
//! at each place, through the same ears as the companion's. What is kept is whether it was
//! understood, and how loud it was. What was said is kept nowhere; its sound only for an installer
//! who asked for that, if the resident said yes to it aloud, for half an hour.

pub mod score;
pub mod sentences;
pub mod session;
pub mod words;
