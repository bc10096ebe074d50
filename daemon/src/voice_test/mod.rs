//! How well a home is heard where its resident sits, lies and eats: sentences of this home, said
//! at each place, through the same ears as the companion's. What was said is kept nowhere; what is
//! kept is whether it was understood, and how loud it was.

pub mod score;
pub mod sentences;
pub mod session;
pub mod words;
