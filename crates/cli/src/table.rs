//! Small tables for people: lists of a few rows that are known whole.

use unicode_width::UnicodeWidthStr;

use crate::say::clean;

/// Rows under their heads, aligned; without trailing blanks.
pub(crate) fn aligned(heads: &[&str], rows: &[Vec<String>]) -> String {
    let flat = |text: &str| clean(text).replace(['\n', '\t'], " ");
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| flat(cell)).collect()).collect();
    let mut widths: Vec<usize> = heads.iter().map(|head| head.width()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let mut out = String::new();
    for row in std::iter::once(&heads).chain(&rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        let rows = [vec!["漢字".to_owned(), "b".to_owned()], vec!["a".to_owned(), String::new()]];
        assert_eq!(aligned(&["NAME", "TO"], &rows), "NAME  TO\n漢字  b\na\n");
    }
}
