import { problemAt } from '../../api/problem.js';
import { formatOf, typedOf } from '../../pool/resources.js';
import type { Project } from '../../project/use-project.js';
import { Field } from '../../ui/field.js';
import type { Answer } from './change.server.js';
import { SectionForm } from './section-form.js';

type Props = { readonly project: Project; readonly answer: Answer | undefined };

const wrongIn = (answer: Answer | undefined, intent: string) => (path: string) =>
  answer?.intent === intent && 'problem' in answer ? problemAt(answer.problem, path) : undefined;

export function General({ project, answer }: Props) {
  const wrong = wrongIn(answer, 'general');
  return (
    <SectionForm id="general" title="Project" intent="general" answer={answer}>
      <Target project={project} />
      <Field name="name" label="Name" required defaultValue={project.name} autoComplete="off" error={wrong('name')} />
      <Field
        name="defaultBranch"
        label="Branch"
        placeholder="What the repository says"
        defaultValue={project.repository?.defaultBranch ?? ''}
        autoComplete="off"
        error={wrong('defaultBranch')}
      />
      <Field
        className="sm:col-span-2"
        name="repositoryUrl"
        label="Repository"
        placeholder="None: it is deployed from uploads"
        defaultValue={project.repository?.url ?? ''}
        autoComplete="off"
        spellCheck={false}
        hint="An https or ssh clone address without a password."
        error={wrong('repositoryUrl')}
      />
    </SectionForm>
  );
}

export function Build({ project, answer }: Props) {
  const { settings } = project;
  const wrong = wrongIn(answer, 'build');
  return (
    <SectionForm
      id="build"
      title="Build, start and health"
      text="Takes effect with the next deployment. An empty field has its default."
      intent="build"
      answer={answer}
    >
      <Target project={project} />
      <Field
        name="rootDirectory"
        label="Folder"
        placeholder="The root of the repository"
        defaultValue={settings.rootDirectory ?? ''}
        autoComplete="off"
        error={wrong('settings.rootDirectory')}
      />
      <Field
        name="dockerfilePath"
        label="Dockerfile"
        placeholder="Dockerfile, when there is one"
        defaultValue={settings.dockerfilePath ?? ''}
        autoComplete="off"
        error={wrong('settings.dockerfilePath')}
      />
      <Field
        name="port"
        label="Port"
        inputMode="numeric"
        placeholder="3000"
        defaultValue={settings.port}
        autoComplete="off"
        hint="Where the app listens; it is told through PORT."
        error={wrong('settings.port')}
      />
      <Field
        name="healthCheckPath"
        label="Health check path"
        placeholder="/"
        defaultValue={settings.healthCheckPath}
        autoComplete="off"
        hint="Answers with a status below 400 once the app is ready."
        error={wrong('settings.healthCheckPath')}
      />
      <Field
        name="healthCheckTimeout"
        label="Seconds to become healthy"
        inputMode="decimal"
        placeholder="60"
        defaultValue={settings.healthCheckTimeoutMs / 1_000}
        autoComplete="off"
        error={wrong('settings.healthCheckTimeoutMs')}
      />
    </SectionForm>
  );
}

export function Resources({ project, answer }: Props) {
  const { productionEnvironment: environment, allocation } = project;
  const { chosenMemoryBytes: memory, chosenCpuMillicores: cpu, limits, instances } = environment;
  const wrong = wrongIn(answer, 'resources');
  return (
    <SectionForm id="resources" title="Resources" text={sliceOf(allocation)} intent="resources" answer={answer}>
      <Target project={project} />
      <Field
        className="sm:col-span-2"
        name="instances"
        label="Instances"
        inputMode="numeric"
        required
        defaultValue={instances}
        autoComplete="off"
        hint={`1 to 20. ${environment.runningInstances} of them ${environment.runningInstances === 1 ? 'takes' : 'take'} visitors now.`}
        error={wrong('instances')}
      />
      <Field
        name="memoryBytes"
        label="Memory of one, in MB"
        inputMode="decimal"
        placeholder={`Shared: ${typedOf('memoryBytes', limits.memoryBytes)}`}
        defaultValue={memory === null ? '' : typedOf('memoryBytes', memory)}
        autoComplete="off"
        hint="Empty: the slice is shared among them."
        error={wrong('memoryBytes')}
      />
      <Field
        name="cpuMillicores"
        label="CPU of one, in vCPU"
        inputMode="decimal"
        placeholder={`Shared: ${typedOf('cpuMillicores', limits.cpuMillicores)}`}
        defaultValue={cpu === null ? '' : typedOf('cpuMillicores', cpu)}
        autoComplete="off"
        hint="Empty: the slice is shared among them."
        error={wrong('cpuMillicores')}
      />
    </SectionForm>
  );
}

function sliceOf(allocation: Project['allocation']): string {
  if (!allocation) return 'The project holds no slice of the pool: give it one there, and its instances share it.';
  const { memoryBytes, cpuMillicores } = allocation.limits;
  return `All instances of production fit inside the project's slice: ${formatOf('memoryBytes', memoryBytes)} and ${formatOf('cpuMillicores', cpuMillicores)}.`;
}

export function Sleep({ project, answer }: Props) {
  const { settings, sleepsAfterMinutes } = project;
  const now = sleepsAfterMinutes === null ? 'It stays awake.' : `${sleepsAfterMinutes} minutes count now.`;
  return (
    <SectionForm
      id="sleep"
      title="Auto-sleep"
      text="How long a project may be without visitors before it goes to sleep. Nothing is put to sleep yet: what you choose holds once it is."
      intent="sleep"
      answer={answer}
    >
      <Target project={project} />
      <Field
        name="autoSleepMinutes"
        label="Minutes without visitors"
        inputMode="numeric"
        placeholder="Never"
        defaultValue={settings.autoSleepMinutes ?? ''}
        autoComplete="off"
        hint={`Empty: never, where the plan allows it. ${now}`}
        error={wrongIn(answer, 'sleep')('settings.autoSleepMinutes')}
      />
    </SectionForm>
  );
}

export const Delete = ({ project, answer }: Props) => (
  <SectionForm
    id="delete"
    title="Delete the project"
    text="It stops at once, and its slice is free for others. For 72 hours it can be restored with what ran before; then it is erased with its logs, releases and variables."
    intent="delete"
    answer={answer}
    danger="Delete project"
  >
    <Target project={project} />
    <Field
      name="confirmSlug"
      label={`Type ${project.slug} to confirm`}
      required
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      error={wrongIn(answer, 'delete')('confirmSlug')}
    />
  </SectionForm>
);

/** What is changed, and which versions of it the visitor has seen. */
const Target = ({ project: { id, version, settingsVersion, productionEnvironment } }: Pick<Props, 'project'>) => (
  <>
    <input type="hidden" name="projectId" value={id} />
    <input type="hidden" name="version" value={version} />
    <input type="hidden" name="settingsVersion" value={settingsVersion} />
    <input type="hidden" name="environmentId" value={productionEnvironment.id} />
    <input type="hidden" name="environmentVersion" value={productionEnvironment.version} />
  </>
);
