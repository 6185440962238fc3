/** Features of several wells beside each other: one row a feature, those that differ most first. */
import type { WellDetail } from "../../ipc/generated";

export interface Row {
  feature: string;
  values: (number | null)[];
  /** Robust z, where there is one. */
  z: (number | null)[];
  /** How far apart they are: by robust z, which is the same in every unit. */
  spread: number;
}

export function beside(wells: readonly Pick<WellDetail, "values">[]): Row[] {
  const names = [...new Set(wells.flatMap((well) => well.values.map((row) => row.feature)))];
  const found = wells.map((well) => new Map(well.values.map((row) => [row.feature, row])));
  const rows = names.map((feature): Row => {
    const all = found.map((known) => known.get(feature));
    const z = all.map((row) => row?.robust_z ?? null);
    const there = z.filter((one) => one !== null);
    return { feature, values: all.map((row) => row?.value ?? null), z, spread: there.length > 1 ? Math.max(...there) - Math.min(...there) : -1 };
  });
  // What has no spread stays in the order of the wells' own lists.
  return rows.map((row, n) => ({ row, n })).sort((a, b) => b.row.spread - a.row.spread || a.n - b.n).map(({ row }) => row);
}
