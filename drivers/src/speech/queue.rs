//! What is waiting to be said: one sentence at a time, alarms first. Pure; it plays nothing.

use std::collections::VecDeque;

use omzien_core::{EffectId, Language, Manner, Urgency};

/// More than this nobody wants to hear at once: some two minutes of talking.
pub(super) const WAITING_MAX: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) id: EffectId,
    /// As it is written.
    pub(super) text: String,
    /// As it is pronounced.
    pub(super) spoken: String,
    pub(super) language: Language,
    pub(super) urgency: Urgency,
    pub(super) manner: Manner,
}

/// What is being said, and what comes next.
#[derive(Debug, Default)]
pub(super) struct Queue {
    saying: Option<Urgency>,
    /// The most urgent first, and among equals the oldest.
    waiting: VecDeque<Sentence>,
}

impl Queue {
    /// Puts a sentence in its place. When [`WAITING_MAX`] wait, the least urgent gives way and is
    /// returned: the youngest calm one, or the new one itself.
    #[must_use]
    pub(super) fn push(&mut self, sentence: Sentence) -> Option<Sentence> {
        let place = self.waiting.partition_point(|waiting| waiting.urgency >= sentence.urgency);
        self.waiting.insert(place, sentence);
        if self.waiting.len() > WAITING_MAX { self.waiting.pop_back() } else { None }
    }

    /// Whether what is being said must stop for what waits.
    pub(super) fn must_stop(&self) -> bool {
        match (self.saying, self.waiting.front()) {
            (Some(saying), Some(next)) => saying < next.urgency,
            (None, _) | (_, None) => false,
        }
    }

    /// The next sentence. It is being said until the next call of this or of [`Queue::finish`].
    pub(super) fn begin(&mut self) -> Option<Sentence> {
        let sentence = self.waiting.pop_front();
        self.saying = sentence.as_ref().map(|sentence| sentence.urgency);
        sentence
    }

    pub(super) fn is_saying(&self) -> bool {
        self.saying.is_some()
    }

    pub(super) fn finish(&mut self) {
        self.saying = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(counter: u64, urgency: Urgency) -> Sentence {
        let id = EffectId { epoch: 1, counter };
        let text = format!("sentence {counter}");
        let (spoken, language, manner) = (text.clone(), Language::En, Manner::FULL);
        Sentence { id, text, spoken, language, urgency, manner }
    }

    fn order(queue: &mut Queue) -> Vec<u64> {
        std::iter::from_fn(|| queue.begin()).map(|sentence| sentence.id.counter).collect()
    }

    #[test]
    fn alarms_go_first_and_equals_in_order() {
        let mut queue = Queue::default();
        for (counter, urgency) in
            [(1, Urgency::Calm), (2, Urgency::Alarm), (3, Urgency::Calm), (4, Urgency::Alarm)]
        {
            assert_eq!(queue.push(sentence(counter, urgency)), None);
        }
        assert_eq!(order(&mut queue), [2, 4, 1, 3]);
    }

    #[test]
    fn only_something_more_urgent_stops_a_sentence() {
        for (saying, next, stops) in [
            (Urgency::Calm, Urgency::Alarm, true),
            (Urgency::Calm, Urgency::Calm, false),
            (Urgency::Alarm, Urgency::Alarm, false),
            (Urgency::Alarm, Urgency::Calm, false),
        ] {
            let mut queue = Queue::default();
            let _ = queue.push(sentence(1, saying));
            assert!(!queue.must_stop(), "nothing is being said yet");
            queue.begin();
            let _ = queue.push(sentence(2, next));
            assert_eq!(queue.must_stop(), stops, "{saying:?}, then {next:?}");
            queue.finish();
            assert!(!queue.must_stop());
        }
    }

    #[test]
    fn a_full_queue_refuses_the_youngest_calm_sentence() {
        let mut queue = Queue::default();
        for counter in 0..WAITING_MAX as u64 {
            assert_eq!(queue.push(sentence(counter, Urgency::Calm)), None);
        }
        let refused = |sentence: Option<Sentence>| sentence.map(|sentence| sentence.id.counter);
        assert_eq!(refused(queue.push(sentence(100, Urgency::Calm))), Some(100));
        assert_eq!(refused(queue.push(sentence(101, Urgency::Alarm))), Some(31));
        assert_eq!(queue.begin().map(|sentence| sentence.id.counter), Some(101));
    }
}
