export type Timed = {
  readonly label: string;
  readonly stages: readonly {
    readonly name: string;
    readonly startedAt?: string | null;
    readonly finishedAt?: string | null;
  }[];
  /** From the mutation to its end, as the caller saw it. */
  readonly totalMs: number;
};

/** A table of what each stage of each deployment took, in milliseconds. */
export function timingsTable(deployments: readonly Timed[]): string {
  const names = [...new Set(deployments.flatMap(({ stages }) => stages.map(({ name }) => name)))];
  const head = ['ms', ...names.map((name) => name.toLowerCase().replace('_', ' ')), 'total'];
  const rows = deployments.map(({ label, stages, totalMs }) => [
    label,
    ...names.map((name) => took(stages.find((stage) => stage.name === name))),
    String(Math.round(totalMs)),
  ]);
  return table([head, ...rows]);
}

function took(stage: Timed['stages'][number] | undefined): string {
  if (!stage?.startedAt || !stage.finishedAt) return '–';
  return String(new Date(stage.finishedAt).getTime() - new Date(stage.startedAt).getTime());
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
