//! Tables as text: what a spreadsheet, a logger or a telephone writes and calls CSV.

use std::path::{Path, PathBuf};

use csv_core::ReadRecordResult;

use crate::block::{BLOCK_ROWS, Block, Extremes, Faults, Layout, SessionNames, What, shortened};
use crate::clock::{self, DateOrder, NoTime};
use crate::error::TelemetryError;
use crate::mapping::{Header, Mapping};
use crate::number::{self, Cell};
use crate::pieces::{PIECE, Piece, Pieces};
use crate::plain::{Change, Reader};
use crate::text::{self, Meter, Text};

/// The longest record; a table of measurements has none that is near it.
const LONGEST_RECORD: usize = 1 << 20;
/// The most fields in a record.
const MOST_FIELDS: usize = 4096;
/// Lines among which the header is looked for.
const HEADER_WITHIN: usize = 30;
/// Rows on which decimal sign and form of time are decided.
const SAMPLE_ROWS: usize = 200;

/// How the time column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeRead {
    /// A number.
    Number,
    /// A date with its time of day.
    Text(Option<DateOrder>),
}

/// What decides how numbers and times are read before the first row is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given {
    /// Whether there is a decimal comma.
    pub decimal_comma: Option<bool>,
    /// In which order dates are written.
    pub date_order: Option<DateOrder>,
}

/// A text table whose header was found.
#[derive(Debug, Clone)]
pub struct Sniffed {
    /// Whether it is compressed.
    pub gzip: bool,
    /// Its encoding.
    pub encoding: &'static str,
    /// Its delimiter.
    pub delimiter: u8,
    /// The line of its header, from 1.
    pub header_line: u64,
    /// Its header.
    pub headers: Vec<Header>,
    /// The mapping that fits.
    pub mapping: Mapping,
    /// Whether numbers have a decimal comma; `None` if they can be read both ways.
    pub decimal_comma: Option<bool>,
    /// How time is read; `None` if day and month cannot be told apart.
    pub time: Option<TimeRead>,
}

/// Looks at the beginning of a text file.
pub fn sniff(
    path: &Path,
    gzip: bool,
    mappings: &Candidates<'_>,
    given: Given,
) -> Result<Sniffed, TelemetryError> {
    let cannot = |source| TelemetryError::Read {
        path: path.to_owned(),
        source,
    };
    let mut text = Text::open(path, gzip, false).map_err(cannot)?;
    let mut start = vec![0; PIECE];
    let len = text::fill(&mut text.reader, &mut start).map_err(|e| unreadable(path, gzip, e))?;
    start.truncate(len);
    let file = |problem: &str, fix: &str| TelemetryError::File {
        path: path.to_owned(),
        problem: problem.to_owned(),
        fix: fix.to_owned(),
    };
    if start.trim_ascii().is_empty() {
        return Err(file("nothing but blanks in it", "export the log again"));
    }
    if start.contains(&0) {
        return Err(file(
            "not a text file: it has zero bytes",
            "give the CSV or Parquet file that the logger exports",
        ));
    }
    if start.trim_ascii_start().starts_with(b"{") || start.trim_ascii_start().starts_with(b"[{") {
        return Err(file(
            "JSON, not a table",
            "export CSV, or convert it with one column per field",
        ));
    }
    let complete = len < PIECE;
    if !complete && !start.contains(&b'\n') && !start.contains(&b'\r') {
        return Err(file(
            "its first line is longer than 256 KiB",
            "export the table with one row a line",
        ));
    }
    let lines = lines(&start);
    let mut best: Option<(usize, u8, Vec<Header>, Mapping)> = None;
    let mut widest: Option<(usize, Vec<Header>)> = None;
    'search: for (number, line) in lines.iter().take(HEADER_WITHIN).enumerate() {
        for delimiter in [b',', b';', b'\t', b'|'] {
            let headers: Vec<Header> = split(line, delimiter)
                .iter()
                .map(|field| Header::new(field))
                .collect();
            if headers.len() < 2 || headers.len() > MOST_FIELDS {
                continue;
            }
            if widest.as_ref().is_none_or(|(most, _)| headers.len() > *most) && number < 5 {
                widest = Some((headers.len(), headers.clone()));
            }
            if let Some(mapping) = mappings.choose(&headers) {
                best = Some((number, delimiter, headers, mapping.clone()));
                break 'search;
            }
        }
    }
    let Some((number, delimiter, headers, mapping)) = best else {
        let headers = match widest {
            Some((_, headers)) => headers,
            None => lines
                .first()
                .map(|line| vec![Header::new(&shortened(line))])
                .unwrap_or_default(),
        };
        return Err(mappings.unrecognised(path, &headers));
    };
    let layout = Layout::new(&mapping.resolve(&headers), &headers);
    let last = lines.len().saturating_sub(usize::from(!complete));
    let rows: Vec<Vec<String>> = lines
        .get(number + 1..last)
        .unwrap_or_default()
        .iter()
        .take(SAMPLE_ROWS)
        .map(|line| split(line, delimiter))
        .collect();
    let decimal_comma = given
        .decimal_comma
        .map_or_else(|| decimal_comma(&rows, &layout), Some);
    let order = given.date_order.or(mapping.date_order);
    let times: Vec<&[u8]> = layout
        .time()
        .into_iter()
        .flat_map(|op| rows.iter().filter_map(|row| row.get(op.field)))
        .map(|value| value.as_bytes())
        .collect();
    let time = time_read(&times, decimal_comma.unwrap_or(false), order);
    Ok(Sniffed {
        gzip,
        encoding: text.encoding,
        delimiter,
        header_line: number as u64 + 1,
        headers,
        mapping,
        decimal_comma,
        time,
    })
}

