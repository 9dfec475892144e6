//! Why a command ends before its time.

use std::fmt;
use std::io;
use std::path::Path;

use wavetank_core::inventory::LabelQueryError;
use wavetank_core::plan::PlanError;
use wavetank_core::scenario::ScenarioError;
use wavetank_core::trial::DrainError;

/// Why a command ends before its time.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Whoever read the output has seen enough, as `head` does. That is no failure.
    NobodyReads,
    /// It could not be run.
    Failed(Failure),
}

/// Why a command could not be run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file or folder could not be read.
    Read {
        /// As the user named it.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file could not be written.
    Write {
        /// As the user named it.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file is no scenario.
    Scenario(ScenarioError),
    /// No plan can be made.
    Plan(PlanError),
    /// The scenario says what cannot be used; each of it was told already.
    Unusable,
    /// Nothing that was given holds a cluster.
    NoCluster,
    /// A folder where a table of past runs is to be.
    HistoryIsFolder(String),
    /// Nothing of the given tables of past runs can be used.
    NoRuns,
    /// A drain cannot be rehearsed.
    Drain(DrainError),
    /// A text is no label selector.
    Selector(LabelQueryError),
    /// No event is the one that was asked about.
    NoEvent {
        /// What was asked about.
        asked: String,
        /// How many events there are.
        n_events: u32,
    },
    /// There is no such kind of file.
    UnknownKind {
        /// What was asked for.
        kind: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// Something that must hold did not.
    Bug(&'static str),
}

impl Failure {
    /// A file that could not be read.
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.display().to_string(),
            source,
        }
    }

    /// A file that could not be written.
    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.display().to_string(),
            source,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, source } => write!(f, "cannot read {path}: {source}"),
            Self::Write { path, source } => write!(f, "cannot write {path}: {source}"),
            Self::Scenario(error) => error.fmt(f),
            Self::Plan(error) => error.fmt(f),
            Self::Drain(error) => error.fmt(f),
            Self::Selector(error) => write!(f, "--pod-selector: {error}"),
            Self::Unusable => f.write_str(
                "the scenario says what cannot be used, so nothing was rehearsed; mend what is \
                 told above, or take it out",
            ),
            Self::HistoryIsFolder(path) => write!(
                f,
                "{path}: a folder is no table of past runs; name each CSV file in it, with a \
                 `--history` each or a line each in the scenario's `history`"
            ),
            Self::NoRuns => f.write_str(
                "no past run could be read, so nothing was rehearsed; correct the lines above, or \
                 go without the table",
            ),
            Self::NoCluster => f.write_str(
                "nothing that was given holds a cluster; give the output of \
                 `kubectl get nodes,pods,pdb -A -o json`, or a fleet file that names it",
            ),
            Self::NoEvent { asked, n_events } => write!(
                f,
                "no event is `{asked}`; there are {n_events}, numbered from 0: `wavetank simulate` \
                 lists them with --trace FILE; or give words of a sentence"
            ),
            Self::UnknownKind { kind, known } => {
                write!(
                    f,
                    "no file is of kind `{kind}`; there are {}",
                    known.join(", ")
                )
            }
            Self::Bug(what) => write!(f, "{what}; that is an error of wavetank's own"),
        }
    }
}

impl From<Failure> for Ending {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Errors of standard output; files have a name and are told by [`Failure::write`].
impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::NobodyReads;
        }
        Self::Failed(Failure::write(Path::new("standard output"), error))
    }
}
