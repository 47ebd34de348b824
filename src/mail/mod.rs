//! Mail: a durable outbox in the database, sent over SMTP.
//!
//! A row says what to tell whom; it is written in the transaction that decided it, survives restarts, and is tried with
//! growing pauses for a day. Text and code are made when the mail leaves. Without a mail server, the code is shown in
//! the terminal of the person whose server it is, who can pass it on.

pub mod smtp;
pub mod store;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::accounts::codes::{new_code, CODE_MINUTES};
use crate::accounts::store::find_user;
use crate::accounts::User;
use crate::clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use smtp::{Failure, Smtp};

/// The one kind of mail that there is: a code for a forgotten password.
pub const PASSWORD_RESET: &str = "password_reset";

/// Microseconds after which a mail is given up.
const GIVEN_UP: i64 = 86_400_000_000;
/// Seconds until the next try, after the first, second ... failure; the last for all further ones.
const PAUSES: [i64; 7] = [5, 15, 60, 300, 900, 1800, 3600];

/// Sends what is in the outbox, and wakes up when there is something to send.
#[derive(Clone)]
pub struct Mailer {
    bell: Arc<Notify>,
    smtp: Option<Arc<Smtp>>,
}

impl Mailer {
    /// One that mails by this server; without one, codes are shown.
    pub fn new(smtp: Option<Smtp>) -> Mailer {
        Mailer {
            bell: Arc::default(),
            smtp: smtp.map(Arc::new),
        }
    }

    /// Something was put into the outbox.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    /// Sends one mail past the outbox, once, to see what comes of it; None without a mail server.
    pub async fn try_out(&self, to: &str, subject: &str, text: &str) -> Option<std::result::Result<(), Failure>> {
        match &self.smtp {
            Some(smtp) => Some(smtp.send(to, subject, text).await),
            None => None,
        }
    }

    /// Sends what is due, for as long as the database lives.
    pub async fn run(self, db: Db, config: Config) {
        loop {
            let next = match db.read(store::find_next).await {
                Ok(next) => next,
                Err(_) if db.is_stopped() => return,
                Err(error) => {
                    tracing::warn!(?error, "the outbox can't be read");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
            };
            let wait = match next {
                Some(mail) if mail.due_at <= clock::now() => {
                    if let Err(error) = handle(&db, &config, self.smtp.as_deref(), mail).await {
                        tracing::warn!(?error, "a mail could not be handled");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                    continue;
                }
                Some(mail) => Duration::from_micros(u64::try_from(mail.due_at - clock::now()).unwrap_or(0)),
                None => Duration::from_secs(3600),
            };
            // A clock that is set back must not hold mail for longer than it is watched.
            let _ = tokio::time::timeout(wait.min(Duration::from_secs(60)), self.bell.notified()).await;
        }
    }
}

/// Tries one mail and takes it out of the box, or puts it back for later.
async fn handle(db: &Db, config: &Config, smtp: Option<&Smtp>, mail: store::Mail) -> Result<()> {
    let (id, user, created) = (mail.id, mail.user_id, mail.created_at);
    let found = db
        .write(move |tx| {
            let Some(user) = user.map(|user| find_user(tx, user)).transpose()?.flatten() else {
                return Ok(None);
            };
            Ok(Some((new_code(tx, user.id)?, user)))
        })
        .await?;
    // Nobody has this address, or not any more.
    let Some((code, user)) = found else {
        return db.write(move |tx| store::delete(tx, id, created)).await;
    };
    let outcome = match smtp {
        None => {
            show(&user, &code);
            Ok(())
        }
        Some(smtp) => {
            let subject = format!("Password Reset for {}", config.server_name);
            smtp.send(
                &user.email,
                &subject,
                &format!("Go back to application and use this code = {code}"),
            )
            .await
        }
    };
    match outcome {
        Ok(()) => db.write(move |tx| store::delete(tx, id, created)).await,
        Err(failure) => postpone(db, mail, &failure).await,
    }
}

/// Shows a code where the host finds it. On the terminal and not in the log, which may be kept.
fn show(user: &User, code: &str) {
    println!(
        ">>> Password reset code for {}: {code} (valid for {CODE_MINUTES} minutes)",
        user.username
    );
}

async fn postpone(db: &Db, mail: store::Mail, failure: &Failure) -> Result<()> {
    let now = clock::now();
    let pause = PAUSES.get(mail.attempts).or(PAUSES.last()).copied().unwrap_or(3600) * 1_000_000;
    let due_at = now + pause;
    let (id, created) = (mail.id, mail.created_at);
    if failure.permanent || due_at - mail.created_at > GIVEN_UP {
        tracing::warn!(mail = id, attempts = mail.attempts + 1, reason = %failure.reason, "a mail was given up");
        return db.write(move |tx| store::delete(tx, id, created)).await;
    }
    let attempts = mail.attempts + 1;
    // The first failure is for the host's eyes; that it goes on is not news.
    if attempts == 1 {
        tracing::warn!(mail = id, attempts, reason = %failure.reason, "a mail will be tried again");
    } else {
        tracing::info!(mail = id, attempts, reason = %failure.reason, "a mail will be tried again");
    }
    db.write(move |tx| store::update_due(tx, id, created, due_at)).await
}
