//! Where the day of the demonstration takes place: the example home, wired to a broker, an ntfy
//! server and a mail server of this machine, in a folder that is gone afterwards.

use std::collections::hash_map::RandomState;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use omzien_core::plan::Channel;
use omzien_core::{ContactId, Language};
use omzien_drivers::simulated::free_port;
use omzien_drivers::simulated::mail_server::MailServer;
use omzien_drivers::simulated::ntfy_server::{NtfyServer, Phone, Rules};

use super::telling::Letter;
use crate::config::SECRETS_FILE;

const HOME_NL: &str = include_str!("../../../images/example/home.toml");
const HOME_EN: &str = include_str!("home_en.toml");
/// As the example home reaches everything and everybody.
const SIMULATED: &str = "via.simulated = {}";

/// Zigbee2MQTT's own, and the MQTT driver's default.
pub(super) const BASE_TOPIC: &str = "zigbee2mqtt";

/// How the people of the example home are reached here.
const ANNA: (&str, &str) = ("demo-topic-of-anna", "anna@example.org");
const PIET: (&str, &str) = ("demo-topic-of-piet", "piet@example.org");
const JANSEN: &str = "jansen@example.org";

/// The servers and files of one day; they end with it.
pub(super) struct Stage {
    pub(super) folder: tempfile::TempDir,
    pub(super) ntfy: NtfyServer,
    pub(super) mail: MailServer,
    pub(super) mqtt_port: u16,
}

impl Stage {
    pub(super) fn build(language: Language) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("omzien-demo-").tempdir()?;
        let ntfy = NtfyServer::start(Rules::default())?;
        let mail = MailServer::start(None)?;
        let stage = Self { folder, ntfy, mail, mqtt_port: free_port()? };
        fs::write(stage.home(), stage.home_file(language))?;
        let mut secrets = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(stage.home().with_file_name(SECRETS_FILE))?;
        write!(secrets, "[ntfy]\nreply_key = \"{}\"\n", fresh_key())?;
        Ok(stage)
    }

    pub(super) fn home(&self) -> PathBuf {
        self.folder.path().join("home.toml")
    }

    pub(super) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(super) fn phone_of_anna(&self) -> Phone {
        self.ntfy.phone(ANNA.0, None)
    }

    /// What came last to this person over this channel.
    pub(super) fn newest(&self, contact: &ContactId, channel: Channel) -> Option<Letter> {
        let (topic, address) = match contact.as_str() {
            "anna" => ANNA,
            "piet" => PIET,
            _ => ("", JANSEN),
        };
        match channel {
            Channel::Ntfy => self.ntfy.messages(topic).pop().map(|message| Letter {
                title: message.title,
                text: message.message,
                buttons: message.actions.into_iter().map(|action| action.label).collect(),
            }),
            Channel::Mail => {
                let mut mails = self.mail.mails().into_iter().rev();
                let newest = mails.find(|mail| mail.to.iter().any(|to| to == address))?;
                let title = newest.header("Subject").unwrap_or_default();
                Some(Letter { title, text: newest.text(), buttons: Vec::new() })
            }
            Channel::Simulated => None,
        }
    }

    /// The example home with real wires instead of simulated ones. Its room does not hear the
    /// loudspeaker, so nothing is proved by that.
    fn home_file(&self, language: Language) -> String {
        let example = match language {
            Language::En => HOME_EN,
            Language::Nl => HOME_NL,
        };
        let mut section = "";
        let mut home = String::new();
        for line in example.lines() {
            if line.starts_with('[') {
                section = line.trim_matches(['[', ']']);
            }
            home += &match line {
                SIMULATED => wire(section),
                line => line.to_owned(),
            };
            home.push('\n');
        }
        let (mqtt, ntfy, mail) = (self.mqtt_port, self.ntfy.url(), self.mail.address());
        home + &format!(
            "[mqtt]\nport = {mqtt}\n\
             [ntfy]\nserver = \"{ntfy}\"\n\
             [mail]\nserver = \"{}\"\nport = {}\nfrom = \"home@example.org\"\ntls = \"none\"\n\
             [sound_proof]\ndevices = \"speakerphone\"\n",
            mail.ip(),
            mail.port(),
        )
    }
}

/// How what the example home simulates is reached here; the first way to a person is tried first.
fn wire(section: &str) -> String {
    let by_ntfy_or_mail = |(topic, address): (&str, &str)| {
        format!(
            "via = {{ ntfy = {{ topic = \"{topic}\" }}, mail = {{ address = \"{address}\" }} }}"
        )
    };
    match section.split_once('.') {
        Some(("device", id)) => format!("via.mqtt = {{ topic = \"{BASE_TOPIC}/{id}\" }}"),
        Some(("circle", "anna")) => by_ntfy_or_mail(ANNA),
        Some(("circle", "piet")) => by_ntfy_or_mail(PIET),
        Some(("circle", _)) => format!("via.mail = {{ address = \"{JANSEN}\" }}"),
        Some(_) | None => SIMULATED.to_owned(),
    }
}

/// Another one each time, from the randomness that the standard library gives every map.
fn fresh_key() -> String {
    (0..4).map(|_| format!("{:016x}", RandomState::new().build_hasher().finish())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn the_home_of_the_day_is_whole_in_both_languages() {
        let plans = [Language::En, Language::Nl].map(|language| {
            let stage = Stage::build(language).unwrap();
            let loaded = config::load(&stage.home());
            let loaded = loaded.unwrap_or_else(|mistakes| panic!("{language:?}:\n{mistakes}"));
            assert_eq!(loaded.plan.language, language);
            loaded.plan
        });
        let [en, nl] = plans.map(|plan| {
            let devices: Vec<_> = plan.devices.into_keys().collect();
            let rooms: Vec<_> = plan.rooms.into_keys().collect();
            let circle: Vec<_> = plan.circle.into_keys().collect();
            (devices, rooms, circle, plan.escalation, plan.automations, plan.check_in, plan.watch)
        });
        assert_eq!(en, nl, "the English twin is the same home");
    }
}
