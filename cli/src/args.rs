//! The command line: what can be asked for, and how a refusal reads.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use wavetank_core::units::{DurationError, KubeVersion, SimDuration};

const EXAMPLES: &str = "\
Examples:
  kubectl get nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs,pdb,pvc,pv,csinodes \\
    -A -o json > cluster.json
  wavetank inspect cluster.json
  wavetank simulate cluster.json --target 1.34
  wavetank blast cluster.json --target 1.34
  wavetank drain cluster.json --node worker-3 --ignore-daemonsets
  wavetank simulate scenarios/demo --seed 7 --trace events.jsonl";

/// Rehearse a Kubernetes fleet upgrade offline, from what kubectl prints.
#[derive(Debug, Parser)]
#[command(name = "wavetank", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a fleet: its clusters, how well they are known, and what is missing.
    Inspect(Inspect),
    /// Rehearse a scenario, or a fleet with the default plan.
    Simulate(Simulate),
    /// Explain one event of a rehearsal: the chain of its causes, each by its rule.
    Why(Why),
    /// Tell which services a rehearsal hits: how badly, how long, through whom, by which event.
    Blast(Blast),
    /// Rehearse `kubectl drain`: what it prints, what blocks it for ever, what would mend it.
    ///
    /// Exits with 0 when every node is drained, and with 2 when one is not.
    Drain(Drain),
    /// Show how long things take in a rehearsal, and how that is known.
    Durations(Durations),
    /// Print the JSON Schema of a kind of file.
    Schema(Schema),
    /// Make a synthetic fleet.
    Generate(Generate),
}

/// Files, and how results are written.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// Fleet files, dumps and folders; `-` is standard input.
    #[arg(value_name = "INPUT", required_unless_present = "filename")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) more: MoreInputs,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
}

/// What to rehearse.
#[derive(Debug, Args)]
pub(crate) struct Rehearsed {
    /// A scenario's file or folder; or fleet files, dumps and folders; `-` is standard input.
    #[arg(value_name = "SCENARIO", required_unless_present = "filename")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) more: MoreInputs,
    /// A table of past runs (CSV) to go by; it wins over what the scenario says of the same.
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Vec<PathBuf>,
    /// The seed of chance, instead of the scenario's.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The version to reach, instead of the scenario's.
    #[arg(long, value_name = "VERSION")]
    pub(crate) target: Option<KubeVersion>,
}

/// What to rehearse, and what to write of it.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    #[command(flatten)]
    pub(crate) rehearsed: Rehearsed,
    /// Write every event to a file, one JSON object a line.
    #[arg(long, value_name = "OUT.jsonl")]
    pub(crate) trace: Option<PathBuf>,
    /// Print nothing but the hash of the whole trace.
    #[arg(long)]
    pub(crate) digest: bool,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
}

/// Whose durations.
#[derive(Debug, Args)]
pub(crate) struct Durations {
    /// As for `simulate`; without any, every default there is.
    #[arg(value_name = "SCENARIO")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) more: MoreInputs,
    /// A table of past runs (CSV) to go by; it wins over what the scenario says of the same.
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
}

/// Which event to explain.
#[derive(Debug, Args)]
pub(crate) struct Why {
    #[command(flatten)]
    pub(crate) rehearsed: Rehearsed,
    /// The event: its number in the trace, or words that its sentence holds; of several that do,
    /// the worst one is taken, and of those the first.
    #[arg(long, value_name = "EVENT")]
    pub(crate) event: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
}

/// What to rehearse, and how to tell what it hits.
#[derive(Debug, Args)]
pub(crate) struct Blast {
    #[command(flatten)]
    pub(crate) rehearsed: Rehearsed,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
}

/// The command to rehearse, with the flags of kubectl.
#[derive(Debug, Args)]
pub(crate) struct Drain {
    /// A scenario's file or folder; or fleet files, dumps and folders; `-` is standard input.
    #[arg(value_name = "INPUT", required_unless_present = "filename")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) more: MoreInputs,
    /// The nodes, in the order they are drained.
    #[arg(
        long = "node",
        value_name = "NAME",
        num_args = 1..,
        value_delimiter = ',',
        required_unless_present = "all"
    )]
    nodes: Vec<String>,
    /// Give the verdict of every node, each drained by itself.
    #[arg(long, conflicts_with = "nodes")]
    pub(crate) all: bool,
    /// The cluster, where the names of nodes do not tell it.
    #[arg(long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// Leave pods of daemon sets where they are.
    #[arg(long)]
    pub(crate) ignore_daemonsets: bool,
    /// Go on though pods keep data in an emptyDir, which is lost.
    #[arg(long)]
    pub(crate) delete_emptydir_data: bool,
    /// Go on though nothing creates some pods again.
    #[arg(long)]
    pub(crate) force: bool,
    /// Delete instead of evicting: budgets are not asked.
    #[arg(long)]
    pub(crate) disable_eviction: bool,
    /// Seconds that each pod is given to stop; -1 leaves it its own, 0 is at once.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "-1",
        allow_negative_numbers = true,
        value_parser = whole_seconds
    )]
    grace_period: i32,
    /// How long to wait for a node before giving up, such as 90s or 5m; 0 is for ever.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = go_duration)]
    timeout: SimDuration,
    /// Take only the pods with these labels.
    #[arg(long, value_name = "SELECTOR")]
    pub(crate) pod_selector: Option<String>,
    /// The seed of chance.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
}

