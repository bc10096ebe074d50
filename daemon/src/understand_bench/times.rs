//! Times: what the parser makes of the moments in the collections, beside what they expect.
//!
//! The worst is a wrong moment on another day, or in another half of it, that nobody asks about;
//! it is counted by itself. It counts where the collection has a moment, ours begins on another day
//! or (unless a whole day is meant) in another half, and the expected one is not among those that
//! we tell as possible: those are asked about. Where we name some days, a week, a month or a year
//! and the expected moment lies in it (or the other way round), one was less exact than the other
//! and not elsewhere; with these counted too it is told in brackets.

use std::fmt::{self, Display};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use omzien_core::Language;
use omzien_skills::{Grain, TimeFound, times};
use serde_json::Value;

use super::data::{Data, NoData, Row, text};

/// The pairs are read as if they were said now.
const PAIRS_NOW: &str = "2026-11-23T09:00:00+01:00[Europe/Amsterdam]";

/// A time of the day without a day is read as if the day had just begun.
const DAY_BEGINS: &str = "2026-11-23T00:00:00+01:00[Europe/Amsterdam]";

/// What a row of the table measures, and what the issue asks of it, in percent.
struct Goal {
    name: &'static str,
    wanted: Option<f64>,
}

/// What became of the sentences of one kind.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    right: usize,
    /// Not understood, or told as one of several: asked.
    asked: usize,
    wrong: usize,
    /// Of the wrong ones: another day, or another half of it.
    harmful: usize,
    /// Of the wrong ones: the week, month or year around the one that is meant.
    around: usize,
    misses: Vec<String>,
}

impl Tally {
    fn count(&self) -> usize {
        self.right + self.asked + self.wrong
    }

    fn add(&mut self, verdict: Verdict, row: impl FnOnce() -> String) {
        match verdict {
            Verdict::Right => self.right += 1,
            Verdict::Asked => self.asked += 1,
            Verdict::Wrong | Verdict::Around | Verdict::Harmful => self.wrong += 1,
        }
        self.harmful += usize::from(verdict == Verdict::Harmful);
        self.around += usize::from(verdict == Verdict::Around);
        if verdict != Verdict::Right {
            self.misses.push(format!("{}: {}", verdict.name(), row()));
        }
    }

    fn with(&mut self, other: &Self) {
        self.right += other.right;
        self.asked += other.asked;
        self.wrong += other.wrong;
        self.harmful += other.harmful;
        self.around += other.around;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Right,
    Asked,
    Wrong,
    Around,
    Harmful,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Asked => "asked",
            Self::Wrong => "wrong",
            Self::Around => "around",
            Self::Harmful => "harm",
        }
    }
}

/// The table of one language.
pub(crate) struct Measured {
    language: Language,
    rows: Vec<(Goal, Tally)>,
    show: Show,
}

/// Whether what missed is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    Figures,
    Misses,
}

/// Measures one language.
pub(crate) fn measure(data: &Data, language: Language, show: Show) -> Result<Measured, NoData> {
    let goal = |nl: f64, en: f64| Some(if language == Language::Nl { nl } else { en });
    let row = |name, wanted| Goal { name, wanted };
    let duckling = data.rows("duckling", language)?;
    let recognizers = data.rows("recognizers", language)?;
    let chrono = data.rows("chrono", language)?;
    let pydates = data.rows("pydates", language)?;
    let rows = vec![
        (row("Duckling: moments", goal(92.0, 94.0)), tally(&duckling, language, duckling_truth)),
        (row("Duckling: no time at all", None), negatives(&duckling, language)),
        (row("Duckling: lengths", None), tally(&duckling, language, duckling_length)),
        (
            row("Recognizers: moments", goal(75.0, 75.0)),
            tally(&recognizers, language, recognizers_truth),
        ),
        (row("Recognizers: lengths", None), tally(&recognizers, language, recognizers_length)),
        (row("chrono: moments", None), tally(&chrono, language, chrono_truth)),
        (row("pydates: moments", None), tally(&pydates, language, pydates_truth)),
    ];
    Ok(Measured { language, rows, show })
}

