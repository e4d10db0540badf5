import { SectionForm } from '../../../settings/section-form.js';
import { Select } from '../../../ui/select.js';
import { headerLines } from './edge-lines.js';
import { LinesField } from './lines-field.js';
import { type EdgeProps, EdgeTarget, wrongLine } from './section.js';

const protocols = [
  ['HTTP1', 'HTTP/1.1 and WebSockets'],
  ['HTTP2', 'HTTP/2 without TLS, as gRPC needs it'],
] as const;

const hostRedirects = [
  ['NONE', 'Both are served'],
  ['TO_APEX', 'www.example.com leads to example.com'],
  ['TO_WWW', 'example.com leads to www.example.com'],
] as const;

export const Answers = ({ shown: { edge, ...shown }, answer }: EdgeProps) => (
  <SectionForm
    id="answers"
    title="Headers, www and protocol"
    text="What every answer of the app says besides, which of two names visitors stay at, and how instances are spoken to. In force as soon as you save."
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
      name="protocol"
      label="What instances speak"
      options={protocols}
      defaultValue={edge.protocol}
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
