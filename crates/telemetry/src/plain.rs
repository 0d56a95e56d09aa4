//! The quick way through a text table: lines that need nothing more than to be cut at their delimiters and read as numbers.
//!
//! Some lines are cut together, 64 bytes at a time, and then read column by column, in the columns that are wanted. Loggers write
//! few digits, so most numbers were read shortly before and are looked up. It gives up at the first line with anything uncommon in
//! it: a quote, another number of fields, a cell that is no number, no time. That line goes the slow way, through the CSV parser,
//! where all faults are found and counted. Whatever is read here is read to the same bits as there; a property test holds both to
//! it.

use std::ops::Range;
use std::sync::Arc;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

use crate::block::{Extremes, Family, Layout, Op, What};
use crate::clock::Minutes;
use crate::delimited::TimeRead;
use crate::number::{self, Cell};

/// The longest name of a session that is compared with the one before; see [`crate::block::SessionNames`].
const LONGEST_NAME: usize = 256;
/// Bytes that are cut together: few enough that they and what is read of them stay in the nearest cache.
const WINDOW: usize = 1 << 13;
/// Uncommon lines after which the rest of a piece goes the slow way: cutting lines in vain takes time too.
const UNCOMMON: usize = 32;
/// Numbers that are remembered, as a power of two: those of a day fit, and their table fits the second cache.
const KNOWN: u32 = 13;

/// Of a word, the first so many bytes.
const FIRST_BYTES: [u64; 8] = [
    0,
    0xff,
    0xffff,
    0xff_ffff,
    0xffff_ffff,
    0xff_ffff_ffff,
    0xffff_ffff_ffff,
    0xff_ffff_ffff_ffff,
];

/// A row that begins another vehicle or session, and where in the piece its name is.
pub type Change = (usize, Range<usize>);

/// Rows that were read, as columns.
#[derive(Debug, Default)]
pub struct Plain {
    /// Up to where in the piece.
    pub end: usize,
    /// The times; there is one for each row.
    pub time: Vec<f64>,
    /// How many of the times said their offset from UTC: all or none.
    pub zoned: bool,
    /// One column per slot, each at least as long as there are rows; what is behind them is left over.
    pub columns: Vec<Vec<f64>>,
    /// The vehicles; a row without a name is from the vehicle before.
    pub vehicles: Vec<Change>,
    /// The sessions.
    pub sessions: Vec<Change>,
    /// Up to here in the piece there is no quote, and a carriage return only before a newline.
    common: usize,
    /// Lines of the piece that were none.
    uncommon: usize,
}

impl Plain {
    /// Rows in it.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.forget_rows();
        self.common = 0;
        self.uncommon = 0;
    }

    fn forget_rows(&mut self) {
        self.end = 0;
        self.time.clear();
        self.zoned = false;
        self.vehicles.clear();
        self.sessions.clear();
    }
}

/// What is done with a field.
#[derive(Debug, Clone)]
enum Step {
    Skip,
    Time,
    Vehicle,
    Session,
    Slot(usize, Op),
    Family(usize, Op),
}

/// How a table is written and what is wanted of it.
#[derive(Debug)]
struct Table {
    delimiter: u8,
    decimal_comma: bool,
    time: TimeRead,
    /// One for each field of a line.
    steps: Vec<Step>,
    slots: usize,
    families: Vec<Family>,
}

/// Reads plain lines.
#[derive(Debug, Clone)]
pub struct Reader {
    table: Arc<Table>,
    minutes: Minutes,
    known: Known,
    /// The vector instructions of this processor.
    level: Level,
    /// Where the fields of a window begin, and behind the last of them where another would; what is behind that is left over.
    starts: Vec<u32>,
    extremes: Vec<Extremes>,
}

impl Reader {
    /// For a table with so many fields in a line.
    pub fn new(layout: &Layout, fields: usize, delimiter: u8, decimal_comma: bool, time: TimeRead) -> Self {
        let mut steps = vec![Step::Skip; fields];
        for op in &layout.ops {
            if let Some(step) = steps.get_mut(op.field) {
                *step = match op.what {
                    What::Time => Step::Time,
                    What::Vehicle => Step::Vehicle,
                    What::Session => Step::Session,
                    What::Slot(slot) => Step::Slot(slot, op.clone()),
                    What::Family(family) => Step::Family(family, op.clone()),
                };
            }
        }
        Self {
            table: Arc::new(Table {
                delimiter,
                decimal_comma,
                time,
                steps,
                slots: layout.slots.len(),
                families: layout.families.clone(),
            }),
            minutes: Minutes::default(),
            known: Known::default(),
            level: Level::new(),
            starts: Vec::new(),
            extremes: Vec::new(),
        }
    }

