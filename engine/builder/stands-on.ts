/** More than anybody stands on. */
const mostImages = 20;
const mostNameLength = 255;

/** A name as Docker takes it, with a tag or a digest: whatever else somebody writes there goes into no address of Docker's API. */
const imageName =
  /^(?:[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** Of what may go on over lines nothing here is read; of all else it would be read otherwise than Docker does. */
const mayContinue = /^(?:RUN|ENV|LABEL|CMD|ENTRYPOINT|HEALTHCHECK|EXPOSE|VOLUME|SHELL)\s/i;

const from = /^FROM\s+(?:--platform=[\w/.-]+\s+)?(\S+)(?:\s+AS\s+([\w.-]+))?\s*$/i;
const copy = /^COPY\s+(?:--(?:chown|chmod)=[\w:.-]+\s+)*--from=([\w.:/@-]+)\s/i;
/** Something of the source, and nothing that ADD would fetch. */
const plainAdd = /^ADD\s+[\w./*-]+(?:\s+[\w./*-]+)+\s*$/i;

/**
 * The images that a Dockerfile stands on: those that its stages begin with or copy from. Null wherever that is not as plain as
 * most of them say it, for then it is Docker's to tell: a variable in a name, something that `ADD` fetches, triggers, another
 * escape character.
 */
export function standsOn(text: string): readonly string[] | null {
  const lines = plainLines(text);
  if (!lines) return null;
  const stages = new Set<string>(['scratch']);
  const images = new Set<string>();
  for (const line of lines) {
    const named = nameIn(line);
    if (!named) return null;
    const { image, stage } = named;
    if (image && !stages.has(image.toLowerCase())) images.add(image);
    if (stage) stages.add(stage.toLowerCase());
  }
  const all = [...images];
  const isPlain = (name: string) => name.length <= mostNameLength && imageName.test(name);
  return all.length <= mostImages && all.every(isPlain) ? all : null;
}

type Named = { readonly image?: string; readonly stage?: string };

/** What one instruction names; null where it cannot be told. */
function nameIn(line: string): Named | null {
  if (/^FROM\s/i.test(line)) {
    const [, image, stage] = from.exec(line) ?? [];
    return image === undefined ? null : { image, stage };
  }
  if (/^ADD\s/i.test(line)) return plainAdd.test(line) ? {} : null;
  if (!/^COPY\s.*--from/i.test(line)) return {};
  const [, image] = copy.exec(line) ?? [];
  if (image === undefined) return null;
  // A stage by its number.
  return /^\d+$/.test(image) ? {} : { image };
}

/** The first line of each instruction; null where lines are joined that say more than what is run. */
function plainLines(text: string): readonly string[] | null {
  if (/^\s*#\s*escape\s*=/im.test(text) || /\\\\[ \t\r]*$/m.test(text)) return null;
  const lines: string[] = [];
  let continues = false;
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    if (!continues) lines.push(line);
    continues = line.endsWith('\\');
  }
  const isRead = (line: string) => !/^ONBUILD\s/i.test(line) && (!line.endsWith('\\') || mayContinue.test(line));
  return lines.every(isRead) ? lines : null;
}
