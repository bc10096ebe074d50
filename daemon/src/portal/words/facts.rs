//! The ledger's lines as sentences: one for every [`Fact`], in both languages. It says what is
//! known and no more: sent is not received, received is not read.

use omzien_core::device::{Bolt, Command, Move, Power, Step};
use omzien_core::event::{Absence, TroubleState};
use omzien_core::incident::{Answer, Cause, Closing};
use omzien_core::ledger::{DoseAnswer, Fact, LedgerEntry};
use omzien_core::names::ReminderId;
use omzien_core::plan::Channel;
use omzien_core::request::Actor;
use omzien_core::time::Gap;
use omzien_core::view::trouble_line;
use omzien_core::{ContactId, DeviceId, Listening, Reply};

use super::{Words, clock};
use crate::shell::published::Published;
use crate::words::fill;

/// What a line is about: how a page marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::portal) enum Kind {
    /// Said aloud, or heard.
    Spoken,
    /// An alarm and what follows it.
    Alarm,
    /// To and from people of the circle.
    Circle,
    /// Lights, reminders, the day.
    House,
    /// Our own technique.
    Technique,
}

impl Kind {
    pub(in crate::portal) fn class(self) -> &'static str {
        match self {
            Self::Spoken => "spoken",
            Self::Alarm => "alarm",
            Self::Circle => "circle",
            Self::House => "house",
            Self::Technique => "technique",
        }
    }
}

/// Puts facts of one home into words of one language.
pub(in crate::portal) struct Teller<'a> {
    pub(in crate::portal) published: &'a Published,
    pub(in crate::portal) words: &'static Words,
}

