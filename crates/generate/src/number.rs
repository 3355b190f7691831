//! Everything that is a number underneath: whole and decimal numbers, days, times, spans. One unit is the smallest step
//! the text shows (a cent, a day, a second), so that bounds, draws and distinct values are whole-number arithmetic.

use crate::calendar::{self, DAY};
use crate::check::Comparison;
use crate::mix::{Draw, Permutation};
use crate::moment::Moment;

/// How the units are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With so many digits after the point; none for whole numbers.
    Decimal(u32),
    /// Days.
    Date,
    /// Seconds since midnight.
    Time,
    /// Seconds since 1970.
    Timestamp {
        /// With the offset from UTC.
        zone: bool,
    },
    /// Seconds.
    Interval,
}

/// How the draws are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    Even,
    /// As many of one digit as of two or three.
    Log,
    /// As [`Spread::Log`], with the endings prices have.
    Price,
    /// A moment in the life of a row.
    Moment(Moment),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) form: Form,
    /// The least and the greatest units that type and checks allow.
    pub(crate) allowed: (i128, i128),
    /// The units that look right.
    pub(crate) likely: (i128, i128),
    pub(crate) spread: Spread,
}

impl Number {
    /// How many different values there are.
    pub(crate) fn capacity(&self) -> u64 {
        size(self.allowed)
    }

    /// Brings the likely range into the allowed one. False when nothing is allowed.
    pub(crate) fn settle(&mut self) -> bool {
        let (least, most) = self.allowed;
        if least > most {
            return false;
        }
        let (low, high) = self.likely;
        let span = high.saturating_sub(low).max(0);
        self.likely = if low > most {
            (least.max(most.saturating_sub(span)), most)
        } else if high < least {
            (least, most.min(least.saturating_add(span)))
        } else {
            (low.max(least), high.min(most))
        };
        true
    }

    /// A value of one row. `life` is the key that all moments of the row share, `anchor` the day that counts as today.
    pub(crate) fn draw(&self, draw: &mut Draw, life: &mut Draw, anchor: i128) -> String {
        let units = match self.spread {
            Spread::Even => self.even(draw),
            Spread::Log => self.log(draw),
            Spread::Price => self.price(draw),
            Spread::Moment(moment) => {
                let seconds = moment.seconds(life, anchor);
                let units = if self.form == Form::Date { seconds.div_euclid(DAY) } else { seconds };
                if (self.allowed.0..=self.allowed.1).contains(&units) { units } else { self.even(draw) }
            }
        };
        self.write(units)
    }

    fn even(&self, draw: &mut Draw) -> i128 {
        self.likely.0.saturating_add(signed(draw.wide(width(self.likely))))
    }

    fn log(&self, draw: &mut Draw) -> i128 {
        let width = width(self.likely);
        let bits = u64::from(u128::BITS - width.leading_zeros());
        // Ten sizes are enough: below them, the smallest units of finely divided numbers would take nearly all draws.
        let size = bits.saturating_sub(10) + draw.below(bits.min(10));
        let floor = 1_u128.checked_shl(u32::try_from(size).unwrap_or(0)).unwrap_or(1) - 1;
        let offset = floor + draw.wide(floor + 1);
        let offset = if offset < width { offset } else { draw.wide(width) };
        self.likely.0.saturating_add(signed(offset))
    }

    fn price(&self, draw: &mut Draw) -> i128 {
        let units = self.log(draw);
        let ending = draw.pick(&[0, 0, 50, 90, 95, 99, 99, 99]).copied().unwrap_or(0);
        let price = units.saturating_sub(units.rem_euclid(100)).saturating_add(ending);
        if (self.likely.0..=self.likely.1).contains(&price) { price } else { units }
    }

    /// The units from which `size` distinct values are taken: the likely ones, widened only when they do not suffice.
    fn window(&self, wanted: u64) -> (i128, i128) {
        if size(self.likely) >= wanted {
            return self.likely;
        }
        let need = i128::from(wanted).saturating_mul(2);
        let ((least, most), (low, high)) = (self.allowed, self.likely);
        if matches!(self.form, Form::Decimal(_)) {
            let high = low.saturating_add(need.saturating_mul(4)).min(most);
            (low.min(high.saturating_sub(need)).max(least), high)
        } else {
            let low = high.saturating_sub(need).max(least);
            (low, high.max(low.saturating_add(need)).min(most))
        }
    }

    /// The value with a place among `wanted` distinct ones, in no visible order.
    pub(crate) fn distinct(&self, place: u64, wanted: u64, key: u64) -> String {
        let window = self.window(wanted);
        let place = Permutation::new(size(window), key).at(place);
        self.write(window.0.saturating_add(i128::from(place)))
    }

