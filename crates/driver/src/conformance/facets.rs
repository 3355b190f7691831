//! Every offered facet works.

use std::collections::BTreeSet;

use catalog::Scope;

use super::{
    Verdict,
    bench::{Bench, cell, check, fail, offered, unexpected},
};
use crate::{
    Capabilities, PageRequest, Role, Statement,
    documents::{DOCUMENT, TextStyle},
};

pub(super) async fn catalog(bench: &Bench<'_>) -> Result<(), Verdict> {
    let connection = bench.connect().await?;
    let control = connection.control();
    let catalog = control.catalog(&Scope::default()).await.map_err(|error| unexpected("catalog", &error))?;
    let Ok(paging) = &bench.texts().paging else { return Ok(()) };
    let (_other, session) = bench.session().await?;
    for text in &paging.setup {
        drop(bench.finish(session.run(Statement::new(text.as_str()))).await?);
    }
    let key = &paging.relation;
    let catalog = match catalog.find_relation(key.schema.as_deref(), &key.name) {
        Some(_) => catalog,
        None => control.catalog(&Scope::default()).await.map_err(|error| unexpected("catalog", &error))?,
    };
    let Some(id) = catalog.find_relation(key.schema.as_deref(), &key.name) else {
        return fail(format!("{} is not in the catalog", key.name));
    };
    check(catalog.relation(id).is_some_and(|relation| !relation.columns().is_empty()), || {
        format!("{} has no columns in the catalog", key.name)
    })
}

pub(super) async fn scan(bench: &Bench<'_>) -> Result<(), Verdict> {
    let connection = bench.connect().await?;
    let control = connection.control();
    let Some(scan) = control.scan() else {
        check(!Capabilities::of(control).scan, || "offered but not there".to_owned())?;
        return Err(Verdict::Absent("no scan facet".to_owned()));
    };
    check(Capabilities::of(control).scan, || "there but not offered".to_owned())?;
    let paging = offered(&bench.texts().paging)?;
    let session = connection.open(Role::Browse).await.map_err(|error| unexpected("open", &error))?;
    for text in &paging.setup {
        drop(bench.finish(session.run(Statement::new(text.as_str()))).await?);
    }
    let key = &paging.relation;
    let scope = Scope::relation(key.schema.as_deref(), &key.name);
    let catalog = control.catalog(&scope).await.map_err(|error| unexpected("catalog", &error))?;
    let limit = u32::try_from(paging.rows / 3 + 1).unwrap_or(u32::MAX);
    let (mut seen, mut after) = (BTreeSet::new(), None);
    let mut offset = 0;
    loop {
        let request = PageRequest {
            relation: key.clone(),
            filters: Vec::new(),
            sort: Vec::new(),
            after: after.take(),
            offset,
            limit,
        };
        let page = scan.page(&catalog, &request).map_err(|error| unexpected("page", &error))?;
        let finished = bench.succeed(&*session, page.statement).await?;
        let Some(set) = finished.sets.first() else { return fail("a page without a head") };
        let mut rows = 0;
        for batch in &set.batches {
            for row in 0..batch.num_rows() {
                let mut texts = Vec::new();
                for column in &page.key {
                    let text = cell(batch, row, *column)?;
                    // A document's key is its text: its bytes are none.
                    let form = bench.subject.driver().documents().filter(|_| is_document(&set.schema, *column));
                    texts.push(text.map(|bytes| match form {
                        Some(form) => form.text(DOCUMENT, &bytes, TextStyle::Canonical, false),
                        None => String::from_utf8_lossy(&bytes).into_owned(),
                    }));
                }
                check(page.key.is_empty() || seen.insert(texts.clone()), || format!("{texts:?} was read twice"))?;
                after = Some(texts);
                rows += 1;
            }
        }
        offset += rows;
        check(rows <= u64::from(limit), || format!("{rows} rows on a page of {limit}"))?;
        if rows < u64::from(limit) {
            break;
        }
        check(offset <= paging.rows, || "the pages do not end".to_owned())?;
    }
    check(offset == paging.rows, || format!("{offset} rows on all pages instead of {}", paging.rows))?;
    let count = scan.count(&catalog, key, &[]).map_err(|error| unexpected("count", &error))?;
    let counted = bench.scalar(&*session, &count.text).await?;
    check(counted == Some(paging.rows.to_string()), || format!("counted {counted:?} instead of {}", paging.rows))
}

fn is_document(schema: &arrow_schema::Schema, column: usize) -> bool {
    schema.fields().get(column).is_some_and(|field| crate::arrow::native_type(field) == DOCUMENT)
}

pub(super) async fn ddl(bench: &Bench<'_>) -> Result<(), Verdict> {
    let connection = bench.connect().await?;
    let control = connection.control();
    let Some(ddl) = control.ddl() else {
        check(!Capabilities::of(control).ddl, || "offered but not there".to_owned())?;
        return Err(Verdict::Absent("no definition facet".to_owned()));
    };
    check(Capabilities::of(control).ddl, || "there but not offered".to_owned())?;
    let (key, words) = offered(&bench.texts().definition)?;
    let text = ddl.definition(key).await.map_err(|error| unexpected("definition", &error))?;
    check(text.contains(words.as_str()), || format!("{words:?} is not in {text:?}"))?;
    let missing = catalog::ObjectKey { name: format!("{}_not_there", key.name), ..key.clone() };
    check(ddl.definition(&missing).await.is_err(), || "an object that is not there has a text".to_owned())
}

pub(super) async fn definitions(bench: &Bench<'_>) -> Result<(), Verdict> {
    let connection = bench.connect().await?;
    let Some(ddl) = connection.control().ddl() else {
        return Err(Verdict::Absent("no definition facet".to_owned()));
    };
    let (key, _) = offered(&bench.texts().definition)?;
    let text = ddl.definition(key).await.map_err(|error| unexpected("definition", &error))?;
    let missing = catalog::ObjectKey { name: format!("{} that is not there", key.name), ..key.clone() };
    let keys = [key.clone(), missing, key.clone()];
    let found = ddl.definitions(&keys).await.map_err(|error| unexpected("definitions", &error))?;
    let wanted = [(key.clone(), text.clone()), (key.clone(), text)];
    check(found == wanted, || format!("not the text that is there alone, twice: {found:?}"))?;
    let none = ddl.definitions(&[]).await.map_err(|error| unexpected("definitions", &error))?;
    check(none.is_empty(), || format!("texts that nobody asked for: {none:?}"))
}
