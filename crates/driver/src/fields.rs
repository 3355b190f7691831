//! The connect form, as data: the window and the CLI draw it without knowing the driver.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Secret;

/// One choice of a [`FieldKind::Choice`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is stored.
    pub value: &'static str,
    /// What is shown.
    pub label: &'static str,
    /// What it means, as a sentence, while it is chosen; it stands in place of [`Field::help`].
    pub help: Option<&'static str>,
}

/// How a field is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// A whole number.
    Number,
    /// A secret: goes to the keychain, never into the profile.
    Secret,
    /// A file on this computer.
    File,
    /// One of a few.
    Choice {
        /// The choices in order.
        choices: &'static [Choice],
    },
    /// Yes or no, stored as `true` or `false`.
    Switch,
}

/// Shown only while another field has one of these values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Visible {
    /// The other field's name.
    pub field: &'static str,
    /// The values that show this one.
    pub values: &'static [&'static str],
}

/// One field of the connect form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its key in [`crate::Profile::values`].
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// The section it stands in (`Server`, `TLS` …).
    pub section: &'static str,
    /// How it is entered.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Its value when left empty.
    pub default: Option<&'static str>,
    /// A hint inside the empty field.
    pub placeholder: Option<&'static str>,
    /// A sentence under it.
    pub help: Option<&'static str>,
    /// Whether it must be filled.
    pub required: bool,
    /// Stands on the same row as the field before it (host and port).
    pub joined: bool,
    /// When it is shown.
    pub visible: Option<Visible>,
}

impl Field {
    /// A plain text field.
    pub const fn text(name: &'static str, label: &'static str, section: &'static str) -> Self {
        Field {
            name,
            label,
            section,
            kind: FieldKind::Text,
            default: None,
            placeholder: None,
            help: None,
            required: false,
            joined: false,
            visible: None,
        }
    }
}

/// What a pasted URL says.
#[derive(Clone, Debug, Default)]
pub struct ParsedUrl {
    /// Values of [`Field`]s.
    pub values: BTreeMap<String, String>,
    /// The password that stood in it.
    pub secret: Option<Secret>,
    /// Parts that were not understood and are left out, as sentences.
    pub warnings: Vec<String>,
}
