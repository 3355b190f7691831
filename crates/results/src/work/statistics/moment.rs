//! Moments as microseconds since the Unix epoch, in the proleptic Gregorian calendar.

const DAY: i128 = 86_400_000_000;

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

/// Year and month (from 1) and day (from 1) of a day counted from the epoch.
fn civil(day: i128) -> (i128, i128, i128) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year + era * 400 + i128::from(month <= 2), month, of_year - (153 * shifted_month + 2) / 5 + 1)
}

/// Months since January of the year 0.
pub(super) fn month_of(micros: i128) -> i128 {
    let (year, month, _) = civil(micros.div_euclid(DAY));
    year * 12 + month - 1
}

/// Where a month begins.
pub(super) fn month_begins(month: i128) -> i128 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let (year, shifted) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * shifted + 2) / 5;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) * DAY
}

/// `2024-03-31`, `2024-03-31 02:30`, `0044-03-15 BC`.
pub(super) fn text(micros: i128, detail: Detail) -> String {
    let (year, month, day) = civil(micros.div_euclid(DAY));
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
