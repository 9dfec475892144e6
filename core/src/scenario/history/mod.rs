//! Past runs, from tables that anybody can keep: one run a line, and what it was of.
//!
//! A line speaks of just what its cells name; an empty cell speaks of all. So runs of one pool say
//! nothing of another, which may be of other machines. Where a group has too few lines to tell how
//! long its next run takes, it is passed over and said so: few is not none, and neither is zero.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::suggest;
use crate::checked::{Checked, Issue, IssueLevel, Place};
use crate::durations::{Basis, DurationEntry, Quantity};
use crate::inventory::Provider;
use crate::rng::Distribution;
use crate::units::SimDuration;

/// Runs that a group must have. With four the longest would stand for every fourth run to come.
pub const FEWEST_OBSERVATIONS: usize = 5;

/// Lengths kept of a group: of more, so many of their quantiles, so that a saved scenario stays one
/// that people can read.
const MOST_KEPT: usize = 1_000;

/// The columns, in the order they are documented. Of the last two one is needed.
const COLUMNS: [&str; 7] = [
    "quantity", "provider", "cluster", "pool", "workload", "seconds", "duration",
];

/// A table of past runs.
#[derive(Clone, Copy, Debug)]
pub struct HistoryFile<'a> {
    /// As the user knows it.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// What runs are of: those of one group make one distribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    quantity: Quantity,
    provider: Option<Provider>,
    cluster: Option<String>,
    pool: Option<String>,
    workload: Option<String>,
}

/// The runs of one group.
#[derive(Debug)]
struct Group {
    observed: Vec<SimDuration>,
    files: BTreeSet<String>,
    first: Place,
}

/// Where each column is, none where a file lacks it, and how many cells its header has.
struct Columns {
    places: [Option<usize>; 7],
    n_cells: usize,
}

/// What past runs come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// One entry for each group that has enough runs.
    pub entries: Vec<DurationEntry>,
    /// For each of them the line of its first run.
    pub first_runs: Vec<Place>,
}

/// Turns past runs into entries, one for each group; the files count as one table.
pub fn read_history(files: &[HistoryFile<'_>]) -> Checked<History> {
    let mut groups = BTreeMap::new();
    let mut issues = Vec::new();
    for file in files {
        read(*file, &mut groups, &mut issues);
    }
    let mut value = History::default();
    for (subject, group) in groups {
        if group.observed.len() < FEWEST_OBSERVATIONS {
            issues.push(too_few(&subject, &group));
        } else {
            value.first_runs.push(group.first.clone());
            value.entries.push(entry(subject, group));
        }
    }
    Checked { value, issues }
}

/// Reads one file: good lines into their groups, bad ones into issues.
fn read(file: HistoryFile<'_>, groups: &mut BTreeMap<Subject, Group>, issues: &mut Vec<Issue>) {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(file.bytes);
    let Ok(header) = reader.headers() else {
        issues.push(not_text(Place::file(file.name)));
        return;
    };
    let columns = columns(header, file.name, issues);
    let Some(columns) = columns else { return };
    let mut is_empty = true;
    for record in reader.records() {
        is_empty = false;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map(csv::Position::line);
                issues.push(not_text(at_line(file.name, line)));
                continue;
            }
        };
        let place = at_line(file.name, record.position().map(csv::Position::line));
        match line(&columns, &record) {
            Ok((subject, length)) => {
                let group = groups.entry(subject).or_insert_with(|| Group {
                    observed: Vec::new(),
                    files: BTreeSet::new(),
                    first: place,
                });
                group.observed.push(length);
                group.files.insert(file.name.to_owned());
            }
            Err((message, fix)) => issues.push(Issue {
                level: IssueLevel::Error,
                rule: "unreadable-past-run".to_owned(),
                place,
                message: format!("{message}, so this line was not used"),
                fix,
            }),
        }
    }
    if is_empty {
        issues.push(Issue {
            level: IssueLevel::Warning,
            rule: "no-past-runs".to_owned(),
            place: Place::file(file.name),
            message: "no run stands below the header, so nothing is gone by".to_owned(),
            fix: "add a line for each run".to_owned(),
        });
    }
}

