import {
  CircleAlert,
  CircleArrowUp,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  LoaderCircle,
  type LucideIcon,
  Moon,
  PowerOff,
  SkipForward,
  Trash2,
} from 'lucide-react';
import { cx } from './cx.js';

export type StateName = keyof typeof looks;

type Props = { readonly state: string; readonly variant?: 'plain' | 'pill' | 'icon'; readonly className?: string };

/** A state in three signals, shape, word and colour, so that none of them is needed alone. */
export function Status({ state, variant = 'plain', className }: Props) {
  const { word, icon: Icon, tone, fill, soft, turns } = lookOf(state);
  return (
    <span
      className={cx(
        'inline-flex shrink-0 items-center gap-1.5 text-sm font-medium whitespace-nowrap',
        tone,
        variant === 'pill' && cx('h-6 rounded-full pr-2.5 pl-1.5', soft),
        className,
      )}
    >
      <Icon size={15} strokeWidth={2.1} className={cx(variant !== 'pill' && fill, turns && 'spin')} aria-hidden />
      <span className={cx(variant === 'icon' && 'sr-only')}>{word}</span>
    </span>
  );
}

/** What the state is called. */
export const wordOf = (state: string): string => lookOf(state).word;

type Look = {
  readonly word: string;
  readonly icon: LucideIcon;
  readonly tone: string;
  readonly fill: string;
  readonly soft: string;
  readonly turns?: boolean;
};

const lookOf = (state: string): Look => looks[state as StateName] ?? unknown(state);

const muted = { tone: 'text-muted', fill: 'text-control', soft: 'bg-raised' };
const warn = { tone: 'text-warn', fill: 'text-warn-fill', soft: 'bg-warn-soft' };
const info = { tone: 'text-info', fill: 'text-info-fill', soft: 'bg-info-soft' };
const ok = { tone: 'text-ok', fill: 'text-ok-fill', soft: 'bg-ok-soft' };
const bad = { tone: 'text-bad', fill: 'text-bad-fill', soft: 'bg-bad-soft' };
const sleep = { tone: 'text-sleep', fill: 'text-sleep-fill', soft: 'bg-sleep-soft' };

const looks = {
  QUEUED: { word: 'Queued', icon: CircleDashed, ...muted },
  BUILDING: { word: 'Building', icon: LoaderCircle, ...warn, turns: true },
  DEPLOYING: { word: 'Deploying', icon: CircleArrowUp, ...info },
  READY: { word: 'Ready', icon: CircleCheck, ...ok },
  RUNNING: { word: 'Running', icon: CircleCheck, ...ok },
  FAILED: { word: 'Failed', icon: CircleX, ...bad },
  CANCELED: { word: 'Canceled', icon: CircleSlash, ...muted },
  SUPERSEDED: { word: 'Superseded', icon: SkipForward, ...muted },
  ASLEEP: { word: 'Asleep', icon: Moon, ...sleep },
  CRASHED: { word: 'Crashed', icon: CircleAlert, ...bad },
  STOPPED: { word: 'Stopped', icon: PowerOff, ...muted },
  DELETING: { word: 'Deleted', icon: Trash2, ...muted },
  PENDING_DNS: { word: 'Waiting for DNS', icon: CircleDashed, ...muted },
  VERIFYING: { word: 'Proven', icon: CircleDashed, ...info },
  ACTIVE: { word: 'Active', icon: CircleCheck, ...ok },
  MISCONFIGURED: { word: 'Misconfigured', icon: CircleAlert, ...warn },
  EMPTY: { word: 'Not deployed', icon: CircleDashed, ...muted },
} satisfies Record<string, Look>;

/** A state that a later server adds. */
const unknown = (state: string): Look => ({ word: state.toLowerCase(), icon: CircleDashed, ...muted });
