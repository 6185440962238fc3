// Made from crates/engine/src/desk by UPDATE=1 cargo test -p engine typescript. Do not edit.

/**
 * Which undecoded messages.
 */
export type AfterArgs = { 
/**
 * Only those after this `seq`; 0 for all.
 */
after_seq: number, };

/**
 * Names an alert.
 */
export type AlertArgs = { 
/**
 * Its `seq`.
 */
seq: number, };

/**
 * One alert: the state of one rule on one plate and feature.
 */
export type AlertItem = { 
/**
 * Its `seq`: names it.
 */
seq: number, 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Its run.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Which rule spoke, by its stable name.
 */
rule: string, 
/**
 * What it found, in a few words.
 */
title: string, 
/**
 * The screen that shows it: `plate`, `images`, `live`, `sessions` or `connect`.
 */
opens: string, 
/**
 * Which headline feature; empty for a rule that is about none.
 */
feature: string, 
/**
 * Of which wells or sites it speaks, in words; empty for one about a whole plate or a run.
 */
place: string, 
/**
 * The first of them: its name, and its site.
 */
well: string | null, 
/**
 * The first of them: its site, from 1.
 */
site: number | null, 
/**
 * `ok` when it is over.
 */
level: Level, 
/**
 * The statistic, `null` where it became undefined.
 */
value: number | null, 
/**
 * The card's limit that it was compared with.
 */
limit: number | null, 
/**
 * Positive and negative wells that counted.
 */
counts: [number, number], 
/**
 * When its cause was received.
 */
at_ms: number, 
/**
 * What to do, in the rule's words.
 */
guidance: string, 
/**
 * A later alert of the same rule replaced it, or it is over.
 */
open: boolean, 
/**
 * Somebody acknowledged it.
 */
acknowledged: boolean, 
/**
 * It is listed until it is over and somebody has acknowledged it.
 */
listed: boolean, 
/**
 * It calls beyond the screen: it was raised by a rule that may, and its cause was not old when it came.
 */
calls: boolean, 
/**
 * When it was over; `null` while it holds.
 */
over_at_ms: number | null, 
/**
 * Alerts of the same rule raised within ten seconds of each other, itself included: one line.
 */
burst: number, 
/**
 * Z' of the run's last plates in order of their barcodes, for the small chart: barcode and value.
 */
neighbours: Array<[string, number | null]>, };

/**
 * An annotation as it stands.
 */
export type AnnotationRow = { 
/**
 * The shape.
 */
shape: DrawnShape, 
/**
 * Who drew it.
 */
by: string | null, 
/**
 * When.
 */
at_ms: number, 
/**
 * It was drawn here.
 */
ours: boolean, };

/**
 * The assay cards in force.
 */
export type AssayCards = { 
/**
 * The profile's name.
 */
profile: string, 
/**
 * The cards, in the profile's order.
 */
cards: Array<CardDetail>, 
/**
 * Names of assays that layouts of the session say and that no card has.
 */
missing: Array<string>, };

/**
 * What the window needs to begin.
 */
export type Boot = { 
/**
 * Plateside's version.
 */
version: string, 
/**
 * Settings of the window.
 */
settings: WindowSettings, 
/**
 * Where sessions lie.
 */
sessions_folder: string, 
/**
 * A screen to open, by its name in the rail, if the command line named one.
 */
screen: string | null, 
/**
 * A problem met while starting, in words; nothing is lost.
 */
problem: Failure | null, };

/**
 * What is done with a bundle.
 */
export type BundleDoing = "export" | "import";

/**
 * A file that is named as a bundle is.
 */
export type BundleFile = { 
/**
 * Its whole path.
 */
path: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The folder that it lies in.
 */
folder: string, 
/**
 * Its bytes.
 */
bytes: number, 
/**
 * When it was last changed; `null` where the disk does not say.
 */
changed_ms: number | null, };

/**
 * Where a bundle of a session would go, and what the session weighs.
 */
export type BundlePlace = { 
/**
 * A path at which nothing is: in the person's folder of bundles, by the session's name.
 */
path: string, 
/**
 * Bytes of the session's rows; a bundle packs them.
 */
database_bytes: number, 
/**
 * Bytes of its image files; a bundle takes them as they are, or leaves them out.
 */
images_bytes: number, 
/**
 * Bytes left on that disk, `null` where it does not say.
 */
free_bytes: number | null, };

/**
 * The parts of writing and of opening a bundle.
 */
export type BundleStep = "preparing" | "verifying" | "shrinking" | "packing" | "sealing" | "unpacking";

/**
 * The one bundle that is being written or opened.
 */
export type BundleWork = { 
/**
 * Written or opened.
 */
doing: BundleDoing, 
/**
 * The session's name, or the file's.
 */
name: string, 
/**
 * The file.
 */
path: string, 
/**
 * What is being done.
 */
step: BundleStep, 
/**
 * So much of it: entries of the session while it is verified, else bytes.
 */
done: number, 
/**
 * Of so much; 0 while that is not known.
 */
total: number, 
/**
 * Somebody had enough: it ends soon.
 */
stopping: boolean, };

/**
 * Files that are named as bundles are; nobody has looked into them.
 */
export type BundlesFound = { 
/**
 * Newest first, at most 200.
 */
files: Array<BundleFile>, 
/**
 * How many more there are.
 */
left_out: number, 
/**
 * The folders that were looked through.
 */
folders: Array<string>, };

/**
 * How one assay is judged.
 */
export type CardDetail = { 
/**
 * The assay's name, as layouts say it.
 */
name: string, 
/**
 * The judged features, the most important first.
 */
headline: Array<CardHeadline>, 
/**
 * Which roles stand against each other.
 */
pairs: Array<CardPair>, 
/**
 * What is good, what wants attention, what fails.
 */
limits: CardLimits, };

/**
 * One feature of a plate.
 */
export type CardFeature = { 
/**
 * Its name.
 */
feature: string, 
/**
 * Z' of its controls as received.
 */
z_prime: number | null, 
/**
 * SSMD of them.
 */
ssmd: number | null, 
/**
 * Mean of the positives.
 */
mean_positive: number | null, 
/**
 * Mean of the negatives.
 */
mean_negative: number | null, };

/**
 * Features of a plate by how well they tell its controls apart, the best first.
 */
export type CardFeatures = { 
/**
 * How many features the plate's messages name.
 */
total: number, 
/**
 * All of them.
 */
rows: Array<CardFeature>, };

/**
 * One judged feature.
 */
export type CardHeadline = { 
/**
 * Its name on the wire.
 */
feature: string, 
/**
 * Its unit.
 */
unit: string | null, 
/**
 * Where positives lie: `up`, `down` or `null`.
 */
direction: string | null, 
/**
 * `none` or `log2`.
 */
transform: string, 
/**
 * `mean` or `sum`: how sites become a well.
 */
aggregate: string, };

/**
 * A card's limits.
 */
export type CardLimits = { 
/**
 * Z' at or above is good.
 */
z_prime_good: number, 
/**
 * Z' at or above, and below good, wants attention; below fails.
 */
z_prime_attention: number, 
/**
 * SSMD without its sign; below wants attention.
 */
ssmd_magnitude: number, 
/**
 * The larger of S/B and its inverse; below wants attention.
 */
signal_ratio: number, 
/**
 * CV of the negatives in percent; above wants attention.
 */
cv_negative_percent: number, 
/**
 * Wells that each group needs.
 */
minimum_n: number, 
/**
 * Replicates per compound in production.
 */
replicates: number, 
/**
 * Edge effect in percent; `null`: a plate is held against the run's others.
 */
edge_effect_percent: number | null, 
/**
 * Edge strength.
 */
edge_strength: number | null, 
/**
 * Gradient over rows or columns in percent.
 */
gradient_percent: number | null, 
/**
 * A row's or column's distance from the plate's mean in percent.
 */
line_percent: number | null, };

/**
 * Two control roles.
 */
export type CardPair = { 
/**
 * The role that counts as positive.
 */
positive: string, 
/**
 * The role that counts as negative.
 */
negative: string, };

/**
 * Whether the chain of records holds.
 */
export type ChainState = { 
/**
 * Every record follows from the one before it.
 */
holds: boolean, 
/**
 * In words: how many records, or which one is wrong.
 */
says: string, };

/**
 * A channel.
 */
export type ChannelInfo = { 
/**
 * Its name on the wire.
 */
name: string, 
/**
 * Red, green, blue to begin with.
 */
rgb: [number, number, number], };

/**
 * How a connection test ended.
 */
export type CheckOutcome = { 
/**
 * The worst step.
 */
level: Level, 
/**
 * One sentence.
 */
says: string, 
/**
 * How long all of it took.
 */
took_ms: number, 
/**
 * The topics of the connection.
 */
topics: Array<CheckedTopic>, 
/**
 * Every topic that is to be seen there, with its partitions, by name.
 */
visible: Array<[string, number]>, 
/**
 * The first message that was read.
 */
preview: Preview | null, };

/**
 * One step of a connection test, told when it begins and again when it ends.
 */
export type CheckStep = { 
/**
 * `resolve`, `reach`, `cluster`, `topics`, `positions`, `first_message`.
 */
step: string, 
/**
 * `ok`, `attention` or `fail`; `unknown` while it runs; `info` where it was left out.
 */
level: Level, 
/**
 * It is under way.
 */
running: boolean, 
/**
 * How long it took.
 */
took_ms: number, 
/**
 * What was found.
 */
says: string, 
/**
 * The broker's own words.
 */
words: string | null, 
/**
 * What to try.
 */
advice: string | null, };

/**
 * A topic as the test found it.
 */
export type CheckedTopic = { 
/**
 * What it is to carry.
 */
kind: string, 
/**
 * Its name.
 */
topic: string, 
/**
 * Partitions, `null` where it is not to be seen.
 */
partitions: number | null, 
/**
 * Messages from the start position to the end, at most; `null` where unknown.
 */
messages: number | null, 
/**
 * Why it cannot be read.
 */
problem: string | null, 
/**
 * Topics that are there and may have been meant.
 */
suggestions: Array<string>, };

