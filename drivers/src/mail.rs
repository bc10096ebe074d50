//! Messages to people by mail. A mail has no buttons; where the home has a page, its address is
//! under the text.
//!
//! It never decides, never retries by itself (an attempt has one outcome, the core tries again),
//! and never sends a password or a message over an unencrypted line out of this machine.

use std::collections::BTreeMap;
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Mailboxes};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use omzien_core::effect::Again;
use omzien_core::plan::Channel;
use omzien_core::{ContactId, EffectId, Outcome, Urgency};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::lanes::{deliver, failed, shorten};
use crate::secret::Secret;
use crate::{DriverError, Inbox, Message, Orders, Running};

/// As the table calls it.
pub const NAME: &str = "mail";

/// Port of SMTP that is encrypted from the first byte (RFC 8314).
const PORT_TLS: u16 = 465;
/// Some servers refuse a line of over 998 bytes (RFC 5322); encoded, a title can triple.
const SUBJECT_BYTES_MAX: usize = 200;
/// Far more than any message of ours.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// The section `[mail]` of `home.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// Host name of the mail server that takes outgoing mail.
    pub server: String,
    /// 465 speaks TLS from the first byte; any other port has to offer STARTTLS.
    #[serde(default = "port_default")]
    pub port: u16,
    /// The address the mails come from.
    pub from: String,
    #[serde(default)]
    pub tls: Tls,
    /// Left out, the server is not told who sends. The password is in the secrets file.
    #[serde(default)]
    pub username: Option<String>,
    /// Address of the home's page as the circle can open it; put under a mail that asks for an
    /// answer.
    #[serde(default)]
    pub page: Option<String>,
}

fn port_default() -> u16 {
    PORT_TLS
}

/// Whether the line to the mail server is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    #[default]
    Required,
    /// Only to a server on this machine itself; refused elsewhere.
    None,
}

/// `via.mail` of a person in the circle.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Via {
    /// `anna@example.org`
    pub address: String,
}

/// The section `[mail]` of the secrets file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", default)]
pub struct Secrets {
    /// Of `username`.
    pub password: Option<Secret>,
}

/// Everything the driver needs, resolved.
#[derive(Debug, Clone)]
pub struct Wiring {
    pub settings: Settings,
    pub secrets: Secrets,
    /// The people who are reached this way.
    pub contacts: BTreeMap<ContactId, Via>,
    /// For a whole mail, from connecting to the server's last word.
    pub timeout: Duration,
}

/// Long enough for a slow server over a slow line; the next step of a plan waits longer.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Opens the driver. It connects for each mail and holds no line open.
///
/// # Errors
/// [`DriverError::Setting`] names the setting or secret that cannot be used.
pub fn open(wiring: Wiring, orders: Orders, inbox: Inbox) -> Result<Running, DriverError> {
    let post = Post::new(&wiring)?;
    let to = addresses(&wiring.contacts)?;
    Ok(Box::pin(deliver(Channel::Mail, orders, inbox, move |id, message| {
        let (post, to) = (post.clone(), to.get(&message.contact).cloned());
        async move { post.send(id, &message, to).await }
    })))
}

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// What every mail has in common.
#[derive(Clone)]
struct Post {
    transport: Smtp,
    from: Mailbox,
    page: Option<String>,
    timeout: Duration,
}

impl Post {
    fn new(wiring: &Wiring) -> Result<Self, DriverError> {
        let settings = &wiring.settings;
        Ok(Self {
            transport: transport(wiring)?,
            from: settings.from.parse().map_err(|_| {
                setting_error("[mail] from", "is no mail address", "write it like home@example.org")
            })?,
            page: settings.page.clone(),
            timeout: wiring.timeout,
        })
    }

    async fn send(&self, id: EffectId, message: &Message, to: Option<Address>) -> Outcome {
        let Some(to) = to else {
            return failed("this person has no mail address", Again::Never);
        };
        let mail = match self.mail(id, message, to) {
            Ok(mail) => mail,
            Err(error) => {
                tracing::error!(%error, "a mail could not be put together");
                return failed("the mail could not be put together", Again::Never);
            }
        };
        match timeout(self.timeout, self.transport.send(mail)).await {
            Ok(Ok(_)) => Outcome::Accepted,
            Ok(Err(error)) => refused(&error),
            Err(_) => failed("the mail server did not answer in time", Again::Later),
        }
    }

