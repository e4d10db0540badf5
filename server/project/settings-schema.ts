import type { KeepAwake, KeepAwakeSpan, Weekday } from '@apployd/core/keep-awake';
import type { Redirect } from '@apployd/core/redirect';
import type { HealthCheckKind, ProjectSettings } from '@apployd/core/settings';
import { builder } from '../builder.js';

export const HealthCheckKindRef = builder.enumType('HealthCheckKind', {
  description: 'How an instance is asked whether it is healthy.',
  values: {
    HTTP: { description: 'healthCheckPath is answered with a status below 400.' },
    TCP: { description: 'The port accepts a connection.' },
    COMMAND: { description: 'healthCheckCommand, run inside the instance, ends with exit code 0.' },
  } as const satisfies Record<HealthCheckKind, object>,
});

const RedirectRef = builder.objectRef<Redirect>('Redirect').implement({
  description: 'Sends visitors of a path somewhere else, before any instance is asked.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'A path, or with `/*` at its end all paths below it.' }),
    to: t.exposeString('to', {
      description: 'A path or an address. With `/*` at its end what stood for the asterisk of `from` follows.',
    }),
    permanent: t.exposeBoolean('permanent', { description: 'Status 308, which browsers keep, instead of 307.' }),
  }),
});

export const RedirectInput = builder.inputType('RedirectInput', {
  description: 'A redirect. The query of a request is kept, unless `to` has one of its own.',
  fields: (t) => ({
    from: t.string({ required: true, description: 'A path such as /old, or /blog/* for all below it.' }),
    to: t.string({
      required: true,
      description: 'A path or an http or https address; with `/*` at its end the rest of the path follows.',
    }),
    permanent: t.boolean({ required: true, defaultValue: false, description: 'Status 308 instead of 307.' }),
  }),
});

const WeekdayRef = builder.enumType('Weekday', {
  description: 'A day of the week.',
  values: { MON: {}, TUE: {}, WED: {}, THU: {}, FRI: {}, SAT: {}, SUN: {} } as const satisfies Record<Weekday, object>,
});

const fromTime = 'Such as 08:00.';
const toTime = 'Such as 18:00, or 24:00. Before `from` it is that of the day after.';

const KeepAwakeSpanRef = builder.objectRef<KeepAwakeSpan>('KeepAwakeSpan').implement({
  description: 'Hours of some days of the week.',
  fields: (t) => ({
    days: t.expose('days', { type: [WeekdayRef], description: 'Those on which it begins.' }),
    from: t.exposeString('from', { description: fromTime }),
    to: t.exposeString('to', { description: toTime }),
  }),
});

const KeepAwakeRef = builder.objectRef<KeepAwake>('KeepAwake').implement({
  description: 'Hours in which a project does not go to sleep by itself, and at whose beginning it is woken.',
  fields: (t) => ({
    timeZone: t.exposeString('timeZone', { description: 'Whose clocks they are told by, such as Europe/Berlin.' }),
    spans: t.expose('spans', { type: [KeepAwakeSpanRef] }),
  }),
});

const KeepAwakeSpanInput = builder.inputType('KeepAwakeSpanInput', {
  description: 'Hours of some days of the week.',
  fields: (t) => ({
    days: t.field({ type: [WeekdayRef], required: true, description: 'Those on which it begins, each once.' }),
    from: t.string({ required: true, description: fromTime }),
    to: t.string({ required: true, description: toTime }),
  }),
});

export const KeepAwakeInput = builder.inputType('KeepAwakeInput', {
  description: 'When a project is kept awake, by the clocks of a time zone, in summer and in winter.',
  fields: (t) => ({
    timeZone: t.string({ required: true, description: 'Of the IANA database, such as Europe/Berlin, or UTC.' }),
    spans: t.field({ type: [KeepAwakeSpanInput], required: true, description: '1 to 14, all of them.' }),
  }),
});

export const ProjectSettingsRef = builder.objectRef<ProjectSettings>('ProjectSettings').implement({
  description: 'How a project is built, started and found healthy.',
  fields: (t) => ({
    rootDirectory: t.exposeString('rootDirectory', {
      nullable: true,
      description: "The app's folder; null is the root.",
    }),
    dockerfilePath: t.exposeString('dockerfilePath', {
      nullable: true,
      description: 'Below rootDirectory; null means `Dockerfile`, when there is one.',
    }),
    buildCommand: t.exposeString('buildCommand', {
      nullable: true,
      description: 'Run by sh where the app is built, instead of its build script. Null: as the folder tells.',
    }),
    startCommand: t.exposeString('startCommand', {
      nullable: true,
      description:
        'Run by sh in each instance. Null: as the folder tells, or the command of the image of its Dockerfile.',
    }),
    outputDirectory: t.exposeString('outputDirectory', {
      nullable: true,
      description: 'Below rootDirectory: served as a static site once it is built. Null: as the folder tells.',
    }),
    releaseCommand: t.exposeStringList('releaseCommand', {
      nullable: true,
      description:
        'Program and arguments, run once for each release in an environment before it gets visitors. Null: none.',
    }),
    port: t.exposeInt('port', { description: 'Where the app listens; it is told through PORT.' }),
    healthCheckKind: t.expose('healthCheckKind', { type: HealthCheckKindRef }),
    healthCheckPath: t.exposeString('healthCheckPath', { description: 'Answers below 400 once the app is ready.' }),
    healthCheckCommand: t.exposeStringList('healthCheckCommand', {
      nullable: true,
      description: 'Program and arguments of a COMMAND check.',
    }),
    healthCheckTimeoutMs: t.exposeInt('healthCheckTimeoutMs', {
      description: 'The grace of a new instance: milliseconds that it may take to become healthy.',
    }),
    healthCheckAnswerMs: t.exposeInt('healthCheckAnswerMs', { description: 'Milliseconds that one check may take.' }),
    healthCheckIntervalMs: t.exposeInt('healthCheckIntervalMs', {
      description: 'Milliseconds between two checks of an instance that has visitors.',
    }),
    healthCheckRetries: t.exposeInt('healthCheckRetries', {
      description: 'So many checks in a row fail until such an instance is replaced.',
    }),
    keepReleases: t.exposeInt('keepReleases', {
      description: 'So many releases of each environment are kept to go back to, the live one among them.',
    }),
    supersede: t.exposeBoolean('supersede', {
      description: 'A new deployment ends older ones of its environment that wait or are built.',
    }),
    redirects: t.expose('redirects', {
      type: [RedirectRef],
      description: 'The first that fits is answered, in every environment. Changes are in force at once.',
    }),
    autoSleepMinutes: t.exposeInt('autoSleepMinutes', {
      nullable: true,
      description: 'Goes to sleep after so long without visitors; null: never, as far as the plan allows it.',
    }),
    keepAwake: t.expose('keepAwake', {
      type: KeepAwakeRef,
      nullable: true,
      description: 'Null: there are no such hours. They hold where the plan lets projects stay awake.',
    }),
    deepSleepMinutes: t.exposeInt('deepSleepMinutes', {
      description: 'So long it sleeps lightly, with its memory kept; then that is given back. 0: at once.',
    }),
  }),
});
