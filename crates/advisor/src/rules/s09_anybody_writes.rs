use policy::{
    effect::{Command, Effect, OnConflict, Shape},
    rights::Powers,
};

use crate::{
    Context, Object, privileges,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Clients that have not signed in, or everybody, can write to a table.
    ///
    /// **Why.** The privilege is granted, and row security is off or a policy lets every row pass: anybody who finds the address can add, change
    /// or delete rows.
    ///
    /// **How to fix it.** Take the privilege away from them.
    ///
    /// **False positives.** A form that anybody may send in; let them insert through a function instead. A policy whose condition depends on the
    /// row or on who asks is not reported here.
    ///
    /// ```sql,fires
    /// create table guestbook (id int primary key);
    /// grant insert on guestbook to web_anon;
    /// ```
    ///
    /// ```sql,silent
    /// create table guestbook (id int primary key, owner name);
    /// alter table guestbook enable row level security;
    /// create policy own on guestbook using (owner = current_user);
    /// grant select, insert on guestbook to web_anon;
    /// ```
    "S-09" "anybody_can_write" Error "Table that anybody can write to"
    on [Postgres] needs [Schemas, Relations, Columns, Policies, Roles, Grants]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let everybody = context.everybody();
    let mut powers: Vec<&Powers> = vec![&everybody];
    match context.exposed() {
        Ok(exposure) => powers.extend(context.exposed_powers()?.iter().take(exposure.anonymous.len())),
        Err(reason) => found.unseen(reason),
    }
    for table in context.tables() {
        if context.grants_on(table).is_empty() {
            continue;
        }
        let mut reaching: Vec<&Powers> = Vec::new();
        let mut commands: Vec<&str> = Vec::new();
        for powers in &powers {
            for command in [Command::Insert, Command::Update, Command::Delete] {
                let shape = Shape { command, reads: false, locks: false, on_conflict: OnConflict::None };
                let effect = context.effects().of(table.id(), powers, shape);
                let open = match &effect {
                    Effect::Off => true,
                    Effect::Decided { .. } => {
                        effect.truth().is_some_and(|truth| truth.is_always_true() || truth.is_true_unless_null())
                    }
                    Effect::NotKnown => {
                        found.unseen(Reason::NotLoaded("states of row security".to_owned()));
                        false
                    }
                    // An owner or a superuser is nobody's anonymous client.
                    Effect::Refused { .. } | Effect::Bypassed { .. } => false,
                };
                if open {
                    reaching.push(powers);
                    if !commands.contains(&command.words()) {
                        commands.push(command.words());
                    }
                }
            }
        }
        if reaching.is_empty() {
            continue;
        }
        let grants = context.grants_to(table, &reaching, &commands);
        let message =
            format!("{} may {} any row of {}.", privileges::grantees(&grants), commands.join(", "), table.row().name);
        let fix = privileges::revoked(context, &format!("TABLE {}", context.path_of(table)), grants);
        found.add(Object::of(table), message).fix(fix);
    }
    Ok(())
}