/**
 * A file that stands beside a file of layouts.
 */
export type ChosenFile = { 
/**
 * Its name, for messages.
 */
name: string, 
/**
 * Its bytes, base64; at most 32 MiB of them.
 */
base64: string, };

/**
 * A feature of a plate on a scale.
 */
export type CompareArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * The feature.
 */
feature: string, 
/**
 * The scale.
 */
scale: string, };

/**
 * How to reach a lab.
 */
export type Connection = { 
/**
 * Its name, chosen by a person; names the file that keeps it.
 */
name: string, 
/**
 * `HOST:PORT`, comma-separated.
 */
brokers: string, 
/**
 * Kind (`results`, `images`, `layouts`, `stages`) and topic; empty topics are not read.
 */
topics: Array<TopicChoice>, 
/**
 * Where topics begin that were never read.
 */
start: StartChoice, 
/**
 * The folder in which its sessions are kept; `null` for the usual one.
 */
folder: string | null, 
/**
 * The profile's text (TOML) with assay cards; empty for none.
 */
profile: string, };

/**
 * A connection to use, test or save.
 */
export type ConnectionArgs = { 
/**
 * The connection.
 */
connection: Connection, };

/**
 * What is known of connections.
 */
export type Connections = { 
/**
 * The saved ones, by name.
 */
saved: Array<Connection>, 
/**
 * What a new one begins with: the native contract's topics.
 */
blank: Connection, 
/**
 * Files that could not be read, with the reason.
 */
unreadable: Array<Failure>, };

/**
 * A verdict, signed.
 */
export type DecideArgs = { 
/**
 * The flag's handle.
 */
flag: string, 
/**
 * What is signed; its verdict is not `null`.
 */
draft: ReviewDraft, 
/**
 * The reviewer's name in full.
 */
name: string, 
/**
 * From 0 to 1; `null` where nobody says.
 */
confidence: number | null, };

/**
 * A decision about a site.
 */
export type DecisionRow = { 
/**
 * The event's id.
 */
event: string, 
/**
 * `pass`, `reject`, `reimage`, `second_reader`.
 */
verdict: string, 
/**
 * Codes of reasons.
 */
reasons: Array<string>, 
/**
 * Free text.
 */
comment: string | null, 
/**
 * Who.
 */
by: string | null, 
/**
 * When.
 */
at_ms: number, 
/**
 * It was made here.
 */
ours: boolean, 
/**
 * A later one stands instead of it.
 */
superseded: boolean, };

/**
 * How fast the demo robot reads.
 */
export type DemoArgs = { 
/**
 * Times real time; 1 is the demo's usual speed.
 */
speed: number, };

/**
 * Room on the session's disk.
 */
export type Disk = { 
/**
 * `ok`, `attention` below the first limit, `fail` below the last (the source waits).
 */
level: Level, 
/**
 * Bytes left, `null` where nothing is recorded.
 */
free_bytes: number | null, };

/**
 * Which dose-response curves.
 */
export type DoseArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * The feature.
 */
feature: string, 
/**
 * The scale.
 */
scale: string, 
/**
 * Only this compound.
 */
compound: string | null, };

/**
 * One compound.
 */
export type DoseCurve = { 
/**
 * The compound.
 */
compound: string, 
/**
 * The doses' unit, as the layout writes it; of molar ones that which most of the compound's wells have.
 */
unit: string, 
/**
 * Its wells, on this plate and its replicates.
 */
points: Array<DosePoint>, 
/**
 * The curve; `null` where none fits.
 */
fit: DoseFit | null, 
/**
 * Why none fits.
 */
undefined: string | null, };

/**
 * Dose-response curves of a plate's compounds.
 */
export type DoseCurves = { 
/**
 * At most 48, those that are best described by their curve first.
 */
curves: Array<DoseCurve>, 
/**
 * Compounds that are not in the list.
 */
left_out: number, 
/**
 * Why there are none.
 */
why: string | null, };

/**
 * `y = bottom + (top - bottom) / (1 + 10^((log10_ec50 - log10 dose) * hill))`.
 */
export type DoseFit = { 
/**
 * The lower plateau.
 */
bottom: number, 
/**
 * The upper plateau.
 */
top: number, 
/**
 * Decimal logarithm of the dose half-way.
 */
log10_ec50: number, 
/**
 * Steepness; negative where the value falls with the dose.
 */
hill: number, 
/**
 * Share of the scatter that the curve explains.
 */
r_squared: number, 
/**
 * 95 % interval of `log10_ec50`; `null` where it cannot be had.
 */
interval: [number, number] | null, 
/**
 * The dose half-way lies outside the doses.
 */
extrapolated: boolean, 
/**
 * Different doses.
 */
doses: number, 
/**
 * Points.
 */
n: number, };

/**
 * One well of a compound.
 */
export type DosePoint = { 
/**
 * Its dose.
 */
dose: number, 
/**
 * Its value on the scale.
 */
value: number, 
/**
 * Its plate's handle.
 */
plate: string, 
/**
 * Its row-major number.
 */
well: number, };

/**
 * What is to be kept of a review that goes on.
 */
export type DraftArgs = { 
/**
 * The flag's handle.
 */
flag: string, 
/**
 * What was begun; `null` lets it go.
 */
draft: ReviewDraft | null, };

/**
 * A figure of several plates or compounds.
 */
export type DrawFigureArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * The feature.
 */
feature: string, 
/**
 * `raw`, `percent`, `percent_activity`, `z`, `robust_z`, `b_score`, `log2` or `plate_median`.
 */
scale: string, 
/**
 * `heatmap`, `histogram`, `heatmap_and_histogram`, `multiples`, `replicates`, `doses` or `control_chart`.
 */
kind: string, 
/**
 * The other plate, for `replicates`; `null` for the best replicate.
 */
other: string | null, 
/**
 * The statistic of a control chart, as in `run_order`; empty for Z'.
 */
statistic: string, 
/**
 * Compounds of a dose figure; empty for all of them, at most those that fit.
 */
compounds: Array<string>, 
/**
 * Whether multiples share one colour scale.
 */
one_scale: boolean, 
/**
 * `svg` or `png`.
 */
format: string, 
/**
 * Dots an inch, of a PNG.
 */
dpi: number, };

/**
 * A figure as a picture for the clipboard.
 */
export type DrawnFigure = { 
/**
 * A PNG, base64.
 */
base64: string, 
/**
 * Its pixels across.
 */
width: number, 
/**
 * Its pixels down.
 */
height: number, };

/**
 * A shape in pixels of the plane at full size, origin at the top left.
 */
export type DrawnShape = { 
/**
 * Its own id, made by whoever drew it: 1 to 64 letters, digits and `-`.
 */
id: string, 
/**
 * `point` (x, y), `line` (x, y, x, y), `box` (left, top, width, height), `polygon` and `path` (x, y, …).
 */
kind: string, 
/**
 * Its numbers.
 */
numbers: Array<number>, 
/**
 * What it marks, at most 200 characters.
 */
label: string, };

/**
 * One alert of a dry run.
 */
export type DryRunAlert = { 
/**
 * Its rule.
 */
rule: string, 
/**
 * What a person reads first.
 */
title: string, 
/**
 * The plate's handle; of a run, its plate that was heard of last.
 */
plate: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Which headline feature.
 */
feature: string, 
/**
 * Of which wells or sites it speaks, in words.
 */
place: string, 
/**
 * How much it matters.
 */
level: Level, 
/**
 * The number that the rule asked for first.
 */
value: number | null, 
/**
 * When its cause was received.
 */
at_ms: number, };

/**
 * One rule of a dry run.
 */
export type DryRunRule = { 
/**
 * Its stable name.
 */
rule: string, 
/**
 * What a person reads first.
 */
title: string, 
/**
 * Alerts that the text's rules raise.
 */
raised: number, 
/**
 * Alerts of the session.
 */
recorded: number, };

/**
 * Wells to exclude or to restore.
 */
export type ExcludeArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major numbers, at least one.
 */
wells: Array<number>, 
/**
 * `true` to exclude, `false` to restore.
 */
excluded: boolean, 
/**
 * Why, 1 to 500 characters.
 */
reason: string, };

/**
 * A well that counts nowhere.
 */
export type ExcludedWell = { 
/**
 * Row-major number.
 */
well: number, 
/**
 * Why, in a person's words; `null` where that record is not at hand.
 */
reason: string | null, 
/**
 * Who.
 */
by: string | null, 
/**
 * When.
 */
at_ms: number | null, };

/**
 * Which bundle to write.
 */
export type ExportBundleArgs = { 
/**
 * The session's handle.
 */
session: string, 
/**
 * The file, as a whole path; one that is there is never replaced.
 */
path: string, 
/**
 * What of pixels goes into it: `full`, `previews` or `none`.
 */
pixels: string, 
/**
 * Links with query strings, which may be signatures, go along as they are.
 */
keep_link_queries: boolean, };

/**
 * A bundle was written.
 */
export type ExportedBundle = { 
/**
 * Where it lies.
 */
path: string, 
/**
 * Its bytes.
 */
bytes: number, 
/**
 * Bytes of images that are not in it.
 */
left_out_bytes: number, };

/**
 * What went wrong. The window acts on `code`, never on the text.
 */
export type Failure = { 
/**
 * Stable, as `no_such_plate`.
 */
code: string, 
/**
 * One sentence for a person: what, why, what to do.
 */
message: string, 
/**
 * More, for the curious.
 */
detail: string | null, };

/**
 * Names a flag.
 */
export type FlagArgs = { 
/**
 * Its handle.
 */
flag: string, };

/**
 * A reason to look.
 */
