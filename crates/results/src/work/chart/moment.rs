//! Times as they are printed: read, and put into the calendar's units.
//!
//! A time with a zone is taken as the clock that is printed, so that a day is the day a person reads: the hour that a change of
//! clocks repeats is one hour twice as full.

use serde::Serialize;

use crate::work::calendar::{DAY, date_of, day_of};

const SECOND: i128 = 1_000_000;

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week that begins on Monday.
    Week,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year.
    Year,
}

impl TimeUnit {
    const ALL: [TimeUnit; 8] = [
        TimeUnit::Second,
        TimeUnit::Minute,
        TimeUnit::Hour,
        TimeUnit::Day,
        TimeUnit::Week,
        TimeUnit::Month,
        TimeUnit::Quarter,
        TimeUnit::Year,
    ];

    /// About how long it is, in microseconds.
    fn about(self) -> i128 {
        match self {
            TimeUnit::Second => SECOND,
            TimeUnit::Minute => 60 * SECOND,
            TimeUnit::Hour => 3600 * SECOND,
            TimeUnit::Day => DAY,
            TimeUnit::Week => 7 * DAY,
            TimeUnit::Month => 30 * DAY,
            TimeUnit::Quarter => 91 * DAY,
            TimeUnit::Year => 365 * DAY,
        }
    }

    /// The least unit that cuts a range into no more than about this many.
    pub(super) fn fitting(range: i128, buckets: u32, clock: bool) -> TimeUnit {
        let fits = |unit: &TimeUnit| range / unit.about() < i128::from(buckets);
        let found = TimeUnit::ALL.into_iter().find(fits).unwrap_or(TimeUnit::Year);
        if clock { found.min(TimeUnit::Hour) } else { found }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            TimeUnit::Second => "second",
            TimeUnit::Minute => "minute",
            TimeUnit::Hour => "hour",
            TimeUnit::Day => "day",
            TimeUnit::Week => "week",
            TimeUnit::Month => "month",
            TimeUnit::Quarter => "quarter",
            TimeUnit::Year => "year",
        }
    }
}

/// Microseconds since the Unix epoch by the printed clock, and whether the text is a time of day only.
pub(super) fn read(text: &[u8]) -> Option<(i128, bool)> {
    let text = std::str::from_utf8(text).ok()?.trim_matches(' ');
    let (text, before_christ) = match text.strip_suffix(" BC") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (date, time) = match text.find([' ', 'T']) {
        Some(at) => (Some(text.get(..at)?), text.get(at + 1..)),
        None if text.get(1..)?.contains('-') && !text.contains(':') => (Some(text), None),
        None => (None, Some(text)),
    };
    let days = match date {
        Some(date) => days_of(date, before_christ)?,
        None if before_christ => return None,
        None => 0,
    };
    let micros = match time {
        Some(time) => clock(time)?,
        None => 0,
    };
    Some((days * DAY + micros, date.is_none()))
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn days_of(date: &str, before_christ: bool) -> Option<i128> {
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4..=7)?;
    let (month, day) = (number(parts.next()?, 2..=2)?, number(parts.next()?, 2..=2)?);
    if parts.next().is_some() || year == 0 && before_christ {
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
    (1..=longest).contains(&day).then(|| day_of(year.into(), month.into(), day.into()))
}

/// `HH:MM[:SS[.f]]` with or without a zone, which is left alone.
fn clock(text: &str) -> Option<i128> {
    let text = match text.find(['+', '-', 'Z']) {
        Some(zone) => text.get(..zone)?,
        None => text,
    };
    let (whole, fraction) = text.trim_end().split_once('.').unwrap_or((text.trim_end(), ""));
    let mut parts = whole.split(':');
    let (hours, minutes) = (number(parts.next()?, 2..=2)?, number(parts.next()?, 2..=2)?);
    let seconds = parts.next().map_or(Some(0), |part| number(part, 2..=2))?;
    if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 60 || fraction.len() > 9 {
        return None;
    }
    let micros = if fraction.is_empty() { 0 } else { number(format!("{fraction:0<6}").get(..6)?, 6..=6)? };
    Some(i128::from((hours * 60 + minutes) * 60 + seconds) * SECOND + i128::from(micros))
}

/// Where the unit begins that a time is in.
pub(super) fn floor(micros: i128, unit: TimeUnit) -> i128 {
    let (year, month, _) = date_of(micros);
    let first = match unit {
        TimeUnit::Second | TimeUnit::Minute | TimeUnit::Hour | TimeUnit::Day => {
            return micros.div_euclid(unit.about()) * unit.about();
        }
        // The epoch was a Thursday.
        TimeUnit::Week => (micros.div_euclid(DAY) + 3).div_euclid(7) * 7 - 3,
        TimeUnit::Month => day_of(year, month, 1),
        TimeUnit::Quarter => day_of(year, (month - 1) / 3 * 3 + 1, 1),
        TimeUnit::Year => day_of(year, 1, 1),
    };
    first * DAY
}

/// Where the next unit begins.
pub(super) fn next(start: i128, unit: TimeUnit) -> i128 {
    let months = match unit {
        TimeUnit::Month => 1,
        TimeUnit::Quarter => 3,
        TimeUnit::Year => 12,
        _ => return start + unit.about(),
    };
    let (year, month, _) = date_of(start);
    let month = month - 1 + months;
    day_of(year + month / 12, month % 12 + 1, 1) * DAY
}

/// A unit's name: `2024-03`, `2024 Q1`, `2024-03-04 15:00`.
pub(super) fn label(start: i128, unit: TimeUnit, clock: bool) -> String {
    let (year, month, day) = date_of(start);
    let (shown, era) = if year > 0 { (year, "") } else { (1 - year, " BC") };
    let of_day = start.rem_euclid(DAY) / SECOND;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let time = match unit {
        TimeUnit::Second => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}"),
    };
    match unit {
        _ if clock => time,
        TimeUnit::Year => format!("{shown:04}{era}"),
        TimeUnit::Quarter => format!("{shown:04} Q{}{era}", (month - 1) / 3 + 1),
        TimeUnit::Month => format!("{shown:04}-{month:02}{era}"),
        TimeUnit::Week => format!("week of {shown:04}-{month:02}-{day:02}{era}"),
        TimeUnit::Day => format!("{shown:04}-{month:02}-{day:02}{era}"),
        TimeUnit::Hour | TimeUnit::Minute | TimeUnit::Second => {
            format!("{shown:04}-{month:02}-{day:02} {time}{era}")
        }
    }
}

