//! CalDAV as far as a reader needs it (RFC 4791, 7.8): the question which events there are in a
//! time, and the answer. Pure text; an entity is never looked up, and nothing recurses.

use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::events::Event;

/// The question.
pub(super) fn query(from: Timestamp, until: Timestamp) -> String {
    let utc = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ");
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="{}" end="{}"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"#,
        utc(from),
        utc(until)
    )
}

/// Every calendar in the answer; `None`: it is no answer to that.
pub(super) fn calendars(answer: &str) -> Option<Vec<String>> {
    let mut reader = Reader::from_str(answer);
    let mut calendars = Vec::new();
    let mut open: Option<String> = None;
    let (mut begun, mut ended) = (false, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "multistatus" => begun = true,
                "calendar-data" => open = Some(String::new()),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "multistatus" => ended = true,
                "calendar-data" => calendars.extend(open.take()),
                _ => {}
            },
            Event::Text(text) => {
                if let Some(open) = &mut open {
                    open.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let Some(open) = &mut open {
                    open.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                let letter = match name.resolve_char_ref().ok()? {
                    Some(letter) => Some(letter),
                    None => predefined(&name),
                };
                if let Some(open) = &mut open {
                    // One that the answer defines itself is nobody's name.
                    open.push(letter.unwrap_or('?'));
                }
            }
            Event::Eof => break,
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
    (begun && ended).then_some(calendars)
}

fn predefined(name: &str) -> Option<char> {
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')]
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_read_whatever_its_names_are() {
        let answer = r#"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a "aaaa">]>
            <multistatus xmlns="DAV:" xmlns:CR="urn:ietf:params:xml:ns:caldav">
            <response><href>/a</href><propstat><prop><CR:calendar-data>BEGIN:VCALENDAR&#13;
SUMMARY:Jan &amp; Riet &lt;3&a;</CR:calendar-data></prop></propstat></response>
            <response><propstat><prop><CR:calendar-data><![CDATA[<b>]]></CR:calendar-data></prop></propstat></response>
            <response><href>/gone</href><status>HTTP/1.1 404 Not Found</status></response>
            </multistatus>"#;
        let read = calendars(answer).expect("an answer");
        assert_eq!(read, ["BEGIN:VCALENDAR\r\nSUMMARY:Jan & Riet <3?", "<b>"]);
        for wrong in ["", "<html>hello</html>", "<multistatus>", "<multistatus><a></multistatus>"] {
            assert_eq!(calendars(wrong), None, "{wrong}");
        }
        assert_eq!(calendars("<D:multistatus xmlns:D='DAV:'></D:multistatus>"), Some(Vec::new()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_answer_is_survived(parts in proptest::collection::vec("(<multistatus>|</multistatus>|<calendar-data>|</calendar-data>|&amp;|&#[0-9]{1,9};|&[a-z]{1,3};|<!\\[CDATA\\[|\\]\\]>|.{0,8})", 0..30)) {
            calendars(&parts.concat());
        }
    }
}
