//! `messenger user add`: an account without the API.

use messenger::accounts::names::{is_email, is_username};
use messenger::accounts::routes::add_user;
use messenger::accounts::store::NewUser;
use messenger::accounts::{passwords, weakness_text, Role, NAME_MAX};
use messenger::config::Config;
use messenger::db::Db;
use messenger::error::Error;
use messenger::text::Lang;

/// Makes an account with the password that comes on standard input.
///
/// # Errors
/// A sentence that says what it can't be for.
pub async fn run(config: &Config, name: String, email: String, host: bool) -> Result<(), String> {
    let password = super::read_password()?;
    if !is_username(&name) || name.chars().count() > NAME_MAX {
        return Err(format!(
            "{name:?} can't be a username: letters, numbers and @ . + - _, at most {NAME_MAX}."
        ));
    }
    if !email.is_empty() && !is_email(&email) {
        return Err(format!("{email:?} is not an e-mail address."));
    }
    let about = passwords::Person {
        username: &name,
        first_name: "",
        last_name: "",
        email: &email,
    };
    if let Some(weakness) = passwords::weaknesses(&password, &about).first() {
        return Err(format!(
            "This can't be the password: {}",
            weakness_text(weakness).say(Lang::En)
        ));
    }
    let password = passwords::hash(&password, config.password_iterations);
    let user = NewUser {
        username: name,
        email,
        first_name: String::new(),
        last_name: String::new(),
        password,
        role: if host { Role::Host } else { Role::Member },
    };
    let db = Db::open(&config.database, Box::new(drop))?;
    let added = db.write(move |tx| add_user(tx, &user).map(|id| (id, user))).await;
    db.stop();
    match added {
        Ok((id, user)) => {
            println!("{} was added with id {id}.", user.username);
            Ok(())
        }
        Err(Error::Invalid(fields)) => Err(match fields.has("username") {
            true => "Somebody has this name, or one that looks like it. Choose another.".to_owned(),
            false => "Somebody has this address. Choose another.".to_owned(),
        }),
        Err(error) => Err(messenger::unwritable(config, &error)),
    }
}
