//! Bodies: JSON, multipart and urlencoded become the same named fields, checked with the original's rules and words.
//!
//! Any of the three is taken everywhere, as a Django client expects. JSON is read whole (at most 256 KiB), a multipart
//! body part by part: files stream into a [`Sink`] and never stand in memory or in a temporary file. A field is asked
//! for once, with its rule; what is wrong is gathered, and `finish` fails with all of it.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};

use multer::{Field, Multipart};
use rocket::data::{ByteUnit, Data, FromData, Outcome};
use rocket::http::ContentType;
use rocket::request::Request;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use crate::error::{Error, Fields, Result};
use crate::ids;
use crate::text::Text;

/// Bytes of a JSON or urlencoded body, and of all the text parts of a multipart one together.
const TEXT_MAX: usize = 256 * 1024;
/// Parts of a multipart body: as many as a list has people, and the other fields.
const PARTS_MAX: usize = 520;
/// Bytes up to and with the header of a part of a multipart body.
const HEADER_MAX: u64 = 4 * PAUSE;
/// Bytes after which reading pauses: multer reads on for as long as there is something, and holds what it has read.
const PAUSE: u64 = 64 * 1024;
/// What is read and thrown away of a body that is refused, so that the client reads the answer and no reset.
const DRAIN_MAX: u64 = 32 << 20;
/// Stands for a lone surrogate in a string, which UTF-8 can't hold; its four hex digits follow. A noncharacter.
const SURROGATE: char = '\u{FDD0}';

/// A request's body, not read yet. It never fails as a guard: what is wrong with it is told by `read`.
pub struct Body<'r> {
    data: Data<'r>,
    kind: String,
    /// Bytes, as the client announces them.
    length: Option<u64>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Body<'r> {
    type Error = std::convert::Infallible;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        Outcome::Success(Body::new(request, data))
    }
}

/// Takes the files of a multipart body.
#[rocket::async_trait]
pub trait Sink: Send {
    /// Takes one file part, or refuses it.
    async fn take(&mut self, field: &str, file_name: &str, part: &mut Part<'_>) -> Result<()>;
    /// Bytes that the whole body may have.
    fn body_max(&self) -> u64;
}

/// The bytes of a file part as they come.
pub struct Part<'a>(Field<'a>);

impl Part<'_> {
    /// The next bytes; None at the end.
    ///
    /// # Errors
    /// 400 for a body that ends early, 413 for one that is too large.
    pub async fn chunk(&mut self) -> Result<Option<bytes::Bytes>> {
        self.0.chunk().await.map_err(|error| form_error(&error))
    }
}

/// For bodies without files: a file part is ignored.
pub struct NoFiles;

#[rocket::async_trait]
impl Sink for NoFiles {
    async fn take(&mut self, _field: &str, _file_name: &str, part: &mut Part<'_>) -> Result<()> {
        while part.chunk().await?.is_some() {}
        Ok(())
    }
    fn body_max(&self) -> u64 {
        TEXT_MAX as u64
    }
}