/// The mappings that may be used.
pub struct Candidates<'a> {
    /// Them.
    pub mappings: &'a [Mapping],
    /// Whether there is one, and it was named, so that it need not recognise the file by itself.
    pub named: bool,
}

impl<'a> Candidates<'a> {
    /// The mapping that fits a header best.
    pub fn choose(&self, headers: &[Header]) -> Option<&'a Mapping> {
        self.mappings
            .iter()
            .filter(|mapping| self.named || mapping.recognises(headers))
            .map(|mapping| {
                let resolved = mapping.resolve(headers);
                let score = (
                    resolved.columns.len(),
                    usize::MAX - resolved.unknown.len(),
                    mapping.recognise.len(),
                );
                (score, mapping, usable(&resolved.columns))
            })
            .filter(|(_, _, usable)| *usable)
            .max_by_key(|(score, _, _)| *score)
            .map(|(_, mapping, _)| mapping)
    }

    /// That none fits, and which came closest.
    pub fn unrecognised(&self, path: &Path, headers: &[Header]) -> TelemetryError {
        let nearest = self
            .mappings
            .iter()
            .filter(|mapping| self.named || !mapping.recognise.is_empty())
            .filter(|mapping| self.named || !mapping.resolve(headers).columns.is_empty())
            .max_by_key(|mapping| {
                (
                    mapping.resolve(headers).columns.len(),
                    usize::MAX - mapping.misses(headers).len(),
                )
            })
            .map(|mapping| {
                let missing = if self.named {
                    let found = mapping.resolve(headers);
                    let has = |name: &str| found.columns.iter().any(|f| f.target.name() == name);
                    [
                        ("time", "time"),
                        ("pack_current", "current"),
                        ("pack_voltage", "pack or cell voltage"),
                    ]
                    .iter()
                    .filter(|(name, _)| !has(name))
                    .map(|(_, word)| (*word).to_owned())
                    .collect::<Vec<_>>()
                } else {
                    mapping.misses(headers).iter().map(|m| format!("{m:?}")).collect()
                };
                if missing.is_empty() {
                    return format!(
                        "Nearest is {:?}, which knows columns here but not enough: time, current and a voltage are needed. ",
                        mapping.name
                    );
                }
                format!(
                    "Nearest is {:?}, which misses {}. ",
                    mapping.name,
                    missing.join(", ")
                )
            })
            .unwrap_or_default();
        let mut columns: Vec<String> = headers.iter().take(12).map(|h| shortened(&h.written)).collect();
        if headers.len() > 12 {
            columns.push(format!("and {} more", headers.len() - 12));
        }
        TelemetryError::Unrecognised {
            path: path.to_owned(),
            columns,
            nearest,
        }
    }
}

/// Whether there is enough to read: time, current, and a voltage.
fn usable(columns: &[crate::mapping::Found]) -> bool {
    let has = |names: &[&str]| columns.iter().any(|found| names.contains(&found.target.name()));
    has(&["time"]) && has(&["pack_current"]) && has(&["pack_voltage", "cell", "cell_max", "cell_mean"])
}

/// Lines as text; what is not UTF-8 is read as Latin-1, which is what older spreadsheets write.
fn lines(bytes: &[u8]) -> Vec<String> {
    bytes
        .split(|byte| *byte == b'\n')
        .take(HEADER_WITHIN + SAMPLE_ROWS + 1)
        .map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match str::from_utf8(line) {
                Ok(text) => text.to_owned(),
                Err(_) => line.iter().map(|byte| char::from(*byte)).collect(),
            }
        })
        .collect()
}

