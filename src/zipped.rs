//! ZIPs, written while they are sent: a piece of them at a time is in memory.
//!
//! Each is written on a thread that waits for whoever downloads it; those of staff have threads of their own, so that no
//! member who reads slowly keeps the host from his archive. One that breaks off has no end, so nothing takes it for whole.

use std::cell::Cell;
use std::io::{self, BufWriter, Write};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};
use zip::CompressionMethod;

use crate::accounts::Role;
use crate::error::{Error, Result};
use crate::media::disposition::content_disposition;
use crate::pool::Pool;
use crate::reply::{set_streamed, Pieces};

/// Bytes of a piece.
const PIECE: usize = 64 << 10;
/// Pieces on their way.
const ON_THE_WAY: usize = 8;
/// How long somebody may take nothing before his download ends.
const PATIENCE: Duration = Duration::from_secs(60);
/// ZIPs that are made at once, for members and for staff each.
const AT_ONCE: usize = 2;
/// ZIPs that may wait beside them.
const WAITING: usize = 8;
/// Bytes of a file from which the ZIP's long form is needed.
const LONG: u64 = 0xF000_0000;

/// Where a ZIP goes. Its writer ends the file when it is dropped, also one that broke off, which would then look whole:
/// after a failure nothing is passed on any more.
struct Gate<W> {
    inner: W,
    is_shut: Rc<Cell<bool>>,
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_shut.get() {
            return Ok(bytes.len());
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_shut.get() {
            return Ok(());
        }
        self.inner.flush()
    }
}

/// A ZIP under way.
pub struct Zip<W: Write>(ZipWriter<StreamWriter<Gate<W>>>);

impl<W: Write> Zip<W> {
    /// Begins its next file, of so many bytes if that is known. What people have made small already is pressed as little as
    /// can be; it is pressed at all since many programs can't read a file that is not, where its size stands behind it.
    ///
    /// # Errors
    /// Where the bytes are not taken.
    pub fn begin(&mut self, name: &str, is_media: bool, size: u64) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(if is_media { 1 } else { 6 }))
            .large_file(size >= LONG)
            .unix_permissions(0o644);
        self.0.start_file(name, options).map_err(Error::internal)
    }

    /// Writes the next bytes of the file that was begun last.
    ///
    /// # Errors
    /// Where they are not taken.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes).map_err(Error::internal)
    }
}

/// Writes a ZIP to anything that takes bytes.
///
/// # Errors
/// Where `fill` fails or the bytes are not taken; what was written is no whole ZIP then.
pub fn write<W: Write>(out: W, fill: impl FnOnce(&mut Zip<W>) -> Result<()>) -> Result<W> {
    let is_shut = Rc::new(Cell::new(false));
    let gate = Gate {
        inner: out,
        is_shut: Rc::clone(&is_shut),
    };
    let mut zip = Zip(ZipWriter::new_stream(gate));
    match fill(&mut zip) {
        Ok(()) => Ok(zip.0.finish().map_err(Error::internal)?.into_inner().inner),
        Err(error) => {
            is_shut.set(true);
            Err(error)
        }
    }
}

/// A ZIP that somebody downloads.
pub type Sent = Zip<BufWriter<Out>>;

/// The threads that write ZIPs.
pub struct Zipping {
    members: Pool,
    staff: Pool,
}

impl Zipping {
    /// Starts them.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub fn start() -> io::Result<Zipping> {
        Ok(Zipping {
            members: Pool::start("zipping", AT_ONCE, WAITING)?,
            staff: Pool::start("zipping", AT_ONCE, WAITING)?,
        })
    }

    /// Begins a download; `fill` writes it, and is over when nobody takes it any more.
    pub fn begin(
        &self,
        role: Role,
        name: String,
        fill: impl FnOnce(&mut Sent) -> Result<()> + Send + 'static,
    ) -> Download {
        let (sender, pieces) = mpsc::channel(ON_THE_WAY);
        let broken = sender.clone();
        let out = Out {
            sender,
            runtime: Handle::current(),
        };
        let pool = if role.is_staff() { &self.staff } else { &self.members }.clone();
        tokio::spawn(async move {
            let made = pool.run(move || {
                let out = BufWriter::with_capacity(PIECE, out);
                write(out, fill)?.flush().map_err(Error::internal)
            });
            // Whoever downloads is told by an end that is none: half a ZIP must not look whole.
            if let Err(error) = made.await.and_then(|made| made) {
                tracing::info!(?error, "a ZIP broke off");
                let _ = broken.send(Err(io::Error::other("the ZIP broke off"))).await;
            }
        });
        Download { name, pieces }
    }
}

/// Where a downloaded ZIP goes: to somebody who may be slow.
pub struct Out {
    sender: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Ok(Bytes::copy_from_slice(bytes));
        let sent = self.runtime.block_on(self.sender.send_timeout(piece, PATIENCE));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A ZIP as an answer.
pub struct Download {
    name: String,
    pieces: mpsc::Receiver<io::Result<Bytes>>,
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response
            .raw_header("Content-Type", "application/zip")
            .raw_header("Content-Disposition", content_disposition(false, &self.name))
            .raw_header("Content-Security-Policy", "sandbox; default-src 'none'");
        let pieces = stream::unfold(self.pieces, |mut pieces| async move {
            pieces.recv().await.map(|piece| (piece, pieces))
        });
        set_streamed(&mut response, Pieces::new(Box::pin(pieces)));
        response.ok()
    }
}
