//! `/host/mail/test`: whether mail arrives, before somebody has forgotten his password.

use rocket::{post, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::Signed;
use crate::accounts::names::is_email;
use crate::accounts::{Role, EMAIL_MAX};
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::house::store::get_house;
use crate::limits::Limits;
use crate::mail::smtp::Kind;
use crate::mail::Mailer;
use crate::reply::Json;
use crate::text::{Lang, Text};

/// The part of `/host` that is about mail.
pub fn mounted() -> Vec<Route> {
    routes![test_mail]
}

/// Where a mail is to go.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct MailTest {
    email: String,
}

/// What became of a mail.
#[derive(Serialize, ToSchema)]
pub struct Tried {
    /// "sent", "not_configured", "refused", "silent" or "unreachable".
    outcome: &'static str,
    /// That in words, with what to look at, in the caller's language.
    text: String,
    /// What the mail server said, or the system where there was none to say it; null where nothing was said.
    answer: Option<String>,
}

/// Sends one mail to an address, at once and once, by the mail server of the settings, and says what came of it. 5, then 1 a
/// minute.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = MailTest,
    responses((status = 200, body = Tried), (status = 400), (status = 403), (status = 429)))]
#[post("/mail/test", data = "<body>")]
pub async fn test_mail(
    body: Signed<'_>,
    lang: Lang,
    db: &State<Db>,
    config: &State<Config>,
    limits: &State<Limits>,
    mailer: &State<Mailer>,
) -> Result<Json<Tried>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Host)?;
    let email = form.required("email", EMAIL_MAX);
    if !email.is_empty() && !is_email(&email) {
        form.errors.add("email", Text::EmailInvalid);
    }
    form.finish()?;
    limits.mail(user.id)?;
    let name = db.glance(get_house).await?.called(&config.server_name).to_owned();
    let (subject, words) = (Text::MailTitle(name.clone()), Text::MailWords(name));
    let outcome = mailer.try_out(&email, &subject.say(lang), &words.say(lang)).await;
    let (outcome, text, answer) = match outcome {
        None => ("not_configured", Text::MailNone, None),
        Some(Ok(())) => ("sent", Text::MailSent(email), None),
        Some(Err(failure)) => match failure.kind {
            Kind::Unfit => return Err(Error::field("email", Text::EmailInvalid)),
            Kind::Refused => ("refused", Text::MailRefused, failure.answer),
            Kind::Silent => ("silent", Text::MailSilent, failure.answer),
            Kind::Unreachable => ("unreachable", Text::MailUnreachable, failure.answer),
        },
    };
    Ok(Json::ok(Tried {
        outcome,
        text: text.say(lang).into_owned(),
        answer,
    }))
}