impl Teller<'_> {
    /// The sentence of a line, and what it is about.
    pub(in crate::portal) fn tell(&self, entry: &LedgerEntry) -> (Kind, String) {
        let text = match &entry.fact {
            Fact::Started { away } => self.started(*away),
            Fact::PlanTaken => self
                .pick("De afspraken van dit huis zijn gelezen.", "The home's agreements were read.")
                .to_owned(),
            Fact::Opened { cause } => self.opened(cause),
            Fact::Say { reply, effect: _ } => {
                let said = self.reply(reply);
                self.fill("(Nog) niet hardop gezegd: “{}”", "Not (yet) said aloud: “{}”", &[&said])
            }
            Fact::Spoken { text, effect: _ } => self.fill("Zei: “{}”", "Said: “{}”", &[text]),
            Fact::Answered { answer } => self.answered(*answer).to_owned(),
            Fact::Notified { contact, channel, body, effect: _ } => {
                let body: Vec<String> = body.iter().map(|line| self.reply(line)).collect();
                let (contact, channel) = (self.contact(contact), self.channel(*channel));
                let body = body.join(" ");
                let (nl, en) = ("Bericht aan {} ({}): “{}”", "Message to {} ({}): “{}”");
                self.fill(nl, en, &[&contact, channel, &body])
            }
            Fact::Accepted { contact, effect: _ } => self.fill(
                "Het bericht aan {} is verstuurd. Of het aankwam, is nog niet bekend.",
                "The message to {} was sent. Whether it arrived is not known yet.",
                &[&self.contact(contact)],
            ),
            Fact::Delivered { contact, effect: _ } => self.fill(
                "Het bericht is op het toestel van {} aangekomen. Gelezen is het daarmee niet.",
                "The message reached the telephone of {}. That does not mean it was read.",
                &[&self.contact(contact)],
            ),
            Fact::NotSent { contact, channel, trouble, effect: _ } => self.fill(
                "Het bericht aan {} ({}) ging niet weg: {}.",
                "The message to {} ({}) did not leave: {}.",
                &[&self.contact(contact), self.channel(*channel), trouble],
            ),
            Fact::Acknowledged { contact, tap } => {
                let label = self.reply(&Reply::new(tap.label()));
                self.fill("{} zegt: “{}”", "{} says: “{}”", &[&self.contact(contact), &label])
            }
            Fact::NotCounted { contact, why } => {
                let (contact, why) = (self.contact(contact), self.reply(why));
                self.fill(
                    "Een antwoord van {} telde niet. {}",
                    "An answer from {} did not count. {}",
                    &[&contact, &why],
                )
            }
            Fact::HoldExpired { contact } => self.fill(
                "De tijd van {} is voorbij. De opvolging gaat verder.",
                "The time of {} is over. Others are reached again.",
                &[&self.contact(contact)],
            ),
            Fact::Closed { closing } => self.closed(closing),
            Fact::Switched { device, command } => self.switched(device, *command),
            Fact::Reminded { reminder } => {
                self.fill("Herinnerd aan {}.", "Reminded of {}.", &[&self.reminder(reminder)])
            }
            Fact::DoseAnswered { reminder, answer } => {
                let (nl, en) = dose_answer(*answer);
                self.fill(nl, en, &[&self.reminder(reminder)])
            }
            Fact::DoseMissed { reminder } => self.fill(
                "De tijd voor {} ging voorbij zonder antwoord.",
                "The time for {} passed without an answer.",
                &[&self.reminder(reminder)],
            ),
            Fact::Microphone { listening: Listening::On } => {
                self.pick("De microfoon is aan.", "The microphone is on.").to_owned()
            }
            Fact::Microphone { listening: Listening::Off } => {
                self.pick("De microfoon is uit.", "The microphone is off.").to_owned()
            }
            Fact::Troubled { trouble, state } => {
                let line = self.reply(&trouble_line(trouble));
                match state {
                    TroubleState::Began | TroubleState::Happened => line,
                    TroubleState::Over => self.fill("Voorbij: {}", "Over: {}", &[&line]),
                }
            }
            Fact::SoundProved => self
                .pick(
                    "De luidspreker en de microfoon werken: wat gezegd werd, was te horen.",
                    "Loudspeaker and microphone work: what was said was heard.",
                )
                .to_owned(),
            Fact::ClockJumped { by_s } => {
                let by = self.words.duration(std::time::Duration::from_secs(by_s.unsigned_abs()));
                if *by_s < 0 {
                    self.fill("De klok ging {} terug.", "The clock went back {}.", &[&by])
                } else {
                    self.fill("De klok ging {} vooruit.", "The clock went forward {}.", &[&by])
                }
            }
            Fact::LookedAt { by } => {
                self.fill("{} keek op de pagina.", "{} looked at the page.", &[&self.actor(by)])
            }
        };
        (kind(&entry.fact), begun(&text))
    }

    fn started(&self, away: Absence) -> String {
        match away {
            Absence::First => {
                self.pick("Het apparaat is hier begonnen.", "The device has begun here.").to_owned()
            }
            Absence::For(Gap::Known(length)) => self.fill(
                "Het apparaat is weer aan. Het was {} uit.",
                "The device is on again. It was off for {}.",
                &[&self.words.duration(length)],
            ),
            Absence::For(Gap::Unknown) => self
                .pick(
                    "Het apparaat is weer aan. Hoe lang het uit was, is niet bekend.",
                    "The device is on again. How long it was off is not known.",
                )
                .to_owned(),
        }
    }

    /// Why there is an incident, also as the title of an alarm that is past.
    pub(in crate::portal) fn opened(&self, cause: &Cause) -> String {
        match cause {
            Cause::Button { device } => {
                let device = self.device(device);
                self.fill("Melding: op de {} gedrukt.", "Alarm: the {} was pressed.", &[&device])
            }
            Cause::Cry => self
                .pick("Melding: er is om hulp geroepen.", "Alarm: somebody called for help.")
                .to_owned(),
            Cause::Fall { device } => self.fill(
                "Melding: misschien een val, volgens de {}.",
                "Alarm: perhaps a fall, as the {} believes.",
                &[&self.device(device)],
            ),
            Cause::CheckIn => self
                .pick(
                    "Melding: op de vraag hoe het ging was het antwoord: niet goed.",
                    "Alarm: asked how things were, the answer was: not well.",
                )
                .to_owned(),
            Cause::Inactivity { since } => {
                let plan = self.published.plan();
                let since = since.to_zoned(plan.zone.time_zone()).time();
                let (nl, en) =
                    ("Melding: niets gemerkt sinds {}.", "Alarm: nothing noticed since {}.");
                self.fill(nl, en, &[&clock(since)])
            }
            Cause::Technical(trouble) => self.reply(&trouble_line(trouble)),
            Cause::Blind { device } => self.fill(
                "Geen teken meer van de {}: daar merkt het apparaat niets.",
                "No sign any more of the {}: the device notices nothing there.",
                &[&self.device(device)],
            ),
        }
    }

    fn answered(&self, answer: Answer) -> &'static str {
        match answer {
            Answer::Yes => {
                self.pick("De bewoner antwoordt: hulp nodig.", "The resident answers: help needed.")
            }
            Answer::No => self.pick(
                "De bewoner antwoordt: geen hulp nodig.",
                "The resident answers: no help needed.",
            ),
            Answer::Unclear => self.pick(
                "Het antwoord van de bewoner was niet duidelijk.",
                "The resident's answer was not clear.",
            ),
        }
    }

    fn closed(&self, closing: &Closing) -> String {
        let by = match closing {
            Closing::Contact { by, finding: _ } => self.contact(by),
            Closing::Resident | Closing::Moved | Closing::InPerson | Closing::Alive => {
                String::new()
            }
        };
        let how = self.words.closing(closing, &by);
        self.fill("Afgesloten. {}", "Closed. {}", &[&how])
    }

    fn switched_power(&self, device: &str, power: Power) -> String {
        match power {
            Power::On => self.fill("De {} ging aan.", "The {} went on.", &[device]),
            Power::Off => self.fill("De {} ging uit.", "The {} went off.", &[device]),
        }
    }

    fn switched(&self, device: &DeviceId, command: Command) -> String {
        let device = self.device(device);
        match command {
            Command::Light(power) => self.switched_power(&device, power),
            Command::LightRise { over_s: _ } => {
                self.fill("De {} ging langzaam aan.", "The {} came on slowly.", &[&device])
            }
            Command::Brightness(percent) | Command::FanSpeed(percent) => {
                let percent = percent.get().to_string();
                self.fill("De {} ging op {} %.", "The {} went to {} %.", &[&device, &percent])
            }
            Command::BrightnessStep(Step::Up) => {
                self.fill("De {} werd feller.", "The {} got brighter.", &[&device])
            }
            Command::BrightnessStep(Step::Down) => {
                self.fill("De {} werd zachter.", "The {} got dimmer.", &[&device])
            }
            Command::Colour(_) => {
                self.fill("De {} kreeg een andere kleur.", "The {} got another colour.", &[&device])
            }
            Command::Switch(power) | Command::Fan(power) => self.switched_power(&device, power),
            Command::Cover(Move::Open) => self.fill("{}: naar open.", "{}: to open.", &[&device]),
            Command::Cover(Move::Close) => {
                self.fill("{}: naar dicht.", "{}: to closed.", &[&device])
            }
            Command::Cover(Move::Stop) => self.fill("{}: gestopt.", "{}: stopped.", &[&device]),
            Command::Cover(Move::To(percent)) => {
                let percent = percent.get().to_string();
                self.fill("{}: naar {} % open.", "{}: to {} % open.", &[&device, &percent])
            }
            Command::Lock(Bolt::Locked) => {
                self.fill("{}: naar op slot.", "{}: to locked.", &[&device])
            }
            Command::Lock(Bolt::Unlocked) => {
                self.fill("{}: naar van het slot.", "{}: to unlocked.", &[&device])
            }
            Command::Target(celsius) => {
                let degrees = format!("{:.1}", f64::from(celsius.in_tenths()) / 10.0);
                self.fill("{}: op {} graden.", "{}: to {} degrees.", &[&device, &degrees])
            }
            Command::Siren(Power::On) => self.fill("De {} loeide.", "The {} sounded.", &[&device]),
            Command::Siren(Power::Off) => {
                self.fill("De {} werd stil.", "The {} fell silent.", &[&device])
            }
        }
    }

    fn pick<'a>(&self, nl: &'a str, en: &'a str) -> &'a str {
        self.words.pick(nl, en)
    }

    /// The sentence of this language, each `{}` filled in with the next of `with`.
    fn fill(&self, nl: &str, en: &str, with: &[&str]) -> String {
        fill(self.pick(nl, en), with)
    }

    fn reply(&self, reply: &Reply) -> String {
        self.published.words(reply, self.words.language)
    }

    /// A person by the household's name; one who is no longer in the plan by the file's.
    pub(in crate::portal) fn contact(&self, id: &ContactId) -> String {
        let contact = self.published.plan().circle.get(id);
        contact.map_or_else(|| id.to_string(), |contact| contact.name.clone())
    }

    fn device(&self, id: &DeviceId) -> String {
        let device = self.published.plan().devices.get(id);
        device.map_or_else(|| id.to_string(), |device| device.name.clone())
    }

    fn reminder(&self, id: &ReminderId) -> String {
        let reminder = self.published.plan().reminders.get(id);
        let spoken = || self.pick("iets dat u vroeg", "something you asked for").to_owned();
        reminder.map_or_else(spoken, |reminder| reminder.what.clone())
    }

    fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::Resident => self.pick("De bewoner", "The resident").to_owned(),
            Actor::Contact(id) => self.contact(id),
            Actor::Installer => self.pick("De installateur", "The installer").to_owned(),
        }
    }

    fn channel(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Ntfy => self.pick("telefoon", "telephone"),
            Channel::Mail => self.pick("e-mail", "e-mail"),
            Channel::Simulated => self.pick("proefhuis", "test house"),
        }
    }
}

