//! What the person who hosts has at hand: the switches of the house, and what keeps it in order. Everything here asks for
//! the role that it needs; a page that hides a button is no lock.

pub mod check;
pub mod demo;
pub mod doctor;
pub mod lobby;
pub mod moving;
pub mod qr;
pub mod settings;
pub mod setup;

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
    all.extend(moving::for_host());
    all
}
