//! Where the sun and the moon stand, as far as feasts hang on it: to a fiftieth of a degree, which
//! is some minutes of the moon. Meeus, Astronomical Algorithms, chapters 25 and 47, the largest
//! terms. Days are counted as Julian days in universal time.

/// Sine terms of the moon's longitude, in millionths of a degree, with the multiples of its
/// distance from the sun, of the sun's anomaly, of its own, and of its distance from the node.
const MOON: &[(f64, [f64; 4])] = &[
    (6_288_774.0, [0.0, 0.0, 1.0, 0.0]),
    (1_274_027.0, [2.0, 0.0, -1.0, 0.0]),
    (658_314.0, [2.0, 0.0, 0.0, 0.0]),
    (213_618.0, [0.0, 0.0, 2.0, 0.0]),
    (-185_116.0, [0.0, 1.0, 0.0, 0.0]),
    (-114_332.0, [0.0, 0.0, 0.0, 2.0]),
    (58_793.0, [2.0, 0.0, -2.0, 0.0]),
    (57_066.0, [2.0, -1.0, -1.0, 0.0]),
    (53_322.0, [2.0, 0.0, 1.0, 0.0]),
    (45_758.0, [2.0, -1.0, 0.0, 0.0]),
    (-40_923.0, [0.0, 1.0, -1.0, 0.0]),
    (-34_720.0, [1.0, 0.0, 0.0, 0.0]),
    (-30_383.0, [0.0, 1.0, 1.0, 0.0]),
    (15_327.0, [2.0, 0.0, 0.0, -2.0]),
    (-12_528.0, [0.0, 0.0, 1.0, 2.0]),
    (10_980.0, [0.0, 0.0, 1.0, -2.0]),
    (10_675.0, [4.0, 0.0, -1.0, 0.0]),
    (10_034.0, [0.0, 0.0, 3.0, 0.0]),
    (8_548.0, [4.0, 0.0, -2.0, 0.0]),
    (-7_888.0, [2.0, 1.0, -1.0, 0.0]),
    (-6_766.0, [2.0, 1.0, 0.0, 0.0]),
    (-5_163.0, [1.0, 0.0, -1.0, 0.0]),
    (4_987.0, [1.0, 1.0, 0.0, 0.0]),
    (4_036.0, [2.0, -1.0, 1.0, 0.0]),
];

/// How far they move in a day, in degrees.
const SUN_A_DAY: f64 = 0.985_647;
const MOON_FROM_SUN_A_DAY: f64 = 12.190_749;

/// The thirtieth part of a month of the moon, in days.
pub(super) const MOON_DAY: f64 = 12.0 / MOON_FROM_SUN_A_DAY;

/// Longitude of the sun, in degrees.
fn sun(day: f64) -> f64 {
    let t = centuries(day);
    let anomaly = (357.529_11 + 35_999.050_29 * t).to_radians();
    let centre = 1.914_602 * anomaly.sin()
        + 0.019_993 * (2.0 * anomaly).sin()
        + 0.000_289 * (3.0 * anomaly).sin();
    (280.466_46 + 36_000.769_83 * t + centre - 0.005_69).rem_euclid(360.0)
}

/// How far the moon is ahead of the sun, in degrees: 0 is new, 180 full.
fn phase(day: f64) -> f64 {
    let t = centuries(day);
    let arguments = [
        297.850_192_1 + 445_267.111_403_4 * t,
        357.529_109_2 + 35_999.050_290_9 * t,
        134.963_396_4 + 477_198.867_505_5 * t,
        93.272_095 + 483_202.017_523_3 * t,
    ];
    let term = |(size, multiples): &(f64, [f64; 4])| {
        let angle: f64 = multiples.iter().zip(arguments).map(|(times, of)| times * of).sum();
        size * angle.to_radians().sin()
    };
    let moon = 218.316_447_7 + 481_267.881_234_21 * t + MOON.iter().map(term).sum::<f64>() / 1e6;
    (moon - sun(day)).rem_euclid(360.0)
}

/// When the moon was new for the last time.
pub(super) fn new_moon_before(day: f64) -> f64 {
    moon_at(0.0, day - phase(day) / MOON_FROM_SUN_A_DAY)
}

/// When the moon is so far ahead of the sun, near a day.
pub(super) fn moon_at(degrees: f64, near: f64) -> f64 {
    at_angle(near, degrees, MOON_FROM_SUN_A_DAY, phase)
}

/// When the sun stands at a longitude, near a day.
pub(super) fn sun_at(degrees: f64, near: f64) -> f64 {
    at_angle(near, degrees, SUN_A_DAY, sun)
}

/// Steps towards the angle; five are enough for a second of time.
fn at_angle(near: f64, degrees: f64, a_day: f64, angle: fn(f64) -> f64) -> f64 {
    (0..5).fold(near, |day, _| {
        let ahead = (degrees - angle(day) + 180.0).rem_euclid(360.0) - 180.0;
        day + ahead / a_day
    })
}

fn centuries(day: f64) -> f64 {
    (day - 2_451_545.0) / 36_525.0
}
