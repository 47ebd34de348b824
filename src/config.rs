//! Typed settings, read once at the start and passed to who needs them; never a global.
//!
//! `Rocket.toml` inside the binary holds every setting with its default and what it means; a `Rocket.toml` in the
//! working directory, `ROCKET_*` variables and flags override it, in that order. A value that can't be is refused
//! before anything is opened.

use std::path::PathBuf;
use std::time::Duration;

use rocket::figment::providers::{Env, Format, Toml};
use rocket::figment::{Figment, Profile};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::Lang;

/// The fewest PBKDF2-SHA256 rounds that are accepted (OWASP Password Storage Cheat Sheet).
const FEWEST_ITERATIONS: u32 = 600_000;

/// The settings of Messenger's own; Rocket reads its part of the same figment.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// The SQLite file.
    pub database: PathBuf,
    /// What people see as the server's name.
    pub server_name: String,
    /// What absolute URLs begin with, without a slash at the end; empty: the request's address if it is ours.
    pub base_url: String,
    /// Whether requests are limited.
    pub rate_limits: bool,
    /// Accounts one address may make in an hour.
    pub registrations_per_hour: u32,
    /// PBKDF2-SHA256 rounds of a new hash.
    pub password_iterations: u32,
    /// Whether a new address needs the current password.
    pub require_password_for_email: bool,
    /// Life of an access token, in minutes.
    pub access_minutes: u32,
    /// Life of a refresh token, in days.
    pub refresh_days: u32,
    /// Bytes of one photo.
    pub photo_max_bytes: u64,
    /// Bytes of one file.
    pub file_max_bytes: u64,
    /// Bytes of all that one person has uploaded.
    pub quota_bytes: u64,
    /// Events that are kept for devices that come back, and so how far back one may come.
    pub events_kept: u32,
    /// Whether a backup is made every night.
    pub backup_nightly: bool,
    /// Nightly backups that are kept.
    pub backups_kept: u32,
    /// Whether the server speaks HTTPS with certificates of its own authority.
    pub https: bool,
    /// Whether the network is told a name, messenger.local.
    pub mdns: bool,
    /// Whether people may look into how their own requests were carried out.
    pub xray: bool,
    /// Origins of other sites that may call the API from a browser.
    pub cors_origins: Vec<String>,
    /// The mail server; empty: codes are shown in the terminal.
    pub smtp_url: String,
    /// The sender of mail.
    pub smtp_from: String,
    /// A PEM file with the mail server's own certificate; empty: the public ones.
    pub smtp_root_certificate: String,
    /// Seconds that the mail server may take for one mail.
    pub smtp_timeout_seconds: u64,
    /// A level, or levels by part of the program.
    pub log: String,
    /// "text" or "json".
    pub log_format: String,
}

/// A level, or a part of the program with its level.
fn is_log_part(text: &str) -> bool {
    let level = text.rsplit('=').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(level.as_str(), "off" | "error" | "warn" | "info" | "debug" | "trace")
}

/// A sentence on what could not be read; a parser draws pictures of several lines.
fn unreadable(error: &rocket::figment::Error) -> String {
    let text = error.to_string();
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.contains('|') && !line.is_empty());
    format!("The settings can't be read: {}.", lines.collect::<Vec<_>>().join(", "))
}

/// A setting as the host may look at it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Setting {
    /// As in Rocket.toml; with its table in front where that is not the first.
    name: String,
    /// What holds, as TOML writes it; a password in it is hidden.
    value: String,
    default: String,
    /// What it means, in the language of the one who asks; in English as Rocket.toml says it.
    meaning: String,
    /// "default", "file", "environment" or "flag".
    from: &'static str,
}

impl Setting {
    /// The same, with its meaning in this language.
    pub fn told_in(&self, lang: Lang) -> Setting {
        let mut setting = self.clone();
        if let (Lang::Ro, Some(meaning)) = (lang, in_romanian(&self.name)) {
            setting.meaning = meaning.to_owned();
        }
        setting
    }
}

/// Every setting of the file in the binary, in its order.
pub fn describe(figment: &Figment) -> Vec<Setting> {
    let (mut table, mut meaning, mut is_open) = (String::new(), String::new(), false);
    let mut settings = Vec::new();
    for line in DEFAULTS.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix('#') {
            // A comment after a setting begins the next one's.
            if !std::mem::replace(&mut is_open, true) {
                meaning.clear();
            }
            meaning.push_str(if meaning.is_empty() { "" } else { " " });
            meaning.push_str(words.trim());
        } else if let Some(name) = line.strip_prefix("[default").and_then(|rest| rest.strip_suffix(']')) {
            table = name
                .strip_prefix('.')
                .map(|name| format!("{name}."))
                .unwrap_or_default();
            (meaning, is_open) = (String::new(), false);
        } else if let Some((name, default)) = line.split_once(" = ") {
            is_open = false;
            let name = format!("{table}{name}");
            settings.push(Setting {
                value: shown(figment, &name).unwrap_or_else(|| default.to_owned()),
                default: default.to_owned(),
                meaning: meaning.clone(),
                from: origin(figment, &name),
                name,
            });
        } else {
            (meaning, is_open) = (String::new(), false);
        }
    }
    settings
}

