//! Whether people can be reached over the channels that the file gives them: each channel has
//! what it needs, here or in the secrets. It sends nothing and looks nothing up.

use omzien_core::plan::Channel;

use super::Secrets;
use super::file::Contact;
use super::page::Cursor;
use super::resolve::Look;

/// The channels of a contact, in the order in which they are written.
pub(super) fn channels(via: &Cursor<'_, '_>) -> Vec<Channel> {
    let channel = |key: &str| match key {
        "ntfy" => Some(Channel::Ntfy),
        "mail" => Some(Channel::Mail),
        "simulated" => Some(Channel::Simulated),
        // Not a key of `via`: found by shape.
        _ => None,
    };
    via.keys().into_iter().filter_map(channel).collect()
}

/// Everybody has a channel, and every channel what it needs.
pub(super) fn check(look: &mut Look<'_, '_>, secrets_place: &Cursor<'_, '_>, secrets: &Secrets) {
    let file = look.file;
    for (id, contact) in &file.circle {
        let place = look.home.at("circle").at(id);
        let via = &contact.via;
        if via.ntfy.is_none() && via.mail.is_none() && via.simulated.is_none() {
            let message = format!("`{id}` cannot be reached: there is no channel");
            let mend = "add `via.ntfy = { }` or `via.mail = { address = \"…\" }`";
            look.mistakes.push(place.mistake(message, mend));
        }
        check_ntfy(look, id, contact, &place, secrets);
        if via.mail.is_some() && file.mail.is_none() {
            let message = "there is no mail server to send this with";
            let mend = "add [mail] with `server` and `from`";
            look.mistakes.push(place.at("via").at("mail").key_mistake(message, mend));
        }
    }
    let username = file.mail.as_ref().and_then(|mail| mail.username.as_ref());
    if username.is_some() && secrets.mail.password.is_none() {
        let message = "this user has no password";
        let mend = "add [mail] password = \"…\" to secrets.toml, readable by its owner only";
        look.mistakes.push(look.home.at("mail").at("username").mistake(message, mend));
    }
    let topics = secrets_place.at("ntfy").at("topics");
    for id in topics.keys().into_iter().filter(|id| !file.circle.contains_key(*id)) {
        let message = format!("there is no person of the circle `{id}`");
        let mend = "take the topic out, or add the person to the home file";
        look.mistakes.push(topics.at(id).key_mistake(message, mend));
    }
}

fn check_ntfy(
    look: &mut Look<'_, '_>,
    id: &str,
    contact: &Contact,
    place: &Cursor<'_, '_>,
    secrets: &Secrets,
) {
    let Some(via) = &contact.via.ntfy else { return };
    let place = place.at("via").at("ntfy");
    let Some(ntfy) = &secrets.ntfy else {
        let message = "the buttons of a message need a key, so that nobody can invent an answer";
        let mend = "add [ntfy] reply_key = \"…\" to secrets.toml (openssl rand -hex 32)";
        look.mistakes.push(place.key_mistake(message, mend));
        return;
    };
    if via.topic.is_none() && !ntfy.topics.contains_key(id) {
        let message = format!("`{id}` has no topic");
        let mend = format!("add [ntfy.topics] {id} = \"…\" to secrets.toml");
        look.mistakes.push(place.key_mistake(message, mend));
    }
}
