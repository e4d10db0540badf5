import { useNavigate, useParams } from '@remix-run/react';
import { useKey, useKeyboard } from '../keys/use-key.js';
import { useOrganization } from './organization-context.js';
import { useOverlays } from './overlays.js';

/** The keys that mean the same on every page of an organization. */
export function useShellKeys(): void {
  const navigate = useNavigate();
  const { slug } = useOrganization().organization;
  const { project } = useParams();
  const { show } = useOverlays();
  const goTo = (path: string) => () => navigate(`/${slug}${path}`);
  const inProject = (path: string) => (project ? goTo(`/${project}${path}`) : null);
  useKeyboard(() => show('palette'));
  useKey('?', () => show('keys'));
  useKey('/', () => show('palette'), 'shell');
  useKey('c', goTo('/new'));
  useKey('g p', goTo(''));
  useKey('g o', goTo('/pool'));
  useKey('g l', inProject('/logs'));
  useKey('g d', inProject('/deployments'));
}
