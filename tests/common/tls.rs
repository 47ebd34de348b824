//! TLS as a device speaks it that trusts one authority and nobody else.

use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// A connection to an address of this computer, with whoever proves to be `name`.
///
/// # Errors
/// Why the device does not believe it.
pub async fn connect(at: &str, name: &str, authority: &[u8]) -> std::io::Result<TlsStream<TcpStream>> {
    let mut trusted = RootCertStore::empty();
    trusted.add(authority.to_vec().into()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let stream = TcpStream::connect(at).await?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// A port of this computer that speaks TLS with the server on `port` for whoever comes without: so everything that is asked
/// and said in plain can be asked of a server with HTTPS. It proves to be 127.0.0.1, or nothing is said.
pub async fn tunnel(port: u16, authority: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let own = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut plain, _)) = listener.accept().await {
            let authority = authority.clone();
            tokio::spawn(async move {
                let mut tls = connect(&format!("127.0.0.1:{port}"), "127.0.0.1", &authority).await?;
                copy_bidirectional(&mut plain, &mut tls).await
            });
        }
    });
    own
}