export type FlagItem = { 
/**
 * Handle: valid while the session is on the desk.
 */
flag: string, 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Its run.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Row-major number; `null`: the whole plate.
 */
well: number | null, 
/**
 * As `D09`.
 */
well_name: string | null, 
/**
 * From 1.
 */
site: number | null, 
/**
 * The channel.
 */
channel: string | null, 
/**
 * Why, as its maker names it: `out_of_focus`.
 */
reason: string, 
/**
 * `info`, `warning`, `error`.
 */
severity: string, 
/**
 * Who made it: `rule`, `model`, `pipeline`, `person`, or a lab's own word.
 */
source: string, 
/**
 * The number behind it, in its maker's unit.
 */
score: number | null, 
/**
 * What to do.
 */
guidance: string | null, 
/**
 * When.
 */
at_ms: number, 
/**
 * How it stands.
 */
standing: FlagStanding, 
/**
 * Something was begun here and not signed.
 */
has_draft: boolean, 
/**
 * The verdict that counts.
 */
verdict: string | null, 
/**
 * Who gave it.
 */
decided_by: string | null, 
/**
 * When.
 */
decided_ms: number | null, };

/**
 * How a flag stands.
 */
export type FlagStanding = "waiting" | "second_reader" | "decided" | "cleared";

/**
 * What is missing.
 */
export type GapLedger = { 
/**
 * Plates with gaps, the most first, at most 500.
 */
rows: Array<GapRow>, 
/**
 * Plates with gaps that are not in the list.
 */
left_out: number, 
/**
 * Plates with a layout.
 */
plates: number, 
/**
 * Wells that their layouts expect.
 */
expected: number, 
/**
 * Wells of them with a result.
 */
received: number, 
/**
 * Results messages behind; `null` while unknown, and for a session that is not recorded here.
 */
lag: number | null, };

/**
 * What is missing of one plate: `not_sent + behind + undecodable + unknown` is `expected - received`.
 */
export type GapRow = { 
/**
 * Its handle.
 */
plate: string, 
/**
 * Its run.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Wells that its layout expects.
 */
expected: number, 
/**
 * Wells of them with a result.
 */
received: number, 
/**
 * No message of them is known.
 */
not_sent: number, 
/**
 * The broker may hold them: that many messages were not read yet.
 */
behind: number, 
/**
 * Messages with the plate's key name them and could not be decoded.
 */
undecodable: number, 
/**
 * They were not sent or not read: the lag is not known.
 */
unknown: number, 
/**
 * Messages with the plate's key that could not be decoded and name no well: they may be of any of these wells.
 */
unreadable: number, 
/**
 * Wells with a result of which an image is expected: all of them once one has one, or those that the lab images on the
 * run's other plates; 0 on a plate that is not imaged.
 */
image_expected: number, 
/**
 * Those of them with an image.
 */
imaged: number, 
/**
 * Those of them that lack a site or channel that most wells of the plate have.
 */
image_partial: number, 
/**
 * Those of them without an image or with such a part of it.
 */
image_missing: number, 
/**
 * The missing wells in the well syntax, at most 200 characters.
 */
wells: string, 
/**
 * The newest Kafka timestamp of its results.
 */
last_ms: number | null, 
/**
 * Every expected well has a result.
 */
complete: boolean, };

/**
 * A headline feature of the assay card.
 */
export type HeadlineInfo = { 
/**
 * Its name on the wire.
 */
feature: string, 
/**
 * Its unit.
 */
unit: string | null, 
/**
 * `up` or `down`: where positives lie.
 */
direction: string | null, 
/**
 * `none` or `log2`, before statistics.
 */
transform: string, };

/**
 * The first headline feature of a plate.
 */
export type HeadlineTile = { 
/**
 * The feature.
 */
feature: string, 
/**
 * Z', `null` where it is undefined.
 */
z_prime: number | null, 
/**
 * Why it is undefined.
 */
undefined: string | null, 
/**
 * By the card's limits.
 */
level: Level, 
/**
 * Control wells with a value.
 */
controls_in: number, 
/**
 * Control wells that the layout names.
 */
controls_expected: number, };

/**
 * The answer to a page that listens.
 */
export type Heard = { 
/**
 * The page's number, by which it asks on.
 */
page: number, 
/**
 * What is new, in its order: at most one strip and one tick; nothing where nothing happened for a while.
 */
told: Array<Told>, };

/**
 * Which bundle to open.
 */
export type ImportBundleArgs = { 
/**
 * Its file, as a whole path.
 */
path: string, };

/**
 * A bundle's session is in the library.
 */
export type ImportedBundle = { 
/**
 * The session's handle.
 */
session: string, 
/**
 * Its folder's name.
 */
name: string, 
/**
 * It was there before with everything that the bundle says it holds: nothing was opened.
 */
already: boolean, };

/**
 * A draft is on disk.
 */
export type Kept = { 
/**
 * Since when.
 */
at_ms: number, };

/**
 * A plate's layout as it is in force, for the editor.
 */
export type LayoutDetail = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Its run.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Wells of the plate; `null` where nothing has said it.
 */
format: number | null, 
/**
 * Where the layout in force comes from: `topic`, `plate` (set here for this plate), `run` (set here for the run), `none`.
 */
origin: string, 
/**
 * The assay: it chooses the assay card.
 */
assay: string | null, 
/**
 * The cells' name.
 */
cells: string | null, 
/**
 * The named wells, row-major; all others are empty.
 */
wells: Array<LayoutEntry>, 
/**
 * Who set it here; `null` where it came by the topic.
 */
by: string | null, 
/**
 * When it was set here.
 */
at_ms: number | null, 
/**
 * Why it was set here.
 */
reason: string | null, 
/**
 * A layout of the topic is there, in force or behind the one that was set here.
 */
has_topic: boolean, 
/**
 * The run has a layout of its own, set here.
 */
has_run: boolean, 
/**
 * The assay cards' names.
 */
assays: Array<string>, };

/**
 * One named well of a layout.
 */
export type LayoutEntry = { 
/**
 * Row-major number in the layout's format.
 */
well: number, 
/**
 * `negative`, `positive`, `reference`, `sample`, `empty`.
 */
role: string, 
/**
 * The compound.
 */
compound: string | null, 
/**
 * Its dose.
 */
concentration: number | null, 
/**
 * The dose's unit as received.
 */
unit: string | null, 
/**
 * Which replicate of the compound.
 */
replicate: number | null, };

/**
 * One layout of a file.
 */
export type LayoutRead = { 
/**
 * The barcode; empty for a layout that names no plate.
 */
barcode: string, 
/**
 * The plate's handle, where the session has this plate in the same run.
 */
plate: string | null, 
/**
 * It cannot be set for that plate, with the reason.
 */
problem: string | null, 
/**
 * Wells of the plates that it is for.
 */
format: number, 
/**
 * The assay.
 */
assay: string | null, 
/**
 * The cells' name.
 */
cells: string | null, 
/**
 * What its wells are for.
 */
roles: RolesCounted, 
/**
 * The named wells, row-major; `null` where the answer had no room for them (see `from`).
 */
wells: Array<LayoutEntry> | null, };

/**
 * A compound that is a control.
 */
export type LayoutRule = { 
/**
 * Its id, with or without its batch, or its name.
 */
compound: string, 
/**
 * Only where the dose is greater than this, in the file's unit.
 */
above: number | null, 
/**
 * Only where the dose is at most this, in the file's unit.
 */
at_most: number | null, 
/**
 * `negative`, `positive`, `reference`, `sample`, `empty`.
 */
role: string, };

/**
 * What was found in a file of layouts; nothing is set yet.
 */
export type LayoutsRead = { 
/**
 * `long`, `lincs`, `jump` or `matrix`; `null` where nothing of the file can be taken.
 */
style: string | null, 
/**
 * Why nothing of it can be taken.
 */
refused: string | null, 
/**
 * What would help, besides another file: `barcodes`, `compounds`, `rules`, `unit`, `sheet`, `blank`.
 */
asks: Array<string>, 
/**
 * The sheets of a workbook, in order.
 */
sheets: Array<string>, 
/**
 * The one that was read.
 */
sheet: string | null, 
/**
 * What was taken how, a sentence each.
 */
notes: Array<string>, 
/**
 * What cannot be taken, a sentence each with its place, the first hundred.
 */
problems: Array<string>, 
/**
 * How many there are.
 */
problem_count: number, 
/**
 * The layouts, at most 500.
 */
layouts: Array<LayoutRead>, 
/**
 * How many there are.
 */
layout_count: number, 
/**
 * What the wells of all of them are for.
 */
roles: RolesCounted, };

/**
 * How good something is. Never shown by colour alone.
 */
export type Level = "ok" | "info" | "attention" | "fail" | "unknown";

/**
 * An alert on the timeline.
 */
export type Mark = { 
/**
 * When.
 */
at_ms: number, 
/**
 * Its `seq`.
 */
seq: number, 
/**
 * How bad.
 */
level: Level, 
/**
 * In words, for the tooltip.
 */
says: string, };

/**
 * Names a message.
 */
export type MessageArgs = { 
/**
 * Its `seq`.
 */
seq: number, };

/**
 * One message.
 */
export type MessageDetail = { 
/**
 * In short.
 */
row: MessageRow, 
/**
 * Which life of the topic.
 */
incarnation: number, 
/**
 * Its key as text, bytes that are no UTF-8 as U+FFFD.
 */
key: string | null, 
/**
 * Its headers: name and value as text.
 */
headers: Array<[string, string | null]>, 
/**
 * Bytes of its body, also of one that was left out of a bundle.
 */
bytes: number, 
/**
 * Handle of the body's bytes (`Host.body`), of which at most 1 MiB is given; `null` where it has none.
 */
body: string | null, 
/**
 * Why it could not be decoded; `null` where it could.
 */
undecoded: string | null, };

/**
 * A message in short.
 */
