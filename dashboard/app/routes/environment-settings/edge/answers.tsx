import { SectionForm } from '../../../settings/section-form.js';
import { Select } from '../../../ui/select.js';
import { headerLines } from './edge-lines.js';
import { LinesField } from './lines-field.js';
import { type EdgeProps, EdgeTarget, wrongLine } from './section.js';

const hostRedirects = [
  ['NONE', 'Both are served'],
  ['TO_APEX', 'www.example.com leads to example.com'],
  ['TO_WWW', 'example.com leads to www.example.com'],
] as const;

export const Answers = ({ shown: { edge, ...shown }, answer }: EdgeProps) => (
  <SectionForm
    id="answers"
    title="Headers and www"
    text="What every answer of the app says besides, and which of two names visitors stay at. In force as soon as you save."
    intent="answers"
    answer={answer}
  >
    <EdgeTarget shown={{ edge, ...shown }} />
    <LinesField
      name="responseHeaders"
      label="Response headers, one a line"
      lines={headerLines(edge.responseHeaders)}
      placeholder="X-Frame-Options: DENY"
      hint="Each takes the place of what the app says under its name."
      wrong={wrongLine(answer, 'answers', 'responseHeaders')}
    />
    <Select
      className="sm:col-span-2"
      name="hostRedirect"
      label="With www or without, where both lead to this environment"
      options={hostRedirects}
      defaultValue={edge.hostRedirect}
    />
  </SectionForm>
);
