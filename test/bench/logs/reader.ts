import { Apployd } from '@apployd/sdk';
import type { Following, Told } from './readers.js';

const { url, token, deploymentId, subscribers } = JSON.parse(process.argv[2] ?? '{}') as Following;
const apployd = new Apployd({ url, token });

const readers = Array.from({ length: subscribers }, read);
process.send?.('begun');
process.send?.(await Promise.all(readers));

async function read(): Promise<Told> {
  let [lines, wrong, lost, last] = [0, 0, 0, 0];
  const onGap = (gap: { readonly lost?: number | null }) => {
    lost += gap.lost ?? 0;
    last += gap.lost ?? 0;
  };
  for await (const { sequence } of apployd.logs.follow({ deploymentId }, { onGap })) {
    lines += 1;
    if (Number(sequence) !== last + 1) wrong += 1;
    last = Number(sequence);
  }
  return { lines, wrong, lost, endedAt: Date.now() };
}