/// Where the columns are; none when the file cannot be used at all.
fn columns(header: &StringRecord, file: &str, issues: &mut Vec<Issue>) -> Option<Columns> {
    let mut found = Columns {
        places: [None; 7],
        n_cells: header.len(),
    };
    let mut misspelt = false;
    let mut refuse = |level, rule: &str, message: String, fix: String| {
        issues.push(Issue {
            level,
            rule: rule.to_owned(),
            place: at_line(file, Some(1)),
            message,
            fix,
        });
    };
    if let Some(separator) = other_separator(header) {
        refuse(
            IssueLevel::Error,
            "unreadable-history",
            format!("the cells are separated by {separator}, so this file was not used"),
            "save the table as CSV with commas between cells".to_owned(),
        );
        return None;
    }
    for (index, name) in header.iter().enumerate() {
        let name = name.trim_start_matches('\u{feff}');
        if let Some(column) = COLUMNS.iter().position(|known| *known == name) {
            let before = found.places[column].replace(index);
            if before.is_some() {
                refuse(
                    IssueLevel::Error,
                    "unreadable-history",
                    format!("the column `{name}` stands twice, so this file was not used"),
                    "keep one of the two".to_owned(),
                );
                return None;
            }
            continue;
        }
        // Without a column that was meant, its runs would count where they do not belong.
        let meant = suggest::nearest(name, &COLUMNS).is_some();
        misspelt |= meant;
        let (level, what) = if meant {
            (IssueLevel::Error, ", so this file was not used")
        } else {
            (IssueLevel::Note, " and was passed over")
        };
        refuse(
            level,
            "unknown-history-column",
            format!("the column `{name}` is not known here{what}"),
            suggest::hint(name, &COLUMNS),
        );
    }
    if misspelt {
        return None;
    }
    let [quantity, .., seconds, duration] = found.places;
    let (message, fix) = match (quantity, seconds, duration) {
        (Some(_), Some(_), None) | (Some(_), None, Some(_)) => return Some(found),
        (_, Some(_), Some(_)) => (
            "`seconds` and `duration` both tell how long a run took",
            "keep one of the two columns".to_owned(),
        ),
        (None, ..) | (_, None, None) => (
            "a table of past runs needs the columns `quantity` and one of `seconds` and `duration`",
            format!("open it with a line such as `{}`", COLUMNS[..6].join(",")),
        ),
    };
    let message = format!("{message}, so this file was not used");
    refuse(IssueLevel::Error, "unreadable-history", message, fix);
    None
}

/// What separates the cells of a header that has no comma, in words.
fn other_separator(header: &StringRecord) -> Option<&'static str> {
    let mut cells = header.iter();
    let (only, None) = (cells.next()?, cells.next()) else {
        return None;
    };
    [(';', "semicolons"), ('\t', "tabs")]
        .into_iter()
        .find_map(|(separator, words)| only.contains(separator).then_some(words))
}

/// What one line says, or what is wrong with it and what to do.
fn line(
    columns: &Columns,
    record: &StringRecord,
) -> Result<(Subject, SimDuration), (String, String)> {
    let cell = |column: usize| columns.places[column].and_then(|index| record.get(index));
    let named = |column| cell(column).filter(|text| !text.is_empty());
    let owned = |column| named(column).map(str::to_owned);
    let name = cell(0).unwrap_or_default();
    let quantity = Quantity::named(name).ok_or_else(|| {
        let known = Quantity::ALL.map(Quantity::name);
        let message = format!("the quantity `{name}` is not known");
        (message, suggest::hint(name, &known))
    })?;
    let provider = named(1).map(|name| {
        let found = Provider::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or_else(|| {
            let message = format!("the provider `{name}` is not known");
            (
                message,
                suggest::hint(name, &Provider::ALL.map(Provider::name)),
            )
        })
    });
    let subject = Subject {
        quantity,
        provider: provider.transpose()?,
        cluster: owned(2),
        pool: owned(3),
        workload: owned(4),
    };
    if record
        .iter()
        .skip(columns.n_cells)
        .any(|cell| !cell.is_empty())
    {
        let message = format!("there are more cells than the header's {}", columns.n_cells);
        return Err((message, "quote cells that hold a comma".to_owned()));
    }
    let length = match columns.places[5] {
        Some(_) => seconds(cell(5).unwrap_or_default()),
        None => written(cell(6).unwrap_or_default()),
    }?;
    // Whether the cells go together is the entry's to say.
    let run = subject.clone().entry(vec![length], "a run".to_owned());
    run.check().map_err(|error| {
        let text = error.to_string();
        let (what, fix) = text.split_once("; ").unwrap_or((&text, ""));
        (what.to_owned(), fix.to_owned())
    })?;
    Ok((subject, length))
}