export type MessageRow = { 
/**
 * Its `seq`.
 */
seq: number, 
/**
 * `results`, `images`, ...
 */
kind: string, 
/**
 * Its topic.
 */
topic: string, 
/**
 * Its partition.
 */
partition: number, 
/**
 * Its offset.
 */
offset: number, 
/**
 * Its Kafka timestamp.
 */
timestamp_ms: number | null, 
/**
 * When it was received.
 */
received_ms: number, 
/**
 * It holds at least one value that is shown; `false` for one that was replaced whole.
 */
wins: boolean, };

/**
 * What the desk shows.
 */
export type Mode = "none" | "live" | "replay" | "following";

/**
 * A model of this installation.
 */
export type ModelRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its version.
 */
version: string, 
/**
 * A title.
 */
title: string, 
/**
 * What it is for.
 */
purpose: string, 
/**
 * When not to trust it.
 */
limits: Array<string>, 
/**
 * SHA-256 of its file, hexadecimal.
 */
sha256: string, 
/**
 * `segment` or `classify`.
 */
task: string, 
/**
 * The channel that it was made for.
 */
channel: string | null, 
/**
 * Why it cannot be used; `null` where it can.
 */
problem: string | null, };

/**
 * What one model says of a site.
 */
export type ModelScore = { 
/**
 * The model's name, as `nuclei-seg`.
 */
model: string, 
/**
 * Its version.
 */
version: string, 
/**
 * SHA-256 of its file, hexadecimal.
 */
sha256: string, 
/**
 * The channel that it looked at.
 */
channel: string, 
/**
 * `segment` or `classify`.
 */
task: string, 
/**
 * Objects found.
 */
count: number | null, 
/**
 * The class, as `in_focus`.
 */
class: string | null, 
/**
 * The value of a classification, 0 to 1.
 */
value: number | null, 
/**
 * The pipeline's value of the same thing, where it sent one for this site or well.
 */
pipeline: number | null, 
/**
 * The feature that it stands in.
 */
pipeline_feature: string | null, 
/**
 * Whether both agree within the tolerance; `null` where there is nothing to compare.
 */
agrees: boolean | null, 
/**
 * Difference to the pipeline's value in percent of it.
 */
difference_percent: number | null, 
/**
 * How long it took, without the wait for its turn.
 */
ms: number, 
/**
 * `onnxruntime` or `tract`.
 */
backend: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * The record's `seq`; `null` where the session is read-only and nothing is kept.
 */
seq: number | null, };

/**
 * A name.
 */
export type NameArgs = { 
/**
 * The name.
 */
name: string, };

/**
 * One feature of one well.
 */
export type NamedValue = { 
/**
 * Its name on the wire.
 */
feature: string, 
/**
 * Its value; `null` where there is none.
 */
value: number | null, 
/**
 * Why there is none.
 */
missing: string | null, 
/**
 * Robust z against the plate's negatives, for tracked features.
 */
robust_z: number | null, 
/**
 * Sites that gave the value and sites there are, where it came from sites.
 */
sites: [number, number] | null, };

/**
 * Nothing is asked beside the command itself.
 */
export type NoArgs = Record<symbol, never>;

/**
 * Settings to keep.
 */
export type NotifyArgs = { 
/**
 * The settings.
 */
settings: NotifySettings, };

/**
 * How alerts reach people, and what came of it.
 */
export type NotifyDetail = { 
/**
 * The settings.
 */
settings: NotifySettings, 
/**
 * Why the desktop shows no notifications here; `null` where it does, or nobody tried.
 */
desktop_problem: string | null, 
/**
 * The last thing that could not be delivered, in words.
 */
last_problem: string | null, 
/**
 * Alerts that went out since the start.
 */
sent: number, 
/**
 * Alerts that are quiet until the quiet hours end.
 */
held: number, };

/**
 * How alerts reach people beyond the screen. All is off until somebody turns it on.
 */
export type NotifySettings = { 
/**
 * A notification of the desktop.
 */
desktop: boolean, 
/**
 * A short sound.
 */
sound: boolean, 
/**
 * When nothing but the screen calls; `null` for never.
 */
quiet: QuietHours | null, 
/**
 * Alerts go to this address as JSON: `https://`, `http://` to this machine, or `env:NAME` for an address that the
 * environment holds; empty for none.
 */
webhook: string, 
/**
 * Alerts go to the flags topic of the lab as `plateside.flag/1`.
 */
flags_topic: boolean, };

/**
 * A page to open.
 */
export type OpenLinkArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number; `null` for the plate.
 */
well: number | null, 
/**
 * Which.
 */
name: string, };

/**
 * Events that wait for the broker.
 */
export type OutboxDetail = { 
/**
 * How many.
 */
waiting: number, 
/**
 * `empty`, `offline`, `reading`, `sending`, `failing`, `held`.
 */
state: string, 
/**
 * More about it.
 */
says: string | null, 
/**
 * The oldest of them, at most 200.
 */
rows: Array<OutboxRow>, 
/**
 * Other sessions of the library with events that the broker does not have: name, and how many. They go out when their
 * topics are connected again.
 */
elsewhere: Array<[string, number]>, };

/**
 * One event that waits.
 */
export type OutboxRow = { 
/**
 * Its id.
 */
event: string, 
/**
 * What it says, as `reimage SQ00015194 B10 site 3`.
 */
says: string, 
/**
 * Who made it.
 */
by: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * Why the broker refuses it.
 */
refused: string | null, };

/**
 * A page elsewhere about a plate or a well: the profile names them.
 */
export type OutsideLink = { 
/**
 * As `ELN`.
 */
name: string, 
/**
 * The address with everything filled in.
 */
url: string, };

/**
 * Names a plate or a well.
 */
export type OutsideLinkArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number; `null` for the plate.
 */
well: number | null, };

/**
 * Which hits to write down.
 */
export type PickListArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * The feature.
 */
feature: string, 
/**
 * The scale.
 */
scale: string, 
/**
 * At or beyond this, on that scale.
 */
threshold: number, 
/**
 * `up`, `down` or `both`.
 */
direction: string, };

/**
 * Names one plane of one site.
 */
export type PlaneArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number.
 */
well: number, 
/**
 * From 1.
 */
site: number, 
/**
 * The channel's name.
 */
channel: string, 
/**
 * Focus position; `null` for the brightest of all of them, pixel by pixel.
 */
z: number | null, 
/**
 * Time point.
 */
t: number, };

/**
 * One plane, decoded.
 */
export type PlaneDetail = { 
/**
 * Pixels across.
 */
width: number, 
/**
 * Pixels down.
 */
height: number, 
/**
 * What a sample is in the file, as `u16`.
 */
sample: string, 
/**
 * Bits of a sample that are used.
 */
bits: number, 
/**
 * Where intensities of 0 and 65,535 lie in the file's own unit; `[0, 65535]` for counts.
 */
span: [number, number], 
/**
 * Least and greatest intensity.
 */
range: [number, number], 
/**
 * The range that *Auto* gives: without the darkest 0.5 % and the brightest 0.1 % of the pixels.
 */
auto: [number, number], 
/**
 * The greatest intensity that the file can hold: 255, 4,095, 65,535.
 */
top: number, 
/**
 * Pixels in 256 equal stretches of `0..=top`.
 */
counts: Array<number>, 
/**
 * Pixels at `top`, in percent; `null` of a preview, whose pixels are means of several.
 */
saturated_percent: number | null, 
/**
 * Slope of the logarithm of power over frequency: less is blurred. `null` for planes too small to say, and of a preview.
 */
focus_slope: number | null, 
/**
 * SHA-256 of the file, hexadecimal.
 */
sha256: string, 
/**
 * Bytes of the file.
 */
bytes: number, 
/**
 * `tiff`, `png`, `jpeg`.
 */
format: string, 
/**
 * That only a preview is there, as a sentence: `range`, `auto`, `top` and `counts` are the preview's, all else the
 * image's. `null` where the image is there.
 */
preview: string | null, 
/**
 * Its message.
 */
seq: number, };

/**
 * One plane, before anybody looked into it.
 */
export type PlaneInfo = { 
/**
 * Its channel, by its place in the list of channels.
 */
channel: number, 
/**
 * Focus position.
 */
z: number, 
/**
 * Time point.
 */
t: number, 
/**
 * Where its pixels are.
 */
state: PlaneState, 
/**
 * More about the state; `null` where it is stored.
 */
says: string | null, 
/**
 * Its message.
 */
seq: number, 
/**
 * When it was taken.
 */
acquired_ms: number | null, };

/**
 * Where a plane's pixels are.
 */
export type PlaneState = "stored" | "preview" | "reference" | "incomplete";

/**
 * Names a plate.
 */
export type PlateArgs = { 
/**
 * Its handle.
 */
plate: string, };

/**
 * One plate.
 */
export type PlateDetail = { 
/**
 * Its handle.
 */
plate: string, 
/**
 * Its run.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Wells of its format; `null` while unknown.
 */
format: number | null, 
/**
 * Rows, 0 while unknown.
 */
rows: number, 
/**
 * Columns, 0 while unknown.
 */
columns: number, 
/**
 * Grows with every change.
 */
revision: number, 
/**
 * The layout's assay.
 */
assay: string | null, 
/**
 * The layout's cells.
 */
cells: string | null, 
/**
 * The named wells of the layout, row-major; empty without one.
 */
layout: Array<LayoutEntry>, 
/**
 * A layout has been received.
 */
has_layout: boolean, 
/**
 * The card's headline features, most important first; empty without a card.
 */
headlines: Array<HeadlineInfo>, 
/**
 * Quality by headline feature and pair of roles; empty without a card.
 */
qc: Array<Qc>, 
/**
 * Why there is no judgement, where there is none.
 */
unjudged: string | null, 
/**
 * Excluded wells.
 */
excluded: Array<ExcludedWell>, 
/**
 * Its alerts, newest first, at most 100.
 */
alerts: Array<AlertItem>, 
/**
 * Its stages in order of arrival.
 */
stages: Array<StageRow>, 
/**
 * Wells with a result among the expected ones.
 */
wells_in: number, 
/**
 * Wells from which a result is expected.
 */
wells_expected: number, 
/**
 * Planes so far.
 */
images: number, 
/**
 * Remarks about its run.
 */
notes: Array<string>, };