/// What Rocket.toml says of a setting, in Romanian; nothing of one that it says nothing of.
fn in_romanian(name: &str) -> Option<&'static str> {
    Some(match name {
        "address" | "port" => {
            "Unde ascultă. 0.0.0.0 înseamnă toate rețelele acestui calculator, ca telefoanele din sală să poată intra."
        }
        "https" => {
            "HTTPS cu certificate pe care serverul și le face singur, semnate de o autoritate a lui, în care fiecare aparat \
             este pus să aibă încredere o singură dată; cum, scrie pe pagina /trust. Pentru certificate de la alții vezi \
             [default.tls] în ghidul Rocket."
        }
        "mdns" => "Dacă rețelei i se spune și un nume, „messenger.local”, pe lângă adrese.",
        "database" => "Fișierul în care se află totul: conturi, mesaje, atașamente, chei.",
        "server_name" => "Numele serverului, așa cum îl văd oamenii la intrare și în e-mailuri.",
        "base_url" => {
            "Adresa cu care încep URL-urile întregi, de exemplu „https://chat.example.org”. Gol: adresa la care a venit \
             cererea, dacă este una a acestui calculator."
        }
        "rate_limits" => "Limite pentru autentificări, înregistrări, mesaje și încărcări. Oprite doar pentru teste.",
        "registrations_per_hour" => {
            "Câte conturi poate face o adresă într-o oră. O clasă în spatele unui singur router are nevoie de mai multe."
        }
        "password_iterations" => {
            "Runde PBKDF2-SHA256 pentru hash-ul unei parole, cel puțin 600000. Când crește, hash-urile se reînnoiesc pe \
             măsură ce oamenii intră."
        }
        "require_password_for_email" => {
            "Dacă cine își schimbă adresa de e-mail trebuie să trimită și parola: cine are adresa poate pune o parolă nouă."
        }
        "access_minutes" | "refresh_days" => "Cât trăiesc un token de acces și unul de reînnoire.",
        "photo_max_bytes" | "file_max_bytes" | "quota_bytes" => {
            "Mărimi în octeți: o poză, un fișier și toate fișierele unei persoane."
        }
        "events_kept" => {
            "Câte evenimente se păstrează pentru aparatele care revin, cel puțin 1000: unul care a pierdut mai multe \
             citește totul din nou."
        }
        "backup_nightly" | "backups_kept" => {
            "Dacă în fiecare noapte la trei, sau la prima ocazie după aceea, se face o copie a întregului în dosarul \
             „backups” de lângă baza de date; și câte dintre ele se păstrează. Cele făcute de mână rămân până le șterge \
             gazda."
        }
        "xray" => {
            "Raze X, pentru lecții: oamenii pot vedea cum au fost îndeplinite propriile lor cereri, cu instrucțiunile SQL, \
             planurile lor și ce spune tokenul."
        }
        "cors_origins" => {
            "Originile altor site-uri care pot chema API-ul dintr-un browser, de exemplu [\"https://school.example.org\"]."
        }
        "smtp_url" | "smtp_from" => {
            "E-mail pentru parole uitate: „smtps://user:password@mail.example.org” (TLS), \
             „smtp://user:password@mail.example.org:587?tls=required” (STARTTLS), „smtp://localhost:25” (simplu). Gol: \
             codul apare în terminalul acestui calculator."
        }
        "smtp_root_certificate" => "Un fișier PEM cu certificatul unui server de e-mail care și-l semnează singur.",
        "smtp_timeout_seconds" => "Cât îi poate lua serverului de e-mail un singur mesaj.",
        "log" | "log_format" => {
            "Ce se scrie în jurnal (off, error, warn, info, debug; sau pe părți, „warn,messenger::mail=info”) și cum \
             („text” sau „json”)."
        }
        "ip_header" => {
            "Antetul care poartă adresa clientului. Numai în spatele unui proxy care îl pune el însuși („X-Real-IP”), \
             altfel oricine și-ar putea alege adresa și ar scăpa de limite."
        }
        "log_level" | "cli_colors" | "ident" | "keep_alive" | "max_blocking" => {
            "Setările proprii ale lui Rocket. Messenger își scrie singur jurnalul."
        }
        "shutdown.grace" | "shutdown.mercy" => {
            "Câte secunde au cererile în curs ca să se termine, apoi conexiunile lor ca să se închidă."
        }
        _ => return None,
    })
}

