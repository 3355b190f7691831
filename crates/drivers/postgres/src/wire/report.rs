//! ErrorResponse and NoticeResponse, field by field.

use super::{
    Violation,
    frame::{Reader, lossy},
};

/// Every field of an error or a notice. Texts are decoded lossily: before the login they come in the server's locale.
///
/// # Source
/// <https://www.postgresql.org/docs/current/protocol-error-fields.html>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// `S`: severity, possibly translated.
    pub severity: String,
    /// `V`: severity, never translated (9.6 and later).
    pub severity_plain: Option<String>,
    /// `C`: SQLSTATE.
    pub code: String,
    /// `M`: the message.
    pub message: String,
    /// `D`: more detail.
    pub detail: Option<String>,
    /// `H`: what to do.
    pub hint: Option<String>,
    /// `P`: where in the query as sent, in characters from 1.
    pub position: Option<u32>,
    /// `p`: where in the internal query, in characters from 1.
    pub internal_position: Option<u32>,
    /// `q`: the query a function ran.
    pub internal_query: Option<String>,
    /// `W`: the call stack.
    pub context: Option<String>,
    /// `s`: schema concerned.
    pub schema: Option<String>,
    /// `t`: table concerned.
    pub table: Option<String>,
    /// `c`: column concerned.
    pub column: Option<String>,
    /// `d`: data type concerned.
    pub data_type: Option<String>,
    /// `n`: constraint concerned.
    pub constraint: Option<String>,
    /// `F`: source file.
    pub file: Option<String>,
    /// `L`: source line.
    pub line: Option<String>,
    /// `R`: source routine.
    pub routine: Option<String>,
}

impl Report {
    pub(crate) fn read(tag: u8, body: &[u8]) -> Result<Report, Violation> {
        let mut reader = Reader::new(tag, body);
        let mut report = Report::default();
        loop {
            let field = reader.u8()?;
            if field == 0 {
                reader.end()?;
                return Ok(report);
            }
            let text = lossy(reader.cstr()?);
            match field {
                b'S' => report.severity = text,
                b'V' => report.severity_plain = Some(text),
                b'C' => report.code = text,
                b'M' => report.message = text,
                b'D' => report.detail = Some(text),
                b'H' => report.hint = Some(text),
                b'P' => report.position = text.parse().ok(),
                b'p' => report.internal_position = text.parse().ok(),
                b'q' => report.internal_query = Some(text),
                b'W' => report.context = Some(text),
                b's' => report.schema = Some(text),
                b't' => report.table = Some(text),
                b'c' => report.column = Some(text),
                b'd' => report.data_type = Some(text),
                b'n' => report.constraint = Some(text),
                b'F' => report.file = Some(text),
                b'L' => report.line = Some(text),
                b'R' => report.routine = Some(text),
                // New kinds may come: the protocol says to ignore them.
                _ => {}
            }
        }
    }

    /// The severity in English, whatever the server's language.
    pub fn plain_severity(&self) -> &str {
        self.severity_plain.as_deref().unwrap_or(&self.severity)
    }

    /// Whether the server ends the connection after it.
    pub fn is_fatal(&self) -> bool {
        matches!(self.plain_severity(), "FATAL" | "PANIC")
    }
}
