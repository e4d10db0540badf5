import type { Deployment, Rollout } from '@apployd/sdk';
import { Rocket, Undo2 } from 'lucide-react';
import { isOver } from '../../deployment/state.js';
import { Act } from '../../project/act.js';
import { Panel } from '../../ui/panel.js';
import { exactOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';

type Props = { readonly deployment: Deployment; readonly rollout: Rollout };

/** How far a release is with its visitors, and what it has answered beside the former one. */
export function RolloutPanel({ deployment: { id, status, cancelRequestedAt }, rollout }: Props) {
  const isUnderWay = rollout.verdict === null && !isOver(status) && !cancelRequestedAt;
  return (
    <Panel className="mt-4 p-4 lg:p-5">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h2 className="font-semibold">Rollout</h2>
          <p className="mt-0.5 text-sm text-muted">
            <State rollout={rollout} isUnderWay={isUnderWay} />
          </p>
        </div>
        {isUnderWay && (
          <div className="flex gap-2 max-lg:w-full max-lg:[&>*]:flex-1">
            <Act intent="rollout-abort" icon={Undo2} deploymentId={id}>
              Abort
            </Act>
            <Act intent="rollout-promote" kind="primary" icon={Rocket} deploymentId={id}>
              Promote now
            </Act>
          </div>
        )}
      </div>
      <Figures rollout={rollout} />
    </Panel>
  );
}

function State({ rollout, isUnderWay }: { readonly rollout: Rollout; readonly isUnderWay: boolean }) {
  const zone = useZone();
  const { percent, step, steps, nextAt, sentence, verdict } = rollout;
  if (isUnderWay && nextAt)
    return (
      <>
        {percent} % of the visitors have the new release: step {step + 1} of {steps.length}, until{' '}
        {exactOf(nextAt, zone)} at the earliest.
      </>
    );
  if (verdict === 'PROMOTED') return <>Promoted. {sentence}</>;
  return verdict === null ? <>It is being taken back.</> : <>Taken back. {sentence}</>;
}

const Figures = ({ rollout }: { readonly rollout: Rollout }) => (
  <table className="mt-4 w-full text-sm tabular-nums">
    <caption className="sr-only">What both releases have answered since the rollout began</caption>
    <thead>
      <tr className="text-left text-muted">
        <td />
        <th scope="col" className="py-1 pr-3 font-medium">
          Former
        </th>
        <th scope="col" className="py-1 font-medium">
          New
        </th>
      </tr>
    </thead>
    <tbody>
      {rows.map(({ label, of }) => (
        <tr key={label} className="border-t border-line">
          <th scope="row" className="py-1.5 pr-3 text-left font-normal text-muted">
            {label}
          </th>
          <td className="py-1.5 pr-3">{of(rollout.old)}</td>
          <td className="py-1.5">{of(rollout.new)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

type Side = Rollout['old'];

const rows: readonly { readonly label: string; readonly of: (side: Side) => string }[] = [
  { label: 'Requests', of: ({ requests }) => requests.toLocaleString('en') },
  { label: 'Errors', of: ({ errors }) => errors.toLocaleString('en') },
  { label: 'Error rate', of: ({ errorRate }) => (errorRate === null ? 'None yet' : `${errorRate} %`) },
  { label: 'p95', of: ({ p95Ms }) => (p95Ms === null ? 'None yet' : `${Math.round(p95Ms)} ms`) },
];
