import { Check, Minus, X } from 'lucide-react';
import { cx } from '../ui/cx.js';
import { span, took } from '../ui/span.js';
import { useNow } from '../ui/time.js';
import { type Stage, type Step, stepsOf } from './steps.js';

type Shown = {
  readonly status: string;
  readonly stages: readonly Stage[];
  readonly failure?: { readonly stage: string } | null;
  readonly finishedAt?: string | null;
};

type Props = { readonly deployment: Shown; readonly history: readonly Shown[]; readonly onStep?: (step: Step) => void };

/**
 * Each step is as wide as the time it usually takes, so the strip reads as a clock: how far along it is, and what is slower than
 * usual. Press a step to see its first line.
 */
export function Timeline({ deployment, history, onStep }: Props) {
  const steps = stepsOf(deployment, history);
  const now = useNow();
  const widest = Math.max(...steps.map(({ usual }) => usual), 1);
  const grow = ({ usual }: Step) => Math.max(usual, widest * 0.08);
  const at = steps.findIndex(({ state }) => state === 'running' || state === 'failed');
  return (
    <div>
      <div className="flex gap-1 lg:hidden" aria-hidden>
        {steps.map((step) => (
          <span key={step.name} className="min-w-2" style={{ flexGrow: grow(step), flexBasis: 0 }}>
            <Bar step={step} now={now} />
          </span>
        ))}
      </div>
      <ol className="flex gap-1 max-lg:hidden">
        {steps.map((step) => (
          <li
            key={step.name}
            aria-current={step.state === 'running' ? 'step' : undefined}
            className="min-w-[138px]"
            style={{ flexGrow: grow(step), flexBasis: 0 }}
            title={step.reason ?? undefined}
          >
            <Wide step={step} now={now} onStep={onStep} />
          </li>
        ))}
      </ol>
      <Narrow steps={steps} at={at} now={now} />
    </div>
  );
}

function Wide({
  step,
  now,
  onStep,
}: {
  readonly step: Step;
  readonly now: number;
  readonly onStep?: (step: Step) => void;
}) {
  const isReached = step.state !== 'waiting';
  const inside = (
    <>
      <Bar step={step} now={now} />
      <span
        className={cx(
          'mt-2 flex items-center gap-1 text-sm whitespace-nowrap',
          step.state === 'running' ? 'font-semibold' : isReached ? 'font-medium' : 'text-subtle',
          isReached && onStep && 'group-hover:underline',
        )}
      >
        {step.state === 'done' && (
          <Check size={13} className="shrink-0 text-ok-fill" strokeWidth={2.6} aria-label="done" />
        )}
        {step.state === 'failed' && (
          <X size={13} className="shrink-0 text-bad-fill" strokeWidth={2.6} aria-label="failed" />
        )}
        {step.state === 'stopped' && (
          <Minus size={13} className="shrink-0 text-subtle" strokeWidth={2.6} aria-label="stopped" />
        )}
        {step.label} {isReached && <span className="num truncate font-normal text-muted">{progress(step, now)}</span>}
        {step.reason && step.state !== 'failed' && <span className="sr-only">{step.reason}</span>}
      </span>
    </>
  );
  if (!onStep) return <span className="block w-full">{inside}</span>;
  return (
    <button type="button" disabled={!isReached} onClick={() => onStep(step)} className="group block w-full text-left">
      {inside}
    </button>
  );
}

function Narrow({ steps, at, now }: { readonly steps: readonly Step[]; readonly at: number; readonly now: number }) {
  const step = steps[at];
  if (!step) return null;
  const rest = steps.slice(at + 1).map(({ label }) => label.toLowerCase());
  return (
    <p className="mt-2 flex justify-between gap-3 text-sm lg:hidden">
      <span className="font-semibold whitespace-nowrap">
        {step.label}{' '}
        <span className="num font-normal text-muted">{step.state === 'failed' ? 'failed' : progress(step, now)}</span>
      </span>
      {step.state === 'running' && rest.length > 0 && (
        <span className="truncate text-subtle">then {rest.join(', ')}</span>
      )}
    </p>
  );
}

const ranFor = ({ startedAt, finishedAt }: Step, now: number) =>
  startedAt === null ? 0 : Math.max(0, (finishedAt ?? now) - startedAt);

/** `26s of 58s`, or how much it is over. */
function progress(step: Step, now: number): string {
  const ran = ranFor(step, now);
  if (step.state === 'reused') return 'reused';
  if (step.state !== 'running') return step.attempt ? `${took(ran)}, ${step.attempt}` : took(ran);
  if (step.attempt) return `${span(ran)}, ${step.attempt}`;
  if (step.usual < 2_000) return span(ran);
  return ran > step.usual * 1.25
    ? `${span(ran)}, ${span(ran - step.usual)} over`
    : `${span(ran)} of ${span(step.usual)}`;
}

function Bar({ step, now }: { readonly step: Step; readonly now: number }) {
  const width = {
    done: 100,
    reused: 100,
    failed: 100,
    stopped: 100,
    waiting: 0,
    running: Math.min(97, Math.max(4, (ranFor(step, now) / step.usual) * 100)),
  }[step.state];
  const colour = {
    done: 'bg-ok-fill',
    reused: 'bg-line',
    failed: 'bg-bad-fill',
    stopped: 'bg-line',
    waiting: '',
    running: 'bg-warn-fill marching',
  }[step.state];
  return (
    <span className="track relative block h-1.5 overflow-hidden rounded-full bg-line">
      <span className={cx('level absolute inset-y-0 left-0 rounded-full', colour)} style={{ width: `${width}%` }} />
    </span>
  );
}
