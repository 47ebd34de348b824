//! The mail server: TLS, STARTTLS or plain, by the settings' URL.

use std::time::Duration;

use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::config::Config;
use crate::ids::random_hex;

/// How long one step of a conversation with the server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A way to the mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// For the whole of a conversation.
    timeout: Duration,
}

/// Why a mail was not taken. The reason names no address and no text.
#[derive(Debug)]
pub struct Failure {
    /// Whether another try would be refused, too.
    pub permanent: bool,
    pub reason: String,
    /// How far it came.
    pub kind: Kind,
    /// What the mail server said, or the system where there was none to say it: for the host's eyes, not for the log, since
    /// servers repeat addresses.
    pub answer: Option<String>,
}

/// How far a mail came that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The address can't be one, or the mail can't be made.
    Unfit,
    /// The server answered, and did not take it.
    Refused,
    /// Nobody answered in time.
    Silent,
    /// There is no way to the server.
    Unreachable,
}

impl Smtp {
    /// The server of the settings; None without one.
    ///
    /// # Errors
    /// A sentence on the setting that can't be.
    pub fn new(config: &Config) -> Result<Option<Smtp>, String> {
        if config.smtp_url.is_empty() {
            return Ok(None);
        }
        // A `/` in a password ends the server's name, and the rest would be told to whoever has that name.
        let after = config.smtp_url.split_once("://").map_or("", |(_, rest)| rest);
        if after
            .split('?')
            .next()
            .unwrap_or_default()
            .trim_end_matches('/')
            .contains('/')
        {
            return Err("smtp_url must have no path: write a / in a password as %2F.".to_owned());
        }
        // The URL holds a password: it is not repeated.
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.smtp_url)
            .map_err(|_| "smtp_url must be like smtps://user:password@mail.example.org.".to_owned())?
            .timeout(Some(TIMEOUT));
        if !config.smtp_root_certificate.is_empty() {
            let tls = own_certificate(config)?;
            transport = transport.tls(if config.smtp_url.to_ascii_lowercase().starts_with("smtps:") {
                Tls::Wrapper(tls)
            } else {
                Tls::Required(tls)
            });
        }
        let from = config
            .smtp_from
            .parse()
            .map_err(|_| "smtp_from must be like Name <name@example.org>.".to_owned())?;
        Ok(Some(Smtp {
            transport: transport.build(),
            from,
            timeout: Duration::from_secs(config.smtp_timeout_seconds),
        }))
    }

    /// Hands a mail to the server.
    ///
    /// # Errors
    /// Whether it is worth another try, and why it was not taken.
    pub async fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), Failure> {
        let never = |error: &dyn std::fmt::Display| Failure {
            permanent: true,
            reason: error.to_string(),
            kind: Kind::Unfit,
            answer: None,
        };
        // Few mail servers take anything but ASCII; a domain has a second name in it.
        let (local, domain) = to.rsplit_once('@').ok_or_else(|| never(&"the address is not one"))?;
        let domain = idna::domain_to_ascii(domain).map_err(|_| never(&"the address is not one"))?;
        let to: Address = format!("{local}@{domain}")
            .parse()
            .map_err(|_| never(&"the address is not one"))?;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{}@{}>", random_hex(16), self.from.email.domain())))
            .subject(subject)
            .body(text.to_owned())
            .map_err(|error| never(&error))?;
        // The transport's own limit is for connecting only: a server that then says nothing would hold all mail for ever.
        let Ok(sent) = tokio::time::timeout(self.timeout, self.transport.send(mail)).await else {
            return Err(Failure {
                permanent: false,
                reason: "the mail server did not answer in time".to_owned(),
                kind: Kind::Silent,
                answer: None,
            });
        };
        match sent {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure {
                permanent: error.is_permanent() && !is_ours(&error),
                reason: match error.status() {
                    Some(code) => format!("the mail server answered {code}"),
                    None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
                    None => "the mail server can't be reached".to_owned(),
                },
                kind: match error.status() {
                    Some(_) => Kind::Refused,
                    None if error.is_timeout() => Kind::Silent,
                    None => Kind::Unreachable,
                },
                answer: answer(&error),
            }),
        }
    }
}

/// The server's own words behind their code, or the system's.
fn answer(error: &lettre::transport::smtp::Error) -> Option<String> {
    let said = std::error::Error::source(error).map(ToString::to_string);
    match error.status() {
        Some(code) => Some(format!("{code} {}", said.unwrap_or_default()).trim_end().to_owned()),
        None => said,
    }
}

/// Whether the server refuses us and not the mail: a wrong or missing log-in (RFC 4954), which the host can mend.
fn is_ours(error: &lettre::transport::smtp::Error) -> bool {
    error
        .status()
        .is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()))
}

fn own_certificate(config: &Config) -> Result<TlsParameters, String> {
    let file = &config.smtp_root_certificate;
    let pem = std::fs::read(file).map_err(|error| format!("smtp_root_certificate {file} can't be read: {error}."))?;
    // The parser takes a file without any for one with none.
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(format!("smtp_root_certificate {file} is no PEM certificate."));
    }
    let certificate =
        Certificate::from_pem(&pem).map_err(|_| format!("smtp_root_certificate {file} is no PEM certificate."))?;
    let host = config.smtp_url.split("://").nth(1).unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(['/', '?', ':']).next().unwrap_or_default();
    TlsParameters::builder(host.to_owned())
        .add_root_certificate(certificate)
        .build()
        .map_err(|error| format!("smtp_root_certificate {file} can't be used: {error}."))
}
