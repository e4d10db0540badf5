import { type ComponentType, useEffect, useState } from 'react';

/**
 * A component whose code comes when it is first drawn, or before by `preload`. Where it cannot come, because the network
 * is lost, nothing is drawn, and whoever draws it next tries again.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let loaded: ComponentType<Props> | undefined;
  const preload = async (): Promise<void> => {
    loaded ??= await load().catch(() => undefined);
  };
  function Later(props: Props) {
    const [Loaded, setLoaded] = useState(() => loaded);
    useEffect(() => {
      if (!Loaded) void preload().then(() => setLoaded(() => loaded));
    }, [Loaded]);
    return Loaded ? <Loaded {...props} /> : null;
  }
  return Object.assign(Later, { preload });
}