    fn mail(
        &self,
        id: EffectId,
        message: &Message,
        to: Address,
    ) -> Result<lettre::Message, lettre::error::Error> {
        let subject = shorten(&message.title.replace(char::is_control, " "), SUBJECT_BYTES_MAX);
        let body = body(message, self.page.as_deref());
        let name = self.message_id(id, &to, &subject, &body);
        let mut builder = lettre::Message::builder()
            .from(self.from.clone())
            .mailbox(lettre::message::header::To::from(Mailboxes::from(Mailbox::new(None, to))))
            .subject(subject)
            .message_id(Some(name))
            .header(ContentType::TEXT_PLAIN)
            // So that no "I am on holiday" comes back (RFC 3834).
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if message.urgency == Urgency::Alarm {
            builder = builder.raw_header(header("Importance", "high"));
        }
        builder.body(body)
    }

    /// The same for every attempt of one effect, so that a server or reader can drop the second
    /// copy; never the same for another message, which would be dropped wrongly. The text is in
    /// it because two homes may share a sender, a receiver and a count.
    fn message_id(&self, id: EffectId, to: &Address, subject: &str, body: &str) -> String {
        let parts = [id.to_string().as_str(), self.from.email.as_ref(), to.as_ref(), subject, body]
            .join("\0");
        let digest: String =
            Sha256::digest(parts).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("<{digest}@{}>", self.from.email.domain())
    }
}

/// The sentences; under a mail that asks for an answer, what can be answered and where.
fn body(message: &Message, page: Option<&str>) -> String {
    let text = shorten(&message.body, BODY_BYTES_MAX);
    match page {
        Some(page) if !message.taps.is_empty() => {
            let labels: Vec<_> = message.taps.iter().map(|(_, label)| label.as_str()).collect();
            format!("{text}\n\n{}:\n{page}\n", labels.join(" / "))
        }
        Some(_) | None => format!("{text}\n"),
    }
}

/// `name` is one of ours, in ASCII.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.into())
}

/// The server's own words may hold the address, so only its number is kept.
fn refused(error: &lettre::transport::smtp::Error) -> Outcome {
    let code = error.status().map_or(0, u16::from);
    if error.is_permanent() {
        failed(format!("the mail server refused the mail ({code})"), Again::Never)
    } else if error.is_transient() {
        failed(format!("the mail server cannot take the mail now ({code})"), Again::Later)
    } else if error.is_client() {
        failed("the mail server does not offer what the settings require", Again::Never)
    } else if error.is_tls() {
        // After a power cut the clock may be wrong for a while, and with it every certificate.
        failed("no trusted encrypted line to the mail server", Again::Later)
    } else {
        failed("the mail server cannot be reached", Again::Later)
    }
}

fn transport(wiring: &Wiring) -> Result<Smtp, DriverError> {
    let Wiring { settings, secrets, .. } = wiring;
    let server = settings.server.as_str();
    let builder = match settings.tls {
        Tls::Required if settings.port == PORT_TLS => Smtp::relay(server),
        Tls::Required => Smtp::starttls_relay(server),
        Tls::None if crate::is_this_machine(server) => Ok(Smtp::builder_dangerous(server)),
        Tls::None => {
            return Err(setting_error(
                "[mail] tls",
                "is \"none\", and the server is another machine",
                "write \"required\": nobody on the way may read along",
            ));
        }
    };
    let builder = builder.map_err(|_| {
        setting_error("[mail] server", "is no host name", "write it like smtp.example.org")
    })?;
    let builder = builder.port(settings.port).timeout(Some(wiring.timeout));
    let builder = match (&settings.username, &secrets.password) {
        (Some(name), Some(password)) => {
            builder.credentials(Credentials::new(name.clone(), password.reveal().to_owned()))
        }
        (None, None) => builder,
        (Some(_), None) => {
            let mend = "write it in the secrets file: [mail], password = \"…\"";
            return Err(setting_error("[mail] username", "has no password", mend));
        }
        (None, Some(_)) => {
            let mend = "write whose it is: [mail], username = \"…\"";
            return Err(setting_error("secrets, [mail] password", "has no username", mend));
        }
    };
    Ok(builder.build())
}

fn addresses(
    contacts: &BTreeMap<ContactId, Via>,
) -> Result<BTreeMap<ContactId, Address>, DriverError> {
    let address = |(contact, via): (&ContactId, &Via)| match via.address.parse() {
        Ok(address) => Ok((contact.clone(), address)),
        Err(_) => Err(setting_error(
            format!("mail address of {contact}"),
            "is no mail address",
            "write it like anna@example.org",
        )),
    };
    contacts.iter().map(address).collect()
}

fn setting_error(place: impl Into<String>, problem: &str, mend: &'static str) -> DriverError {
    DriverError::Setting { place: place.into(), problem: format!("it {problem}"), mend }
}
