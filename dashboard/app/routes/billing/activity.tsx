import type { OrganizationEvent } from '@apployd/sdk';
import { EventRow } from '../../activity/event-row.js';
import { OlderEvents } from '../../activity/older-events.js';
import { organizationSentenceOf } from '../../activity/organization-sentence.js';
import { type EventPage, useActivity } from '../../activity/use-activity.js';
import { SettingsSection } from '../../settings/setting.js';
import { dateOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';

type Props = {
  readonly organization: { readonly id: string; readonly slug: string };
  readonly first: EventPage<OrganizationEvent>;
  readonly planName: (code: string) => string;
};

/** What happened to the organization, and to what it pays for, the newest first and as it happens. */
export function Activity({ organization: { id, slug }, first, planName }: Props) {
  const zone = useZone();
  const base = `/${slug}`;
  const { events, ...older } = useActivity({ of: 'organization', id }, first, `${base}/billing/earlier`);
  const words = { base, planName, date: (at: string) => dateOf(at, zone) };
  return (
    <div>
      <SettingsSection id="activity" title="Activity">
        {events.length === 0 && (
          <p className="px-4 py-4 text-muted lg:px-5">Nothing has happened for as long as events are kept.</p>
        )}
        <ul aria-label="What happened, the newest first" className="divide-y divide-line">
          {events.map((event) => (
            <EventRow key={event.id} event={event} sentence={organizationSentenceOf(event, words)} />
          ))}
        </ul>
      </SettingsSection>
      <OlderEvents {...older} />
    </div>
  );
}
