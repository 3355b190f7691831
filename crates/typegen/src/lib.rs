//! A database's relations as types of other languages: TypeScript interfaces, tables of Kysely and Drizzle, Prisma's schema, Zod's
//! schemas, structs of Rust for sqlx.
//!
//! [`Model::of`] reads a catalog once into what all of them need; [`write`] says it in a language. What is written ends with a
//! [description](Description) of itself, so that [`compare`] tells later what changed and what of that breaks code.
//!
//! A type says what a library hands over, not what would be nice: a 64-bit integer or a decimal is never a JavaScript number where
//! that can be had otherwise. Pure over `catalog`: it knows no server and no file.
//!
//! ```
//! use catalog::{Catalog, Column, Known, Relation, RelationKind, Schema, facts::Engine};
//! use typegen::{Choice, Language, Model};
//!
//! let mut catalog = Catalog::default();
//! let schema = catalog.push_schema(Schema::named("public"));
//! let orders = catalog.push_relation(Relation::new(schema, "orders", RelationKind::Table));
//! catalog.columns.push(Column { nullable: Known::Value(false), ..Column::new(orders, 1, "id", "bigint") });
//! catalog.seal();
//! let model = Model::of(&catalog, &Choice { engine: Engine::Postgres, schemas: None });
//! let text = typegen::write(&model, Language::TypeScript);
//! assert!(text.contains("export interface OrdersRow {\n  id: string;\n}"));
//! ```
#![deny(missing_docs)]

mod compare;
mod description;
mod drizzle;
mod javascript;
mod kysely;
mod model;
mod names;
mod native;
mod prisma;
mod rust;
#[cfg(test)]
mod tests;
mod typescript;
mod zod;

pub use compare::{Change, Comparison, Effect, Outdated, compare};
pub use description::{Description, Undescribed};
pub use model::{Choice, Column, Composite, Enumeration, Given, Key, Model, Name, Reference, Relation, Scalar, Type};

/// What types are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Interfaces of TypeScript for rows, inserts and updates.
    #[serde(rename = "typescript")]
    TypeScript,
    /// The database of Kysely: <https://kysely.dev/docs/getting-started#types>.
    Kysely,
    /// Tables of Drizzle: <https://orm.drizzle.team/docs/sql-schema-declaration>.
    Drizzle,
    /// Models of Prisma: <https://www.prisma.io/docs/orm/reference/prisma-schema-reference>.
    Prisma,
    /// Schemas of Zod 4: <https://zod.dev/api>.
    Zod,
    /// Structs of Rust that sqlx reads rows into: <https://docs.rs/sqlx/latest/sqlx/trait.FromRow.html>.
    Rust,
}

/// The types of a database in a language, the same text for the same database.
pub fn write(model: &Model, language: Language) -> String {
    let mut text = match language {
        Language::TypeScript => typescript::write(model),
        Language::Kysely => kysely::write(model),
        Language::Drizzle => drizzle::write(model),
        Language::Prisma => prisma::write(model),
        Language::Zod => zod::write(model),
        Language::Rust => rust::write(model),
    };
    text.push('\n');
    text.push_str(&Description::of(model, language).lines());
    text
}
