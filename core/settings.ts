import { z } from 'zod';
import { keepAwake } from './keep-awake.js';
import { redirects } from './redirect.js';

/** How an instance is asked whether it is healthy. */
export const healthCheckKinds = ['HTTP', 'TCP', 'COMMAND'] as const;
export type HealthCheckKind = (typeof healthCheckKinds)[number];

const mostArguments = 100;
const longestArgument = 4_096;
const longestCommandLine = 4_096;

/** How a project is built, started and found healthy. A release keeps the settings it was made with. */
export const projectSettings = z
  .object({
    /** Folder of the app inside the repository; null is its root. */
    rootDirectory: z.string().nullable().default(null),
    /** Dockerfile below that folder; null means `Dockerfile`, when there is one. */
    dockerfilePath: z.string().nullable().default(null),
    /** Run by `sh` in the app's folder, where it is built, instead of the build script; null: as the folder tells. */
    buildCommand: commandLine('build command'),
    /** Run by `sh` in each instance, instead of what the folder tells, or of the command of its own image; null: that. */
    startCommand: commandLine('start command'),
    /** Folder below the app's that is served as a static site once it is built; null: as the folder tells. */
    outputDirectory: z
      .string()
      .transform((text) => text || null)
      .nullable()
      .default(null),
    /** Run once for each release in an environment before it gets visitors, in its image: program and arguments, no shell. */
    releaseCommand: commandOf('release command').nullable().default(null),
    /** Where the app listens; it is told through PORT. */
    port: between(1, 65_535, 'The port is a whole number from 1 to 65535.').default(3000),
    /** A GET that is answered below 400, a connection that is accepted, or a command in the instance that ends with 0. */
    healthCheckKind: z
      .enum(healthCheckKinds, 'The kind of health check is one of HTTP, TCP and COMMAND.')
      .default('HTTP'),
    /** Answered with a status below 400 once the app is ready; also what is asked for to prove a route. */
    healthCheckPath: z
      .string()
      .regex(
        /^\/[\x21-\x7e]{0,1023}$/,
        'The health check path starts with a slash, such as /healthz, and holds at most 1,024 characters of ASCII without spaces: write others as %20 and the like.',
      )
      .default('/'),
    /** What a COMMAND check runs inside the instance: program and arguments, no shell. */
    healthCheckCommand: commandOf('health check command').nullable().default(null),
    /** The grace of a new instance: how long it may take until it is healthy for the first time. */
    healthCheckTimeoutMs: between(
      1_000,
      600_000,
      'The health check timeout is a whole number of milliseconds from 1000 to 600000.',
    ).default(60_000),
    /** How long one check may take. */
    healthCheckAnswerMs: between(
      100,
      60_000,
      'The time for one health check is a whole number of milliseconds from 100 to 60000.',
    ).default(5_000),
    /** How often an instance that has visitors is checked. */
    healthCheckIntervalMs: between(
      5_000,
      3_600_000,
      'The time between health checks is a whole number of milliseconds from 5000 to 3600000, an hour.',
    ).default(10_000),
    /** So many checks in a row fail until such an instance is replaced. */
    healthCheckRetries: between(
      1,
      20,
      'The number of failed health checks after which an instance is replaced is a whole number from 1 to 20.',
    ).default(3),
    /** So many releases of each environment are kept to go back to, the live one among them. */
    keepReleases: between(1, 100, 'The number of releases to keep is a whole number from 1 to 100.').default(10),
    /** A new deployment ends older ones of its environment that wait or are built. */
    supersede: z.boolean().default(true),
    /** Where visitors of some paths are sent instead, in every environment and at once. */
    redirects: redirects.default([]),
    /** Goes to sleep after so long without visitors; null: never, unless its plan has it. */
    autoSleepMinutes: between(
      1,
      10_080,
      'The time without visitors until it goes to sleep is a whole number of minutes from 1 to 10080, a week.',
    )
      .nullable()
      .default(null),
    /** Hours in which it does not go to sleep by itself, and at whose beginning it is woken; null: none. */
    keepAwake: keepAwake.nullable().default(null),
    /** So long it sleeps lightly, with its memory kept; then that is given back. 0: at once. */
    deepSleepMinutes: between(
      0,
      10_080,
      'The time of light sleep until memory is given back is a whole number of minutes from 0 to 10080, a week.',
    ).default(60),
  })
  .superRefine(({ healthCheckKind, healthCheckCommand }, context) => {
    if (healthCheckKind !== 'COMMAND' || healthCheckCommand !== null) return;
    const message = 'A health check of the kind COMMAND needs a health check command: give one, or choose HTTP or TCP.';
    context.addIssue({ code: 'custom', path: ['healthCheckCommand'], message });
  })
  .superRefine(({ startCommand, outputDirectory }, context) => {
    if (startCommand === null || outputDirectory === null) return;
    const message = 'A project has a start command or an output directory that is served as it is: clear one of them.';
    context.addIssue({ code: 'custom', path: ['outputDirectory'], message });
  });

function between(min: number, max: number, problem: string) {
  return z.int(problem).min(min, problem).max(max, problem);
}

/** A program and its arguments, each handed over as it is: no shell sees them. */
function commandOf(what: string) {
  const problem = `The ${what} is a program and its arguments: 1 to ${mostArguments} texts of at most ${longestArgument} characters, the first not empty, none with a NUL character.`;
  return z.array(z.string()).refine(isCommand, { message: problem });
}

/** What a shell is given, on one line; an empty one is none. */
function commandLine(what: string) {
  const problem = `The ${what} is one line of at most ${longestCommandLine} characters, without control characters.`;
  return z
    .string()
    .trim()
    .max(longestCommandLine, problem)
    .regex(/^\P{Cc}*$/u, problem)
    .transform((text) => text || null)
    .nullable()
    .default(null);
}

function isCommand(texts: readonly string[]): boolean {
  const [program = ''] = texts;
  const isPlain = texts.every((text) => text.length <= longestArgument && !text.includes('\0'));
  return program.trim() !== '' && texts.length <= mostArguments && isPlain;
}

/** What counts: a project may sleep sooner than its plan has it, not later. Null: it never sleeps. */
export function sleepsAfterMinutes(chosen: number | null, ofPlan: number | null): number | null {
  return ofPlan === null ? chosen : Math.min(chosen ?? ofPlan, ofPlan);
}

export type ProjectSettings = z.infer<typeof projectSettings>;
