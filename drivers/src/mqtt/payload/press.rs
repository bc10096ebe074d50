//! Which words of an `action` are a press. A table; it reads no payload.

use omzien_core::Press;

/// Words of an `action` that mean: the finger leaves, nothing was pressed.
const RELEASES: &[&str] = &["release", "released", "stop", "idle"];
/// Words of an `action` that mean: held down.
const HOLDS: &[&str] = &["hold", "held", "long", "move"];
/// Words of an `action` that mean: pressed. Pressed twice in fear is pressed.
const PRESSES: &[&str] = &[
    "single",
    "double",
    "triple",
    "quadruple",
    "quintuple",
    "many",
    "press",
    "pressed",
    "click",
    "clicked",
    "push",
    "tap",
    "short",
    "on",
    "off",
    "toggle",
    "sos",
    "emergency",
    "panic",
    "scene",
    "recall",
    "button",
];

/// What an `action` means on a device that is a help button. Anything that a finger does to it
/// counts; arming an alarm system, turning a knob, letting go do not.
pub(super) fn press(action: &str) -> Option<Press> {
    let any = |words: &[&str]| action.split('_').any(|word| words.contains(&word));
    if any(RELEASES) {
        None
    } else if any(HOLDS) {
        Some(Press::Long)
    } else if any(PRESSES) {
        Some(Press::Short)
    } else {
        None
    }
}
