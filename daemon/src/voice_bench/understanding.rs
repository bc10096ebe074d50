//! How much of what is said is understood: each recording decoded along what can be said, along
//! that without the recordings' own sentences, and freely. Counts; never shows what it heard
//! unless it is asked for the misses.

use std::fmt;
use std::time::{Duration, Instant};

use omzien_core::{Intent, Phrases, plain};
use omzien_drivers::speech::SpeechError;
use omzien_drivers::speech::chain::Chain;
use omzien_drivers::speech::halves;
use omzien_skills::brief;

use super::clips::{Clip, Wanted};
use super::home::Home;

/// Along what a recording is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Way {
    /// Everything that can be said here.
    Along,
    /// The same, but for the recordings' own sentences, word for word.
    #[value(name = "unseen")]
    AlongWithout,
    /// Nothing.
    Free,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Along, Self::AlongWithout, Self::Free];

    /// As the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Along => "along",
            Self::AlongWithout => "unseen",
            Self::Free => "free",
        }
    }
}

/// What was made of one recording.
struct Heard {
    text: String,
    intent: Option<Intent>,
    took: Duration,
}

/// A recording that came out wrong.
struct Miss {
    file: String,
    wanted: String,
    heard: String,
    understood: String,
}

/// The recordings of one language, decoded in one way.
#[derive(Default)]
struct Score {
    right: usize,
    exact: usize,
    word_errors: usize,
    took: Duration,
    misses: Vec<Miss>,
    /// Out of the vocabulary and understood all the same.
    accepted: Vec<Miss>,
}

/// The recordings of one language, in every way.
pub struct Understanding {
    title: &'static str,
    commands: usize,
    strangers: usize,
    words: usize,
    audio_s: f64,
    /// Places in the graph of what can be said.
    places: usize,
    /// Own sentences that can be said, and were taken out for [`Way::AlongWithout`].
    held: usize,
    /// Files whose own words mean nothing when they are typed: the home cannot do them.
    unsayable: Vec<String>,
    scores: Vec<(Way, Score)>,
}

/// What the recordings are decoded along in each way.
pub struct Guides {
    along: Phrases,
    unseen: Phrases,
    free: Phrases,
}

impl Guides {
    /// What one way needs and no more: what a process that decodes in it holds is measured.
    pub fn only(way: Way, clips: &[Clip], home: &Home) -> Self {
        let nothing = Phrases::default;
        match way {
            Way::Along => Self { along: home.phrases(), unseen: nothing(), free: nothing() },
            Way::AlongWithout => Self { along: nothing(), ..Self::new(clips, home) },
            Way::Free => Self { along: nothing(), unseen: nothing(), free: nothing() },
        }
    }

    pub fn new(clips: &[Clip], home: &Home) -> Self {
        let own: Vec<String> = clips.iter().map(|clip| clip.words.clone()).collect();
        let along = home.phrases();
        let unseen = along.without(&own);
        Self { along, unseen, free: Phrases::default() }
    }

    fn of(&self, way: Way) -> &Phrases {
        match way {
            Way::Along => &self.along,
            Way::AlongWithout => &self.unseen,
            Way::Free => &self.free,
        }
    }
}

/// Decodes one recording; the time is that of all stages behind the ears.
pub fn decode(
    clip: &Clip,
    chain: &mut Chain,
    way: Way,
    guides: &Guides,
) -> Result<(String, Duration), SpeechError> {
    let turns = clip.turns();
    let began = Instant::now();
    let understood = halves::understand_all(chain, &turns, guides.of(way))?;
    let took = began.elapsed();
    let transcripts = understood.into_iter().filter_map(|understanding| understanding.transcript);
    let texts = transcripts.map(|transcript| match way {
        Way::Along | Way::AlongWithout => transcript.text,
        Way::Free => transcript.free_text,
    });
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    Ok((texts.join(" "), took))
}

/// Measures the recordings of one language.
pub fn measure(
    clips: &[Clip],
    home: &Home,
    chain: &mut Chain,
    title: &'static str,
) -> Result<Understanding, SpeechError> {
    let guides = Guides::new(clips, home);
    let own = clips.iter().filter(|clip| guides.along.has(&clip.words));
    let commands: Vec<&Clip> = clips.iter().filter(|clip| clip.wanted == Wanted::Command).collect();
    let mut measured = Understanding {
        title,
        commands: commands.len(),
        strangers: clips.len() - commands.len(),
        words: commands.iter().map(|clip| words(&clip.words).len()).sum(),
        audio_s: clips.iter().map(Clip::length_s).sum(),
        places: guides.along.size(),
        held: own.count(),
        unsayable: commands
            .iter()
            .filter(|clip| home.understand(&clip.words).is_none())
            .map(|clip| file(clip))
            .collect(),
        scores: Way::ALL.map(|way| (way, Score::default())).into(),
    };
    // Clip by clip in every way, so that whatever else the machine does slows them alike.
    for clip in clips {
        for (way, score) in &mut measured.scores {
            let (text, took) = decode(clip, chain, *way, &guides)?;
            let intent = home.understand(&text);
            score.add(clip, home, Heard { text, intent, took });
        }
    }
    Ok(measured)
}

