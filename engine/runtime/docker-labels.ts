/** On every container, network and image of ours: nothing else in a Docker engine is ever touched. */
export const managedLabel = 'apployd.managed';
/** Whose containers these are, where several platforms share one Docker engine. */
export const ownerLabel = 'apployd.owner';

export function isOurs(info: { readonly Config: { readonly Labels: Readonly<Record<string, string>> } }): boolean {
  return info.Config.Labels[managedLabel] === 'true';
}
