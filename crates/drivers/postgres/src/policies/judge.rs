//! What policies say of sampled rows, each for itself: evaluated on a copy of the rows in a temporary table, as the actor. The
//! real table is only read, so that nobody waits. All of it happens behind a savepoint and is taken back before the statement
//! that is tried.

use std::collections::HashMap;

use catalog::PolicyCommand;
use driver::{
    Error,
    row_security::{Actor, JudgedPolicy, JudgedRow, Judgement, Reach, Sample, Told, Totals, Verdict},
};
use policy::expression::{Expression, Unscoped};

use super::{
    Policies,
    attempt::not_evaluated,
    judge_drafts,
    subject::{Subject, become_actor},
};
use crate::{
    catalog::rows::{Row, Rows},
    control::Failure,
    error::refused,
    scan::quote,
    trial::Trial,
};

/// The copy.
pub(super) const COPY: &str = "pg_temp.rowhouse_sample";
/// What the copy has besides the table's columns: a number, and where the row really is.
pub(super) const NUMBER: &str = "\"rowhouse number\"";
const TABLE: &str = "\"rowhouse table\"";
const PLACE: &str = "\"rowhouse place\"";
/// How many columns those are.
const OWN_COLUMNS: usize = 3;

/// A table as it stands to the actor.
pub(super) struct Ground {
    pub schema: String,
    pub table: String,
    pub enabled: bool,
    pub forced: bool,
    pub owns: bool,
    columns: Vec<String>,
    key: Vec<String>,
    oid: String,
    login_filtered: bool,
}

impl Ground {
    /// In SQL.
    fn name(&self) -> String {
        policy::listing::Table::new(&self.schema, &self.table).sql()
    }

    /// Why no policy is asked of the actor.
    pub(super) fn unfiltered(&self, subject: &Subject, enabled: bool, forced: bool) -> Option<String> {
        let (role, table) = (&subject.name, &self.table);
        match (enabled, forced && self.owns) {
            (false, _) => Some(format!("Row security of {table} is off.")),
            _ if subject.superuser => Some(format!("“{role}” is a superuser, whom row security does not concern.")),
            _ if subject.bypasses => Some(format!("“{role}” has BYPASSRLS.")),
            (true, false) if self.owns => {
                Some(format!("“{role}” has the rights of the owner of {table}, and row security is not forced on it."))
            }
            _ => None,
        }
    }
}

/// Looks at a sample, as the actor.
///
/// # Errors
/// Those of the connection; what the server refuses is a reason.
pub(super) async fn judge(
    policies: &Policies,
    trial: &mut Trial,
    actor: &Actor,
    subject: &Subject,
    wanted: &Sample,
) -> Result<Told<Judgement>, Error> {
    if subject.standby {
        return Ok(not_evaluated("Rows are not looked at: this server is a standby, where no table can be made."));
    }
    if subject.read_only {
        return Ok(not_evaluated("Rows are not looked at: transactions of this login are read-only."));
    }
    if !subject.may_make_temporary {
        return Ok(not_evaluated(
            "Rows are not looked at: the login may not make temporary tables in this database (TEMP).",
        ));
    }
    trial.query("SAVEPOINT rowhouse_sample", &[]).await.map_err(Error::from)?;
    let judged = look(policies, trial, actor, subject, wanted).await;
    if let Err(failure) = &judged
        && failure.ended()
    {
        return judged.map(Told::Known).map_err(Error::from);
    }
    trial.query("ROLLBACK TO SAVEPOINT rowhouse_sample", &[]).await.map_err(Error::from)?;
    Ok(match judged {
        Ok(judgement) => Told::Known(judgement),
        Err(failure) => not_evaluated(format!("Rows are not looked at. {}", Error::from(failure).message)),
    })
}

