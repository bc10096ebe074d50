//! Asking the resident first: what is asked when, and what an answer does. Speech that has begun is
//! waited for, and the ceiling of a script is moved by nothing but a clear answer.

use std::time::Duration;

use super::script::{Line, script};
use crate::activity::Household;
use crate::catalogue::key;
use crate::effect::Urgency;
use crate::home::Home;
use crate::incident::{Answer, Cause, Closing, Incident, IncidentId, Script, Stage};
use crate::ledger::Fact;
use crate::names::{DeviceId, RoomId};
use crate::question::{Topic, WORDS_COME_IN};
use crate::reply::{Reply, Slot};
use crate::time::{Gap, Instant};

/// Whoever was just asked is not told sooner that nothing was heard: the question itself takes
/// some six seconds.
const QUESTION_IS_HEARD: Duration = Duration::from_secs(8);
/// A "no" that no movement confirmed is asked once more after this long.
const RECHECK_AFTER: Duration = Duration::from_secs(15 * 60);
/// A gap shorter than this is a restart that nobody noticed.
const GAP_WORTH_SAYING: Duration = Duration::from_secs(60);
/// After a gap, what people answered meanwhile comes in first: a channel hands it over within
/// seconds of being reached again.
const REPLIES_COME_IN: Duration = Duration::from_secs(15);
/// A long press that is the end of a call for help (a short one begins each press) closes nothing:
/// whoever holds the button in panic is calling.
const PRESS_OF_ITS_OWN: Duration = Duration::from_secs(5);
/// Closed incidents that are remembered (the ledger has them all).
const CLOSED_MAX: usize = 20;
/// Causes folded into one incident after the first.
const ALSO_MAX: usize = 16;

impl Home {
    pub(crate) fn press_help(&mut self, device: &DeviceId, room: &RoomId) {
        self.listen_again();
        self.open_alarm(Cause::Button { device: device.clone() }, Some(room.clone()));
    }

    pub(crate) fn suspect_fall(&mut self, device: &DeviceId) {
        let room = self.last_room().cloned();
        self.open_alarm(Cause::Fall { device: device.clone() }, room);
    }

    /// Somebody at the device holds the button: silent, closed.
    pub(crate) fn hold_button(&mut self) {
        let called = self.state.talk.called_for_help_at;
        let by_itself = called.is_some_and(|called| self.at.since(called) <= PRESS_OF_ITS_OWN);
        if let (Some(id), false) = (self.alarm().map(|alarm| alarm.id), by_itself) {
            self.close(id, Closing::InPerson);
            // Silently: what was said of it is no longer so.
            self.state.talk.last_said = None;
        }
    }

    /// A new alarm, or a new cause of the one that is open: a fall, a cry and silence in one
    /// home are one incident.
    pub(crate) fn open_alarm(&mut self, cause: Cause, room: Option<RoomId>) {
        self.state.activity.household = Household::Living;
        self.explain(&cause);
        if let Some(id) = self.alarm().map(|alarm| alarm.id) {
            self.fold(id, cause);
            return;
        }
        let id = self.new_incident(cause.clone(), room.clone());
        self.note(Some(id), Fact::Opened { cause: cause.clone() });
        match cause {
            Cause::Button { .. } => {
                self.state.talk.called_for_help_at = Some(self.at);
                self.signal_with_lamp(id, room.as_ref());
                self.escalate(id);
            }
            Cause::Cry => self.ask_about(id, Script::Cry),
            Cause::Fall { .. } => self.ask_about(id, Script::Fall),
            Cause::CheckIn => self.ask_about(id, Script::CheckIn),
            Cause::Inactivity { .. } => self.ask_about(id, Script::Silence),
            Cause::Technical(_) | Cause::Blind { .. } => self.fault("a technical alarm"),
        }
    }

    /// The open incident about the resident; there is at most one.
    pub(crate) fn alarm(&self) -> Option<&Incident> {
        self.state.incidents.iter().find(|incident| incident.is_alarm())
    }

    pub(crate) fn incident_mut(&mut self, id: IncidentId) -> Option<&mut Incident> {
        self.touched.insert(id);
        self.state.incidents.iter_mut().find(|incident| incident.id == id)
    }

