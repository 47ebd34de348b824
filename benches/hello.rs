//! The least hyper program there is, which the `limits` benchmark compares the server's start, memory and size with.
//!
//! A program of its own, because the benchmark's binary has SQLite and more in it and would make the limit look large.

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).as_deref() != Some("--serve") {
        println!("Nothing is measured here: the `limits` benchmark starts this program with --serve.");
        return Ok(());
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("listening on {}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        let io = hyper_util::rt::TokioIo::new(stream);
        let service = hyper::service::service_fn(|_: Request<Incoming>| async {
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hello"))))
        });
        // A client that goes away is no error here.
        tokio::spawn(async move {
            drop(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(io, service)
                    .await,
            )
        });
    }
}
