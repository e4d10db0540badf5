import { Tooltip } from 'radix-ui';
import { mainOfPage } from './main-of-page.js';
import type { TooltipPanelProps } from './tooltip.js';

export const TooltipPanel = ({ id, text }: TooltipPanelProps) => (
  <Tooltip.Provider>
    <Tooltip.Root open>
      <Tooltip.Trigger asChild>
        <span className="pointer-events-none absolute inset-0" aria-hidden />
      </Tooltip.Trigger>
      <Tooltip.Portal container={mainOfPage()}>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="rise z-50 max-w-72 rounded-md border border-transparent bg-primary px-2 py-1 text-xs text-on-primary shadow-2"
        >
          <span id={id}>{text}</span>
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  </Tooltip.Provider>
);
