//! Everything the home can say or write, as a table: key, slots. The words are in `skills/`; a
//! test there walks this table in every language, and the promises about speech (never says more
//! than is so, says it is a device, own words) are checked over it.

/// One row: the key of a [`crate::Reply`] and the slots it must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: &'static str,
    pub slots: &'static [&'static str],
    pub to: To,
}

/// Whom a sentence is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// Spoken in the home.
    Resident,
    /// Written to a person of the circle, or shown to them.
    Circle,
    /// A part of another sentence.
    Part,
}

macro_rules! catalogue {
    ($($to:ident { $($name:ident $key:literal $(, $slot:literal)*;)* })*) => {
        /// The keys by name, so that a misspelt one does not compile.
        pub mod key {
            $($(pub const $name: &str = $key;)*)*
        }

        /// Every row, in the order of this file.
        pub const ROWS: &[Row] = &[
            $($(Row { key: $key, slots: &[$($slot),*], to: To::$to },)*)*
        ];
    };
}

catalogue! {
    Resident {
        // Asking (the numbers are the sentences of the design's stories).
        FALL_ASK "fall.ask";                                            // [1]
        HELP_ASK "ask.help", "contacts", "in";
        CRY_ASK_NOBODY "cry.ask_nobody", "in";
        SILENCE_ASK "silence.ask", "since", "in";
        SILENCE_ASK_AGAIN "silence.ask_again", "in";
        WARN_BEFORE_ALARM "ask.warn", "contacts", "in";                 // [2]
        WARN_UNCLEAR "ask.warn_unclear", "contacts", "in";
        WARN_NOBODY "ask.warn_nobody", "in";
        ASK_REPHRASED "ask.rephrased";
        ASK_SIMPLER "ask.simpler";
        ASK_BUTTON "ask.button";
        RECHECK "ask.recheck";
        NO_HELP_ASK_LATER "ask.no_help_ask_later";                      // [9]
        NO_HELP "ask.no_help";
        MOVED "ask.moved";
        // Reaching.
        ALARMING "reach.alarming", "contacts";
        SENT_NOT_ANSWERED "reach.sent", "contacts";                     // [3]
        COMING_AT "reach.coming_at", "contact", "at";                   // [4]
        COMING "reach.coming", "contact";
        PHONING "reach.phoning", "contact";                             // [5]
        CANNOT_NEXT "reach.cannot", "contact";
        NOBODY_ANSWERED "reach.nobody_answered";                        // [6]
        NOBODY_TO_REACH "reach.nobody";                                 // [7]
        WAS_OFF "reach.was_off", "duration";                            // [8]
        WAS_OFF_UNKNOWN "reach.was_off_unknown";
        SORRY_TELL "reach.sorry", "contacts";                           // [10]
        HOLD_EXPIRED "reach.hold_expired", "contact";
        THERE "reach.there", "contact";
        CLOSED_BY "reach.closed_by", "contact";
        STILL_OPEN "reach.still_open";
        // Conversation.
        CALLED "talk.called";
        YES_HEARD_NO_QUESTION "talk.no_question";
        NOT_UNDERSTOOD "talk.not_understood";
        NOT_UNDERSTOOD_TWICE "talk.not_understood_twice";
        NOT_UNDERSTOOD_THRICE "talk.not_understood_thrice";
        ANSWER_TO_OLDER_QUESTION "talk.older_question";
        CANCELLED "talk.cancelled";
        NOTHING_TO_REPEAT "talk.nothing_to_repeat";
        DONT_KNOW "talk.dont_know", "contact";                          // [12]
        DONT_KNOW_NOBODY "talk.dont_know_nobody";
        PHONE_REPHRASED "talk.phone_rephrased", "contact";
        PHONE_SIMPLER "talk.phone_simpler", "contact";
        GIVE_UP "talk.give_up";
        NOT_NOW "talk.not_now";
        ANSWER_WITHIN "talk.answer_within", "in";
        // How it speaks.
        SPEAK_LOUDER "speak.louder";
        SPEAK_SOFTER "speak.softer";
        SPEAK_SLOWER "speak.slower";
        SPEAK_FASTER "speak.faster";
        SPEAK_LOUDEST "speak.loudest";
        SPEAK_SOFTEST "speak.softest";
        SPEAK_SLOWEST "speak.slowest";
        SPEAK_FASTEST "speak.fastest";
        ONE_MOMENT "talk.one_moment";
        // Lights.
        LIGHT_ON "lights.on", "light";
        LIGHT_OFF "lights.off", "light";
        LIGHT_FAILED "lights.failed", "light";
        LIGHT_NONE "lights.none";
        LIGHT_BRIGHTER "lights.brighter", "light";
        LIGHT_DIMMER "lights.dimmer", "light";
        LIGHT_COLOUR "lights.colour", "light";
        LIGHT_CANNOT_DIM "lights.cannot_dim", "device";
        LIGHT_CANNOT_COLOUR "lights.cannot_colour", "device";
        // Other things of the house.
        LEVEL_TO "operate.level", "device", "percent";
        OPERATE_NONE "operate.none";
        OPERATE_CANNOT "operate.cannot", "device";
        OPERATE_FAILED "operate.failed", "device";
        OPERATE_NOTHING_LAST "operate.nothing_last";
        OPERATE_WHICH "operate.which", "device";
        COVER_OPENS "covers.opens", "cover";
        COVER_CLOSES "covers.closes", "cover";
        COVER_STOPS "covers.stops", "cover";
        OPEN_ASK "covers.ask", "device", "in";
        OPEN_REPHRASED "covers.ask_rephrased", "device";
        LOCK_LOCKS "locks.locks", "lock";
        LOCK_UNLOCKS "locks.unlocks", "lock";
        LOCK_FAILED "locks.failed", "lock";
        UNLOCK_ASK "locks.ask", "device", "in";
        UNLOCK_REPHRASED "locks.ask_rephrased", "device";
        GIVE_WAY_SIMPLER "locks.ask_simpler", "device";
        SCENE_RUNS "scenes.runs", "parts";
        SETTING_TO "temperature.set_to", "device", "degrees";
        SETTING_IS "temperature.set_at", "device", "degrees";
        SETTING_UNKNOWN "temperature.setting_unknown", "device";
        SETTING_RANGE "temperature.range", "least", "most";
        TEMPERATURE_IS "temperature.is", "room", "degrees";
        TEMPERATURE_UNKNOWN "temperature.unknown";
        // How they stand.
        STATE_YES "state.yes", "device", "state";
        STATE_NO "state.no", "device", "state";
        STATE_IS "state.is", "device", "state";
        STATE_WAS "state.was", "device", "state", "time";
        STATE_TOLD "state.told", "device", "state";
        STATE_THESE "state.these", "device", "state";
        STATE_NONE "state.none", "state";
        STATE_UNSURE "state.unsure", "device";
        STATE_LONG_AGO "state.long_ago", "device";
        STATE_NOTHING "state.nothing";
        // Time.
        TIME_NOW "time.now", "time";
        TIME_NOT_SURE "time.not_sure", "time";
        DATE_TODAY "time.today", "date";
        // Reminders.
        REMIND "remind.due", "what";
        REMIND_LATE "remind.late", "what", "time";
        DOSE_ASK "remind.dose", "what", "until";
        DOSE_ASK_AGAIN "remind.dose_again", "what", "until";
        DOSE_ASK_LATE "remind.dose_late", "what", "time", "until";
        DOSE_CLOCK_UNSURE "remind.dose_clock_unsure", "what", "in";
        DOSE_REPHRASED "remind.dose_rephrased", "what";
        DOSE_SIMPLER "remind.dose_simpler", "what";
        DOSE_TAKEN "remind.taken";
        DOSE_LATER "remind.later", "in";
        DOSE_LATER_UNTIL "remind.later_until", "until";
        DOSE_SKIPPED "remind.skipped";
        DOSE_PASSED "remind.passed", "what";                            // [11]
        REMIND_SET_AT "remind.set_at", "what", "date", "time";
        REMIND_SET_IN "remind.set_in", "what", "in";
        REMIND_SET_WEEKLY "remind.set_weekly", "what", "days", "time";
        REMIND_SET_DAILY "remind.set_daily", "what", "time";
        REMIND_WHEN "remind.when", "what", "in";
        REMIND_MINUTES "remind.minutes", "what", "in";
        REMIND_WHEN_REPHRASED "remind.when_rephrased";
        REMIND_WHEN_SIMPLER "remind.when_simpler";
        REMIND_MINUTES_REPHRASED "remind.minutes_rephrased";
        REMIND_MINUTES_SIMPLER "remind.minutes_simpler";
        REMIND_LIST "remind.list", "reminders";
        REMIND_NONE "remind.none";
        REMIND_CLEAR "remind.clear";
        REMIND_CANCELLED "remind.cancelled";
        REMIND_FULL "remind.full";
        // What it keeps for the resident: any question about it.
        KEPT_ASK "kept.ask", "question", "in";
        KEPT_REPHRASED "kept.rephrased", "question";
        KEPT_SIMPLER "kept.simpler", "hint";
        HINT_YES_NO "kept.hint_yes_no";
        // Timers.
        TIMER_HOW_LONG "timer.how_long";
        TIMER_WHICH "timer.which";
        HINT_LENGTH "timer.hint_length";
        HINT_TIMER "timer.hint_which";
        TIMER_SET "timer.set", "in";
        TIMER_SET_NAMED "timer.set_named", "what", "in";
        TIMER_LEFT "timer.left", "timer", "in";
        TIMER_STANDS "timer.stands", "timer", "duration";
        TIMER_LIST "timer.list", "timers";
        TIMER_STOPPED "timer.stopped", "timer";
        TIMERS_STOPPED "timer.all_stopped";
        TIMER_NONE "timer.none";
        TIMER_NO_SUCH "timer.no_such";
        TIMER_FULL "timer.full", "count";
        TIMER_TOO_LONG "timer.too_long";
        TIMER_DONE "timer.done", "timer";
        TIMER_DONE_AGAIN "timer.done_again", "timer";
        TIMER_LATE "timer.late", "timer", "duration";
        TIMER_UNSURE "timer.unsure", "timer";
        // Lists.
        LIST_WHAT "list.what", "list";
        LIST_ADDED "list.added", "things", "list";
        LIST_ALREADY "list.already", "list";
        LIST_FULL "list.full", "count", "list";
        LIST_TAKEN_OFF "list.taken_off", "things", "list";
        LIST_NOT_ON "list.not_on", "things", "list";
        LIST_READ "list.read", "things", "list";
        LIST_READ_ON "list.read_on";
        LIST_EMPTY "list.empty", "list";
        LIST_CLEAR "list.clear", "list";
        LIST_CLEARED "list.cleared", "list";
        HINT_THINGS "list.hint_things";
        // The agenda: nobody but the resident reads a key that begins like these.
        AGENDA_TODAY "agenda.today", "entries";
        AGENDA_TOMORROW "agenda.tomorrow", "entries";
        AGENDA_DAY "agenda.day", "date", "entries";
        AGENDA_COMING "agenda.coming", "entries";
        AGENDA_NONE_TODAY "agenda.none_today";
        AGENDA_NONE_TOMORROW "agenda.none_tomorrow";
        AGENDA_NONE_DAY "agenda.none_day", "date";
        AGENDA_NONE "agenda.none";
        AGENDA_EMPTY "agenda.empty";
        AGENDA_NO_SUCH "agenda.no_such", "what";
        AGENDA_NEVER "agenda.never", "calendar";
        AGENDA_STALE "agenda.stale", "calendar", "date", "time";
        AGENDA_CLOCK_UNSURE "agenda.clock_unsure";
        AGENDA_WHAT "agenda.what";
        AGENDA_WHEN "agenda.when", "what";
        AGENDA_PAST "agenda.past";
        AGENDA_RIGHT "agenda.right", "entry";
        AGENDA_ADDED "agenda.added";
        AGENDA_FULL "agenda.full", "count";
        AGENDA_REMOVE "agenda.take_out", "entry";
        AGENDA_REMOVED "agenda.taken_out";
        AGENDA_NOT_MINE "agenda.not_mine", "calendar";
        AGENDA_NOT_MINE_ASK "agenda.not_mine_ask", "calendar", "contact";
        AGENDA_READ_ON "agenda.read_on";
        HINT_WHEN "agenda.hint_when";
        HINT_ENTRY "agenda.hint_what";
        // About itself, and people to phone.
        CAN "can.all", "abilities";
        CAN_AND_MORE "can.and_more", "abilities";
        KNOWN "known.all", "known";
        SEEN_BY "seen.by", "contacts";
        SEEN_BY_NOBODY "seen.by_nobody";
        PHONE_ASK "phone.ask", "contact";
        LONELY "phone.lonely";
        // Away and company.
        STAY_AWAY "stay.away";
        STAY_AWAY_AT "stay.away_at", "time";
        STAY_AWAY_UNTIL "stay.away_until", "date";
        STAY_ASK "stay.ask";
        STAY_BACK "stay.back";
        STAY_HERE "stay.here";
        STAY_NOTICED "stay.noticed";
        STAY_COMPANY "stay.company";
        STAY_ALONE "stay.alone";
        // Measurements: nobody but the resident reads a key that begins like these.
        MEASURE_HOW "measure.how", "quantity";
        MEASURE_RIGHT "measure.right", "measurement";
        MEASURE_UNLIKELY "measure.unlikely";
        MEASURE_KEPT "measure.kept";
        MEASURE_LAST "measure.last", "measurement", "date", "time";
        MEASURE_LIST "measure.list", "measurements";
        MEASURE_NONE "measure.none";
        MEASURE_NONE_OF "measure.none_of", "quantity";
        MEASURE_FORGET "measure.forget";
        MEASURE_FORGOTTEN "measure.forgotten";
        HINT_PRESSURE "measure.hint_pressure";
        HINT_NUMBER "measure.hint_number";
        // Check-in.
        CHECK_IN_ASK "check_in.ask", "name", "in";
        CHECK_IN_ASK_AGAIN "check_in.ask_again", "in";
        CHECK_IN_REPHRASED "check_in.rephrased";
        CHECK_IN_SIMPLER "check_in.simpler";
        CHECK_IN_GOOD "check_in.good";
        CHECK_IN_GOOD_TOLD "check_in.good_told", "contacts";
        CHECK_IN_HELP "check_in.help", "in";
        // The morning.
        GOOD_MORNING "morning.greet", "name", "date";
        // The circle, asked about by the resident.
        PLAN_NOBODY "circle.nobody";
        PLAN_GAP "circle.gap", "from", "until";
        PLAN_CONTACTS "circle.contacts", "contacts";
        TOLD_NOTHING "circle.told_nothing";
        TOLD "circle.told", "contacts", "time", "message";
        TOLD_FIXED "circle.told_fixed", "address";
        WHY_NOTHING "why.nothing";
        WHY_FALL "why.fall", "time";
        WHY_SILENCE "why.silence", "since";
        WHY_CRY "why.cry", "time";
        WHY_CHECK_IN "why.check_in", "time";
        WHY_BUTTON "why.button", "time";
        WHY_AUTOMATION "why.automation", "light";
        MESSAGE_WHOM "circle.whom", "in";
        MESSAGE_WHOM_REPHRASED "circle.whom_rephrased";
        MESSAGE_WHOM_SIMPLER "circle.whom_simpler", "contact";
        MESSAGE_SENT "circle.message_sent", "contact";
        MESSAGE_FAILED "circle.message_failed", "contact";
        // The microphone.
        LISTEN_OFF "listen.off";
        LISTEN_OFF_FOR "listen.off_for", "duration";
        LISTEN_ON "listen.on";
        // The technique.
        BLIND "technical.blind", "room";
        SEES_AGAIN "technical.sees_again", "room";
        CARETAKER_TOLD "technical.caretaker_told", "contact";
        CANNOT_TELL "technical.cannot_tell";
        JOURNAL_CUT "technical.journal_cut";
        PLAN_REFUSED "technical.plan_refused";
    }
    Circle {
        // Titles: what a locked screen shows. No health words.
        TITLE_ALARM "title.alarm", "name";
        TITLE_UPDATE "title.update", "name";
        TITLE_GOOD_NEWS "title.good_news", "name";
        TITLE_TECHNICAL "title.technical", "name";
        // The first lines of an alarm.
        ALARM_BUTTON "alarm.button", "name", "time";
        ALARM_CRY "alarm.cry", "name", "time";
        ALARM_FALL "alarm.fall", "name", "time";
        ALARM_CHECK_IN "alarm.check_in", "name", "time";
        ALARM_SILENCE "alarm.silence", "name", "since";
        ALARM_ROOM "alarm.room", "room";
        ALARM_NO_ANSWER "alarm.no_answer";
        ALARM_NOT_ASKED "alarm.not_asked";
        ALARM_UNCLEAR "alarm.unclear";
        ALARM_SAYS_YES "alarm.says_yes";
        ALARM_RECHECK "alarm.recheck";
        ALARM_ALSO_TOLD "alarm.also_told", "contacts";
        ALARM_AGAIN "alarm.again";
        ALARM_LIMITS "alarm.limits";
        ALARM_WAS_OFF "alarm.was_off", "duration";
        ALARM_WAS_OFF_UNKNOWN "alarm.was_off_unknown";
        // What the others hear.
        UPDATE_COMING "update.coming", "contact";
        UPDATE_COMING_AT "update.coming_at", "contact", "at";
        UPDATE_PHONING "update.phoning", "contact";
        UPDATE_THERE "update.there", "contact";
        UPDATE_CLOSED "update.closed", "contact";
        UPDATE_CLOSED_IN_PERSON "update.closed_in_person", "time";
        UPDATE_SAYS_NO "update.says_no", "time";
        UPDATE_HOLD_EXPIRED "update.hold_expired", "contact";
        ARE_YOU_THERE "update.are_you_there";
        IS_IT_DONE "update.is_it_done";
        // Answers to an acknowledgement.
        ACK_HELD "ack.held";
        ACK_CANNOT "ack.cannot";
        ACK_THERE "ack.there";
        ACK_DONE "ack.done";
        ACK_OTHER_HAS_IT "ack.other_has_it", "contact";
        ACK_ALREADY_CLOSED "ack.already_closed", "time";
        ACK_UNKNOWN "ack.unknown";
        ACK_NOT_ALLOWED "ack.not_allowed";
        LOOKED "ack.looked";
        // Good news and messages.
        GOOD_MORNING_NEWS "news.morning", "name";
        MESSAGE_FROM "news.message", "name", "words";
        PLEASE_PHONE "news.please_phone", "name";
        NO_WORD_YET "news.no_word_yet", "name";
        // The technique.
        TECH_BLIND "tech.blind", "device", "room";
        TECH_ALIVE "tech.alive", "device";
        TECH_DRIVER "tech.driver", "driver";
        TECH_DRIVER_OVER "tech.driver_over", "driver";
        TECH_JOURNAL_SAVED "tech.journal_saved";
        TECH_JOURNAL_CUT "tech.journal_cut", "count";
        TECH_DISK_FULL "tech.disk_full";
        TECH_DEAF "tech.deaf";
        TECH_MUTE "tech.mute";
        TECH_INAUDIBLE "tech.inaudible";
        TECH_BEHIND "tech.behind";
        TECH_TURNED_DOWN "tech.turned_down";
        TECH_CLIPPING "tech.clipping";
        TECH_UNHEARD "tech.unheard", "count";
        TECH_PLAN_REFUSED "tech.plan_refused";
        TECH_SKILL_REFUSED "tech.skill_refused", "skill";
        TECH_REPLAY_DIFFERS "tech.replay_differs";
        TECH_NONSENSE "tech.nonsense", "driver", "count";
        TECH_STRANGER "tech.stranger";
        TECH_FAULT "tech.fault";
        TECH_OVER "tech.over";
        PROVED_TODAY "tech.proved_today", "time";
        PROVED_ON "tech.proved_on", "date", "time";
        // Headlines of the page.
        NOW_QUIET "now.quiet", "name";
        NOW_AWAY "now.away", "name";
        NOW_ASKING "now.asking", "name";
        NOW_ALARM "now.alarm", "name";
        NOW_HELD "now.held", "contact";
        NOW_ATTENDED "now.attended", "contact";
    }
    Part {
        ALL_LIGHTS "part.all_lights";
        ALL_OF_THEM "part.all_of_them", "count";
        SCENE_PART "part.scene", "device", "state";
        STATE_ON "part.on";
        STATE_OFF "part.off";
        STATE_OPEN "part.open";
        STATE_CLOSED "part.closed";
        STATE_STILL "part.still";
        STATE_LOCKED "part.locked";
        STATE_UNLOCKED "part.unlocked";
        STATE_PERCENT "part.percent", "percent";
        STATE_DEGREES "part.degrees", "degrees";
        SOMEBODY "part.somebody";
        // The short soft sound that stands for no words.
        CHIME "part.chime";
        // What a person of the circle can tap: a few letters on a small button.
        TAP_GO "tap.go";
        TAP_PHONE "tap.phone";
        TAP_CANNOT "tap.cannot";
        TAP_THERE "tap.there";
        TAP_DONE "tap.done";
        LIST_ITEM "part.reminder", "what", "time";
        LIST_SHOPPING "part.list_shopping";
        LIST_TO_DO "part.list_to_do";
        NAME_BLOOD_PRESSURE "measure.name_blood_pressure";
        NAME_PULSE "measure.name_pulse";
        NAME_WEIGHT "measure.name_weight";
        NAME_GLUCOSE "measure.name_glucose";
        NAME_TEMPERATURE "measure.name_temperature";
        BLOOD_PRESSURE "measure.blood_pressure", "amount", "under";
        PULSE "measure.pulse", "amount";
        WEIGHT "measure.weight", "amount";
        GLUCOSE "measure.glucose", "amount";
        TEMPERATURE "measure.temperature", "amount";
        MEASURE_ITEM "measure.item", "measurement", "date";
        AGENDA_ITEM "agenda.item", "what", "when";
        AGENDA_ITEM_AT "agenda.item_at", "what", "when", "place";
        AGENDA_UNTITLED "agenda.untitled";
        AGENDA_AT "agenda.at", "time";
        AGENDA_ON "agenda.on", "date", "time";
        AGENDA_BETWEEN "agenda.between", "date", "from", "until";
        AGENDA_STILL "agenda.still", "date", "time";
        AGENDA_ALL_DAY "agenda.all_day";
        AGENDA_ON_ALL_DAY "agenda.on_all_day", "date";
        AGENDA_UNTIL "agenda.until", "date";
        AGENDA_DAYS "agenda.days", "first", "date";
        CAN_AGENDA "can.agenda";
        CAN_REMIND "can.remind";
        CAN_LIGHTS "can.lights";
        CAN_MESSAGE "can.message";
        CAN_TIMER "can.timer";
        CAN_SHOPPING "can.shopping";
        CAN_TIME "can.time";
        CAN_MEASURE "can.measure";
        CAN_AWAY "can.away";
        CAN_LISTEN "can.listen";
        KNOWN_NAME "known.name";
        KNOWN_CIRCLE "known.circle";
        KNOWN_MOVEMENT "known.movement";
        KNOWN_SAID "known.said";
        KNOWN_KEPT "known.kept";
        KNOWN_CALENDARS "known.calendars";
        DECIMAL "part.decimal", "whole", "tenth";
        TIMER_PART "part.timer", "duration";
        TIMER_NAMED "part.timer_named", "what";
        TIMER_ITEM "part.timer_left", "timer", "duration";
    }
}

/// How the short soft sound is written where the words of a sentence stand: the skills say it, and
/// the voice sounds it.
pub const CHIME_WRITTEN: &str = "♪";

/// The row of a key.
pub fn row(key: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.key == key)
}
