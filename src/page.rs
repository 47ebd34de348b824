//! Lists in pages: `{"count", "next", "previous", "results"}`, `page` (a number or "last") and `page_size` 1 to 100.

use rocket::http::uri::Origin;
use rocket::request::{FromRequest, Outcome, Request};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{AskedPath, BaseUrl};
use crate::error::{Error, Result};
use crate::text::Text;

/// Results of a page unless `page_size` says otherwise.
pub const PAGE_SIZE: i64 = 50;
const PAGE_SIZE_MAX: i64 = 100;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// How many there are on all pages.
    pub count: i64,
    /// The address of the next page.
    pub next: Option<String>,
    /// The address of the page before.
    pub previous: Option<String>,
    /// This page.
    pub results: Vec<T>,
}

/// Which page is asked for, and how to name the others.
#[derive(Debug, Clone)]
pub struct Paging {
    page: Wanted,
    size: i64,
    link: Link,
}

#[derive(Debug, Clone, Copy)]
enum Wanted {
    Number(i64),
    Last,
    Nonsense,
}

/// The address that was asked for, to be given back with another parameter.
#[derive(Debug, Clone)]
pub struct Link {
    base: String,
    query: String,
}

/// A part of a list in rows of the database.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    pub limit: i64,
    pub offset: i64,
    page: i64,
    pages: i64,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Link {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let BaseUrl(base) = rocket::outcome::try_outcome!(request.guard().await);
        let query = request.uri().query().map(|query| query.as_str()).unwrap_or_default();
        let base = base + AskedPath::of(request);
        let query = query.to_owned();
        Outcome::Success(Link { base, query })
    }
}

impl Link {
    /// The address with these parameters in place of those of the same names; None takes one away.
    pub fn with(&self, changes: &[(&str, Option<String>)]) -> String {
        let changed = |part: &str| changes.iter().any(|(name, _)| part.split('=').next() == Some(*name));
        let mut link = self.base.clone();
        let mut mark = '?';
        let mut add = |parts: &[&str]| {
            link.push(std::mem::replace(&mut mark, '&'));
            link.extend(parts.iter().copied());
        };
        for part in self.query.split('&').filter(|part| !part.is_empty() && !changed(part)) {
            add(&[part]);
        }
        for (name, value) in changes {
            if let Some(value) = value {
                add(&[name, "=", value]);
            }
        }
        link
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Paging {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let link = rocket::outcome::try_outcome!(request.guard::<Link>().await);
        let uri: &Origin<'_> = request.uri();
        let value = |wanted: &str| {
            let pairs = uri.query()?.segments();
            pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value).last()
        };
        let page = match value("page") {
            None => Wanted::Number(1),
            Some("last") => Wanted::Last,
            Some(number) => number.parse().map_or(Wanted::Nonsense, Wanted::Number),
        };
        // As the original's framework does it: a size that makes no sense is the default.
        let size = value("page_size")
            .and_then(|size| size.parse::<i64>().ok())
            .filter(|size| *size > 0);
        let size = size.map_or(PAGE_SIZE, |size| size.min(PAGE_SIZE_MAX));
        Outcome::Success(Paging { page, size, link })
    }
}

impl Paging {
    /// The rows of the page, given how many there are.
    ///
    /// # Errors
    /// 404 "Invalid page." where there is no such page.
    pub fn slice(&self, count: i64) -> Result<Slice> {
        let pages = ((count + self.size - 1) / self.size).max(1);
        let page = match self.page {
            Wanted::Last => pages,
            Wanted::Number(page) if (1..=pages).contains(&page) => page,
            Wanted::Number(_) | Wanted::Nonsense => return Err(Error::NotFound(Text::InvalidPage)),
        };
        Ok(Slice {
            limit: self.size,
            offset: (page - 1) * self.size,
            page,
            pages,
        })
    }

    /// The page with its neighbours' addresses.
    pub fn page<T>(&self, count: i64, slice: Slice, results: Vec<T>) -> Page<T> {
        let address = |page: i64| self.link.with(&[("page", (page > 1).then(|| page.to_string()))]);
        Page {
            count,
            next: (slice.page < slice.pages).then(|| address(slice.page + 1)),
            previous: (slice.page > 1).then(|| address(slice.page - 1)),
            results,
        }
    }
}
