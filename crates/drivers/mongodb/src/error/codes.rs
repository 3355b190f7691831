//! The one table of the server's error numbers (`src/mongo/base/error_codes.yml` of mongodb/mongo).

use driver::Code;

use crate::wire::Report;

const NUMBERS: &[(i32, Code)] = &[
    // Not understood.
    (2, Code::InvalidStatement),
    (4, Code::InvalidStatement),
    (9, Code::InvalidStatement),
    (14, Code::InvalidStatement),
    (15, Code::InvalidStatement),
    (16, Code::InvalidStatement),
    (17, Code::InvalidStatement),
    (20, Code::InvalidStatement),
    (28, Code::InvalidStatement),
    (34, Code::InvalidStatement),
    (40, Code::InvalidStatement),
    (52, Code::InvalidStatement),
    (53, Code::InvalidStatement),
    (54, Code::InvalidStatement),
    (55, Code::InvalidStatement),
    (56, Code::InvalidStatement),
    (57, Code::InvalidStatement),
    (66, Code::InvalidStatement),
    (67, Code::InvalidStatement),
    (72, Code::InvalidStatement),
    (73, Code::InvalidStatement),
    (165, Code::InvalidStatement),
    (166, Code::InvalidStatement),
    (168, Code::InvalidStatement),
    (182, Code::InvalidStatement),
    (197, Code::InvalidStatement),
    (241, Code::InvalidStatement),
    (10_334, Code::InvalidStatement),
    (40_324, Code::InvalidStatement),
    (40_323, Code::InvalidStatement),
    (40_415, Code::InvalidStatement),
    (40_414, Code::InvalidStatement),
    (10_068, Code::InvalidStatement),
    // Getting in.
    (11, Code::Unauthenticated),
    (18, Code::Unauthenticated),
    (31, Code::NotFound),
    (334, Code::Unauthenticated),
    (391, Code::Unauthenticated),
    (4352, Code::Unauthenticated),
    // Not allowed.
    (13, Code::Forbidden),
    (33, Code::Forbidden),
    // Not there, there already.
    (26, Code::NotFound),
    (27, Code::NotFound),
    (43, Code::Conflict),
    (48, Code::AlreadyExists),
    (68, Code::AlreadyExists),
    (85, Code::AlreadyExists),
    (86, Code::AlreadyExists),
    (51_003, Code::AlreadyExists),
    (51_002, Code::AlreadyExists),
    // Constraints.
    (121, Code::ConstraintViolated),
    (11_000, Code::ConstraintViolated),
    (11_001, Code::ConstraintViolated),
    (12_582, Code::ConstraintViolated),
    // Others are in the way.
    (24, Code::Conflict),
    (46, Code::Conflict),
    (51, Code::Conflict),
    (112, Code::Conflict),
    (117, Code::Conflict),
    (175, Code::Conflict),
    (225, Code::Conflict),
    (251, Code::Conflict),
    (286, Code::Conflict),
    // It took too long, or was stopped.
    (50, Code::TimedOut),
    (262, Code::TimedOut),
    (202, Code::TimedOut),
    (237, Code::Cancelled),
    (11_601, Code::Cancelled),
    (279, Code::Cancelled),
    // The member is not, or no longer, the one that is wanted.
    (6, Code::Unreachable),
    (7, Code::Unreachable),
    (89, Code::Unreachable),
    (91, Code::Unreachable),
    (189, Code::Unreachable),
    (9001, Code::Unreachable),
    (10_058, Code::Unreachable),
    (10_107, Code::Unreachable),
    (11_600, Code::Unreachable),
    (11_602, Code::Unreachable),
    (13_435, Code::Unreachable),
    (13_436, Code::Unreachable),
    (133, Code::Unreachable),
    // It cannot.
    (59, Code::Unsupported),
    (115, Code::Unsupported),
    (235, Code::Unsupported),
    (238, Code::Unsupported),
    (263, Code::Unsupported),
    (6_108_304, Code::Unsupported),
    // Limits.
    (17_280, Code::InvalidStatement),
    (146, Code::Exhausted),
    (39, Code::Exhausted),
    (292, Code::Exhausted),
    (14_031, Code::Exhausted),
    (201, Code::Exhausted),
];

/// What an error means to us. Assertions beyond the named codes are about what was asked.
pub(crate) fn code(report: &Report) -> Code {
    if let Some((_, code)) = NUMBERS.iter().find(|(number, _)| *number == report.code) {
        return *code;
    }
    match report.code {
        // Unnamed assertions of the parsers of queries and pipelines.
        10_000.. => Code::InvalidStatement,
        _ => Code::Internal,
    }
}

/// Whether another member may take the command: the one that was asked is not, or no longer, the primary.
pub(crate) fn is_elsewhere(report: &Report) -> bool {
    matches!(report.code, 91 | 189 | 10_058 | 10_107 | 11_600 | 11_602 | 13_435 | 13_436)
}

/// What to do about it.
pub(crate) fn hint(code: i32) -> Option<&'static str> {
    Some(match code {
        2 | 9 | 40_324 => "Check the names of operators and stages, and where they stand.",
        11_000 | 11_001 => "Another document has this value already, and a unique index allows it once.",
        13 => "The login has no role that allows it. Ask whoever manages the users, or sign in as somebody else.",
        18 => "Check user, password and the database that knows the user (authSource).",
        26 => "Check the database and the spelling: names tell upper from lower case.",
        43 => "The server closed the cursor, as it does after ten idle minutes. Run the statement again.",
        48 => "Choose another name, or drop what is there.",
        50 => "Raise the time limit, or narrow the statement; an index may help.",
        59 => "This server does not know the command.",
        91 | 189 | 10_058 | 10_107 | 11_602 | 13_435 | 13_436 => {
            "The replica set has another primary now. Run it again."
        }
        121 => "The collection's validator refuses the document; the details say why.",
        292 => {
            "The statement needs more memory than the server allows. Let it use disk (allowDiskUse), or narrow it first."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_once_and_unknown_ones_have_a_code() {
        for (at, (number, _)) in NUMBERS.iter().enumerate() {
            assert!(!NUMBERS.iter().skip(at + 1).any(|(other, _)| other == number), "{number}");
        }
        let of = |code| super::code(&Report { code, ..Report::default() });
        assert_eq!(of(40_999), Code::InvalidStatement);
        assert_eq!(of(3), Code::Internal);
        assert_eq!(of(13), Code::Forbidden);
    }
}
