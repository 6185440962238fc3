//! The command line as it is written: names, help, and what may stand together.

pub(crate) mod bundle;
pub(crate) mod figure;
pub(crate) mod image;
pub(crate) mod normalise;
pub(crate) mod rules;
pub(crate) mod score;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use engine::feed::Start;
use engine::wire::Kind;

use crate::output::Format;
use crate::values::{self, ReplaySpeed};

const EXIT_CODES: &str = "\
Exit codes:
  0  fine (record with undecodable messages too: they are kept and counted)
  1  the thing looked at is bad: verification failed, undecodable, refused
  2  wrong usage
  3  I/O or broker";

const ABOUT: &str = "\
Plateside records a screening lab's Kafka topics into a session folder, judges its plates while they fill in, and \
replays, verifies, draws and exports what was recorded. Watching leaves no trace on the broker: no consumer group, no \
committed offset, nothing produced.

Results go to stdout, progress and messages to stderr. On a terminal a result is a table, in a pipe it is JSON; \
--format says otherwise. Numbers are written so that they read back to the same 64 bits; a statistic that cannot be \
had is null, with its reason under \"undefined\".";

const EXAMPLES: &str = "\
Examples:
  plateside demo-lab --speed 60                                    a lab to try things with
  plateside record --brokers 127.0.0.1:9092 --out monday           until Ctrl-C
  plateside replay monday && plateside verify monday               the digests agree
  plateside qc monday --feature Cells_Count --format csv
  plateside figure monday --plate SQ00015054 --feature Cells_Count --out cells.svg";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "plateside", version, about = "Screening plates, judged while the robot runs", long_about = ABOUT)]
#[command(after_help = EXIT_CODES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Record(Record),
    Replay(Replay),
    Verify(Verify),
    Qc(Qc),
    Normalise(normalise::Normalise),
    Rules(rules::RulesArguments),
    Export(Export),
    Image(image::Image),
    Score(score::Score),
    Figure(figure::Figure),
    Bundle(bundle::Bundle),
    Open(bundle::Open),
    DemoLab(DemoLab),
    Completions(Completions),
    /// What Plateside starts by itself.
    #[command(hide = true)]
    Worker {
        #[command(subcommand)]
        command: WorkerCommand,
    },
}

/// Child processes.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum WorkerCommand {
    /// Reads Kafka; frames on stdin and stdout.
    Consume,
    /// Runs a model; frames on stdin and stdout.
    Infer,
}

/// Record a broker's topics into a session folder
///
/// Reads the topics through a child process, decodes each message, judges the plates and stores it all; Ctrl-C or
/// SIGTERM ends it well, a second one at once. A folder that holds a session already is gone on with: every message
/// is in it exactly once. What cannot be decoded is kept with the reason (see export --what undecoded). Recording
/// waits for a broker that is not there, and goes on when one comes back.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside record --brokers kafka-1:9092,kafka-2:9092 --profile lab.toml --out monday
  plateside record --brokers 127.0.0.1:9092 --out monday --topic results=lab.results --topic layouts=lab.maps
  plateside record --brokers 127.0.0.1:9092 --out monday --until-idle 5s --format json

At the end it prints: messages, records, results, images, undecoded (of the whole session), bytes and seconds (of this
recording), offsets:{{topic:{{partition:next}}}}, digest:{{content,history,judgement}}. A topic that was deleted and made
again keeps its name for its last life; an earlier one is named topic#0, topic#1, …

