//! The controls of a card, read and set through alsa-lib. It says how they stand; whether that is
//! right is not its business.

use alsa::Round;
use alsa::mixer::{MilliBel, Mixer, Selem, SelemChannelId, SelemId};

use super::volume::{AUDIBLE_DB, Control, Level, Switch, Volume};

/// The name of the control device beside a loudspeaker's (`aplay -L`): that of its card, or what
/// the configuration gives the same name, as it does for PulseAudio's.
pub(super) fn beside(speaker: Option<&str>) -> String {
    let speaker = speaker.unwrap_or("default");
    let (kind, place) = speaker.split_once(':').unwrap_or((speaker, ""));
    let named = place.split(',').find_map(|part| part.strip_prefix("CARD="));
    match (named, kind) {
        (Some(card), _) => format!("hw:{card}"),
        (None, "hw" | "plughw") => format!("hw:{}", place.split(',').next().unwrap_or("0")),
        (None, _) => speaker.to_owned(),
    }
}

/// How the card stands now; `None` if it has no control that is known to matter.
pub(super) fn read(name: &str) -> alsa::Result<Option<Volume>> {
    let mixer = Mixer::new(name, true)?;
    let controls = mixer.iter().filter_map(Selem::new).filter(Selem::can_playback);
    let controls: alsa::Result<Vec<Control>> = controls.map(|it| control(&it)).collect();
    Ok(Volume::of(controls?))
}

/// Sets what is there; a control that went away meanwhile is passed over.
pub(super) fn set(name: &str, volume: &Volume) -> alsa::Result<()> {
    let mixer = Mixer::new(name, true)?;
    for control in volume.controls() {
        let Some(found) = mixer.find_selem(&SelemId::new(&control.name, control.index)) else {
            continue;
        };
        if let Some(level) = &control.level {
            for (channel, steps) in channels(&found).into_iter().zip(&level.steps) {
                found.set_playback_volume(channel, *steps)?;
            }
        }
        if let Some(switch) = control.switch {
            found.set_playback_switch_all(i32::from(switch == Switch::On))?;
        }
    }
    Ok(())
}

fn control(found: &Selem<'_>) -> alsa::Result<Control> {
    let id = found.get_id();
    let level = if found.has_playback_volume() { Some(level(found)?) } else { None };
    let switch = if found.has_playback_switch() { Some(switch(found)?) } else { None };
    Ok(Control { name: id.get_name()?.to_owned(), index: id.get_index(), level, switch })
}

fn level(found: &Selem<'_>) -> alsa::Result<Level> {
    let channels = channels(found);
    let steps: alsa::Result<Vec<i64>> =
        channels.iter().map(|channel| found.get_playback_volume(*channel)).collect();
    let steps = steps?;
    let (least, most) = found.get_playback_volume_range();
    let loudest = steps.iter().copied().max().unwrap_or(most);
    let db = |steps| found.ask_playback_vol_db(steps).map(MilliBel::to_db);
    if let (Ok(now), Ok(highest)) = (db(loudest), db(most)) {
        let wanted = MilliBel::from_db(highest - AUDIBLE_DB);
        let audible = found.ask_playback_db_vol(wanted, Round::Ceil);
        let (below_db, audible_steps) = (highest - now, audible.unwrap_or(most));
        return Ok(Level { steps, below_db, audible_steps });
    }
    // A card that does not tell its dB is taken to be as PulseAudio is: volumes are cubic.
    let range = (most - least).max(1) as f32;
    let share = (loudest - least) as f32 / range;
    let audible = 10.0_f32.powf(-AUDIBLE_DB / 60.0) * range;
    Ok(Level { steps, below_db: -60.0 * share.log10(), audible_steps: least + audible as i64 })
}

/// Muted only if no channel sounds.
fn switch(found: &Selem<'_>) -> alsa::Result<Switch> {
    for channel in channels(found) {
        if found.get_playback_switch(channel)? != 0 {
            return Ok(Switch::On);
        }
    }
    Ok(Switch::Muted)
}

fn channels(found: &Selem<'_>) -> Vec<SelemChannelId> {
    let known = SelemChannelId::all().iter().copied();
    known.filter(|channel| found.has_playback_channel(*channel)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_controls_are_beside_the_loudspeaker() {
        for (speaker, expected) in [
            (None, "default"),
            (Some("default"), "default"),
            (Some("plughw:CARD=Speaker,DEV=0"), "hw:Speaker"),
            (Some("sysdefault:CARD=Headphones"), "hw:Headphones"),
            (Some("plughw:1,0"), "hw:1"),
            (Some("hw:2"), "hw:2"),
            (Some("pulse"), "pulse"),
        ] {
            assert_eq!(beside(speaker), expected);
        }
    }
}
