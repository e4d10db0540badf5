import { useNavigation } from '@remix-run/react';

/** That something is on its way, for what takes longer than a blink. */
export const Progress = () =>
  useNavigation().state === 'idle' ? null : (
    <div className="pending fixed inset-x-0 top-0 z-50 h-0.5 overflow-hidden" aria-hidden>
      <div className="gliding h-full w-1/3 bg-accent-solid" />
    </div>
  );
