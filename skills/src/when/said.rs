//! What a sentence said about time, before it is a moment: plain data, a conjunction of what was
//! named ("monday", "at nine", "of next week"). It knows no clock and decides nothing.

use jiff::civil::Weekday;

use super::holidays::Holiday;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Weekend,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
    /// "Tonight", "last night": the evening, or the night after it.
    Tonight,
    /// "Vannacht", "zaterdagnacht": the night that begins on that day.
    Overnight,
    /// Before and after noon.
    Am,
    Pm,
}

impl Part {
    /// The hours of the dial that people say together with it.
    pub(super) fn holds(self, hour: i8) -> bool {
        match self {
            Self::Morning => (1..12).contains(&hour),
            // "Seven in the afternoon" is still said.
            Self::Afternoon => (12..20).contains(&hour),
            Self::Evening => (17..24).contains(&hour),
            Self::Night => !(6..21).contains(&hour),
            Self::Tonight | Self::Overnight => !(6..17).contains(&hour),
            Self::Am => hour < 12,
            Self::Pm => hour >= 12,
        }
    }

    /// From which hour to which hour it is, as the collections of sentences mostly have it.
    pub(super) fn hours(self) -> (i8, i8) {
        match self {
            Self::Morning | Self::Am => (0, 12),
            Self::Afternoon => (12, 19),
            Self::Pm => (12, 24),
            Self::Evening | Self::Tonight => (18, 24),
            Self::Night | Self::Overnight => (0, 6),
        }
    }
}

/// What people eat by; the times are ours, and plain: a home may say others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meal {
    Breakfast,
    Coffee,
    Lunch,
    Tea,
    Dinner,
    Bedtime,
    Work,
    School,
}

/// Meal, its hours, and until when "after" it lasts. "Before" is the hour before it.
pub(super) const MEALS: &[(Meal, (i8, i8), i8)] = &[
    (Meal::Breakfast, (8, 9), 11),
    (Meal::Coffee, (10, 11), 12),
    (Meal::Lunch, (12, 13), 17),
    (Meal::Tea, (15, 16), 17),
    (Meal::Dinner, (18, 19), 21),
    (Meal::Bedtime, (22, 23), 24),
    (Meal::Work, (9, 17), 21),
    (Meal::School, (9, 15), 21),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// Which of those that come again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    This,
    Coming,
    Next,
    AfterNext,
    Previous,
    /// The so manieth from now on.
    Count(i32),
}

/// Where in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Begin,
    Middle,
    End,
    Rest,
    Early,
    Late,
    /// "Earlier this month", "later this week": up to now, and from now on.
    Sooner,
    Later,
}

/// "The third friday", "the last week".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nth {
    /// Negative is counted from the end.
    pub(super) count: i32,
    pub(super) of: NthOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NthOf {
    Unit(Unit),
    Weekday(Weekday),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) second: i8,
    pub(super) dial: Dial,
    pub(super) grain: Unit,
}

impl Clock {
    /// Could it be both halves of the day?
    pub(super) fn is_open(self) -> bool {
        matches!(self.dial, Dial::Twelve | Dial::Written)
    }

    pub(super) fn is_halved(self) -> bool {
        self.dial == Dial::Halved
    }

    /// "Eight pm".
    pub(super) fn halved(self, half: Part) -> Self {
        let later = if half == Part::Pm { 12 } else { 0 };
        let hour = if self.is_open() { self.hour % 12 + later } else { self.hour };
        Self { hour, dial: Dial::Halved, ..self }
    }
}

/// "Eight o'clock" is twice a day; "20:00", "noon" and "8 pm" are once. What was written with
/// minutes is more likely meant as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dial {
    Twelve,
    Written,
    TwentyFour,
    /// With "am" or "pm".
    Halved,
}

/// A length of time as it was said: months and days are not seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Length {
    pub(super) months: i32,
    pub(super) days: i32,
    pub(super) seconds: i64,
    /// The finest unit that was named.
    pub(super) unit: Unit,
}

