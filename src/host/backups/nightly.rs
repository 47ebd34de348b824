//! A backup every night at three, or at the first chance after: a laptop sleeps at night.

use std::time::Duration;

use super::{BackupName, Folder};
use crate::clock;
use crate::config::Config;
use crate::db::{local_time, Db, Failure};

/// How often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(60);
/// How long one that failed is not tried again.
const PAUSE: Duration = Duration::from_secs(3600);
/// Three in the morning, as microseconds after midnight.
const HOUR: i64 = 3 * 3600 * 1_000_000;

/// Runs until the database stops, if the settings want it.
pub async fn run(db: Db, config: Config) {
    if !config.backup_nightly {
        return;
    }
    let folder = Folder::beside(db.path());
    while !db.is_stopped() {
        let wait = match round(&db, &folder, config.backups_kept, clock::now()).await {
            Ok(_) => LOOK,
            Err(_) if db.is_stopped() => return,
            Err(failure) => {
                tracing::warn!(?failure, "the nightly backup was not made");
                PAUSE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Makes a backup if one is due at `now`, and then deletes all of the nights' but the newest `kept`. Its name, if one was made.
async fn round(db: &Db, folder: &Folder, kept: u32, now: i64) -> Result<Option<BackupName>, Failure> {
    // Up to three in the morning it is still the night before.
    let night = local_time(now - HOUR, "messenger-%Y-%m-%dT0300.db")?;
    let made = folder.nightly()?;
    if made.last().is_some_and(|last| *last.text() >= *night) {
        return Ok(None);
    }
    folder.make()?;
    let name = folder.fresh_name(&local_time(now, "%Y-%m-%dT%H%M")?, "");
    db.back_up(folder.path(&name)).await?;
    let all = folder.nightly()?;
    for old in &all[..all.len().saturating_sub(kept as usize)] {
        std::fs::remove_file(folder.path(old))?;
    }
    Ok(Some(name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const MINUTE: i64 = 60_000_000;

    #[tokio::test]
    async fn there_is_one_a_night_and_so_many_are_kept() {
        let place = tempfile::tempdir().unwrap();
        let db = Db::open(&place.path().join("messenger.db"), Box::new(drop)).unwrap();
        let folder = Folder::beside(db.path());
        folder.make().unwrap();
        for own in ["by-hand.db", "messenger-2020-01-01T0300-by-hand.db", "notes.txt"] {
            std::fs::write(place.path().join("backups").join(own), "mine").unwrap();
        }
        // Nine days from an hour at which the clock of this computer may show anything, looked at every 50 minutes.
        let begin = 1_795_372_081_475_800;
        let (mut nights, mut times) = (Vec::new(), Vec::new());
        for look in 0..(9 * 24 * 60 / 50) {
            let now = begin + look * 50 * MINUTE;
            if let Some(name) = round(&db, &folder, 3, now).await.unwrap() {
                nights.push(local_time(now - HOUR, "%Y-%m-%d").unwrap());
                times.push(local_time(now, "%H%M").unwrap());
                assert_eq!(name.text(), local_time(now, "messenger-%Y-%m-%dT%H%M.db").unwrap());
                crate::db::inspect(&folder.path(&name)).unwrap();
            }
        }
        let mut once = nights.clone();
        once.dedup();
        assert_eq!(nights, once, "one a night");
        assert!((9..=10).contains(&nights.len()), "{nights:?}");
        // The first at once, since the last night has none; then the first look after three.
        let after = times[1..].iter().all(|time| ("0300".."0350").contains(&time.as_str()));
        assert!(after, "{times:?}");
        let left: Vec<String> = folder
            .list()
            .unwrap()
            .iter()
            .map(|backup| backup.name.clone())
            .collect();
        assert_eq!(
            left.iter().filter(|name| super::super::is_nightly(name)).count(),
            3,
            "{left:?}"
        );
        assert_eq!(left.len(), 5, "what is not of the nights stays: {left:?}");
        assert!(place.path().join("backups/notes.txt").exists());
        db.stop();
        let failed = round(&db, &folder, 3, begin + 90 * 24 * 60 * MINUTE).await;
        assert!(failed.is_err(), "{failed:?}");
        assert_eq!(
            folder.nightly().unwrap().len(),
            3,
            "nothing is pruned for a backup that was not made"
        );
    }
}
