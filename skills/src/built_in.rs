//! The skills that are part of the program: one row a folder, its files taken in at compile time.

macro_rules! folders {
    ($($name:literal),* $(,)?) => {
        /// `(path, text)` of every file.
        pub(crate) const FILES: &[(&str, &str)] = &[$(
            (concat!($name, "/skill.toml"), include_str!(concat!("../", $name, "/skill.toml"))),
            (concat!($name, "/nl.toml"), include_str!(concat!("../", $name, "/nl.toml"))),
            (concat!($name, "/en.toml"), include_str!(concat!("../", $name, "/en.toml"))),
            (
                concat!($name, "/examples.toml"),
                include_str!(concat!("../", $name, "/examples.toml")),
            ),
        )*];
    };
}

folders![
    "help",
    "answer",
    "check-in",
    "reminder",
    "lights",
    "covers",
    "switches",
    "fans",
    "locks",
    "scenes",
    "temperature",
    "time",
    "timer",
    "shopping",
    "agenda",
    "measurement",
    "away",
    "talk",
    "circle",
    "technique",
];
