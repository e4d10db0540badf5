import { Form, useLocation, useNavigation } from '@remix-run/react';
import type { LucideIcon } from 'lucide-react';
import type { FormEvent, ReactNode } from 'react';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import type { Refused } from './act.server.js';

type Props = {
  readonly intent:
    | 'deploy'
    | 'redeploy'
    | 'rollback'
    | 'promote'
    | 'cancel'
    | 'rollout-promote'
    | 'rollout-abort'
    | 'restart'
    | 'stop'
    | 'sleep'
    | 'wake'
    | 'start'
    | 'resume'
    | 'restore-environment';
  readonly environmentId?: string;
  readonly deploymentId?: string;
  /** Branch, tag or commit to deploy; what the project says when absent. */
  readonly gitRef?: string | null;
  /** Of a rollback: with the variables of then. */
  readonly restoreVariables?: boolean;
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly small?: boolean;
  readonly icon?: LucideIcon;
  readonly disabled?: boolean;
  readonly title?: string;
  readonly className?: string;
  /** Before it is sent; what prevents it sends nothing. */
  readonly onSubmit?: (event: FormEvent) => void;
  readonly children: ReactNode;
};

/** A button that changes what runs: a form, so that it works before and without scripts. */
export function Act(props: Props) {
  const {
    intent,
    environmentId,
    deploymentId,
    gitRef,
    restoreVariables,
    children,
    className,
    disabled,
    onSubmit,
    ...look
  } = props;
  const navigation = useNavigation();
  // To the page that is open: inside a layout a form would go to the layout's own address.
  const { pathname } = useLocation();
  const isBusy =
    navigation.formData?.get('intent') === intent && navigation.formData.get('deploymentId') === (deploymentId ?? null);
  return (
    <Form method="post" action={pathname} className={className} onSubmit={onSubmit}>
      <input type="hidden" name="intent" value={intent} />
      {environmentId && <input type="hidden" name="environmentId" value={environmentId} />}
      {deploymentId && <input type="hidden" name="deploymentId" value={deploymentId} />}
      {restoreVariables && <input type="hidden" name="restoreVariables" value="on" />}
      {gitRef && <input type="hidden" name="ref" value={gitRef} />}
      <Button type="submit" disabled={disabled || isBusy} className="w-full" {...look}>
        {children}
      </Button>
    </Form>
  );
}

const titles: Readonly<Record<string, string>> = {
  deploy: 'No deployment was started.',
  rollback: 'Nothing was rolled back.',
  promote: 'Nothing was promoted.',
  cancel: 'The deployment was not canceled.',
  'rollout-promote': 'The new release was not promoted.',
  'rollout-abort': 'The new release was not taken back.',
  redeploy: 'No deployment was started.',
  restart: 'It was not restarted.',
  stop: 'It was not stopped.',
  sleep: 'It was not put to sleep.',
  wake: 'It was not woken.',
  start: 'It was not started.',
  resume: 'Auto-deploy is still paused.',
  'restore-environment': 'The environment was not restored.',
};

/** Why the last button did not do it. */
export const Refusal = ({ refused }: { readonly refused: Refused | undefined }) =>
  refused ? (
    <div className="mt-4">
      <Notice title={titles[refused.intent] ?? 'That was refused.'} details={refused.problem}>
        {refused.problem.message}
      </Notice>
    </div>
  ) : null;
