//! For the tests of the core: one afternoon of a home, from event to event. Drivers do nothing
//! here but succeed, or have no voice; whole days, failures and power cuts are the simulator's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::catalogue::key;
use crate::effect::{Notification, PendingEffect};
use crate::event::{Absence, Event, Heard, Start};
use crate::ledger::Fact;
use crate::names::RequestId;
use crate::plan::{
    Channel, Contact, EscalationPlan, Grant, Grants, Hours, Plan, Pronoun, Resident, Step,
};
use crate::request::{Actor, Ask, Request, Response};
use crate::time::{BootId, Now, WallTrust, Zone};
use crate::{Again, Effect, Home, Intent, Language, Outcome, Reply, Stage, Trouble, TroubleState};

const BOOTED: Timestamp = Timestamp::constant(1_795_000_000, 0);

/// Real clocks show parts of a millisecond, and so does this one.
pub(crate) struct Afternoon {
    pub(crate) home: Home,
    /// Every sentence fails, as on a card that stands still.
    pub(crate) is_mute: bool,
    /// No device does what it is told.
    pub(crate) is_unplugged: bool,
    pub(crate) wall_trusted: WallTrust,
    boot: u64,
    booted: Timestamp,
    since_boot: Duration,
    said: Vec<Reply>,
    sent: Vec<Notification>,
    responded: Vec<Reply>,
    effects: Vec<Effect>,
}

impl Afternoon {
    pub(crate) fn begin(plan: Plan) -> Self {
        let since_boot = Duration::from_micros(60_000_700);
        let mut afternoon = Self {
            home: Home::new(),
            is_mute: false,
            is_unplugged: false,
            wall_trusted: WallTrust::Trusted,
            boot: 1,
            booted: BOOTED,
            since_boot,
            said: Vec::new(),
            sent: Vec::new(),
            responded: Vec::new(),
            effects: Vec::new(),
        };
        afternoon.happens(&Event::Configured(Arc::new(plan)));
        afternoon.happens(&Event::Started(Start { epoch: 1, away: Absence::First }));
        afternoon
    }

    pub(crate) fn happens(&mut self, event: &Event) {
        let now = self.now();
        self.home.handle_event(event, &now);
        while let Some(pending) = self.home.poll_effect() {
            let outcome = self.performed(&pending);
            self.home.handle_event(&Event::Concluded { effect: pending.id, outcome }, &now);
        }
    }

    fn now(&self) -> Now {
        Now {
            boot_id: BootId(self.boot),
            since_boot_ms: u64::try_from(self.since_boot.as_millis()).unwrap_or(u64::MAX),
            wall: self.booted + self.since_boot,
            zone: Zone::utc(),
            wall_trusted: self.wall_trusted,
        }
    }

    fn performed(&mut self, pending: &PendingEffect) -> Outcome {
        self.effects.push(pending.effect.clone());
        match &pending.effect {
            Effect::Say { .. } if self.is_mute => {
                let trouble = "the loudspeaker went away".to_owned();
                Outcome::Failed { trouble, again: Again::Later }
            }
            Effect::Say { reply, .. } => {
                self.said.push(reply.clone());
                Outcome::Spoken { text: reply.key.clone().into_owned() }
            }
            Effect::Notify(message) => {
                self.sent.push(message.as_ref().clone());
                Outcome::Accepted
            }
            Effect::Respond { response, .. } => {
                let (Response::Accepted(reply) | Response::Refused(reply)) = &**response;
                self.responded.push(reply.clone());
                Outcome::Done
            }
            Effect::Command { .. } if self.is_unplugged => {
                let trouble = "the device did not answer".to_owned();
                Outcome::Failed { trouble, again: Again::Later }
            }
            Effect::Command { .. } | Effect::Listen(_) => Outcome::Done,
        }
    }

    /// The resident says it, in answer to the question that stands, if one does.
    pub(crate) fn hears(&mut self, intent: Intent) {
        let expectation = self.home.expectation();
        self.happens(&Event::Heard(Heard { intent, room: None, expectation }));
    }

    /// Lives from deadline to deadline, as the loop does; each takes it a moment.
    pub(crate) fn passes(&mut self, length: Duration) {
        let end = self.since_boot + length;
        while let Some(due) = self.home.poll_timeout().filter(|due| *due <= end) {
            self.since_boot = self.since_boot.max(due);
            self.happens(&Event::TimedOut);
            self.since_boot += Duration::from_micros(10);
        }
        self.since_boot = end;
    }

    /// Time in which nothing is handled: the machine stands still.
    pub(crate) fn sleeps(&mut self, length: Duration) {
        self.since_boot += length;
    }

    /// The plug is pulled for so long; what is on the disk is all that is left.
    pub(crate) fn is_off(&mut self, length: Duration) {
        let kept = serde_json::to_string(&self.home.snapshot()).expect("a snapshot");
        self.home = Home::restore(serde_json::from_str(&kept).expect("a snapshot"));
        self.booted = self.booted + self.since_boot + length;
        self.boot += 1;
        self.since_boot = Duration::from_secs(20);
        let (now, epoch) = (self.now(), self.home.next_epoch());
        let away = Absence::For(self.home.gap(&now));
        self.happens(&Event::Started(Start { epoch, away }));
    }

    /// What was said since the last call.
    pub(crate) fn said(&mut self) -> Vec<Reply> {
        std::mem::take(&mut self.said)
    }