/**
 * A plate on the wall.
 */
export type PlateTile = { 
/**
 * Its handle: unguessable, valid while this session is on the desk.
 */
plate: string, 
/**
 * Its run, empty for none.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Grows with every change.
 */
revision: number, 
/**
 * Wells of its format; `null` until a message says it.
 */
format: number | null, 
/**
 * Rows and columns of its format, 0 while unknown.
 */
rows: number, 
/**
 * Columns.
 */
columns: number, 
/**
 * Wells with a result among the expected ones.
 */
wells_in: number, 
/**
 * Wells from which a result is expected.
 */
wells_expected: number, 
/**
 * Every expected well has one.
 */
complete: boolean, 
/**
 * The first headline feature; `null` without an assay card.
 */
headline: HeadlineTile | null, 
/**
 * Open alerts.
 */
flags: number, 
/**
 * The worst of them, `ok` for none.
 */
level: Level, 
/**
 * Flags of people, and of anybody about the plate as a whole, that nobody has settled. Neither alerts nor what pipelines and
 * models find in single images are among them.
 */
review_flags: number, 
/**
 * Planes so far.
 */
images: number, 
/**
 * The stage that it last entered or left, as the message names it.
 */
stage: string | null, 
/**
 * The instrument of that stage.
 */
instrument: string | null, 
/**
 * Its assay by the layout.
 */
assay: string | null, 
/**
 * Its cells by the layout.
 */
cells: string | null, 
/**
 * The newest Kafka timestamp of its messages.
 */
last_ms: number | null, 
/**
 * Row-major numbers of wells that changed since the last tick, at most 64, newest last.
 */
fresh: Array<number>, };

/**
 * A moment of a session.
 */
export type Position = { 
/**
 * `seq`.
 */
seq: number, 
/**
 * When it was received.
 */
at_ms: number, 
/**
 * The session's first receipt.
 */
first_ms: number, 
/**
 * Its last.
 */
last_ms: number, 
/**
 * It moves by itself.
 */
playing: boolean, 
/**
 * How fast.
 */
speed: number, 
/**
 * At the last record.
 */
at_end: boolean, };

/**
 * The newest message as it came, for a preview.
 */
export type Preview = { 
/**
 * What its topic carries.
 */
kind: string, 
/**
 * Its topic.
 */
topic: string, 
/**
 * Its partition.
 */
partition: number, 
/**
 * Its offset.
 */
offset: number, 
/**
 * Its Kafka timestamp.
 */
timestamp_ms: number | null, 
/**
 * The beginning of its body (at most 4 KiB), where that is text.
 */
text: string | null, 
/**
 * Bytes of its whole body.
 */
bytes: number, };

/**
 * Quality of one feature for one pair of roles.
 */
export type Qc = { 
/**
 * The feature.
 */
feature: string, 
/**
 * The role that stands as positive.
 */
positive: string, 
/**
 * The role that stands as negative.
 */
negative: string, 
/**
 * Wells that counted: positive, negative, samples.
 */
counts: [number, number, number], 
/**
 * Control wells that the layout names: positive, negative.
 */
expected: [number, number], 
/**
 * Z', robust Z', SSMD, signal to background, CV of negatives, then the artefacts, in this order.
 */
lines: Array<QcLine>, };

/**
 * One line of the QC card.
 */
export type QcLine = { 
/**
 * The statistic's stable name (`CLI.md`), `signal_ratio` for the larger of S/B and its inverse.
 */
name: string, 
/**
 * Its value, `null` where undefined.
 */
value: number | null, 
/**
 * Why it is undefined.
 */
undefined: string | null, 
/**
 * The card's limit; `null` where the line only informs.
 */
limit: number | null, 
/**
 * At least the limit is good; otherwise at most.
 */
at_least: boolean, 
/**
 * By the limits.
 */
level: Level, 
/**
 * What else there is to know: which row, the p of a test.
 */
says: string | null, 
/**
 * 95 % bootstrap interval, of Z' only.
 */
interval: [number, number] | null, };

/**
 * A part of the local day; it may go over midnight.
 */
export type QuietHours = { 
/**
 * The first quiet minute of the day.
 */
from_minute: number, 
/**
 * The first one that is not.
 */
to_minute: number, };

/**
 * A plate, wells of it or a site are to be reviewed.
 */
export type RaiseArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major numbers of the wells, a flag each; none: the plate as a whole.
 */
wells: Array<number>, 
/**
 * A site of the one well, from 1; `null`: the whole well.
 */
site: number | null, 
/**
 * The channel of that site.
 */
channel: string | null, 
/**
 * Why, 1 to 200 characters.
 */
reason: string, };

/**
 * A file of layouts that a person chose, and what they said about it.
 */
export type ReadLayoutsArgs = { 
/**
 * The plate for which it is read: a file that names no plate is for it.
 */
plate: string, 
/**
 * The file's name, for messages.
 */
name: string, 
/**
 * Its bytes, base64; at most 32 MiB of them.
 */
base64: string, 
/**
 * A table with a barcode and a platemap a line.
 */
barcodes: ChosenFile | null, 
/**
 * A table with a compound a line: its id, its name, and which control it is.
 */
compounds: ChosenFile | null, 
/**
 * Which compounds are controls, at most 100; they win over what the file says.
 */
rules: Array<LayoutRule>, 
/**
 * The unit of doses for which the file says none.
 */
unit: string | null, 
/**
 * The sheet of a workbook; `null` for the first that reads as a layout.
 */
sheet: string | null, 
/**
 * What a well without a compound and a role is for; `null` for what the file says.
 */
blank: string | null, 
/**
 * Of a file with more wells than one answer has: the first layout whose wells are told. `null` for this plate's.
 */
from: number | null, };

/**
 * Values under a pixel, in the file's own unit.
 */
export type Readout = { 
/**
 * Channel and value; `null` where the plane is not there, cannot be read, or is only there as a preview.
 */
values: Array<[string, number | null]>, 
/**
 * Why there are no values, where that is because of previews.
 */
says: string | null, };

/**
 * A pixel of a site.
 */
export type ReadoutArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number.
 */
well: number, 
/**
 * From 1.
 */
site: number, 
/**
 * Focus position; `null` for the brightest of all of them.
 */
z: number | null, 
/**
 * Time point.
 */
t: number, 
/**
 * Column, from 0.
 */
x: number, 
/**
 * Row from the top, from 0.
 */
y: number, };

/**
 * A reason that a reviewer can give.
 */
export type ReasonCode = { 
/**
 * As `F1`.
 */
code: string, 
/**
 * In words.
 */
says: string, };

/**
 * A recording under way.
 */
export type Recording = { 
/**
 * Its folder's name.
 */
name: string, 
/**
 * Since.
 */
since_ms: number, 
/**
 * Bytes on disk.
 */
bytes: number, 
/**
 * Messages committed.
 */
messages: number, 
/**
 * Why nothing is stored at the moment.
 */
waiting: string | null, };

/**
 * How well a replicate agrees.
 */
export type Replicate = { 
/**
 * Its handle.
 */
plate: string, 
/**
 * Its run.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Wells with a value on both.
 */
n: number, 
/**
 * Pearson's r; `null` where undefined.
 */
pearson: number | null, 
/**
 * Spearman's rho; `null` where undefined.
 */
spearman: number | null, 
/**
 * Why either is undefined.
 */
undefined: string | null, };

/**
 * A plate's replicates.
 */
export type Replicates = { 
/**
 * Plates of the same run with the same compounds in the same wells, at most 24, in order of arrival.
 */
plates: Array<Replicate>, 
/**
 * Replicates that are not in the list.
 */
left_out: number, 
/**
 * Why there are none.
 */
why: string | null, };

/**
 * One flag with everything about its site.
 */
export type ReviewCase = { 
/**
 * The flag.
 */
item: FlagItem, 
/**
 * What was begun here.
 */
draft: ReviewDraft | null, 
/**
 * Decisions about the site, newest first.
 */
decisions: Array<DecisionRow>, 
/**
 * Annotations as they stand.
 */
annotations: Array<AnnotationRow>, 
/**
 * What local models said of the site, newest first.
 */
checks: Array<ModelScore>, 
/**
 * What happened to the site, newest first.
 */
trail: Array<TrailRow>, 
/**
 * Whether the session's chain of records holds.
 */
chain: ChainState, };

/**
 * A verdict and shapes that are not signed yet.
 */
export type ReviewDraft = { 
/**
 * `pass`, `reject`, `reimage`, `second_reader`.
 */
verdict: string | null, 
/**
 * Codes of reasons.
 */
reasons: Array<string>, 
/**
 * Free text.
 */
comment: string, 
/**
 * Shapes that were drawn here.
 */
shapes: Array<DrawnShape>, 
/**
 * When it was kept; 0 before.
 */
saved_ms: number, };

/**
 * The flags of the session on the desk.
 */
export type ReviewQueue = { 
/**
 * Those that wait first, the most severe and the newest first; then those for a second reader, then decided and cleared
 * ones, newest first. At most 2,000.
 */
items: Array<FlagItem>, 
/**
 * Flags that wait for somebody.
 */
waiting: number, 
/**
 * Flags for a second reader.
 */
second_reader: number, 
/**
 * Decided ones.
 */
decided: number, 
/**
 * Flags that are not in the list for their number.
 */
left_out: number, 
/**
 * Who decides here: the operating system's user name.
 */
user: string, 
/**
 * The name in full that was signed with last, to begin with.
 */
full_name: string, 
/**
 * Why nothing can be decided here; `null` where it can.
 */
read_only: string | null, 
/**
 * What reasons can be given.
 */
codes: Array<ReasonCode>, };

/**
 * How many wells are for what.
 */
