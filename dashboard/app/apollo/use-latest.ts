import { useEffect, useRef } from 'react';

/** A function that stays the same and calls the latest one. */
export function useLatest(callback: () => void): () => void {
  const latest = useRef(callback);
  useEffect(() => {
    latest.current = callback;
  });
  return useRef(() => latest.current()).current;
}
