import { type RefObject, useEffect, useRef } from 'react';

/** After an answer that refuses something, the first field that is wrong has the focus. */
export function useFocusWrong<Problem>(problem: Problem | null | undefined): RefObject<HTMLFormElement> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [problem]);
  return form;
}
