//! The scripts of the questions about help, as a table: what is said when, and how soon silence is
//! passed on. It decides nothing.

use std::time::Duration;

use crate::incident::Script;

/// From detection: what is said when, after how long silence is passed on, and how long that may
/// wait for somebody who is speaking (seconds). The ceilings are the design's: cry 20 s, fall
/// 60 s, silence 5 min after the first question. Between limit and ceiling there is room for a
/// "no" that began in time and for understanding it: where every second counts, no more than that.
pub(super) struct Lines {
    pub(super) script: Script,
    pub(super) lines: &'static [(u64, Line)],
    pub(super) alarm_after_s: u64,
    pub(super) ceiling_s: u64,
}

impl Lines {
    /// After how long it is said what will be done.
    pub(super) fn warning(&self) -> Option<Duration> {
        let warning = self.lines.iter().find(|(_, line)| *line == Line::Warn);
        warning.map(|(at_s, _)| Duration::from_secs(*at_s))
    }

    /// Whether that is among the first so many lines.
    pub(super) fn warned(&self, said: u8) -> bool {
        self.lines.iter().take(said.into()).any(|(_, line)| *line == Line::Warn)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    First,
    InOtherWords,
    /// "In thirty seconds I alert Anna."
    Warn,
}

const SCRIPTS: &[Lines] = &[
    Lines {
        script: Script::Fall,
        lines: &[(0, Line::First), (20, Line::Warn)],
        alarm_after_s: 50,
        ceiling_s: 60,
    },
    Lines { script: Script::Cry, lines: &[(0, Line::First)], alarm_after_s: 15, ceiling_s: 20 },
    Lines {
        script: Script::Silence,
        lines: &[(0, Line::First), (120, Line::InOtherWords), (240, Line::Warn)],
        alarm_after_s: 270,
        ceiling_s: 300,
    },
    Lines {
        script: Script::CheckIn,
        lines: &[(0, Line::First), (120, Line::InOtherWords), (240, Line::Warn)],
        alarm_after_s: 270,
        ceiling_s: 300,
    },
    Lines {
        script: Script::Recheck,
        lines: &[(0, Line::First), (20, Line::Warn)],
        alarm_after_s: 50,
        ceiling_s: 60,
    },
];

/// Every script is in the table; a test walks it.
pub(super) fn script(script: Script) -> &'static Lines {
    let place = SCRIPTS.iter().position(|lines| lines.script == script).unwrap_or_default();
    &SCRIPTS[place]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The design's ceilings, in seconds.
    #[test]
    fn every_script_announces_its_limit_and_leaves_room_below_its_ceiling() {
        for (which, ceiling_s) in [
            (Script::Fall, 60),
            (Script::Cry, 20),
            (Script::Silence, 300),
            (Script::CheckIn, 300),
            (Script::Recheck, 60),
        ] {
            let lines = script(which);
            assert_eq!((lines.script, lines.ceiling_s), (which, ceiling_s));
            assert!(lines.alarm_after_s + 5 <= ceiling_s, "{which:?}: room for an answer");
            assert_eq!(lines.lines[0], (0, Line::First));
            let in_time = lines.lines.windows(2).all(|two| two[0].0 < two[1].0);
            assert!(in_time && lines.lines.iter().all(|(at_s, _)| *at_s < lines.alarm_after_s));
            let warned_s = lines.warning().map(|warning| lines.alarm_after_s - warning.as_secs());
            assert!(warned_s.is_none_or(|left| left == 30), "{which:?}: thirty seconds are said");
        }
    }
}