    /// Reads the plain lines of a piece from `at` on, up to the first that is none.
    pub fn read(&mut self, piece: &[u8], at: usize, plain: &mut Plain) {
        plain.forget_rows();
        if at == 0 {
            plain.common = common(piece);
            plain.uncommon = 0;
        }
        plain.end = at;
        plain.columns.resize_with(self.table.slots, Vec::new);
        let Some(text) = piece.get(..plain.common) else {
            return;
        };
        while plain.end < text.len() {
            let window = text.get(..window_end(text, plain.end)).unwrap_or_default();
            if !self.window(window, plain) {
                plain.uncommon += 1;
                if plain.uncommon > UNCOMMON {
                    plain.common = 0;
                }
                return;
            }
        }
    }

    /// Reads the lines from the end of what was read to the end of the text; says whether it took them all.
    fn window(&mut self, text: &[u8], plain: &mut Plain) -> bool {
        let table = &*self.table;
        let width = table.steps.len().max(1);
        let count = cut(self.level, text, plain.end, table.delimiter, &mut self.starts);
        let starts = self.starts.get(..count).unwrap_or_default();
        let (all, whole) = lines(text, plain.end, starts, width);
        let before = plain.len();
        let mut rows = all;
        self.extremes.clear();
        self.extremes
            .resize(rows * table.families.len(), Extremes::default());
        for (place, step) in table.steps.iter().enumerate() {
            let fields = Fields {
                text,
                starts: starts.get(place..).unwrap_or_default(),
                width,
                last: place + 1 == width,
                decimal_comma: table.decimal_comma,
            };
            let taken = match step {
                Step::Skip => continue,
                Step::Slot(slot, op) => {
                    let Some(column) = plain.columns.get_mut(*slot) else {
                        rows = 0;
                        break;
                    };
                    if column.len() < before + rows {
                        column.resize(before + rows, f64::NAN);
                    }
                    let cells = column.get_mut(before..before + rows).unwrap_or_default();
                    let taken = self.known.numbers(&fields, cells);
                    op.apply(cells);
                    taken
                }
                Step::Family(family, op) => {
                    let families = table.families.len();
                    let mut taken = 0;
                    let extremes = self.extremes.iter_mut().skip(*family).step_by(families.max(1));
                    for extremes in extremes {
                        let Some(number) = self.known.number(&fields, taken) else {
                            break;
                        };
                        extremes.take(op.value(number));
                        taken += 1;
                    }
                    taken
                }
                Step::Time => {
                    match table.time {
                        TimeRead::Number => {
                            plain.time.resize(before + rows, f64::NAN);
                            let times = plain.time.get_mut(before..).unwrap_or_default();
                            let taken = numbers(&fields, times);
                            plain.time.truncate(before + taken);
                        }
                        TimeRead::Text(order) => {
                            for field in fields.rows(rows) {
                                let Ok(civil) = self.minutes.civil(field.text(), order) else {
                                    break;
                                };
                                if !plain.time.is_empty() && civil.zoned != plain.zoned {
                                    break;
                                }
                                plain.zoned = civil.zoned;
                                plain.time.push(civil.seconds);
                            }
                        }
                    }
                    plain.time.len() - before
                }
                Step::Vehicle => {
                    let mut last = name(text, plain.vehicles.last());
                    for (row, field) in changed(&fields, rows) {
                        let name = field.text().trim_ascii();
                        if !name.is_empty() && last != Some(name) {
                            last = Some(name);
                            plain.vehicles.push((before + row, field.trimmed()));
                        }
                    }
                    continue;
                }
                Step::Session => {
                    let mut last = name(text, plain.sessions.last());
                    for (row, field) in changed(&fields, rows) {
                        let name = field.text().trim_ascii();
                        if last != Some(name) || name.len() > LONGEST_NAME {
                            last = Some(name);
                            plain.sessions.push((before + row, field.trimmed()));
                        }
                    }
                    continue;
                }
            };
            rows = rows.min(taken);
        }
        for slot in table
            .families
            .iter()
            .flat_map(|family| [family.max, family.min, family.mean])
        {
            if let Some(column) = slot.and_then(|slot| plain.columns.get_mut(slot)) {
                column.truncate(before);
            }
        }
        for extremes in self.extremes.chunks(table.families.len().max(1)).take(rows) {
            for (extremes, family) in extremes.iter().zip(&table.families) {
                extremes.put(*family, &mut plain.columns);
            }
        }
        // What was taken of rows behind the last is taken back.
        let len = before + rows;
        plain.time.truncate(len);
        plain
            .vehicles
            .truncate(plain.vehicles.partition_point(|(row, _)| *row < len));
        plain
            .sessions
            .truncate(plain.sessions.partition_point(|(row, _)| *row < len));
        plain.end = self
            .starts
            .get(rows * width)
            .map_or(plain.end, |next| *next as usize);
        whole && rows == all
    }
}

