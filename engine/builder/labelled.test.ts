import { expect, test } from 'vitest';
import { labelled } from './labelled.js';

const label = 'LABEL apployd.managed="true"';

test.each([
  ['one stage', 'FROM a\nRUN b', `FROM a\n${label}\nRUN b`],
  [
    'each of several stages',
    'FROM a AS x\nRUN b\nfrom c\nCOPY --from=x . .',
    `FROM a AS x\n${label}\nRUN b\nfrom c\n${label}\nCOPY --from=x . .`,
  ],
  ['a FROM over several lines', 'FROM a \\\n# why\n  AS x\nRUN b', `FROM a \\\n# why\n  AS x\n${label}\nRUN b`],
  ['another escape character', '# escape=`\nFROM a `\n AS x\nRUN b', `# escape=\`\nFROM a \`\n AS x\n${label}\nRUN b`],
  [
    'FROM inside another instruction',
    'FROM a\nRUN echo \\\n  FROM b\nCMD c',
    `FROM a\n${label}\nRUN echo \\\n  FROM b\nCMD c`,
  ],
])('labels stand behind each FROM: %s', (_, dockerfile, expected) => {
  expect(labelled(dockerfile)).toBe(expected);
});

test('they name the owner, where there is one', () => {
  expect(labelled('FROM a', 'me')).toBe(`FROM a\n${label} apployd.owner="me"`);
});