    /// The value with a place among `wanted` distinct ones, in order.
    pub(crate) fn counted(&self, place: u64, wanted: u64) -> String {
        self.write(self.window(wanted).0.saturating_add(i128::from(place)))
    }

    pub(crate) fn write(&self, units: i128) -> String {
        match self.form {
            Form::Decimal(scale) => decimal(units, scale),
            Form::Date => calendar::date(units),
            Form::Time => calendar::time(units),
            Form::Timestamp { zone } => format!(
                "{} {}{}",
                calendar::date(units.div_euclid(DAY)),
                calendar::time(units.rem_euclid(DAY)),
                if zone { "+00" } else { "" }
            ),
            Form::Interval => format!("{} days {}", units / DAY, calendar::time(units % DAY)),
        }
    }

    /// The greatest units not above a literal and the least not below it; `None` when the literal is of another kind.
    pub(crate) fn read(&self, literal: &str) -> Option<(i128, i128)> {
        let (whole, more) = match self.form {
            Form::Decimal(scale) => return read_decimal(literal, scale),
            Form::Date => {
                let (seconds, more) = calendar::read_timestamp(literal)?;
                (seconds.div_euclid(DAY), more || seconds.rem_euclid(DAY) != 0)
            }
            Form::Timestamp { .. } => calendar::read_timestamp(literal)?,
            Form::Time => calendar::read_time(literal)?,
            Form::Interval => return None,
        };
        Some((whole, whole + i128::from(more)))
    }

    /// Obeys a comparison with a literal. `None` when it cannot.
    pub(crate) fn narrow(&mut self, comparison: Comparison, literal: &str) -> Option<()> {
        let (floor, ceiling) = self.read(literal)?;
        let (least, most) = &mut self.allowed;
        match comparison {
            Comparison::Less => *most = (*most).min(ceiling.saturating_sub(1)),
            Comparison::AtMost => *most = (*most).min(floor),
            Comparison::AtLeast => *least = (*least).max(ceiling),
            Comparison::More => *least = (*least).max(floor.saturating_add(1)),
            Comparison::Equal => {
                *least = (*least).max(ceiling);
                *most = (*most).min(floor);
            }
            // One value cut out of the middle: the greater side is kept when it holds anything that looks right.
            Comparison::Unequal if floor != ceiling || floor < *least || floor > *most => {}
            Comparison::Unequal if floor < self.likely.1 && floor < *most => *least = floor.saturating_add(1),
            Comparison::Unequal => *most = floor.saturating_sub(1),
        }
        Some(())
    }
}

fn width((low, high): (i128, i128)) -> u128 {
    high.abs_diff(low).saturating_add(1)
}

fn size(range: (i128, i128)) -> u64 {
    if range.0 > range.1 { 0 } else { u64::try_from(width(range)).unwrap_or(u64::MAX) }
}

fn signed(number: u128) -> i128 {
    i128::try_from(number).unwrap_or(i128::MAX)
}

/// `-12.05` for -1205 with two digits after the point.
fn decimal(units: i128, scale: u32) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let digits = usize::try_from(scale).unwrap_or(0);
    let text = format!("{:0>width$}", units.unsigned_abs(), width = digits + 1);
    let (whole, part) = text.split_at_checked(text.len().saturating_sub(digits)).unwrap_or((&text, ""));
    format!("{}{whole}.{part}", if units < 0 { "-" } else { "" })
}

fn read_decimal(literal: &str, scale: u32) -> Option<(i128, i128)> {
    let literal = literal.trim();
    let (negative, digits) = match literal.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, literal.strip_prefix('+').unwrap_or(literal)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && part.is_empty() || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i128 = format!("0{whole}{part}").parse().ok()?;
    let number = if negative { -number } else { number };
    let scaled = number.checked_mul(10_i128.checked_pow(scale)?)?;
    let divisor = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let floor = scaled.div_euclid(divisor);
    Some((floor, floor + i128::from(scaled.rem_euclid(divisor) != 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_with_all_their_digits() {
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(1205, 2), "12.05");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(decimal(999, 5), "0.00999");
    }

    #[test]
    fn bounds_between_two_units_are_rounded_inwards() {
        assert_eq!(read_decimal("0.5", 0), Some((0, 1)));
        assert_eq!(read_decimal("-0.5", 0), Some((-1, 0)));
        assert_eq!(read_decimal("1.25", 2), Some((125, 125)));
        assert_eq!(read_decimal("x", 2), None);
        assert_eq!(read_decimal("", 2), None);
    }
}