{EXIT_CODES}"))]
pub(crate) struct Record {
    /// Where the broker is: HOST:PORT, several with commas
    #[arg(long, value_name = "B", value_parser = values::brokers)]
    pub(crate) brokers: String,
    /// The lab's profile: topics, and how its assays are judged. Without one no Z' is claimed
    #[arg(long, value_name = "P.toml")]
    pub(crate) profile: Option<PathBuf>,
    /// Read this topic as this kind of message (results, images, layouts, stages, flags, tasks, reviews); may be
    /// repeated. It stands instead of the profile's topics of that kind. Without a profile and without any of these,
    /// the default names are read: plateside.results, plateside.layouts, …
    #[arg(long = "topic", value_name = "KIND=T", value_parser = values::topic)]
    pub(crate) topics: Vec<(Kind, String)>,
    /// The session's folder: a new or an empty one, or a session to go on with
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Where topics begin that the session has not read yet: earliest, latest, stored, or a time such as
    /// 2026-11-22T13:00:00+01:00. Layouts, tasks and reviews are always read from the earliest offset. "stored" goes
    /// on with an existing session only
    #[arg(long, value_name = "WHERE", default_value = "earliest", value_parser = values::start)]
    pub(crate) from: Start,
    /// End when everything there is has been stored and nothing came for this long (500ms, 5s, 2m). A broker that does
    /// not answer at all within that time, or 15 s if that is longer, is then an error
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub(crate) until_idle: Option<Duration>,
    /// A consumer group's name, where the broker's rights ask for a certain one. It is never joined, and nothing is
    /// committed
    #[arg(long, value_name = "G")]
    pub(crate) group: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

/// Play a recorded session through the same road again
///
/// Decodes, judges and stores everything once more in a temporary folder. No broker is needed, and the session is only
/// read. The digests equal those of the recording.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside replay monday
  plateside replay monday --speed 10 --until 2026-11-22T13:30:00+01:00

It prints: messages, records, seconds, digest:{{content,history,judgement}}.

{EXIT_CODES}"))]
pub(crate) struct Replay {
    /// The session's folder
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// 1 is as it was, 10 ten times as fast, max as fast as it goes
    #[arg(long, value_name = "N|max", default_value = "max", value_parser = values::speed_or_max)]
    pub(crate) speed: ReplaySpeed,
    /// Stop before what was received later than this
    #[arg(long, value_name = "TIME", value_parser = values::time_ms)]
    pub(crate) until: Option<i64>,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

/// Check that a session is whole and unchanged
///
/// Reads every row and file again: digests of messages, the chain of what people did, checkpoints, gaps in offsets,
/// decoding, and the alerts that the rules make of it today.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Example:
  plateside verify monday --format json

It prints: ok, messages, records, images, undecoded, digest:{{…}}, offsets:{{topic:{{partition:{{first,next,gaps}}}}}},
problems:[…], notes:[…]. Without problems ok is true and the exit code 0, else false and 1. Gaps in offsets are no
problem by themselves: compaction, transactions and retention make them.

{EXIT_CODES}"))]
pub(crate) struct Verify {
    /// The session's folder
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

/// Z' and its kin: how well the controls of each plate stand apart
///
/// Of a table (a header row with well, optionally plate, and features; comma, semicolon or tab; decimal comma; UTF-8,
/// UTF-16 or Latin-1) or of a session. Standard deviations are over n - 1; MAD is scaled by 1.4826. Without a layout
/// every well is a sample, and the statistics of controls say why they cannot be had.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside qc plate.csv --layout layout.csv --feature Cells_Count
  plateside qc monday --plate SQ00015054 --format csv

It prints an array of objects, one a plate and feature: plate, (run, of a session), feature,
n:{{positive,negative,sample,excluded}}, z_prime, robust_z_prime, z, ssmd, robust_ssmd, signal_to_background,
signal_to_noise, signal_window, cv_percent:{{positive,negative,sample}}, undefined:{{name:reason}}. Where an assay card
pairs other roles than positive and negative, pair:{{positive,negative}} names them. In CSV a text that begins like a
formula (= + - @) has an apostrophe in front.

{EXIT_CODES}"))]
pub(crate) struct Qc {
    /// A table of wells, or a session's folder
    #[arg(value_name = "FILE.csv|DIR")]
    pub(crate) source: PathBuf,
    /// The roles of a table's wells: columns well, role (negative, positive, reference, sample, empty), optionally
    /// plate, compound, concentration, unit, replicate; or a platemap, a drawn plate, a workbook (.xlsx, .ods, .xls).
    /// Wells that it does not name are empty
    #[arg(long, value_name = "L.csv")]
    pub(crate) layout: Option<PathBuf>,
    /// Only this feature. A session without it gives the headline features of the assay card, or all where no card
    /// applies; a table gives all
    #[arg(long, value_name = "F")]
    pub(crate) feature: Option<String>,
    /// Only this plate, by its barcode. A table without a column plate is taken to be this one
    #[arg(long, value_name = "P")]
    pub(crate) plate: Option<String>,
    /// Only this run of a session; "" is the plates without one
    #[arg(long, value_name = "R")]
    pub(crate) run: Option<String>,
    /// Wells that each group needs, at least 2 [default: the assay card's, else 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) minimum_n: Option<u32>,
    /// Replicates per compound in production, for the signal window [default: the assay card's, else 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) replicates: Option<u32>,
    #[command(flatten)]
    pub(crate) format: FormatChoice,
}

/// Write out a session's wells, or what could not be decoded
///
/// wells: a line for each (run, plate, well, site) with the values that win: each partition offers its message of
/// highest offset, and among these the latest wins. Topic, partition, offset and read_at are those of the latest
/// message that contributed a value. Sorted by run, plate, row, column, site; features by name. A feature without a
/// value is an empty cell in CSV, null in JSON where it was cleared or was no number, and absent where nothing came.
///
/// undecoded: each message that could not be read, with the reason and its bytes: as body where they are UTF-8 of at
/// most 4 KiB, else the beginning as body_hex, and body_bytes, their number.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside export monday --what wells --format csv > wells.csv
  plateside export monday --what undecoded --format jsonl | head

In CSV a text that begins like a formula (= + - @, tab) and is no number has an apostrophe in front, so that a
spreadsheet does not run what a message says; JSON has texts as they came.

{EXIT_CODES}"))]
pub(crate) struct Export {
    /// The session's folder
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// What to write
    #[arg(long, value_name = "WHAT")]
    pub(crate) what: ExportWhat,
    /// [default: csv on a terminal, json in a pipe]
    #[arg(long)]
    pub(crate) format: Option<ExportFormat>,
    /// Only this run of wells; "" is the plates without one
    #[arg(long, value_name = "R")]
    pub(crate) run: Option<String>,
    /// Only this plate of wells, by its barcode
    #[arg(long, value_name = "P")]
    pub(crate) plate: Option<String>,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportWhat {
    /// Winning values of each well and site
    Wells,
    /// Messages that could not be decoded
    Undecoded,
    /// Planes, with where their pixels are
    Images,
    /// Layouts, a line a well
    Layouts,
    /// Flags, raised and cleared
    Flags,
    /// Reviewers' verdicts
    Decisions,
    /// Reviewers' shapes on images
    Annotations,
    /// What people did here, as a chain of hashes
    Audit,
}

/// How an export is written: as it is read, without ever holding all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A header and lines
    Csv,
    /// One array
    Json,
    /// One object a line
    Jsonl,
}

/// Serve a small lab on this machine, to try things with
///
/// An embedded Kafka broker on 127.0.0.1 and a feeder that plays real plates (LINCS Cell Painting, CC0) at a lab's
/// pace. No robot is running, and its run says so. The first line on stdout is the address for --brokers; it stays
/// until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_long_help = format!("\
Example:
  plateside demo-lab --speed 60 > address &
  until [ -s address ]; do sleep 1; done
  plateside record --brokers \"$(head -n 1 address)\" --profile demo/profile.toml --out demo-session

{EXIT_CODES}"))]
pub(crate) struct DemoLab {
    /// 1 is a lab's own pace (half an hour a plate of 384 wells), 60 fills one in half a minute
    #[arg(long, value_name = "N", default_value = "1", value_parser = values::speed)]
    pub(crate) speed: f64,
}

/// Print completions for a shell
///
/// To stdout, for the shell to read; it then completes commands, options and their values.
#[derive(Debug, Clone, Copy, Args)]
#[command(after_long_help = format!("\
Examples:
  plateside completions bash > ~/.local/share/bash-completion/completions/plateside
  plateside completions zsh > \"${{fpath[1]}}/_plateside\"
  plateside completions fish > ~/.config/fish/completions/plateside.fish
  plateside completions powershell >> $PROFILE

{EXIT_CODES}"))]
pub(crate) struct Completions {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: ShellName,
}

/// Shells that completions are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellName {
    /// GNU Bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

/// How the result is written.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FormatChoice {
    /// [default: table on a terminal, json in a pipe (rows of normalise: csv)]
    #[arg(long)]
    format: Option<Format>,
}

impl FormatChoice {
    /// As told.
    pub(crate) fn told(self) -> Option<Format> {
        self.format
    }

