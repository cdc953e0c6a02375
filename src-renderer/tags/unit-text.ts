// Units as people write them on a panel, from the UCUM codes of plant files.

const texts: Readonly<Record<string, string>> = {
  Cel: '°C',
  '[degF]': '°F',
  K: 'K',
  Ohm: 'Ω',
  um: 'µm',
  us: 'µs',
  uL: 'µL',
  deg: '°',
  '[ppm]': 'ppm',
  'm[H2O]': 'mH₂O',
  '1': '',
}

/** Text of a UCUM code: `m3/h` → `m³/h`, `Cel` → `°C`, `{bottle}/h` → `bottle/h`; unknown codes stay as they are. */
export function unitText(code: string): string {
  const known = texts[code]
  if (known !== undefined) return known
  return code
    .split('/')
    .map(
      (part) =>
        texts[part] ??
        part
          .replace(/[{}]/g, '')
          .replace(/([A-Za-z])2$/, '$1²')
          .replace(/([A-Za-z])3$/, '$1³'),
    )
    .join('/')
    .replace(/\./g, '·')
}
