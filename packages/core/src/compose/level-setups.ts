import type { GradientRow, Setup } from '../combiner.ts';

/** The setup inside each level that several rows may share. Null for the other levels. */
export function sharedLevels({ rows, levels }: Setup): (Setup | null)[] {
  return Array.from({ length: levels }, (_, level) => {
    const own = rows.filter((row) => row.level === level).map((row) => ({ ...row, level: 0 }));
    const isShared = own.length > 1 || own.some(({ example }) => example !== undefined);
    return isShared ? { rows: own, levels: 1 } : null;
  });
}

export function acrossSetup({ levels }: Setup): Setup {
  return { rows: Array.from({ length: levels }, (_, level) => levelRow(level)), levels };
}

export function levelRow(level: number): GradientRow {
  return { objective: `level ${level}`, level, batch: 0 };
}
