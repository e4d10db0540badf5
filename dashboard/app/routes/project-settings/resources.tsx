import { formatOf, typedOf } from '../../pool/resources.js';
import type { Project } from '../../project/shown.js';
import { Field } from '../../ui/field.js';
import { SectionForm } from '../../settings/section-form.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

export function Resources({ project, answer }: SectionProps) {
  const { environment, allocation } = project;
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
  return `All instances of all environments fit inside the project's slice: ${formatOf('memoryBytes', memoryBytes)} and ${formatOf('cpuMillicores', cpuMillicores)}.`;
}
