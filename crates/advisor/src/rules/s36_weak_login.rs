use catalog::facts::HostRule;

use crate::{
    Context, Fix, Level, Object, ObjectType,
    rule::{Found, Reason, told},
};

crate::rule::rule! {
    /// Clients are let in without a password, or with one that is easy to find out.
    ///
    /// **Why.** `trust` believes whatever name a client gives. `password` sends the password as it is; over a connection that is not encrypted
    /// anybody on the way reads it. A password kept as MD5 is found by trying, and who has read what is kept can log in with that alone.
    ///
    /// **How to fix it.** Use `scram-sha-256` in `pg_hba.conf`, set `password_encryption` to it, and let those roles set their passwords again.
    /// The fix sets `password_encryption` where it is not; the rest is not done by statements.
    ///
    /// **False positives.** A server in a container that nobody else reaches. A rule for `local` connections, whose file permissions may say who
    /// comes that far, is information.
    ///
    /// ```sql,fires
    /// -- setting: password_encryption=md5
    /// show password_encryption;
    /// ```
    "S-36" "weak_login" Warning "Clients are let in too easily"
    on [Postgres] needs []
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    match told(&context.facts.host_rules, "rules of who may connect") {
        Ok(rules) => rules.iter().for_each(|rule| let_in(rule, found)),
        Err(reason) => found.unseen(reason),
    }
    let setting = told(&context.facts.settings, "settings")?.get("password_encryption").map(String::as_str);
    let weak = match told(&context.facts.weak_passwords, "how passwords are kept") {
        Ok(weak) => weak.as_slice(),
        Err(reason) => {
            found.unseen(reason);
            &[]
        }
    };
    // Up to PostgreSQL 13 `on` meant MD5.
    let sets_weak = matches!(setting, Some("md5" | "on"));
    let kept = (!weak.is_empty()).then(|| format!("Passwords are kept as MD5, of {}.", crate::names::listed(weak)));
    let new = sets_weak.then(|| "New passwords are kept as MD5.".to_owned());
    let parts: Vec<String> = new.into_iter().chain(kept).collect();
    if parts.is_empty() {
        return Ok(());
    }
    let message = parts.join(" ");
    let finding = found.add(Object::alone(ObjectType::Setting, "password_encryption"), message);
    if let (true, Some(before)) = (sets_weak, setting) {
        let set = |value: &str| format!("ALTER SYSTEM SET password_encryption = '{value}';\nSELECT pg_reload_conf();");
        finding.fix(Fix::new(set("scram-sha-256")).undo(set(before)).outside_transactions());
    }
    Ok(())
}

fn let_in(rule: &HostRule, found: &mut Found) {
    let how = match rule.method.as_str() {
        "trust" => "without a password",
        // Over a connection that has to be encrypted nobody reads it on the way.
        "password" if rule.kind != "hostssl" => "with a password that is sent as it is",
        _ => return,
    };
    let from = rule.address.as_deref().unwrap_or("this machine");
    let (users, databases) = (rule.users.join(", "), rule.databases.join(", "));
    let message = format!("Line {} of pg_hba.conf lets {users} from {from} into {databases} {how}.", rule.line);
    let finding = found.add(Object::alone(ObjectType::Setting, "pg_hba.conf"), message);
    finding.told_apart_by(&rule.kind).told_apart_by(&users).told_apart_by(&databases).told_apart_by(from);
    if rule.kind == "local" {
        finding.level(Level::Info);
    }
}
