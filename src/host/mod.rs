//! What the person who hosts has at hand: the switches of the house, and what keeps it in order. Everything here asks for
//! the role that it needs; a page that hides a button is no lock.

pub mod about;
pub mod archived;
pub mod backups;
pub mod check;
pub mod demo;
pub mod doctor;
pub mod handout;
pub mod lobby;
pub mod mail;
pub mod moving;
pub mod people;
pub mod qr;
pub mod recovery;
pub mod restart;
pub mod restore;
pub mod roster;
pub mod settings;
pub mod setup;
pub mod storage;

use rocket::Route;

use crate::order;

/// All of `/host`.
pub fn mounted() -> Vec<Route> {
    let mut all = settings::mounted();
    all.extend(order::routes::for_staff());
    all.extend(setup::mounted());
    all.extend(lobby::mounted());
    all.extend(doctor::mounted());
    all.extend(qr::mounted());
    all.extend(handout::mounted());
    all.extend(backups::routes::mounted());
    all.extend(recovery::mounted());
    all.extend(mail::mounted());
    all.extend(restore::mounted());
    all.extend(storage::routes::mounted());
    all.extend(about::mounted());
    all.extend(people::mounted());
    all.extend(roster::mounted());
    all.extend(archived::mounted());
    all.extend(moving::for_host());
    all
}