/// Where a time stands on a screen: milliseconds since the epoch.
#[allow(clippy::cast_precision_loss, reason = "a place on a screen")]
pub(super) fn position(micros: i128) -> f64 {
    micros as f64 / 1000.0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{TimeUnit, floor, label, next, read};

    fn bucket(text: &str, unit: TimeUnit) -> String {
        let (micros, clock) = read(text.as_bytes()).unwrap();
        label(floor(micros, unit), unit, clock)
    }

    #[test]
    fn a_time_is_in_the_units_that_are_printed() {
        use TimeUnit::{Day, Hour, Minute, Month, Quarter, Second, Week, Year};
        for (text, unit, wanted) in [
            ("2024-02-29", Month, "2024-02"),
            ("2024-12-31 23:59:59.999999+05:30", Day, "2024-12-31"),
            ("2024-12-31 23:59:59.999999+05:30", Quarter, "2024 Q4"),
            ("2024-12-31T23:59:59Z", Minute, "2024-12-31 23:59"),
            ("2024-12-31 23:59:59", Second, "2024-12-31 23:59:59"),
            ("2024-12-31", Week, "week of 2024-12-30"),
            ("1969-12-31 23:59:59", Week, "week of 1969-12-29"),
            ("1969-12-31 23:59:59", Hour, "1969-12-31 23:00"),
            ("0044-03-15 BC", Year, "0044 BC"),
            ("0001-12-31 BC", Month, "0001-12 BC"),
            ("4713-01-01 00:00:00+00 BC", Day, "4713-01-01 BC"),
            ("5874897-12-31", Year, "5874897"),
            ("14:35:10", Hour, "14:00"),
        ] {
            assert_eq!(bucket(text, unit), wanted, "{text}");
        }
    }

    #[test]
    fn days_on_which_the_clocks_change_are_one_day() {
        for text in ["2026-10-25 02:30:00+02", "2026-10-25 02:30:00+01", "2026-10-25 02:59:59.9+01"] {
            assert_eq!(bucket(text, TimeUnit::Hour), "2026-10-25 02:00");
            assert_eq!(bucket(text, TimeUnit::Day), "2026-10-25");
        }
    }

    #[test]
    fn units_follow_each_other_as_in_the_calendar() {
        let start = |text: &str| read(text.as_bytes()).unwrap().0;
        for (text, unit, wanted) in [
            ("2024-01-01", TimeUnit::Month, "2024-02-01"),
            ("2023-10-01", TimeUnit::Quarter, "2024-01-01"),
            ("2024-12-01", TimeUnit::Month, "2025-01-01"),
            ("0001-01-01 BC", TimeUnit::Year, "0001-01-01"),
            ("2024-02-28", TimeUnit::Day, "2024-02-29"),
        ] {
            assert_eq!(next(start(text), unit), start(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for text in ["", "0000-00-00", "2023-02-29", "infinity", "noon", "2024-1-1", "25:00", "12", "-838:59:59"] {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn the_unit_fits_the_range() {
        const DAY: i128 = 86_400_000_000;
        assert_eq!(TimeUnit::fitting(30 * DAY, 60, false), TimeUnit::Day);
        assert_eq!(TimeUnit::fitting(3 * 365 * DAY, 60, false), TimeUnit::Month);
        assert_eq!(TimeUnit::fitting(DAY, 60, false), TimeUnit::Hour);
        assert_eq!(TimeUnit::fitting(DAY, 20, true), TimeUnit::Hour);
        assert_eq!(TimeUnit::fitting(500 * 365 * DAY, 60, false), TimeUnit::Year);
    }
}