/// What one sentence means in both languages.
pub(crate) fn pairs(data: &Data, show: Show) -> Result<Pairs, NoData> {
    let now: Zoned = PAIRS_NOW.parse().map_err(|_| NoData::Moment(PAIRS_NOW.to_owned()))?;
    let mut all = Pairs { tally: Tally::default(), neither: 0, show };
    for row in data.pairs()? {
        let (Some(dutch), Some(english)) = (text(&row, "nl"), text(&row, "en")) else { continue };
        let nl = times(dutch, Language::Nl, &now);
        let en = times(english, Language::En, &now);
        all.neither += usize::from(nl.is_none() && en.is_none());
        let verdict = match (&nl, &en) {
            (one, other) if one == other => Verdict::Right,
            (Some(_), Some(_)) => Verdict::Wrong,
            _ => Verdict::Asked,
        };
        all.tally.add(verdict, || {
            format!("{dutch} = {}\n      {english} = {}", told(nl.as_ref()), told(en.as_ref()))
        });
    }
    Ok(all)
}

/// The agreement of the two languages.
pub(crate) struct Pairs {
    tally: Tally,
    neither: usize,
    show: Show,
}

/// What a collection expects: any of these starts is right.
enum Truth {
    Starts(Vec<DateTime>),
    /// Only a time of the day: any day.
    Hours(Vec<Time>),
    Seconds(i64),
    /// No day was named: that month, or from January on that year.
    Months(Date, i32),
}

type Expected = fn(&Row) -> Option<(Truth, Zoned)>;

fn tally(rows: &[Row], language: Language, expected: Expected) -> Tally {
    let mut tally = Tally::default();
    for row in rows {
        let (Some((truth, now)), Some(said)) = (expected(row), text(row, "text")) else { continue };
        let found = times(said, language, &now);
        tally.add(verdict(&truth, found.as_ref()), || {
            format!("{said}   [{}] = {}; expected {truth}", now.datetime(), told(found.as_ref()))
        });
    }
    tally
}

fn verdict(truth: &Truth, found: Option<&TimeFound>) -> Verdict {
    let Some(found) = found else { return Verdict::Asked };
    if let Truth::Seconds(wanted) = truth {
        let seconds = found.duration.and_then(|length| i64::try_from(length.as_secs()).ok());
        return match seconds {
            Some(seconds) if seconds == *wanted => Verdict::Right,
            Some(_) => Verdict::Wrong,
            None => Verdict::Asked,
        };
    }
    // "Until eleven" is told by its end.
    let starts = [&found.start, &found.end].map(|moment| moment.as_ref().map(Zoned::datetime));
    let starts =
        if found.rrule.is_none() && found.start.is_some() { &starts[..1] } else { &starts };
    let moments: Vec<DateTime> = starts.iter().flatten().copied().collect();
    if moments.is_empty() {
        return Verdict::Asked;
    }
    if moments.iter().any(|moment| truth.holds(*moment))
        || is_deadline(found) && found.end.as_ref().is_some_and(|end| truth.holds(end.datetime()))
    {
        Verdict::Right
    } else if found.ambiguous.iter().any(|other| truth.is_near(other.datetime())) {
        Verdict::Asked
    } else if moments.iter().any(|moment| truth.is_near(*moment))
        || is_deadline(found) && found.end.as_ref().is_some_and(|end| truth.is_near(end.datetime()))
    {
        Verdict::Wrong
    } else if truth.is_in(found) {
        Verdict::Around
    } else {
        Verdict::Harmful
    }
}

/// From now until then: it was told as its end.
fn is_deadline(found: &TimeFound) -> bool {
    found.rrule.is_none() && found.end.is_some() && found.duration.is_none()
}

impl Truth {
    fn holds(&self, moment: DateTime) -> bool {
        match self {
            Self::Starts(starts) => starts.contains(&moment),
            Self::Hours(hours) => hours.contains(&moment.time()),
            Self::Seconds(_) => false,
            Self::Months(first, _) => moment == first.at(0, 0, 0, 0),
        }
    }

    /// On the same day, and unless a whole day is meant in the same half of it.
    fn is_near(&self, moment: DateTime) -> bool {
        let half = |time: Time| time.hour() < 12;
        match self {
            Self::Starts(starts) => starts.iter().any(|start| {
                let halves = start.time() != Time::midnight();
                start.date() == moment.date()
                    && (!halves || half(start.time()) == half(moment.time()))
            }),
            Self::Hours(hours) => hours.iter().any(|hour| half(*hour) == half(moment.time())),
            Self::Seconds(_) => true,
            Self::Months(first, months) => first
                .checked_add(months.months())
                .is_ok_and(|until| (*first..until).contains(&moment.date())),
        }
    }

