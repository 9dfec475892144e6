//! The command line: what can be asked for, and how a refusal reads.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use wavetank_core::units::KubeVersion;

const EXAMPLES: &str = "\
Examples:
  kubectl get nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs,pdb,pvc,pv \\
    -A -o json > cluster.json
  wavetank inspect cluster.json
  wavetank simulate cluster.json --target 1.34
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
pub(crate) struct Simulate {
    /// A scenario's file or folder; or fleet files, dumps and folders; `-` is standard input.
    #[arg(value_name = "SCENARIO", required_unless_present = "filename")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) more: MoreInputs,
    /// The seed of chance, instead of the scenario's.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The version to reach, instead of the scenario's.
    #[arg(long, value_name = "VERSION")]
    pub(crate) target: Option<KubeVersion>,
    /// Write every event to a file, one JSON object a line.
    #[arg(long, value_name = "OUT.jsonl")]
    pub(crate) trace: Option<PathBuf>,
    /// Print nothing but the hash of the whole trace.
    #[arg(long)]
    pub(crate) digest: bool,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
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
    ExitCode::from(crate::COULD_NOT_RUN)
}
