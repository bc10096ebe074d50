//! What is said: sentences that this home understands when it reads them, so that what is not
//! understood was not heard. Made of its own lamps and its companion's name; it hears nothing.

use jiff::civil::DateTime;
use omzien_core::{Capability, Expectation, Expects, Intent, Language, Plan};
use omzien_skills::{Hearing, Skills, Through, Vocabulary};

/// One sentence, what was asked before it, and what it means here.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    pub text: String,
    pub expects: Expects,
    pub means: Intent,
}

/// A home as whoever listens in it knows it.
pub struct Listener<'a> {
    pub plan: &'a Plan,
    pub skills: &'a Skills,
    pub vocabulary: &'a Vocabulary,
    /// When it is: "in ten minutes" means the same all through a test.
    pub now: DateTime,
}

use Expects::{Anything, Time, YesNo};

/// In an order in which every seven that follow each other hold a cry, an answer, a lamp, a
/// question and something longer. `{name}` is the companion's, `{light}` one lamp after another.
const DUTCH: [(Expects, &str); 20] = [
    (Anything, "Help mij!"),
    (YesNo, "Ja."),
    (Anything, "{name}, doe de {light} aan."),
    (Anything, "{name}, hoe laat is het?"),
    (Anything, "{name}, herinner me over tien minuten aan de oven."),
    (YesNo, "Nee, dank u."),
    (Anything, "{name}, doe de {light} uit."),
    (Anything, "Ik ben gevallen!"),
    (YesNo, "Nee."),
    (Anything, "{name}, welke dag is het?"),
    (Anything, "{name}, doe de {light} aan."),
    (YesNo, "Ja, graag."),
    (Anything, "{name}, doe alle lampen uit."),
    (Time, "Om acht uur."),
    (Anything, "Ik heb hulp nodig."),
    (YesNo, "Ja hoor."),
    (Anything, "{name}, praat eens wat harder."),
    (YesNo, "Het gaat goed met mij."),
    (Anything, "{name}, doe de {light} uit."),
    (Anything, "{name}, wat zei je?"),
];

const ENGLISH: [(Expects, &str); 20] = [
    (Anything, "Help me!"),
    (YesNo, "Yes."),
    (Anything, "{name}, turn on the {light}."),
    (Anything, "{name}, what time is it?"),
    (Anything, "{name}, remind me in ten minutes about the oven."),
    (YesNo, "No, thank you."),
    (Anything, "{name}, turn off the {light}."),
    (Anything, "I have fallen!"),
    (YesNo, "No."),
    (Anything, "{name}, what day is it?"),
    (Anything, "{name}, turn on the {light}."),
    (YesNo, "Yes, please."),
    (Anything, "{name}, turn off all the lights."),
    (Time, "At eight o'clock."),
    (Anything, "I need help."),
    (YesNo, "Yes I do."),
    (Anything, "{name}, speak a bit louder."),
    (YesNo, "I am fine."),
    (Anything, "{name}, turn off the {light}."),
    (Anything, "{name}, what did you say?"),
];

/// At most twenty; fewer in a home that has no lamps, or not all the skills.
pub fn of(home: &Listener<'_>) -> Vec<Sentence> {
    let templates = match home.plan.language {
        Language::Nl => &DUTCH,
        Language::En => &ENGLISH,
    };
    let lights = home.plan.devices_with(Capability::Light);
    let names = lights.filter_map(|id| home.plan.devices.get(id));
    let names: Vec<String> = names.map(|device| device.name.to_lowercase()).collect();
    let mut names = names.iter().cycle();
    let mut sentences = Vec::new();
    for (expects, template) in templates {
        let mut text = template.replace("{name}", &home.plan.companion);
        if text.contains("{light}") {
            let Some(name) = names.next() else { continue };
            text = text.replace("{light}", name);
        }
        let means = home.meaning(&text, *expects, 1.0);
        // What it does not understand in writing says nothing of its ears.
        if let Some(means) = means.filter(|means| *means != Intent::NotUnderstood) {
            sentences.push(Sentence { text, expects: *expects, means });
        }
    }
    sentences
}

/// Each place with its share, in their order: as even as can be. `None` if a place would have
/// none: of what was never tried nothing can be said.
pub fn shares<'a, 's, T>(places: &'a [String], all: &'s [T]) -> Option<Vec<(&'a str, &'s [T])>> {
    let least = all.len().checked_div(places.len()).filter(|least| *least > 0)?;
    let mut left = all;
    let shares = places.iter().enumerate().map(|(number, place)| {
        let more = usize::from(number < all.len() % places.len());
        let (share, rest) = left.split_at(least + more);
        left = rest;
        (place.as_str(), share)
    });
    Some(shares.collect())
}

impl Listener<'_> {
    /// What these words mean when they come out of the microphone; `None`: nothing said to us.
    pub fn meaning(&self, text: &str, expects: Expects, confidence: f32) -> Option<Intent> {
        let hearing = Hearing {
            language: self.plan.language,
            expectation: Expectation { question: 1, expects },
            now: self.now,
            room: None,
            through: Through::Voice,
            confidence,
        };
        self.skills.understand(text, &hearing, self.vocabulary).map(|it| it.intent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    const EXAMPLE: &str = include_str!("../../../images/example/home.toml");

    fn sentences(plan: &Plan) -> Vec<Sentence> {
        let vocabulary = Vocabulary::of(plan);
        let now = DateTime::constant(2026, 11, 22, 14, 10, 0, 0);
        let skills = &Skills::built_in();
        of(&Listener { plan, skills, vocabulary: &vocabulary, now })
    }

    #[test]
    fn every_place_has_its_share_or_there_are_too_few() {
        let sizes = |places: usize, sentences: usize| {
            let (places, all) = (vec![String::new(); places], Vec::from_iter(0..sentences));
            let shares = shares(&places, &all)?;
            let dealt: Vec<usize> = shares.iter().flat_map(|(_, share)| share.to_vec()).collect();
            assert_eq!(dealt, all, "all of them, in their order");
            Some(shares.iter().map(|(_, share)| share.len()).collect::<Vec<_>>())
        };
        for (places, sentences, wanted) in [
            (3, 20, Some(vec![7, 7, 6])),
            (3, 4, Some(vec![2, 1, 1])),
            (8, 20, Some(vec![3, 3, 3, 3, 2, 2, 2, 2])),
            (1, 1, Some(vec![1])),
            (2, 1, None),
            (1, 0, None),
            (0, 20, None),
        ] {
            assert_eq!(sizes(places, sentences), wanted, "{sentences} at {places}");
        }
    }

    #[test]
    fn the_example_home_understands_all_twenty_and_each_means_what_it_says() {
        let plan = config::read_text("home.toml", EXAMPLE).expect("the example").plan;
        let all = sentences(&plan);
        assert_eq!(all.len(), 20, "{all:#?}");
        let count = |means: fn(&Intent) -> bool| all.iter().filter(|it| means(&it.means)).count();
        assert_eq!(count(|means| *means == Intent::Help), 3);
        assert_eq!(count(|means| *means == Intent::Yes), 3);
        assert_eq!(count(|means| *means == Intent::No), 2);
        assert_eq!(count(|means| matches!(means, Intent::Operate { .. })), 5);
        let english = Plan { language: Language::En, ..plan.clone() };
        assert!(sentences(&english).len() >= 15, "{:#?}", sentences(&english));
        let dark = Plan { devices: std::collections::BTreeMap::default(), ..plan };
        let left = sentences(&dark);
        assert!(left.len() >= 14 && left.iter().all(|it| !it.text.contains("{light}")));
    }
}