    /// In the days, week, month or year that were named.
    fn is_in(&self, found: &TimeFound) -> bool {
        let (Self::Starts(starts), Some(from)) = (self, &found.start) else { return false };
        let until = match found.grain {
            Some(Grain::Day) => from.checked_add(1.day()),
            Some(Grain::Week) => from.checked_add(1.week()),
            Some(Grain::Month) => from.checked_add(1.month()),
            Some(Grain::Quarter) => from.checked_add(3.months()),
            Some(Grain::Year) => from.checked_add(1.year()),
            Some(Grain::Second | Grain::Minute | Grain::Hour) | None => return false,
        };
        let Ok(until) = until else { return false };
        let until = found.end.as_ref().map_or(until.datetime(), |end| end.datetime());
        starts.iter().any(|start| *start >= from.datetime() && *start < until)
    }
}

impl Display for Truth {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starts(starts) => starts.iter().try_for_each(|start| write!(out, "{start} ")),
            Self::Hours(hours) => hours.iter().try_for_each(|hour| write!(out, "{hour} ")),
            Self::Seconds(seconds) => write!(out, "{seconds} s"),
            Self::Months(first, months) => write!(out, "{first}, {months} months"),
        }
    }
}

/// Sentences that speak of no time.
fn negatives(rows: &[Row], language: Language) -> Tally {
    let mut tally = Tally::default();
    for row in rows {
        let (Some(said), Some(now)) = (text(row, "text"), reference(row)) else { continue };
        if text(row, "kind") != Some("Time") || row.get("negative").is_none() {
            continue;
        }
        let found = times(said, language, &now);
        let verdict = if found.is_none() { Verdict::Right } else { Verdict::Wrong };
        tally.add(verdict, || format!("{said} = {}", told(found.as_ref())));
    }
    tally
}

fn duckling_truth(row: &Row) -> Option<(Truth, Zoned)> {
    if text(row, "kind") != Some("Time") {
        return None;
    }
    let expected = row.get("expected")?;
    let start = text(expected, "value").or_else(|| text(expected, "start"))?;
    Some((Truth::Starts(vec![start.parse().ok()?]), reference(row)?))
}

fn duckling_length(row: &Row) -> Option<(Truth, Zoned)> {
    let expected = row.get("expected").filter(|_| text(row, "kind") == Some("Duration"))?;
    let value = expected.get("n").and_then(Value::as_i64)?;
    let seconds = match text(expected, "grain")? {
        "Second" => 1,
        "Minute" => 60,
        "Hour" => 3_600,
        "Day" => 86_400,
        "Week" => 604_800,
        "Month" => 30 * 86_400,
        "Year" => 365 * 86_400,
        _ => return None,
    };
    Some((Truth::Seconds(value * seconds), reference(row)?))
}

/// The first moment of the sentence, in the future or in the past; both are right where the
/// collection leaves it open.
fn recognizers_truth(row: &Row) -> Option<(Truth, Zoned)> {
    if text(row, "kind") != Some("DateTime") {
        return None;
    }
    let first = row.get("expected")?.as_array()?.first()?;
    let value = first.get("value")?;
    let mut starts = Vec::new();
    let mut hours = Vec::new();
    let mut note = |text: &str| {
        if let Ok(moment) = text.replace(' ', "T").parse::<DateTime>() {
            starts.push(moment);
        } else if let Ok(date) = text.parse::<Date>() {
            starts.push(date.at(0, 0, 0, 0));
        } else if let Ok(time) = text.parse::<Time>() {
            hours.push(time);
        }
    };
    for side in ["FutureResolution", "PastResolution"] {
        let Some(resolution) = value.get(side) else { continue };
        for key in ["date", "dateTime", "time", "startDate", "startDateTime", "startTime"] {
            text(resolution, key).into_iter().for_each(&mut note);
        }
    }
    for value in value.get("values").and_then(Value::as_array).into_iter().flatten() {
        for key in ["value", "start", "end"] {
            // The end only of what has no start.
            if key != "end" || value.get("start").is_none() {
                text(value, key).into_iter().for_each(&mut note);
            }
        }
    }
    starts.retain(|start| start.year() > 1);
    let truth = if starts.is_empty() { Truth::Hours(hours) } else { Truth::Starts(starts) };
    let empty = matches!(&truth, Truth::Hours(hours) if hours.is_empty());
    let now = reference(row).or_else(|| DAY_BEGINS.parse().ok())?;
    (!empty).then_some((truth, now))
}

fn recognizers_length(row: &Row) -> Option<(Truth, Zoned)> {
    let first = row.get("expected")?.as_array()?.first()?;
    let seconds = text(first.get("value")?.get("FutureResolution")?, "duration")?;
    let now = reference(row).or_else(|| DAY_BEGINS.parse().ok())?;
    Some((Truth::Seconds(seconds.parse().ok()?), now))
}

