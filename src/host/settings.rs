//! `/host/settings`: what the host sets while the server runs.

use rocket::{get, patch, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::{AuthUser, Signed, Staff};
use crate::accounts::names::is_display_name;
use crate::accounts::Role;
use crate::chats::everyone::store::renew_everyone;
use crate::clock;
use crate::db::Db;
use crate::error::Result;
use crate::form::Form;
use crate::house::store::{get_house, update_house};
use crate::house::{Door, House, PrivateChats, CODE_MAX, GUEST_HOURS_MAX, NAME_MAX, SLOW_MAX};
use crate::ids::spoken_code;
use crate::order::ends::Ends;
use crate::order::store::{insert_deed, note_of, Deed};
use crate::reply::Json;
use crate::text::Text;

/// Minutes that everybody may be asked to look up for, before it ends by itself.
const FROZEN_MINUTES_MAX: i64 = 24 * 60;

/// Characters of a class code that is made here; guesses of it are counted.
const CODE_LENGTH: usize = 6;

/// The part of `/host` that is about its switches.
pub fn mounted() -> Vec<Route> {
    routes![get_settings, patch_settings]
}

/// The switches of the house.
#[derive(Serialize, ToSchema)]
pub struct Settings {
    /// What the server is called; empty: as the file of settings has it.
    name: String,
    registration: Door,
    /// What has to be known where registration is by code.
    class_code: String,
    /// Whether a name is enough to come in.
    guests: bool,
    /// How long a guest may stay.
    guest_hours: i64,
    /// Whether the door shows the roster's names.
    roster: bool,
    /// Whether only staff may write.
    frozen: bool,
    /// When that ends by itself.
    frozen_until: Option<String>,
    /// Seconds between two messages of a person in a chat; 0: none.
    slow_seconds: i64,
    /// Whether others than staff may send photos and files.
    files: bool,
    private_chats: PrivateChats,
    /// Whether who registers joins the group of everybody.
    everyone: bool,
    /// Whether nobody new comes in, whatever registration and guests say; who has an account does.
    locked: bool,
}

impl Settings {
    fn of(house: House) -> Settings {
        let order = house.order(clock::now());
        Settings {
            name: house.name,
            registration: house.registration,
            class_code: house.class_code,
            guests: house.guests,
            guest_hours: house.guest_hours,
            roster: house.roster,
            frozen: order.frozen,
            frozen_until: order.frozen_until,
            slow_seconds: house.slow_seconds,
            files: house.files,
            private_chats: house.private_chats,
            everyone: house.everyone,
            locked: house.locked,
        }
    }
}

/// The switches as they are, and as a new server has them.
#[derive(Serialize, ToSchema)]
pub struct AllSettings {
    #[serde(flatten)]
    now: Settings,
    defaults: Settings,
}

impl AllSettings {
    fn of(house: House) -> AllSettings {
        AllSettings {
            now: Settings::of(house),
            defaults: Settings::of(House::default()),
        }
    }
}

/// What the host has set. Staff may read it.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = AllSettings), (status = 403)))]
#[get("/settings")]
pub async fn get_settings(_staff: Staff, db: &State<Db>) -> Result<Json<AllSettings>> {
    Ok(Json::ok(AllSettings::of(db.glance(get_house).await?)))
}

/// Switches to set; what is left out stays.
#[derive(ToSchema)]
pub struct SettingsChanges {
    /// At most 60 characters; empty: as the file of settings has it.
    name: Option<String>,
    registration: Option<Door>,
    /// At most 20 characters; empty: a new one is made.
    class_code: Option<String>,
    guests: Option<bool>,
    /// 1 to 720.
    guest_hours: Option<i64>,
    roster: Option<bool>,
    frozen: Option<bool>,
    /// With `frozen`: after so many minutes it ends by itself, 1 to 1440.
    frozen_minutes: Option<i64>,
    /// 0 to 3600.
    slow_seconds: Option<i64>,
    files: Option<bool>,
    private_chats: Option<PrivateChats>,
    everyone: Option<bool>,
    locked: Option<bool>,
}

/// Sets switches, and tells everybody. Staff may set what keeps order (`frozen`, `slow_seconds`, `files`, `locked`); the rest is the
/// host's.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = SettingsChanges,
    responses((status = 200, body = AllSettings), (status = 400), (status = 403)))]
