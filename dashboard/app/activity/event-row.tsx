import { Link } from '@remix-run/react';
import type { ProjectEvent } from '@apployd/sdk';
import { actorName } from '../people/actor-name.js';
import { cx } from '../ui/cx.js';
import { Time } from '../ui/time.js';
import type { Sentence, Tone } from './sentence.js';

type Props = { readonly event: Pick<ProjectEvent, 'actor' | 'at'>; readonly sentence: Sentence };

/** One event, as a sentence with its time. */
export function EventRow({ event, sentence }: Props) {
  return (
    <li className="flex items-baseline gap-3 px-4 py-2.5 lg:px-5">
      <span aria-hidden className={cx('size-2 shrink-0 rounded-full', dots[sentence.tone])} />
      <div className="min-w-0 flex-1">
        <p className="[overflow-wrap:anywhere]">
          <Told sentence={sentence} who={actorName(event.actor)} />
        </p>
        {sentence.detail && <p className="mt-0.5 text-sm [overflow-wrap:anywhere] text-muted">{sentence.detail}</p>}
      </div>
      <span className="shrink-0 text-sm text-subtle">
        <Time at={event.at} />
      </span>
    </li>
  );
}

const dots: Readonly<Record<Tone, string>> = {
  plain: 'bg-line',
  good: 'bg-ok-fill',
  warn: 'bg-warn-fill',
  bad: 'bg-bad-fill',
};

function Told({ sentence, who }: { readonly sentence: Sentence; readonly who: string }) {
  const { isDeed, words, what } = sentence;
  const object = what && (
    <Link to={what.to} className="font-medium text-accent hover:underline">
      {isDeed ? lower(what.label) : what.label}
    </Link>
  );
  if (!isDeed) {
    return (
      <>
        {object} {words}
      </>
    );
  }
  return (
    <>
      <span className="font-medium">{who}</span> {words} {object}
    </>
  );
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
