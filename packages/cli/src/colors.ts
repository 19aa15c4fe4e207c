/** The escape sequences that begin and end each way to stand out (SGR of ECMA-48). */
const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Ways for text to stand out on a terminal. */
export type Colors = Readonly<Record<keyof typeof STYLES, (text: string) => string>>;

/** @param isColored whether they show; if not, text stays as it is */
export function createColors(isColored: boolean): Colors {
  const style = (name: keyof typeof STYLES) => {
    const [begin, end] = STYLES[name];
    return (text: string) => (isColored ? `\x1b[${begin}m${text}\x1b[${end}m` : text);
  };
  return { bold: style('bold'), dim: style('dim'), red: style('red'), green: style('green'), yellow: style('yellow') };
}