impl Drain {
    /// The nodes, by their names alone: kubectl takes `node/NAME` as well.
    pub(crate) fn nodes(&self) -> Vec<String> {
        let name = |node: &String| node.strip_prefix("node/").unwrap_or(node).to_owned();
        self.nodes.iter().map(name).collect()
    }

    /// The grace period that is asked for; none leaves each pod its own.
    pub(crate) fn grace_period(&self) -> Option<SimDuration> {
        let seconds = u64::try_from(self.grace_period).ok();
        seconds.map(SimDuration::from_secs)
    }

    /// How long to wait for a node; none is for ever.
    pub(crate) fn timeout(&self) -> Option<SimDuration> {
        Some(self.timeout).filter(|timeout| *timeout > SimDuration::ZERO)
    }
}

/// A number of seconds as kubectl takes it: without a unit.
fn whole_seconds(text: &str) -> Result<i32, String> {
    let seconds = text.parse();
    seconds.map_err(|_| {
        "write whole seconds without a unit, such as 30; -1 leaves each its own".to_owned()
    })
}

/// A duration as kubectl takes it: zero needs no unit.
fn go_duration(text: &str) -> Result<SimDuration, DurationError> {
    match text {
        "0" => Ok(SimDuration::ZERO),
        _ => text.parse(),
    }
}

/// Which schema.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// `scenario`, `fleet` or `run-report`.
    pub(crate) kind: String,
}

/// What the fleet shall be like.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Clusters.
    #[arg(long, value_name = "N")]
    pub(crate) clusters: Option<u32>,
    /// Worker nodes, over all clusters.
    #[arg(long, value_name = "N")]
    pub(crate) nodes: Option<u32>,
    /// Pods, over all clusters.
    #[arg(long, value_name = "N")]
    pub(crate) pods: Option<u32>,
    /// The seed; the same numbers and seed make the same fleet.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Where to write it; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Inputs as kubectl takes them.
#[derive(Debug, Args)]
pub(crate) struct MoreInputs {
    /// The same as an INPUT, as kubectl has it.
    #[arg(short = 'f', long = "filename", value_name = "INPUT")]
    pub(crate) filename: Vec<PathBuf>,
}

/// How results are written.
#[derive(Debug, Args)]
pub(crate) struct FormatArguments {
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format`, as kubectl has it.
    #[arg(short = 'o', value_name = "FORMAT", value_parser = kubectl_format)]
    output: Option<Format>,
}

impl FormatArguments {
    /// The format that was asked for, in either way.
    pub(crate) fn chosen(&self) -> Format {
        self.output.unwrap_or(self.format)
    }
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What `-o` may be. What kubectl knows and we do not is refused in kubectl's words.
fn kubectl_format(text: &str) -> Result<Format, String> {
    match text {
        "json" => Ok(Format::Json),
        "text" => Ok(Format::Text),
        "yaml" | "wide" | "name" => Err("did you mean -o json?".to_owned()),
        _ => Err("-o takes a format, as in kubectl; did you mean -o json?".to_owned()),
    }
}

/// Reads the command line.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(arguments)
}

/// Prints help, or what is wrong with the command line.
pub(crate) fn refuse(refusal: &clap::Error) -> ExitCode {
    let asked = matches!(
        refusal.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let text = refusal.render();
    // A closed pipe is the reader's choice, as everywhere.
    if asked {
        let _ = write!(anstream::stdout(), "{}", text.ansi());
        return ExitCode::from(crate::OK);
    }
    let _ = write!(anstream::stderr(), "{}", text.ansi());
    if let Some(tip) = tip(refusal) {
        let _ = writeln!(anstream::stderr(), "\n  tip: {tip}");
    }
    ExitCode::from(crate::COULD_NOT_RUN)
}

/// What the words of a drain may have been meant for, where something of it is missing.
fn tip(refusal: &clap::Error) -> Option<&'static str> {
    let Some(ContextValue::Strings(missing)) = refusal.get(ContextKind::InvalidArg) else {
        return None;
    };
    let of_drain = refusal.kind() == ErrorKind::MissingRequiredArgument
        && refusal.to_string().contains("wavetank drain");
    let lacks = |name: &str| missing.iter().any(|argument| argument.starts_with(name));
    if !of_drain {
        None
    } else if lacks("--node") {
        Some("name nodes after `--node`, or ask for every node with `--all`")
    } else if lacks("<INPUT>") {
        Some("every word after `--node` is a node's name, so the input comes before it")
    } else {
        None
    }
}