/// Fields of a line, quotes taken off.
fn split(line: &str, delimiter: u8) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    for character in line.chars() {
        if character == '"' {
            quoted = !quoted;
        } else if character == char::from(delimiter) && !quoted {
            fields.push(std::mem::take(&mut field));
        } else {
            field.push(character);
        }
    }
    fields.push(field);
    fields
}

/// Whether numbers have a decimal comma: yes, no, or they could be read both ways.
fn decimal_comma(rows: &[Vec<String>], layout: &Layout) -> Option<bool> {
    let (mut commas, mut points, mut sure) = (0, 0, false);
    for row in rows {
        for op in layout
            .ops
            .iter()
            .filter(|op| !matches!(op.what, What::Vehicle | What::Session))
        {
            let Some(value) = row.get(op.field).map(|v| v.trim()) else {
                continue;
            };
            let number = value.trim_start_matches(['-', '+']);
            if number.is_empty()
                || !number
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b == b',' || b == b'.')
            {
                continue;
            }
            match (number.matches(',').count(), number.matches('.').count()) {
                (1, 0) => {
                    commas += 1;
                    let (whole, part) = number.split_once(',').unwrap_or_default();
                    // 3,725 may be 3.725 or 3725; nothing else with one comma may.
                    sure |= part.len() != 3 || whole.len() > 3 || whole.starts_with('0') || whole.is_empty();
                }
                (1, 1) if number.find(',') > number.find('.') => {
                    commas += 1;
                    sure = true;
                }
                (_, 1) => points += 1,
                _ => {}
            }
        }
    }
    match (commas, points) {
        (0, _) => Some(false),
        (_, 0) if sure => Some(true),
        (_, 0) => None,
        _ => Some(commas > points),
    }
}

/// How a time column is read, by some of its values; `None` if day and month cannot be told apart.
pub fn time_read(values: &[&[u8]], decimal_comma: bool, order: Option<DateOrder>) -> Option<TimeRead> {
    let values: Vec<&[u8]> = values
        .iter()
        .copied()
        .filter(|value| !matches!(number::cell(value, decimal_comma), Cell::Missing))
        .collect();
    let numbers = values
        .iter()
        .filter(|value| matches!(number::cell(value, decimal_comma), Cell::Number(_)))
        .count();
    if numbers * 2 >= values.len() {
        return Some(TimeRead::Number);
    }
    if order.is_some() {
        return Some(TimeRead::Text(order));
    }
    let readable = |order| {
        values
            .iter()
            .filter(|value| clock::civil(value, order).is_ok())
            .count()
    };
    let ambiguous = values
        .iter()
        .any(|value| clock::civil(value, None) == Err(NoTime::Ambiguous));
    if !ambiguous {
        return Some(TimeRead::Text(None));
    }
    let (day_first, month_first) = (
        readable(Some(DateOrder::DayFirst)),
        readable(Some(DateOrder::MonthFirst)),
    );
    match day_first.cmp(&month_first) {
        std::cmp::Ordering::Greater => Some(TimeRead::Text(Some(DateOrder::DayFirst))),
        std::cmp::Ordering::Less => Some(TimeRead::Text(Some(DateOrder::MonthFirst))),
        std::cmp::Ordering::Equal => None,
    }
}

fn unreadable(path: &Path, gzip: bool, source: std::io::Error) -> TelemetryError {
    if gzip {
        TelemetryError::File {
            path: path.to_owned(),
            problem: format!("the gzip stream is damaged or cut off: {source}"),
            fix: "copy the file again and compare its size with the original".into(),
        }
    } else {
        TelemetryError::Read {
            path: path.to_owned(),
            source,
        }
    }
}

/// Reads the rows of a text table.
///
/// Lines with nothing uncommon in them come as [`crate::plain::Plain`] rows; every other line goes through the CSV parser here.
pub struct Rows {
    path: PathBuf,
    gzip: bool,
    meter: Meter,
    pieces: Pieces,
    reader: Reader,
    piece: Piece,
    /// Up to where the piece was used.
    at: usize,
    /// How many of the piece's plain rows were taken.
    taken: usize,
    ended: bool,
    core: csv_core::Reader,
    record: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
    width: usize,
    header: Vec<u8>,
    row: u64,
    /// Whether the next row was seen before.
    held: bool,
    decimal_comma: bool,
    time: TimeRead,
    sessions: SessionNames,
    vehicle: Vec<u8>,
    extremes: Vec<Extremes>,
    /// What could not be read.
    pub faults: Faults,
}

