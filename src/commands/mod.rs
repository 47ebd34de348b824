//! What the command line does beside parsing: a file each.

pub mod demo;
pub mod health;
pub mod start;
pub mod window;
