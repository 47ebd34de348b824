//! What the person who hosts has at hand: the switches of the house, and what keeps it in order. Everything here asks for
//! the role that it needs; a page that hides a button is no lock.

pub mod check;
pub mod settings;

use rocket::Route;

/// All of `/host`.
pub fn mounted() -> Vec<Route> {
    settings::mounted()
}
