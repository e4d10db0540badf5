/** Colours as the tokens write them, `oklch(l c h / a)`, for the computation of contrast. */
export type Colour = { readonly rgb: readonly [number, number, number]; readonly alpha: number };

const written = /^oklch\(\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)(?:\s*\/\s*([\d.]+))?\s*\)$/;

/** Null for what is no colour. `rgb` is sRGB from 0 to 1, and outside of that where a screen cannot show it. */
export function parseColour(text: string): Colour | null {
  const [, lightness, chroma, hue, alpha = '1'] = written.exec(text.trim()) ?? [];
  if (lightness === undefined) return null;
  const [red, green, blue] = linear(Number(lightness), Number(chroma), Number(hue)).map(encode);
  return { rgb: [red ?? 0, green ?? 0, blue ?? 0], alpha: Number(alpha) };
}

export const isShown = ({ rgb }: Colour): boolean => rgb.every((part) => part > -0.002 && part < 1.002);

/** What is seen where one lies on the other. */
export function over(front: Colour, back: Colour): Colour {
  const mixed = front.rgb.map((part, at) => part * front.alpha + (back.rgb[at] ?? 0) * (1 - front.alpha));
  return { rgb: [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0], alpha: 1 };
}

/** The ratio of WCAG 2: 1 for the same, 21 for black on white. */
export function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** From OKLCH to linear sRGB, by the matrices of its definition. */
function linear(lightness: number, chroma: number, hue: number): readonly number[] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const encode = (part: number) => (part <= 0.0031308 ? 12.92 * part : 1.055 * Math.min(1.1, part) ** (1 / 2.4) - 0.055);
const decode = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

function luminance({ rgb }: Colour): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) => decode(Math.min(1, Math.max(0, part))));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