    pub(crate) fn new_incident(&mut self, cause: Cause, room: Option<RoomId>) -> IncidentId {
        let id = IncidentId(self.state.next_incident);
        self.state.next_incident += 1;
        self.state.incidents.push(Incident {
            id,
            cause,
            room,
            opened: self.at,
            opened_wall: self.now.wall,
            stage: Stage::Escalating { round: 0, step: 0 },
            closed_wall: None,
            deadline: None,
            told: Default::default(),
            also: Vec::new(),
        });
        self.touched.insert(id);
        self.forget_old_incidents();
        id
    }

    /// Starts a script from its first line.
    pub(crate) fn ask_about(&mut self, id: IncidentId, script: Script) {
        let at = self.at;
        let Some(incident) = self.incident_mut(id) else { return };
        incident.stage = Stage::Asking { since: at, said: 0, script };
        incident.deadline = Some(at);
        let room = incident.room.clone();
        self.ask(Topic::Help(id));
        self.signal_with_lamp(id, room.as_ref());
    }

    /// The next line of the script is due, or silence is passed on.
    pub(crate) fn go_on_asking(&mut self, id: IncidentId, since: Instant, said: u8, which: Script) {
        let lines = script(which);
        let limit = since + Duration::from_secs(lines.alarm_after_s);
        if self.at >= limit {
            self.escalate(id);
            return;
        }
        let Some((_, line)) = lines.lines.get(usize::from(said)) else { return };
        // A line that comes late still leaves time to be heard, as far as the ceiling does.
        let heard = self.at + QUESTION_IS_HEARD;
        let alarm = limit.max(heard.min(since + Duration::from_secs(lines.ceiling_s)));
        let next = lines.lines.get(usize::from(said) + 1).map_or(alarm, |(at_s, _)| {
            let planned = since + Duration::from_secs(*at_s);
            planned.max(heard).min(alarm)
        });
        // What is announced: how long it waits before it goes on to something else.
        let waits = lines.warning().filter(|_| *line != Line::Warn);
        let left = waits.map_or(next, |warning| next.max(since + warning)).since(self.at);
        if let Some(incident) = self.incident_mut(id) {
            incident.stage = Stage::Asking { since, said: said + 1, script: which };
            incident.deadline = Some(next);
        }
        let reply = self.line(id, which, *line, left);
        self.say_about(Some(id), reply, Urgency::Alarm);
    }

    /// A fall while silence is asked about: its own question and its shorter script, and never a
    /// later limit than the one that was announced. Who was warned already is not warned again.
    fn ask_about_fall_too(&mut self, id: IncidentId, since: Instant, said: u8, which: Script) {
        let (earlier, fall) = (script(which), script(Script::Fall));
        let announced = since + Duration::from_secs(earlier.alarm_after_s);
        let since = self.at.min(announced - Duration::from_secs(fall.alarm_after_s));
        let warned = earlier.warned(said);
        // Past its limit it goes through the whole script, whose limit is past as well.
        let only_asked = warned && self.at < announced;
        self.ask_about(id, Script::Fall);
        // As many as the table has: a handful.
        let all = u8::try_from(fall.lines.len()).unwrap_or(u8::MAX);
        let said = if only_asked { all } else { 0 };
        let Some(incident) = self.incident_mut(id) else { return };
        incident.stage = Stage::Asking { since, said, script: Script::Fall };
        if only_asked {
            incident.deadline = Some(announced);
            self.say_about(Some(id), Reply::new(key::FALL_ASK), Urgency::Alarm);
        }
    }

    /// Somebody has begun to speak: the next line, or the alarm, lets them finish. Each line waits
    /// once at most, and the alarm never past the ceiling: a television may speak for ever.
    pub(crate) fn let_finish(&mut self, id: IncidentId) {
        let at = self.at;
        let Some(incident) = self.state.incidents.iter().find(|one| one.id == id) else { return };
        let Stage::Asking { since, said, script: which } = incident.stage else { return };
        if !incident.told.is_empty() {
            return;
        }
        let lines = script(which);
        let latest = match lines.lines.get(usize::from(said)) {
            Some((at_s, _)) => since + Duration::from_secs(*at_s) + WORDS_COME_IN,
            None => since + Duration::from_secs(lines.ceiling_s),
        };
        let due = (at + WORDS_COME_IN).min(latest);
        if let Some(incident) = self.incident_mut(id) {
            incident.deadline = incident.deadline.map(|planned| planned.max(due));
        }
    }