/// A sentence begins with a capital, whoever it begins with.
fn begun(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn dose_answer(answer: DoseAnswer) -> (&'static str, &'static str) {
    match answer {
        DoseAnswer::Taken => {
            ("Over {} zei de bewoner: ingenomen.", "About {} the resident said: taken.")
        }
        DoseAnswer::Later => {
            ("Over {} zei de bewoner: straks.", "About {} the resident said: later.")
        }
        DoseAnswer::Skipped => {
            ("Over {} zei de bewoner: niet.", "About {} the resident said: not now.")
        }
    }
}

fn kind(fact: &Fact) -> Kind {
    match fact {
        Fact::Say { .. } | Fact::Spoken { .. } | Fact::Answered { .. } => Kind::Spoken,
        Fact::Opened { cause } if cause.is_about_the_resident() => Kind::Alarm,
        Fact::Opened { .. } | Fact::Closed { closing: Closing::Alive } => Kind::Technique,
        Fact::Closed { .. } | Fact::HoldExpired { .. } => Kind::Alarm,
        Fact::Notified { .. }
        | Fact::Accepted { .. }
        | Fact::Delivered { .. }
        | Fact::NotSent { .. }
        | Fact::Acknowledged { .. }
        | Fact::NotCounted { .. }
        | Fact::LookedAt { .. } => Kind::Circle,
        Fact::Switched { .. }
        | Fact::Reminded { .. }
        | Fact::DoseAnswered { .. }
        | Fact::DoseMissed { .. }
        | Fact::PlanTaken => Kind::House,
        Fact::Started { .. }
        | Fact::Microphone { .. }
        | Fact::Troubled { .. }
        | Fact::SoundProved
        | Fact::ClockJumped { .. } => Kind::Technique,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use omzien_core::catalogue::key;
    use omzien_core::effect::{EffectId, Tap};
    use omzien_core::event::Trouble;
    use omzien_core::incident::Finding;
    use omzien_core::{Home, Language, Plan};
    use omzien_skills::Skills;

    use super::*;

    const EFFECT: EffectId = EffectId { epoch: 1, counter: 1 };

    /// One fact of each kind, in a row: a new kind does not compile until it has its place.
    fn after(fact: &Fact) -> Option<Fact> {
        let anna = || ContactId::new("anna");
        let pills = || ReminderId::new("pills");
        Some(match fact {
            Fact::Started { .. } => Fact::PlanTaken,
            Fact::PlanTaken => Fact::Opened { cause: Cause::Fall { device: "wristband".into() } },
            Fact::Opened { .. } => Fact::Say { effect: EFFECT, reply: Reply::new(key::FALL_ASK) },
            Fact::Say { .. } => Fact::Spoken { effect: EFFECT, text: "Dag.".to_owned() },
            Fact::Spoken { .. } => Fact::Answered { answer: Answer::Unclear },
            Fact::Answered { .. } => Fact::Notified {
                effect: EFFECT,
                contact: anna(),
                channel: Channel::Mail,
                body: vec![Reply::new(key::ALARM_LIMITS)],
            },
            Fact::Notified { .. } => Fact::Accepted { effect: EFFECT, contact: anna() },
            Fact::Accepted { .. } => Fact::Delivered { effect: EFFECT, contact: anna() },
            Fact::Delivered { .. } => Fact::NotSent {
                effect: EFFECT,
                contact: anna(),
                channel: Channel::Ntfy,
                trouble: "no route".to_owned(),
            },
            Fact::NotSent { .. } => Fact::Acknowledged { contact: anna(), tap: Tap::Go },
            Fact::Acknowledged { .. } => {
                Fact::NotCounted { contact: anna(), why: Reply::new(key::ACK_UNKNOWN) }
            }
            Fact::NotCounted { .. } => Fact::HoldExpired { contact: anna() },
            Fact::HoldExpired { .. } => {
                Fact::Closed { closing: Closing::Contact { by: anna(), finding: Finding::Helped } }
            }
            Fact::Closed { .. } => Fact::Switched {
                device: "hall_light".into(),
                command: Command::LightRise { over_s: 30 },
            },
            Fact::Switched { .. } => Fact::Reminded { reminder: pills() },
            Fact::Reminded { .. } => {
                Fact::DoseAnswered { reminder: pills(), answer: DoseAnswer::Taken }
            }
            Fact::DoseAnswered { .. } => Fact::DoseMissed { reminder: pills() },
            Fact::DoseMissed { .. } => Fact::Microphone { listening: Listening::Off },
            Fact::Microphone { .. } => {
                Fact::Troubled { trouble: Trouble::Deaf, state: TroubleState::Over }
            }
            Fact::Troubled { .. } => Fact::SoundProved,
            Fact::SoundProved => Fact::ClockJumped { by_s: -3600 },
            Fact::ClockJumped { .. } => {
                Fact::LookedAt { by: Actor::Contact(ContactId::new("anna")) }
            }
            Fact::LookedAt { .. } => return None,
        })
    }

    fn tell(fact: Fact, language: Language) -> String {
        let published = Published::new(Home::new(), Arc::new(Plan::empty()), Skills::built_in());
        let teller = Teller { published: &published, words: Words::of(language) };
        let wall = Timestamp::UNIX_EPOCH;
        teller.tell(&LedgerEntry { number: 1, wall, incident: None, fact }).1
    }

    #[test]
    fn every_fact_is_a_whole_sentence_in_both_languages() {
        let mut fact = Fact::Started { away: Absence::First };
        let mut told = 0;
        loop {
            let (nl, en) = (tell(fact.clone(), Language::Nl), tell(fact.clone(), Language::En));
            for text in [&nl, &en] {
                assert!(!text.contains("{}"), "{text} has a gap");
                assert!(text.ends_with(['.', '”']), "{text} does not end");
                let first = text.chars().find(|letter| letter.is_alphabetic()).unwrap();
                assert!(first.is_uppercase(), "{text} starts small");
            }
            if !matches!(fact, Fact::Spoken { .. }) {
                assert_ne!(nl, en, "said alike in both languages");
            }
            told += 1;
            match after(&fact) {
                Some(next) => fact = next,
                None => break,
            }
        }
        assert_eq!(told, 23);
    }

    #[test]
    fn sent_is_not_told_as_received_nor_received_as_read() {
        let contact = || ContactId::new("anna");
        let sent = tell(Fact::Accepted { effect: EFFECT, contact: contact() }, Language::En);
        assert!(sent.contains("not known"), "{sent}");
        let reached = tell(Fact::Delivered { effect: EFFECT, contact: contact() }, Language::En);
        assert!(reached.contains("does not mean it was read"), "{reached}");
    }
}
