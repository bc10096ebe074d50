//! What the classifier reads, learns and refuses.

use std::borrow::Cow;

use omzien_core::Language;

use super::training::{Said, Sample, train};
use super::{Classifier, WeightsError, features};
use crate::language;

fn sample(text: &str, label: Option<&str>) -> Sample {
    Sample {
        tokens: text.split(' ').map(str::to_owned).collect(),
        labels: label.into_iter().map(str::to_owned).collect(),
        worth: 1.0,
        said: Said::ByPeople,
    }
}

fn lessons() -> Vec<Sample> {
    let ours = [
        ("put {light} on", "lights.on"),
        ("{light} on now", "lights.on"),
        ("switch {light} on", "lights.on"),
        ("put {light} out", "lights.off"),
        ("{light} out now", "lights.off"),
        ("switch {light} off", "lights.off"),
    ];
    let others =
        ["who won the match", "the weather will be fine", "play some jazz", "how are they"];
    let ours = ours.iter().map(|(text, label)| sample(text, Some(label)));
    let lessons = ours.chain(others.iter().map(|text| sample(text, None)));
    lessons.cycle().take(100).collect()
}

fn learnt(samples: &[Sample]) -> Classifier {
    Classifier::read(Cow::Owned(train(samples, "a test"))).expect("weights")
}

#[test]
fn what_was_learnt_is_told_apart_and_the_rest_left_alone() {
    let classifier = learnt(&lessons());
    let first = |text: &str| {
        let tokens: Vec<&str> = text.split(' ').collect();
        classifier.likeliest(&tokens, |_| true).map(|(label, _)| label.to_owned())
    };
    assert_eq!(first("now put on {light}").as_deref(), Some("lights.on"));
    assert_eq!(first("swich off {light}").as_deref(), Some("lights.off"));
    assert_eq!(first("who will play the match"), None);
    assert_eq!(classifier.likeliest(&["{light}", "on"], |label| label == "lights.off"), None);
}

#[test]
fn a_sentence_that_may_mean_two_things_is_learnt_as_the_likelier() {
    let mut samples = lessons();
    samples.push(Sample {
        labels: vec!["lights.on".to_owned(), "lights.off".to_owned()],
        ..sample("{light} out please", None)
    });
    let classifier = learnt(&samples);
    let likeliest = classifier.likeliest(&["{light}", "please"], |_| true);
    assert_eq!(likeliest.map(|(label, _)| label), Some("lights.off"));
}

#[test]
fn the_same_sentences_give_the_same_weights() {
    assert!(train(&lessons(), "a test") == train(&lessons(), "a test"));
}

#[test]
fn broken_weights_are_refused() {
    let read = |file: &[u8]| Classifier::read(Cow::Owned(file.to_vec())).err();
    assert_eq!(read(b""), Some(WeightsError::Head));
    assert_eq!(read(b"threshold x\n---\n"), Some(WeightsError::Head));
    assert_eq!(read(b"threshold 0.5\nlights.on 1 0\n---\nshort"), Some(WeightsError::Length));
    let whole = train(&lessons(), "a test");
    assert_eq!(read(&whole[..whole.len() - 1]), Some(WeightsError::Length));
    assert_eq!(read(&whole), None);
}

#[test]
fn a_flood_of_words_has_a_bound() {
    let flood = vec!["word"; 10_000];
    assert!(features(&flood).len() < 2_000);
}

#[test]
fn the_weights_of_both_languages_are_read() {
    for language in [Language::Nl, Language::En] {
        let read = Classifier::read(Cow::Borrowed(language::weights(language)));
        assert!(read.is_ok(), "{language:?}: {:?}", read.err());
    }
}