async fn look(
    policies: &Policies,
    trial: &mut Trial,
    actor: &Actor,
    subject: &Subject,
    wanted: &Sample,
) -> Result<Judgement, Failure> {
    let Some(ground) = ground(policies, trial, subject, wanted).await? else {
        return Err(said(format!("There is no table {}.{}.", wanted.schema, wanted.table)));
    };
    let mut judged = texts(policies, trial, subject, &ground).await?;
    let mut judgement = Judgement {
        columns: ground.columns.clone(),
        key: ground.key.iter().filter_map(|key| ground.columns.iter().position(|column| column == key)).collect(),
        unfiltered: ground.unfiltered(subject, ground.enabled, ground.forced),
        ..Judgement::default()
    };
    let copy = format!(
        "CREATE TEMPORARY TABLE rowhouse_sample ON COMMIT DROP AS SELECT pg_catalog.row_number() OVER () AS {NUMBER}, \
         t.tableoid AS {TABLE}, t.ctid AS {PLACE}, t.* FROM {} AS t LIMIT {}",
        ground.name(),
        wanted.rows
    );
    trial.query(&copy, &[]).await?;
    trial.query(&format!("GRANT SELECT ON {COPY} TO PUBLIC"), &[]).await?;
    let values = trial.query(&format!("SELECT * FROM {COPY} ORDER BY 1"), &[]).await?;
    let total = match wanted.count && !ground.login_filtered {
        true => trial
            .query(&format!("SELECT count(*) FROM {}", ground.name()), &[])
            .await?
            .first()
            .and_then(|row| row.int(0)),
        false => None,
    };
    trial.query("SAVEPOINT rowhouse_judged", &[]).await?;
    let mut drafts = match &wanted.drafts {
        Some(drafts) => judge_drafts::read(policies, trial, subject, drafts).await?,
        None => Vec::new(),
    };
    let mut drafted = None;
    if let Some(wanted) = &wanted.drafts {
        let enabled = wanted.enabled.unwrap_or(ground.enabled);
        let forced = wanted.forced.unwrap_or(ground.forced);
        judgement.unfiltered_by_drafts = ground.unfiltered(subject, enabled, forced);
        // Whether the server takes them is asked of those too that would concern nobody.
        drafted = judge_drafts::seen(trial, actor, &ground, wanted, &mut drafts)
            .await?
            .filter(|_| judgement.unfiltered_by_drafts.is_none());
        trial.query("ROLLBACK TO SAVEPOINT rowhouse_judged", &[]).await?;
    }
    let sent = become_actor(trial, actor).await?;
    trial.settled(sent).await?;
    let verdicts = verdicts(trial, &ground, &mut judged).await?;
    let draft_verdicts = self::verdicts(trial, &ground, &mut drafts).await?;
    let seen = seen(trial, &ground).await?;
    let visible = match wanted.count {
        true => Some(one_count(trial, &ground).await?),
        false => None,
    };
    for row in values.iter() {
        let number = row.int(0).unwrap_or(0);
        let own = |verdicts: &[HashMap<i64, (Verdict, Verdict)>], judged: &[JudgedPolicy]| -> Vec<(Verdict, Verdict)> {
            let missing = |policy: &JudgedPolicy| (unknown(&policy.using), unknown(&policy.with_check));
            let pairs = verdicts.iter().zip(judged);
            pairs.map(|(verdicts, policy)| verdicts.get(&number).copied().unwrap_or_else(|| missing(policy))).collect()
        };
        let (verdicts, draft_verdicts) = (own(&verdicts, &judged), own(&draft_verdicts, &drafts));
        let now = reach(&judged, &verdicts, judgement.unfiltered.is_some());
        let by_drafts = wanted.drafts.as_ref().map(|_| {
            let reach = reach(&drafts, &draft_verdicts, judgement.unfiltered_by_drafts.is_some());
            match &drafted {
                // The server's own answer.
                Some(seen) => Reach { select: Some(seen.contains(&number)), ..reach },
                None => reach,
            }
        });
        judgement.rows.push(JudgedRow {
            values: (0..ground.columns.len()).map(|column| row.printed(column + OWN_COLUMNS)).collect(),
            seen: seen.as_ref().map(|seen| seen.contains(&number)),
            now,
            drafted: by_drafts,
            verdicts,
            draft_verdicts,
        });
    }
    judgement.totals = totals(&judgement, &ground, wanted, total, visible);
    (judgement.policies, judgement.drafts) = (judged, drafts);
    Ok(judgement)
}

/// A refusal of ours, as the server would say it.
pub(super) fn said(message: String) -> Failure {
    let report = crate::wire::Report { severity: "ERROR".to_owned(), message, ..Default::default() };
    Failure::Refused(Box::new(report))
}

