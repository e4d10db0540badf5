import { Button } from '../ui/button.js';
import type { Activity } from './use-activity.js';

/** Brings events that were before those that are shown, where there are any. */
export function OlderEvents({ older, loadOlder }: Pick<Activity<never>, 'older' | 'loadOlder'>) {
  if (older === 'none') return null;
  return (
    <div className="mt-4 flex justify-center">
      <Button onClick={loadOlder} disabled={older === 'loading'}>
        {older === 'loading' ? 'Loading …' : 'Older'}
      </Button>
    </div>
  );
}
