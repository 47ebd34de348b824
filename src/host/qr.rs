//! `/host/qr`: a text as a picture that a phone's camera reads.

use std::fmt::Write;

use fast_qr::qr::QRCode;
use fast_qr::{QRBuilder, ECL};
use rocket::http::ContentType;
use rocket::{get, routes, Route};

use crate::accounts::guard::Staff;
use crate::error::{Error, Result};
use crate::text::Text;

/// Bytes of a text; more makes a picture that no camera reads from the back of a room.
const TEXT_MAX: usize = 512;
/// Modules of white around it, without which readers don't find it.
const QUIET: usize = 4;

/// The part of `/host` that draws.
pub fn mounted() -> Vec<Route> {
    routes![get_qr]
}

/// A text as a QR code: an SVG, dark on white whatever the page's colours are. Staff may ask.
#[utoipa::path(context_path = "/host", tag = "Host",
    params(("text" = String, Query, description = "At most 512 bytes")),
    responses((status = 200, description = "The picture", content_type = "image/svg+xml"), (status = 400),
        (status = 403)))]
#[get("/qr?<text>")]
pub fn get_qr(_staff: Staff, text: Option<&str>) -> Result<(ContentType, String)> {
    let text = text.unwrap_or_default();
    if text.is_empty() {
        return Err(Error::field("text", Text::Required));
    }
    if text.len() > TEXT_MAX {
        return Err(Error::field("text", Text::TooLong(TEXT_MAX)));
    }
    let code = QRBuilder::new(text)
        // A screen is never torn or dirty: larger squares help more than more of them.
        .ecl(ECL::M)
        .build()
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok((ContentType::SVG, draw(&code)))
}

/// One path of dark runs, row by row.
fn draw(code: &QRCode) -> String {
    let side = code.size + 2 * QUIET;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
    );
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            let run = (column..code.size).take_while(|at| code[row][*at].value()).count();
            if run > 0 {
                let _ = write!(svg, "M{} {}h{run}v1h-{run}z", column + QUIET, row + QUIET);
            }
            column += run.max(1);
        }
    }
    svg + "\"/></svg>"
}
