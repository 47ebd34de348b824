//! What the host has set while the server runs: one row, read in the transaction of whatever depends on it, so a switch
//! counts from its commit on and for every way in.

pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::error::{Error, Result};
use crate::text::Text;

/// Characters of the server's name.
pub const NAME_MAX: usize = 60;
/// Characters of a class code.
pub const CODE_MAX: usize = 20;
/// Characters of a class code as somebody types it, with spaces.
pub const CODE_TYPED_MAX: usize = 60;
/// Seconds that slow mode may ask for between two messages.
pub const SLOW_MAX: i64 = 3600;
/// Hours that a guest may stay.
pub const GUEST_HOURS_MAX: i64 = 24 * 30;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Door {
    Open,
    /// Who knows the class code.
    Code,
    Closed,
}

/// Between whom there may be private chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PrivateChats {
    Everyone,
    /// With staff alone.
    Staff,
    Off,
}

/// The row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct House {
    /// Empty: as the settings have it.
    pub name: String,
    pub registration: Door,
    pub class_code: String,
    /// Whether a name is enough to come in.
    pub guests: bool,
    pub guest_hours: i64,
    /// Whether the door shows the roster's names.
    pub roster: bool,
    /// Whether only staff may write.
    pub frozen: bool,
    /// Microseconds since 1970; None: until it is undone.
    pub frozen_until: Option<i64>,
    pub slow_seconds: i64,
    /// Whether others than staff may send photos and files.
    pub files: bool,
    pub private_chats: PrivateChats,
    /// Whether who registers joins the group of everybody.
    pub everyone: bool,
    /// Whether nobody new comes in, whatever the rest says.
    pub locked: bool,
}

/// As a new database has it.
impl Default for House {
    fn default() -> House {
        House {
            name: String::new(),
            registration: Door::Open,
            class_code: String::new(),
            guests: false,
            guest_hours: 12,
            roster: false,
            frozen: false,
            frozen_until: None,
            slow_seconds: 0,
            files: true,
            private_chats: PrivateChats::Everyone,
            everyone: true,
            locked: false,
        }
    }
}

/// A network's name and password, as people type them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wifi {
    /// Empty: none is shown.
    pub name: String,
    /// Empty: it has none.
    pub password: String,
}

/// The house as everybody in it is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Order {
    /// Empty where the host has set none.
    pub name: String,
    /// Whether only staff may write.
    pub frozen: bool,
    /// When that ends by itself.
    pub frozen_until: Option<String>,
    /// Seconds between two messages of a person in a chat.
    pub slow_seconds: i64,
    /// Whether others than staff may send photos and files.
    pub files: bool,
    pub private_chats: PrivateChats,
}

impl Wifi {
    /// What a phone's camera takes as a way into the network; None without a name.
    pub fn code(&self) -> Option<String> {
        let escaped = |text: &str| {
            text.chars().fold(String::new(), |mut out, c| {
                if matches!(c, '\\' | ';' | ',' | ':' | '"') {
                    out.push('\\');
                }
                out.push(c);
                out
            })
        };
        match (self.name.as_str(), self.password.as_str()) {
            ("", _) => None,
            (name, "") => Some(format!("WIFI:T:nopass;S:{};;", escaped(name))),
            (name, password) => Some(format!("WIFI:T:WPA;S:{};P:{};;", escaped(name), escaped(password))),
        }
    }
}

impl House {
    /// What the server is called: by its host, else by the settings.
    pub fn called<'a>(&'a self, server_name: &'a str) -> &'a str {
        match self.name.as_str() {
            "" => server_name,
            name => name,
        }
    }

    /// Whether only staff may write now.
    pub fn is_frozen(&self, now: i64) -> bool {
        self.frozen && self.frozen_until.is_none_or(|until| now < until)
    }

    /// Who may make an account now.
    pub fn door(&self) -> Door {
        match self.locked {
            true => Door::Closed,
            false => self.registration,
        }
    }

