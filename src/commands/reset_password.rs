//! `messenger user reset-password`.

use messenger::accounts::codes::{new_code, CODE_MINUTES};
use messenger::accounts::passwords;
use messenger::accounts::store::{delete_reset_code, delete_sessions, find_login, find_user, update_password};
use messenger::accounts::{weakness_text, User};
use messenger::config::Config;
use messenger::db::Db;
use messenger::error::Error;
use messenger::text::Lang;

/// Sets somebody's password and ends his sessions; or, without one, shows a code that he sets it with himself.
///
/// # Errors
/// A sentence; nothing has changed then.
pub async fn run(config: &Config, name: String, password: Option<String>) -> Result<(), String> {
    let db = Db::open(&config.database, Box::new(drop))?;
    let done = reset(config, &db, &name, password).await;
    db.stop();
    println!("{}", done?);
    Ok(())
}

async fn reset(config: &Config, db: &Db, name: &str, password: Option<String>) -> Result<String, String> {
    let unwritable = |error: Error| messenger::unwritable(config, &error);
    let user = find(db, name).await.map_err(unwritable)?;
    let Some(user) = user else {
        return Err(format!(
            "Nobody is called {name:?}. The name is the one to sign in with."
        ));
    };
    let id = user.id;
    let Some(password) = password else {
        let code = db.write(move |tx| new_code(tx, id)).await.map_err(unwritable)?;
        return Ok(format!(
            "The code for {name} is {code}, valid once and for {CODE_MINUTES} minutes: \"Forgot password?\", then \"I have a code\"."
        ));
    };
    let about = passwords::Person {
        username: &user.username,
        first_name: &user.first_name,
        last_name: &user.last_name,
        email: &user.email,
    };
    if let Some(weakness) = passwords::weaknesses(&password, &about).first() {
        return Err(format!(
            "This can't be the password: {}",
            weakness_text(weakness).say(Lang::En)
        ));
    }
    let hash = passwords::hash(&password, config.password_iterations);
    let changed = db.write(move |tx| {
        delete_reset_code(tx, id)?;
        update_password(tx, id, &hash, None)?;
        delete_sessions(tx, id, None)
    });
    changed.await.map_err(unwritable)?;
    Ok(format!("{name} has the new password, and is signed out everywhere."))
}

async fn find(db: &Db, name: &str) -> Result<Option<User>, Error> {
    let name = name.to_owned();
    let found = db.read(
        move |connection| match find_login(connection, &name)?.filter(|login| login.active) {
            Some(login) => find_user(connection, login.user),
            None => Ok(None),
        },
    );
    found.await
}