    /// As told, else what is usual there.
    pub(crate) fn get(self) -> Format {
        Format::or_usual(self.format)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        let words = std::iter::once("plateside").chain(line.split_whitespace());
        Arguments::try_parse_from(words).map(|a| a.command).map_err(|error| error.to_string())
    }

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn record_as_the_stable_command_line_says() {
        let line = "record --brokers a:1,b:2 --profile p.toml --topic results=r --topic layouts=l --out d --from \
                    latest --until-idle 5s --group g --format jsonl";
        let Ok(Command::Record(record)) = parse(line) else { panic!("{line}") };
        assert_eq!(record.topics, [(Kind::Results, "r".to_owned()), (Kind::Layouts, "l".to_owned())]);
        assert_eq!((record.from, record.until_idle), (Start::Latest, Some(Duration::from_secs(5))));
        let Ok(Command::Record(least)) = parse("record --brokers a:1 --out d") else { panic!() };
        assert_eq!((least.from, least.until_idle, least.topics.len()), (Start::Earliest, None, 0));
    }

    #[test]
    fn the_others_as_the_stable_command_line_says() {
        for line in [
            "replay d --speed max --until 2026-11-22T13:00:00Z",
            "replay d --speed 2.5",
            "verify d --format json",
            "qc f.csv --layout l.csv --feature F --plate P --minimum-n 4 --replicates 2 --format table",
            "qc d --run R",
            "export d --what wells --format csv",
            "export d --what undecoded --format jsonl",
            "figure d --plate P --feature F --out x.svg",
            "figure d --plate P --feature F --method robust_z --out x.PNG --dpi 300 --run R --kind histogram",
            "bundle d --out f.plateside",
            "bundle d --out f.plateside --pixels none --force --keep-link-queries --format json",
            "open f.plateside --out d --max-bytes 1000000 --max-files 10",
            "demo-lab --speed 60",
            "score models/nuclei-seg a.tif b.png",
            "score m/model.onnx a.tif --objects --plane 3 --time-limit 90s --memory-mib 1024 --threads 1 --format jsonl",
            "worker consume",
            "worker infer",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line));
        }
    }

