// Units as people write them beside values: `m³/h`, `°C`, `/min`.

const prefixed = '[kMmµuchd]?(?:m|g|l|L|A|V|W|Wh|VA|VAh|var|varh|Pa|bar|Hz|N|Nm|J|S|mol|s|Ω)(?:[²³23])?'
const others = '%|‰|°|°C|°F|℃|K|t|h|min|d|pH|ppm|ppb|rpm|rad|pcs|psi|Btu|cd|lx|dB|bit|kB|MB|GB|l/100km'
const unit = `(?:${prefixed}|${others})`
const pattern = new RegExp(`^(?:1?/)?${unit}(?:[·*.]${unit})?(?:/(?:100)?${unit}){0,2}$`)

/** Is the text a unit, and nothing else? */
export function isUnit(text: string): boolean {
  return text.length <= 16 && pattern.test(text)
}