    /// Everything that was to be done since the last call.
    pub(crate) fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// What was sent to people since the last call.
    pub(crate) fn sent(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.sent)
    }

    /// What pages were answered since the last call.
    pub(crate) fn responded(&mut self) -> Vec<Reply> {
        std::mem::take(&mut self.responded)
    }

    /// Broken invariants since the last call.
    pub(crate) fn faults(&mut self) -> Vec<Fact> {
        let fault =
            |fact: &Fact| matches!(fact, Fact::Troubled { trouble: Trouble::Fault { .. }, .. });
        let new = self.home.take_ledger().into_iter().map(|entry| entry.fact);
        new.filter(fault).collect()
    }
}

/// Mevrouw De Wit, with Anna who may know of alarms and looks after the technique, and Piet who
/// may know nothing.
pub(crate) fn plan() -> Plan {
    let contact = |name: &str, alarms: Grant| Contact {
        name: name.to_owned(),
        aliases: Vec::new(),
        pronoun: Pronoun::They,
        language: Language::Nl,
        channels: vec![Channel::Simulated],
        hours: Hours::ALWAYS,
        grants: Grants { alarms, ..Grants::default() },
        caretaker: alarms == Grant::Given,
    };
    let step = Step { contacts: vec!["anna".into()], wait: Duration::from_secs(180) };
    Plan {
        residents: vec![Resident { name: "mevrouw De Wit".into(), address: "mevrouw".into() }],
        circle: BTreeMap::from([
            ("anna".into(), contact("Anna", Grant::Given)),
            ("piet".into(), contact("Piet", Grant::Withheld)),
        ]),
        escalation: EscalationPlan { steps: vec![step], again_after: Duration::from_secs(300) },
        ..Plan::empty()
    }
}

fn keys(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| &*reply.key).collect()
}

#[test]
fn who_may_not_know_of_alarms_is_not_told_that_all_is_quiet() {
    let mut afternoon = Afternoon::begin(plan());
    let headline = |afternoon: &Afternoon, who: &str| {
        let view = afternoon.home.view(&Actor::Contact(who.into()));
        view.headline.map(|reply| reply.key.into_owned())
    };
    assert_eq!(headline(&afternoon, "anna").as_deref(), Some(key::NOW_QUIET));
    assert_eq!(headline(&afternoon, "piet"), None);
    afternoon.hears(Intent::Help);
    assert_eq!(headline(&afternoon, "anna").as_deref(), Some(key::NOW_ASKING));
    assert_eq!(headline(&afternoon, "piet"), None, "nor a hint");
}

#[test]
fn an_alarm_tells_what_was_heard_and_no_more() {
    for (answers, line) in [
        (vec![], key::ALARM_NO_ANSWER),
        (vec![Intent::NotUnderstood], key::ALARM_UNCLEAR),
        (vec![Intent::NotUnderstood, Intent::Yes], key::ALARM_SAYS_YES),
    ] {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.hears(Intent::Help);
        let view = afternoon.home.view(&Actor::Resident);
        let asked = keys(&afternoon.home.about_alarm(&view.incidents[0])).len();
        assert_eq!(asked, 1, "who was only just asked has not been silent");
        for answer in answers {
            afternoon.hears(answer);
        }
        afternoon.passes(Duration::from_secs(120));
        let sent = afternoon.sent();
        assert!(keys(&sent[0].body).contains(&line), "{line}: {:?}", keys(&sent[0].body));
        assert_eq!(afternoon.faults(), []);
    }
}

#[test]
fn where_others_may_listen_it_speaks_of_the_resident_as_they_chose() {
    let mut afternoon = Afternoon::begin(plan());
    afternoon.said();
    afternoon.hears(Intent::AskTold { contact: None });
    let said = afternoon.said();
    assert_eq!(said, [Reply::new(key::TOLD_FIXED).name("address", "mevrouw")]);
}

#[test]
fn a_damaged_memory_is_told_to_the_caretaker_and_aloud_only_if_something_was_lost() {
    for (records, aloud, line) in
        [(0, vec![], key::TECH_JOURNAL_SAVED), (3, vec![key::JOURNAL_CUT], key::TECH_JOURNAL_CUT)]
    {
        let mut afternoon = Afternoon::begin(plan());
        afternoon.said();
        let trouble = Trouble::JournalCut { records };
        afternoon.happens(&Event::Troubled { trouble, state: TroubleState::Happened });
        assert_eq!(keys(&afternoon.said()), aloud);
        let sent = afternoon.sent();
        assert_eq!(sent.iter().flat_map(|one| keys(&one.body)).collect::<Vec<_>>(), [line]);
    }
}

#[test]
fn an_answer_from_the_face_counts_for_its_own_question_alone() {
    let mut afternoon = Afternoon::begin(plan());
    let older = afternoon.home.expectation().question;
    afternoon.hears(Intent::Help);
    let answer = |question, name: &str| {
        let ask = Ask::Answer { question, intent: Intent::No };
        Event::Requested(Request { id: RequestId::new(name), actor: Actor::Resident, ask })
    };
    let asking = |afternoon: &Afternoon| {
        let incidents = afternoon.home.view(&Actor::Resident).incidents;
        matches!(incidents[0].stage, Stage::Asking { .. })
    };
    afternoon.happens(&answer(older, "a tap on an older page"));
    assert!(asking(&afternoon));
    assert_eq!(keys(&afternoon.responded()), [key::ANSWER_TO_OLDER_QUESTION]);
    let standing = afternoon.home.expectation().question;
    afternoon.happens(&answer(standing, "a tap on this page"));
    assert!(!asking(&afternoon));
    // Nothing is asked any more: neither voice nor page may say that it is.
    afternoon.said();
    afternoon.happens(&answer(older, "a second tap on the older page"));
    assert_eq!(keys(&afternoon.said()), [key::YES_HEARD_NO_QUESTION]);
    assert_eq!(keys(&afternoon.responded()), [key::LOOKED, key::LOOKED]);
}
