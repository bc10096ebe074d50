//! The events of a calendar as they are written: a text → each VEVENT with what matters of it. What
//! cannot be read is left out and counted; nothing is worked out here.

use jiff::tz::TimeZone;

use super::lines::{Line, lines, text};
use super::moment::{Length, Moment};

/// Letters of a title or a place.
const LETTERS_MAX: usize = 100;
/// Bytes of what names an event; longer ones are cut, and no two of one file are alike so far.
const NAME_BYTES_MAX: usize = 256;
/// Events of one calendar that are read; whoever has more keeps an archive.
pub(super) const EVENTS_MAX: usize = 20_000;
/// Exceptions and additions of one event.
const MOMENTS_MAX: usize = 2_000;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    /// The same in every version and exception of it.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) place: Option<String>,
    pub(super) start: Moment,
    pub(super) length: Length,
    /// RFC 5545, 3.3.10, as written.
    pub(super) rule: Option<String>,
    pub(super) more: Vec<Moment>,
    pub(super) except: Vec<Moment>,
    /// It stands in place of the occurrence of that moment.
    pub(super) instead_of: Option<Moment>,
    pub(super) is_cancelled: bool,
}

/// What was read of one text.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) events: Vec<Event>,
    /// Events that could not be read.
    pub(super) broken: usize,
}

/// It is no calendar, or not a whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoCalendar;

/// What stands in a VEVENT, before it is one.
#[derive(Default)]
struct Draft {
    name: String,
    title: String,
    place: String,
    start: Option<Moment>,
    end: Option<Moment>,
    length: Option<Length>,
    rule: Option<String>,
    more: Vec<Moment>,
    except: Vec<Moment>,
    instead_of: Option<Moment>,
    is_cancelled: bool,
}

/// Adds the events of a text to those that were read. Of a text that ends in the middle nothing
/// counts: half a week would look like a free one.
pub(super) fn read(source: &str, home: &TimeZone, into: &mut Read) -> Result<(), NoCalendar> {
    let mut found = Read::default();
    let (mut begun, mut ended) = (false, false);
    let mut draft: Option<Draft> = None;
    // What is inside of an event, such as its alarm, has properties of its own.
    let mut inside = 0_u32;
    for line in lines(source.trim_start_matches('\u{feff}')) {
        match (line.name.as_str(), line.value.trim().to_ascii_uppercase().as_str()) {
            ("BEGIN", "VCALENDAR") => begun = true,
            ("END", "VCALENDAR") => ended = true,
            ("BEGIN", "VEVENT") => (draft, inside) = (Some(Draft::default()), 0),
            ("END", "VEVENT") => {
                let room = into.events.len() + found.events.len() < EVENTS_MAX;
                match draft.take().and_then(|draft| draft.event(home)).filter(|_| room) {
                    Some(event) => found.events.push(event),
                    None => found.broken += 1,
                }
            }
            ("BEGIN", _) => inside = inside.saturating_add(1),
            ("END", _) => inside = inside.saturating_sub(1),
            _ => {
                if let Some(draft) = draft.as_mut().filter(|_| inside == 0) {
                    draft.take(&line, home);
                }
            }
        }
    }
    if !begun || !ended || draft.is_some() {
        return Err(NoCalendar);
    }
    into.events.append(&mut found.events);
    into.broken += found.broken;
    Ok(())
}

impl Draft {
    fn take(&mut self, line: &Line, home: &TimeZone) {
        let moments = |known: usize| {
            let left = MOMENTS_MAX.saturating_sub(known);
            Moment::read_all(line, home).into_iter().flatten().take(left).collect::<Vec<_>>()
        };
        match line.name.as_str() {
            "UID" => self.name = text(&line.value, NAME_BYTES_MAX),
            "SUMMARY" => self.title = text(&line.value, LETTERS_MAX),
            "LOCATION" => self.place = text(&line.value, LETTERS_MAX),
            "DTSTART" => self.start = Moment::read(line, home),
            "DTEND" => self.end = Moment::read(line, home),
            "DURATION" => self.length = Length::read(&line.value),
            "RRULE" => self.rule = Some(line.value.clone()),
            "RDATE" => self.more.append(&mut moments(self.more.len())),
            "EXDATE" => self.except.append(&mut moments(self.except.len())),
            "RECURRENCE-ID" => self.instead_of = Moment::read(line, home),
            "STATUS" => self.is_cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }

    /// `None` without a beginning, or with an end before it.
    fn event(self, home: &TimeZone) -> Option<Event> {
        let start = self.start.or_else(|| self.instead_of.clone())?;
        let length = match (&self.end, self.length, &start) {
            (Some(end), _, _) => start.until(end, home)?,
            (None, Some(length), _) => length,
            (None, None, Moment::Day(_)) => Length::DAY,
            (None, None, Moment::At { .. }) => Length::default(),
        };
        Some(Event {
            name: self.name,
            title: self.title,
            place: Some(self.place).filter(|place| !place.is_empty()),
            start,
            length,
            rule: self.rule,
            more: self.more,
            except: self.except,
            instead_of: self.instead_of,
            is_cancelled: self.is_cancelled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn home() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").expect("a zone")
    }

    fn calendar(events: &str) -> String {
        format!("\u{feff}BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
    }

    #[test]
    fn an_event_is_read_and_its_alarm_is_not() {
        let source = calendar(
            "BEGIN:VEVENT\nUID:1@example.org\nSUMMARY:Kapper\\, kort\nLOCATION:\nDTSTART:20261124T100000\n\
             BEGIN:VALARM\nTRIGGER:-PT15M\nSUMMARY:Herinnering\nDURATION:PT9H\nEND:VALARM\nDURATION:PT30M\nEND:VEVENT\n\
             BEGIN:VJOURNAL\nUID:2\nSUMMARY:niet dit\nEND:VJOURNAL\n\
             BEGIN:VEVENT\nSUMMARY:zonder begin\nEND:VEVENT\n",
        );
        let mut found = Read::default();
        read(&source, &home(), &mut found).expect("a calendar");
        assert_eq!((found.events.len(), found.broken), (1, 1));
        let event = &found.events[0];
        assert_eq!((event.title.as_str(), event.place.as_deref()), ("Kapper, kort", None));
        assert_eq!(Some(event.length), Length::read("PT30M"));
    }

    #[test]
    fn what_is_no_whole_calendar_is_refused_whole() {
        let event = "BEGIN:VEVENT\nDTSTART:20261124T100000\nEND:VEVENT\n";
        let whole = calendar(event);
        for source in
            ["", "<html>Log in</html>", "BEGIN:VCALENDAR\n", &whole[..whole.len() - 16], event]
        {
            let mut found = Read::default();
            assert_eq!(read(source, &home(), &mut found), Err(NoCalendar), "{source}");
            assert!(found.events.is_empty());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_calendar_is_survived(lines in proptest::collection::vec(
            "(BEGIN|END|SUMMARY|DTSTART|DTEND|RRULE|EXDATE|UID|DURATION)(;VALUE=DATE|;TZID=Europe/London)?:(VEVENT|VALARM|20261124(T100000Z?)?|P1D|.{0,12})",
            0..40,
        )) {
            let mut found = Read::default();
            let _ = read(&calendar(&(lines.join("\n") + "\n")), &home(), &mut found);
        }
    }
}