/// What a setting is, without the password that an address may have in it.
fn shown(figment: &Figment, name: &str) -> Option<String> {
    let value = figment.find_value(name).ok()?;
    let text = serde_json::to_string(&value).ok()?;
    let secret = text.find("://").zip(text.rfind('@'));
    Some(match secret {
        Some((scheme, at)) if scheme < at => format!("{}://...{}", &text[..scheme], &text[at..]),
        _ => text,
    })
}

/// Who has said what a setting is. Only a text has no place that it came from; files, variables and flags have.
fn origin(figment: &Figment, name: &str) -> &'static str {
    let named = figment.find_metadata(name).map(|metadata| metadata.name.to_string());
    match named.unwrap_or_default() {
        name if name.starts_with("TOML source string") => "default",
        name if name.starts_with("TOML file") => "file",
        name if name.contains("environment") => "environment",
        _ => "flag",
    }
}

/// Whether the port is the one that stands in the binary: nobody has asked for another.
pub fn has_default_port(figment: &Figment) -> bool {
    origin(figment, "port") == "default"
}

/// Every setting with its default and what it means.
const DEFAULTS: &str = include_str!("../Rocket.toml");

impl Config {
    /// The defaults, the file in the working directory, and the environment; flags are merged by the command line.
    pub fn figment() -> Figment {
        Figment::from(rocket::Config::default())
            .merge(Toml::string(DEFAULTS).nested())
            .merge(Toml::file("Rocket.toml").nested())
            .merge(Env::prefixed("ROCKET_").global())
            .select(Profile::from_env_or("ROCKET_PROFILE", "default"))
    }

    /// Reads and checks the settings.
    ///
    /// # Errors
    /// A sentence that names the setting and what it should be.
    pub fn read(figment: &Figment) -> std::result::Result<Config, String> {
        let mut config: Config = figment.extract().map_err(|error| unreadable(&error))?;
        // Rocket would refuse its own part only once everything is open.
        let rocket: rocket::Config = figment.extract().map_err(|error| unreadable(&error))?;
        if rocket.workers == 0 || rocket.max_blocking == 0 {
            return Err("A setting can't be: workers and max_blocking must be at least 1.".to_owned());
        }
        if config.https && rocket.tls_enabled() {
            return Err(
                "A setting can't be: https makes its own certificates, so it goes without [default.tls].".to_owned(),
            );
        }
        config.base_url.truncate(config.base_url.trim_end_matches('/').len());
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> std::result::Result<(), String> {
        // Tests hash thousands of passwords; only a build that is no release may do it cheaply.
        let fewest = if cfg!(debug_assertions) { 1 } else { FEWEST_ITERATIONS };
        let rules = [
            (
                self.password_iterations >= fewest,
                "password_iterations must be at least 600000",
            ),
            (
                self.password_iterations <= 10_000_000,
                "password_iterations must be at most 10000000",
            ),
            (
                (1..=5_256_000).contains(&self.access_minutes),
                "access_minutes must be 1 to 5256000",
            ),
            (
                (1..=3650).contains(&self.refresh_days),
                "refresh_days must be 1 to 3650",
            ),
            (
                self.registrations_per_hour >= 1,
                "registrations_per_hour must be at least 1",
            ),
            (
                self.photo_max_bytes >= 1 && self.file_max_bytes >= 1,
                "photo_max_bytes and file_max_bytes must be at least 1",
            ),
            (
                self.photo_max_bytes <= 64 << 20,
                "photo_max_bytes must be at most 67108864, since a photo is decoded in memory",
            ),
            // Fewer, and a phone that slept through a busy minute would have to read everything again.
            (self.events_kept >= 1_000, "events_kept must be at least 1000"),
            (self.backups_kept >= 1, "backups_kept must be at least 1"),
            (
                self.log.split(',').all(is_log_part),
                "log must be off, error, warn, info, debug or trace, or part=level",
            ),
            (
                matches!(self.log_format.as_str(), "text" | "json"),
                "log_format must be \"text\" or \"json\"",
            ),
            (
                self.base_url.is_empty()
                    || self.base_url.starts_with("http://")
                    || self.base_url.starts_with("https://"),
                "base_url must begin with http:// or https://",
            ),
            (!self.database.as_os_str().is_empty(), "database must name a file"),
        ];
        match rules.iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, rule)) => Err(format!("A setting can't be: {rule}.")),
        }
    }

    /// Life of an access token.
    pub fn access_life(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.access_minutes))
    }

    /// Life of a refresh token, and of a session that is not used.
    pub fn refresh_life(&self) -> Duration {
        Duration::from_secs(86_400 * u64::from(self.refresh_days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_setting_is_said_in_both_languages() {
        for setting in describe(&Config::figment()) {
            let (english, romanian) = (setting.told_in(Lang::En).meaning, setting.told_in(Lang::Ro).meaning);
            assert_eq!(english, setting.meaning);
            assert_eq!(english.is_empty(), romanian.is_empty(), "{}", setting.name);
            assert!(english.is_empty() || english != romanian, "{}: {english}", setting.name);
        }
    }
}
