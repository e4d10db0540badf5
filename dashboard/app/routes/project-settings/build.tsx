import { lineOf } from '../../project/command-line.js';
import { Field } from '../../ui/field.js';
import { SectionForm } from '../../settings/section-form.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

export function Build({ project, answer }: SectionProps) {
  const { settings } = project;
  const wrong = wrongIn(answer, 'build');
  return (
    <SectionForm
      id="build"
      title="Build and start"
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
        className="sm:col-span-2"
        name="buildCommand"
        label="Build command"
        placeholder="npm run build, when there is such a script"
        defaultValue={settings.buildCommand ?? ''}
        autoComplete="off"
        spellCheck={false}
        hint="Run by a shell in the folder, in place of the build script. A Dockerfile says itself how it is built."
        error={wrong('settings.buildCommand')}
      />
      <Field
        className="sm:col-span-2"
        name="startCommand"
        label="Start command"
        placeholder="npm start, or what the image says"
        defaultValue={settings.startCommand ?? ''}
        autoComplete="off"
        spellCheck={false}
        hint="Run by a shell in each instance. With a Dockerfile it takes the place of CMD; an ENTRYPOINT stays, and is given it."
        error={wrong('settings.startCommand')}
      />
      <Field
        name="outputDirectory"
        label="Output directory"
        placeholder="dist, build, out, _site or public"
        defaultValue={settings.outputDirectory ?? ''}
        autoComplete="off"
        spellCheck={false}
        hint="Of a static site: the folder that is served once it is built."
        error={wrong('settings.outputDirectory')}
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
        className="sm:col-span-2"
        name="releaseCommand"
        label="Release command"
        placeholder="None"
        defaultValue={lineOf(settings.releaseCommand ?? [])}
        autoComplete="off"
        spellCheck={false}
        hint="Run in each new release, once, before it gets visitors: a migration, for example. Without a shell; put quotes around what belongs together. When it fails, the former release stays live."
        error={wrong('settings.releaseCommand')}
      />
    </SectionForm>
  );
}
