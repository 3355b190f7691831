//! What stands around the statements of a save.

use driver::{Frame, ValueContext};

/// Long enough for a moment's lock, short enough that nobody believes the save to hang. In milliseconds.
const LOCK_TIMEOUT: &str = "5000";
/// Where the settings of a person's own transaction wait until the save has ended: a setting that any login may make.
const KEPT: &str = "rowhouse.kept_";

/// The frame of one save. `within` a person's transaction a savepoint stands for it; `late` where constraints may wait for the end.
pub(super) fn frame(context: &ValueContext, within: bool, late: bool) -> Frame {
    let settings = settings(context);
    let mut frame = Frame {
        begin: vec![if within { "SAVEPOINT rowhouse_save" } else { "BEGIN" }.to_owned()],
        savepoint: Some([
            "SAVEPOINT rowhouse_row".to_owned(),
            "RELEASE SAVEPOINT rowhouse_row".to_owned(),
            "ROLLBACK TO SAVEPOINT rowhouse_row".to_owned(),
        ]),
        ..Frame::default()
    };
    if within {
        frame.begin.push(select(settings.iter().map(|(name, _)| {
            assignment(&format!("'{KEPT}{name}'"), &format!("pg_catalog.current_setting('{name}')"))
        })));
    }
    frame.begin.push(select(settings.iter().map(|(name, value)| assignment(&format!("'{name}'"), &literal(value)))));
    if within {
        frame.commit.push(select(settings.iter().map(|(name, _)| {
            assignment(&format!("'{name}'"), &format!("pg_catalog.current_setting('{KEPT}{name}')"))
        })));
        frame.commit.push("RELEASE SAVEPOINT rowhouse_save".to_owned());
        // Going back takes the settings back too.
        frame.rollback.push("ROLLBACK TO SAVEPOINT rowhouse_save".to_owned());
        frame.rollback.push("RELEASE SAVEPOINT rowhouse_save".to_owned());
    } else {
        if late {
            // What a constraint says is an answer of a statement then, and not of the commit.
            frame.commit.push("SET CONSTRAINTS ALL IMMEDIATE".to_owned());
        }
        frame.commit.push("COMMIT".to_owned());
        frame.rollback.push("ROLLBACK".to_owned());
    }
    frame
}

/// What values print and are read by, and how long to wait for others.
fn settings(context: &ValueContext) -> Vec<(&'static str, &str)> {
    let mut settings = vec![
        ("lock_timeout", LOCK_TIMEOUT),
        ("DateStyle", context.date_style.as_str()),
        ("IntervalStyle", context.interval_style.as_str()),
        ("TimeZone", context.time_zone.as_str()),
        ("bytea_output", context.bytea_output.as_str()),
        ("lc_monetary", context.lc_monetary.as_str()),
        // As in the sessions that read pages: the shortest digits that read back the same.
        ("extra_float_digits", "1"),
    ];
    settings.retain(|(_, value)| !value.is_empty());
    settings
}

fn select(outputs: impl Iterator<Item = String>) -> String {
    format!("SELECT {}", outputs.collect::<Vec<_>>().join(", "))
}

/// One setting, for this transaction only.
fn assignment(name: &str, value: &str) -> String {
    format!("pg_catalog.set_config({name}, {value}, true)")
}

fn literal(text: &str) -> String {
    sql::dialect::postgres().quote_literal(text)
}