    /// What the resident answered about help.
    pub(crate) fn answer_help(&mut self, id: IncidentId, answer: Answer) {
        let Some(incident) = self.state.incidents.iter().find(|one| one.id == id).cloned() else {
            return;
        };
        self.note(Some(id), Fact::Answered { answer });
        match (&incident.stage, answer) {
            (Stage::Closed(_), _) => {}
            (Stage::Asking { .. } | Stage::Recheck, Answer::Yes) => self.escalate(id),
            (Stage::Asking { .. }, Answer::No) => self.stand_down(&incident),
            (Stage::Recheck, Answer::No) => self.close(id, Closing::Resident),
            (Stage::Escalating { .. }, Answer::No) => self.stand_down_after_alarm(&incident),
            // Somebody has it: they hear the answer, and it stays theirs to close.
            (Stage::Held { .. } | Stage::Attended { .. }, Answer::No) => {
                self.apologise_and_tell(&incident);
            }
            (
                Stage::Escalating { .. } | Stage::Held { .. } | Stage::Attended { .. },
                Answer::Yes,
            ) => {
                self.say_about(Some(id), Reply::new(key::STILL_OPEN), Urgency::Alarm);
            }
            (_, Answer::Unclear) => self.rephrase(id),
        }
    }

    /// Movement answers a question about silence, as long as nobody was told. It is said aloud.
    pub(crate) fn movement_answers(&mut self) {
        if self.state.plan.watch.alone != crate::plan::Alone::Surely {
            return;
        }
        let asked = self.alarm().filter(|alarm| {
            matches!(alarm.cause, Cause::Inactivity { .. })
                && alarm.also.is_empty()
                && matches!(alarm.stage, Stage::Asking { .. })
        });
        if let Some(id) = asked.map(|alarm| alarm.id) {
            self.say_about(Some(id), Reply::new(key::MOVED), Urgency::Alarm);
            self.close(id, Closing::Moved);
        }
    }

    /// After a restart: an alarm that was being asked about goes on by its own clock, and it is
    /// said that the home was off.
    pub(crate) fn resume_incidents(&mut self, gap: Gap) {
        let long = match gap {
            Gap::Known(gap) => gap >= GAP_WORTH_SAYING,
            Gap::Unknown => true,
        };
        let open: Vec<Incident> =
            self.state.incidents.iter().filter(|incident| incident.is_open()).cloned().collect();
        for incident in open {
            let at = self.at;
            if gap == Gap::Unknown
                && let Some(open) = self.incident_mut(incident.id)
            {
                // Nobody knows how long it was: early is the safe side.
                open.deadline = Some(at);
                if let Stage::Asking { since, script: which, .. } = &mut open.stage {
                    *since = at - Duration::from_secs(script(*which).alarm_after_s);
                }
            }
            let comes_due = at + REPLIES_COME_IN;
            if long
                && let Some(open) = self.incident_mut(incident.id)
                && !matches!(open.stage, Stage::Asking { .. })
            {
                open.deadline = open.deadline.map(|due| due.max(comes_due));
            }
            if incident.cause.is_about_the_resident() && long {
                let reply = match gap {
                    Gap::Known(gap) => {
                        Reply::new(key::WAS_OFF).with("duration", Slot::Duration(gap))
                    }
                    Gap::Unknown => Reply::new(key::WAS_OFF_UNKNOWN),
                };
                self.say_about(Some(incident.id), reply, Urgency::Alarm);
                self.say_who_has_it(&incident);
            }
        }
    }

    pub(crate) fn next_incident_deadline(&self) -> Option<Instant> {
        self.state.incidents.iter().filter_map(|incident| incident.deadline).min()
    }

    pub(crate) fn handle_incident_deadlines(&mut self) {
        let at = self.at;
        let due: Vec<Incident> = self
            .state
            .incidents
            .iter()
            .filter(|incident| incident.deadline.is_some_and(|due| due <= at))
            .cloned()
            .collect();
        for incident in due {
            match &incident.stage {
                Stage::Asking { since, said, script } => {
                    self.go_on_asking(incident.id, *since, *said, *script);
                }
                Stage::Recheck => self.ask_about(incident.id, Script::Recheck),
                Stage::Escalating { round, step } => {
                    if incident.cause.is_about_the_resident() {
                        self.reach_next(incident.id, *round, *step);
                    } else {
                        self.remind_caretaker(incident.id);
                    }
                }
                Stage::Held { .. } => self.expire_hold(&incident),
                Stage::Attended { .. } => self.ask_whether_done(&incident),
                Stage::Closed(_) => {
                    if let Some(closed) = self.incident_mut(incident.id) {
                        closed.deadline = None;
                    }
                }
            }
        }
    }