#[patch("/settings", data = "<body>")]
pub async fn patch_settings(body: Signed<'_>, db: &State<Db>, ends: &State<Ends>) -> Result<Json<AllSettings>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Staff)?;
    let changes = SettingsChanges::read(&mut form);
    form.finish()?;
    changes.allowed(&user)?;
    let note = changes.note();
    let house = db
        .write(move |tx| {
            let mut house = get_house(tx)?;
            changes.make(&mut house, clock::now());
            update_house(tx, &house)?;
            // The one that newcomers are to join may have been put away meanwhile.
            renew_everyone(tx, user.id)?;
            insert_deed(
                tx,
                Deed {
                    note: &note,
                    ..Deed::of(user.id, "settings")
                },
            )?;
            Ok(house)
        })
        .await?;
    ends.look();
    Ok(Json::ok(AllSettings::of(house)))
}

impl SettingsChanges {
    fn read(form: &mut Form) -> SettingsChanges {
        SettingsChanges {
            name: shown_text(form, "name", NAME_MAX),
            registration: form.choice("registration", Door::parse),
            class_code: shown_text(form, "class_code", CODE_MAX),
            guests: form.flag("guests"),
            guest_hours: form.number("guest_hours", 1, GUEST_HOURS_MAX),
            roster: form.flag("roster"),
            frozen: form.flag("frozen"),
            frozen_minutes: match form.is_null("frozen_minutes") {
                true => None,
                false => form.number("frozen_minutes", 1, FROZEN_MINUTES_MAX),
            },
            slow_seconds: form.number("slow_seconds", 0, SLOW_MAX),
            files: form.flag("files"),
            private_chats: form.choice("private_chats", PrivateChats::parse),
            everyone: form.flag("everyone"),
            locked: form.flag("locked"),
        }
    }

    /// The host may set all, staff only what keeps order.
    fn allowed(&self, user: &AuthUser) -> Result<()> {
        let hosts = self.name.is_some()
            || self.registration.is_some()
            || self.class_code.is_some()
            || self.guests.is_some()
            || self.guest_hours.is_some()
            || self.roster.is_some()
            || self.private_chats.is_some()
            || self.everyone.is_some();
        user.at_least(if hosts { Role::Host } else { Role::Staff })
    }

    /// What is set, for the log of those who keep order. Never a class code: who reads the log need not know it.
    fn note(&self) -> String {
        note_of([
            ("frozen", self.frozen.map(|on| on.to_string())),
            ("frozen_minutes", self.frozen_minutes.map(|minutes| minutes.to_string())),
            ("slow_seconds", self.slow_seconds.map(|seconds| seconds.to_string())),
            ("files", self.files.map(|on| on.to_string())),
            ("private_chats", self.private_chats.map(|who| who.name().to_owned())),
            ("registration", self.registration.map(|door| door.name().to_owned())),
            ("class_code", self.class_code.as_ref().map(|_| String::new())),
            ("guests", self.guests.map(|on| on.to_string())),
            ("guest_hours", self.guest_hours.map(|hours| hours.to_string())),
            ("roster", self.roster.map(|on| on.to_string())),
            ("everyone", self.everyone.map(|on| on.to_string())),
            ("locked", self.locked.map(|on| on.to_string())),
            ("name", self.name.clone()),
        ])
    }

    fn make(self, house: &mut House, now: i64) {
        let set = |to: &mut bool, from: Option<bool>| *to = from.unwrap_or(*to);
        set(&mut house.guests, self.guests);
        set(&mut house.roster, self.roster);
        set(&mut house.files, self.files);
        set(&mut house.everyone, self.everyone);
        set(&mut house.locked, self.locked);
        if let Some(frozen) = self.frozen {
            house.frozen = frozen;
            let minutes = self.frozen_minutes.filter(|_| frozen);
            house.frozen_until = minutes.map(|minutes| now + minutes * 60_000_000);
        }
        house.name = self.name.unwrap_or_else(|| std::mem::take(&mut house.name));
        house.registration = self.registration.unwrap_or(house.registration);
        house.guest_hours = self.guest_hours.unwrap_or(house.guest_hours);
        house.slow_seconds = self.slow_seconds.unwrap_or(house.slow_seconds);
        house.private_chats = self.private_chats.unwrap_or(house.private_chats);
        if let Some(code) = self.class_code {
            house.class_code = code;
        }
        // By code is never without one: an empty code would be an open door.
        if house.class_code.is_empty() && house.registration == Door::Code {
            house.class_code = spoken_code(CODE_LENGTH);
        }
    }
}

/// A text that others see, which may be left out or empty.
fn shown_text(form: &mut Form, field: &str, max: usize) -> Option<String> {
    if !form.has(field) {
        return None;
    }
    let text = form.maybe(field, max).unwrap_or_default();
    if !text.is_empty() && !is_display_name(&text) {
        form.errors.add(field, Text::NameInvalid);
    }
    Some(text)
}
