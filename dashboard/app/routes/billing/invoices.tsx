import type { InvoiceFragment } from '@apployd/sdk';
import { moneyOf } from '../../billing/money.js';
import { Setting, SettingsSection } from '../../settings/setting.js';
import { ButtonLink } from '../../ui/button.js';
import { dateOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';

type Props = {
  /** Null: they cannot be had just now. */
  readonly page: { readonly invoices: readonly InvoiceFragment[]; readonly hasMore: boolean } | null;
};

const words: Readonly<Record<string, string>> = {
  DRAFT: 'being made',
  OPEN: 'to be paid',
  PAID: 'paid',
  UNCOLLECTIBLE: 'given up',
  VOID: 'void',
};

/** What was paid and what is to be, the newest first. */
export function Invoices({ page }: Props) {
  const zone = useZone();
  return (
    <SettingsSection id="invoices" title="Invoices">
      {page === null && (
        <Setting title="They cannot be had just now" hint="Stripe does not answer. Look again in a moment." />
      )}
      {page?.invoices.length === 0 && <Setting title="None" hint="The first comes with the first payment." />}
      {page?.invoices.map(({ id, number, status, total, createdAt, url, pdfUrl }) => (
        <Setting
          key={id}
          title={`${moneyOf(total)}, ${words[status] ?? status.toLowerCase()}`}
          hint={`${dateOf(createdAt, zone)}${number ? `, number ${number}` : ''}`}
        >
          <div className="flex flex-wrap gap-2">
            {status === 'OPEN' && url && (
              <ButtonLink to={url} kind="primary">
                Pay<span className="sr-only"> invoice {number}</span>
              </ButtonLink>
            )}
            {pdfUrl && (
              <ButtonLink to={pdfUrl}>
                PDF<span className="sr-only"> of invoice {number}</span>
              </ButtonLink>
            )}
          </div>
        </Setting>
      ))}
      {page?.hasMore && (
        <div className="px-4 py-3 lg:px-5">
          <ButtonLink to={`?after=${page.invoices.at(-1)?.id ?? ''}#invoices`} kind="quiet">
            Older ones
          </ButtonLink>
        </div>
      )}
    </SettingsSection>
  );
}
