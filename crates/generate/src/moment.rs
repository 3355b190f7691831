//! Moments in the life of a row. All of them follow from the same draws, so that nothing is changed before it is made,
//! deleted before it is changed or delivered before it is shipped.

use crate::calendar::DAY;
use crate::mix::Draw;

/// What happened at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Created,
    Updated,
    Deleted,
    Shipped,
    Delivered,
    Ended,
    Due,
}

/// The years before the anchor in which rows come into being, as days.
pub(crate) const PAST: i128 = 3 * 365;

impl Moment {
    /// Seconds since 1970. Only what is due may lie after the anchor.
    pub(crate) fn seconds(self, life: &mut Draw, anchor: i128) -> i128 {
        let now = anchor * DAY;
        let created = now - within(life, PAST * DAY) - 1;
        let updated = created + within(life, now - created);
        let deleted = updated + within(life, now - updated);
        let shipped = created + DAY / 4 + within(life, 5 * DAY);
        let delivered = shipped + DAY / 2 + within(life, 7 * DAY);
        let ended = created + DAY + within(life, 90 * DAY);
        let due = created + 14 * DAY + within(life, 46 * DAY);
        match self {
            Self::Created => created,
            Self::Updated => updated,
            Self::Deleted => deleted,
            Self::Shipped => shipped.min(now),
            Self::Delivered => delivered.min(now),
            Self::Ended => ended.min(now),
            Self::Due => due,
        }
    }
}

fn within(draw: &mut Draw, seconds: i128) -> i128 {
    i128::from(draw.below(u64::try_from(seconds).unwrap_or(0)))
}
