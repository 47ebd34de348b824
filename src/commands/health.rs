//! `messenger health`: whether the server of this computer answers, for what watches over it without a shell or curl.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use messenger::config::{has_default_port, Config};
use messenger::db::{holder, open_existing, Holder};
use messenger::tls::store::find_authority;
use rocket::figment::Figment;
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the server that runs with these settings for its name. One that speaks HTTPS with its own authority, by the settings
/// or as it has written beside its database, must prove that it is the one of this database.
///
/// # Errors
/// A sentence on what it did instead of answering.
pub fn run(figment: &Figment, config: &Config) -> Result<(), String> {
    let settings: rocket::Config = figment
        .extract()
        .map_err(|error| format!("A setting can't be: {error}."))?;
    let address = match settings.address {
        every if every.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        one => one,
    };
    // A server that found its port taken has gone to the next, and has written beside its database which.
    let running = running(&config.database);
    let moved_to = running.as_ref().filter(|_| has_default_port(figment));
    let moved_to = moved_to.and_then(|url| url.rsplit(':').next()?.parse().ok());
    let port: u16 = moved_to.unwrap_or(settings.port);
    let is_encrypted = running.is_some_and(|url| url.starts_with("https://") && url.ends_with(&format!(":{port}")));
    let address = SocketAddr::new(address, port);
    let silent = |error: std::io::Error| format!("No server answers at {address} ({}).", reason(&error));
    let stream = connect(address).map_err(silent)?;
    let line = match config.https || is_encrypted {
        true => ask(encrypted(stream, &config.database)?),
        // With a certificate of others it is enough that somebody listens: who it is for is not known here.
        false if settings.tls_enabled() => Ok("HTTP/1.1 200 ".to_owned()),
        false => ask(stream),
    };
    match line.map_err(silent)? {
        line if !line.starts_with("HTTP/1.1 200 ") => Err(format!("The server at {address} answers {line:?}.")),
        _ => {
            println!("The server at {address} is well.");
            Ok(())
        }
    }
}

/// Why nothing was answered.
fn reason(error: &std::io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(_) => "what listens there can't prove that it is the server of this database".to_owned(),
        None => error.to_string(),
    }
}

fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// The address of the server that has the database, as it has written beside it.
fn running(database: &Path) -> Option<String> {
    match holder(database) {
        Holder::At(url) => Some(url),
        Holder::Nobody | Holder::Silent => None,
    }
}

/// The same connection, encrypted, with somebody whom the database's authority vouches for.
fn encrypted(stream: TcpStream, database: &Path) -> Result<StreamOwned<ClientConnection, TcpStream>, String> {
    let file = database.display();
    let connection = open_existing(database).map_err(|failure| failure.say(database))?;
    let authority = find_authority(&connection).map_err(|error| format!("{file} can't be read ({error:?})."))?;
    let authority = authority.ok_or_else(|| format!("{file} has no authority yet: start messenger --https once."))?;
    let wrong = |error: rustls::Error| format!("The authority of {file} can't be used ({error}).");
    let mut trusted = RootCertStore::empty();
    trusted.add(authority.certificate.into()).map_err(wrong)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = stream
        .peer_addr()
        .map_err(|error| format!("No server answers ({error})."))?
        .ip();
    let client = ClientConnection::new(Arc::new(config), name.into()).map_err(wrong)?;
    Ok(StreamOwned::new(client, stream))
}

/// The first line of the answer.
fn ask(mut stream: impl Read + Write) -> std::io::Result<String> {
    stream.write_all(b"GET /auth/server/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    stream.flush()?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
