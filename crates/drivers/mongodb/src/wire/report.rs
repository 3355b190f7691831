//! The server's refusals.

use crate::bson;

/// What the server said of a command it refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Its number for it, 0 where it gave none.
    pub code: i32,
    /// Its name for it.
    pub name: String,
    /// Its message.
    pub message: String,
    /// Labels such as `TransientTransactionError`.
    pub labels: Vec<String>,
    /// More of it, as a raw document.
    pub info: Option<Vec<u8>>,
}

impl Report {
    /// The refusal in a reply; `None` where the command was done.
    pub fn of(reply: &[u8]) -> Option<Report> {
        if bson::get(reply, "ok").is_some_and(|ok| ok.truth()) {
            return None;
        }
        Some(Report::read(reply))
    }

    /// The fields of an error document, of a reply or of a write.
    pub fn read(document: &[u8]) -> Report {
        let text = |name: &str| bson::get(document, name).and_then(|field| field.text().map(|text| text.into_owned()));
        let labels = bson::get(document, "errorLabels");
        let labels = labels.as_ref().and_then(bson::Element::document).and_then(|labels| bson::elements(labels).ok());
        let code = bson::get(document, "code").and_then(|code| code.integer());
        Report {
            code: code.and_then(|code| i32::try_from(code).ok()).unwrap_or_default(),
            name: text("codeName").unwrap_or_default(),
            message: text("errmsg").or_else(|| text("$err")).unwrap_or_default(),
            labels: labels.into_iter().flatten().filter_map(|label| Some(label.ok()?.text()?.into_owned())).collect(),
            info: bson::get(document, "errInfo").and_then(|info| info.document().map(<[u8]>::to_vec)),
        }
    }
}
