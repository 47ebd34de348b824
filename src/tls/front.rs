//! What stands before Rocket with `https`: it ends TLS on the port that people know and hands on what was said.
//!
//! Rocket takes its certificate once and opens no port for others; so it listens to this computer alone, and for whom we
//! speak it is told by the port that we speak from (`site::Before`), not by a header that anybody could send. Whoever
//! comes without TLS is met here and gets the page that says how to trust the authority, its certificate, and the way to
//! HTTPS: nothing that Rocket serves.

use std::convert::Infallible;
use std::future::pending;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderName, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, HOST, LOCATION};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use rocket::http::uri::Host;
use rustls::crypto::ring;
use rustls::server::ProducesTickets;
use rustls::ServerConfig;
use tokio::io::{copy, split, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::page::{Trust, CERTIFICATE, PAGE};
use super::{Authority, Subjects};
use crate::addresses::Addresses;
use crate::clock;
use crate::site::{Before, Site};
use crate::text::{Lang, Text};

/// How long a connection may take to say something, and to agree on keys.
const PATIENCE: Duration = Duration::from_secs(30);
/// The first byte of TLS: a handshake. No method of HTTP begins with it.
const HANDSHAKE: u8 = 0x16;
/// How long to wait where the system gives no more connections.
const BREATH: Duration = Duration::from_millis(250);

/// What stands before Rocket; a clone is another handle on the same.
#[derive(Clone)]
pub struct Front(Arc<Inner>);

struct Inner {
    authority: Authority,
    trust: Trust,
    before: Before,
    addresses: Addresses,
    tickets: Arc<dyn ProducesTickets>,
    shown: Mutex<Option<Shown>>,
    listener: Mutex<Option<TcpListener>>,
    running: Mutex<Option<JoinHandle<()>>>,
}

/// The certificate that is shown, until the computer is called or found otherwise, or time is over.
struct Shown {
    subjects: Subjects,
    renewed: i64,
    acceptor: TlsAcceptor,
}

impl Front {
    /// Takes the port that people know; whoever comes waits until [`Front::open`].
    ///
    /// # Errors
    /// As the system says where the port can't be had; where TLS can't be prepared.
    pub async fn bind(
        address: IpAddr,
        port: u16,
        authority: Authority,
        addresses: Addresses,
    ) -> std::io::Result<Front> {
        let listener = TcpListener::bind((address, port)).await?;
        let at = listener.local_addr()?;
        let site = Site {
            is_encrypted: true,
            address: at.ip(),
            port: at.port(),
        };
        let front = Front(Arc::new(Inner {
            trust: Trust::new(&authority),
            authority,
            before: Before::new(site),
            addresses,
            tickets: ring::Ticketer::new().map_err(std::io::Error::other)?,
            shown: Mutex::default(),
            listener: Mutex::new(Some(listener)),
            running: Mutex::default(),
        }));
        // Made now, and not when the first device waits for it; and a start that can't have one ends here.
        front.0.acceptor(Ipv4Addr::LOCALHOST.into())?;
        Ok(front)
    }

    /// Where it stands, for Rocket to know.
    pub fn before(&self) -> Before {
        self.0.before.clone()
    }

    /// What devices are to trust.
    pub fn trust(&self) -> Trust {
        self.0.trust.clone()
    }

    /// Lets people in, to Rocket's port of this computer.
    pub fn open(&self, port: u16) {
        let Some(listener) = take(&self.0.listener) else {
            return;
        };
        let inner = Arc::clone(&self.0);
        let running = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, peer)) => {
                        tokio::spawn(Arc::clone(&inner).meet(stream, peer, port));
                    }
                    Err(error) if is_of_one(&error) => {}
                    Err(error) => {
                        tracing::warn!(%error, "no connection can be taken");
                        sleep(BREATH).await;
                    }
                }
            }
        });
        *self.0.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    /// Lets nobody else in, and gives the port back. Who is in stays until Rocket ends it.
    pub async fn close(&self) {
        drop(take(&self.0.listener));
        if let Some(running) = take(&self.0.running) {
            running.abort();
            let _ = running.await;
        }
    }
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    place.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Whether it is about the one connection that was to be taken, and not about the next.
fn is_of_one(error: &std::io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

impl Inner {
    /// A connection, from its first byte to its last.
    async fn meet(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, port: u16) {
        let mut first = [0];
        let said = match timeout(PATIENCE, stream.peek(&mut first)).await {
            Ok(Ok(1)) if first[0] == HANDSHAKE => self.encrypted(stream, peer, port).await,
            Ok(Ok(1)) => self.plain(stream).await,
            _ => return,
        };
        if let Err(error) = said {
            // Each device that does not trust the authority yet makes some.
            tracing::debug!(%peer, %error, "a connection failed");
        }
    }

    async fn encrypted(&self, stream: TcpStream, peer: SocketAddr, port: u16) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        // Where somebody has come is an address of ours, whether the system lists it yet or not.
        let acceptor = self.acceptor(stream.local_addr()?.ip().to_canonical())?;
        let tls = timeout(PATIENCE, acceptor.accept(stream)).await??;
        let mut rocket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        rocket.set_nodelay(true)?;
        let _speaking = self.before.speak(rocket.local_addr()?.port(), peer);
        let (mut asks, mut hears) = split(tls);
        let (mut answers, mut told) = rocket.split();
        let up = async {
            let _ = copy(&mut asks, &mut told).await;
            let _ = told.shutdown().await;
            // Rocket says when it is over: somebody who has said all may still be listening.
            pending::<()>().await;
        };
        let down = async {
            copy(&mut answers, &mut hears).await?;
            hears.shutdown().await
        };
        tokio::select! {
            () = up => Ok(()),
            ended = down => ended,
        }
    }

    /// What ends TLS with a certificate that is good now, for whoever has come to this address.
    fn acceptor(&self, address: IpAddr) -> std::io::Result<TlsAcceptor> {
        let now = clock::now();
        let wanted = self.authority.permitted(self.wanted(address));
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(good) = shown
            .as_ref()
            .filter(|shown| now < shown.renewed && shown.subjects.has(&wanted))
        {
            return Ok(good.acceptor.clone());
        }
        let made = self.authority.certify(wanted, now).map_err(std::io::Error::other)?;
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                let chain = vec![made.certificate, self.trust.certificate().to_vec().into()];
                builder.with_no_client_auth().with_single_cert(chain, made.key)
            })
            .map_err(std::io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.ticketer = Arc::clone(&self.tickets);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        *shown = Some(Shown {
            subjects: made.subjects,
            renewed: made.renewed,
            acceptor: acceptor.clone(),
        });
        Ok(acceptor)
    }

    /// What this computer is called and where it is, now.
    fn wanted(&self, address: IpAddr) -> Subjects {
        let always = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), address];
        let listed = self.addresses.list().into_iter().map(|listed| listed.ip);
        Subjects {
            names: self.addresses.names().into_iter().collect(),
            addresses: always.into_iter().chain(listed).collect(),
        }
    }

    async fn plain(self: Arc<Self>, stream: TcpStream) -> std::io::Result<()> {
        let answer = move |request: Request<_>| {
            let answer = self.answer(&request);
            async move { Ok::<_, Infallible>(answer) }
        };
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), hyper::service::service_fn(answer))
            .await
            .map_err(std::io::Error::other)
    }

    /// What whoever comes without TLS gets.
    fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let host = header(HOST).and_then(|host| Host::parse(host).ok());
        let here = format!(
            "https://{}",
            self.addresses.authority_of(host.as_ref(), &self.before.site)
        );
        let lang = Lang::from_header(header(ACCEPT_LANGUAGE));
        let path = request.uri().path();
        let (status, kind, body) = match path.strip_suffix('/').unwrap_or(path) {
            _ if !matches!(*request.method(), Method::GET | Method::HEAD) => {
                let detail = Text::HttpsOnly.say(lang);
                let body = serde_json::json!({"detail": detail, "code": "https_only"}).to_string();
                (StatusCode::FORBIDDEN, "application/json", Bytes::from(body))
            }
            // Who types the address is told here what to do; who has a link to something gets there.
            "" | PAGE => {
                let page = self.trust.page(Trust::lang(request.uri().query(), lang), &here);
                (StatusCode::OK, "text/html; charset=utf-8", page.into())
            }
            CERTIFICATE => (StatusCode::OK, Trust::TYPE, self.trust.certificate()),
            _ => (StatusCode::TEMPORARY_REDIRECT, "text/plain", Bytes::new()),
        };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = status;
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        };
        if status == StatusCode::TEMPORARY_REDIRECT {
            // `*` asks of the server itself and is no part of an address.
            let rest = request.uri().path_and_query().map(|rest| rest.as_str());
            let rest = rest.filter(|rest| rest.starts_with('/')).unwrap_or("/");
            set(LOCATION, &format!("{here}{rest}"));
        }
        set(CONTENT_TYPE, kind);
        // Without --https the same address serves everything again.
        set(CACHE_CONTROL, "no-store");
        for (name, value) in [
            ("content-security-policy", Trust::policy()),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            set(HeaderName::from_static(name), value);
        }
        response
    }
}