/// Puts the numbers of a column into cells, and says how many: up to the first that is missing or no number.
fn numbers(fields: &Fields<'_>, cells: &mut [f64]) -> usize {
    let mut row = 0;
    loop {
        row = short_numbers(fields, row, cells);
        let Some(cell) = cells.get_mut(row) else {
            return row;
        };
        let Some(number) = unknown(fields, row).filter(|number| !number.is_nan()) else {
            return row;
        };
        *cell = number;
        row += 1;
    }
}

/// Puts down the numbers from a row on that a word holds, up to the first that is longer, missing or no number.
// Of its own and without a call, so that all that the loop needs stays in registers.
#[inline(never)]
fn short_numbers(fields: &Fields<'_>, from: usize, cells: &mut [f64]) -> usize {
    let (text, starts, width) = (fields.text, fields.starts, fields.width);
    let decimal = fields.decimal();
    let mut at = from * width;
    let mut row = from;
    while let Some(cell) = cells.get_mut(row)
        && let Some((word, len)) = word(text, starts, at)
        && let Some(number) = number::in_word(word, len, decimal)
    {
        *cell = number;
        row += 1;
        at += width;
    }
    row
}

/// The fields of so many rows, without those that are short and written as the one before.
fn changed<'t>(fields: &Fields<'t>, rows: usize) -> impl Iterator<Item = (usize, Field<'t>)> {
    let mut next = 0;
    std::iter::from_fn(move || {
        if next >= rows {
            return None;
        }
        let row = next;
        next = match fields.key(row) {
            Some(key) => alike(fields, key, row + 1, rows),
            None => row + 1,
        };
        Some((row, fields.field(row)?))
    })
}

/// Up to which row a column is written as a key has it.
// Of its own and without a call, so that all that the loop needs stays in registers.
#[inline(never)]
fn alike(fields: &Fields<'_>, as_written: u64, from: usize, rows: usize) -> usize {
    let (text, starts, width) = (fields.text, fields.starts, fields.width);
    let mut at = from * width;
    let mut row = from;
    while row < rows
        && let Some((word, len)) = word(text, starts, at)
        && key(word, len) == Some(as_written)
    {
        row += 1;
        at += width;
    }
    row
}

/// The name at a change.
fn name<'t>(text: &'t [u8], change: Option<&Change>) -> Option<&'t [u8]> {
    text.get(change?.1.clone())
}

/// Up to where a piece has whole lines without a quote, and no carriage return but before a newline.
fn common(piece: &[u8]) -> usize {
    let quote = memchr::memchr(b'"', piece);
    let before_quote = quote.and_then(|quote| piece.get(..quote)).unwrap_or(piece);
    let Some(last) = memchr::memrchr(b'\n', before_quote) else {
        return 0;
    };
    let lines = before_quote.get(..=last).unwrap_or_default();
    let mut behind_returns = memchr::memchr_iter(b'\r', lines).map(|at| lines.get(at + 1));
    if behind_returns.all(|next| next == Some(&b'\n')) {
        lines.len()
    } else {
        0
    }
}