impl<'r> Body<'r> {
    /// The body of a request.
    pub fn new(request: &'r Request<'_>, data: Data<'r>) -> Body<'r> {
        let header = |name| request.headers().get_one(name);
        let kind = header("content-type").unwrap_or_default().to_owned();
        Body {
            data,
            kind,
            length: header("content-length").and_then(|length| length.parse().ok()),
        }
    }

    /// Reads the body and throws it away, for an answer that does not depend on it.
    pub async fn discard(self) {
        drain(&mut self.data.open(ByteUnit::max_value())).await;
    }

    /// The 413 for a body that says itself that it is too large. One that is far too large is not read at all.
    async fn refuse_large(self) -> Error {
        if self.length.is_some_and(|length| length <= DRAIN_MAX) {
            self.discard().await;
        }
        Error::TooLarge(Text::TooLarge)
    }

    /// Reads a body that brings no files.
    ///
    /// # Errors
    /// 400, 413 and 415 with the contract's texts.
    pub async fn read(self) -> Result<Form> {
        self.read_with(&mut NoFiles).await
    }

    /// Reads a body whose files go to `sink`.
    ///
    /// # Errors
    /// As [`Body::read`], and what the sink refuses.
    pub async fn read_with(self, sink: &mut impl Sink) -> Result<Form> {
        let kind = ContentType::parse_flexible(&self.kind);
        let is = |wanted: &ContentType| {
            kind.as_ref()
                .is_some_and(|kind| kind.top() == wanted.top() && kind.sub() == wanted.sub())
        };
        if is(&ContentType::FormData) {
            let boundary = multer::parse_boundary(&self.kind)
                .map_err(|_| Error::Malformed(Text::FormParse("Invalid boundary in multipart: None".into()), None))?;
            if self.length.is_some_and(|length| length > sink.body_max()) {
                return Err(self.refuse_large().await);
            }
            return read_multipart(self.data, boundary, sink).await;
        }
        if self.length.is_some_and(|length| length > TEXT_MAX as u64) {
            return Err(self.refuse_large().await);
        }
        let (bytes, rest) = read_text(self.data).await?;
        if rest {
            return Err(Error::TooLarge(Text::TooLarge));
        }
        if bytes.is_empty() && self.kind.is_empty() {
            return Ok(Form::default());
        }
        if is(&ContentType::JSON) {
            read_json(&bytes)
        } else if is(&ContentType::Form) {
            Ok(read_urlencoded(&bytes))
        } else {
            Err(Error::Unsupported(
                self.kind.split(';').next().unwrap_or_default().trim().to_owned(),
            ))
        }
    }
}

/// Reads up to the limit; whether there was more.
async fn read_text(data: Data<'_>) -> Result<(Vec<u8>, bool)> {
    let mut stream = data.open(ByteUnit::max_value());
    let mut bytes = Vec::new();
    let read = (&mut stream).take(TEXT_MAX as u64 + 1).read_to_end(&mut bytes).await;
    read.map_err(|_| Error::Malformed(Text::BadRequest, None))?;
    let more = bytes.len() > TEXT_MAX;
    if more {
        drain(&mut stream).await;
    }
    Ok((bytes, more))
}

/// Reads on for a while, so that a client that is still sending sees the answer.
async fn drain(stream: &mut (impl AsyncRead + Unpin)) {
    let (mut rest, mut nowhere) = (stream.take(DRAIN_MAX), tokio::io::sink());
    let copied = tokio::io::copy(&mut rest, &mut nowhere);
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), copied).await;
}

fn read_json(bytes: &[u8]) -> Result<Form> {
    let value = serde_json::from_slice(bytes).or_else(|error| match mark_surrogates(bytes) {
        Some(marked) => serde_json::from_slice(&marked),
        None => Err(error),
    });
    match value.map_err(|error| Error::Malformed(Text::JsonParse(error.to_string()), None))? {
        Value::Object(mut values) => {
            keep_digits(bytes, &mut values);
            Ok(Form {
                values,
                repeats: false,
                errors: Fields::default(),
            })
        }
        other => Err(Error::field(
            "non_field_errors",
            Text::NotADictionary(type_name(&other)),
        )),
    }
}

/// Whole numbers of more than 64 bits, which are rounded as they are read, become the digits that were sent: an answer
/// that names one shows what the client wrote. As an id or a text digits mean the same as a number.
fn keep_digits(bytes: &[u8], values: &mut Map<String, Value>) {
    let rounded = |value: &Value| value.as_f64().is_some_and(|float| value.is_f64() && float >= 9e15);
    let digits = |value: &mut Value, sent: &RawValue| {
        if rounded(value) && sent.get().bytes().all(|byte| byte.is_ascii_digit()) {
            *value = sent.get().into();
        }
    };
    let any = |value: &Value| rounded(value) || value.as_array().is_some_and(|items| items.iter().any(rounded));
    if !values.values().any(any) {
        return;
    }
    let sent: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).unwrap_or_default();
    for (name, sent) in sent {
        match values.get_mut(&name) {
            Some(Value::Array(items)) => {
                let sent: Vec<&RawValue> = serde_json::from_str(sent.get()).unwrap_or_default();
                items.iter_mut().zip(sent).for_each(|(item, sent)| digits(item, sent));
            }
            Some(value) => digits(value, sent),
            None => {}
        }
    }
}

