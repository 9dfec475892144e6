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

/// Turns past runs into entries, one for each group; the files count as one table.
pub fn read_history(files: &[HistoryFile<'_>]) -> Checked<Vec<DurationEntry>> {
    let mut groups = BTreeMap::new();
    let mut issues = Vec::new();
    for file in files {
        read(*file, &mut groups, &mut issues);
    }
    let mut entries = Vec::new();
    for (subject, group) in groups {
        if group.observed.len() < FEWEST_OBSERVATIONS {
            issues.push(too_few(&subject, &group));
        } else {
            entries.push(entry(subject, group));
        }
    }
    Checked {
        value: entries,
        issues,
    }
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
    for record in reader.records() {
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
    for (index, name) in header.iter().enumerate() {
        let name = name.trim_start_matches('\u{feff}');
        if let Some(column) = COLUMNS.iter().position(|known| *known == name) {
            found.places[column] = Some(index);
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
    if quantity.is_some() && seconds.is_some() != duration.is_some() {
        return Some(found);
    }
    refuse(
        IssueLevel::Error,
        "unreadable-history",
        "a table of past runs needs the columns `quantity` and one of `seconds` and `duration`, \
         so this file was not used"
            .to_owned(),
        format!("open it with a line such as `{}`", COLUMNS[..6].join(",")),
    );
    None
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
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// One line for each entry with its quantiles, then one for each issue.
    #[track_caller]
    fn check(text: &[u8], expected: &Expect) {
        let file = HistoryFile {
            name: "runs.csv",
            bytes: text,
        };
        let read = read_history(&[file]);
        let mut told = String::new();
        for entry in &read.value {
            let [least, median, most] = [0, 500, 1_000].map(|p| entry.distribution.quantile(p));
            let quantity = entry.quantity.name();
            let scope = [&entry.cluster, &entry.pool, &entry.workload];
            let scope = scope.map(|name| name.as_deref().unwrap_or("*")).join(" ");
            let provider = entry.provider.map_or("*", Provider::name);
            let line = format!("{quantity} {provider} {scope}: {least} {median} {most}");
            told.extend([line, format!("; {}\n", entry.source)]);
            assert_eq!(entry.check(), Ok(()));
        }
        told.extend(read.issues.iter().map(|issue| format!("{issue}\n")));
        expected.assert_eq(&told);
    }

    #[test]
    fn runs_of_the_same_make_one_distribution_and_others_make_theirs() {
        check(
            b"quantity,provider,cluster,pool,workload,seconds\n\
              node-boot,,,gpu,,600\nnode-boot,,,gpu,,660\nnode-boot,,,gpu,,540.25\n\
              node-boot,,,gpu,,1200\nnode-boot,,,gpu,,580\n\
              control-plane,eks,eu-1,,,600\ncontrol-plane,eks,eu-1,,,700\n\
              control-plane,eks,eu-1,,,800\ncontrol-plane,eks,eu-1,,,900\n\
              control-plane,eks,eu-1,,,1000\n\
              pod-start,,,,shop/web,3\n",
            &expect![[r#"
                control-plane eks eu-1 * *: 10m 13m20s 16m40s; 5 runs in runs.csv
                node-boot * * gpu *: 9m250ms 10m 20m; 5 runs in runs.csv
                runs.csv:12: warning[few-past-runs]: of pod-start, workload shop/web there are too few runs to go by (1), so what holds without them is used; add runs up to 5, or leave cells empty to count them with others
            "#]],
        );
    }

    #[test]
    fn columns_stand_in_any_order_and_lengths_may_have_units() {
        check(
            b"\xef\xbb\xbfduration,when,quantity\r\n4m10s,mon,node-rebuild\r\n\
              \"5m\", tue ,node-rebuild\r\n6m,wed,node-rebuild\r\n7m,,node-rebuild\r\n\
              8m,,node-rebuild\r\n",
            &expect![[r#"
                node-rebuild * * * *: 4m10s 6m 8m; 5 runs in runs.csv
                runs.csv:1: note[unknown-history-column]: the column `when` is not known here and was passed over; known are `quantity`, `provider`, `cluster`, `pool`, `workload`, `seconds`, `duration`
            "#]],
        );
    }

    #[test]
    fn a_bad_line_is_told_and_the_others_are_used() {
        check(
            b"quantity,provider,pool,seconds\nnode-boot,,,60\nnode-bot,,,60\nnode-boot,eksx,,60\n\
              control-plane,,web,60\nnode-boot,,,1m\nnode-boot,,,-4\nnode-boot\nnode-boot,,,61\n\
              node-boot,,,62\nnode-boot,,,\xff\nnode-boot,,,99999999\nnode-boot,,,63\n\
              node-boot,,,64\nnode-boot,,a,b,60\nnode-boot,,,64,\n",
            &expect![[r#"
                node-boot * * * *: 1m 1m2s500ms 1m4s; 6 runs in runs.csv
                runs.csv:3: error[unreadable-past-run]: the quantity `node-bot` is not known, so this line was not used; did you mean `node-boot`?
                runs.csv:4: error[unreadable-past-run]: the provider `eksx` is not known, so this line was not used; did you mean `eks`?
                runs.csv:5: error[unreadable-past-run]: control-plane does not differ by pool, so this line was not used; take `pool` out
                runs.csv:6: error[unreadable-past-run]: `1m` is not a number of seconds, so this line was not used; write it as `250` or `250.5`, or head the column `duration` for `4m10s`
                runs.csv:7: error[unreadable-past-run]: `-4` is not a number of seconds, so this line was not used; write it as `250` or `250.5`, or head the column `duration` for `4m10s`
                runs.csv:8: error[unreadable-past-run]: `` is not a number of seconds, so this line was not used; write it as `250` or `250.5`, or head the column `duration` for `4m10s`
                runs.csv:11: error[unreadable-past-run]: this is not text in UTF-8, so it was not used; save the table as CSV in UTF-8
                runs.csv:12: error[unreadable-past-run]: 1157d9h46m39s is too long, so this line was not used; write at most 366d
                runs.csv:15: error[unreadable-past-run]: there are more cells than the header's 4, so this line was not used; quote cells that hold a comma
            "#]],
        );
    }

    #[test]
    fn a_table_without_the_columns_that_are_needed_is_not_used() {
        check(
            b"",
            &expect![[r#"
            runs.csv:1: error[unreadable-history]: a table of past runs needs the columns `quantity` and one of `seconds` and `duration`, so this file was not used; open it with a line such as `quantity,provider,cluster,pool,workload,seconds`
        "#]],
        );
        check(
            b"quantty,seconds\nnode-boot,4\n",
            &expect![[r#"
                runs.csv:1: error[unknown-history-column]: the column `quantty` is not known here, so this file was not used; did you mean `quantity`?
            "#]],
        );
        check(
            b"quantity,cluser,seconds\nnode-boot,eu-1,4\n",
            &expect![[r#"
                runs.csv:1: error[unknown-history-column]: the column `cluser` is not known here, so this file was not used; did you mean `cluster`?
            "#]],
        );
        check(
            b"quantity,seconds,duration\n",
            &expect![[r#"
            runs.csv:1: error[unreadable-history]: a table of past runs needs the columns `quantity` and one of `seconds` and `duration`, so this file was not used; open it with a line such as `quantity,provider,cluster,pool,workload,seconds`
        "#]],
        );
    }

    #[test]
    fn files_count_as_one_table() {
        let head = "quantity,seconds\n";
        let first = format!("{head}node-boot,10\nnode-boot,20\n");
        let second = format!("{head}node-boot,30\nnode-boot,40\nnode-boot,50\n");
        let files = [("a.csv", &first), ("b.csv", &second)].map(|(name, text)| HistoryFile {
            name,
            bytes: text.as_bytes(),
        });
        let read = read_history(&files);
        assert_eq!(read.issues, []);
        let [entry] = &read.value[..] else {
            panic!("{:?}", read.value);
        };
        assert_eq!(entry.source, "5 runs in a.csv, b.csv");
        assert_eq!(entry.distribution.quantile(500).as_secs(), 30);
        assert_eq!(read_history(&files[..1]).value, []);
    }

    #[test]
    fn of_very_many_runs_the_quantiles_are_kept() {
        let lines = (0..5_000).map(|run| format!("node-boot,{run}\n"));
        let text = format!("quantity,seconds\n{}", lines.collect::<String>());
        let read = read_history(&[HistoryFile {
            name: "runs.csv",
            bytes: text.as_bytes(),
        }]);
        let entry = &read.value[0];
        let Distribution::Empirical(kept) = &entry.distribution else {
            panic!("{entry:?}");
        };
        assert_eq!(kept.sorted().len(), MOST_KEPT);
        assert_eq!(entry.distribution.quantile(0).as_secs(), 0);
        assert_eq!(entry.distribution.quantile(1_000).as_secs(), 4_999);
        let median = entry.distribution.quantile(500).as_secs();
        assert!((2_490..=2_510).contains(&median), "{median}");
        assert_eq!(entry.source, "5000 runs in runs.csv");
    }
}