/// The end of the window that begins at `from`: whole lines, at least one.
fn window_end(text: &[u8], from: usize) -> usize {
    let most = text.len().min(from + WINDOW);
    let within = text
        .get(from..most)
        .and_then(|lines| memchr::memrchr(b'\n', lines));
    match within {
        Some(last) => from + last + 1,
        None => {
            let behind = text.get(most..).and_then(|rest| memchr::memchr(b'\n', rest));
            behind.map_or(text.len(), |first| most + first + 1)
        }
    }
}

/// Puts down where each field from `from` on begins, behind every delimiter and newline, and says how many there are. 64 bytes are
/// looked at together: comparing them takes a few vector instructions, and what is done for each place found has no branch.
fn cut(level: Level, text: &[u8], from: usize, delimiter: u8, starts: &mut Vec<u32>) -> usize {
    #[cfg(target_arch = "x86_64")]
    let level = match level.as_avx512() {
        Some(simd) => {
            return simd.vectorize(
                #[inline(always)]
                || cut_with::<_, true>(simd, text, from, delimiter, starts),
            );
        }
        // What lies between gains nothing over what every processor of the family has.
        None => Level::baseline(),
    };
    dispatch!(level, simd => cut_with::<_, false>(simd, text, from, delimiter, starts))
}

/// As [`cut`]; `COMPRESSING` for a processor that puts the marked bytes of a vector together in one instruction.
#[inline(always)]
fn cut_with<S: Simd, const COMPRESSING: bool>(
    simd: S,
    text: &[u8],
    from: usize,
    delimiter: u8,
    starts: &mut Vec<u32>,
) -> usize {
    /// Places that are put down in one go; more than 64 bytes of a log have as a rule.
    const USUAL: usize = 16;
    let rest = text.get(from..).unwrap_or_default();
    let (blocks, rest) = rest.as_chunks::<64>();
    let most = 1 + 64 * blocks.len() + rest.len() + USUAL;
    if starts.len() < most {
        starts.resize(most, 0);
    }
    let mut next = from as u32;
    if let Some(first) = starts.first_mut() {
        *first = next;
    }
    let mut count = 1;
    next += 1;
    let (delimiters, newlines) = (u8x64::splat(simd, delimiter), u8x64::splat(simd, b'\n'));
    let places = u8x64::from_fn(simd, |place| place as u8);
    for bytes in blocks {
        let bytes = u8x64::from_slice(simd, bytes);
        let found = bytes.simd_eq(delimiters) | bytes.simd_eq(newlines);
        let mut marks = found.to_bitmask();
        let more = marks.count_ones() as usize;
        let free = starts.get_mut(count..).unwrap_or_default();
        // All of the usual are put down, and those behind the last mark put over: that is quicker than to ask.
        let free = free
            .as_chunks_mut::<USUAL>()
            .0
            .iter_mut()
            .take(more.div_ceil(USUAL));
        if COMPRESSING {
            let places = places.compress(found);
            for (free, places) in free.zip(places.as_slice().as_chunks::<USUAL>().0) {
                for (start, place) in free.iter_mut().zip(places) {
                    *start = next + u32::from(*place);
                }
            }
        } else {
            for start in free.flatten() {
                // The highest bit is set for nothing but that there is one, which spares a question.
                *start = next + (marks | 1 << 63).trailing_zeros();
                marks &= marks.wrapping_sub(1);
            }
        }
        count += more;
        next += 64;
    }
    for byte in rest {
        if let Some(place) = starts.get_mut(count) {
            *place = next;
        }
        count += usize::from(*byte == delimiter || *byte == b'\n');
        next += 1;
    }
    count
}

/// How many lines from `from` on have as many fields as they should, and whether these are all there are.
fn lines(text: &[u8], from: usize, starts: &[u32], width: usize) -> (usize, bool) {
    let ends_line = |start: &u32| text.get(*start as usize - 1) == Some(&b'\n');
    let behind = starts.get(1..).unwrap_or_default();
    let rows = behind.chunks_exact(width);
    let whole = rows.remainder().is_empty() && rows.clone().all(|row| row.last().is_some_and(ends_line));
    let newlines = memchr::memchr_iter(b'\n', text.get(from..).unwrap_or_default()).count();
    if whole && newlines == rows.len() {
        return (rows.len(), true);
    }
    let as_wide = |row: &&[u32]| row.iter().position(ends_line) == Some(width - 1);
    (rows.take_while(as_wide).count(), false)
}