/// A number of seconds, with up to three digits after its point.
fn seconds(text: &str) -> Result<SimDuration, (String, String)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths = format!("{part:0<3}");
    let number = digits(whole) && digits(part);
    let millis = number.then(|| {
        let whole: u64 = whole.parse().ok()?;
        let part: u64 = thousandths[..3].parse().ok()?;
        whole.checked_mul(1_000)?.checked_add(part)
    });
    millis
        .flatten()
        .map(SimDuration::from_millis)
        .ok_or_else(|| {
            let message = format!("`{text}` is not a number of seconds");
            let fix = "write it as `250` or `250.5`, or head the column `duration` for `4m10s`";
            (message, fix.to_owned())
        })
}

/// A length with its units.
fn written(text: &str) -> Result<SimDuration, (String, String)> {
    text.parse().map_err(|_| {
        let message = format!("`{text}` is not a duration");
        let fix = "write it as `4m10s`, or head the column `seconds` for `250`";
        (message, fix.to_owned())
    })
}

impl Subject {
    /// An entry of its runs.
    fn entry(self, observed: Vec<SimDuration>, source: String) -> DurationEntry {
        DurationEntry {
            quantity: self.quantity,
            provider: self.provider,
            cluster: self.cluster,
            pool: self.pool,
            workload: self.workload,
            distribution: Distribution::Empirical(observed.into()),
            basis: Basis::History,
            source,
        }
    }

    /// What it is of, in words.
    fn words(&self) -> String {
        let provider = self.provider.map(Provider::name);
        let fields = [
            ("provider", provider),
            ("cluster", self.cluster.as_deref()),
            ("pool", self.pool.as_deref()),
            ("workload", self.workload.as_deref()),
        ];
        let mut words = self.quantity.name().to_owned();
        for (field, name) in fields {
            if let Some(name) = name {
                words = format!("{words}, {field} {name}");
            }
        }
        words
    }
}

/// The entry of a group that has enough runs.
fn entry(subject: Subject, mut group: Group) -> DurationEntry {
    let n_runs = group.observed.len();
    group.observed.sort_unstable();
    if n_runs > MOST_KEPT {
        let kept =
            (0..MOST_KEPT).map(|index| group.observed[index * (n_runs - 1) / (MOST_KEPT - 1)]);
        group.observed = kept.collect();
    }
    let files: Vec<String> = group.files.into_iter().collect();
    let source = format!("{n_runs} runs in {}", files.join(", "));
    subject.entry(group.observed, source)
}

fn too_few(subject: &Subject, group: &Group) -> Issue {
    let n_runs = group.observed.len();
    Issue {
        level: IssueLevel::Warning,
        rule: "few-past-runs".to_owned(),
        place: group.first.clone(),
        message: format!(
            "of {} there are too few runs to go by ({n_runs}), so what holds without them is used",
            subject.words()
        ),
        fix: format!(
            "add runs up to {FEWEST_OBSERVATIONS}, or leave cells empty to count them with others"
        ),
    }
}

fn not_text(place: Place) -> Issue {
    Issue {
        level: IssueLevel::Error,
        rule: "unreadable-past-run".to_owned(),
        place,
        message: "this is not text in UTF-8, so it was not used".to_owned(),
        fix: "save the table as CSV in UTF-8".to_owned(),
    }
}

fn at_line(file: &str, line: Option<u64>) -> Place {
    Place {
        line: line.and_then(|line| u32::try_from(line).ok()),
        ..Place::file(file)
    }
}

#[cfg(test)]
mod tests;
