import { secretName } from './print-config.js';

/** What is shorter could be found out by trying which words are masked; and there is little else to say for it. */
const shortest = 8;

/** The secret values among settings: what their names say is secret, and the passwords in addresses. */
export function ownSecrets(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const found = Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value !== 'string') return [];
    return secretName.test(name) ? value.split(',').map((part) => part.trim()) : passwordsIn(value);
  });
  return [...new Set(found.filter(({ length }) => length >= shortest))];
}

/** As it is written and as it is meant. One that is the user's name as well is no secret, and in every second line. */
function passwordsIn(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password, searchParams } = new URL(address);
  const among = [...searchParams].flatMap(([name, value]) => (secretName.test(name) ? [value] : []));
  return [...(password === username ? [] : [password, decoded(password)]), ...among];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
