import { useLocation, useSubmit } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { Project } from '../../project/shown.js';
import { toast } from '../../ui/toast.js';
import type { Variable } from './variable-row.js';

type Saved = { readonly saved: readonly string[]; readonly isRemoval: boolean };

/** Offers to put back what was removed. Returns what notes a value before it goes; a secret's is known to nobody. */
export function useRemoval(project: Project, answer: Saved | null): (variable: Variable) => void {
  const removed = useRef<Variable | null>(null);
  const { environment } = project;
  const now = useRef(environment);
  useEffect(() => {
    now.current = environment;
  });
  const submit = useSubmit();
  const { pathname } = useLocation();
  useEffect(() => {
    const { current: variable } = removed;
    if (!answer?.isRemoval || !variable || variable.value === null || !answer.saved.includes(variable.key)) return;
    removed.current = null;
    const { key, value } = variable;
    const undo = () => {
      const { id, variablesVersion } = now.current;
      const fields = { intent: 'set', environmentId: id, version: String(variablesVersion), key, value };
      submit(fields, { method: 'post', action: pathname });
    };
    toast({ title: `${key} removed.`, undo });
    // Each answer once.
  }, [answer]);
  return (variable) => {
    removed.current = variable;
  };
}
