import type { Domain } from '@apployd/sdk';
import { Form, useNavigation } from '@remix-run/react';
import { RefreshCw } from 'lucide-react';
import { Button } from '../../ui/button.js';
import { Confirmed } from '../../ui/confirmed.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { Status } from '../../ui/status.js';
import { Time } from '../../ui/time.js';
import { CertificateLine } from './certificate-line.js';
import { DiagnosisList } from './diagnosis-list.js';
import { RecordRow } from './record-row.js';

type Props = { readonly domain: Domain; readonly isChangeable: boolean };

/** One domain: how far it is, what is in the way, and the records to set. */
export function DomainPanel({ domain, isChangeable }: Props) {
  const { id, name, status, problem, records, certificate, diagnosis, checkedAt } = domain;
  const isDone = status === 'ACTIVE' && problem === null;
  return (
    <Panel className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 lg:px-5">
        <h2 className="min-w-0 flex-1 basis-48 font-semibold [overflow-wrap:anywhere]">{name}</h2>
        <Status state={status} />
        {isChangeable && (
          <span className="flex gap-1">
            <Recheck domainId={id} name={name} />
            <Confirmed
              label="Remove"
              about={`the domain ${name}`}
              title={`Remove ${name}?`}
              text="The name leads nowhere from then on, and is free for whoever proves that it is theirs. Remove its records at your provider too."
              fields={{ intent: 'domain-remove', domainId: id, name }}
            />
          </span>
        )}
      </div>
      {problem && (
        <Notice row tone={isInUse(status) ? 'warn' : 'info'} title={titles[problem.code] ?? 'Something is in the way.'}>
          {problem.message}
        </Notice>
      )}
      {certificate && <CertificateLine certificate={certificate} />}
      <details open={!isDone} className="border-t border-line">
        <summary className="cursor-pointer px-4 py-2.5 text-sm text-muted coarse:py-3.5 lg:px-5">
          Records at your provider,{' '}
          {checkedAt ? (
            <>
              checked <Time at={checkedAt} />
            </>
          ) : (
            'not checked yet'
          )}
        </summary>
        <ul className="divide-y divide-line border-t border-line">
          {records.map((record) => (
            <RecordRow key={`${record.type} ${record.value}`} record={record} />
          ))}
        </ul>
      </details>
      <DiagnosisList diagnosis={diagnosis} />
    </Panel>
  );
}

const isInUse = (status: string) => status === 'ACTIVE' || status === 'MISCONFIGURED';

const titles: Readonly<Record<string, string>> = {
  PROOF_MISSING: 'Waits for its proof.',
  PROOF_OTHER: 'Waits for its proof.',
  HELD_BY_ANOTHER: 'Somebody else has it.',
  TAKEN_BY_ANOTHER: 'Somebody else has it now.',
  NO_ADDRESS: 'Leads nowhere.',
  POINTS_ELSEWHERE: 'Leads elsewhere.',
  POINTS_ELSEWHERE_TOO: 'Leads elsewhere too.',
  BEHIND_PROXY: 'Behind a proxy.',
  PROOF_LOST: 'Its proof is gone.',
  DNS_SILENT: 'Its name servers do not answer.',
  PLATFORM_UNKNOWN: 'Cannot be checked.',
};

function Recheck({ domainId, name }: { readonly domainId: string; readonly name: string }) {
  const isBusy = useNavigation().formData?.get('domainId') === domainId;
  return (
    <Form method="post">
      <input type="hidden" name="intent" value="domain-recheck" />
      <Button type="submit" small icon={RefreshCw} name="domainId" value={domainId} disabled={isBusy}>
        Check now<span className="sr-only">: {name}</span>
      </Button>
    </Form>
  );
}
