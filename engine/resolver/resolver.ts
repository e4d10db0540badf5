/**
 * Asks the public DNS. What is not there is an empty list; name servers that do not answer, or answer that something is
 * wrong with them, are an error: nothing follows from it.
 */
export interface Resolver {
  /** What the TXT records of a name say, each in one piece. */
  txt(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** IPv4 and IPv6, behind whatever CNAME records. */
  addresses(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** To which name a name is handed on by its CNAME record, in small letters and without a dot at its end; null: it has none. */
  cname(name: string, signal: AbortSignal): Promise<string | null>;
  /** The CAA records of a name, of whichever kind, such as `issue letsencrypt.org` or `iodef mailto:ca@example.com`. */
  caa(name: string, signal: AbortSignal): Promise<readonly string[]>;
}
