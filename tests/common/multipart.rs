//! Multipart bodies written by hand, so that a test can say what no honest client would.

/// The boundary of every body made here.
pub const BOUNDARY: &str = "messenger-test-boundary";

/// One part: its own headers, and its bytes.
pub struct Part {
    headers: String,
    bytes: Vec<u8>,
}

impl Part {
    /// A field without a file.
    pub fn field(name: &str, value: &str) -> Part {
        Part::raw(
            &format!("Content-Disposition: form-data; name=\"{name}\""),
            value.as_bytes(),
        )
    }

    /// A file as a browser sends it; `file_name` is put between the quotes as it is.
    pub fn file(name: &str, file_name: &str, content_type: &str, bytes: &[u8]) -> Part {
        Part::raw(
            &format!(
                "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {content_type}"
            ),
            bytes,
        )
    }

    /// A part with these header lines.
    pub fn raw(headers: &str, bytes: &[u8]) -> Part {
        Part {
            headers: headers.to_owned(),
            bytes: bytes.to_vec(),
        }
    }
}

/// The content type and the body.
pub fn encode(parts: &[Part]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{BOUNDARY}\r\n{}\r\n\r\n", part.headers).as_bytes());
        body.extend_from_slice(&part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    (content_type(), body)
}

/// The content type that names [`BOUNDARY`].
pub fn content_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}
