import { Check, Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.js';

/** Puts a text on the clipboard, and says so. */
export function Copy({
  text,
  label,
  className,
}: {
  readonly text: () => string;
  readonly label: string;
  readonly className?: string;
}) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2_000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () =>
    void navigator.clipboard?.writeText(text()).then(
      () => setDone(true),
      () => undefined,
    );
  return (
    <Button
      kind="quiet"
      small
      icon={done ? Check : CopyIcon}
      aria-label={done ? 'Copied' : label}
      className={className}
      onClick={copy}
    />
  );
}
