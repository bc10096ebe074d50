//! The words of the pages, Dutch and English side by side. What the companion says or writes
//! to people has its words in `skills/`; here are only headings, buttons and the ledger's lines
//! (in [`facts`]). A test finds a word that is missing in one language.

pub(super) mod facts;

use std::time::Duration;

use jiff::civil::{Date, Time};
use omzien_core::Language;
use omzien_core::incident::{Closing, Delivery, Finding};
use omzien_drivers::simulated::Impossible;
use omzien_drivers::simulated::house::Posture;

words! { pub(super) struct Words;
    tag: "nl", "en";
    // Every page.
    to_main: "Naar de inhoud", "Skip to content";
    home: "Thuis", "Home";
    house: "Proefhuis", "Test house";
    footer_what: "Omzien is een hulpmiddel thuis. Het is een apparaat: het ziet niet alles en \
        beoordeelt niets.",
        "Omzien is an aid at home. It is a device: it does not see everything and judges nothing.";
    footer_danger: "Levensgevaar? Bel zelf", "Danger to life? Call";
    footer_danger_after: "Dit apparaat belt 112 niet.", "yourself. This device does not call 112.";
    stamp: "Zo was het om", "As it was at";
    refresh: "Ververs", "Refresh";
    cut: "Geen verbinding met het apparaat. Wat hier staat, kan oud zijn.",
        "No connection to the device. What is shown here may be old.";
    // The resident's side.
    cannot: "Wat ik nu niet kan", "What I cannot do now";
    asks: "vraagt", "asks";
    help_needed: "Heeft u hulp nodig?", "Do you need help?";
    yes: "Ja", "Yes";
    no: "Nee", "No";
    help: "Hulp", "Help";
    taken: "Ingenomen", "Taken";
    later: "Straks", "Later";
    skip: "Niet", "Not now";
    last_said: "Het laatst gezegd", "Said last";
    microphone_off: "De microfoon is uit. De knop werkt.",
        "The microphone is off. The button works.";
    circle: "Kring", "Circle";
    circle_about: "Wie de bewoner koos, en wat zij of hij mag weten.",
        "Whom the resident chose, and what they may know.";
    circle_nobody: "Er staat nog niemand in de kring. Niemand wordt gewaarschuwd.",
        "There is nobody in the circle yet. Nobody is alerted.";
    grant_alarms: "meldingen", "alarms";
    grant_good_news: "goed nieuws", "good news";
    grant_ledger: "logboek", "ledger";
    grant_none: "niets", "nothing";
    ledger: "Logboek", "Ledger";
    ledger_about: "Wat het huis deed, zei en aan anderen vertelde.",
        "What the house did, said and told others.";
    ledger_empty: "Er is nog niets gebeurd.", "Nothing has happened yet.";
    earlier: "Eerder", "Earlier";
    // The circle's side.
    shares: "Hier staat wat de bewoner met u deelt. Nu is dat niets.",
        "Here stands what the resident shares with you. Now that is nothing.";
    since: "Sinds", "Since";
    who_knows: "Wie het weet", "Who knows";
    who_knows_nobody: "Er is nog niemand gewaarschuwd.", "Nobody was alerted yet.";
    your_answer: "Uw antwoord", "Your answer";
    go_at: "Hoe laat? (mag leeg)", "What time? (optional)";
    done_about: "Eén tik sluit de melding af. Wat was het?",
        "One tap closes the alarm. What was it?";
    finding_helped: "Geholpen", "Helped";
    finding_false: "Vals alarm", "False alarm";
    finding_hospital: "Naar het ziekenhuis", "To hospital";
    finding_not_said: "Zeg ik liever niet", "Rather not say";
    news: "Berichten", "Messages";
    news_empty: "Nog geen berichten.", "No messages yet.";
    past: "Eerdere meldingen", "Earlier alarms";
    own_words: "Wat u kreeg en zei", "What you got and said";
    look_noted: "De bewoner kan vragen wie er keek.", "The resident can ask who looked.";
    // The simulated house.
    house_about: "Een nagebootst huis om mee te oefenen. Wat u hier doet, merkt het apparaat \
        zoals van echte sensoren.",
        "A simulated house to practise with. What you do here reaches the device as if from real \
        sensors.";
    is_out: "is de deur uit", "is out";
    say: "Zeg", "Say";
    say_label: "Zeg iets", "Say something";
    say_example: "hoe laat is het?", "what time is it?";
    get_up: "Staat op", "Gets up";
    lie_down: "Gaat liggen", "Lies down";
    sleep: "Valt in slaap", "Falls asleep";
    stir: "Beweegt", "Stirs";
    fall: "Valt", "Falls";
    leave: "Gaat de deur uit", "Goes out";
    come_home: "Komt thuis", "Comes home";
    visitor_enters: "Er komt bezoek", "A visitor comes";
    visitor_leaves: "Bezoek gaat weg", "The visitor leaves";
    rooms: "Ruimtes", "Rooms";
    walk_here: "Loop hierheen", "Walk here";
    is_here: "bewoner", "resident";
    visitor_here: "bezoek", "visitor";
    open: "open", "open";
    closed: "dicht", "closed";
    locked: "op slot", "locked";
    unlocked: "van het slot", "unlocked";
    to_open: "Open", "Open";
    to_close: "Sluit", "Close";
    motion: "beweging", "motion";
    no_motion: "rust", "still";
    on: "aan", "on";
    off: "uit", "off";
    rising: "gaat langzaam aan", "slowly coming on";
    press: "Druk", "Press";
    hold: "Houd vast", "Hold";
    siren_sounds: "loeit", "sounds";
    silent_device: "zegt niets meer", "says nothing any more";
    phones: "Telefoons van de kring", "Telephones of the circle";
    phone_empty: "Geen berichten.", "No messages.";
    // What became of an act.
    done_told: "Gedaan.", "Done.";
    sent_told: "Gegeven.", "Given.";
    said_told: "Gezegd.", "Said.";
    deaf_told: "De microfoon is uit: dit wordt niet gehoord.",
        "The microphone is off: this is not heard.";
    // Mistakes.
    not_found: "Deze pagina is er niet", "This page does not exist";
    not_found_do: "Ga naar het begin, of vraag de bewoner om het goede adres.",
        "Go to the start, or ask the resident for the right address.";
    refused: "Dit verzoek komt van een andere site", "This request comes from another site";
    refused_do: "Open de pagina zelf, via het adres van het apparaat, en probeer het opnieuw.",
        "Open the page yourself, by the device's own address, and try again.";
    bad: "Dit verzoek is niet te begrijpen", "This request cannot be understood";
    bad_do: "Ga terug, ververs de pagina en probeer het opnieuw.",
        "Go back, refresh the page and try again.";
    late: "Het apparaat antwoordt niet op tijd", "The device does not answer in time";
    late_do: "Probeer het zo nog eens. Reken er niet op dat uw antwoord is aangekomen.",
        "Try again in a moment. Do not count on your answer having arrived.";
}

