//! Time as it is stored and as it is written: integer microseconds since 1970, UTC. Order never depends on it: ids and
//! `seq` do, so a wrong or jumping clock only shows wrong times.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::OffsetDateTime;

/// The clock of the server: integer microseconds since 1970, UTC, as stored.
pub fn now() -> i64 {
    let micros = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000;
    i64::try_from(micros).unwrap_or(i64::MAX)
}

/// A stored time as the API writes it: `2026-11-22T18:28:01.475800Z`.
pub fn rfc3339(micros: i64) -> String {
    at(
        micros,
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"),
    )
}

/// A stored time as `/auth/me/` writes it, the original's way: `2026-11-22 18:28:01.475800+00:00`.
pub fn python_time(micros: i64) -> String {
    at(
        micros,
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]+00:00"),
    )
}

fn at(micros: i64, form: &[BorrowedFormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .ok()
        .and_then(|time| time.format(form).ok())
        .unwrap_or_default()
}
