//! The one table of the server's error numbers
//! (<https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors>).

use driver::Code;

const NUMBERS: &[(i32, Code)] = &[
    // Getting in.
    (4060, Code::NotFound),
    (4063, Code::NotFound),
    (4064, Code::NotFound),
    (18452, Code::Unauthenticated),
    (18456, Code::Unauthenticated),
    (18461, Code::Exhausted),
    (18470, Code::Unauthenticated),
    (18486, Code::Unauthenticated),
    (18487, Code::Unauthenticated),
    (18488, Code::Unauthenticated),
    (17809, Code::Exhausted),
    (17892, Code::Forbidden),
    (40615, Code::Forbidden),
    (40532, Code::Unauthenticated),
    (40501, Code::Exhausted),
    (40613, Code::Unreachable),
    (10928, Code::Exhausted),
    (10929, Code::Exhausted),
    // Not allowed.
    (229, Code::Forbidden),
    (230, Code::Forbidden),
    (262, Code::Forbidden),
    (297, Code::Forbidden),
    (300, Code::Forbidden),
    (371, Code::Forbidden),
    (916, Code::Forbidden),
    (3906, Code::Forbidden),
    (3908, Code::Forbidden),
    (15247, Code::Forbidden),
    (33504, Code::Forbidden),
    // Not there.
    (207, Code::NotFound),
    (208, Code::NotFound),
    (195, Code::NotFound),
    (911, Code::NotFound),
    (1088, Code::NotFound),
    (2715, Code::NotFound),
    (2760, Code::NotFound),
    (2812, Code::NotFound),
    (3701, Code::NotFound),
    (4121, Code::NotFound),
    (4701, Code::NotFound),
    (4902, Code::NotFound),
    (6106, Code::NotFound),
    (15009, Code::NotFound),
    (15151, Code::NotFound),
    // There already.
    (1801, Code::AlreadyExists),
    (1913, Code::AlreadyExists),
    (2705, Code::AlreadyExists),
    (2714, Code::AlreadyExists),
    (15023, Code::AlreadyExists),
    (15025, Code::AlreadyExists),
    // Constraints.
    (515, Code::ConstraintViolated),
    (547, Code::ConstraintViolated),
    (548, Code::ConstraintViolated),
    (550, Code::ConstraintViolated),
    (2601, Code::ConstraintViolated),
    (2627, Code::ConstraintViolated),
    (2628, Code::ConstraintViolated),
    (8152, Code::ConstraintViolated),
    // Others are in the way.
    (1204, Code::Exhausted),
    (1205, Code::Conflict),
    (1222, Code::Conflict),
    (3702, Code::Conflict),
    (3726, Code::Conflict),
    (3729, Code::Conflict),
    (3960, Code::Conflict),
    (3961, Code::Conflict),
    (5061, Code::Conflict),
    (5070, Code::Conflict),
    // Room.
    (701, Code::Exhausted),
    (1105, Code::Exhausted),
    (9002, Code::Exhausted),
];

/// What a number means to us; where it is not in the table, what its class says.
pub(crate) fn code(number: i32, class: u8) -> Code {
    if let Some((_, code)) = NUMBERS.iter().find(|(known, _)| *known == number) {
        return *code;
    }
    match class {
        13 => Code::Conflict,
        14 => Code::Forbidden,
        17 | 19 => Code::Exhausted,
        20.. => Code::Unreachable,
        _ => Code::InvalidStatement,
    }
}

/// What to do about it.
pub(crate) fn hint(number: i32) -> Option<&'static str> {
    Some(match number {
        1205 => "Run it again: another transaction was in its way.",
        1222 => "Somebody holds a lock on it.",
        18456 => "Check user and password. The server also says this where it takes Windows logins only.",
        18487 | 18488 => "The password has to be changed first, with the server's own tools.",
        4060 => "Check the name of the database, and whether this login may open it.",
        40615 => "The server's firewall does not let this computer's address in.",
        33504 => "A security policy refuses the row.",
        8152 | 2628 => "The text is longer than its column.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_once_and_classes_speak_for_the_others() {
        let mut numbers: Vec<i32> = NUMBERS.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!((code(102, 15), code(50_000, 16)), (Code::InvalidStatement, Code::InvalidStatement));
        assert_eq!((code(9999, 14), code(9999, 21)), (Code::Forbidden, Code::Unreachable));
    }
}