export type RolesCounted = { 
/**
 * Negative controls.
 */
negative: number, 
/**
 * Positive controls.
 */
positive: number, 
/**
 * References.
 */
reference: number, 
/**
 * Samples.
 */
sample: number, 
/**
 * Empty wells, those that are not named among them.
 */
empty: number, };

/**
 * Something that a rule may ask of.
 */
export type RuleFact = { 
/**
 * As `feature.z_prime`.
 */
path: string, 
/**
 * `number`, `truth` or `text`.
 */
kind: string, 
/**
 * What it is.
 */
meaning: string, };

/**
 * One thing that is wrong.
 */
export type RuleProblemRow = { 
/**
 * The rule's name; `null` where it is the whole file.
 */
rule: string | null, 
/**
 * `when`, `id`, ...; empty where it is the whole file.
 */
field: string, 
/**
 * The line of the file on which it is, from 1, where that is known.
 */
line: number | null, 
/**
 * The line of the field's own text.
 */
field_line: number | null, 
/**
 * The character of that line.
 */
field_column: number | null, 
/**
 * Why it is refused.
 */
reason: string, 
/**
 * What may have been meant.
 */
hint: string | null, };

/**
 * One rule.
 */
export type RuleRow = { 
/**
 * Its stable name.
 */
id: string, 
/**
 * What a person reads first.
 */
title: string, 
/**
 * `run`, `plate`, `well` or `site`.
 */
scope: string, 
/**
 * It is judged for each headline feature.
 */
per_feature: boolean, 
/**
 * The CEL expression.
 */
when: string, 
/**
 * `info`, `warning` or `error`.
 */
severity: string, 
/**
 * Seconds for which it must hold.
 */
for_s: number, 
/**
 * How often it must hold within `within_s`.
 */
count: number, 
/**
 * The seconds in which `count` is counted.
 */
within_s: number | null, 
/**
 * What to do.
 */
guidance: string, 
/**
 * `plate`, `images`, `live`, `sessions` or `connect`.
 */
opens: string, 
/**
 * It may call beyond the screen.
 */
notify: boolean, 
/**
 * It is judged at all.
 */
enabled: boolean, 
/**
 * `shipped`, `changed` (a shipped one with other words or limits) or `own`.
 */
origin: string, };

/**
 * What is wrong with a rules file.
 */
export type RulesChecked = { 
/**
 * Everything that is wrong, the first 200.
 */
problems: Array<RuleProblemRow>, 
/**
 * The rules of the text, where it has no problem.
 */
rules: Array<RuleRow>, };

/**
 * The rules in force, for the editor.
 */
export type RulesDetail = { 
/**
 * All of them as a rules file (TOML); empty where the session's plates are judged by their cards' plain limits.
 */
text: string, 
/**
 * The same, one by one.
 */
rules: Array<RuleRow>, 
/**
 * The shipped rules as a rules file.
 */
shipped: string, 
/**
 * What a rule may ask.
 */
facts: Array<RuleFact>, };

/**
 * What a rules file would have said of the whole session; nothing is written.
 */
export type RulesDryRun = { 
/**
 * Records that were judged.
 */
records: number, 
/**
 * How long it took.
 */
took_ms: number, 
/**
 * One line a rule that calls now or called before, by name.
 */
rules: Array<DryRunRule>, 
/**
 * Alerts by the rules of the text that the session does not hold, at most 500, in order.
 */
gained: Array<DryRunAlert>, 
/**
 * Alerts of the session that the rules of the text do not raise, at most 500, in order.
 */
lost: Array<DryRunAlert>, 
/**
 * How many are gained in all.
 */
gained_count: number, 
/**
 * How many are lost in all.
 */
lost_count: number, };

/**
 * A rules file as it is being written.
 */
export type RulesTextArgs = { 
/**
 * The text (TOML).
 */
text: string, };

/**
 * A remark about a run.
 */
export type RunNote = { 
/**
 * The run.
 */
run: string, 
/**
 * The remark.
 */
text: string, };

/**
 * A statistic over a run.
 */
export type RunOrder = { 
/**
 * Its plates, in the order in which they came.
 */
points: Array<RunPoint>, 
/**
 * Median of the complete plates, where there are at least 5.
 */
centre: number | null, 
/**
 * Their MAD.
 */
scatter: number | null, 
/**
 * Change per plate (Theil-Sen) over the complete plates.
 */
slope: number | null, 
/**
 * Why there is nothing to see.
 */
why: string | null, };

/**
 * Which statistic of a run's plates.
 */
export type RunOrderArgs = { 
/**
 * The handle of one of the run's plates.
 */
plate: string, 
/**
 * The feature.
 */
feature: string, 
/**
 * A line of the QC card by its name, `median_sample`, `mean_negative` or `mean_positive`.
 */
statistic: string, };

/**
 * One plate of a run.
 */
export type RunPoint = { 
/**
 * Its handle.
 */
plate: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * The statistic.
 */
value: number | null, 
/**
 * Why it is undefined.
 */
undefined: string | null, 
/**
 * Distance from the run's other complete plates, in their MAD; `null` with fewer than 5.
 */
mads: number | null, 
/**
 * Every expected well has a result.
 */
complete: boolean, 
/**
 * By the card's limits.
 */
level: Level, };

/**
 * Every figure of the plate at once, into a folder of its own.
 */
export type SaveFiguresArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * The feature.
 */
feature: string, 
/**
 * `raw`, `percent`, `percent_activity`, `z`, `robust_z`, `b_score`, `log2` or `plate_median`.
 */
scale: string, 
/**
 * `svg` or `png`.
 */
format: string, 
/**
 * Dots an inch, of a PNG.
 */
dpi: number, };

/**
 * A figure was written.
 */
export type SavedFigure = { 
/**
 * Where it lies.
 */
path: string, };

/**
 * Figures were written.
 */
export type SavedFigures = { 
/**
 * Where they lie.
 */
folder: string, 
/**
 * The files' names.
 */
files: Array<string>, 
/**
 * Kinds that could not be drawn, with the reason.
 */
left_out: Array<string>, };

/**
 * Where to go in a session.
 */
export type SeekArgs = { "to": "time", 
/**
 * Milliseconds since 1970 UTC.
 */
ms: number, } | { "to": "seq", 
/**
 * `seq`.
 */
seq: number, } | { "to": "start" } | { "to": "end" };

/**
 * Names a session.
 */
export type SessionArgs = { 
/**
 * Handle.
 */
session: string, };

/**
 * One session with its plates.
 */
export type SessionDetail = { 
/**
 * In short.
 */
row: SessionRow, 
/**
 * Its id.
 */
id: string, 
/**
 * The cluster it was recorded from.
 */
cluster: string, 
/**
 * Messages that could not be decoded.
 */
undecoded: number, 
/**
 * Its plates, at most 200.
 */
plates: Array<SessionPlate>, 
/**
 * Alerts on the timeline, at most 200: time and level.
 */
marks: Array<Mark>, 
/**
 * The checks of the last verification, in order; empty before.
 */
checks: Array<VerifyCheck>, };

/**
 * Which session.
 */
export type SessionHead = { 
/**
 * Its folder's name.
 */
name: string, 
/**
 * Its folder.
 */
folder: string, 
/**
 * The demo lab's.
 */
demo: boolean, };

/**
 * A plate of a session.
 */
export type SessionPlate = { 
/**
 * Its run.
 */
run: string, 
/**
 * Its barcode.
 */
barcode: string, 
/**
 * Wells of its format.
 */
format: number | null, 
/**
 * Wells in.
 */
wells_in: number, 
/**
 * Wells expected.
 */
wells_expected: number, 
/**
 * Z' of the first headline.
 */
z_prime: number | null, 
/**
 * By the card's limits.
 */
level: Level, };

/**
 * A session of the library.
 */
export type SessionRow = { 
/**
 * Handle.
 */
session: string, 
/**
 * Its folder's name.
 */
name: string, 
/**
 * Its folder.
 */
folder: string, 
/**
 * Its runs, at most 8.
 */
runs: Array<string>, 
/**
 * Plates, and those of them that are complete.
 */
plates: number, 
/**
 * Complete ones; not known before they are counted.
 */
plates_complete: number | null, 
/**
 * Wells with a result; not known before they are counted.
 */
wells: number | null, 
/**
 * Planes.
 */
images: number, 
/**
 * Messages.
 */
messages: number, 
/**
 * Alerts that fail, and that want attention.
 */
alerts: [number, number], 
/**
 * Bytes on disk.
 */
bytes: number, 
/**
 * First receipt, `null` while empty.
 */
first_ms: number | null, 
/**
 * Last receipt.
 */
last_ms: number | null, 
/**
 * Messages in 48 equal stretches of its span.
 */
activity: Array<number>, 
/**
 * Decisions of people, made here or received.
 */
decisions: number, 
/**
 * Events made here that the broker does not have.
 */
unsent: number, 
/**
 * How it stands.
 */
state: SessionState, 
/**
 * More about the state: when it was verified, the first finding, why it cannot be read.
 */
state_says: string | null, 
/**
 * Where it is broken: the first entry with which something is wrong, if it has a place among them.
 */
broken_seq: number | null, 
/**
 * When it was last verified.
 */
verified_ms: number | null, 
/**
 * What of pixels the bundle held that it came out of, as `full` or `none`: it is read-only. `null` for a recording.
 */
bundle: string | null, };

/**
 * How a session stands.
 */
export type SessionState = "recording" | "verified" | "reading" | "not_verified" | "broken" | "unreadable";

/**
 * The library.
 */
export type Sessions = { 
/**
 * Newest first.
 */
rows: Array<SessionRow>, 
/**
 * Where they lie.
 */
folder: string, 
/**
 * Bytes that they use together.
 */
used_bytes: number, 
/**
 * Bytes left there.
 */
free_bytes: number | null, 
/**
 * While complete plates and wells of sessions that have changed are counted.
 */
is_counting: boolean, };

/**
 * Cards to judge by from now on, in place of all that are in force.
 */
export type SetCardsArgs = { 
/**
 * The cards.
 */
cards: Array<CardDetail>, 
/**
 * Why.
 */
reason: string, };

