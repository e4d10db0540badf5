import { Moon, Sun } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Tooltip } from '../ui/tooltip.js';
import { switchTheme } from './theme.js';

export const ThemeButton = () => (
  <Tooltip text="Switch theme">
    <Button kind="quiet" small aria-label="Switch theme" onClick={switchTheme}>
      <Moon size={15} className="-mx-0.5 dark:hidden" aria-hidden />
      <Sun size={15} className="-mx-0.5 hidden dark:block" aria-hidden />
    </Button>
  </Tooltip>
);