/// Replaces escapes of lone surrogates, which JSON can write and UTF-8 can't hold, by a mark that the field's check
/// knows, so that the field is named in the answer. None if there is none.
fn mark_surrogates(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let unit = |at: usize| -> Option<u16> {
        let escape = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(escape, 16).ok()
    };
    let (mut out, mut at, mut found) = (String::with_capacity(text.len()), 0, false);
    while let Some(next) = text[at..].chars().next() {
        match unit(at) {
            Some(high @ 0xD800..=0xDFFF) => {
                if high < 0xDC00 && unit(at + 6).is_some_and(|low| (0xDC00..=0xDFFF).contains(&low)) {
                    out.push_str(&text[at..at + 12]);
                    at += 12;
                } else {
                    out.push(SURROGATE);
                    out.push_str(&format!("{high:04X}"));
                    (at, found) = (at + 6, true);
                }
            }
            // An escaped backslash must not make the next character look like the start of an escape.
            _ if next == '\\' && text[at + 1..].starts_with('\\') => {
                out.push_str("\\\\");
                at += 2;
            }
            _ => {
                out.push(next);
                at += next.len_utf8();
            }
        }
    }
    found.then(|| out.into_bytes())
}

fn read_urlencoded(bytes: &[u8]) -> Form {
    let text = String::from_utf8_lossy(bytes);
    let mut form = Form {
        repeats: true,
        ..Form::default()
    };
    for (name, value) in rocket::form::Form::values(&text).map(|field| (field.name.source(), field.value)) {
        form.push(&decode(name.as_str()), decode(value));
    }
    form
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}

async fn read_multipart(data: Data<'_>, boundary: String, sink: &mut impl Sink) -> Result<Form> {
    let header = Arc::new(AtomicU64::new(HEADER_MAX));
    let inner = data.open(ByteUnit::max_value());
    let mut stream = Counted {
        inner,
        left: sink.body_max(),
        exceeded: false,
        header: Arc::clone(&header),
        burst: 0,
    };
    let outcome = {
        let mut parts = Multipart::with_reader(&mut stream, boundary);
        read_parts(&mut parts, &header, sink).await
    };
    if outcome.is_ok() && !stream.exceeded {
        return outcome;
    }
    drain(&mut stream.inner).await;
    if stream.exceeded {
        Err(Error::TooLarge(Text::TooLarge))
    } else {
        outcome
    }
}

/// A body that ends where it becomes too large, and remembers that it did.
struct Counted<R> {
    inner: R,
    left: u64,
    exceeded: bool,
    /// What may be read before the next part begins: its header is held in memory.
    header: Arc<AtomicU64>,
    /// What has been read since the last pause.
    burst: u64,
}

impl<R: AsyncRead + Unpin> AsyncRead for Counted<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.exceeded {
            return Poll::Ready(Ok(()));
        }
        if self.burst >= PAUSE {
            self.burst = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = out.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, out);
        let read = (out.filled().len() - before) as u64;
        self.exceeded = read > self.left;
        self.left = self.left.saturating_sub(read);
        self.burst += read;
        let header = self.header.load(Ordering::Relaxed);
        if read > header {
            return Poll::Ready(Err(std::io::Error::other("the header of a part is too long")));
        }
        if header != u64::MAX {
            self.header.store(header - read, Ordering::Relaxed);
        }
        polled
    }
}

