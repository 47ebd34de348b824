//! `/trust` for whoever has come by HTTPS already; without it `front` serves the same.

use rocket::http::ContentType;
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{get, routes, Route, State};

use super::page::Trust;
use crate::edge::BaseUrl;
use crate::reply::set_whole;
use crate::text::Lang;

/// Everything of it.
pub fn mounted() -> Vec<Route> {
    routes![get_page, get_certificate]
}

/// The page, with its own policy.
pub struct Page(String);

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.header(ContentType::HTML);
        response.raw_header("Content-Security-Policy", Trust::policy());
        set_whole(&mut response, self.0.into());
        response.ok()
    }
}

/// How a device is made to trust this server; 404 where it has no authority of its own.
#[get("/trust?<lang>")]
async fn get_page(lang: Option<&str>, asked: Lang, here: BaseUrl, trust: &State<Option<Trust>>) -> Option<Page> {
    let query = lang.map(|lang| format!("lang={lang}"));
    let trust = trust.as_ref()?;
    Some(Page(trust.page(Trust::lang(query.as_deref(), asked), &here.0)))
}

/// The authority's certificate.
#[get("/trust/messenger-ca.crt")]
async fn get_certificate(trust: &State<Option<Trust>>) -> Option<(ContentType, Vec<u8>)> {
    let kind = ContentType::parse_flexible(Trust::TYPE)?;
    let trust = trust.as_ref()?;
    Some((kind, trust.certificate().to_vec()))
}
