const maxLabelLength = 63;

/** The platform's own host name for an environment: `<project>-<environment>-<organization>.<base>`, its label cut to 63 characters. */
export function platformHostname(parts: {
  readonly project: string;
  readonly organization: string;
  /** Left out for production. */
  readonly environment?: string;
  readonly base: string;
  /** Tells two names apart that would be the same. */
  readonly suffix?: string;
}): string {
  const { project, organization, environment, base, suffix } = parts;
  const tail = suffix ? `-${suffix}` : '';
  const words = [project, environment, organization].filter(Boolean).join('-');
  const label = words.slice(0, maxLabelLength - tail.length).replace(/-+$/, '') + tail;
  return `${label}.${base}`.toLowerCase();
}

/** A host name as it is compared: lower case, no port, no trailing dot. */
export function normalHostname(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

/** The wildcard that takes in a host name, where there is one: it stands for one label, `*.example.com` for `a.example.com`. */
export function wildcardOver(hostname: string): string | null {
  const dot = hostname.indexOf('.');
  return dot > 0 ? `*${hostname.slice(dot)}` : null;
}

/** Where visitors reach a host name: with the scheme and port of the platform's own address. */
export function environmentUrl(publicUrl: string, hostname: string): string {
  const url = new URL(publicUrl);
  url.hostname = hostname;
  return url.origin;
}

/** With it a request over plain HTTP is not sent on to TLS. Whoever sends it forgoes that for this request, and nothing else. */
export const probeHeader = 'apployd-probe';
