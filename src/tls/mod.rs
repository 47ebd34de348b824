//! HTTPS without anybody's help: an authority that stands in the one file, and certificates for whatever this computer is
//! called and wherever it is.
//!
//! Promise: a device that trusts the authority trusts it for this room's names alone. Its certificate permits names that no
//! public site has (`localhost`, `.local`) and this computer's; addresses can't be listed beforehand, and nobody comes to a
//! public site by its address. Rejected: a certificate that signs itself, which each new address would make every device ask
//! about anew.

pub mod front;
pub mod page;
pub mod routes;
pub mod store;

use std::collections::BTreeSet;
use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType, PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::{CertificateDer, DnsName, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

const DAY: i64 = 86_400_000_000;
/// Life of the authority: a device is asked to trust it once.
const AUTHORITY_DAYS: i64 = 3650;
/// Life of a certificate, from a day ago, since clocks differ: browsers accept 398 days at most.
const CERTIFICATE_DAYS: i64 = 396;
/// How long before its end a certificate, and the authority, are made anew.
const RENEWED_DAYS: i64 = 30;
/// The parts of the name space that no public site is in.
const PERMITTED: [&str; 2] = ["localhost", "local"];

/// What signs this server's certificates.
#[derive(Clone)]
pub struct Authority {
    /// As devices list it.
    pub name: String,
    /// This computer's name when it was made; empty: none that a certificate can have.
    pub host: String,
    /// PKCS #8.
    pub key: Vec<u8>,
    /// DER.
    pub certificate: Vec<u8>,
    /// When it ends, in microseconds since 1970.
    pub until: i64,
}

/// What a certificate is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subjects {
    pub names: BTreeSet<String>,
    pub addresses: BTreeSet<IpAddr>,
}

/// A certificate with its key.
pub struct Certificate {
    pub subjects: Subjects,
    /// DER.
    pub certificate: CertificateDer<'static>,
    pub key: PrivateKeyDer<'static>,
    /// From when on it is to be made anew, in microseconds since 1970.
    pub renewed: i64,
}

impl Authority {
    /// A new one, of a computer that is called `host`, from `now`.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn make(host: &str, now: i64) -> Result<Authority, rcgen::Error> {
        let host = Some(host).filter(|host| is_name(host)).unwrap_or_default().to_owned();
        let whose = if host.is_empty() { "this computer" } else { &host };
        let name = format!("Messenger of {whose}, {}", moment(now).date());
        let until = now + AUTHORITY_DAYS * DAY;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let permitted = PERMITTED
            .into_iter()
            .chain(Some(&*host).filter(|host| !host.is_empty()));
        let mut params = params(&name, now, until);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted.map(|name| GeneralSubtree::DnsName(name.to_owned())).collect(),
            excluded_subtrees: Vec::new(),
        });
        let certificate = params.self_signed(&key)?.der().to_vec();
        Ok(Authority {
            name,
            host,
            key: key.serialize_der(),
            certificate,
            until,
        })
    }

    /// Whether it lasts long enough to be trusted anew.
    pub fn is_good(&self, now: i64) -> bool {
        now < self.until - RENEWED_DAYS * DAY
    }

    /// Its certificate's SHA-256 as devices show it: `AB:CD:...`.
    pub fn fingerprint(&self) -> String {
        let bytes = Sha256::digest(&self.certificate);
        bytes
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<Vec<_>>()
            .join(":")
    }

    /// Of these subjects those that it may speak for: one name too many would make devices refuse a whole certificate.
    pub fn permitted(&self, subjects: Subjects) -> Subjects {
        let within = |name: &str, tree: &str| {
            name.strip_suffix(tree)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let trees = || {
            PERMITTED
                .into_iter()
                .chain(Some(&*self.host).filter(|host| !host.is_empty()))
        };
        let names = subjects.names.into_iter();
        Subjects {
            names: names
                .filter(|name| is_name(name) && trees().any(|tree| within(name, tree)))
                .collect(),
            addresses: subjects.addresses,
        }
    }

    /// A certificate for the permitted of these subjects, from `now`.
    ///
    /// # Errors
    /// Where the key is none, or the system gives no randomness.
    pub fn certify(&self, subjects: Subjects, now: i64) -> Result<Certificate, rcgen::Error> {
        let subjects = self.permitted(subjects);
        let until = self.until.min(now + CERTIFICATE_DAYS * DAY);
        let mut params = params("Messenger", now, until);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        for name in &subjects.names {
            params
                .subject_alt_names
                .push(SanType::DnsName(name.as_str().try_into()?));
        }
        let addresses = subjects.addresses.iter().copied();
        params.subject_alt_names.extend(addresses.map(SanType::IpAddress));
        let signing = KeyPair::try_from(self.key.as_slice())?;
        let own = self::params(&self.name, now, until);
        let issuer = Issuer::from_params(&own, signing);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = params.signed_by(&key, &issuer)?.der().clone();
        Ok(Certificate {
            subjects,
            certificate,
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            renewed: until - RENEWED_DAYS * DAY,
        })
    }
}

