import { isDown, powerOf } from '../../deployment/power.js';

type Looked = {
  readonly slug: string;
  readonly state: string;
  readonly productionEnvironment: {
    readonly desiredState: string;
    readonly observedState: string;
    readonly stateReason: string | null;
    readonly liveDeployment: { readonly number: number } | null;
  };
  readonly recentDeployments: readonly { readonly status: string }[];
};

type Trouble<Row> = { readonly kind: 'DOWN' | 'FAILED'; readonly row: Row };

/** What of the projects needs somebody: who is down first, then whose latest deployment failed; some are both. */
export function troublesOf<Row extends Looked>(rows: readonly Row[]): readonly Trouble<Row>[] {
  const alive = rows.filter(({ state }) => state !== 'DELETING');
  return [
    ...alive.filter((row) => isDown(row.productionEnvironment)).map((row) => ({ kind: 'DOWN', row }) as const),
    ...alive
      .filter(({ recentDeployments: [latest] }) => latest?.status === 'FAILED')
      .map((row) => ({ kind: 'FAILED', row }) as const),
  ];
}

/** `api: 12 ends again and again: nobody is served.` */
export const titleOfDown = ({ slug, productionEnvironment }: Looked): string =>
  `${slug}: ${productionEnvironment.liveDeployment?.number} ${
    powerOf(productionEnvironment) === 'CRASHED' ? 'ends again and again' : 'ended'
  }, and nobody is served.`;
