//! SQL of the house's one row.

use rusqlite::{Connection, Row};

use super::{Door, House, PrivateChats, Wifi};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::ChatId;
use crate::live::log::{Event, Tell};

fn house(row: &Row<'_>) -> rusqlite::Result<House> {
    Ok(House {
        name: row.get(0)?,
        // The columns' CHECK allows no other names.
        registration: Door::parse(row.get_ref(1)?.as_str()?).unwrap_or(Door::Closed),
        class_code: row.get(2)?,
        guests: row.get(3)?,
        guest_hours: row.get(4)?,
        roster: row.get(5)?,
        frozen: row.get(6)?,
        frozen_until: row.get(7)?,
        slow_seconds: row.get(8)?,
        files: row.get(9)?,
        private_chats: PrivateChats::parse(row.get_ref(10)?.as_str()?).unwrap_or(PrivateChats::Off),
        everyone: row.get(11)?,
        locked: row.get(12)?,
    })
}

/// The house as it is.
pub fn get_house(connection: &Connection) -> Result<House> {
    let mut statement = connection.prepare_cached(
        "SELECT name, registration, class_code, guests, guest_hours, roster, frozen, frozen_until, slow_seconds, files,
                private_chats, everyone, locked FROM house",
    )?;
    Ok(statement.query_row([], house)?)
}

/// Sets all of it and tells everybody.
pub fn update_house(tx: &mut Tx<'_>, house: &House) -> Result<()> {
    tx.prepare_cached(
        "UPDATE house SET name = ?1, registration = ?2, class_code = ?3, guests = ?4, guest_hours = ?5, roster = ?6,
                          frozen = ?7, frozen_until = ?8, slow_seconds = ?9, files = ?10, private_chats = ?11,
                          everyone = ?12, locked = ?13",
    )?
    .execute(rusqlite::params![
        house.name,
        house.registration.name(),
        house.class_code,
        house.guests,
        house.guest_hours,
        house.roster,
        house.frozen,
        house.frozen_until,
        house.slow_seconds,
        house.files,
        house.private_chats.name(),
        house.everyone,
        house.locked,
    ])?;
    tx.tell(Event::ServerUpdated)?;
    Ok(())
}

/// The network that the lobby shows.
pub fn get_wifi(connection: &Connection) -> Result<Wifi> {
    let mut statement = connection.prepare_cached("SELECT wifi_name, wifi_password FROM house")?;
    Ok(statement.query_row([], |row| {
        Ok(Wifi {
            name: row.get(0)?,
            password: row.get(1)?,
        })
    })?)
}

/// Sets the network that the lobby shows: told to nobody, since only the lobby shows it.
pub fn update_wifi(tx: &mut Tx<'_>, wifi: &Wifi) -> Result<()> {
    tx.prepare_cached("UPDATE house SET wifi_name = ?1, wifi_password = ?2")?
        .execute((&wifi.name, &wifi.password))?;
    Ok(())
}

/// The group that who registers joins; None where there is none, or it is switched off.
pub fn find_everyone(connection: &Connection) -> Result<Option<ChatId>> {
    let mut statement = connection.prepare_cached("SELECT iif(everyone, everyone_chat, NULL) FROM house")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Makes a group the one that who registers joins.
pub fn update_everyone(tx: &mut Tx<'_>, chat: ChatId) -> Result<()> {
    tx.prepare_cached("UPDATE house SET everyone_chat = ?1")?
        .execute([chat])?;
    Ok(())
}
