//! Time as it is stored and as it is written: integer microseconds since 1970, UTC. Order never depends on it: ids and
//! `seq` do, so a wrong or jumping clock only shows wrong times.

use time::OffsetDateTime;

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

    proptest::proptest! {
        #[test]
        fn as_the_general_formatter_writes_them(micros in 0_i64..253_402_300_799_999_999) {
            let form = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
            let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000);
            let expected = time.ok().and_then(|time| time.format(form).ok());
            proptest::prop_assert_eq!(Some(rfc3339(micros)), expected);
        }
    }
}
