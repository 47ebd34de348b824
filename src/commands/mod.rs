//! What the command line does beside serving: a file each.

pub mod demo;
pub mod health;