impl Subjects {
    /// Whether it is for all of these, too.
    pub fn has(&self, others: &Subjects) -> bool {
        self.names.is_superset(&others.names) && self.addresses.is_superset(&others.addresses)
    }
}

/// Of a certificate that is called `name`.
fn params(name: &str, now: i64, until: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = moment(now - DAY);
    params.not_after = moment(until);
    params
}

fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Whether a certificate can have it as a name.
fn is_name(text: &str) -> bool {
    text.parse::<IpAddr>().is_err() && DnsName::try_from(text).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rustls::client::WebPkiServerVerifier;
    use rustls::crypto::ring;
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::RootCertStore;
    use std::sync::Arc;
    use std::time::Duration;

    /// 2026-09-14, a lesson year's first day.
    const NOW: i64 = 1_789_344_000_000_000;

    fn subjects(names: &[&str], addresses: &[&str]) -> Subjects {
        Subjects {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        }
    }

    /// Whether a device that trusts `authority` takes the certificate for `name` at this time.
    fn is_taken(authority: &Authority, certificate: &Certificate, name: &str, at: i64) -> bool {
        use rustls::client::danger::ServerCertVerifier;
        let mut trusted = RootCertStore::empty();
        trusted.add(authority.certificate.clone().into()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(trusted), provider)
            .build()
            .unwrap();
        let at = UnixTime::since_unix_epoch(Duration::from_micros(at.try_into().unwrap()));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier
            .verify_server_cert(&certificate.certificate, &[], &name, &[], at)
            .is_ok()
    }

    #[test]
    fn a_certificate_is_good_for_what_it_names_and_nothing_else() {
        let authority = Authority::make("ana-pc", NOW).unwrap();
        let wanted = subjects(
            &["localhost", "messenger.local", "ana-pc", "ana-pc.local"],
            &["127.0.0.1", "::1", "192.168.1.7"],
        );
        let made = authority.certify(wanted.clone(), NOW).unwrap();
        assert_eq!(made.subjects, wanted);
        for name in [
            "localhost",
            "messenger.local",
            "ana-pc",
            "ana-pc.local",
            "127.0.0.1",
            "::1",
            "192.168.1.7",
        ] {
            assert!(is_taken(&authority, &made, name, NOW), "{name}");
        }
        for name in ["example.org", "messenger-2.local", "192.168.1.8"] {
            assert!(!is_taken(&authority, &made, name, NOW), "{name}");
        }
        let other = Authority::make("ana-pc", NOW).unwrap();
        assert!(!is_taken(&other, &made, "localhost", NOW), "of another server");
    }

    #[test]
    fn the_authority_can_not_vouch_for_a_public_name() {
        let authority = Authority::make("ana-pc", NOW).unwrap();
        let asked = subjects(
            &[
                "localhost",
                "bank.example",
                "local.example",
                "x.ana-pc",
                "notlocal",
                "_",
                "a b",
                "",
            ],
            &[],
        );
        let made = authority.certify(asked, NOW).unwrap();
        assert_eq!(made.subjects, subjects(&["localhost", "x.ana-pc"], &[]));
        // Who has its key and asks nobody: devices refuse what comes of it.
        let thief = Authority {
            host: "bank.example".to_owned(),
            ..authority.clone()
        };
        let forged = thief.certify(subjects(&["bank.example"], &[]), NOW).unwrap();
        assert_eq!(forged.subjects, subjects(&["bank.example"], &[]));
        assert!(!is_taken(&authority, &forged, "bank.example", NOW));
    }

    #[test]
    fn a_certificate_lasts_a_lesson_year_and_no_longer_than_browsers_take() {
        let authority = Authority::make("", NOW).unwrap();
        let made = authority.certify(subjects(&["localhost"], &[]), NOW).unwrap();
        let good = |day: i64| is_taken(&authority, &made, "localhost", NOW + day * DAY);
        assert!([0, 300, 395].into_iter().all(good), "a lesson year");
        assert!(!good(397) && !good(-2));
        assert_eq!(made.renewed, NOW + 366 * DAY);
        assert!(authority.is_good(NOW + 3619 * DAY) && !authority.is_good(NOW + 3621 * DAY));
        let late = authority
            .certify(subjects(&["localhost"], &[]), NOW + 3600 * DAY)
            .unwrap();
        assert!(
            is_taken(&authority, &late, "localhost", NOW + 3649 * DAY),
            "to the authority's end"
        );
    }

    #[test]
    fn a_computer_without_a_name_for_certificates_has_none() {
        for host in ["", "192.168.1.7", "a b", "școala"] {
            let authority = Authority::make(host, NOW).unwrap();
            assert_eq!(
                (authority.host.as_str(), authority.name.as_str()),
                ("", "Messenger of this computer, 2026-09-14")
            );
        }
        let named = Authority::make("ana-pc", NOW).unwrap();
        assert_eq!(named.name, "Messenger of ana-pc, 2026-09-14");
        assert_eq!(named.fingerprint().len(), 95);
    }
}
