//! How results are laid out: one column of whole documents.

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Schema, SchemaRef};
use driver::documents::DOCUMENT;

/// The schema of every result.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> =
        LazyLock::new(|| Arc::new(Schema::new(vec![driver::arrow::field(DOCUMENT, DataType::Binary, DOCUMENT)])));
    Arc::clone(&SCHEMA)
}
