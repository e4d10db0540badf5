import { useEffect, useState } from 'react';

/** The line that the address names, `#L166`: what somebody was sent to look at. */
export function useChosenLine() {
  const [chosen, setChosen] = useState<number | null>(null);
  useEffect(() => {
    const [, number] = /^#L(\d+)$/.exec(location.hash) ?? [];
    if (number) setChosen(Number(number));
  }, []);
  const choose = (sequence: number) => {
    setChosen(sequence);
    history.replaceState(history.state, '', `#L${sequence}`);
  };
  return { chosen, choose };
}
