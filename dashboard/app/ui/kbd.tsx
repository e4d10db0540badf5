/** A key to press. */
export const Kbd = ({ children }: { readonly children: string }) => (
  <kbd className="inline-block min-w-5 rounded-sm border border-line bg-surface px-1 text-center font-sans text-2xs text-subtle">
    {children}
  </kbd>
);
