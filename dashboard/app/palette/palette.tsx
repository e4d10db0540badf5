import { later } from '../ui/later.js';

export type PaletteProps = { readonly onClose: () => void };

/** Finds and runs whatever there is. Its code comes when the search box is pointed at, or with the first ⌘K. */
export const Palette = later<PaletteProps>(() => import('./palette-panel.js').then(({ PalettePanel }) => PalettePanel));