impl Rows {
    /// Opens a table behind its header, to be read by so many threads beside the caller's.
    pub fn open(
        path: &Path,
        sniffed: &Sniffed,
        layout: &Layout,
        hash: bool,
        threads: usize,
    ) -> Result<Self, TelemetryError> {
        Self::in_pieces(path, sniffed, layout, hash, threads, PIECE, sniffed.headers.len())
    }

    /// Opens a table in pieces of so many bytes; only lines of so many fields are tried the quick way.
    fn in_pieces(
        path: &Path,
        sniffed: &Sniffed,
        layout: &Layout,
        hash: bool,
        threads: usize,
        size: usize,
        quick: usize,
    ) -> Result<Self, TelemetryError> {
        let cannot = |source| TelemetryError::Read {
            path: path.to_owned(),
            source,
        };
        let text = Text::open(path, sniffed.gzip, hash).map_err(cannot)?;
        let decimal_comma = sniffed.decimal_comma.unwrap_or(false);
        // Of dates that can be read two ways only the size is looked at; nothing is read before it is answered.
        let time = sniffed.time.unwrap_or(TimeRead::Text(Some(DateOrder::DayFirst)));
        let reader = Reader::new(layout, quick, sniffed.delimiter, decimal_comma, time);
        let mut rows = Self {
            path: path.to_owned(),
            gzip: sniffed.gzip,
            meter: text.meter,
            pieces: Pieces::new(text.reader, size, reader.clone()),
            reader,
            piece: Piece::default(),
            at: 0,
            taken: 0,
            ended: false,
            core: csv_core::ReaderBuilder::new()
                .delimiter(sniffed.delimiter)
                .build(),
            record: vec![0; 1 << 12],
            ends: vec![0; 64],
            fields: 0,
            width: sniffed.headers.len(),
            header: Vec::new(),
            row: sniffed.header_line,
            held: false,
            decimal_comma,
            time,
            sessions: SessionNames::default(),
            vehicle: Vec::new(),
            extremes: Vec::new(),
            faults: Faults {
                cells: vec![Default::default(); layout.ops.len()],
                ..Faults::default()
            },
        };
        rows.skip_lines(sniffed.header_line - 1)?;
        rows.next_record()?;
        rows.header = rows.record.get(..rows.record_len()).unwrap_or_default().to_vec();
        if threads > 0 && !rows.ended {
            let used = std::mem::take(&mut rows.at);
            rows.pieces = rows
                .pieces
                .go_ahead(threads, &mut rows.piece, used)
                .map_err(cannot)?;
        }
        Ok(rows)
    }

    /// Bytes of the file read so far.
    pub fn bytes(&self) -> u64 {
        self.meter.bytes()
    }

    /// SHA-256 of the file, once it was read to its end.
    pub fn sha256(&self) -> String {
        self.meter.sha256()
    }

    fn refill(&mut self) -> Result<(), TelemetryError> {
        self.at = 0;
        let more = self.pieces.next(&mut self.piece);
        self.ended = !more.map_err(|e| unreadable(&self.path, self.gzip, e))?;
        // A record may go on into the piece; its plain rows are none then.
        self.taken = self.piece.plain.len();
        Ok(())
    }