    /// A deadline of ours did not move on: push it a minute away rather than spin or forget.
    pub(crate) fn put_off_incidents(&mut self, later: Instant) {
        for incident in &mut self.state.incidents {
            if incident.deadline.is_some_and(|due| due <= self.at) {
                incident.deadline = Some(later);
            }
        }
    }

    pub(crate) fn close(&mut self, id: IncidentId, closing: Closing) {
        let wall = self.now.wall;
        let Some(incident) = self.incident_mut(id) else { return };
        if !incident.is_open() {
            return;
        }
        incident.stage = Stage::Closed(closing.clone());
        incident.closed_wall = Some(wall);
        incident.deadline = None;
        let incident = incident.clone();
        self.note(Some(id), Fact::Closed { closing: closing.clone() });
        self.drop_question(|topic| *topic == Topic::Help(id));
        self.end_signals(id);
        self.tell_closed(&incident, &closing);
        self.look_at_silence_again();
    }

    /// Nobody was told yet: after a fall without movement ask again later, otherwise it is over.
    fn stand_down(&mut self, incident: &Incident) {
        if self.unconfirmed(incident) {
            self.recheck_later(incident.id);
            self.say_about(Some(incident.id), Reply::new(key::NO_HELP_ASK_LATER), Urgency::Alarm);
        } else {
            self.say_about(Some(incident.id), Reply::new(key::NO_HELP), Urgency::Alarm);
            self.close(incident.id, Closing::Resident);
        }
    }

    fn stand_down_after_alarm(&mut self, incident: &Incident) {
        self.apologise_and_tell(incident);
        if self.unconfirmed(incident) {
            self.recheck_later(incident.id);
        } else {
            self.close(incident.id, Closing::Resident);
        }
    }

    /// A "no" after a fall counts only with movement, and only the first one is doubted.
    fn unconfirmed(&self, incident: &Incident) -> bool {
        let fell = matches!(incident.cause, Cause::Fall { .. })
            || incident.also.iter().any(|cause| matches!(cause, Cause::Fall { .. }));
        let doubted = matches!(incident.stage, Stage::Asking { script: Script::Recheck, .. });
        fell && !doubted && !self.moved_since(incident.opened)
    }

    fn recheck_later(&mut self, id: IncidentId) {
        let due = self.at + RECHECK_AFTER;
        if let Some(incident) = self.incident_mut(id) {
            incident.stage = Stage::Recheck;
            incident.deadline = Some(due);
        }
        self.drop_question(|topic| *topic == Topic::Help(id));
    }

    /// How often somebody answered, and was not understood. A "no" ends an asking: what was
    /// mumbled before it is no answer to the question that comes after.
    fn unclear_answers(&self, id: IncidentId) -> usize {
        self.state
            .ledger
            .recent()
            .filter(|entry| entry.incident == Some(id))
            .take_while(|entry| {
                let no = Fact::Answered { answer: Answer::No };
                !matches!(entry.fact, Fact::Opened { .. }) && entry.fact != no
            })
            .filter(|entry| matches!(entry.fact, Fact::Answered { answer: Answer::Unclear }))
            .count()
    }

    fn rephrase(&mut self, id: IncidentId) {
        let asked = self.alarm().is_some_and(|alarm| matches!(alarm.stage, Stage::Asking { .. }));
        let help = Topic::Help(id);
        let reply = match self.unclear_answers(id) {
            0 | 1 => self.in_other_words(&help),
            2 => self.in_fewer_words(&help),
            3 => Reply::new(key::ASK_BUTTON),
            _ if asked => Reply::new(key::ASK_BUTTON),
            // People are being reached: a television that talks on gets no answer.
            _ => return,
        };
        self.say_about(Some(id), reply, Urgency::Alarm);
    }

