//! All that is in a box as one ZIP, written while it is sent: a row of a file at a time is in memory.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::store::Packed;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::media::store::find_bytes;
use crate::media::CHUNK;

/// Bytes of a file from which a ZIP needs its long form.
const LONG: u64 = 0xF000_0000;

/// What was written and not sent yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Packing<M> {
    db: Db,
    may: M,
    zip: ZipWriter<StreamWriter<Written>>,
    written: Written,
    files: std::vec::IntoIter<Packed>,
    /// The file that is being written, and how far it is.
    current: Option<(Packed, u64)>,
}

/// The ZIP, piece by piece. Before each piece `may` is asked whether it may still be read; a file that has gone meanwhile ends
/// it early, so that nothing incomplete looks whole.
pub fn pack<M, F>(db: Db, files: Vec<Packed>, may: M) -> impl Stream<Item = io::Result<Bytes>>
where
    M: Fn() -> F,
    F: std::future::Future<Output = Result<()>>,
{
    let written = Written::default();
    let packing = Packing {
        db,
        may,
        zip: ZipWriter::new_stream(written.clone()),
        written,
        files: files.into_iter(),
        current: None,
    };
    stream::try_unfold(Some(packing), |packing| async move {
        let Some(packing) = packing else { return Ok(None) };
        step(packing).await.map(Some).map_err(|error| {
            tracing::warn!(?error, "a box's ZIP broke off");
            io::Error::other("it can't be read to its end")
        })
    })
}

/// Writes the next row; the last piece goes without what would go on.
async fn step<M, F>(mut packing: Packing<M>) -> Result<(Bytes, Option<Packing<M>>)>
where
    M: Fn() -> F,
    F: std::future::Future<Output = Result<()>>,
{
    (packing.may)().await?;
    let Some((file, at)) = packing.current.take() else {
        let Some(file) = packing.files.next() else {
            let written = packing.written;
            packing.zip.finish().map_err(Error::internal)?;
            return Ok((written.take().into(), None));
        };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(file.size >= LONG);
        packing
            .zip
            .start_file(file.name.as_str(), options)
            .map_err(Error::internal)?;
        packing.current = Some((file, 0));
        return Ok((packing.written.take().into(), Some(packing)));
    };
    let media = file.media;
    let row = packing
        .db
        .read(move |connection| find_bytes(connection, media, at))
        .await?
        .ok_or_else(|| Error::internal("a file was taken back while it was packed"))?;
    packing.zip.write_all(&row).map_err(Error::internal)?;
    let next = at + CHUNK as u64;
    packing.current = (next < file.size).then_some((file, next));
    Ok((packing.written.take().into(), Some(packing)))
}