/// One column of a window.
struct Fields<'t> {
    text: &'t [u8],
    /// Where its first field begins, and all fields behind that.
    starts: &'t [u32],
    width: usize,
    /// Whether it is the last in a line, which may end with a carriage return.
    last: bool,
    decimal_comma: bool,
}

impl<'t> Fields<'t> {
    /// The fields of so many rows.
    fn rows(&self, rows: usize) -> impl Iterator<Item = Field<'t>> {
        (0..rows).map_while(|row| self.field(row))
    }

    /// Where the field of a row begins, and where the next does.
    #[inline]
    fn ends(&self, row: usize) -> Option<(usize, usize)> {
        let at = row * self.width;
        Some((*self.starts.get(at)? as usize, *self.starts.get(at + 1)? as usize))
    }

    /// The field of a row.
    #[inline]
    fn field(&self, row: usize) -> Option<Field<'t>> {
        let (start, next) = self.ends(row)?;
        let mut end = next - 1;
        if self.last && end > start && self.text.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        let behind = self.text.get(start..)?;
        Some(Field {
            start,
            behind,
            len: end - start,
            word: match behind.first_chunk() {
                Some(bytes) => u64::from_le_bytes(*bytes),
                None => last_word(behind),
            },
            decimal_comma: self.decimal_comma,
        })
    }

    /// How the field of a row is written, up to the next field, if that fits a word.
    #[inline]
    fn key(&self, row: usize) -> Option<u64> {
        let (word, len) = word(self.text, self.starts, row * self.width)?;
        key(word, len)
    }

    fn decimal(&self) -> u8 {
        if self.decimal_comma { b',' } else { b'.' }
    }
}

/// The first bytes of a field as a word, and how many bytes there are up to the next field; nothing at the very end of the text.
#[inline]
fn word(text: &[u8], starts: &[u32], at: usize) -> Option<(u64, usize)> {
    let (start, next) = (*starts.get(at)? as usize, *starts.get(at + 1)? as usize);
    let word = text.get(start..start + 8)?.first_chunk()?;
    Some((u64::from_le_bytes(*word), next.wrapping_sub(start + 1)))
}

/// The first so many bytes of a word, if they are fewer than eight, and how many they are: a zero byte is a byte like any other.
#[inline]
fn key(word: u64, len: usize) -> Option<u64> {
    Some((word & FIRST_BYTES.get(len)?) | (len as u64) << 56)
}

/// The last bytes of a window, fewer than eight, as a word.
#[cold]
#[inline(never)]
fn last_word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// A field of a line.
#[derive(Clone, Copy)]
struct Field<'t> {
    start: usize,
    /// It and what is behind it.
    behind: &'t [u8],
    len: usize,
    /// The first eight bytes of that, the first lowest.
    word: u64,
    decimal_comma: bool,
}

impl<'t> Field<'t> {
    /// Its bytes.
    #[inline]
    fn text(&self) -> &'t [u8] {
        self.behind.get(..self.len).unwrap_or_default()
    }

    /// Its number; NaN if it is missing, nothing if it is no number.
    #[inline]
    fn number(&self) -> Option<f64> {
        let decimal = if self.decimal_comma { b',' } else { b'.' };
        match number::in_word(self.word, self.len, decimal) {
            Some(value) => Some(value),
            None => self.long_number(),
        }
    }

    /// As [`Field::number`], however it is written.
    #[inline(never)]
    fn long_number(&self) -> Option<f64> {
        match number::cell(self.text(), self.decimal_comma) {
            Cell::Number(value) => Some(value),
            Cell::Missing => Some(f64::NAN),
            Cell::Unreadable => None,
        }
    }

    /// Where it is in the piece without the blanks around it.
    fn trimmed(&self) -> Range<usize> {
        let start = self.start + (self.len - self.text().trim_ascii_start().len());
        start..start + self.text().trim_ascii().len()
    }
}

/// Numbers read before, by how they are written.
#[derive(Debug, Clone)]
struct Known(Box<[(u64, f64); 1 << KNOWN]>);

impl Default for Known {
    fn default() -> Self {
        // Nothing is written as the first entry's key says, and an empty field is missing.
        Self(Box::new([(0, f64::NAN); 1 << KNOWN]))
    }
}

