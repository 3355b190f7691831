//! The texts of rows that queries of ours give.

/// Rows, cell by cell.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// The cells of a row, from left to right.
pub(crate) struct Row(std::vec::IntoIter<Option<String>>);

impl Row {
    pub(crate) fn new(cells: Vec<Option<String>>) -> Self {
        Row(cells.into_iter())
    }

    /// Empty for NULL, which this server's empty text is too.
    pub(crate) fn text(&mut self) -> String {
        self.0.next().flatten().unwrap_or_default()
    }

    pub(crate) fn some(&mut self) -> Option<String> {
        self.0.next().flatten().filter(|text| !text.is_empty())
    }

    pub(crate) fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.0.next().flatten().and_then(|text| text.trim().parse().ok())
    }

    /// Whether it is that word.
    pub(crate) fn is(&mut self, word: &str) -> bool {
        self.text() == word
    }
}