impl Length {
    pub(super) fn of(unit: Unit, hundredths: u32) -> Option<Self> {
        let count = i64::from(hundredths);
        let none = Self { months: 0, days: 0, seconds: 0, unit };
        let months = |months: i64| {
            let whole = i32::try_from(count * months / 100).ok()?;
            // What is less than a month is of thirty days, as the collections count it.
            let days = i32::try_from((count * months % 100) * 30 / 100).ok()?;
            Some(Self { months: whole, days, ..none })
        };
        let days = |days: i64| {
            let seconds = count * days * 864;
            let whole = i32::try_from(seconds / 86_400).ok()?;
            Some(Self { days: whole, seconds: seconds % 86_400, ..none })
        };
        match unit {
            Unit::Second => Some(Self { seconds: count / 100, ..none }),
            Unit::Minute => Some(Self { seconds: count * 60 / 100, ..none }),
            Unit::Hour => Some(Self { seconds: count * 36, ..none }),
            Unit::Day => days(1),
            Unit::Week | Unit::Weekend => days(7),
            Unit::Month => months(1),
            Unit::Quarter => months(3),
            Unit::Year => months(12),
            Unit::Decade => months(120),
            Unit::Century => months(1_200),
        }
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_add(other.months)?,
            days: self.days.checked_add(other.days)?,
            seconds: self.seconds.checked_add(other.seconds)?,
            unit: self.unit.min(other.unit),
        })
    }

    /// A month counts thirty days and a year 365, as the collections count them.
    pub(super) fn as_seconds(self) -> i64 {
        let months = i64::from(self.months);
        let days = months / 12 * 365 + months % 12 * 30 + i64::from(self.days);
        days * 86_400 + self.seconds
    }
}

/// Forward or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Back,
}

/// What was said about one moment or period; what was not said is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) now: Option<()>,
    /// Days from today.
    pub(super) ahead: Option<i32>,
    pub(super) weekday: Option<Weekday>,
    pub(super) day: Option<i8>,
    pub(super) month: Option<i8>,
    pub(super) year: Option<i16>,
    /// Month and day in digits could be exchanged.
    pub(super) exchangeable: Option<()>,
    pub(super) quarter: Option<i8>,
    pub(super) season: Option<Season>,
    pub(super) holiday: Option<Holiday>,
    pub(super) week_number: Option<i8>,
    /// "This week", "next month": unit and distance.
    pub(super) cycle: Option<(Unit, i32)>,
    /// "The next five weeks": unit and count, back if negative.
    pub(super) run: Option<(Unit, i32)>,
    /// "Next april".
    pub(super) which: Option<Which>,
    pub(super) nth: Option<Nth>,
    /// "The week of".
    pub(super) around: Option<Unit>,
    pub(super) part: Option<Part>,
    pub(super) meal: Option<(Meal, MealSide)>,
    pub(super) clock: Option<Clock>,
    pub(super) edge: Option<Edge>,
    pub(super) shift: Option<(Length, Way)>,
    /// The shift is counted from what was named, and not from now.
    pub(super) measured: Option<()>,
    /// "Today in eight days" is a week; not everybody counts so.
    pub(super) eight_days: Option<()>,
    /// In minutes from Greenwich.
    pub(super) zone: Option<i16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MealSide {
    Before,
    /// "Voor het eten": before it, or for it.
    For,
    At,
    After,
}

macro_rules! merged {
    ($one:ident, $other:ident, $($slot:ident),+) => {
        Some(Self { $($slot: match ($one.$slot.clone(), $other.$slot.clone()) {
            (Some(one), Some(other)) if one != other => return None,
            (Some(said), Some(_)) => Some(said),
            (said, None) | (None, said) => said,
        }),+ })
    };
}