impl Words {
    /// The one of the two that is in this language.
    pub(super) fn pick<'a>(&self, nl: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Nl => nl,
            Language::En => en,
        }
    }

    /// "zaterdag 22 november".
    pub(super) fn date(&self, date: Date) -> String {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let month = usize::from((date.month() - 1).unsigned_abs());
        // jiff's weekdays are 0 to 6 and its months 1 to 12, as these tables are long.
        let (day, month) = match self.language {
            Language::Nl => (WEEKDAYS[weekday].0, MONTHS[month].0),
            Language::En => (WEEKDAYS[weekday].1, MONTHS[month].1),
        };
        format!("{day} {} {month}", date.day())
    }

    /// "20 minuten"; rounded down, for a person.
    pub(super) fn duration(&self, length: Duration) -> String {
        let minutes = length.as_secs() / 60;
        let (count, one, many) = match minutes {
            0 => {
                (length.as_secs(), self.pick("seconde", "second"), self.pick("seconden", "seconds"))
            }
            1..120 => (minutes, self.pick("minuut", "minute"), self.pick("minuten", "minutes")),
            _ => (minutes / 60, self.pick("uur", "hour"), self.pick("uur", "hours")),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }

    pub(super) fn delivery(&self, delivery: Delivery) -> &'static str {
        match delivery {
            Delivery::Sending => self.pick("wordt verstuurd", "being sent"),
            Delivery::Failed => self.pick("niet bereikt", "not reached"),
            Delivery::Sent => self.pick("verstuurd, aankomst onbekend", "sent, arrival unknown"),
            Delivery::Delivered => self.pick("op het toestel aangekomen", "reached the telephone"),
        }
    }

    /// How an alarm ended.
    pub(super) fn closing(&self, closing: &Closing, by: &str) -> String {
        match closing {
            Closing::Resident => self
                .pick("De bewoner zei: geen hulp nodig.", "The resident said: no help needed.")
                .to_owned(),
            Closing::Moved => self
                .pick(
                    "Er was beweging, voordat iemand was gewaarschuwd.",
                    "There was movement, before anyone was alerted.",
                )
                .to_owned(),
            Closing::InPerson => {
                self.pick("Bij het apparaat afgesloten.", "Closed at the device.").to_owned()
            }
            Closing::Contact { by: _, finding } => format!("{by}: {}.", self.finding(*finding)),
            Closing::Alive => self.pick("Het werkt weer.", "It works again.").to_owned(),
        }
    }

    pub(super) fn finding(&self, finding: Finding) -> &'static str {
        match finding {
            Finding::Helped => self.pick("geholpen", "helped"),
            Finding::FalseAlarm => self.pick("vals alarm", "a false alarm"),
            Finding::ToHospital => self.pick("naar het ziekenhuis", "to hospital"),
            Finding::NotSaid => self.pick("afgesloten", "closed"),
        }
    }

    pub(super) fn posture(&self, posture: Posture) -> &'static str {
        match posture {
            Posture::Up => self.pick("is op", "is up"),
            Posture::Lying => self.pick("ligt", "lies down"),
            Posture::Asleep => self.pick("slaapt", "sleeps"),
            Posture::Fallen => self.pick("ligt op de grond", "lies on the floor"),
        }
    }

    /// Why an act of the simulated house cannot be.
    pub(super) fn impossible(&self, why: Impossible) -> &'static str {
        match why {
            Impossible::UnknownRoom | Impossible::NoRooms => {
                self.pick("Die ruimte is er niet.", "There is no such room.")
            }
            Impossible::UnknownDevice | Impossible::NotThatDevice => {
                self.pick("Dit apparaat kan dat niet.", "This device cannot do that.")
            }
            Impossible::Out => self.pick(
                "De bewoner is de deur uit. Laat haar eerst thuiskomen.",
                "The resident is out. Let them come home first.",
            ),
            Impossible::AtHome => {
                self.pick("De bewoner is al thuis.", "The resident is at home already.")
            }
            Impossible::OnTheFloor => self.pick(
                "De bewoner ligt op de grond. Help eerst overeind.",
                "The resident lies on the floor. Help them up first.",
            ),
            Impossible::HasVisitor => {
                self.pick("Er is al bezoek.", "Somebody is visiting already.")
            }
            Impossible::NoVisitor => self.pick("Er is geen bezoek.", "Nobody is visiting."),
            Impossible::Busy => self.pick(
                "Te veel tegelijk. Probeer het zo nog eens.",
                "Too much at once. Try again in a moment.",
            ),
        }
    }
}