async fn read_parts(parts: &mut Multipart<'_>, header: &AtomicU64, sink: &mut impl Sink) -> Result<Form> {
    let mut form = Form {
        repeats: true,
        ..Form::default()
    };
    let (mut count, mut text_bytes) = (0, 0);
    loop {
        header.store(HEADER_MAX, Ordering::Relaxed);
        let Some(mut field) = parts.next_field().await.map_err(|error| form_error(&error))? else {
            return Ok(form);
        };
        header.store(u64::MAX, Ordering::Relaxed);
        count += 1;
        if count > PARTS_MAX {
            return Err(Error::Malformed(Text::FormParse("too many parts".into()), None));
        }
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name().map(ToOwned::to_owned) {
            sink.take(&name, &file_name, &mut Part(field)).await?;
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| form_error(&error))? {
            text_bytes += chunk.len();
            if text_bytes > TEXT_MAX {
                return Err(Error::TooLarge(Text::TooLarge));
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::Malformed(Text::FormParse(format!("field {name:?} is not UTF-8")), None))?;
        form.push(&name, text);
    }
}

fn form_error(error: &multer::Error) -> Error {
    Error::Malformed(Text::FormParse(error.to_string()), None)
}

/// JSON's types by the names that the original's texts use.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// The fields of a body, and what has been found wrong with them so far.
#[derive(Default)]
pub struct Form {
    values: Map<String, Value>,
    /// Whether a name can come several times, as in HTML forms; a single value then means the last.
    repeats: bool,
    /// Add what is wrong beyond a field's own rule.
    pub errors: Fields,
}

impl Form {
    /// The fields of a JSON object.
    ///
    /// # Errors
    /// 400 for what is no JSON, or no object.
    pub fn json(bytes: &[u8]) -> Result<Form> {
        read_json(bytes)
    }

    /// A field as it came, for what has no rule of its own.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.single(name)
    }

    fn push(&mut self, name: &str, text: String) {
        match self.values.get_mut(name) {
            Some(Value::Array(items)) => items.push(text.into()),
            Some(first) => *first = Value::Array(vec![first.take(), text.into()]),
            None => drop(self.values.insert(name.to_owned(), text.into())),
        }
    }

    /// Whether the body names this field.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Whether the body gives null for this field.
    pub fn is_null(&self, name: &str) -> bool {
        self.single(name) == Some(&Value::Null)
    }

    /// Fails with all that was found wrong.
    ///
    /// # Errors
    /// 400 with the fields.
    pub fn finish(self) -> Result<()> {
        self.errors.finish()
    }

    fn single(&self, name: &str) -> Option<&Value> {
        match self.values.get(name)? {
            Value::Array(items) if self.repeats => items.last(),
            value => Some(value),
        }
    }

    /// A text that must be there: trimmed, not blank, at most `max` characters. Empty where something is wrong.
    pub fn required(&mut self, name: &str, max: usize) -> String {
        if !self.has(name) {
            self.errors.add(name, Text::Required);
        }
        self.optional(name, max).unwrap_or_default()
    }

    /// A text that may be left out, else as [`Form::required`].
    pub fn optional(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.string(name)?.trim().to_owned();
        if text.is_empty() {
            self.errors.add(name, Text::Blank);
            return None;
        }
        self.limit(name, text, max)
    }

    /// A text that may be left out, null or blank; all three give None.
    pub fn maybe(&mut self, name: &str, max: usize) -> Option<String> {
        if matches!(self.single(name), None | Some(Value::Null)) {
            return None;
        }
        let text = self.string(name)?.trim().to_owned();
        if text.is_empty() {
            None
        } else {
            self.limit(name, text, max)
        }
    }

    /// A password: taken exactly as sent, not blank, at most `max` characters.
    pub fn password(&mut self, name: &str, max: usize) -> String {
        if !self.has(name) {
            self.errors.add(name, Text::Required);
        }
        let Some(text) = self.string(name) else {
            return String::new();
        };
        if text.is_empty() {
            self.errors.add(name, Text::Blank);
        }
        self.limit(name, text, max).unwrap_or_default()
    }

    /// An id that must be there; that of nothing where something is wrong.
    pub fn required_id(&mut self, name: &str) -> i64 {
        if !self.has(name) {
            self.errors.add(name, Text::Required);
        }
        self.id(name).unwrap_or_default()
    }

    /// An id that may be left out. Digits in a string are an id too.
    pub fn id(&mut self, name: &str) -> Option<i64> {
        let value = self.single(name)?.clone();
        self.id_of(name, &value)
    }

    /// A list of ids that may be left out; a single one is a list of one.
    pub fn ids(&mut self, name: &str, max: usize) -> Option<Vec<i64>> {
        let items = match self.values.get(name)?.clone() {
            Value::Array(items) => items,
            one @ (Value::Number(_) | Value::String(_)) => vec![one],
            Value::Null => {
                self.errors.add(name, Text::Null);
                return None;
            }
            other => {
                self.errors.add(name, Text::NotAList(type_name(&other)));
                return None;
            }
        };
        if items.len() > max {
            self.errors.add(name, Text::TooManyItems(max));
            return None;
        }
        Some(items.iter().filter_map(|item| self.id_of(name, item)).collect())
    }

    /// A whole number that must be there, from `min` up.
    pub fn integer(&mut self, name: &str, min: i64) -> i64 {
        if !self.has(name) {
            self.errors.add(name, Text::Required);
        }
        self.number(name, min, i64::MAX).unwrap_or(min)
    }

    /// A whole number from `min` to `max` that may be left out.
    pub fn number(&mut self, name: &str, min: i64, max: i64) -> Option<i64> {
        let number = match self.single(name)? {
            Value::Null => {
                self.errors.add(name, Text::Null);
                return None;
            }
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            None => self.errors.add(name, Text::NotAnInteger),
            Some(number) if number < min => self.errors.add(name, Text::TooSmall(min)),
            Some(number) if number > max => self.errors.add(name, Text::TooBig(max)),
            Some(number) => return Some(number),
        }
        None
    }

    /// Yes or no, which may be left out; a form's words for it are taken, too.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = match self.single(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => match text.trim() {
                "true" | "True" | "1" | "on" => Some(true),
                "false" | "False" | "0" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if flag.is_none() {
            self.errors.add(name, Text::NotABoolean);
        }
        flag
    }

    /// One of some words, which may be left out; `parse` knows them.
    pub fn choice<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.string(name)?;
        let chosen = parse(text.trim());
        if chosen.is_none() {
            self.errors.add(name, Text::InvalidChoice(text));
        }
        chosen
    }

    fn id_of(&mut self, name: &str, value: &Value) -> Option<i64> {
        let problem = match value {
            Value::Number(number) => match number.as_i64().filter(|id| *id >= 0) {
                Some(id) => return Some(id),
                None if number.is_f64() && number.as_f64().is_some_and(|float| float.abs() < 9e15) => {
                    Text::IncorrectPkType("float")
                }
                None => Text::InvalidPk(number.to_string()),
            },
            Value::String(text) => match ids::parse(text.trim()) {
                Ok(id) => return Some(id),
                Err(_) if text.trim().bytes().all(|byte| byte.is_ascii_digit()) && !text.trim().is_empty() => {
                    Text::InvalidPk(text.trim().to_owned())
                }
                Err(_) => Text::IncorrectPkType("str"),
            },
            Value::Null => Text::Null,
            other => Text::IncorrectPkType(type_name(other)),
        };
        self.errors.add(name, problem);
        None
    }

    fn string(&mut self, name: &str) -> Option<String> {
        let problem = match self.single(name)? {
            Value::String(text) => match refused_character(text) {
                None => return Some(text.clone()),
                Some(problem) => problem,
            },
            Value::Number(number) => return Some(number.to_string()),
            Value::Null => Text::Null,
            _ => Text::NotAString,
        };
        self.errors.add(name, problem);
        None
    }

    fn limit(&mut self, name: &str, text: String, max: usize) -> Option<String> {
        // Bytes first: counting the characters of what can't be too long is work for nothing.
        if text.len() > max && text.chars().count() > max {
            self.errors.add(name, Text::TooLong(max));
            return None;
        }
        Some(text)
    }
}

