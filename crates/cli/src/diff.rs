//! Compares two databases, and writes what makes one into the other.

use std::{collections::HashSet, fmt::Write as _, io::Write, sync::Arc};

use app::{
    App,
    api::{AppError, ErrorCode},
    terminal::Terminal,
};
use catalog::{ObjectKey, ObjectKind};
use schema::{Comparison, Definition, Difference, LeftOut, Options, Refusal, Rename, Step, What, plan, proposed};
use serde::Serialize;

use crate::{
    arguments::{Diff, DiffFormat},
    failure::{Exit, Failure, Outcome},
    output::Output,
    say::{self, clean},
    target,
};

/// The version of the JSON.
const VERSION: u32 = 1;

/// What a comparison found, as JSON.
#[derive(Serialize)]
struct Document<'a> {
    rowhouse_diff: u32,
    differences: &'a [Difference],
    steps: &'a [Step],
    renames_proposed: &'a [Rename],
    left_out: &'a [LeftOut],
}

/// Compares what was named.
pub(crate) async fn run(app: &Arc<App>, asked: &Diff) -> Outcome {
    // Whoever is asked for a password is asked for one after the other; both are read at once.
    let from = target::open(app, &asked.from, true, asked.password).await?;
    let to = target::open(app, &asked.to, true, asked.password).await?;
    let (from, to) = tokio::try_join!(read(asked, &from), read(asked, &to))?;
    let renames = asked.renames.iter().map(|text| rename(text, &from)).collect::<Outcome<Vec<Rename>>>()?;
    let options = Options { renames, ..Options::default() };
    let refused =
        |refusal: Refusal| Failure::new(Exit::Usage, AppError::new(ErrorCode::InvalidStatement, refusal.to_string()));
    let found = plan(&from, &to, &options).map_err(refused)?;
    // What has another name is compared under it.
    let renamed = from.renamed(&options.renames).map_err(refused)?;
    let comparison = Comparison::between(&renamed, &to);
    let proposals = proposed(&renamed, &to);
    let left_out: Vec<LeftOut> = from.left_out.iter().chain(&to.left_out).cloned().collect();
    let mut output = Output::open(asked.output.as_deref())?;
    let text = match asked.format {
        DiffFormat::Text => listed(&comparison, &options.renames),
        DiffFormat::Sql => found.script(),
        DiffFormat::Json => {
            let document = Document {
                rowhouse_diff: VERSION,
                differences: &comparison.differences,
                steps: &found.steps,
                renames_proposed: &proposals,
                left_out: &left_out,
            };
            let text = serde_json::to_string(&document)
                .map_err(|error| Failure::local(AppError::new(ErrorCode::Internal, error.to_string())))?;
            text + "\n"
        }
    };
    output.write_all(text.as_bytes()).map_err(|error| output.failure(&error))?;
    if asked.format != DiffFormat::Json {
        for one in &proposals {
            say::line(&format!(
                "looks like a new name: --rename {}={}",
                clean(&dotted(&one.from)),
                clean(&one.to.name)
            ));
        }
        for one in &left_out {
            say::line(&format!("not compared: {}: {}", clean(&dotted(&one.key)), one.why));
        }
    }
    output.finish()?;
    if asked.check && !found.steps.is_empty() { Err(Failure::silent(Exit::Found)) } else { Ok(()) }
}

async fn read(asked: &Diff, terminal: &Terminal) -> Outcome<Definition> {
    let schemas = (!asked.schemas.is_empty()).then(|| asked.schemas.clone());
    let found = terminal.structure(schemas).await.map_err(|error| Failure::statement(error, false))?;
    Ok(if asked.no_access { found.without_access() } else { found })
}

/// A relation by `SCHEMA.TABLE`, or a column by `SCHEMA.TABLE.COLUMN`; names with dots are found by what is there.
fn rename(text: &str, from: &Definition) -> Outcome<Rename> {
    let wrong = || {
        Failure::usage(
            format!("“{text}” names nothing to rename."),
            "Write SCHEMA.TABLE=NAME or SCHEMA.TABLE.COLUMN=NAME.",
        )
    };
    let (old, new) = text.split_once('=').filter(|(_, new)| !new.is_empty()).ok_or_else(wrong)?;
    let key = from
        .objects
        .keys()
        .find(|key| matches!(key.kind, ObjectKind::Relation | ObjectKind::Column) && dotted(key) == old);
    let key = key.ok_or_else(wrong)?.clone();
    Ok(Rename { to: ObjectKey { name: new.to_owned(), ..key.clone() }, from: key })
}

/// An object by its names, as people write them.
fn dotted(key: &ObjectKey) -> String {
    let mut parts: Vec<&str> = key.schema.as_deref().into_iter().collect();
    if matches!(key.kind, ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy) {
        parts.extend(key.signature.as_deref());
    }
    parts.push(&key.name);
    let name = parts.join(".");
    match (&key.kind, &key.signature) {
        (ObjectKind::Routine, Some(arguments)) => format!("{name}({arguments})"),
        _ => name,
    }
}

fn kind(key: &ObjectKey) -> &'static str {
    match key.kind {
        ObjectKind::Schema => "schema",
        ObjectKind::Relation => "relation",
        ObjectKind::Column => "column",
        ObjectKind::Index => "index",
        ObjectKind::Constraint => "constraint",
        ObjectKind::Trigger => "trigger",
        ObjectKind::Policy => "policy",
        ObjectKind::Routine => "routine",
        ObjectKind::Type => "type",
        ObjectKind::Sequence => "sequence",
        ObjectKind::Extension => "extension",
        ObjectKind::Database
        | ObjectKind::Role
        | ObjectKind::Event
        | ObjectKind::Publication
        | ObjectKind::EventTrigger => "object",
    }
}

/// For reading: a line for each object, and under one that changed what of it.
fn listed(comparison: &Comparison, renames: &[Rename]) -> String {
    let mut text = String::new();
    for one in renames {
        let _ = writeln!(text, "> {} {} is now {}", kind(&one.from), clean(&dotted(&one.from)), clean(&one.to.name));
    }
    // A part of what is new or gone is part of that.
    let whole: HashSet<(Option<&str>, &str)> = comparison
        .differences
        .iter()
        .filter(|one| !matches!(one.what, What::Changed { .. }) && one.key.kind == ObjectKind::Relation)
        .map(|one| (one.key.schema.as_deref(), one.key.name.as_str()))
        .collect();
    let within = |key: &ObjectKey| {
        matches!(key.kind, ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy)
            && key.signature.as_deref().is_some_and(|table| whole.contains(&(key.schema.as_deref(), table)))
    };
    for one in comparison.differences.iter().filter(|one| !within(&one.key)) {
        let sign = match &one.what {
            What::Added => '+',
            What::Removed => '-',
            What::Changed { .. } => '~',
        };
        let _ = writeln!(text, "{sign} {} {}", kind(&one.key), clean(&dotted(&one.key)));
        let What::Changed { facets, .. } = &one.what else { continue };
        for facet in facets {
            for (sign, side) in [('-', &facet.before), ('+', &facet.after)] {
                if let Some(side) = side {
                    let side = clean(side).replace('\n', "\n        ");
                    let _ = writeln!(text, "    {sign} {}: {side}", facet.name);
                }
            }
        }
    }
    if text.is_empty() { "Nothing differs.\n".to_owned() } else { text }
}
