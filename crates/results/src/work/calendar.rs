//! Days and dates in the proleptic Gregorian calendar: charts and statistics count by the same one.

/// Microseconds of a day.
pub(super) const DAY: i128 = 86_400_000_000;

/// Days since the Unix epoch of a date; the year 0 is 1 BC. Months and days count from 1.
pub(super) fn day_of(year: i128, month: i128, day: i128) -> i128 {
    // Years that begin in March have the leap day last.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day that a moment is in; microseconds count from the Unix epoch.
pub(super) fn date_of(micros: i128) -> (i128, i128, i128) {
    let shifted = micros.div_euclid(DAY) + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, over) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year + era * 400 + over, month, day)
}
