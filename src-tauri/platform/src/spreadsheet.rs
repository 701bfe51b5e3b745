//! CSV as exports write it: RFC 4180, UTF-8, and safe in a spreadsheet (D51).

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use crate::refusal::Refusal;

/// The media type of every CSV file.
pub(crate) const CSV: &str = "text/csv; charset=utf-8; header=present";

/// Lines of a file, held in memory until they are taken.
pub(crate) struct Sheet {
    writer: Writer<Vec<u8>>,
}

impl Sheet {
    /// No lines yet.
    pub(crate) fn new() -> Self {
        let mut builder = WriterBuilder::new();
        builder.terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).flexible(true);
        Self { writer: builder.from_writer(Vec::new()) }
    }

    /// A cell. What a spreadsheet would read as a formula is made text.
    pub(crate) fn cell(&mut self, text: &str) -> Result<&mut Self, Refusal> {
        let written = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            self.writer.write_field(format!("'{text}"))
        } else {
            self.writer.write_field(text)
        };
        written.map_err(cannot_write)?;
        Ok(self)
    }

    /// A number, which is no formula however it begins.
    pub(crate) fn number(&mut self, number: impl std::fmt::Display) -> Result<&mut Self, Refusal> {
        self.writer.write_field(number.to_string()).map_err(cannot_write)?;
        Ok(self)
    }

    /// The end of the line.
    pub(crate) fn end(&mut self) -> Result<(), Refusal> {
        self.writer.write_record(None::<&[u8]>).map_err(cannot_write)
    }

    /// A line of cells.
    pub(crate) fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
        for cell in cells {
            self.cell(cell)?;
        }
        self.end()
    }

    /// The lines.
    pub(crate) fn into_bytes(self) -> Result<Vec<u8>, Refusal> {
        self.writer.into_inner().map_err(|error| cannot_write(error.into_error().into()))
    }
}

fn cannot_write(error: csv::Error) -> Refusal {
    tracing::error!(%error, "cannot write CSV");
    Refusal::Internal
}

#[cfg(test)]
mod tests {
    use super::Sheet;

    #[test]
    fn d51_formulas_become_text_and_lines_end_in_crlf() {
        for cell in ["=1+1", "+1", "-1", "@a", "\ta", "\ra"] {
            let mut sheet = Sheet::new();
            sheet.line([cell, "x"]).expect("writes");
            let text = String::from_utf8(sheet.into_bytes().expect("writes")).expect("is UTF-8");
            assert!(text.trim_start_matches('"').starts_with(&format!("'{cell}")), "{text}");
        }
        let mut sheet = Sheet::new();
        sheet.line(["a,b", "say \"hi\"", ""]).expect("writes");
        sheet.number(-1).expect("writes").cell("two\nlines").expect("writes").end().expect("writes");
        let text = String::from_utf8(sheet.into_bytes().expect("writes")).expect("is UTF-8");
        assert_eq!(text, "\"a,b\",\"say \"\"hi\"\"\",\r\n-1,\"two\nlines\"\r\n");
    }
}
