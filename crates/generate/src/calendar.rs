//! Days and times as whole numbers, and back.

/// A day of the (proleptic) Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

impl Day {
    /// The day of a year, month (1 to 12) and day of the month; `None` when the calendar has no such day or the year is
    /// outside 1 to 9999.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let number = days(year, month, day);
        (civil(number) == (year, month, day)).then_some(Self(number))
    }

    /// Days since 1970-01-01.
    pub(crate) fn number(self) -> i128 {
        i128::from(self.0)
    }
}

pub(crate) const DAY: i128 = 86_400;

/// Days since 1970-01-01, by the algorithm of Howard Hinnant's "chrono-compatible low-level date algorithms".
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil(number: i64) -> (i64, i64, i64) {
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// `2024-02-29` for days since 1970-01-01.
pub(crate) fn date(number: i128) -> String {
    let (year, month, day) = civil(i64::try_from(number).unwrap_or(0));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The year of days since 1970-01-01.
pub(crate) fn year(number: i128) -> i128 {
    i128::from(civil(i64::try_from(number).unwrap_or(0)).0)
}

/// `23:59:59` for seconds since midnight.
pub(crate) fn time(seconds: i128) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Reads `2024-02-29`, and what may follow it (` 23:59:59.5+00`), as whole seconds since 1970 and whether a part of a
/// second is left over. Offsets from UTC other than zero are not read.
pub(crate) fn read_timestamp(text: &str) -> Option<(i128, bool)> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let mut parts = day.split('-').map(|part| part.parse::<i64>().ok());
    let day = Day::new(parts.next()??, parts.next()??, parts.next()??)?;
    let rest = rest.trim_start_matches(['T', ' ']).trim_end_matches('Z');
    let rest = rest.strip_suffix("+00:00").or_else(|| rest.strip_suffix("+00")).unwrap_or(rest);
    if rest.is_empty() {
        return Some((day.number() * DAY, false));
    }
    let (seconds, more) = read_time(rest)?;
    Some((day.number() * DAY + seconds, more))
}

/// Reads `23:59:59.5` as whole seconds and whether a part is left over.
pub(crate) fn read_time(text: &str) -> Option<(i128, bool)> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let mut parts = whole.split(':').map(|part| part.parse::<u32>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let fits = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    let more = fraction.bytes().any(|byte| byte != b'0');
    (fits && fraction.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| (i128::from(hour * 3600 + minute * 60 + second), more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(Day::new(1970, 1, 1).map(Day::number), Some(0));
        assert_eq!(Day::new(2024, 2, 29).map(Day::number), Some(19_782));
        assert_eq!(Day::new(2023, 2, 29), None);
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(-1), "1969-12-31");
        for number in (-354_285..2_932_896).step_by(97) {
            let (year, month, day) = civil(number);
            assert_eq!(days(year, month, day), number);
        }
    }

    #[test]
    fn a_moment_is_read_in_the_notations_servers_print() {
        assert_eq!(read_timestamp("1970-01-02"), Some((86_400, false)));
        assert_eq!(read_timestamp("1970-01-02 00:00:01+00"), Some((86_401, false)));
        assert_eq!(read_timestamp("1970-01-02T00:00:01.5Z"), Some((86_401, true)));
        assert_eq!(read_timestamp("soon"), None);
        assert_eq!(read_timestamp("ééééé"), None);
        assert_eq!(read_time("24:00:00"), None);
    }
}
