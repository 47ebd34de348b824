//! Who is in the demo's class.

use crate::accounts::Role;

/// Somebody of the class.
pub struct Part {
    pub username: &'static str,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub role: Role,
    /// None: nobody can sign in as him.
    pub password: Option<&'static str>,
}

const fn part(username: &'static str, first_name: &'static str, last_name: &'static str) -> Part {
    Part {
        username,
        first_name,
        last_name,
        role: Role::Member,
        password: None,
    }
}

/// The teacher, whose server it is; an account of the original's README.
const TEACHER: Part = Part {
    role: Role::Host,
    password: Some("Barus123!"),
    ..part("catalin", "Cătălin", "Barus")
};

/// A pupil; the other account of the original's README.
const PUPIL: Part = Part {
    password: Some("Brebu123!"),
    ..part("costin", "Costin", "Brebu")
};

/// All of them; the bots are the last three.
pub const CAST: [Part; 13] = [
    TEACHER,
    PUPIL,
    part("ana", "Ana", "Pop"),
    part("bogdan", "Bogdan", "Marin"),
    part("emma", "Emma", "Clarke"),
    part("oliver", "Oliver", "Hughes"),
    part("ioana", "Ioana", "Dumitru"),
    part("matei", "Matei", "Stănescu"),
    part("sophie", "Sophie", "Turner"),
    part("daria", "Daria", "Munteanu"),
    part("mira", "Mira", "Bot"),
    part("leo", "Leo", "Bot"),
    part("zoe", "Zoe", "Bot"),
];

/// The usernames of those who live.
pub const BOTS: [&str; 3] = ["mira", "leo", "zoe"];

/// The name of the chat that all are in, where the bots chat.
pub const CLASS: &str = "Clasa a X-a B";

/// Name and password of who can sign in.
pub fn doors() -> impl Iterator<Item = (&'static str, &'static str)> {
    CAST.iter()
        .filter_map(|part| part.password.map(|password| (part.username, password)))
}
