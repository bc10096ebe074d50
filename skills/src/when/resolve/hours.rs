//! Which hours of the day a clock, a part of the day and its edges may mean.

use super::super::said::{Clock, Dial, Edge, Part};

/// An hour of the day, and how many days after the one that was named.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) hour: i8,
    pub(super) after: i64,
}

/// The hours that a clock and a part of the day may mean, the likeliest first.
pub(super) fn faces(clock: Clock, part: Option<Part>) -> Vec<Face> {
    let face = |hour: i8| Face { hour, after: 0 };
    let halves = [clock.hour % 12, clock.hour % 12 + 12];
    let Some(part) = part else {
        return match clock.dial {
            // "Thursday at midnight" begins that day or ends it.
            Dial::TwentyFour if clock.hour == 0 && clock.minute == 0 => {
                vec![face(0), Face { hour: 0, after: 1 }]
            }
            Dial::TwentyFour | Dial::Halved => vec![face(clock.hour)],
            // Nobody means one to six at night unless they say so.
            Dial::Twelve | Dial::Written if matches!(clock.hour, 1..=5 | 12) => {
                vec![face(halves[1]), face(halves[0])]
            }
            Dial::Twelve | Dial::Written => vec![face(halves[0]), face(halves[1])],
        };
    };
    // Midnight ends the evening.
    if matches!(part, Part::Evening | Part::Tonight) && clock.hour % 12 == 0 {
        return vec![Face { hour: 0, after: 1 }];
    }
    let hours: Vec<i8> = match clock.dial {
        Dial::TwentyFour | Dial::Halved => vec![clock.hour],
        Dial::Twelve | Dial::Written => halves.to_vec(),
    };
    let night = matches!(part, Part::Tonight | Part::Overnight);
    let mut faces: Vec<Face> = hours
        .into_iter()
        .filter(|hour| part.holds(*hour))
        .map(|hour| Face { hour, after: i64::from(night && hour < 6) })
        .collect();
    // "Tomorrow at three in the night" may be the night after it.
    if part == Part::Night {
        let early: Vec<Face> = faces.iter().copied().filter(|face| face.hour < 6).collect();
        faces.extend(early.into_iter().map(|face| Face { after: 1, ..face }));
    }
    faces
}

/// Hours of the day.
pub(super) fn edge_of_part(part: Part, edge: Edge) -> Option<(i8, i8)> {
    let early = match edge {
        Edge::Begin | Edge::Early => true,
        Edge::End | Edge::Late | Edge::Later => false,
        Edge::Middle => {
            return match part {
                Part::Morning => Some((10, 11)),
                Part::Afternoon => Some((14, 15)),
                Part::Evening
                | Part::Night
                | Part::Tonight
                | Part::Overnight
                | Part::Am
                | Part::Pm => None,
            };
        }
        Edge::Rest | Edge::Sooner => return None,
    };
    Some(match (part, early) {
        (Part::Morning | Part::Am, true) => (0, 9),
        (Part::Morning | Part::Am, false) => (10, 12),
        (Part::Afternoon | Part::Pm, true) => (12, 14),
        (Part::Afternoon | Part::Pm, false) => (16, 18),
        (Part::Evening | Part::Tonight, true) => (18, 20),
        (Part::Evening | Part::Tonight, false) => (21, 24),
        (Part::Night | Part::Overnight, true) => (0, 3),
        (Part::Night | Part::Overnight, false) => (3, 6),
    })
}
