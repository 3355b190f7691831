//! Moments as microseconds since the Unix epoch, in the proleptic Gregorian calendar.

use crate::work::calendar::{DAY, date_of, day_of};

/// How much of a moment is worth printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    Day,
    Minute,
    Second,
    Fraction,
}

impl Detail {
    /// The least that tells this moment from its neighbours.
    pub(super) fn of(micros: i128) -> Self {
        match micros {
            whole if whole.rem_euclid(DAY) == 0 => Detail::Day,
            whole if whole.rem_euclid(60_000_000) == 0 => Detail::Minute,
            whole if whole.rem_euclid(1_000_000) == 0 => Detail::Second,
            _ => Detail::Fraction,
        }
    }
}

/// Months since January of the year 0.
pub(super) fn month_of(micros: i128) -> i128 {
    let (year, month, _) = date_of(micros);
    year * 12 + month - 1
}

/// Where a month begins.
pub(super) fn month_begins(month: i128) -> i128 {
    day_of(month.div_euclid(12), month.rem_euclid(12) + 1, 1) * DAY
}

/// `2024-03-31`, `2024-03-31 02:30`, `0044-03-15 BC`.
pub(super) fn text(micros: i128, detail: Detail) -> String {
    let (year, month, day) = date_of(micros);
    let of_day = micros.rem_euclid(DAY);
    let (shown, era) = if year > 0 { (year, "") } else { (1 - year, " BC") };
    let (hours, minutes) = (of_day / 3_600_000_000, of_day / 60_000_000 % 60);
    let (seconds, fraction) = (of_day / 1_000_000 % 60, of_day % 1_000_000);
    let clock = match detail {
        Detail::Day => String::new(),
        Detail::Minute => format!(" {hours:02}:{minutes:02}"),
        Detail::Second => format!(" {hours:02}:{minutes:02}:{seconds:02}"),
        Detail::Fraction => format!(" {hours:02}:{minutes:02}:{seconds:02}.{fraction:06}"),
    };
    format!("{shown:04}-{month:02}-{day:02}{clock}{era}")
}

/// Whether a printed moment says its zone: `2024-03-31 02:30:00+01`.
pub(super) fn is_zoned(text: &str) -> bool {
    text.split_once(':').is_some_and(|(_, clock)| clock.contains(['+', '-', 'Z']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_as_the_calendar_has_them() {
        for (micros, wanted) in [
            (0, "1970-01-01"),
            (11_016 * DAY, "2000-02-29"),
            (-719_162 * DAY, "0001-01-01"),
            (-719_163 * DAY, "0001-12-31 BC"),
            (1_711_852_200_000_000, "2024-03-31 02:30"),
            (-1, "1969-12-31 23:59:59.999999"),
            (-210_863_520_000_000_000, "4713-01-01 BC"),
        ] {
            assert_eq!(text(micros, Detail::of(micros)), wanted);
        }
    }

    #[test]
    fn months_begin_where_they_are_counted() {
        for month in [-5000, -1, 0, 1, 2, 11, 12, 23_640, 24_290] {
            let begins = month_begins(month);
            assert_eq!((month_of(begins), month_of(begins - 1)), (month, month - 1));
        }
    }

    #[test]
    fn a_zone_is_told_from_a_dash_of_the_date() {
        assert!(is_zoned("2024-03-31 02:30:00+01") && is_zoned("2024-03-31T02:30:00Z"));
        assert!(!is_zoned("2024-03-31 02:30:00") && !is_zoned("2024-03-31"));
    }
}
