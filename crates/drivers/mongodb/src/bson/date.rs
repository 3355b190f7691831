//! Dates: milliseconds since the Unix epoch as ISO 8601 and back, in the proleptic Gregorian calendar.

const DAY_MS: i64 = 86_400_000;

/// `2012-12-24T12:15:30.501Z`, without a fraction where it is zero; `None` outside of the years 0 to 9999, which ISO 8601 does
/// not write with four digits.
pub fn to_text(ms: i64) -> Option<String> {
    let (days, rest) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
    let (year, month, day) = civil(days);
    if !(0..=9999).contains(&year) {
        return None;
    }
    let (seconds, fraction) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:03}") };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"))
}

/// The day's year, month and day (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Reads `2012-12-24`, `2012-12-24T12:15`, with seconds, a fraction (digits beyond milliseconds are cut, as the shell does) and
/// a zone (`Z`, `+01:00`, `+0100`, `+01`); without a zone it is UTC.
pub fn from_text(text: &str) -> Option<i64> {
    let text = text.trim();
    let mut rest = text.as_bytes();
    let year = digits(&mut rest, 4)?;
    let (mut month, mut day) = (1, 1);
    if eat(&mut rest, b'-') {
        month = digits(&mut rest, 2)?;
        if eat(&mut rest, b'-') {
            day = digits(&mut rest, 2)?;
        }
    }
    let (mut ms, mut zone) = (0, 0);
    if eat(&mut rest, b'T') || eat(&mut rest, b't') || eat(&mut rest, b' ') {
        (ms, zone) = time(&mut rest)?;
    } else if eat(&mut rest, b'Z') {
        zone = 0;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !rest.is_empty() || !(1..=longest).contains(&day) {
        return None;
    }
    Some(days(year, month, day) * DAY_MS + ms - zone)
}

/// The time of day and the zone, in milliseconds.
fn time(rest: &mut &[u8]) -> Option<(i64, i64)> {
    let hour = digits(rest, 2)?;
    let (mut minute, mut second, mut fraction) = (0, 0, 0);
    if eat(rest, b':') {
        minute = digits(rest, 2)?;
        if eat(rest, b':') {
            second = digits(rest, 2)?;
            if eat(rest, b'.') || eat(rest, b',') {
                let mut scale = 100;
                let before = rest.len();
                while let Some((digit, after)) = rest.split_first().filter(|(digit, _)| digit.is_ascii_digit()) {
                    fraction += i64::from(digit - b'0') * scale;
                    scale /= 10;
                    *rest = after;
                }
                if before == rest.len() {
                    return None;
                }
            }
        }
    }
    if hour > 24 || minute > 59 || second > 60 || (hour == 24 && minute + second + fraction > 0) {
        return None;
    }
    let ms = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
    let sign = match rest.first() {
        Some(b'Z' | b'z') => {
            *rest = rest.get(1..).unwrap_or_default();
            return Some((ms, 0));
        }
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some((ms, 0)),
    };
    *rest = rest.get(1..).unwrap_or_default();
    let hours = digits(rest, 2)?;
    eat(rest, b':');
    let minutes = if rest.is_empty() { 0 } else { digits(rest, 2)? };
    (hours <= 23 && minutes <= 59).then_some((ms, sign * (hours * 60 + minutes) * 60_000))
}

fn eat(rest: &mut &[u8], byte: u8) -> bool {
    match rest.split_first() {
        Some((first, after)) if *first == byte => {
            *rest = after;
            true
        }
        _ => false,
    }
}

fn digits(rest: &mut &[u8], count: usize) -> Option<i64> {
    let (head, after) = rest.split_at_checked(count)?;
    if !head.iter().all(u8::is_ascii_digit) {
        return None;
    }
    *rest = after;
    Some(head.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_print_and_read_back() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_356_351_330_501, "2012-12-24T12:15:30.501Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
        ] {
            assert_eq!(to_text(ms).as_deref(), Some(text));
            assert_eq!(from_text(text), Some(ms), "{text}");
        }
        for ms in [i64::MIN, i64::MAX, 253_402_300_800_000, -62_167_219_200_001] {
            assert_eq!(to_text(ms), None);
        }
    }

    #[test]
    fn parts_may_be_left_out_and_zones_count() {
        for (text, same) in [
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2024-02", "2024-02-01T00:00:00Z"),
            ("2024-02-29T12:15", "2024-02-29T12:15:00Z"),
            ("2024-02-29 12:15:30.1234567", "2024-02-29T12:15:30.123Z"),
            ("2024-02-29T12:15:30+01:30", "2024-02-29T10:45:30Z"),
            ("2024-02-29T12:15:30-0100", "2024-02-29T13:15:30Z"),
            ("2024-02-29T24:00:00Z", "2024-03-01T00:00:00Z"),
        ] {
            assert_eq!(from_text(text), from_text(same), "{text}");
            assert!(from_text(text).is_some(), "{text}");
        }
        for wrong in [
            "",
            "x",
            "2023-02-29",
            "2024-13-01",
            "2024-01-32",
            "2024-01-01T25:00",
            "2024-01-01T1:00",
            "2024-01-01x",
            "24-01-01",
        ] {
            assert_eq!(from_text(wrong), None, "{wrong}");
        }
    }
}
