//! Tables as kubectl prints them: upper-case headers, two spaces between columns.

use std::fmt;

use super::NONE;
use super::escape::escape;

/// A table; every cell is escaped when it is added.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with the given headers and no rows.
    pub fn new(headers: &[&str]) -> Self {
        let headers = headers.iter().map(|header| (*header).to_owned());
        Self {
            rows: vec![headers.collect()],
        }
    }

    /// Adds a row; an empty cell reads `<none>`.
    pub fn push<S: AsRef<str>>(&mut self, cells: &[S]) {
        let cells = cells.iter().map(|cell| match cell.as_ref() {
            "" => NONE.to_owned(),
            text => escape(text).into_owned(),
        });
        self.rows.push(cells.collect());
    }

    /// Whether it has nothing but headers.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }
}

impl fmt::Display for Table {
    /// Writes each row as a line; the last column is not padded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; n_columns];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for row in &self.rows {
            for (column, cell) in row.iter().enumerate() {
                if column + 1 == row.len() {
                    writeln!(f, "{cell}")?;
                } else {
                    write!(f, "{cell:<width$}  ", width = widths[column])?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn columns_line_up_and_nothing_steers_the_terminal() {
        let mut table = Table::new(&["NAME", "OWNER", "NODES"]);
        table.push(&["eu-payments-prod-1", "", "12"]);
        table.push(&["über", "team\u{1b}[2J", "3"]);
        expect![[r#"
            NAME                OWNER          NODES
            eu-payments-prod-1  <none>         12
            über                team\u{1b}[2J  3
        "#]]
        .assert_eq(&table.to_string());
    }
}
