import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { looking } from './looking.js';
import { socket } from './socket.js';
import { useLatest } from './use-latest.js';

const lookOnce = looking();

/** Runs the page's loaders again; also when a lost connection is back, which has hidden changes. While it is lost a look waits. */
export function useLookAgain(): () => void {
  const revalidate = useLatest(useRevalidator().revalidate);
  const look = useRef(() => lookOnce(revalidate)).current;
  useEffect(() => socket().onBack(look), [look]);
  return look;
}