impl Score {
    fn add(&mut self, clip: &Clip, home: &Home, heard: Heard) {
        let brief = |intent: Option<&Intent>| intent.map_or_else(|| "-".to_owned(), brief);
        self.took += heard.took;
        let wanted = match clip.wanted {
            Wanted::Command => home.understand(&clip.words),
            Wanted::Nothing => None,
        };
        let miss = Miss {
            file: file(clip),
            wanted: brief(wanted.as_ref()),
            understood: brief(heard.intent.as_ref()),
            heard: heard.text.clone(),
        };
        match clip.wanted {
            Wanted::Nothing if heard.intent.is_some() => self.accepted.push(miss),
            Wanted::Nothing => {}
            Wanted::Command => {
                let (said, got) = (words(&clip.words), words(&heard.text));
                self.word_errors += distance(&said, &got);
                self.exact += usize::from(said == got);
                if wanted.is_some() && wanted == heard.intent {
                    self.right += 1;
                } else {
                    self.misses.push(miss);
                }
            }
        }
    }
}

impl Understanding {
    /// The figures.
    pub fn table(&self) -> impl fmt::Display + '_ {
        Table(self)
    }

    /// Every recording that came out wrong, with what was heard.
    pub fn misses(&self) -> impl fmt::Display + '_ {
        Misses(self)
    }
}

struct Table<'a>(&'a Understanding);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let it = self.0;
        writeln!(
            f,
            "{}: {} commands, {} out of the vocabulary, {:.0} s; {} places in what can be said; {} \
             of their sentences are among it (left out in `unseen`)",
            it.title, it.commands, it.strangers, it.audio_s, it.places, it.held
        )?;
        write!(f, "{:34}", "")?;
        it.scores.iter().try_for_each(|(way, _)| write!(f, "{:>10}", way.name()))?;
        writeln!(f)?;
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let mut row = |what: &str, digits, value: &dyn Fn(&Score) -> f64| {
            write!(f, "{what:34}")?;
            it.scores.iter().try_for_each(|(_, score)| write!(f, "{:10.digits$}", value(score)))?;
            writeln!(f)
        };
        row("understood as the right command %", 1, &|score| share(score.right, it.commands))?;
        row("exactly the words %", 1, &|score| share(score.exact, it.commands))?;
        row("words wrong %", 1, &|score| share(score.word_errors, it.words))?;
        row("out of the vocabulary, understood", 0, &|score| score.accepted.len() as f64)?;
        row("decoding (s)", 2, &|score| score.took.as_secs_f64())?;
        let free = it.scores.iter().find(|(way, _)| *way == Way::Free);
        let free_s = free.map_or(0.0, |(_, score)| score.took.as_secs_f64());
        row("decoding, of free decoding", 2, &|score| score.took.as_secs_f64() / free_s)?;
        for (way, score) in &it.scores {
            for Miss { file, heard, understood, .. } in &score.accepted {
                writeln!(
                    f,
                    "understood though not ours ({}): {file}: {heard:?} as {understood}",
                    way.name()
                )?;
            }
        }
        for file in &it.unsayable {
            writeln!(f, "means nothing when typed: {file}")?;
        }
        Ok(())
    }
}

struct Misses<'a>(&'a Understanding);

impl fmt::Display for Misses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (way, score) in &self.0.scores {
            writeln!(f, "{}, {}: {} wrong", self.0.title, way.name(), score.misses.len())?;
            for Miss { file, wanted, heard, understood } in &score.misses {
                writeln!(
                    f,
                    "  {file}\n    wanted {wanted}; heard {heard:?}, understood {understood}"
                )?;
            }
        }
        Ok(())
    }
}

fn file(clip: &Clip) -> String {
    clip.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The words as they are compared; a sign for percent is a word.
fn words(text: &str) -> Vec<String> {
    let text = text.replace('%', " procent ").replace("percent", "procent");
    plain(&text).split_whitespace().map(str::to_owned).collect()
}

/// Words to put in, take out or exchange.
fn distance(from: &[String], to: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, word) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (place, other) in to.iter().enumerate() {
            let exchanged = diagonal + usize::from(word != other);
            diagonal = row[place + 1];
            row[place + 1] = exchanged.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use omzien_core::Language;

    use super::*;

    #[test]
    fn wrong_words_are_counted() {
        for (from, to, errors) in [
            ("doe de lamp aan", "doe de lamp aan", 0),
            ("doe de lamp aan", "Doe lampen aan.", 2),
            ("100 procent", "100%", 0),
            ("ja", "", 1),
            ("", "ja graag", 2),
        ] {
            assert_eq!(distance(&words(from), &words(to)), errors, "{from} / {to}");
        }
    }

    #[test]
    fn right_is_what_means_the_same_and_a_stranger_is_named() {
        let home = Home::of(Language::En);
        let mut score = Score::default();
        for (name, heard) in [
            ("turn_on_the_lights", "Lights on."),
            ("turn_on_the_lights", "Turn on the lights!"),
            ("set_a_timer_for_5_minutes", "Set a timer for nine minutes"),
            ("set_a_timer_for_5_minutes", "set a timer for five minutes"),
            ("tell_me_a_story_about_a_fox", "tell me a story about a fox"),
            ("oov_1", "turn off the lights"),
            ("oov_2", "a nice day"),
        ] {
            let (text, intent) = (heard.to_owned(), home.understand(heard));
            let heard = Heard { text, intent, took: Duration::from_secs(1) };
            score.add(&Clip::silent(name), &home, heard);
        }
        assert_eq!((score.right, score.exact, score.took.as_secs()), (3, 2, 7));
        assert_eq!(score.misses.len(), 2, "one is wrong, and one this home cannot do");
        assert_eq!(score.misses[0].understood, "timer 540s");
        let [accepted] = &score.accepted[..] else { panic!("{}", score.accepted.len()) };
        assert_eq!((&*accepted.file, &*accepted.understood), ("oov_1", "off all"));
    }
}
