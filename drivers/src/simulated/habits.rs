//! What a simulated resident is like, as plain data: how often something befalls them, and how
//! they answer. The rates of a simulation are chosen, not measured, unless a source is named.

use std::time::Duration;

/// Rates are per year unless named otherwise; chances are 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    pub falls_a_year: f64,
    /// Of falls: up again without help.
    pub gets_up_alone: f64,
    /// Of falls: neither speaks nor moves.
    pub unconscious: f64,
    /// Stays in bed for a day or two, and answers nothing.
    pub illnesses_a_year: f64,
    /// Presses the button because help is needed; and by mistake.
    pub presses_a_year: f64,
    pub mistaken_presses_a_year: f64,
    /// Cries for help; and the television does.
    pub cries_a_year: f64,
    pub television_cries_a_year: f64,
    /// The wearable is dropped, and takes it for a fall.
    pub wearable_drops_a_year: f64,
    /// Nights away from home, several in a row.
    pub trips_a_year: f64,
    pub outings_a_week: f64,
    pub visits_a_week: f64,
    /// Of questions that were heard: a clear answer, and an unclear one. The rest is silence.
    pub clear: f64,
    pub unclear: f64,
    /// Of clear answers: the opposite of what is so.
    pub mistaken: f64,
    /// Is woken by a question.
    pub wakes: f64,
    /// Usual time before an answer.
    pub answers_after: Duration,
    /// Of helpers: holds the button to close the alarm in person.
    pub helper_holds_button: f64,
}

impl Habits {
    /// A life in which nothing goes wrong, of somebody who answers every question.
    pub const QUIET: Self = Self {
        falls_a_year: 0.0,
        gets_up_alone: 1.0,
        unconscious: 0.0,
        illnesses_a_year: 0.0,
        presses_a_year: 0.0,
        mistaken_presses_a_year: 0.0,
        cries_a_year: 0.0,
        television_cries_a_year: 0.0,
        wearable_drops_a_year: 0.0,
        trips_a_year: 0.0,
        outings_a_week: 4.0,
        visits_a_week: 2.0,
        clear: 1.0,
        unclear: 0.0,
        mistaken: 0.0,
        wakes: 1.0,
        answers_after: Duration::from_secs(4),
        helper_holds_button: 0.0,
    };

    /// About one fall every two years (28 to 35 % of people over 65 fall in a year: WHO, Global
    /// Report on Falls Prevention in Older Age, 2007), and the small mishaps of every household.
    pub const ORDINARY: Self = Self {
        falls_a_year: 0.5,
        gets_up_alone: 0.5,
        unconscious: 0.1,
        illnesses_a_year: 0.5,
        presses_a_year: 1.0,
        mistaken_presses_a_year: 4.0,
        cries_a_year: 0.5,
        television_cries_a_year: 3.0,
        wearable_drops_a_year: 12.0,
        trips_a_year: 2.0,
        clear: 0.7,
        unclear: 0.15,
        mistaken: 0.02,
        wakes: 0.5,
        answers_after: Duration::from_secs(6),
        helper_holds_button: 0.3,
        ..Self::QUIET
    };

    /// Something happens almost every day, so that a simulated year meets everything.
    pub const HARSH: Self = Self {
        falls_a_year: 50.0,
        unconscious: 0.3,
        illnesses_a_year: 10.0,
        presses_a_year: 40.0,
        mistaken_presses_a_year: 40.0,
        cries_a_year: 40.0,
        television_cries_a_year: 40.0,
        wearable_drops_a_year: 50.0,
        trips_a_year: 6.0,
        visits_a_week: 3.0,
        clear: 0.5,
        unclear: 0.25,
        mistaken: 0.05,
        answers_after: Duration::from_secs(12),
        ..Self::ORDINARY
    };
}