impl Said {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Both together; none where both name the same thing.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        merged!(
            self,
            other,
            now,
            ahead,
            weekday,
            day,
            month,
            year,
            exchangeable,
            quarter,
            season,
            holiday,
            week_number,
            cycle,
            run,
            which,
            nth,
            around,
            part,
            meal,
            clock,
            edge,
            shift,
            measured,
            eight_days,
            zone
        )
    }

    /// Where the other names only the part of the day in which the clock of this one lies.
    pub(super) fn within_part(&self, other: &Self) -> Option<Self> {
        let part = other.part.filter(|_| *other == Self { part: other.part, ..Self::default() })?;
        let hour = self.clock?.hour;
        let fits = self.part.is_none_or(|half| {
            matches!((part, half), (Part::Morning, Part::Am) | (Part::Afternoon, Part::Pm))
        });
        (fits && part.holds(hour)).then(|| self.clone())
    }

    /// With what the other names and this does not: the end of "from five to six on friday".
    pub(super) fn or(&self, other: &Self) -> Self {
        let mut all = self.clone();
        if !all.names_day() {
            all.ahead = other.ahead;
            all.weekday = other.weekday;
            all.day = other.day;
            all.month = other.month;
            all.year = other.year;
            all.holiday = other.holiday;
            all.cycle = other.cycle;
            all.which = other.which;
            all.nth = other.nth;
            all.exchangeable = other.exchangeable;
        } else if all.ahead.is_none() && all.weekday.is_none() && all.holiday.is_none() {
            // "The third to the twelfth of september"; not "from may to 2028".
            if all.day.is_some() && other.day.is_some() {
                all.month = all.month.or(other.month);
                all.cycle = all.cycle.or(other.cycle);
            }
            if all.month.is_some() && other.month.is_some() {
                all.year = all.year.or(other.year);
                all.cycle = all.cycle.or(other.cycle);
            }
        } else if all.weekday.is_some() && all.cycle.is_none() && all.day.is_none() {
            all.cycle = other.cycle.filter(|(unit, _)| *unit == Unit::Week);
        }
        all.zone = all.zone.or(other.zone);
        all
    }

    /// Does it say which day, or at least which month or year?
    pub(super) fn names_day(&self) -> bool {
        self.ahead.is_some()
            || self.weekday.is_some()
            || self.day.is_some()
            || self.month.is_some()
            || self.year.is_some()
            || self.holiday.is_some()
            || self.cycle.is_some()
            || self.nth.is_some()
            || self.quarter.is_some()
            || self.season.is_some()
            || self.week_number.is_some()
            || self.shift.is_some()
            || self.run.is_some()
            || self.now.is_some()
    }

    /// Only a week, a month or a year, in which something else lies.
    pub(super) fn is_frame(&self) -> bool {
        let cycle = self.cycle.filter(|(unit, _)| matches!(unit, Unit::Week | Unit::Year));
        let frame = Self { cycle, year: self.year, ..Self::default() };
        !frame.is_empty() && frame == *self
    }

    pub(super) fn is_only_now(&self) -> bool {
        *self == Self { now: Some(()), ..Self::default() }
    }

    pub(super) fn is_only_clock(&self) -> bool {
        let only = Self { clock: self.clock, part: self.part, zone: self.zone, ..Self::default() };
        self.clock.is_some() && only == *self
    }
}

/// What repeats.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Every {
    pub(super) unit: Unit,
    pub(super) interval: u32,
    pub(super) weekdays: Vec<Weekday>,
    /// With weekdays: which of the month.
    pub(super) nth: Option<i32>,
}

/// The whole of what was said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    Moment(Said),
    /// From and to; the end belongs to it where it is a day or longer.
    Span(Said, Said),
    /// "Within nine days": from now.
    Within(Length),
    /// "From four for half an hour".
    Lasting(Said, Length),
    /// From its first instant on.
    From(Said),
    /// Once it is over.
    After(Said),
    Before(Said),
    /// Up to its last instant.
    Through(Said),
    Length(Length),
    Every(Every, Said, Option<Said>),
}
