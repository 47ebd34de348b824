//! `messenger demo`: a class with pictures and some days of history, and three bots that chat, react and type, for who
//! wants to see what this is before he hosts anything.
//!
//! Promise: nothing is kept. The database stands in a folder of its own among the system's temporary files, which goes at
//! the end, or at the next demo's start where this one was killed. Its accounts, and the two passwords that everybody can
//! read here, exist in that folder and nowhere else. The history is written by the functions that write every other
//! message, then given its times; the bots send, react and are told what happens as people are.

pub mod bots;
pub mod cast;
pub mod folder;
mod history;
mod pictures;
mod script;
mod store;

pub use history::fill;
