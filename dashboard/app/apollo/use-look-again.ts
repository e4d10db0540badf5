import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { socket } from './socket.js';
import { useLatest } from './use-latest.js';

/**
 * Runs the page's loaders again. While the connection is lost they would fail, and with them the page that is still good to
 * read: then they run once it stands again.
 */
export function useLookAgain(): () => void {
  const revalidate = useLatest(useRevalidator().revalidate);
  const isOwed = useRef(false);
  const look = useRef(() => {
    isOwed.current = socket().hearing() === 'lost';
    if (!isOwed.current) revalidate();
  }).current;
  useEffect(
    () =>
      socket().onBack(() => {
        if (isOwed.current) look();
      }),
    [look],
  );
  return look;
}
