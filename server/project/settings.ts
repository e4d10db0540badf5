import { isDeepStrictEqual } from 'node:util';
import { repositoryUrlProblem, gitRefProblem, subFolderProblem } from '@apployd/core/git-reference';
import { isTimeZone, zoneProblem } from '@apployd/core/keep-awake';
import type { FieldIssue } from '@apployd/core/refusal';
import { projectSettings, type ProjectSettings } from '@apployd/core/settings';
import { formatIssue } from '../validation.js';

export type ProjectSettingsInput = { readonly [K in keyof ProjectSettings]?: ProjectSettings[K] | null };

/** Settings as they were kept. */
export function settingsOf(kept: unknown): ProjectSettings {
  return projectSettings.parse(kept);
}

/** Names of the settings in which the two differ. */
export function differingSettings(one: ProjectSettings, other: ProjectSettings): (keyof ProjectSettings)[] {
  const names = Object.keys(projectSettings.shape) as (keyof ProjectSettings)[];
  return names.filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

type Checked = { readonly settings: ProjectSettings; readonly issues: FieldIssue[] };

/** Absent fields, and nulls where null means nothing, take their defaults. */
export function settingsFrom(input: ProjectSettingsInput | null | undefined): Checked {
  return checked(Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value != null)));
}

/** Absent fields stay as they are; null clears, or gives the default back. */
export function changedSettings(before: ProjectSettings, input: ProjectSettingsInput | null | undefined): Checked {
  const given = Object.entries(input ?? {}).filter(([, value]) => value !== undefined);
  const merged = { ...before, ...Object.fromEntries(given) };
  return checked(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
}

function checked(given: object): Checked {
  const parsed = projectSettings.safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ code, path, message }) => ({
      path: ['settings', ...path.map(String)],
      rule: code === 'invalid_format' ? 'INVALID_FORMAT' : 'OUT_OF_RANGE',
      message,
    }));
    return { settings: projectSettings.parse({}), issues };
  }
  const { rootDirectory, dockerfilePath, outputDirectory, keepAwake } = parsed.data;
  return {
    settings: parsed.data,
    issues: [
      ...(rootDirectory === null ? [] : formatIssue(['settings', 'rootDirectory'], subFolderProblem(rootDirectory))),
      ...(keepAwake === null || isTimeZone(keepAwake.timeZone) ? [] : [unknownZone]),
      ...(dockerfilePath === null ? [] : formatIssue(['settings', 'dockerfilePath'], subFolderProblem(dockerfilePath))),
      ...(outputDirectory === null
        ? []
        : formatIssue(['settings', 'outputDirectory'], subFolderProblem(outputDirectory))),
    ],
  };
}

const unknownZone = {
  path: ['settings', 'keepAwake', 'timeZone'],
  rule: 'OUT_OF_RANGE',
  message: zoneProblem,
} as const;

export function repositoryIssues(
  { repositoryUrl, defaultBranch }: { readonly repositoryUrl?: string | null; readonly defaultBranch?: string | null },
  localRoot: string | null,
): FieldIssue[] {
  return [
    ...(repositoryUrl == null
      ? []
      : formatIssue(['repositoryUrl'], repositoryUrlProblem(repositoryUrl, { localRoot }))),
    ...(defaultBranch == null ? [] : formatIssue(['defaultBranch'], gitRefProblem(defaultBranch))),
  ];
}
