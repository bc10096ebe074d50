//! What a test of the ears says and shows, in the language that is spoken in the home. It is led
//! by an installer, beside the resident: short, kind, and never a judgement of who speaks. The
//! companion itself says none of it, so it is not in its catalogue; its rules hold here too.

use super::score::{Mend, Place};
use crate::words::fill;

words! { pub struct Words;
    // Said aloud.
    begin: "Ik vraag u zo om zinnen na te zeggen. Zo meet ik hoe goed ik u hier hoor.",
        "I will ask you to repeat sentences. So I measure how well I hear you here.";
    go_to: "Ga naar deze plek: {}. Druk op Enter als het zover is.",
        "Go to this place: {}. Press Enter when you are there.";
    quiet: "Wees even stil. Ik luister naar de kamer.",
        "Be quiet for a moment. I listen to the room.";
    say: "Zeg na: {}", "Please repeat: {}";
    may_record: "Mag ik uw zinnen bewaren, om ze later te meten? Ik stop om {}. Zeg ja of nee.",
        "May I keep your sentences, to measure them later? I stop at {}. Say yes or no.";
    records: "Ik neem op tot {}.", "I record until {}.";
    records_not: "Dan neem ik niets op.", "Then I record nothing.";
    thanks: "Dank u wel. Dit was alles.", "Thank you. That was all.";
    // Shown.
    now: "(ik luister)", "(I listen)";
    understood: "begrepen: “{}”", "understood: “{}”";
    otherwise: "niet begrepen: “{}”", "not understood: “{}”";
    unsure: "verstaan, en te onduidelijk om op te vertrouwen: “{}”",
        "heard, and too unclear to rely on: “{}”";
    unaddressed: "mijn naam niet gehoord: “{}”", "my name was not heard: “{}”";
    no_words: "een stem gehoord, en geen woorden", "a voice was heard, and no words in it";
    nothing: "geen stem gehoord", "no voice was heard";
    levels: "stem {} dBFS, {} dB boven de kamer", "voice {} dBFS, {} dB over the room";
    took: "{} ms na het laatste woord", "{} ms after the last word";
    verdict: "{}: {} van {} begrepen. Kamer {} dBFS, stem {} dB erboven.",
        "{}: {} of {} understood. Room {} dBFS, voice {} dB over it.";
    verdict_silent: "{}: {} van {} begrepen. Kamer {} dBFS, geen stem.",
        "{}: {} of {} understood. Room {} dBFS, no voice.";
    mend_nothing: "Hier hoor ik u goed.", "I hear you well here.";
    mend_microphone: "Hier hoor ik niets. Kijk of de microfoon aanstaat, en of het de juiste is.",
        "I hear nothing here. See that the microphone is on, and that it is the right one.";
    mend_quieter: "Het is hier rumoerig. Zet de televisie zachter, of de microfoon er verder vandaan.",
        "It is noisy here. Turn the television down, or move the microphone away from it.";
    mend_nearer: "Uw stem komt hier te zacht aan. Zet de microfoon dichterbij.",
        "Your voice arrives too softly here. Put the microphone nearer.";
    mend_again: "Wat ik hoorde, begreep ik. Doe deze plek nog eens.",
        "What I heard I understood. Try this place again.";
    mend_model: "Uw stem is luid genoeg. Een groter spraakmodel kan helpen.",
        "Your voice is loud enough. A larger speech model may help.";
    kept: "De uitslag staat in {}.", "The result is in {}.";
    recordings: "De opnamen staan in {}. Wis ze als ze niet meer nodig zijn.",
        "The recordings are in {}. Delete them when they are not needed any more.";
    too_few: "{} zinnen zijn te weinig voor {} plekken; noem minder plekken met --places, of meer \
        zinnen met --sentences",
        "{} sentences are too few for {} places; name fewer places with --places, or more \
        sentences with --sentences";
}

impl Words {
    /// The verdict over a place, and what would help.
    pub fn verdict(&self, place: &Place) -> [String; 2] {
        let numbers = [place.understood().to_string(), place.tried.len().to_string()];
        let room = place.room_dbfs.to_string();
        let over = place.voice_over_room_db().map(|over| over.to_string());
        let mut parts = vec![&place.name, &numbers[0], &numbers[1], &room];
        parts.extend(&over);
        let line = if over.is_some() { self.verdict } else { self.verdict_silent };
        let mend = match place.mend() {
            Mend::Nothing => self.mend_nothing,
            Mend::Microphone => self.mend_microphone,
            Mend::Quieter => self.mend_quieter,
            Mend::Nearer => self.mend_nearer,
            Mend::Again => self.mend_again,
            Mend::Model => self.mend_model,
        };
        [fill(line, &parts), mend.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As long as what the companion says may be.
    const WORDS_MAX: usize = 16;

    #[test]
    fn what_is_said_aloud_is_short_plain_and_asks_one_thing() {
        let said = ROWS.iter().take_while(|(name, _, _)| *name != "now");
        assert_eq!(said.clone().count(), 8);
        for line in said.flat_map(|(_, nl, en)| [nl, en]) {
            assert!(
                line.matches('?').count() <= 1 && line.starts_with(char::is_uppercase),
                "{line}"
            );
            for sentence in line.split_inclusive(['.', '?']) {
                assert!(sentence.split_whitespace().count() <= WORDS_MAX, "{line}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_gaps() {
        for (name, nl, en) in ROWS {
            assert_eq!(nl.matches("{}").count(), en.matches("{}").count(), "{name}");
            assert!(!nl.is_empty() && !en.is_empty(), "{name}");
        }
    }
}