impl Known {
    /// Puts the numbers of a column into cells, NaN for those that are missing, and says how many: up to the first that is no
    /// number.
    fn numbers(&mut self, fields: &Fields<'_>, cells: &mut [f64]) -> usize {
        let mut row = 0;
        loop {
            row = self.known(fields, row, cells);
            let Some(cell) = cells.get_mut(row) else {
                return row;
            };
            let Some(number) = self.number(fields, row) else {
                return row;
            };
            *cell = number;
            row += 1;
        }
    }

    /// Puts down the numbers from a row on that were read before, up to the first that was not.
    // Of its own and without a call, so that all that the loop needs stays in registers.
    #[inline(never)]
    fn known(&self, fields: &Fields<'_>, from: usize, cells: &mut [f64]) -> usize {
        let (text, starts, width) = (fields.text, fields.starts, fields.width);
        let mut at = from * width;
        let mut row = from;
        while let Some(cell) = cells.get_mut(row)
            && let Some((word, len)) = word(text, starts, at)
            && let Some(key) = key(word, len)
            && let Some(entry) = self.0.get(place(key))
            && entry.0 == key
        {
            *cell = entry.1;
            row += 1;
            at += width;
        }
        row
    }

    /// The number of a row's field, as [`Field::number`] has it.
    #[inline]
    fn number(&mut self, fields: &Fields<'_>, row: usize) -> Option<f64> {
        // The carriage return before a newline counts: what is written so is always the same number, too.
        let Some(key) = fields.key(row) else {
            return unknown(fields, row);
        };
        let entry = self.0.get_mut(place(key))?;
        if entry.0 == key {
            return Some(entry.1);
        }
        *entry = (key, unknown(fields, row)?);
        Some(entry.1)
    }
}

/// Where a number is remembered.
fn place(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - KNOWN)) as usize
}

/// The number of a field that was not read before.
#[inline(never)]
fn unknown(fields: &Fields<'_>, row: usize) -> Option<f64> {
    fields.field(row)?.number()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fields_are_cut_at_every_delimiter_and_newline(
            text in prop::collection::vec(prop_oneof![4 => Just(b'7'), 2 => Just(b','), 1 => Just(b'\n'), 1 => any::<u8>()], 0..90),
            from in any::<prop::sample::Index>(),
        ) {
            let from = from.index(text.len() + 1);
            let fields = text[from..].split(|byte| b",\n".contains(byte));
            let mut next = from;
            let expected: Vec<u32> = fields.map(|field| {
                let start = next;
                next += field.len() + 1;
                start as u32
            }).collect();
            for level in [Level::new(), Level::baseline()] {
                let mut starts = Vec::new();
                let count = cut(level, &text, from, b',', &mut starts);
                starts.truncate(count);
                prop_assert_eq!(&starts, &expected, "{:?}", level);
            }
        }

        #[test]
        fn a_number_known_from_before_is_the_number_that_is_written(
            texts in prop::collection::vec("-?[0-9]{0,2}[.,]?[0-9]{0,2}|[ -~]{0,9}|[0-9]\0{1,6}", 1..40),
            decimal_comma in any::<bool>(),
        ) {
            let mut known = Known::default();
            for text in texts.iter().chain(&texts) {
                let line = format!("{text};other\r\n");
                let ends = [0, text.len() as u32 + 1, line.len() as u32];
                for (place, starts) in ends.windows(2).enumerate() {
                    let fields = Fields { text: line.as_bytes(), starts, width: 2, last: place == 1, decimal_comma };
                    let read = fields.field(0).and_then(|field| field.number());
                    prop_assert_eq!(known.number(&fields, 0).map(f64::to_bits), read.map(f64::to_bits), "{:?}", text);
                }
            }
        }
    }

    #[test]
    fn a_line_with_something_uncommon_ends_what_is_read() {
        let text = b"1,2\n3,4\r\n5,\"6\"\n7,8\n";
        assert_eq!(common(text), 9);
        assert_eq!(common(b"1,2\n3\r,4\n"), 0);
        let mut starts = Vec::new();
        let count = cut(Level::new(), b"1,2\n3,4,5\n6,7\n", 0, b',', &mut starts);
        assert_eq!(lines(b"1,2\n3,4,5\n6,7\n", 0, &starts[..count], 2), (1, false));
    }
}
