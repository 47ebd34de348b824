//! The group of everybody: made with the host, joined by whoever registers, so that nobody comes into an empty house.

pub mod store;
