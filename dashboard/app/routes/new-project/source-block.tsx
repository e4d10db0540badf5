import { useState } from 'react';
import { type Problem, problemAt } from '../../api/problem.js';
import { Field } from '../../ui/field.js';
import { Block } from './block.js';

type Props = { readonly problem?: Problem; readonly typed: Readonly<Record<string, string>> };

const paths = ['repositoryUrl', 'defaultBranch', 'source.git.ref', 'settings.rootDirectory', 'name', 'slug'];

/** Where the code is, and what the project is called. */
export function SourceBlock({ problem, typed }: Props) {
  const [url, setUrl] = useState(typed.repositoryUrl ?? '');
  const [name, setName] = useState<string | null>(typed.name ?? null);
  const isWrong = Boolean(problemAt(problem, ...paths, 'settings.port'));
  return (
    <Block
      title="Source"
      number={1}
      summary={url && `${name ?? nameFrom(url)} from ${url}`}
      startsOpen
      isWrong={isWrong}
    >
      <div className="grid gap-4 lg:grid-cols-2">
        <Field
          className="lg:col-span-2"
          name="repositoryUrl"
          label="Repository"
          placeholder="https://github.com/you/shop"
          required
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          hint="An https or ssh clone address without a password."
          error={problemAt(problem, 'repositoryUrl')}
        />
        <Field
          name="branch"
          label="Branch"
          placeholder="What the repository says"
          defaultValue={typed.branch}
          autoComplete="off"
          error={problemAt(problem, 'defaultBranch', 'source.git.ref')}
        />
        <Field
          name="rootDirectory"
          label="Folder"
          placeholder="The root of the repository"
          defaultValue={typed.rootDirectory}
          autoComplete="off"
          error={problemAt(problem, 'settings.rootDirectory')}
        />
        <Field
          name="name"
          label="Name"
          required
          value={name ?? nameFrom(url)}
          onChange={(event) => setName(event.target.value)}
          autoComplete="off"
          hint="It becomes part of the address."
          error={problemAt(problem, 'name', 'slug')}
        />
        <Field
          name="port"
          label="Port"
          inputMode="numeric"
          placeholder="3000"
          defaultValue={typed.port}
          autoComplete="off"
          hint="Where the app listens; it is told through PORT."
          error={problemAt(problem, 'settings.port')}
        />
      </div>
    </Block>
  );
}

/** The repository's own name, until somebody types another. */
const nameFrom = (url: string): string =>
  url
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split(/[/:]/)
    .at(-1) ?? '';
