//! `messenger health`: whether the server of this computer answers, for what watches over it without a shell or curl.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use rocket::figment::Figment;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the server that runs with these settings for its name.
///
/// # Errors
/// A sentence on what it did instead of answering.
pub fn run(figment: &Figment) -> Result<(), String> {
    let settings: rocket::Config = figment
        .extract()
        .map_err(|error| format!("A setting can't be: {error}."))?;
    let address = match settings.address {
        every if every.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        one => one,
    };
    let address = SocketAddr::new(address, settings.port);
    let answer =
        ask(address, settings.tls_enabled()).map_err(|error| format!("No server answers at {address} ({error})."))?;
    match answer {
        Some(line) if !line.starts_with("HTTP/1.1 200 ") => Err(format!("The server at {address} answers {line:?}.")),
        _ => {
            println!("The server at {address} is well.");
            Ok(())
        }
    }
}

/// The first line of the answer; None where it is enough that somebody listens, since the answer would be encrypted.
fn ask(address: SocketAddr, encrypted: bool) -> std::io::Result<Option<String>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    if encrypted {
        return Ok(None);
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /auth/server/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
}
