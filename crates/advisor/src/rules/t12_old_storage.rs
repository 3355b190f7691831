use crate::{
    Context, Fix, Object,
    rule::{Found, Reason},
};

/// A character set that holds three bytes of a character, under its two names.
const THREE_BYTES: [&str; 2] = ["utf8", "utf8mb3"];

crate::rule::rule! {
    /// A table is not stored by InnoDB, or in a character set that cannot hold every character.
    ///
    /// **Why.** MyISAM and Aria tables have no transactions and no foreign keys, and may be damaged by a crash. `utf8mb3` refuses, or cuts off,
    /// everything from the first emoji on.
    ///
    /// **How to fix it.** `ENGINE=InnoDB`; `utf8mb4`. Both rewrite the table.
    ///
    /// **False positives.** Tables in memory, and those of another engine that was chosen for what it does; only MyISAM and Aria are reported.
    ///
    /// ```sql,fires,mariadb
    /// create table letters (id int primary key, body text) engine = MyISAM;
    /// ```
    ///
    /// ```sql,silent,mariadb
    /// create table letters (id int primary key, body text) engine = InnoDB default charset = utf8mb4;
    /// ```
    "T-12" "old_storage" Warning "Table without transactions, or without every character"
    on [MySql] needs [Schemas, Relations]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        let option = |name: &str| {
            table.row().options.iter().find_map(|option| {
                let (key, value) = option.split_once('=')?;
                key.eq_ignore_ascii_case(name).then_some(value)
            })
        };
        let path = context.path_of(table);
        if let Some(engine) =
            option("ENGINE").filter(|engine| ["MyISAM", "Aria"].iter().any(|old| old.eq_ignore_ascii_case(engine)))
        {
            let message =
                format!("{} is stored by {engine}: it has no transactions and no foreign keys.", table.row().name);
            let alter = |engine: &str| format!("ALTER TABLE {path} ENGINE = {engine};");
            let fix = Fix::new(alter("InnoDB")).undo(alter(engine)).outside_transactions();
            found.add(Object::of(table), message).told_apart_by("engine").fix(fix);
        }
        if let Some(charset) = option("CHARSET").filter(|charset| THREE_BYTES.contains(charset)) {
            let message = format!("{} is in {charset}, which holds no emoji and no rare sign.", table.row().name);
            let alter = |charset: &str| format!("ALTER TABLE {path} CONVERT TO CHARACTER SET {charset};");
            let fix = Fix::new(alter("utf8mb4")).undo(alter(charset)).outside_transactions();
            found.add(Object::of(table), message).told_apart_by("charset").fix(fix);
        }
    }
    Ok(())
}
