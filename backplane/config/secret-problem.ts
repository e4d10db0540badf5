/** In examples, and in what people type when they mean to come back later. */
const words =
  /change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|it)|secret|passw(or)?d|passphrase|example|default|insecure|qwerty|letmein|correct.?horse/i;

const leastDistinct = 8;
/** Of neighbours in a random text fewer than a quarter follow each other in the alphabet. */
const mostInOrder = 0.6;

/**
 * Why a secret protects nothing: it is an example, or a pattern instead of something random. Null when it looks random,
 * which is not to say that nobody else knows it.
 */
export function secretProblem(secret: string): string | null {
  if (words.test(secret)) return 'holds a word that examples have';
  if (new Set(secret).size < leastDistinct) return 'is made of a few characters over and over';
  if (isRepetition(secret)) return 'repeats itself';
  return isInOrder(secret) ? 'goes along the alphabet' : null;
}

/** Made of one shorter text, over and over: then it is found again within itself. */
function isRepetition(secret: string): boolean {
  const period = `${secret}${secret}`.indexOf(secret, 1);
  return period <= secret.length / 2;
}

function isInOrder(secret: string): boolean {
  const steps = [...secret].slice(1).map((character, i) => character.charCodeAt(0) - secret.charCodeAt(i));
  return steps.filter((step) => Math.abs(step) <= 1).length > mostInOrder * steps.length;
}
