/** One picture of a site and the questions for it: one is on its way, the newest waits, what lies between is never asked. */
import type { Failure } from "../ipc/generated";
import { failureOf, isFailure, type Tint } from "../ipc/host";
import { release } from "../ipc/bytes";
import { type Composite, parseComposite } from "../ipc/pixels";
import { levelOf, type Painted, type Part, partOf } from "../shared/image/frame";
import type { Sight } from "../shared/image/sight.svelte";
import { desk } from "./desk.svelte";
import { keyOf, type Place, stampedOf } from "./place";
import { rounds } from "./rounds";

export interface Question {
  place: Place;
  level: number;
  part: Part;
  channels: readonly Tint[];
}

/** What was answered last, painted. */
export interface Picture extends Painted {
  /** What it is of, and how its channels are seen. */
  key: string;
  look: string;
  /** Names of channels that were asked for and are not in it. */
  absent: string[];
  /** Of those that are in it, the ones of which only a preview is there. */
  previews: string[];
  /** Names of channels for which a picture has no room. */
  beyond: string[];
}

export const lookOf = (channels: readonly Tint[]): string => JSON.stringify(channels.map(({ name, rgb, lo, hi, gamma }) => [name, ...rgb, lo, hi, gamma]));

export type { Tint };

/** The whole of a level, however large it is. */
export const WHOLE: Part = { x: 0, y: 0, width: 1 << 20, height: 1 << 20 };
/** Asked for before anybody knows how large the plane is. */
const GUESS = 3;
/** So many come often enough to follow a hand: four times as many did not. */
const OFTEN_PIXELS = 400_000;

export class View {
  picture = $state.raw<Picture | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Of which place it is. */
  failed = $state("");
  #key = "";
  #asked = "";
  #next: Question | null = null;
  #last: Question | null = null;
  #going: Promise<void> | null = null;
  #abort = new AbortController();

  /** `name` is by whom the desk knows who asks. */
  constructor(readonly name: string) {}

  /** Asks for what is to be seen now; resolves once nothing is on its way. The same question again asks nothing. */
  async ask(question: Question): Promise<void> {
    const key = keyOf(question.place);
    const asked = `${stampedOf(question.place)} ${question.level} ${JSON.stringify(question.part)} ${lookOf(question.channels)}`;
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#next = this.#last = question;
      if (key !== this.#key) this.#turn(key);
      this.#going ??= rounds(() => this.#run(), () => this.#next !== null, () => (this.#going = null));
    }
    await this.#going;
  }

  /** Asks for what is seen of a place through a window, coarser while a hand moves its contrast; its plane is the one that fits, where `leads`. */
  see(sight: Sight, place: Place | null, channels: readonly Tint[], leads = true, isMoving = false): void {
    const { frame, window } = sight;
    const full = this.picture?.full ?? sight.plane;
    if (leads && full && (full.width !== sight.plane?.width || full.height !== sight.plane.height)) {
      // A place in a plane of another size is another place.
      if (sight.plane !== null) sight.fit();
      sight.plane = full;
    }
    if (!place || channels.length === 0 || window.width === 0 || window.height === 0) return;
    const isKnown = sight.plane !== null && full !== null;
    const sharp = sight.plane ? levelOf(frame.zoom) : GUESS;
    const partAt = (level: number): Part => (isKnown ? partOf(frame, window, full, level) : WHOLE);
    let [level, part] = [sharp, partAt(sharp)];
    while (isMoving && isKnown && level < sharp + 2 && part.width * part.height > OFTEN_PIXELS) {
      level += 1;
      part = partAt(level);
    }
    void this.ask({ place, level, part, channels });
  }

  /** Of another place nothing is shown, and nothing is waited for. */
  #turn(key: string): void {
    this.#key = key;
    this.#abort.abort();
    [this.failure, this.picture] = [null, null];
  }

  /** After a failure, the same question. */
  again(): void {
    const last = this.#last;
    if (!last) return;
    this.#asked = this.#key = "";
    void this.ask(last);
  }

  /** Nobody looks any more. */
  end(): void {
    this.#next = null;
    this.#asked = "";
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const question = this.#next;
      this.#next = null;
      this.#abort = new AbortController();
      const { signal } = this.#abort;
      const { plate, well, site, z, t } = question.place;
      try {
        const bytes = await desk.host.composite({ plate, well, site, z, t, level: question.level, ...question.part, view: this.name, channels: question.channels }, signal);
        if (!signal.aborted) this.#paint(question, parseComposite(bytes));
        release(bytes);
      } catch (thrown) {
        if (signal.aborted || this.#next) continue;
        if (isFailure(thrown) && thrown.code === "superseded") continue;
        this.picture = null;
        [this.failure, this.failed] = [failureOf(thrown), keyOf(question.place)];
      }
    }
  }

  #paint(question: Question, answer: Composite): void {
    const { width, height, full, level, pixels } = answer;
    const known = this.picture?.canvas;
    const canvas = known?.width === width && known.height === height ? known : document.createElement("canvas");
    if (canvas !== known) [canvas.width, canvas.height] = [width, height];
    if (width > 0 && height > 0) canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
    // Of a preview there is no finer level than its own: the part begins where the asked one does, halved as often.
    const coarser = 2 ** Math.max(0, level - question.level);
    const [x, y] = [Math.floor(question.part.x / coarser), Math.floor(question.part.y / coarser)];
    const named = (places: readonly number[]): string[] => places.flatMap((n) => question.channels[n]?.name ?? []);
    this.failure = null;
    this.picture = {
      key: keyOf(question.place), look: lookOf(question.channels), level, part: { x, y, width, height }, full,
      absent: named(answer.absent), previews: named(answer.previews), beyond: named(answer.beyond), canvas,
    };
  }
}
