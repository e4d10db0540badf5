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
    autoSleepMinutes: t.exposeInt('autoSleepMinutes', {
      nullable: true,
      description: 'Goes to sleep after so long without visitors; null: never, as far as the plan allows it.',
    }),
  }),
});
