import { useSubmit } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { Organization } from '../../shell/organization-context.js';
import { toast } from '../../ui/toast.js';
import { changedByOthers } from './changed-by-others.js';
import { divisionForm } from './division-form.js';

type Pool = Organization['pool'];
type Answer = { readonly applied: number } | { readonly problem: { readonly code: string } } | undefined;

/**
 * What follows a division that was sent: one that holds can be undone, one that somebody else was quicker with is told by
 * what they changed. `onSend` notes what the visitor has seen, before it goes.
 */
export function useApplied(organization: Organization, answer: Answer, onApplied: () => void) {
  const { pool } = organization;
  const sentFrom = useRef<{ readonly pool: Pool; readonly ids: readonly string[] } | null>(null);
  const submit = useSubmit();
  useEffect(() => {
    const former = sentFrom.current;
    if (!answer || !('applied' in answer)) return;
    sentFrom.current = null;
    onApplied();
    if (!former) return toast({ title: 'The pool is divided as before.' });
    const undo = () => {
      const division = former.pool.allocations
        .filter(({ project }) => former.ids.includes(project.id))
        .map(({ project, limits }) => ({ projectId: project.id, limits }));
      const action = `/${organization.slug}/pool`;
      submit(divisionForm(organization.id, answer.applied, division), { method: 'post', action });
    };
    toast({ title: 'The pool is divided anew.', undo });
    // Each answer once: what was sent is what holds now.
  }, [answer]);
  const isConflict = answer && 'problem' in answer && answer.problem.code === 'CONFLICT';
  return {
    onSend: (ids: readonly string[]) => {
      sentFrom.current = { pool, ids };
    },
    others: isConflict && sentFrom.current ? changedByOthers(sentFrom.current.pool.allocations, pool.allocations) : [],
  };
}