/**
 * A layout to set.
 */
export type SetLayoutArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * For all plates of its run that have no layout of their own, by the topic or set here.
 */
whole_run: boolean, 
/**
 * Wells of the plates that it is for.
 */
format: number, 
/**
 * The assay.
 */
assay: string | null, 
/**
 * The cells' name.
 */
cells: string | null, 
/**
 * The named wells.
 */
wells: Array<LayoutEntry>, 
/**
 * Why.
 */
reason: string, };

/**
 * Rules to judge by from now on.
 */
export type SetRulesArgs = { 
/**
 * The rules file (TOML): all rules, the shipped ones too.
 */
text: string, 
/**
 * Why.
 */
reason: string, };

/**
 * New settings.
 */
export type SettingsArgs = { 
/**
 * All of them.
 */
settings: WindowSettings, };

/**
 * One imaged position.
 */
export type SiteImages = { 
/**
 * From 1.
 */
site: number, 
/**
 * Its planes.
 */
planes: Array<PlaneInfo>, 
/**
 * Reasons of the flags raised on it and not cleared.
 */
flags: Array<string>, };

/**
 * How the broker is.
 */
export type SourceHead = { 
/**
 * `connecting`, `live`, `catching_up`, `offline`, `ended`.
 */
state: SourceState, 
/**
 * Its address.
 */
brokers: string, 
/**
 * Messages delivered a second.
 */
messages_per_s: number, 
/**
 * Messages behind; `null` while unknown (offline).
 */
lag: number | null, 
/**
 * When the last message was received.
 */
last_message_ms: number | null, 
/**
 * Offline since.
 */
offline_since_ms: number | null, 
/**
 * The broker's or the worker's own words about what is wrong.
 */
words: string | null, 
/**
 * How often the worker was started again.
 */
restarts: number, 
/**
 * Topics that are not to be seen.
 */
missing_topics: Array<string>, 
/**
 * Each topic.
 */
topics: Array<TopicRow>, };

/**
 * What the source is doing.
 */
export type SourceState = "connecting" | "live" | "catching_up" | "offline" | "ended";

/**
 * How fast to play.
 */
export type SpeedArgs = { 
/**
 * Times real time, above 0, at most 10,000.
 */
speed: number, };

/**
 * Names a site, and the model that is to look at it.
 */
export type SpotCheckArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number.
 */
well: number, 
/**
 * From 1.
 */
site: number, 
/**
 * The channel; `null` for the one that the model was made for.
 */
channel: string | null, 
/**
 * Focus position; `null` for the brightest of all of them.
 */
z: number | null, 
/**
 * Time point.
 */
t: number, };

/**
 * What local models say of a site.
 */
export type SpotChecked = { 
/**
 * One entry a model, in the order in which they ran.
 */
scores: Array<ModelScore>, 
/**
 * Handle of the outlines (`Host.outlines`); `null` where no model found objects.
 */
outlines: string | null, };

/**
 * A plate entered or left a stage.
 */
export type StageRow = { 
/**
 * Which.
 */
stage: string, 
/**
 * What happened, in the wire's word.
 */
event: string, 
/**
 * When, by the sender.
 */
at_ms: number, 
/**
 * Where.
 */
instrument: string | null, };

/**
 * Where to begin.
 */
export type StartChoice = { "at": "earliest" } | { "at": "latest" } | { "at": "time", 
/**
 * Milliseconds since 1970 UTC.
 */
ms: number, };

/**
 * The top strip, the timeline's head and the topic table.
 */
export type Strip = { 
/**
 * What the desk shows.
 */
mode: Mode, 
/**
 * The session on the desk.
 */
session: SessionHead | null, 
/**
 * The broker, while this window records.
 */
source: SourceHead | null, 
/**
 * The recording, which goes on while something else is looked at.
 */
recording: Recording | null, 
/**
 * Where the desk stands in time, in replay and while following.
 */
position: Position | null, 
/**
 * Messages that could not be decoded, of this session up to here.
 */
undecoded: number, 
/**
 * Decisions that wait for the broker.
 */
outbox: number, 
/**
 * What is done about them: `empty`, `offline`, `reading`, `sending`, `failing`, `held`.
 */
outbox_state: string, 
/**
 * Flags that wait for a reviewer.
 */
to_review: number, 
/**
 * The bundle that is being written or opened.
 */
bundling: BundleWork | null, 
/**
 * The disk.
 */
disk: Disk, 
/**
 * A problem that nobody asked about, as a session that the command line named and that cannot be opened.
 */
problem: Failure | null, 
/**
 * Remarks that came with the messages, by run.
 */
notes: Array<RunNote>, 
/**
 * The clock of this machine.
 */
now_ms: number, };

/**
 * The session's time from its first receipt to its last.
 */
export type Timeline = { 
/**
 * First receipt; `null` while empty.
 */
first_ms: number | null, 
/**
 * Last receipt.
 */
last_ms: number | null, 
/**
 * Messages in each stretch.
 */
counts: Array<number>, 
/**
 * Alerts, at most 500, oldest first.
 */
marks: Array<Mark>, };

/**
 * How wide the timeline is.
 */
export type TimelineArgs = { 
/**
 * Stretches wanted, 1 to 4,096.
 */
bins: number, };

/**
 * One thing that is told.
 */
export type Told = { "kind": "tick" } & WindowTick | { "kind": "strip" } & Strip;

/**
 * One topic of a connection.
 */
export type TopicChoice = { 
/**
 * What it carries.
 */
kind: string, 
/**
 * Its name.
 */
topic: string, };

/**
 * One topic.
 */
export type TopicRow = { 
/**
 * Its name.
 */
topic: string, 
/**
 * What it carries.
 */
kind: string, 
/**
 * Messages a second.
 */
messages_per_s: number, 
/**
 * Messages behind, `null` while unknown.
 */
lag: number | null, };

/**
 * What made a number.
 */
export type Trace = { 
/**
 * In the order in which they were received, at most the last 200.
 */
steps: Array<TraceStep>, 
/**
 * Steps before those.
 */
left_out: number, };

/**
 * Names a number.
 */
export type TraceArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number.
 */
well: number, 
/**
 * The feature.
 */
feature: string, };

/**
 * One message that spoke of the feature.
 */
export type TraceStep = { 
/**
 * The message; `wins` where its value counts.
 */
message: MessageRow, 
/**
 * Which site; `null` for the whole well.
 */
site: number | null, 
/**
 * The value; `null` where the message gave none.
 */
value: number | null, 
/**
 * Why there is none: `cleared`, `not a number`, `infinite`.
 */
missing: string | null, 
/**
 * An earlier message had spoken of the same: this one corrects it.
 */
corrects: boolean, };

/**
 * One thing that happened to a site.
 */
export type TrailRow = { 
/**
 * When.
 */
at_ms: number, 
/**
 * Who or what.
 */
who: string, 
/**
 * What, as `annotated`.
 */
did: string, 
/**
 * More.
 */
says: string, 
/**
 * Its place in the session.
 */
seq: number, 
/**
 * The first digits of its link in the chain; `null` for what came from the broker.
 */
link: string | null, };

/**
 * A message that could not be decoded.
 */
export type UndecodedRow = { 
/**
 * In short.
 */
row: MessageRow, 
/**
 * Why.
 */
reason: string, };

/**
 * One check of a verification.
 */
export type VerifyCheck = { 
/**
 * What was checked, as `sqlite`, `chain`, `digests`, `images`.
 */
name: string, 
/**
 * Passed or failed.
 */
level: Level, 
/**
 * What was found.
 */
says: string, };

/**
 * Names a well.
 */
export type WellArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number.
 */
well: number, };

/**
 * One well.
 */
export type WellDetail = { 
/**
 * Row-major number.
 */
well: number, 
/**
 * As `D09`.
 */
name: string, 
/**
 * 1-based.
 */
row: number, 
/**
 * 1-based.
 */
column: number, 
/**
 * Its role; `null` without a layout.
 */
role: string | null, 
/**
 * What the layout says of it.
 */
layout: LayoutEntry | null, 
/**
 * It counts nowhere, and why.
 */
excluded: ExcludedWell | null, 
/**
 * Every feature's winning value, headlines first, then by name.
 */
values: Array<NamedValue>, 
/**
 * When the instrument read it, by the sender.
 */
read_at_ms: number | null, 
/**
 * The messages behind it, newest first, at most 200.
 */
messages: Array<MessageRow>, 
/**
 * Messages behind it that are not in the list.
 */
messages_left_out: number, };

/**
 * Everything imaged of one well.
 */
export type WellImages = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * Row-major number.
 */
well: number, 
/**
 * As `D09`.
 */
name: string, 
/**
 * What the layout says of it.
 */
layout: LayoutEntry | null, 
/**
 * Its sites, by number; empty where nothing was imaged.
 */
sites: Array<SiteImages>, 
/**
 * Channels of the well, and those that most wells of its plate have, in the order in which they are shown.
 */
channels: Array<ChannelInfo>, 
/**
 * Focus positions of the well, ascending.
 */
z: Array<number>, 
/**
 * Time points of the well, ascending.
 */
t: Array<number>, 
/**
 * Wells of the plate that have images, row-major numbers, ascending.
 */
imaged: Array<number>, 
/**
 * Size of a pixel in micrometres, where all planes that say one say the same.
 */
pixel_um: number | null, 
/**
 * Remarks that came with the messages of its images, as that the pictures are a demonstration.
 */
notes: Array<string>, };

/**
 * Wells in words.
 */
export type WellsNamedArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * As `A-H:5, col:1-2, row:C, A01-B09, edge`.
 */
text: string, };

/**
 * A plate as it is, and as it would be.
 */
export type WhatIf = { 
/**
 * As it is.
 */
before: WhatIfSide, 
/**
 * Without those wells.
 */
after: WhatIfSide, };

/**
 * Wells to do without.
 */
