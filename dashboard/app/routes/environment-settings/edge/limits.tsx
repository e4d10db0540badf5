import { SectionForm } from '../../../settings/section-form.js';
import { Select } from '../../../ui/select.js';
import { type EdgeProps, EdgeTarget } from './section.js';
import { Switch } from './switch.js';

const visitorLimits = [
  ['NONE', 'Not limited'],
  ['USUAL', 'Usual: 2,000 requests in 10 seconds'],
  ['STRICT', 'Strict: 600 requests in 10 seconds'],
] as const;

const bodyLimits = [
  ['UNLIMITED', 'Not limited'],
  ['MIB_1', '1 MiB'],
  ['MIB_10', '10 MiB'],
  ['MIB_100', '100 MiB'],
  ['GIB_1', '1 GiB'],
] as const;

export const Limits = ({ shown: { edge, ...shown }, answer }: EdgeProps) => (
  <SectionForm
    id="limits"
    title="Limits for visitors"
    text="Who asks for more is told to try again later, and reaches no instance."
    intent="limits"
    answer={answer}
  >
    <EdgeTarget shown={{ edge, ...shown }} />
    <Switch name="underAttack" title="Under attack" isOn={edge.underAttack}>
      300 requests of one address in 10 seconds, 5,000 of all together, as long as it is on. Behind a CDN of your own
      all its visitors count as one address.
    </Switch>
    <Select name="visitorLimit" label="Of one address" options={visitorLimits} defaultValue={edge.visitorLimit} />
    <Select name="bodyLimit" label="Size of uploads" options={bodyLimits} defaultValue={edge.bodyLimit} />
  </SectionForm>
);
