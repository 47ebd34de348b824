//! What the command line does, each command a file.

pub mod add_user;
pub mod backup;
pub mod check;
pub mod demo;
pub mod export;
pub mod health;
pub mod import;
pub mod reset_password;
pub mod restore;
pub mod serve;
pub mod start;
pub mod window;

use std::io::Read;

/// Reads a password from standard input; a line end at its end is not part of it.
///
/// # Errors
/// A sentence where it is no text.
pub fn read_password() -> Result<String, String> {
    let mut password = String::new();
    let read = std::io::stdin().take(4096).read_to_string(&mut password);
    read.map_err(|error| format!("The password can't be read from standard input: {error}."))?;
    let line = password
        .strip_suffix('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    Ok(line.unwrap_or(&password).to_owned())
}
