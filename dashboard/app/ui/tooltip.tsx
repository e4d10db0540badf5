import {
  cloneElement,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { later } from './later.js';

export type TooltipPanelProps = { readonly id: string; readonly text: string };

type Props = {
  readonly text: string;
  /** It says more than the name that the child has already. */
  readonly describes?: boolean;
  readonly children: ReactElement;
};

const TooltipPanel = later<TooltipPanelProps>(() =>
  import('./tooltip-panel.js').then(({ TooltipPanel }) => TooltipPanel),
);

const patienceMs = 350;

/** Words beside what the pointer rests on, or what the keyboard has come to. Escape takes them away. */
export function Tooltip({ text, describes, children }: Props) {
  const id = useId();
  const { isOpen, show, hide } = useDelayed();
  const onEscape = (event: { key: string }) => event.key === 'Escape' && hide();
  return (
    <span
      className="relative inline-flex"
      onPointerEnter={({ pointerType }: PointerEvent) => pointerType === 'mouse' && show(patienceMs)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={({ target }: FocusEvent) => target.matches(':focus-visible') && show(0)}
      onBlur={hide}
      onKeyDown={onEscape}
    >
      {cloneElement(children, isOpen && describes ? { 'aria-describedby': id } : {})}
      {isOpen && <TooltipPanel id={id} text={text} />}
    </span>
  );
}

function useDelayed() {
  const [isOpen, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const after = (ms: number, next: boolean) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(next), ms);
  };
  return { isOpen, show: (ms: number) => after(ms, true), hide: () => after(0, false) };
}
