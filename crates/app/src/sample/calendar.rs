//! Days and moments as text, without a clock.

/// Days from 1970-01-01 to 2024-01-01, the shop's first day.
pub(super) const FIRST_DAY: i64 = 19_723;
/// How many days the shop has been open: to the end of 2025.
pub(super) const DAYS: i64 = 731;

/// `YYYY-MM-DD` of a day since 1970.
pub(super) fn date(day: i64) -> String {
    // Years begin in March, so that the leap day is the last (Howard Hinnant's civil_from_days).
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `YYYY-MM-DD HH:MM:SS` of seconds since 1970.
pub(super) fn moment(second: i64) -> String {
    let of_day = second.rem_euclid(86_400);
    let day = date(second.div_euclid(86_400));
    format!("{day} {:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// An amount of cents with two decimals.
pub(super) fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(FIRST_DAY), "2024-01-01");
        assert_eq!(date(FIRST_DAY + 59), "2024-02-29");
        assert_eq!(date(FIRST_DAY + DAYS - 1), "2025-12-31");
        assert_eq!(moment(FIRST_DAY * 86_400 + 3_661), "2024-01-01 01:01:01");
        assert_eq!(money(1205), "12.05");
    }
}
