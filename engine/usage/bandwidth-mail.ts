import type { Mail } from '@apployd/core/mail';
import { describeBytes } from '@apployd/core/resources';

type Told = {
  readonly to: string;
  readonly organization: { readonly name: string; readonly slug: string };
  readonly percent: number;
  readonly bytesOut: number;
  readonly bandwidthBytes: number;
  readonly periodEnd: Date;
  readonly publicUrl: string;
};

/** Tells who sees to the bill how much of a month's bandwidth is used. */
export function bandwidthMail({ to, organization, percent, ...told }: Told): Mail {
  const { bytesOut, bandwidthBytes, periodEnd, publicUrl } = told;
  const share = percent >= 100 ? 'all' : `${percent} %`;
  const [used, pool] = [describeBytes(bytesOut), describeBytes(bandwidthBytes)];
  return {
    to,
    subject: `${organization.name} has used ${share} of its bandwidth this month`,
    text: [
      `The projects of ${organization.name} have sent their visitors ${used} this month, of the ${pool} that its plan gives.`,
      `On ${periodEnd.toISOString().slice(0, 10)} (UTC) the next month begins, with nothing used.`,
      `Which project has sent how much: ${new URL(`/${organization.slug}/pool`, publicUrl).href}`,
    ].join('\n\n'),
  };
}
