import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds, about. By their size alone, as others are sorted, some of these would begin last, and be waited for alone. */
const long: Readonly<Record<string, number>> = {
  'test/browser/access.test.ts': 450,
  'test/browser/dashboard.test.ts': 270,
  'test/browser/billing.test.ts': 155,
  'test/browser/organization.test.ts': 120,
  'test/browser/keyboard.test.ts': 110,
  'test/system/process.test.ts': 105,
  'test/browser/account.test.ts': 100,
  'test/drill/drill.test.ts': 100,
  'test/system/quick-start.test.ts': 80,
  'test/browser/rollout.test.ts': 75,
  'test/system/billing-sync.test.ts': 65,
  'test/secrets/refused-start.test.ts': 62,
  'test/browser/screens.test.ts': 60,
  'test/browser/weight.test.ts': 50,
  'test/system/demo.test.ts': 35,
  'test/system/restart.test.ts': 25,
  'server/every-mutation-once.test.ts': 80,
  'server/access/every-mutation.test.ts': 75,
  'sdk/package.test.ts': 60,
  'server/every-string.test.ts': 45,
};

/** Begins with the files that take longest: whatever ends last is then short. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) =>
      long[path.relative(this.ctx.config.root, moduleId).replaceAll(path.sep, '/')] ?? 0;
    return (await super.sort(files)).sort((one, other) => seconds(other) - seconds(one));
  }
}
