/**
 * The raw bytes of wells, little-endian, row-major, written by crates/engine/src/desk/bytes.rs.
 */

/** A well's state: the low four bits of its byte. */
export const NOT_YET = 0;
export const VALUE = 1;
export const NO_VALUE = 2;
/** Flags beside it. */
export const EXCLUDED = 0x10;
export const EMPTY = 0x20;

/** Roles in a column's last block. */
export const ROLES = ['none', 'negative', 'positive', 'reference', 'sample', 'empty'] as const;
export type RoleName = (typeof ROLES)[number];

/** One plate of a wall answer. */
export interface WallPlate {
  /** Its handle. */
  plate: string;
  revision: number;
  /** One a well; NaN where there is none. */
  values: Float32Array;
  /** One a well: state and flags. */
  states: Uint8Array;
}

/** One feature of one plate. */
export interface Column {
  revision: number;
  /** The session's `seq` that it is of. */
  seq: number;
  /** In the scale that was asked for; NaN where there is none. */
  values: Float64Array;
  /** Robust z against the plate's negatives; NaN where undefined. */
  robustZ: Float64Array;
  states: Uint8Array;
  /** Indices into `ROLES`. */
  roles: Uint8Array;
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/**
 * Reads a wall answer. Per plate: u32 its place in the request, u32 wells n, f64 revision, f32 x n values padded to 8
 * bytes, u8 x n states padded to 8 bytes. A plate that is gone is absent; one whose format is unknown has n = 0.
 */
export function parseWall(bytes: ArrayBuffer, requested: readonly string[]): WallPlate[] {
  const view = new DataView(bytes);
  const plates: WallPlate[] = [];
  let at = 0;
  while (at + 16 <= bytes.byteLength) {
    const plate = requested[view.getUint32(at, true)];
    const wells = view.getUint32(at + 4, true);
    const revision = view.getFloat64(at + 8, true);
    const states = at + 16 + padded(wells * 4);
    const end = states + padded(wells);
    if (plate === undefined || end > bytes.byteLength) throw new RangeError('the wall answer is cut short');
    plates.push({
      plate,
      revision,
      values: new Float32Array(bytes, at + 16, wells),
      states: new Uint8Array(bytes, states, wells),
    });
    at = end;
  }
  return plates;
}

/**
 * Takes a plate's values and states into memory of their own, those of `into` where they fit: what an answer's bytes lie
 * in can then be given back.
 */
export function copied(plate: WallPlate, into: WallPlate | undefined): WallPlate {
  if (into?.values.length !== plate.values.length) return { ...plate, values: plate.values.slice(), states: plate.states.slice() };
  into.values.set(plate.values);
  into.states.set(plate.states);
  return { ...plate, values: into.values, states: into.states };
}

/**
 * Gives the memory of bytes back at once; nothing that lies in them can be read afterwards. The collector comes only for
 * hundreds of megabytes of them, which at twenty answers a second is a few minutes.
 */
export function release(bytes: ArrayBuffer): void {
  // WebKitGTK before 2.44 cannot, and collects it late.
  if ("transfer" in bytes) bytes.transfer(0);
}

/**
 * Reads a column: u32 wells n, u32 0, f64 revision, f64 seq, f64 0; then f64 x n values, f64 x n robust z, u8 x n
 * states, u8 x n roles.
 */
export function parseColumn(bytes: ArrayBuffer): Column {
  const view = new DataView(bytes);
  const wells = view.getUint32(0, true);
  const from = 32;
  if (bytes.byteLength < from + wells * 18) throw new RangeError('the column is cut short');
  return {
    revision: view.getFloat64(8, true),
    seq: view.getFloat64(16, true),
    values: new Float64Array(bytes, from, wells),
    robustZ: new Float64Array(bytes, from + wells * 8, wells),
    states: new Uint8Array(bytes, from + wells * 16, wells),
    roles: new Uint8Array(bytes, from + wells * 17, wells),
  };
}
