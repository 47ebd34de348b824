//! What happened, told to who may see it, in one order.
//!
//! Promise: each change is followed by its event in the same transaction; who comes back with (epoch, cursor) gets each
//! event that he may see once, in order, or is told `reset`; nobody hears of a chat outside his membership.

pub mod connection;
pub mod frame;
pub mod frames;
pub mod gather;
pub mod handshake;
pub mod hub;
pub mod log;
pub mod recent;
pub mod replay;
pub mod routes;
pub mod shard;
pub mod socket;
pub mod store;
