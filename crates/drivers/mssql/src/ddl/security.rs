//! Security policies in definition texts: those of a table behind it, and behind a function that predicates call what changes it.

use driver::Error;
use policy::sqlserver::{Name, Security};

use super::Definitions;
use crate::policies::{QUESTIONS, read};

/// There are no such views: the server is older than 2016.
const NO_SUCH_OBJECT: i32 = 208;

impl Definitions {
    /// Row security of the database; nothing where the server has none, the reason where it cannot be read.
    async fn security(&self) -> Result<Option<Result<Security, String>>, Error> {
        let mut answers = Vec::with_capacity(QUESTIONS.len());
        for question in QUESTIONS {
            match self.session.query(question).await {
                Ok(rows) => answers.push(rows),
                Err(failure) if failure.number() == NO_SUCH_OBJECT => return Ok(None),
                Err(failure) => return Err(failure.into()),
            }
        }
        let (functions, predicates) = (answers.pop().unwrap_or_default(), answers.pop().unwrap_or_default());
        if predicates.is_empty() {
            return Ok(None);
        }
        Ok(Some(read(Vec::new(), predicates, functions).map_err(|error| error.to_string())))
    }

    /// The policies of a table with the functions that they call, each as its own script.
    pub(super) async fn policies_of(&self, schema: &str, name: &str) -> Result<Vec<String>, Error> {
        let table = Name::new(schema, name);
        let mut security = match self.security().await? {
            None => return Ok(Vec::new()),
            Some(Err(reason)) => return Ok(vec![remark(&format!("Security policies are not shown: {reason}."))]),
            Some(Ok(security)) => security,
        };
        security.policies.retain(|policy| policy.predicates.iter().any(|predicate| predicate.table == table));
        if security.policies.is_empty() {
            return Ok(Vec::new());
        }
        let called = |function: &Name| {
            security.policies.iter().flat_map(|policy| &policy.predicates).any(|one| one.function == *function)
        };
        let functions = security.functions.iter().filter(|function| called(&function.name)).cloned().collect();
        let security = Security { functions, ..security.clone() };
        Ok(vec![match security.script() {
            Ok(script) => script.trim_end().trim_end_matches("GO").trim_end().to_owned(),
            Err(refusal) => remark(&format!("Security policies are not shown: {refusal}.")),
        }])
    }

    /// What changes a function that predicates call, as a remark: by itself it cannot be altered.
    pub(super) async fn altered(&self, schema: &str, name: &str, text: &str) -> Result<Option<String>, Error> {
        let function = Name::new(schema, name);
        let Some(Ok(security)) = self.security().await? else { return Ok(None) };
        let calls =
            |policy: &policy::sqlserver::SecurityPolicy| policy.predicates.iter().any(|one| one.function == function);
        if !security.policies.iter().any(calls) {
            return Ok(None);
        }
        let script = security.alter_function(&function, text);
        Ok(Some(remark(&format!(
            "Security policies call this function, so it cannot be altered by itself. This does it, and leaves no moment in \
             which every row is open:\n\n{script}"
        ))))
    }
}

/// Lines that do nothing.
fn remark(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("-- {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
