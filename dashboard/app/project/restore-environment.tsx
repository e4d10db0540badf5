import { Undo2 } from 'lucide-react';
import { Act } from './act.js';

/** Brings a deleted environment back, with what was live in it. */
export const RestoreEnvironment = ({ environmentId }: { readonly environmentId: string }) => (
  <Act intent="restore-environment" small icon={Undo2} environmentId={environmentId}>
    Restore
  </Act>
);
