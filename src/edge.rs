//! The edge: what holds for every request, whatever it asks for.
//!
//! One fairing takes a trailing slash and the original's doubled `/chat/chat` off the path before routing (nothing is
//! ever redirected), gives the answer its id, `Allow` and security headers, and writes one log line. The catchers turn
//! whatever has no handler into the contract's JSON. Rocket tells a wrong method from an unknown path no better than
//! 404, so the mounted routes are asked.

use std::collections::BTreeSet;
use std::time::Instant;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Header, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{catch, catchers, Build, Catcher, Data, Response, Rocket, Route};

use crate::addresses::Addresses;
use crate::config::Config;
use crate::error::{Error, RequestId};
use crate::site::{authority, Before, Site};
use crate::text::Text;

/// The content policy of every answer; pages of ours need no more.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A path at which there is nothing, and never will be.
const NOWHERE: &str = "/-";

/// Whether it is nothing by itself: what such a thing may do is said by the page that asks for it, and some forty of them
/// make up the client, so that each header more is a kilobyte and more at the first visit.
fn is_part_of_a_page(response: &Response<'_>) -> bool {
    response
        .content_type()
        .is_some_and(|kind| kind.is_javascript() || kind.is_css())
}

/// The fairing; see the module.
pub struct Edge {
    cors_origins: Vec<String>,
}

impl Edge {
    /// With the origins that may call from other sites.
    pub fn new(config: &Config) -> Edge {
        Edge {
            cors_origins: config.cors_origins.clone(),
        }
    }
}

struct Started(Instant);

/// The path as the client spelled it, for addresses that go back to him.
pub struct AskedPath(String);

impl AskedPath {
    /// The path of a request before it was made canonical.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r str {
        &request.local_cache(|| AskedPath(request.uri().path().to_string())).0
    }
}