async fn ground(
    policies: &Policies,
    trial: &mut Trial,
    subject: &Subject,
    wanted: &Sample,
) -> Result<Option<Ground>, Failure> {
    let text = policies.text(include_str!("../queries/policy_table.sql"));
    let role = subject.oid.to_string();
    let rows = trial.query(&text, &[Some(&wanted.schema), Some(&wanted.table), Some(&role)]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if !matches!(row.letter(1), b'r' | b'p') {
        return Err(said(format!("Only tables have policies, and {} is none.", wanted.table)));
    }
    Ok(Some(Ground {
        schema: wanted.schema.clone(),
        table: wanted.table.clone(),
        oid: row.oid(0).to_string(),
        enabled: row.flag(2),
        forced: row.flag(3),
        owns: row.flag(4),
        login_filtered: row.flag(5),
        columns: row.list(6),
        key: row.list(7),
    }))
}

/// The table's policies. Names in their texts are qualified: the actor's search path may be another.
async fn texts(
    policies: &Policies,
    trial: &mut Trial,
    subject: &Subject,
    ground: &Ground,
) -> Result<Vec<JudgedPolicy>, Failure> {
    trial.ask("SAVEPOINT rowhouse_texts", &[]).await?;
    trial.ask("select set_config('search_path', '', true)", &[]).await?;
    let text = policies.text(include_str!("../queries/policy_texts.sql"));
    trial.ask(&text, &[Some(&ground.oid), Some(&subject.oid.to_string())]).await?;
    trial.ask("ROLLBACK TO SAVEPOINT rowhouse_texts", &[]).await?;
    trial.settled(2).await?;
    let rows = trial.rows().await;
    trial.settled(1).await?;
    Ok(rows?.iter().map(judged).collect())
}

fn judged(row: Row<'_>) -> JudgedPolicy {
    let command = match row.letter(1) {
        b'r' => PolicyCommand::Select,
        b'a' => PolicyCommand::Insert,
        b'w' => PolicyCommand::Update,
        b'd' => PolicyCommand::Delete,
        _ => PolicyCommand::All,
    };
    let mut policy = JudgedPolicy {
        name: row.name(0),
        command,
        permissive: row.flag(2),
        applies: row.flag(3),
        using: row.string(4),
        with_check: row.string(5),
        approximate: None,
        failed: None,
    };
    policy.approximate = approximate(&policy);
    policy
}

/// Why what a policy says of a copied row may not be what it says of the row itself.
pub(super) fn approximate(policy: &JudgedPolicy) -> Option<String> {
    let read = [&policy.using, &policy.with_check].into_iter().flatten();
    let mut found = None;
    for text in read {
        let Ok(expression) = Expression::parse(text, &Unscoped) else {
            return Some("Its expression could not be read, so that nobody knows what it looks at.".to_owned());
        };
        let asks = |names: &[&str]| expression.reading.calls.iter().any(|call| names.contains(&call.name.as_str()));
        if expression.reading.selects.iter().any(|select| select.reads) {
            found = Some("It looks at other rows, as they are at this moment.".to_owned());
        } else if asks(&["session_user", "system_user"]) {
            found = found.or_else(|| Some("It asks who logged in, which is still the login.".to_owned()));
        } else if asks(&["current_user", "current_role", "user"]) {
            found = found.or_else(|| Some("It asks for the current user, which is the role as it was set.".to_owned()));
        }
    }
    found
}

/// What each policy says of each row of the copy, by the row's number.
async fn verdicts(
    trial: &mut Trial,
    ground: &Ground,
    policies: &mut [JudgedPolicy],
) -> Result<Vec<HashMap<i64, (Verdict, Verdict)>>, Failure> {
    let mut texts = Vec::new();
    for policy in policies.iter().filter(|policy| is_asked(policy)) {
        let computed = |text: &Option<String>| match text {
            // A comment at its end would take the parenthesis along.
            Some(text) => format!("({text}\n)::pg_catalog.bool"),
            None => "NULL::pg_catalog.bool".to_owned(),
        };
        texts.push("SAVEPOINT rowhouse_policy".to_owned());
        texts.push(format!(
            "SELECT {NUMBER}, {}, {} FROM {COPY} AS {}",
            computed(&policy.using),
            computed(&policy.with_check),
            quote(&ground.table)
        ));
        texts.push("ROLLBACK TO SAVEPOINT rowhouse_policy".to_owned());
    }
    let mut answers = trial.each(&texts).await?.into_iter().skip(1).step_by(3);
    let mut verdicts = Vec::with_capacity(policies.len());
    for policy in policies {
        let mut found = HashMap::new();
        if is_asked(policy) {
            match answers.next() {
                Some(Ok(rows)) => {
                    for row in rows.iter() {
                        let pair = (verdict(row, 1, &policy.using), verdict(row, 2, &policy.with_check));
                        found.insert(row.int(0).unwrap_or(0), pair);
                    }
                }
                Some(Err(Failure::Refused(report))) => policy.failed = Some(refused(&report, "").message),
                Some(Err(failure)) => return Err(failure),
                None => {}
            }
        }
        verdicts.push(found);
    }
    Ok(verdicts)
}

/// A policy of other roles says nothing of this actor.
fn is_asked(policy: &JudgedPolicy) -> bool {
    policy.applies && policy.failed.is_none()
}

fn verdict(row: Row<'_>, column: usize, text: &Option<String>) -> Verdict {
    match (text, row.maybe(column)) {
        (None, _) => Verdict::Absent,
        (_, Some(true)) => Verdict::Pass,
        (_, Some(false)) => Verdict::Fail,
        (_, None) => Verdict::Null,
    }
}

fn unknown(text: &Option<String>) -> Verdict {
    if text.is_some() { Verdict::NotEvaluated } else { Verdict::Absent }
}

/// The numbers of the rows that the actor really sees; `None` where that cannot be asked.
async fn seen(trial: &mut Trial, ground: &Ground) -> Result<Option<Vec<i64>>, Failure> {
    let text = format!(
        "SELECT s.{NUMBER} FROM {} AS t JOIN {COPY} AS s ON s.{PLACE} = t.ctid AND s.{TABLE} = t.tableoid \
         WHERE t.ctid = ANY (ARRAY(SELECT {PLACE} FROM {COPY}))",
        ground.name()
    );
    Ok(asked(trial, text).await?.ok().map(|rows| rows.iter().filter_map(|row| row.int(0)).collect()))
}

async fn one_count(trial: &mut Trial, ground: &Ground) -> Result<Told<u64>, Failure> {
    let text = format!("SELECT count(*) FROM {}", ground.name());
    Ok(match asked(trial, text).await? {
        Ok(rows) => match rows.first().and_then(|row| row.int(0)).and_then(|count| u64::try_from(count).ok()) {
            Some(count) => Told::Known(count),
            None => not_evaluated("The server gave no count."),
        },
        Err(failure) => not_evaluated(Error::from(failure).message),
    })
}

/// Asks something that may be refused without harm.
async fn asked(trial: &mut Trial, text: String) -> Result<Result<Rows, Failure>, Failure> {
    let texts = ["SAVEPOINT rowhouse_asked".to_owned(), text, "ROLLBACK TO SAVEPOINT rowhouse_asked".to_owned()];
    let mut answers = trial.each(&texts).await?;
    Ok(answers.swap_remove(1))
}

fn totals(
    judgement: &Judgement,
    ground: &Ground,
    wanted: &Sample,
    total: Option<i64>,
    visible: Option<Told<u64>>,
) -> Totals {
    let by_login = || not_evaluated("Not visible to this login: it is itself filtered by row security.");
    if wanted.count {
        let visible = visible.unwrap_or_else(|| not_evaluated("The server gave no count."));
        let hidden = match (&visible, total.and_then(|total| u64::try_from(total).ok())) {
            _ if ground.login_filtered => by_login(),
            (Told::Known(visible), Some(total)) => Told::Known(total.saturating_sub(*visible)),
            (Told::NotEvaluated(why), _) => not_evaluated(why.clone()),
            (_, None) => not_evaluated("The server gave no count."),
        };
        return Totals { visible, hidden, exact: true };
    }
    let seen: Option<Vec<bool>> = judgement.rows.iter().map(|row| row.seen.or(row.now.select)).collect();
    let Some(seen) = seen else {
        let why = "Neither the table nor its policies could be asked for these rows.";
        return Totals { visible: not_evaluated(why), hidden: not_evaluated(why), exact: false };
    };
    let count = |wanted: bool| seen.iter().filter(|seen| **seen == wanted).count() as u64;
    let hidden = if ground.login_filtered { by_login() } else { Told::Known(count(false)) };
    Totals { visible: Told::Known(count(true)), hidden, exact: false }
}

/// What policies let the actor do with a row, combined as the server combines them: any permissive and all restrictive, NULL
/// as false, and the SELECT policies besides for what also reads.
fn reach(policies: &[JudgedPolicy], verdicts: &[(Verdict, Verdict)], unfiltered: bool) -> Reach {
    if unfiltered {
        return Reach { select: Some(true), insert: Some(true), update: Some(true), delete: Some(true) };
    }
    let combined = |command: PolicyCommand, written: bool| {
        let of: Vec<(bool, Option<bool>)> = policies
            .iter()
            .zip(verdicts)
            .filter(|(policy, _)| policy.applies && (policy.command == command || policy.command == PolicyCommand::All))
            .filter_map(|(policy, (using, check))| {
                let verdict = if written && *check != Verdict::Absent { *check } else { *using };
                // Without an expression a permissive policy adds nothing, and a restrictive one asks nothing.
                Some((policy.permissive, truth(verdict)?))
            })
            .collect();
        let any = or(of.iter().filter(|(permissive, _)| *permissive).map(|(_, truth)| *truth));
        let all = and(of.iter().filter(|(permissive, _)| !permissive).map(|(_, truth)| *truth));
        and([any, all].into_iter())
    };
    let select = combined(PolicyCommand::Select, false);
    let update = [combined(PolicyCommand::Update, false), combined(PolicyCommand::Update, true), select];
    Reach {
        select,
        insert: combined(PolicyCommand::Insert, true),
        update: and(update.into_iter()),
        delete: and([combined(PolicyCommand::Delete, false), select].into_iter()),
    }
}

/// `None` where there is no expression, `Some(None)` where nobody knows.
#[allow(clippy::option_option, reason = "absent and unknown are two things here")]
fn truth(verdict: Verdict) -> Option<Option<bool>> {
    match verdict {
        Verdict::Pass => Some(Some(true)),
        Verdict::Fail | Verdict::Null => Some(Some(false)),
        Verdict::NotEvaluated => Some(None),
        Verdict::Absent => None,
    }
}

fn or(mut truths: impl Iterator<Item = Option<bool>> + Clone) -> Option<bool> {
    match truths.clone().any(|truth| truth == Some(true)) {
        true => Some(true),
        false => truths.all(|truth| truth.is_some()).then_some(false),
    }
}

fn and(truths: impl Iterator<Item = Option<bool>> + Clone) -> Option<bool> {
    or(truths.map(|truth| truth.map(|truth| !truth))).map(|any_false| !any_false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(command: PolicyCommand, permissive: bool) -> JudgedPolicy {
        JudgedPolicy {
            name: "p".to_owned(),
            command,
            permissive,
            applies: true,
            using: None,
            with_check: None,
            approximate: None,
            failed: None,
        }
    }

    #[test]
    fn verdicts_combine_as_the_server_combines_them() {
        use PolicyCommand::{All, Insert, Select, Update};
        use Verdict::{Absent, Fail, NotEvaluated, Null, Pass};
        let reached = |policies: &[(PolicyCommand, bool, Verdict, Verdict)]| {
            let judged: Vec<_> = policies.iter().map(|one| policy(one.0, one.1)).collect();
            let verdicts: Vec<_> = policies.iter().map(|one| (one.2, one.3)).collect();
            let reach = reach(&judged, &verdicts, false);
            [reach.select, reach.insert, reach.update, reach.delete].map(|truth| match truth {
                Some(true) => 'y',
                Some(false) => 'n',
                None => '?',
            })
        };
        assert_eq!(reached(&[]), ['n'; 4]);
        assert_eq!(reached(&[(All, true, Pass, Absent)]), ['y'; 4], "USING stands for a missing WITH CHECK");
        assert_eq!(reached(&[(All, true, Pass, Fail)]), ['y', 'n', 'n', 'y']);
        assert_eq!(reached(&[(All, true, Null, Absent)]), ['n'; 4]);
        assert_eq!(reached(&[(All, false, Pass, Absent)]), ['n'; 4], "a restrictive one alone lets nothing through");
        assert_eq!(reached(&[(All, true, Pass, Absent), (Update, false, Fail, Absent)]), ['y', 'y', 'n', 'y']);
        assert_eq!(reached(&[(Update, true, Pass, Absent), (Insert, true, Absent, Pass)]), ['n', 'y', 'n', 'n']);
        assert_eq!(reached(&[(Select, true, NotEvaluated, Absent), (Select, true, Pass, Absent)])[0], 'y');
        assert_eq!(reached(&[(Select, true, NotEvaluated, Absent), (Select, true, Fail, Absent)])[0], '?');
        assert_eq!(reached(&[(All, true, NotEvaluated, Absent), (All, false, Fail, Absent)]), ['n'; 4]);
        assert_eq!(reached(&[(All, true, Absent, Absent), (All, false, Absent, Absent)]), ['n'; 4]);
    }

    #[test]
    fn what_is_only_about_right_is_said() {
        let said = |text: &str| {
            approximate(&JudgedPolicy { using: Some(text.to_owned()), ..policy(PolicyCommand::All, true) })
        };
        assert_eq!(said("owner = 1"), None);
        assert_eq!(said("owner = (select current_setting('a.b'))"), None, "it reads nothing");
        assert!(said("id in (select id from members)").is_some_and(|why| why.contains("other rows")));
        assert!(said("owner = current_user").is_some_and(|why| why.contains("current user")));
        assert!(said("owner = session_user").is_some_and(|why| why.contains("logged in")));
        assert!(said("owner = ").is_some());
    }
}
