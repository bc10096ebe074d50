//! How loud a card itself is set, apart from what it is given to play: the controls that somebody
//! turns at the device or in `alsamixer`. Data and the rules about it; it touches no card.

/// Softer than this is turned down: a calm sentence, which a card at its highest plays as loudly
/// as somebody speaks at a metre (60 to 65 dB), then comes out at 20 to 25 dB, below the noise of
/// a quiet room at night (30 dB, the bedroom's limit in the WHO's guidelines for community noise).
const TURNED_DOWN_DB: f32 = 40.0;
/// To this below its highest a control is brought that must be heard: one loud enough for an
/// alarm, and short of the end where small loudspeakers rattle.
pub(super) const AUDIBLE_DB: f32 = 6.0;

/// Controls that everything passes which is played.
const ALL: [&str; 3] = ["Master", "PCM", "Digital"];
/// Ways out of the card: the first that there is counts. The others lead to sockets in which
/// nothing need be.
const OUTPUTS: [&str; 6] = ["Speaker", "Headphone", "Headset", "Front", "Line Out", "HDMI"];

/// The controls between what is played and what is heard, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    controls: Vec<Control>,
}

/// One of them, as `alsamixer` shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    pub name: String,
    /// Several of a name are counted.
    pub index: u32,
    /// `None`: it is only a switch.
    pub level: Option<Level>,
    /// `None`: it cannot be muted.
    pub switch: Option<Switch>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// In the card's own steps, a channel each.
    pub steps: Vec<i64>,
    /// How far the loudest channel is below the highest, in dB.
    pub below_db: f32,
    /// The steps that are [`AUDIBLE_DB`] below the highest.
    pub audible_steps: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    On,
    Muted,
}

impl Volume {
    /// Of all controls of a card those that matter; `None` if none is known to.
    pub fn of(controls: Vec<Control>) -> Option<Self> {
        let output = OUTPUTS
            .into_iter()
            .find(|output| controls.iter().any(|control| control.name == *output));
        let alone = controls.len() == 1;
        let counts = |control: &Control| {
            let name = control.name.as_str();
            alone || ALL.contains(&name) || output == Some(name)
        };
        let controls: Vec<Control> = controls.into_iter().filter(counts).collect();
        (!controls.is_empty()).then_some(Self { controls })
    }

    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// Whether a calm sentence would not be heard.
    pub fn is_turned_down(&self) -> bool {
        let muted = self.controls.iter().any(|control| control.switch == Some(Switch::Muted));
        let levels = self.controls.iter().filter_map(|control| control.level.as_ref());
        muted || levels.map(|level| level.below_db).sum::<f32>() >= TURNED_DOWN_DB
    }

    /// The same, so loud that an alarm is heard. What is louder already stays as it is.
    #[must_use]
    pub fn made_audible(&self) -> Self {
        let mut audible = self.clone();
        for control in &mut audible.controls {
            control.switch = control.switch.map(|_| Switch::On);
            if let Some(level) = control.level.as_mut().filter(|it| it.below_db > AUDIBLE_DB) {
                level.below_db = AUDIBLE_DB;
                level.steps.fill(level.audible_steps);
            }
        }
        audible
    }

    /// Whether both stand at the same.
    pub fn is_set_like(&self, other: &Self) -> bool {
        let steps = |control: &Control| control.level.as_ref().map(|level| level.steps.clone());
        let alike = |(one, other): (&Control, &Control)| {
            (&one.name, one.index, one.switch) == (&other.name, other.index, other.switch)
                && steps(one) == steps(other)
        };
        self.controls.len() == other.controls.len()
            && self.controls.iter().zip(&other.controls).all(alike)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(name: &str, below_db: f32, switch: Switch) -> Control {
        let steps = vec![100 - below_db as i64, 100 - below_db as i64 - 1];
        let level = Level { steps, below_db, audible_steps: 100 - AUDIBLE_DB as i64 };
        Control { name: name.to_owned(), index: 0, level: Some(level), switch: Some(switch) }
    }

    fn is_turned_down(controls: &[Control]) -> Option<bool> {
        Volume::of(controls.to_vec()).map(|volume| volume.is_turned_down())
    }

    #[test]
    fn what_lies_on_the_way_counts_and_nothing_else() {
        use Switch::{Muted, On};
        let on = |name, below_db| control(name, below_db, On);
        for (controls, expected) in [
            (vec![], None),
            (vec![on("PCM", 0.0)], Some(false)),
            (vec![on("PCM", 39.0)], Some(false)),
            (vec![on("PCM", 40.0)], Some(true)),
            (vec![control("PCM", 0.0, Muted)], Some(true)),
            // Two that are low are as low as one that is very low.
            (vec![on("Master", 25.0), on("PCM", 20.0)], Some(true)),
            // The microphone in one's own ear, and a socket beside the loudspeaker.
            (vec![on("PCM", 0.0), control("Mic", 90.0, Muted)], Some(false)),
            (vec![on("Speaker", 0.0), control("Headphone", 90.0, Muted)], Some(false)),
            (vec![control("Headphone", 0.0, Muted)], Some(true)),
            // The only one is the one, whatever its name; of several strangers none is known.
            (vec![control("Ausgabe", 0.0, Muted)], Some(true)),
            (vec![control("Ausgabe", 0.0, Muted), on("Mic", 0.0)], None),
        ] {
            assert_eq!(is_turned_down(&controls), expected, "{controls:?}");
        }
    }

    #[test]
    fn audible_is_loud_and_on_and_nothing_becomes_softer() {
        let set = vec![control("Master", 50.0, Switch::Muted), control("PCM", 2.0, Switch::On)];
        let volume = Volume::of(set).unwrap();
        let audible = volume.made_audible();
        assert!(volume.is_turned_down() && !audible.is_turned_down());
        assert!(!audible.is_set_like(&volume));
        let steps = |volume: &Volume, at: usize| -> Vec<i64> {
            volume.controls[at].level.as_ref().map(|level| level.steps.clone()).unwrap()
        };
        assert_eq!(steps(&audible, 0), [94, 94]);
        assert_eq!(steps(&audible, 1), steps(&volume, 1), "louder than that already");
        assert!(audible.made_audible().is_set_like(&audible));
    }
}