/// Noon stands for a day without an hour.
fn chrono_truth(row: &Row) -> Option<(Truth, Zoned)> {
    let first = row.get("results")?.as_array()?.first()?.get("start")?;
    let mut start: DateTime = text(first, "value")?.parse().ok()?;
    let now = reference(row)?;
    let certain = first.get("certain")?;
    if certain.get("hour").is_none() {
        let date = start.date();
        if certain.get("day").is_none() && certain.get("weekday").is_none() {
            if certain.get("month").is_some() {
                return Some((Truth::Months(date.first_of_month(), 1), now));
            }
            if certain.get("year").is_some() {
                return Some((Truth::Months(date.first_of_year(), 12), now));
            }
        }
        start = date.at(0, 0, 0, 0);
    }
    Some((Truth::Starts(vec![start]), now))
}

fn pydates_truth(row: &Row) -> Option<(Truth, Zoned)> {
    if text(row, "kind") != Some("extract_datetime") {
        return None;
    }
    let start = row.get("expected")?.as_array()?.first()?.as_str()?;
    let start: DateTime = start.get(..19)?.parse().ok()?;
    Some((Truth::Starts(vec![start]), reference(row)?))
}

/// When the sentence was said: with its own offset, or in universal time.
fn reference(row: &Row) -> Option<Zoned> {
    let said = text(row, "ref")?;
    if let Ok(moment) = said.parse::<Timestamp>() {
        let offset = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%:z", said).ok();
        let offset = offset.and_then(|parsed| parsed.offset());
        return Some(moment.to_zoned(offset.map_or(TimeZone::UTC, TimeZone::fixed)));
    }
    said.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()
}

fn told(found: Option<&TimeFound>) -> String {
    let Some(found) = found else { return "nothing".to_owned() };
    let moment = |moment: &Option<Zoned>| {
        moment.as_ref().map_or("-".to_owned(), |moment| moment.datetime().to_string())
    };
    let mut line = format!("{} .. {}", moment(&found.start), moment(&found.end));
    line += &format!(" {}", found.grain.map_or("", Grain::name));
    if let Some(length) = found.duration {
        line += &format!(" {} s", length.as_secs());
    }
    if let Some(rule) = &found.rrule {
        line += &format!(" {rule}");
    }
    if !found.ambiguous.is_empty() {
        line += &format!(" (one of {})", found.ambiguous.len());
    }
    line
}

impl Display for Measured {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = if self.language == Language::Nl { "Dutch" } else { "English" };
        writeln!(
            out,
            "{title:<28} {:>6} {:>8} {:>8} {:>8} {:>8}",
            "n", "right", "asked", "wrong", "harm"
        )?;
        let mut moments = Tally::default();
        for (goal, tally) in &self.rows {
            line(out, goal.name, tally, goal.wanted)?;
            if goal.name.ends_with("moments") {
                moments.with(tally);
            }
        }
        let share = |part| percent(part, moments.count());
        writeln!(
            out,
            "  another day or half a day: {:.1} % of {} (goal: 1 %; with the week, month or year \
             around it: {:.1} %)",
            share(moments.harmful),
            moments.count(),
            share(moments.harmful + moments.around),
        )?;
        if self.show == Show::Misses {
            for (goal, tally) in &self.rows {
                tally
                    .misses
                    .iter()
                    .try_for_each(|miss| writeln!(out, "    {}: {miss}", goal.name))?;
            }
        }
        Ok(())
    }
}

impl Display for Pairs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(out, "Dutch = English, in pairs", &self.tally, Some(90.0))?;
        writeln!(
            out,
            "    in {} of these neither language speaks of a time we know",
            self.neither
        )?;
        if self.show == Show::Misses {
            self.tally.misses.iter().try_for_each(|miss| writeln!(out, "    pairs: {miss}"))?;
        }
        Ok(())
    }
}

fn line(
    out: &mut fmt::Formatter<'_>,
    name: &str,
    tally: &Tally,
    wanted: Option<f64>,
) -> fmt::Result {
    let count = tally.count();
    let share = |part: usize| format!("{:.1} %", percent(part, count));
    let wanted = wanted.map_or(String::new(), |wanted| format!("  (goal: {wanted:.0} %)"));
    writeln!(
        out,
        "  {name:<26} {count:>6} {:>8} {:>8} {:>8} {:>8}{wanted}",
        share(tally.right),
        share(tally.asked),
        share(tally.wrong),
        share(tally.harmful),
    )
}

fn percent(part: usize, of: usize) -> f64 {
    // Thousands of sentences at most.
    part as f64 / of.max(1) as f64 * 100.0
}
