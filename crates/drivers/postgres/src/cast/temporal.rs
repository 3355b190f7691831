//! Dates and timestamps as `DateStyle` prints them, into microseconds since the Unix epoch.

use driver::ValueContext;

const DAY: i64 = 86_400_000_000;

/// A moment; `None` where the text does not say exactly one.
///
/// ISO prints numbers in one order and zones as offsets; so does an empty context, which is ISO by default. The other styles
/// either depend on the day-month order or print zones as abbreviations that several zones share.
pub(super) fn timestamp(base: &str, context: &ValueContext, text: &str) -> Option<i64> {
    let style = context.date_style.split(',').next().unwrap_or_default().trim();
    if !(style.is_empty() || style.eq_ignore_ascii_case("ISO")) {
        return None;
    }
    let (dated, timed, zoned) = match base {
        "date" => (true, false, false),
        "timestamp" | "timestamp without time zone" => (true, true, false),
        "timestamptz" | "timestamp with time zone" => (true, true, true),
        _ => (false, false, false),
    };
    if !dated {
        return None;
    }
    let (text, before_christ) = match text.strip_suffix(" BC") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (date, time) = match text.split_once(' ') {
        Some((date, time)) if timed => (date, Some(time)),
        None if !timed => (text, None),
        _ => return None,
    };
    let days = days(date, before_christ)?;
    let (micros, offset) = match time {
        None => (0, 0),
        Some(time) if zoned => {
            let zone = time.find(['+', '-', 'Z'])?;
            (clock(time.get(..zone)?)?, offset(time.get(zone..)?)?)
        }
        Some(time) => (clock(time)?, 0),
    };
    days.checked_mul(DAY)?.checked_add(micros)?.checked_sub(offset)
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Days since the Unix epoch of `YYYY-MM-DD` in the proleptic Gregorian calendar.
fn days(date: &str, before_christ: bool) -> Option<i64> {
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4..=7)?;
    let month = number(parts.next()?, 2..=2)?;
    let day = number(parts.next()?, 2..=2)?;
    if parts.next().is_some() || year == 0 {
        return None;
    }
    // There is no year 0: 1 BC comes before 1.
    let year = if before_christ { 1 - year } else { year };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > longest {
        return None;
    }
    // Years that begin in March have the leap day last, so that months before it all have the same place.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn clock(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let hours = number(parts.next()?, 2..=2)?;
    let minutes = number(parts.next()?, 2..=2)?;
    let seconds = number(parts.next()?, 2..=2)?;
    if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 60 || fraction.len() > 6 {
        return None;
    }
    let micros = if fraction.is_empty() {
        0
    } else {
        let scale = 10i64.checked_pow(u32::try_from(6 - fraction.len()).ok()?)?;
        number(fraction, 1..=6)? * scale
    };
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros)
}

/// `+05:30`, `-08`, `+00:19:32`.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in rest.split(':') {
        if unit == 0 {
            return None;
        }
        seconds += number(part, 2..=2)? * unit;
        unit /= 60;
    }
    Some(sign * seconds * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(base: &str, style: &str, text: &str) -> Option<i64> {
        timestamp(base, &ValueContext { date_style: style.to_owned(), ..ValueContext::default() }, text)
    }

    #[test]
    fn moments_are_read_exactly_or_not_at_all() {
        for (base, text, wanted) in [
            ("date", "1970-01-01", Some(0)),
            ("date", "1970-01-02", Some(DAY)),
            ("date", "2000-02-29", Some(11_016 * DAY)),
            ("date", "1900-02-29", None),
            ("date", "0001-01-01", Some(-719_162 * DAY)),
            ("date", "0001-12-31 BC", Some(-719_163 * DAY)),
            ("date", "infinity", None),
            ("date", "-infinity", None),
            ("date", "5874897-12-31", None),
            ("timestamp without time zone", "2024-03-31 02:30:00.5", Some(1_711_852_200_500_000)),
            ("timestamp without time zone", "294276-12-31 23:59:59.999999", None),
            ("timestamp without time zone", "2024-03-31", None),
            ("timestamp with time zone", "2024-03-31 02:30:00+05:30", Some(1_711_832_400_000_000)),
            ("timestamp with time zone", "2024-03-31 02:30:00-08", Some(1_711_881_000_000_000)),
            ("timestamp with time zone", "1800-01-01 00:00:00+00:19:32", Some(-5_364_663_572_000_000)),
            ("timestamp with time zone", "2024-03-31 02:30:00", None),
            ("timestamp with time zone", "2024-03-31 02:30:00 CET", None),
            ("timestamp with time zone", "4713-01-01 00:00:00+00 BC", Some(-210_863_520_000_000_000)),
            ("time without time zone", "02:30:00", None),
            ("text", "1970-01-01", None),
        ] {
            assert_eq!(read(base, "ISO, MDY", text), wanted, "{base} {text}");
        }
        assert_eq!(read("date", "SQL, DMY", "01/02/1970"), None);
        assert_eq!(read("date", "German, DMY", "01.02.1970"), None);
        assert_eq!(read("date", "", "1970-01-01"), Some(0));
    }
}
