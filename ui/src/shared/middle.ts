/** Long names cut in the middle: their beginning says which kind, their end says which one. */

/** At most so many letters; what is left out is a "…" after two fifths. */
export function middle(text: string, most: number): string {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  if (most < 3) return letters.slice(-most).join("");
  const head = Math.floor((most - 1) * 0.4);
  return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (most - 1 - head)).join("")}`;
}
