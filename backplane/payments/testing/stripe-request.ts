import type { Form, FormValue } from './stripe-form.js';

/** What the API answers to a request that it does not take. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: object;
  constructor(status: number, error: { type: string; code?: string; message: string; param?: string }) {
    super(error.message);
    this.status = status;
    this.body = { error };
  }
}

export const invalid = (code: string, message: string, param?: string) =>
  new ApiError(400, { type: 'invalid_request_error', code, message, ...(param && { param }) });

export const missing = (what: string, id: string) =>
  new ApiError(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}: '${id}'` });

/** Reads the parameters of a request by name; what is asked for by none is refused at the end. */
export type Parameters = ReturnType<typeof parametersOf>;

export function parametersOf(form: Form) {
  const read = new Set<string>();
  const take = (name: string): FormValue | undefined => {
    read.add(name);
    return form[name];
  };
  const optional = (name: string): string | null => {
    const value = take(name);
    if (value === undefined) return null;
    if (typeof value !== 'string') throw invalid('parameter_invalid_string', `Invalid string: ${name}`, name);
    return value;
  };
  const whole = (name: string): number | null => {
    const text = optional(name);
    if (text === null) return null;
    if (!/^-?\d+$/.test(text)) throw invalid('parameter_invalid_integer', `Invalid integer: ${text}`, name);
    return Number(text);
  };
  return {
    optional,
    whole,
    text: (name: string): string => {
      const value = optional(name);
      if (!value) throw invalid('parameter_missing', `Missing required param: ${name}.`, name);
      return value;
    },
    oneOf: <Word extends string>(name: string, words: readonly Word[], usual: Word): Word => {
      const value = optional(name) ?? usual;
      if (!(words as readonly string[]).includes(value)) {
        throw invalid('parameter_invalid', `Invalid ${name}: must be one of ${words.join(', ')}`, name);
      }
      return value as Word;
    },
    flag: (name: string, usual: boolean): boolean => {
      const value = optional(name);
      if (value !== null && value !== 'true' && value !== 'false') {
        throw invalid('parameter_invalid_boolean', `Invalid boolean: ${value}`, name);
      }
      return value === null ? usual : value === 'true';
    },
    texts: (name: string): string[] => {
      const value = take(name) ?? [];
      if (!Array.isArray(value)) throw invalid('parameter_invalid_array', `Invalid array: ${name}`, name);
      return value.map(String);
    },
    object: (name: string): Form => {
      const value = take(name) ?? {};
      if (typeof value === 'string' || Array.isArray(value)) {
        throw invalid('parameter_invalid_object', `Invalid object: ${name}`, name);
      }
      return value;
    },
    objects: (name: string): Form[] => {
      const value = take(name) ?? [];
      if (!Array.isArray(value) || value.some((one) => typeof one !== 'object' || Array.isArray(one))) {
        throw invalid('parameter_invalid_array', `Invalid array: ${name}`, name);
      }
      return value as Form[];
    },
    /** Throws for what nobody has read. */
    refuseOthers: (): void => {
      const unknown = Object.keys(form).find((name) => !read.has(name));
      if (unknown) throw invalid('parameter_unknown', `Received unknown parameter: ${unknown}`, unknown);
    },
  };
}

/** The parameters of an object within the parameters: all of them are read. */
export function within<T>(form: Form, read: (parameters: Parameters) => T): T {
  const parameters = parametersOf(form);
  const value = read(parameters);
  parameters.refuseOthers();
  return value;
}

export function metadataOf(form: Form): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, String(value)]));
}