export type WhatIfArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * The feature.
 */
feature: string, 
/**
 * Row-major numbers of wells that would count nowhere.
 */
exclude: Array<number>, 
/**
 * Robust z at or beyond which a sample is a hit, in the headline's direction.
 */
threshold: number, };

/**
 * Quality and hits of a plate.
 */
export type WhatIfSide = { 
/**
 * Quality of the feature, by pair of roles.
 */
qc: Array<Qc>, 
/**
 * Samples at or beyond the threshold.
 */
hits: number, 
/**
 * Samples with a value.
 */
samples: number, 
/**
 * Wells that count nowhere.
 */
excluded: number, };

/**
 * Settings of the window, kept in `plateside.toml`.
 */
export type WindowSettings = { 
/**
 * `system`, `dark` or `light`.
 */
theme: string, 
/**
 * Single-letter keys work.
 */
letter_keys: boolean, 
/**
 * Colour map of magnitudes: `viridis`, `cividis`, `magma`.
 */
map: string, 
/**
 * The connection that was used last.
 */
last_connection: string | null, };

/**
 * Everything that changed since the last tick.
 */
export type WindowTick = { 
/**
 * Counts up from 1; with it the page says that the tick is drawn.
 */
number: number, 
/**
 * Everything known before is void: `plates` holds all there are (first tick, seek, another session).
 */
reset: boolean, 
/**
 * The last committed `seq`.
 */
seq: number, 
/**
 * The plates that changed, all of them after a reset.
 */
plates: Array<PlateTile>, 
/**
 * Alerts that were opened, changed or cleared since, newest last; all open ones after a reset.
 */
alerts: Array<AlertItem>, 
/**
 * Alerts that are not in `alerts` for their number: `alerts` of [`super::Desk`] lists them.
 */
alerts_left_out: number, 
/**
 * The oldest receipt of what this tick shows, microseconds since 1970 UTC: for measuring how old pixels are.
 */
received_us: number, };

/**
 * A layout that was set here, to take back.
 */
export type WithdrawLayoutArgs = { 
/**
 * The plate's handle.
 */
plate: string, 
/**
 * The one of its run.
 */
whole_run: boolean, 
/**
 * Why.
 */
reason: string, };

/**
 * A record of a person was written.
 */
export type Written = { 
/**
 * Its `seq`; it is on disk.
 */
seq: number, };

/** Every command with what it takes and gives. */
export interface Commands {
  /** What the window needs to begin. */
  boot: { args: NoArgs; result: Boot };
  /** Keeps the window's settings. */
  save_settings: { args: SettingsArgs; result: WindowSettings };
  /** Opens the demo lab in this process and records it into a new session. */
  start_demo: { args: DemoArgs; result: null };
  /** The saved connections. */
  connections: { args: NoArgs; result: Connections };
  /** Keeps a connection under its name. */
  save_connection: { args: ConnectionArgs; result: null };
  /** Deletes a saved connection; sessions stay. */
  forget_connection: { args: NameArgs; result: null };
  /** Records a lab's topics and shows them live. */
  connect: { args: ConnectionArgs; result: null };
  /** Ends the recording well; its session stays open for reading. */
  disconnect: { args: NoArgs; result: null };
  /** Every feature that a message of the plate named, sorted. */
  features: { args: PlateArgs; result: Array<string> };
  /** One plate. */
  plate: { args: PlateArgs; result: PlateDetail };
  /** One well. */
  well: { args: WellArgs; result: WellDetail };
  /** Everything imaged of one well. */
  images: { args: WellArgs; result: WellImages };
  /** One plane, decoded. */
  plane: { args: PlaneArgs; result: PlaneDetail };
  /** The values under a pixel. */
  readout: { args: ReadoutArgs; result: Readout };
  /** Lets local models look at a site. */
  spot_check: { args: SpotCheckArgs; result: SpotChecked };
  /** The models of this installation. */
  models: { args: NoArgs; result: Array<ModelRow> };
  /** The flags of the session. */
  queue: { args: NoArgs; result: ReviewQueue };
  /** One flag with everything about its site. */
  case: { args: FlagArgs; result: ReviewCase };
  /** Keeps a review that goes on. */
  keep_draft: { args: DraftArgs; result: Kept };
  /** Signs a verdict with its shapes. */
  decide: { args: DecideArgs; result: Written };
  /** Sends a plate, wells of it or a site to review. */
  raise_flag: { args: RaiseArgs; result: Written };
  /** Events that wait for the broker. */
  outbox: { args: NoArgs; result: OutboxDetail };
  /** Tries the outbox again now. */
  send_outbox: { args: NoArgs; result: null };
  /** One message. */
  message: { args: MessageArgs; result: MessageDetail };
  /** Messages that could not be decoded, at most 200. */
  undecoded: { args: AfterArgs; result: Array<UndecodedRow> };
  /** Every message that gave a feature of a well a value. */
  trace: { args: TraceArgs; result: Trace };
  /** Wells by the well syntax. */
  wells_named: { args: WellsNamedArgs; result: Array<number> };
  /** Quality and hits as they are, and as they would be without some wells; nothing is written. */
  what_if: { args: WhatIfArgs; result: WhatIf };
  /** Plates of the same run with the same compounds in the same wells, and how well they agree. */
  replicates: { args: CompareArgs; result: Replicates };
  /** Dose-response curves of the plate's compounds, over the plate and its replicates. */
  doses: { args: DoseArgs; result: DoseCurves };
  /** One statistic of every plate of the run, in the order in which they came. */
  run_order: { args: RunOrderArgs; result: RunOrder };
  /** Hits as CSV into the person's folder of documents. */
  pick_list: { args: PickListArgs; result: SavedFigure };
  /** A plate's layout as it is in force. */
  layout: { args: PlateArgs; result: LayoutDetail };
  /** Sets a layout for a plate or its run; plates are judged again. */
  set_layout: { args: SetLayoutArgs; result: Written };
  /** Takes back a layout that was set here. */
  withdraw_layout: { args: WithdrawLayoutArgs; result: Written };
  /** Reads a file of layouts: tables, drawn plates, workbooks, platemaps. */
  read_layouts: { args: ReadLayoutsArgs; result: LayoutsRead };
  /** The assay cards in force. */
  cards: { args: NoArgs; result: AssayCards };
  /** Judges by other cards from now on. */
  set_cards: { args: SetCardsArgs; result: Written };
  /** Features of a plate by how well they tell its controls apart. */
  card_features: { args: PlateArgs; result: CardFeatures };
  /** The rules in force. */
  rules: { args: NoArgs; result: RulesDetail };
  /** Checks a rules file. */
  check_rules: { args: RulesTextArgs; result: RulesChecked };
  /** What a rules file would have said of the session; nothing is written. */
  dry_run_rules: { args: RulesTextArgs; result: RulesDryRun };
  /** Judges by other rules from now on. */
  set_rules: { args: SetRulesArgs; result: Written };
  /** How alerts reach people beyond the screen. */
  notify: { args: NoArgs; result: NotifyDetail };
  /** Keeps how alerts reach people. */
  save_notify: { args: NotifyArgs; result: NotifyDetail };
  /** Sends a test by everything that is turned on but the flags topic. */
  try_notify: { args: NoArgs; result: NotifyDetail };
  /** Pages elsewhere about a plate or a well. */
  outside_links: { args: OutsideLinkArgs; result: Array<OutsideLink> };
  /** Opens one of them in the system's browser. */
  open_link: { args: OpenLinkArgs; result: null };
  /** Wells that layouts expect and that have not been received, by cause. */
  gaps: { args: NoArgs; result: GapLedger };
  /** Excludes or restores wells, with the reason. */
  exclude: { args: ExcludeArgs; result: Written };
  /** The newest alerts, at most 500, newest first, also those that are over. */
  alerts: { args: NoArgs; result: Array<AlertItem> };
  /** Says that somebody has seen an alert. */
  acknowledge: { args: AlertArgs; result: Written };
  /** The session's time. */
  timeline: { args: TimelineArgs; result: Timeline };
  /** Plays on from where the desk stands. */
  play: { args: NoArgs; result: null };
  /** Holds; a recording goes on. */
  pause: { args: NoArgs; result: null };
  /** How fast to play. */
  speed: { args: SpeedArgs; result: null };
  /** Goes to a moment; from the live edge this rewinds while the recording goes on. */
  seek: { args: SeekArgs; result: null };
  /** Back to the live edge: of the recording, or of the session that is read. */
  live_edge: { args: NoArgs; result: null };
  /** The library. */
  sessions: { args: NoArgs; result: Sessions };
  /** One session of the library. */
  session: { args: SessionArgs; result: SessionDetail };
  /** Shows a session read-only; a recording goes on. */
  open_session: { args: SessionArgs; result: null };
  /** Back to the recording, or to an empty desk. */
  close_session: { args: NoArgs; result: null };
  /** Verifies a session; may take minutes. */
  verify_session: { args: SessionArgs; result: SessionDetail };
  /** Where a bundle of a session would go, and what the session weighs. */
  bundle_place: { args: SessionArgs; result: BundlePlace };
  /** Bundles a session into one file; may take minutes. */
  export_bundle: { args: ExportBundleArgs; result: ExportedBundle };
  /** Bundles in the usual places, newest first, at most 200. */
  bundles: { args: NoArgs; result: BundlesFound };
  /** Makes a session of a bundle; may take minutes. */
  import_bundle: { args: ImportBundleArgs; result: ImportedBundle };
  /** Breaks off the bundle that is written or opened. */
  stop_bundle: { args: NoArgs; result: null };
  /** Draws a figure of any kind into the person's folder of pictures. */
  draw_figure: { args: DrawFigureArgs; result: SavedFigure };
  /** Draws a figure as a PNG for the clipboard. */
  copy_figure: { args: DrawFigureArgs; result: DrawnFigure };
  /** Draws every figure of a plate into a folder. */
  save_figures: { args: SaveFiguresArgs; result: SavedFigures };
}
