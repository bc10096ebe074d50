//! The colours that a light can be asked for, by name, and what each is. A table; no device here.

use serde::{Deserialize, Serialize};

/// What a colour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// A place on the circle of colours (red 0, green 120, blue 240), and how strong.
    Hue { degrees: u16, strength_percent: u8 },
    /// A white: how warm, in millionths of the reciprocal of its temperature in kelvin, which is
    /// what lamps count in.
    White { mired: u16 },
}

macro_rules! colours {
    ($($colour:ident $name:literal = $shade:expr;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Colour {
            $(#[serde(rename = $name)] $colour,)*
        }

        impl Colour {
            /// Each with its name in home files and in lists of sentences.
            pub const ALL: &[(&'static str, Self)] = &[$(($name, Self::$colour),)*];

            pub fn shade(self) -> Shade {
                match self {
                    $(Self::$colour => $shade,)*
                }
            }
        }
    };
}

const fn hue(degrees: u16, strength_percent: u8) -> Shade {
    Shade::Hue { degrees, strength_percent }
}

const fn white(kelvin: u32) -> Shade {
    Shade::White { mired: (1_000_000 / kelvin) as u16 }
}

// The colours that CSS has by these names, rounded; a bulb's warm white is 2,700 kelvin, daylight
// 6,000, and white between them 4,000.
colours! {
    Red "red" = hue(0, 100);
    Orange "orange" = hue(30, 100);
    Brown "brown" = hue(25, 75);
    Amber "amber" = hue(45, 100);
    Gold "gold" = hue(50, 90);
    Yellow "yellow" = hue(60, 100);
    Green "green" = hue(120, 100);
    Cyan "cyan" = hue(180, 100);
    Turquoise "turquoise" = hue(174, 72);
    LightBlue "light_blue" = hue(200, 45);
    Blue "blue" = hue(240, 100);
    Indigo "indigo" = hue(275, 100);
    Violet "violet" = hue(300, 45);
    Purple "purple" = hue(285, 100);
    Lavender "lavender" = hue(250, 30);
    Magenta "magenta" = hue(300, 100);
    Pink "pink" = hue(330, 60);
    WarmWhite "warm_white" = white(2_700);
    White "white" = white(4_000);
    ColdWhite "cold_white" = white(6_000);
}

impl Colour {
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, colour)| *colour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_is_found_by_its_name_and_lies_on_the_circle() {
        assert_eq!(Colour::named("warm_white"), Some(Colour::WarmWhite));
        assert_eq!(Colour::named("no_colour"), None);
        for (name, colour) in Colour::ALL {
            assert_eq!(serde_json::to_value(colour).expect("a name"), *name);
            match colour.shade() {
                Shade::Hue { degrees, strength_percent } => {
                    assert!(degrees < 360 && strength_percent <= 100, "{colour:?}");
                }
                // What Zigbee lamps can do lies within these.
                Shade::White { mired } => assert!((150..=500).contains(&mired), "{colour:?}"),
            }
        }
    }
}
