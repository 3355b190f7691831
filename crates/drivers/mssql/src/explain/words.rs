//! Names of a plan's XML in words for a person, and names without their brackets.

/// `[order]]s]` as `order]s`.
pub(super) fn bare(name: &str) -> String {
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.replace("]]", "]"),
        None => name.to_owned(),
    }
}

/// What a list of columns is to its operator.
pub(super) fn list(element: &str) -> Option<&'static str> {
    Some(match element {
        "HashKeysBuild" => "Build keys",
        "HashKeysProbe" => "Probe keys",
        "InnerSideJoinColumns" => "Inner keys",
        "OuterSideJoinColumns" => "Outer keys",
        "OuterReferences" => "Outer references",
        "GroupBy" => "Group by",
        "OrderBy" => "Order by",
        "PartitionColumns" => "Partition by",
        _ => return None,
    })
}

/// What a condition is to its operator.
pub(super) fn condition(element: &str) -> Option<&'static str> {
    Some(match element {
        "Predicate" => "Predicate",
        "BuildResidual" => "Build residual",
        "ProbeResidual" => "Probe residual",
        "Residual" => "Residual",
        "PassThru" => "Pass through",
        "StartupExpression" => "Startup",
        "TopExpression" => "Top",
        "SetPredicate" => "Set",
        _ => return None,
    })
}

/// The comparison of a seek.
pub(super) fn comparison(scan: &str) -> &str {
    match scan {
        "EQ" => "=",
        "NE" => "<>",
        "LT" => "<",
        "LE" => "<=",
        "GT" => ">",
        "GE" => ">=",
        other => other,
    }
}

/// `NoJoinPredicate` as `No join predicate`.
pub(super) fn spaced(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for sign in name.chars() {
        if sign.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push(' ');
            words.push(sign.to_ascii_lowercase());
        } else {
            words.push(sign);
        }
        before = sign;
    }
    words
}
