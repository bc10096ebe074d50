//! From the last sound of a voice until an effect leaves the core, stage by stage. The pause that
//! ends a turn is named apart: it is waited for, not worked through.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use omzien_core::event::{Absence, Start};
use omzien_core::time::{Gap, Zone};
use omzien_core::{Event, Heard, Home as Core, Intent};
use omzien_drivers::speech::SpeechError;
use omzien_drivers::speech::chain::{Chain, Understanding};
use omzien_drivers::speech::stages::Stages;

use super::clips::{Clip, Wanted};
use super::home::Home;
use crate::bench::Times;
use crate::shell::clock::{Clock, SystemClock};

/// The stages of one sentence that was understood.
#[derive(Clone, Copy, Debug)]
struct Sentence {
    stages: Stages,
    understand: Duration,
    core: Duration,
}

/// The stages of many.
pub struct Latency {
    title: &'static str,
    sentences: Vec<Sentence>,
}

/// Hears every command of the recordings, as the daemon does, up to the first effect of the core.
pub fn measure(
    clips: &[Clip],
    home: &Home,
    chain: &mut Chain,
    title: &'static str,
) -> Result<Latency, SpeechError> {
    let phrases = home.phrases();
    let mut core = Answering::new(home);
    let mut sentences = Vec::new();
    for clip in clips.iter().filter(|clip| clip.wanted == Wanted::Command) {
        for turn in clip.turns() {
            let Understanding { transcript, stages, .. } = chain.understand(&turn, &phrases)?;
            let began = Instant::now();
            let intent = transcript.and_then(|transcript| home.understand(&transcript.text));
            let understand = began.elapsed();
            let Some(core) = intent.and_then(|intent| core.answer(intent)) else { continue };
            sentences.push(Sentence { stages, understand, core });
        }
    }
    Ok(Latency { title, sentences })
}

/// A home that is awake.
struct Answering {
    core: Core,
    clock: SystemClock,
    zone: Zone,
}

impl Answering {
    fn new(home: &Home) -> Self {
        let (mut core, clock, plan) = (Core::new(), SystemClock::default(), home.plan().clone());
        let zone = plan.zone.clone();
        let now = clock.now(&zone);
        core.handle_event(&Event::Configured(Arc::new(plan)), &now);
        let start = Start { epoch: 1, away: Absence::For(Gap::Unknown) };
        core.handle_event(&Event::Started(start), &now);
        while core.poll_effect().is_some() {}
        Self { core, clock, zone }
    }

    /// How long until its first effect; `None` if the intent asks for none.
    fn answer(&mut self, intent: Intent) -> Option<Duration> {
        let now = self.clock.now(&self.zone);
        let expectation = self.core.expectation();
        let began = Instant::now();
        self.core.handle_event(&Event::Heard(Heard { intent, room: None, expectation }), &now);
        let effect = self.core.poll_effect();
        let took = began.elapsed();
        while self.core.poll_effect().is_some() {}
        effect.map(|_| took)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.sentences.len();
        writeln!(f, "{}: end of speech to effect, {count} sentences understood", self.title)?;
        writeln!(f, "{:34}{:>10}{:>10}", "", "median", "p95")?;
        let mut row = |what: &str, of: &dyn Fn(&Sentence) -> Duration| {
            let Some(times) = Times::new(self.sentences.iter().map(of).collect()) else {
                return Ok(());
            };
            let ms = |time: Duration| time.as_secs_f64() * 1e3;
            writeln!(f, "{what:34}{:10.2}{:10.2}", ms(times.median()), ms(times.quantile(0.95)))
        };
        let ms = Duration::from_millis;
        row("the pause that ends a turn (ms)", &|it| ms(it.stages.pause_ms))?;
        row("is it a voice (ms)", &|it| ms(it.stages.confirm_ms))?;
        row("sound to words (ms)", &|it| ms(it.stages.recognise_ms))?;
        row("  of it, read and written freely (ms)", &|it| ms(it.stages.free_ms))?;
        row("  of it, along what can be said (ms)", &|it| ms(it.stages.along_ms))?;
        row("words to meaning (ms)", &|it| it.understand)?;
        row("core (ms)", &|it| it.core)?;
        row("all but the pause (ms)", &|it| ms(it.stages.work_ms()) + it.understand + it.core)?;
        row("all (ms)", &|it| ms(it.stages.total_ms()) + it.understand + it.core)
    }
}
