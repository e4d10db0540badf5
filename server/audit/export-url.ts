import { publicId } from '@apployd/core/id';
import type { Services } from '../context.js';

/** Where an organization's audit log is to be had as a whole. */
export function auditExportUrl({ APPLOYD_PUBLIC_URL }: Services['settings'], organizationId: string): string {
  return new URL(`/audit/${publicId('Organization', organizationId)}`, APPLOYD_PUBLIC_URL).toString();
}
