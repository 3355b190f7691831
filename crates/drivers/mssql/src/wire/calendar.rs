//! Dates and times from the server's counts, whatever those counts are.

use std::fmt::Write;

/// Days from 0001-01-01 to 1900-01-01.
const DAYS_TO_1900: i64 = 693_595;
/// Days from 0000-03-01 to 0001-01-01.
const DAYS_TO_YEAR_1: i64 = 306;
const SECONDS_OF_DAY: i64 = 86_400;

/// A date, by days since 0001-01-01 in the Gregorian calendar.
pub(crate) fn date(out: &mut String, days: i64) {
    // Howard Hinnant's count of days from the first of March of a year 0, in eras of 400 years.
    let shifted = days + DAYS_TO_YEAR_1;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    // Writing to a String cannot fail.
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

fn clock(out: &mut String, seconds: u64) {
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// A time of day, by parts of a second with this many digits.
pub(crate) fn time(out: &mut String, parts: u64, digits: u8) {
    let unit = 10u64.pow(u32::from(digits.min(7)));
    clock(out, parts / unit);
    if digits > 0 {
        let _ = write!(out, ".{:0width$}", parts % unit, width = usize::from(digits.min(7)));
    }
}

/// `datetime`: days since 1900 and three-hundredths of a second.
pub(crate) fn datetime(out: &mut String, days: i32, ticks: u32) {
    date(out, i64::from(days) + DAYS_TO_1900);
    out.push(' ');
    // The server's own rounding: .000, .003, .007.
    let thousandths = (u64::from(ticks) * 10 + 1) / 3;
    time(out, thousandths, 3);
}

/// `smalldatetime`: days since 1900 and minutes.
pub(crate) fn smalldatetime(out: &mut String, days: u16, minutes: u16) {
    date(out, i64::from(days) + DAYS_TO_1900);
    out.push(' ');
    clock(out, u64::from(minutes) * 60);
}

/// `datetime2`: days since 0001-01-01 and parts of a second.
pub(crate) fn datetime2(out: &mut String, days: i64, parts: u64, digits: u8) {
    date(out, days);
    out.push(' ');
    time(out, parts, digits);
}

/// `datetimeoffset`: a moment in UTC, and how many minutes ahead its place is.
pub(crate) fn datetimeoffset(out: &mut String, days: i64, parts: u64, digits: u8, minutes: i16) {
    let unit = 10u64.pow(u32::from(digits.min(7)));
    // The parts fit into five bytes, so seconds of many days do too.
    let seconds = i64::try_from(parts / unit).unwrap_or(0) + i64::from(minutes) * 60;
    let days = days + seconds.div_euclid(SECONDS_OF_DAY);
    let seconds = seconds.rem_euclid(SECONDS_OF_DAY).unsigned_abs();
    datetime2(out, days, seconds * unit + parts % unit, digits);
    let sign = if minutes < 0 { '-' } else { '+' };
    let ahead = minutes.unsigned_abs();
    let _ = write!(out, " {sign}{:02}:{:02}", ahead / 60, ahead % 60);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn days_are_dates_over_the_whole_range() {
        for (days, text) in [
            (0, "0001-01-01"),
            (DAYS_TO_1900, "1900-01-01"),
            (693_595 - 53_690, "1753-01-01"),
            (738_944, "2024-02-29"),
            (3_652_058, "9999-12-31"),
        ] {
            assert_eq!(shown(|out| date(out, days)), text);
        }
        for wild in [i64::from(i32::MIN), i64::from(i32::MAX), 0xff_ffff] {
            assert!(shown(|out| date(out, wild)).len() >= 10);
        }
    }

    #[test]
    fn times_are_printed_with_the_digits_of_their_type() {
        assert_eq!(shown(|out| datetime(out, 0, 1)), "1900-01-01 00:00:00.003");
        assert_eq!(shown(|out| datetime(out, -1, 2)), "1899-12-31 00:00:00.007");
        assert_eq!(shown(|out| datetime(out, 0, 25_919_999)), "1900-01-01 23:59:59.997");
        assert_eq!(shown(|out| datetime(out, i32::MIN, u32::MAX)).split('-').count(), 4);
        assert_eq!(shown(|out| time(out, 863_999_999_999, 7)), "23:59:59.9999999");
        assert_eq!(shown(|out| time(out, 86_399, 0)), "23:59:59");
        assert_eq!(shown(|out| smalldatetime(out, 45_349, 1439)), "2024-02-29 23:59:00");
        let offset = |minutes| shown(|out| datetimeoffset(out, 738_944, 0, 3, minutes));
        assert_eq!(offset(-330), "2024-02-28 18:30:00.000 -05:30");
        assert_eq!(offset(840), "2024-02-29 14:00:00.000 +14:00");
        assert!(shown(|out| datetimeoffset(out, 0xff_ffff, u64::MAX >> 24, 7, i16::MIN)).contains("-546:08"));
    }
}