/// "14:03": the same in both languages, and what a kitchen clock shows.
pub(super) fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("maandag", "Monday"),
    ("dinsdag", "Tuesday"),
    ("woensdag", "Wednesday"),
    ("donderdag", "Thursday"),
    ("vrijdag", "Friday"),
    ("zaterdag", "Saturday"),
    ("zondag", "Sunday"),
];

const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Words that stand for a person in a way the project does not use.
    const NOT_OUR_WORDS: [&str; 5] = ["patiënt", "patient", "gebruiker", "user", "cliënt"];

    #[test]
    fn every_word_is_there_in_both_languages_and_none_is_clinical() {
        for (name, nl, en) in ROWS {
            assert!(!nl.trim().is_empty() && !en.trim().is_empty(), "{name} has no words");
            for word in NOT_OUR_WORDS {
                let found = [nl, en].iter().any(|text| text.to_lowercase().contains(word));
                assert!(!found, "{name} says {word:?}");
            }
        }
    }

    #[test]
    fn days_and_durations_read_as_people_say_them() {
        let (nl, en) = (Words::of(Language::Nl), Words::of(Language::En));
        assert_eq!(nl.date(date(2026, 11, 22)), "zondag 22 november");
        assert_eq!(en.date(date(2027, 1, 1)), "Friday 1 January");
        assert_eq!(nl.duration(Duration::from_secs(20 * 60 + 30)), "20 minuten");
        assert_eq!(en.duration(Duration::from_secs(1)), "1 second");
        assert_eq!(nl.duration(Duration::from_secs(5 * 3600)), "5 uur");
    }
}
