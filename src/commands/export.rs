//! `messenger export`: everything as one ZIP that any browser opens.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::PathBuf;

use clap::Args;
use messenger::clock;
use messenger::config::Config;
use messenger::db::{self, Part};
use messenger::error::{Error, Result};
use messenger::host::moving::archive::pack::pack;
use messenger::host::moving::archive::Wanted;
use messenger::house::store::get_house;
use messenger::text::Lang;
use messenger::zipped;
use rusqlite::Connection;

#[derive(Args)]
pub struct Export {
    /// The ZIP to make; there must be none of this name
    file: PathBuf,
    /// Take password hashes along: who has the ZIP can try passwords, and people need no new ones when it comes back in
    #[arg(long)]
    secrets: bool,
    /// Write the pages in Romanian
    #[arg(long)]
    romanian: bool,
    /// Minutes that clocks are ahead of UTC where it is read
    #[arg(long, default_value_t = 0, allow_hyphen_values = true, value_parser = clap::value_parser!(i32).range(-840..=840))]
    offset: i32,
}

/// Makes the ZIP, whole or not at all. The server may run meanwhile.
///
/// # Errors
/// One sentence that says why it can't be.
pub fn run(config: &Config, export: &Export) -> std::result::Result<(), String> {
    let shown = export.file.display();
    if export.file.exists() {
        return Err(format!("There is a {shown} already. Name another file."));
    }
    let unreadable = |failure: db::Failure| failure.say(&config.database);
    let source = db::open_existing(&config.database).map_err(unreadable)?;
    db::recognize(&source).map_err(unreadable)?;
    let no_file = |why: String| format!("{shown} can't be made: {why}. There is no such file now.");
    let part = Part::begin(&export.file).map_err(|error| no_file(error.to_string()))?;
    let part = part.ok_or_else(|| no_file("somebody else is making it".to_owned()))?;
    make(&source, config, export, &part).map_err(|error| no_file(why(&error)))?;
    let put = part.put(&export.file);
    put.map_err(|error| no_file(why(&Error::internal(error))))?;
    println!("{shown} was made.");
    Ok(())
}

fn make(source: &Connection, config: &Config, export: &Export, part: &Part) -> Result<()> {
    let house = get_house(source)?;
    let wanted = Wanted {
        person: None,
        secrets: export.secrets,
        lang: if export.romanian { Lang::Ro } else { Lang::En },
        offset: export.offset,
        name: house.called(&config.server_name).to_owned(),
        now: clock::now(),
    };
    let file = part.file().map_err(Error::internal)?;
    let mut written = zipped::write(BufWriter::new(file), |zip| pack(zip, source, &wanted))?;
    written.flush().map_err(Error::internal)
}

const FULL: &str = "the disk is full";

/// Whether the disk is what is behind an error, however many have passed it on.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let full = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(full, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded)) || error.source().is_some_and(is_full)
}

fn why(error: &Error) -> String {
    match error {
        Error::Internal(source) if is_full(source.as_ref()) => FULL.to_owned(),
        Error::Internal(source) => source.to_string(),
        Error::StorageFull => FULL.to_owned(),
        _ => "the database is locked by another program".to_owned(),
    }
}