    #[test]
    fn wrong_usage_names_the_argument() {
        for (line, part) in [
            ("record --out d", "--brokers"),
            ("record --brokers a --out d --topic result=x", "is not a kind"),
            ("record --brokers a --out d --until-idle soon", "--until-idle"),
            ("replay d --speed 0", "--speed"),
            ("qc f --minimum-n 1", "--minimum-n"),
            ("export d", "--what"),
            ("export d --what nonsense", "undecoded"),
            ("figure d --plate P --feature F", "--out"),
            ("figure d --plate P --feature F --out x.pdf", ".svg or .png"),
            ("figure d --plate P --feature F --out x.png --dpi 5", "48..=1200"),
            (
                "figure d --plate P --feature F --out x.svg --method nonsense",
                "raw, percent_of_control, percent_activity, z, robust_z, b_score, log2, plate_median",
            ),
            ("score model", "IMAGE"),
            ("score model a.tif --memory-mib 1", "256"),
            ("score model a.tif --time-limit soon", "--time-limit"),
            ("bundle d", "--out"),
            ("bundle d --out f --pixels some", "full, previews, none"),
            ("open f", "--out"),
            ("fly", "fly"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn help_has_examples_and_exit_codes_and_no_worker() {
        let help = Arguments::command().render_long_help().to_string();
        assert!(help.contains("Exit codes") && help.contains("Examples"), "{help}");
        assert!(!help.contains("worker"), "what nobody should call is not shown: {help}");
        for mut command in Arguments::command().get_subcommands().filter(|c| !c.is_hide_set()).cloned() {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Exit codes") && help.contains("Example"), "{help}");
        }
    }
}
