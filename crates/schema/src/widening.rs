//! Which types hold every value of another: what becomes of one loses nothing then.

/// A type's name and modifiers: `numeric(10,2)`, `varchar(20) unsigned`.
struct Named {
    name: String,
    modifiers: Option<Vec<u32>>,
}

/// Signed whole numbers, each within the next.
const WHOLE: [&[&str]; 5] =
    [&["tinyint"], &["smallint", "int2"], &["mediumint"], &["integer", "int", "int4"], &["bigint", "int8"]];
/// Decimal digits of the greatest of each.
const DIGITS: [u32; 5] = [3, 5, 7, 10, 19];

fn read(text: &str) -> Named {
    let text = text.trim().to_ascii_lowercase();
    let Some((name, rest)) = text.split_once('(') else { return Named { name: text, modifiers: None } };
    let (inside, tail) = rest.split_once(')').unwrap_or((rest, ""));
    let modifiers = inside.split(',').map(|one| one.trim().parse().ok()).collect();
    Named { name: format!("{}{tail}", name.trim()), modifiers }
}

fn whole(name: &str) -> Option<usize> {
    WHOLE.iter().position(|names| names.contains(&name))
}

/// Whether every value of one type is a value of the other, as far as their names tell.
pub(crate) fn widens(from: &str, to: &str) -> bool {
    if from == to {
        return true;
    }
    let (from, to) = (read(from), read(to));
    let text = |name: &str| matches!(name, "text" | "longtext");
    let varying = |name: &str| matches!(name, "character varying" | "varchar");
    let decimal = |name: &str| matches!(name, "numeric" | "decimal");
    let float = |name: &str| match name {
        "real" | "float" | "float4" => Some(0),
        "double precision" | "double" | "float8" => Some(1),
        _ => None,
    };
    if let (Some(one), Some(other)) = (whole(&from.name), whole(&to.name)) {
        return one <= other;
    }
    if let (Some(place), true) = (whole(&from.name), decimal(&to.name)) {
        return match to.modifiers.as_deref() {
            None => true,
            Some([digits]) => *digits >= DIGITS[place],
            Some([digits, after]) => digits.saturating_sub(*after) >= DIGITS[place],
            Some(_) => false,
        };
    }
    if let (Some(one), Some(other)) = (float(&from.name), float(&to.name)) {
        return one <= other;
    }
    if decimal(&from.name) && decimal(&to.name) {
        let parts = |of: &Named| match of.modifiers.as_deref() {
            Some([digits]) => Some((*digits, 0)),
            Some([digits, after]) => Some((digits.saturating_sub(*after), *after)),
            _ => None,
        };
        return match (parts(&from), parts(&to)) {
            (_, None) => to.modifiers.is_none(),
            (None, Some(_)) => false,
            (Some((before, after)), Some((more_before, more_after))) => more_before >= before && more_after >= after,
        };
    }
    if varying(&from.name) && varying(&to.name) {
        let longest = |of: &Named| of.modifiers.as_deref().and_then(|all| all.first().copied());
        return match (longest(&from), longest(&to)) {
            (_, None) => true,
            (Some(one), Some(other)) => one <= other,
            (None, Some(_)) => false,
        };
    }
    // Everything can be written down, but a fixed length loses the spaces at its end.
    text(&to.name) && !matches!(from.name.as_str(), "character" | "char" | "bpchar" | "bytea" | "blob" | "longblob")
}

#[cfg(test)]
mod tests {
    use super::widens;

    #[test]
    fn only_what_holds_every_value_is_wider() {
        for (from, to) in [
            ("integer", "bigint"),
            ("int(11)", "bigint(20)"),
            ("smallint", "numeric(5,0)"),
            ("bigint", "numeric"),
            ("numeric(10,2)", "numeric(12,3)"),
            ("character varying(20)", "character varying(21)"),
            ("character varying(20)", "text"),
            ("varchar(20)", "varchar(20)"),
            ("real", "double precision"),
            ("integer", "text"),
            ("uuid", "text"),
        ] {
            assert!(widens(from, to), "{from} -> {to}");
        }
        for (from, to) in [
            ("bigint", "integer"),
            ("int(11)", "int(11) unsigned"),
            ("bigint", "numeric(18,0)"),
            ("bigint", "double precision"),
            ("numeric(10,2)", "numeric(10,3)"),
            ("numeric", "numeric(10,2)"),
            ("text", "character varying(20)"),
            ("character(3)", "text"),
            ("timestamp with time zone", "date"),
            ("text", "integer"),
        ] {
            assert!(!widens(from, to), "{from} -> {to}");
        }
    }
}
