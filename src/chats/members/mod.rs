//! Members: who is in a chat, and how far each has read.

pub mod store;
