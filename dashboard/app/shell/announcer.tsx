import { useParams } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import { stateOf } from '../deployment/state.js';
import { wordOf } from '../ui/status.js';
import { useOrganization } from './organization-context.js';

/** Says once, for who does not see it, that the state of a project has changed. The page of a deployment says its own. */
export function Announcer() {
  const { organization } = useOrganization();
  const { project, number } = useParams();
  const [said, say] = useState('');
  const before = useRef<ReadonlyMap<string, string>>();
  useEffect(() => {
    const now = new Map(organization.projects.nodes.map((row) => [row.slug, stateOf(row)] as const));
    const changed = [...now].filter(([slug, state]) => {
      const was = before.current?.get(slug);
      return was !== undefined && was !== state && !(number && slug === project);
    });
    before.current = now;
    if (changed.length > 0) say(changed.map(([slug, state]) => `${slug}: ${wordOf(state)}.`).join(' '));
  }, [organization, project, number]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
