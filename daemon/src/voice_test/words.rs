//! What a test of the ears says and shows, in the language that is spoken in the home. It is led
//! by an installer, beside the resident: short, kind, and never a judgement of who speaks.

use omzien_core::Language;

use super::score::{Mend, Place};

macro_rules! words {
    ($($name:ident: $nl:literal, $en:literal;)*) => {
        /// The words of one language; `{}` are filled in from the left.
        #[derive(Debug)]
        pub struct Words {
            $(pub $name: &'static str,)*
        }

        const DUTCH: Words = Words { $($name: $nl,)* };
        const ENGLISH: Words = Words { $($name: $en,)* };
    };
}

words! {
    begin:
        "Ik vraag u straks zinnen na te zeggen, op {} plekken. Zo meet ik hoe goed ik u hier hoor.",
        "I will ask you to repeat sentences, at {} places. So I measure how well I hear you here.";
    go_to: "Ga naar deze plek: {}. Druk op Enter als het zover is.",
        "Go to this place: {}. Press Enter when you are there.";
    quiet: "Wees even stil. Ik luister naar de kamer.",
        "Be quiet for a moment. I listen to the room.";
    say: "Zeg na: {}", "Please repeat: {}";
    now: "(ik luister)", "(I listen)";
    understood: "begrepen: “{}”", "understood: “{}”";
    otherwise: "niet begrepen: “{}”", "not understood: “{}”";
    nothing: "geen stem gehoord", "no voice was heard";
    levels: "stem {} dBFS, {} dB boven de kamer, {} ms na het laatste woord",
        "voice {} dBFS, {} dB over the room, {} ms after the last word";
    verdict: "{}: {} van {} begrepen. Kamer {} dBFS, stem {} dB erboven.",
        "{}: {} of {} understood. Room {} dBFS, voice {} dB over it.";
    verdict_silent: "{}: {} van {} begrepen. Kamer {} dBFS, geen stem.",
        "{}: {} of {} understood. Room {} dBFS, no voice.";
    mend_nothing: "Hier hoor ik u goed.", "I hear you well here.";
    mend_microphone: "Hier hoor ik niets. Kijk of de microfoon aan staat en de juiste is.",
        "I hear nothing here. See that the microphone is on, and that it is the right one.";
    mend_quieter: "De kamer is luid. Zet de televisie zachter, of de microfoon er verder vandaan.",
        "The room is loud. Turn the television down, or move the microphone away from it.";
    mend_nearer: "Uw stem komt hier te zacht aan. Zet de microfoon dichterbij.",
        "Your voice arrives too softly here. Put the microphone nearer.";
    mend_model: "Uw stem is luid genoeg. Een groter spraakmodel kan helpen.",
        "Your voice is loud enough. A larger speech model may help.";
    kept: "De uitslag staat in {}.", "The result is in {}.";
    thanks: "Dank u wel. Dit was alles.", "Thank you. That was all.";
    may_record: "Mag ik uw zinnen bewaren tot {}, om ze later te meten? Zeg ja of nee.",
        "May I keep your sentences until {}, to measure them later? Say yes or no.";
    records: "Ik neem op tot {}.", "I record until {}.";
    records_not: "Dan neem ik niets op.", "Then I record nothing.";
    recordings: "De opnamen staan in {}. Wis ze als ze niet meer nodig zijn.",
        "The recordings are in {}. Delete them when they are not needed any more.";
}

impl Words {
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Nl => &DUTCH,
            Language::En => &ENGLISH,
        }
    }

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
            Mend::Model => self.mend_model,
        };
        [fill(line, &parts), mend.to_owned()]
    }
}

/// Fills the gaps of a line from the left.
pub fn fill(line: &str, parts: &[impl AsRef<str>]) -> String {
    let mut pieces = line.split("{}");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for (place, piece) in pieces.enumerate() {
        filled += parts.get(place).map_or("", AsRef::as_ref);
        filled += piece;
    }
    filled
}
