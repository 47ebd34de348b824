//! Accounts: people, their passwords, and the sessions they are signed in with.
//!
//! Promise: a session that has ended opens nothing from the moment its end is answered; a stolen refresh token shown
//! after its successor was used ends the whole session; nobody learns whose address or name exists from a log-in or a
//! reset. Names that look alike are one name.

pub mod breathing;
pub mod codes;
pub mod entry;
pub mod guard;
pub mod guests;
pub mod hashing;
pub mod leaving;
pub mod names;
pub mod password_reset;
pub mod passwords;
pub mod presence;
pub mod profile;
pub mod roster;
pub mod routes;
pub mod sessions;
pub mod store;
pub mod tokens;

use std::sync::atomic::AtomicI64;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::form::Form;
use crate::ids::{SessionId, UserId};
use crate::text::Text;
use names::{is_display_name, is_email, is_username};

/// Characters of a username, a first and a last name.
pub const NAME_MAX: usize = 150;
/// Characters of an address.
pub const EMAIL_MAX: usize = 254;
/// Characters of a password; more would be work for an attacker's profit.
pub const PASSWORD_MAX: usize = 256;

/// What somebody may do in this house beyond his own chats; the greater may what the lesser may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Came in with a name only, for some hours.
    Guest,
    Member,
    /// Keeps order.
    Staff,
    /// The person whose server it is.
    Host,
}

impl Role {
    /// By its name on the wire, of those that are given to somebody.
    pub fn parse(text: &str) -> Option<Role> {
        match text {
            "member" => Some(Role::Member),
            "staff" => Some(Role::Staff),
            "host" => Some(Role::Host),
            _ => None,
        }
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Role::Guest => "guest",
            Role::Member => "member",
            Role::Staff => "staff",
            Role::Host => "host",
        }
    }

    /// Whether he keeps order: staff and the host.
    pub fn is_staff(self) -> bool {
        self >= Role::Staff
    }
}

impl ToSql for Role {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok((*self as i64).into())
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Role> {
        match value.as_i64()? {
            0 => Ok(Role::Guest),
            1 => Ok(Role::Member),
            2 => Ok(Role::Staff),
            3 => Ok(Role::Host),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

/// A person as the database has him.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub role: Role,
    /// Path of the picture from the root.
    pub picture: String,
    /// Microseconds since 1970.
    pub last_online: i64,
}

/// A person as others see him.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Person {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    /// Absolute URL; in events a path from the root.
    pub profile_picture: String,
    pub last_online: String,
    pub online: bool,
    pub role: Role,
}

/// A person as he sees himself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub profile_picture: String,
    /// In the original's form: `2026-11-22 18:28:01.475800+00:00`.
    pub last_online: String,
    /// Whether this is the person whose server it is.
    pub host: bool,
    pub role: Role,
}

impl User {
    /// As others see him; `base` is what URLs begin with, empty in events.
    pub fn person(&self, base: &str, online: bool) -> Person {
        Person {
            id: self.id,
            username: self.username.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            profile_picture: format!("{base}{}", self.picture),
            last_online: clock::rfc3339(self.last_online),
            online,
            role: self.role,
        }
    }

    /// As he sees himself.
    pub fn me(&self, base: &str) -> Me {
        Me {
            id: self.id,
            username: self.username.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: self.email.clone(),
            profile_picture: format!("{base}{}", self.picture),
            last_online: clock::python_time(self.last_online),
            host: self.role == Role::Host,
            role: self.role,
        }
    }
}

/// A live session.
#[derive(Debug)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub username: String,
    pub role: Role,
    /// Microseconds since 1970.
    pub expires_at: i64,
    /// When its use was last written.
    pub(super) touched_at: AtomicI64,
}

impl Session {
    /// A session as read from the database.
    pub fn new(
        id: SessionId,
        user: UserId,
        username: String,
        role: Role,
        expires_at: i64,
        last_used_at: i64,
    ) -> Session {
        Session {
            id,
            user,
            username,
            role,
            expires_at,
            touched_at: AtomicI64::new(last_used_at),
        }
    }
}

/// A username as typed; what is wrong with it is added to the form.
pub fn username_field(form: &mut Form, text: Option<String>) -> Option<String> {
    let text = text.filter(|text| !text.is_empty())?;
    if is_username(&text) {
        return Some(text);
    }
    form.errors.add("username", Text::UsernameInvalid);
    None
}

/// An address as typed; what is wrong with it is added to the form.
pub fn email_field(form: &mut Form, text: Option<String>) -> Option<String> {
    let text = text.filter(|text| !text.is_empty())?;
    if is_email(&text) {
        return Some(text);
    }
    form.errors.add("email", Text::EmailInvalid);
    None
}

/// A first or last name, or a chat's: no control, bidi or invisible characters, which could dress as another's.
pub fn display_name_field(form: &mut Form, field: &str, text: Option<String>) -> Option<String> {
    let text = text.filter(|text| !text.is_empty())?;
    if is_display_name(&text) {
        return Some(text);
    }
    form.errors.add(field, Text::NameInvalid);
    None
}

/// Adds what is weak about a password to a field.
pub fn password_rules(form: &mut Form, field: &str, password: &str, about: &passwords::Person<'_>) {
    if password.is_empty() || form.errors.has(field) {
        return;
    }
    for weakness in passwords::weaknesses(password, about) {
        form.errors.add(field, weakness_text(&weakness));
    }
}

/// What is weak about a password, in words.
pub fn weakness_text(weakness: &passwords::Weakness) -> Text {
    use passwords::Weakness;
    match weakness {
        Weakness::TooShort => Text::PasswordTooShort,
        Weakness::TooLong => Text::TooLong(PASSWORD_MAX),
        Weakness::Common => Text::PasswordCommon,
        Weakness::Numeric => Text::PasswordNumeric,
        Weakness::Similar(what) => Text::PasswordSimilar(what),
    }
}
