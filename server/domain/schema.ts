import {
  domainFindings,
  domainProblems,
  domainProblemText,
  type DomainFindings,
  type DomainProblem,
} from '@apployd/core/domain';
import { builder } from '../builder.js';
import { CertificateRef, certificateOf, ordersOf } from './certificate.js';
import { checkNames, diagnose, type Check } from './diagnosis.js';
import { checkResults } from './finding.js';
import { recordsOf, type DnsRecord } from './records.js';

const DomainStatus = builder.enumType('DomainStatus', {
  description: 'How far a domain is.',
  values: {
    PENDING_DNS: { description: 'It is not proven yet that the name is theirs.' },
    VERIFYING: { description: 'It is proven, and routed; the name does not lead here yet.' },
    ACTIVE: { description: 'Visitors of the name reach the environment.' },
    MISCONFIGURED: { description: 'It was active; the name has led elsewhere for a while.' },
  } as const,
});

const DomainProblemCode = builder.enumType('DomainProblemCode', {
  description: 'What is in the way of a domain. New values may appear: always have a default case.',
  values: {
    PROOF_MISSING: { description: 'The TXT record is not there.' },
    PROOF_OTHER: { description: 'The TXT record says something else.' },
    HELD_BY_ANOTHER: { description: 'Another organization has proven the name before.' },
    TAKEN_BY_ANOTHER: { description: 'Another organization has proven it, after the proof here was gone for long.' },
    NO_ADDRESS: { description: 'The name leads nowhere.' },
    POINTS_ELSEWHERE: { description: 'The name leads to other addresses.' },
    POINTS_ELSEWHERE_TOO: { description: 'The name leads here, and to other addresses.' },
    BEHIND_PROXY: { description: 'A proxy stands before it: where that leads cannot be seen.' },
    PROOF_LOST: { description: 'Its TXT record is gone: another organization may prove the name and get it.' },
    DNS_SILENT: { description: 'The name servers do not answer.' },
    PLATFORM_UNKNOWN: { description: 'The platform does not know its own addresses.' },
  } as const satisfies Record<DomainProblem, object>,
});

type Problem = { readonly code: DomainProblem; readonly message: string };

const DomainProblemRef = builder.objectRef<Problem>('DomainProblem').implement({
  description: 'What is in the way of a domain, or worth knowing.',
  fields: (t) => ({
    code: t.field({ type: DomainProblemCode, resolve: ({ code }) => code }),
    message: t.exposeString('message', { description: 'A sentence that says what to do.' }),
  }),
});

const DnsRecordRef = builder.objectRef<DnsRecord>('DnsRecord').implement({
  description: "A record to be set, or removed, at the name's provider.",
  fields: (t) => ({
    type: t.exposeString('type', {
      description:
        'TXT, CNAME, A, AAAA, CAA or ALIAS. What is called ALIAS here is ANAME or a flattened CNAME at some providers.',
    }),
    name: t.exposeString('name', { description: 'Whole: some providers want it without the part that is their zone.' }),
    value: t.exposeString('value'),
    observed: t.field({
      type: ['String'],
      description: 'What the last check found in its place: texts, or the addresses that the name leads to.',
      resolve: ({ observed }) => [...observed],
    }),
    ok: t.exposeBoolean('ok', { description: 'The last check found what it is there for.' }),
  }),
});

const DomainCheckName = builder.enumType('DomainCheckName', { description: 'What is looked at.', values: checkNames });
const DomainCheckResult = builder.enumType('DomainCheckResult', {
  description: 'How it is. UNKNOWN: it could not be looked at, or not yet.',
  values: checkResults,
});

const DomainCheckRef = builder.objectRef<Check>('DomainCheck').implement({
  description: 'One thing that a domain needs, and how it is.',
  fields: (t) => ({
    name: t.field({ type: DomainCheckName, resolve: ({ name }) => name }),
    result: t.field({ type: DomainCheckResult, resolve: ({ result }) => result }),
    finding: t.exposeString('finding', { description: 'A sentence with what was found.' }),
    record: t.field({
      type: DnsRecordRef,
      nullable: true,
      description: 'What to set, where a record mends it.',
      resolve: ({ record }) => record,
    }),
    removals: t.field({
      type: [DnsRecordRef],
      description: 'What to remove, where records are in the way.',
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ removals }) => [...removals],
    }),
  }),
});

export const DomainNode = builder.prismaNode('Domain', {
  description: 'A name of your own for an environment.',
  id: { field: 'id' },
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'In ASCII and small letters; `*.example.com` stands for every name of one label more.',
    }),
    status: t.expose('status', { type: DomainStatus }),
    problem: t.field({
      type: DomainProblemRef,
      nullable: true,
      description: 'Null when nothing is, or before the first check.',
      select: { environment: { select: { hostname: true } } },
      resolve: ({ name, problem, findings, environment: { hostname } }) => {
        const code = domainProblems.find((one) => one === problem);
        if (!code) return null;
        return { code, message: domainProblemText(code, { name, hostname, findings: readFindings(findings) }) };
      },
    }),
    records: t.field({
      type: [DnsRecordRef],
      description: 'What is to be set so that it works, the proof first.',
      complexity: { field: 1, multiplier: 4 },
      select: { environment: { select: { hostname: true } } },
      resolve: ({ name, proof, findings, environment: { hostname } }, _args, { settings }) => {
        const edgeAddresses = settings.APPLOYD_EDGE_ADDRESSES;
        return [...recordsOf({ name, proof, hostname, edgeAddresses, findings: readFindings(findings) })];
      },
    }),
    diagnosis: t.field({
      type: [DomainCheckRef],
      description: 'What the last check has found, one thing after the other; domainRecheck has it looked at again.',
      // All of them are read from the domain's own row.
      complexity: { field: 1, multiplier: 2 },
      select: { environment: { select: { hostname: true } } },
      resolve: async (domain, _args, context) => {
        const { name, proof, findings: kept, verifiedAt, organizationId, environment } = domain;
        const { hostname } = environment;
        const [edgeAddresses, findings] = [context.settings.APPLOYD_EDGE_ADDRESSES, readFindings(kept)];
        const records = recordsOf({ name, proof, hostname, edgeAddresses, findings });
        const now = new Date();
        const isTheirs = verifiedAt !== null;
        const [certificate, orders] = await Promise.all([
          isTheirs ? certificateOf(context, name) : null,
          isTheirs ? ordersOf(context, organizationId, now) : null,
        ]);
        return [...diagnose({ name, findings, records, certificate, orders, now })];
      },
    }),
    certificate: t.field({
      type: CertificateRef,
      nullable: true,
      description: 'Null until the domain is proven and something is deployed, and where the platform orders none.',
      // A claim that is not proven says nothing of what another organization has.
      resolve: ({ name, verifiedAt }, _args, context) => (verifiedAt === null ? null : certificateOf(context, name)),
    }),
    environment: t.relation('environment'),
    verifiedAt: t.expose('verifiedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is proven, and held by nobody else; null: it is not.',
    }),
    checkedAt: t.expose('checkedAt', { type: 'DateTime', nullable: true, description: 'When it was looked at last.' }),
    nextCheckAt: t.expose('nextCheckAt', { type: 'DateTime', description: 'When it is looked at again by itself.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

function readFindings(kept: unknown): DomainFindings | null {
  return domainFindings.safeParse(kept).data ?? null;
}

export const DomainConnection = builder.connectionObject(
  { type: DomainNode, name: 'DomainConnection', description: 'A page of Domain.' },
  { name: 'DomainEdge', description: 'A Domain on a page.' },
);
