//! Definition texts: the statements that would make an object again, rendered by the server wherever it can.
//!
//! Names are qualified, owners and privileges are left out. A table comes with its columns and constraints, then its indexes,
//! foreign keys, triggers, policies, row-security switches and comments.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use catalog::{ObjectKey, ObjectKind};
use driver::{Code, Ddl, Error};

use crate::{
    catalog::rows::array_with_nulls,
    control::{ControlSession, Failure},
    queries,
};

/// Definition texts over the control session.
pub struct Definitions {
    session: Arc<ControlSession>,
    version: u32,
}

impl Definitions {
    /// For a server of this version (`180004`).
    pub(crate) fn new(session: Arc<ControlSession>, version: u32) -> Self {
        Definitions { session, version }
    }

    fn at(&self, text: &'static str) -> Cow<'static, str> {
        queries::at(text, self.version)
    }

    /// What the server says of each of some objects, all of them the same question's.
    async fn ask(&self, question: Question, objects: &[Object<'_>]) -> Result<Vec<Vec<Row>>, Failure> {
        let values = [
            Some(array_with_nulls(objects.iter().map(|object| object.schema))),
            Some(array_with_nulls(objects.iter().map(|object| Some(object.name)))),
            (question == Question::Routines).then(|| array_with_nulls(objects.iter().map(|object| object.arguments))),
        ];
        let values: Vec<Option<&str>> = values.iter().filter(|value| value.is_some()).map(Option::as_deref).collect();
        let rows = self.session.query(&self.at(question.text()), &values).await?;
        let mut said: Vec<Vec<Row>> = objects.iter().map(|_| Vec::new()).collect();
        for row in rows.iter() {
            let place = row.int(0).and_then(|number| usize::try_from(number - 1).ok());
            if let Some(rows) = place.and_then(|place| said.get_mut(place)) {
                rows.push((1..=question.columns()).map(|column| row.string(column)).collect());
            }
        }
        Ok(said)
    }

    /// The statements of a query whose columns each hold one, the first of which is the object itself.
    async fn columns(&self, text: &str, values: &[Option<&str>], columns: usize) -> Result<Vec<String>, Error> {
        let rows = self.session.query(text, values).await?;
        let rows: Vec<Row> = rows.iter().map(|row| (0..columns).map(|column| row.string(column)).collect()).collect();
        each(&rows)
    }

    async fn statements(&self, key: &ObjectKey) -> Result<Vec<String>, Error> {
        if let Some((question, object)) = about(key) {
            let said = self.ask(question, &[object]).await?;
            return question.statements(key, said.first().map(Vec::as_slice).unwrap_or_default());
        }
        let (schema, name) = (key.schema.as_deref(), Some(key.name.as_str()));
        match key.kind {
            ObjectKind::Index => {
                let rows =
                    self.session.query(&self.at(include_str!("queries/definition_index.sql")), &[schema, name]).await?;
                let Some(relation) = rows.first().and_then(|row| row.string(0)) else { return Ok(Vec::new()) };
                let object = Object { schema, name: &relation, arguments: None };
                let said = self.ask(Question::Relations, &[object]).await?;
                Question::Relations.statements(key, said.first().map(Vec::as_slice).unwrap_or_default())
            }
            ObjectKind::Schema => {
                self.columns(&self.at(include_str!("queries/definition_schema.sql")), &[name], 2).await
            }
            ObjectKind::Extension => {
                self.columns(&self.at(include_str!("queries/definition_extension.sql")), &[name], 1).await
            }
            ObjectKind::Publication => {
                self.columns(&self.at(include_str!("queries/definition_publication.sql")), &[name], 2).await
            }
            ObjectKind::EventTrigger => {
                self.columns(&self.at(include_str!("queries/definition_event_trigger.sql")), &[name], 3).await
            }
            ObjectKind::Role => self.columns(&self.at(include_str!("queries/definition_role.sql")), &[name], 1).await,
            ObjectKind::Relation
            | ObjectKind::Constraint
            | ObjectKind::Trigger
            | ObjectKind::Policy
            | ObjectKind::Routine
            | ObjectKind::Type
            | ObjectKind::Sequence
            | ObjectKind::Database
            | ObjectKind::Column
            | ObjectKind::Event => {
                Err(Error::new(Code::Unsupported, "There is no definition text for objects of this kind."))
            }
        }
    }

    /// The texts of some of the keys, all of them the same question's, each into its place.
    ///
    /// One object can have the server refuse the whole question: it goes while it is asked about, or somebody holds a lock on
    /// it. So what was refused is asked in halves, until that object is alone.
    async fn texts(
        &self,
        question: Question,
        asked: &[(usize, &ObjectKey, Object<'_>)],
        texts: &mut [Option<Arc<str>>],
    ) -> Result<(), Error> {
        let mut left: Vec<_> = asked.chunks(AT_ONCE).rev().collect();
        while let Some(some) = left.pop() {
            // The parts of a relation share its answer, and no relation is asked for twice.
            let mut places: BTreeMap<Object<'_>, usize> = some.iter().map(|(_, _, object)| (*object, 0)).collect();
            places.values_mut().enumerate().for_each(|(number, place)| *place = number);
            let objects: Vec<Object<'_>> = places.keys().copied().collect();
            let said = match self.ask(question, &objects).await {
                Ok(said) => said,
                Err(Failure::Refused(report)) if !report.is_fatal() => {
                    if some.len() > 1 {
                        let (first, second) = some.split_at(some.len() / 2);
                        left.extend([second, first]);
                        continue;
                    }
                    match Error::from(Failure::Refused(report)) {
                        error if is_about_it(&error) => continue,
                        error => return Err(error),
                    }
                }
                Err(failure) => return Err(failure.into()),
            };
            for (number, key, object) in some {
                let rows = places.get(object).and_then(|place| said.get(*place)).map(Vec::as_slice).unwrap_or_default();
                if let (Some(text), Ok(statements)) = (texts.get_mut(*number), question.statements(key, rows)) {
                    *text = joined(&statements);
                }
            }
        }
        Ok(())
    }
}

/// How many objects are asked for at once: the server holds a lock on each until it has answered, and others may want to ask
/// something in between.
const AT_ONCE: usize = 250;

/// A question about many objects at once. Its rows begin with the place of the object among those asked for, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Relations,
    Routines,
    Types,
    Sequences,
}

/// What a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object<'a> {
    schema: Option<&'a str>,
    name: &'a str,
    /// A routine's.
    arguments: Option<&'a str>,
}

/// What the server said of an object in one row.
type Row = Vec<Option<String>>;

/// The question that tells the text of this object, and what to ask for.
fn about(key: &ObjectKey) -> Option<(Question, Object<'_>)> {
    let object = Object { schema: key.schema.as_deref(), name: &key.name, arguments: None };
    Some(match key.kind {
        ObjectKind::Relation => (Question::Relations, object),
        ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy => {
            (Question::Relations, Object { name: key.signature.as_deref().unwrap_or_default(), ..object })
        }
        ObjectKind::Routine => (Question::Routines, Object { arguments: key.signature.as_deref(), ..object }),
        ObjectKind::Type => (Question::Types, object),
        ObjectKind::Sequence => (Question::Sequences, object),
        _ => return None,
    })
}

impl Question {
    const ALL: [Question; 4] = [Question::Relations, Question::Routines, Question::Types, Question::Sequences];

    fn text(self) -> &'static str {
        match self {
            Question::Relations => include_str!("queries/definition_relation.sql"),
            Question::Routines => include_str!("queries/definition_routine.sql"),
            Question::Types => include_str!("queries/definition_type.sql"),
            Question::Sequences => include_str!("queries/definition_sequence.sql"),
        }
    }

    /// Behind the place of the object.
    fn columns(self) -> usize {
        match self {
            Question::Relations => 4,
            Question::Routines | Question::Types => 2,
            Question::Sequences => 3,
        }
    }

    /// The statements about this object among what the server said.
    fn statements(self, key: &ObjectKey, rows: &[Row]) -> Result<Vec<String>, Error> {
        if self != Question::Relations {
            return each(rows);
        }
        let part = match key.kind {
            ObjectKind::Constraint => Some("constraint"),
            ObjectKind::Trigger => Some("trigger"),
            ObjectKind::Policy => Some("policy"),
            ObjectKind::Index => Some("index"),
            _ => None,
        };
        let statement = |row: &Row| {
            let [place, kind, object, statement] = row.as_slice() else { return None };
            let wanted = match part {
                None => place.as_deref() != Some("0"),
                Some(part) => kind.as_deref() == Some(part) && object.as_ref() == Some(&key.name),
            };
            statement.clone().filter(|_| wanted)
        };
        Ok(rows.iter().filter_map(statement).collect())
    }
}

/// The statements of rows whose columns each hold one, the first of which is the object itself.
fn each(rows: &[Row]) -> Result<Vec<String>, Error> {
    if rows.first().is_some_and(|row| row.first().is_none_or(Option::is_none)) {
        return Err(Error::new(Code::Unsupported, "The server has no definition text for this object."));
    }
    Ok(rows.iter().flatten().flatten().cloned().collect())
}

/// The text of these statements; nothing where there are none.
fn joined(statements: &[String]) -> Option<Arc<str>> {
    let texts: Vec<String> = statements.iter().map(|statement| format!("{};\n", statement.trim_end())).collect();
    (!texts.is_empty()).then(|| texts.join("\n").into())
}

/// Whether a refusal of the question about one object is about that object.
fn is_about_it(error: &Error) -> bool {
    // What went while it was asked about is a failed look-up, an internal error of the server.
    error.is_about_one_object() || error.code == Code::Internal
}

#[async_trait]
impl Ddl for Definitions {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        joined(&self.statements(key).await?).ok_or_else(|| {
            Error::new(Code::NotFound, format!("“{}” does not exist any more.", key.name))
                .with_hint("Refresh the catalog.")
        })
    }

    async fn definitions(&self, keys: &[ObjectKey]) -> Result<Vec<(ObjectKey, Arc<str>)>, Error> {
        let mut texts = vec![None; keys.len()];
        for question in Question::ALL {
            let asked: Vec<_> = keys
                .iter()
                .enumerate()
                .filter_map(|(number, key)| Some((number, key, about(key).filter(|(own, _)| *own == question)?.1)))
                .collect();
            self.texts(question, &asked, &mut texts).await?;
        }
        for (key, text) in keys.iter().zip(&mut texts).filter(|(key, _)| about(key).is_none()) {
            match self.definition(key).await {
                Ok(found) => *text = Some(found),
                Err(error) if is_about_it(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(keys.iter().zip(texts).filter_map(|(key, text)| Some((key.clone(), text?))).collect())
    }
}