    /// Whether a name is enough to come in now.
    pub fn has_guests(&self) -> bool {
        self.guests && !self.locked
    }

    /// Lets only those pass who may make an account now. What they type as the class code counts without its spaces and
    /// its case; who tries many is limited like every try to come in, to 30 a minute for an address: the 2^30 codes
    /// that are made here would take him 68 years.
    ///
    /// # Errors
    /// 403 where nobody may, 400 for a wrong code.
    pub fn admit(&self, code: Option<&str>) -> Result<()> {
        self.unlocked()?;
        match self.registration {
            Door::Open => Ok(()),
            Door::Code => self.check_code(code),
            Door::Closed => Err(Error::Forbidden(Text::RegistrationClosed)),
        }
    }

    /// Lets a guest pass where there are any, with the class code where one is asked for.
    ///
    /// # Errors
    /// As [`House::admit`].
    pub fn admit_guest(&self, code: Option<&str>) -> Result<()> {
        self.unlocked()?;
        match (self.guests, self.registration) {
            (false, _) => Err(Error::Forbidden(Text::GuestsOff)),
            (true, Door::Code) => self.check_code(code),
            (true, _) => Ok(()),
        }
    }

    fn unlocked(&self) -> Result<()> {
        match self.locked {
            true => Err(Error::Forbidden(Text::Locked)),
            false => Ok(()),
        }
    }

    fn check_code(&self, code: Option<&str>) -> Result<()> {
        let plain = |code: &str| code.split_whitespace().collect::<String>().to_lowercase();
        match code {
            None => Err(Error::field("class_code", Text::Required)),
            Some(code) if plain(code) == plain(&self.class_code) => Ok(()),
            Some(_) => Err(Error::field("class_code", Text::ClassCodeWrong)),
        }
    }

    /// As everybody in it is told.
    pub fn order(&self, now: i64) -> Order {
        let frozen = self.is_frozen(now);
        Order {
            name: self.name.clone(),
            frozen,
            frozen_until: self.frozen_until.filter(|_| frozen).map(clock::rfc3339),
            slow_seconds: self.slow_seconds,
            files: self.files,
            private_chats: self.private_chats,
        }
    }
}

impl Door {
    /// By its name on the wire.
    pub fn parse(text: &str) -> Option<Door> {
        match text {
            "open" => Some(Door::Open),
            "code" => Some(Door::Code),
            "closed" => Some(Door::Closed),
            _ => None,
        }
    }

    /// Its name on the wire and in the file.
    pub fn name(self) -> &'static str {
        match self {
            Door::Open => "open",
            Door::Code => "code",
            Door::Closed => "closed",
        }
    }
}

impl PrivateChats {
    /// By its name on the wire.
    pub fn parse(text: &str) -> Option<PrivateChats> {
        match text {
            "everyone" => Some(PrivateChats::Everyone),
            "staff" => Some(PrivateChats::Staff),
            "off" => Some(PrivateChats::Off),
            _ => None,
        }
    }

    /// Its name on the wire and in the file.
    pub fn name(self) -> &'static str {
        match self {
            PrivateChats::Everyone => "everyone",
            PrivateChats::Staff => "staff",
            PrivateChats::Off => "off",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_networks_code_says_exactly_its_name_and_password() {
        let code = |name: &str, password: &str| {
            let (name, password) = (name.to_owned(), password.to_owned());
            Wifi { name, password }.code()
        };
        assert_eq!(code("", "12345678"), None);
        assert_eq!(code("Sala 12", "").as_deref(), Some("WIFI:T:nopass;S:Sala 12;;"));
        assert_eq!(
            code("Școala", "ab cd12").as_deref(),
            Some("WIFI:T:WPA;S:Școala;P:ab cd12;;")
        );
        let hostile = code(r#"a;b:c"#, r#"p\q,r"s"#);
        assert_eq!(hostile.as_deref(), Some(r#"WIFI:T:WPA;S:a\;b\:c;P:p\\q\,r\"s;;"#));
    }
}
