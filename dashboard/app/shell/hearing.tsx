import { Unplug } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useHearing } from '../apollo/use-hearing.js';
import { minuteOf } from '../ui/time-format.js';
import { useZone } from '../ui/zone.js';

/** Most breaks are over before somebody could read of them. */
const patienceMs = 1_500;

/** How old is what the page shows, while nothing new can be heard. */
export function Hearing() {
  const isLost = useHearing() === 'lost';
  const [since, setSince] = useState<number | null>(null);
  const zone = useZone();
  useEffect(() => {
    if (!isLost) return setSince(null);
    const lostAt = Date.now();
    const timer = setTimeout(() => setSince(lostAt), patienceMs);
    return () => clearTimeout(timer);
  }, [isLost]);
  return (
    <span role="status" className="text-sm whitespace-nowrap text-warn">
      {since !== null && (
        <span className="inline-flex items-center gap-1.5">
          <Unplug size={14} aria-hidden />
          <span className="num">
            <span className="max-sm:sr-only">As of {minuteOf(since, zone)}, reconnecting</span>
          </span>
        </span>
      )}
    </span>
  );
}
