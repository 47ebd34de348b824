//! The page that says how a device is made to trust the authority, and what that means. It needs no script and nothing beside it,
//! since it is what there is before anything is trusted.

use std::sync::LazyLock;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::Authority;
use crate::text::Lang;

/// Where the page is, and the certificate.
pub const PAGE: &str = "/trust";
pub const CERTIFICATE: &str = "/trust/messenger-ca.crt";

const STYLE: &str = include_str!("trust.css");
const ENGLISH: &str = include_str!("trust-en.html");
const ROMANIAN: &str = include_str!("trust-ro.html");

/// What may be in the page: its one style.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// What devices are to trust; a clone is another handle on the same.
#[derive(Clone)]
pub struct Trust {
    name: String,
    /// The certificate's SHA-256 as devices show it.
    pub fingerprint: String,
    certificate: Bytes,
}

impl Trust {
    /// The type by which devices know a certificate that is to be trusted.
    pub const TYPE: &str = "application/x-x509-ca-cert";

    /// That one is to trust this.
    pub fn new(authority: &Authority) -> Trust {
        Trust {
            name: authority.name.clone(),
            fingerprint: authority.fingerprint(),
            certificate: authority.certificate.clone().into(),
        }
    }

    /// DER.
    pub fn certificate(&self) -> Bytes {
        self.certificate.clone()
    }

    /// The page's Content-Security-Policy.
    pub fn policy() -> &'static str {
        &POLICY
    }

    /// The page's language: the one that its address names, else what the browser asks for.
    pub fn lang(query: Option<&str>, asked: Lang) -> Lang {
        let mut fields = query.unwrap_or_default().split('&');
        match fields.find_map(|field| field.strip_prefix("lang=")) {
            Some("ro") => Lang::Ro,
            Some("en") => Lang::En,
            _ => asked,
        }
    }

    /// The page; `here` is the server's address, which it leads to.
    pub fn page(&self, lang: Lang, here: &str) -> String {
        let page = match lang {
            Lang::En => ENGLISH,
            Lang::Ro => ROMANIAN,
        };
        // In lines short enough to be compared with the eye.
        let bytes: Vec<&str> = self.fingerprint.split(':').collect();
        let lines: Vec<String> = bytes.chunks(8).map(|line| line.join(":")).collect();
        page.replace("{style}", STYLE)
            .replace("{name}", &escaped(&self.name))
            .replace("{fingerprint}", &lines.join(":<wbr>"))
            .replace("{here}", &escaped(here))
    }
}

fn escaped(text: &str) -> String {
    let escape = |letter| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        other => String::from(other),
    };
    text.chars().map(escape).collect()
}