#[rocket::async_trait]
impl Fairing for Edge {
    fn info(&self) -> Info {
        Info {
            name: "edge",
            kind: Kind::Ignite | Kind::Request | Kind::Response,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> rocket::fairing::Result {
        let routes: Vec<&Route> = rocket.routes().collect();
        let paths = Paths::new(&routes);
        Ok(rocket.manage(paths))
    }

    async fn on_request(&self, request: &mut Request<'_>, _data: &mut Data<'_>) {
        request.local_cache(|| Started(Instant::now()));
        if let Some(before) = request.rocket().state::<Before>() {
            match request.remote().and_then(|remote| before.peer(remote.port())) {
                Some(peer) => request.set_remote(peer),
                // Around what ends TLS: nothing is there.
                None => {
                    if let Ok(nowhere) = Origin::parse(NOWHERE) {
                        request.set_uri(nowhere);
                    }
                    return;
                }
            }
        }
        if let (Some(addresses), Some(peer)) = (request.rocket().state::<Addresses>(), request.client_ip()) {
            addresses.visited(peer, request.host());
        }
        if let Some(path) = canonical(request.uri().path().as_str()) {
            AskedPath::of(request);
            let query = request
                .uri()
                .query()
                .map(|query| format!("?{query}"))
                .unwrap_or_default();
            if let Ok(uri) = Origin::parse_owned(format!("{path}{query}")) {
                request.set_uri(uri);
            }
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let id = RequestId::of(request);
        response.set_header(Header::new("X-Content-Type-Options", "nosniff"));
        if !is_part_of_a_page(response) {
            response.set_header(Header::new("X-Request-Id", id.0.as_str()));
            response.set_header(Header::new("Cross-Origin-Resource-Policy", "same-origin"));
            response.set_header(Header::new("X-Frame-Options", "DENY"));
            response.set_header(Header::new("Referrer-Policy", "no-referrer"));
            if !response.headers().contains("Content-Security-Policy") {
                response.set_header(Header::new("Content-Security-Policy", POLICY));
            }
        }
        if !response.headers().contains("Cache-Control") {
            response.set_header(Header::new("Cache-Control", "no-store"));
        }
        // By the path and not by the route that took it last: a parameter's route may have been tried for a path of its own.
        let paths = request.rocket().state::<Paths>();
        if let Some(methods) = paths.and_then(|paths| paths.methods(request.uri().path().as_str())) {
            response.set_header(Header::new("Allow", methods.header.as_str()));
        }
        self.share(request, response);
        let took = request.local_cache(|| Started(Instant::now())).0.elapsed();
        tracing::info!(
            request_id = %id.0,
            method = %request.method(),
            // The pattern, not the path: what people search for is nobody's business.
            route = request.route().map_or("-", |route| route.uri.as_str()),
            status = response.status().code,
            micros = took.as_micros(),
            "request"
        );
    }
}

impl Edge {
    /// Lets the named other sites read the answer; nobody else's script gets to.
    fn share(&self, request: &Request<'_>, response: &mut Response<'_>) {
        let Some(origin) = request.headers().get_one("Origin") else {
            return;
        };
        if !self.cors_origins.iter().any(|allowed| allowed == origin) {
            return;
        }
        response.set_header(Header::new("Access-Control-Allow-Origin", origin.to_owned()));
        response.set_header(Header::new("Vary", "Origin"));
        response.set_header(Header::new("Cross-Origin-Resource-Policy", "cross-origin"));
        response.set_header(Header::new(
            "Access-Control-Expose-Headers",
            "Retry-After, X-Request-Id, Allow",
        ));
        if request.method() == Method::Options {
            response.set_header(Header::new(
                "Access-Control-Allow-Methods",
                "GET, POST, PUT, PATCH, DELETE",
            ));
            response.set_header(Header::new(
                "Access-Control-Allow-Headers",
                "Authorization, Content-Type, Accept-Language",
            ));
            response.set_header(Header::new("Access-Control-Max-Age", "600"));
        }
    }
}

/// The path that is routed; None where it is the one that came. An empty segment within is no other spelling of a path
/// but a wrong one.
fn canonical(path: &str) -> Option<String> {
    if path.contains("//") {
        return Some(NOWHERE.to_owned());
    }
    let plain = if path.len() > 1 {
        path.strip_suffix('/').unwrap_or(path)
    } else {
        path
    };
    let single = match plain.strip_prefix("/chat/chat") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/chat{rest}"),
        _ if plain.len() == path.len() => return None,
        _ => plain.to_owned(),
    };
    Some(single)
}

/// The mounted paths with their methods, by how many segments they have: each answer asks for one.
struct Paths(Vec<Vec<(Vec<Segment>, Methods)>>);

/// The methods of a path.
struct Methods {
    names: BTreeSet<&'static str>,
    /// As `Allow` has them.
    header: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Any,
    Rest,
}

fn segments(pattern: &str) -> Vec<Segment> {
    let part = |text: &str| match text {
        rest if rest.starts_with('<') && rest.ends_with("..>") => Segment::Rest,
        any if any.starts_with('<') => Segment::Any,
        fixed => Segment::Fixed(fixed.to_owned()),
    };
    pattern
        .split('?')
        .next()
        .unwrap_or_default()
        .split('/')
        .filter(|text| !text.is_empty())
        .map(part)
        .collect()
}

impl Paths {
    fn new(routes: &[&Route]) -> Paths {
        let mut patterns: Vec<(Vec<Segment>, BTreeSet<&'static str>)> = Vec::new();
        for route in routes {
            let pattern = segments(route.uri.as_str());
            let known = patterns
                .iter()
                .position(|(known, _)| *known == pattern)
                .unwrap_or_else(|| {
                    patterns.push((pattern, BTreeSet::from(["OPTIONS"])));
                    patterns.len() - 1
                });
            let methods = &mut patterns[known].1;
            methods.insert(route.method.as_str());
            if route.method == Method::Get {
                methods.insert("HEAD");
            }
        }
        // The catch-all of the pages answers for no path of its own; and a fixed segment names a path more exactly than a
        // parameter does.
        patterns.retain(|(pattern, _)| pattern.last() != Some(&Segment::Rest));
        patterns.sort_by_key(|(pattern, _)| pattern.iter().filter(|segment| **segment == Segment::Any).count());
        let longest = patterns.iter().map(|(pattern, _)| pattern.len()).max();
        let mut paths: Vec<_> = (0..=longest.unwrap_or(0)).map(|_| Vec::new()).collect();
        for (pattern, names) in patterns {
            let header = names.iter().copied().collect::<Vec<_>>().join(", ");
            paths[pattern.len()].push((pattern, Methods { names, header }));
        }
        Paths(paths)
    }

    /// The methods of a path, if it has any.
    fn methods(&self, path: &str) -> Option<&Methods> {
        let parts = || path.split('/').filter(|text| !text.is_empty());
        let same = |(segment, part): (&Segment, &str)| {
            *segment == Segment::Any || matches!(segment, Segment::Fixed(text) if text == part)
        };
        let known = self.0.get(parts().count())?;
        let found = known.iter().find(|(pattern, _)| pattern.iter().zip(parts()).all(same));
        found.map(|(_, methods)| methods)
    }
}

/// A part of the server, as managed by Rocket; missing only where the server is put together wrongly.
pub fn managed<'r, T: Send + Sync + 'static>(request: &'r Request<'_>) -> Result<&'r T, Error> {
    request
        .rocket()
        .state::<T>()
        .ok_or_else(|| Error::internal(std::any::type_name::<T>()))
}

/// The catchers of everything that no handler answers.
pub fn catchers() -> Vec<Catcher> {
    catchers![caught]
}

#[catch(default)]
fn caught(status: Status, request: &Request<'_>) -> Result<Status, Error> {
    if let Some(error) = Error::of_guard(request) {
        return Err(error);
    }
    let paths = request.rocket().state::<Paths>();
    let methods = paths.and_then(|paths| paths.methods(request.uri().path().as_str()));
    Err(match status.code {
        // A parameter that is no id forwards as 422: there is no such thing.
        404 | 405 | 422 => match methods {
            Some(_) if request.method() == Method::Options => return Ok(Status::NoContent),
            Some(methods) if !methods.names.contains(request.method().as_str()) => {
                Error::MethodNotAllowed(request.method().to_string())
            }
            _ => Error::not_found(),
        },
        401 => Error::unauthorized(Text::NotAuthenticated),
        403 => Error::Forbidden(Text::PermissionDenied),
        413 => Error::TooLarge(Text::TooLarge),
        400..=499 => Error::Malformed(Text::BadRequest, None),
        503 => Error::Unavailable,
        _ => Error::internal(format!("a request ended as {status}")),
    })
}

/// What absolute URLs of this answer begin with: the configured address, else the one that the request came to if it is
/// this computer's, else the first that another device could use. A forged Host never comes back in a link.
#[derive(Clone)]
pub struct BaseUrl(pub String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for BaseUrl {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(request.local_cache(|| BaseUrl::of(request)).clone())
    }
}

impl BaseUrl {
    fn of(request: &Request<'_>) -> BaseUrl {
        let configured = request
            .rocket()
            .state::<Config>()
            .map(|config| config.base_url.as_str())
            .unwrap_or_default();
        if !configured.is_empty() {
            return BaseUrl(configured.to_owned());
        }
        let site = Site::of(request.rocket());
        let authority = match request.rocket().state::<Addresses>() {
            Some(addresses) => addresses.authority_of(request.host(), &site),
            None => authority(site.address, site.port),
        };
        BaseUrl(format!("{}://{authority}", site.scheme()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_spelling() {
        let cases = [
            ("/", None),
            ("/auth/me", None),
            ("/auth/me/", Some("/auth/me")),
            ("/chat/chat/", Some("/chat")),
            ("/chat/chat/7/", Some("/chat/7")),
            ("/chat/chatter", None),
            ("/auth//me", Some("/-")),
            ("//", Some("/-")),
        ];
        for (path, expected) in cases {
            assert_eq!(canonical(path).as_deref(), expected, "{path}");
        }
    }
}
