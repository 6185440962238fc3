/** Numbers and times as the window writes them: true minus, thin units, 24 h clock. */

/** Writers by how many digits stand after the point: making one takes longer than a hundred numbers. */
const writers: Intl.NumberFormat[] = [];
const writer = (digits: number): Intl.NumberFormat =>
  (writers[digits] ??= new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));

/** A number with so many digits after the point; a true minus; "–" for none. */
export function number(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const text = writer(digits).format(Math.abs(value));
  return value < 0 && !/^[0.,]*$/.test(text) ? `−${text}` : text;
}

/** A value of unknown size with about four digits that matter. */
export function value(given: number | null | undefined): string {
  if (given === null || given === undefined || !Number.isFinite(given)) return "–";
  if (given === 0) return "0";
  const size = Math.abs(given);
  if (size < 1e-3 || size >= 1e7) return given.toExponential(2).replace("-", "−");
  return number(given, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 5);
}

/** A count with thousands parted. */
export const count = (given: number): string => writer(0).format(Math.round(given));

/** How long ago: "0.4 s", "12 s", "47 m", "2 h 14 m", "3 d". */
export function age(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 1) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} m`;
  return `${Math.floor(s / 86_400)} d`;
}

/** A stretch of time as a clock: 04:42:17. */
export function elapsed(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  return [Math.floor(s / 3600), Math.floor((s % 3600) / 60), s % 60].map((n) => String(n).padStart(2, "0")).join(":");
}

/** A moment as a clock of this machine: 14:13:06, or 14:13. */
export function time(ms: number, seconds = true): string {
  const at = new Date(ms);
  const parts = [at.getHours(), at.getMinutes(), ...(seconds ? [at.getSeconds()] : [])];
  return parts.map((n) => String(n).padStart(2, "0")).join(":");
}

/** A day: 18 Nov, with its year where it is not this one. */
export function day(ms: number, now = Date.now()): string {
  const at = new Date(ms);
  const month = at.toLocaleString("en-GB", { month: "short" });
  const year = at.getFullYear() === new Date(now).getFullYear() ? "" : ` ${at.getFullYear()}`;
  return `${at.getDate()} ${month}${year}`;
}

/** Bytes: 3.8 GB. */
export function bytes(given: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = given;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}
