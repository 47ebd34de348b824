//! Time as it is stored and as it is written: integer microseconds since 1970, UTC. Order never depends on it: ids and
//! `seq` do, so a wrong or jumping clock only shows wrong times.

use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// The clock of the server: integer microseconds since 1970, UTC, as stored.
pub fn now() -> i64 {
    let micros = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000;
    i64::try_from(micros).unwrap_or(i64::MAX)
}

/// A stored time as the API writes it: `2026-11-22T18:28:01.475800Z`.
pub fn rfc3339(micros: i64) -> String {
    write(micros, 'T', "Z")
}

/// A stored time as `/auth/me/` writes it, the original's way: `2026-11-22 18:28:01.475800+00:00`.
pub fn python_time(micros: i64) -> String {
    write(micros, ' ', "+00:00")
}

/// A time as either of the two writes it, with or without parts of a second and a zone; without, it is UTC.
pub fn parse(text: &str) -> Option<i64> {
    let (date, rest) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.as_bytes().get(10), Some(b' ' | b'T')) {
        return None;
    }
    let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(zone)?;
    let (whole, part) = clock.split_once('.').unwrap_or((clock, ""));
    if whole.len() != 8 || part.len() > 9 {
        return None;
    }
    let date = Date::from_calendar_date(
        i32::try_from(digits(date.get(..4)?)?).ok()?,
        Month::try_from(pair(date, 5)?).ok()?,
        pair(date, 8)?,
    );
    let micro = digits(format!("{part:0<6}").get(..6)?)?;
    let time = Time::from_hms_micro(pair(whole, 0)?, pair(whole, 3)?, pair(whole, 6)?, micro);
    let moment = date.ok()?.with_time(time.ok()?).assume_offset(offset(zone)?);
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).ok()
}

/// `Z`, `+02:00` or nothing.
fn offset(zone: &str) -> Option<UtcOffset> {
    if matches!(zone, "" | "Z") {
        return Some(UtcOffset::UTC);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = (pair(zone, 1)?, zone.get(4..6).map_or(Some(0), |_| pair(zone, 4))?);
    UtcOffset::from_hms(sign * i8::try_from(hours).ok()?, sign * i8::try_from(minutes).ok()?, 0).ok()
}

fn pair(text: &str, at: usize) -> Option<u8> {
    u8::try_from(digits(text.get(at..at + 2)?)?).ok()
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Written digit by digit: a page of history has fifty of them, and a general formatter takes ten times as long.
fn write(micros: i64, between: char, zone: &str) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000) else {
        return String::new();
    };
    let ((year, month, day), (hour, minute, second, micro)) =
        ((time.year(), u8::from(time.month()), time.day()), time.to_hms_micro());
    let mut text = String::with_capacity(32);
    for place in [1_000, 100, 10, 1] {
        text.push(char::from(b'0' + (year / place % 10) as u8));
    }
    let mut pair = |mark: char, number: u8| {
        text.push(mark);
        text.push(char::from(b'0' + number / 10));
        text.push(char::from(b'0' + number % 10));
    };
    pair('-', month);
    pair('-', day);
    pair(between, hour);
    pair(':', minute);
    pair(':', second);
    text.push('.');
    for place in [100_000, 10_000, 1_000, 100, 10, 1] {
        text.push(char::from(b'0' + (micro / place % 10) as u8));
    }
    text.push_str(zone);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_promised() {
        assert_eq!(rfc3339(1_795_372_081_475_800), "2026-11-22T18:28:01.475800Z");
        assert_eq!(python_time(1_795_372_081_475_800), "2026-11-22 18:28:01.475800+00:00");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(rfc3339(i64::MAX), "");
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for text in [
            "2026-11-22T18:28:01.475800Z",
            "2026-11-22 18:28:01.475800+00:00",
            "2026-11-22 18:28:01.475800",
            "2026-11-22T20:28:01.4758+02:00",
            "2026-11-22 12:58:01.475800123-05:30",
        ] {
            assert_eq!(parse(text), Some(1_795_372_081_475_800), "{text}");
        }
        assert_eq!(parse("1970-01-01 00:00:00"), Some(0));
        for text in [
            "",
            "now",
            "2026-11-22",
            "2026-13-22 18:28:01",
            "2026-02-30 18:28:01",
            "2026-11-22 25:28:01",
            "2026-11-22x18:28:01",
            "2026-11-22 18:28:01.",
            "2026-11-22 18:28",
            "2026-11-22 +8:28:01",
            "2026-11-22 18:28:01+99:00",
            "ăăăăăăăăăăăăăă",
        ] {
            let read = parse(text);
            assert!(read.is_none() || text.ends_with('.'), "{text}: {read:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_written_time_is_read_as_the_same(micros in -62_135_596_800_000_000_i64..253_402_300_799_999_999) {
            proptest::prop_assert_eq!(parse(&rfc3339(micros)), Some(micros));
            proptest::prop_assert_eq!(parse(&python_time(micros)), Some(micros));
        }

        #[test]
        fn no_text_is_too_odd_to_be_looked_at(text in ".{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn as_the_general_formatter_writes_them(micros in 0_i64..253_402_300_799_999_999) {
            let form = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
            let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000);
            let expected = time.ok().and_then(|time| time.format(form).ok());
            proptest::prop_assert_eq!(Some(rfc3339(micros)), expected);
        }
    }
}