fn refused_character(text: &str) -> Option<Text> {
    if text.contains('\0') {
        return Some(Text::NullCharacters);
    }
    let (_, after) = text.split_once(SURROGATE)?;
    Some(Text::Surrogate(after.chars().take(4).collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn form(json: &str) -> Form {
        read_json(json.as_bytes()).unwrap()
    }

    fn problems(form: Form) -> String {
        match form.finish() {
            Ok(()) => String::new(),
            Err(error) => error.body(crate::text::Lang::En).to_string(),
        }
    }

    #[test]
    fn strings_follow_the_originals_rules() {
        let cases = [
            (r#"{}"#, r#"{"a":["This field is required."]}"#),
            (r#"{"a":null}"#, r#"{"a":["This field may not be null."]}"#),
            (r#"{"a":"  "}"#, r#"{"a":["This field may not be blank."]}"#),
            (r#"{"a":true}"#, r#"{"a":["Not a valid string."]}"#),
            (r#"{"a":["x"]}"#, r#"{"a":["Not a valid string."]}"#),
            (r#"{"a":"x\u0000"}"#, r#"{"a":["Null characters are not allowed."]}"#),
            (
                r#"{"a":"x\ud800y"}"#,
                r#"{"a":["Surrogate characters are not allowed: U+D800."]}"#,
            ),
            (
                r#"{"a":"123456"}"#,
                r#"{"a":["Ensure this field has no more than 5 characters."]}"#,
            ),
            (r#"{"a":5}"#, ""),
            (
                r#"{"a":"\ud83d\ude00 \\ud800"}"#,
                r#"{"a":["Ensure this field has no more than 5 characters."]}"#,
            ),
        ];
        for (json, expected) in cases {
            let mut form = form(json);
            form.required("a", 5);
            assert_eq!(problems(form), expected, "{json}");
        }
        assert_eq!(form(r#"{"a":"  țară "}"#).required("a", 5), "țară");
    }

    #[test]
    fn ids_come_as_numbers_or_digits() {
        let cases = [
            (r#"{"a":7}"#, Some(7), ""),
            (r#"{"a":"7"}"#, Some(7), ""),
            (r#"{"a":-1}"#, None, "Invalid pk \\\"-1\\\""),
            (
                r#"{"a":1000000000000000000000000000000}"#,
                None,
                "Invalid pk \\\"1000000000000000000000000000000\\\"",
            ),
            (r#"{"a":18446744073709551616}"#, None, "pk \\\"18446744073709551616\\\""),
            (r#"{"a":1e30}"#, None, "Invalid pk \\\"1e+30\\\""),
            (
                r#"{"a":"99999999999999999999"}"#,
                None,
                "pk \\\"99999999999999999999\\\"",
            ),
            (r#"{"a":"abc"}"#, None, "received str"),
            (r#"{"a":1.5}"#, None, "received float"),
            (r#"{"a":true}"#, None, "received bool"),
        ];
        for (json, id, problem) in cases {
            let mut form = form(json);
            assert_eq!(form.id("a"), id, "{json}");
            assert!(problems(form).contains(problem), "{json}");
        }
    }

    #[test]
    fn numbers_too_large_for_ids_keep_their_digits() {
        let mut form = form(
            r#"{"a":[1,100000000000000000000,2.5],"a":[3,100000000000000000003,{}],"b":20000000000000000000000000}"#,
        );
        assert_eq!(form.ids("a", 9), Some(vec![3]));
        assert_eq!(form.required("b", 99), "20000000000000000000000000");
        assert!(problems(form).contains("pk \\\"100000000000000000003\\\""));
    }

    #[test]
    fn hostile_json_is_refused_or_named() {
        let deep = "[".repeat(100_000);
        for bad in ["", "{", "\u{feff}{}", "[1]", "1e999", &deep] {
            assert!(read_json(bad.as_bytes()).is_err(), "{:.20}", bad);
        }
        assert!(read_json(b"\xff\xfe{\0}\0").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_never_panic(bytes: Vec<u8>) {
            let _ = read_json(&bytes);
            let _ = mark_surrogates(&bytes);
            let _ = read_urlencoded(&bytes);
        }

        #[test]
        fn valid_json_strings_come_through(text: String) {
            let mut form = read_json(serde_json::json!({ "a": text }).to_string().as_bytes()).unwrap();
            let read = form.maybe("a", usize::MAX);
            if !text.contains('\0') && !text.contains(SURROGATE) && !text.trim().is_empty() {
                proptest::prop_assert_eq!(read.as_deref(), Some(text.trim()));
            }
        }
    }
}
