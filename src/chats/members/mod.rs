//! Members: who is in a chat, how far each has read, and whether he mutes it.

pub mod routes;
pub mod store;