    fn skip_lines(&mut self, lines: u64) -> Result<(), TelemetryError> {
        for _ in 0..lines {
            loop {
                if self.at == self.piece.text().len() {
                    self.refill()?;
                }
                let waiting = self.piece.text().get(self.at..).unwrap_or_default();
                if let Some(end) = memchr::memchr(b'\n', waiting) {
                    self.at += end + 1;
                    break;
                }
                self.at = self.piece.text().len();
                if self.ended {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn record_len(&self) -> usize {
        match self.fields.checked_sub(1).and_then(|last| self.ends.get(last)) {
            Some(end) => *end,
            None => 0,
        }
    }

    /// Reads a record, with quotes or without, into `record` and `ends`; false at the end of the file.
    fn next_record(&mut self) -> Result<bool, TelemetryError> {
        let (mut out, mut fields) = (0, 0);
        loop {
            if self.at == self.piece.text().len() && !self.ended {
                self.refill()?;
            }
            let input = self.piece.text().get(self.at..).unwrap_or_default();
            let (Some(record), Some(ends)) = (self.record.get_mut(out..), self.ends.get_mut(fields..)) else {
                return Ok(false);
            };
            let (result, read, wrote, ended) = self.core.read_record(input, record, ends);
            self.at += read;
            out += wrote;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.record.len() < LONGEST_RECORD => {
                    self.record.resize(self.record.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < MOST_FIELDS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    let start = self.record.get(..80).unwrap_or_default();
                    return Err(TelemetryError::Row {
                        path: self.path.clone(),
                        row: self.row + 1,
                        column: "".into(),
                        value: shortened(&String::from_utf8_lossy(start)).into(),
                        problem: format!(
                            "longer than {LONGEST_RECORD} bytes or {MOST_FIELDS} fields; a quote may be open"
                        ),
                        fix: "export the table again with one row a line".into(),
                    });
                }
                ReadRecordResult::Record => {
                    // The parser ends a record at its carriage return and would pass over the newline behind it with the next
                    // record; but the next record may be read the quick way, from the beginning of its line on.
                    let text = self.piece.text();
                    let ended_by_return =
                        self.at.checked_sub(1).and_then(|last| text.get(last)) == Some(&b'\r');
                    if ended_by_return && text.get(self.at) == Some(&b'\n') {
                        self.at += 1;
                    }
                    self.fields = fields;
                    return Ok(true);
                }
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// Fills a block with rows of one vehicle; false if there are none left.
    pub fn next(&mut self, layout: &Layout, block: &mut Block) -> Result<bool, TelemetryError> {
        block.begin(layout);
        self.extremes.resize(layout.families.len(), Extremes::default());
        let vehicle_field = layout
            .ops
            .iter()
            .find(|op| op.what == What::Vehicle)
            .map(|op| op.field);
        let has_session = layout.ops.iter().any(|op| op.what == What::Session);
        while block.len() < BLOCK_ROWS {
            if self.plain_rows_wait()? {
                if self.take_plain(block) {
                    continue;
                }
                break;
            }
            if !std::mem::take(&mut self.held) {
                if !self.next_record()? {
                    break;
                }
                self.row += 1;
                self.faults.rows += 1;
                if self.fields != self.width && !self.fits()? {
                    continue;
                }
            }
            let (record, ends) = (self.record.as_slice(), self.ends.as_slice());
            let field = |place: usize| -> &[u8] {
                let start = match place.checked_sub(1) {
                    None => 0,
                    Some(before) => ends.get(before).copied().unwrap_or_default(),
                };
                let end = ends.get(place).copied().unwrap_or(start);
                record.get(start..end).unwrap_or_default()
            };
            if let Some(place) = vehicle_field {
                let name = field(place).trim_ascii();
                if !name.is_empty() && name != self.vehicle.as_slice() {
                    if block.len() > 0 {
                        self.held = true;
                        break;
                    }
                    self.vehicle.clear();
                    self.vehicle.extend_from_slice(name);
                }
            }
            let mut time = f64::NAN;
            let mut session = 0;
            let mut time_text: &[u8] = &[];
            for op in layout.ops.iter() {
                if op.what == What::Time {
                    time_text = field(op.field);
                    time = match self.time {
                        TimeRead::Number => match number::cell(time_text, self.decimal_comma) {
                            Cell::Number(value) => value,
                            _ => f64::NAN,
                        },
                        TimeRead::Text(order) => match clock::civil(time_text, order) {
                            Ok(civil) => {
                                block.zoned += usize::from(civil.zoned);
                                civil.seconds
                            }
                            Err(_) => f64::NAN,
                        },
                    };
                }
            }
            if time.is_nan() {
                let fields = (0..self.width).flat_map(|place| field(place).iter());
                let repeated = self.fields == self.width && fields.eq(&self.header);
                if repeated {
                    self.faults.repeated_header += 1;
                    self.faults.rows -= 1;
                } else {
                    self.faults.no_time.note(self.row, time_text);
                }
                continue;
            }
            for (op, fault) in layout.ops.iter().zip(&mut self.faults.cells) {
                let value = match op.what {
                    What::Time | What::Vehicle => continue,
                    What::Session => {
                        session = self.sessions.number(field(op.field));
                        continue;
                    }
                    What::Slot(_) | What::Family(_) => {
                        match number::cell(field(op.field), self.decimal_comma) {
                            Cell::Number(value) => op.value(value),
                            Cell::Missing => f64::NAN,
                            Cell::Unreadable => {
                                fault.note(self.row, field(op.field));
                                f64::NAN
                            }
                        }
                    }
                };
                match op.what {
                    What::Slot(slot) => {
                        if let Some(column) = block.columns.get_mut(slot) {
                            column.push(value);
                        }
                    }
                    What::Family(family) => {
                        if let Some(extremes) = self.extremes.get_mut(family) {
                            extremes.take(value);
                        }
                    }
                    _ => {}
                }
            }
            for (extremes, family) in self.extremes.iter_mut().zip(&layout.families) {
                std::mem::take(extremes).put(*family, &mut block.columns);
            }
            block.rows.push(self.row);
            block.time.push(time);
            if has_session {
                block.session.push(session);
            }
        }
        self.faults.check(&self.path, layout)?;
        if !self.vehicle.is_empty() {
            block.vehicle = Some(String::from_utf8_lossy(&self.vehicle).into_owned());
        }
        Ok(block.len() > 0)
    }

    /// Whether there are plain rows at the place where reading is.
    fn plain_rows_wait(&mut self) -> Result<bool, TelemetryError> {
        if self.taken < self.piece.plain.len() {
            return Ok(true);
        }
        // A record that was read and is held back comes before what lies behind it.
        if self.held {
            return Ok(false);
        }
        if self.at == self.piece.text().len() && !self.ended {
            self.refill()?;
        } else {
            self.piece.read_plain(&mut self.reader, self.at);
        }
        self.taken = 0;
        self.at = self.piece.plain.end;
        Ok(self.piece.plain.len() > 0)
    }

    /// Takes plain rows into the block, as many as fit; false if the next is from another vehicle.
    fn take_plain(&mut self, block: &mut Block) -> bool {
        let (plain, text) = (&self.piece.plain, self.piece.text());
        let from = self.taken;
        let mut end = plain.len().min(from + (BLOCK_ROWS - block.len()));
        let mut another = false;
        for (row, name) in changes(&plain.vehicles, from, end) {
            let name = text.get(name.clone()).unwrap_or_default();
            if name == self.vehicle.as_slice() {
                continue;
            }
            if *row > from || block.len() > 0 {
                end = *row;
                another = true;
                break;
            }
            self.vehicle.clear();
            self.vehicle.extend_from_slice(name);
        }
        let first = self.row + u64::from(!std::mem::take(&mut self.held));
        let next = first + (end - from) as u64;
        block.rows.extend(first..next);
        // The other vehicle's row was seen, and is held back.
        self.held = another;
        let seen = next - 1 + u64::from(another);
        self.faults.rows += seen - self.row;
        self.row = seen;
        block
            .time
            .extend_from_slice(plain.time.get(from..end).unwrap_or_default());
        if plain.zoned {
            block.zoned += end - from;
        }
        for (column, values) in block.columns.iter_mut().zip(&plain.columns) {
            column.extend_from_slice(values.get(from..end).unwrap_or_default());
        }
        for (row, name) in changes(&plain.sessions, from, end) {
            let before = block.time.len() - (end - row);
            block.session.resize(before, self.sessions.current());
            self.sessions.number(text.get(name.clone()).unwrap_or_default());
        }
        if !plain.sessions.is_empty() {
            block.session.resize(block.time.len(), self.sessions.current());
        }
        self.taken = end;
        !another
    }

    /// Whether a record of another width can be read all the same.
    fn fits(&mut self) -> Result<bool, TelemetryError> {
        let len = self.record_len();
        if self.fields > self.width {
            let kept = match self.width.checked_sub(1).and_then(|last| self.ends.get(last)) {
                Some(end) => *end,
                None => 0,
            };
            // Spreadsheets leave empty cells at the end of a line.
            if self
                .record
                .get(kept..len)
                .unwrap_or_default()
                .trim_ascii()
                .is_empty()
            {
                return Ok(true);
            }
            return Err(TelemetryError::Row {
                path: self.path.clone(),
                row: self.row,
                column: "".into(),
                value: "".into(),
                problem: format!("{} fields where the header has {}", self.fields, self.width),
                fix: "numbers with a decimal comma need another delimiter: export with semicolons or tabs, or with decimal points"
                    .into(),
            });
        }
        let record = self.record.get(..len).unwrap_or_default();
        if !record.trim_ascii().is_empty() {
            self.faults.short.note(self.row, record);
        } else {
            self.faults.rows -= 1;
        }
        Ok(false)
    }
}

/// The changes of name that lie among rows.
fn changes(all: &[Change], from: usize, end: usize) -> impl Iterator<Item = &Change> {
    let begin = all.partition_point(|(row, _)| *row < from);
    all.iter().skip(begin).take_while(move |(row, _)| *row < end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A mapping with everything that reading treats in a way of its own.
    fn mapping() -> Mapping {
        let text = r#"
            version = 1
            name = "test"
            title = "a test"
            source = "invented for a test"
            [columns]
            time = "time"
            vehicle = "car"
            session = "session"
            pack_current = { from = "amps", unit = "A", reading = "magnitude", missing = [-1000.0] }
            pack_voltage = { from = "volts", unit = "V", scale = 0.1 }
            cell = { from = "c{n}", unit = "V", missing = [-1.0] }
            plugged = { from = "plug", reading = "not_zero" }
        "#;
        Mapping::parse(text, "test").unwrap()
    }

    /// Everything that comes of a file, to the bit, with what went wrong.
    fn outcome(path: &Path, sniffed: &Sniffed, threads: usize, size: usize, quick: usize) -> String {
        let layout = Layout::new(&sniffed.mapping.resolve(&sniffed.headers), &sniffed.headers);
        let mut rows = match Rows::in_pieces(path, sniffed, &layout, true, threads, size, quick) {
            Ok(rows) => rows,
            Err(error) => return error.to_string(),
        };
        let mut block = Block::default();
        let mut said = String::new();
        loop {
            let next = rows.next(&layout, &mut block);
            let bits = |column: &Vec<f64>| column.iter().map(|value| value.to_bits()).collect::<Vec<u64>>();
            said += &format!(
                "{:?} {:?} {:?} {} {:?} {:?} {:?}\n",
                next.as_ref().map_err(ToString::to_string),
                block.rows,
                bits(&block.time),
                block.zoned,
                block.session,
                block.vehicle,
                block.columns.iter().map(bits).collect::<Vec<_>>()
            );
            match next {
                Ok(true) => {}
                Ok(false) => return format!("{said} {:?} {} {}", rows.faults, rows.bytes(), rows.sha256()),
                // Threads may have read farther than to the error.
                Err(_) => return format!("{said} {:?}", rows.faults),
            }
        }
    }

    /// The quick way with and without threads, and the slow way alone, must come to the same.
    fn all_ways_agree(bytes: &[u8], size: usize) -> Result<(), TestCaseError> {
        /// No line that the CSV parser takes is as wide as that.
        const NONE: usize = 2 * MOST_FIELDS;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        let mappings = [mapping()];
        let candidates = Candidates {
            mappings: &mappings,
            named: true,
        };
        let Ok(sniffed) = sniff(file.path(), false, &candidates, Given::default()) else {
            return Ok(());
        };
        let width = sniffed.headers.len();
        let slow = outcome(file.path(), &sniffed, 0, PIECE, NONE);
        prop_assert_eq!(&outcome(file.path(), &sniffed, 0, PIECE, width), &slow);
        prop_assert_eq!(&outcome(file.path(), &sniffed, 0, size, width), &slow);
        prop_assert_eq!(&outcome(file.path(), &sniffed, 3, size, width), &slow);
        Ok(())
    }

    fn number() -> impl Strategy<Value = String> + Clone {
        prop_oneof![
            6 => "-?[0-9]{1,3}(D[0-9]{1,3})?",
            1 => "-?[0-9]{0,12}D?[0-9]{0,12}(e-?[0-9]{1,2})?",
            1 => prop::sample::select(vec!["", "NaN", "-", " 7", "n/a", "-1", "-1000", "-0", "true", "+3"]).prop_map(String::from),
        ]
    }

    fn time(dated: bool) -> BoxedStrategy<String> {
        if dated {
            "2026-0[1-3]-0[1-9][T ]1[0-3]:[0-5][0-9]:[0-5][0-9](D[0-9]{1,6})?".boxed()
        } else {
            "[0-9]{1,9}(D[0-9])?".boxed()
        }
    }

    /// A line with a `D` for the decimal sign and `;` between its fields.
    fn line(dated: bool) -> impl Strategy<Value = String> {
        let plain = (
            prop_oneof![5 => Just(""), 3 => Just("KMH1"), 1 => Just(" KMH1 "), 1 => Just("WVWZZZ1KZAW000002")],
            prop_oneof![4 => Just("1"), 1 => Just("2"), 1 => Just("evening"), 1 => Just("")],
            time(dated),
            prop::collection::vec(number(), 6),
        );
        let plain = plain.prop_map(|(car, session, time, numbers)| {
            format!("{car};{session};{time};{}", numbers.join(";"))
        });
        prop_oneof![
            12 => plain.clone(),
            1 => plain.clone().prop_map(|line| format!("\"{}", line.replacen(';', "\";", 1))),
            1 => plain.clone().prop_map(|line| format!("\"\r\n{}", line.replacen(';', "\";", 1))),
            1 => plain.clone().prop_map(|line| line + ";;"),
            1 => (plain, any::<prop::sample::Index>()).prop_map(|(line, at)| line.chars().take(at.index(60)).collect::<String>()),
            1 => "[ -~]{0,40}",
            1 => Just("car;session;time;amps;volts;c1;c2;plug;other".to_owned()),
        ]
    }

    /// A table with faults of all kinds, in each dialect.
    fn table() -> impl Strategy<Value = Vec<u8>> {
        let body = any::<bool>().prop_flat_map(|dated| prop::collection::vec(line(dated), 0..120));
        let end = prop_oneof![3 => Just("\n"), 3 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
        let ends = prop_oneof![
            3 => end.clone().prop_map(|end| vec![end]),
            1 => prop::collection::vec(end, 1..9),
        ];
        let dialect = prop::sample::select(vec![(",", "."), (";", "."), (";", ","), ("\t", ",")]);
        let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
        let (marked, ended) = (any::<bool>(), any::<bool>());
        (body, ends, dialect, damage, marked, ended).prop_map(
            |(lines, ends, (delimiter, decimal), damage, marked, ended)| {
                let mut text = "car;session;time;amps;volts;c1;c2;plug;other".to_owned();
                for (line, end) in lines.iter().zip(ends.iter().cycle()) {
                    text += end;
                    text += line;
                }
                if ended {
                    text += ends[0];
                }
                let text = text.replace(';', delimiter);
                let mark = if marked { "\u{feff}" } else { "" };
                let mut bytes = format!("{mark}{}", text.replace('D', decimal)).into_bytes();
                for (at, byte) in damage {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                bytes
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

        #[test]
        fn the_quick_way_reads_what_the_csv_parser_reads(bytes in table(), size in 60_usize..3000) {
            all_ways_agree(&bytes, size)?;
        }
    }

    /// How many rows of a table were taken the quick way from the piece in which the first block is full.
    fn quick_rows(text: &str, size: usize) -> usize {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        let mappings = [mapping()];
        let candidates = Candidates {
            mappings: &mappings,
            named: true,
        };
        let sniffed = sniff(file.path(), false, &candidates, Given::default()).unwrap();
        let layout = Layout::new(&sniffed.mapping.resolve(&sniffed.headers), &sniffed.headers);
        let mut rows = Rows::in_pieces(file.path(), &sniffed, &layout, false, 0, size, 3).unwrap();
        let mut block = Block::default();
        assert!(rows.next(&layout, &mut block).unwrap());
        assert_eq!(block.len(), BLOCK_ROWS);
        rows.taken
    }

    /// A table with a few more rows than a block has, each line as long as the others and with an end of its own.
    fn long_table(end: impl Fn(usize) -> &'static str) -> String {
        let line = |row: usize| format!("{row:05},4.5,3601{}", end(row));
        format!(
            "time,amps,volts{}{}",
            end(0),
            (1..9000).map(line).collect::<String>()
        )
    }

    #[test]
    fn plain_lines_are_read_the_quick_way_however_they_end() {
        assert_eq!(quick_rows(&long_table(|_| "\n"), PIECE), BLOCK_ROWS);
        assert_eq!(quick_rows(&long_table(|_| "\r\n"), PIECE), BLOCK_ROWS);
        let mixed = |row: usize| if row.is_multiple_of(3) { "\n" } else { "\r\n" };
        assert_eq!(quick_rows(&long_table(mixed), PIECE), BLOCK_ROWS);
        let marked = format!("\u{feff}{}", long_table(|_| "\r\n"));
        assert_eq!(quick_rows(&marked, PIECE), BLOCK_ROWS);
    }

    #[test]
    fn a_line_with_a_fault_at_the_end_of_a_piece_leaves_the_next_piece_to_the_quick_way() {
        let text = long_table(|_| "\r\n");
        let size = text.find("08001,").unwrap() + 3;
        let text = text.replace("08000,4.5", "08000,4?5");
        assert_eq!(quick_rows(&text, size), BLOCK_ROWS - 8000);
    }

    #[test]
    fn blocks_of_a_long_table_are_the_same_whichever_way_they_come() {
        let mut text = String::from("time,car,session,amps,volts,c1,c2,plug,other\r\n");
        for row in 0..40_000 {
            let car = if row % 9000 < 4500 { "A" } else { "B" };
            let odd = if row % 977 == 0 { "?!" } else { "" };
            text += &format!(
                "{row},{car},{},4{}.5,3601,3.7{},3.6,{odd},x\r\n",
                row / 700,
                row % 7,
                row % 10
            );
        }
        all_ways_agree(text.as_bytes(), 1 << 14).unwrap();
    }
}
