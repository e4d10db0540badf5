import type { ReactNode } from 'react';
import { Mark } from '../ui/mark.js';

/** Before somebody is in: the form on the left, on a wide screen the pool beside it. */
export function Entrance({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-2">
      <main className="flex flex-col justify-center px-4 py-12 sm:px-12 lg:px-20">
        <div className="w-full max-w-[360px] max-lg:mx-auto">
          <p className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
            <Mark size={26} />
            Apployd
          </p>
          <h1 className="mt-8 text-2xl font-semibold tracking-tight">{title}</h1>
          {children}
        </div>
      </main>
      <Basins />
    </div>
  );
}

/** A pool that belongs to nobody. */
const Basins = () => (
  <div className="hidden items-center border-l border-line bg-surface p-16 lg:flex" aria-hidden>
    <div className="flex h-[46vh] w-full gap-1">
      {picture.map(([width, level], index) => (
        <div
          key={index}
          className="relative overflow-hidden rounded-md"
          style={{ flexGrow: width, background: `color-mix(in oklab, var(--cat-${index + 1}) 16%, var(--surface))` }}
        >
          <div
            className="breathing absolute inset-x-0 bottom-0 opacity-80"
            style={{ height: `${level}%`, background: `var(--cat-${index + 1})`, animationDelay: `${index * -1.7}s` }}
          />
        </div>
      ))}
      <div
        className="hatch rounded-md outline-1 -outline-offset-1 outline-line-strong outline-dashed"
        style={{ flexGrow: 15 }}
      />
    </div>
  </div>
);

/** Width of the slice and height of the water, in percent. */
const picture = [
  [26, 62],
  [20, 54],
  [13, 24],
  [10, 58],
  [7, 47],
  [5, 40],
] as const;