    /// The question about help as it stands now: with what comes of silence, and when. While
    /// people are being reached: how that stands.
    pub(crate) fn help_question_again(&self, id: IncidentId) -> Reply {
        let Some(incident) = self.state.incidents.iter().find(|one| one.id == id) else {
            return Reply::new(key::ASK_REPHRASED);
        };
        let Stage::Asking { since, script: which, .. } = incident.stage else {
            return self.how_it_stands(incident);
        };
        let limit = since + Duration::from_secs(script(which).alarm_after_s);
        let alarm = incident.deadline.map_or(limit, |due| due.max(limit));
        // Whole seconds, as they are said; less than one is one.
        let left = Duration::from_secs(alarm.since(self.at).as_secs().max(1));
        let contacts = self.next_contact_names(id);
        let key = if contacts.is_empty() { key::WARN_NOBODY } else { key::HELP_ASK };
        let reply = Reply::new(key).with("in", Slot::Duration(left));
        if contacts.is_empty() { reply } else { reply.with("contacts", Slot::Names(contacts)) }
    }

    fn fold(&mut self, id: IncidentId, cause: Cause) {
        let Some(incident) = self.incident_mut(id) else { return };
        let known = std::mem::discriminant(&incident.cause) == std::mem::discriminant(&cause)
            || incident.also.contains(&cause);
        if !known && incident.also.len() < ALSO_MAX {
            incident.also.push(cause.clone());
        }
        let stage = incident.stage.clone();
        if !known {
            self.note(Some(id), Fact::Opened { cause: cause.clone() });
        }
        match (stage, cause) {
            (Stage::Asking { .. } | Stage::Recheck, Cause::Button { .. }) => {
                self.state.talk.called_for_help_at = Some(self.at);
                self.escalate(id);
            }
            // Whoever calls for help while asked whether help is needed has answered.
            (Stage::Asking { .. }, Cause::Cry) => self.answer_help(id, Answer::Yes),
            (Stage::Recheck, Cause::Cry) => self.escalate(id),
            (
                Stage::Asking { since, said, script: which @ (Script::Silence | Script::CheckIn) },
                Cause::Fall { .. },
            ) => self.ask_about_fall_too(id, since, said, which),
            (Stage::Recheck, Cause::Fall { .. }) => self.ask_about(id, Script::Fall),
            (
                Stage::Escalating { .. } | Stage::Held { .. } | Stage::Attended { .. },
                Cause::Button { .. } | Cause::Cry,
            ) => {
                let incident = self.state.incidents.iter().find(|one| one.id == id).cloned();
                if let Some(incident) = incident {
                    self.say_how_it_stands(&incident);
                }
            }
            (_, _) => {}
        }
    }

    /// The words of a line, with how long it waits.
    fn line(&self, id: IncidentId, which: Script, line: Line, left: Duration) -> Reply {
        let contacts = self.next_contact_names(id);
        let waits = |reply: Reply| reply.with("in", Slot::Duration(left));
        let about = |reply: Reply| waits(reply).with("contacts", Slot::Names(contacts.clone()));
        match (line, which) {
            (Line::Warn, _) if contacts.is_empty() => waits(Reply::new(key::WARN_NOBODY)),
            (Line::Warn, _) if self.unclear_answers(id) > 0 => about(Reply::new(key::WARN_UNCLEAR)),
            (Line::Warn, _) => about(Reply::new(key::WARN_BEFORE_ALARM)),
            // These two announce their limit with the warning, which comes before anything is done.
            (_, Script::Fall) => Reply::new(key::FALL_ASK),
            (_, Script::Recheck) => Reply::new(key::RECHECK),
            (_, Script::Cry) if contacts.is_empty() => waits(Reply::new(key::CRY_ASK_NOBODY)),
            (_, Script::Cry) => about(Reply::new(key::HELP_ASK)),
            (Line::First, Script::CheckIn) => waits(Reply::new(key::CHECK_IN_HELP)),
            (Line::InOtherWords, Script::Silence | Script::CheckIn) => {
                waits(Reply::new(key::SILENCE_ASK_AGAIN))
            }
            (Line::First, Script::Silence) => match self.alarm().map(|alarm| &alarm.cause) {
                Some(Cause::Inactivity { since }) => {
                    let time = since.to_zoned(self.now.zone.time_zone()).time();
                    waits(Reply::new(key::SILENCE_ASK).with("since", Slot::Time(time)))
                }
                _ => waits(Reply::new(key::SILENCE_ASK_AGAIN)),
            },
        }
    }

    fn forget_old_incidents(&mut self) {
        let closed = self.state.incidents.iter().filter(|one| !one.is_open()).count();
        if closed > CLOSED_MAX
            && let Some(oldest) = self.state.incidents.iter().position(|one| !one.is_open())
        {
            self.state.incidents.remove(oldest);
        }
    }
}
